//! What a decision is made with, replaced as one.

use std::fmt;
use std::sync::Arc;

use crate::decide::{Admission, Decision, Forecast, assess_with, authorize, read_with, uncharged};
use crate::evidence::CacheUse;
use crate::limits::MemoryLimits;
use crate::policy::Policy;
use crate::request::Request;
use crate::trust::RevocationLists;

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
    lists: RevocationLists,
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
            learned: self.learned.forgotten(),
            limits: Arc::new(limits),
        }
    }
}

impl Learned {
    /// Nothing is known under this policy and with these lists yet.
    pub(super) fn nothing(policy: Arc<Policy>, lists: RevocationLists) -> Self {
        Self {
            policy,
            lists,
            cache: Cache::default(),
        }
    }

    /// Nothing is known under this policy yet. It asks the lists that it brings, or
    /// else those that are asked already.
    pub(super) fn next(policy: Arc<Policy>, asked: &RevocationLists) -> Self {
        let lists = brought_by(&policy).unwrap_or(asked).clone();
        Self::nothing(policy, lists)
    }

    /// The same policy, which asks these lists, and nothing that was learned.
    pub(super) fn asking(&self, lists: RevocationLists) -> Self {
        Self::nothing(Arc::clone(&self.policy), lists)
    }

    /// The same policy and lists, and nothing that was learned under them.
    pub(super) fn forgotten(&self) -> Self {
        self.asking(self.lists.clone())
    }

    pub(super) fn lists(&self) -> &RevocationLists {
        &self.lists
    }

    pub(super) fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// Everything but the limits: as [`decide`](crate::decide::decide) does it,
    /// save that what the edge vouched for, or was verified, is not decoded twice.
    pub(super) fn authorize<'a>(&'a self, request: &'a Request<'a>) -> Authorized<'a> {
        let Self {
            policy,
            lists,
            cache,
        } = self;
        let mut cache_use = CacheUse::Unused;
        let presented = assess_with(read_with(policy, lists, request), |source| {
            let found = cache.get(source)?;
            if !found.holds_at(request.now.wall) {
                return None;
            }
            cache_use = CacheUse::Hit;
            Some(found)
        });
        if cache_use == CacheUse::Unused
            && let Some((source, assessed)) = presented.to_keep()
        {
            cache.insert(source, Arc::clone(assessed));
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

/// The revocation lists that a policy brings, if it brings any.
pub(super) fn brought_by(policy: &Policy) -> Option<&RevocationLists> {
    Some(&policy.revocation_lists).filter(|lists| !lists.is_empty())
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
