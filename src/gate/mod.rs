//! What a service embeds: a policy in force, its limits and its cache.

mod cache;
mod grant;
mod ids;

use std::sync::Arc;

use crate::decide::{Allow, Decision, assess_with, authorize, charge, read};
use crate::edge::Attested;
use crate::evidence::AuditRecord;
use crate::limits::{LimitError, MemoryLimits};
use crate::policy::{Hazard, Policy};
use crate::request::Request;

use cache::Cache;
pub use grant::{Granted, ProvenIdentity};
use ids::{RequestId, RequestIds};

/// A policy in force.
///
/// One gate serves every thread of a service. It decides as
/// [`decide`](crate::decide::decide) does, keeps what was learned of
/// certificates that the edge vouched for, and counts requests in memory.
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
pub struct Gate {
    generation: Generation,
    ids: RequestIds,
}

/// A policy with everything that depends on it, so that no decision can mix
/// two of them.
#[derive(Debug)]
struct Generation {
    policy: Policy,
    version: u64,
    cache: Cache,
    limits: MemoryLimits,
}

/// A decision and what the gate adds to it.
#[derive(Debug)]
pub struct Concluded<'d> {
    /// The decision.
    pub decision: &'d Decision<'d>,
    /// The request's id: the trusted edge's, else one made for it.
    pub request_id: &'d str,
    id: &'d RequestId,
    policy_version: u64,
}

impl Gate {
    /// Puts a policy in force.
    ///
    /// # Errors
    ///
    /// The plan of its limits names a client twice, which a loaded policy
    /// never does.
    pub fn new(policy: Policy) -> Result<Self, LimitError> {
        Ok(Self {
            generation: Generation {
                limits: MemoryLimits::new(policy.limits())?,
                policy,
                version: 1,
                cache: Cache::default(),
            },
            ids: RequestIds::default(),
        })
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.generation.policy
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
        self.policy().hazards()
    }

    /// Decides a request and hands the decision, which borrows it, to
    /// `conclude`.
    pub fn decide<R>(
        &self,
        request: &Request<'_>,
        conclude: impl FnOnce(&Concluded<'_>) -> R,
    ) -> R {
        let Generation {
            policy,
            version,
            cache,
            limits,
        } = &self.generation;
        let facts = read(policy, request);
        let key = facts.attested().and_then(Attested::header);
        let mut hit = false;
        let presented = assess_with(facts, |attested| {
            let found = cache.get(attested.header()?);
            hit = found.is_some();
            found
        });
        if let (Some(key), Some(assessed), false) = (key, presented.assessed(), hit) {
            cache.insert(key, Arc::clone(assessed));
        }
        let decision = charge(authorize(presented), limits);
        let id = self.ids.next();
        conclude(&Concluded {
            request_id: decision.findings().request_id().unwrap_or(id.as_str()),
            decision: &decision,
            id: &id,
            policy_version: *version,
        })
    }
}

impl Concluded<'_> {
    /// The audit record of the decision, to be completed when the response
    /// ends.
    #[must_use]
    pub fn audit_record(&self) -> AuditRecord {
        AuditRecord::new(self.decision, self.id.as_str(), self.policy_version)
    }

    /// What the allowed request gets, owned.
    #[must_use]
    pub fn granted(&self, allow: &Allow<'_>) -> Granted {
        Granted::new(allow, self.request_id)
    }
}
