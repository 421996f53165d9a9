//! Cloudflare: preset `cloudflare`.
//!
//! Written from the vendor's documentation; not proven against Cloudflare.
//!
//! # What it sends
//!
//! | header | value | by |
//! |---|---|---|
//! | `Cf-Client-Cert-Der-Base64` | base64 of the DER (dialect `base64-der`) | client certificate forwarding |
//! | `Cf-Client-Cert-Sha256` | SHA-256, hexadecimal | the same |
//! | `Cf-Cert-Verified` | `true` or `false` | the managed transform "Add TLS client auth headers" |
//! | `Cf-Cert-Revoked` | `true` or `false` | the same |
//! | `Cf-Cert-Presented` | `true` or `false`, which certgate does not read | the same |
//!
//! The transform sets its headers on every request. certgate demands
//! `Cf-Cert-Verified: true` and `Cf-Cert-Revoked: false`, both: a revoked
//! certificate can be verified as well. Anything else beside a certificate is 401
//! `certificate_unverified`.
//!
//! # Configuration
//!
//! ```sh
#![doc = include_str!("cloudflare/forward.sh")]
//! ```
//!
//! # What it removes, and what it does not
//!
//! The documentation says that the transform sets the status on every request.
//! It does not say what becomes of a `Cf-Client-Cert-*` header that a client
//! sends where there is nothing to forward. Without a certificate
//! `Cf-Cert-Verified` is `false`, so that a forged one is 401
//! `certificate_unverified` even if it gets through. Check it.
//!
//! Everybody's requests come from Cloudflare's addresses, those of its other
//! customers too. With a tunnel `cloudflared` connects to the service, and nobody
//! else can; that is the policy below. Without one, listing Cloudflare's ranges is
//! not enough: pin the certificate by which it connects (Authenticated Origin
//! Pulls, with a certificate of the zone) in a service that ends that TLS itself.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("cloudflare/policy.toml")]
//! ```
//!
//! With a pinned certificate in place of the tunnel:
//!
//! ```toml
//! [edge]
//! preset = "cloudflare"
//! trusted_proxies = ["203.0.113.128/25"]  # one entry for each range
//!
//! [edge.proof]
//! certificate_sha256 = ["<sha256>"]       # openssl x509 -in zone.pem -outform der | sha256sum
//! ```
//!
//! # RFC 9440
//!
//! A request header transform rule can write `Client-Cert` from
//! `cf.tls_client_auth.cert_rfc9440`. That field is filled whatever came of the
//! verification, so it is worth nothing without the two status headers. Let the
//! rule set the header on every request, so that a client's own `Client-Cert` is
//! replaced, and remove `Client-Cert-Chain`:
//!
//! ```toml
//! [edge]
//! preset = "cloudflare"
//! trusted_proxies = ["127.0.0.1"]
//! certificate_header = "Client-Cert"
//! dialect = "rfc9440"
//! ```
//!
//! Preset `rfc9440` would not look at the status: do not use it here.
//!
//! # Check it
//!
//! ```sh
//! curl -i https://payments.example.com/payments --cert acme.pem --key acme.key
//! curl -i https://payments.example.com/payments
//! curl -i https://payments.example.com/payments \
//!   -H "Cf-Client-Cert-Der-Base64: $(openssl x509 -in acme.pem -outform der | base64 -w0)" \
//!   -H "Cf-Cert-Verified: true" -H "Cf-Cert-Revoked: false"
//! ```
//!
//! 200, 401 `certificate_missing`, and 401 `certificate_missing` or
//! `certificate_unverified`; see
//! [How to check an edge](super#how-to-check-an-edge).
