//! `clients = "open"`.

use super::{BASE, problems};

/// An open policy that loads without a warning.
const OPEN: &str = r#"version = 1
clients = "open"
[edge]
preset = "nginx"
trusted_proxies = ["10.0.0.0/8"]
[authentication]
mode = "mtls"
[[collections]]
name = "all"
paths = ["/all"]
"#;

/// Holds that `OPEN` with `find` replaced by `bad` has the one problem, and
/// with `good` none.
#[track_caller]
fn check(find: &str, bad: &str, problem: &str, good: &str) {
    assert_eq!(OPEN.matches(find).count(), 1, "{find}");
    assert_eq!(problems(&OPEN.replace(find, bad)), [problem], "{bad}");
    assert_eq!(problems(&OPEN.replace(find, good)), [""; 0], "{good}");
}

#[test]
fn no_rule_is_needed_and_a_rule_needs_no_client() {
    assert_eq!(problems(OPEN), [""; 0]);
    for rule in [
        "[[identity]]\nprincipal = '{spiffe}'\n",
        "[[identity]]\nwhen.dns = '*.example.org'\n",
        "[[identity]]\nclient = '{subject.cn}'\n",
        "[[identity]]\nclient = 'acme'\nwhen.subject.cn = 'acme'\n",
    ] {
        assert_eq!(problems(&format!("{OPEN}{rule}")), [""; 0], "{rule}");
    }
    // Where clients are listed, both are needed.
    let without_rule = BASE.replace("[[identity]]\nclient = \"{subject.cn}\"\n", "");
    assert_eq!(
        problems(&without_rule),
        [
            "6:8: error: authentication.mode: no certificate can lead to a client (add an [[identity]] rule such as client = \"{subject.cn}\")"
        ]
    );
    let without_client = BASE.replace("client = \"{subject.cn}\"", "principal = '{spiffe}'");
    assert_eq!(
        problems(&without_client),
        ["7:1: error: identity[0]: the rule names no client (add client = \"{subject.cn}\", say)"]
    );
}

#[test]
fn there_are_no_profiles_and_no_limits() {
    let last = "paths = [\"/all\"]\n";
    let rule = |text: &str| format!("{last}[[identity]]\nclient = '{{subject.cn}}'\n{text}");
    check(
        last,
        &rule("profile = '{subject.ou}'\n"),
        "13:11: error: identity[0].profile: where clients are open, there are no profiles (leave the setting out, or list the clients)",
        &rule("principal = '{subject.ou}'\n"),
    );
    check(
        last,
        &format!("{last}[[limits]]\nname = 'some'\nrate = {{ requests = 5, per = '1m' }}\n"),
        "12:8: warning: limits[0].name: no client has this limit",
        last,
    );
    check(
        last,
        &format!("{last}[[identity]]\nclient = 'acme'\n"),
        "12:10: warning: identity[0].client: every certificate becomes this client (say under [identity.when] which certificates are meant)",
        &format!("{last}[[identity]]\nclient = 'acme'\nwhen.dns = 'acme.example.org'\n"),
    );
}

#[test]
fn a_principal_has_to_be_shown_and_proven() {
    let preset = "preset = \"nginx\"\n";
    check(
        preset,
        "preset = 'traefik-info'\nverification = 'edge-always'\nclaims.use = ['thumbprint']\nclaims.thumbprint_header = 'X-Hash'\n",
        "2:11: error: clients: this edge sends no certificate and tells no subject (add an [[identity]] rule with a `principal`, or take `subject` under `[edge.claims]`)",
        "preset = 'traefik-info'\nverification = 'edge-always'\nclaims.use = ['subject']\n",
    );
    let azure = OPEN.replace(preset, "preset = 'azure'\n");
    let pins = "write `when.thumbprint`; or `when.public_key` and no other condition or issuer, with `client`, `profile` and `principal` written out; or list `certificates` or `public_keys` of a client";
    assert_eq!(
        problems(&azure),
        [format!(
            "4:10: error: edge.preset: this edge verifies no certificate, so identity rules have to pin them ({pins})"
        )]
    );
    let named = format!("{azure}[[identity]]\nprincipal = '{{subject.cn}}'\n");
    assert_eq!(
        problems(&named),
        [format!(
            "11:1: error: identity[0]: the edge verifies no certificate, and this rule pins none ({pins})"
        )]
    );
    let sha256 = "fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e";
    for pinned in ["thumbprint", "public_key"] {
        let rule = format!("[[identity]]\nprincipal = 'p'\nwhen.{pinned} = '{sha256}'\n");
        assert_eq!(problems(&format!("{azure}{rule}")), [""; 0]);
    }
    // The holder of a key writes the subject, which would be the principal.
    let of_a_key = format!("{azure}[[identity]]\nwhen.public_key = '{sha256}'\n");
    assert_eq!(problems(&of_a_key).len(), 1);
}

#[test]
fn what_cannot_be_as_it_seems_warns() {
    let mode = "mode = \"mtls\"\n";
    check(
        mode,
        "mode = 'mtls'\nissuers = ['CN=a', 'CN=b']\n",
        "2:11: warning: clients: each of the issuers can certify every principal (keep several issuers for the time of a rotation only)",
        "mode = 'mtls'\nissuers = ['CN=a']\n",
    );
    let preset = "preset = \"nginx\"\n";
    let replaces = "preset = 'nginx'\nidentity_headers = 'replace'\n";
    check(
        preset,
        replaces,
        "5:20: warning: edge.identity_headers: no identity rule names a client that could be written there",
        preset,
    );
    let names = OPEN.replace(preset, replaces) + "[[identity]]\nclient = '{subject.cn}'\n";
    assert_eq!(problems(&names), [""; 0]);
    let edge = OPEN.replace(preset, replaces) + "[selectors]\nset_by = 'trusted-edge'\n";
    assert_eq!(problems(&edge), [""; 0]);
}
