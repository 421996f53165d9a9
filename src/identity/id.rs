//! What an id may look like.

use core::fmt;

/// The longest id, in bytes.
const LONGEST: usize = 128;

/// Checks the id of a client or profile: 1 to 128 bytes of UTF-8 without
/// white space, control or bidirectional characters and braces. Ids are
/// compared byte for byte.
///
/// # Errors
///
/// Which of these rules the text breaks.
pub fn check_id(text: &str) -> Result<(), InvalidId> {
    if text.is_empty() {
        Err(InvalidId::Empty)
    } else if text.len() > LONGEST {
        Err(InvalidId::TooLong)
    } else if text.chars().any(is_refused) {
        Err(InvalidId::Character)
    } else {
        Ok(())
    }
}

fn is_refused(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '{' | '}')
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Why a text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidId {
    /// It has no characters.
    Empty,
    /// It is longer than 128 bytes.
    TooLong,
    /// It has a space, a control or invisible character, or a brace.
    Character,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an id has at least one character",
            Self::TooLong => "an id has at most 128 bytes",
            Self::Character => "an id has no spaces, control characters or braces",
        })
    }
}

impl std::error::Error for InvalidId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_and_visible() {
        for text in [
            "a",
            "pisp-partner-acme",
            "spiffe://td/ns/x",
            "M\u{fc}ller",
            &"a".repeat(128),
        ] {
            assert_eq!(check_id(text), Ok(()), "{text}");
        }
        for (text, why) in [
            ("", InvalidId::Empty),
            (&*"a".repeat(129), InvalidId::TooLong),
            ("a b", InvalidId::Character),
            ("a\u{a0}b", InvalidId::Character),
            ("a\tb", InvalidId::Character),
            ("a\0", InvalidId::Character),
            ("{a}", InvalidId::Character),
            ("a\u{202e}b", InvalidId::Character),
            ("a\u{200b}b", InvalidId::Character),
        ] {
            assert_eq!(check_id(text), Err(why), "{text:?}");
        }
    }
}
