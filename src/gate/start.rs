//! The first policy of a gate, on record.

use crate::evidence::{Change, ChangeAction, PolicyChange, Versions};
use crate::policy::Loaded;

use super::ids::RequestIds;
use super::{Candidate, Gate, Installed, Refusal, Refused};

impl Gate {
    /// Puts the first policy in force, as [`new`](Self::new) does, and gives the
    /// audit record of who did, or of why there is none: its `version` is 1, and
    /// `previous_version` 0.
    ///
    /// ```
    /// # #[cfg(feature = "toml")] {
    /// use certgate::evidence::{ActorType, Change};
    /// use certgate::gate::Gate;
    /// use certgate::policy::Policy;
    /// use certgate::request::Timestamp;
    ///
    /// # let text = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"";
    /// let now = Timestamp::from_unix_seconds(1_776_330_562);
    /// let change = Change::new(now, ActorType::Service, "payments-api 4.2");
    /// let (gate, started) = Gate::start(Policy::from_toml_str(text, "policy.toml"), &change)?;
    /// assert_eq!(started.record.version, gate.current().version());
    /// assert_eq!(started.warnings.len(), 0);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The document has mistakes or could not be read, or the plan of its limits
    /// names a client twice, which a loaded policy never does.
    pub fn start(
        candidate: impl Into<Candidate>,
        change: &Change,
    ) -> Result<(Self, Installed), Refused> {
        let Loaded { policy, warnings } = candidate.into().0.map_err(|why| refused(why, change))?;
        let gate = Self::new(policy).map_err(|error| refused(Refusal::Limits(error), change))?;
        let in_force = gate.current();
        let versions = Versions {
            previous: 0,
            version: in_force.version(),
            restored: None,
        };
        let id = gate.ids.next_change();
        let started = Installed {
            in_force,
            warnings,
            record: PolicyChange::applied(id, change, ChangeAction::Start, versions, None),
        };
        Ok((gate, started))
    }
}

fn refused(why: Refusal, change: &Change) -> Refused {
    let id = RequestIds::default().next_change();
    let (reason, details) = (why.reason(), why.details());
    let action = ChangeAction::Start;
    let record = PolicyChange::refused(id, change, action, 0, None, reason, details);
    Refused {
        record: Box::new(record),
        why,
    }
}
