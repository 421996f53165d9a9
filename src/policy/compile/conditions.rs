//! Conditions on a certificate, in identity rules and in constraints.

use core::net::IpAddr;
use std::borrow::Cow;

use crate::certificate::{SpiffeId, Thumbprint};
use crate::condition::{Condition, Field, Pattern, is_spiffe};
use crate::policy::document::{TextList, When};
use crate::policy::problem::{Problem, Problems};

use super::refuse_empty;

/// The conditions of a section, of which there may be none.
pub(super) fn conditions(when: &When, problems: &mut Problems) -> Box<[Condition]> {
    each(when)
        .map(|(field, list)| condition(field, list, problems))
        .collect()
}

/// What a section asks for, and the values of each.
pub(super) fn each(when: &When) -> impl Iterator<Item = (Field, &TextList)> {
    let names = [
        (Field::Spiffe, &when.spiffe),
        (Field::TrustDomain, &when.trust_domain),
        (Field::Uri, &when.uri),
        (Field::Dns, &when.dns),
        (Field::Email, &when.email),
        (Field::Upn, &when.upn),
        (Field::Ip, &when.ip),
        (Field::Serial, &when.serial),
        (Field::Thumbprint, &when.thumbprint),
        (Field::PublicKey, &when.public_key),
    ];
    let subject = when.subject.iter().filter_map(|condition| {
        let field = Field::by_name(&format!("subject.{}", condition.attribute.as_str()))?;
        Some((field, &condition.values))
    });
    let names = names
        .into_iter()
        .filter_map(|(field, list)| Some((field, list.as_ref()?)));
    subject.chain(names)
}

fn condition(field: Field, list: &TextList, problems: &mut Problems) -> Condition {
    refuse_empty(Some(list), problems);
    let mut any_of = Vec::with_capacity(list.value.len());
    for text in &list.value {
        match normal_form(field, &text.value) {
            Ok(normal) => any_of.push(Pattern::new(field, &normal)),
            Err(message) => problems.push(Problem::error(&text.at, message)),
        }
    }
    Condition {
        field,
        any_of: any_of.into(),
    }
}

/// The text as a certificate's value is written.
fn normal_form(field: Field, text: &str) -> Result<Cow<'_, str>, &'static str> {
    let sha256 = || Thumbprint::from_hex(text).map(|sha256| Cow::Owned(sha256.hex()));
    match field {
        Field::Thumbprint => sha256().map_err(|_| "not a SHA-256 of a certificate in hexadecimal"),
        Field::PublicKey => sha256().map_err(|_| "not a SHA-256 of a public key in hexadecimal"),
        Field::Ip => match text.parse::<IpAddr>() {
            Ok(address) => Ok(Cow::Owned(address.to_canonical().to_string())),
            Err(_) => Err("not an address"),
        },
        Field::Serial => serial_number(text).ok_or("not a serial number in hexadecimal"),
        Field::Spiffe => {
            // A star stands for characters that a segment may have.
            let filled = text.replace('*', "x");
            let (_, path) = text.split_at_checked("spiffe://".len()).unwrap_or_default();
            let domain = path.split('/').next().unwrap_or_default();
            if SpiffeId::parse(&filled).is_err() {
                Err("not a SPIFFE ID")
            } else if domain.contains('*') {
                Err("the trust domain of a SPIFFE ID has to be written out")
            } else {
                Ok(Cow::Borrowed(text))
            }
        }
        Field::TrustDomain => match SpiffeId::parse(&format!("spiffe://{text}")) {
            Ok(id) if id.path().is_empty() => Ok(Cow::Borrowed(text)),
            _ => Err("not a trust domain such as `prod.example.com`"),
        },
        // Held as a URI it would be neither checked nor be the only one.
        Field::Uri if is_spiffe(text) => Err("a SPIFFE ID has a condition of its own, `spiffe`"),
        _ if text.is_empty() => Err("an empty text matches nothing"),
        _ => Ok(Cow::Borrowed(text)),
    }
}

/// A serial number as `openssl x509 -serial` or a browser prints it: without
/// colons and leading zeros, in lower case.
pub(super) fn serial_number(text: &str) -> Option<Cow<'_, str>> {
    let digits: String = text.chars().filter(|&digit| digit != ':').collect();
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let significant = digits.trim_start_matches('0');
    if !is_hex || digits.is_empty() || digits.len() > 2 * 64 {
        return None;
    }
    let odd = if significant.len() % 2 == 1 { "0" } else { "" };
    let zero = if significant.is_empty() { "00" } else { "" };
    Some(Cow::Owned(format!(
        "{zero}{odd}{}",
        significant.to_ascii_lowercase()
    )))
}
