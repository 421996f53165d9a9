//! A denial in the making.

use core::fmt;

use serde::Serialize;

use crate::certificate::CertificateError;
use crate::dialect::{DialectError, DialectErrorClass};
use crate::edge::Unreadable;
use crate::request::PathError;

use super::Reason;

/// What is wrong with malformed input, without the input.
///
/// Where it counts from is told by the reason: the header value, the
/// certificate's DER, or the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fault {
    /// A stable code, in snake case.
    pub code: &'static str,
    /// The byte at which it is; `at` when serialized.
    #[serde(rename = "at")]
    pub offset: usize,
}

/// The reason, and for malformed input what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Denial {
    pub(super) reason: Reason,
    pub(super) fault: Option<Fault>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.code, self.offset)
    }
}

impl Denial {
    /// A header that is wrong as a whole.
    pub(super) fn malformed_header(code: &'static str) -> Self {
        Self {
            reason: Reason::HeaderMalformed,
            fault: Some(Fault { code, offset: 0 }),
        }
    }
}

impl From<Reason> for Denial {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            fault: None,
        }
    }
}

impl From<PathError> for Denial {
    fn from(error: PathError) -> Self {
        Self {
            reason: Reason::PathMalformed,
            fault: Some(Fault {
                code: error.kind().code(),
                offset: error.offset(),
            }),
        }
    }
}

impl From<DialectError> for Denial {
    fn from(error: DialectError) -> Self {
        Self {
            reason: match error.class() {
                DialectErrorClass::Malformed => Reason::HeaderMalformed,
                DialectErrorClass::Oversized => Reason::HeaderOversized,
                DialectErrorClass::Ambiguous => Reason::HeaderAmbiguous,
            },
            fault: Some(Fault {
                code: error.kind().code(),
                offset: error.offset(),
            }),
        }
    }
}

impl From<CertificateError> for Denial {
    fn from(error: CertificateError) -> Self {
        Self {
            reason: Reason::CertificateMalformed,
            fault: Some(Fault {
                code: error.kind().code(),
                offset: error.offset(),
            }),
        }
    }
}

impl From<Unreadable> for Denial {
    fn from(error: Unreadable) -> Self {
        match error {
            Unreadable::Dialect(error) => error.into(),
            Unreadable::Claim { code, offset } => Self {
                reason: Reason::HeaderMalformed,
                fault: Some(Fault { code, offset }),
            },
            Unreadable::Oversized => Reason::HeaderOversized.into(),
            Unreadable::Ambiguous => Reason::HeaderAmbiguous.into(),
        }
    }
}
