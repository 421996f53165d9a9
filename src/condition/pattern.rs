//! Literals and globs that a value is held against.

use std::borrow::Cow;

use super::Field;

/// What a value has to be: a literal, or text with `*` in it.
///
/// A `*` stands for one or more characters, and crosses no separator of its
/// field: `.` in DNS names, `/` in URIs and SPIFFE IDs, `@` in e-mail addresses
/// and user principal names; nor, in URIs, the `?` and `#` that end an authority
/// or a path. A pattern is compared with the whole value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Literal(Box<str>),
    /// The text between the stars of each segment; a segment without a star
    /// has one part.
    Glob(Box<[Box<[Box<str>]>]>),
}

impl Pattern {
    /// Reads a pattern for the values of `field`.
    pub(crate) fn new(field: Field, text: &str) -> Self {
        let text = field.folded(text);
        if !text.contains('*') || !field.takes_patterns() {
            return Self::Literal(text.into());
        }
        let parts = |segment: &str| segment.split('*').map(Into::into).collect();
        Self::Glob(segments(field, &text).map(parts).collect())
    }

    /// Whether `value` is what it says.
    pub(crate) fn matches(&self, field: Field, value: &str) -> bool {
        let value = field.folded(value);
        match self {
            Self::Literal(literal) => **literal == *value,
            Self::Glob(glob) => {
                let mut values = segments(field, &value);
                glob.iter()
                    .all(|parts| values.next().is_some_and(|value| is_made_of(parts, value)))
                    && values.next().is_none()
                    && (field != Field::Uri || has_no_other_part(glob, &value))
            }
        }
    }
}

fn segments(field: Field, text: &str) -> impl Iterator<Item = &str> {
    let separator = field.separator();
    text.split(move |character| Some(character) == separator)
}

/// Whether no star of a URI's pattern that matches `value` stands for a `?` or
/// `#`: the text around the stars has all that there are.
fn has_no_other_part(glob: &[Box<[Box<str>]>], value: &str) -> bool {
    let count = |text: &str| text.matches(['?', '#']).count();
    let written_out: usize = glob.iter().flatten().map(|part| count(part)).sum();
    written_out == count(value)
}

/// Whether `value` consists of these parts, in order, with one or more
/// characters between each two. The leftmost place of each part leaves the most
/// to those after it, so that one pass decides.
fn is_made_of(parts: &[Box<str>], value: &str) -> bool {
    let (Some((first, rest)), Some((last, _))) = (parts.split_first(), parts.split_last()) else {
        return false;
    };
    let Some(mut left) = value.strip_prefix(&**first) else {
        return false;
    };
    let Some((_, middle)) = rest.split_last() else {
        return left.is_empty();
    };
    for part in middle {
        let Some((_, behind)) = after_one(left).and_then(|left| left.split_once(&**part)) else {
            return false;
        };
        left = behind;
    }
    after_one(left).is_some_and(|left| left.ends_with(&**last))
}

/// What comes after the first character.
fn after_one(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next()?;
    Some(characters.as_str())
}

impl Field {
    /// What no `*` crosses.
    fn separator(self) -> Option<char> {
        match self {
            Self::Dns => Some('.'),
            Self::Uri | Self::Spiffe => Some('/'),
            Self::Email | Self::Upn => Some('@'),
            _ => None,
        }
    }

    /// Whether a `*` is a pattern here; elsewhere it is a character.
    pub(crate) fn takes_patterns(self) -> bool {
        match self {
            Self::Subject(_) | Self::Spiffe | Self::Uri | Self::Dns | Self::Email | Self::Upn => {
                true
            }
            Self::TrustDomain | Self::Ip | Self::Serial | Self::Thumbprint | Self::PublicKey => {
                false
            }
        }
    }

    /// DNS names are compared without regard to ASCII case, everything else byte
    /// for byte.
    fn folded(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Dns if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Cow::Owned(text.to_ascii_lowercase())
            }
            _ => Cow::Borrowed(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::AttributeType;

    const CN: Field = Field::Subject(AttributeType::COMMON_NAME);

    #[track_caller]
    fn check(field: Field, pattern: &str, matching: &[&str], others: &[&str]) {
        let compiled = Pattern::new(field, pattern);
        for value in matching {
            assert!(compiled.matches(field, value), "{pattern} {value}");
        }
        for value in others {
            assert!(!compiled.matches(field, value), "{pattern} {value}");
        }
    }

    #[test]
    fn a_star_stays_inside_of_a_label_a_segment_or_a_mailbox() {
        check(
            Field::Dns,
            "*.partner.example",
            &[
                "a.partner.example",
                "A.Partner.Example",
                "*.partner.example",
            ],
            &[
                "partner.example",
                ".partner.example",
                "a.b.partner.example",
                "a.partner.example.evil",
                "a.partner.example.",
                "apartner.example",
            ],
        );
        check(
            Field::Uri,
            "https://*.example/partners/*",
            &["https://a.b.example/partners/x"],
            &[
                "https://a.example/partners/",
                "https://a.example/partners/x/y",
                "https://a/b.example/partners/x",
                "https://.example/partners/x",
                // Another host, and what it is asked.
                "https://evil?.example/partners/x",
                "https://evil#.example/partners/x",
                "https://a.example/partners/x?y",
                "https://a.example/partners/x#y",
            ],
        );
        check(
            Field::Uri,
            "https://*.example/?id=*#",
            &["https://a.example/?id=7#"],
            &["https://a?.example/?id=7#", "https://a.example/?id=7##"],
        );
        check(
            Field::Spiffe,
            "spiffe://td.example/ns/*/sa/api",
            &["spiffe://td.example/ns/payments/sa/api"],
            &[
                "spiffe://td.example/ns/payments/sa/api/admin",
                "spiffe://td.example/ns/a/b/sa/api",
                "spiffe://td.example/ns//sa/api",
                "spiffe://other.example/ns/payments/sa/api",
            ],
        );
        check(
            Field::Email,
            "*@partner.example",
            &["a.b@partner.example"],
            &[
                "@partner.example",
                "a@b@partner.example",
                "a@partner.example.evil",
            ],
        );
    }

    #[test]
    fn parts_are_found_in_order_with_something_between_each() {
        check(
            CN,
            "a*b*c",
            &[
                "a1b2c", "aabbc", "abbxc", "a.b/@b,c", "aXbbc", "aäbüc", "axbbcc",
            ],
            &[
                "abc", "a1bc", "ab1c", "a1b2cd", "xa1b2c", "a1c2b", "ac", "abbc", "",
            ],
        );
        check(CN, "*", &["x", "a.b/c@d"], &[""]);
        check(CN, "**", &["xy", "xyz"], &["x", ""]);
        check(CN, "a*a", &["aba", "aaa"], &["aa", "a"]);
        check(
            CN,
            "pisp-*",
            &["pisp-acme"],
            &["pisp-", "xpisp-acme", "PISP-acme"],
        );
    }

    #[test]
    fn what_is_no_pattern_is_literal() {
        check(CN, "acme", &["acme"], &["ACME", "acme ", "acm", ""]);
        check(
            Field::Dns,
            "API.example",
            &["api.EXAMPLE"],
            &["api.examples"],
        );
        check(Field::TrustDomain, "td.*", &["td.*"], &["td.example"]);
        check(Field::Thumbprint, "a*", &["a*"], &["ab"]);
    }

    #[test]
    fn a_hostile_value_costs_no_more_than_its_length() {
        let pattern = Pattern::new(CN, &"a*".repeat(50));
        assert!(!pattern.matches(CN, &"a".repeat(99)));
        assert!(pattern.matches(CN, &"a".repeat(200_000)));
        assert!(!Pattern::new(CN, "*a*a*a*a*b").matches(CN, &"a".repeat(200_000)));
    }
}
