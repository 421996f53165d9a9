//! A broker that is a process of its own.

use std::process::Command;
use std::time::{Duration, Instant};

use certgate::adapter::kafka::rdkafka::error::RDKafkaErrorCode;
use certgate::adapter::kafka::{KafkaSink, StillQueued};
use certgate::evidence::AuditSink;

use crate::directory::Directory;
use crate::double::{CHANGES, REQUESTS, to};
use crate::messages::{ACME, STARTED};
use crate::program::{Running, find_or_skip, free_port};
use crate::records::{record, started};
use crate::topic::{DUE, Told, read};

struct Broker {
    address: String,
    process: Running,
}

impl Broker {
    /// With three partitions for requests; `None` where it is not installed.
    fn start() -> Option<Self> {
        let program = find_or_skip("tansu")?;
        let port = free_port();
        let address = format!("127.0.0.1:{port}");
        let url = format!("tcp://{address}");
        let mut command = Command::new(&program);
        command
            .args(["broker", "--listener-url", &url])
            .args(["--advertised-listener-url", &url])
            .args(["--storage-engine", "memory://tansu/"]);
        let process = Running::start(&mut command, Directory::create(), port);
        for (topic, partitions) in [(REQUESTS, "3"), (CHANGES, "1")] {
            let create = Command::new(&program)
                .args(["topic", "create", topic, "--broker", &url])
                .args(["--partitions", partitions])
                .output()
                .unwrap();
            assert!(create.status.success(), "{create:?}");
        }
        Some(Self { address, process })
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
    }
}

#[test]
fn a_broker_keeps_what_it_was_sent() {
    let Some(broker) = Broker::start() else {
        return;
    };
    let sink = KafkaSink::new(to(&broker.address, &[])).unwrap();
    for n in 0..100 {
        let id = if n == 1 {
            "r1".to_owned()
        } else {
            format!("n{n}")
        };
        sink.record(&record(&id, n));
    }
    sink.change(&started("c1"));
    sink.flush(DUE).unwrap();
    let counts = sink.counts();
    assert_eq!((counts.queued, counts.delivered), (0, 101));
    assert_eq!((counts.failed, counts.dropped_full), (0, 0));

    let told = read(&broker.address, REQUESTS, 3, 100);
    let partition = told[0].partition;
    let schema = [("certgate-schema".to_owned(), "1".to_owned())];
    for (n, told) in told.iter().enumerate() {
        let id = if n == 1 {
            "r1".to_owned()
        } else {
            format!("n{n}")
        };
        assert_eq!((told.id(), told.partition), (id, partition));
        assert_eq!(told.key.as_deref(), Some("pisp-partner-acme"));
        assert_eq!(told.headers, schema);
    }
    assert_eq!(told[1].text, ACME);
    let changes = read(&broker.address, CHANGES, 1, 1);
    assert_eq!(changes[0].text, STARTED);
    assert_eq!(changes[0].key.as_deref(), Some("policy change"));
    assert_eq!(changes[0].headers, schema);
}

#[test]
fn a_broker_that_hangs_keeps_nobody_waiting_and_gets_it_all_when_it_goes_on() {
    let Some(broker) = Broker::start() else {
        return;
    };
    let sink = KafkaSink::new(to(&broker.address, &[])).unwrap();
    sink.record(&record("n0", 0));
    sink.flush(DUE).unwrap();
    broker.signal("-STOP");
    let one = record("", 0);
    let begun = Instant::now();
    for n in 1..=1_000 {
        let mut record = one.clone();
        record.id = format!("n{n}");
        sink.record(&record);
    }
    let took = begun.elapsed();
    let waited = sink.flush(Duration::from_millis(200));
    broker.signal("-CONT");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(waited, Err(StillQueued(1_000)));
    sink.flush(DUE).unwrap();
    let counts = sink.counts();
    assert_eq!((counts.delivered, counts.failed), (1_001, 0));
    let told = read(&broker.address, REQUESTS, 3, 1_001);
    let ids: Vec<String> = told.iter().map(Told::id).collect();
    let expected: Vec<String> = (0..=1_000).map(|n| format!("n{n}")).collect();
    assert_eq!(ids, expected);
}

#[test]
fn a_broker_that_is_gone_costs_what_is_queued_when_its_time_is_over() {
    let Some(broker) = Broker::start() else {
        return;
    };
    let settings = to(&broker.address, &[("message.timeout.ms", "3000")]);
    let sink = KafkaSink::new(settings).unwrap();
    sink.record(&record("n0", 0));
    sink.flush(DUE).unwrap();
    drop(broker);
    for n in 1..=5 {
        sink.record(&record(&format!("n{n}"), n));
    }
    sink.flush(DUE).unwrap();
    let counts = sink.counts();
    assert_eq!((counts.queued, counts.delivered), (0, 1));
    assert_eq!((counts.failed, counts.dropped_full), (5, 0));
    assert_eq!(sink.failures(), [(RDKafkaErrorCode::MessageTimedOut, 5)]);
}
