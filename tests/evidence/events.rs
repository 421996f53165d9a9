//! Records as events, as subscribers print them.

use std::collections::BTreeSet;
use std::fmt::{Debug, Write as _};
use std::io;
use std::sync::{Arc, Mutex};

use certgate::adapter::tracing::TracingSink;
use certgate::decide::{Reason, Tolerated};
use certgate::evidence::{AuditRecord, AuditSink, Outcome, PolicyChange};
use certgate::gate::Gate;
use certgate::limits::Counted;
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::subscriber::with_default;
use tracing::{Event, Metadata, Subscriber, span};
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{acme, call, empty, layer};
use crate::records::{record, started};
use crate::support::{ACME_SHA256, POLICY, at, policy};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What tracing's own formatter prints.
fn printed(tell: impl FnOnce()) -> String {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(kept.clone())
        .with_ansi(false)
        .without_time()
        .finish();
    with_default(subscriber, tell);
    String::from_utf8(kept.0.lock().unwrap().clone()).unwrap()
}

/// What its JSON formatter prints.
fn printed_json(tell: impl FnOnce()) -> Value {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(kept.clone())
        .without_time()
        .finish();
    with_default(subscriber, tell);
    serde_json::from_slice(&kept.0.lock().unwrap()).unwrap()
}

fn of_request(record: &AuditRecord) -> String {
    printed(|| TracingSink.record(record))
}

fn of_change(change: &PolicyChange) -> String {
    printed(|| TracingSink.change(change))
}

#[test]
fn an_allowed_request_is_one_line_without_what_there_is_not() {
    let mut allowed = record("a-1", 0);
    allowed.complete(Some(200), std::time::Duration::from_millis(12));
    assert_eq!(
        of_request(&allowed),
        format!(
            " INFO certgate: request allowed outcome=\"allow\" grant=\"proven\" method=\"GET\" \
             path=\"/payments\" status=200 latency=12 client_id=\"pisp-partner-acme\" \
             profile_id=\"pisp-prod\" collection=\"payments\" named_by=\"certificate\" \
             identity_rule=\"by-subject\" limits_counted=\"store\" client_ip=\"203.0.113.9\" \
             peer=\"10.0.0.7\" peer_trusted=true verification=\"verified\" \
             mtls_thumbprint_present=true thumbprint=\"{ACME_SHA256}\" policy_version=1 \
             request_id=\"req-1\" id=\"a-1\" created_at=\"2027-01-01T00:00:00Z\"\n"
        )
    );
}

/// The record of a request for a path of which the policy knows nothing.
fn denied() -> AuditRecord {
    let mut denied = record("d-1", 0);
    denied.outcome = Outcome::Deny;
    denied.reason = Some(Reason::HeaderMalformed);
    denied.grant = None;
    denied.thumbprint = None;
    denied.mtls_thumbprint_present = false;
    denied.observed = vec![Reason::CertificateExpired, Reason::IpNotAllowed];
    denied.status = Some(400);
    denied
}

#[test]
fn a_denial_in_json_has_the_names_of_the_record() {
    assert_eq!(
        printed_json(|| TracingSink.record(&denied())),
        json!({
            "level": "WARN",
            "target": "certgate",
            "fields": {
                "message": "request denied",
                "outcome": "deny",
                "reason": "header_malformed",
                "observed": "certificate_expired, ip_not_allowed",
                "method": "GET",
                "path": "/payments",
                "status": 400,
                "client_id": "pisp-partner-acme",
                "profile_id": "pisp-prod",
                "collection": "payments",
                "named_by": "certificate",
                "identity_rule": "by-subject",
                "limits_counted": "store",
                "client_ip": "203.0.113.9",
                "peer": "10.0.0.7",
                "peer_trusted": true,
                "verification": "verified",
                "mtls_thumbprint_present": false,
                "policy_version": 1,
                "request_id": "req-1",
                "id": "d-1",
                "created_at": "2027-01-01T00:00:00Z",
            },
        })
    );
}

#[test]
fn the_level_is_that_of_the_outcome() {
    let of = |change: &dyn Fn(&mut AuditRecord)| {
        let mut record = record("r", 0);
        change(&mut record);
        let line = of_request(&record);
        line.split(" outcome=").next().unwrap().trim().to_owned()
    };
    let (allowed, odd) = (
        "INFO certgate: request allowed",
        "WARN certgate: request allowed",
    );
    assert_eq!(of(&|_| {}), allowed);
    assert_eq!(of(&|record| record.status = Some(502)), allowed);
    assert_eq!(of(&|record| record.limits_counted = None), allowed);
    assert_eq!(
        of(&|record| record.shadow_reason = Some(Reason::IpNotAllowed)),
        allowed
    );
    assert_eq!(
        of(&|record| record.observed = vec![Reason::IpNotAllowed]),
        odd
    );
    assert_eq!(
        of(&|record| record.limits_counted = Some(Counted::Nowhere)),
        odd
    );
    assert_eq!(
        of(&|record| record.limits_counted = Some(Counted::LocalShare)),
        odd
    );
    assert_eq!(
        of(&|record| record.certificate_expires_in_days = Some(7)),
        odd
    );
    assert_eq!(
        of(&|record| record.tolerated = vec![Tolerated::Expired]),
        odd
    );
    for reason in Reason::ALL {
        let level = if reason.code() == "limits_unavailable" {
            "ERROR"
        } else {
            "WARN"
        };
        let denied = of(&|record| {
            record.outcome = Outcome::Deny;
            record.reason = Some(*reason);
        });
        assert_eq!(denied, format!("{level} certgate: request denied"));
    }
}

#[test]
fn changes_of_the_policy_are_told_made_or_refused() {
    assert_eq!(
        of_change(&started("c-1")),
        " INFO certgate: policy changed action=\"start\" outcome=\"applied\" version=1 \
         previous_version=0 actor_type=\"user\" actor_id=\"jo@example.com\" id=\"c-1\" \
         created_at=\"2027-01-01T00:00:00Z\"\n"
    );
    let gate = Gate::new(policy(POLICY)).unwrap();
    let change = certgate::evidence::Change::new(
        at(0).wall,
        certgate::evidence::ActorType::Service,
        "pipeline",
    )
    .from_address("192.0.2.7".parse().unwrap())
    .with_note("CHG-7\nforged line");
    let mistaken = certgate::policy::Policy::from_toml_str("version = 1\nx = 2", "p.toml");
    let mut refused = *gate.install(mistaken, &change).unwrap_err().record;
    refused.id = "c-2".to_owned();
    let line = of_change(&refused);
    assert!(
        line.starts_with(
            "ERROR certgate: policy change refused action=\"install\" outcome=\"refused\" \
             reason=\"document_invalid\" details=\""
        ),
        "{line}"
    );
    assert!(
        line.ends_with(
            " version=1 previous_version=1 actor_type=\"service\" actor_id=\"pipeline\" \
             ip_address=\"192.0.2.7\" note=\"CHG-7\\\\u{a}forged line\" id=\"c-2\" \
             created_at=\"2027-01-01T00:00:00Z\"\n"
        ),
        "{line}"
    );
    assert_eq!(line.matches('\n').count(), 1);

    let other = POLICY
        .replace("id = \"pisp-partner-acme\"", "id = \"globex\"")
        .replace("mode = \"mtls\"", "mode = \"bearer_plus_mtls_required\"")
        .replace("realm = \"payments\"", "realm = \"other\"")
        .replace(
            "name = \"admin\"\npaths = [\"/admin\"]",
            "name = \"admin\"\npaths = [\"/x\"]",
        );
    let installed = gate.install(policy(&other), &change).unwrap();
    let line = of_change(&installed.record);
    assert!(
        line.contains(
            " changes=\"mode mtls to bearer_plus_mtls_required, settings realm, \
             clients +1 -1 ~0, profiles +1 -1 ~0, collections +0 -0 ~1\" "
        ),
        "{line}"
    );
}

/// Prints texts as they are, in no quotes, as some subscribers do.
#[derive(Default)]
struct Raw {
    text: Mutex<String>,
    names: Mutex<BTreeSet<String>>,
}

struct RawVisit<'a>(&'a mut String);

impl Visit for RawVisit<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, "{field}={value} ").unwrap();
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Raw {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "certgate"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut RawVisit(&mut self.text.lock().unwrap()));
        let names = event.metadata().fields().iter();
        let names = names.map(|field| field.name().to_owned());
        self.names.lock().unwrap().extend(names);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

fn raw(tell: impl FnOnce()) -> (String, BTreeSet<String>) {
    let raw = Arc::new(Raw::default());
    with_default(Arc::clone(&raw), tell);
    let names = raw.names.lock().unwrap().clone();
    (raw.text.lock().unwrap().clone(), names)
}

const FORGED: &str =
    "x\" outcome=\"allow\"\r\n INFO certgate: forged\u{1b}[2J\u{2028}\u{202e}\u{85}";

#[test]
fn no_text_can_forge_a_line_or_reach_a_terminal() {
    let mut request = denied();
    for text in [
        &mut request.id,
        &mut request.request_id,
        &mut request.method,
        &mut request.path,
        &mut request.peer,
    ] {
        *text = FORGED.to_owned();
    }
    for text in [
        &mut request.client_id,
        &mut request.profile_id,
        &mut request.principal,
        &mut request.collection,
        &mut request.identity_rule,
        &mut request.limit,
        &mut request.client_ip,
        &mut request.thumbprint,
        &mut request.target_url,
    ] {
        *text = Some(FORGED.to_owned());
    }
    let mut change = started(FORGED);
    change.actor_id = FORGED.to_owned();
    change.note = Some(FORGED.to_owned());
    change.ip_address = Some(FORGED.to_owned());
    change.details = vec![FORGED.to_owned(); 2];
    let tell = || {
        TracingSink.record(&request);
        TracingSink.change(&change);
    };
    let (raw, _) = raw(tell);
    assert!(!raw.contains(|c: char| c.is_control() || "\u{2028}\u{202e}".contains(c)));
    let escaped = "x\" outcome=\"allow\"\\u{d}\\u{a} INFO certgate: forged\\u{1b}[2J\\u{2028}\\u{202e}\\u{85}";
    assert_eq!(raw.matches(escaped).count(), 14 + 6);

    let lines = printed(tell);
    assert_eq!(lines.lines().count(), 2);
    assert_eq!(lines.matches(" outcome=\"").count(), 2, "{lines}");
}

#[test]
fn every_member_of_a_record_has_its_field() {
    let members = |value: &Value, left_out: &[&str]| -> BTreeSet<String> {
        let members = value.as_object().unwrap().keys();
        let members = members.filter(|name| !left_out.contains(&name.as_str()));
        members.cloned().collect()
    };
    let fields = |names: BTreeSet<String>| -> BTreeSet<String> {
        let names = names.iter().filter(|name| *name != "message");
        let names = names.map(|name| name.split('.').next().unwrap().to_owned());
        names.collect()
    };
    for outcome in [Outcome::Allow, Outcome::Deny] {
        let mut record = record("r", 0);
        record.outcome = outcome;
        let expected = members(&serde_json::to_value(&record).unwrap(), &["schema"]);
        let (_, names) = raw(|| TracingSink.record(&record));
        assert_eq!(fields(names), expected);
    }
    let change = started("c");
    let left_out = ["schema", "resource_type"];
    let expected = members(&serde_json::to_value(&change).unwrap(), &left_out);
    let (_, names) = raw(|| TracingSink.change(&change));
    assert_eq!(fields(names), expected);
}

#[test]
fn what_a_certificate_and_a_fault_have_is_told_by_parts() {
    let names = POLICY.to_owned() + "\n[evidence]\ncertificate = \"names\"\n";
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(kept.clone())
        .with_ansi(false)
        .without_time()
        .finish();
    // The layer tells it, with a query, a token and a cookie on the way.
    with_default(subscriber, || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(async {
            let layer = layer(policy(&names)).with_sink(TracingSink);
            let request = acme("GET", "/payments?card=MARKQUERY").header("Cookie", "MARKCOOKIE");
            call(&layer, empty(request)).await;
            let request = acme("GET", "/payments;MARK=1?card=MARKQUERY")
                .header("Authorization", "Bearer MARKTOKEN");
            call(&layer, empty(request)).await;
        });
    });
    let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let (first, second) = text.split_once('\n').unwrap();
    assert!(
        first.contains(" certificate.subject=\"CN=pisp-partner-acme,"),
        "{first}"
    );
    assert!(
        first.contains(" certificate.issuer=\"CN=Example Root CA,"),
        "{first}"
    );
    assert!(first.contains(" certificate.serial=\""), "{first}");
    assert!(
        first.contains(" certificate.not_after=\"2036-11-18T21:51:13Z\""),
        "{first}"
    );
    assert!(
        second.contains(" fault.code=\"") && second.contains(" fault.at="),
        "{second}"
    );
    for secret in ["MARKQUERY", "MARKCOOKIE", "MARKTOKEN", "MII"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
