//! Caddy: preset `caddy`.
//!
//! Proven against Caddy 2.11.7.
//!
//! # What it sends
//!
//! `{http.request.tls.client.certificate_der_base64}` is base64 of the DER
//! (dialect `base64-der`), and empty without a certificate. No header says
//! whether the certificate was verified.
//!
//! # Configuration
//!
//! ```caddyfile
#![doc = include_str!("caddy/Caddyfile")]
//! ```
//!
//! # What it removes, and what it does not
//!
//! Caddy drops header names with `_` or `.`, and nothing else of this. It sets
//! `X-Forwarded-For` itself, unless the client is one of its `trusted_proxies`.
//! `header_up NAME value` replaces what a client sent; without it a forged
//! certificate is believed. `header_up +NAME value` sends two lines, the
//! client's first. Each `reverse_proxy` needs the lines.
//!
//! # Verification
//!
//! | `mode` | no certificate | one that does not verify |
//! |---|---|---|
//! | `require_and_verify` | handshake refused | handshake refused |
//! | `verify_if_given` | 401 `certificate_missing` | handshake refused |
//! | `request` | 401 `certificate_missing` | **forwarded and believed** |
//! | `require` (not run) | handshake refused | **forwarded and believed** |
//!
//! The last two verify nothing and say nothing: whoever signs a certificate with
//! a partner's name, and the name of its authority, is that partner. Do not use
//! them. (An expired one is 401 `certificate_expired` all the same.)
//!
//! On a resumed TLS session Caddy remembers the certificate.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("caddy/policy.toml")]
//! ```
//!
//! # Other forms
//!
//! `{http.request.tls.client.certificate_pem}` has line ends, with which no
//! header leaves Caddy. Replace them:
//!
//! ```caddyfile
//! header_up X-SSL-Client-Cert {http.request.tls.client.certificate_pem}
//! header_up X-SSL-Client-Cert "\n" " "
//! ```
//!
//! ```toml
//! [edge]
//! preset = "caddy"
//! trusted_proxies = ["127.0.0.1"]
//! verification = "edge-always"
//! certificate_header = "X-SSL-Client-Cert"
//! dialect = "pem-spaces"
//! ```
//!
//! # Check it
//!
//! ```sh
//! curl -i --cacert ca.pem https://localhost/payments --cert acme.pem --key acme.key
//! curl -i --cacert ca.pem https://localhost/payments
//! curl -i --cacert ca.pem https://localhost/payments \
//!   -H "X-SSL-Client-DER: $(openssl x509 -in acme.pem -outform der | base64 -w0)"
//! ```
//!
//! 200, 401 `certificate_missing`, 401 `certificate_missing`; see
//! [How to check an edge](super#how-to-check-an-edge). Check the mode with a
//! certificate that you sign yourself: the handshake has to fail.
