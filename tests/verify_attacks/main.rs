//! What a stranger, or a client of bad faith, can try where certificates are verified
//! in this process: chains in every header and order, work without end, caches, modes
//! and clocks.

#![cfg(all(feature = "toml", feature = "verify"))]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests, and a clock"
)]

#[path = "../verify/ask.rs"]
#[allow(dead_code, reason = "the part of another test's helpers that is used")]
mod ask;
mod cache;
mod clocks;
mod dialects;
mod modes;
#[path = "../verify/pki.rs"]
#[allow(dead_code, reason = "the part of another test's helpers that is used")]
mod pki;
mod work;
