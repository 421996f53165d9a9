//! No output shows a token, a header value, a query or the certificate: every
//! `Debug`, `Display` and JSON of a decision is scanned for marked secrets, as
//! text, as hexadecimal, as base64 and as the list of numbers that `Debug`
//! makes of bytes.

#![cfg(feature = "toml")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

#[path = "gate_support/mod.rs"]
mod support;

use std::fmt::{Debug, Display};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use certgate::decide::{
    Decision, Expected, Reason, Trial, assess, authorize, compare, explain, read, read_traced,
};
use certgate::edge::Presence;
use certgate::evidence::{ActorType, AuditRecord, Change};
use certgate::gate::Gate;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Confirmation, OwnedRequest, Peer, Request, VerifiedToken};
use certgate::response::Rejection;

use support::{POLICY, at, nginx, peer, policy, policy_with};

const TOKEN: &str = "eyJhbGciOiJub25lIn0.MARKTOKEN.sig";
const QUERY: &str = "MARKQUERY";
const COOKIE: &str = "MARKCOOKIE";
const CLAIM: &str = "MARKCLAIMx5tMARKCLAIMx5tMARKCLAIMx5tMARKCL";
const JUNK: &str = "MARKJUNK";

/// What the edge proves itself by, its SHA-256, and a near miss.
const SECRET: &str = "MARKSECRET-0123456789abcdef01234";
const SECRET_SHA256: &str = "1902164b5ca8bba4a71efadaea980f6012f897cd299c7d2ffbccd46b5b32286a";
const OTHER_SECRET: &str = "MARKSECRET-0123456789abcdef0123_";

/// What must not be seen, each long enough to mean something.
fn secrets() -> Vec<(String, Vec<u8>)> {
    let der = include_bytes!("data/captures/certs/acme.der");
    let mut secrets = Vec::new();
    for text in [
        TOKEN,
        "MARKTOKEN",
        QUERY,
        COOKIE,
        CLAIM,
        JUNK,
        SECRET,
        OTHER_SECRET,
        "MARKSECRET",
        SECRET_SHA256,
        "FAILED:MARK",
    ] {
        secrets.push((text.to_owned(), text.as_bytes().to_vec()));
    }
    let value = nginx("acme");
    for place in [0, 300, 900] {
        let part = &value.as_bytes()[place..place + 24];
        secrets.push((format!("header value from {place}"), part.to_vec()));
    }
    // A multiple of three, so that base64 of the whole shows it too.
    for place in [0, 300, 600] {
        let part = &der[place..place + 12];
        secrets.push((format!("certificate from {place}"), part.to_vec()));
    }
    secrets
}

/// The forms in which a secret would be seen.
struct Forms {
    name: String,
    text: String,
    numbers: String,
    hex: String,
    base64: [String; 2],
}

static FORMS: LazyLock<Vec<Forms>> = LazyLock::new(|| {
    secrets()
        .into_iter()
        .map(|(name, secret)| {
            let numbers: Vec<String> = secret.iter().map(u8::to_string).collect();
            Forms {
                name,
                text: String::from_utf8_lossy(&secret).into_owned(),
                numbers: numbers.join(","),
                hex: secret.iter().map(|byte| format!("{byte:02x}")).collect(),
                base64: [STANDARD.encode(&secret), URL_SAFE_NO_PAD.encode(&secret)],
            }
        })
        .collect()
});

/// Panics if a secret is in `output` in any form.
fn scan(what: &str, output: &str) {
    let dense: String = output.chars().filter(|c| !c.is_whitespace()).collect();
    let lower = output.to_ascii_lowercase();
    for secret in &*FORMS {
        let found = output.contains(&secret.text)
            || dense.contains(&secret.numbers)
            || lower.contains(&secret.hex)
            || secret.base64.iter().any(|base64| output.contains(base64));
        assert!(!found, "{what} shows {}: {output:.2000}", secret.name);
    }
}

fn scan_debug(what: &str, value: &dyn Debug) {
    scan(what, &format!("{value:?}"));
    scan(what, &format!("{value:#?}"));
}

fn scan_display(what: &str, value: &dyn Display) {
    scan(what, &value.to_string());
}

fn scan_json(what: &str, value: &impl serde::Serialize) {
    scan(what, &serde_json::to_string(value).unwrap());
}

/// Everything that is made of a decision, whoever decided.
fn scan_decision(what: &str, decision: &Decision<'_>) {
    let findings = decision.findings();
    let record = AuditRecord::new(decision, "id", 1);
    scan_json(&format!("{what}: record"), &record);
    scan_debug(&format!("{what}: record"), &record);
    scan_json(&format!("{what}: trace"), &findings.trace());
    scan_debug(&format!("{what}: trace"), &findings.trace());
    scan_debug(&format!("{what}: request"), findings.request());
    if let Some(certificate) = findings.certificate() {
        scan_debug(&format!("{what}: certificate"), certificate);
    }
    if let Some(assessed) = findings.assessed() {
        scan_debug(&format!("{what}: assessed"), assessed);
    }
    match decision {
        Decision::Allow(allow) => scan_debug(&format!("{what}: grant"), &allow.grant()),
        Decision::Deny(deny) => {
            let rejection = Rejection::new(deny, "id");
            scan_debug(&format!("{what}: rejection"), &rejection);
            scan_json(&format!("{what}: problem"), rejection.problem());
            for (name, value) in rejection.headers() {
                scan(&format!("{what}: {name}"), &value);
            }
            scan_display(&format!("{what}: reason"), &deny.reason());
            scan_debug(&format!("{what}: fault"), &deny.fault());
        }
    }
}

/// One request with a secret in every place that can hold one.
struct Ask {
    what: &'static str,
    peer: Peer<'static>,
    method: &'static str,
    path: &'static str,
    certificate: String,
    status: &'static str,
    secret: &'static str,
    token: Option<VerifiedToken>,
}

impl Ask {
    fn new(what: &'static str) -> Self {
        Self {
            what,
            peer: peer("10.0.0.7"),
            method: "GET",
            path: "/payments",
            certificate: nginx("acme"),
            status: "SUCCESS",
            secret: SECRET,
            token: Some(VerifiedToken::assert_verified(
                None,
                Confirmation::x5t_s256(support::ACME_X5T),
            )),
        }
    }

    /// Hands the request on. Every one has a bearer line, a cookie and a query.
    fn with(&self, use_it: impl FnOnce(&Request<'_>)) {
        let target = format!("{}?card={QUERY}", self.path);
        let headers = [
            ("X-SSL-Client-Cert", self.certificate.clone()),
            ("X-SSL-Client-Verify", self.status.to_owned()),
            ("X-Forwarded-For", "203.0.113.9".to_owned()),
            ("Authorization", format!("Bearer {TOKEN}")),
            ("Cookie", COOKIE.to_owned()),
            ("X-Edge-Secret", self.secret.to_owned()),
        ];
        use_it(&Request {
            peer: self.peer,
            method: self.method,
            target: &target,
            headers: &headers,
            token: self.token.as_ref(),
            now: at(0),
        });
    }
}

/// Requests that are allowed, and denied at every stage that reads a secret.
fn asks() -> Vec<Ask> {
    let claim = VerifiedToken::assert_verified(None, Confirmation::x5t_s256(CLAIM));
    let big = Confirmation::x5t_s256("JPbUe_KpQNTfRKIBsiLdYhHB3xz9FM4CpbFrVSP02RU");
    let big = VerifiedToken::assert_verified(None, big);
    let broken = nginx("acme").replacen("%0A", JUNK, 1);
    vec![
        Ask::new("allowed"),
        Ask {
            path: "/healthz",
            ..Ask::new("exempt")
        },
        Ask {
            path: "/payments//",
            ..Ask::new("path")
        },
        Ask {
            peer: peer("192.0.2.1"),
            ..Ask::new("stranger")
        },
        Ask {
            status: "FAILED:MARK",
            ..Ask::new("status")
        },
        Ask {
            secret: OTHER_SECRET,
            ..Ask::new("secret")
        },
        Ask {
            certificate: JUNK.to_owned(),
            ..Ask::new("junk")
        },
        Ask {
            certificate: broken,
            ..Ask::new("broken")
        },
        Ask {
            certificate: nginx("spiffe"),
            ..Ask::new("issuer")
        },
        Ask {
            certificate: nginx("big"),
            token: Some(big),
            ..Ask::new("client")
        },
        Ask {
            token: None,
            ..Ask::new("token")
        },
        Ask {
            token: Some(claim),
            ..Ask::new("binding")
        },
        Ask {
            path: "/nowhere",
            ..Ask::new("collection")
        },
        Ask {
            method: "DELETE",
            ..Ask::new("method")
        },
    ]
}

/// The policy of an edge that proves itself.
fn proving() -> Policy {
    policy_with(
        "[authentication]",
        &format!("[edge.proof]\nsecret_sha256 = ['{SECRET_SHA256}']\n[authentication]"),
    )
}

fn policies() -> [Policy; 5] {
    [
        policy(POLICY),
        policy_with("\"mtls\"", "\"bearer\""),
        policy_with("\"mtls\"", "\"bearer_plus_mtls_required\""),
        proving(),
        policy_with(
            "mode = \"mtls\"",
            "mode = \"mtls\"\nobserve = ['certificates', 'policy']",
        ),
    ]
}

#[test]
fn the_scan_finds_what_it_looks_for() {
    let der = include_bytes!("data/captures/certs/acme.der");
    let hex: String = der.iter().map(|byte| format!("{byte:02X}")).collect();
    for leak in [
        TOKEN.to_owned(),
        format!("{:?}", COOKIE.as_bytes()),
        format!("{:#?}", QUERY.as_bytes()),
        format!("{:?}", nginx("acme").as_bytes()),
        nginx("acme"),
        format!("{der:?}"),
        STANDARD.encode(der),
        hex,
    ] {
        let found = std::panic::catch_unwind(|| scan("a leak", &leak));
        assert!(found.is_err(), "not found: {leak}");
    }
    scan("nothing", "pisp-partner-acme 203.0.113.9 GET /payments");
}

#[test]
fn no_decision_shows_a_secret() {
    let mut reasons = std::collections::BTreeSet::new();
    for policy in policies() {
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        for ask in asks() {
            ask.with(|request| {
                let decision = explain(&policy, request, &limits);
                scan_decision(ask.what, &decision);
                reasons.insert(decision.reason().map(Reason::code));
            });
        }
    }
    // So that the scan sees what it is meant for.
    for reason in [
        None,
        Some("path_malformed"),
        Some("certificate_unverified"),
        Some("header_malformed"),
        Some("certificate_missing"),
        Some("token_missing"),
        Some("issuer_not_allowed"),
        Some("sender_binding_mismatch"),
        Some("client_unknown"),
        Some("collection_unknown"),
        Some("method_not_allowed"),
    ] {
        assert!(reasons.contains(&reason), "nothing gave {reason:?}");
    }
}

#[test]
fn no_gate_and_nothing_of_a_gate_shows_a_secret() {
    let gate = Gate::new(proving()).unwrap();
    let change = Change::new(at(0).wall, ActorType::System, "test");
    let shadowed = gate.set_shadow(proving(), &change).unwrap();
    scan_json("shadow", &shadowed.record);
    scan_debug("shadow", &shadowed);
    for ask in asks() {
        ask.with(|request| {
            scan_debug(ask.what, &OwnedRequest::from(request));
            gate.decide(request, |concluded| {
                scan_decision(ask.what, concluded.decision);
                scan_debug(ask.what, &concluded.shadow);
                scan_json(ask.what, &concluded.shadow);
                let record = concluded.audit_record();
                scan_json(ask.what, &record);
                scan_debug(ask.what, &record);
                if let Decision::Allow(allow) = concluded.decision {
                    let granted = concluded.granted(allow);
                    scan_debug(ask.what, &granted);
                    scan_debug(ask.what, &granted.identity());
                    scan_debug(ask.what, &granted.certificate());
                    scan_debug(ask.what, &granted.observed());
                }
            });
        });
    }
    // Its cache holds the header values of those that were verified.
    scan_debug("gate", &gate);
    let change = Change::new(at(0).wall, ActorType::System, "test");
    let installed = gate.install(policy(POLICY), &change).unwrap();
    let rolled_back = gate.rollback(&change).unwrap();
    for changed in [installed, rolled_back] {
        scan_debug("changed", &changed);
        scan_json("changed", &changed.record);
    }
    ask_for_what_differs(&gate, &change);
}

/// A refusal tells what a trial gave, and nothing of its request.
fn ask_for_what_differs(gate: &Gate, change: &Change) {
    for ask in asks() {
        ask.with(|request| {
            let trials = [Trial {
                name: ask.what.to_owned(),
                request: OwnedRequest::from(request),
                expect: Expected::Deny(Reason::LimitsUnavailable),
            }];
            scan_debug(ask.what, &trials);
            let refused = gate.install_if(proving(), &trials, change).unwrap_err();
            scan_debug(ask.what, &refused);
            scan_display(ask.what, &refused);
            scan_json(ask.what, &refused.record);
            let kept = trials.iter().map(|trial| &trial.request);
            let differences = compare(&proving(), &policy(POLICY), kept);
            scan_debug(ask.what, &differences);
            scan_json(ask.what, &differences);
        });
    }
}

#[test]
fn no_step_on_the_way_shows_a_secret() {
    for policy in policies() {
        for ask in asks() {
            ask.with(|request| {
                scan_debug(ask.what, request);
                let facts = read_traced(&policy, request);
                scan_debug(&format!("{}: facts", ask.what), &facts);
                if let Some(edge) = facts.trusted() {
                    scan_debug(&format!("{}: edge", ask.what), edge);
                    let presence: Presence<'_> = edge.certificate();
                    scan_debug(&format!("{}: presence", ask.what), &presence);
                }
                let presented = assess(facts);
                scan_debug(&format!("{}: presented", ask.what), &presented);
                match authorize(presented) {
                    Ok(admission) => {
                        scan_debug(&format!("{}: admission", ask.what), &admission);
                    }
                    Err(denied) => {
                        scan_debug(&format!("{}: decision", ask.what), &denied);
                        scan_debug(&format!("{}: findings", ask.what), denied.findings());
                    }
                }
            });
        }
    }
}

#[test]
fn no_error_and_no_token_shows_a_secret() {
    use certgate::certificate::CertInfo;
    use certgate::dialect::{Budget, Dialect};

    let value = nginx("acme");
    for end in (0..value.len()).step_by(97) {
        let cut = format!("{}{JUNK}", &value.get(..end).unwrap());
        for dialect in Dialect::ALL {
            if let Err(error) = dialect.decode(cut.as_bytes(), &Budget::default()) {
                scan_debug("dialect error", &error);
                scan_display("dialect error", &error);
            }
        }
    }
    let mut der = include_bytes!("data/captures/certs/acme.der").to_vec();
    for place in (0..der.len()).step_by(31) {
        der[place] ^= 0xFF;
        match CertInfo::from_der(der.clone()) {
            Ok(certificate) => scan_debug("certificate", &certificate),
            Err(error) => {
                scan_debug("certificate error", &error);
                scan_display("certificate error", &error);
            }
        }
        der[place] ^= 0xFF;
    }
    let confirmation = Confirmation::x5t_s256(CLAIM);
    scan_debug("confirmation", &confirmation);
    scan_debug(
        "token",
        &VerifiedToken::assert_verified(Some(JUNK), confirmation),
    );
    let error = serde_json::from_str::<Confirmation>(&format!("{{\"x5t#S256\":\"{CLAIM}"));
    scan_display("confirmation error", &error.err().unwrap());
    for policy in policies() {
        scan_debug("policy", &policy);
    }
    // The secret where its digest belongs.
    let text = format!("[edge.proof]\nsecret_sha256 = ['{SECRET}']\n[authentication]");
    let text = POLICY.replace("[authentication]", &text);
    let errors = Policy::from_toml_str(&text, "policy.toml").unwrap_err();
    scan_debug("policy errors", &errors);
    scan_display("policy errors", &errors);
    let policy = proving();
    let facts_of_nothing = Request {
        peer: Peer::UNKNOWN,
        method: "GET",
        target: QUERY,
        headers: &[(JUNK, COOKIE)],
        token: None,
        now: at(0),
    };
    let facts = read(&policy, &facts_of_nothing);
    scan_debug("facts", &facts);
}

/// The adapter's types hold whole requests and responses.
#[cfg(feature = "tower")]
#[test]
fn no_layer_shows_a_secret() {
    use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
    use std::sync::Arc;
    use tower::Layer as _;

    let gate = Arc::new(Gate::new(proving()).unwrap());
    Ask::new("warm").with(|request| gate.decide(request, |_| ()));
    let layer = GateLayer::new(gate, PeerSource::extension(), TargetSource::request_uri());
    scan_debug("layer", &layer);
    scan_debug("service", &layer.layer(COOKIE));
    let mut service = layer.layer(tower::service_fn(|request: http::Request<_>| {
        scan_debug("request body", request.body());
        let response = http::Response::new(http_body_util::Empty::<bytes::Bytes>::new());
        std::future::ready(Ok::<_, ()>(response))
    }));
    let mut request = http::Request::get(format!("/payments?{QUERY}"))
        .header("Authorization", TOKEN)
        .header("X-Edge-Secret", SECRET)
        .header("X-SSL-Client-Cert", nginx("acme"))
        .body(http_body_util::Empty::<bytes::Bytes>::new())
        .unwrap();
    request.extensions_mut().insert(peer("10.0.0.7"));
    scan_debug(
        "response future",
        &tower::Service::call(&mut service, request),
    );
}
