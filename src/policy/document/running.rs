//! What is told while the policy is in force.

use std::num::NonZeroU64;

use crate::policy::keywords::{LimitHeaders, RecordedCertificate, WhenAway};
use crate::policy::parts::parts;

use super::{Located, Location, WordList};

parts! {
/// `[expiry]`: when to warn that a certificate ends.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Expiry {
    /// Where the section stands.
    pub at: Location,
    /// The thresholds, in days before the end; not empty.
    pub warn_days: Option<Located<Vec<Located<NonZeroU64>>>> as filled,
    /// The response header that tells the client how many days are left; none
    /// if absent.
    pub header: Option<Located<String>>,
}

/// `[evidence]`: what records tell.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Evidence {
    /// Where the section stands.
    pub at: Location,
    /// How much of a certificate; its thumbprint if absent.
    pub certificate: Option<Located<RecordedCertificate>>,
}

/// `[limiting]`: how limits are told, and kept where many processes share them.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Limiting {
    /// Where the section stands.
    pub at: Location,
    /// The response headers that tell a client how its limits stand; none if
    /// absent.
    pub headers: Option<WordList<LimitHeaders>> as filled,
    /// What becomes of a request while the shared store is away; denied if absent.
    pub when_away: Option<Located<WhenAway>>,
    /// With `when_away = "local"`, how much of each limit this process admits by
    /// itself, in percent from 1 to 100.
    pub local_percent: Option<Located<NonZeroU64>>,
}
}
