//! Policy documents beyond one text: written and read again, described by a
//! schema, made by hand, and put together from variables and files.

#![cfg(all(feature = "toml", feature = "json", feature = "yaml"))]
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests that read the policies of the repository"
)]

mod any_document;
mod bare;
mod by_hand;
mod mapping;
mod schema;
mod schema_agrees;
mod variables;
mod written;
