//! What becomes of messages: in order, once, and counted.

use std::collections::{BTreeMap, BTreeSet};

use certgate::adapter::kafka::rdkafka::error::RDKafkaErrorCode;
use certgate::adapter::kafka::rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use certgate::evidence::AuditSink;

use crate::double::{CHANGES, Double, REQUESTS};
use crate::records::{record, started};
use crate::topic::{DUE, Told, read, until};

#[test]
fn the_records_of_a_client_keep_their_order_whatever_the_broker_answers() {
    const CLIENTS: [&str; 5] = ["acme", "beta", "gamma", "delta", "epsilon"];
    let double = Double::start(4);
    let sink = double.sink(&[("batch.num.messages", "7")]);
    let one = record("", 0);
    // What can be tried again is, and nothing is lost or doubled by it.
    double.cluster.request_errors(
        RDKafkaApiKey::Produce,
        &[
            RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
            RDKafkaRespErr::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__TRANSPORT,
            RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
        ],
    );
    for n in 0..40 {
        for client in CLIENTS {
            let mut record = one.clone();
            record.id = format!("{client} {n}");
            record.client_id = Some(client.to_owned());
            sink.record(&record);
        }
    }
    sink.flush(DUE).unwrap();
    let counts = sink.counts();
    assert_eq!(
        (counts.queued, counts.delivered, counts.failed),
        (0, 200, 0)
    );

    let mut by_client: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for told in read(&double.brokers(), REQUESTS, 4, 200) {
        let key = told.key.clone().unwrap();
        by_client.entry(key).or_default().push(told);
    }
    let mut partitions = BTreeSet::new();
    for client in CLIENTS {
        let told = &by_client[client];
        let ids: Vec<String> = told.iter().map(Told::id).collect();
        let expected: Vec<String> = (0..40).map(|n| format!("{client} {n}")).collect();
        assert_eq!(ids, expected);
        let its: BTreeSet<i32> = told.iter().map(|told| told.partition).collect();
        assert_eq!(its.len(), 1, "{client}");
        partitions.extend(its);
    }
    // The clients are spread.
    assert!(partitions.len() > 1, "{partitions:?}");
}

#[test]
fn what_kafka_refuses_is_counted_by_its_reason_and_told_in_the_topic() {
    let double = Double::start(1);
    let sink = double.sink(&[]);
    let refused = RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
    double
        .cluster
        .request_errors(RDKafkaApiKey::Produce, &[refused]);
    sink.record(&record("r0", 1));
    until("it is refused", || sink.counts().failed == 1);
    assert_eq!(
        sink.failures(),
        [(RDKafkaErrorCode::MessageSizeTooLarge, 1)]
    );
    assert_eq!(
        sink.last_error(),
        Some(RDKafkaErrorCode::MessageSizeTooLarge)
    );
    // And the next goes through.
    sink.record(&record("r1", 2));
    sink.flush(DUE).unwrap();
    let counts = sink.counts();
    assert_eq!((counts.queued, counts.delivered), (0, 1));
    assert_eq!((counts.failed, counts.dropped_full), (1, 0));
    let told = read(&double.brokers(), REQUESTS, 1, 2);
    let ids: Vec<String> = told.iter().map(Told::id).collect();
    assert_eq!(
        ids,
        [
            "r1",
            r#"{"schema":1,"lost_requests":1,"lost_changes":0,"first_created_at":"2027-01-01T00:00:01Z","last_created_at":"2027-01-01T00:00:01Z"}"#,
        ]
    );
    assert_eq!(told[1].key, None);
    assert_eq!(
        told[1].headers,
        [("certgate-schema".to_owned(), "1".to_owned())]
    );
}

#[test]
fn a_lost_change_is_told_where_changes_are() {
    let double = Double::start(1);
    let sink = double.sink(&[]);
    let refused = RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
    double
        .cluster
        .request_errors(RDKafkaApiKey::Produce, &[refused]);
    sink.change(&started("c0"));
    until("it is refused", || sink.counts().failed == 1);
    // It is no affair of the other topic, and does not wait for another change.
    sink.record(&record("r1", 1));
    sink.flush(DUE).unwrap();
    assert_eq!(read(&double.brokers(), REQUESTS, 1, 1)[0].id(), "r1");
    assert_eq!(
        read(&double.brokers(), CHANGES, 1, 1)[0].text,
        r#"{"schema":1,"lost_requests":0,"lost_changes":1,"first_created_at":"2027-01-01T00:00:00Z","last_created_at":"2027-01-01T00:00:00Z"}"#
    );
}

#[test]
fn word_of_what_is_lost_that_is_lost_itself_is_told_again_and_counts_for_nothing() {
    let double = Double::start(1);
    let sink = double.sink(&[]);
    let refused = RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
    double
        .cluster
        .request_errors(RDKafkaApiKey::Produce, &[refused, refused]);
    sink.record(&record("r0", 1));
    until("it is refused", || sink.counts().failed == 1);
    sink.flush(DUE).unwrap();
    let counts = sink.counts();
    assert_eq!((counts.queued, counts.delivered, counts.failed), (0, 0, 1));
    let told = read(&double.brokers(), REQUESTS, 1, 1);
    assert_eq!(told[0].json()["lost_requests"], 1);
}

#[test]
fn to_drop_a_sink_sends_what_is_queued() {
    let double = Double::start(1);
    let sink = double.sink(&[("linger.ms", "500")]);
    for n in 0..20 {
        sink.record(&record(&format!("r{n}"), n));
    }
    assert_eq!(sink.counts().queued, 20);
    drop(sink);
    let told = read(&double.brokers(), REQUESTS, 1, 20);
    let ids: Vec<String> = told.iter().map(Told::id).collect();
    let expected: Vec<String> = (0..20).map(|n| format!("r{n}")).collect();
    assert_eq!(ids, expected);
}

#[test]
fn nothing_is_lost_whoever_hands_it_over() {
    let double = Double::start(3);
    let sink = double.sink(&[]);
    std::thread::scope(|threads| {
        for thread in 0..4 {
            let sink = &sink;
            threads.spawn(move || {
                let mut record = record("", thread);
                record.client_id = Some(format!("client-{thread}"));
                for n in 0..500 {
                    record.id = format!("{thread} {n}");
                    sink.record(&record);
                }
            });
        }
    });
    sink.flush(DUE).unwrap();
    let counts = sink.counts();
    assert_eq!((counts.queued, counts.delivered), (0, 2_000));
    assert_eq!((counts.failed, counts.dropped_full), (0, 0));
    let told = read(&double.brokers(), REQUESTS, 3, 2_000);
    for thread in 0..4 {
        let key = format!("client-{thread}");
        let its = told.iter().filter(|told| told.key.as_ref() == Some(&key));
        let ids: Vec<String> = its.map(Told::id).collect();
        let expected: Vec<String> = (0..500).map(|n| format!("{thread} {n}")).collect();
        assert_eq!(ids, expected);
    }
}
