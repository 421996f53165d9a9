//! Texts with placeholders: how ids and principals are made from a certificate.

use std::borrow::Cow;

use crate::certificate::ClientCertificate;
use crate::condition::{Field, FieldValue};

/// A template for the id of a client or profile: at most one placeholder, so
/// that no value can reach into the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdTemplate {
    before: Box<str>,
    field: Option<Field>,
    after: Box<str>,
}

/// A template for a principal, such as
/// `auth:account:x509:sha256:{thumbprint}`. Values are percent-encoded where
/// they have anything but `A-Z a-z 0-9 . _ ~ @ -`, so that none of them can
/// forge the separators around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PrincipalTemplate {
    parts: Box<[Part]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Box<str>),
    Field(Field),
}

/// Why a text is no template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateError {
    /// It is empty.
    #[error("the template is empty")]
    Empty,
    /// A brace without its partner.
    #[error("a brace without its partner")]
    Brace,
    /// A placeholder that names no field.
    #[error(
        "unknown placeholder; there are {{subject.cn}}, {{subject.ou}} and the other subject \
         attributes, {{spiffe}}, {{san.uri}}, {{san.dns}}, {{san.email}}, {{san.upn}} and \
         {{thumbprint}}"
    )]
    UnknownField,
    /// A second placeholder where one is allowed.
    #[error("the id of a client or profile takes one placeholder")]
    SecondPlaceholder,
    /// Two placeholders without a separator that no value can hold.
    #[error("two placeholders need a separator between them that no value can hold, such as `:`")]
    NoSeparator,
}

/// What stops a template from giving a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotRendered {
    Absent,
    Several,
    Unusable,
}

impl IdTemplate {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// An empty text, a lone brace, an unknown or a second placeholder.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut template = Self {
            before: "".into(),
            field: None,
            after: "".into(),
        };
        for part in parse(text)? {
            match part {
                Part::Text(text) if template.field.is_none() => template.before = text,
                Part::Text(text) => template.after = text,
                Part::Field(field) if template.field.is_none() => template.field = Some(field),
                Part::Field(_) => return Err(TemplateError::SecondPlaceholder),
            }
        }
        Ok(template)
    }

    /// The field of the placeholder, if there is one.
    pub(super) fn field(&self) -> Option<Field> {
        self.field
    }

    /// The id itself, if the template has no placeholder.
    pub(crate) fn literal(&self) -> Option<&str> {
        self.field.is_none().then_some(&*self.before)
    }

    pub(super) fn render<'c>(
        &'c self,
        certificate: &'c ClientCertificate,
    ) -> Result<Cow<'c, str>, NotRendered> {
        let Some(field) = self.field else {
            return Ok(Cow::Borrowed(&self.before));
        };
        let value = usable(field.value(certificate))?;
        if self.before.is_empty() && self.after.is_empty() {
            return Ok(value);
        }
        Ok(Cow::Owned(format!("{}{value}{}", self.before, self.after)))
    }
}

impl PrincipalTemplate {
    /// Reads a template with any number of placeholders.
    ///
    /// # Errors
    ///
    /// An empty text, a lone brace or an unknown placeholder; two placeholders
    /// with nothing between them but what a value can hold, too, since values
    /// could be moved from one into the other.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        let parts = parse(text)?;
        let mut separated = true;
        for part in &parts {
            match part {
                Part::Text(text) => separated |= text.bytes().any(is_separator),
                Part::Field(_) if separated => separated = false,
                Part::Field(_) => return Err(TemplateError::NoSeparator),
            }
        }
        Ok(Self {
            parts: parts.into_boxed_slice(),
        })
    }

    /// The fields of its placeholders.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Field(field) => Some(*field),
        })
    }

    pub(super) fn render(&self, certificate: &ClientCertificate) -> Result<String, NotRendered> {
        let mut principal = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => principal.push_str(text),
                Part::Field(field) => {
                    percent_encode(&usable(field.value(certificate))?, &mut principal);
                }
            }
        }
        Ok(principal)
    }
}

fn usable(value: FieldValue<'_>) -> Result<Cow<'_, str>, NotRendered> {
    match value {
        // Everybody without a value would be the same one.
        FieldValue::One(value) if value.is_empty() => Err(NotRendered::Unusable),
        FieldValue::One(value) => Ok(value),
        FieldValue::Absent => Err(NotRendered::Absent),
        FieldValue::Several => Err(NotRendered::Several),
        FieldValue::Unusable => Err(NotRendered::Unusable),
    }
}

fn percent_encode(value: &str, out: &mut String) {
    for byte in value.bytes() {
        if is_unreserved(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// What stands for itself in a principal.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._~@-".contains(&byte)
}

/// What no percent-encoded value holds.
fn is_separator(byte: u8) -> bool {
    !is_unreserved(byte) && byte != b'%'
}

fn parse(text: &str) -> Result<Vec<Part>, TemplateError> {
    if text.is_empty() {
        return Err(TemplateError::Empty);
    }
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (literal, placeholder) = match rest.split_once('{') {
            Some((literal, placeholder)) => (literal, Some(placeholder)),
            None => (rest, None),
        };
        if literal.contains('}') {
            return Err(TemplateError::Brace);
        }
        if !literal.is_empty() {
            parts.push(Part::Text(literal.into()));
        }
        let Some(placeholder) = placeholder else {
            return Ok(parts);
        };
        let (name, after) = placeholder.split_once('}').ok_or(TemplateError::Brace)?;
        parts.push(Part::Field(
            Field::by_name(name).ok_or(TemplateError::UnknownField)?,
        ));
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_takes_one_placeholder() {
        for text in [
            "acme",
            "{subject.cn}",
            "partner-{subject.cn}",
            "{spiffe}",
            "{subject.ou}-x",
        ] {
            assert!(IdTemplate::parse(text).is_ok(), "{text}");
        }
        for (text, why) in [
            ("", TemplateError::Empty),
            ("{subject.cn}{subject.ou}", TemplateError::SecondPlaceholder),
            (
                "{subject.cn}:{subject.ou}",
                TemplateError::SecondPlaceholder,
            ),
            ("{subject.cn", TemplateError::Brace),
            ("subject.cn}", TemplateError::Brace),
            ("{{subject.cn}}", TemplateError::UnknownField),
            ("{}", TemplateError::UnknownField),
            ("{CN}", TemplateError::UnknownField),
            ("{subject.xyz}", TemplateError::UnknownField),
        ] {
            assert_eq!(IdTemplate::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn the_values_of_a_principal_keep_their_places() {
        for text in [
            "{subject.cn}",
            "a-{subject.cn}-b",
            "{subject.cn}:{subject.ou}",
            "{subject.cn}-/-{subject.ou}",
            "x:{subject.o}/{subject.ou}/{subject.cn}",
        ] {
            assert!(PrincipalTemplate::parse(text).is_ok(), "{text}");
        }
        for text in [
            "{subject.cn}{subject.ou}",
            "{subject.cn}-{subject.ou}",
            "x:{subject.cn}%3A{subject.ou}",
            "{subject.o}:{subject.ou}.{subject.cn}",
        ] {
            assert_eq!(
                PrincipalTemplate::parse(text),
                Err(TemplateError::NoSeparator),
                "{text}"
            );
        }
    }

    #[test]
    fn a_value_cannot_forge_what_stands_around_it() {
        let mut out = String::new();
        percent_encode("a:b/c}d%e\u{fc}@f-g.h_i~j k", &mut out);
        assert_eq!(out, "a%3Ab%2Fc%7Dd%25e%C3%BC@f-g.h_i~j%20k");
    }
}
