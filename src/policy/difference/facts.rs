//! The parts of a policy in a form in which two policies can be compared: names
//! in place of the numbers that each policy gives in its own way.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::identity::{Lasts, ListedKey, Rule};
use crate::limits::{Limit, LimitSet};
use crate::policy::Requirement;
use crate::policy::rules::{Client, Collection, CollectionId, Policy, Profile};
use crate::request::Extent;
use crate::trust::Issuers;

use super::Setting;

/// What has no names in it. Every field of a policy stands here, so that one
/// that is added has to be compared too.
pub(super) fn settings(old: &Policy, new: &Policy) -> Vec<Setting> {
    let Policy {
        edge,
        mode: _,
        binding_required,
        trust,
        unverified_bearer,
        realm,
        selectors,
        identity_headers,
        path_syntax,
        unlisted,
        exemptions,
        identity: _,
        collections: _,
        collection_paths: _,
        admits,
        observing,
        clients: _,
        client_ids: _,
        profile_ids: _,
        expiry,
        expiry_header,
        recorded_certificate,
        limit_headers,
        away,
        places: _,
        revocation_lists: _,
    } = old;
    let proxies = edge.proxies != new.edge.proxies || edge.proof != new.edge.proof;
    [
        (proxies, Setting::TrustedProxies),
        (*edge != new.edge, Setting::Edge),
        (trust.issuers != new.trust.issuers, Setting::Issuers),
        (trust.revoked != new.trust.revoked, Setting::Revoked),
        (
            trust.constraints != new.trust.constraints,
            Setting::Constraints,
        ),
        (trust.verifier != new.trust.verifier, Setting::Authorities),
        (
            *binding_required != new.binding_required,
            Setting::BindingRequiredPaths,
        ),
        (
            *unverified_bearer != new.unverified_bearer,
            Setting::UnverifiedBearer,
        ),
        (*selectors != new.selectors, Setting::Selectors),
        (
            *identity_headers != new.identity_headers,
            Setting::IdentityHeaders,
        ),
        (
            *path_syntax != new.path_syntax || *unlisted != new.unlisted,
            Setting::Paths,
        ),
        (*exemptions != new.exemptions, Setting::Exemptions),
        (order_differs(old, new), Setting::IdentityOrder),
        (*admits != new.admits, Setting::Clients),
        (*realm != new.realm, Setting::Realm),
        (
            observing.everywhere != new.observing.everywhere,
            Setting::Observe,
        ),
        (
            *expiry != new.expiry || *expiry_header != new.expiry_header,
            Setting::Expiry,
        ),
        (
            *recorded_certificate != new.recorded_certificate,
            Setting::Evidence,
        ),
        (
            *limit_headers != new.limit_headers || *away != new.away,
            Setting::Limiting,
        ),
    ]
    .into_iter()
    .filter_map(|(differs, setting)| differs.then_some(setting))
    .collect()
}

/// Rules are tried in order, so the order is a setting too.
fn order_differs(old: &Policy, new: &Policy) -> bool {
    let (old, new) = (rules(old), rules(new));
    let common = |of: &[(&str, Vec<RuleFacts<'_>>)], among: &[(&str, Vec<RuleFacts<'_>>)]| {
        let known: HashSet<&str> = among.iter().map(|(name, _)| *name).collect();
        let names = of.iter().map(|(name, _)| (*name).to_owned());
        names
            .filter(|name| known.contains(&**name))
            .collect::<Vec<String>>()
    };
    common(&old, &new) != common(&new, &old)
}

/// What each client lists, and how long each entry counts.
pub(super) fn listed(policy: &Policy) -> HashMap<&str, Vec<(ListedKey, Lasts)>> {
    let mut listed: HashMap<&str, Vec<(ListedKey, Lasts)>> = HashMap::new();
    for (key, listing) in policy.identity.listed().entries() {
        let own = listed.entry(&listing.client).or_default();
        own.push((key, listing.lasts));
    }
    for entries in listed.values_mut() {
        entries.sort_unstable();
    }
    listed
}

/// Everything about a client that does not depend on the order of a document.
pub(super) fn client_facts<'p>(policy: &'p Policy, client: &'p Client) -> impl PartialEq + use<'p> {
    let Client {
        id: _,
        state,
        reach,
        constraints,
        collections,
        limits,
        // It follows from the others.
        owes: _,
        policy_checks,
        requires,
        methods,
        ip_allowlist,
        profiles,
    } = client;
    let mut collections: Vec<&str> = collections
        .iter()
        .map(|id| policy.collection_name(*id))
        .collect();
    collections.sort_unstable();
    let limits = names(limits);
    let mut profiles: Vec<&str> = profiles.iter().map(|profile| &*profile.id).collect();
    profiles.sort_unstable();
    let own = (sorted(requires), methods, ip_allowlist, *policy_checks);
    (
        *state,
        *reach,
        constraints,
        collections,
        limits,
        profiles,
        own,
    )
}

/// In which order limits are named makes no difference.
fn names(limits: &LimitSet) -> Vec<&str> {
    let mut names: Vec<&str> = limits.as_slice().iter().map(Limit::name).collect();
    names.sort_unstable();
    names
}

/// In which order something is required makes no difference.
fn sorted(requires: &[Requirement]) -> Vec<&'static str> {
    let mut words: Vec<&str> = requires.iter().map(|word| word.as_str()).collect();
    words.sort_unstable();
    words
}

pub(super) fn profiles(policy: &Policy) -> impl Iterator<Item = ((&str, &str), impl PartialEq)> {
    policy.clients.iter().flat_map(|client| {
        client.profiles.iter().map(|profile| {
            let Profile {
                id,
                state,
                methods,
                ip_allowlist,
                requires,
                limits,
                last_rotated,
                token_expiry,
            } = profile;
            let own = (sorted(requires), names(limits), last_rotated, token_expiry);
            ((&*client.id, &**id), (*state, methods, ip_allowlist, own))
        })
    })
}

pub(super) fn collections(policy: &Policy) -> impl Iterator<Item = (&str, impl PartialEq)> {
    type OwnPath<'p> = (&'p str, Extent, Option<&'p str>);
    let mut paths: Vec<Vec<OwnPath<'_>>> = vec![Vec::new(); policy.collections.len()];
    for (path, extent, host, id) in policy.collection_paths.iter() {
        if let Some(own) = paths.get_mut(id.0 as usize) {
            own.push((path, extent, host));
        }
    }
    policy
        .collections
        .iter()
        .zip(paths)
        .zip((0..).map(CollectionId))
        .map(|((collection, mut paths), id)| {
            let Collection {
                name,
                methods,
                cost,
                limits,
            } = collection;
            paths.sort_unstable();
            let observed = policy.observing.of_collection(id);
            (&**name, (paths, methods, *cost, names(limits), observed))
        })
}

pub(super) fn limits(policy: &Policy) -> impl Iterator<Item = (&str, &Limit)> {
    let limits: BTreeMap<&str, &Limit> = policy
        .clients
        .iter()
        .flat_map(|client| client.owes.as_slice())
        .map(|limit| (limit.name(), limit))
        .collect();
    limits.into_iter()
}

/// The rules by name, in the order of their first; several may share one.
pub(super) fn rules(policy: &Policy) -> Vec<(&str, Vec<RuleFacts<'_>>)> {
    let mut rules: Vec<(&str, Vec<RuleFacts<'_>>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for rule in policy.identity.rules() {
        let place = *places.entry(&rule.name).or_insert(rules.len());
        let facts = RuleFacts {
            rule,
            issuers: &policy.trust.issuers,
        };
        match rules.get_mut(place) {
            Some((_, same)) => same.push(facts),
            None => rules.push((&rule.name, vec![facts])),
        }
    }
    rules
}

/// A rule, with the names of the issuers that it refers to by place.
pub(super) struct RuleFacts<'p> {
    rule: &'p Rule,
    issuers: &'p Issuers,
}

impl PartialEq for RuleFacts<'_> {
    fn eq(&self, other: &Self) -> bool {
        let Rule {
            name: _,
            issuer,
            conditions,
            client,
            profile,
            principal,
        } = self.rule;
        let other_issuer = other.rule.issuer.and_then(|id| other.issuers.name(id));
        issuer.and_then(|id| self.issuers.name(id)) == other_issuer
            && *conditions == other.rule.conditions
            && *client == other.rule.client
            && *profile == other.rule.profile
            && *principal == other.rule.principal
    }
}
