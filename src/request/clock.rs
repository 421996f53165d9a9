//! Time as an argument: a wall clock for validity and calendars, a monotonic
//! clock for rates.

use core::fmt;
use core::time::Duration;

const SECONDS_PER_DAY: i64 = 86_400;

/// A moment on the wall clock, in whole seconds since 1970-01-01T00:00:00Z
/// (negative before), without leap seconds, as in POSIX.
///
/// `Display` prints ISO 8601 in UTC without fractions.
///
/// ```
/// use certgate::request::Timestamp;
///
/// let moment = Timestamp::from_unix_seconds(1_776_330_562);
/// assert_eq!(moment.to_string(), "2026-04-16T09:09:22Z");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A moment from seconds since the Unix epoch.
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// The start of a day of the proleptic Gregorian calendar, in UTC.
    #[must_use]
    pub const fn from_date(date: CivilDate) -> Self {
        Self(date.days_since_epoch() * SECONDS_PER_DAY)
    }

    /// The day in UTC on which this moment falls.
    #[must_use]
    pub const fn date(self) -> CivilDate {
        CivilDate::from_days(self.0.div_euclid(SECONDS_PER_DAY))
    }

    /// Seconds since midnight UTC, 0 to 86,399.
    #[must_use]
    pub const fn second_of_day(self) -> i64 {
        self.0.rem_euclid(SECONDS_PER_DAY)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        let second = self.second_of_day();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            date.year,
            date.month,
            date.day,
            second / 3600,
            second / 60 % 60,
            second % 60
        )
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A day of the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CivilDate {
    /// The year, as written: 2026.
    pub year: i64,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, 1 to 31.
    pub day: u8,
}

/// The civil year is counted from March here, so that the leap day is the
/// year's last and the months' lengths follow one linear formula; 400 years
/// (146,097 days) are one full cycle of the calendar.
impl CivilDate {
    /// The day that lies `days` after 1970-01-01.
    #[must_use]
    pub const fn from_days(days: i64) -> Self {
        let since_march = days + 719_468;
        let cycle = since_march.div_euclid(146_097);
        let day_of_cycle = since_march.rem_euclid(146_097);
        let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524
            - day_of_cycle / 146_096)
            / 365;
        let day_of_year =
            day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = cycle * 400 + year_of_cycle + if month <= 2 { 1 } else { 0 };
        Self {
            year,
            month: month as u8,
            day: day as u8,
        }
    }

    /// How many days this day lies after 1970-01-01.
    #[must_use]
    pub const fn days_since_epoch(self) -> i64 {
        let year = if self.month <= 2 {
            self.year - 1
        } else {
            self.year
        };
        let cycle = year.div_euclid(400);
        let year_of_cycle = year.rem_euclid(400);
        let month_from_march = (self.month as i64 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + self.day as i64 - 1;
        let day_of_cycle =
            year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
        cycle * 146_097 + day_of_cycle - 719_468
    }
}

/// The two clocks that a decision reads.
///
/// Certificates and calendar quotas follow `wall`; rates follow `monotonic`,
/// so that stepping the wall clock neither frees nor blocks anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The time of day, for validity periods and calendar quotas.
    pub wall: Timestamp,
    /// Time since any fixed moment (process start, say), for rates.
    pub monotonic: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (1_776_330_562, "2026-04-16T09:09:22Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (-631_152_000, "1950-01-01T00:00:00Z"),
        ] {
            assert_eq!(Timestamp::from_unix_seconds(seconds).to_string(), text);
        }
    }

    #[test]
    fn days_and_dates_convert_both_ways() {
        for days in -800_000..800_000 {
            assert_eq!(CivilDate::from_days(days).days_since_epoch(), days);
        }
    }
}
