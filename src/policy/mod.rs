//! The policy: who may call what, read from one document and checked as a whole.
//!
//! A text becomes a [`Document`]: the shape of the policy, in which every value
//! keeps its position. The document says nothing yet about what its values mean;
//! that is the next step, which makes the [`Policy`] that requests are decided
//! by.
//!
//! A document comes from a text; or from a service's own code, by the
//! constructors in [`document`]; or from environment variables
//! ([`Document::with_variables`]); and it serializes to a text again. Whatever it
//! comes from, [`Policy::from_document`] makes the policy of it, so that the same
//! settings are the same policy.
//!
//! The text is TOML, JSON or YAML; `Format` has what is peculiar to each. The
//! keys below are the same in all of them, and so are the messages:
//!
//! ```
//! # #[cfg(all(feature = "toml", feature = "json", feature = "yaml"))] {
//! use certgate::policy::{Format, Policy};
//!
//! let toml = "version = 1\nedge.preset = 'ngnix'\nauthentication.mode = 'bearer'";
//! let json = r#"{"version": 1, "edge": {"preset": "ngnix"}, "authentication": {"mode": "bearer"}}"#;
//! let yaml = "version: 1\nedge: {preset: ngnix}\nauthentication: {mode: bearer}";
//! for (text, source, place) in [
//!     (toml, "policy.toml", "2:15"),
//!     (json, "policy.json", "1:35"),
//!     (yaml, "policy.yaml", "2:16"),
//! ] {
//!     let format = Format::of_path(source).ok_or("no format of policies")?;
//!     let problems = Policy::from_str_as(text, source, format).unwrap_err();
//!     let preset = problems.iter().find(|problem| problem.field == "edge.preset");
//!     let line = preset.ok_or("a preset that does not exist")?.to_string();
//!     assert!(line.starts_with(&format!("{source}:{place}: error: edge.preset: must be one of")));
//!     assert!(line.ends_with("(did you mean `nginx`?)"));
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
#![doc = include_str!("reference.md")]

mod builder;
mod collection_paths;
mod compile;
mod difference;
pub mod document;
mod hazard;
mod keywords;
mod location;
mod methods;
mod observe;
mod parts;
mod places;
mod problem;
mod reminder;
mod rules;
mod schema;
#[cfg(any(feature = "toml", feature = "json", feature = "yaml"))]
mod text;
mod variables;
#[cfg(feature = "verify")]
mod verified;

pub(crate) use collection_paths::PathPlace;
pub use compile::Loaded;
pub(crate) use difference::cut;
pub use difference::{ModeChange, Names, PolicyDifference, ProfileName, Setting};
pub use document::{Document, Located, Location, Position};
pub use hazard::{Hazard, ObservedScope};
pub use keywords::{
    AddressSource, DirectTls, IdentityHeaders, Letters, LimitHeaders, Mode, Observe, PathMatch,
    PathParameters, RecordedCertificate, Requirement, Revocation, SelectorsSetBy, StaleLists,
    SubjectAttribute, UnlistedPaths, UnverifiedBearer, Verification, WhenAway,
};
pub(crate) use methods::Methods;
pub(crate) use observe::{Enforcement, Switches};
pub use places::Place;
pub(crate) use places::{ClientPart, Setting as RuleSetting};
pub use problem::{PolicyErrors, Problem, Problems, Severity};
pub use reminder::{Reminded, Reminder};
pub use rules::Policy;
pub(crate) use rules::{Admits, Client, ClientId, CollectionId, Profile, Reach, State};
#[cfg(any(feature = "toml", feature = "json", feature = "yaml"))]
pub use text::Format;
