//! What stands in a topic.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use certgate::adapter::kafka::rdkafka::consumer::{BaseConsumer, Consumer};
use certgate::adapter::kafka::rdkafka::message::{Headers, Message};
use certgate::adapter::kafka::rdkafka::{ClientConfig, Offset, TopicPartitionList};
use serde_json::Value;

use crate::cases::evidence::follows;

/// How long anything may take: enough for the slowest machine, and nothing waits for
/// it to pass.
pub(crate) const DUE: Duration = Duration::from_secs(60);

/// A message of a topic.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) partition: i32,
    pub(crate) key: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Told {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The id of a record, or the text of anything else.
    pub(crate) fn id(&self) -> String {
        let json = self.json();
        let id = json.get("id").and_then(Value::as_str);
        id.unwrap_or(&self.text).to_owned()
    }
}

/// The first so many messages of a topic, by partition and in the order of each; all
/// of them follow the schema.
pub(crate) fn read(brokers: &str, topic: &str, partitions: i32, count: usize) -> Vec<Told> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", "reader")
        .set("enable.auto.commit", "false")
        .create()
        .unwrap();
    let mut all = TopicPartitionList::new();
    for partition in 0..partitions {
        all.add_partition_offset(topic, partition, Offset::Beginning)
            .unwrap();
    }
    consumer.assign(&all).unwrap();
    let mut told: BTreeMap<i32, Vec<Told>> = BTreeMap::new();
    let begun = Instant::now();
    let mut seen = 0;
    while seen < count {
        assert!(begun.elapsed() < DUE, "{seen} of {count}: {told:#?}");
        let Some(Ok(message)) = consumer.poll(Duration::from_millis(100)) else {
            continue;
        };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let headers = message.headers().into_iter().flat_map(Headers::iter);
        let one = Told {
            partition: message.partition(),
            key: message.key().map(text),
            headers: headers
                .map(|header| (header.key.to_owned(), text(header.value.unwrap())))
                .collect(),
            text: text(message.payload().unwrap()),
        };
        assert!(follows(&one.json()), "{one:#?}");
        told.entry(one.partition).or_default().push(one);
        seen += 1;
    }
    told.into_values().flatten().collect()
}

/// Waits until it is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < DUE, "{what}");
        std::thread::yield_now();
    }
}
