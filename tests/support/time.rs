//! Moments as the corpus writes them.

use certgate::request::{CivilDate, Timestamp};

/// Reads `2026-04-16T09:14:22Z`, and nothing else.
pub fn parse(text: &str) -> Timestamp {
    let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    let date = CivilDate {
        year: number(0..4),
        month: number(5..7) as u8,
        day: number(8..10) as u8,
    };
    let second = number(11..13) * 3600 + number(14..16) * 60 + number(17..19);
    let moment = Timestamp::from_unix_seconds(Timestamp::from_date(date).unix_seconds() + second);
    assert_eq!(moment.to_string(), text, "not a moment");
    moment
}
