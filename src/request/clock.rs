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

    /// Reads exactly `YYYY-MM-DDTHH:MM:SSZ`, RFC 3339 in UTC with whole
    /// seconds, as `Display` prints it; years 0000 to 9999.
    ///
    /// `None` for every other form (offsets, fractions, lower case, spaces) and
    /// for what does not exist: February 29 of a common year, hour 24, and the
    /// leap second 60, which POSIX time has no number for.
    ///
    /// ```
    /// use certgate::request::Timestamp;
    ///
    /// let moment = Timestamp::parse_rfc3339_utc(b"2026-04-16T09:09:22Z");
    /// assert_eq!(moment, Some(Timestamp::from_unix_seconds(1_776_330_562)));
    /// assert_eq!(Timestamp::parse_rfc3339_utc(b"2026-02-29T00:00:00Z"), None);
    /// ```
    #[must_use]
    pub fn parse_rfc3339_utc(text: &[u8]) -> Option<Self> {
        let &[
            y1,
            y2,
            y3,
            y4,
            b'-',
            mo1,
            mo2,
            b'-',
            d1,
            d2,
            b'T',
            h1,
            h2,
            b':',
            mi1,
            mi2,
            b':',
            s1,
            s2,
            b'Z',
        ] = text
        else {
            return None;
        };
        Self::from_digits(&[y1, y2, y3, y4, mo1, mo2, d1, d2, h1, h2, mi1, mi2, s1, s2])
    }

    /// Reads the digits `YYYYMMDDHHMMSS`, in UTC; `None` for other bytes, and
    /// for what does not exist in the calendar or in POSIX time.
    pub(crate) fn from_digits(digits: &[u8; 14]) -> Option<Self> {
        let &[y1, y2, y3, y4, mo1, mo2, d1, d2, h1, h2, mi1, mi2, s1, s2] = digits;
        let date = CivilDate {
            year: i64::from(number(y1, y2)?) * 100 + i64::from(number(y3, y4)?),
            month: number(mo1, mo2)?,
            day: number(d1, d2)?,
        };
        let (hour, minute, second) = (number(h1, h2)?, number(mi1, mi2)?, number(s1, s2)?);
        // The calendar carries a day that does not exist over to one that does.
        if CivilDate::from_days(date.days_since_epoch()) != date
            || hour > 23
            || minute > 59
            || second > 59
        {
            return None;
        }
        let second_of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Some(Self(Self::from_date(date).0 + second_of_day))
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

/// Two digits, as a number.
fn number(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
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
    /// Time since a fixed moment (process start, say), for rates. It is one moment
    /// for all that is counted in one store of limits.
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
    fn rfc3339_is_read_in_one_form() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -1),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2023-09-21T01:50:17Z", 1_695_261_017),
            ("2024-09-20T01:50:17Z", 1_726_797_017),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            let moment = Timestamp::parse_rfc3339_utc(text.as_bytes());
            assert_eq!(moment, Some(Timestamp(seconds)), "{text}");
            assert_eq!(Timestamp(seconds).to_string(), text);
        }
        for text in [
            "",
            // What does not exist.
            "2023-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2024-02-30T00:00:00Z",
            "2024-04-31T00:00:00Z",
            "2024-01-32T00:00:00Z",
            "2024-01-00T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2016-12-31T23:59:60Z",
            // Other forms.
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00z",
            "2024-01-01t00:00:00Z",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00.0Z",
            "2024-01-01T00:00:00+00:00",
            "2024-01-01T00:00Z",
            "2024-1-01T00:00:00Z",
            "24-01-01T00:00:00Z",
            "02024-01-01T00:00:00Z",
            "-024-01-01T00:00:00Z",
            "+024-01-01T00:00:00Z",
            "20240101T000000Z",
            "2024-01-01T00:00:0 Z",
            "2024-01-01T00:00:0:Z",
            "2024-01-01T00:00:0/Z",
            " 2024-01-01T00:00:00Z",
            "2024-01-01T00:00:00Z ",
            "2024-01-01T00:00:00Z\0",
        ] {
            assert_eq!(
                Timestamp::parse_rfc3339_utc(text.as_bytes()),
                None,
                "{text}"
            );
        }
    }

    #[test]
    fn days_and_dates_convert_both_ways() {
        for days in -800_000..800_000 {
            assert_eq!(CivilDate::from_days(days).days_since_epoch(), days);
        }
    }
}
