//! The policy: who may call what, read from one document and checked as a whole.
//!
//! A text becomes a [`Document`]: the shape of the policy, in which every value
//! keeps its position. The document says nothing yet about what its values mean;
//! that is the next step, from which requests are decided.

mod document;
mod keywords;
mod problem;

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

pub use document::{
    Authentication, Budget, Client, Collection, Document, Edge, Exemption, IdentityRule, Limit,
    Located, Location, PathRule, PathSettings, Position, Profile, RequestsPer, Selectors,
    SubjectCondition, TextList, When,
};
pub use keywords::{
    AddressSource, Letters, Mode, PathMatch, PathParameters, Preset, SubjectAttribute,
    UnlistedPaths, UnverifiedBearer, Verification,
};
pub use problem::{PolicyErrors, Problem, Problems, Severity};
