//! What a rule may ask of a certificate: a part of it, and patterns for its
//! values. Constraints and identity rules speak of certificates in these terms.

mod field;
mod pattern;

use std::borrow::Cow;

use crate::certificate::ClientCertificate;

pub(crate) use field::{Field, FieldValue, is_spiffe};
pub(crate) use pattern::Pattern;

/// A field of the certificate and the patterns of which it must meet one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    /// The field.
    pub(crate) field: Field,
    /// The patterns.
    pub(crate) any_of: Box<[Pattern]>,
}

/// How a certificate stands to a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It has what is asked for.
    Holds,
    /// It has not.
    Fails,
    /// It has, beside another value that could be meant as well.
    Ambiguous,
}

impl Condition {
    /// Whether a certificate meets it. Any value of an attribute or a kind of
    /// name may do so, save of SPIFFE IDs: a workload has one, and with a
    /// second nobody knows which is meant.
    pub(crate) fn judge(&self, certificate: &ClientCertificate) -> Outcome {
        let wanted = |value: Cow<'_, str>| {
            self.any_of
                .iter()
                .find(|pattern| pattern.matches(self.field, &value))
        };
        if self.field.find_map(certificate, wanted).is_none() {
            Outcome::Fails
        } else if matches!(self.field, Field::Spiffe | Field::TrustDomain)
            && self.field.value(certificate) == FieldValue::Several
        {
            Outcome::Ambiguous
        } else {
            Outcome::Holds
        }
    }
}
