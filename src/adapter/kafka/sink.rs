//! Evidence as messages.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use rdkafka::error::RDKafkaErrorCode;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use serde::Serialize;

use crate::adapter::sink::json_of;
use crate::evidence::{AuditRecord, AuditSink, Gap, PolicyChange};

use super::client;
use super::reports::{Reports, code};
use super::settings::Topics;
use super::tally::{Held, Lane, Pending, Tally};
use super::{CertificateContent, KafkaCounts, KafkaSettings, KafkaSinkError, StillQueued};

/// Sends every record to Kafka. Requests never wait for it.
///
/// See the [module](super) for an example, for the messages, and for what is promised.
/// To drop it is to [flush](Self::flush) it, for up to [`DROP_WAIT`](Self::DROP_WAIT);
/// what is queued then is lost.
pub struct KafkaSink {
    producer: Arc<BaseProducer<Reports>>,
    tally: Arc<Tally>,
    topics: Topics,
    certificate: CertificateContent,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What is one message.
struct Message<'m, T> {
    lane: Lane,
    holds: Held,
    key: Option<&'m str>,
    schema: u32,
    content: &'m T,
    lost: Gap,
}

impl KafkaSink {
    /// The header of every message that has the number of its schema, in decimal.
    pub const SCHEMA_HEADER: &str = "certgate-schema";

    /// The key of every record of a change of the policy, and of nothing else: the
    /// records of a client that is called so, or of a stranger who calls himself so,
    /// have none.
    pub const CHANGE_KEY: &str = "policy change";

    /// How long a sink that is dropped waits for Kafka.
    pub const DROP_WAIT: Duration = Duration::from_secs(5);

    /// How long the thread sleeps at most before it looks whether it is to stop.
    const POLL: Duration = Duration::from_millis(100);

    /// Begins to connect, in the background. Brokers that are away are no error.
    ///
    /// # Errors
    ///
    /// The settings cannot be used, or the system gives no thread:
    /// [`KafkaSinkError`] says which.
    pub fn new(settings: KafkaSettings) -> Result<Self, KafkaSinkError> {
        let (topics, certificate) = (settings.topics()?, settings.certificate());
        let client = client::complete(settings.client)?;
        let tally = Arc::new(Tally::default());
        let producer = client.create_with_context(Reports(Arc::clone(&tally)));
        let producer: BaseProducer<Reports> =
            producer.map_err(|error| client::refused(&error, &client))?;
        let (producer, stop) = (Arc::new(producer), Arc::new(AtomicBool::new(false)));
        let (polled, stops) = (Arc::clone(&producer), Arc::clone(&stop));
        let thread = Builder::new()
            .name("certgate-kafka".to_owned())
            .spawn(move || {
                while !stops.load(Ordering::Acquire) {
                    polled.poll(Self::POLL);
                }
            })
            .map_err(|_| KafkaSinkError::Thread)?;
        Ok(Self {
            producer,
            tally,
            topics,
            certificate,
            stop,
            thread: Some(thread),
        })
    }

    /// What became of the records so far.
    #[must_use]
    pub fn counts(&self) -> KafkaCounts {
        self.tally.counts()
    }

    /// How many records [failed](KafkaCounts::failed) for each reason.
    #[must_use]
    pub fn failures(&self) -> Vec<(RDKafkaErrorCode, u64)> {
        self.tally.failures()
    }

    /// What last went wrong, with a message or a connection, if anything ever did.
    /// A full queue is not what it tells: [`KafkaCounts::dropped_full`] does.
    ///
    /// After `Fatal` nothing is sent any more, and a new sink has to be made.
    #[must_use]
    pub fn last_error(&self) -> Option<RDKafkaErrorCode> {
        self.tally.last_error()
    }

    /// Waits until Kafka has said of every record what became of it, or until it was
    /// given up, but no longer than that; on this thread, so not on a task. For when
    /// the service stops, after its last request: records can be handed over as well
    /// meanwhile and after it. A `linger.ms` is waited for too.
    ///
    /// # Errors
    ///
    /// The time is over, and records wait still.
    pub fn flush(&self, timeout: Duration) -> Result<(), StillQueued> {
        #[expect(clippy::disallowed_methods, reason = "this is an adapter that waits")]
        let begun = Instant::now();
        let left = || timeout.saturating_sub(begun.elapsed());
        // There may be no room for word of what is lost until the rest is sent.
        for _ in 0..2 {
            self.tell_gap(Lane::Requests);
            self.tell_gap(Lane::Changes);
            // The tally knows whether it is done.
            let _ = self.producer.flush(left());
        }
        match self.tally.wait(left()) {
            0 => Ok(()),
            queued => Err(StillQueued(queued)),
        }
    }

    /// The record with no more of a certificate than may be told.
    fn told<'r>(&self, record: &'r AuditRecord) -> Cow<'r, AuditRecord> {
        match self.certificate {
            CertificateContent::Thumbprint if record.certificate.is_some() => {
                let mut told = record.clone();
                told.certificate = None;
                Cow::Owned(told)
            }
            CertificateContent::Thumbprint | CertificateContent::AsRecorded => {
                Cow::Borrowed(record)
            }
        }
    }

    /// A record, and then what was lost before it: records come first where there is
    /// room for little.
    fn send_record(&self, message: &Message<'_, impl Serialize>) {
        if self.send(message).is_ok() {
            self.tell_gap(message.lane);
        }
    }

    fn tell_gap(&self, lane: Lane) {
        if let Some(gap) = self.tally.take_gap(lane) {
            // If there is no room, it is told another time.
            let _ = self.send(&Message {
                lane,
                holds: Held::Gap,
                key: None,
                schema: gap.schema,
                content: &gap,
                lost: gap,
            });
        }
    }

    /// Puts it into librdkafka's queue, or counts it.
    fn send(&self, message: &Message<'_, impl Serialize>) -> Result<(), ()> {
        let &Message {
            lane, holds, lost, ..
        } = message;
        let pending = Pending { lane, holds, lost };
        self.tally.queues(holds);
        let Ok(json) = json_of(message.content) else {
            self.tally
                .lost(&pending, RDKafkaErrorCode::ValueSerialization);
            return Err(());
        };
        let topic = match lane {
            Lane::Requests => &self.topics.requests,
            Lane::Changes => &self.topics.changes,
        };
        let schema = message.schema.to_string();
        let header = Header {
            key: Self::SCHEMA_HEADER,
            value: Some(&schema),
        };
        let record = BaseRecord {
            topic,
            partition: None,
            payload: Some(&json),
            key: message.key,
            timestamp: None,
            headers: Some(OwnedHeaders::new().insert(header)),
            delivery_opaque: Box::new(pending),
        };
        self.producer.send(record).map_err(|(error, record)| {
            self.tally.lost(&record.delivery_opaque, code(&error));
        })
    }
}

impl AuditSink for KafkaSink {
    fn record(&self, record: &AuditRecord) {
        self.send_record(&Message {
            lane: Lane::Requests,
            holds: Held::Record,
            key: record
                .client_id
                .as_deref()
                .filter(|id| *id != Self::CHANGE_KEY),
            schema: record.schema,
            content: &*self.told(record),
            lost: Gap::of_request(record),
        });
    }

    fn change(&self, change: &PolicyChange) {
        self.send_record(&Message {
            lane: Lane::Changes,
            holds: Held::Record,
            key: Some(Self::CHANGE_KEY),
            schema: change.schema,
            content: change,
            lost: Gap::of_change(change),
        });
    }
}

impl Drop for KafkaSink {
    fn drop(&mut self) {
        // Nobody is left to be told.
        let _ = self.flush(Self::DROP_WAIT);
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for KafkaSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaSink").finish_non_exhaustive()
    }
}
