//! What a request owes together: the limits of its client, of the profile and
//! of the collection.

use crate::limits::{Limit, LimitSet, MAX_WINDOWS};
use crate::policy::document::{self, Located, Location};
use crate::policy::problem::{Problem, Problems};
use crate::policy::rules::{Client, Collection};

use super::paths::Collections;

/// Every limit that some request of the client can owe.
pub(super) fn by(client: &Client, collections: &Collections) -> LimitSet {
    let of_profiles = client.profiles.iter().map(|profile| &profile.limits);
    let of_collections = client
        .collections
        .iter()
        .filter_map(|id| collections.collections.get(id.0 as usize))
        .map(|collection| &collection.limits);
    let others = of_profiles.chain(of_collections);
    if others.clone().all(LimitSet::is_empty) {
        return client.limits.clone();
    }
    LimitSet::all_of(core::iter::once(&client.limits).chain(others))
}

/// Refuses limits that one request would owe twice, and more windows than one
/// request can owe.
pub(super) fn check(
    documents: &[document::Client],
    clients: &[Client],
    collections: &Collections,
    problems: &mut Problems,
) {
    for (document, client) in documents.iter().zip(clients) {
        let mut most = client.limits.windows();
        for (own, profile) in document.profiles.iter().zip(&client.profiles) {
            let at = own.limits.as_ref().map_or(&own.at, |limits| &limits.at);
            refuse_twice(at, "the client", &client.limits, &profile.limits, problems);
            refuse_too_many(
                at,
                client.limits.windows() + profile.limits.windows(),
                problems,
            );
            most = most.max(client.limits.windows() + profile.limits.windows());
        }
        for (name, collection) in assigned(document, collections) {
            let own = &collection.limits;
            let at = &name.at;
            refuse_twice(at, "the client", &client.limits, own, problems);
            for profile in &client.profiles {
                let whose = format!("profile {:?}", profile.id);
                refuse_twice(at, &whose, &profile.limits, own, problems);
            }
            if !own.is_empty() && most <= MAX_WINDOWS {
                refuse_too_many(at, most + own.windows(), problems);
            }
        }
    }
}

/// The collections that a client lists, each with its place there.
pub(super) fn assigned<'d>(
    document: &'d document::Client,
    collections: &'d Collections,
) -> impl Iterator<Item = (&'d Located<String>, &'d Collection)> {
    let names = document.collections.iter().flat_map(|names| &names.value);
    names.filter_map(|name| {
        let id = collections.ids.get(name.value.as_str())?;
        Some((name, collections.collections.get(id.0 as usize)?))
    })
}

fn refuse_twice(
    at: &Location,
    whose: &str,
    first: &LimitSet,
    second: &LimitSet,
    problems: &mut Problems,
) {
    let mut first = first.as_slice().iter().map(Limit::name);
    if let Some(name) = first.find(|name| second.as_slice().iter().any(|own| own.name() == *name)) {
        problems.push(Problem::error(
            at,
            format!("{whose} has the limit {name:?} already, and a request owes a limit once"),
        ));
    }
}

fn refuse_too_many(at: &Location, windows: usize, problems: &mut Problems) {
    if windows > MAX_WINDOWS {
        problems.push(Problem::error(
            at,
            format!(
                "one request may owe at most {MAX_WINDOWS} rates and quotas, of its client, its \
                 profile and its collection together"
            ),
        ));
    }
}
