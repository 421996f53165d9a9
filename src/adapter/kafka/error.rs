//! What keeps a sink from being made, or from being done.

/// Why a [`KafkaSink`](super::KafkaSink) cannot be made. It shows names of settings
/// and no value of one, which can be a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KafkaSinkError {
    /// No broker is named.
    #[error("bootstrap.servers has to name brokers")]
    Brokers,
    /// A topic has another name than Kafka takes.
    #[error("a topic has 1 to 249 letters, digits, dots, underscores and hyphens")]
    Topic,
    /// librdkafka does not know the setting, or does not take its value; maybe
    /// because the feature of rdkafka is off that brings it (`ssl`, `sasl`, `zstd`).
    #[error("{setting} is no setting of this librdkafka, or cannot have this value")]
    Setting {
        /// Its name.
        setting: String,
    },
    /// With this setting the sink could not do what it promises.
    #[error("{setting} must be left as it is by default")]
    Promise {
        /// Its name.
        setting: &'static str,
    },
    /// librdkafka takes each setting, and not all of them together, or cannot read a
    /// file that one of them names.
    #[error("librdkafka makes no producer of these settings{}", about(settings))]
    Client {
        /// The names of those that it speaks of.
        settings: Vec<String>,
    },
    /// The system gives no thread.
    #[error("the system gives no thread")]
    Thread,
}

/// Records wait for Kafka still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} records wait for kafka still")]
pub struct StillQueued(
    /// How many.
    pub u64,
);

fn about(settings: &[String]) -> String {
    if settings.is_empty() {
        String::new()
    } else {
        format!(": see {}", settings.join(", "))
    }
}
