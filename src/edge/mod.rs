//! May this peer speak for a client? What a proxy in front of the service is
//! called, which of its headers mean what, and what it may say.
//!
//! An [`Edge`] is the compiled rule set of one policy. It judges the peer of a
//! request once, by its address and by what else the policy wants proven; what only a trusted edge may say is reachable through the
//! [`TrustedEdge`] that a passing judgement makes, and the certificate header
//! through the [`Attested`] value that the edge's verify status makes.

mod address;
mod claims;
mod forwarded;
mod hops;
mod judge;
mod lines;
mod networks;
mod preset;
mod proof;
mod strip;
mod unreadable;

pub use address::ClientAddress;
pub use claims::{ClaimHeader, ClaimUse};
pub(crate) use hops::{Hops, Route};
pub(crate) use judge::{AddressSource, Decoded, DirectTls};
pub use judge::{
    Attested, DirectPeer, Edge, EdgeNames, Presence, Standing, TrustedEdge, Verification,
};
pub(crate) use lines::EdgeLines;
pub(crate) use lines::Lines;
pub(crate) use networks::{AddressSet, Proxies, is_wide, parse_network};
pub use preset::{CertificateHeader, Preset, PresetFacts, Verifies};
pub use proof::Distrust;
pub(crate) use proof::{EdgeProof, SecretDigest};
pub use strip::is_forwarding_header;
pub(crate) use strip::is_spelling_of;
pub(crate) use unreadable::Unreadable;
