//! Certificates, headers of edges and expected decisions, for the tests of whoever
//! writes a policy or a service.
//!
//! Nothing here belongs into a service: it writes what only an edge may write.
//!
//! ```
//! # #[cfg(feature = "toml")] {
//! use certgate::decide::{Reason, run_trials};
//! use certgate::policy::Policy;
//! use certgate::request::Timestamp;
//! use certgate::testing::{CertificateSpec, TestEdge};
//!
//! let policy = Policy::from_toml_str(
//!     r#"
//!     version = 1
//!     [edge]
//!     preset = "nginx"
//!     trusted_proxies = ["10.0.0.0/8"]
//!     [authentication]
//!     mode = "mtls"
//!     [[identity]]
//!     client = "{subject.cn}"
//!     [[collections]]
//!     name = "payments"
//!     paths = ["/payments"]
//!     [[exemptions]]
//!     method = "GET"
//!     path = "/healthz"
//!     [[clients]]
//!     id = "acme"
//!     collections = ["payments"]
//!     "#,
//!     "policy.toml",
//! )?
//! .policy;
//! let acme = CertificateSpec::new("acme").make()?;
//! let stranger = CertificateSpec::new("stranger").make()?;
//!
//! let edge = TestEdge::new(&policy, "10.0.0.7".parse()?, Timestamp::from_unix_seconds(1_798_761_600))?;
//! let past = TestEdge::new(&policy, "203.0.113.9".parse()?, Timestamp::from_unix_seconds(1_798_761_600))?;
//! let trials = [
//!     edge.ask("GET", "/payments").with(&acme).is_of_client("acme"),
//!     edge.ask("GET", "/payments").with(&stranger).is_denied(Reason::ClientUnknown),
//!     edge.ask("GET", "/payments").is_denied(Reason::CertificateMissing),
//!     edge.ask("GET", "/healthz").is_exempt(),
//!     // Who reaches the service past the edge, and writes the same headers.
//!     past.ask("GET", "/payments").with(&acme).is_denied(Reason::CertificateMissing),
//! ];
//! assert_eq!(run_trials(&policy, &trials), []);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod certificate;
mod edge;
mod encode;

use thiserror::Error;

pub use certificate::CertificateSpec;
pub use edge::{Ask, TestEdge};
pub use encode::encode;

/// Why something cannot be made for a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TestingError {
    /// A name or a moment cannot stand in a certificate.
    #[error("the certificate cannot be made: a name or a moment cannot stand in it")]
    Certificate,
    /// A keyword of a name is none of `C`, `ST`, `L`, `O`, `OU` and `CN`.
    #[error("a keyword is none of C, ST, L, O, OU and CN")]
    Keyword,
    /// The policy expects several XFCC elements, of proxies that only it knows.
    #[error("the edge of this policy has several hops, which cannot be made up")]
    SeveralHops,
    /// The edge forwards no certificate, and claims in a form that is not written
    /// here.
    #[error("the edge of this policy forwards claims alone, which are not written here")]
    ClaimsAlone,
}
