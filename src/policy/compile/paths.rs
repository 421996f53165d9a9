//! Rules about paths: collections, exemptions, where a binding is required.

use std::collections::{HashMap, HashSet};

use crate::policy::collection_paths::{CollectionPathError, CollectionPaths};
use crate::policy::document::{self, Document, Exemption, Located, PathRule, PathSettings};
use crate::policy::problem::{Problem, Problems};
use crate::policy::rules::{Collection, CollectionId, Index};
use crate::policy::{Letters, Mode, PathMatch, PathParameters, UnlistedPaths};
use crate::request::{Case, CleanPath, Extent, Parameters, PathClash, PathSyntax, PathTable};

use super::clients::{LimitIndex, limit_set};
use super::hosts::hosts;
use super::{costs, duplicate, is_token, methods, methods_are_exact, requires};

pub(super) fn syntax(settings: Option<&PathSettings>) -> PathSyntax {
    let letters = settings.and_then(|section| section.case.as_ref());
    let parameters = settings.and_then(|section| section.parameters.as_ref());
    PathSyntax {
        case: match letters.map(|setting| setting.value) {
            Some(Letters::CaseInsensitive) => Case::Insensitive,
            Some(Letters::CaseSensitive) | None => Case::Sensitive,
        },
        parameters: match parameters.map(|setting| setting.value) {
            Some(PathParameters::Allow) => Parameters::Ignored,
            Some(PathParameters::Deny) | None => Parameters::Refused,
        },
    }
}

pub(super) fn unlisted(settings: Option<&PathSettings>) -> UnlistedPaths {
    settings
        .and_then(|section| section.unlisted.as_ref())
        .map_or(UnlistedPaths::Deny, |setting| setting.value)
}

pub(super) fn binding_required(
    document: &Document,
    syntax: PathSyntax,
    problems: &mut Problems,
) -> PathTable<()> {
    let mut table = PathTable::new(syntax);
    let authentication = &document.authentication;
    warn_of_a_binding_that_is_never_required(document, problems);
    let Some(paths) = &authentication.binding_required_paths else {
        return table;
    };
    let mode = authentication.mode.value;
    if matches!(mode, Mode::Bearer | Mode::Mtls) && !paths.value.is_empty() {
        problems.push(
            Problem::error(
                &paths.at,
                format!("mode `{}` binds no tokens", mode.as_str()),
            )
            .with_hint("use `bearer_plus_mtls_optional` or `bearer_plus_mtls_required`"),
        );
    }
    for path in &paths.value {
        insert(&mut table, path, Extent::Prefix, (), problems);
    }
    table
}

/// In this mode a certificate is asked for on the listed paths alone, and of
/// the clients that require one.
fn warn_of_a_binding_that_is_never_required(document: &Document, problems: &mut Problems) {
    let authentication = &document.authentication;
    let mode = &authentication.mode;
    let paths = authentication.binding_required_paths.as_ref();
    let none = paths.is_none_or(|paths| paths.value.is_empty())
        && requires::lists(document).next().is_none();
    if mode.value == Mode::BearerPlusMtlsOptional && none {
        problems.push(
            Problem::warning(
                &mode.at,
                "no path requires a certificate, so a token that is bound to none is enough \
                 everywhere",
            )
            .with_hint("list `binding_required_paths`"),
        );
    }
}

pub(super) fn exemptions(
    exemptions: &[Exemption],
    syntax: PathSyntax,
    binding_required: &PathTable<()>,
    problems: &mut Problems,
) -> HashSet<(Box<str>, Box<str>)> {
    let mut exempt = HashSet::new();
    for exemption in exemptions {
        let method = &exemption.method;
        if !is_token(&method.value) {
            problems.push(Problem::error(&method.at, "not a method"));
        }
        if method.value.bytes().any(|byte| byte.is_ascii_lowercase()) {
            problems.push(methods_are_exact(&method.at));
        }
        if exemption.path.value.contains('?') {
            problems.push(Problem::error(
                &exemption.path.at,
                "an exemption has a path without a query",
            ));
        }
        match CleanPath::parse(&exemption.path.value, syntax) {
            Ok(path) => {
                if binding_required.get(&path).is_some() {
                    problems.push(Problem::warning(
                        &exemption.path.at,
                        "this takes a request out of the `binding_required_paths`: it needs \
                         neither certificate nor token",
                    ));
                }
                if !exempt.insert((method.value.as_str().into(), path.as_str().into())) {
                    problems.push(Problem::error(
                        &exemption.at,
                        "this exemption stands here twice",
                    ));
                }
            }
            Err(error) => problems.push(Problem::error(
                &exemption.path.at,
                format!("not a path: {error}"),
            )),
        }
    }
    exempt
}

/// How many pairs of a path and a host of its own a policy may have: each takes
/// memory that its text does not.
const MAX_PAIRS: usize = 65_536;

/// The collections of a policy.
pub(super) struct Collections {
    pub(super) collections: Box<[Collection]>,
    pub(super) ids: Index<CollectionId>,
    pub(super) paths: CollectionPaths,
}

pub(super) fn collections(
    collections: &[document::Collection],
    syntax: PathSyntax,
    limits: &LimitIndex<'_>,
    problems: &mut Problems,
) -> Collections {
    let mut compiled = Vec::with_capacity(collections.len());
    let mut ids: Index<CollectionId> = HashMap::default();
    let mut paths = CollectionPaths::new(syntax);
    let mut pairs: usize = 0;
    for (id, collection) in (0..).map(CollectionId).zip(collections) {
        let name = &collection.name;
        if name.value.is_empty() {
            problems.push(Problem::error(&name.at, "a collection needs a name"));
        }
        if ids.insert(name.value.as_str().into(), id).is_some() {
            problems.push(duplicate(&name.at, "collection", &name.value));
        }
        let hosts = hosts(collection, problems);
        let own = collection.paths.value.len().saturating_mul(hosts.len());
        let fitted = pairs <= MAX_PAIRS;
        pairs = pairs.saturating_add(own);
        if fitted && pairs > MAX_PAIRS {
            problems.push(
                Problem::error(
                    &collection.paths.at,
                    "the policy has more than 65536 pairs of a path and a host",
                )
                .with_hint("leave `hosts` out where the edge keeps hosts apart already"),
            );
        }
        // What is too much takes no memory; the collection keeps its name.
        let placed = collection.paths.value.iter();
        for rule in placed.filter(|_| pairs <= MAX_PAIRS) {
            place(&mut paths, rule, &hosts, id, problems);
        }
        compiled.push(Collection {
            name: name.value.as_str().into(),
            methods: methods(collection.methods.as_ref(), problems),
            cost: costs::cost(collection.cost.as_ref(), problems),
            limits: limit_set(collection.limits.as_ref(), limits, problems),
        });
    }
    warn_of_shadows(collections, &paths, syntax, problems);
    Collections {
        collections: compiled.into_boxed_slice(),
        ids,
        paths,
    }
}

fn place(
    paths: &mut CollectionPaths,
    rule: &PathRule,
    hosts: &[Option<String>],
    id: CollectionId,
    problems: &mut Problems,
) {
    let path = &rule.path;
    for host in hosts {
        let host = host.as_deref();
        match (paths.insert(&path.value, extent(rule), host, id), host) {
            (Ok(()), _) => {}
            (Err(CollectionPathError::Taken), None) => problems.push(taken(path)),
            (Err(CollectionPathError::Taken), Some(host)) => problems.push(Problem::error(
                &path.at,
                format!(
                    "the path {:?} is already taken on the host {host:?}",
                    path.value
                ),
            )),
            (Err(CollectionPathError::Path(error)), _) => {
                problems.push(Problem::error(&path.at, format!("not a path: {error}")));
                return;
            }
        }
    }
}

fn taken(path: &Located<String>) -> Problem {
    Problem::error(
        &path.at,
        format!("the path {:?} is already taken", path.value),
    )
}

fn extent(rule: &PathRule) -> Extent {
    match rule.matching.as_ref().map(|setting| setting.value) {
        Some(PathMatch::Exact) => Extent::Exact,
        Some(PathMatch::Prefix) | None => Extent::Prefix,
    }
}

fn insert<T>(
    table: &mut PathTable<T>,
    path: &Located<String>,
    extent: Extent,
    value: T,
    problems: &mut Problems,
) {
    match table.insert(&path.value, extent, value) {
        Ok(()) => {}
        Err(PathClash::Taken) => problems.push(taken(path)),
        Err(PathClash::Path(error)) => {
            problems.push(Problem::error(&path.at, format!("not a path: {error}")));
        }
    }
}

/// The longest path wins, so a path inside another collection takes part of
/// that one's requests away.
fn warn_of_shadows(
    collections: &[document::Collection],
    paths: &CollectionPaths,
    syntax: PathSyntax,
    problems: &mut Problems,
) {
    let names: Vec<&str> = collections
        .iter()
        .map(|collection| &*collection.name.value)
        .collect();
    for (id, collection) in (0..).map(CollectionId).zip(collections) {
        for rule in &collection.paths.value {
            let Ok(path) = CleanPath::parse(&rule.path.value, syntax) else {
                continue;
            };
            let Some((above, _)) = path.without_trailing_slash().rsplit_once('/') else {
                continue;
            };
            let above = if above.is_empty() { "/" } else { above };
            let Ok(above) = CleanPath::parse(above, syntax) else {
                continue;
            };
            let hosts = collection.hosts.as_ref().map(|list| &*list.value);
            let outer = paths.of_prefix(&above, hosts, id);
            if let Some(name) = outer.and_then(|outer| names.get(outer.0 as usize)) {
                problems.push(Problem::warning(
                    &rule.path.at,
                    format!("this takes a part of collection {name:?}; the longest path wins"),
                ));
            }
        }
    }
}
