//! Apache httpd: preset `apache`.
//!
//! Proven against Apache 2.4.67 with mod_ssl, mod_headers and mod_proxy_http.
//!
//! # What it sends
//!
//! | header | value | without a certificate |
//! |---|---|---|
//! | `X-SSL-Client-Cert` | PEM with spaces for line ends (dialect `pem-spaces`) | `(null)` |
//! | `X-SSL-Client-Verify` | `SUCCESS`, `NONE`, `GENEROUS` or `FAILED:` and a reason | `NONE` |
//!
//! certgate takes `SUCCESS` alone.
//!
//! # Configuration
//!
//! ```apache
#![doc = include_str!("apache/certgate.conf")]
//! ```
//!
//! # What it removes, and what it does not
//!
//! Apache removes nothing of this by itself; `RequestHeader set` replaces it.
//! `RequestHeader add` sends two lines, the client's first, and `append` joins
//! them; with a condition (`env=…`, `expr=…`) a forged line goes through where
//! the condition fails. If both lines are forged they are believed; a forged
//! certificate beside Apache's own status is 401 `certificate_unverified`. A
//! `<Location>` with directives of its own must not set these headers again.
//!
//! A header that the client names in `Connection` is dropped on the way out,
//! even one that Apache set. A client can make its own certificate vanish by
//! that, which is 401 `certificate_missing`. Under `set_by = "trusted-edge"` the
//! header that names the client stays, and is enough only where no identity rule
//! asks for more than a name.
//!
//! # Verification
//!
//! | `SSLVerifyClient` | no certificate | one that does not verify |
//! |---|---|---|
//! | `require` | handshake refused | handshake refused |
//! | `optional` | 401 `certificate_missing` | handshake refused |
//! | `optional_no_ca` | 401 `certificate_missing` | unknown authority: 401 `certificate_unverified`; expired: handshake refused |
//!
//! On a resumed TLS session Apache remembers the certificate and the status,
//! and loses the chain.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("apache/policy.toml")]
//! ```
//!
//! # Other forms
//!
//! `"expr=%{escape:%{SSL_CLIENT_CERT}}"`:
//!
//! ```toml
//! [edge]
//! preset = "apache"
//! trusted_proxies = ["127.0.0.1"]
//! dialect = "pem-escaped"
//! ```
//!
//! `"expr=%{base64:%{SSL_CLIENT_CERT}}"`:
//!
//! ```toml
//! [edge]
//! preset = "apache"
//! trusted_proxies = ["127.0.0.1"]
//! dialect = "pem-base64"
//! ```
//!
//! # Check it
//!
//! ```sh
//! curl -i --cacert ca.pem https://localhost/payments --cert acme.pem --key acme.key
//! curl -i --cacert ca.pem https://localhost/payments
//! curl -i --cacert ca.pem https://localhost/payments -H "X-SSL-Client-Verify: SUCCESS" \
//!   -H "X-SSL-Client-Cert: $(tr '\n' ' ' < acme.pem)"
//! ```
//!
//! 200, 401 `certificate_missing`, 401 `certificate_missing`; see
//! [How to check an edge](super#how-to-check-an-edge).
