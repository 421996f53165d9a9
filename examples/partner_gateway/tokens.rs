//! Stands in for an authorization server and for the layer that asks it about
//! every token (RFC 7662).
//!
//! Tokens are opaque here, so the example needs no JWT library and shows no
//! home-made verification. To the gate a JWT is the same: something in front
//! of it has verified the token, and states what it says.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use certgate::request::{Confirmation, VerifiedToken};
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

use super::pki::{Holder, Pki};

/// A token of `pisp-partner-acme`, good for whoever has it.
pub(crate) const ACME: &str = "acme-2YotnFZFEjr1zCsicMWpAA";
/// A token of `pisp-partner-acme`, bound to its certificate.
pub(crate) const ACME_BOUND: &str = "acme-bound-mF9tB5kS8Q2xL1vR";
/// A token that nobody issued.
pub(crate) const FORGED: &str = "acme-bound-AAAAAAAAAAAAAAAA";

/// The tokens that were issued, and what introspection says of each.
pub(crate) struct Tokens(HashMap<&'static str, VerifiedToken>);

impl Tokens {
    /// Issues the tokens of the example.
    pub(crate) fn issue(pki: &Pki) -> Self {
        let acme = |cnf| VerifiedToken::assert_verified(Some("pisp-partner-acme"), cnf);
        let x5t_s256 = URL_SAFE_NO_PAD.encode(pki.of(Holder::Acme).sha256());
        Self(HashMap::from([
            (ACME, acme(Confirmation::default())),
            (ACME_BOUND, acme(Confirmation::x5t_s256(&x5t_s256))),
        ]))
    }

    /// The request's token, if it has one and that was issued.
    pub(crate) fn verify(&self, headers: &HeaderMap) -> Option<&VerifiedToken> {
        let mut lines = headers.get_all(AUTHORIZATION).iter();
        let (Some(line), None) = (lines.next(), lines.next()) else {
            return None;
        };
        self.0.get(line.to_str().ok()?.strip_prefix("Bearer ")?)
    }
}
