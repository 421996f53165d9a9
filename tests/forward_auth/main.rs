//! The forward_auth example behind the real edges, with the configurations that
//! it ships, and its reading of what they send.
//!
//! A test whose edge is not installed says so and passes, as those of `edges` do.

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

#[expect(dead_code, reason = "the tests start what main starts")]
#[path = "../../examples/forward_auth/main.rs"]
mod example;

#[path = "../support/mod.rs"]
mod cases;
#[expect(dead_code, reason = "other tests resume sessions")]
#[path = "../edges/client.rs"]
mod client;
#[expect(dead_code, reason = "other tests have other clients")]
#[path = "../edges/config.rs"]
mod config;
#[path = "../edges/directory.rs"]
mod directory;
#[path = "../edges/files.rs"]
mod files;
#[expect(dead_code, reason = "other tests ask whose certificate arrived")]
#[path = "../edges/pki.rs"]
mod pki;
#[expect(dead_code, reason = "other tests put one edge behind another")]
#[path = "../edges/program.rs"]
mod program;
#[path = "../edges/start.rs"]
mod start;
#[path = "../edges/subjects.rs"]
mod subjects;
#[expect(dead_code, reason = "other tests know other edges")]
#[path = "../edges/wire.rs"]
mod wire;

mod answers;
mod backend;
mod forged;
mod front;
mod identity;
mod kept;
mod listening;
mod outage;
mod policies;
mod reading;
mod stage;
mod through;
mod upgrade;
