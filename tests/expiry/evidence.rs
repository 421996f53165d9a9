//! How much of a certificate is told.

use certgate::decide::explain;
use certgate::evidence::AuditRecord;
use certgate::gate::Gate;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Request, Timestamp};
use serde_json::{Value, json};

use crate::support::{ACME_SHA256, nginx, peer};
use crate::{Ask, END, with};

const NAMES: &str = "[evidence]\ncertificate = \"names\"";

fn record(gate: &Gate, ask: &Ask) -> Value {
    ask.of(gate, |concluded| {
        serde_json::to_value(concluded.audit_record()).unwrap()
    })
}

/// The step of stage 7, and the record, of a request with this certificate.
fn told(policy: &Policy, certificate: &str, wall: i64) -> (String, AuditRecord) {
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let headers = [
        ("X-SSL-Client-Cert", nginx(certificate)),
        ("X-SSL-Client-Verify", "SUCCESS".to_owned()),
        ("X-Forwarded-For", "203.0.113.9".to_owned()),
    ];
    let request = Request {
        peer: peer("10.0.0.7"),
        method: "GET",
        target: "/payments",
        headers: &headers,
        token: None,
        now: certgate::request::Now {
            wall: Timestamp::from_unix_seconds(wall),
            monotonic: std::time::Duration::ZERO,
        },
    };
    let decision = explain(policy, &request, &limits);
    let mut steps = decision.findings().trace().iter();
    let step = steps.find(|step| step.check == "validity, issuer, revocation and constraints");
    (
        step.unwrap().detail.clone(),
        AuditRecord::new(&decision, "id", 1),
    )
}

#[test]
fn a_record_tells_the_names_where_the_policy_says_so() {
    let acme = json!({
        "subject": "CN=pisp-partner-acme,OU=pisp-prod,O=Acme Payment Services,C=GB",
        "issuer": "CN=Example Root CA,O=Example Root Trust Ltd,C=GB",
        "serial": "0a1b2c3d4e5f60718293",
        "not_after": "2036-11-18T21:51:13Z",
    });
    for section in ["", "[evidence]", "[evidence]\ncertificate = \"thumbprint\""] {
        let record = record(&Gate::new(with(section)).unwrap(), &Ask::at(0));
        assert_eq!(record["certificate"], Value::Null, "{section}");
        assert_eq!(record["thumbprint"], ACME_SHA256, "{section}");
    }
    let gate = Gate::new(with(NAMES)).unwrap();
    assert_eq!(record(&gate, &Ask::at(0))["certificate"], acme);
    // Of a denied request as well, and of none without a certificate.
    assert_eq!(record(&gate, &Ask::at(-1))["certificate"], acme);
    let exempt = Ask {
        target: "/healthz",
        ..Ask::at(0)
    };
    assert_eq!(record(&gate, &exempt)["certificate"], Value::Null);
    let stranger = Ask {
        peer: "203.0.113.9",
        ..Ask::at(0)
    };
    assert_eq!(record(&gate, &stranger)["certificate"], Value::Null);
}

#[test]
fn a_trace_tells_as_much_as_a_record() {
    let thumbprint = format!("thumbprint {ACME_SHA256}");
    let names = format!(
        "{thumbprint}, valid 2026-11-21T21:51:13Z to 2036-11-18T21:51:13Z, \
         subject CN=pisp-partner-acme,OU=pisp-prod,O=Acme Payment Services,C=GB, \
         issuer CN=Example Root CA,O=Example Root Trust Ltd,C=GB, serial 0a1b2c3d4e5f60718293"
    );
    for (section, expected) in [("", thumbprint), (NAMES, names)] {
        let policy = with(section);
        // Valid and expired.
        assert_eq!(told(&policy, "acme", END).0, expected);
        assert_eq!(told(&policy, "acme", END + 1).0, expected);
    }
}

#[test]
fn names_are_escaped() {
    let (step, record) = told(&with(NAMES), "tricky", END - 86_400);
    let subject = record.certificate.unwrap().subject.unwrap();
    assert!(
        subject.starts_with(r"CN=\ #tricky\\name\ ,CN=x+OU=y,OU=100% sure,OU=Zahlungen \<EU\>,"),
        "{subject}"
    );
    assert!(step.contains(&subject), "{step}");
}
