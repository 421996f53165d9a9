//! Envoy and Istio: presets `envoy` and `istio`, which are the same.
//!
//! Proven against Envoy 1.40.0. Istio was not run: what is said of it is from
//! its documentation and source.
//!
//! # What it sends
//!
//! `x-forwarded-client-cert` (dialect `xfcc`): an element of `Key=Value` pairs
//! for each proxy that writes one, with commas between. `Cert` is the
//! certificate as percent-encoded PEM and `Hash` its SHA-256. `Subject`, `URI`
//! and `DNS` are copied out of the certificate. Without a certificate there is
//! no element. Nothing says whether the certificate was verified.
//!
//! Where `Cert` is, everything is read from it, and `Hash` has to be its hash.
//! Envoy writes URI and DNS names without quotes: whoever chooses the names in a
//! certificate can write pairs, or whole elements. So send `cert: true` and
//! nothing else.
//!
//! # Configuration
//!
//! ```yaml
#![doc = include_str!("envoy/envoy.yaml")]
//! ```
//!
//! # What it removes, and what it does not
//!
//! | `forward_client_cert_details` | what becomes of a client's own element |
//! |---|---|
//! | `SANITIZE_SET` | removed; Envoy writes its own |
//! | `SANITIZE` (the default) | removed; nothing is written, and every request is 401 `certificate_missing` |
//! | `APPEND_FORWARD` | kept before Envoy's own: 400 `header_ambiguous` |
//! | `FORWARD_ONLY`, `ALWAYS_FORWARD_ONLY` | **passed on and believed** |
//!
//! Envoy removes no other header of this kind: `request_headers_to_remove` does.
//! It joins repeated lines of a client by commas.
//!
//! # Verification
//!
//! With `validation_context.trusted_ca` a certificate that does not verify is
//! refused in the handshake. Without it, or with `trust_chain_verification:
//! ACCEPT_UNTRUSTED`, it is forwarded and believed, and nothing in the request
//! shows it: whoever signs a certificate with a partner's name, and the name of
//! its authority, is that partner. `require_client_certificate: true` refuses the handshake without a
//! certificate; with `false` that is 401 `certificate_missing`. On a resumed TLS
//! session Envoy remembers the certificate.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("envoy/policy.toml")]
//! ```
//!
//! # Without `Cert`
//!
//! An element without `Cert` makes claims. `[edge.claims]` says which are taken:
//! `spiffe`, `thumbprint` or both. `subject` is refused, because a client can
//! forge it. A URI counts if it is the element's only one, its last pair, a
//! valid SPIFFE ID, and no `DNS` pair is there. The `spiffe_ids` of a client are
//! the only way to it.
//!
//! ```toml
#![doc = include_str!("envoy/without-cert.toml")]
//! ```
//!
//! # Two Envoys in a row
//!
//! The outer writes the client's element. The inner appends one about its own
//! client, the outer Envoy. `hops = 2` demands both, each with `Cert`, and
//! `hop_certificates` pins the certificate by which the outer is known. Whoever
//! reaches the inner Envoy directly can write the first element, but not present
//! that certificate, and is 401 `certificate_untrusted`. An element too many is
//! 400 `header_ambiguous`. List the old and the new certificate while the
//! outer's is renewed.
//!
//! The outer, `outer.yaml`:
//!
//! ```yaml
#![doc = include_str!("envoy/outer.yaml")]
//! ```
//!
//! The inner, `inner.yaml`:
//!
//! ```yaml
#![doc = include_str!("envoy/inner.yaml")]
//! ```
//!
//! ```toml
#![doc = include_str!("envoy/two-hops.toml")]
//! ```
//!
//! # Istio
//!
//! - A gateway with a server in mode `MUTUAL` or `OPTIONAL_MUTUAL` verifies. Set
//!   `gatewayTopology.forwardClientCertDetails: SANITIZE_SET` in its proxy
//!   configuration, which makes it write `Cert` too.
//! - A sidecar appends an element about the workload that calls it, without
//!   `Cert`. After a gateway's that is a second element: 400
//!   `header_ambiguous`. `hops = 2` does not help where workload certificates
//!   change daily. Take the port that the gateway calls out of the sidecar
//!   (`traffic.sidecar.istio.io/excludeInboundPorts`), and let nobody but the
//!   gateway reach it.
//! - Between workloads, the sidecar's own element carries the caller's SPIFFE
//!   ID. That is the policy of "Without `Cert`", with mutual TLS `STRICT`.
//!
//! # Check it
//!
//! ```sh
//! curl -i --cacert ca.pem https://localhost/payments --cert acme.pem --key acme.key
//! curl -i --cacert ca.pem https://localhost/payments
//! hash=$(openssl x509 -in acme.pem -outform der | sha256sum | cut -d' ' -f1)
//! curl -i --cacert ca.pem https://localhost/payments \
//!   -H "X-Forwarded-Client-Cert: Hash=$hash;Cert=\"$(jq -sRr @uri acme.pem)\""
//! ```
//!
//! 200, 401 `certificate_missing`, 401 `certificate_missing`; see
//! [How to check an edge](super#how-to-check-an-edge). Check the verification
//! with a certificate that you sign yourself: the handshake has to fail.
