//! Is the token bound to this certificate? RFC 8705 section 3: the token's
//! `cnf.x5t#S256` is the SHA-256 of the certificate that its sender presents.

use crate::certificate::Thumbprint;
use crate::request::{Confirmation, OtherConfirmation, ThumbprintClaim};

/// What a token's confirmation claim says about a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// It names this certificate.
    Match,
    /// It names another certificate, or there is none.
    Mismatch,
    /// The token carries no confirmation.
    Missing,
    /// It carries one that cannot be read.
    Malformed,
    /// It is confirmed by another method alone, which nobody has checked.
    Unsupported,
    /// It is confirmed by another method alone, and the caller has checked it.
    CheckedElsewhere,
}

impl Binding {
    /// Holds the confirmation to the certificate that the sender presented.
    ///
    /// ```
    /// use certgate::binding::Binding;
    /// use certgate::certificate::Thumbprint;
    /// use certgate::request::Confirmation;
    ///
    /// let certificate = Thumbprint::of(b"the DER of a certificate");
    /// let cnf = Confirmation::x5t_s256(&certificate.x5t_s256());
    /// assert_eq!(Binding::judge(&cnf, Some(certificate)), Binding::Match);
    /// assert_eq!(Binding::judge(&cnf, None), Binding::Mismatch);
    /// ```
    #[must_use]
    pub fn judge(confirmation: &Confirmation, certificate: Option<Thumbprint>) -> Self {
        match (confirmation.thumbprint(), confirmation.other()) {
            (ThumbprintClaim::Text(text), _) => match Thumbprint::from_x5t_s256(text) {
                Err(_) => Self::Malformed,
                // The comparison takes the same time wherever they differ.
                Ok(bound) if certificate == Some(bound) => Self::Match,
                Ok(_) => Self::Mismatch,
            },
            (ThumbprintClaim::NotText, _) => Self::Malformed,
            (ThumbprintClaim::Absent, OtherConfirmation::Absent) => Self::Missing,
            (ThumbprintClaim::Absent, OtherConfirmation::Unchecked) => Self::Unsupported,
            (ThumbprintClaim::Absent, OtherConfirmation::Checked) => Self::CheckedElsewhere,
        }
    }

    /// The stable code, in snake case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Mismatch => "mismatch",
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Unsupported => "unsupported",
            Self::CheckedElsewhere => "checked_elsewhere",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The thumbprint of RFC 8705 section 3.1, whose last character has
    /// non-zero trailing bits.
    const EXAMPLE: &str = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2";

    fn judge(json: &str, certificate: Option<Thumbprint>) -> Binding {
        Binding::judge(&serde_json::from_str(json).unwrap(), certificate)
    }

    #[test]
    fn a_bound_token_is_held_to_the_certificate() {
        let own = Thumbprint::from_x5t_s256(EXAMPLE).unwrap();
        let other = Thumbprint::of(b"another");
        let bound = format!(r#"{{"x5t#S256":"{EXAMPLE}"}}"#);
        assert_eq!(judge(&bound, Some(own)), Binding::Match);
        assert_eq!(judge(&bound, Some(other)), Binding::Mismatch);
        assert_eq!(judge(&bound, None), Binding::Mismatch);
        let with_jkt = format!(r#"{{"x5t#S256":"{EXAMPLE}","jkt":"k"}}"#);
        assert_eq!(judge(&with_jkt, Some(other)), Binding::Mismatch);
    }

    #[test]
    fn what_is_not_43_characters_of_base64url_is_malformed() {
        let own = Thumbprint::from_x5t_s256(EXAMPLE).unwrap();
        let hex = own.hex();
        for text in [
            "",
            "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2=",
            "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg",
            "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2A",
            "bwcK0esc3ACC3DB2Y5/lESsXE8o9ltc05O89jdN+dg2",
            " bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg",
            &hex,
        ] {
            let json = serde_json::json!({ "x5t#S256": text }).to_string();
            assert_eq!(judge(&json, Some(own)), Binding::Malformed, "{text}");
        }
        for json in [
            r#"{"x5t#S256":7}"#,
            r#"{"x5t#S256":null}"#,
            r#""text""#,
            "[]",
        ] {
            assert_eq!(judge(json, Some(own)), Binding::Malformed, "{json}");
        }
    }

    #[test]
    fn another_method_counts_only_where_the_caller_checked_it() {
        let own = Some(Thumbprint::of(b"own"));
        assert_eq!(judge("{}", own), Binding::Missing);
        assert_eq!(judge(r#"{"jkt":"k"}"#, own), Binding::Unsupported);
        let dpop: Confirmation = serde_json::from_str(r#"{"jkt":"k"}"#).unwrap();
        let checked = dpop.with_other_method_checked();
        assert_eq!(Binding::judge(&checked, own), Binding::CheckedElsewhere);
    }
}
