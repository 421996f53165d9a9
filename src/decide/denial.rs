//! A denial in the making.

use crate::certificate::CertificateError;
use crate::dialect::{DialectError, DialectErrorClass};
use crate::request::PathError;

use super::Reason;

/// The reason, and for malformed input what is wrong with it and at which
/// byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Denial {
    pub(super) reason: Reason,
    pub(super) fault: Option<(&'static str, usize)>,
}

impl Denial {
    /// A header that is wrong as a whole.
    pub(super) fn malformed_header(code: &'static str) -> Self {
        Self {
            reason: Reason::HeaderMalformed,
            fault: Some((code, 0)),
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
            fault: Some((error.kind().code(), error.at())),
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
            fault: Some((error.kind().code(), error.at())),
        }
    }
}

impl From<CertificateError> for Denial {
    fn from(error: CertificateError) -> Self {
        Self {
            reason: Reason::CertificateMalformed,
            fault: Some((error.kind().code(), error.offset())),
        }
    }
}
