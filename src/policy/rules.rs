//! The validated, indexed policy that requests are decided by.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;

use crate::edge::{AddressSet, Edge, is_forwarding_header, is_spelling_of};
use crate::identity::IdentityRules;
use crate::limits::{Away, LimitSet};
use crate::request::{CleanPath, PathSyntax, PathTable, Timestamp};
use crate::trust::{Constraints, ExpiryThresholds, RevocationLists, TrustRules};

use super::collection_paths::CollectionPaths;
use super::methods::Methods;
use super::observe::{Enforcement, Observing};
use super::places::Places;
use super::{
    IdentityHeaders, LimitHeaders, Mode, RecordedCertificate, Requirement, SelectorsSetBy,
    UnlistedPaths, UnverifiedBearer,
};

pub(super) type Index<V> = HashMap<Box<str>, V, foldhash::quality::RandomState>;

/// A policy that requests can be decided by: everything in it has been
/// checked, and nothing in it is parsed again.
///
/// A text that has mistakes is refused with all of them, each at its place:
///
/// ```
/// # #[cfg(feature = "toml")] {
/// use certgate::policy::Policy;
///
/// let text = r#"version = 1
/// [edge]
/// preset = "nginx"
/// trusted_proxies = ["10.0.0.1/8"]
/// [authentication]
/// mode = "mtls"
/// [[identity]]
/// client = "{subject.cm}"
/// "#;
/// let problems = Policy::from_toml_str(text, "policy.toml").unwrap_err();
/// let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
/// assert!(lines[0].starts_with("policy.toml:4:20: error: edge.trusted_proxies[0]: "));
/// assert!(lines[1].starts_with("policy.toml:8:10: error: identity[0].client: "));
/// # }
/// ```
#[derive(Debug)]
pub struct Policy {
    pub(crate) edge: Edge,
    pub(crate) mode: Mode,
    pub(crate) binding_required: PathTable<()>,
    pub(crate) trust: TrustRules,
    pub(crate) unverified_bearer: UnverifiedBearer,
    pub(crate) realm: Box<str>,
    pub(crate) selectors: Selectors,
    pub(crate) identity_headers: IdentityHeaders,
    pub(crate) path_syntax: PathSyntax,
    pub(crate) unlisted: UnlistedPaths,
    pub(crate) exemptions: HashSet<(Box<str>, Box<str>)>,
    pub(crate) identity: IdentityRules,
    pub(crate) collections: Box<[Collection]>,
    pub(crate) collection_paths: CollectionPaths,
    pub(crate) admits: Admits,
    pub(crate) observing: Observing,
    pub(crate) clients: Box<[Client]>,
    pub(crate) client_ids: Index<ClientId>,
    pub(crate) profile_ids: HashSet<Box<str>, foldhash::quality::RandomState>,
    pub(crate) expiry: ExpiryThresholds,
    /// The response header that tells the days that are left, in lower case.
    pub(crate) expiry_header: Option<Box<str>>,
    pub(crate) recorded_certificate: RecordedCertificate,
    /// The response headers that tell how a client's limits stand.
    pub(crate) limit_headers: Box<[LimitHeaders]>,
    /// What becomes of a request while the store that counts it is away.
    pub(crate) away: Away,
    /// Where all of this stands in the document.
    pub(crate) places: Places,
    /// What is asked for revoked certificates; no part of the document.
    pub(crate) revocation_lists: RevocationLists,
}

/// The headers by which a caller selects a client and a profile, in lower
/// case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Selectors {
    pub(crate) client: Box<str>,
    pub(crate) profile: Box<str>,
    pub(crate) set_by: SelectorsSetBy,
}

/// Whom a policy admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admits {
    /// The clients that it lists.
    Clients,
    /// Whoever proves a principal: `clients = "open"`.
    Principals,
}

/// A client, by its place in the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientId(pub(super) u32);

impl ClientId {
    /// The client's place among all.
    pub(crate) fn place(self) -> usize {
        self.0 as usize
    }
}

/// A collection, by its place in the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CollectionId(pub(super) u32);

/// One collection, without its paths.
#[derive(Debug)]
pub(crate) struct Collection {
    pub(crate) name: Box<str>,
    /// The methods that its paths take.
    pub(crate) methods: Methods,
    /// How many requests one to its paths counts for.
    pub(crate) cost: NonZeroU32,
    /// What each client owes for requests to them, besides its own.
    pub(crate) limits: LimitSet,
}

/// One client.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) id: Box<str>,
    pub(crate) state: State,
    pub(crate) reach: Reach,
    /// What its certificates have to have, besides what everybody's do.
    pub(crate) constraints: Option<Box<Constraints>>,
    /// Sorted.
    pub(crate) collections: Box<[CollectionId]>,
    pub(crate) limits: LimitSet,
    /// These, and those of its profiles and collections.
    pub(crate) owes: LimitSet,
    /// Whether stages 10 to 14 deny it, as far as it alone is concerned.
    pub(crate) policy_checks: Enforcement,
    /// What it has to present besides what the mode asks for.
    pub(crate) requires: Box<[Requirement]>,
    /// The methods that it may use.
    pub(crate) methods: Methods,
    /// The addresses that it may come from; every address if absent.
    pub(crate) ip_allowlist: Option<AddressSet>,
    pub(crate) profiles: Box<[Profile]>,
}

/// One profile of a client.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) id: Box<str>,
    pub(crate) state: State,
    /// The methods it may use.
    pub(crate) methods: Methods,
    /// The addresses it may come from; every address if absent.
    pub(crate) ip_allowlist: Option<AddressSet>,
    /// What it has to present besides what mode and client ask for.
    pub(crate) requires: Box<[Requirement]>,
    /// What its requests owe besides those of the client.
    pub(crate) limits: LimitSet,
    /// When its credentials were last replaced; decides nothing.
    pub(crate) last_rotated: Option<Timestamp>,
    /// When they have to be replaced; decides nothing.
    pub(crate) token_expiry: Option<Timestamp>,
}

/// Whether a client or profile may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Active,
    Inactive,
}

/// What leads to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Identity rules and tokens.
    Rules,
    /// The certificates, keys and SPIFFE IDs that the client itself lists, and
    /// nothing else.
    Listed,
}

impl Policy {
    /// What a request must prove.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The rules about the edge.
    #[must_use]
    pub fn edge(&self) -> &Edge {
        &self.edge
    }

    /// The realm of `WWW-Authenticate`.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The header by which a caller selects a client, in lower case; also where
    /// applications look for the proven one.
    #[must_use]
    pub fn client_header(&self) -> &str {
        &self.selectors.client
    }

    /// The header by which a caller selects a profile, in lower case; also where
    /// applications look for the one that applies.
    #[must_use]
    pub fn profile_header(&self) -> &str {
        &self.selectors.profile
    }

    /// The clients and all limits that some request of theirs can owe, in the
    /// order of the document: the plan that a store of counters is made from.
    pub fn limits(&self) -> impl Iterator<Item = (&str, &LimitSet)> {
        self.clients
            .iter()
            .map(|client| (&*client.id, &client.owes))
    }

    /// Whether a header of this name has to be removed from the request before
    /// the application sees it: what edges forward by, what this policy reads,
    /// and what would change method or target.
    #[must_use]
    pub fn strips(&self, name: &[u8]) -> bool {
        let Selectors {
            client, profile, ..
        } = &self.selectors;
        let mut known = self.edge.names().iter().chain([&**client, &**profile]);
        is_forwarding_header(name) || known.any(|known| is_spelling_of(name, known))
    }

    pub(crate) fn client(&self, id: ClientId) -> Option<&Client> {
        self.clients.get(id.place())
    }

    pub(crate) fn find_client(&self, id: &str) -> Option<ClientId> {
        self.client_ids.get(id).copied()
    }

    pub(crate) fn collection(&self, id: CollectionId) -> Option<&Collection> {
        self.collections.get(id.0 as usize)
    }

    pub(crate) fn collection_name(&self, id: CollectionId) -> &str {
        self.collection(id)
            .map_or("", |collection| &*collection.name)
    }

    /// Whether the request is exempt: exactly this method and path.
    pub(crate) fn exempts(&self, method: &str, path: &CleanPath<'_>) -> bool {
        // Few policies have more than a handful.
        self.exemptions.iter().any(|(exempt_method, exempt_path)| {
            **exempt_method == *method && **exempt_path == *path.as_str()
        })
    }

    /// Whether the request's token has to be bound to its certificate.
    pub(crate) fn requires_binding(&self, path: &CleanPath<'_>) -> bool {
        match self.mode {
            Mode::BearerPlusMtlsRequired => true,
            Mode::BearerPlusMtlsOptional => self.binding_required.get(path).is_some(),
            Mode::Bearer | Mode::Mtls => false,
        }
    }
}

impl Client {
    pub(crate) fn find_profile(&self, id: &str) -> Option<usize> {
        self.profiles.iter().position(|profile| *profile.id == *id)
    }

    pub(crate) fn may_use(&self, collection: CollectionId) -> bool {
        self.collections.binary_search(&collection).is_ok()
    }
}
