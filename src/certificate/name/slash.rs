//! The slash form of OpenSSL, `/C=US/O=Example/CN=x`: most general first, and
//! without escapes, so that `/` and `+` in a value cannot always be told from
//! the start of an attribute.

use super::AttributeType;
use super::distinguished::{NameAttribute, NameValue};
use super::error::{NameError, NameErrorKind};
use super::parse::configured_type;

/// The RDNs in the order of the text, which is most general first, and whether
/// the text could be read in another way.
pub(super) fn parse_slash_form(text: &str) -> Result<(Vec<Vec<NameAttribute>>, bool), NameError> {
    if let Some(at) = text.find('\\') {
        return Err(NameError::new(NameErrorKind::Escape, at));
    }
    if let Some(at) = text.find('\0') {
        return Err(NameError::new(NameErrorKind::Character, at));
    }
    let mut rdns: Vec<(AttributeType, String)> = Vec::new();
    let mut ambiguous = false;
    for part in text.split('/').skip(1) {
        match (start_of_attribute(part), rdns.last_mut()) {
            (Start::Known(attribute_type, value), _) => {
                rdns.push((attribute_type, value.to_owned()));
            }
            (Start::Unknown | Start::None, None) => {
                return Err(NameError::new(NameErrorKind::AttributeType, 1));
            }
            (start, Some((_, value))) => {
                ambiguous |= matches!(start, Start::Unknown);
                value.push('/');
                value.push_str(part);
            }
        }
    }
    ambiguous |= text
        .split('+')
        .skip(1)
        .any(|part| !matches!(start_of_attribute(part), Start::None));
    let rdns = rdns.into_iter().map(|(attribute_type, value)| {
        vec![NameAttribute::new(
            attribute_type,
            NameValue::Text(value.into()),
        )]
    });
    Ok((rdns.collect(), ambiguous))
}

/// What a text begins with.
enum Start<'a> {
    /// `type=` of a known type, and what follows.
    Known(AttributeType, &'a str),
    /// A word and `=`, which may be a type or not.
    Unknown,
    /// Something else.
    None,
}

fn start_of_attribute(part: &str) -> Start<'_> {
    let Some((word, value)) = part.split_once('=') else {
        return Start::None;
    };
    match configured_type(word.trim_matches(' ')) {
        Some(attribute_type) => Start::Known(attribute_type, value.trim_matches(' ')),
        None if word.contains(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-') => {
            Start::None
        }
        None => Start::Unknown,
    }
}
