//! nginx: preset `nginx`.
//!
//! Proven against nginx 1.22.1.
//!
//! # What it sends
//!
//! `$ssl_client_escaped_cert` is the client's certificate as PEM,
//! percent-encoded (dialect `pem-escaped`), without its chain. Without a
//! certificate the value is empty, and nginx leaves the header out.
//! `$ssl_client_verify` is `SUCCESS`, `NONE` or `FAILED:` and a reason;
//! certgate takes `SUCCESS` alone.
//!
//! `$ssl_client_cert`, the older variable, folds the PEM over several lines. No
//! dialect reads that.
//!
//! # Configuration
//!
//! ```nginx
#![doc = include_str!("nginx/nginx.conf")]
//! ```
//!
//! # What it removes, and what it does not
//!
//! nginx drops header names with `_` or `.` (`underscores_in_headers off` and
//! `ignore_invalid_headers on`, the defaults). Everything else that a client
//! sends goes through. `proxy_set_header` replaces it; without those two lines
//! a forged certificate and a forged `SUCCESS` are believed. With one of them, a
//! forged certificate is 401 `certificate_unverified`.
//!
//! A `location` inherits `proxy_set_header` only if it sets none of its own.
//! Repeat all of the lines in each, or keep them in a file to `include`.
//!
//! # Verification
//!
//! | `ssl_verify_client` | no certificate | one that does not verify |
//! |---|---|---|
//! | `on` | nginx answers 400 | nginx answers 400 |
//! | `optional` | 401 `certificate_missing` | nginx answers 400 |
//! | `optional_no_ca` | 401 `certificate_missing` | unknown authority: 401 `certificate_unverified`; expired: nginx answers 400 |
//!
//! On a resumed TLS session nginx remembers the certificate and the status.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("nginx/policy.toml")]
//! ```
//!
//! # Other names
//!
//! With other header names, say so:
//!
//! ```toml
//! [edge]
//! preset = "nginx"
//! trusted_proxies = ["127.0.0.1"]
//! certificate_header = "X-Client-Cert"
//! status_header = "X-Client-Verify"
//! status_value = "SUCCESS"
//! ```
//!
//! # An nginx that names the client
//!
//! Where a map at the edge says who a partner is, `X-Client-ID` and
//! `X-Profile-ID` can stand for the certificate:
//!
//! ```nginx
#![doc = include_str!("nginx/naming.conf")]
//! ```
//!
//! ```toml
#![doc = include_str!("nginx/naming.toml")]
//! ```
//!
//! Nothing of the certificate reaches the service then: no thumbprint in its
//! records, no bound tokens, no check of validity and issuer but nginx's. nginx
//! has no variable for the common name alone, and a pattern for it has to cope
//! with commas that a value holds behind a backslash; a map of whole subjects
//! has not. [`Policy::hazards`](crate::policy::Policy::hazards) names both
//! headers, because a client without a line in the maps can write them where
//! `proxy_set_header` is forgotten; beside `SUCCESS`, that is any partner.
//!
//! # Check it
//!
//! ```sh
//! curl -i --cacert ca.pem https://localhost/payments --cert acme.pem --key acme.key
//! curl -i --cacert ca.pem https://localhost/payments
//! curl -i --cacert ca.pem https://localhost/payments \
//!   -H "X-SSL-Client-Cert: $(jq -sRr @uri acme.pem)" -H "X-SSL-Client-Verify: SUCCESS"
//! ```
//!
//! 200, 401 `certificate_missing`, 401 `certificate_missing`; see
//! [How to check an edge](super#how-to-check-an-edge).
