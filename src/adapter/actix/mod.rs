//! A middleware and extractors for actix-web 4.
//!
//! The middleware decides before the service inside sees the request. It rejects
//! with a problem body, or removes every header by which edges speak about clients
//! and attaches a [`Granted`](crate::gate::Granted) to the request instead. Where the
//! policy says `identity_headers = "replace"`, it also writes the proven client and
//! profile to the selecting headers; where it tells expiry or limits, to the response.
//!
//! Handlers take who is calling as an [`Identity`], the certificate as a
//! [`ClientCertificate`], or all that was granted as a `Granted`. The first two are
//! given for a proven caller alone: where a path is exempt or a denial is only
//! observed, a handler that asks for them is not called, and `Option<Identity>` is
//! `None`. It is `None` as well where no gate stands around the handler.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use actix_web::{App, HttpServer, web};
//! use certgate::adapter::actix::{GateMiddleware, Identity};
//! use certgate::gate::Gate;
//!
//! async fn charges(Identity(caller): Identity) -> String {
//!     format!("charges of {}", caller.principal())
//! }
//!
//! async fn serve(payments: Arc<Gate>, reports: Arc<Gate>) -> std::io::Result<()> {
//!     // Outside of the closure, which runs once for each worker.
//!     let payments = GateMiddleware::new(payments);
//!     let reports = GateMiddleware::new(reports);
//!     HttpServer::new(move || {
//!         App::new()
//!             .service(
//!                 web::scope("/payments")
//!                     .wrap(payments.clone())
//!                     .route("/charges", web::get().to(charges)),
//!             )
//!             .service(
//!                 web::scope("/reports")
//!                     .wrap(reports.clone())
//!                     .route("/charges", web::get().to(charges)),
//!             )
//!     })
//!     .bind(("127.0.0.1", 8080))?
//!     .run()
//!     .await
//! }
//! ```
//!
//! # Where it stands
//!
//! - actix calls the middleware that was wrapped last first: the gate is wrapped after
//!   all that look at identity or at the headers that it strips, and after those that
//!   change the URI, such as `NormalizePath`, so that it judges the path that was sent.
//!   Rules see all of that path, also in a scope.
//! - One gate decides a request. Another one inside of it finds no certificate, since
//!   the first has taken it away, and denies.
//! - What is outside of the scope that it is wrapped around is not guarded, and
//!   `App::wrap` guards the answer to paths without a route as well.
//! - The peer is the other end of the socket ([`PeerSource`]). `realip_remote_addr` and
//!   what else `ConnectionInfo` tells come out of headers, from anybody.
//! - A middleware outside of the gate must not keep a clone of the `HttpRequest` while
//!   the request is served: actix-web panics where the headers of such a request are
//!   changed, and it is served by nobody.
//! - actix-web hands no trailers of a request to anybody, so there are none to strip.
//!   It answers a message that it cannot read with a 400 of its own, before any gate.
//!
//! An error of a middleware between the gate and the handler is handed on as it is,
//! without the response headers of the policy. Its record has the error's status.
//!
//! # TLS without an edge
//!
//! `adapter::tls` makes the settings, and `on_connect` finds the certificate of each
//! connection, by the type that the crate `actix-tls` (3.x, feature `rustls-0_23`)
//! gives to it. Where it is not found, the peer is there without a certificate, and
//! denied.
//!
//! ```no_run
//! # #[cfg(feature = "tls")] {
//! use actix_tls::accept::rustls_0_23::TlsStream;
//! use actix_web::rt::net::TcpStream;
//! use actix_web::{App, HttpServer};
//! use certgate::adapter::actix::GateMiddleware;
//! use certgate::adapter::tls::{TlsAcceptor, verified_connection};
//!
//! async fn serve(guard: GateMiddleware, acceptor: TlsAcceptor) -> std::io::Result<()> {
//!     HttpServer::new(move || App::new().wrap(guard.clone()))
//!         .on_connect(|stream, extensions| {
//!             let Some(stream) = stream.downcast_ref::<TlsStream<TcpStream>>() else {
//!                 return;
//!             };
//!             let (socket, session) = stream.get_ref();
//!             if let Ok(address) = socket.peer_addr() {
//!                 extensions.insert(verified_connection(address, session));
//!             }
//!         })
//!         .bind_rustls_0_23("0.0.0.0:8443", (*acceptor.server_config()).clone())?
//!         .run()
//!         .await
//! }
//! # }
//! ```
//!
//! The server keeps the settings that it was started with; a reload of the acceptor
//! does not reach it.
//!
//! # Tokens
//!
//! In the modes that take bearer tokens, a middleware outside of this one verifies the
//! token, and puts a [`VerifiedToken`](crate::request::VerifiedToken) into the
//! request's extensions: `request.extensions_mut().insert(token)`.

mod body;
mod decided;
mod extract;
mod future;
mod headers;
mod middleware;
mod reject;
mod service;
mod sources;

pub use crate::adapter::access::AccessDenied;
pub use crate::adapter::caller::{ClientCertificate, Identity};
pub use body::ResponseBody;
pub use extract::AccessRejection;
pub use future::ResponseFuture;
pub use middleware::GateMiddleware;
pub use service::GateService;
pub use sources::PeerSource;
