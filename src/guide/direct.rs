//! No edge, TLS ends in this process: preset `direct`.
//!
//! The example below is a test, and so is the acceptor of `adapter::tls`.
//!
//! # What counts
//!
//! The certificate of the connection, as whoever accepted it says: verified, or
//! taken without. An unverified one is 401 `certificate_unverified`. No header
//! counts, and there is no proxy to trust: `trusted_proxies`, `verification` and
//! the names of headers are errors in such a policy, save for
//! `verification = "in-process"` (feature `verify`): with it every certificate is
//! verified against the policy's authorities, whatever the acceptor says.
//!
//! # Configuration
//!
//! `adapter::tls` (feature `tls`) is an acceptor, for `axum::serve`, hyper and
//! others; its page has a service in full. `ClientCertificates::Requested` there
//! lets the service answer 401 `certificate_missing`.
//!
//! Another acceptor makes a [`Connection`](crate::request::Connection) when the
//! handshake is done, and puts it into the extensions of each request, where
//! `PeerSource::extension` of the tower layer finds it. It calls
//! [`PeerCertificate::verified`](crate::request::PeerCertificate::verified) only
//! if the TLS library verified the chain against the partners' authority.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("direct/policy.toml")]
//! ```
//!
//! # In code
//!
//! ```
//! # #[cfg(feature = "toml")] {
//! use std::time::Duration;
//!
//! use certgate::decide::{Reason, decide};
//! use certgate::limits::MemoryLimits;
//! use certgate::policy::Policy;
//! use certgate::request::{Connection, Now, Peer, PeerCertificate, Request};
//!
//! let policy = include_str!("direct/policy.toml");
//! # let policy = policy.replace("CN=Partner CA,O=Example Bank,C=GB", "CN=Example Root CA,O=Example Root Trust Ltd,C=GB");
//! let policy = Policy::from_toml_str(&policy, "policy.toml")?.policy;
//! let limits = MemoryLimits::new(policy.limits())?;
//!
//! // What the TLS library gives, once a connection.
//! # let leaf = include_bytes!("../../tests/data/certificates/acme.der").to_vec();
//! # let wall = certgate::certificate::CertInfo::from_der(leaf.clone())?.validity().not_before;
//! let partner = Peer::address("203.0.113.5".parse()?);
//! let certificate = PeerCertificate::verified(&leaf);
//! let connection = Connection::from(partner.with_certificate(certificate));
//!
//! // And for each request on it:
//! let none: [(&str, &str); 0] = [];
//! let request = Request {
//!     peer: connection.peer(),
//!     method: "GET",
//!     target: "/payments/7",
//!     headers: &none,
//!     token: None,
//!     now: Now { wall, monotonic: Duration::ZERO },
//! };
//! assert_eq!(decide(&policy, &request, &limits).reason(), None);
//!
//! // Nobody is believed by a header.
//! let headers = [("X-SSL-Client-Verify", "SUCCESS"), ("Client-Cert", ":MAMCAQE=:")];
//! let forged = Request { peer: partner, headers: &headers, ..request };
//! let decision = decide(&policy, &forged, &limits);
//! assert_eq!(decision.reason(), Some(Reason::CertificateMissing));
//!
//! // Who was not verified is nobody.
//! let certificate = PeerCertificate::unverified(&leaf);
//! let unverified = Request { peer: partner.with_certificate(certificate), ..request };
//! let decision = decide(&policy, &unverified, &limits);
//! assert_eq!(decision.reason(), Some(Reason::CertificateUnverified));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Beside an edge
//!
//! With any other preset, `direct_tls = "accept"` lets peers that are no trusted
//! proxy be known by the certificate of their own connection. The certificate
//! with which a trusted proxy connects is never the client's.
//!
//! ```toml
//! [edge]
//! preset = "nginx"
//! trusted_proxies = ["10.0.0.7"]
//! direct_tls = "accept"
//! ```
//!
//! # Check it
//!
//! ```sh
//! curl -i --cacert ca.pem https://localhost/payments --cert acme.pem --key acme.key
//! curl -i --cacert ca.pem https://localhost/payments
//! curl -i --cacert ca.pem https://localhost/payments \
//!   -H "Client-Cert: :$(openssl x509 -in acme.pem -outform der | base64 -w0):"
//! ```
//!
//! 200, 401 `certificate_missing`, 401 `certificate_missing`, or the last two
//! refused in the handshake; see
//! [How to check an edge](super#how-to-check-an-edge).
