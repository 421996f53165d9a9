//! The host that a request is for.

use core::fmt;

use crate::edge::Lines;
use crate::request::host_of;

/// What the request says about its host. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Host<'a> {
    /// This one, in any letter case, without its port.
    Named(&'a str),
    /// None, several, or one that can be read in two ways.
    Unclear,
}

impl<'a> Host<'a> {
    /// What `:authority` and `Host` say together: where both are there, they
    /// name the same host.
    pub(super) fn read(authority: &Lines<'a>, host: &Lines<'a>) -> Self {
        let named = match (authority, host) {
            (Lines::One(line), Lines::None) | (Lines::None, Lines::One(line)) => host_of(line),
            (Lines::One(authority), Lines::One(host)) => host_of(authority).filter(|named| {
                host_of(host).is_some_and(|other| other.eq_ignore_ascii_case(named))
            }),
            _ => None,
        };
        named.map_or(Self::Unclear, Self::Named)
    }

    /// The host, if it is clear.
    pub(super) fn named(self) -> Option<&'a str> {
        match self {
            Self::Named(host) => Some(host),
            Self::Unclear => None,
        }
    }
}

impl fmt::Debug for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Named(_) => "Named",
            Self::Unclear => "Unclear",
        })
    }
}
