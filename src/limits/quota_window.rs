//! A calendar window: how many requests it admitted, and when it ends.

use std::time::Duration;

use super::limit::{Quota, QuotaPeriod};
use super::outcome::Standing;
use crate::request::{CivilDate, Timestamp};

const SECONDS_PER_DAY: i64 = 86_400;
/// Monday, 1970-01-05.
const FIRST_MONDAY: i64 = 4 * SECONDS_PER_DAY;

/// Wall clocks are taken as showing at most this many seconds on either side
/// of the epoch, where no calendar arithmetic can overflow.
const FARTHEST: i64 = i64::MAX / 2;

/// The requests that one quota counts.
///
/// A window is in force until it ends, even if the clock goes back to before
/// it started: a step of the clock never gives a second quota. If the clock
/// was far ahead for a while, that window stays in force until the clock is
/// there again.
#[derive(Debug)]
pub(super) struct QuotaWindow {
    used: u64,
    /// The first second of the next window, since the epoch.
    ends: i64,
}

impl Default for QuotaWindow {
    /// The window before the first request, long over.
    fn default() -> Self {
        Self {
            used: 0,
            ends: i64::MIN,
        }
    }
}

impl QuotaWindow {
    /// How the window stands at `now`, on the wall clock.
    pub(super) fn standing(&self, quota: Quota, now: Timestamp) -> Standing {
        let now = seconds(now);
        let window = self.at(quota.period(), now);
        let remaining = quota.requests().get().saturating_sub(window.used);
        let resets_in = Duration::from_secs(now.abs_diff(window.ends));
        Standing {
            remaining,
            resets_in,
            full_for: (remaining == 0).then_some(resets_in),
        }
    }

    /// Counts one request at `now`. The caller has seen that there is room.
    pub(super) fn charge(&mut self, quota: Quota, now: Timestamp) {
        let window = self.at(quota.period(), seconds(now));
        *self = Self {
            used: window.used.saturating_add(1),
            ends: window.ends,
        };
    }

    /// The window in force at `now`, which ends later than `now`.
    fn at(&self, period: QuotaPeriod, now: i64) -> Self {
        if now < self.ends {
            Self { ..*self }
        } else {
            Self {
                used: 0,
                ends: end_of_window(period, now),
            }
        }
    }
}

/// The first second after the window of `period` in which `now` lies.
fn end_of_window(period: QuotaPeriod, now: i64) -> i64 {
    match period {
        QuotaPeriod::Day => end_of_fixed(SECONDS_PER_DAY, 0, now),
        QuotaPeriod::Week => end_of_fixed(7 * SECONDS_PER_DAY, FIRST_MONDAY, now),
        QuotaPeriod::Month => end_of_month(now),
        QuotaPeriod::Every(length) => end_of_fixed(i64::from(length.get()), 0, now),
    }
}

/// Windows of `length` seconds, one of which starts at `anchor`.
fn end_of_fixed(length: i64, anchor: i64, now: i64) -> i64 {
    now - (now - anchor).rem_euclid(length) + length
}

fn end_of_month(now: i64) -> i64 {
    let CivilDate { year, month, .. } = Timestamp::from_unix_seconds(now).date();
    let (year, month) = match month {
        12 => (year + 1, 1),
        month => (year, month + 1),
    };
    let first = CivilDate {
        year,
        month,
        day: 1,
    };
    Timestamp::from_date(first).unix_seconds()
}

fn seconds(now: Timestamp) -> i64 {
    now.unix_seconds().clamp(-FARTHEST, FARTHEST)
}
