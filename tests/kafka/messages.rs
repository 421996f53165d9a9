//! What a message is.

use certgate::adapter::kafka::rdkafka::ClientConfig;
use certgate::adapter::kafka::{CertificateContent, KafkaSettings, KafkaSink};
use certgate::evidence::{AuditRecord, AuditSink};
use certgate::gate::Gate;
use certgate::request::Request;
use serde_json::{Value, json};

use crate::double::{CHANGES, Double, REQUESTS, to};
use crate::records::{record, recorded, started};
use crate::support::{POLICY, at, nginx, peer, policy};
use crate::topic::{DUE, Told, read};

/// The record of a request that an operator would look for.
pub(crate) const ACME: &str = r#"{"schema":1,"id":"r1","request_id":"req-1","created_at":"2027-01-01T00:00:01Z","method":"GET","path":"/payments","target_url":null,"status":null,"latency":null,"client_ip":"203.0.113.9","peer":"10.0.0.7","peer_trusted":true,"client_id":"pisp-partner-acme","profile_id":"pisp-prod","principal":null,"collection":"payments","outcome":"allow","grant":"proven","reason":null,"observed":[],"fault":null,"named_by":"certificate","identity_rule":"by-subject","limit":null,"limits_counted":"store","policy_version":1,"thumbprint":"fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e","mtls_thumbprint_present":true,"certificate":null,"certificate_expires_in_days":null,"verification":"verified","authority":null,"path_fault":null,"tolerated":[],"dropped_certificate":null,"shadow_outcome":null,"shadow_reason":null,"shadow_observed":null}"#;

/// The record of a gate's first policy.
pub(crate) const STARTED: &str = r#"{"schema":1,"id":"c1","created_at":"2027-01-01T00:00:00Z","actor_id":"jo@example.com","actor_type":"user","ip_address":null,"note":null,"action":"start","resource_type":"policy","outcome":"applied","reason":null,"details":[],"version":1,"previous_version":0,"restored_version":null,"changes":null}"#;

/// Of somebody without a certificate.
fn stranger() -> AuditRecord {
    let gate = Gate::new(policy(POLICY)).unwrap();
    let headers: [(&str, String); 0] = [];
    let request = Request {
        peer: peer("192.0.2.99"),
        method: "GET",
        target: "/payments",
        headers: &headers,
        token: None,
        now: at(0),
    };
    let mut record = recorded(&gate, &request);
    record.id = "stranger".to_owned();
    record
}

#[test]
fn a_record_is_a_message_with_its_client_as_the_key_and_its_schema_in_a_header() {
    let double = Double::start(1);
    let sink = double.sink(&[]);
    sink.record(&record("r1", 1));
    sink.record(&stranger());
    sink.change(&started("c1"));
    sink.flush(DUE).unwrap();
    let counts = sink.counts();
    assert_eq!((counts.queued, counts.delivered), (0, 3));
    assert_eq!((counts.failed, counts.dropped_full), (0, 0));
    assert_eq!(sink.failures(), []);

    let requests = read(&double.brokers(), REQUESTS, 1, 2);
    let schema = [("certgate-schema".to_owned(), "1".to_owned())];
    assert_eq!(requests[0].text, ACME);
    assert_eq!(requests[0].key.as_deref(), Some("pisp-partner-acme"));
    assert_eq!(requests[0].headers, schema);
    assert_eq!(requests[1].id(), "stranger");
    assert_eq!(requests[1].json()["reason"], "certificate_missing");
    assert_eq!(requests[1].key, None);
    assert_eq!(requests[1].headers, schema);

    let changes = read(&double.brokers(), CHANGES, 1, 1);
    assert_eq!(changes[0].text, STARTED);
    assert_eq!(changes[0].key.as_deref(), Some("policy change"));
    assert_eq!(changes[0].headers, schema);
}

#[test]
fn everything_goes_to_one_topic_unless_changes_have_their_own() {
    let double = Double::start(1);
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", double.brokers());
    let settings = KafkaSettings::new(client, REQUESTS);
    let sink = KafkaSink::new(settings).unwrap();
    sink.change(&started("c1"));
    sink.record(&record("r1", 1));
    sink.flush(DUE).unwrap();
    let told = read(&double.brokers(), REQUESTS, 1, 2);
    let ids: Vec<String> = told.iter().map(Told::id).collect();
    assert_eq!(ids, ["c1", "r1"]);
}

#[test]
fn whatever_a_caller_writes_stays_within_its_text() {
    let double = Double::start(1);
    let sink = double.sink(&[]);
    let mut forged = record("r1", 1);
    forged.path = "/a\n\u{2028}\u{202e}\u{0}\"}{\u{1b}[2J".to_owned();
    sink.record(&forged);
    sink.flush(DUE).unwrap();
    let told = read(&double.brokers(), REQUESTS, 1, 1);
    let path = r#""path":"/a\n\u2028\u202e\u0000\"}{\u001b[2J","target_url""#;
    assert!(told[0].text.contains(path), "{}", told[0].text);
}

#[test]
fn the_key_of_changes_is_no_callers() {
    let double = Double::start(1);
    let sink = double.sink(&[]);
    // As a rule of open names makes it of a stranger's certificate.
    let mut forged = record("r1", 1);
    forged.client_id = Some("policy change".to_owned());
    sink.record(&forged);
    let mut neighbour = record("r2", 2);
    neighbour.client_id = Some("policy changes".to_owned());
    sink.record(&neighbour);
    sink.flush(DUE).unwrap();
    let told = read(&double.brokers(), REQUESTS, 1, 2);
    assert_eq!(told[0].json()["client_id"], "policy change");
    assert_eq!(told[0].key, None);
    assert_eq!(told[1].key.as_deref(), Some("policy changes"));
}

/// A record with names of the certificate in it, since the policy says so.
fn with_names() -> AuditRecord {
    let names = POLICY.to_owned() + "\n[evidence]\ncertificate = \"names\"\n";
    let headers = [
        ("X-SSL-Client-Cert", nginx("acme")),
        ("X-SSL-Client-Verify", "SUCCESS".to_owned()),
        ("X-Forwarded-For", "203.0.113.9".to_owned()),
    ];
    let request = Request {
        peer: peer("10.0.0.7"),
        method: "GET",
        target: "/payments",
        headers: &headers,
        token: None,
        now: at(0),
    };
    let record = recorded(&Gate::new(policy(&names)).unwrap(), &request);
    assert!(record.certificate.is_some());
    record
}

#[test]
fn names_of_a_certificate_are_told_by_a_sink_that_is_to_tell_them_and_by_no_other() {
    let double = Double::start(1);
    let brokers = double.brokers();
    let as_recorded =
        KafkaSink::new(to(&brokers, &[]).with_certificate(CertificateContent::AsRecorded)).unwrap();
    let record = with_names();
    double.sink(&[]).record(&record);
    as_recorded.record(&record);
    as_recorded.flush(DUE).unwrap();
    let told = read(&brokers, REQUESTS, 1, 2);

    let json = told[0].json();
    assert_eq!(json["certificate"], Value::Null);
    let thumbprint = "fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e";
    assert_eq!(json["thumbprint"], thumbprint);
    for name in ["CN=", "Example Root", "serial"] {
        assert!(!told[0].text.contains(name), "{}", told[0].text);
    }
    assert_eq!(
        told[1].json()["certificate"]["issuer"],
        json!("CN=Example Root CA,O=Example Root Trust Ltd,C=GB")
    );
}
