//! What the tests of decisions share: certificates made by hand, the corpus of
//! requests with the decisions that are right, and the policies they name.
//!
//! The corpus is described in `tests/corpus/README.md`. A test crate takes its
//! cases with [`corpus::Corpus::load`], and runs each against whatever it tests.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "test support: each test crate uses its part of it, and it reads files"
)]

pub mod certificate;
pub mod corpus;
pub mod evidence;
pub mod placeholders;
pub mod policies;
pub mod time;
