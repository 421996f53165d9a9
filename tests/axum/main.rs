//! Extractors and requirements in axum, over real sockets, in HTTP/1.1 and HTTP/2.

#![cfg(all(feature = "axum", feature = "toml"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

#[path = "../gate_support/mod.rs"]
mod support;

mod extractors;
mod harness;
mod requirements;
mod routers;
