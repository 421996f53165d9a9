//! Certificates, keys and SPIFFE IDs that clients list as theirs.

use certgate::policy::{Document, Policy};

use super::{BASE, check, problems};

const A: &str = "fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e";
const B: &str = "3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9";

#[test]
fn digests() {
    let last = "limits = \"some\"\n";
    for (bad, problem, good) in [
        (
            format!("certificates = ['{A}', 'abc']\n"),
            "19:85: error: clients[0].certificates[1]: not a SHA-256 of a certificate in hexadecimal",
            format!("certificates = ['{A}', '{B}']\n"),
        ),
        (
            "public_keys = [{ sha256 = 'abc', until = '2026-12-31' }]\n".to_owned(),
            "19:27: error: clients[0].public_keys[0].sha256: not a SHA-256 of a public key in hexadecimal",
            format!("public_keys = [{{ sha256 = '{A}', until = '2026-12-31' }}]\n"),
        ),
        (
            format!(
                "certificates = ['{A}', {{ sha256 = '{}' }}]\n",
                A.to_uppercase()
            ),
            "19:96: error: clients[0].certificates[1].sha256: this certificate is listed twice (the first is clients[0].certificates[0] at 19:17)",
            format!("certificates = ['{A}', {{ sha256 = '{B}' }}]\n"),
        ),
        (
            format!(
                "public_keys = ['{A}']\n[[clients]]\nid = 'b'\ncollections = ['all']\npublic_keys = ['{A}']\n"
            ),
            "23:16: error: clients[1].public_keys[0]: this public key is listed twice (the first is clients[0].public_keys[0] at 19:16)",
            // A certificate and a key are different things.
            format!(
                "public_keys = ['{A}']\n[[clients]]\nid = 'b'\ncollections = ['all']\ncertificates = ['{A}']\n"
            ),
        ),
    ] {
        check(
            last,
            &format!("{last}{bad}"),
            problem,
            &format!("{last}{good}"),
        );
    }
}

#[test]
fn a_client_that_lists_anything_is_reached_by_nothing_else() {
    let rule = BASE.replace(
        "client = \"{subject.cn}\"",
        "client = 'acme'\nwhen.dns = 'a.example'",
    );
    for listed in [
        format!("certificates = ['{A}']\n"),
        format!("public_keys = ['{A}']\n"),
        "spiffe_ids = ['spiffe://td/acme']\n".to_owned(),
    ] {
        assert_eq!(
            problems(&format!("{rule}{listed}")),
            [
                "8:10: warning: identity[0].client: client \"acme\" is reached by what it lists itself, and by nothing else"
            ]
        );
    }
    assert_eq!(problems(&rule), [""; 0]);
    // Its profiles are for it to select.
    let profiles = BASE.replace(
        "client = \"{subject.cn}\"",
        "client = '{subject.cn}'\nprofile = 'prod'",
    ) + "profiles = [{ id = 'prod' }, { id = 'test' }]\n";
    assert_eq!(
        problems(&profiles),
        ["20:37: warning: clients[0].profiles[1].id: no identity rule leads to this profile"]
    );
    assert_eq!(
        problems(&format!("{profiles}certificates = ['{A}']\n")),
        [""; 0]
    );
}

#[test]
fn lists_stand_in_for_rules() {
    let without = BASE.replace("[[identity]]\nclient = \"{subject.cn}\"\n", "");
    let azure = without.replace("\"nginx\"", "'azure'");
    for listed in [
        format!("certificates = ['{A}']\n"),
        format!("public_keys = ['{A}']\n"),
    ] {
        assert_eq!(problems(&format!("{without}{listed}")), [""; 0]);
        assert_eq!(problems(&format!("{azure}{listed}")), [""; 0]);
    }
    assert_eq!(
        problems(&without),
        [
            "6:8: error: authentication.mode: no certificate can lead to a client (add an [[identity]] rule such as client = \"{subject.cn}\")"
        ]
    );
    assert_eq!(
        problems(&format!("{azure}spiffe_ids = ['spiffe://td/acme']\n")),
        [
            "3:10: error: edge.preset: this edge verifies no certificate, so identity rules have to pin them (write `when.thumbprint`; or `when.public_key` and no other condition or issuer, with `client`, `profile` and `principal` written out; or list `certificates` or `public_keys` of a client)",
            "17:14: error: clients[0].spiffe_ids: the edge verifies no certificate, so anyone can have this name",
        ]
    );
    // A rule beside them still has to pin.
    let rule = BASE.replace("\"nginx\"", "'azure'");
    assert_eq!(
        problems(&format!("{rule}certificates = ['{A}']\n")),
        [
            "7:1: error: identity[0]: the edge verifies no certificate, and this rule pins none (write `when.thumbprint`; or `when.public_key` and no other condition or issuer, with `client`, `profile` and `principal` written out; or list `certificates` or `public_keys` of a client)"
        ]
    );
}

#[test]
fn entries_that_have_ended_are_no_mistake_and_can_be_found() {
    let text = format!(
        "{BASE}certificates = [{{ sha256 = '{A}', until = '2020-01-02' }}, '{B}']\n\
         [[clients]]\nid = 'b'\ncollections = ['all']\n\
         public_keys = [{{ sha256 = '{A}', until = '2020-01-03' }}]\n"
    );
    assert_eq!(problems(&text), [""; 0]);
    let policy = Policy::from_toml_str(&text, "p.toml").unwrap().policy;
    let ended = |now: &str| -> Vec<String> {
        let now = super::support::time::parse(now);
        let reminders = policy.reminders(now, 1);
        reminders.map(|reminder| reminder.to_string()).collect()
    };
    let acme = "client \"acme\": what it lists until 2020-01-02T00:00:00Z ends then";
    let b = "client \"b\": what it lists until 2020-01-03T00:00:00Z ends then";
    assert_eq!(ended("2019-12-31T23:59:59Z"), [""; 0]);
    assert_eq!(ended("2020-01-01T00:00:00Z"), [acme]);
    assert_eq!(ended("2020-01-02T00:00:00Z"), [acme, b]);
    assert_eq!(ended("2026-01-01T00:00:00Z"), [acme, b]);
}

#[test]
fn a_document_made_by_hand_may_not_leave_a_list_empty() {
    let text = format!("{BASE}certificates = ['{A}']\n");
    let mut document = Document::from_toml_str(&text, "p.toml").unwrap();
    assert!(Policy::from_document(&document).is_ok());
    let certgate::policy::document::Clients::Listed(clients) = &mut document.clients else {
        panic!("clients are listed");
    };
    clients[0].certificates.as_mut().unwrap().value.clear();
    let errors = Policy::from_document(&document).unwrap_err();
    assert_eq!(
        errors.iter().next().unwrap().message,
        "an empty list could be taken for everything"
    );
}
