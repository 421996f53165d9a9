//! From the claims of a verified token to a [`VerifiedToken`].
//!
//! Nothing here verifies anything. Whoever calls these functions has checked the
//! token's signature, issuer, audience and lifetime, and says so by calling them:
//! they take claims as anybody can write them.
//!
//! ```
//! use certgate::adapter::claims::assert_verified_claims;
//!
//! # let serde_json::Value::Object(claims) = serde_json::json!({
//! #     "azp": "acme", "cnf": { "x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0" }
//! # }) else { panic!() };
//! // `claims` are those of the token, after it was verified.
//! let token = assert_verified_claims(&claims, &["azp", "client_id"])?;
//! assert_eq!(token.client(), Some("acme"));
//!
//! // For the layer of `adapter::tower`, which looks for it there:
//! # let mut request = http::Request::new(());
//! request.extensions_mut().insert(token);
//! # Ok::<(), certgate::adapter::claims::ClaimsError>(())
//! ```

use serde::Deserialize as _;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::request::{Confirmation, VerifiedToken};

/// Why claims make no token. The request has to be answered like one whose token
/// did not verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClaimsError {
    /// The claims are no JSON object.
    #[error("the claims are no JSON object")]
    NotAnObject,
    /// A claim that names the client is not text, or is empty: the one at this
    /// place in `client_claims`.
    #[error("claim {0} of those that name the client is not text, or is empty")]
    ClientNotText(usize),
    /// Two claims name different clients: that at this place differs from one
    /// before it.
    #[error("claim {0} of those that name the client names another than one before it")]
    ClientsDiffer(usize),
}

/// States that the token with these claims has been verified.
///
/// The client is what the claims of the names `client_claims` say, of which each
/// may be absent: `["azp", "client_id"]` for an authorization server that writes
/// either. Where none is there, or `client_claims` is empty, the token names no
/// client, and only a certificate that it is bound to does. Never name a claim that
/// users can choose.
///
/// `cnf` is taken as it is. What cannot be read of it is kept as such, so that the
/// decision denies it as `sender_binding_malformed`. Of a member that was written
/// twice, a [`Map`] has only the last.
///
/// # Errors
///
/// [`ClaimsError::ClientNotText`] and [`ClaimsError::ClientsDiffer`].
pub fn assert_verified_claims(
    claims: &Map<String, Value>,
    client_claims: &[&str],
) -> Result<VerifiedToken, ClaimsError> {
    let client = client(claims, client_claims)?;
    let confirmation = match claims.get("cnf") {
        Some(cnf) => Confirmation::deserialize(cnf).unwrap_or(Confirmation::unreadable()),
        None => Confirmation::default(),
    };
    Ok(VerifiedToken::assert_verified(client, confirmation))
}

/// The same for what `jsonwebtoken::decode` returned. What its functions return
/// that decode without verifying looks alike, and must never come here.
///
/// `decode` checks `aud` and `iss` only where its `Validation` was told which ones
/// are right and that they are required.
///
/// # Errors
///
/// As [`assert_verified_claims`]; [`ClaimsError::NotAnObject`].
#[cfg(feature = "jsonwebtoken")]
pub fn assert_verified_jwt(
    token: &jsonwebtoken::TokenData<Value>,
    client_claims: &[&str],
) -> Result<VerifiedToken, ClaimsError> {
    let claims = token.claims.as_object();
    assert_verified_claims(claims.ok_or(ClaimsError::NotAnObject)?, client_claims)
}

fn client<'c>(
    claims: &'c Map<String, Value>,
    names: &[&str],
) -> Result<Option<&'c str>, ClaimsError> {
    let mut client = None;
    for (place, name) in names.iter().enumerate() {
        let Some(claim) = claims.get(*name) else {
            continue;
        };
        let text = claim.as_str().filter(|text| !text.is_empty());
        let text = text.ok_or(ClaimsError::ClientNotText(place))?;
        if client.is_some_and(|first| first != text) {
            return Err(ClaimsError::ClientsDiffer(place));
        }
        client = Some(text);
    }
    Ok(client)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::binding::Binding;

    fn token(claims: Value) -> Result<VerifiedToken, ClaimsError> {
        let Value::Object(claims) = claims else {
            panic!("claims of a test are an object");
        };
        assert_verified_claims(&claims, &["azp", "client_id"])
    }

    fn client_of(claims: Value) -> Result<Option<String>, ClaimsError> {
        token(claims).map(|token| token.client().map(str::to_owned))
    }

    #[test]
    fn the_client_is_what_the_named_claims_agree_on() {
        let acme = || Ok(Some("acme".to_owned()));
        assert_eq!(client_of(json!({ "azp": "acme" })), acme());
        assert_eq!(client_of(json!({ "client_id": "acme" })), acme());
        let both = json!({ "azp": "acme", "client_id": "acme" });
        assert_eq!(client_of(both), acme());
        assert_eq!(client_of(json!({ "sub": "acme", "AZP": "acme" })), Ok(None));
        for (claims, error) in [
            (
                json!({ "azp": "acme", "client_id": "other" }),
                ClaimsError::ClientsDiffer(1),
            ),
            (json!({ "azp": 7 }), ClaimsError::ClientNotText(0)),
            (json!({ "azp": null }), ClaimsError::ClientNotText(0)),
            (json!({ "azp": "" }), ClaimsError::ClientNotText(0)),
            (
                json!({ "azp": "acme", "client_id": ["acme"] }),
                ClaimsError::ClientNotText(1),
            ),
        ] {
            assert_eq!(client_of(claims.clone()), Err(error), "{claims}");
        }
    }

    #[test]
    fn no_claim_is_read_that_was_not_named() {
        let Value::Object(claims) = json!({ "azp": "acme", "sub": 7 }) else {
            panic!("an object");
        };
        let token = assert_verified_claims(&claims, &[]);
        assert_eq!(token.map(|token| token.client().is_none()), Ok(true));
    }

    #[test]
    fn a_confirmation_is_kept_whatever_it_holds() {
        for (cnf, binding) in [
            (json!({}), Binding::Missing),
            (
                json!({ "x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0" }),
                Binding::Mismatch,
            ),
            (json!({ "x5t#S256": 7 }), Binding::Malformed),
            (json!({ "x5t#S256": "" }), Binding::Malformed),
            (json!({ "jkt": "k" }), Binding::Unsupported),
            (json!(null), Binding::Malformed),
            (json!(7), Binding::Malformed),
            (json!(-7.5), Binding::Malformed),
            (json!([]), Binding::Malformed),
            (json!(true), Binding::Malformed),
            (json!("x5t#S256"), Binding::Malformed),
        ] {
            let token = token(json!({ "cnf": cnf }));
            let judged = token.map(|token| Binding::judge(token.confirmation(), None));
            assert_eq!(judged, Ok(binding), "{cnf}");
        }
        let without = token(json!({}));
        let judged = without.map(|token| Binding::judge(token.confirmation(), None));
        assert_eq!(judged, Ok(Binding::Missing));
    }

    #[cfg(feature = "jsonwebtoken")]
    #[test]
    fn the_claims_of_a_jwt_are_an_object() {
        let header = || jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256);
        let of = |claims| {
            let header = header();
            let token = jsonwebtoken::TokenData { header, claims };
            assert_verified_jwt(&token, &["azp"]).map(|token| token.client().map(str::to_owned))
        };
        assert_eq!(of(json!({ "azp": "acme" })), Ok(Some("acme".to_owned())));
        assert_eq!(of(json!(["acme"])), Err(ClaimsError::NotAnObject));
    }
}
