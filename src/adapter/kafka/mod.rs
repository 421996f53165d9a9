//! Audit records as messages of Kafka.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use certgate::adapter::kafka::{KafkaSettings, KafkaSink, rdkafka::ClientConfig};
//! # use certgate::evidence::AuditSink;
//! # fn is_sink(_: impl AuditSink + 'static) {}
//!
//! let mut client = ClientConfig::new();
//! client.set("bootstrap.servers", "kafka-1.internal:9092,kafka-2.internal:9092");
//! let settings = KafkaSettings::new(client, "audit").with_change_topic("policy-changes");
//! let records = Arc::new(KafkaSink::new(settings)?);
//! // let layer = layer.with_sink(Arc::clone(&records));
//! // records.change(&installed.record);
//! # is_sink(Arc::clone(&records));
//!
//! // What an alert should look at:
//! let counts = records.counts();
//! println!("{} {} {:?}", counts.dropped_full, counts.failed, records.last_error());
//!
//! // When the service stops, after its last request, and not on a task:
//! if let Err(queued) = records.flush(Duration::from_secs(10)) {
//!     eprintln!("{queued}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Messages
//!
//! One for each record: its JSON, on one line, as `audit.schema.json` describes it.
//! The header `certgate-schema` has the number of the schema, in decimal.
//!
//! | record | topic | key |
//! |---|---|---|
//! | of a request | that of [`KafkaSettings::new`] | `client_id`; none where that is absent |
//! | of a change of the policy | that of [`with_change_topic`], else the same | `policy change` |
//! | of [records that are lost] | theirs | none |
//!
//! So the records of a client stand in one partition, as long as the topic has as many
//! of them, in the order in which they were handed over: that in which responses ended,
//! and not that of `created_at`. The key names a client also where `grant` says that
//! nobody is proven, and in a denial it is what the caller's certificate or token says:
//! it proves nothing, and a stranger can have his denials placed among the records of a
//! client. The key of changes is theirs alone: a request by that `client_id` has none.
//! Do not compact the topics: a record does not replace the one before it. Producers in
//! other languages may place keys otherwise than librdkafka; its setting `partitioner`
//! has their ways.
//!
//! Of a certificate, a message has the thumbprint alone. Names, which a policy may have
//! in its records (`[evidence] certificate = "names"`), are left out, unless the sink
//! is told otherwise: [`CertificateContent::AsRecorded`].
//!
//! # Settings
//!
//! Brokers, TLS and SASL are the service's, in the settings of [librdkafka]. The sink
//! sets what is not set:
//!
//! | setting | here | why |
//! |---|---|---|
//! | `acks` | `all` | all replicas in sync have it; no other value is taken |
//! | `enable.idempotence` | `true` | what is sent again is neither doubled nor out of order |
//! | `max.in.flight` | 1, if idempotence is off | still not out of order |
//! | `linger.ms` | 5 | some records at a time |
//! | `queue.buffering.max.kbytes` | 65,536 | 64 MiB wait at most, or `queue.buffering.max.messages` (100,000) |
//!
//! Who sets `max.in.flight` higher without idempotence gives up the order of what is sent
//! again. `message.timeout.ms` (5 minutes) is for how long a record is tried. How many replicas
//! `all` means is `min.insync.replicas` of the topic. `delivery.report.only.error`,
//! `enable.gapless.guarantee` and `transactional.id` have to be left alone.
//!
//! # What is promised
//!
//! - To hand over a record takes the JSON of it, a copy, and locks that nobody holds
//!   for longer than a moment. It waits for no broker: librdkafka has threads of its
//!   own, and so has the sink.
//! - A record that finds the queue full is dropped and counted
//!   ([`KafkaCounts::dropped_full`]).
//! - A record in the queue is sent until Kafka has it, as long as the process lives:
//!   at least once, and once where idempotence is on and nothing is given up. It is
//!   given up, and counted ([`KafkaCounts::failed`]), where Kafka refuses it for good
//!   or the time is over. Kafka may have it all the same, if its answer was lost.
//! - What is lost is told in the topic, as soon as a record goes through or the sink is
//!   flushed, in a message like this one. It says what is missing somewhere before it,
//!   in any of the partitions:
//!
//!   ```json
//!   {"schema":1,"lost_requests":3,"lost_changes":0,"first_created_at":"2027-01-01T00:00:00Z","last_created_at":"2027-01-01T00:00:02Z"}
//!   ```
//! - [`KafkaSink::flush`] waits no longer than it is told to, and to drop a sink no
//!   longer than [`KafkaSink::DROP_WAIT`] and a second, unless the system is looking up
//!   the name of a broker just then: that ends when it does.
//!
//! # What is not
//!
//! - A process that is killed, or aborts, loses what is queued, and no message tells of
//!   it. For records that must outlive the process, write
//!   [lines](crate::adapter::sink::JsonLines) beside it: a pair of sinks is a sink.
//! - After the error `Fatal` (a broker lost what it had confirmed, say) librdkafka sends
//!   nothing more, and everything counts as failed: alert on `failed`, and make a new
//!   sink.
//! - Kafka that refuses a topic (no such topic, no permission) refuses what is queued
//!   for it until librdkafka has asked again.
//!
//! What librdkafka has to say about connections goes to the facade `log`.
//!
//! # To build it
//!
//! The crate `rdkafka` builds librdkafka from the source that comes with it, which takes
//! a C and a C++ compiler and `make`, and under a minute on two cores; or, with its
//! feature `cmake-build`, CMake. The feature `full` does without. librdkafka is linked
//! into the program, under the BSD licence that comes with it. It is built without
//! TLS and SASL: services whose brokers ask for them turn on its features `ssl` (OpenSSL;
//! `ssl-vendored` builds that too) or `sasl`:
//!
//! ```toml
//! certgate = { version = "0.1", features = ["kafka"] }
//! rdkafka = { version = "0.39", default-features = false, features = ["ssl"] }
//! ```
//!
//! The tests run against the double of a broker that librdkafka brings, and against a
//! broker of another make (Tansu 0.6, by the protocol of Kafka), without TLS. Apache
//! Kafka itself was not tried.
//!
//! [`with_change_topic`]: KafkaSettings::with_change_topic
//! [records that are lost]: crate::evidence::Gap
//! [librdkafka]: https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md

mod settings;
mod error;
mod client;
mod tally;
mod reports;
mod sink;

pub use error::{KafkaSinkError, StillQueued};
pub use settings::{CertificateContent, KafkaSettings};
pub use sink::KafkaSink;
pub use tally::KafkaCounts;

/// The client that this crate is built with. A service that turns its features on
/// (`ssl`, `sasl`, `zstd`, `cmake-build`) names it among its own dependencies.
pub use ::rdkafka;
