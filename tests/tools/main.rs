//! The example programs answer what they document, line by line. The lines are
//! answered by the programs' own modules; `programs` runs the programs.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that reads captured files and runs programs"
)]

#[path = "../../examples/support/mod.rs"]
mod support;

#[path = "../../examples/inspect/mod.rs"]
mod inspect;

#[cfg(feature = "toml")]
#[path = "../../examples/explain/mod.rs"]
mod explain;

#[path = "../certificate_support/mod.rs"]
mod certificate_support;

mod data;
mod inspect_names;
mod inspect_headers;
#[cfg(feature = "toml")]
mod explain_lines;
mod programs;
