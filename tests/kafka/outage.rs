//! While Kafka is slow or away: nobody waits, and everything is counted.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use certgate::adapter::kafka::rdkafka::error::RDKafkaErrorCode;
use certgate::adapter::kafka::{KafkaSink, StillQueued};
use certgate::adapter::sink::{Channel, WhenFull};
use certgate::evidence::{AuditRecord, AuditSink};

use crate::double::{Double, REQUESTS, to};
use crate::harness::{acme, call, empty, forwarded, layer};
use crate::records::{record, started};
use crate::support::{POLICY, policy};
use crate::topic::{DUE, Told, read, until};

static RECORD: LazyLock<AuditRecord> = LazyLock::new(|| record("", 0));

/// Nobody listens there.
const NOBODY: &str = "127.0.0.1:1";

#[test]
fn a_queue_that_is_full_drops_and_counts_and_keeps_what_it_has() {
    let double = Double::start(1);
    double.cluster.broker_down(-1).unwrap();
    let sink = double.sink(&[("queue.buffering.max.messages", "10")]);
    let begun = Instant::now();
    for n in 0..10_000 {
        let mut record = RECORD.clone();
        record.id = format!("r{n}");
        sink.record(&record);
    }
    sink.change(&started("c"));
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
    let counts = sink.counts();
    assert_eq!((counts.queued, counts.dropped_full), (10, 9_991));
    assert_eq!((counts.delivered, counts.failed), (0, 0));

    double.cluster.broker_up(-1).unwrap();
    sink.flush(DUE).unwrap();
    let counts = sink.counts();
    assert_eq!((counts.queued, counts.delivered), (0, 10));
    assert_eq!((counts.failed, counts.dropped_full), (0, 9_991));
    assert_eq!(sink.failures(), []);
    let told = read(&double.brokers(), REQUESTS, 1, 11);
    let ids: Vec<String> = told.iter().map(Told::id).collect();
    assert_eq!(
        ids,
        [
            "r0",
            "r1",
            "r2",
            "r3",
            "r4",
            "r5",
            "r6",
            "r7",
            "r8",
            "r9",
            r#"{"schema":1,"lost_requests":9990,"lost_changes":0,"first_created_at":"2027-01-01T00:00:00Z","last_created_at":"2027-01-01T00:00:00Z"}"#,
        ]
    );
}

#[test]
fn a_broker_that_comes_back_gets_everything_that_was_queued() {
    let double = Double::start(1);
    let sink = double.sink(&[]);
    sink.record(&record("r0", 0));
    sink.flush(DUE).unwrap();
    double.cluster.broker_down(-1).unwrap();
    for n in 1..=100 {
        sink.record(&record(&format!("r{n}"), n));
    }
    assert_eq!(sink.counts().queued, 100);
    assert_eq!(sink.flush(Duration::ZERO), Err(StillQueued(100)));
    double.cluster.broker_up(-1).unwrap();
    sink.flush(DUE).unwrap();
    assert_eq!((sink.counts().delivered, sink.counts().failed), (101, 0));
    let told = read(&double.brokers(), REQUESTS, 1, 101);
    let ids: Vec<String> = told.iter().map(Told::id).collect();
    let expected: Vec<String> = (0..=100).map(|n| format!("r{n}")).collect();
    assert_eq!(ids, expected);
}

#[test]
fn what_kafka_does_not_take_in_time_is_given_up_and_counted() {
    let settings = to(NOBODY, &[("message.timeout.ms", "200")]);
    let sink = KafkaSink::new(settings).unwrap();
    for n in 0..3 {
        sink.record(&record(&format!("r{n}"), n));
    }
    sink.flush(DUE).unwrap();
    let counts = sink.counts();
    assert_eq!((counts.queued, counts.delivered), (0, 0));
    assert_eq!((counts.failed, counts.dropped_full), (3, 0));
    assert_eq!(sink.failures(), [(RDKafkaErrorCode::MessageTimedOut, 3)]);
    assert!(sink.last_error().is_some());
}

#[test]
fn a_connection_that_fails_is_told_while_everything_waits() {
    let sink = KafkaSink::new(to(NOBODY, &[])).unwrap();
    sink.record(&record("r0", 0));
    until("it cannot connect", || sink.last_error().is_some());
    assert_eq!((sink.counts().queued, sink.counts().failed), (1, 0));
    // It waits for this no longer than it is told to.
    let begun = Instant::now();
    let flushed = sink.flush(Duration::from_millis(150));
    assert_eq!(flushed, Err(StillQueued(1)));
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(
        flushed.unwrap_err().to_string(),
        "1 records wait for kafka still"
    );
}

#[tokio::test]
async fn requests_are_answered_while_nobody_takes_their_records() {
    let settings = to(NOBODY, &[("queue.buffering.max.messages", "3")]);
    let sink = Arc::new(KafkaSink::new(settings).unwrap());
    let open = POLICY.replace("requests = 3,", "requests = 1000,");
    let layer = layer(policy(&open)).with_sink(Arc::clone(&sink));
    let begun = Instant::now();
    for _ in 0..200 {
        let answer = call(&layer, empty(acme("GET", "/payments"))).await;
        assert_eq!((answer.status.as_u16(), &*answer.body), (200, "hello"));
        let answer = call(&layer, empty(forwarded("GET", "/payments"))).await;
        assert_eq!(answer.status, 401);
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
    let counts = sink.counts();
    assert_eq!((counts.queued, counts.dropped_full), (3, 397));
    assert_eq!((counts.delivered, counts.failed), (0, 0));
}

/// What must outlive an outage is written beside it.
#[test]
fn lines_beside_it_have_every_record_while_kafka_is_away() {
    let away = KafkaSink::new(to(NOBODY, &[("queue.buffering.max.messages", "3")])).unwrap();
    let (beside, mut receiver) = Channel::new(WhenFull::Grow);
    let both = (Arc::new(away), beside);
    for n in 0..10 {
        both.record(&record(&format!("r{n}"), n));
    }
    let counts = both.0.counts();
    assert_eq!((counts.queued, counts.dropped_full), (3, 7));
    let received = std::iter::from_fn(|| receiver.try_recv()).count();
    assert_eq!(received, 10);
}
