//! The two clocks of a decision, as the lines tell the time.

use std::time::Duration;

use certgate::request::{Now, Timestamp};

const PER_SECOND: i128 = 1_000_000_000;

/// The wall clock says what the line says. The monotonic clock begins at the
/// first line and stands still where the wall clock goes back.
pub(crate) struct Clock {
    system: fn() -> i128,
    /// The first moment and the latest so far, in nanoseconds.
    seen: Option<(i128, i128)>,
}

impl Clock {
    pub(crate) const fn new(system: fn() -> i128) -> Self {
        Self { system, seen: None }
    }

    /// The clocks at a moment in nanoseconds since the Unix epoch, or now.
    pub(crate) fn at(&mut self, moment: Option<i128>) -> Now {
        let moment = moment.unwrap_or_else(self.system);
        let (first, latest) = self.seen.unwrap_or((moment, moment));
        let latest = latest.max(moment);
        self.seen = Some((first, latest));
        let elapsed = latest - first;
        let seconds = u64::try_from(elapsed / PER_SECOND).unwrap_or(u64::MAX);
        let nanoseconds = u32::try_from(elapsed % PER_SECOND).unwrap_or(0);
        let wall = i64::try_from(moment.div_euclid(PER_SECOND)).unwrap_or(i64::MAX);
        Now {
            wall: Timestamp::from_unix_seconds(wall),
            monotonic: Duration::new(seconds, nanoseconds),
        }
    }
}
