//! What a token says, once somebody else has verified it.

use core::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The claims of a bearer token whose signature, issuer, audience and lifetime
/// the caller has checked. certgate verifies no token; it holds a verified one
/// to the certificate.
///
/// `Debug` shows no claim.
///
/// ```
/// use certgate::request::{Confirmation, VerifiedToken};
///
/// // … after your JWT layer has accepted the token:
/// let cnf: Confirmation = serde_json::from_str(
///     r#"{ "x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0" }"#,
/// )?;
/// let token = VerifiedToken::assert_verified(Some("partner-acme"), cnf);
/// assert_eq!(token.client(), Some("partner-acme"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct VerifiedToken {
    client: Option<Box<str>>,
    confirmation: Confirmation,
}

impl VerifiedToken {
    /// States that the token with these claims has been verified.
    ///
    /// `client` is the id that the token names (its `client_id` or `azp`
    /// claim, say), `confirmation` its `cnf` claim, or
    /// [`Confirmation::default`] where it has none.
    #[must_use]
    pub fn assert_verified(client: Option<&str>, confirmation: Confirmation) -> Self {
        Self {
            client: client.map(Into::into),
            confirmation,
        }
    }

    /// The client that the token names.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// The token's `cnf` claim.
    #[must_use]
    pub fn confirmation(&self) -> &Confirmation {
        &self.confirmation
    }
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifiedToken { .. }")
    }
}

/// A token's confirmation claim `cnf` (RFC 7800 section 3.1): which key or
/// certificate the sender of the token must prove to hold.
///
/// It is read from JSON with serde. Reading never fails on the claim's
/// contents: a value of the wrong type is remembered as such, so that the
/// decision can deny it with its own reason rather than lose the claim.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Confirmation {
    thumbprint: ThumbprintClaim,
    other: OtherConfirmation,
}

/// The member `x5t#S256` of a confirmation claim (RFC 8705 section 3.1).
#[derive(Clone, Default, PartialEq, Eq)]
pub enum ThumbprintClaim {
    /// The claim has no such member.
    #[default]
    Absent,
    /// Its text, not decoded yet.
    Text(Box<str>),
    /// It is there and is not a string, or is there twice.
    NotText,
}

/// Confirmation methods other than `x5t#S256`, such as `jkt` (RFC 9449).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OtherConfirmation {
    /// The claim has none.
    #[default]
    Absent,
    /// There is one, and nobody has said that it holds.
    Unchecked,
    /// There is one, and the caller has checked it.
    Checked,
}

impl Confirmation {
    /// A confirmation by certificate thumbprint: base64url of the SHA-256 of
    /// the certificate's DER, without padding.
    #[must_use]
    pub fn x5t_s256(text: &str) -> Self {
        Self {
            thumbprint: ThumbprintClaim::Text(text.into()),
            other: OtherConfirmation::Absent,
        }
    }

    /// A `cnf` claim that is there and cannot be read.
    #[must_use]
    pub fn unreadable() -> Self {
        Self {
            thumbprint: ThumbprintClaim::NotText,
            other: OtherConfirmation::Absent,
        }
    }

    /// States that the caller has checked the claim's other method (a DPoP
    /// proof against `jkt`, say).
    #[must_use]
    pub fn with_other_method_checked(mut self) -> Self {
        if self.other == OtherConfirmation::Unchecked {
            self.other = OtherConfirmation::Checked;
        }
        self
    }

    /// The member `x5t#S256`.
    #[must_use]
    pub fn thumbprint(&self) -> &ThumbprintClaim {
        &self.thumbprint
    }

    /// Any other method.
    #[must_use]
    pub fn other(&self) -> OtherConfirmation {
        self.other
    }
}

impl fmt::Debug for Confirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Confirmation { .. }")
    }
}

impl<'de> Deserialize<'de> for Confirmation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ConfirmationVisitor)
    }
}

struct ConfirmationVisitor;

impl<'de> Visitor<'de> for ConfirmationVisitor {
    type Value = Confirmation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a cnf claim")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Confirmation, A::Error> {
        let mut confirmation = Confirmation::default();
        while let Some(name) = members.next_key::<String>()? {
            if name == "x5t#S256" {
                let first = confirmation.thumbprint == ThumbprintClaim::Absent;
                let claim = members.next_value::<ThumbprintClaim>()?;
                confirmation.thumbprint = if first {
                    claim
                } else {
                    ThumbprintClaim::NotText
                };
            } else {
                members.next_value::<IgnoredAny>()?;
                confirmation.other = OtherConfirmation::Unchecked;
            }
        }
        Ok(confirmation)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Confirmation, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Confirmation::unreadable())
    }

    fn visit_str<E>(self, _: &str) -> Result<Confirmation, E> {
        Ok(Confirmation::unreadable())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Confirmation, E> {
        Ok(Confirmation::unreadable())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Confirmation, E> {
        Ok(Confirmation::unreadable())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Confirmation, E> {
        Ok(Confirmation::unreadable())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Confirmation, E> {
        Ok(Confirmation::unreadable())
    }

    fn visit_unit<E>(self) -> Result<Confirmation, E> {
        Ok(Confirmation::unreadable())
    }
}

impl<'de> Deserialize<'de> for ThumbprintClaim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Member {
            Text(Box<str>),
            Other(IgnoredAny),
        }
        Ok(match Member::deserialize(deserializer)? {
            Member::Text(text) => Self::Text(text),
            Member::Other(_) => Self::NotText,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cnf_claim_is_read_whatever_it_holds() {
        let text = |t: &str| ThumbprintClaim::Text(t.into());
        for (json, thumbprint, other) in [
            ("{}", ThumbprintClaim::Absent, OtherConfirmation::Absent),
            (
                r#"{"x5t#S256":"abc"}"#,
                text("abc"),
                OtherConfirmation::Absent,
            ),
            (r#"{"x5t#S256":""}"#, text(""), OtherConfirmation::Absent),
            (
                r#"{"x5t#S256":7}"#,
                ThumbprintClaim::NotText,
                OtherConfirmation::Absent,
            ),
            (
                r#"{"x5t#S256":-7.5}"#,
                ThumbprintClaim::NotText,
                OtherConfirmation::Absent,
            ),
            (
                r#"{"x5t#S256":null}"#,
                ThumbprintClaim::NotText,
                OtherConfirmation::Absent,
            ),
            (
                r#"{"x5t#S256":["abc"]}"#,
                ThumbprintClaim::NotText,
                OtherConfirmation::Absent,
            ),
            (
                r#"{"x5t#S256":{"a":1}}"#,
                ThumbprintClaim::NotText,
                OtherConfirmation::Absent,
            ),
            (
                r#"{"x5t#S256":"abc","x5t#S256":"abc"}"#,
                ThumbprintClaim::NotText,
                OtherConfirmation::Absent,
            ),
            (
                r#"{"jkt":"k"}"#,
                ThumbprintClaim::Absent,
                OtherConfirmation::Unchecked,
            ),
            (
                r#"{"jkt":"k","x5t#S256":"abc"}"#,
                text("abc"),
                OtherConfirmation::Unchecked,
            ),
            (
                r#""x5t#S256""#,
                ThumbprintClaim::NotText,
                OtherConfirmation::Absent,
            ),
            ("[]", ThumbprintClaim::NotText, OtherConfirmation::Absent),
            ("null", ThumbprintClaim::NotText, OtherConfirmation::Absent),
            ("true", ThumbprintClaim::NotText, OtherConfirmation::Absent),
            ("1", ThumbprintClaim::NotText, OtherConfirmation::Absent),
        ] {
            let read: Confirmation = serde_json::from_str(json).unwrap();
            assert!(*read.thumbprint() == thumbprint, "{json}");
            assert_eq!(read.other(), other, "{json}");
        }
    }

    #[test]
    fn debug_shows_no_claim() {
        let token = VerifiedToken::assert_verified(Some("acme"), Confirmation::x5t_s256("abc"));
        assert_eq!(format!("{token:?}"), "VerifiedToken { .. }");
        assert_eq!(format!("{:?}", token.confirmation()), "Confirmation { .. }");
    }

    #[test]
    fn only_a_method_that_is_there_can_be_checked() {
        let none = Confirmation::default().with_other_method_checked();
        assert_eq!(none.other(), OtherConfirmation::Absent);
        let dpop: Confirmation = serde_json::from_str(r#"{"jkt":"k"}"#).unwrap();
        assert_eq!(
            dpop.with_other_method_checked().other(),
            OtherConfirmation::Checked
        );
    }
}
