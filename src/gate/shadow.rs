//! A policy that is tried beside the one in force.

use std::sync::Arc;

use crate::evidence::{Change, ChangeAction, PolicyChange, Versions};
use crate::policy::{Loaded, Policy, PolicyDifference};

use super::generation::{Generation, Learned};
use super::{Candidate, Gate, Refused, Shadowed};

/// # A policy in the shadow
///
/// Before a stricter policy is put in force it can run beside the one that is,
/// on the same requests: [`Concluded::shadow`](super::Concluded::shadow) tells
/// what it would have decided, and audit records have it as `shadow_outcome` and
/// `shadow_reason`. To compare two policies on requests that were kept, there is
/// [`compare`](crate::decide::compare).
impl<S> Gate<S> {
    /// Runs a policy in the shadow of the one in force from now on, in place of
    /// the one that may do so already.
    ///
    /// It decides every request once more, with a cache of its own, and costs
    /// as much again. It has no say in the outcome: the response, the grant and
    /// the request's id are those of the policy in force.
    ///
    /// It charges nothing, so it never denies by a limit. Where the policy in
    /// force answers 429 and the shadow allows, that is no difference between
    /// them; and how often its own limits would refuse it cannot tell.
    ///
    /// It stays when another policy is put in force.
    ///
    /// ```
    /// # #[cfg(feature = "toml")] {
    /// use std::time::Duration;
    ///
    /// use certgate::decide::{Reason, Verdict};
    /// use certgate::evidence::{ActorType, Change};
    /// use certgate::gate::Gate;
    /// use certgate::policy::{Policy, Setting};
    /// use certgate::request::{Now, OwnedRequest, Peer, Timestamp};
    ///
    /// # let strict = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"\n";
    /// # let lax = format!("{strict}[[exemptions]]\nmethod = \"GET\"\npath = \"/\"\n");
    /// let gate = Gate::new(Policy::from_toml_str(&lax, "policy.toml")?.policy)?;
    /// let now = Now { wall: Timestamp::from_unix_seconds(0), monotonic: Duration::ZERO };
    /// let change = Change::new(now.wall, ActorType::User, "jo@example.com");
    /// let set = gate.set_shadow(Policy::from_toml_str(strict, "strict.toml"), &change)?;
    /// assert_eq!(set.record.changes.unwrap().settings, [Setting::Exemptions]);
    ///
    /// let request = OwnedRequest::new(Peer::UNKNOWN, "GET", "/", now);
    /// gate.decide(&request.request(), |concluded| {
    ///     assert_eq!(concluded.decision.status(), 200);
    ///     let shadow = concluded.shadow.map(|forecast| forecast.verdict);
    ///     assert_eq!(shadow, Some(Verdict::Deny(Reason::CertificateMissing)));
    /// });
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The document has mistakes or could not be read. The shadow stays as it is.
    pub fn set_shadow(
        &self,
        candidate: impl Into<Candidate>,
        change: &Change,
    ) -> Result<Shadowed, Refused> {
        let action = ChangeAction::SetShadow;
        match candidate.into().0 {
            Ok(Loaded { policy, warnings }) => Ok(Shadowed {
                warnings,
                record: self.replace_shadow(Some(policy), action, change),
            }),
            Err(why) => {
                let version = self.current().version();
                Err(self.refused(why, action, version, None, change))
            }
        }
    }

    /// Runs no policy in the shadow any more.
    pub fn clear_shadow(&self, change: &Change) -> PolicyChange {
        self.replace_shadow(None, ChangeAction::ClearShadow, change)
    }

    fn replace_shadow(
        &self,
        candidate: Option<Policy>,
        action: ChangeAction,
        change: &Change,
    ) -> PolicyChange {
        let mut history = self.history();
        let current = self.generation.load_full();
        let in_force = &current.active;
        let shadow = candidate
            .map(|policy| Arc::new(Learned::next(Arc::new(policy), in_force.learned.lists())));
        let versions = Versions::staying(in_force.version);
        let changes = shadow
            .as_ref()
            .map(|shadow| PolicyDifference::between(in_force.learned.policy(), shadow.policy()));
        let next = Generation {
            active: Arc::clone(in_force),
            shadow,
        };
        drop(current);
        history.set_aside(self.generation.swap(Arc::new(next)));
        drop(history);
        self.free_retired();
        PolicyChange::applied(self.ids.next_change(), change, action, versions, changes)
    }
}
