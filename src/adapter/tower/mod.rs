//! A tower layer: for axum, tonic, and hyper 1.x by way of
//! `hyper_util::service::TowerToHyperService`.
//!
//! The layer decides before the inner service sees the request. It rejects
//! with a problem body, or removes every header by which edges speak about
//! clients and attaches a [`Granted`](crate::gate::Granted) to the request's
//! extensions instead.
//!
//! What it cannot know it is told: where the peer's address and the original
//! target are found ([`PeerSource`], [`TargetSource`]), and the verified token,
//! as a [`VerifiedToken`](crate::request::VerifiedToken) in the request's
//! extensions. What is missing denies.
//!
//! It has to be the outermost layer that looks at identity, and nothing before
//! it may follow the headers that it strips.

mod body;
mod future;
mod headers;
mod layer;
mod record;
mod reject;
mod service;
mod sources;

pub use body::{RequestBody, ResponseBody};
pub use future::ResponseFuture;
pub use layer::GateLayer;
pub use service::GateService;
pub use sources::{PeerSource, TargetSource};
