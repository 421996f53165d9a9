//! Outgoing calls with credentials, over real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking, and real servers are started"
)]

#[expect(dead_code, reason = "a program's `main`")]
#[path = "../../examples/outgoing_call.rs"]
mod outgoing_call;
#[path = "../credential/openssl.rs"]
mod openssl;

mod client;
mod config;
mod example;
mod pki;
mod reload;
mod server;
