//! The policy of a gate changes while requests are decided: no decision mixes
//! two of them, nothing that was learned under one is used under another, and
//! every change is on record.

#![cfg(feature = "toml")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod changes;
mod counters;
mod differences;
mod freeing;
mod records;
#[path = "../gate_support/mod.rs"]
mod support;
mod shadow;
mod swapping;
mod trials;
mod world;
