//! Revoked certificates, and what certificates have to have.

use certgate::policy::{Document, Policy};

use super::{BASE, check, problems};

const SHA256: &str = "fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e";

#[test]
fn revoked() {
    let find = "mode = \"mtls\"\n";
    let with = |text: &str| format!("{find}[authentication.revoked]\n{text}\n");
    for (bad, problem, good) in [
        (
            format!("thumbprints = ['{SHA256}', '{SHA256}0']"),
            "8:84: error: authentication.revoked.thumbprints[1]: not a SHA-256 of a certificate in hexadecimal",
            format!("thumbprints = ['{SHA256}', '{}']", SHA256.replace('f', "e")),
        ),
        (
            "serials = [{ issuer = 'CN=a', serial = '0x1f' }]".to_owned(),
            "8:40: error: authentication.revoked.serials[0].serial: not a serial number in hexadecimal",
            "serials = [{ issuer = 'CN=a', serial = '1F' }]".to_owned(),
        ),
        (
            "serials = [{ issuer = 'CN=a', serial = '' }]".to_owned(),
            "8:40: error: authentication.revoked.serials[0].serial: not a serial number in hexadecimal",
            "serials = [{ issuer = 'CN=a', serial = '0' }]".to_owned(),
        ),
        (
            "serials = [{ issuer = 'a', serial = '1f' }]".to_owned(),
            "8:23: error: authentication.revoked.serials[0].issuer: not a distinguished name: unknown attribute type, write it as a dotted object identifier at byte 0 (write it as `openssl x509 -nameopt RFC2253` prints it)",
            "serials = [{ issuer = '/O=a/CN=b', serial = '00:1f' }]".to_owned(),
        ),
        (
            "serials = [{ serial = '1f' }]".to_owned(),
            "8:12: error: authentication.revoked.serials[0].issuer: missing required key `issuer`",
            "serials = [{ serial = '1f', issuer = 'CN=a' }]".to_owned(),
        ),
    ] {
        check(find, &with(&bad), problem, &with(&good));
    }
    // A slip in the issuer's name would revoke nothing.
    let listed = |serials: &str| {
        format!("mode = 'mtls'\nissuers = ['CN=a,O=b']\nrevoked.serials = [{serials}]\n")
    };
    check(
        find,
        &listed("{ issuer = 'CN=a,O=c', serial = '1f' }"),
        "8:31: warning: authentication.revoked.serials[0].issuer: no certificate of this issuer is accepted anyway (if that is not what you mean, compare it with authentication.issuers)",
        &listed("{ issuer = 'cn=A, o=B', serial = '1f' }"),
    );
}

#[test]
fn constraints() {
    let find = "mode = \"mtls\"\n";
    let with = |text: &str| format!("{find}[authentication.constraints]\n{text}\n");
    for (bad, problem, good) in [
        (
            "dns = ['*.example', '']",
            "8:21: error: authentication.constraints.dns[1]: an empty text matches nothing",
            "dns = ['*.example', 'a.b.example']",
        ),
        (
            "spiffe = 'spiffe://*/a'",
            "8:10: error: authentication.constraints.spiffe: the trust domain of a SPIFFE ID has to be written out",
            "spiffe = 'spiffe://td/*'",
        ),
        (
            "uri = 'spiffe://td/a'",
            "8:7: error: authentication.constraints.uri: a SPIFFE ID has a condition of its own, `spiffe`",
            "uri = 'https://td/a'",
        ),
        (
            "issuer = ['CN=a', 'CN=A']",
            "8:19: error: authentication.constraints.issuer[1]: this issuer is listed twice",
            "issuer = ['CN=a', 'CN=b']",
        ),
        (
            "required_extensions = '1.3.06'",
            "8:23: error: authentication.constraints.required_extensions: not an object identifier (write numbers with dots, such as 2.5.29.37)",
            "required_extensions = '1.3.6'",
        ),
        (
            "required_extensions = ['2.5.29.37', '3.1']",
            "8:37: error: authentication.constraints.required_extensions[1]: not an object identifier (write numbers with dots, such as 2.5.29.37)",
            "required_extensions = ['2.5.29.37', '2.999.1']",
        ),
        (
            "extended_key_usage = 'clientAuth'",
            "8:22: error: authentication.constraints.extended_key_usage: not a purpose of a key (write `client-auth`, `server-auth`, `code-signing`, `email-protection`, `time-stamping`, `ocsp-signing`, or an object identifier such as 1.3.6.1.5.5.7.3.2)",
            "extended_key_usage = ['client-auth', '1.3.6.1.4.1.311.20.2.2']",
        ),
        (
            "extended_key_usage = '2.5.29.37.0'",
            "8:22: error: authentication.constraints.extended_key_usage: anyExtendedKeyUsage is no purpose of its own",
            "extended_key_usage = 'server-auth'",
        ),
        (
            "serial = '1f'",
            "8:10: error: authentication.constraints.serial: every issuer has a certificate of this number (name the one issuer that is meant, beside it)",
            "serial = '1f'\nissuer = 'CN=a'",
        ),
        (
            "serial = '1f'\nissuer = ['CN=a', 'CN=b']",
            "8:10: error: authentication.constraints.serial: every issuer has a certificate of this number (name the one issuer that is meant, beside it)",
            "issuer = ['CN=a', 'CN=b']",
        ),
    ] {
        check(find, &with(bad), problem, &with(good));
    }
}

#[test]
fn constraints_of_a_client() {
    let last = "limits = \"some\"\n";
    let with = |text: &str| format!("{last}[clients.constraints]\n{text}\n");
    for (bad, problem, good) in [
        (
            "ip = '10.0.0.0/8'",
            "20:6: error: clients[0].constraints.ip: not an address",
            "ip = '10.0.0.1'",
        ),
        (
            "serial = '1f'",
            "20:10: error: clients[0].constraints.serial: every issuer has a certificate of this number (name the one issuer that is meant, beside it)",
            "serial = '1f'\nissuer = 'CN=a'",
        ),
    ] {
        check(last, &with(bad), problem, &with(good));
    }
    let issuers = |own: &str| {
        BASE.replace("mode = \"mtls\"\n", "mode = 'mtls'\nissuers = ['CN=a']\n")
            .replace(last, &with(&format!("issuer = ['cn=A', '{own}']")))
    };
    assert_eq!(
        problems(&issuers("CN=b")),
        [
            "21:19: error: clients[0].constraints.issuer[1]: this issuer is not among authentication.issuers (add it there)"
        ]
    );
    // One issuer for all is the one that is meant.
    let one = BASE
        .replace("mode = \"mtls\"\n", "mode = 'mtls'\nissuers = ['CN=a']\n")
        .replace(last, &with("serial = '1f'"));
    assert_eq!(problems(&one), [""; 0]);
}

/// Who names the issuer there is whoever made the certificate.
#[test]
fn behind_an_edge_that_verifies_nothing_no_issuer_counts() {
    let azure = BASE.replace("\"nginx\"", "'azure'").replace(
        "client = \"{subject.cn}\"",
        &format!("client = 'acme'\nwhen.thumbprint = '{SHA256}'"),
    );
    let with = |text: &str| azure.replace("mode = \"mtls\"\n", &format!("mode = 'mtls'\n{text}\n"));
    let own = |text: &str| format!("{azure}[clients.constraints]\n{text}\n");
    for (bad, problem, good) in [
        (
            with("constraints.issuer = 'CN=a'"),
            "7:22: error: authentication.constraints.issuer: the edge verifies no certificate, so anyone can name this issuer",
            with("constraints.extended_key_usage = 'client-auth'"),
        ),
        (
            own("issuer = 'CN=a'"),
            "21:10: error: clients[0].constraints.issuer: the edge verifies no certificate, so anyone can name this issuer",
            own("subject.cn = 'acme'"),
        ),
        (
            with("revoked.serials = [{ issuer = 'CN=a', serial = '1f' }]"),
            "7:19: error: authentication.revoked.serials: the edge verifies no certificate, so anyone can name this issuer",
            with(&format!("revoked.thumbprints = ['{SHA256}']")),
        ),
    ] {
        assert_eq!(problems(&bad), [problem], "{bad}");
        assert_eq!(problems(&good), [""; 0], "{good}");
    }
}

/// Where there are claims and never a certificate, nobody could pass.
#[test]
fn what_an_edge_does_not_tell_is_not_demanded() {
    let told = |uses: &str, more: &str| {
        format!(
            "version = 1\n[edge]\npreset = 'traefik-info'\nverification = 'edge-always'\n\
             trusted_proxies = ['10.0.0.0/8']\nclaims.use = [{uses}]\n\
             claims.thumbprint_header = 'X-Hash'\nclaims.issuer_header = 'X-Issuer'\n\
             [authentication]\nmode = 'mtls'\n{more}\n\
             [[identity]]\nclient = '{{subject.cn}}'\n"
        )
    };
    let message = "this edge sends no certificate and does not tell what this is about (let it send the certificate, or take what it tells under `[edge.claims]`)";
    let all = "'subject', 'thumbprint', 'issuer'";
    let thumbprints = format!("revoked.thumbprints = ['{SHA256}']");
    let own = |key: &str| {
        format!(
            "[[collections]]\nname = 'c'\npaths = ['/']\n\
             [[clients]]\n{key} = ['{SHA256}']\nid = 'a'\ncollections = ['c']\n"
        )
    };
    for (bad, place, good) in [
        (
            told("'subject', 'issuer'", &thumbprints),
            "11:23: error: authentication.revoked.thumbprints: ",
            told(all, &thumbprints),
        ),
        (
            told(all, "revoked.serials = [{ issuer = 'CN=a', serial = '1' }]"),
            "11:19: error: authentication.revoked.serials: ",
            told(all, ""),
        ),
        (
            told("'subject', 'thumbprint'", "constraints.issuer = 'CN=a'"),
            "11:22: error: authentication.constraints.issuer: ",
            told(all, "constraints.issuer = 'CN=a'"),
        ),
        (
            told(all, "constraints.dns = 'a.example'"),
            "11:19: error: authentication.constraints.dns: ",
            told(all, "constraints.subject.cn = 'a'"),
        ),
        (
            told(all, "constraints.extended_key_usage = 'client-auth'"),
            "11:34: error: authentication.constraints.extended_key_usage: ",
            told(all, &format!("constraints.thumbprint = '{SHA256}'")),
        ),
        (
            told(all, "constraints.required_extensions = '2.5.29.37'"),
            "11:35: error: authentication.constraints.required_extensions: ",
            told(all, ""),
        ),
        (
            told("'subject', 'issuer'", "") + &own("certificates"),
            "18:16: error: clients[0].certificates: ",
            told(all, "") + &own("certificates"),
        ),
        (
            told(all, "") + &own("public_keys"),
            "18:15: error: clients[0].public_keys: ",
            told(all, ""),
        ),
    ] {
        // A header that nothing is taken from is a problem of its own.
        let about = |text: &str| -> Vec<String> {
            let all = problems(text).into_iter();
            all.filter(|line| !line.contains(": edge.claims")).collect()
        };
        assert_eq!(about(&bad), [format!("{place}{message}")], "{bad}");
        assert_eq!(about(&good), [""; 0], "{good}");
    }
}

#[test]
fn a_document_made_by_hand_may_not_leave_them_empty() {
    let text = BASE.replace(
        "mode = \"mtls\"\n",
        &format!(
            "mode = 'mtls'\nconstraints.issuer = 'CN=a'\nrevoked.thumbprints = ['{SHA256}']\n"
        ),
    );
    let document = Document::from_toml_str(&text, "p.toml").unwrap();
    assert!(Policy::from_document(&document).is_ok());

    let mut no_constraint = document.clone();
    let section = no_constraint.authentication.constraints.as_mut().unwrap();
    section.issuer = None;
    let mut empty_constraint = document.clone();
    let section = &mut empty_constraint.authentication.constraints;
    section
        .as_mut()
        .unwrap()
        .issuer
        .as_mut()
        .unwrap()
        .value
        .clear();
    let mut nobody = document;
    let section = nobody.authentication.revoked.as_mut().unwrap();
    section.thumbprints = None;
    for (document, message) in [
        (no_constraint, "no constraint: every certificate would pass"),
        (
            empty_constraint,
            "an empty list could be taken for everything",
        ),
        (nobody, "no certificate is named"),
    ] {
        let errors = Policy::from_document(&document).unwrap_err();
        assert_eq!(errors.iter().next().unwrap().message, message);
    }
}
