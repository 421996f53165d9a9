//! The double of a broker, and a sink for it.

use certgate::adapter::kafka::rdkafka::ClientConfig;
use certgate::adapter::kafka::rdkafka::mocking::MockCluster;
use certgate::adapter::kafka::rdkafka::producer::DefaultProducerContext;
use certgate::adapter::kafka::{KafkaSettings, KafkaSink};

pub(crate) const REQUESTS: &str = "audit";
pub(crate) const CHANGES: &str = "policy-changes";

pub(crate) struct Double {
    pub(crate) cluster: MockCluster<'static, DefaultProducerContext>,
}

impl Double {
    /// One broker, with so many partitions for requests and one for changes.
    pub(crate) fn start(partitions: i32) -> Self {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic(REQUESTS, partitions, 1).unwrap();
        cluster.create_topic(CHANGES, 1, 1).unwrap();
        Self { cluster }
    }

    pub(crate) fn brokers(&self) -> String {
        self.cluster.bootstrap_servers()
    }

    /// A sink with these settings of librdkafka besides.
    pub(crate) fn sink(&self, settings: &[(&str, &str)]) -> KafkaSink {
        KafkaSink::new(to(&self.brokers(), settings)).unwrap()
    }
}

/// Settings for these brokers.
pub(crate) fn to(brokers: &str, settings: &[(&str, &str)]) -> KafkaSettings {
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", brokers);
    for (name, value) in settings {
        client.set(*name, *value);
    }
    KafkaSettings::new(client, REQUESTS).with_change_topic(CHANGES)
}
