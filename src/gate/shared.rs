//! Counting requests together with other processes.

use std::sync::Arc;

use crate::decide::{Admission, Decision, settle, settle_away};
use crate::limits::{Away, ChargeOutcome, LimitError, LimitSet, MemoryLimits, SharedLimits};
use crate::policy::Policy;
use crate::request::Request;

use super::generation::{Active, Generation};
use super::{Concluded, Gate};

/// Requests are counted in the memory of this process, which every gate does that
/// was not told [otherwise](Gate::sharing).
#[derive(Debug)]
pub struct InProcess(());

impl InProcess {
    pub(super) const fn new() -> Self {
        Self(())
    }
}

/// For whom this process has counters of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plan {
    /// For every client that has limits.
    Everybody,
    /// The same, where the policy needs them while a shared store is away; else
    /// for nobody.
    WhileAway,
}

impl Plan {
    pub(super) fn of(self, policy: &Policy) -> impl Iterator<Item = (&str, &LimitSet)> {
        let is_needed = match self {
            Self::Everybody => true,
            Self::WhileAway => matches!(policy.away, Away::Local(_)),
        };
        is_needed.then(|| policy.limits()).into_iter().flatten()
    }
}

/// # Sharing limits
///
/// Where several processes serve one client, each counts for itself and the
/// client gets its limits from every one of them. A store that they share counts
/// for all. It has to be waited for, so [`decide_shared`](Self::decide_shared)
/// takes the place of [`decide`](Self::decide).
///
/// What becomes of requests while the store does not answer is the policy's word:
/// `when_away` under `[limiting]`. Records tell it, as `limits_counted`.
impl Gate {
    /// The same gate, which counts requests in a store that other processes share.
    ///
    /// What it has counted in memory so far is forgotten. Policies that are
    /// installed later count in the same store, which has to know their clients and
    /// limits: a [`MemoryLimits`] knows those alone that it was made for.
    ///
    /// ```
    /// # #[cfg(feature = "toml")] {
    /// use certgate::gate::Gate;
    /// use certgate::limits::SharedLimits;
    /// use certgate::policy::Policy;
    /// use certgate::request::Request;
    ///
    /// # let text = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"";
    /// fn guarded<S: SharedLimits>(store: S) -> Result<Gate<S>, Box<dyn std::error::Error>> {
    ///     # let text = "";
    ///     let policy = Policy::from_toml_str(text, "policy.toml")?.policy;
    ///     Ok(Gate::new(policy)?.sharing(store)?)
    /// }
    ///
    /// async fn status<S: SharedLimits>(gate: &Gate<S>, request: &Request<'_>) -> u16 {
    ///     gate.decide_shared(request, |concluded| concluded.decision.status()).await
    /// }
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The plan of its limits names a client twice, which a loaded policy never
    /// does.
    pub fn sharing<S: SharedLimits>(self, store: S) -> Result<Gate<S>, LimitError> {
        let plan = Plan::WhileAway;
        let Generation { active, shadow } = &*self.generation.load_full();
        let limits = MemoryLimits::new(plan.of(active.learned.policy()))?;
        self.generation.store(Arc::new(Generation {
            active: Arc::new(active.counting_in(limits)),
            shadow: shadow.clone(),
        }));
        Ok(Gate {
            generation: self.generation,
            history: self.history,
            ids: self.ids,
            reported: self.reported,
            store,
            plan,
        })
    }
}

impl<S: SharedLimits> Gate<S> {
    /// The store that counts.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Decides a request and hands the decision, which borrows it, to `conclude`.
    ///
    /// The store is asked once, and only for a request that everything else allows
    /// and that owes something. The policy in force is taken once, at the
    /// beginning; what `conclude` sees is all of that policy, whatever is put in
    /// force meanwhile.
    ///
    /// Where the future is dropped before it is ready nothing was decided, and
    /// there is no record; the store may have counted the request.
    pub async fn decide_shared<R>(
        &self,
        request: &Request<'_>,
        conclude: impl FnOnce(&Concluded<'_>) -> R,
    ) -> R {
        // Owned, since a guard is for short stays. The gate holds it as well for
        // as long as this does, so it is not freed here.
        let generation = self.generation.load_full();
        let active = &generation.active;
        let authorized = active.learned.authorize(request);
        let decision = match authorized.outcome {
            Ok(admission) => self.charge(active, admission).await,
            Err(denied) => denied,
        };
        self.conclude(&generation, &decision, authorized.cache_use, conclude)
    }

    async fn charge<'a>(&self, active: &Active, admission: Admission<'a>) -> Decision<'a> {
        let Some(due) = admission.charges() else {
            return settle(admission, ChargeOutcome::Charged(Default::default()));
        };
        let now = admission.now();
        match self.store.charge_shared(&due, &now).await {
            ChargeOutcome::Unavailable => settle_away(admission, &active.limits),
            outcome => {
                if matches!(outcome, ChargeOutcome::Charged(_)) {
                    // Should the store go away, what this process admitted
                    // before counts against its share.
                    active.limits.record(&due, &now);
                }
                settle(admission, outcome)
            }
        }
    }
}
