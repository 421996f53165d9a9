//! A middleware and extractors for actix-web 4.

mod body;
mod decided;
mod extract;
mod headers;
mod middleware;
mod reject;
mod service;
mod sources;

pub use body::ResponseBody;
pub use extract::{ClientCertificate, Identity, Unproven, UnprovenKind};
pub use middleware::GateMiddleware;
pub use service::GateService;
pub use sources::PeerSource;
