//! How to set up the edge in front of the service, one page an edge.
//!
//! certgate decides by what the edge forwards. What a client writes into the
//! same headers looks alike, and only the edge can keep it out. Each page says
//! what the edge sends, what it removes by itself and what its configuration
//! has to overwrite, and shows a configuration and the policy that goes with
//! it. Both are files: those of the pages that say "proven" are what the tests
//! run, against the edge itself.
//!
//! | edge | preset | verified is said by | proven against |
//! |---|---|---|---|
//! | [nginx] | `nginx` | `X-SSL-Client-Verify: SUCCESS` | nginx 1.22.1 |
//! | [ingress-nginx](ingress_nginx) | `ingress-nginx` | `ssl-client-verify: SUCCESS` | its headers, sent by nginx 1.22.1 |
//! | [Traefik](traefik) | `traefik`, `traefik-info` | nothing | Traefik 3.7.15 |
//! | [HAProxy](haproxy) | `haproxy` | `X-SSL-Client-Verify: 0` | HAProxy 2.6.12 |
//! | [Apache httpd](apache) | `apache` | `X-SSL-Client-Verify: SUCCESS` | Apache 2.4.67 |
//! | [Caddy](caddy) | `caddy` | nothing | Caddy 2.11.7 |
//! | [Envoy, Istio](envoy) | `envoy`, `istio` | nothing | Envoy 1.40.0; Istio from its documentation |
//! | [AWS ALB](aws_alb) | `aws-alb`, `aws-alb-passthrough` | nothing | from the vendor's documentation |
//! | [Cloudflare](cloudflare) | `cloudflare` | `Cf-Cert-Verified: true` and `Cf-Cert-Revoked: false` | from the vendor's documentation |
//! | [Google Cloud](gcp) | `gcp` | `X-Client-Cert-Chain-Verified: true` | from the vendor's documentation |
//! | [Azure App Service](azure) | `azure` | nothing is verified: rules pin certificates | from the vendor's documentation |
//! | [CloudFront](cloudfront) | `cloudfront` | nothing | from the vendor's documentation |
//! | [RFC 9440](rfc9440) | `rfc9440` | nothing | HAProxy 2.6.12 |
//! | [no edge](direct) | `direct` | whoever accepted the connection | `adapter::tls` |
//!
//! # What holds for every edge
//!
//! - Nobody else reaches the service. `trusted_proxies` lists the addresses
//!   from which the edge connects; what else runs there is believed as much.
//!   Where an address proves too little, `[edge.proof]` demands a secret or a
//!   pinned certificate of the edge besides: see [`policy`](crate::policy).
//! - Every header that the policy reads is set on every request, with the form
//!   of the directive that replaces. A form that adds sends the client's line
//!   first (refused as `header_ambiguous`, or as `certificate_unverified` where
//!   it is the status). A form with a condition lets the client's line through
//!   where the condition fails, and that can be believed.
//! - Where the edge says nothing about verification, the policy has to say
//!   `verification = "edge-always"`. Then it must not run in a mode that takes
//!   certificates which it cannot verify: nothing in a request shows that.
//!   [`Policy::hazards`](crate::policy::Policy::hazards) reminds of it at the
//!   start, and of an edge that verifies nothing likewise: there, who can write
//!   the header is whoever is pinned.
//! - `X-Client-ID` and `X-Profile-ID` select and prove nothing, unless the
//!   policy says `set_by = "trusted-edge"`. The configurations remove them all
//!   the same, where the edge can.
//! - An `X-Request-ID` from the edge is taken over into records and answers. The
//!   configurations set it or remove it, so that it is not the client's.
//! - `ip_allowlist` needs the client's address from the edge. A policy without
//!   one can leave `X-Forwarded-For` alone.
//! - An edge tells the subject in its own way; certgate reads names out of the
//!   certificate. Headers with a subject or an issuer are looked at only if
//!   `[edge.claims]` names them: they stand for a certificate that did not come,
//!   and have to agree with one that did.
//! - The validity is checked here too, whatever the edge made of it, and
//!   `issuers` is compared with the certificate's own issuer: a partner with an
//!   authority below the listed one is `issuer_not_allowed`.
//!
//! Whatever an edge leaves in, the tower layer removes before the application:
//! every header by which a known edge forwards a certificate, in every spelling
//! with `_` and `.`, and trailers of those names, which no decision reads. See
//! [`is_forwarding_header`](crate::edge::is_forwarding_header).
//!
//! A backend in another language has the edge ask: see
//! [other languages](other_languages).
//!
//! # Health checks and CORS preflights
//!
//! An orchestrator asks for the health of a service without a certificate, and a
//! browser sends none with a preflight. Each is an exemption, of one method and one
//! path exactly:
//!
//! ```toml
#![doc = include_str!("exemptions.toml")]
//! ```
//!
//! What is exempt has no identity, whoever asks. So the handler of an exempt path
//! tells nothing that is not for everybody, and that of `OPTIONS` does nothing but
//! answer. There are no exemptions for `Origin`, `Access-Control-Request-Method` or
//! `User-Agent`: anybody can write those, and a request that is excused from
//! authentication by its headers is excused on every path. Where many paths take
//! preflights, a CORS layer outside of the gate answers them all by itself, and no
//! preflight reaches the gate.
//!
//! # How to check an edge
//!
//! Each page has three requests, for a client certificate in `acme.pem` and
//! `acme.key` and the edge's authority in `ca.pem`:
//!
//! 1. With the certificate: 200, or 403 `ip_not_allowed` from an address that
//!    `ip_allowlist` leaves out, and from the edge's own host, which is no
//!    client's address.
//! 2. Without: 401 `certificate_missing`, or refused by the edge where it
//!    demands certificates.
//! 3. Without, and with forged headers: as the second. If it is as the first,
//!    the edge passes on what clients write.
//!
//! Then send the third with another partner's certificate. It has to count as
//! that partner's own, or be refused; never as acme's.
//!
//! Last, ask the service past the edge, from a host that `trusted_proxies` does
//! not list: 401 `certificate_missing` whatever is in the headers, if it can be
//! reached at all.

pub mod nginx;
pub mod ingress_nginx;
pub mod traefik;
pub mod haproxy;
pub mod apache;
pub mod caddy;
pub mod envoy;
pub mod aws_alb;
pub mod cloudflare;
pub mod gcp;
pub mod azure;
pub mod cloudfront;
pub mod rfc9440;
pub mod direct;
pub mod other_languages;
