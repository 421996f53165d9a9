//! TLS that ends in this process, for services without an edge: rustls on
//! tokio, TLS 1.2 and 1.3. The same policy serves with an edge and without.
//!
//! A [`TlsAcceptor`] asks every client for a certificate and takes none that the
//! [`Authorities`] did not sign. What it makes of a connection is a
//! [`Connection`](crate::request::Connection), with the certificate exactly as it was
//! received, marked verified. That counts as the client's under
//! `preset = "direct"`, or with `direct_tls = "accept"` beside an edge: the
//! [guide](crate::guide::direct) has both. Everything else is the policy's, and is
//! asked at each request: a certificate that ends while its connection stands is
//! `certificate_expired`.
//!
//! # axum
//!
//! With the features `axum`, `tls` and `tower`, `TlsListener` stands where the
//! `TcpListener` did:
//!
//! ```no_run
//! # #[cfg(all(feature = "axum", feature = "toml"))] {
//! use std::sync::Arc;
//!
//! use axum::routing::get;
//! use axum::{Extension, Router};
//! use certgate::adapter::tls::{
//!     Authorities, ClientCertificates, TlsAcceptor, TlsCredential, TlsListener, TlsSettings,
//! };
//! use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
//! use certgate::gate::{Gate, Granted};
//! use certgate::policy::Policy;
//! use certgate::request::Connection;
//! use tokio_rustls::rustls::crypto::ring;
//!
//! async fn charges(Extension(granted): Extension<Granted>) -> String {
//!     let caller = granted.identity().map(|identity| identity.principal());
//!     format!("charges of {}", caller.unwrap_or("nobody"))
//! }
//!
//! /// What the files say now; called again for each reload.
//! fn settings() -> Result<TlsSettings, Box<dyn std::error::Error>> {
//!     let (chain, key) = (std::fs::read("server.pem")?, std::fs::read("server.key")?);
//!     let partners = Authorities::from_pem(&std::fs::read("partner-ca.pem")?)?;
//!     Ok(TlsSettings::new(
//!         TlsCredential::from_pem(&chain, &key)?,
//!         ClientCertificates::Required(partners),
//!     ))
//! }
//!
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! // rustls comes without cryptography; this one needs its feature `ring`.
//! ring::default_provider().install_default().ok();
//! let policy = std::fs::read_to_string("policy.toml")?;
//! let gate = Gate::new(Policy::from_toml_str(&policy, "policy.toml")?.policy)?;
//! let layer = GateLayer::new(
//!     Arc::new(gate),
//!     PeerSource::connect_info(),
//!     TargetSource::request_uri(),
//! );
//! let app = Router::new().route("/charges", get(charges)).layer(layer);
//!
//! let acceptor = TlsAcceptor::new(settings()?)?;
//! let listener = tokio::net::TcpListener::bind("0.0.0.0:8443").await?;
//! let listener = TlsListener::new(listener, acceptor.clone())
//!     .on_failure(|error, from| eprintln!("{from}: {error}"));
//! // Without `Connection` every peer is unknown, and nobody is trusted.
//! axum::serve(listener, app.into_make_service_with_connect_info::<Connection>()).await?;
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! # hyper
//!
//! Whoever accepts connections does it in a task for each, so that a slow
//! handshake holds up nobody, and puts the `Connection` into the extensions of
//! each request:
//!
//! ```no_run
//! # #[cfg(feature = "tower")] {
//! use std::convert::Infallible;
//!
//! use certgate::adapter::tls::TlsAcceptor;
//! use certgate::adapter::tower::{GateLayer, RequestBody};
//! use http_body_util::Full;
//! use hyper::body::{Bytes, Incoming};
//! use hyper::{Request, Response};
//! use hyper_util::rt::{TokioExecutor, TokioIo};
//! use hyper_util::server::conn::auto;
//! use hyper_util::service::TowerToHyperService;
//! use tower::{Layer as _, ServiceExt as _, service_fn};
//!
//! async fn hello(_: Request<RequestBody<Incoming>>) -> Result<Response<Full<Bytes>>, Infallible> {
//!     Ok(Response::new(Full::from("hello")))
//! }
//!
//! /// `layer` was made with `PeerSource::extension()`, and the settings of
//! /// `acceptor` with `Alpn::Http2OrHttp1`.
//! async fn serve(layer: GateLayer, acceptor: TlsAcceptor) -> std::io::Result<()> {
//!     let listener = tokio::net::TcpListener::bind("0.0.0.0:8443").await?;
//!     loop {
//!         let (stream, address) = listener.accept().await?;
//!         let (layer, acceptor) = (layer.clone(), acceptor.clone());
//!         tokio::spawn(async move {
//!             let (stream, connection) = match acceptor.accept(stream, address).await {
//!                 Ok(accepted) => accepted,
//!                 Err(error) => return eprintln!("{address}: {error}"),
//!             };
//!             let service = layer
//!                 .layer(service_fn(hello))
//!                 .map_request(move |mut request: Request<Incoming>| {
//!                     request.extensions_mut().insert(connection.clone());
//!                     request
//!                 });
//!             let service = TowerToHyperService::new(service);
//!             auto::Builder::new(TokioExecutor::new())
//!                 .serve_connection(TokioIo::new(stream), service)
//!                 .await
//!                 .ok();
//!         });
//!     }
//! }
//! # }
//! ```
//!
//! # Other servers
//!
//! A server that does its own accepting, such as actix-web, is given
//! [`TlsAcceptor::server_config`], and asks [`verified_connection`] who is at the
//! other end.
//!
//! # Who is taken
//!
//! With [`Required`](ClientCertificates::Required) a client without a certificate
//! gets no connection; with [`Requested`](ClientCertificates::Requested) it does, and
//! the policy says what it may. A certificate that does not verify ends the handshake
//! in both: there is no mode that takes it all the same.
//!
//! **Every authority that is listed can make itself anybody.** It can sign a
//! certificate of any name, and an authority below it by the name of another, so
//! that `issuers` in the policy narrow what honest authorities do and nothing else.
//! An edge whose certificate comes from an authority of its own belongs to an
//! acceptor of its own. An edge is known by its address and by the certificate that
//! `[edge.proof]` pins, which is taken for a client's nowhere.
//!
//! # While it runs
//!
//! [`TlsAcceptor::reload`] takes another certificate, key, or other authorities.
//! Settings with a mistake leave those before in use. rustls does not verify a
//! certificate again when a session is resumed, so no session outlives the settings
//! that it was made under; connections do, and the policy's `issuers` and `revoked`
//! are there for them. A certificate that must not be used any more is best named in
//! the policy, which is asked at each request.
//!
//! There is no renegotiation, and no early data.
//!
//! # Outgoing calls
//!
//! [`Credential::client_config`](crate::credential::Credential::client_config) opens
//! connections with a client certificate, and
//! [`CredentialHandle::client_config`](crate::credential::CredentialHandle::client_config)
//! with whichever is in use by then:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use certgate::adapter::SystemClock;
//! use certgate::adapter::tls::ServerAuthorities;
//! use certgate::credential::{Credential, CredentialHandle, CredentialParts, ValidityCheck};
//! use tokio_rustls::TlsConnector;
//! use tokio_rustls::rustls::crypto::ring;
//!
//! /// What the files say now; called again for each reload.
//! fn load(clock: &SystemClock) -> Result<Credential, Box<dyn std::error::Error>> {
//!     let (bundle, servers) = (std::fs::read("client.pem")?, std::fs::read("server-ca.pem")?);
//!     let parts = CredentialParts::new(&bundle).with_authorities(&servers);
//!     Ok(Credential::from_parts(&parts, ValidityCheck::ValidAt(clock.now().wall))?)
//! }
//!
//! # fn connect() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = SystemClock::start();
//! let handle = CredentialHandle::new(load(&clock)?);
//! let provider = Arc::new(ring::default_provider());
//! // Nobody else's servers are taken. ALPN is for whoever speaks over the connection.
//! let mut config = handle.client_config(&ServerAuthorities::OfCredential, Some(provider))?;
//! config.alpn_protocols = vec![b"http/1.1".to_vec()];
//! let connector = TlsConnector::from(Arc::new(config));
//!
//! // Later, and for every connection that is opened from then on:
//! handle.reload(Ok(load(&clock)?))?;
//! # Ok(())
//! # }
//! ```

mod authorities;
mod blocks;
mod client;
mod credential;
mod error;
mod server;

pub use authorities::{Authorities, OverdueList};
pub use client::ServerAuthorities;
pub use credential::TlsCredential;
pub use error::TlsError;
#[cfg(feature = "axum")]
pub use server::TlsListener;
pub use server::{
    Alpn, ClientCertificates, HandshakeError, HandshakeErrorKind, TlsAcceptor, TlsSettings,
    verified_connection,
};
/// The rustls whose types are seen here.
pub use tokio_rustls::rustls;
