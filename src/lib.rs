//! certgate turns the client certificate that a TLS-terminating proxy forwards
//! into a typed decision: allow, with a proven identity, or deny, with a
//! status and a reason code.
//!
//! A service behind mutual TLS rarely sees the TLS. An edge (nginx, Traefik,
//! HAProxy, Envoy, a cloud's load balancer) ends it and forwards the client's
//! certificate in a header. What follows is the same in every service and
//! dangerous in each: which header, in which encoding, set by whom; is the
//! certificate valid now, is the token bound to it, which partner is this, and
//! what may they do. This crate is that, as a library: one policy document and
//! one function.
//!
//! # The flow
//!
//! One request flows one way through the crate, and a module uses only the
//! modules above it:
//!
//! ```text
//!  request      the facts, as arguments: peer, target, header lines, token, time
//!     │
//!  certificate  DER → CertInfo: names, alternative names, validity, thumbprint
//!  dialect      header value → DER: escaped PEM, base64, RFC 9440, XFCC
//!     │
//!  edge         may this peer speak for a client? did it verify the certificate?
//!  trust        does it lead to an authority, is it valid now, and none that is refused?
//!  binding      is the token bound to it (RFC 8705)?
//!  identity     what is proven → client, profile, principal
//!  limits       rates and quotas
//!     │
//!  policy       the document, validated and indexed
//!  decide       read → assess → authorize → settle: the Decision
//!     │
//!  response     Decision → status, headers, problem body
//!  evidence     Decision → audit record
//!     │
//!  gate         what a service embeds: policy, cache and limits, replaced as one
//!
//!  credential   the other direction: certificate and key for outgoing calls
//!     │
//!  adapter      tower, actix, TLS, Redis, a policy file, records: everything with IO or a clock
//!
//!  guide        no code: how to set up each edge, and the policy for it
//! ```
//!
//! `identity` has no interface of its own: a policy holds its rules, and a
//! decision tells what they gave. Nor has `condition`, the terms in which `trust`
//! and `identity` look at a certificate.
//!
//! Everything above `gate` is pure: no clock, socket, file, environment, log
//! line or global state. Time and addresses are arguments.
//!
//! # Where to begin
//!
//! - To guard a service: a [`policy::Policy`] from a file, a [`gate::Gate`],
//!   and `adapter::tower::GateLayer` around the service; the documentation of
//!   `adapter::tower` has axum and hyper in full, that of `adapter::actix` actix-web.
//! - To set up the edge: the [`guide`] has a page for each. Without one,
//!   `adapter::tls` accepts the connections.
//! - For a backend in another language: [`guide::other_languages`].
//! - To write a policy, in TOML, JSON or YAML: [`policy`] has every key. To make
//!   one in code: [`policy::document`].
//! - To say in axum what a handler needs: `adapter::axum`.
//! - To change the policy while it runs: [`gate`].
//! - To call others with a certificate: `credential`.
//! - To decide without a framework: [`decide::decide`].
//! - To look into certificates: [`certificate::CertInfo`] and [`dialect`].
//!
//! ```
//! # #[cfg(feature = "toml")] {
//! use std::time::Duration;
//!
//! use certgate::decide::{Decision, Grant, decide};
//! use certgate::limits::MemoryLimits;
//! use certgate::policy::Policy;
//! use certgate::request::{Now, Peer, Request, Timestamp};
//!
//! let policy = Policy::from_toml_str(
//!     r#"
//!     version = 1
//!
//!     [edge]
//!     preset = "rfc9440"
//!     verification = "edge-always"
//!     trusted_proxies = ["10.0.0.0/8"]
//!
//!     [authentication]
//!     mode = "mtls"
//!
//!     [[identity]]
//!     client = "{subject.cn}"
//!
//!     [[collections]]
//!     name = "payments"
//!     paths = ["/payments"]
//!
//!     [[clients]]
//!     id = "pisp-partner-acme"
//!     collections = ["payments"]
//!     "#,
//!     "policy.toml",
//! )?
//! .policy;
//! let limits = MemoryLimits::new(policy.limits())?;
//! # let der = include_bytes!("../tests/data/certificates/acme.der").to_vec();
//! # let certificate = certgate::certificate::CertInfo::from_der(der)?;
//! # let client_cert = certificate.to_rfc9440();
//! # let wall = certificate.validity().not_before;
//!
//! // `client_cert` is `:MII…:`, as the edge forwards it.
//! let headers = [("Client-Cert", client_cert)];
//! let request = Request {
//!     peer: Peer::address("10.0.0.7".parse()?),
//!     method: "GET",
//!     target: "/payments/v1/charges",
//!     headers: &headers,
//!     token: None,
//!     now: Now { wall, monotonic: Duration::ZERO },
//! };
//! match decide(&policy, &request, &limits) {
//!     Decision::Allow(allow) => match allow.grant() {
//!         Grant::Proven(identity) => assert_eq!(identity.client(), Some("pisp-partner-acme")),
//!         _ => unreachable!("no path is exempt"),
//!     },
//!     Decision::Deny(deny) => panic!("{} {}", deny.reason().status(), deny.reason()),
//! }
//!
//! // Another peer's header does not exist.
//! let stranger = Request { peer: Peer::address("203.0.113.9".parse()?), ..request };
//! let decision = decide(&policy, &stranger, &limits);
//! assert_eq!(decision.reason().map(|reason| reason.code()), Some("certificate_missing"));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `toml` | policies written in TOML |
//! | `json` | policies written in JSON |
//! | `yaml` | policies written in YAML, without anchors, tags and other surprises |
//! | `tower` | a tower layer, for axum, tonic and hyper 1.x |
//! | `actix` | a middleware and extractors for actix-web 4 |
//! | `axum` | extractors for handlers, the peer of a connection under `axum::serve`; `tower` |
//! | `claims` | tokens from verified claims in JSON |
//! | `jsonwebtoken` | the same from what `jsonwebtoken` verified; `claims` |
//! | `verify` | verifies certificates in this process: paths to authorities, revocation lists |
//! | `credential` | certificates and keys for outgoing calls, encrypted or not |
//! | `tls` | ends TLS in this process, for services without an edge, and opens it with a credential; `credential` |
//! | `watch` | follows a policy file, in a format that is on |
//! | `redis` | limits that many processes share, in Redis |
//! | `sinks` | audit records as JSON lines, or to a receiver: `adapter::sink` |
//! | `tracing` | audit records as events of `tracing`: `adapter::tracing` |
//! | `metrics` | audit records as meters, through `metrics`: `adapter::metrics` |
//! | `full` | all of these |
//! | `kafka` | audit records as messages of Kafka, with a C library: `adapter::kafka`; `sinks` |
//! | `testing` | certificates, headers and expected decisions for the tests of services |
//!
//! None is on by default. A feature adds; it never changes what the core does.
//!
//! # What it does not do
//!
//! It verifies no token signature; and no certificate chain, unless a policy says
//! `verification = "in-process"` (feature `verify`): the edge verifies the chain
//! (rustls, under `adapter::tls`), and the policy states how that is known, or pins
//! the certificates and keys that it takes without. It fetches no CRL. Whoever
//! verified the token says so by making a [`VerifiedToken`](request::VerifiedToken).
//! But for `adapter::redis` and `adapter::kafka` it opens no connection, and but for
//! `adapter::watch` it reads no file.
//!
//! # What the edge has to do
//!
//! Set the certificate header on every request, overwriting what the client
//! sent, and leave out no name by which it could arrive. certgate believes
//! forwarded headers from the listed proxies alone, and with a preset that has
//! a verify status, only beside the one word that means verified. It cannot
//! know what a trusted edge passed through by mistake. The [`guide`] says for
//! each edge what that takes, and [`Policy::hazards`](policy::Policy::hazards)
//! tells at the start what a policy leaves to it.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod request;
pub mod certificate;
pub mod dialect;
pub mod edge;
mod condition;
pub mod trust;
pub mod binding;
mod identity;
pub mod limits;
pub mod policy;
pub mod decide;
pub mod response;
pub mod evidence;
pub mod gate;
#[cfg(feature = "credential")]
pub mod credential;
pub mod adapter;
#[cfg(feature = "testing")]
pub mod testing;
pub mod guide;

/// The README's examples are tests.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../README.md")]
struct Readme;
