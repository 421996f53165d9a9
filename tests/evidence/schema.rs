//! The schema of what is written, against what is written.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::time::Duration;

use certgate::decide::{Expected, NamedBy, Reason, Tolerated, Trial, VerificationStatus};
use certgate::evidence::{
    ActorType, Change, ChangeAction, ChangeOutcome, ChangeRefusal, Evidence, Gap, GrantKind,
    Outcome, PolicyChange,
};
use certgate::gate::Gate;
use certgate::limits::Counted;
use certgate::policy::{Policy, Setting};
use certgate::request::{OwnedRequest, Timestamp};
use certgate::trust::{PathFault, RevocationLists};
use serde_json::{Value, json};

use crate::cases::corpus::Corpus;
use crate::cases::evidence::{SCHEMA, check, follows};
use crate::cases::policies;
use crate::records::{record, recorded, started};
use crate::source::fields;
use crate::support::{NEW_YEAR, POLICY, at, peer, policy};

const STRUCTS: &[(&str, &str, &str)] = &[
    (
        "AuditRecord",
        "AuditRecord",
        include_str!("../../src/evidence/audit.rs"),
    ),
    (
        "PolicyChange",
        "PolicyChange",
        include_str!("../../src/evidence/change.rs"),
    ),
    ("Gap", "Gap", include_str!("../../src/evidence/entry.rs")),
    (
        "CertificateNames",
        "CertificateNames",
        include_str!("../../src/evidence/names.rs"),
    ),
    ("Fault", "Fault", include_str!("../../src/decide/denial.rs")),
    ("PolicyDifference", "PolicyDifference", DIFFERENCE),
    ("ModeChange", "ModeChange", DIFFERENCE),
    ("ProfileName", "ProfileName", DIFFERENCE),
    ("ChangedNames", "Names", DIFFERENCE),
    ("ChangedProfiles", "Names", DIFFERENCE),
];

const DIFFERENCE: &str = include_str!("../../src/policy/difference/mod.rs");

#[test]
fn it_describes_every_member_as_the_source_does_and_requires_each() {
    for (definition, name, source) in STRUCTS {
        let schema = &SCHEMA["definitions"][definition];
        assert_eq!(schema["additionalProperties"], json!(false), "{definition}");
        let described = schema["properties"].as_object().unwrap();
        let required: BTreeSet<&str> = schema["required"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        let in_source = fields(source, name);
        let names: BTreeSet<&str> = in_source.iter().map(|field| &*field.name).collect();
        assert_eq!(
            described
                .keys()
                .map(|name| &**name)
                .collect::<BTreeSet<_>>(),
            names
        );
        assert_eq!(required, names, "{definition}");
        for field in &in_source {
            let about = &described[&field.name]["description"];
            assert_eq!(about, &json!(field.about), "{definition}.{}", field.name);
        }
    }
    // There is no definition besides.
    let mut known: BTreeSet<&str> = STRUCTS.iter().map(|(definition, ..)| *definition).collect();
    known.insert("Reason");
    let definitions = SCHEMA["definitions"].as_object().unwrap();
    assert_eq!(
        definitions
            .keys()
            .map(|name| &**name)
            .collect::<BTreeSet<_>>(),
        known
    );
}

/// The words that a member may have, as the schema lists them.
fn words(place: &str) -> Vec<&str> {
    let words = SCHEMA.pointer(&format!("/definitions/{place}/enum"));
    let words = words
        .unwrap_or_else(|| panic!("{place}"))
        .as_array()
        .unwrap();
    words.iter().filter_map(Value::as_str).collect()
}

#[test]
fn its_words_are_those_that_there_are() {
    fn of<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> Vec<&'static str> {
        all.iter().map(|one| code(*one)).collect()
    }
    for (place, expected) in [
        ("Reason", of(Reason::ALL, Reason::code)),
        (
            "AuditRecord/properties/outcome",
            of(Outcome::ALL, Outcome::code),
        ),
        (
            "AuditRecord/properties/shadow_outcome",
            of(Outcome::ALL, Outcome::code),
        ),
        (
            "AuditRecord/properties/grant",
            of(GrantKind::ALL, GrantKind::code),
        ),
        (
            "AuditRecord/properties/named_by",
            of(NamedBy::ALL, NamedBy::code),
        ),
        (
            "AuditRecord/properties/limits_counted",
            of(Counted::ALL, Counted::code),
        ),
        (
            "AuditRecord/properties/verification",
            of(VerificationStatus::ALL, VerificationStatus::code),
        ),
        (
            "AuditRecord/properties/path_fault",
            of(PathFault::ALL, PathFault::code),
        ),
        (
            "AuditRecord/properties/tolerated/items",
            of(Tolerated::ALL, Tolerated::code),
        ),
        (
            "PolicyChange/properties/actor_type",
            of(ActorType::ALL, ActorType::code),
        ),
        (
            "PolicyChange/properties/action",
            of(ChangeAction::ALL, ChangeAction::code),
        ),
        (
            "PolicyChange/properties/outcome",
            of(ChangeOutcome::ALL, ChangeOutcome::code),
        ),
        (
            "PolicyChange/properties/reason",
            of(ChangeRefusal::ALL, ChangeRefusal::code),
        ),
        (
            "PolicyDifference/properties/settings/items",
            of(Setting::ALL, Setting::code),
        ),
        (
            "ModeChange/properties/from",
            certgate::policy::Mode::WORDS
                .iter()
                .map(|(word, _)| *word)
                .collect(),
        ),
        (
            "ModeChange/properties/to",
            certgate::policy::Mode::WORDS
                .iter()
                .map(|(word, _)| *word)
                .collect(),
        ),
    ] {
        assert_eq!(words(place), expected, "{place}");
    }
}

#[test]
fn every_record_of_the_corpus_follows_it() {
    let corpus = Corpus::load();
    let mut checked = 0;
    for case in &corpus.cases {
        let gate = Gate::new(policies::load(&case.policy)).unwrap();
        let request = case.request.request(Duration::ZERO);
        let mut record = recorded(&gate, &request);
        check(&record);
        record.complete(Some(case.expect.status), Duration::from_millis(1));
        check(&record);
        record.complete(None, Duration::MAX);
        check(&record);
        checked += 1;
    }
    assert!(checked > 500, "{checked}");
}

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(NEW_YEAR)
}

/// Every kind of change, made and refused.
fn changes() -> Vec<PolicyChange> {
    let change = Change::new(now(), ActorType::Service, "deploy-bot")
        .from_address("192.0.2.7".parse().unwrap())
        .with_note("CHG-7");
    let other = POLICY
        .replace("id = \"pisp-partner-acme\"", "id = \"globex\"")
        .replace("mode = \"mtls\"", "mode = \"bearer_plus_mtls_required\"")
        .replace("realm = \"payments\"", "realm = \"other\"");
    let mistaken = || Policy::from_toml_str("version = 1\nx = 2", "p.toml");
    let nobody = Trial {
        name: "nobody gets in".to_owned(),
        request: OwnedRequest::new(peer("10.0.0.7"), "GET", "/payments", at(0)),
        expect: Expected::Exempt,
    };
    let (gate, start) = Gate::start(policy(POLICY), &change).unwrap();
    let never = Gate::start(mistaken(), &change).unwrap_err();
    vec![
        start.record,
        *never.record,
        *gate.rollback(&change).unwrap_err().record,
        gate.install(policy(&other), &change).unwrap().record,
        *gate.install(mistaken(), &change).unwrap_err().record,
        *gate
            .install(ErrorKind::NotFound, &change)
            .unwrap_err()
            .record,
        *gate
            .install_if(policy(POLICY), &[nobody], &change)
            .unwrap_err()
            .record,
        gate.rollback(&change).unwrap().record,
        gate.set_shadow(policy(&other), &change).unwrap().record,
        *gate.set_shadow(mistaken(), &change).unwrap_err().record,
        gate.clear_shadow(&change),
        gate.replace_revocation_lists(RevocationLists::new(), &change),
    ]
}

#[test]
fn every_record_of_a_change_follows_it() {
    let changes = changes();
    for change in &changes {
        check(change);
    }
    let refusals = changes.iter().filter_map(|change| change.reason);
    let refusals: BTreeSet<&str> = refusals.map(ChangeRefusal::code).collect();
    assert_eq!(
        refusals,
        [
            "document_invalid",
            "document_unreadable",
            "no_earlier_policy",
            "trials_failed"
        ]
        .into()
    );
    let actions = changes.iter().map(|change| change.action.code());
    assert_eq!(
        actions.collect::<BTreeSet<_>>().len(),
        ChangeAction::ALL.len()
    );
    // With names of every kind in them.
    assert!(
        changes
            .iter()
            .any(|change| change.changes.as_ref().is_some_and(|changes| {
                changes.mode.is_some()
                    && !changes.settings.is_empty()
                    && !changes.profiles.added.is_empty()
            }))
    );
}

/// Something for every member that can be absent.
fn examples() -> Vec<(&'static str, Value)> {
    let names = POLICY.to_owned() + "\n[evidence]\ncertificate = \"names\"\n";
    let headers = [
        ("X-SSL-Client-Cert", crate::support::nginx("acme")),
        ("X-SSL-Client-Verify", "SUCCESS".to_owned()),
    ];
    let gate = Gate::new(policy(&names)).unwrap();
    let request = certgate::request::Request {
        peer: peer("10.0.0.7"),
        method: "GET",
        target: "/payments;x",
        headers: &headers,
        token: None,
        now: at(0),
    };
    let malformed = recorded(&gate, &request);
    assert!(malformed.fault.is_some());
    let request = certgate::request::Request {
        target: "/payments",
        ..request
    };
    let named = recorded(&gate, &request);
    assert!(named.certificate.is_some());
    let gap = Gap::of(&Evidence::Request(Box::new(record("r", 0))));
    vec![
        ("AuditRecord", serde_json::to_value(record("r", 0)).unwrap()),
        ("AuditRecord", serde_json::to_value(&malformed).unwrap()),
        ("AuditRecord", serde_json::to_value(&named).unwrap()),
        ("PolicyChange", serde_json::to_value(started("c")).unwrap()),
        ("PolicyChange", serde_json::to_value(&changes()[3]).unwrap()),
        ("Gap", serde_json::to_value(gap).unwrap()),
    ]
}

#[test]
fn what_is_unknown_missing_or_of_another_type_is_refused() {
    for (definition, example) in examples() {
        assert!(follows(&example), "{example:#}");
        let mut unknown = example.clone();
        unknown["unknown"] = json!(null);
        assert!(!follows(&unknown));

        let (_, name, source) = STRUCTS
            .iter()
            .find(|(known, ..)| *known == definition)
            .unwrap();
        for field in fields(source, name) {
            let with = |value: Value| {
                let mut changed = example.clone();
                changed[&field.name] = value;
                changed
            };
            let mut without = example.clone();
            without.as_object_mut().unwrap().remove(&field.name);
            assert!(!follows(&without), "{definition} without {}", field.name);
            for wrong in [
                json!({"x": 1}),
                json!([[]]),
                json!(1.5),
                json!(-1),
                json!("\u{0}x"),
            ] {
                let is_text = wrong.is_string() && field.of_type.contains("String");
                let is_pattern = field.name == "thumbprint";
                assert_eq!(
                    follows(&with(wrong.clone())),
                    is_text && !is_pattern && !field.of_type.starts_with("Vec"),
                    "{definition}.{}: {wrong}",
                    field.name
                );
            }
            let nullable = field.of_type.starts_with("Option<");
            assert_eq!(follows(&with(json!(null))), nullable, "{}", field.name);
        }
    }
}

#[test]
fn what_is_nested_is_held_as_well() {
    for (definition, place, wrong) in [
        ("AuditRecord", "/certificate/serial", json!(7)),
        ("AuditRecord", "/certificate/not_after", json!("tomorrow")),
        ("AuditRecord", "/fault/at", json!("7")),
        ("AuditRecord", "/fault/code", json!(null)),
        (
            "PolicyChange",
            "/changes/clients/added/0",
            json!({"client": "x"}),
        ),
        ("PolicyChange", "/changes/profiles/added/0", json!("x")),
        (
            "PolicyChange",
            "/changes/profiles/added/0/profile",
            json!(null),
        ),
        ("PolicyChange", "/changes/clients/omitted", json!(-1)),
        ("PolicyChange", "/changes/mode/to", json!("basic")),
        ("PolicyChange", "/changes/settings/0", json!("colour")),
    ] {
        let with_it =
            |(of, value): &(&str, Value)| *of == definition && value.pointer(place).is_some();
        let (_, mut example) = examples().into_iter().find(with_it).unwrap();
        *example.pointer_mut(place).unwrap() = wrong;
        assert!(!follows(&example), "{place}");
    }
}
