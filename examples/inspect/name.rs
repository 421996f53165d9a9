//! Distinguished names as text.

use certgate::certificate::{ConfiguredName, DistinguishedName, NameAttribute, NameValue};
use serde::Serialize;

use super::certificate::hex;
use crate::support::lines::Fault;
use crate::support::members::Object;

/// A name taken apart.
#[derive(Serialize)]
pub(super) struct NameView {
    /// Most specific first, each of one or more `[type, value]`.
    rdns: Vec<Vec<[String; 2]>>,
    /// RFC 4514.
    canonical: String,
    warnings: Vec<&'static str>,
}

pub(super) fn view(object: &Object<'_>) -> Result<NameView, Fault> {
    let ConfiguredName { name, warnings, .. } = read_name(object, "dn")?;
    let rdns = name.rdns().rev();
    Ok(NameView {
        rdns: rdns.map(|rdn| rdn.iter().map(pair).collect()).collect(),
        canonical: name.to_string(),
        warnings: warnings.iter().map(|warning| warning.code()).collect(),
    })
}

/// Whether `dn` and `equals` are the same name.
pub(super) fn equal(object: &Object<'_>) -> Result<bool, Fault> {
    let first = read_name(object, "dn")?;
    let second = read_name(object, "equals").map_err(|fault| Fault {
        member: Some("equals"),
        ..fault
    })?;
    Ok(first.name == second.name)
}

fn read_name(object: &Object<'_>, member: &str) -> Result<ConfiguredName, Fault> {
    let text = object.require(member)?.text()?;
    let name = match object.get("grammar") {
        None => DistinguishedName::parse_configured(&text),
        Some(grammar) => match grammar.text()?.as_str() {
            "configuration" => DistinguishedName::parse_configured(&text),
            "request" => DistinguishedName::parse(&text).map(|name| ConfiguredName {
                name,
                warnings: Vec::new(),
            }),
            _ => {
                let message = "a grammar is \"configuration\" or \"request\"";
                return Err(grammar.malformed(message).into());
            }
        },
    };
    name.map_err(|error| Fault::new("name_malformed", error.kind().code(), Some(error.offset())))
}

/// Type and value; a value without text is `#` and the digits of its DER.
fn pair(attribute: &NameAttribute) -> [String; 2] {
    let value = match (attribute.value().text(), attribute.value()) {
        (Some(text), _) => text.into_owned(),
        (None, NameValue::Der(der)) => hex(der),
        (None, NameValue::Text(text)) => text.to_string(),
    };
    [attribute.attribute_type().to_string(), value]
}
