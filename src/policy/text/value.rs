//! Reading one value: a text, a number, a word, a list of texts.

use std::num::NonZeroU64;
use std::time::Duration;

use crate::request::Timestamp;

use super::cursor::{Cursor, nearest, quoted_list};
use super::document::{Located, TextList};
use super::tree::Value;

pub(super) fn text(cursor: Cursor<'_>) -> Option<Located<String>> {
    match cursor.value {
        Value::String(value) => Some(Located::new(value, cursor.at)),
        _ => cursor.expected("a string"),
    }
}

pub(super) fn flag(cursor: Cursor<'_>) -> Option<Located<bool>> {
    match cursor.value {
        Value::Boolean(value) => Some(Located::new(value, cursor.at)),
        _ => cursor.expected("true or false"),
    }
}

pub(super) fn integer(cursor: Cursor<'_>) -> Option<Located<i64>> {
    match cursor.value {
        Value::Integer(value) => Some(Located::new(value, cursor.at)),
        _ => cursor.expected("an integer"),
    }
}

/// An integer of at least one.
pub(super) fn count(cursor: Cursor<'_>) -> Option<Located<NonZeroU64>> {
    if let Value::Integer(integer) = cursor.value {
        let count = u64::try_from(integer).ok().and_then(NonZeroU64::new);
        return match count {
            Some(value) => Some(Located::new(value, cursor.at)),
            None => cursor.error("must be at least 1", None),
        };
    }
    cursor.expected("an integer")
}

/// A length of time such as `1m`: a whole number and one unit.
pub(super) fn duration(cursor: Cursor<'_>) -> Option<Located<Duration>> {
    const HINT: &str = "write a whole number and one of the units s, m, h, d, such as \"30d\"";
    let Value::String(text) = &cursor.value else {
        return cursor.expected("a length of time such as \"1m\"");
    };
    match parse_duration(text) {
        Some(Duration::ZERO) => cursor.error("must be longer than zero", None),
        Some(value) => Some(Located::new(value, cursor.at)),
        None => cursor.error("not a length of time", Some(HINT.to_owned())),
    }
}

/// A moment such as `2026-12-31T00:00:00Z`, or a day, which is its first moment;
/// both in UTC.
pub(super) fn moment(cursor: Cursor<'_>) -> Option<Located<Timestamp>> {
    const HINT: &str = "write a day such as \"2026-12-31\", or a moment in UTC such as \
                        \"2026-12-31T09:00:00Z\"";
    let Value::String(text) = &cursor.value else {
        return cursor.expected("a string such as \"2026-12-31\"");
    };
    let whole = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        _ => text.clone(),
    };
    match Timestamp::parse_rfc3339_utc(whole.as_bytes()) {
        Some(value) => Some(Located::new(value, cursor.at)),
        None => cursor.error("not a moment", Some(HINT.to_owned())),
    }
}

/// One of the words.
pub(super) fn word<T: Copy>(cursor: Cursor<'_>, words: &[(&str, T)]) -> Option<Located<T>> {
    let Value::String(text) = &cursor.value else {
        return cursor.expected("a string");
    };
    if let Some(&(_, value)) = words.iter().find(|(word, _)| word == text) {
        return Some(Located::new(value, cursor.at));
    }
    let allowed: Vec<&str> = words.iter().map(|&(word, _)| word).collect();
    let message = format!("must be one of {}", quoted_list(&allowed));
    let hint = nearest(text, &allowed).map(|word| format!("did you mean `{word}`?"));
    cursor.error(&message, hint)
}

pub(super) fn texts(cursor: Cursor<'_>) -> Option<TextList> {
    cursor.list(text)
}

pub(super) fn filled_texts(cursor: Cursor<'_>) -> Option<TextList> {
    cursor.filled(text)
}

/// One text, which is a list of one; or a list.
pub(super) fn text_or_texts(cursor: Cursor<'_>) -> Option<TextList> {
    match &cursor.value {
        Value::String(_) => {
            let only = text(cursor)?;
            let at = only.at.clone();
            Some(Located::new(vec![only], at))
        }
        Value::List(_) => filled_texts(cursor),
        _ => cursor.expected("a string or a list of strings"),
    }
}

/// Not `humantime`, which also reads months of 30.44 days (`1M`, a slip away
/// from `1m`), years, fractions, and `1 0m` as ten minutes.
fn parse_duration(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(unit_at)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    let number: u64 = number.parse().ok()?;
    Some(Duration::from_secs(number.checked_mul(seconds)?))
}
