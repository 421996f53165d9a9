//! What a sink sends, where, and how.

use std::fmt;

use rdkafka::ClientConfig;

use super::KafkaSinkError;

/// How a [`KafkaSink`](super::KafkaSink) reaches Kafka, and what it sends there.
///
/// ```
/// use certgate::adapter::kafka::{KafkaSettings, rdkafka::ClientConfig};
///
/// let mut client = ClientConfig::new();
/// client.set("bootstrap.servers", "kafka-1.internal:9092,kafka-2.internal:9092");
/// let settings = KafkaSettings::new(client, "audit").with_change_topic("policy-changes");
/// # _ = settings;
/// ```
#[derive(Clone)]
pub struct KafkaSettings {
    pub(super) client: ClientConfig,
    topic: String,
    change_topic: Option<String>,
    certificate: CertificateContent,
}

/// What a message tells of a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateContent {
    /// Its thumbprint alone. `certificate` is `null` in every message, also where the
    /// policy has names in its records.
    #[default]
    Thumbprint,
    /// What the policy has in its records: names too, under
    /// `[evidence] certificate = "names"`.
    AsRecorded,
}

impl KafkaSettings {
    /// Brokers, TLS and SASL are those of `client`, with the settings that
    /// [librdkafka] knows; the [module](super) says which of them this crate sets
    /// where `client` does not. Records of requests, and of changes of the policy, go
    /// to `topic`.
    ///
    /// [librdkafka]: https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md
    #[must_use]
    pub fn new(client: ClientConfig, topic: impl Into<String>) -> Self {
        Self {
            client,
            topic: topic.into(),
            change_topic: None,
            certificate: CertificateContent::default(),
        }
    }

    /// Records of changes of the policy go to a topic of their own.
    #[must_use]
    pub fn with_change_topic(mut self, topic: impl Into<String>) -> Self {
        self.change_topic = Some(topic.into());
        self
    }

    /// What a message tells of a certificate: its thumbprint alone by default.
    #[must_use]
    pub fn with_certificate(mut self, certificate: CertificateContent) -> Self {
        self.certificate = certificate;
        self
    }

    pub(super) fn certificate(&self) -> CertificateContent {
        self.certificate
    }

    pub(super) fn topics(&self) -> Result<Topics, KafkaSinkError> {
        let change_topic = self.change_topic.as_ref().unwrap_or(&self.topic);
        Ok(Topics {
            requests: topic(&self.topic)?,
            changes: topic(change_topic)?,
        })
    }
}

/// Shows nothing of the client: it can hold passwords, under keys that nobody knows
/// to be such.
impl fmt::Debug for KafkaSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaSettings")
            .field("topic", &self.topic)
            .field("change_topic", &self.change_topic)
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

/// Names that Kafka takes.
pub(super) struct Topics {
    pub(super) requests: String,
    pub(super) changes: String,
}

fn topic(name: &str) -> Result<String, KafkaSinkError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_topic = (1..=249).contains(&name.len())
        && name.bytes().all(is_plain)
        && !matches!(name, "." | "..");
    if is_topic {
        Ok(name.to_owned())
    } else {
        Err(KafkaSinkError::Topic)
    }
}
