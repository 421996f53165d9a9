//! Keys of issuers, pinned for all clients or for one.

use certgate::certificate::CertInfo;
use certgate::policy::Policy;

use crate::ask::{ask, policy};
use crate::pki::Ca;

fn key_of(ca: &Ca) -> String {
    let key = CertInfo::from_der(ca.der()).unwrap().public_key_sha256();
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_pinned_key_is_the_one_that_signed_the_certificate() {
    let root = Ca::root("Root");
    let (pinned, other) = (root.below("Partners"), root.below("Partners"));
    let lines = format!(
        "[authentication.constraints]\nissuer_key = '{}'",
        key_of(&pinned)
    );
    let policy = policy(&[&root], &lines);
    let both = [pinned.der(), other.der()];
    assert_eq!(ask(&policy, &pinned.client("acme", 7), &both), "allow");
    assert_eq!(
        ask(&policy, &other.client("acme", 7), &both),
        "certificate_not_allowed"
    );
    // Further up it does not count.
    let below = pinned.below("Below");
    assert_eq!(
        ask(
            &policy,
            &below.client("acme", 7),
            &[below.der(), pinned.der()]
        ),
        "certificate_not_allowed"
    );
    assert_eq!(
        ask(&policy, &root.client("acme", 7), &both),
        "certificate_not_allowed"
    );
}

/// What one client demands nobody learns who is not that client.
#[test]
fn a_client_s_own_pin_is_for_its_certificates() {
    let root = Ca::root("Root");
    let (pinned, other) = (root.below("Partners"), root.below("Others"));
    let base = policy(&[&root], "");
    let text = format!(
        "version = 1\n[edge]\npreset = 'rfc9440'\nverification = 'in-process'\n\
         trusted_proxies = ['10.0.0.7']\n[authentication]\nmode = 'mtls'\n\
         [[authorities]]\nname = 'one'\ncertificate = '''\n{}'''\n\
         [[identity]]\nclient = '{{subject.cn}}'\n\
         [[collections]]\nname = 'all'\npaths = ['/']\n\
         [[clients]]\nid = 'acme'\ncollections = ['all']\n\
         constraints.issuer_key = ['{}', '{}']\n\
         [[clients]]\nid = 'globex'\ncollections = ['all']\n",
        root.pem(),
        "00".repeat(32),
        key_of(&pinned)
    );
    let pinning = Policy::from_toml_str(&text, "policy.toml").unwrap().policy;
    let chain = [pinned.der(), other.der()];
    assert_eq!(ask(&pinning, &pinned.client("acme", 7), &chain), "allow");
    let elsewhere = other.client("acme", 7);
    assert_eq!(ask(&pinning, &elsewhere, &chain), "certificate_not_allowed");
    assert_eq!(ask(&base, &elsewhere, &chain), "allow");
    assert_eq!(ask(&pinning, &other.client("globex", 7), &chain), "allow");
}
