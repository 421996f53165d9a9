//! Policy documents in every format: what they read to, what is refused, and
//! in which words.

#![cfg(all(feature = "toml", feature = "json", feature = "yaml"))]
#![expect(clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

mod hostile_json;
mod hostile_yaml;
mod mistakes;
mod properties;
mod same_document;
mod small;
mod strict_yaml;
