//! The tower layer: what it rejects with, what it hands on, what it records.

#![cfg(all(feature = "tower", feature = "toml"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

#[path = "../gate_support/mod.rs"]
mod support;

mod audit;
mod contract;
mod expiry;
mod grants;
mod harness;
mod measures;
mod limit_headers;
mod observing;
mod peers;
mod rejections;
mod replacing;
mod routers;
mod sockets;
mod stripping;
mod swapping;
mod trailers;
