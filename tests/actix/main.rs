//! The actix-web middleware: what it rejects with, what it hands on, what it records.

#![cfg(all(feature = "actix", feature = "tls", feature = "toml"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking, and open sockets"
)]

#[path = "../gate_support/mod.rs"]
mod support;

mod example;
mod extractors;
mod harness;
mod records;
mod rejections;
mod scopes;
mod shared;
mod sockets;
#[path = "../shared_limits/store.rs"]
#[allow(dead_code, reason = "this crate uses its part")]
mod store;
mod stripping;
#[path = "../direct_tls/pki.rs"]
#[allow(
    dead_code,
    clippy::indexing_slicing,
    reason = "this crate uses its part"
)]
mod pki;
mod tls;
