//! How a store of limits uses Redis.

use std::time::Duration;

/// What can be set of a [`RedisLimits`](super::RedisLimits).
///
/// ```
/// use std::time::Duration;
/// use certgate::adapter::redis::RedisSettings;
///
/// let settings = RedisSettings::default()
///     .with_prefix("payments")
///     .with_time_limit(Duration::from_millis(50))
///     .with_pause(Duration::from_secs(2));
/// # _ = settings;
/// ```
#[derive(Clone, Debug)]
pub struct RedisSettings {
    prefix: String,
    time_limit: Duration,
    pause: Duration,
}

impl Default for RedisSettings {
    fn default() -> Self {
        Self {
            prefix: "certgate".to_owned(),
            time_limit: Duration::from_millis(100),
            pause: Duration::from_secs(1),
        }
    }
}

impl RedisSettings {
    /// The longest time limit.
    pub const MAX_TIME_LIMIT: Duration = Duration::from_secs(60);

    /// The longest pause.
    pub const MAX_PAUSE: Duration = Duration::from_secs(3_600);

    /// What every key starts with, `certgate` by default. Services with the same
    /// prefix share their counters, so different ones give different services
    /// counters of their own.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long a request waits for Redis, 100 ms by default. It takes in everything:
    /// a new connection, the script that has to be loaded, the answer.
    #[must_use]
    pub const fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// For how long Redis is not asked after it failed, 1 s by default: counted from
    /// when the time limit of the request that it failed is over, by the monotonic
    /// clock that comes with requests. Then one request tries it, and the others once
    /// that one has had its answer.
    #[must_use]
    pub const fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(super) const fn time_limit(&self) -> Duration {
        self.time_limit
    }

    pub(super) const fn pause(&self) -> Duration {
        self.pause
    }

    pub(super) fn check(&self) -> Result<(), RedisLimitsError> {
        if self.prefix.is_empty() || self.prefix.contains(['{', '}']) {
            return Err(RedisLimitsError::Prefix);
        }
        if self.time_limit.is_zero() || self.time_limit > Self::MAX_TIME_LIMIT {
            return Err(RedisLimitsError::TimeLimit);
        }
        if self.pause > Self::MAX_PAUSE {
            return Err(RedisLimitsError::Pause);
        }
        Ok(())
    }
}

/// Why a [`RedisLimits`](super::RedisLimits) cannot be made. It never shows the URL,
/// which can hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedisLimitsError {
    /// The URL is none that the client reads, or asks for TLS where the `redis` crate
    /// was built without.
    #[error(
        "the URL of Redis cannot be read, or asks for TLS that the redis crate was built without"
    )]
    Url,
    /// The prefix of keys is empty or has a brace. Braces in keys say which of them
    /// belong together in a Redis Cluster.
    #[error("the prefix of keys must not be empty or have braces")]
    Prefix,
    /// The time limit is zero or longer than
    /// [`RedisSettings::MAX_TIME_LIMIT`].
    #[error("the time limit must be longer than zero and at most a minute")]
    TimeLimit,
    /// The pause is longer than [`RedisSettings::MAX_PAUSE`].
    #[error("the pause must be at most an hour")]
    Pause,
    /// Nothing drives the connection.
    #[error("limits in redis have to be made inside a tokio runtime")]
    Runtime,
}
