//! Why what an edge forwarded cannot be used.

use crate::dialect::DialectError;

/// Why what an edge forwarded cannot be used. It never holds the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// The header is not in its dialect.
    Dialect(DialectError),
    /// What is told about a certificate is not what its header is for.
    Claim {
        /// A stable code, in snake case.
        code: &'static str,
        /// The byte at which it is.
        offset: usize,
    },
    /// A header is longer than the budget.
    Oversized,
    /// A line is repeated.
    Ambiguous,
}

impl Unreadable {
    /// A value that is wrong as a whole.
    pub(super) const fn claim(code: &'static str) -> Self {
        Self::Claim { code, offset: 0 }
    }
}

impl From<DialectError> for Unreadable {
    fn from(error: DialectError) -> Self {
        Self::Dialect(error)
    }
}
