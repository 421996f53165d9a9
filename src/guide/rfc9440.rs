//! Any edge that follows RFC 9440: preset `rfc9440`.
//!
//! Proven against HAProxy 2.6.12, which writes the header as configured here.
//!
//! # What it sends
//!
//! `Client-Cert` is `:base64 of the DER:` (dialect `rfc9440`).
//! `Client-Cert-Chain` has the rest of the chain in the same form, by commas or
//! on several lines. Without a certificate there is neither; `::` counts as none
//! too, because edges that are configured by hand write it. A chain without its
//! certificate is refused. Nothing says whether the certificate was verified.
//!
//! # Configuration
//!
//! ```haproxy
#![doc = include_str!("rfc9440/haproxy.cfg")]
//! ```
//!
//! # What it removes, and what it does not
//!
//! RFC 9440 (section 4) has the edge remove both headers from what clients send,
//! on every request, certificate or not. An edge that does it by itself says so
//! in its documentation; check it. Where it is done by hand, as here, both are
//! set or deleted without a condition.
//!
//! # Verification
//!
//! RFC 9440 has no word for "verified". The edge has to refuse every
//! certificate that it cannot verify, and the policy says so with `edge-always`.
//! If the edge can send a status, better:
//!
//! ```toml
//! [edge]
//! preset = "rfc9440"
//! trusted_proxies = ["127.0.0.1"]
//! status_header = "X-SSL-Client-Verify"
//! status_value = "SUCCESS"
//! ```
//!
//! Some services fill the header whatever came of the verification:
//! [`cloudflare`](super::cloudflare) and [`cloudfront`](super::cloudfront) say
//! what to do.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("rfc9440/policy.toml")]
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
//! 200, 401 `certificate_missing`, 401 `certificate_missing`; see
//! [How to check an edge](super#how-to-check-an-edge).
