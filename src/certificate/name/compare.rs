//! When two names are the same.
//!
//! Attribute types are compared by object identifier. Values that have text
//! are compared by their characters, whatever type of string holds them, with
//! ASCII case folded, outer U+0020 removed, and runs of U+0020 inside collapsed
//! to one; no other folding, so that full-width letters or KELVIN SIGN are not
//! taken for ASCII. Other values are compared by type and octets. The order of
//! RDNs counts, the order of attributes within one does not. Nothing is
//! allocated.

use super::distinguished::{DistinguishedName, NameAttribute, NameValue};
use super::value::{AttributeValue, Characters, is_unmatchable};
use super::{Attribute, Name, Rdn};

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
            || same_sequence(self.rdns(), other.rdns(), |left, right| {
                same_multisets(&left.attributes(), &right.attributes(), same_attributes)
            })
    }
}

impl Eq for Name<'_> {}

impl PartialEq for DistinguishedName {
    fn eq(&self, other: &Self) -> bool {
        same_sequence(self.rdns(), other.rdns(), |left, right| {
            same_multisets(&left.iter(), &right.iter(), |left, right| left == right)
        })
    }
}

impl Eq for DistinguishedName {}

impl PartialEq for NameValue {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) => {
                left == right
                    || (super::is_matchable(left) && folded(left.chars()).eq(folded(right.chars())))
            }
            (Self::Der(left), Self::Der(right)) => left == right,
            (Self::Text(_), Self::Der(_)) | (Self::Der(_), Self::Text(_)) => false,
        }
    }
}

impl Eq for NameValue {}

impl DistinguishedName {
    /// Whether a certificate's name is this one: the same comparison as `==`,
    /// except that a value written `#…` is compared with the DER of the
    /// certificate's value. An empty name matches nothing, and neither does a
    /// certificate's name in which any value holds control or bidirectional
    /// characters ([`is_matchable`](super::is_matchable)).
    ///
    /// ```
    /// use certgate::certificate::{CertInfo, DistinguishedName};
    ///
    /// # fn check(certificate: &CertInfo) -> Result<bool, Box<dyn std::error::Error>> {
    /// let issuer = DistinguishedName::parse("CN=Example CA,O=Example,C=US")?;
    /// # return
    /// Ok(issuer.matches(certificate.issuer()))
    /// # }
    /// ```
    #[must_use]
    pub fn matches(&self, name: Name<'_>) -> bool {
        !self.is_empty() && same_sequence(self.rdns(), name.rdns(), is_match_of_rdns)
    }
}

/// Whether every wanted attribute is given as often as it is wanted, and
/// nothing else is given.
fn is_match_of_rdns(wanted: &[NameAttribute], given: Rdn<'_>) -> bool {
    let given = given.attributes();
    same_sizes(wanted.iter(), given.clone())
        && wanted.iter().all(|attribute| {
            let alike = wanted.iter().filter(|other| *other == attribute);
            same_sizes(
                alike,
                given.clone().filter(|given| is_match(attribute, given)),
            )
        })
        && given
            .clone()
            .all(|given| wanted.iter().any(|wanted| is_match(wanted, &given)))
}

fn is_match(wanted: &NameAttribute, given: &Attribute<'_>) -> bool {
    wanted.attribute_type().as_bytes() == given.type_octets
        && match (wanted.value(), matchable_characters(given.value)) {
            (NameValue::Text(text), Some(characters)) => {
                same_characters(Characters::Narrow(text.chars()), characters)
            }
            (NameValue::Text(_), None) => false,
            (NameValue::Der(der), characters) => {
                let refused = characters.is_none() && given.value.characters().is_some();
                !refused && **der == *given.value.as_der()
            }
        }
}

fn same_attributes(left: &Attribute<'_>, right: &Attribute<'_>) -> bool {
    left.type_octets == right.type_octets && same_values(left.value, right.value)
}

fn same_values(left: AttributeValue<'_>, right: AttributeValue<'_>) -> bool {
    match (matchable_characters(left), matchable_characters(right)) {
        (Some(left), Some(right)) => same_characters(left, right),
        (None, None) => left.as_der() == right.as_der(),
        _ => false,
    }
}

fn matchable_characters(value: AttributeValue<'_>) -> Option<Characters<'_>> {
    value
        .characters()
        .filter(|characters| !characters.clone().any(is_unmatchable))
}

fn same_characters(left: Characters<'_>, right: Characters<'_>) -> bool {
    if let (Characters::Narrow(left), Characters::Narrow(right)) = (&left, &right)
        && left.as_str().eq_ignore_ascii_case(right.as_str())
    {
        return true; // nothing left to fold, as nearly always
    }
    folded(left).eq(folded(right))
}

/// ASCII in lower case, without outer spaces, with single inner spaces.
fn folded(characters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut characters = characters.skip_while(|&c| c == ' ').peekable();
    core::iter::from_fn(move || {
        let next = characters.next()?;
        if next != ' ' {
            return Some(next.to_ascii_lowercase());
        }
        while characters.next_if_eq(&' ').is_some() {}
        // A run of spaces counts only if something follows it.
        characters.peek().map(|_| ' ')
    })
}

/// Whether both have equal items in the same order.
fn same_sequence<L, R>(
    left: impl Iterator<Item = L>,
    mut right: impl Iterator<Item = R>,
    same: impl Fn(L, R) -> bool,
) -> bool {
    for left in left {
        let Some(right) = right.next() else {
            return false;
        };
        if !same(left, right) {
            return false;
        }
    }
    right.next().is_none()
}

/// Whether both have equal items equally often, in any order.
fn same_multisets<T>(
    left: &(impl Iterator<Item = T> + Clone),
    right: &(impl Iterator<Item = T> + Clone),
    same: impl Fn(&T, &T) -> bool,
) -> bool {
    same_sizes(left.clone(), right.clone())
        && left.clone().all(|wanted| {
            let count = |items: &mut dyn Iterator<Item = T>| {
                items.filter(|item| same(item, &wanted)).count()
            };
            count(&mut left.clone()) == count(&mut right.clone())
        })
}

fn same_sizes<L, R>(left: impl Iterator<Item = L>, right: impl Iterator<Item = R>) -> bool {
    left.count() == right.count()
}
