//! The settings of librdkafka: those that are not set, and those that would break
//! what a sink promises.

use rdkafka::ClientConfig;
use rdkafka::config::NativeClientConfig;
use rdkafka::error::KafkaError;

use super::KafkaSinkError;

/// A setting by its name, and whatever else it is called.
type Names = &'static [&'static str];

const BROKERS: Names = &[
    "bootstrap.servers",
    "metadata.broker.list",
    "test.mock.num.brokers",
];

/// What a sink sets where the service does not.
const DEFAULTS: &[(Names, &str)] = &[
    (&["acks", "request.required.acks"], "all"),
    (&["enable.idempotence"], "true"),
    (&["linger.ms", "queue.buffering.max.ms"], "5"),
    (&["queue.buffering.max.kbytes"], "65536"),
];

/// And without idempotence: a request at a time to each broker, since one that is
/// sent again would else stand behind a later one.
const IN_FLIGHT: Names = &["max.in.flight.requests.per.connection", "max.in.flight"];

/// What must be, of what can be set, as librdkafka writes it.
const PROMISED: &[(&str, &str)] = &[
    // A message is delivered when all replicas in sync have it.
    ("acks", "-1"),
    // And the sink is told of it.
    ("delivery.report.only.error", "false"),
    // Messages stand by themselves,
    ("transactional.id", ""),
    // and one that fails is no end to the rest.
    ("enable.gapless.guarantee", "false"),
];

/// The settings with which a producer is made.
pub(super) fn complete(mut client: ClientConfig) -> Result<ClientConfig, KafkaSinkError> {
    let is_named = |name: &&str| client.get(name).is_some_and(|value| !value.is_empty());
    if !BROKERS.iter().any(is_named) {
        return Err(KafkaSinkError::Brokers);
    }
    for (names, value) in DEFAULTS {
        set_unless_set(&mut client, names, value);
    }
    if effective(&native(&client)?, "enable.idempotence") == "false" {
        set_unless_set(&mut client, IN_FLIGHT, "1");
    }
    let native = native(&client)?;
    for (name, value) in PROMISED {
        if effective(&native, name) != *value {
            return Err(KafkaSinkError::Promise { setting: name });
        }
    }
    Ok(client)
}

/// Why librdkafka makes no producer: the settings that it names. What it says besides
/// may hold values.
pub(super) fn refused(error: &KafkaError, client: &ClientConfig) -> KafkaSinkError {
    match error {
        KafkaError::ClientConfig(_, _, setting, _) => KafkaSinkError::Setting {
            setting: setting.clone(),
        },
        KafkaError::ClientCreation(text) => {
            let settings = client.config_map().into_keys();
            let named = settings.filter(|setting| text.contains(setting));
            KafkaSinkError::Client {
                settings: named.map(str::to_owned).collect(),
            }
        }
        _ => KafkaSinkError::Client {
            settings: Vec::new(),
        },
    }
}

fn set_unless_set(client: &mut ClientConfig, names: Names, value: &str) {
    if names.iter().all(|name| client.get(name).is_none())
        && let Some(name) = names.first()
    {
        client.set(*name, value);
    }
}

fn native(client: &ClientConfig) -> Result<NativeClientConfig, KafkaSinkError> {
    let native = client.create_native_config();
    native.map_err(|error| refused(&error, client))
}

/// The value as librdkafka has read it; empty if there is none.
fn effective(native: &NativeClientConfig, name: &str) -> String {
    native.get(name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(settings: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", "kafka:9092");
        for (name, value) in settings {
            client.set(*name, *value);
        }
        let client = complete(client).unwrap();
        let settings = client.config_map().into_iter();
        settings
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn pairs(settings: &[(&str, &str)]) -> Vec<(String, String)> {
        let settings = settings.iter();
        settings
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn what_is_not_set_is_set() {
        assert_eq!(
            completed(&[]),
            pairs(&[
                ("acks", "all"),
                ("bootstrap.servers", "kafka:9092"),
                ("enable.idempotence", "true"),
                ("linger.ms", "5"),
                ("queue.buffering.max.kbytes", "65536"),
            ])
        );
    }

    #[test]
    fn what_is_set_by_whatever_name_is_left() {
        let set = [
            ("bootstrap.servers", "kafka:9092"),
            ("enable.idempotence", "true"),
            ("queue.buffering.max.kbytes", "1024"),
            ("queue.buffering.max.ms", "50"),
            ("request.required.acks", "-1"),
        ];
        assert_eq!(completed(&set), pairs(&set));
    }

    #[test]
    fn without_idempotence_a_request_is_answered_before_the_next() {
        let value = |settings: &[(&str, &str)], name: &str| {
            let settings = completed(settings).into_iter();
            let mut named = settings.filter(|(known, _)| known == name);
            named.next().map(|(_, value)| value)
        };
        let one = "max.in.flight.requests.per.connection";
        assert_eq!(
            value(&[("enable.idempotence", "false")], one).as_deref(),
            Some("1")
        );
        assert_eq!(value(&[("enable.idempotence", "true")], one), None);
        let own = [("enable.idempotence", "false"), ("max.in.flight", "3")];
        assert_eq!(value(&own, one), None);
        assert_eq!(value(&own, "max.in.flight").as_deref(), Some("3"));
    }
}
