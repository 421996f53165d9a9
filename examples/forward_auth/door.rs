//! One question of the edge: read, decided, answered.

use certgate::adapter::SystemClock;
use certgate::decide::{Decision, read};
use certgate::evidence::AuditRecord;
use certgate::gate::{Concluded, Gate};
use certgate::limits::SharedLimits;
use certgate::policy::{Mode, Policy};
use certgate::request::{Peer, Request};
use certgate::response::Rejection;
use http::Response;
use http::request::Parts;

use super::answer;
use super::edge::Edge;
use super::names::{Copied, Names};
use super::original::{Lines, Original};
use super::refused::{Refusal, Refused};

/// A policy in force, for one edge. `S` counts requests: in memory, or where
/// other processes count too.
pub(crate) struct Door<S> {
    gate: Gate<S>,
    edge: Edge,
    names: Names,
    clock: SystemClock,
}

/// An answer, and what is kept of it.
pub(crate) struct Answered {
    pub(crate) response: Response<String>,
    /// Of a decision. A question that is refused before one has none.
    pub(crate) record: Option<AuditRecord>,
    pub(crate) refusal: Option<Refusal>,
}

impl<S: SharedLimits> Door<S> {
    /// # Errors
    ///
    /// The policy takes tokens, or the headers that the edge copies are not those
    /// of the answer, or not to be had.
    pub(crate) fn new(gate: Gate<S>, edge: Edge, copied: &Copied) -> Result<Self, String> {
        let in_force = gate.current();
        let policy = in_force.policy();
        if policy.mode() != Mode::Mtls {
            return Err("the policy takes tokens, and nothing here verifies one".to_owned());
        }
        Ok(Self {
            names: Names::new(edge, policy, copied)?,
            gate,
            edge,
            clock: SystemClock::start(),
        })
    }

    /// Decides the request that `head` asks about, and charges its limits once.
    pub(crate) async fn answer(&self, peer: Peer<'_>, head: &Parts) -> Answered {
        let asked = self.ask(self.gate.current().policy(), peer, head);
        let original = asked.unwrap_or(Original::UNCLEAR);
        let lines = Lines::new(&head.headers, &original);
        let request = self.request(peer, &original, &lines);
        let refused = asked.err();
        self.gate
            .decide_shared(&request, |concluded| self.conclude(concluded, refused))
            .await
    }

    /// What the edge asks, if it is the edge, and says all of it once.
    fn ask<'r>(
        &self,
        policy: &Policy,
        peer: Peer<'_>,
        head: &'r Parts,
    ) -> Result<Original<'r>, Refused> {
        let lines = Lines::new(&head.headers, &Original::UNCLEAR);
        let request = self.request(peer, &Original::UNCLEAR, &lines);
        if read(policy, &request).trusted().is_none() {
            return Err(Refused::PeerNotTrusted);
        }
        let original = Original::read(self.edge, head)?;
        let mut names = head.headers.keys();
        if names.any(|name| self.names.leave_in(name, self.edge, policy)) {
            return Err(Refused::LeftIn);
        }
        Ok(original)
    }

    fn request<'r>(
        &self,
        peer: Peer<'r>,
        original: &Original<'r>,
        lines: &'r Lines<'r>,
    ) -> Request<'r> {
        Request {
            peer,
            method: original.method,
            target: original.target,
            headers: lines,
            token: None,
            now: self.clock.now(),
        }
    }

    /// `undecided` says why `concluded` is about nothing that anybody asked.
    fn conclude(&self, concluded: &Concluded<'_>, undecided: Option<Refused>) -> Answered {
        let (response, refused) = match self.response(concluded, undecided) {
            Ok(response) => (response, None),
            Err(refused) => {
                let response = answer::refused(refused, concluded.request_id, self.edge);
                (response, Some(refused))
            }
        };
        Answered {
            response,
            record: match undecided {
                None => Some(self.record(concluded, refused)),
                Some(_) => None,
            },
            refusal: refused.map(|refused| Refusal {
                refused,
                peer: concluded.decision.findings().request().peer.to_string(),
                request_id: concluded.request_id.to_owned(),
            }),
        }
    }

    fn record(&self, concluded: &Concluded<'_>, refused: Option<Refused>) -> AuditRecord {
        let status = match (refused, concluded.decision) {
            (Some(refused), _) => Some(refused.status().as_u16()),
            (None, Decision::Deny(deny)) => Some(deny.reason().status()),
            // That of the backend, which nobody tells here.
            (None, Decision::Allow(_)) => None,
        };
        let mut record = concluded.audit_record();
        let decided = concluded.decision.findings().request().now.monotonic;
        let took = self.clock.now().monotonic.saturating_sub(decided);
        record.complete(status, took);
        record
    }

    fn response(
        &self,
        concluded: &Concluded<'_>,
        refused: Option<Refused>,
    ) -> Result<Response<String>, Refused> {
        if let Some(refused) = refused {
            return Err(refused);
        }
        match concluded.decision {
            // The policy may be another one than that which was asked first.
            Decision::Allow(allow) if allow.findings().peer_is_trusted() => {
                answer::allowed(&concluded.granted(allow), &self.names)
            }
            Decision::Allow(_) => Err(Refused::PeerNotTrusted),
            Decision::Deny(deny) => {
                let rejection = Rejection::new(deny, concluded.request_id);
                Ok(answer::denied(&rejection, self.edge))
            }
        }
    }
}
