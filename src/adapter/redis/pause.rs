//! Leaving Redis alone for a while after it failed.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use foldhash::quality::RandomState;

use super::settings::RedisSettings;

/// When Redis may be asked again, on the monotonic clock of this process.
#[derive(Debug)]
pub(super) struct Pause {
    /// In nanoseconds; 0 while it is asked by everybody.
    until: AtomicU64,
    time_limit: u64,
    length: u64,
}

/// The pauses of a store: one, or many where the connection may lead to several
/// nodes, so that one that is away pauses few of the clients of the others.
#[derive(Debug)]
pub(super) struct Pauses {
    pauses: Box<[Pause]>,
    hasher: RandomState,
}

impl Pauses {
    const MANY: usize = 64;

    pub(super) fn one(settings: &RedisSettings) -> Self {
        Self::new(1, settings)
    }

    pub(super) fn many(settings: &RedisSettings) -> Self {
        Self::new(Self::MANY, settings)
    }

    fn new(count: usize, settings: &RedisSettings) -> Self {
        let pause = || Pause::new(settings.time_limit(), settings.pause());
        Self {
            pauses: std::iter::repeat_with(pause).take(count).collect(),
            hasher: RandomState::default(),
        }
    }

    /// The pause that this client shares, if it is not the only one there is, with
    /// others. `None` is never the case.
    pub(super) fn of(&self, client: &str) -> Option<&Pause> {
        let place = self.hasher.hash_one(client) as usize % self.pauses.len().max(1);
        self.pauses.get(place)
    }
}

/// A request that asks Redis, and has to say what came of it.
#[derive(Debug)]
pub(super) struct Turn<'p> {
    pause: &'p Pause,
    /// For one that sees whether Redis is back, which nobody else does meanwhile:
    /// when another would, if nothing were heard of it.
    probe: Option<u64>,
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
    pub(super) fn turn(&self, now: Duration) -> Option<Turn<'_>> {
        let turn = |probe| Turn { pause: self, probe };
        let until = self.until.load(Ordering::Relaxed);
        if until == 0 {
            return Some(turn(None));
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
        won.then(|| turn(Some(next)))
    }

    /// When Redis is asked again if it fails a request made at `now`, which takes
    /// the time limit to see.
    fn after(&self, now: u64) -> u64 {
        let failed = now.saturating_add(self.time_limit);
        failed.saturating_add(self.length)
    }
}

impl Turn<'_> {
    /// Redis did not answer, and was asked at `now`.
    pub(super) fn failed(mut self, now: Duration) {
        self.probe = None;
        let until = self.pause.after(nanoseconds(now));
        self.pause.until.fetch_max(until, Ordering::Relaxed);
    }

    /// Redis answered. Only who asked whether it is back can say so: another
    /// answer may be older than the failure.
    pub(super) fn answered(mut self) {
        if self.probe.take().is_some() {
            self.pause.until.store(0, Ordering::Relaxed);
        }
    }
}

/// Where nobody waited for the answer the next request asks: else callers that go
/// away could keep everybody from Redis.
impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(until) = self.probe {
            let at_once = 1;
            _ = self.pause.until.compare_exchange(
                until,
                at_once,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
        }
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
        ask(&pause, milliseconds).failed(at(milliseconds));
        pause
    }

    /// As everybody does.
    fn ask(pause: &Pause, milliseconds: u64) -> Turn<'_> {
        let turn = pause.turn(at(milliseconds)).unwrap();
        assert_eq!(turn.probe, None);
        turn
    }

    fn probe(pause: &Pause, milliseconds: u64) -> Turn<'_> {
        let turn = pause.turn(at(milliseconds)).unwrap();
        assert!(turn.probe.is_some());
        turn
    }

    fn is_left_alone(pause: &Pause, milliseconds: u64) -> bool {
        pause.turn(at(milliseconds)).is_none()
    }

    #[test]
    fn one_request_probes_after_a_pause_and_its_answer_ends_it() {
        let pause = Pause::new(at(100), at(1_000));
        let early = ask(&pause, 4_999);
        ask(&pause, 5_000).failed(at(5_000));
        assert!(is_left_alone(&pause, 5_000));
        assert!(is_left_alone(&pause, 6_099));
        let probe = probe(&pause, 6_100);
        assert!(is_left_alone(&pause, 6_100));
        early.answered();
        assert!(is_left_alone(&pause, 6_150));
        probe.answered();
        ask(&pause, 6_150);
    }

    #[test]
    fn a_probe_that_fails_or_has_no_answer_yet_is_a_pause() {
        let pause = failed_at(5_000);
        let _unheard_of = probe(&pause, 6_100);
        assert!(is_left_alone(&pause, 7_199));
        probe(&pause, 7_200).failed(at(7_200));
        assert!(is_left_alone(&pause, 8_299));
        probe(&pause, 8_300);
    }

    #[test]
    fn a_caller_that_goes_away_pauses_for_nobody() {
        let pause = failed_at(5_000);
        drop(probe(&pause, 6_100));
        let next = probe(&pause, 6_100);
        assert!(is_left_alone(&pause, 6_100));
        drop(next);
        probe(&pause, 6_101).answered();
        drop(ask(&pause, 6_101));
        ask(&pause, 6_101);
    }

    #[test]
    fn a_caller_that_goes_away_late_ends_no_other_pause() {
        let pause = failed_at(5_000);
        let late = probe(&pause, 6_100);
        probe(&pause, 7_200).failed(at(7_200));
        drop(late);
        assert!(is_left_alone(&pause, 8_299));
    }

    #[test]
    fn a_clock_that_went_back_ends_a_pause() {
        let pause = failed_at(5_000);
        let _probe = probe(&pause, 4_999);
        assert!(is_left_alone(&pause, 4_999));
    }

    #[test]
    fn times_beyond_the_counter_do_not_wrap() {
        let pause = Pause::new(at(100), Duration::MAX);
        ask(&pause, 0).failed(Duration::MAX);
        assert!(is_left_alone(&pause, 0));
    }

    #[test]
    fn clients_share_one_pause_or_are_spread_over_many() {
        let settings = RedisSettings::default();
        let clients: Vec<String> = (0..200).map(|number| format!("client-{number}")).collect();
        for (pauses, at_least, at_most) in [
            (Pauses::one(&settings), 1, 1),
            (Pauses::many(&settings), 32, 64),
        ] {
            let mut seen: Vec<*const Pause> = Vec::new();
            for client in &clients {
                let pause = core::ptr::from_ref(pauses.of(client).unwrap());
                assert_eq!(pause, core::ptr::from_ref(pauses.of(client).unwrap()));
                if !seen.contains(&pause) {
                    seen.push(pause);
                }
            }
            assert!((at_least..=at_most).contains(&seen.len()), "{}", seen.len());
        }
    }
}
