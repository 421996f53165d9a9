//! A sliding window in bounded memory that never admits too many.
//!
//! Time is cut into segments of a sixteenth of the window's length. Each
//! segment keeps how many requests it admitted, by what they cost, and when it
//! admitted its last, and is forgotten as a whole once that last request is a
//! full window old. So
//!
//! - no request is forgotten before its time: the number holds in every
//!   window, wherever it starts;
//! - a request is remembered for less than a sixteenth of the window too long,
//!   because the last of its segment came less than a segment after it; and
//!   not at all too long where it is that last one, as in a burst.
//!
//! Segments that are restored on another clock fall between its own. Where two
//! fall into one they are joined, with the later last, so that a request may be
//! remembered for a sixteenth more.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::outcome::Standing;

/// How many segments a window's length is cut into.
const SEGMENTS_PER_WINDOW: u64 = 16;

/// How many segments are kept: those of a whole window, and the one that the
/// window's edge runs through.
///
/// A segment's place is its number modulo `KEPT`, and whatever still stands
/// there is forgotten already: it is at least `KEPT` segments older, so its
/// last request is more than `KEPT - 1` segments old, and those are at least
/// one window.
const KEPT: usize = SEGMENTS_PER_WINDOW as usize + 1;

/// The requests that one rate counts. All zero is the empty window.
#[derive(Debug, Default)]
pub(super) struct RateWindow {
    /// How many requests each segment admitted.
    counts: [u32; KEPT],
    /// When each segment admitted its last, in nanoseconds; see [`time`].
    lasts: [u64; KEPT],
    /// When the window admitted its last.
    latest: u64,
}

/// What one segment counts, for another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Segment {
    requests: NonZeroU32,
    /// How long ago its last was admitted, in nanoseconds.
    age_ns: u64,
}

impl Segment {
    /// Whether a window of the length `per` can have these segments.
    pub(super) fn are_possible(segments: &[Self], per: Duration) -> bool {
        segments.len() <= KEPT
            && segments.is_sorted_by(|older, newer| older.age_ns >= newer.age_ns)
            && segments.iter().all(|s| s.age_ns < nanoseconds(per))
    }
}

impl RateWindow {
    /// How a window of the length `per` that admits `requests` stands at `now`,
    /// on the monotonic clock.
    pub(super) fn standing(
        &self,
        requests: u64,
        per: Duration,
        now: Duration,
        cost: NonZeroU32,
    ) -> Standing {
        let per = nanoseconds(per);
        let now = self.no_earlier(time(per, now));
        let wait = |last: u64| Duration::from_nanos(per - (now - last));

        let cost = u64::from(cost.get());
        let (used, oldest) = self
            .counted(per, now)
            .fold((0, now), |(used, oldest), (count, last)| {
                (used + count, last.min(oldest))
            });
        // A request that joins the oldest segment has it remembered for as long as
        // itself.
        let joins_oldest = place(per, oldest) == place(per, now);
        Standing {
            remaining: requests.saturating_sub(used),
            resets_in: wait(oldest),
            resets_in_then: wait(if joins_oldest { now } else { oldest }),
            full_for: (used + cost > requests)
                .then(|| wait(self.in_the_way(requests, cost, per, now))),
        }
    }

    /// Counts a request at `now`, whether there is room or not.
    pub(super) fn charge(&mut self, per: Duration, now: Duration, cost: NonZeroU32) {
        let per = nanoseconds(per);
        let now = self.no_earlier(time(per, now));
        self.count(per, now, cost.get(), now);
    }

    /// What counts at `now`, oldest first. The ages are those at `now` also where
    /// another thread's clock was ahead of it.
    pub(super) fn save(&self, per: Duration, now: Duration) -> Vec<Segment> {
        let per = nanoseconds(per);
        let now = time(per, now);
        let segments = self.counts.iter().zip(&self.lasts);
        let mut saved: Vec<Segment> = segments
            .filter_map(|(&count, &last)| {
                Some(Segment {
                    requests: NonZeroU32::new(count)?,
                    age_ns: now.saturating_sub(last),
                })
            })
            .filter(|segment| segment.age_ns < per)
            .collect();
        saved.sort_unstable_by_key(|segment| core::cmp::Reverse(segment.age_ns));
        saved
    }

    /// Counts segments that were saved `elapsed` before `now`, besides what is
    /// counted already.
    pub(super) fn restore(
        &mut self,
        per: Duration,
        now: Duration,
        elapsed: Duration,
        saved: &[Segment],
    ) {
        let per = nanoseconds(per);
        let now = self.no_earlier(time(per, now));
        for segment in saved {
            let age = segment.age_ns.saturating_add(nanoseconds(elapsed));
            if age < per {
                self.count(per, now - age, segment.requests.get(), now);
            }
        }
    }

    /// Counts requests whose last was admitted at `at`, less than a window before
    /// `now`.
    fn count(&mut self, per: u64, at: u64, requests: u32, now: u64) {
        let place = place(per, at);
        let segment = (self.counts.get_mut(place), self.lasts.get_mut(place));
        if let (Some(count), Some(last)) = segment {
            if now - *last >= per {
                *count = 0;
            }
            *count = count.saturating_add(requests);
            *last = at.max(*last);
            self.latest = self.latest.max(at);
        }
    }

    /// The segments that count at `now`: the number of requests and the time
    /// of the last.
    fn counted(&self, per: u64, now: u64) -> impl Iterator<Item = (u64, u64)> {
        self.counts
            .iter()
            .zip(&self.lasts)
            .map(|(&count, &last)| (u64::from(count), last))
            .filter(move |&(count, last)| count > 0 && now - last < per)
    }

    /// Of a window without room for a request of that cost, the last that has to
    /// be forgotten before it fits; `now` where it never will. For a cost of 1 it
    /// is in the oldest segment, unless the rate was lowered.
    fn in_the_way(&self, requests: u64, cost: u64, per: u64, now: u64) -> u64 {
        let left_after = |gone: u64| -> u64 {
            let left = self.counted(per, now).filter(|&(_, last)| last > gone);
            left.map(|(count, _)| count).sum()
        };
        let lasts = self.counted(per, now).map(|(_, last)| last);
        let fits = lasts.filter(|&last| left_after(last) + cost <= requests);
        fits.min().unwrap_or(now)
    }

    /// Time stands still where the clock goes back behind an admitted request.
    fn no_earlier(&self, now: u64) -> u64 {
        now.max(self.latest)
    }
}

/// A reading of the clock as windows of the length `per` count time: from before
/// the clock began, so that there is a time for what was admitted in the window
/// before, by an earlier process.
fn time(per: u64, now: Duration) -> u64 {
    nanoseconds(now).saturating_add(KEPT as u64 * width(per))
}

/// The length of a segment, rounded up, so that the segments of a window are no
/// more than planned.
fn width(per: u64) -> u64 {
    per.div_ceil(SEGMENTS_PER_WINDOW)
}

/// Where the segment of `now` is kept.
fn place(per: u64, now: u64) -> usize {
    (now / width(per) % KEPT as u64) as usize
}

/// Nanoseconds, up to 584 years. Later than that time stands still, and a
/// full window stays full.
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
