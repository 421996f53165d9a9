//! The shape of a policy document: plain structs, in which every value keeps
//! the place it was read from.
//!
//! An absent optional setting is `None` here, whatever it defaults to. Texts
//! (addresses, names, paths, templates) are as written; nothing is checked
//! beyond the shape.
//!
//! Later versions read more settings, so the structs are made by reading a text,
//! or by their constructors and the methods named like their fields:
//!
//! ```
//! use std::num::NonZeroU64;
//! use std::time::Duration;
//!
//! use certgate::edge::Preset;
//! use certgate::policy::document::{
//!     Authentication, Client, Collection, Document, Edge, IdentityRule, Limit, Profile,
//!     RequestsPer,
//! };
//! use certgate::policy::{Mode, Policy};
//!
//! let minute = Duration::from_secs(60);
//! let requests = NonZeroU64::new(500).ok_or("no requests")?;
//! let document = Document::new(
//!     Edge::new(Preset::Nginx, ["10.0.0.0/8"]),
//!     Authentication::new(Mode::Mtls).issuers(["CN=Internal CA,O=Example,C=GB"]),
//! )
//! .identity([IdentityRule::new().client("{subject.cn}").profile("{subject.ou}")])
//! .limits([Limit::new("standard").rate(RequestsPer::new(requests, minute))])
//! .collections([Collection::new("payments", ["/payments"])])
//! .clients([Client::new("acme")
//!     .collections(["payments"])
//!     .limits(["standard"])
//!     .profiles([Profile::new("prod").methods(["GET", "POST"])])]);
//! let loaded = Policy::from_document(&document)?;
//! assert!(loaded.warnings.is_empty());
//!
//! // A mistake has the name of the setting, as one in a file has.
//! let document = document.exemptions([]).clients([Client::new("acme").limits(["gold"])]);
//! let problems = Policy::from_document(&document).unwrap_err().to_string();
//! assert!(problems.contains("error: clients[0].limits[0]: there is no limit \"gold\""));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A method sets what it is named after, in place of what it was before. A
//! document serializes, with any format of serde, to what reads to the same
//! document, but for its places:
//!
//! ```
//! # #[cfg(feature = "json")] {
//! use certgate::policy::Document;
//!
//! let text = r#"{"version":1,"edge":{"preset":"direct","trusted_proxies":[]},"authentication":{"mode":"mtls"}}"#;
//! let document = Document::from_json_str(text, "policy.json")?;
//! assert_eq!(serde_json::to_string(&document)?, text);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Secrets are in no document: of an edge's secret it has the SHA-256.

// `parts!` makes more of each struct than the struct: what it is written as, what
// it is checked for, and its part of the JSON Schema, whose descriptions are the
// documentation of each. `as` says how a setting is written where its type does not.

mod access;
mod authentication;
mod edge;
mod identity;
mod running;

#[cfg(any(feature = "toml", feature = "json", feature = "yaml"))]
pub(super) use super::location::quoted_key;
pub use super::location::{Located, Location, Position};

pub use access::{
    Client, Clients, Collection, Exemption, Limit, ListedDigest, PathRule, PathSettings, Profile,
    RequestsPer,
};
pub use authentication::{Authentication, Authority, Chain, Constraints, Revoked, RevokedSerial};
pub use edge::{Budget, Edge, EdgeClaims, Proof, Selectors};
pub use identity::{IdentityRule, SubjectCondition, When};
pub use running::{Evidence, Expiry, Limiting};

use super::parts::parts;

parts! {
/// A whole policy document.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// The name of the file, for messages; empty without a file.
    pub source: String,
    /// The proxies in front, and what they forward.
    pub edge: Edge,
    /// What a request must prove.
    pub authentication: Authentication,
    /// The authorities that certificates are verified against, in this process.
    pub authorities: Vec<Authority>,
    /// The headers that select a client or a profile.
    pub selectors: Option<Selectors>,
    /// How paths are read.
    pub paths: Option<PathSettings>,
    /// How a certificate leads to a client, in order.
    pub identity: Vec<IdentityRule>,
    /// The limits that clients refer to.
    pub limits: Vec<Limit>,
    /// The sets of paths that clients refer to.
    pub collections: Vec<Collection>,
    /// Requests that need no authentication.
    pub exemptions: Vec<Exemption>,
    /// Who may call.
    pub clients: Clients,
    /// When to warn that a certificate ends.
    pub expiry: Option<Expiry>,
    /// What records tell.
    pub evidence: Option<Evidence>,
    /// How limits are told, and kept where many processes share them.
    pub limiting: Option<Limiting>,
}
also {
    const VERSION: Option<i64> = Some(1);
}
}

/// A list of words, and the place of the list and of each of them.
pub type WordList<T> = Located<Vec<Located<T>>>;

/// A list of texts, and the place of the list and of each of them. A setting
/// that takes one text or a list of them is always a list here.
pub type TextList = Located<Vec<Located<String>>>;
