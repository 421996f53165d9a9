//! ingress-nginx, the Kubernetes controller: preset `ingress-nginx`.
//!
//! The headers and what certgate makes of them are proven against nginx 1.22.1,
//! configured as the controller configures it. The controller itself was not
//! run: the annotations are from its documentation, and what it sets and leaves
//! from its template.
//!
//! # What it sends
//!
//! | header | value |
//! |---|---|
//! | `ssl-client-cert` | percent-encoded PEM (dialect `pem-escaped`), left out without a certificate |
//! | `ssl-client-verify` | `SUCCESS`, `NONE` or `FAILED:` and a reason |
//! | `ssl-client-subject-dn`, `ssl-client-issuer-dn` | names as text, which certgate reads only where `[edge.claims]` says so |
//!
//! # Configuration
//!
//! ```yaml
#![doc = include_str!("ingress_nginx/ingress.yaml")]
//! ```
//!
//! # What it removes, and what it does not
//!
//! It sets these headers only where the annotations are, and only then is a
//! client's own header replaced. So:
//!
//! - `auth-tls-pass-certificate-to-upstream` has to be `"true"`. Otherwise the
//!   controller still sets `ssl-client-verify`, and passes on the
//!   `ssl-client-cert` that the client wrote: whoever holds any certificate can
//!   be anyone.
//! - Every Ingress that leads to the service needs the annotations, on every
//!   host. Through one without them, both headers are the client's own.
//! - No other pod may reach the service, but the controller's. A NetworkPolicy
//!   holds that; `trusted_proxies` alone does not, if pods share a range.
//!
//! `X-Client-ID` and `X-Profile-ID` go through. Empty values for them in the
//! controller's `proxy-set-headers` ConfigMap remove them.
//!
//! The controller sets `X-Forwarded-For` to the address that it sees, unless
//! `use-forwarded-headers` is on.
//!
//! # Verification
//!
//! `"on"` and `"optional"` refuse what does not verify. Under
//! `"optional_no_ca"` a certificate of an unknown authority is forwarded with
//! `FAILED:`, and is 401 `certificate_unverified`.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("ingress_nginx/policy.toml")]
//! ```
//!
//! # Check it
//!
//! ```sh
//! curl -i https://payments.example.com/payments --cert acme.pem --key acme.key
//! curl -i https://payments.example.com/payments
//! curl -i https://payments.example.com/payments \
//!   -H "ssl-client-cert: $(jq -sRr @uri acme.pem)" -H "ssl-client-verify: SUCCESS"
//! ```
//!
//! 200, 401 `certificate_missing`, 401 `certificate_missing`. Send the third
//! with another partner's certificate, too: it shows the missing annotation.
//! See [How to check an edge](super#how-to-check-an-edge).
