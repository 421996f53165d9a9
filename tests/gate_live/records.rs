//! What is on record of a change.

use std::io::ErrorKind;

use certgate::evidence::{ActorType, Change, PolicyChange};
use certgate::gate::Gate;
use certgate::policy::{Policy, PolicyDifference};
use certgate::request::Timestamp;
use serde_json::{Value, json};

use crate::support::{NEW_YEAR, policy};
use crate::world::{ONE, TWO, change, gate, one, one_with, two};

fn shown(record: &PolicyChange) -> Value {
    serde_json::to_value(record).unwrap()
}

/// A change with everything that can be said about one.
fn full() -> Change {
    let at = Timestamp::from_unix_seconds(NEW_YEAR + 5);
    Change::new(at, ActorType::Service, "deploy-bot")
        .from_address("::ffff:192.0.2.7".parse().unwrap())
        .with_note("CHG-1042")
}

fn between(old: &str, new: &str) -> Value {
    let difference = PolicyDifference::between(&policy(old), &policy(new));
    let mut value = serde_json::to_value(&difference).unwrap();
    // Only what differs, and of lists only those with something in them.
    let fields = value.as_object_mut().unwrap();
    fields.retain(|_, field| match field {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(names) => {
            names.retain(|_, list| *list != json!([]) && *list != json!(0));
            !names.is_empty()
        }
        _ => true,
    });
    assert_eq!(difference.is_empty(), fields.is_empty());
    value
}

#[test]
fn an_install_is_on_record_with_who_and_what() {
    let gate = gate(ONE);
    let record = gate.install(two(), &full()).unwrap().record;
    let mut shown = shown(&record);
    let id = shown["id"].take();
    assert!(id.as_str().unwrap().starts_with("chg_"), "{id}");
    let of = |kind: &str| {
        json!({ "added": [format!("{kind}-two")], "removed": [format!("{kind}-one")],
                "changed": [], "omitted": 0 })
    };
    let profile = |client: &str, profile: &str| json!({ "client": client, "profile": profile });
    assert_eq!(
        shown,
        json!({
            "schema": 1,
            "id": null,
            "created_at": "2027-01-01T00:00:05Z",
            "actor_id": "deploy-bot",
            "actor_type": "service",
            "ip_address": "192.0.2.7",
            "note": "CHG-1042",
            "action": "install",
            "resource_type": "policy",
            "outcome": "applied",
            "reason": null,
            "details": [],
            "version": 2,
            "previous_version": 1,
            "restored_version": null,
            "changes": {
                "mode": null,
                "settings": ["selectors", "identity_headers", "realm"],
                "clients": {
                    "added": ["two-pisp-partner-acme"], "removed": ["pisp-partner-acme"],
                    "changed": [], "omitted": 0,
                },
                "profiles": {
                    "added": [profile("two-pisp-partner-acme", "two-pisp-prod")],
                    "removed": [profile("pisp-partner-acme", "pisp-prod")],
                    "changed": [], "omitted": 0,
                },
                "collections": of("collection"),
                "limits": of("limit"),
                "identity_rules": of("rule"),
            },
        })
    );
}

#[test]
fn a_rollback_tells_what_it_restored() {
    let gate = gate(ONE);
    gate.install(two(), &change(0)).unwrap();
    let record = shown(&gate.rollback(&change(7)).unwrap().record);
    assert_eq!(record["action"], "rollback");
    assert_eq!(record["outcome"], "applied");
    assert_eq!(record["created_at"], "2027-01-01T00:00:07Z");
    assert_eq!(record["actor_type"], "user");
    assert_eq!(record["ip_address"], Value::Null);
    assert_eq!(record["version"], 3);
    assert_eq!(record["previous_version"], 2);
    assert_eq!(record["restored_version"], 1);
    assert_eq!(record["changes"]["limits"]["added"], json!(["limit-one"]));
}

#[test]
fn a_refusal_is_on_record_with_its_reason() {
    let gate = gate(ONE);
    let record = shown(&gate.rollback(&change(0)).unwrap_err().record);
    assert_eq!(record["action"], "rollback");
    assert_eq!(record["outcome"], "refused");
    assert_eq!(record["reason"], "no_earlier_policy");
    assert_eq!(record["version"], 1);
    assert_eq!(record["previous_version"], 1);
    assert_eq!(record["changes"], Value::Null);

    let broken = ONE.replace("mode = \"mtls\"", "mode = \"mtl\"");
    let read = Policy::from_toml_str(&broken, "policy.toml");
    let record = shown(&gate.install(read, &change(0)).unwrap_err().record);
    assert_eq!(record["action"], "install");
    assert_eq!(record["reason"], "document_invalid");
    let details = record["details"].as_array().unwrap();
    assert_eq!(details.len(), 1);
    let detail = details[0].as_str().unwrap();
    assert!(detail.starts_with("policy.toml:9:8: error: "), "{detail}");
}

#[test]
fn the_first_policy_is_on_record() {
    let (gate, started) = Gate::start(policy(ONE), &full()).unwrap();
    assert_eq!(started.in_force.version(), 1);
    assert_eq!(gate.current().version(), 1);
    let mut shown = shown(&started.record);
    assert!(shown["id"].take().as_str().unwrap().starts_with("chg_"));
    let expected = json!({
        "schema": 1,
        "id": null,
        "created_at": "2027-01-01T00:00:05Z",
        "actor_id": "deploy-bot",
        "actor_type": "service",
        "ip_address": "192.0.2.7",
        "note": "CHG-1042",
        "action": "start",
        "resource_type": "policy",
        "outcome": "applied",
        "reason": null,
        "details": [],
        "version": 1,
        "previous_version": 0,
        "restored_version": null,
        "changes": null,
    });
    assert_eq!(shown, expected);
    // The next one follows it.
    let next = gate.install(two(), &change(0)).unwrap().record;
    assert_eq!((next.version, next.previous_version), (2, 1));
    assert_ne!(next.id, started.record.id);
}

#[test]
fn a_gate_that_cannot_start_is_on_record() {
    let broken = ONE.replace("mode = \"mtls\"", "mode = \"mtl\"");
    let refused = Gate::start(Policy::from_toml_str(&broken, "policy.toml"), &full()).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("no policy is in force: policy.toml:9:8: error: "),
        "{refused}"
    );
    let record = shown(&refused.record);
    assert_eq!(record["action"], "start");
    assert_eq!(record["outcome"], "refused");
    assert_eq!(record["reason"], "document_invalid");
    assert_eq!(
        (&record["version"], &record["previous_version"]),
        (&json!(0), &json!(0))
    );

    let refused = Gate::start(ErrorKind::NotFound, &full()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "no policy is in force: the document cannot be read: entity not found"
    );
    let record = shown(&refused.record);
    assert_eq!(record["reason"], "document_unreadable");
    assert_eq!(record["details"], json!(["entity not found"]));
}

#[test]
fn a_document_that_cannot_be_read_is_on_record_and_leaves_the_policy() {
    let gate = gate(ONE);
    let refused = gate
        .install(ErrorKind::PermissionDenied, &change(0))
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "version 1 of the policy stays in force: the document cannot be read: permission denied"
    );
    assert_eq!(shown(&refused.record)["reason"], "document_unreadable");
    assert_eq!(gate.current().version(), 1);
}

#[test]
fn a_shadow_is_on_record_with_what_it_would_change() {
    let gate = gate(ONE);
    gate.install(one(), &change(0)).unwrap();
    let shadow = one_with("realm = \"one\"", "realm = \"1\"");
    let record = shown(&gate.set_shadow(shadow, &full()).unwrap().record);
    assert_eq!(record["action"], "set_shadow");
    assert_eq!(record["resource_type"], "shadow_policy");
    assert_eq!(record["outcome"], "applied");
    assert_eq!(record["actor_id"], "deploy-bot");
    assert_eq!(
        (&record["version"], &record["previous_version"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(record["changes"]["settings"], json!(["realm"]));
    assert_eq!(gate.current().version(), 2);

    let refused = gate.set_shadow(ErrorKind::NotFound, &full()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the shadow stays as it is: the document cannot be read: entity not found"
    );
    let record = shown(&refused.record);
    assert_eq!(record["action"], "set_shadow");
    assert_eq!(record["outcome"], "refused");
    assert_eq!(record["version"], 2);

    let record = shown(&gate.clear_shadow(&change(0)));
    assert_eq!(record["action"], "clear_shadow");
    assert_eq!(record["resource_type"], "shadow_policy");
    assert_eq!(record["actor_id"], "jo@example.com");
    assert_eq!(record["changes"], Value::Null);
}

#[test]
fn records_have_ids_of_their_own() {
    let gate = gate(ONE);
    let first = gate.install(two(), &change(0)).unwrap().record.id;
    let second = gate.rollback(&change(0)).unwrap().record.id;
    let third = gate.rollback_to(99, &change(0)).unwrap_err().record.id;
    assert!(first != second && second != third && first != third);
}

#[test]
fn a_difference_names_what_changed() {
    assert_eq!(between(ONE, ONE), json!({}));
    let client = "[[clients]]\nid = \"pisp-partner-acme\"";
    for (old, new, expected) in [
        (
            "mode = \"mtls\"",
            "mode = \"bearer\"",
            json!({ "mode": { "from": "mtls", "to": "bearer" } }),
        ),
        (
            "10.0.0.0/8",
            "10.0.0.0/9",
            json!({ "settings": ["trusted_proxies", "edge"] }),
        ),
        (
            "preset = \"nginx\"",
            "preset = \"nginx\"\naddress_proxies = [\"192.0.2.1\"]",
            json!({ "settings": ["edge"] }),
        ),
        (
            "preset = \"nginx\"",
            "preset = \"nginx\"\nidentity_headers = \"replace\"",
            json!({ "settings": ["identity_headers"] }),
        ),
        (
            "realm = \"one\"",
            "realm = \"one\"\nissuers = [\"CN=a\"]",
            json!({ "settings": ["issuers"] }),
        ),
        (
            "realm = \"one\"",
            "realm = \"one\"\nunverified_bearer = \"ignore\"",
            json!({ "settings": ["unverified_bearer"] }),
        ),
        (
            "realm = \"one\"",
            "realm = \"1\"",
            json!({ "settings": ["realm"] }),
        ),
        (
            "[[identity]]",
            "[expiry]\n[[identity]]",
            json!({ "settings": ["expiry"] }),
        ),
        (
            "[[identity]]",
            "[expiry]\nwarn_days = [30, 7, 1]\nheader = \"X-Days\"\n[[identity]]",
            json!({ "settings": ["expiry"] }),
        ),
        (
            "[[identity]]",
            "[evidence]\ncertificate = \"names\"\n[[identity]]",
            json!({ "settings": ["evidence"] }),
        ),
        (
            "X-Client-One",
            "X-Client-1",
            json!({ "settings": ["selectors"] }),
        ),
        (
            "[[identity]]",
            "[paths]\nunlisted = \"allow\"\n[[identity]]",
            json!({ "settings": ["paths"] }),
        ),
        (
            "[[identity]]",
            "[[exemptions]]\nmethod = \"GET\"\npath = \"/healthz\"\n[[identity]]",
            json!({ "settings": ["exemptions"] }),
        ),
        (
            "client = \"{subject.cn}\"",
            "client = \"x-{subject.cn}\"",
            json!({ "identity_rules": { "changed": ["rule-one"] } }),
        ),
        (
            "realm = \"one\"",
            "realm = \"one\"\nobserve = [\"policy\"]",
            json!({ "settings": ["observe"] }),
        ),
        (
            "paths = [\"/payments\"]",
            "paths = [\"/payments\"]\nobserve = [\"policy\"]",
            json!({ "collections": { "changed": ["collection-one"] } }),
        ),
        (
            client,
            &format!("{client}\nobserve = [\"policy\"]"),
            json!({ "clients": { "changed": ["pisp-partner-acme"] } }),
        ),
        (
            "requests = 1000001",
            "requests = 1000002",
            json!({ "limits": { "changed": ["limit-one"] } }),
        ),
        (
            "paths = [\"/payments\"]",
            "paths = [\"/payments\", \"/more\"]",
            json!({ "collections": { "changed": ["collection-one"] } }),
        ),
        (
            "\"GET\", \"HEAD\"",
            "\"GET\"",
            json!({ "profiles": { "changed": [
                { "client": "pisp-partner-acme", "profile": "pisp-prod" }
            ] } }),
        ),
        (
            client,
            &format!("{client}\nactive = false"),
            json!({ "clients": { "changed": ["pisp-partner-acme"] } }),
        ),
        (
            client,
            &format!("{client}\nspiffe_ids = [\"spiffe://example.com/acme\"]"),
            json!({ "clients": { "changed": ["pisp-partner-acme"] } }),
        ),
        (
            client,
            &format!("{client}\nconstraints.subject.cn = \"pisp-*\""),
            json!({ "clients": { "changed": ["pisp-partner-acme"] } }),
        ),
        (
            "realm = \"one\"",
            "realm = \"one\"\nconstraints.extended_key_usage = \"client-auth\"",
            json!({ "settings": ["constraints"] }),
        ),
        (
            "realm = \"one\"",
            "realm = \"one\"\nrevoked.serials = [{ issuer = \"CN=a\", serial = \"1\" }]",
            json!({ "settings": ["revoked"] }),
        ),
        (
            client,
            "[[clients]]\nid = \"first\"\ncollections = [\"collection-one\"]\n\
             [[clients]]\nid = \"pisp-partner-acme\"",
            json!({ "clients": { "added": ["first"] } }),
        ),
    ] {
        assert!(ONE.contains(old), "{old}");
        assert_eq!(between(ONE, &ONE.replace(old, new)), expected, "{new}");
    }
}

#[test]
fn what_a_client_lists_is_told_whatever_of_it_changes() {
    const A: &str = "fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e";
    const B: &str = "3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9";
    let client = "id = \"pisp-partner-acme\"";
    assert!(ONE.contains(client));
    let with = |lists: &str| ONE.replace(client, &format!("{client}\n{lists}"));
    let until = |day: &str| {
        with(&format!(
            "certificates = [{{ sha256 = '{A}', until = '{day}' }}, '{B}']"
        ))
    };
    let changed = json!({ "clients": { "changed": ["pisp-partner-acme"] } });
    let first = until("2026-12-31");
    for other in [
        until("2027-01-01"),
        with(&format!("certificates = ['{A}', '{B}']")),
        with(&format!("certificates = ['{B}']")),
        with(&format!("public_keys = ['{A}', '{B}']")),
        ONE.to_owned(),
    ] {
        assert_eq!(between(&first, &other), changed, "{other}");
    }
    // The order of a list means nothing.
    let turned = with(&format!(
        "certificates = ['{B}', {{ sha256 = '{A}', until = '2026-12-31T00:00:00Z' }}]"
    ));
    assert_eq!(between(&first, &turned), json!({}));
}

#[test]
fn the_order_and_the_issuer_of_rules_are_told() {
    let rules = |names: &[&str]| {
        names
            .iter()
            .map(|name| {
                format!("[[identity]]\nname = \"{name}\"\nclient = \"{name}-{{subject.cn}}\"\n")
            })
            .collect::<String>()
    };
    let with = |text: &str| ONE.replace("[[limits]]", &format!("{text}[[limits]]"));
    assert_eq!(
        between(&with(&rules(&["a", "b"])), &with(&rules(&["b", "a"]))),
        json!({ "settings": ["identity_order"] })
    );
    assert_eq!(
        between(&with(&rules(&["a", "b"])), &with(&rules(&["c", "b"]))),
        json!({ "identity_rules": { "added": ["c"], "removed": ["a"] } })
    );
    // Two rules of one name are compared as one.
    assert_eq!(
        between(&with(&rules(&["a", "a"])), &with(&rules(&["a"]))),
        json!({ "identity_rules": { "changed": ["a"] } })
    );
    // A rule is held against its issuer's name, wherever that stands.
    let issued = |list: &str, own: &str| {
        ONE.replace("realm = \"one\"", &format!("issuers = [{list}]"))
            .replace(
                "name = \"rule-one\"",
                &format!("name = \"rule-one\"\nissuer = \"{own}\""),
            )
    };
    assert_eq!(
        between(
            &issued("'CN=a', 'CN=b'", "CN=a"),
            &issued("'CN=b', 'CN=a'", "CN=a")
        ),
        json!({ "settings": ["issuers"] })
    );
    assert_eq!(
        between(
            &issued("'CN=a', 'CN=b'", "CN=a"),
            &issued("'CN=b', 'CN=a'", "CN=b")
        ),
        json!({ "settings": ["issuers"], "identity_rules": { "changed": ["rule-one"] } })
    );
}

#[test]
fn a_record_is_of_bounded_length() {
    let gate = gate(ONE);
    let many: String = (0..500)
        .map(|n| format!("[[clients]]\nid = \"client-{n}\"\ncollections = [\"collection-one\"]\n"))
        .collect();
    let long = "\u{e9}".repeat(2_000);
    let text = format!("{ONE}{many}[[collections]]\nname = \"{long}\"\npaths = [\"/long\"]\n");
    let change =
        Change::new(Timestamp::from_unix_seconds(0), ActorType::System, &long).with_note(&long);
    let record = gate.install(policy(&text), &change).unwrap().record;
    assert_eq!(record.actor_id, "\u{e9}".repeat(128));
    assert_eq!(record.note.as_deref(), Some(&*"\u{e9}".repeat(512)));
    let changes = record.changes.as_ref().unwrap();
    assert_eq!(PolicyDifference::LISTED, 64);
    assert_eq!(changes.clients.added.len(), 64);
    assert_eq!(*changes.clients.added[0], *"client-0");
    assert_eq!(changes.clients.omitted, 436);
    assert_eq!(*changes.collections.added[0], *"\u{e9}".repeat(64));
    assert!(serde_json::to_string(&record).unwrap().len() < 16_384);

    // Of many mistakes, the first.
    let broken: String = (0..40)
        .map(|n| format!("[[clients]]\nid = \"client-{n}\"\ncollections = [\"{long}\"]\n"))
        .collect();
    let read = Policy::from_toml_str(&format!("{ONE}{broken}"), "policy.toml");
    let record = gate.install(read, &change).unwrap_err().record;
    assert_eq!(record.details.len(), 16);
    assert!(record.details.iter().all(|detail| detail.len() <= 512));
}

#[test]
fn a_record_tells_names_and_nothing_of_what_they_stand_for() {
    let secret = "1902164b5ca8bba4a71efadaea980f6012f897cd299c7d2ffbccd46b5b32286a";
    let pin = "fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e";
    let proven = one_with(
        "[authentication]",
        &format!(
            "[edge.proof]\nsecret_sha256 = ['{secret}']\ncertificate_sha256 = ['{pin}']\n\
             [authentication]"
        ),
    );
    let gate = gate(TWO);
    let installed = gate.install(proven, &change(0)).unwrap();
    let rolled_back = gate.rollback(&change(0)).unwrap();
    let outputs = [
        serde_json::to_string(&installed.record).unwrap(),
        serde_json::to_string(&rolled_back.record).unwrap(),
        format!("{installed:?} {rolled_back:?} {gate:?}"),
    ];
    for output in outputs {
        for hidden in [
            secret,
            pin,
            "10.0.0.0",
            "/payments",
            "x-edge-secret",
            "25, 2, 22",
        ] {
            assert!(!output.contains(hidden), "{hidden} in {output:.2000}");
        }
    }
    let settings = &installed.record.changes.as_ref().unwrap().settings;
    assert!(settings.contains(&certgate::policy::Setting::TrustedProxies));
    // The gate goes on with a policy that is no secret either.
    gate.install(one(), &change(0)).unwrap();
}
