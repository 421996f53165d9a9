//! What was counted, across a restart.

use std::sync::Arc;

use crate::limits::{LimitsSnapshot, MemoryLimits};
use crate::request::Now;

use super::Gate;

/// # Across a restart
///
/// What a gate counts in memory ends with the process, and everybody begins the day
/// anew. A service that does not want that writes a snapshot when it ends, and now
/// and then, and hands it to its next gate.
impl<S> Gate<S> {
    /// What has been counted in this process; see [`MemoryLimits::snapshot`]. It has
    /// the counters of [earlier](Self::earlier) policies' clients too.
    ///
    /// ```
    /// # #[cfg(all(feature = "toml", feature = "json"))] {
    /// use certgate::adapter::SystemClock;
    /// use certgate::gate::Gate;
    /// use certgate::limits::LimitsSnapshot;
    /// use certgate::policy::Policy;
    ///
    /// # let text = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"";
    /// let clock = SystemClock::start();
    /// let gate = Gate::new(Policy::from_toml_str(text, "policy.toml")?.policy)?;
    /// let file = serde_json::to_string(&gate.limits_snapshot(&clock.now()))?;
    ///
    /// // In the next process:
    /// let snapshot: LimitsSnapshot = serde_json::from_str(&file)?;
    /// let gate = Gate::new(Policy::from_toml_str(text, "policy.toml")?.policy)?
    ///     .with_limits_snapshot(&snapshot, &clock.now());
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn limits_snapshot(&self, now: &Now) -> LimitsSnapshot {
        // Taken together, so that no client is in neither; and copied with no lock
        // held that a change of the policy waits for.
        let stores: Vec<Arc<MemoryLimits>> = {
            let history = self.history();
            let active = Arc::clone(&self.generation.load().active.limits);
            let earlier = history.limits().cloned();
            std::iter::once(active).chain(earlier).collect()
        };
        let stores: Vec<&MemoryLimits> = stores.iter().map(|store| &**store).collect();
        MemoryLimits::snapshot_among(&stores, now)
    }

    /// The same gate, which goes on from what another process had counted; see
    /// [`MemoryLimits::restore`]. What the policy in force has no counters for is
    /// passed over.
    #[must_use]
    pub fn with_limits_snapshot(self, snapshot: &LimitsSnapshot, now: &Now) -> Self {
        self.generation.load().active.limits.restore(snapshot, now);
        self
    }
}
