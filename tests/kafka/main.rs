//! Audit records in Kafka: against the double of a broker that librdkafka brings,
//! with its errors, and against a broker.
//!
//! The broker is the `tansu` that `scripts/install_edges.sh` installs. Its tests say
//! so and pass where it is missing, unless `CERTGATE_REQUIRE_EDGES` is set.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests start programs, look at the time, and fail by panicking"
)]

#[cfg(target_os = "linux")]
mod broker;
#[path = "../support/mod.rs"]
mod cases;
mod delivery;
#[cfg(target_os = "linux")]
#[path = "../edges/directory.rs"]
#[expect(dead_code, reason = "edges have files of their own")]
mod directory;
mod double;
#[path = "../tower/harness.rs"]
#[expect(dead_code, reason = "the tests of the layer use the rest")]
mod harness;
mod messages;
mod outage;
#[cfg(target_os = "linux")]
#[path = "../edges/program.rs"]
#[expect(dead_code, reason = "other tests put one edge behind another")]
mod program;
#[path = "../evidence/records.rs"]
#[expect(dead_code, reason = "other tests look at channels")]
mod records;
mod settings;
#[path = "../gate_support/mod.rs"]
mod support;
mod topic;
