//! What handlers of axum take in place of `Extension<Granted>`.
//!
//! The layer is that of [`adapter::tower`](super::tower), with
//! [`PeerSource::connect_info`](super::tower::PeerSource::connect_info), and
//! inside of `Router::nest`
//! [`TargetSource::original_uri`](super::tower::TargetSource::original_uri). A
//! handler says what it needs by what it takes:
//!
//! | argument | on an exempt path, or where denials are observed | without the layer |
//! |---|---|---|
//! | [`Identity`] | refused | refused |
//! | `Option<Identity>` | `None` | refused |
//! | [`ClientCertificate`] | refused, and where the caller has none | refused |
//! | `Option<ClientCertificate>` | `None` | refused |
//! | [`Granted`] | the grant | refused |
//!
//! So a handler that was forgotten when its layer was put in place serves nobody,
//! and one whose path was made exempt still serves only who is proven. With which
//! status is said by [`AccessDenied`]. What routes demand besides are layers:
//! [`RequireCollection`](super::tower::RequireCollection) and
//! [`RequireBinding`](super::tower::RequireBinding).
//!
//! ```no_run
//! use std::net::SocketAddr;
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use axum::routing::get;
//! use certgate::adapter::axum::{ClientCertificate, Identity};
//! use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
//! use certgate::gate::Gate;
//!
//! fn guarded(gate: Arc<Gate>) -> Router {
//!     let charges = Router::new()
//!         .route("/charges", get(charges))
//!         .route("/certificate", get(certificate))
//!         .layer(GateLayer::new(
//!             gate,
//!             PeerSource::connect_info(),
//!             TargetSource::original_uri(),
//!         ));
//!     Router::new().nest("/payments", charges)
//! }
//!
//! async fn charges(Identity(caller): Identity) -> String {
//!     format!("charges of {}", caller.principal())
//! }
//!
//! async fn certificate(certificate: ClientCertificate) -> String {
//!     certificate.thumbprint().hex()
//! }
//!
//! # async fn serve(gate: Arc<Gate>) -> std::io::Result<()> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! // Without `ConnectInfo` every peer is unknown, and nobody is trusted.
//! let service = guarded(gate).into_make_service_with_connect_info::<SocketAddr>();
//! axum::serve(listener, service).await
//! # }
//! ```
//!
//! [`AccessDenied`]: super::tower::AccessDenied
//! [`Granted`]: crate::gate::Granted

mod extract;
mod rejection;

pub use crate::adapter::caller::{ClientCertificate, Identity};
pub use rejection::AccessRejection;
