//! What a request must prove, and against what certificates are held.

use crate::policy::document::{
    Authentication, Authority, Chain, Constraints, Revoked, RevokedSerial, WordList,
};
use crate::policy::keywords::{
    Mode, Observe, Requirement, Revocation, StaleLists, UnverifiedBearer,
};
use crate::policy::text::cursor::{Cursor, Table};
use crate::policy::text::value;

use super::identity::conditions;

pub(super) fn authentication(table: &mut Table<'_>) -> Option<Authentication> {
    let mode = table.required("mode", |word| value::word(word, Mode::WORDS));
    let binding_required_paths = table.optional("binding_required_paths", value::texts);
    let issuers = table.optional("issuers", value::filled_texts);
    let unverified_bearer = table.optional("unverified_bearer", |word| {
        value::word(word, UnverifiedBearer::WORDS)
    });
    let realm = table.optional("realm", value::text);
    let observe = table.optional("observe", observe);
    let revoked = table.optional("revoked", |section| section.table(revoked));
    let constraints = table.optional("constraints", |section| section.table(constraints));
    let chain = table.optional("chain", |section| section.table(chain));
    let dangerous_allow_expired = table.optional("dangerous_allow_expired", value::flag);
    let dangerous_allow_revoked = table.optional("dangerous_allow_revoked", value::flag);
    Some(Authentication {
        at: table.at(),
        mode: mode?,
        binding_required_paths,
        issuers,
        unverified_bearer,
        realm,
        observe,
        revoked,
        constraints,
        chain,
        dangerous_allow_expired,
        dangerous_allow_revoked,
    })
}

fn chain(table: &mut Table<'_>) -> Option<Chain> {
    Some(Chain {
        at: table.at(),
        max_depth: table.optional("max_depth", value::count),
        revocation: table.optional("revocation", |word| value::word(word, Revocation::WORDS)),
        stale_lists: table.optional("stale_lists", |word| value::word(word, StaleLists::WORDS)),
    })
}

pub(super) fn authority(table: &mut Table<'_>) -> Option<Authority> {
    let name = table.required("name", value::text);
    let certificate = table.required("certificate", value::text);
    Some(Authority {
        at: table.at(),
        name: name?,
        certificate: certificate?,
    })
}

pub(super) fn observe(cursor: Cursor<'_>) -> Option<WordList<Observe>> {
    cursor.filled(|word| value::word(word, Observe::WORDS))
}

pub(super) fn requires(cursor: Cursor<'_>) -> Option<WordList<Requirement>> {
    cursor.filled(|word| value::word(word, Requirement::WORDS))
}

fn revoked(table: &mut Table<'_>) -> Option<Revoked> {
    table.refuse_empty("no certificate is named");
    Some(Revoked {
        at: table.at(),
        thumbprints: table.optional("thumbprints", value::filled_texts),
        serials: table.optional("serials", |list| {
            list.filled(|item| item.table(revoked_serial))
        }),
    })
}

fn revoked_serial(table: &mut Table<'_>) -> Option<RevokedSerial> {
    let issuer = table.required("issuer", value::text);
    let serial = table.required("serial", value::text);
    Some(RevokedSerial {
        at: table.at(),
        issuer: issuer?,
        serial: serial?,
    })
}

pub(super) fn constraints(table: &mut Table<'_>) -> Option<Constraints> {
    table.refuse_empty("no constraint: every certificate would pass");
    Some(Constraints {
        at: table.at(),
        conditions: conditions(table),
        issuer: table.optional("issuer", value::text_or_texts),
        required_extensions: table.optional("required_extensions", value::text_or_texts),
        extended_key_usage: table.optional("extended_key_usage", value::text_or_texts),
        issuer_key: table.optional("issuer_key", value::text_or_texts),
    })
}
