//! May this peer speak for a client? What a proxy in front of the service is
//! called, which of its headers mean what, and what it may say.
//!
//! An [`Edge`] is the compiled rule set of one policy. It judges the peer of a
//! request once, by its address and by what else the policy wants proven. What
//! only a trusted edge may say is reachable through the [`TrustedEdge`] that a
//! passing judgement makes, and the certificate through the [`Attested`] value
//! that the edge's verify status makes, or that whoever accepted the
//! connection makes of a client's own.

mod address;
mod attested;
mod claims;
mod forwarded;
mod hops;
mod judge;
mod lines;
mod names;
mod networks;
mod preset;
mod proof;
mod rules;
mod strip;
mod unreadable;

pub use address::ClientAddress;
pub(crate) use attested::Decoded;
pub use attested::{Attested, Unvouched};
pub(crate) use claims::is_absent as says_nothing;
pub use claims::{ClaimHeader, ClaimUse};
pub(crate) use hops::{Hops, Route};
pub use judge::{DirectPeer, Presence, Standing, TrustedEdge};
pub(crate) use lines::{EdgeLines, Lines};
pub use names::EdgeNames;
pub(crate) use networks::{AddressSet, Proxies, is_wide, parse_network};
pub use preset::{CertificateHeader, Preset, PresetFacts, Verifies};
pub use proof::Distrust;
pub(crate) use proof::{EdgeProof, SecretDigest};
pub(crate) use rules::{AddressSource, DirectTls};
pub use rules::{Edge, Verification};
pub use strip::is_forwarding_header;
pub(crate) use strip::is_spelling_of;
pub(crate) use unreadable::Unreadable;
