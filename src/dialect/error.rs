//! Why a header value was refused: a kind and a place, never the value.

use core::fmt;

/// A header value that does not decode.
///
/// It holds no byte of the value, so that it can be logged.
///
/// ```
/// use certgate::dialect::{Budget, DialectErrorClass, DialectErrorKind, pem_escaped};
///
/// let error = pem_escaped::decode(b"-----BEGIN%2", &Budget::default()).unwrap_err();
/// assert_eq!(error.kind(), DialectErrorKind::BadPercentEscape);
/// assert_eq!(error.offset(), 10);
/// assert_eq!(error.class(), DialectErrorClass::Malformed);
/// assert_eq!(error.to_string(), "a percent sign is not followed by two hex digits at byte 10");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DialectError {
    kind: DialectErrorKind,
    offset: usize,
}

impl DialectError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(self) -> DialectErrorKind {
        self.kind
    }

    /// Where, as a byte offset in the header's value as received (for a header
    /// of several lines: in the line that is at fault). Something missing at
    /// the end is reported at the value's length.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset
    }

    /// Which of the three reasons of a decision this is.
    #[must_use]
    pub const fn class(self) -> DialectErrorClass {
        self.kind.class()
    }
}

impl fmt::Display for DialectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind.message(), self.offset)
    }
}

impl core::error::Error for DialectError {}

/// The three ways in which a header is refused, each a reason code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DialectErrorClass {
    /// The value is not in the dialect's form.
    Malformed,
    /// The value exceeds the [`Budget`](super::Budget).
    Oversized,
    /// The value can be read, but not as one answer: more elements than hops,
    /// or sources that disagree.
    Ambiguous,
}

impl DialectErrorClass {
    /// The stable reason code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "header_malformed",
            Self::Oversized => "header_oversized",
            Self::Ambiguous => "header_ambiguous",
        }
    }
}

/// Declares the kinds with code, class and message side by side.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $class:ident, $message:literal;)+) => {
        /// What is wrong with a header value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum DialectErrorKind {
            $($(#[$doc])* $name,)+
        }

        impl DialectErrorKind {
            /// The stable snake_case code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }

            /// The class, which decides the reason code of the denial.
            #[must_use]
            pub const fn class(self) -> DialectErrorClass {
                match self {
                    $(Self::$name => DialectErrorClass::$class,)+
                }
            }

            const fn message(self) -> &'static str {
                match self {
                    $(Self::$name => $message,)+
                }
            }
        }
    };
}

kinds! {
    /// The value is longer than the budget; the offset is the budget.
    Oversized = "oversized", Oversized,
        "the value is longer than the budget allows";
    /// A chain of more certificates than the budget; the offset is that of the
    /// first one too many.
    TooManyCertificates = "too_many_certificates", Oversized,
        "the chain has more certificates than the budget allows";
    /// More XFCC elements than the budget.
    TooManyElements = "too_many_elements", Oversized,
        "the value has more elements than the budget allows";

    /// `%` without two hex digits after it.
    BadPercentEscape = "bad_percent_escape", Malformed,
        "a percent sign is not followed by two hex digits";
    /// A control character that is not percent-encoded.
    ControlCharacter = "control_character", Malformed,
        "a control character is not percent-encoded";
    /// A byte that the edge always percent-encodes, as it is.
    NotEscaped = "not_escaped", Malformed,
        "a byte is not percent-encoded that always is";
    /// Text that is not UTF-8.
    NotUtf8 = "not_utf8", Malformed,
        "the text is not UTF-8";
    /// A byte outside the base64 alphabet.
    BadBase64 = "bad_base64", Malformed,
        "a byte is outside the base64 alphabet";
    /// Base64 whose padding is missing, too long, or not at the end.
    BadBase64Padding = "bad_base64_padding", Malformed,
        "base64 padding is missing, too long or not at the end";
    /// Base64 whose last character has bits set that belong to no byte.
    NotCanonicalBase64 = "not_canonical_base64", Malformed,
        "the unused bits of the last base64 character are not zero";

    /// No `-----BEGIN CERTIFICATE-----`, or none that ends the block.
    MissingArmour = "missing_armour", Malformed,
        "a line of PEM armour is missing";
    /// PEM armour for something else than a certificate.
    WrongLabel = "wrong_label", Malformed,
        "the PEM label is not CERTIFICATE";
    /// PEM armour or a line break that does not end with LF or CRLF.
    BadLineEnd = "bad_line_end", Malformed,
        "a PEM line does not end with LF or CRLF";
    /// An empty line between the lines of PEM armour.
    EmptyLine = "empty_line", Malformed,
        "a PEM block contains an empty line";
    /// Bytes before or after the PEM block.
    TextAroundBlock = "text_around_block", Malformed,
        "there is text before or after the PEM block";
    /// A second PEM block where one certificate belongs.
    SeveralBlocks = "several_blocks", Malformed,
        "there is a second PEM block where one belongs";
    /// A certificate that is there, alone or in a chain, and holds nothing.
    EmptyCertificate = "empty_certificate", Malformed,
        "a certificate is empty";
    /// Concatenated certificates that are not whole DER sequences.
    BadConcatenation = "bad_concatenation", Malformed,
        "the bytes are not a sequence of whole DER certificates";

    /// A structured field's byte sequence does not begin or end with a colon.
    MissingColon = "missing_colon", Malformed,
        "a byte sequence is not enclosed in colons";
    /// Bytes after the end of a value: a parameter, a list member where one
    /// item belongs, text after a closing quote.
    TrailingBytes = "trailing_bytes", Malformed,
        "there are bytes after the end of the value";

    /// An element or pair with nothing in it.
    EmptyPair = "empty_pair", Malformed,
        "an element or pair is empty";
    /// A pair without `=`.
    MissingEquals = "missing_equals", Malformed,
        "a key is not followed by an equals sign";
    /// A key that the edge does not write, or does not write here.
    UnknownKey = "unknown_key", Malformed,
        "a key is none that the edge writes here";
    /// A key that may occur once, twice in one element or block.
    DuplicateKey = "duplicate_key", Malformed,
        "a key that may occur once is repeated";
    /// A key of Traefik's info that stands behind one that it writes later.
    KeyOrder = "key_order", Malformed,
        "a key is not in the order in which the edge writes them";
    /// A value without quotes where it has them.
    MissingQuote = "missing_quote", Malformed,
        "a value is not quoted";
    /// A quoted value without its closing quote; the offset is that of the
    /// opening one.
    OpenQuote = "open_quote", Malformed,
        "a quoted value is not closed";
    /// A quote inside an unquoted value.
    StrayQuote = "stray_quote", Malformed,
        "there is a quote inside an unquoted value";
    /// `Hash` is not 64 hex digits.
    BadHash = "bad_hash", Malformed,
        "the hash is not 64 hex digits";
    /// A serial number or time that is not decimal, or out of range.
    BadNumber = "bad_number", Malformed,
        "a number is not decimal or out of range";
    /// A moment that is not `YYYY-MM-DDTHH:MM:SSZ`, or does not exist.
    BadTimestamp = "bad_timestamp", Malformed,
        "a moment is not of the form 2006-01-02T15:04:05Z or does not exist";

    /// `Hash` is not the SHA-256 of the certificate beside it.
    HashMismatch = "hash_mismatch", Ambiguous,
        "the hash is not that of the certificate beside it";
    /// `Chain` does not begin with the certificate in `Cert`.
    ChainMismatch = "chain_mismatch", Ambiguous,
        "the chain does not begin with the certificate beside it";
    /// More XFCC elements than trusted proxies write.
    MoreElementsThanHops = "more_elements_than_hops", Ambiguous,
        "there are more elements than configured hops";
}

impl DialectErrorKind {
    /// The error of this kind at a byte offset.
    pub(super) const fn at(self, offset: usize) -> DialectError {
        DialectError { kind: self, offset }
    }
}

impl fmt::Display for DialectErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}
