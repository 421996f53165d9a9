//! Amazon CloudFront with viewer mTLS: preset `cloudfront`.
//!
//! Written from the vendor's documentation; not proven against CloudFront.
//!
//! # What it sends
//!
//! | header | value |
//! |---|---|
//! | `CloudFront-Viewer-Cert-Pem` | percent-encoded PEM (dialect `pem-escaped`) |
//! | `CloudFront-Viewer-Cert-Sha256` | SHA-256, hexadecimal |
//! | `CloudFront-Viewer-Cert-Subject`, `-Issuer` | names as RFC 2253 text |
//! | `CloudFront-Viewer-Cert-Validity` | `NotBefore=…;NotAfter=…` |
//! | `CloudFront-Viewer-Cert-Present` | `1` or `0`, which certgate does not read: it says nothing about verification |
//!
//! CloudFront sends them only if the origin request policy asks for them.
//! certgate needs the first alone.
//!
//! # Configuration
//!
//! ```json
#![doc = include_str!("cloudfront/origin-request-policy.json")]
//! ```
//!
//! - Attach it to every cache behaviour that leads to the service. Through one
//!   without it, a `CloudFront-Viewer-Cert-Pem` might be the client's own. Check
//!   it. No behaviour may forward all of the viewer's headers.
//! - Do not let CloudFront cache the service's answers (`CachingDisabled`): an
//!   answer from the cache is given without any decision.
//! - CloudFront's addresses serve all of its customers. Use a VPC origin, so
//!   that nobody else's distribution reaches the service, or a secret; see below.
//!
//! # Verification
//!
//! | mode | no certificate | one that does not verify |
//! |---|---|---|
//! | required | handshake refused | handshake refused |
//! | optional | 401 `certificate_missing` | handshake refused |
//! | passthrough | | **forwarded, verified by nobody** |
//!
//! Do not use passthrough mode with this preset, nor with `rfc9440`, whose
//! header CloudFront then sends.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("cloudfront/policy.toml")]
//! ```
//!
//! Without a VPC origin, list CloudFront's origin-facing ranges and have the
//! distribution send a secret as a custom header of the origin, which replaces
//! what a viewer sends:
//!
//! ```toml
//! [edge]
//! preset = "cloudfront"
//! trusted_proxies = ["203.0.113.128/25"]  # one entry for each range
//! verification = "edge-always"
//!
//! [edge.proof]
//! secret_header = "X-Edge-Secret"
//! secret_sha256 = ["<sha256>"]            # printf %s "$SECRET" | sha256sum
//! ```
//!
//! # Check it
//!
//! ```sh
//! curl -i https://payments.example.com/payments --cert acme.pem --key acme.key
//! curl -i https://payments.example.com/payments
//! curl -i https://payments.example.com/payments \
//!   -H "CloudFront-Viewer-Cert-Pem: $(jq -sRr @uri acme.pem)"
//! ```
//!
//! In optional mode 200, 401 `certificate_missing`, 401 `certificate_missing`;
//! in required mode the last two are refused in the handshake, and the third is
//! worth trying with another partner's certificate. See
//! [How to check an edge](super#how-to-check-an-edge).
