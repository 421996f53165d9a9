//! How a certificate leads to a client.

use crate::policy::keywords::SubjectAttribute;
use crate::policy::parts::parts;

use super::{Located, Location, TextList};

parts! {
/// `[[identity]]`: how a certificate leads to a client.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct IdentityRule {
    /// Where the rule stands.
    pub at: Location,
    /// The rule's name in decision records.
    pub name: Option<Located<String>>,
    /// The issuer of the certificates that the rule is for.
    pub issuer: Option<Located<String>>,
    /// The template of the client's id.
    pub client: Option<Located<String>>,
    /// The template of the profile's id.
    pub profile: Option<Located<String>>,
    /// The template of the principal's name.
    pub principal: Option<Located<String>>,
    /// What a certificate must carry for the rule to apply.
    pub when: Option<When>,
}

/// `[identity.when]`: what a certificate must carry, all of it; at least one
/// condition.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct When {
    /// Where the section stands.
    pub at: Location,
    /// Attributes of the subject, each at most once.
    pub subject: Vec<SubjectCondition>,
    /// SPIFFE IDs, any of which will do; not empty.
    pub spiffe: Option<TextList> as one_or_more,
    /// Trust domains of SPIFFE IDs, any of which will do; not empty.
    pub trust_domain: Option<TextList> as one_or_more,
    /// URI names, any of which will do; not empty.
    pub uri: Option<TextList> as one_or_more,
    /// DNS names, any of which will do; not empty.
    pub dns: Option<TextList> as one_or_more,
    /// E-mail names, any of which will do; not empty.
    pub email: Option<TextList> as one_or_more,
    /// User principal names, any of which will do; not empty.
    pub upn: Option<TextList> as one_or_more,
    /// Addresses among the names, any of which will do; not empty.
    pub ip: Option<TextList> as one_or_more,
    /// Serial numbers in hexadecimal, any of which will do; not empty.
    pub serial: Option<TextList> as one_or_more,
    /// SHA-256 of certificates in hexadecimal, any of which will do; not empty.
    pub thumbprint: Option<TextList> as one_or_more,
    /// SHA-256 of public keys in hexadecimal, any of which will do; not empty.
    pub public_key: Option<TextList> as one_or_more,
}
also {
    const NEVER_EMPTY: Option<&'static str> =
        Some("no condition: the rule would apply to every certificate");
}
}

/// One line of `subject` in `[identity.when]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SubjectCondition {
    /// The attribute.
    pub attribute: SubjectAttribute,
    /// Its values, any of which will do; not empty.
    pub values: TextList,
}
