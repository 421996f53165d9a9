//! Traefik: presets `traefik` and `traefik-info`.
//!
//! Proven against Traefik 3.7.15.
//!
//! # What it sends
//!
//! `passTLSClientCert` with `pem: true` writes `X-Forwarded-Tls-Client-Cert`:
//! base64 of the DER, without armour (dialect `base64-der`), and the chain after
//! it by commas, as the client sent it. Without a certificate it writes nothing.
//! No header says whether the certificate was verified.
//!
//! # Configuration
//!
//! `traefik.yml`:
//!
//! ```yaml
#![doc = include_str!("traefik/traefik.yml")]
//! ```
//!
//! `dynamic.yml`:
//!
//! ```yaml
#![doc = include_str!("traefik/dynamic.yml")]
//! ```
//!
//! # What it removes, and what it does not
//!
//! Traefik removes its own two headers, `X-Forwarded-Tls-Client-Cert` and
//! `X-Forwarded-Tls-Client-Cert-Info`, from clients that `forwardedHeaders` does
//! not trust, and nothing else. The middleware leaves a header in where there is
//! no certificate. So there are two ways to be wrong, and it takes both for a
//! forged certificate to be believed: `forwardedHeaders.insecure` (or a
//! `trustedIPs` that clients are in), and a router without the `identities`
//! middleware. Have every router use both middlewares, in that order.
//!
//! Traefik joins repeated lines of a client by commas. A forged line that got
//! through would read as a chain.
//!
//! # Verification
//!
//! | `clientAuthType` | no certificate | one that does not verify |
//! |---|---|---|
//! | `RequireAndVerifyClientCert` | handshake refused | handshake refused |
//! | `VerifyClientCertIfGiven` | 401 `certificate_missing` | handshake refused |
//! | `RequestClientCert` | 401 `certificate_missing` | **forwarded and believed** |
//! | `RequireAnyClientCert` (not run) | handshake refused | **forwarded and believed** |
//!
//! The last two verify nothing and say nothing: whoever signs a certificate with
//! a partner's name, and the name of its authority, is that partner. Do not use
//! them. (An expired one is 401 `certificate_expired` all the same.)
//!
//! On a resumed TLS session Traefik remembers the certificate.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("traefik/policy.toml")]
//! ```
//!
//! # Without the certificate
//!
//! With `info: { subject: { commonName: true } }` and no `pem: true`, Traefik
//! sends one attribute of the subject in `X-Forwarded-Tls-Client-Cert-Info`. It
//! does not escape values, so certgate takes the attribute only if it is alone
//! and has none of `"`, `;` and `,` in it. There is no issuer to check and
//! nothing to bind a token to, and of two common names Traefik sends the last.
//! Where `pem: true` is possible, use that. Preset `traefik-info` does not look
//! at the certificate.
//!
//! ```toml
#![doc = include_str!("traefik/info.toml")]
//! ```
//!
//! # Check it
//!
//! ```sh
//! curl -i --cacert ca.pem https://localhost/payments --cert acme.pem --key acme.key
//! curl -i --cacert ca.pem https://localhost/payments
//! curl -i --cacert ca.pem https://localhost/payments \
//!   -H "X-Forwarded-Tls-Client-Cert: $(openssl x509 -in acme.pem -outform der | base64 -w0)"
//! ```
//!
//! 200, 401 `certificate_missing`, 401 `certificate_missing`; see
//! [How to check an edge](super#how-to-check-an-edge). Check the mode with a
//! certificate that you sign yourself: the handshake has to fail.
