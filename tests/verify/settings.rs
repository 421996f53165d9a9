//! What a policy says about verification, and what it may not.

use certgate::policy::Policy;

use crate::pki::Ca;

struct Document<'d> {
    edge: &'d str,
    authentication: &'d str,
    rest: &'d str,
}

const PLAIN: Document<'_> = Document {
    edge: "preset = 'azure'\nverification = 'in-process'",
    authentication: "",
    rest: "",
};

impl Document<'_> {
    /// Every problem of the document with these authorities, without line and
    /// column.
    fn problems(&self, authorities: &str) -> Vec<String> {
        let Self {
            edge,
            authentication,
            rest,
        } = self;
        let trusted = if edge.contains("direct") {
            ""
        } else {
            "trusted_proxies = ['10.0.0.7']\n"
        };
        let text = format!(
            "version = 1\n[edge]\n{edge}\n{trusted}[authentication]\nmode = 'mtls'\n\
             {authentication}\n{authorities}[[identity]]\nclient = '{{subject.cn}}'\n\
             [[collections]]\nname = 'all'\npaths = ['/']\n\
             [[clients]]\nid = 'acme'\ncollections = ['all']\n{rest}\n"
        );
        let problems = match Policy::from_toml_str(&text, "p") {
            Ok(loaded) => loaded.warnings,
            Err(errors) => errors.iter().cloned().collect(),
        };
        let lines = problems.iter().map(ToString::to_string);
        let without_place = |line: String| line.splitn(4, ':').nth(3).unwrap().trim().to_owned();
        lines.map(without_place).collect()
    }
}

fn named(name: &str, certificate: &str) -> String {
    format!("[[authorities]]\nname = '{name}'\ncertificate = '''\n{certificate}'''\n")
}

fn one() -> String {
    named("one", &Ca::root("Root").pem())
}

const NONE: [&str; 0] = [];

#[test]
fn every_edge_that_sends_certificates_can_be_verified_for() {
    for preset in [
        "nginx",
        "ingress-nginx",
        "traefik",
        "haproxy",
        "apache",
        "caddy",
        "envoy",
        "istio",
        "aws-alb",
        "aws-alb-passthrough",
        "cloudflare",
        "gcp",
        "azure",
        "cloudfront",
        "rfc9440",
        "direct",
    ] {
        let edge = format!("preset = '{preset}'\nverification = 'in-process'");
        let document = Document {
            edge: &edge,
            ..PLAIN
        };
        assert_eq!(document.problems(&one()), NONE, "{preset}");
    }
    let claims_alone = Document {
        edge: "preset = 'traefik-info'\nverification = 'in-process'",
        rest: "[edge.claims]\nuse = ['subject']",
        ..PLAIN
    };
    assert_eq!(
        claims_alone.problems(&one()),
        [
            "error: edge.preset: this edge sends no certificate that could be verified",
            "error: edge.claims: certificates are verified in this process, so what the edge tells of them proves nothing",
        ]
    );
}

#[test]
fn without_an_authority_nobody_could_pass() {
    assert_eq!(
        PLAIN.problems(""),
        [
            "error: edge.verification: there is no authority, so nobody could pass (add one under [[authorities]], with a `name` and its `certificate`)"
        ]
    );
}

#[test]
fn authorities_are_read_with_the_policy() {
    let root = Ca::root("Root").pem();
    assert_eq!(
        PLAIN.problems(&(named("one", &root) + &named("one", &Ca::root("Two").pem()))),
        [
            "error: authorities[1].name: there is an authority of this name; to replace it, add the new one under another"
        ]
    );
    assert_eq!(
        PLAIN.problems(&named("o n e", &root)),
        [
            "error: authorities[0].name: a name has 1 to 64 of the characters A-Z, a-z, 0-9, `_` and `-`, and begins with a letter"
        ]
    );
    assert_eq!(
        PLAIN.problems(&named("one", "junk")),
        [
            "error: authorities[0].certificate: there is no certificate; PEM has it between lines of CERTIFICATE, DER as it is"
        ]
    );
}

/// A setting that nothing looks at would be a check that does not take place.
#[test]
fn settings_of_verification_need_it() {
    let elsewhere = "this is for certificates that are verified in this process (write `verification = \"in-process\"` under [edge], or leave it out)";
    let nginx = Document {
        edge: "preset = 'nginx'",
        ..PLAIN
    };
    assert_eq!(nginx.problems(""), NONE);
    assert_eq!(
        nginx.problems(&one()),
        [format!("error: authorities[0]: {elsewhere}")]
    );
    for (lines, field) in [
        (
            "dangerous_allow_expired = true",
            "authentication.dangerous_allow_expired",
        ),
        (
            "dangerous_allow_revoked = false",
            "authentication.dangerous_allow_revoked",
        ),
        (
            "[authentication.chain]\nmax_depth = 2",
            "authentication.chain",
        ),
        (
            "[authentication.constraints]\nissuer_key = '3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9'",
            "authentication.constraints.issuer_key",
        ),
    ] {
        let document = Document {
            edge: nginx.edge,
            authentication: lines,
            ..PLAIN
        };
        assert_eq!(
            document.problems(""),
            [format!("error: {field}: {elsewhere}")]
        );
        let document = Document {
            authentication: lines,
            ..PLAIN
        };
        assert_eq!(document.problems(&one()), NONE, "{lines}");
    }
}

#[test]
fn what_an_edge_only_says_is_refused_beside_it() {
    let proves_nothing =
        "certificates are verified in this process, so what the edge tells of them proves nothing";
    let claims = Document {
        edge: "preset = 'cloudflare'\nverification = 'in-process'",
        rest: "[edge.claims]\nuse = ['thumbprint']",
        ..PLAIN
    };
    assert_eq!(
        claims.problems(&one()),
        [format!("error: edge.claims: {proves_nothing}")]
    );
    let selectors = Document {
        rest: "[selectors]\nset_by = 'trusted-edge'",
        ..PLAIN
    };
    assert_eq!(
        selectors.problems(&one()),
        [format!("error: selectors.set_by: {proves_nothing}")]
    );
    let status = Document {
        edge: "preset = 'nginx'\nstatus_value = 'OK'\nverification = 'in-process'",
        ..PLAIN
    };
    assert_eq!(
        status.problems(&one()),
        [
            "warning: edge.status_value: certificates are verified in this process, which does not look at a status"
        ]
    );
}

#[test]
fn numbers_and_digests_have_bounds() {
    let with = |lines: &str| {
        Document {
            authentication: lines,
            ..PLAIN
        }
        .problems(&one())
    };
    assert_eq!(with("[authentication.chain]\nmax_depth = 7"), NONE);
    assert_eq!(
        with("[authentication.chain]\nmax_depth = 8"),
        ["error: authentication.chain.max_depth: a path has at most 7 signatures"]
    );
    assert_eq!(
        with("[authentication.constraints]\nissuer_key = 'abc'"),
        [
            "error: authentication.constraints.issuer_key: not a SHA-256 of a public key in hexadecimal"
        ]
    );
}

/// Rules need no pins, since issuers are proven.
#[test]
fn an_edge_that_verifies_nothing_needs_no_pins_then() {
    let lines = "issuers = ['CN=Root']";
    let document = Document {
        authentication: lines,
        ..PLAIN
    };
    assert_eq!(document.problems(&one()), NONE);
    let unverified = Document {
        edge: "preset = 'azure'",
        authentication: lines,
        ..PLAIN
    };
    assert_eq!(unverified.problems("").len(), 2);
}
