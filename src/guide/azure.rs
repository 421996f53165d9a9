//! Azure App Service: preset `azure`.
//!
//! Written from the vendor's documentation; not proven against Azure.
//!
//! # What it sends
//!
//! App Service forwards the client's certificate as `X-ARR-ClientCert`: base64
//! of the DER (dialect `base64-der`). The handshake proves that the client has
//! its key. Nothing else is verified: a client can sign a certificate with any
//! name in it. So identity rules have to pin certificates or keys, or the policy
//! does not load.
//!
//! # What it removes, and what it does not
//!
//! The documentation says that the platform injects the header, and not what
//! becomes of one that a client sends. Check it, with "incoming client
//! certificates" on "require" and on "allow": a forged header holds a
//! certificate without its key, and the pinned one is no secret.
//!
//! # Policy
//!
//! ```toml
#![doc = include_str!("azure/policy.toml")]
//! ```
//!
//! `openssl x509 -in acme.pem -noout -fingerprint -sha256` prints the
//! thumbprint; several can stand side by side during a renewal. A
//! `when.public_key` outlives renewals with the same key, and asks for `client`,
//! `profile` and `principal` to be written out and for no other condition, since
//! the holder of a key can put any name beside it.
//!
//! Where partners have certificates of an authority, it need not be pins:
//! `verification = "in-process"` with that authority under `[[authorities]]` (feature
//! `verify`) verifies each certificate in this process. Azure forwards no
//! intermediates, so the authority is the one that signs clients' certificates.
//!
//! `verification = "edge-always"` is refused for this preset. Another preset with
//! the same header would load with it, and state what is not so: anyone who signs
//! a certificate with a partner's name would be that partner.
//!
//! # Check it
//!
//! ```sh
//! curl -i https://payments.azurewebsites.net/payments --cert acme.pem --key acme.key
//! curl -i https://payments.azurewebsites.net/payments --cert other.pem --key other.key
//! curl -i https://payments.azurewebsites.net/payments --cert other.pem --key other.key \
//!   -H "X-ARR-ClientCert: $(openssl x509 -in acme.pem -outform der | base64 -w0)"
//! ```
//!
//! 200, 403 `identity_unmapped`, and the same again, or 400 `header_ambiguous`;
//! see [How to check an edge](super#how-to-check-an-edge).
