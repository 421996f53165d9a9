//! Clients, their profiles and their limits.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;

use crate::edge::{AddressSet, parse_network};
use crate::identity::{Listed, check_id};
use crate::limits::{Limit, LimitError, LimitSet, Quota, QuotaPeriod, Rate};
use crate::policy::UnlistedPaths;
use crate::policy::document::{self, Authentication, Document, Located, RequestsPer, TextList};
use crate::policy::problem::{Problem, Problems};
use crate::policy::rules::{Client, ClientId, CollectionId, Index, Profile, State};
use crate::trust::Issuers;

use super::listed::{Entries, reach};
use super::paths::Collections;
use super::trust::constraints;
use super::verifier::nobody_verifies;
use super::{duplicate, methods, observe, overrides, owed, paths, refuse_empty, requires};

/// The limits of a policy by name, and which of them a client uses.
pub(super) struct LimitIndex<'d> {
    limits: HashMap<&'d str, KnownLimit>,
    documents: &'d [document::Limit],
}

/// What a limit's name stands for.
enum KnownLimit {
    /// It counts.
    Active(Limit),
    /// It is switched off, and holds nobody up.
    Inactive,
    /// Its error has been reported.
    Unusable,
}

pub(super) fn limits<'d>(
    documents: &'d [document::Limit],
    problems: &mut Problems,
) -> LimitIndex<'d> {
    let mut limits = HashMap::new();
    for document in documents {
        let name = &document.name;
        if name.value.is_empty() {
            problems.push(Problem::error(&name.at, "a limit needs a name"));
        }
        let rate = document
            .rate
            .as_ref()
            .and_then(|rate| self::rate(rate, problems));
        let quota = document
            .quota
            .as_ref()
            .and_then(|quota| self::quota(quota, problems));
        if document.rate.is_none() && document.quota.is_none() {
            problems.push(
                Problem::error(&document.at, "the limit limits nothing")
                    .with_hint("give it a `rate`, a `quota`, or both"),
            );
        }
        let is_active = document.active.as_ref().is_none_or(|active| active.value);
        let limit = match Limit::new(&name.value, rate, quota) {
            Ok(limit) if is_active => KnownLimit::Active(limit),
            Ok(_) => KnownLimit::Inactive,
            Err(_) => KnownLimit::Unusable,
        };
        if limits.insert(name.value.as_str(), limit).is_some() {
            problems.push(duplicate(&name.at, "limit", &name.value));
        }
    }
    LimitIndex { limits, documents }
}

fn rate(document: &RequestsPer, problems: &mut Problems) -> Option<Rate> {
    let Ok(requests) = NonZeroU32::try_from(document.requests.value) else {
        problems.push(Problem::error(
            &document.requests.at,
            "a rate is at most 4294967295 requests",
        ));
        return None;
    };
    limit_part(Rate::new(requests, document.per.value), document, problems)
}

fn quota(document: &RequestsPer, problems: &mut Problems) -> Option<Quota> {
    let period = limit_part(
        QuotaPeriod::from_duration(document.per.value),
        document,
        problems,
    )?;
    Some(Quota::new(document.requests.value, period))
}

fn limit_part<T>(
    result: Result<T, LimitError>,
    document: &RequestsPer,
    problems: &mut Problems,
) -> Option<T> {
    result
        .map_err(|error| problems.push(Problem::error(&document.per.at, error.to_string())))
        .ok()
}

/// The clients of a policy, indexed.
pub(super) struct Clients {
    pub(super) clients: Box<[Client]>,
    pub(super) ids: Index<ClientId>,
    pub(super) profile_ids: HashSet<Box<str>, foldhash::quality::RandomState>,
    /// What they list as theirs.
    pub(super) listed: Listed,
}

impl Clients {
    pub(super) fn find(&self, id: &str) -> Option<&Client> {
        self.clients.get(self.ids.get(id)?.place())
    }
}

pub(super) fn clients(
    document: &Document,
    issuers: &Issuers,
    collections: &Collections,
    limits: &LimitIndex<'_>,
    problems: &mut Problems,
) -> Clients {
    let documents = document.clients.listed();
    let authentication = &document.authentication;
    let mut compiled = Vec::with_capacity(documents.len());
    let mut ids = Index::default();
    let mut profile_ids = HashSet::default();
    let mut entries = Entries::new(nobody_verifies(&document.edge));
    let unlisted = paths::unlisted(document.paths.as_ref());
    for (id, own) in (0..).map(ClientId).zip(documents) {
        check(&own.id, problems);
        if ids.insert(own.id.value.as_str().into(), id).is_some() {
            problems.push(duplicate(&own.id.at, "client", &own.id.value));
        }
        let mut client = client(own, authentication, &collections.ids, limits, problems);
        client.owes = owed::by(&client, collections);
        client.constraints = own
            .constraints
            .as_ref()
            .map(|own| Box::new(constraints(Some(own), issuers, problems)));
        if client.collections.is_empty() && unlisted == UnlistedPaths::Deny {
            problems.push(
                Problem::warning(&own.id.at, "this client can reach nothing")
                    .with_hint("list its `collections`"),
            );
        }
        for profile in &client.profiles {
            if !profile_ids.contains(&profile.id) {
                profile_ids.insert(profile.id.clone());
            }
        }
        entries.add(own, problems);
        compiled.push(client);
    }
    warn_of_unused(document, limits, problems);
    warn_of_several_issuers(document, problems);
    requires::warn_of_what_the_mode_requires(document, problems);
    Clients {
        clients: compiled.into_boxed_slice(),
        ids,
        profile_ids,
        listed: Listed::new(entries.found),
    }
}

fn client(
    document: &document::Client,
    authentication: &Authentication,
    collections: &Index<CollectionId>,
    limits: &LimitIndex<'_>,
    problems: &mut Problems,
) -> Client {
    let mut own: Vec<CollectionId> = Vec::new();
    for name in texts(document.collections.as_ref()) {
        match collections.get(name.value.as_str()) {
            Some(id) if own.contains(id) => {
                problems.push(Problem::warning(
                    &name.at,
                    "this collection is listed twice",
                ));
            }
            Some(&id) => own.push(id),
            None => problems.push(
                Problem::error(&name.at, format!("there is no collection {:?}", name.value))
                    .with_hint("define it under [[collections]]"),
            ),
        }
    }
    own.sort_unstable();
    let ip_allowlist = allowlist(document.ip_allowlist.as_ref(), problems);
    let mut profiles: Vec<Profile> = Vec::with_capacity(document.profiles.len());
    let mut profile_ids = HashSet::with_capacity(document.profiles.len());
    for profile in &document.profiles {
        if !profile_ids.insert(profile.id.value.as_str()) {
            problems.push(duplicate(&profile.id.at, "profile", &profile.id.value));
        }
        overrides::check(document, ip_allowlist.as_ref(), profile, problems);
        profiles.push(self::profile(profile, authentication, limits, problems));
    }
    Client {
        id: document.id.value.as_str().into(),
        state: state(document.active.as_ref()),
        reach: reach(document),
        constraints: None,
        collections: own.into_boxed_slice(),
        limits: limit_set(document.limits.as_ref(), limits, problems),
        owes: LimitSet::default(),
        policy_checks: observe::of_client(document, problems),
        requires: requires::requires(document.requires.as_ref(), authentication, problems),
        methods: methods(document.methods.as_ref(), problems),
        ip_allowlist,
        profiles: profiles.into_boxed_slice(),
    }
}

fn profile(
    document: &document::Profile,
    authentication: &Authentication,
    limits: &LimitIndex<'_>,
    problems: &mut Problems,
) -> Profile {
    check(&document.id, problems);
    let moment = |setting: &Option<Located<_>>| setting.as_ref().map(|moment| moment.value);
    Profile {
        id: document.id.value.as_str().into(),
        state: state(document.active.as_ref()),
        methods: methods(document.methods.as_ref(), problems),
        ip_allowlist: allowlist(document.ip_allowlist.as_ref(), problems),
        requires: requires::requires(document.requires.as_ref(), authentication, problems),
        limits: limit_set(document.limits.as_ref(), limits, problems),
        last_rotated: moment(&document.last_rotated),
        token_expiry: moment(&document.token_expiry),
    }
}

fn allowlist(list: Option<&TextList>, problems: &mut Problems) -> Option<AddressSet> {
    const EVERYWHERE: &str = "this allows every address";
    refuse_empty(list, problems);
    let list = list?;
    let mut networks = Vec::with_capacity(list.value.len());
    for entry in &list.value {
        match parse_network(&entry.value) {
            Ok(network) => {
                if network.prefix_len() == 0 {
                    problems.push(Problem::warning(&entry.at, EVERYWHERE));
                }
                networks.push(network);
            }
            Err(error) => problems.push(Problem::error(&entry.at, error.to_string())),
        }
    }
    let says_so = networks.iter().any(|network| network.prefix_len() == 0);
    let addresses = AddressSet::new(networks);
    if addresses.is_everywhere() && !says_so {
        problems.push(Problem::warning(&list.at, EVERYWHERE));
    }
    Some(addresses)
}

pub(super) fn limit_set(
    names: Option<&TextList>,
    limits: &LimitIndex<'_>,
    problems: &mut Problems,
) -> LimitSet {
    let mut own = Vec::new();
    for name in texts(names) {
        match limits.limits.get(name.value.as_str()) {
            Some(KnownLimit::Active(limit)) => own.push(limit.clone()),
            Some(KnownLimit::Inactive | KnownLimit::Unusable) => {}
            None => problems.push(
                Problem::error(&name.at, format!("there is no limit {:?}", name.value))
                    .with_hint("define it under [[limits]]"),
            ),
        }
    }
    LimitSet::new(own).unwrap_or_else(|error| {
        if let Some(names) = names {
            problems.push(Problem::error(&names.at, error.to_string()));
        }
        LimitSet::default()
    })
}

fn warn_of_unused(document: &Document, limits: &LimitIndex<'_>, problems: &mut Problems) {
    let clients = document.clients.listed().iter();
    let assigned: HashSet<&str> = clients
        .clone()
        .flat_map(|client| texts(client.collections.as_ref()))
        .map(|name| name.value.as_str())
        .collect();
    let of_collections = document
        .collections
        .iter()
        .filter(|collection| assigned.contains(collection.name.value.as_str()))
        .flat_map(|collection| texts(collection.limits.as_ref()));
    let used: HashSet<&str> = clients
        .flat_map(|client| {
            let profiles = client.profiles.iter();
            let of_profiles = profiles.flat_map(|profile| texts(profile.limits.as_ref()));
            texts(client.limits.as_ref()).iter().chain(of_profiles)
        })
        .chain(of_collections)
        .map(|name| name.value.as_str())
        .collect();
    for limit in limits.documents {
        if !used.contains(limit.name.value.as_str()) {
            problems.push(Problem::warning(&limit.name.at, "no client has this limit"));
        }
    }
}

/// Rules say for which issuer they are; a listed SPIFFE ID cannot.
fn warn_of_several_issuers(document: &Document, problems: &mut Problems) {
    if texts(document.authentication.issuers.as_ref()).len() < 2 {
        return;
    }
    for list in document
        .clients
        .listed()
        .iter()
        .filter_map(|client| client.spiffe_ids.as_ref())
    {
        problems.push(
            Problem::warning(&list.at, "each of the issuers can certify these SPIFFE IDs")
                .with_hint("keep several issuers for the time of a rotation only"),
        );
    }
}

fn texts(list: Option<&TextList>) -> &[Located<String>] {
    list.map_or(&[], |list| &list.value)
}

fn state(active: Option<&Located<bool>>) -> State {
    match active {
        Some(Located { value: false, .. }) => State::Inactive,
        _ => State::Active,
    }
}

fn check(id: &Located<String>, problems: &mut Problems) {
    if let Err(error) = check_id(&id.value) {
        problems.push(Problem::error(&id.at, error.to_string()));
    }
}
