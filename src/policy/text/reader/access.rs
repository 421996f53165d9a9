//! Who may call what, how often, and as whom.

use crate::policy::document::{
    Client, Clients, Collection, Exemption, Limit, ListedDigest, PathRule, PathSettings, Profile,
    RequestsPer,
};
use crate::policy::keywords::{Letters, PathMatch, PathParameters, UnlistedPaths};
use crate::policy::text::cursor::{Cursor, Table};
use crate::policy::text::tree::Value;
use crate::policy::text::value;

use super::authentication::{constraints, observe, requires};

pub(super) fn path_settings(table: &mut Table<'_>) -> Option<PathSettings> {
    Some(PathSettings {
        at: table.at(),
        unlisted: table.optional("unlisted", |word| value::word(word, UnlistedPaths::WORDS)),
        case: table.optional("case", |word| value::word(word, Letters::WORDS)),
        parameters: table.optional("parameters", |word| {
            value::word(word, PathParameters::WORDS)
        }),
    })
}

pub(super) fn limit(table: &mut Table<'_>) -> Option<Limit> {
    let name = table.required("name", value::text);
    let active = table.optional("active", value::flag);
    let rate = table.optional("rate", |section| section.table(requests_per));
    let quota = table.optional("quota", |section| section.table(requests_per));
    Some(Limit {
        at: table.at(),
        name: name?,
        active,
        rate,
        quota,
    })
}

fn requests_per(table: &mut Table<'_>) -> Option<RequestsPer> {
    let requests = table.required("requests", value::count);
    let per = table.required("per", value::duration);
    Some(RequestsPer {
        at: table.at(),
        requests: requests?,
        per: per?,
    })
}

pub(super) fn collection(table: &mut Table<'_>) -> Option<Collection> {
    let name = table.required("name", value::text);
    let paths = table.required("paths", |list| list.filled(path_rule));
    let hosts = table.optional("hosts", value::filled_texts);
    let methods = table.optional("methods", value::filled_texts);
    let cost = table.optional("cost", value::count);
    let limits = table.optional("limits", value::text_or_texts);
    let observe = table.optional("observe", observe);
    Some(Collection {
        at: table.at(),
        name: name?,
        paths: paths?,
        hosts,
        methods,
        cost,
        limits,
        observe,
    })
}

fn path_rule(cursor: Cursor<'_>) -> Option<PathRule> {
    if let Value::String(_) = cursor.value {
        return Some(PathRule {
            path: value::text(cursor)?,
            matching: None,
        });
    }
    cursor.table(|table| {
        let path = table.required("path", value::text);
        let matching = table.optional("match", |word| value::word(word, PathMatch::WORDS));
        Some(PathRule {
            path: path?,
            matching,
        })
    })
}

pub(super) fn exemption(table: &mut Table<'_>) -> Option<Exemption> {
    let method = table.required("method", value::text);
    let path = table.required("path", value::text);
    Some(Exemption {
        at: table.at(),
        method: method?,
        path: path?,
    })
}

pub(super) fn clients(cursor: Cursor<'_>) -> Option<Clients> {
    match &cursor.value {
        Value::String(word) if word == "open" => Some(Clients::Open(cursor.at)),
        Value::List(_) => {
            let clients = cursor.list(|item| item.table(client))?;
            Some(Clients::Listed(clients.value))
        }
        _ => cursor.expected("a list of clients, or \"open\""),
    }
}

fn client(table: &mut Table<'_>) -> Option<Client> {
    let id = table.required("id", value::text);
    let active = table.optional("active", value::flag);
    let collections = table.optional("collections", value::texts);
    let limits = table.optional("limits", value::text_or_texts);
    let spiffe_ids = table.optional("spiffe_ids", value::filled_texts);
    let certificates = table.optional("certificates", |list| list.filled(listed_digest));
    let public_keys = table.optional("public_keys", |list| list.filled(listed_digest));
    let constraints = table.optional("constraints", |section| section.table(constraints));
    let requires = table.optional("requires", requires);
    let methods = table.optional("methods", value::filled_texts);
    let ip_allowlist = table.optional("ip_allowlist", value::filled_texts);
    let observe = table.optional("observe", observe);
    let profiles = table.sections("profiles", profile);
    Some(Client {
        at: table.at(),
        id: id?,
        active,
        collections,
        limits,
        spiffe_ids,
        certificates,
        public_keys,
        constraints,
        requires,
        methods,
        ip_allowlist,
        observe,
        profiles,
    })
}

fn listed_digest(cursor: Cursor<'_>) -> Option<ListedDigest> {
    if let Value::String(_) = cursor.value {
        return Some(ListedDigest {
            sha256: value::text(cursor)?,
            until: None,
        });
    }
    cursor.table(|table| {
        let sha256 = table.required("sha256", value::text);
        let until = table.optional("until", value::moment);
        Some(ListedDigest {
            sha256: sha256?,
            until,
        })
    })
}

fn profile(table: &mut Table<'_>) -> Option<Profile> {
    let id = table.required("id", value::text);
    let active = table.optional("active", value::flag);
    let methods = table.optional("methods", value::filled_texts);
    let ip_allowlist = table.optional("ip_allowlist", value::filled_texts);
    let requires = table.optional("requires", requires);
    let limits = table.optional("limits", value::text_or_texts);
    let last_rotated = table.optional("last_rotated", value::moment);
    let token_expiry = table.optional("token_expiry", value::moment);
    Some(Profile {
        at: table.at(),
        id: id?,
        active,
        methods,
        ip_allowlist,
        requires,
        limits,
        last_rotated,
        token_expiry,
    })
}
