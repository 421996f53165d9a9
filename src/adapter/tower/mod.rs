//! A tower layer: for axum, tonic, and hyper 1.x by way of
//! `hyper_util::service::TowerToHyperService`.
//!
//! The layer decides before the inner service sees the request. It rejects
//! with a problem body, or removes every header by which edges speak about
//! clients and attaches a [`Granted`](crate::gate::Granted) to the request's
//! extensions instead. Where the policy says `identity_headers = "replace"`, it
//! also writes the proven client and profile to the selecting headers. Where it
//! has a `header` under `[expiry]`, responses to callers whose certificate ends
//! soon have it.
//!
//! What it cannot know it is told: where the peer's address and the original
//! target are found ([`PeerSource`], [`TargetSource`]), and the verified token,
//! as a [`VerifiedToken`](crate::request::VerifiedToken) in the request's
//! extensions. What is missing denies.
//!
//! It has to be the outermost layer that looks at identity, and nothing before
//! it may follow the headers that it strips.
//!
//! # axum
//!
//! `Router::layer` guards every route added before it, and paths without a
//! route. Handlers take `Extension<Granted>`, or with the feature `axum` what
//! `adapter::axum` has, which also has the sources below.
//!
//! ```no_run
//! use std::net::SocketAddr;
//! use std::sync::Arc;
//!
//! use axum::extract::{ConnectInfo, OriginalUri};
//! use axum::routing::get;
//! use axum::{Extension, Router};
//! use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
//! use certgate::gate::{Gate, Granted};
//! use certgate::request::Peer;
//!
//! fn guarded(gate: Arc<Gate>) -> Router {
//!     let peer = PeerSource::from_fn(|head| {
//!         head.extensions
//!             .get::<ConnectInfo<SocketAddr>>()
//!             .map_or(Peer::UNKNOWN, |connection| connection.0.into())
//!     });
//!     // Inside of `Router::nest` the request's own URI has lost the prefix.
//!     // axum keeps the whole one, with its feature `original-uri`.
//!     let target = TargetSource::from_fn(|head| {
//!         head.extensions
//!             .get::<OriginalUri>()
//!             .map_or(String::new(), |original| original.0.path().to_owned())
//!     });
//!     let charges = Router::new()
//!         .route("/charges", get(charges))
//!         .layer(GateLayer::new(gate, peer, target));
//!     Router::new().nest("/payments", charges)
//! }
//!
//! async fn charges(Extension(granted): Extension<Granted>) -> String {
//!     let caller = granted.identity().map(|identity| identity.principal());
//!     format!("charges of {}", caller.unwrap_or("nobody"))
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
//! # hyper
//!
//! Whoever accepts the connection knows the peer, and puts it into the
//! extensions of each request; `hyper-util` needs its features `service` and
//! `tokio`.
//!
//! ```no_run
//! use std::convert::Infallible;
//!
//! use certgate::adapter::tower::{GateLayer, RequestBody};
//! use certgate::gate::Granted;
//! use certgate::request::Peer;
//! use http_body_util::Full;
//! use hyper::body::{Bytes, Incoming};
//! use hyper::server::conn::http1;
//! use hyper::{Request, Response};
//! use hyper_util::rt::TokioIo;
//! use hyper_util::service::TowerToHyperService;
//! use tower::{Layer as _, ServiceExt as _, service_fn};
//!
//! async fn hello(
//!     request: Request<RequestBody<Incoming>>,
//! ) -> Result<Response<Full<Bytes>>, Infallible> {
//!     let caller = request.extensions().get::<Granted>().and_then(Granted::identity);
//!     let name = caller.and_then(|caller| caller.client()).unwrap_or("nobody");
//!     Ok(Response::new(Full::from(format!("hello {name}"))))
//! }
//!
//! /// `layer` was made with `PeerSource::extension()`.
//! async fn serve(layer: GateLayer) -> std::io::Result<()> {
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//!     loop {
//!         let (connection, address) = listener.accept().await?;
//!         let service = layer
//!             .layer(service_fn(hello))
//!             .map_request(move |mut request: Request<Incoming>| {
//!                 request.extensions_mut().insert(Peer::from(address));
//!                 request
//!             });
//!         let service = TowerToHyperService::new(service);
//!         tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(connection), service));
//!     }
//! }
//! ```
//!
//! Where the peer's own TLS certificate counts, or the address of a PROXY
//! protocol header, the acceptor makes a
//! [`Connection`](crate::request::Connection) of the whole peer, once, and puts
//! a clone of that into the extensions in place of the `Peer`.
//!
//! # Tokens
//!
//! In the modes that take bearer tokens, a layer outside of this one verifies
//! the token and states that it did:
//!
//! ```
//! use certgate::adapter::claims::assert_verified_claims;
//! # use serde_json::{Value, json};
//!
//! # let mut request = http::Request::new(());
//! # let Value::Object(claims) = json!({ "azp": "acme", "cnf": { "x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0" } }) else { panic!() };
//! // `claims` are those of the token, as JSON, after its signature, issuer,
//! // audience and lifetime were checked. With the feature `claims`:
//! let token = assert_verified_claims(&claims, &["azp", "client_id"])?;
//! request.extensions_mut().insert(token);
//! # Ok::<(), certgate::adapter::claims::ClaimsError>(())
//! ```

mod body;
mod decided;
mod future;
mod headers;
mod layer;
mod reject;
mod require;
mod service;
mod sources;

pub use crate::adapter::access::AccessDenied;
pub use body::{RequestBody, ResponseBody};
pub use future::ResponseFuture;
pub use layer::GateLayer;
#[cfg(feature = "axum")]
pub(in crate::adapter) use reject::{grant, refusal};
pub use require::{RequireBinding, RequireCollection, RequireService};
pub use service::GateService;
pub use sources::{PeerSource, TargetSource};
