//! What changes between two policies, by name, for whoever has to answer for
//! the change.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

use serde::Serialize;

use crate::identity::Rule;
use crate::limits::Limit;
use crate::request::Extent;
use crate::trust::Issuers;

use super::Mode;
use super::rules::{Client, Policy, Profile};

/// What one policy changes of another, by name.
///
/// It tells names and nothing of what they stand for: no path, address,
/// header, secret or digest.
///
/// ```
/// # #[cfg(feature = "toml")] {
/// use certgate::policy::{Policy, PolicyDifference};
///
/// # let text = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"\n";
/// let old = Policy::from_toml_str(text, "policy.toml")?.policy;
/// let text = format!("{text}[[clients]]\nid = \"acme\"\n");
/// let new = Policy::from_toml_str(&text, "policy.toml")?.policy;
/// let difference = PolicyDifference::between(&old, &new);
/// assert_eq!(difference.clients.added, ["acme".into()]);
/// assert!(difference.settings.is_empty());
/// # }
/// # Ok::<(), certgate::policy::PolicyErrors>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PolicyDifference {
    /// The modes, if they differ.
    pub mode: Option<ModeChange>,
    /// The settings that differ, besides the mode.
    pub settings: Vec<Setting>,
    /// Clients by id. One is changed if its state, its collections, the names
    /// of its limits, its profiles' ids or its SPIFFE IDs are.
    pub clients: Names<Box<str>>,
    /// Profiles by client and id.
    pub profiles: Names<ProfileName>,
    /// Collections by name.
    pub collections: Names<Box<str>>,
    /// Limits by name, those that some client has.
    pub limits: Names<Box<str>>,
    /// Identity rules by name; those without one by their place.
    pub identity_rules: Names<Box<str>>,
}

/// The names of one kind that differ, each list in the order of its policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Names<T> {
    /// Those that only the new policy has.
    pub added: Vec<T>,
    /// Those that only the old policy has.
    pub removed: Vec<T>,
    /// Those that both have, and not the same.
    pub changed: Vec<T>,
    /// How many more there are than the lists hold.
    pub omitted: usize,
}

/// A profile, which is its client's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProfileName {
    /// The client's id.
    pub client: Box<str>,
    /// The profile's id.
    pub profile: Box<str>,
}

/// Two modes that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ModeChange {
    /// The old policy's.
    #[serde(serialize_with = "as_word")]
    pub from: Mode,
    /// The new policy's.
    #[serde(serialize_with = "as_word")]
    pub to: Mode,
}

/// A part of a policy that has no names in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Setting {
    /// Who may speak for a client: trusted proxies, and what they prove.
    TrustedProxies,
    /// Anything of the edge, those included.
    Edge,
    /// The issuers.
    Issuers,
    /// Where a token has to be bound.
    BindingRequiredPaths,
    /// What becomes of a bearer token that nobody verified.
    UnverifiedBearer,
    /// The headers that select a client and a profile.
    Selectors,
    /// What the application gets in those.
    IdentityHeaders,
    /// How paths are read, and what becomes of those in no collection.
    Paths,
    /// The requests that need no authentication.
    Exemptions,
    /// The order of the identity rules that both policies have.
    IdentityOrder,
    /// The realm of `WWW-Authenticate`.
    Realm,
}

impl PolicyDifference {
    /// How many names each list holds at most; of each, the first 128 bytes.
    pub const LISTED: usize = 64;

    /// What `new` changes of `old`.
    #[must_use]
    pub fn between(old: &Policy, new: &Policy) -> Self {
        let (old_listed, new_listed) = (listed(old), listed(new));
        Self {
            mode: (old.mode != new.mode).then_some(ModeChange {
                from: old.mode,
                to: new.mode,
            }),
            settings: settings(old, new),
            clients: Names::between(
                old.clients.iter().map(|client| {
                    let own = old_listed.get(&*client.id);
                    (&*client.id, (client_facts(old, client), own))
                }),
                new.clients.iter().map(|client| {
                    let own = new_listed.get(&*client.id);
                    (&*client.id, (client_facts(new, client), own))
                }),
                short,
            ),
            profiles: Names::between(profiles(old), profiles(new), |(client, profile)| {
                ProfileName {
                    client: client.into(),
                    profile: profile.into(),
                }
            }),
            collections: Names::between(collections(old), collections(new), short),
            limits: Names::between(limits(old), limits(new), short),
            identity_rules: Names::between(rules(old).into_iter(), rules(new).into_iter(), short),
        }
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self {
            added: Vec::new(),
            removed: Vec::new(),
            changed: Vec::new(),
            omitted: 0,
        }
    }
}

impl<T> Names<T> {
    fn between<'p, N: Copy + Eq + Hash + 'p, F: PartialEq>(
        old: impl Iterator<Item = (N, F)>,
        new: impl Iterator<Item = (N, F)>,
        own: impl Fn(N) -> T,
    ) -> Self {
        let mut names = Self::default();
        let old: Vec<(N, F)> = old.collect();
        let mut gone: HashMap<N, &F> = old.iter().map(|(name, facts)| (*name, facts)).collect();
        for (name, facts) in new {
            let list = match gone.remove(&name) {
                None => &mut names.added,
                Some(before) if *before != facts => &mut names.changed,
                Some(_) => continue,
            };
            add(list, &mut names.omitted, || own(name));
        }
        for (name, _) in &old {
            if gone.contains_key(name) {
                add(&mut names.removed, &mut names.omitted, || own(*name));
            }
        }
        names
    }
}

fn add<T>(list: &mut Vec<T>, omitted: &mut usize, name: impl FnOnce() -> T) {
    if list.len() < PolicyDifference::LISTED {
        list.push(name());
    } else {
        *omitted += 1;
    }
}

/// A name, as much of it as a record holds. Ids are never longer.
fn short(name: &str) -> Box<str> {
    cut(name, 128).into()
}

/// As many whole characters of `text` as so many bytes hold.
pub(crate) fn cut(text: &str, longest: usize) -> &str {
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let end = ends.take_while(|end| *end <= longest).last();
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// What has no names in it. Every field of a policy stands here, so that one
/// that is added has to be compared too.
fn settings(old: &Policy, new: &Policy) -> Vec<Setting> {
    let Policy {
        edge,
        mode: _,
        binding_required,
        issuers,
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
        clients: _,
        client_ids: _,
        profile_ids: _,
    } = old;
    let proxies = edge.proxies != new.edge.proxies || edge.proof != new.edge.proof;
    [
        (proxies, Setting::TrustedProxies),
        (*edge != new.edge, Setting::Edge),
        (issuers.names() != new.issuers.names(), Setting::Issuers),
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
        (*realm != new.realm, Setting::Realm),
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

/// The SPIFFE IDs that each client lists.
fn listed(policy: &Policy) -> HashMap<&str, Vec<&str>> {
    let mut listed: HashMap<&str, Vec<&str>> = HashMap::new();
    for (id, client) in policy.identity.listed() {
        listed.entry(client).or_default().push(id);
    }
    for ids in listed.values_mut() {
        ids.sort_unstable();
    }
    listed
}

/// Everything about a client that does not depend on the order of a document.
fn client_facts<'p>(policy: &'p Policy, client: &'p Client) -> impl PartialEq + use<'p> {
    let Client {
        id: _,
        state,
        reach,
        collections,
        limits,
        profiles,
    } = client;
    let mut collections: Vec<&str> = collections
        .iter()
        .map(|id| policy.collection_name(*id))
        .collect();
    collections.sort_unstable();
    let mut limits: Vec<&str> = limits.as_slice().iter().map(Limit::name).collect();
    limits.sort_unstable();
    let mut profiles: Vec<&str> = profiles.iter().map(|profile| &*profile.id).collect();
    profiles.sort_unstable();
    (*state, *reach, collections, limits, profiles)
}

fn profiles(policy: &Policy) -> impl Iterator<Item = ((&str, &str), impl PartialEq)> {
    policy.clients.iter().flat_map(|client| {
        client.profiles.iter().map(|profile| {
            let Profile {
                id,
                state,
                methods,
                ip_allowlist,
            } = profile;
            ((&*client.id, &**id), (*state, methods, ip_allowlist))
        })
    })
}

fn collections(policy: &Policy) -> impl Iterator<Item = (&str, Vec<(&str, Extent)>)> {
    let mut paths: Vec<Vec<(&str, Extent)>> = vec![Vec::new(); policy.collections.len()];
    for (path, extent, id) in policy.collection_paths.iter() {
        if let Some(own) = paths.get_mut(id.0 as usize) {
            own.push((path, extent));
        }
    }
    policy
        .collections
        .iter()
        .zip(paths)
        .map(|(name, mut paths)| {
            paths.sort_unstable();
            (&**name, paths)
        })
}

fn limits(policy: &Policy) -> impl Iterator<Item = (&str, &Limit)> {
    let limits: BTreeMap<&str, &Limit> = policy
        .clients
        .iter()
        .flat_map(|client| client.limits.as_slice())
        .map(|limit| (limit.name(), limit))
        .collect();
    limits.into_iter()
}

/// The rules by name, in the order of their first; several may share one.
fn rules(policy: &Policy) -> Vec<(&str, Vec<RuleFacts<'_>>)> {
    let mut rules: Vec<(&str, Vec<RuleFacts<'_>>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for rule in policy.identity.rules() {
        let place = *places.entry(&rule.name).or_insert(rules.len());
        let facts = RuleFacts {
            rule,
            issuers: &policy.issuers,
        };
        match rules.get_mut(place) {
            Some((_, same)) => same.push(facts),
            None => rules.push((&rule.name, vec![facts])),
        }
    }
    rules
}

/// A rule, with the names of the issuers that it refers to by place.
struct RuleFacts<'p> {
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

fn as_word<S: serde::Serializer>(mode: &Mode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(mode.as_str())
}
