//! The machine's clocks.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::request::{Now, Timestamp};

/// Reads the machine's clocks: the wall clock for validity and calendars, and
/// the time since the clock was made for rates.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    started: Instant,
}

#[expect(clippy::disallowed_methods, reason = "this is where time comes from")]
impl SystemClock {
    /// Starts the monotonic clock.
    #[must_use]
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }

    /// The one clock of this process, started when it is first asked for, so that
    /// whatever is made anew (a worker, after it failed) goes on from the same time.
    #[cfg(feature = "actix")]
    pub(super) fn of_process() -> Self {
        static CLOCK: std::sync::OnceLock<SystemClock> = std::sync::OnceLock::new();
        *CLOCK.get_or_init(Self::start)
    }

    /// The time on both clocks.
    #[must_use]
    pub fn now(&self) -> Now {
        let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |s| -s),
        };
        Now {
            wall: Timestamp::from_unix_seconds(seconds),
            monotonic: self.started.elapsed(),
        }
    }
}
