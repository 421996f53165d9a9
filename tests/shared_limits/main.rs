//! Gates that count in a store which has to be waited for: what they ask it, and
//! what holds while it is away.

#![cfg(feature = "toml")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod away;
#[path = "../gate_support/mod.rs"]
mod support;
mod store;
#[cfg(feature = "tower")]
mod tower;
mod waiting;
