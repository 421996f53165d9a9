//! The policy: who may call what, read from one document and checked as a whole.
//!
//! A text becomes a [`Document`]: the shape of the policy, in which every value
//! keeps its position. The document says nothing yet about what its values mean;
//! that is the next step, which makes the [`Policy`] that requests are decided
//! by.
//!
#![doc = include_str!("reference.md")]

mod compile;
mod difference;
pub mod document;
mod hazard;
mod keywords;
mod problem;
mod rules;

// What every format of a document shares, and the formats.
#[cfg(feature = "toml")]
mod cursor;
#[cfg(feature = "toml")]
mod reader;
#[cfg(feature = "toml")]
mod toml;
#[cfg(feature = "toml")]
mod tree;
#[cfg(feature = "toml")]
mod value;

pub use compile::Loaded;
pub(crate) use difference::cut;
pub use difference::{ModeChange, Names, PolicyDifference, ProfileName, Setting};
pub use document::{Document, Located, Location, Position};
pub use hazard::Hazard;
pub use keywords::{
    AddressSource, DirectTls, IdentityHeaders, Letters, Mode, PathMatch, PathParameters,
    SelectorsSetBy, SubjectAttribute, UnlistedPaths, UnverifiedBearer, Verification,
};
pub use problem::{PolicyErrors, Problem, Problems, Severity};
pub use rules::Policy;
pub(crate) use rules::{Client, ClientId, CollectionId, Profile, Reach, State};
