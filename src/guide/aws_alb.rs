//! AWS Application Load Balancer: presets `aws-alb` and `aws-alb-passthrough`.
//!
//! Written from the vendor's documentation; not proven against a load balancer.
//!
//! # What it sends
//!
//! In verify mode:
//!
//! | header | value |
//! |---|---|
//! | `X-Amzn-Mtls-Clientcert-Leaf` | PEM, percent-encoded with `+`, `=` and `/` left as they are (dialect `pem-escaped`) |
//! | `X-Amzn-Mtls-Clientcert-Subject`, `-Issuer` | names as RFC 2253 text |
//! | `X-Amzn-Mtls-Clientcert-Serial-Number` | hexadecimal, which certgate does not read |
//! | `X-Amzn-Mtls-Clientcert-Validity` | `NotBefore=…;NotAfter=…` |
//!
//! certgate reads the certificate, and the others only where `[edge.claims]`
//! says so. Nothing says that it was verified: verify
//! mode refuses everything else in the handshake, a client without a certificate
//! too.
//!
//! # Configuration
//!
//! ```sh
#![doc = include_str!("aws_alb/listener.sh")]
//! ```
//!
//! Security groups let nobody but the load balancer reach the service.
//!
//! # What it removes, and what it does not
//!
//! The documentation does not say what becomes of an `X-Amzn-Mtls-*` header that
//! a client sends. Check it. A listener in mode `off` or `passthrough` sets none
//! of the verify headers: if it forwards to the same service, whatever it lets
//! through is believed. Have every HTTPS listener of the service in verify mode,
//! and let HTTP listeners redirect.
//!
//! The load balancer appends the client's address to `X-Forwarded-For`, unless
//! `routing.http.xff_header_processing.mode` says otherwise.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("aws_alb/policy.toml")]
//! ```
//!
//! If the listener renames the header
//! (`routing.http.request.x_amzn_mtls_clientcert_leaf.header_name`):
//!
//! ```toml
//! [edge]
//! preset = "aws-alb"
//! trusted_proxies = ["10.20.0.0/24", "10.20.1.0/24"]
//! verification = "edge-always"
//! certificate_header = "X-Partner-Certificate"
//! ```
//!
//! # Passthrough mode
//!
//! In passthrough mode `X-Amzn-Mtls-Clientcert` carries the chain that the
//! client sent. The handshake proves that the client has the key of the first;
//! nobody has verified anything else. So either certgate does, with
//! `verification = "in-process"` (feature `verify`) and the authorities of clients
//! under `[[authorities]]`; or identity rules have to pin certificates or keys, or
//! the policy does not load:
//!
//! ```toml
#![doc = include_str!("aws_alb/passthrough.toml")]
//! ```
//!
//! Use verify mode where you can.
//!
//! # Check it
//!
//! ```sh
//! curl -i https://payments.example.com/payments --cert acme.pem --key acme.key
//! curl -i https://payments.example.com/payments
//! curl -i https://payments.example.com/payments --cert other.pem --key other.key \
//!   -H "X-Amzn-Mtls-Clientcert-Leaf: $(jq -sRr @uri acme.pem)"
//! ```
//!
//! 200, the handshake refused, and the answer that the other partner gets
//! without the header, or 400 `header_ambiguous`; see
//! [How to check an edge](super#how-to-check-an-edge).
