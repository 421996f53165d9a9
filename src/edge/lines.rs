//! The header lines that an edge may write, collected in one pass.

use core::fmt;

use super::{ClaimHeader, ClientAddress, EdgeNames};

/// The lines of one header name, none of them lost. `Debug` shows how many
/// there are.
#[derive(Clone, Default)]
pub(crate) enum Lines<'r> {
    /// No line.
    #[default]
    None,
    /// Exactly one.
    One(&'r [u8]),
    /// More than one, in order.
    Many(Vec<&'r [u8]>),
}

impl<'r> Lines<'r> {
    /// Adds the next line.
    pub(crate) fn push(&mut self, value: &'r [u8]) {
        match self {
            Self::None => *self = Self::One(value),
            Self::One(first) => *self = Self::Many(vec![first, value]),
            Self::Many(lines) => lines.push(value),
        }
    }

    /// Every line, in order.
    #[must_use]
    pub(crate) fn as_slice(&self) -> &[&'r [u8]] {
        match self {
            Self::None => &[],
            Self::One(line) => core::slice::from_ref(line),
            Self::Many(lines) => lines,
        }
    }
}

impl fmt::Debug for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lines({})", self.as_slice().len())
    }
}

/// What the request says in the headers that the edge's configuration names.
/// It proves nothing before the peer has been judged, so it cannot be read
/// outside this module.
#[derive(Debug, Default)]
pub(crate) struct EdgeLines<'r> {
    pub(super) certificate: Lines<'r>,
    pub(super) chain: Lines<'r>,
    /// In the order of the statuses that the policy wants.
    pub(super) statuses: [Lines<'r>; EdgeNames::MOST_STATUSES],
    pub(super) claims: Vec<(ClaimHeader, &'r [u8])>,
    pub(super) secret: Lines<'r>,
    pub(super) forwarded_for: Lines<'r>,
    pub(super) forwarded: Lines<'r>,
    pub(super) request_id: Lines<'r>,
}

impl<'r> EdgeLines<'r> {
    /// Keeps the line if it is one of the edge's.
    pub(crate) fn note(&mut self, names: &EdgeNames, name: &[u8], value: &'r [u8]) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        if names.certificate().is_some_and(is) {
            self.certificate.push(value);
        }
        if names.chain().is_some_and(is) {
            self.chain.push(value);
        }
        for (lines, status) in self.statuses.iter_mut().zip(names.statuses()) {
            if is(status) {
                lines.push(value);
            }
        }
        for (header, claim) in names.claims() {
            if is(claim) {
                self.claims.push((header, value));
            }
        }
        if names.secret().is_some_and(is) {
            self.secret.push(value);
        }
        if is(ClientAddress::FORWARDED_FOR) {
            self.forwarded_for.push(value);
        }
        if is(ClientAddress::FORWARDED) {
            self.forwarded.push(value);
        }
        if is("x-request-id") {
            self.request_id.push(value);
        }
    }
}
