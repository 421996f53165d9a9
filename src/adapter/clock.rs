//! The machine's clocks.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::request::{Now, Timestamp};

/// Reads the machine's clocks: the wall clock for validity and calendars, and
/// the time since the process made its first clock for rates.
///
/// All of a process's clocks tell the same time: counters that several of them are
/// told would else forget requests early.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    started: Instant,
}

#[expect(clippy::disallowed_methods, reason = "this is where time comes from")]
static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

#[expect(clippy::disallowed_methods, reason = "this is where time comes from")]
impl SystemClock {
    /// Starts the monotonic clock, unless the process has started it already.
    #[must_use]
    pub fn start() -> Self {
        Self { started: *STARTED }
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_later_clock_is_not_behind_an_earlier_one() {
        let earlier = SystemClock::start();
        while earlier.now().monotonic < Duration::from_millis(5) {
            std::hint::spin_loop();
        }
        let before = earlier.now().monotonic;
        let between = SystemClock::start().now().monotonic;
        assert!((before..=earlier.now().monotonic).contains(&between));
    }
}
