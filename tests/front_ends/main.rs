//! One corpus, and one response by every front end: the tower layer called as a
//! service, routers of axum, hyper on a socket in HTTP/1.1 and HTTP/2, and actix.
//!
//! Each case is sent to each of them with a gate of its own. The whole response has to
//! be what the corpus expects, what the service behind the gate saw too, and all of
//! them have to be the same.

#![cfg(all(feature = "tower", feature = "toml"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

#[cfg(feature = "actix")]
mod actix;
#[cfg(feature = "actix")]
mod attacks;
#[cfg(feature = "actix")]
mod attacks_http2;
#[cfg(feature = "axum")]
mod axum_router;
#[path = "../support/mod.rs"]
mod cases;
mod expected;
mod hyper_socket;
mod parity;
mod reply;
mod scene;
#[cfg(feature = "actix")]
mod servers;
mod sight;
#[path = "../gate_support/mod.rs"]
mod support;
mod tower_service;
mod wire;
