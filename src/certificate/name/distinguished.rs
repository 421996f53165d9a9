//! Distinguished names that text gives: in a policy, or from an edge that
//! tells of a certificate without sending it.

use core::fmt;
use std::borrow::Cow;

use super::error::NameError;
use super::parse::{Grammar, parse_attributes};
use super::slash::parse_slash_form;
use super::value::{AttributeValue, is_matchable};
use super::{AttributeType, Name};
use crate::certificate::reader::Checked;

/// A distinguished name read from text.
///
/// `==` compares as for [`Name`]; a value written `#…` equals only another
/// such value of the same octets. Text that is not [`is_matchable`] equals
/// only exactly the same text. `Display` prints RFC 4514, except that a value
/// given as text for a dotted type stays text, so that parsing it again gives
/// the same name.
///
/// ```
/// use certgate::certificate::{AttributeType, DistinguishedName};
///
/// let name = DistinguishedName::parse(r"CN=Acme\, Ltd,OU=a+OU=b,C=GB")?;
/// let cn = name.values(AttributeType::COMMON_NAME).next().and_then(|cn| cn.matchable());
/// assert_eq!(cn.as_deref(), Some("Acme, Ltd"));
/// assert_eq!(name, DistinguishedName::parse("cn=ACME\\2C  ltd,ou=B+ou=A,c=gb")?);
/// # Ok::<(), certgate::certificate::NameError>(())
/// ```
#[derive(Clone)]
pub struct DistinguishedName {
    /// Most general first, as in a certificate.
    rdns: Vec<Vec<NameAttribute>>,
}

/// One attribute of a [`DistinguishedName`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAttribute {
    attribute_type: AttributeType,
    value: NameValue,
}

/// The value of an attribute as text gave it.
#[derive(Clone)]
pub enum NameValue {
    /// Characters.
    Text(Box<str>),
    /// The DER of a value, written as `#` and hexadecimal.
    Der(Box<[u8]>),
}

impl DistinguishedName {
    /// Reads RFC 4514, and what RFC 2253 has beyond it (quoted values, `;`
    /// between RDNs), and nothing else: for text that comes with a request.
    ///
    /// # Errors
    ///
    /// Each [`NameErrorKind`](super::NameErrorKind), at its place in the text.
    /// Spaces around separators, the `OID.` prefix and unknown keywords are
    /// refused.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        parse_attributes(text, Grammar::Request).map(Self::from_most_specific_first)
    }

    /// Reads a name that a person wrote: what [`parse`](Self::parse) takes,
    /// spaces around separators, `E=` and `email=` for `emailAddress=`,
    /// `OID.1.2.3=`, and the slash form `/C=US/O=Example/CN=x` of OpenSSL,
    /// which is most general first.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse). In the slash form every `/type=` of a
    /// known type begins an RDN, other characters are taken as they are, and a
    /// backslash is refused, since there it escapes in one tool and not in
    /// another.
    ///
    /// ```
    /// use certgate::certificate::{DistinguishedName, NameWarning};
    ///
    /// let configured = DistinguishedName::parse_configured("/C=US/O=Example/CN=ca")?;
    /// assert_eq!(configured.name.to_string(), "CN=ca,O=Example,C=US");
    /// assert!(configured.warnings.is_empty());
    ///
    /// let copied = DistinguishedName::parse_configured("C = US, O = Example, CN = ca")?;
    /// assert_eq!(copied.warnings, [NameWarning::Reversed]);
    /// # Ok::<(), certgate::certificate::NameError>(())
    /// ```
    pub fn parse_configured(text: &str) -> Result<ConfiguredName, NameError> {
        let mut warnings = Vec::new();
        let name = if text.starts_with('/') {
            let (rdns, ambiguous) = parse_slash_form(text)?;
            if ambiguous {
                warnings.push(NameWarning::Ambiguous);
            }
            Self { rdns }
        } else {
            let rdns = parse_attributes(text, Grammar::Configuration)?;
            Self::from_most_specific_first(rdns)
        };
        if name.is_empty() {
            warnings.push(NameWarning::Empty);
        }
        if name
            .attributes()
            .any(|attribute| attribute.value.is_unmatchable_text())
        {
            warnings.push(NameWarning::Unmatchable);
        }
        if name.looks_reversed() {
            warnings.push(NameWarning::Reversed);
        }
        Ok(ConfiguredName { name, warnings })
    }

    /// The name of a certificate, so that it prints the same. Values that
    /// print as hexadecimal are kept as their DER.
    #[must_use]
    pub fn from_name(name: Name<'_>) -> Self {
        let attribute = |attribute: super::Attribute<'_>| {
            let attribute_type = attribute.attribute_type();
            let value = match (attribute_type.keyword(), attribute.value().text()) {
                (Some(_), Some(text)) => NameValue::Text(text.into()),
                _ => NameValue::Der(attribute.value().as_der().into()),
            };
            NameAttribute::new(attribute_type, value)
        };
        let rdns = name.rdns();
        Self {
            rdns: rdns
                .map(|rdn| rdn.attributes().map(attribute).collect())
                .collect(),
        }
    }

    /// A name of one attribute.
    pub(crate) fn of_attribute(attribute_type: AttributeType, value: &str) -> Self {
        let value = NameValue::Text(value.into());
        Self {
            rdns: vec![vec![NameAttribute::new(attribute_type, value)]],
        }
    }

    /// Whether it has no RDN at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rdns.is_empty()
    }

    /// The relative distinguished names, each one or more attributes, most
    /// general first as in a certificate; `rdns().rev()` has the order of the
    /// text.
    pub fn rdns(&self) -> impl DoubleEndedIterator<Item = &[NameAttribute]> {
        self.rdns.iter().map(Vec::as_slice)
    }

    /// All attributes, most general RDN first.
    pub fn attributes(&self) -> impl Iterator<Item = &NameAttribute> {
        self.rdns.iter().flatten()
    }

    /// The values of every attribute of this type, most general RDN first.
    pub fn values(&self, attribute_type: AttributeType) -> impl Iterator<Item = &NameValue> {
        self.attributes()
            .filter(move |attribute| attribute.attribute_type == attribute_type)
            .map(|attribute| &attribute.value)
    }

    fn from_most_specific_first(mut rdns: Vec<Vec<NameAttribute>>) -> Self {
        rdns.reverse();
        Self { rdns }
    }

    /// Whether the common name comes out as the most general part, which is
    /// how a name looks that was copied in the other order.
    fn looks_reversed(&self) -> bool {
        let is_common_name = |a: &NameAttribute| a.attribute_type == AttributeType::COMMON_NAME;
        match self.rdns.as_slice() {
            [general, .., specific] => {
                general.iter().any(is_common_name) && !specific.iter().any(is_common_name)
            }
            _ => false,
        }
    }
}

impl NameAttribute {
    pub(super) const fn new(attribute_type: AttributeType, value: NameValue) -> Self {
        Self {
            attribute_type,
            value,
        }
    }

    /// The type.
    #[must_use]
    pub const fn attribute_type(&self) -> &AttributeType {
        &self.attribute_type
    }

    /// The value.
    #[must_use]
    pub const fn value(&self) -> &NameValue {
        &self.value
    }
}

impl NameValue {
    /// The characters; for a value that was written as DER, those that
    /// [`AttributeValue::text`] finds in it.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Der(der) => {
                let element = Checked { bytes: der }.next()?;
                AttributeValue::from_element(&element).text()
            }
        }
    }

    /// The characters, if [`is_matchable`] holds for them.
    #[must_use]
    pub fn matchable(&self) -> Option<Cow<'_, str>> {
        self.text().filter(|text| is_matchable(text))
    }

    fn is_unmatchable_text(&self) -> bool {
        self.text().is_some_and(|text| !is_matchable(&text))
    }
}

impl fmt::Debug for NameValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({text:?})"),
            Self::Der(der) => write!(f, "Der({} octets)", der.len()),
        }
    }
}

/// A name from configuration, and what its author should know.
#[derive(Clone, Debug)]
pub struct ConfiguredName {
    /// The name.
    pub name: DistinguishedName,
    /// What is odd about it; often nothing.
    pub warnings: Vec<NameWarning>,
}

/// Something about a configured name that is hardly meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameWarning {
    /// It has no attribute, so it matches no certificate.
    Empty,
    /// It holds a control or bidirectional character, so it matches no
    /// certificate.
    Unmatchable,
    /// It is in the slash form and holds something that could be another
    /// attribute, or part of a value.
    Ambiguous,
    /// Its common name is its most general part, as if it were written in the
    /// other order.
    Reversed,
}

impl NameWarning {
    /// The stable code, in snake case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unmatchable => "unmatchable",
            Self::Ambiguous => "ambiguous",
            Self::Reversed => "reversed",
        }
    }
}

impl fmt::Display for NameWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "name is empty and matches no certificate",
            Self::Unmatchable => {
                "name holds a control or bidirectional character and matches no certificate"
            }
            Self::Ambiguous => "name can be read in two ways, write it as RFC 4514 has it",
            Self::Reversed => {
                "name has its common name as its most general part, check the order of its parts"
            }
        })
    }
}
