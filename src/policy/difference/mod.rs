//! What changes between two policies, by name, for whoever has to answer for
//! the change.

mod facts;

use std::collections::HashMap;
use std::hash::Hash;

use serde::Serialize;

use crate::request::codes;

use super::{Mode, Policy};
use facts::{client_facts, collections, limits, listed, profiles, rules, settings};

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
/// assert_eq!(&*difference.clients.added[0], "acme");
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
    /// of its limits, its profiles' ids, its constraints, what it lists as its
    /// own or what is observed of it are.
    pub clients: Names<Box<str>>,
    /// Profiles by client and id.
    pub profiles: Names<ProfileName>,
    /// Collections by name, with what is observed there.
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
#[non_exhaustive]
pub struct ProfileName {
    /// The client's id.
    pub client: Box<str>,
    /// The profile's id.
    pub profile: Box<str>,
}

/// Two modes that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ModeChange {
    /// The old policy's.
    #[serde(serialize_with = "as_word")]
    pub from: Mode,
    /// The new policy's.
    #[serde(serialize_with = "as_word")]
    pub to: Mode,
}

/// A part of a policy that has no names in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Setting {
    /// Who may speak for a client: trusted proxies, and what they prove.
    TrustedProxies,
    /// Anything of the edge, those included.
    Edge,
    /// The issuers.
    Issuers,
    /// The certificates that are revoked.
    Revoked,
    /// What every certificate has to have.
    Constraints,
    /// The authorities that certificates are verified against in this process, and
    /// what is asked of a path to one.
    Authorities,
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
    /// Whether the policy admits the clients that it lists, or whoever proves a
    /// principal.
    Clients,
    /// The realm of `WWW-Authenticate`.
    Realm,
    /// The stages whose denials are only noted for every request.
    Observe,
    /// When to warn that a certificate ends, and in which header.
    Expiry,
    /// What records tell of a certificate.
    Evidence,
    /// How limits are told, and kept where many processes share them.
    Limiting,
}

codes!(Setting {
    TrustedProxies = "trusted_proxies",
    Edge = "edge",
    Issuers = "issuers",
    Revoked = "revoked",
    Constraints = "constraints",
    Authorities = "authorities",
    BindingRequiredPaths = "binding_required_paths",
    UnverifiedBearer = "unverified_bearer",
    Selectors = "selectors",
    IdentityHeaders = "identity_headers",
    Paths = "paths",
    Exemptions = "exemptions",
    IdentityOrder = "identity_order",
    Clients = "clients",
    Realm = "realm",
    Observe = "observe",
    Expiry = "expiry",
    Evidence = "evidence",
    Limiting = "limiting",
});

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
    /// How many are added, removed, changed, and not listed.
    #[cfg(feature = "tracing")]
    pub(crate) fn counts(&self) -> [usize; 4] {
        [
            self.added.len(),
            self.removed.len(),
            self.changed.len(),
            self.omitted,
        ]
    }

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

fn as_word<S: serde::Serializer>(mode: &Mode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(mode.as_str())
}
