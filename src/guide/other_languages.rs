//! Other languages: an auth service that nginx, Traefik, Caddy or Envoy asks.
//!
//! Proven against nginx 1.22.1, Traefik 3.7.15, Caddy 2.11.7 and Envoy 1.40.0.
//!
//! A backend that is not written in Rust has no layer to put around itself. The
//! example `forward_auth` is certgate as a service: the edge asks it about every
//! request, and hands on those that the policy allows, with the proven client in
//! headers. `cargo run --example forward_auth --features full -- POLICY --edge EDGE`
//! starts it; the head of its `main.rs` says what it takes and answers.
//!
//! The policy is that of the edge's own page, in mode `mtls`: nothing verifies
//! tokens there. `trusted_proxies` are the addresses from which the edge asks.
//!
//! # What has to hold
//!
//! - Nobody but the edge reaches the backend, which believes every header that
//!   arrives; and nobody but the edge has to reach the service, which denies
//!   everybody else.
//! - Whatever the backend reads of the caller is copied from the answer of every
//!   allowed request. The service answers each header, an empty one where nobody is
//!   proven, so that the client's own is replaced in any case. Where the backend
//!   reads other names, name them in `[selectors]` and with `--principal-header`, and
//!   in the edge's configuration.
//! - Method, target and host of the original request come from the edge alone, on
//!   every request. Nothing may change the path between the question and the backend,
//!   or the decision is about another path. What edges normalise before they ask
//!   (Traefik resolves dot segments) is decided as the backend gets it.
//! - What the edge tells the service about the certificate is removed before the
//!   backend, and so is a client's own `Forwarded` and `X-Forwarded-Host`: where
//!   `hosts` of a collection decide, the backend must read the same host.
//! - A failure of the service denies: no `failure_mode_allow`, no `satisfy any`, no
//!   `error_page` that leads to the backend.
//! - A connection changes into a web socket and into nothing else. A backend that takes
//!   `Upgrade: h2c` would be asked on it what nobody decided, under any name.
//! - A location, router or route without the question is open. Paths without
//!   authentication are the policy's `[[exemptions]]`, so that they lose forged
//!   headers too.
//!
//! Headers that the tower layer would strip, and spellings such as `X_Client_ID` that
//! servers take for another name, cannot be taken away here. Where the edge leaves
//! one in, the request is 400 `header_not_allowed`. Envoy shows the service only those
//! that its `allowed_headers` match: add your own names there.
//!
//! # nginx
//!
//! `--edge nginx`. nginx knows 2xx, 401 and 403 alone, and takes the rest for 500. So
//! the service answers 401 or 403, and `@denied` makes the real response of
//! `X-Auth-Status` and `X-Auth-Problem`. 500 while the service is away.
//!
//! ```nginx
#![doc = include_str!("../../examples/forward_auth/nginx.conf")]
//! ```
//!
//! # Traefik
//!
//! `--edge traefik`, and the `traefik.yml` of [Traefik's page](super::traefik). It must
//! have no `forwardedHeaders.insecure`. With `trustForwardHeader: false` Traefik 3.7
//! keeps the certificate from the service, and everybody is 401; with `true` it
//! asks about what somebody in front of it says. 500 while the service is away.
//!
//! ```yaml
#![doc = include_str!("../../examples/forward_auth/traefik.yaml")]
//! ```
//!
//! # Caddy
//!
//! `--edge caddy`. 502 while the service is away.
//!
//! ```text
#![doc = include_str!("../../examples/forward_auth/Caddyfile")]
//! ```
//!
//! # Envoy
//!
//! `--edge envoy`. Method and path are those of the question, behind `path_prefix`.
//! Envoy takes a 5xx of the service for its failure: `limits_unavailable` is 503
//! without a body, as is a service that is away. A denied gRPC request becomes one
//! with a `grpc-status`.
//!
//! ```yaml
#![doc = include_str!("../../examples/forward_auth/envoy.yaml")]
//! ```
//!
//! # Preflights
//!
//! A browser sends no certificate with the `OPTIONS` of CORS. Either the edge answers
//! it before it asks, or `[[exemptions]]` has its method and exact path, and the
//! backend answers.
//!
//! # Check it
//!
//! ```sh
//! curl -i --cacert ca.pem https://localhost/payments --cert acme.pem --key acme.key
//! curl -i --cacert ca.pem https://localhost/payments
//! curl -i --cacert ca.pem https://localhost/payments -H 'X-Client-ID: pisp-partner-acme' \
//!   -H 'X-Principal: forged' -H 'X-Original-URI: /health' -H 'X-Forwarded-Uri: /health'
//! ```
//!
//! 200, 401 `certificate_missing`, 401 or 400. Then let an exempt path show the
//! backend's headers, with the same forged lines: none of them is there. Last, stop
//! the service: nothing is 200.
