//! Verification in this process, for edges that pass certificates on without it:
//! a path of signatures to an authority of the policy, and revocation lists.
//!
//! Nothing is fetched: certificates on the way come with the client's, lists are
//! handed in as bytes, and whoever does so keeps them current.

mod authorities;
mod candidates;
mod blocks;
mod chain;
mod lists;
mod signature;
mod subject_names;

pub use authorities::{Authority, AuthorityDescription, AuthorityError, AuthorityStore};
pub(crate) use chain::{ChainRules, Fault, StaleLists, Verifier, WantedLists};
pub use lists::{RevocationListError, RevocationLists};
