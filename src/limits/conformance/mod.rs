//! What every store of limits has to keep, as checks for a store's own tests.
//!
//! A [`Subject`] is the store with a way to let time pass: a clock that the test
//! sets, or a sleep. [`check`] makes some hundred charges and says the first rule
//! that is broken. It shows that a store keeps the rules where it was looked at,
//! and not that it keeps them between processes, over a restart, or under a clock
//! that steps: those need tests of their own.
//!
//! ```
//! use std::time::Duration;
//!
//! use certgate::limits::MemoryLimits;
//! use certgate::limits::conformance::{self, Subject};
//! use certgate::request::{Now, Timestamp};
//!
//! struct InMemory(MemoryLimits, Duration);
//!
//! impl Subject for InMemory {
//!     type Store = MemoryLimits;
//!
//!     fn store(&self) -> &MemoryLimits {
//!         &self.0
//!     }
//!
//!     fn now(&self) -> Now {
//!         let wall = Timestamp::from_unix_seconds(1_776_330_562 + self.1.as_secs() as i64);
//!         Now { wall, monotonic: self.1 }
//!     }
//!
//!     async fn pass(&mut self, time: Duration) {
//!         self.1 += time;
//!     }
//! }
//!
//! # fn run<F: Future>(future: F) -> F::Output {
//! #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! #     match std::pin::pin!(future).as_mut().poll(&mut context) {
//! #         std::task::Poll::Ready(output) => output,
//! #         std::task::Poll::Pending => panic!("nothing waits here"),
//! #     }
//! # }
//! let plan = conformance::plan();
//! let store = MemoryLimits::new(plan.iter().map(|(client, limits)| (&**client, limits)))?;
//! run(conformance::check(&mut InMemory(store, Duration::ZERO)))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod owed;
mod rules;

use std::fmt;
use std::future::Future;
use std::time::Duration;

use super::SharedLimits;
use crate::request::Now;

pub use owed::plan;

/// A store and the time in which it counts.
pub trait Subject {
    /// The store.
    type Store: SharedLimits;

    /// The store. Nothing is counted in it yet for the clients of [`plan`].
    fn store(&self) -> &Self::Store;

    /// The time that is told to the store.
    fn now(&self) -> Now;

    /// Lets time pass, for [`now`](Self::now) and for the store's own clock: at
    /// least as long as this, and not much longer.
    fn pass(&mut self, time: Duration) -> impl Future<Output = ()>;
}

/// A rule that the store does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The rule.
    pub rule: &'static str,
    /// What the store did.
    pub found: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.found)
    }
}

impl std::error::Error for Violation {}

/// Holds a store to every rule.
///
/// # Errors
///
/// The first rule that it does not keep.
pub async fn check<S: Subject>(subject: &mut S) -> Result<(), Violation> {
    rules::a_rate_admits_its_number(subject).await?;
    rules::clients_are_counted_apart(subject).await?;
    rules::a_rate_slides(subject).await?;
    rules::a_refusal_says_how_long_to_wait(subject).await?;
    rules::limits_are_charged_together_or_not_at_all(subject).await?;
    rules::a_request_counts_for_its_cost(subject).await?;
    rules::a_quota_is_renewed(subject).await?;
    rules::another_number_keeps_what_was_counted(subject).await?;
    rules::requests_at_once_get_no_more(subject).await?;
    rules::every_window_is_told_in_order(subject).await?;
    rules::the_window_that_is_full_for_longest_refuses(subject).await?;
    rules::what_profile_and_collection_owe_is_counted(subject).await
}
