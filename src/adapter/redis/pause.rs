//! Leaving Redis alone for a while after it failed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// When Redis may be asked again, on the monotonic clock of this process.
#[derive(Debug)]
pub(super) struct Pause {
    /// In nanoseconds; 0 while it is asked by everybody.
    until: AtomicU64,
    time_limit: u64,
    length: u64,
}

/// How a request asks Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// As everybody does.
    Ask,
    /// To see whether Redis is back. Nobody else does meanwhile.
    Probe,
}

impl Pause {
    pub(super) fn new(time_limit: Duration, length: Duration) -> Self {
        Self {
            until: AtomicU64::new(0),
            time_limit: nanoseconds(time_limit),
            length: nanoseconds(length),
        }
    }

    /// `None` while Redis is left alone.
    pub(super) fn turn(&self, now: Duration) -> Option<Turn> {
        let until = self.until.load(Ordering::Relaxed);
        if until == 0 {
            return Some(Turn::Ask);
        }
        let now = nanoseconds(now);
        let next = self.after(now);
        // No pause ends later than `next`, unless the clock went back.
        if now < until && until <= next {
            return None;
        }
        let won = self
            .until
            .compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok();
        won.then_some(Turn::Probe)
    }

    /// Redis did not answer a request that was made at `now`.
    pub(super) fn failed(&self, now: Duration) {
        self.until
            .fetch_max(self.after(nanoseconds(now)), Ordering::Relaxed);
    }

    /// Redis answered. Only who asked whether it is back can say so: another
    /// answer may be older than the failure.
    pub(super) fn answered(&self, turn: Turn) {
        if turn == Turn::Probe {
            self.until.store(0, Ordering::Relaxed);
        }
    }

    /// When Redis is asked again if it fails a request made at `now`, which takes
    /// the time limit to see.
    fn after(&self, now: u64) -> u64 {
        let failed = now.saturating_add(self.time_limit);
        failed.saturating_add(self.length)
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn failed_at(milliseconds: u64) -> Pause {
        let pause = Pause::new(at(100), at(1_000));
        assert_eq!(pause.turn(at(milliseconds)), Some(Turn::Ask));
        pause.failed(at(milliseconds));
        pause
    }

    #[test]
    fn one_request_probes_after_a_pause_and_its_answer_ends_it() {
        let pause = failed_at(5_000);
        assert_eq!(pause.turn(at(5_000)), None);
        assert_eq!(pause.turn(at(6_099)), None);
        assert_eq!(pause.turn(at(6_100)), Some(Turn::Probe));
        assert_eq!(pause.turn(at(6_100)), None);
        pause.answered(Turn::Ask);
        assert_eq!(pause.turn(at(6_150)), None);
        pause.answered(Turn::Probe);
        assert_eq!(pause.turn(at(6_150)), Some(Turn::Ask));
    }

    #[test]
    fn a_probe_that_fails_or_is_never_heard_of_again_is_a_pause() {
        let pause = failed_at(5_000);
        assert_eq!(pause.turn(at(6_100)), Some(Turn::Probe));
        assert_eq!(pause.turn(at(7_199)), None);
        assert_eq!(pause.turn(at(7_200)), Some(Turn::Probe));
        pause.failed(at(7_200));
        assert_eq!(pause.turn(at(8_299)), None);
        assert_eq!(pause.turn(at(8_300)), Some(Turn::Probe));
    }

    #[test]
    fn a_clock_that_went_back_ends_a_pause() {
        let pause = failed_at(5_000);
        assert_eq!(pause.turn(at(4_999)), Some(Turn::Probe));
        assert_eq!(pause.turn(at(4_999)), None);
    }

    #[test]
    fn times_beyond_the_counter_do_not_wrap() {
        let pause = Pause::new(at(100), Duration::MAX);
        pause.failed(Duration::MAX);
        assert_eq!(pause.turn(at(0)), None);
    }
}
