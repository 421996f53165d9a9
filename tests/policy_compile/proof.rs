//! What a trusted proxy proves besides its address.

use super::{check, problems};

const DIGEST: &str = "3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9";

/// The section, after the six lines of the base up to there.
fn proof(lines: &str) -> String {
    format!("[edge.proof]\n{lines}\n[authentication]")
}

#[test]
fn a_proof_that_proves_nothing() {
    let good = proof(&format!("secret_sha256 = ['{DIGEST}']"));
    for (bad, problem) in [
        (
            "",
            "5:1: error: edge.proof: this proves nothing (give it `secret_sha256`, `certificate_sha256`, or both)",
        ),
        (
            "secret_header = 'X-Secret'",
            "6:17: error: edge.proof.secret_header: no secret is known that this header could hold (list its SHA-256 in `secret_sha256`)",
        ),
    ] {
        check("[authentication]", &proof(bad), problem, &good);
    }
    let certificates = proof(&format!("certificate_sha256 = ['{DIGEST}']"));
    check(
        "[authentication]",
        &certificates.replace(
            "certificate_sha256",
            "secret_header = 'X-S'\ncertificate_sha256",
        ),
        "6:17: error: edge.proof.secret_header: no secret is known that this header could hold (list its SHA-256 in `secret_sha256`)",
        &certificates,
    );
    for list in ["secret_sha256", "certificate_sha256"] {
        check(
            "[authentication]",
            &proof(&format!("{list} = []")),
            &format!(
                "6:{}: error: edge.proof.{list}: the list is empty (leave the setting out, or list what it allows)",
                list.len() + 4,
            ),
            &proof(&format!("{list} = ['{DIGEST}']")),
        );
    }
}

#[test]
fn digests_that_are_none() {
    let upper = DIGEST.to_uppercase();
    let pairs: Vec<String> = upper
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).into_owned())
        .collect();
    let colons = pairs.join(":");
    for (list, what) in [
        ("secret_sha256", "of a secret"),
        ("certificate_sha256", "of the DER of a certificate"),
    ] {
        for bad in [
            "",
            "the secret itself, by mistake",
            DIGEST.trim_start_matches('3'),
            &format!("{DIGEST}0"),
            &DIGEST.replace('3', "g"),
        ] {
            for good in [DIGEST, &upper, &colons] {
                let other = DIGEST.replace('e', "f");
                check(
                    "[authentication]",
                    &proof(&format!("{list} = ['{other}', '{bad}']")),
                    &format!(
                        "6:{}: error: edge.proof.{list}[1]: not the SHA-256 {what} (write its 64 hexadecimal digits)",
                        list.len() + 73,
                    ),
                    &proof(&format!("{list} = ['{other}', '{good}']")),
                );
            }
        }
    }
    // What a script makes of a secret that is not there.
    check(
        "[authentication]",
        &proof(
            "secret_sha256 = ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']",
        ),
        "6:18: error: edge.proof.secret_sha256[0]: not the SHA-256 of a secret (write its 64 hexadecimal digits)",
        &proof(&format!("secret_sha256 = ['{DIGEST}']")),
    );
}

#[test]
fn the_secret_has_a_header_of_its_own() {
    let with = |header: &str| {
        proof(&format!(
            "secret_header = '{header}'\nsecret_sha256 = ['{DIGEST}']"
        ))
    };
    for (bad, problem) in [
        (
            "X Secret",
            "6:17: error: edge.proof.secret_header: not the name of a header",
        ),
        (
            "authorization",
            "2:1: error: edge: the header `authorization` has another meaning",
        ),
        (
            "Forwarded",
            "2:1: error: edge: the header `forwarded` has another meaning",
        ),
        (
            "x-ssl-client-cert",
            "6:17: error: edge.proof.secret_header: the secret needs a header of its own",
        ),
        (
            "X-SSL-Client-Verify",
            "6:17: error: edge.proof.secret_header: the secret needs a header of its own",
        ),
        (
            "X-Client-ID",
            "2:1: error: edge: the selecting headers and those of the edge need a name each",
        ),
        (
            "X-Profile-ID",
            "2:1: error: edge: the selecting headers and those of the edge need a name each",
        ),
    ] {
        check("[authentication]", &with(bad), problem, &with("X-Secret"));
    }
    let selecting = |name: &str| {
        format!(
            "{}\nrealm = 'x'\n[selectors]\nclient_header = '{name}'\n[[identity]]",
            "mode = 'mtls'"
        )
    };
    let base = super::BASE
        .replace(
            "[authentication]",
            &proof(&format!("secret_sha256 = ['{DIGEST}']")),
        )
        .replace("mode = \"mtls\"\n[[identity]]", &selecting("x-edge-secret"));
    assert_eq!(
        problems(&base),
        [
            "11:17: error: selectors.client_header: the selecting headers and those of the edge need a name each"
        ]
    );
    let other = base.replace("x-edge-secret", "x-edge-client");
    assert_eq!(problems(&other), [""; 0]);
}

#[test]
fn a_proof_makes_wide_ranges_of_proxies_bearable_and_no_others() {
    let wide =
        |proof: &str| format!("[\"0.0.0.0/0\"]\naddress_proxies = ['192.0.2.0/24']\n{proof}");
    check(
        r#"["10.0.0.0/8"]"#,
        &wide(""),
        "4:20: warning: edge.trusted_proxies[0]: this trusts a large part of the internet to name clients (list the addresses from which the edge connects)",
        &wide(&format!("proof.certificate_sha256 = ['{DIGEST}']")),
    );
    let hops = |range: &str| {
        format!(
            "address_proxies = ['{range}']\n[edge.proof]\nsecret_sha256 = ['{DIGEST}']\n[authentication]"
        )
    };
    check(
        "[authentication]",
        &hops("128.0.0.0/1"),
        "5:20: warning: edge.address_proxies[0]: this lets a large part of the internet say whose address a request comes from (list the addresses from which the edge connects)",
        &hops("128.0.0.0/8"),
    );
}
