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

use std::num::NonZeroU32;
use std::time::Duration;

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
    /// When each segment admitted its last, in nanoseconds.
    lasts: [u64; KEPT],
    /// When the window admitted its last.
    latest: u64,
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
        let now = self.no_earlier(now);
        let per = nanoseconds(per);
        let wait = |last: u64| Duration::from_nanos(per - (now - last));

        let cost = u64::from(cost.get());
        let (used, oldest) = self
            .counted(per, now)
            .fold((0, now), |(used, oldest), (count, last)| {
                (used + count, last.min(oldest))
            });
        Standing {
            remaining: requests.saturating_sub(used),
            resets_in: wait(oldest),
            full_for: (used + cost > requests)
                .then(|| wait(self.in_the_way(requests, cost, per, now))),
        }
    }

    /// Counts a request at `now`, whether there is room or not.
    pub(super) fn charge(&mut self, per: Duration, now: Duration, cost: NonZeroU32) {
        let now = self.no_earlier(now);
        let per = nanoseconds(per);
        let place = place(per, now);
        let segment = (self.counts.get_mut(place), self.lasts.get_mut(place));
        if let (Some(count), Some(last)) = segment {
            if now - *last >= per {
                *count = 0;
            }
            *count = count.saturating_add(cost.get());
            *last = now;
            self.latest = now;
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
    fn no_earlier(&self, now: Duration) -> u64 {
        nanoseconds(now).max(self.latest)
    }
}

/// Where the segment of `now` is kept.
fn place(per: u64, now: u64) -> usize {
    // Rounded up, so that the segments of a window are no more than planned.
    let width = per.div_ceil(SEGMENTS_PER_WINDOW);
    (now / width % KEPT as u64) as usize
}

/// Nanoseconds, up to 584 years. Later than that time stands still, and a
/// full window stays full.
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
