//! What a sink can be made of.

use certgate::adapter::kafka::rdkafka::ClientConfig;
use certgate::adapter::kafka::{KafkaSettings, KafkaSink, KafkaSinkError};

use crate::double::to;

const BROKERS: &str = "127.0.0.1:1";

fn refused(settings: KafkaSettings) -> String {
    KafkaSink::new(settings).unwrap_err().to_string()
}

#[test]
fn settings_that_are_fine_make_a_sink() {
    for settings in [
        &[][..],
        &[("acks", "all")],
        &[("acks", "-1")],
        &[("request.required.acks", "all")],
        &[("enable.idempotence", "false")],
        &[("enable.idempotence", "false"), ("max.in.flight", "5")],
        &[("linger.ms", "0")],
        &[("queue.buffering.max.ms", "1000")],
        &[("message.timeout.ms", "10000"), ("client.id", "payments")],
    ] {
        let sink = KafkaSink::new(to(BROKERS, settings));
        assert!(sink.is_ok(), "{settings:?}: {sink:?}");
    }
}

#[test]
fn what_would_break_a_promise_is_refused_by_its_name() {
    for (name, value, told) in [
        ("acks", "0", "acks"),
        ("acks", "1", "acks"),
        ("request.required.acks", "1", "acks"),
        (
            "delivery.report.only.error",
            "true",
            "delivery.report.only.error",
        ),
        ("transactional.id", "audit", "transactional.id"),
        (
            "enable.gapless.guarantee",
            "true",
            "enable.gapless.guarantee",
        ),
    ] {
        assert_eq!(
            refused(to(BROKERS, &[(name, value)])),
            format!("{told} must be left as it is by default")
        );
    }
}

#[test]
fn what_librdkafka_does_not_take_is_told_by_its_name_and_without_its_value() {
    for (name, value, told) in [
        (
            "sasl.pasword",
            "hunter2secret",
            "sasl.pasword is no setting of this librdkafka, or cannot have this value",
        ),
        (
            "linger.ms",
            "hunter2secret",
            "linger.ms is no setting of this librdkafka, or cannot have this value",
        ),
        // Built without it.
        (
            "security.protocol",
            "ssl",
            "security.protocol is no setting of this librdkafka, or cannot have this value",
        ),
        // Each is fine, and both are not.
        (
            "max.in.flight",
            "50",
            "librdkafka makes no producer of these settings: see enable.idempotence, max.in.flight",
        ),
    ] {
        let settings = to(BROKERS, &[(name, value)]);
        assert!(!format!("{settings:?}").contains(value));
        let error = KafkaSink::new(settings).unwrap_err();
        assert_eq!(error.to_string(), told);
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn brokers_have_to_be_named() {
    let none = KafkaSettings::new(ClientConfig::new(), "audit");
    assert_eq!(refused(none), "bootstrap.servers has to name brokers");
    assert_eq!(
        refused(to("", &[])),
        "bootstrap.servers has to name brokers"
    );
}

#[test]
fn topics_have_names_that_kafka_takes() {
    let named = |requests: &str, changes: &str| {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", BROKERS);
        let settings = KafkaSettings::new(client, requests).with_change_topic(changes);
        KafkaSink::new(settings).err()
    };
    let longest = "a".repeat(249);
    for name in ["audit", "a.b_c-D7", "...", &longest] {
        assert_eq!(named(name, "changes"), None, "{name}");
    }
    let longer = "a".repeat(250);
    for name in ["", ".", "..", "a b", "a/b", "a\0", "\u{e9}", &longer] {
        assert_eq!(
            named(name, "changes"),
            Some(KafkaSinkError::Topic),
            "{name}"
        );
        assert_eq!(named("audit", name), Some(KafkaSinkError::Topic), "{name}");
    }
    assert_eq!(
        KafkaSinkError::Topic.to_string(),
        "a topic has 1 to 249 letters, digits, dots, underscores and hyphens"
    );
}
