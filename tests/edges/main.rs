//! The real edges: each is started with the configuration that the guide
//! shows, asks real clients for certificates, and forwards to a service behind
//! a gate with the policy that the guide shows.
//!
//! A test whose edge is not installed says so and passes, unless `CI` or
//! `CERTGATE_REQUIRE_EDGES` is set. Programs are looked for in `PATH`, in
//! `/usr/sbin`, and in `CERTGATE_EDGES_BIN` or `target/edges/bin`, which
//! `scripts/test.sh` fills.

// It needs all of 127.0.0.0/8 on the loopback interface.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests start programs, write files, and fail by panicking"
)]

mod apache;
mod caddy;
mod cases;
mod client;
mod config;
mod directory;
mod envoy;
mod every_edge;
mod envoy_claims;
mod envoy_hops;
mod files;
mod haproxy;
mod nginx;
mod outcome;
mod pki;
#[expect(dead_code, reason = "other tests stop a program for a while")]
mod program;
mod rfc9440;
mod service;
mod spoof;
mod stage;
mod start;
mod subjects;
mod traefik;
mod wire;
