//! Google Cloud Application Load Balancer: preset `gcp`.
//!
//! Written from the vendor's documentation; not proven against a load balancer.
//!
//! # What it sends
//!
//! Only what custom request headers of the backend service ask for. The preset
//! goes by these names:
//!
//! | header | variable | value |
//! |---|---|---|
//! | `X-Client-Cert-Leaf` | `{client_cert_leaf}` | `:base64:` (dialect `rfc9440`) |
//! | `X-Client-Cert-Chain` | `{client_cert_chain}` | the same, by commas |
//! | `X-Client-Cert-Chain-Verified` | `{client_cert_chain_verified}` | `true` or `false` |
//!
//! certgate takes a certificate beside `X-Client-Cert-Chain-Verified: true`
//! alone. The load balancer leaves the certificate empty if it is too large
//! (16 KB, the chain included); then it is missing here.
//!
//! # Configuration
//!
//! ```yaml
#![doc = include_str!("gcp/server-tls-policy.yaml")]
//! ```
//!
//! ```sh
#![doc = include_str!("gcp/headers.sh")]
//! ```
//!
//! The regional and the internal load balancers have the same headers in the URL
//! map instead.
//!
//! # What it removes, and what it does not
//!
//! The documentation does not say that a header of the same name which a client
//! sends is replaced. If both arrive, it is 400 `header_ambiguous` or 401
//! `certificate_unverified`. Check it. A backend service without the custom
//! headers passes on what clients write: configure every one that leads to the
//! service.
//!
//! A global load balancer connects from the two ranges in the policy, a regional
//! one from its proxy-only subnet. Firewall rules let nobody else in. Where the
//! service can be reached by other means, add a secret as one more custom request
//! header, and `[edge.proof]`. The load balancer appends two addresses to `X-Forwarded-For`, the client's and its
//! own; the second is in `address_proxies`.
//!
//! # Verification
//!
//! | `clientValidationMode` | no certificate | one that does not verify |
//! |---|---|---|
//! | `REJECT_INVALID` | refused | refused |
//! | `ALLOW_INVALID_OR_MISSING_CLIENT_CERT` | 401 `certificate_missing` | 401 `certificate_unverified` |
//!
//! A certificate on the trust configuration's allowlist is valid for the load
//! balancer even when it has expired. Here it is 401 `certificate_expired`.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("gcp/policy.toml")]
//! ```
//!
//! # Without the certificate
//!
//! With `[edge.claims]` the preset can also go by
//! `X-Client-Cert-Hash:{client_cert_sha256_fingerprint}` (`thumbprint`) and
//! `X-Client-Cert-SPIFFE:{client_cert_spiffe_id}` (`spiffe`). It then reads
//! `X-Client-Cert-Valid-Not-Before` and `-Not-After`, too, if they are there,
//! and takes times in UTC alone: `2026-04-16T09:09:22Z`, or with `+00:00` as the
//! documentation shows them.
//!
//! # Check it
//!
//! ```sh
//! curl -i https://payments.example.com/payments --cert acme.pem --key acme.key
//! curl -i https://payments.example.com/payments
//! curl -i https://payments.example.com/payments -H "X-Client-Cert-Chain-Verified: true" \
//!   -H "X-Client-Cert-Leaf: :$(openssl x509 -in acme.pem -outform der | base64 -w0):"
//! ```
//!
//! 200, then twice refused: by the load balancer, or as the table says; see
//! [How to check an edge](super#how-to-check-an-edge).
