//! What `certgate::testing` writes is what edges write, and is read as that.

#![cfg(all(feature = "testing", feature = "toml"))]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod edges;
mod forms;
mod recipes;
