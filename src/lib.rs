//! certgate turns the client certificate that a TLS-terminating proxy forwards
//! into a typed decision.

pub mod request;
pub mod certificate;
pub mod dialect;
pub mod edge;
pub mod trust;
pub mod binding;
pub mod identity;
pub mod limits;
pub mod policy;
pub mod decide;
pub mod response;
pub mod evidence;
pub mod gate;
#[cfg(feature = "tower")]
pub mod adapter;
