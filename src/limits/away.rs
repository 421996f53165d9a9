//! What holds while a shared store does not answer, and how a request was
//! counted in the end.

use crate::request::codes;

use super::share::Share;

/// What becomes of a request that owes something while the
/// [shared store](super::SharedLimits) that counts it does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Away {
    /// It is denied.
    Deny,
    /// It goes on, and nothing counts it.
    Allow,
    /// This process counts it, and holds it to this share of each limit.
    Local(Share),
}

/// How a request that owes something was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Counted {
    /// In the store that counts for all.
    Store,
    /// The shared store was away: in this process, against a share of each limit.
    LocalShare,
    /// The store was away, or could not tell: nowhere, as far as is known. A store
    /// that answered too late may have counted it.
    Nowhere,
}

codes!(Counted {
    Store = "store",
    LocalShare = "local_share",
    Nowhere = "nowhere",
});
