//! Why a text is no distinguished name.

use thiserror::Error;

/// Why a text was refused as a distinguished name, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{kind} at byte {offset}")]
pub struct NameError {
    kind: NameErrorKind,
    offset: usize,
}

impl NameError {
    pub(super) const fn new(kind: NameErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(self) -> NameErrorKind {
        self.kind
    }

    /// Where, in bytes from the start of the text.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset
    }
}

/// What is wrong with the text of a distinguished name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum NameErrorKind {
    /// A type that is neither a known keyword nor a dotted object identifier.
    #[error("unknown attribute type, write it as a dotted object identifier")]
    AttributeType,
    /// No `=` after an attribute type.
    #[error("missing = after an attribute type")]
    MissingEquals,
    /// A character that has to be escaped, or that nothing allows there.
    #[error("character has to be escaped")]
    Character,
    /// A space at the start or end of a value that is not escaped.
    #[error("space at the start or end of a value has to be escaped")]
    Space,
    /// A backslash before something that needs no escape.
    #[error("backslash has to come before a special character or two hex digits")]
    Escape,
    /// A quoted value without its closing quote.
    #[error("missing closing quote")]
    OpenQuote,
    /// What follows `#` is not one DER element in hexadecimal.
    #[error("value after # has to be one DER element in hex digits")]
    HexValue,
    /// The octets of a value are not UTF-8.
    #[error("value is not UTF-8")]
    Utf8,
}

impl NameErrorKind {
    /// The stable code, in snake case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AttributeType => "attribute_type",
            Self::MissingEquals => "missing_equals",
            Self::Character => "character",
            Self::Space => "space",
            Self::Escape => "escape",
            Self::OpenQuote => "open_quote",
            Self::HexValue => "hex_value",
            Self::Utf8 => "utf8",
        }
    }
}
