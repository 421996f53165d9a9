//! What came of charging one request, without heap memory.

use std::num::NonZeroU32;
use std::time::Duration;

use super::limit::{LimitError, MAX_WINDOWS};

/// What came of charging one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChargeOutcome {
    /// Every window was charged; this is what is left of each.
    Charged(Allowances),
    /// A window had no room for what the request costs; none was charged.
    Refused(Refusal),
    /// The store could not tell, and charged nothing. To be treated as a
    /// denial: the limits are unknown, not absent.
    Unavailable,
}

/// The window that keeps a request out.
///
/// If several are full it is the one that stays full for longest, so that a
/// client that waits as told is not refused by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which of the limits charged, counted from 0.
    pub limit: usize,
    /// Which of its windows.
    pub kind: WindowKind,
    /// How long until the window admits this request, with what it costs, if
    /// none is charged meanwhile. Where it costs more than the window ever
    /// holds no wait is long enough, and this is at most the window's length.
    pub retry_after: Duration,
    /// What every window has left, unchanged by this request.
    pub allowances: Allowances,
}

impl Refusal {
    /// `retry_after` as the `Retry-After` header wants it: in whole seconds,
    /// rounded up, at least 1.
    #[must_use]
    pub fn retry_after_seconds(&self) -> u64 {
        let begun = u64::from(self.retry_after.subsec_nanos() > 0);
        self.retry_after.as_secs().saturating_add(begun).max(1)
    }
}

/// Whether a window slides or follows the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WindowKind {
    /// The window of a [`Rate`](super::Rate).
    Rate,
    /// The window of a [`Quota`](super::Quota).
    Quota,
}

/// What one window has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Which of the limits charged, counted from 0.
    pub limit: usize,
    /// Which of its windows.
    pub kind: WindowKind,
    /// How many requests the window admits.
    pub allowed: u64,
    /// How many of them are left.
    pub remaining: u64,
    /// For a quota, how long until it is renewed; for a rate, how long until
    /// the oldest requests that it counts are forgotten, with those that the store
    /// forgets together with them; or its whole length if it counts none.
    pub resets_in: Duration,
}

/// What each window of a request has left, in the order of the limits, a
/// limit's rate before its quota.
#[derive(Clone)]
pub struct Allowances {
    entries: [Allowance; MAX_WINDOWS],
    len: usize,
}

impl Allowances {
    /// No allowances yet; for stores, which [`push`](Self::push) them.
    #[must_use]
    pub const fn new() -> Self {
        const UNUSED: Allowance = Allowance {
            limit: 0,
            kind: WindowKind::Rate,
            allowed: 0,
            remaining: 0,
            resets_in: Duration::ZERO,
        };
        Self {
            entries: [UNUSED; MAX_WINDOWS],
            len: 0,
        }
    }

    /// Adds the next window.
    ///
    /// # Errors
    ///
    /// [`LimitError::TooManyWindows`] if there are [`MAX_WINDOWS`] already.
    pub fn push(&mut self, allowance: Allowance) -> Result<(), LimitError> {
        let next = self.entries.get_mut(self.len);
        *next.ok_or(LimitError::TooManyWindows)? = allowance;
        self.len += 1;
        Ok(())
    }

    /// The allowances.
    #[must_use]
    pub fn as_slice(&self) -> &[Allowance] {
        self.entries.get(..self.len).unwrap_or_default()
    }

    /// Takes what a request costs off every window, each of which then resets as
    /// `resets_in` says.
    pub(super) fn take(&mut self, cost: NonZeroU32, resets_in: &[Duration; MAX_WINDOWS]) {
        let cost = u64::from(cost.get());
        for (allowance, resets_in) in self.entries.iter_mut().zip(resets_in) {
            allowance.remaining = allowance.remaining.saturating_sub(cost);
            allowance.resets_in = *resets_in;
        }
    }
}

impl Default for Allowances {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for Allowances {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Allowances {}

impl std::fmt::Debug for Allowances {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}

/// How one window stands before a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// How many requests are left.
    pub(super) remaining: u64,
    /// See [`Allowance::resets_in`].
    pub(super) resets_in: Duration,
    /// The same once the request is counted.
    pub(super) resets_in_then: Duration,
    /// If fewer are left than the request costs: how long until enough are.
    pub(super) full_for: Option<Duration>,
}
