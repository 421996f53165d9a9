//! Calendar windows: how many requests each admitted, whatever the clock does.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::limit::QuotaPeriod;
use super::outcome::Standing;
use crate::request::{CivilDate, Timestamp};

const SECONDS_PER_DAY: i64 = 86_400;
/// Monday, 1970-01-05.
const FIRST_MONDAY: i64 = 4 * SECONDS_PER_DAY;

/// Wall clocks are taken as showing at most this many seconds on either side
/// of the epoch, where no calendar arithmetic can overflow.
const FARTHEST: i64 = i64::MAX / 2;

/// How far a window may reach past that, at most: more than the longest is.
const FARTHEST_SPAN: u64 = 1 << 32;

/// How many spans of windows are remembered beside the one in force.
pub(super) const LEFT: usize = 4;

/// The requests that one quota counts.
///
/// The window in force is the calendar's. A clock can go back, so the windows
/// that were left are remembered with what they admitted, and a window that is
/// entered again goes on from there: none admits more than its number. What the
/// clock goes back from is counted in the window it goes back to, so that a step
/// back gives no second quota. A window that was never entered is empty once
/// time goes forward into it, also where a clock that was far ahead has been set
/// right.
///
/// Memory is bounded: neighbours among the windows left are counted as one span,
/// each as full as the fullest. That can only refuse, and only in windows that
/// the clock goes back to.
#[derive(Debug)]
pub(super) struct QuotaWindow {
    current: Span,
    left: [Span; LEFT],
}

/// Calendar windows in a row, and the most that any of them admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Span {
    used: u64,
    /// The first second, since the epoch.
    starts: i64,
    /// The first second after it.
    ends: i64,
}

impl Span {
    /// Before all time, as before the first request.
    const NONE: Self = Self {
        used: 0,
        starts: i64::MIN,
        ends: i64::MIN,
    };

    /// Whether it is one window of `period`, with requests.
    pub(super) fn is_window(&self, period: QuotaPeriod) -> bool {
        self.is_possible(period) && window_of(period, self.starts).1 == self.ends
    }

    /// Whether windows of `period` begin and end with it, and it has requests.
    pub(super) fn is_possible(&self, period: QuotaPeriod) -> bool {
        let nearer = |second: i64| second.unsigned_abs() <= FARTHEST.unsigned_abs() + FARTHEST_SPAN;
        self.used > 0
            && nearer(self.starts)
            && nearer(self.ends)
            && self.starts < self.ends
            && window_of(period, self.starts).0 == self.starts
            && window_of(period, self.ends - 1).1 == self.ends
    }

    const fn has(&self, second: i64) -> bool {
        self.starts <= second && second < self.ends
    }

    /// From the start of `self` to the end of `later`.
    fn and(self, later: Self) -> Self {
        Self {
            used: self.used.max(later.used),
            starts: self.starts,
            ends: self.ends.max(later.ends),
        }
    }
}

impl Default for QuotaWindow {
    fn default() -> Self {
        Self {
            current: Span::NONE,
            left: [Span::NONE; LEFT],
        }
    }
}

impl QuotaWindow {
    /// How a window of `period` that admits `requests` stands at `now`, on the
    /// wall clock.
    ///
    /// A clock that went back is taken over at once, even if the request is
    /// refused: what it went back from is counted in one window alone.
    pub(super) fn standing(
        &mut self,
        requests: u64,
        period: QuotaPeriod,
        now: Timestamp,
        cost: NonZeroU32,
    ) -> Standing {
        let now = seconds(now);
        let window = self.at(period, now);
        if now < self.current.starts {
            self.enter(window);
        }
        let remaining = requests.saturating_sub(window.used);
        let resets_in = Duration::from_secs(now.abs_diff(window.ends));
        Standing {
            remaining,
            resets_in,
            resets_in_then: resets_in,
            full_for: (remaining < u64::from(cost.get())).then_some(resets_in),
        }
    }

    /// Counts a request at `now`, whether there is room or not.
    pub(super) fn charge(&mut self, period: QuotaPeriod, now: Timestamp, cost: NonZeroU32) {
        self.count(period, seconds(now), u64::from(cost.get()));
    }

    /// The window in force and those that were left, if there were requests.
    pub(super) fn save(&self) -> Option<(Span, Vec<Span>)> {
        let left = self.left.iter().filter(|span| span.used > 0);
        (self.current.used > 0).then(|| (self.current, left.copied().collect()))
    }

    /// Counts what was saved, besides what is counted already.
    pub(super) fn restore(&mut self, period: QuotaPeriod, current: Span, left: &[Span]) {
        let own = core::mem::replace(&mut self.current, current);
        for span in left {
            self.leave(*span);
        }
        if own.used > 0 {
            self.count(period, own.starts, own.used);
        }
    }

    fn count(&mut self, period: QuotaPeriod, now: i64, requests: u64) {
        let window = self.at(period, now);
        self.enter(Span {
            used: window.used.saturating_add(requests),
            ..window
        });
    }

    /// The calendar window of `now`, with what counts in it.
    fn at(&self, period: QuotaPeriod, now: i64) -> Span {
        if self.current.has(now) {
            return self.current;
        }
        let (starts, ends) = window_of(period, now);
        let entered = self.left.iter().filter(|span| span.has(now));
        let before = entered.map(|span| span.used).max().unwrap_or(0);
        let went_back = now < self.current.starts;
        let carried = if went_back { self.current.used } else { 0 };
        Span {
            used: before.max(carried),
            starts,
            ends,
        }
    }

    fn enter(&mut self, window: Span) {
        let before = core::mem::replace(&mut self.current, window);
        if before.starts != window.starts && before.used > 0 {
            self.leave(before);
        }
    }

    /// Remembers a window that is no longer in force.
    fn leave(&mut self, window: Span) {
        let mut left = self.left.iter_mut();
        if let Some(span) = left.find(|span| span.has(window.starts)) {
            span.used = span.used.max(window.used);
            return;
        }
        if let Some(free) = self.left.iter_mut().find(|span| span.used == 0) {
            *free = window;
            return;
        }
        self.make_room(window);
    }

    /// Joins the two neighbours with the smallest gap, so that the gap that a
    /// jump of the clock left is the last to be taken as entered; and never
    /// those on both sides of the present.
    fn make_room(&mut self, window: Span) {
        let mut spans = [window; LEFT + 1];
        for (place, span) in spans.iter_mut().zip(self.left) {
            *place = span;
        }
        spans.sort_unstable_by_key(|span| span.starts);
        let present = self.current.starts;
        let gap = |earlier: &Span, later: &Span| {
            let has_present = earlier.ends <= present && present < later.starts;
            (has_present, later.starts.saturating_sub(earlier.ends))
        };
        let gaps = spans.iter().zip(spans.iter().skip(1)).enumerate();
        let smallest = gaps.min_by_key(|(_, (earlier, later))| gap(earlier, later));
        let joined = smallest.map(|(index, _)| index);
        let mut spans = spans.into_iter();
        for (index, place) in self.left.iter_mut().enumerate() {
            if let Some(span) = spans.next() {
                let later = (joined == Some(index)).then(|| spans.next()).flatten();
                *place = later.map_or(span, |later| span.and(later));
            }
        }
    }
}

/// The first second of the window of `period` in which `now` lies, and the
/// first after it.
fn window_of(period: QuotaPeriod, now: i64) -> (i64, i64) {
    match period {
        QuotaPeriod::Day => fixed(SECONDS_PER_DAY, 0, now),
        QuotaPeriod::Week => fixed(7 * SECONDS_PER_DAY, FIRST_MONDAY, now),
        QuotaPeriod::Month => month(now),
        QuotaPeriod::Every(length) => fixed(i64::from(length.get()), 0, now),
    }
}

/// Windows of `length` seconds, one of which starts at `anchor`.
fn fixed(length: i64, anchor: i64, now: i64) -> (i64, i64) {
    let starts = now - (now - anchor).rem_euclid(length);
    (starts, starts + length)
}

fn month(now: i64) -> (i64, i64) {
    let CivilDate { year, month, .. } = Timestamp::from_unix_seconds(now).date();
    let first = |year, month| {
        let date = CivilDate {
            year,
            month,
            day: 1,
        };
        Timestamp::from_date(date).unix_seconds()
    };
    let next = match month {
        12 => first(year + 1, 1),
        month => first(year, month + 1),
    };
    (first(year, month), next)
}

fn seconds(now: Timestamp) -> i64 {
    now.unix_seconds().clamp(-FARTHEST, FARTHEST)
}
