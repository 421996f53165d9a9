//! What a service embeds: a policy in force, its limits and its cache, and the
//! policies before it.
//!
//! A [`Gate`] holds one generation at a time: a policy, its number, what was
//! learned of certificates under it, and the counters. A request takes the
//! whole of it once, without a lock, so that no decision mixes two policies and
//! nothing that was learned under one is used under another.
//!
//! # Changing the policy
//!
//! [`Gate::install`] puts another policy in force while requests are decided,
//! and [`Gate::rollback`] the one before, under a new number. What is refused
//! leaves the policy in force as it is. Rates and quotas go on counting.
//!
//! ```
//! # #[cfg(feature = "toml")] {
//! use certgate::evidence::{ActorType, Change};
//! use certgate::gate::Gate;
//! use certgate::policy::Policy;
//! use certgate::request::Timestamp;
//!
//! # let old = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"\n".to_owned();
//! # let new = old.clone() + "[[clients]]\nid = \"globex\"\n";
//! # let broken = old.replace("10.0.0.0/8", "10.0.0.1/8");
//! let gate = Gate::new(Policy::from_toml_str(&old, "policy.toml")?.policy)?;
//!
//! // Who does it, and when: time is an argument here, too.
//! let now = Timestamp::from_unix_seconds(1_776_330_562);
//! let change = Change::new(now, ActorType::User, "jo@example.com")
//!     .from_address("192.0.2.7".parse()?)
//!     .with_note("CHG-1042: onboard globex");
//!
//! // What reading gave is handed over as it is, so that mistakes are on record.
//! let installed = gate.install(Policy::from_toml_str(&new, "policy.toml"), &change)?;
//! assert_eq!(installed.in_force.version(), 2);
//! assert_eq!(&*installed.record.changes.unwrap().clients.added[0], "globex");
//!
//! let refused = gate.install(Policy::from_toml_str(&broken, "policy.toml"), &change).unwrap_err();
//! assert_eq!(refused.record.version, 2);
//! assert_eq!(gate.current().version(), 2);
//!
//! let restored = gate.rollback(&change)?;
//! assert_eq!(restored.in_force.version(), 3);
//! assert_eq!(restored.record.restored_version, Some(1));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Each of the three gave back a record: the gate writes nothing anywhere, so
//! send it to where the audit records of requests go. [`Gate::start`] gives one of
//! the first policy, and [`Gate::set_shadow`] one of a shadow.
//!
//! # Before it changes
//!
//! - [`Gate::install_if`] takes requests with the outcome that they must have,
//!   and refuses a policy that decides one of them in another way.
//! - [`Gate::set_shadow`] runs a candidate beside the policy in force, on the
//!   requests of the day, and tells what it would have decided.
//! - [`compare`](crate::decide::compare) does so for requests that were kept.
//!
//! None of them charges anything, so none sees a limit refuse.

mod cache;
mod concluded;
mod generation;
mod grant;
mod history;
mod ids;
mod install;
mod outcome;
mod reported;
#[cfg(feature = "verify")]
mod revocation;
mod shadow;
mod shared;
mod snapshot;
mod start;

use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;

use crate::decide::{Decision, charge};
use crate::evidence::CacheUse;
use crate::limits::{LimitError, MemoryLimits};
use crate::policy::{Hazard, Policy};
use crate::request::Request;

pub use concluded::Concluded;
pub use generation::PolicyInForce;
use generation::{Active, Generation, Learned};
pub use grant::{Granted, ProvenIdentity, SenderBinding};
use history::History;
use ids::RequestIds;
pub use outcome::{Candidate, Installed, Refusal, Refused, Shadowed};
use reported::Reported;
pub use shared::InProcess;
use shared::Plan;

/// A policy in force.
///
/// One gate serves every thread of a service. It decides as
/// [`decide`](crate::decide::decide) does, keeps what was learned of
/// certificates that the edge vouched for, or that were verified here, and counts
/// requests in memory, or [in a store](Self::sharing) that other processes ask as well.
///
/// ```
/// # #[cfg(feature = "toml")] {
/// use std::time::Duration;
///
/// use certgate::gate::Gate;
/// use certgate::policy::Policy;
/// use certgate::request::{Now, Peer, Request, Timestamp};
///
/// # let text = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"";
/// let gate = Gate::new(Policy::from_toml_str(text, "policy.toml")?.policy)?;
/// let headers = [("Host", "api.example.com")];
/// let request = Request {
///     peer: Peer::UNKNOWN,
///     method: "GET",
///     target: "/",
///     headers: &headers,
///     token: None,
///     now: Now { wall: Timestamp::from_unix_seconds(0), monotonic: Duration::ZERO },
/// };
/// let status = gate.decide(&request, |concluded| concluded.decision.status());
/// assert_eq!(status, 401);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Gate<S = InProcess> {
    generation: ArcSwap<Generation>,
    history: Mutex<History>,
    ids: RequestIds,
    reported: Reported,
    /// What counts requests, where that is no part of a generation.
    store: S,
    /// For whom the generation counts.
    plan: Plan,
}

impl Gate {
    /// How many earlier policies are kept for a rollback, unless
    /// [`with_history`](Self::with_history) says otherwise.
    pub const HISTORY: usize = 4;

    /// Puts a policy in force. Where that has to be on record,
    /// [`start`](Self::start) does the same.
    ///
    /// # Errors
    ///
    /// The plan of its limits names a client twice, which a loaded policy
    /// never does.
    pub fn new(policy: Policy) -> Result<Self, LimitError> {
        let limits = Arc::new(MemoryLimits::new(policy.limits())?);
        let lists = policy.revocation_lists.clone();
        Ok(Self {
            generation: ArcSwap::from_pointee(Generation {
                active: Arc::new(Active {
                    version: 1,
                    learned: Learned::nothing(Arc::new(policy), lists),
                    limits,
                }),
                shadow: None,
            }),
            history: Mutex::new(History::new(Self::HISTORY)),
            ids: RequestIds::default(),
            reported: Reported::default(),
            store: InProcess::new(),
            plan: Plan::Everybody,
        })
    }

    /// Decides a request and hands the decision, which borrows it, to
    /// `conclude`.
    ///
    /// The policy in force is taken once, at the beginning; what `conclude`
    /// sees is all of that policy, whatever is put in force meanwhile.
    pub fn decide<R>(
        &self,
        request: &Request<'_>,
        conclude: impl FnOnce(&Concluded<'_>) -> R,
    ) -> R {
        let generation = self.generation.load();
        let active = &generation.active;
        let authorized = active.learned.authorize(request);
        let decision = charge(authorized.outcome, &*active.limits);
        self.conclude(&generation, &decision, authorized.cache_use, conclude)
    }
}

impl<S> Gate<S> {
    /// The policy in force. The next request may be decided by another one;
    /// [`Concluded::in_force`] and [`Granted::in_force`] tell which decided.
    #[must_use]
    pub fn current(&self) -> PolicyInForce {
        self.generation.load().active.in_force()
    }

    /// What the policy in force leaves to the edge or to chance, for an
    /// operator to read when the service starts.
    ///
    /// ```
    /// # #[cfg(feature = "toml")] {
    /// use certgate::gate::Gate;
    /// use certgate::policy::{Hazard, Policy};
    ///
    /// let text = r#"version = 1
    /// [edge]
    /// preset = "traefik"
    /// verification = "edge-always"
    /// trusted_proxies = ["10.0.0.0/8"]
    /// [authentication]
    /// mode = "mtls"
    /// [[identity]]
    /// client = "{subject.cn}"
    /// "#;
    /// let gate = Gate::new(Policy::from_toml_str(text, "policy.toml")?.policy)?;
    /// assert_eq!(gate.hazards(), [Hazard::VerificationUnseen]);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn hazards(&self) -> Vec<Hazard> {
        self.current().policy().hazards()
    }

    /// Adds what the gate adds to a decision.
    fn conclude<R>(
        &self,
        generation: &Generation,
        decision: &Decision<'_>,
        cache_use: CacheUse,
        conclude: impl FnOnce(&Concluded<'_>) -> R,
    ) -> R {
        let Generation { active, shadow } = generation;
        let request = decision.findings().request();
        let shadow = shadow.as_deref().map(|learned| learned.forecast(request));
        let id = self.ids.next();
        conclude(&Concluded::new(
            decision,
            shadow.as_ref(),
            &id,
            active,
            cache_use,
            &self.reported,
        ))
    }
}
