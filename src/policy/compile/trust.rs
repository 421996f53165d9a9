//! Revoked certificates, and what certificates have to have.

use crate::certificate::{DistinguishedName, NamedOid, Thumbprint};
use crate::condition::Field;
use crate::edge::ClaimUse;
use crate::policy::document::{
    Constraints as Section, Document, Location, Revoked as RevokedSection, TextList,
};
use crate::policy::problem::{Problem, Problems};
use crate::trust::{Constraints, Issuers, Revoked};

use super::conditions::{self, serial_number};
use super::{distinguished_name, issuers, refuse_empty};

/// The purposes that have a word (RFC 5280 section 4.2.1.12).
const PURPOSES: &[(&str, &str)] = &[
    ("client-auth", "1.3.6.1.5.5.7.3.2"),
    ("server-auth", "1.3.6.1.5.5.7.3.1"),
    ("code-signing", "1.3.6.1.5.5.7.3.3"),
    ("email-protection", "1.3.6.1.5.5.7.3.4"),
    ("time-stamping", "1.3.6.1.5.5.7.3.8"),
    ("ocsp-signing", "1.3.6.1.5.5.7.3.9"),
];

/// anyExtendedKeyUsage.
const ANY_PURPOSE: &str = "2.5.29.37.0";

/// The list of revoked certificates.
pub(super) fn revoked(
    section: Option<&RevokedSection>,
    known: &Issuers,
    problems: &mut Problems,
) -> Revoked {
    let Some(section) = section else {
        return Revoked::default();
    };
    refuse_empty(section.thumbprints.as_ref(), problems);
    let mut thumbprints = Vec::new();
    for text in section.thumbprints.iter().flat_map(|list| &list.value) {
        match Thumbprint::from_hex(&text.value) {
            Ok(thumbprint) => thumbprints.push(thumbprint),
            Err(_) => problems.push(Problem::error(
                &text.at,
                "not a SHA-256 of a certificate in hexadecimal",
            )),
        }
    }
    let mut serials = Vec::new();
    for entry in section.serials.iter().flat_map(|list| &list.value) {
        let issuer = distinguished_name(&entry.issuer, problems);
        if issuer
            .as_ref()
            .is_some_and(|issuer| is_unknown(known, issuer))
        {
            problems.push(
                Problem::warning(
                    &entry.issuer.at,
                    "no certificate of this issuer is accepted anyway",
                )
                .with_hint("if that is not what you mean, compare it with authentication.issuers"),
            );
        }
        let Some(serial) = serial_number(&entry.serial.value) else {
            problems.push(Problem::error(
                &entry.serial.at,
                "not a serial number in hexadecimal",
            ));
            continue;
        };
        serials.extend(issuer.map(|issuer| (serial.into(), issuer)));
    }
    Revoked::new(thumbprints, serials)
}

/// What every certificate has to have, or every one of a client.
pub(super) fn constraints(
    section: Option<&Section>,
    known: &Issuers,
    problems: &mut Problems,
) -> Constraints {
    let Some(section) = section else {
        return Constraints::default();
    };
    refuse_a_number_of_several_issuers(section, known, problems);
    refuse_unknown_issuers(section.issuer.as_ref(), known, problems);
    Constraints {
        conditions: conditions::conditions(&section.conditions, problems),
        issuers: issuers(section.issuer.as_ref(), problems),
        extensions: extensions(section.required_extensions.as_ref(), problems),
        purposes: purposes(section.extended_key_usage.as_ref(), problems),
        issuer_keys: issuer_keys(section.issuer_key.as_ref(), problems),
    }
}

/// A serial number is unique only for its issuer.
fn refuse_a_number_of_several_issuers(section: &Section, known: &Issuers, problems: &mut Problems) {
    let own = section.issuer.as_ref().map(|list| list.value.len());
    let is_one = own.unwrap_or(known.len()) == 1;
    if let Some(serial) = section.conditions.serial.as_ref().filter(|_| !is_one) {
        problems.push(
            Problem::error(&serial.at, "every issuer has a certificate of this number")
                .with_hint("name the one issuer that is meant, beside it"),
        );
    }
}

/// Nobody could pass both this and `authentication.issuers`.
fn refuse_unknown_issuers(list: Option<&TextList>, known: &Issuers, problems: &mut Problems) {
    for text in list.into_iter().flat_map(|list| &list.value) {
        // What is no name has been reported.
        let name = DistinguishedName::parse_configured(&text.value);
        if name.is_ok_and(|configured| is_unknown(known, &configured.name)) {
            problems.push(
                Problem::error(&text.at, "this issuer is not among authentication.issuers")
                    .with_hint("add it there"),
            );
        }
    }
}

fn is_unknown(known: &Issuers, issuer: &DistinguishedName) -> bool {
    !known.is_empty() && known.find(issuer).is_none()
}

fn extensions(list: Option<&TextList>, problems: &mut Problems) -> Box<[NamedOid]> {
    refuse_empty(list, problems);
    let mut extensions = Vec::new();
    for text in list.into_iter().flat_map(|list| &list.value) {
        match NamedOid::parse(&text.value) {
            Some(extension) => extensions.push(extension),
            None => problems.push(
                Problem::error(&text.at, "not an object identifier")
                    .with_hint("write numbers with dots, such as 2.5.29.37"),
            ),
        }
    }
    extensions.into()
}

fn purposes(list: Option<&TextList>, problems: &mut Problems) -> Box<[NamedOid]> {
    refuse_empty(list, problems);
    let mut purposes = Vec::new();
    for text in list.into_iter().flat_map(|list| &list.value) {
        let known = PURPOSES.iter().find(|(word, _)| *word == text.value);
        let dotted = known.map_or(text.value.as_str(), |(_, dotted)| dotted);
        match NamedOid::parse(dotted) {
            Some(_) if dotted == ANY_PURPOSE => problems.push(Problem::error(
                &text.at,
                "anyExtendedKeyUsage is no purpose of its own",
            )),
            Some(purpose) => purposes.push(purpose),
            None => {
                let words: Vec<String> = PURPOSES
                    .iter()
                    .map(|(word, _)| format!("`{word}`"))
                    .collect();
                problems.push(
                    Problem::error(&text.at, "not a purpose of a key").with_hint(format!(
                        "write {}, or an object identifier such as 1.3.6.1.5.5.7.3.2",
                        words.join(", ")
                    )),
                );
            }
        }
    }
    purposes.into()
}

fn issuer_keys(list: Option<&TextList>, problems: &mut Problems) -> Box<[[u8; 32]]> {
    refuse_empty(list, problems);
    let mut keys = Vec::new();
    for text in list.into_iter().flat_map(|list| &list.value) {
        match Thumbprint::from_hex(&text.value) {
            Ok(sha256) => keys.push(*sha256.as_bytes()),
            Err(_) => problems.push(Problem::error(
                &text.at,
                "not a SHA-256 of a public key in hexadecimal",
            )),
        }
    }
    keys.into()
}

/// Behind an edge that verifies nothing, an issuer is whatever the client
/// writes. What else is demanded can only deny, and may stand.
pub(super) fn refuse_issuers_that_nobody_verified(document: &Document, problems: &mut Problems) {
    let constraints = sections(document).filter_map(|section| section.issuer.as_ref());
    let revoked = document.authentication.revoked.as_ref();
    let serials = revoked.and_then(|section| section.serials.as_ref());
    for at in constraints
        .map(|list| &list.at)
        .chain(serials.map(|list| &list.at))
    {
        problems.push(Problem::error(
            at,
            "the edge verifies no certificate, so anyone can name this issuer",
        ));
    }
}

/// Where an edge sends no certificate, nobody could pass a check of what it does
/// not tell.
pub(super) fn refuse_what_is_not_told(
    document: &Document,
    told: &[ClaimUse],
    problems: &mut Problems,
) {
    let tells = |field| match field {
        Field::Subject(_) => told.contains(&ClaimUse::Subject),
        Field::Spiffe | Field::TrustDomain => told.contains(&ClaimUse::Spiffe),
        Field::Thumbprint => told.contains(&ClaimUse::Thumbprint),
        _ => false,
    };
    let mut untold: Vec<&Location> = Vec::new();
    for section in sections(document) {
        let asked = conditions::each(&section.conditions);
        untold.extend(
            asked
                .filter(|(field, _)| !tells(*field))
                .map(|(_, list)| &list.at),
        );
        let issuer = section.issuer.as_ref();
        let issuer = issuer.filter(|_| !told.contains(&ClaimUse::Issuer));
        let never = [&section.required_extensions, &section.extended_key_usage];
        untold.extend(
            issuer
                .into_iter()
                .chain(never.into_iter().flatten())
                .map(|list| &list.at),
        );
    }
    if let Some(revoked) = &document.authentication.revoked {
        let thumbprints = revoked.thumbprints.as_ref();
        let thumbprints = thumbprints.filter(|_| !told.contains(&ClaimUse::Thumbprint));
        untold.extend(thumbprints.map(|list| &list.at));
        untold.extend(revoked.serials.as_ref().map(|list| &list.at));
    }
    for client in document.clients.listed() {
        let certificates = client.certificates.as_ref();
        let certificates = certificates.filter(|_| !told.contains(&ClaimUse::Thumbprint));
        let lists = certificates.into_iter().chain(&client.public_keys);
        untold.extend(lists.map(|list| &list.at));
        let spiffe_ids = client.spiffe_ids.as_ref();
        let spiffe_ids = spiffe_ids.filter(|_| !told.contains(&ClaimUse::Spiffe));
        untold.extend(spiffe_ids.map(|list| &list.at));
    }
    for at in untold {
        problems.push(
            Problem::error(
                at,
                "this edge sends no certificate and does not tell what this is about",
            )
            .with_hint("let it send the certificate, or take what it tells under `[edge.claims]`"),
        );
    }
}

/// The constraints of all and those of each client.
pub(super) fn sections(document: &Document) -> impl Iterator<Item = &Section> {
    let clients = document.clients.listed().iter();
    let own = clients.filter_map(|client| client.constraints.as_ref());
    document.authentication.constraints.iter().chain(own)
}
