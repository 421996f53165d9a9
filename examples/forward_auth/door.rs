//! One question of the edge: read, decided, answered.

use certgate::adapter::SystemClock;
use certgate::decide::{Decision, read};
use certgate::evidence::AuditRecord;
use certgate::gate::{Concluded, Gate};
use certgate::limits::SharedLimits;
use certgate::policy::{Mode, Policy};
use certgate::request::{Peer, Request};
use certgate::response::Rejection;
use http::request::Parts;
use http::{Response, StatusCode};
use serde::Serialize;

use super::answer;
use super::edge::Edge;
use super::names::Names;
use super::original::{Lines, Original};
use super::refused::Refused;

/// A policy in force, for one edge. `S` counts requests: in memory, or where
/// other processes count too.
pub(crate) struct Door<S> {
    gate: Gate<S>,
    edge: Edge,
    names: Names,
    clock: SystemClock,
}

/// An answer, and its line for the log.
pub(crate) struct Answered {
    pub(crate) response: Response<String>,
    pub(crate) record: String,
}

impl<S: SharedLimits> Door<S> {
    /// # Errors
    ///
    /// The policy takes tokens, or the header for the principal is not to be had.
    pub(crate) fn new(gate: Gate<S>, edge: Edge, principal: &str) -> Result<Self, String> {
        let in_force = gate.current();
        let policy = in_force.policy();
        if policy.mode() != Mode::Mtls {
            return Err("the policy takes tokens, and nothing here verifies one".to_owned());
        }
        Ok(Self {
            names: Names::new(edge, policy, principal)?,
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

    fn conclude(&self, concluded: &Concluded<'_>, refused: Option<Refused>) -> Answered {
        let (response, refused) = match self.response(concluded, refused) {
            Ok(response) => (response, None),
            Err(refused) => {
                let response = answer::refused(refused, concluded.request_id, self.edge);
                (response, Some(refused))
            }
        };
        let status = match (refused, concluded.decision) {
            (Some(refused), _) => Some(refused.status()),
            (None, Decision::Deny(deny)) => StatusCode::from_u16(deny.reason().status()).ok(),
            // That of the backend, which nobody tells here.
            (None, Decision::Allow(_)) => None,
        };
        let mut record = concluded.audit_record();
        let decided = concluded.decision.findings().request().now.monotonic;
        let took = self.clock.now().monotonic.saturating_sub(decided);
        record.complete(status.map(|status| status.as_u16()), took);
        Answered {
            response,
            record: line(&record, refused),
        }
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

/// The audit record as a line of JSON. Where nothing was decided, `refused` says
/// why.
fn line(record: &AuditRecord, refused: Option<Refused>) -> String {
    #[derive(Serialize)]
    struct Line<'r> {
        #[serde(flatten)]
        record: &'r AuditRecord,
        #[serde(skip_serializing_if = "Option::is_none")]
        refused: Option<String>,
    }
    let refused = refused.map(|refused| refused.to_string());
    serde_json::to_string(&Line { record, refused }).unwrap_or_default()
}
