//! What meters want to know of a decision and records do not tell.

use core::time::Duration;

/// Figures of one decision, for meters. They are no part of a record's serialised
/// form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Measures {
    /// How long the decision took, with the store of limits that it waited for;
    /// `None` if nobody looked at a clock.
    pub decision_time: Option<Duration>,
    /// Whether the certificate was known.
    pub cache: CacheUse,
    /// How much longer the certificate of an allowed request is valid.
    pub certificate_ends_in: Option<Duration>,
}

/// Whether a gate knew the certificate of a request from an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CacheUse {
    /// There was none that may be kept.
    #[default]
    Unused,
    /// It did.
    Hit,
    /// It did not, and does now.
    Miss,
}
