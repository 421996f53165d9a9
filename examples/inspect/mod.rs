//! What `inspect` answers to one line: see the forms in the program's own
//! documentation.

mod certificate;
mod header;
mod name;
mod person;

use certgate::binding::Binding;
use certgate::certificate::CertInfo;
use certgate::request::Confirmation;
use serde::Serialize;

use crate::support::headers::decode_base64;
use crate::support::lines::{Fault, take_apart, to_json};
use crate::support::members::Object;
use certificate::{CertificateView, read_certificate};
use header::Presented;

pub(crate) use person::{describe, read_file};

/// Answers one line with one line, without the line feed.
pub(crate) fn answer(line: &[u8]) -> String {
    let (id, answer) = take_apart(line, Answer::to);
    to_json(id, answer)
}

/// What a line asks for decides the members of its answer.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Presented(Presented),
    Certificate { certificates: Vec<CertificateView> },
    Name(name::NameView),
    Equality { equal: bool },
    Binding { binding: &'static str },
}

impl Answer {
    fn to(object: &Object<'_>) -> Result<Self, Fault> {
        object.unrepeated()?;
        let has = |name: &str| object.get(name).is_some();
        if has("dialect") || has("headers") {
            header::present(object).map(Self::Presented)
        } else if object.get_any("cnf").is_some() {
            binding(object)
        } else if has("der") {
            let certificate = read_certificate(decode_base64(object.require("der")?)?, 0)?;
            let certificates = vec![CertificateView::new(&certificate)];
            Ok(Self::Certificate { certificates })
        } else if has("equals") {
            let equal = name::equal(object)?;
            Ok(Self::Equality { equal })
        } else if has("dn") {
            name::view(object).map(Self::Name)
        } else {
            let message = "expected dialect and headers, or der, or dn, or cnf";
            Err(object.malformed(message).into())
        }
    }
}

/// Holds a token's `cnf` claim to a certificate, or to none.
fn binding(object: &Object<'_>) -> Result<Answer, Fault> {
    let claim = object.get_any("cnf");
    let confirmation: Confirmation = match claim {
        Some(claim) => claim.read()?,
        None => Confirmation::default(),
    };
    let certificate = match object.get("der") {
        Some(der) => Some(read_certificate(decode_base64(der)?, 0)?),
        None => None,
    };
    let thumbprint = certificate.as_ref().map(CertInfo::thumbprint);
    Ok(Answer::Binding {
        binding: Binding::judge(&confirmation, thumbprint).code(),
    })
}
