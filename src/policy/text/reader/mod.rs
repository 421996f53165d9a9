//! The schema of the policy document: one function a table.
//!
//! A function first takes all of its settings, so that every problem is found,
//! and then puts them together, if none that is required failed.

mod access;
mod authentication;
mod edge;
mod identity;
mod running;

use std::sync::Arc;

use crate::policy::document::{Clients, Document, IdentityRule, Located, Location};
use crate::policy::problem::{Problem, Problems};
use crate::policy::text::cursor::{Cursor, Table};
use crate::policy::text::tree::Node;
use crate::policy::text::value;

use access::{clients, collection, exemption, limit, path_settings};
use authentication::{authentication, authority};
use edge::{edge, selectors};
use identity::identity_rule;
use running::{evidence, expiry, limiting};

/// The version of the schema below.
const VERSION: i64 = 1;

/// The document of a tree, as far as it can be read; what cannot be is among
/// the problems.
pub(super) fn read(root: Node, source: &str, problems: &mut Problems) -> Option<Document> {
    let cursor = Cursor::new(root, Location::none(), problems);
    cursor.table(|table| document(table, source))
}

/// The rules of a tree that has nothing else.
pub(super) fn read_mapping(
    root: Node,
    source: &Arc<str>,
    problems: &mut Problems,
) -> Option<Vec<IdentityRule>> {
    let cursor = Cursor::new(root, Location::none().of(source), problems);
    cursor.table(|table| {
        version(table)?;
        let rule = |item: Cursor<'_>| item.table(identity_rule);
        let rules = table.required("identity", |list| list.filled(rule))?;
        Some(rules.value)
    })
}

/// Takes the version; the table is given up where it is another.
fn version(table: &mut Table<'_>) -> Option<()> {
    let version = table.required("version", value::integer);
    if let Some(Located { value, at }) = version
        && value != VERSION
    {
        let message = format!("this version of certgate reads version {VERSION} only");
        return table.abandon(Problem::error(&at, message));
    }
    Some(())
}

fn document(table: &mut Table<'_>, source: &str) -> Option<Document> {
    version(table)?;
    let edge = table.required("edge", |section| section.table(edge));
    let authentication = table.required("authentication", |section| section.table(authentication));
    let authorities = table.sections("authorities", authority);
    let selectors = table.optional("selectors", |section| section.table(selectors));
    let paths = table.optional("paths", |section| section.table(path_settings));
    let identity = table.sections("identity", identity_rule);
    let limits = table.sections("limits", limit);
    let collections = table.sections("collections", collection);
    let exemptions = table.sections("exemptions", exemption);
    let clients = table.optional("clients", clients);
    let expiry = table.optional("expiry", |section| section.table(expiry));
    let evidence = table.optional("evidence", |section| section.table(evidence));
    let limiting = table.optional("limiting", |section| section.table(limiting));
    Some(Document {
        source: source.to_owned(),
        edge: edge?,
        authentication: authentication?,
        authorities,
        selectors,
        paths,
        identity,
        limits,
        collections,
        exemptions,
        clients: clients.unwrap_or_else(|| Clients::Listed(Vec::new())),
        expiry,
        evidence,
        limiting,
    })
}
