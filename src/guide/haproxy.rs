//! HAProxy: preset `haproxy`.
//!
//! Proven against HAProxy 2.6.12.
//!
//! # What it sends
//!
//! | header | value | without a certificate |
//! |---|---|---|
//! | `X-SSL-Client-DER` | base64 of the DER (dialect `base64-der`) | empty |
//! | `X-SSL-Client-Chain-DER` | base64 of the chain's DER, one after the other, without the client's own | empty |
//! | `X-SSL-Client-Verify` | `0`, or the number of the error | `NONE`, by the configuration below |
//!
//! HAProxy's own `ssl_c_verify` is `0` for "verified" and for "no certificate"
//! alike; the second line for this header tells them apart. certgate takes `0`
//! alone, and only beside a certificate: `[edge.claims]`, or a client that
//! `X-Client-ID` names, without one are 401 `certificate_unverified`.
//!
//! # Configuration
//!
//! ```haproxy
#![doc = include_str!("haproxy/haproxy.cfg")]
//! ```
//!
//! # What it removes, and what it does not
//!
//! HAProxy removes nothing: not these headers, not their spellings with `_` or
//! `.`, and it forwards trailers. `http-request set-header` replaces what a
//! client sent. `add-header` sends two lines, the client's first. `set-header …
//! if { ssl_c_used }` leaves in what a client without a certificate writes. If
//! that happens to one of the two headers, the other keeps the forged certificate
//! out: it is 401 `certificate_unverified`. If it happens to both, or to the
//! certificate where the status is `0` for everybody, it is believed.
//!
//! # Verification
//!
//! | `bind` | no certificate | one that does not verify |
//! |---|---|---|
//! | `verify required` | handshake refused | handshake refused |
//! | `verify optional` | 401 `certificate_missing` | handshake refused |
//! | `… crt-ignore-err all ca-ignore-err all` | 401 `certificate_missing` | 401 `certificate_unverified` |
//!
//! On a resumed TLS session HAProxy remembers the certificate and the status,
//! and loses the chain, which no decision needs.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("haproxy/policy.toml")]
//! ```
//!
//! # Other forms
//!
//! `%[ssl_c_der,base64,url_enc]`:
//!
//! ```toml
//! [edge]
//! preset = "haproxy"
//! trusted_proxies = ["127.0.0.1"]
//! certificate_header = "X-SSL-Client-Cert"
//! dialect = "base64-der-escaped"
//! ```
//!
//! PEM on one line, `"-----BEGIN CERTIFICATE----- %[ssl_c_der,base64]
//! -----END CERTIFICATE----- "`:
//!
//! ```toml
//! [edge]
//! preset = "haproxy"
//! trusted_proxies = ["127.0.0.1"]
//! certificate_header = "X-SSL-Client-Cert"
//! dialect = "pem-spaces"
//! ```
//!
//! With either, send no `X-SSL-Client-Chain-DER`. `:%[ssl_c_der,base64]:` is
//! [`rfc9440`](super::rfc9440), and can keep the status:
//!
//! ```toml
//! [edge]
//! preset = "haproxy"
//! trusted_proxies = ["127.0.0.1"]
//! certificate_header = "Client-Cert"
//! dialect = "rfc9440"
//! ```
//!
//! # Check it
//!
//! ```sh
//! curl -i --cacert ca.pem https://localhost/payments --cert acme.pem --key acme.key
//! curl -i --cacert ca.pem https://localhost/payments
//! curl -i --cacert ca.pem https://localhost/payments -H "X-SSL-Client-Verify: 0" \
//!   -H "X-SSL-Client-DER: $(openssl x509 -in acme.pem -outform der | base64 -w0)"
//! ```
//!
//! 200, 401 `certificate_missing`, 401 `certificate_missing`; see
//! [How to check an edge](super#how-to-check-an-edge).
