//! Follows a policy file: what is written there is put in force.
//!
//! A [`PolicyFile`] is read whole and handed to
//! [`Gate::start`](crate::gate::Gate::start); a [`PolicyWatch`] of the same file then
//! looks after it on a thread of its own, until its [`Watching`] is dropped. Each
//! outcome goes to a callback, with the audit record of the change.
//!
//! ```no_run
//! # #[cfg(feature = "toml")] {
//! use std::sync::Arc;
//!
//! use certgate::adapter::SystemClock;
//! use certgate::adapter::watch::{PolicyFile, PolicyWatch, WatchOutcome};
//! use certgate::evidence::{ActorType, Change};
//! use certgate::gate::Gate;
//! use certgate::policy::Format;
//!
//! let file = PolicyFile::read("/etc/payments/policy.toml", Format::Toml);
//! let now = SystemClock::start().now().wall;
//! let change = Change::new(now, ActorType::Service, "payments-api 4.2");
//! let (gate, started) = Gate::start(file.candidate(), &change)?;
//! println!("{:?}", started.record);
//!
//! let gate = Arc::new(gate);
//! let watching = PolicyWatch::of(file).start(Arc::clone(&gate), |outcome| {
//!     if let WatchOutcome::Refused(refused) | WatchOutcome::Unreadable(refused) = &outcome {
//!         eprintln!("{refused}");
//!     }
//!     if let Some(record) = outcome.record() {
//!         println!("{record:?}");
//!     }
//! })?;
//! # drop(watching);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it takes for a change
//!
//! The file is looked at every two seconds, by the path alone and through every
//! symbolic link. So it does not matter whether an editor writes into the file or
//! renames another over it, whether Kubernetes swaps the `..data` of a volume, or on
//! which file system that happens; no event can be missed, because none is waited
//! for. [`Watching::look_now`] is for a signal handler or an administrator who does
//! not want to wait.
//!
//! What is found has to be the same again half a second later. Then it is compared
//! with the text that is in force, so that a file that was only touched installs
//! nothing, and is installed, if it passes the trials.
//!
//! A text with mistakes, or a file that is gone or cannot be read, is refused once,
//! on record, and the policy in force stays. A policy that somebody else put in
//! force, by a rollback say, stays as well until the file changes.
//!
//! **Write another file and rename it over this one.** Whoever writes into it in
//! place and stops half way for longer than half a second may leave a text that is
//! whole by accident: half of the clients, without the section that came last.

mod file;
mod follower;
mod thread;

pub use file::PolicyFile;
pub use follower::WatchOutcome;
pub use thread::{PolicyWatch, Watching};
