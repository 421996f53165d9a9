//! A request target becomes one canonical path, or is refused.
//!
//! Backends and routers differ in how they read `//`, `..`, `%2F` or `;x`. A
//! path that two of them may read differently is refused, so that a rule about
//! a path cannot be walked around by spelling it in another way.

use core::fmt;
use std::borrow::Cow;

/// How paths are read; the same for requests and for the rules' own paths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathSyntax {
    /// Whether `/Payments` is `/payments`.
    pub case: Case,
    /// Whether a segment may carry `;parameters`.
    pub parameters: Parameters,
}

/// Whether the case of ASCII letters counts in a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// It does.
    #[default]
    Sensitive,
    /// It does not.
    Insensitive,
}

/// What a `;` in a path segment means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parameters {
    /// The path is refused.
    #[default]
    Refused,
    /// What follows it in the segment is not looked at by any rule.
    Ignored,
}

/// A path in canonical form: it begins with `/`, has no empty and no dot
/// segments, and every character that may stand for itself does. Other
/// characters are `%XX` with upper-case digits.
///
/// ```
/// use certgate::request::{CleanPath, PathSyntax};
///
/// let path = CleanPath::parse("/%65xecute/?dry-run", PathSyntax::default())?;
/// assert_eq!(path.as_str(), "/execute/");
/// assert!(CleanPath::parse("/a/../execute", PathSyntax::default()).is_err());
/// # Ok::<(), certgate::request::PathError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanPath<'a>(Cow<'a, str>);

impl<'a> CleanPath<'a> {
    /// Reads a request target in origin form; a query is cut off.
    ///
    /// Escapes of characters that RFC 3986 allows in a segment are decoded,
    /// the sub-delimiters too (a backend decodes them, so a rule has to meet
    /// them), save `;`.
    ///
    /// # Errors
    ///
    /// A target that does not begin with `/`, an empty segment other than a
    /// trailing one, a `.` or `..` segment, an encoded `/`, `\` or NUL, a raw
    /// `\`, `#` or space, a control character in either form, an escape without
    /// two hexadecimal digits, and a `;` in either form where parameters are
    /// refused.
    pub fn parse(target: &'a str, syntax: PathSyntax) -> Result<Self, PathError> {
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        if !path.starts_with('/') {
            return Err(PathError::new(PathErrorKind::NotOriginForm, 0));
        }
        let canonical = if path.bytes().all(|byte| stands_for_itself(byte, syntax)) {
            Cow::Borrowed(path)
        } else {
            Cow::Owned(canonicalise(path, syntax)?)
        };
        refuse_odd_segments(&canonical)?;
        Ok(Self(canonical))
    }

    /// The whole path, with a trailing slash if the request had one.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path as rules see it: without a trailing slash, so that one does
    /// not escape a rule. The root is the empty string.
    #[must_use]
    pub fn without_trailing_slash(&self) -> &str {
        self.0.strip_suffix('/').unwrap_or(&self.0)
    }
}

/// Bytes that are canonical as they are, whatever stands around them.
fn stands_for_itself(byte: u8, syntax: PathSyntax) -> bool {
    match byte {
        b'A'..=b'Z' => syntax.case == Case::Sensitive,
        b'/' => true,
        _ => is_segment_character(byte) && byte != b';',
    }
}

/// The `pchar` of RFC 3986 section 3.3, without escapes.
fn is_segment_character(byte: u8) -> bool {
    matches!(
        byte,
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9'
        | b'-' | b'.' | b'_' | b'~'
        | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'='
        | b':' | b'@'
    )
}

fn canonicalise(path: &str, syntax: PathSyntax) -> Result<String, PathError> {
    let mut canonical = String::with_capacity(path.len());
    let mut in_parameters = false;
    let mut bytes = path.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        let (value, escaped) = if byte == b'%' {
            let mut digit = || bytes.next().and_then(|(_, d)| (d as char).to_digit(16));
            let (Some(high), Some(low)) = (digit(), digit()) else {
                return Err(PathError::new(PathErrorKind::BadEscape, at));
            };
            ((high * 16 + low) as u8, true)
        } else {
            (byte, false)
        };
        match value {
            b'/' if escaped => return Err(PathError::new(PathErrorKind::EncodedSeparator, at)),
            0 | b'\\' => return Err(PathError::new(PathErrorKind::EncodedSeparator, at)),
            0x01..=0x1f | 0x7f => {
                return Err(PathError::new(PathErrorKind::ForbiddenCharacter, at));
            }
            b'#' | b' ' if !escaped => {
                return Err(PathError::new(PathErrorKind::ForbiddenCharacter, at));
            }
            b';' if syntax.parameters == Parameters::Refused => {
                return Err(PathError::new(PathErrorKind::Parameters, at));
            }
            b';' if !escaped => {
                in_parameters = true;
                continue;
            }
            b'/' => in_parameters = false,
            _ => {}
        }
        if !in_parameters {
            push_canonical(&mut canonical, value, syntax.case);
        }
    }
    Ok(canonical)
}

fn push_canonical(canonical: &mut String, value: u8, case: Case) {
    if value == b'/' || (is_segment_character(value) && value != b';') {
        let value = match case {
            Case::Sensitive => value,
            Case::Insensitive => value.to_ascii_lowercase(),
        };
        canonical.push(char::from(value));
    } else {
        canonical.push('%');
        for digit in [value >> 4, value & 15] {
            let digit = char::from_digit(digit.into(), 16).unwrap_or('0');
            canonical.push(digit.to_ascii_uppercase());
        }
    }
}

/// Works on the canonical text, where every dot is a plain dot.
fn refuse_odd_segments(canonical: &str) -> Result<(), PathError> {
    // Only after a slash can a segment be empty or begin with a dot.
    let mut pairs = canonical.as_bytes().windows(2);
    if !pairs.any(|pair| matches!(pair, b"//" | b"/.")) {
        return Ok(());
    }
    let mut at = 1;
    let mut segments = canonical.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "" if !last => return Err(PathError::new(PathErrorKind::EmptySegment, at)),
            "." | ".." => return Err(PathError::new(PathErrorKind::DotSegment, at)),
            _ => {}
        }
        at += segment.len() + 1;
    }
    Ok(())
}

/// Why a request target is not a path that rules can be applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathError {
    kind: PathErrorKind,
    offset: usize,
}

impl PathError {
    fn new(kind: PathErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(self) -> PathErrorKind {
        self.kind
    }

    /// Where, as a byte offset: into the target, or for segments into the
    /// path's canonical form.
    #[must_use]
    pub fn offset(self) -> usize {
        self.offset
    }
}

/// The kinds of [`PathError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathErrorKind {
    /// The target does not begin with `/`.
    NotOriginForm,
    /// `//` inside the path.
    EmptySegment,
    /// A `.` or `..` segment, encoded or not.
    DotSegment,
    /// An encoded `/`, an encoded NUL, or a backslash in either form.
    EncodedSeparator,
    /// `%` without two hexadecimal digits.
    BadEscape,
    /// A `;`, encoded or not, where parameters are refused.
    Parameters,
    /// A raw `#` or space, or a control character in either form: a pattern that
    /// ends with `$` takes `/execute%0A` for `/execute`.
    ForbiddenCharacter,
}

impl PathErrorKind {
    /// The stable code, in snake case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotOriginForm => "not_origin_form",
            Self::EmptySegment => "empty_segment",
            Self::DotSegment => "dot_segment",
            Self::EncodedSeparator => "encoded_separator",
            Self::BadEscape => "bad_escape",
            Self::Parameters => "path_parameters",
            Self::ForbiddenCharacter => "forbidden_character",
        }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            PathErrorKind::NotOriginForm => "the target does not begin with a slash",
            PathErrorKind::EmptySegment => "an empty path segment",
            PathErrorKind::DotSegment => "a dot segment",
            PathErrorKind::EncodedSeparator => "an encoded separator or NUL, or a backslash",
            PathErrorKind::BadEscape => "a percent sign without two hexadecimal digits",
            PathErrorKind::Parameters => "path parameters are not allowed",
            PathErrorKind::ForbiddenCharacter => "a character that does not belong in a path",
        };
        write!(f, "{what} at byte {}", self.offset)
    }
}

impl std::error::Error for PathError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_canonical_form() {
        for (target, canonical) in [
            ("/", "/"),
            ("/execute", "/execute"),
            ("/execute/", "/execute/"),
            ("/execute?x=/../y", "/execute"),
            ("/%65xecute", "/execute"),
            ("/%7Euser/%2d", "/~user/-"),
            ("/jobs%3arun", "/jobs:run"),
            ("/caf\u{e9}", "/caf%C3%A9"),
            ("/caf%c3%a9", "/caf%C3%A9"),
            ("/a%20b", "/a%20b"),
            ("/%2565", "/%2565"),
            ("/{id}", "/%7Bid%7D"),
            ("/...", "/..."),
            ("/Payments", "/Payments"),
        ] {
            let path = CleanPath::parse(target, PathSyntax::default()).unwrap();
            assert_eq!(path.as_str(), canonical, "{target}");
        }
    }

    #[test]
    fn a_path_that_can_be_read_two_ways_is_refused() {
        use PathErrorKind as Kind;
        for (target, kind, at) in [
            ("", Kind::NotOriginForm, 0),
            ("*", Kind::NotOriginForm, 0),
            ("execute", Kind::NotOriginForm, 0),
            ("http://host/execute", Kind::NotOriginForm, 0),
            ("?x", Kind::NotOriginForm, 0),
            ("//execute", Kind::EmptySegment, 1),
            ("/a//b", Kind::EmptySegment, 3),
            ("/a//", Kind::EmptySegment, 3),
            ("/.", Kind::DotSegment, 1),
            ("/a/../execute", Kind::DotSegment, 3),
            ("/a/%2e%2E/execute", Kind::DotSegment, 3),
            ("/a/.%2e", Kind::DotSegment, 3),
            ("/a%2fb", Kind::EncodedSeparator, 2),
            ("/a%5Cb", Kind::EncodedSeparator, 2),
            ("/a\\b", Kind::EncodedSeparator, 2),
            ("/a%00", Kind::EncodedSeparator, 2),
            ("/a%0", Kind::BadEscape, 2),
            ("/a%", Kind::BadEscape, 2),
            ("/a%zz", Kind::BadEscape, 2),
            ("/a%+1", Kind::BadEscape, 2),
            ("/a%\u{e9}1", Kind::BadEscape, 2),
            ("/execute;x", Kind::Parameters, 8),
            ("/execute%3Bx", Kind::Parameters, 8),
            ("/execute%3bx", Kind::Parameters, 8),
            ("/a b", Kind::ForbiddenCharacter, 2),
            ("/a#b", Kind::ForbiddenCharacter, 2),
            ("/a\u{1}", Kind::ForbiddenCharacter, 2),
            ("/a\u{7f}", Kind::ForbiddenCharacter, 2),
            ("/execute%0A", Kind::ForbiddenCharacter, 8),
            ("/a%7f", Kind::ForbiddenCharacter, 2),
        ] {
            let error = CleanPath::parse(target, PathSyntax::default()).unwrap_err();
            assert_eq!((error.kind(), error.offset()), (kind, at), "{target}");
        }
    }

    #[test]
    fn ignored_parameters_hide_nothing() {
        let syntax = PathSyntax {
            parameters: Parameters::Ignored,
            ..PathSyntax::default()
        };
        let clean = |target| CleanPath::parse(target, syntax);
        assert_eq!(clean("/execute;v=1").unwrap().as_str(), "/execute");
        assert_eq!(clean("/a;x;y/b;").unwrap().as_str(), "/a/b");
        assert_eq!(
            clean("/a/..;/b").unwrap_err().kind(),
            PathErrorKind::DotSegment
        );
        assert_eq!(
            clean("/a/;x/b").unwrap_err().kind(),
            PathErrorKind::EmptySegment
        );
        assert_eq!(
            clean("/a;%2f").unwrap_err().kind(),
            PathErrorKind::EncodedSeparator
        );
    }

    #[test]
    fn case_is_folded_only_where_asked() {
        let syntax = PathSyntax {
            case: Case::Insensitive,
            ..PathSyntax::default()
        };
        assert_eq!(
            CleanPath::parse("/PAY%4dENTS/%C3%89", syntax)
                .unwrap()
                .as_str(),
            "/payments/%C3%89"
        );
    }

    #[test]
    fn a_trailing_slash_is_no_other_path_for_rules() {
        let rule_view = |target| {
            CleanPath::parse(target, PathSyntax::default())
                .unwrap()
                .without_trailing_slash()
                .to_owned()
        };
        assert_eq!(rule_view("/execute/"), "/execute");
        assert_eq!(rule_view("/execute"), "/execute");
        assert_eq!(rule_view("/"), "");
    }
}
