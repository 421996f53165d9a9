//! What a decision is made with, replaced as one.

use std::fmt;
use std::sync::Arc;

use crate::decide::{Admission, Decision, Forecast, assess_with, authorize, read, uncharged};
use crate::edge::Attested;
use crate::evidence::CacheUse;
use crate::limits::MemoryLimits;
use crate::policy::Policy;
use crate::request::Request;

use super::cache::Cache;

/// Everything that a decision is made with. It takes one generation and nothing
/// else, so that it cannot mix two of them.
#[derive(Debug)]
pub(super) struct Generation {
    pub(super) active: Arc<Active>,
    /// A policy that is tried beside the one in force.
    pub(super) shadow: Option<Arc<Learned>>,
}

/// A policy in force with everything that depends on it.
#[derive(Debug)]
pub(super) struct Active {
    pub(super) version: u64,
    pub(super) learned: Learned,
    pub(super) limits: Arc<MemoryLimits>,
}

/// A policy and what was learned of certificates under it. Neither changes
/// hands without the other.
pub(super) struct Learned {
    policy: Arc<Policy>,
    cache: Cache,
}

/// A request that was decided, save for its limits.
pub(super) struct Authorized<'a> {
    pub(super) outcome: Result<Admission<'a>, Decision<'a>>,
    pub(super) cache_use: CacheUse,
}

/// A policy and its number among those that a gate has had in force; cheap to
/// clone.
///
/// It stays what it is when the gate goes on to another policy. `Debug` shows
/// the number alone.
#[derive(Clone)]
pub struct PolicyInForce {
    version: u64,
    policy: Arc<Policy>,
}

impl Active {
    /// The policy and its number.
    pub(super) fn in_force(&self) -> PolicyInForce {
        PolicyInForce {
            version: self.version,
            policy: Arc::clone(&self.learned.policy),
        }
    }

    /// The same policy with other counters; what was learned under it is not
    /// taken along.
    pub(super) fn counting_in(&self, limits: MemoryLimits) -> Self {
        Self {
            version: self.version,
            learned: Learned::nothing(Arc::clone(&self.learned.policy)),
            limits: Arc::new(limits),
        }
    }
}

impl Learned {
    /// Nothing is known under this policy yet.
    pub(super) fn nothing(policy: Arc<Policy>) -> Self {
        Self {
            policy,
            cache: Cache::default(),
        }
    }

    pub(super) fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// Everything but the limits: as [`decide`](crate::decide::decide) does it,
    /// save that what the edge vouched for is not decoded twice.
    pub(super) fn authorize<'a>(&'a self, request: &'a Request<'a>) -> Authorized<'a> {
        let Self { policy, cache } = self;
        let facts = read(policy, request);
        let key = facts.attested().and_then(Attested::header);
        let mut cache_use = CacheUse::Unused;
        let presented = assess_with(facts, |attested| {
            let found = cache.get(attested.header()?);
            if found.is_some() {
                cache_use = CacheUse::Hit;
            }
            found
        });
        if let (Some(key), Some(assessed), CacheUse::Unused) =
            (key, presented.assessed(), cache_use)
        {
            cache.insert(key, Arc::clone(assessed));
            cache_use = CacheUse::Miss;
        }
        Authorized {
            outcome: authorize(presented),
            cache_use,
        }
    }

    /// What this policy would decide.
    pub(super) fn forecast(&self, request: &Request<'_>) -> Forecast {
        Forecast::of(&uncharged(self.authorize(request).outcome))
    }
}

impl PolicyInForce {
    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Its number: 1 for the gate's first, and one more for each that was put
    /// in force after it, a rollback's too.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn shared_policy(&self) -> &Arc<Policy> {
        &self.policy
    }
}

impl fmt::Debug for Learned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Learned").finish_non_exhaustive()
    }
}

impl fmt::Debug for PolicyInForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyInForce")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
