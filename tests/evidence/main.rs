//! Where audit records go: lines, channels, events, meters, and the schema of what
//! is written.

#![cfg(feature = "full")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking, and start threads"
)]

#[path = "../support/mod.rs"]
mod cases;
mod channel;
mod events;
mod example;
#[path = "../tower/harness.rs"]
#[expect(dead_code, reason = "the tests of the layer use the rest")]
mod harness;
mod json_lines;
mod meters;
mod one_line;
mod outage;
mod records;
mod schema;
mod source;
#[path = "../gate_support/mod.rs"]
mod support;
mod writer;
