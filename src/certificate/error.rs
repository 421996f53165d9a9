//! Why bytes are no certificate or revocation list: a kind and a place, never the bytes.

use thiserror::Error;

/// Why bytes were refused as a certificate or a revocation list, and where.
///
/// It holds nothing of the certificate, so it may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{kind} at byte {offset}")]
pub struct CertificateError {
    kind: CertificateErrorKind,
    offset: usize,
}

impl CertificateError {
    pub(super) const fn new(kind: CertificateErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(self) -> CertificateErrorKind {
        self.kind
    }

    /// Where, in bytes from the start of the DER: the first byte of the
    /// element at fault, the first surplus byte, or the place where an element
    /// is missing.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset
    }
}

/// What is wrong with a certificate's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum CertificateErrorKind {
    /// An element is cut short, reaches past what encloses it, or is missing.
    #[error("element is cut short or missing")]
    Truncated,
    /// Bytes follow where nothing may follow.
    #[error("unexpected bytes after the end")]
    TrailingData,
    /// A length in the indefinite form, which is BER and not DER.
    #[error("indefinite length")]
    IndefiniteLength,
    /// A length written in more octets than it needs, or in more than DER of a
    /// certificate could need (over four).
    #[error("length is not in its shortest form")]
    NonMinimalLength,
    /// The input exceeds 4 GiB.
    #[error("more bytes than a certificate can have")]
    Oversized,
    /// Another element than the certificate's syntax has here.
    #[error("unexpected element")]
    UnexpectedElement,
    /// A version other than 2 (`v2`) or 3 (`v3`), or an explicitly encoded v1.
    #[error("version is not one of X.509")]
    Version,
    /// A field that this version of certificate cannot have: extensions before
    /// version 3, unique identifiers before version 2.
    #[error("field is not allowed in this version")]
    VersionMismatch,
    /// An INTEGER that is empty, has superfluous leading octets, or is outside
    /// its range.
    #[error("integer is not valid")]
    Integer,
    /// A BOOLEAN other than one octet of 00 or FF.
    #[error("boolean is not valid")]
    Boolean,
    /// A BIT STRING whose count of unused bits is wrong, or whose unused bits
    /// are not zero.
    #[error("bit string is not valid")]
    BitString,
    /// An OBJECT IDENTIFIER that is not in its shortest form or is oversized.
    #[error("object identifier is not valid")]
    ObjectIdentifier,
    /// A time in another form than RFC 5280 has, or a day that does not exist.
    #[error("time is not valid")]
    Time,
    /// The issuer is an empty name.
    #[error("issuer is empty")]
    EmptyIssuer,
    /// The signed and the outer signature algorithm differ.
    #[error("signature algorithms differ")]
    AlgorithmMismatch,
    /// An extension that was there already.
    #[error("extension is repeated")]
    DuplicateExtension,
    /// An alternative name outside its type: a DNS name, e-mail address or URI
    /// that is not ASCII, or an address of other than 4 or 16 octets.
    #[error("alternative name is not valid for its type")]
    AlternativeName,
    /// A revocation list without the time of the next one.
    #[error("there is no next update")]
    NoNextUpdate,
    /// A revocation list that is not about every certificate of its issuer: a
    /// delta list, one of a distribution point or of some reasons, or one with
    /// entries of other issuers.
    #[error("the list is not about every certificate of its issuer")]
    PartialList,
    /// A critical extension of a revocation list that is not known here.
    #[error("critical extension is not known")]
    CriticalExtension,
    /// More alternative names and name attributes than the budget allows.
    #[error("too many names")]
    TooManyNames,
}

impl CertificateErrorKind {
    /// A stable `snake_case` name, for records and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::TrailingData => "trailing_data",
            Self::IndefiniteLength => "indefinite_length",
            Self::NonMinimalLength => "non_minimal_length",
            Self::Oversized => "oversized",
            Self::UnexpectedElement => "unexpected_element",
            Self::Version => "version",
            Self::VersionMismatch => "version_mismatch",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::BitString => "bit_string",
            Self::ObjectIdentifier => "object_identifier",
            Self::Time => "time",
            Self::EmptyIssuer => "empty_issuer",
            Self::AlgorithmMismatch => "algorithm_mismatch",
            Self::DuplicateExtension => "duplicate_extension",
            Self::AlternativeName => "alternative_name",
            Self::NoNextUpdate => "no_next_update",
            Self::PartialList => "partial_list",
            Self::CriticalExtension => "critical_extension",
            Self::TooManyNames => "too_many_names",
        }
    }
}
