//! How often a client may call: sliding rates and calendar quotas.
//!
//! A [`Limit`] holds a [`Rate`] (at most so many requests in any window of a
//! length), a [`Quota`] (at most so many in each calendar window), or both.
//! What one request owes is a [`Charges`]; a store that implements [`Limits`]
//! charges all of it or none. [`MemoryLimits`] is the store in this process, which
//! a [`LimitsSnapshot`] takes across a restart; [`SharedLimits`] is what a store is
//! that many processes share.
//!
//! Limits are charged last, and only for clients that the policy knows: a
//! stranger creates no state here and uses up nobody's quota.
//!
//! Time is an argument. Rates follow [`Now::monotonic`], quotas
//! [`Now::wall`], so stepping the wall clock frees and blocks no rate.
//!
//! ```
//! use std::num::{NonZeroU32, NonZeroU64};
//! use std::time::Duration;
//!
//! use certgate::limits::{
//!     ChargeOutcome, Charges, Limit, LimitSet, Limits, MemoryLimits, Quota, QuotaPeriod, Rate,
//! };
//! use certgate::request::{Now, Timestamp};
//!
//! let rate = Rate::new(NonZeroU32::try_from(2)?, Duration::from_secs(60))?;
//! let quota = Quota::new(NonZeroU64::try_from(100_000)?, QuotaPeriod::Day);
//! let limits = LimitSet::new([Limit::new("partner", Some(rate), Some(quota))?])?;
//! let store = MemoryLimits::new([("acme", &limits)])?;
//!
//! let due = Charges { client: "acme", slot: 0, limits: [limits.as_slice(), &[], &[]], cost: NonZeroU32::MIN };
//! let mut now = Now {
//!     wall: Timestamp::from_unix_seconds(1_776_330_562),
//!     monotonic: Duration::from_secs(5),
//! };
//! assert!(matches!(store.charge(&due, &now), ChargeOutcome::Charged(_)));
//! assert!(matches!(store.charge(&due, &now), ChargeOutcome::Charged(_)));
//! let ChargeOutcome::Refused(refusal) = store.charge(&due, &now) else { panic!() };
//! assert_eq!(refusal.retry_after, Duration::from_secs(60));
//!
//! now.monotonic += refusal.retry_after;
//! assert!(matches!(store.charge(&due, &now), ChargeOutcome::Charged(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod limit;
mod share;
mod away;
mod outcome;
mod rate_window;
mod quota_window;
mod snapshot;
mod counters;
mod account;
mod memory;
mod shared;
#[cfg(feature = "testing")]
pub mod conformance;

pub use away::{Away, Counted};
pub use limit::{Limit, LimitError, LimitSet, MAX_WINDOWS, Quota, QuotaPeriod, Rate};
pub use memory::MemoryLimits;
pub use outcome::{Allowance, Allowances, ChargeOutcome, Refusal, WindowKind};
pub use share::Share;
pub use shared::SharedLimits;
pub use snapshot::LimitsSnapshot;

use std::num::NonZeroU32;

use crate::request::Now;

/// What one request owes: the client, and the limits that apply to it.
#[derive(Clone, Copy, Debug)]
pub struct Charges<'a> {
    /// The client's id. It decides whose counters are charged.
    pub client: &'a str,
    /// Where the client stands in the plan that the store was made from: a
    /// short cut past the search by id, never more than that.
    pub slot: usize,
    /// The limits to charge, with the numbers that hold for this request: those
    /// of the client, of its profile, and of the collection. No name is there
    /// twice, and there are at most [`MAX_WINDOWS`] windows.
    pub limits: [&'a [Limit]; 3],
    /// How many requests it counts for, in every window.
    pub cost: NonZeroU32,
}

impl<'a> Charges<'a> {
    /// The limits one after another, in the order in which outcomes count them.
    pub fn owed(&self) -> impl Iterator<Item = &'a Limit> + Clone {
        self.limits.into_iter().flatten()
    }
}

/// A store of counters.
pub trait Limits {
    /// Charges one request to every window of `due.limits` with all that it
    /// costs, or to none.
    ///
    /// A store that cannot tell what is left answers
    /// [`ChargeOutcome::Unavailable`]; it never charges another client or
    /// other windows instead.
    fn charge(&self, due: &Charges<'_>, now: &Now) -> ChargeOutcome;
}
