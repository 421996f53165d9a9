//! Azure App Service: preset `azure`, which is refused for now.
//!
//! Written from the vendor's documentation; not proven against Azure.
//!
//! App Service forwards the client's certificate as `X-ARR-ClientCert`: base64
//! of the DER. It verifies nothing and leaves that to the application. This
//! version of certgate verifies no chain, so a policy with this preset does not
//! load:
//!
//! ```
//! # #[cfg(feature = "toml")] {
//! use certgate::policy::Policy;
//!
//! let policy = include_str!("azure/refused.toml");
//! let errors = Policy::from_toml_str(policy, "policy.toml").unwrap_err();
//! assert_eq!(
//!     errors.to_string(),
//!     "policy.toml:4:10: error: edge.preset: this edge verifies no certificate, and this version \
//!      of certgate verifies none either (let the edge verify, where it can, or end TLS in \
//!      another one)",
//! );
//! # }
//! ```
//!
//! Another preset with the same header and `verification = "edge-always"` would
//! load. It would state what is not so: anyone who signs a certificate with a
//! partner's name would be that partner.
//!
//! End TLS in an edge that verifies, such as [`nginx`](super::nginx) in front of
//! the service, or in the process itself ([`direct`](super::direct)).
