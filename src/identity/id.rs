//! What an id may look like.

/// The longest id, in bytes.
const LONGEST: usize = 128;

/// Checks the id of a client or profile: 1 to 128 bytes of UTF-8 without
/// white space, control or bidirectional characters and braces. Ids are
/// compared byte for byte.
///
/// # Errors
///
/// Which of these rules the text breaks.
pub(crate) fn check_id(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        Err(IdError::Empty)
    } else if text.len() > LONGEST {
        Err(IdError::TooLong)
    } else if text.chars().any(is_refused) {
        Err(IdError::Character)
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IdError {
    /// It has no characters.
    #[error("an id has at least one character")]
    Empty,
    /// It is longer than 128 bytes.
    #[error("an id has at most 128 bytes")]
    TooLong,
    /// It has a space, a control or invisible character, or a brace.
    #[error("an id has no spaces, control characters or braces")]
    Character,
}

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
            ("", IdError::Empty),
            (&*"a".repeat(129), IdError::TooLong),
            ("a b", IdError::Character),
            ("a\u{a0}b", IdError::Character),
            ("a\tb", IdError::Character),
            ("a\0", IdError::Character),
            ("{a}", IdError::Character),
            ("a\u{202e}b", IdError::Character),
            ("a\u{200b}b", IdError::Character),
        ] {
            assert_eq!(check_id(text), Err(why), "{text:?}");
        }
    }
}
