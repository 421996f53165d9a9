//! Another policy, while requests are decided.

use std::sync::{Arc, MutexGuard, PoisonError};

use crate::decide::{Trial, run_trials_with};
use crate::evidence::{Change, ChangeAction, PolicyChange, Versions};
use crate::limits::MemoryLimits;
use crate::policy::{Loaded, Policy, PolicyDifference};

use super::Gate;
use super::generation::{Active, Generation, Learned, PolicyInForce, brought_by};
use super::history::History;
use super::outcome::{Candidate, Installed, Refusal, Refused};

/// What is to be put in force next, and where it came from.
struct Next {
    policy: Arc<Policy>,
    restored: Option<u64>,
}

/// # Changing the policy
///
/// Any thread may change the policy while others decide or change it as well.
/// Each change gives back a [`PolicyChange`], made or refused: hand it to
/// wherever the [`AuditRecord`](crate::evidence::AuditRecord)s go.
///
/// What is gone with the old policy is freed here, once no request uses it, and
/// not on the path of a request; see [`free_retired`](Self::free_retired).
impl<S> Gate<S> {
    /// The same gate, which keeps so many earlier policies for a rollback.
    ///
    /// Each takes the memory of a policy and of the counters of its clients. A
    /// client that a policy leaves out keeps its counters for as long as a
    /// policy that has it is kept.
    #[must_use]
    pub fn with_history(self, kept: usize) -> Self {
        self.history().keep(kept);
        self
    }

    /// Puts another policy in force, at once and as a whole.
    ///
    /// Requests that are being decided end under the policy that they began
    /// with. What was learned of certificates is forgotten. Counters go on: a
    /// client's, by the name of the limit and the length of the window, also
    /// where the number of requests is another.
    ///
    /// Takes a [`Policy`], a [`Loaded`], or what came of reading a document,
    /// mistakes and all.
    ///
    /// # Errors
    ///
    /// The document has mistakes or could not be read, or the plan of its limits
    /// names a client twice, which a loaded policy never does. The policy in force
    /// stays.
    pub fn install(
        &self,
        candidate: impl Into<Candidate>,
        change: &Change,
    ) -> Result<Installed, Refused> {
        self.install_if(candidate, &[], change)
    }

    /// Puts another policy in force if it decides every one of the trials as
    /// expected, as [`install`](Self::install) does.
    ///
    /// Nothing is charged for a trial, so no trial is denied by a limit.
    ///
    /// ```
    /// # #[cfg(feature = "toml")] {
    /// use std::time::Duration;
    ///
    /// use certgate::decide::{Expected, Reason, Trial};
    /// use certgate::evidence::{ActorType, Change};
    /// use certgate::gate::{Gate, Refusal};
    /// use certgate::policy::Policy;
    /// use certgate::request::{Now, OwnedRequest, Peer, Timestamp};
    ///
    /// # let text = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"\n";
    /// let gate = Gate::new(Policy::from_toml_str(text, "policy.toml")?.policy)?;
    /// let now = Now { wall: Timestamp::from_unix_seconds(0), monotonic: Duration::ZERO };
    /// let get = |path| OwnedRequest::new(Peer::UNKNOWN, "GET", path, now);
    /// let trials = [
    ///     Trial {
    ///         name: "health checks go on".to_owned(),
    ///         request: get("/healthz"),
    ///         expect: Expected::Exempt,
    ///     },
    ///     Trial {
    ///         name: "payments need a certificate".to_owned(),
    ///         request: get("/payments"),
    ///         expect: Expected::Deny(Reason::CertificateMissing),
    ///     },
    /// ];
    /// let change = Change::new(now.wall, ActorType::User, "jo@example.com");
    ///
    /// let read = Policy::from_toml_str(text, "policy.toml");
    /// let refused = gate.install_if(read, &trials, &change).unwrap_err();
    /// let Refusal::Trials(mismatches) = refused.why else { panic!() };
    /// assert_eq!(
    ///     mismatches[0].to_string(),
    ///     "health checks go on: expected exempt, got deny certificate_missing",
    /// );
    ///
    /// let text = format!("{text}[[exemptions]]\nmethod = \"GET\"\npath = \"/healthz\"\n");
    /// gate.install_if(Policy::from_toml_str(&text, "policy.toml"), &trials, &change)?;
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`install`](Self::install), and [`Refusal::Trials`] with every
    /// trial that the policy does not pass.
    pub fn install_if(
        &self,
        candidate: impl Into<Candidate>,
        trials: &[Trial],
        change: &Change,
    ) -> Result<Installed, Refused> {
        let action = ChangeAction::Install;
        let Loaded { policy, warnings } = match candidate.into().0 {
            Ok(loaded) => loaded,
            Err(why) => {
                let version = self.current().version();
                return Err(self.refused(why, action, version, None, change));
            }
        };
        let policy = Arc::new(policy);
        let tried = {
            let current = self.generation.load();
            Learned::next(Arc::clone(&policy), current.active.learned.lists())
        };
        let mismatches = run_trials_with(trials, |request| tried.forecast(request));
        if !mismatches.is_empty() {
            let current = self.current();
            let changes = PolicyDifference::between(current.policy(), &policy);
            let why = Refusal::Trials(mismatches);
            return Err(self.refused(why, action, current.version(), Some(changes), change));
        }
        let next = |_: &History| {
            Some(Next {
                policy,
                restored: None,
            })
        };
        let installed = self.put_in_force(next, action, change)?;
        Ok(Installed {
            warnings,
            ..installed
        })
    }

    /// Puts the policy before the one in force in force again, under a new
    /// number. What a rollback replaces is the policy before it, so rolling
    /// back twice leads back to where it began.
    ///
    /// # Errors
    ///
    /// There is no earlier policy. The policy in force stays.
    pub fn rollback(&self, change: &Change) -> Result<Installed, Refused> {
        let next = |history: &History| history.versions().next_back().map(Next::restoring);
        self.put_in_force(next, ChangeAction::Rollback, change)
    }

    /// Puts the policy that had this number in force again, under a new one.
    ///
    /// # Errors
    ///
    /// The [history](Self::earlier) does not have it. The policy in force stays.
    pub fn rollback_to(&self, version: u64, change: &Change) -> Result<Installed, Refused> {
        let next = |history: &History| {
            let mut versions = history.versions();
            let found = versions.find(|past| past.version() == version);
            found.map(Next::restoring)
        };
        self.put_in_force(next, ChangeAction::Rollback, change)
    }

    /// The policies that can be rolled back to, oldest first.
    #[must_use]
    pub fn earlier(&self) -> Vec<PolicyInForce> {
        self.history().versions().cloned().collect()
    }

    /// Frees what earlier policies left behind, as far as no request uses it,
    /// and tells how many pieces still are in use.
    ///
    /// Every change does this on its own. It is left to do something where a
    /// request was being decided just when the policy changed, or a
    /// [`Granted`](super::Granted) outlived its policy: until the next change,
    /// or a call of this from a thread that may take the time, memory is held.
    pub fn free_retired(&self) -> usize {
        // Each is dropped with no lock held.
        let generations = self.history().take_unused_generations();
        drop(generations);
        let mut history = self.history();
        let policies = history.take_unused_policies();
        let in_use = history.in_use();
        drop(history);
        drop(policies);
        in_use
    }

    /// One change at a time gets here, so numbers follow each other.
    fn put_in_force(
        &self,
        next: impl FnOnce(&History) -> Option<Next>,
        action: ChangeAction,
        change: &Change,
    ) -> Result<Installed, Refused> {
        let mut history = self.history();
        let generation = self.generation.load_full();
        let current = &generation.active;
        let Some(Next { policy, restored }) = next(&history) else {
            let why = Refusal::NoEarlierPolicy;
            return Err(self.refused(why, action, current.version, None, change));
        };
        let changes = PolicyDifference::between(current.learned.policy(), &policy);
        let earlier: Vec<&MemoryLimits> = history.limits().map(|limits| &**limits).collect();
        let limits = match current.limits.rebind_among(&earlier, self.plan.of(&policy)) {
            Ok(limits) => limits,
            Err(error) => {
                let why = Refusal::Limits(error);
                return Err(self.refused(why, action, current.version, Some(changes), change));
            }
        };
        let versions = Versions {
            previous: current.version,
            version: current.version + 1,
            restored,
        };
        // Lists are never taken back: what was revoked stays so in a rollback.
        let brought = brought_by(&policy).filter(|_| versions.restored.is_none());
        let shadow = match (&generation.shadow, brought) {
            (Some(shadow), Some(lists)) => Some(Arc::new(shadow.asking(lists.clone()))),
            (shadow, _) => shadow.clone(),
        };
        let lists = brought.unwrap_or(current.learned.lists()).clone();
        let active = Arc::new(Active {
            version: versions.version,
            learned: Learned::nothing(policy, lists),
            limits: Arc::new(limits),
        });
        let in_force = active.in_force();
        let next = Generation { active, shadow };
        drop(generation);
        history.retire(self.generation.swap(Arc::new(next)));
        drop(history);
        self.free_retired();
        let id = self.ids.next_change();
        Ok(Installed {
            in_force,
            warnings: Vec::new(),
            record: PolicyChange::applied(id, change, action, versions, Some(changes)),
        })
    }

    pub(super) fn refused(
        &self,
        why: Refusal,
        action: ChangeAction,
        version: u64,
        changes: Option<PolicyDifference>,
        change: &Change,
    ) -> Refused {
        let id = self.ids.next_change();
        let (reason, details) = (why.reason(), why.details());
        let record = PolicyChange::refused(id, change, action, version, changes, reason, details);
        Refused {
            record: Box::new(record),
            why,
        }
    }

    pub(super) fn history(&self) -> MutexGuard<'_, History> {
        // Every operation leaves it whole.
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Next {
    fn restoring(past: &PolicyInForce) -> Self {
        Self {
            policy: Arc::clone(past.shared_policy()),
            restored: Some(past.version()),
        }
    }
}
