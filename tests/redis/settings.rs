//! What a store can be made with, and what it shows of it.

use certgate::adapter::redis::RedisLimitsError;

use super::*;

const URL: &str = "redis://limits:hunter2@127.0.0.1:1/3";

#[tokio::test]
async fn settings_that_cannot_be_used_are_refused() {
    let settings = RedisSettings::default;
    let error = |url, settings| RedisLimits::connect(url, settings).err();
    assert_eq!(error(URL, settings()), None);
    for prefix in ["", "{", "}", "a{b}"] {
        let refused = error(URL, settings().with_prefix(prefix));
        assert_eq!(refused, Some(RedisLimitsError::Prefix), "{prefix}");
    }
    assert_eq!(error(URL, settings().with_prefix("a:b")), None);
    let limit = |limit| error(URL, settings().with_time_limit(limit));
    assert_eq!(limit(Duration::ZERO), Some(RedisLimitsError::TimeLimit));
    assert_eq!(limit(Duration::from_nanos(1)), None);
    assert_eq!(limit(Duration::from_secs(60)), None);
    assert_eq!(
        limit(Duration::from_nanos(60_000_000_001)),
        Some(RedisLimitsError::TimeLimit)
    );
    assert_eq!(error(URL, settings().with_pause(Duration::ZERO)), None);
    let pause = |pause| error(URL, settings().with_pause(pause));
    assert_eq!(pause(Duration::from_secs(3_600)), None);
    assert_eq!(
        pause(Duration::from_nanos(3_600_000_000_001)),
        Some(RedisLimitsError::Pause)
    );
    for url in [
        "",
        "127.0.0.1",
        "http://limits:hunter2@127.0.0.1/",
        "redis://limits:hunter2@",
    ] {
        assert_eq!(error(url, settings()), Some(RedisLimitsError::Url), "{url}");
    }
}

#[test]
fn outside_of_a_runtime_nothing_is_made() {
    let refused = RedisLimits::connect(URL, RedisSettings::default()).err();
    assert_eq!(refused, Some(RedisLimitsError::Runtime));
}

#[tokio::test]
async fn outside_of_a_runtime_nothing_is_told() {
    let store = RedisLimits::connect(URL, RedisSettings::default()).unwrap();
    let limits = set([("a", rate(1, MINUTE), None)]);
    let outcome = std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let due = due("acme", &limits, 1);
            let mut future = std::pin::pin!(store.charge_shared(&due, &NOW));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            future.as_mut().poll(&mut context)
        });
        asked.join().unwrap()
    });
    assert_eq!(outcome, std::task::Poll::Ready(ChargeOutcome::Unavailable));
}

#[tokio::test]
async fn nothing_shows_the_password() {
    let store = RedisLimits::connect(URL, RedisSettings::default()).unwrap();
    assert_eq!(
        format!("{store:?}"),
        "RedisLimits { settings: RedisSettings { prefix: \"certgate\", time_limit: 100ms, \
         pause: 1s }, .. }"
    );
    let settings = RedisSettings::default();
    let error = RedisLimits::connect("rediss://limits:hunter2@localhost", settings).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the URL of Redis cannot be read, or asks for TLS that the redis crate was built without"
    );
    assert_eq!(format!("{error:?}"), "Url");
    for (error, text) in [
        (
            RedisLimitsError::Prefix,
            "the prefix of keys must not be empty or have braces",
        ),
        (
            RedisLimitsError::TimeLimit,
            "the time limit must be longer than zero and at most a minute",
        ),
        (
            RedisLimitsError::Runtime,
            "limits in redis have to be made inside a tokio runtime",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}
