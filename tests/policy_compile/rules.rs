//! Identity rules, paths and collections.

use certgate::policy::{Document, Policy};

use super::{BASE, check, problems};

#[test]
fn identity_rules() {
    let find = r#"client = "{subject.cn}""#;
    for (bad, problem, good) in [
        (
            "profile = 'x'",
            "7:1: error: identity[0]: the rule names no client (add client = \"{subject.cn}\", say)",
            "client = '{san.dns}'",
        ),
        (
            "client = '{subject.cn}{subject.ou}'",
            "8:10: error: identity[0].client: the id of a client or profile takes one placeholder",
            "client = 'x-{subject.cn}-y'",
        ),
        (
            "client = '{subject.cn'",
            "8:10: error: identity[0].client: a brace without its partner",
            "client = '{spiffe}'",
        ),
        (
            "client = '{subject.dn}'",
            "8:10: error: identity[0].client: unknown placeholder; there are {subject.cn}, {subject.ou} and the other subject attributes, {spiffe}, {san.uri}, {san.dns}, {san.email}, {san.upn} and {thumbprint}",
            "client = '{subject.uid}'",
        ),
        (
            "client = ''",
            "8:10: error: identity[0].client: the template is empty",
            "client = '{thumbprint}'",
        ),
        (
            "client = 'other'\nwhen.dns = 'a.example'",
            "8:10: error: identity[0].client: there is no client \"other\"",
            "client = 'acme'\nwhen.dns = 'a.example'",
        ),
        (
            "client = 'acme'",
            "8:10: warning: identity[0].client: every certificate becomes this client (say under [identity.when] which certificates are meant)",
            "client = 'acme'\nwhen.subject.cn = 'acme'",
        ),
        (
            "client = '{subject.cn}'\nprincipal = '{x}'",
            "9:13: error: identity[0].principal: unknown placeholder; there are {subject.cn}, {subject.ou} and the other subject attributes, {spiffe}, {san.uri}, {san.dns}, {san.email}, {san.upn} and {thumbprint}",
            "client = '{subject.cn}'\nprincipal = '{san.email}/{thumbprint}'",
        ),
        (
            "client = '{subject.cn}'\nprincipal = '{subject.o}-{subject.ou}'",
            "9:13: error: identity[0].principal: two placeholders need a separator between them that no value can hold, such as `:`",
            "client = '{subject.cn}'\nprincipal = '{subject.o}:{subject.ou}'",
        ),
        (
            "client = '{subject.cn}'\nwhen.dns = ['a.example', '']",
            "9:26: error: identity[0].when.dns[1]: an empty text matches nothing",
            "client = '{subject.cn}'\nwhen.dns = ['a.example', '*.example']",
        ),
        (
            "client = '{subject.cn}'\nwhen.spiffe = 'spiffe://*.example/a'",
            "9:15: error: identity[0].when.spiffe: the trust domain of a SPIFFE ID has to be written out",
            "client = '{subject.cn}'\nwhen.spiffe = 'spiffe://td.example/*/a'",
        ),
        (
            "client = '{subject.cn}'\nwhen.spiffe = 'spiffe://td.example/*//a'",
            "9:15: error: identity[0].when.spiffe: not a SPIFFE ID",
            "client = '{subject.cn}'\nwhen.spiffe = 'spiffe://td.example/a-*/b'",
        ),
        (
            "client = '{subject.cn}'\nwhen.trust_domain = 'td.example/a'",
            "9:21: error: identity[0].when.trust_domain: not a trust domain such as `prod.example.com`",
            "client = '{subject.cn}'\nwhen.trust_domain = 'td.example'",
        ),
        (
            "client = '{subject.cn}'\nwhen.ip = '010.0.0.1'",
            "9:11: error: identity[0].when.ip: not an address",
            "client = '{subject.cn}'\nwhen.ip = '::ffff:10.0.0.1'",
        ),
        (
            "client = '{subject.cn}'\nwhen.serial = '0a'",
            "9:15: error: identity[0].when.serial: every issuer has a certificate of this number (list the issuer under authentication.issuers)",
            "client = '{subject.cn}'",
        ),
        (
            "client = '{subject.cn}'\nwhen.trust_domain = '*.example'",
            "9:21: error: identity[0].when.trust_domain: not a trust domain such as `prod.example.com`",
            "client = '{subject.cn}'\nwhen.spiffe = 'spiffe://td.example/*'",
        ),
        (
            "client = '{subject.cn}'\nwhen.thumbprint = 'abc'",
            "9:19: error: identity[0].when.thumbprint: not a SHA-256 of a certificate in hexadecimal",
            "client = '{subject.cn}'\nwhen.thumbprint = '0000000000000000000000000000000000000000000000000000000000000000'",
        ),
        (
            "client = '{subject.cn}'\nwhen.public_key = 'abc'",
            "9:19: error: identity[0].when.public_key: not a SHA-256 of a public key in hexadecimal",
            "client = '{subject.cn}'\nwhen.public_key = '0000000000000000000000000000000000000000000000000000000000000000'",
        ),
        (
            "client = '{subject.cn}'\nwhen.spiffe = 'spiffe://td/../a'",
            "9:15: error: identity[0].when.spiffe: not a SPIFFE ID",
            "client = '{subject.cn}'\nwhen.spiffe = 'spiffe://td/a'",
        ),
        (
            "client = '{subject.cn}'\nwhen.uri = 'SPIFFE://td/a/*'",
            "9:12: error: identity[0].when.uri: a SPIFFE ID has a condition of its own, `spiffe`",
            "client = '{subject.cn}'\nwhen.uri = 'https://td/a/*'",
        ),
        (
            "client = '{subject.cn}'\nissuer = 'CN=ca'",
            "9:10: error: identity[0].issuer: this issuer is not among authentication.issuers (add it there)",
            "client = '{subject.cn}'",
        ),
    ] {
        check(find, bad, problem, good);
    }
}

#[test]
fn a_document_made_by_hand_may_not_leave_its_conditions_empty() {
    let text = BASE.replace(
        "[[limits]]",
        "[identity.when]\ndns = 'a.example'\n[[limits]]",
    );
    let document = Document::from_toml_str(&text, "p.toml").unwrap();
    assert!(Policy::from_document(&document).is_ok());

    let mut none = document.clone();
    none.identity[0].when.as_mut().unwrap().dns = None;
    let mut empty = document;
    let dns = &mut empty.identity[0].when.as_mut().unwrap().dns;
    dns.as_mut().unwrap().value.clear();
    for (document, message) in [
        (
            none,
            "no condition: the rule would apply to every certificate",
        ),
        (empty, "an empty list could be taken for everything"),
    ] {
        let errors = Policy::from_document(&document).unwrap_err();
        assert_eq!(errors.iter().next().unwrap().message, message);
    }
}

#[test]
fn several_issuers_make_each_rule_name_its_own() {
    let find = "mode = \"mtls\"\n[[identity]]\n";
    check(
        find,
        "mode = 'mtls'\nissuers = ['CN=a', 'CN=b']\n[[identity]]\n",
        "8:1: error: identity[0]: the rule does not say for which issuer it is (with several issuers each rule names its own; repeat the rule for each)",
        "mode = 'mtls'\nissuers = ['CN=a', 'CN=b']\n[[identity]]\nissuer = 'CN=B'\n",
    );
}

#[test]
fn a_policy_that_no_certificate_can_pass() {
    check(
        "[[identity]]\nclient = \"{subject.cn}\"\n",
        "",
        "6:8: error: authentication.mode: no certificate can lead to a client (add an [[identity]] rule such as client = \"{subject.cn}\")",
        "[[identity]]\nclient = '{subject.uid}'\n",
    );
    // A client that lists its own SPIFFE IDs needs no rule.
    let listed = BASE
        .replace("[[identity]]\nclient = \"{subject.cn}\"\n", "")
        .replace(
            "id = \"acme\"\n",
            "id = 'acme'\nspiffe_ids = ['spiffe://td/acme']\n",
        );
    assert_eq!(problems(&listed), [""; 0]);
}

#[test]
fn a_profile_that_nobody_can_reach() {
    let clients = "limits = \"some\"\n";
    let with = |profile: &str, mode: &str| {
        BASE.replace(
            "client = \"{subject.cn}\"",
            &format!("client = '{{subject.cn}}'\nprofile = '{profile}'"),
        )
        .replace("mode = \"mtls\"", &format!("mode = '{mode}'"))
        .replace(
            clients,
            &format!("{clients}[[clients.profiles]]\nid = 'prod'\n"),
        )
    };
    assert_eq!(
        problems(&with("test", "mtls")),
        [
            "9:11: warning: identity[0].profile: no client has a profile \"test\"",
            "21:6: warning: clients[0].profiles[0].id: no identity rule leads to this profile"
        ]
    );
    assert_eq!(problems(&with("prod", "mtls")), [""; 0]);
    assert_eq!(problems(&with("{subject.ou}", "mtls")), [""; 0]);
    // A token leads to it, and the caller selects it.
    assert_eq!(
        problems(&with("test", "bearer")),
        ["9:11: warning: identity[0].profile: no client has a profile \"test\""]
    );
}

#[test]
fn paths_and_collections() {
    let find = "paths = [\"/all\"]\n";
    for (bad, problem, good) in [
        (
            "paths = ['/all', '/%61ll/']\n",
            "11:18: error: collections[0].paths[1]: the path \"/%61ll/\" is already taken",
            "paths = ['/all', { path = '/all', match = 'exact' }]\n",
        ),
        (
            "paths = ['all']\n",
            "11:10: error: collections[0].paths[0]: not a path: the target does not begin with a slash at byte 0",
            "paths = ['/']\n",
        ),
        (
            "paths = ['/all;x']\n",
            "11:10: error: collections[0].paths[0]: not a path: path parameters are not allowed at byte 4",
            "paths = ['/all']\n[paths]\nparameters = 'allow'\n",
        ),
        (
            "paths = ['/all']\n[[collections]]\nname = 'all'\npaths = ['/b']\n",
            "13:8: error: collections[1].name: collection \"all\" is defined twice",
            "paths = ['/all']\n[[collections]]\nname = 'more'\npaths = ['/b']\n",
        ),
        (
            "paths = ['/all']\n[[collections]]\nname = ''\npaths = ['/b']\n",
            "13:8: error: collections[1].name: a collection needs a name",
            "paths = ['/all']\n[[collections]]\nname = 'b'\npaths = ['/b']\n",
        ),
        (
            "paths = ['/all']\n[[collections]]\nname = 'b'\npaths = ['/all/b']\n",
            "14:10: warning: collections[1].paths[0]: this takes a part of collection \"all\"; the longest path wins",
            "paths = ['/all']\n[[collections]]\nname = 'b'\npaths = ['/allb']\n",
        ),
        (
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET '\npath = '/health'\n",
            "13:10: error: exemptions[0].method: not a method",
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET'\npath = '/health'\n",
        ),
        (
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET'\npath = '//health'\n",
            "14:8: error: exemptions[0].path: not a path: an empty path segment at byte 1",
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET'\npath = '/health/'\n",
        ),
        (
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET'\npath = '/h'\n[[exemptions]]\nmethod = 'GET'\npath = '/%68'\n",
            "15:1: error: exemptions[1]: this exemption stands here twice",
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET'\npath = '/h'\n[[exemptions]]\nmethod = 'HEAD'\npath = '/h'\n",
        ),
    ] {
        check(find, bad, problem, good);
    }
    // A path that only parameters or letter case tell apart from another.
    let insensitive = BASE.replace("\"/all\"", "'/all', '/ALL'");
    assert_eq!(problems(&insensitive), [""; 0]);
    assert_eq!(
        problems(&format!("{insensitive}[paths]\ncase = 'insensitive'\n")),
        ["11:18: error: collections[0].paths[1]: the path \"/ALL\" is already taken"]
    );
}
