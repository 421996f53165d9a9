//! What a gate makes of a request's head.

use std::sync::Arc;

use http::Response;
use http::request::Parts;

use crate::decide::{Decision, Reason};
use crate::gate::{Concluded, Granted};
use crate::limits::SharedLimits;
use crate::request::{Now, Request};
use crate::response::Rejection;

use super::headers::Lines;
use super::layer::Settings;
use super::reject;
use crate::adapter::pending::Pending;

/// What becomes of a request, and the audit record of that, where there is a
/// sink for it.
pub(super) struct Decided {
    pub(super) outcome: Outcome,
    pub(super) record: Option<Pending>,
}

pub(super) enum Outcome {
    GoOn(Granted),
    Reject(Reason, Response<String>),
}

impl Settings {
    /// Decides at once.
    pub(super) fn decide(&self, parts: &Parts) -> Decided {
        let (target, lines, now) = (self.target.target(parts), Lines::of(parts), (self.clock)());
        let request = self.request(parts, &target, &lines, now);
        let conclude = |concluded: &Concluded<'_>| self.conclude(concluded, parts, now);
        self.gate.decide(&request, conclude)
    }
}

impl<S: SharedLimits> Settings<S> {
    /// Decides when the store of limits has answered.
    pub(super) async fn decide_shared(&self, parts: &Parts) -> Decided {
        let (target, lines, now) = (self.target.target(parts), Lines::of(parts), (self.clock)());
        let request = self.request(parts, &target, &lines, now);
        let conclude = |concluded: &Concluded<'_>| self.conclude(concluded, parts, now);
        self.gate.decide_shared(&request, conclude).await
    }
}

impl<S> Settings<S> {
    fn request<'p>(
        &self,
        parts: &'p Parts,
        target: &'p str,
        headers: &'p Lines<'p>,
        now: Now,
    ) -> Request<'p> {
        Request {
            peer: self.peer.peer(parts),
            method: parts.method.as_str(),
            target,
            headers,
            token: parts.extensions.get(),
            now,
        }
    }

    fn conclude(&self, concluded: &Concluded<'_>, parts: &Parts, now: Now) -> Decided {
        let record = self.sink.as_ref().map(|sink| {
            let clock = Arc::clone(&self.clock);
            Pending::new(concluded.audit_record(), now, clock, Arc::clone(sink))
        });
        let outcome = match concluded.decision {
            Decision::Allow(allow) => Outcome::GoOn(concluded.granted(allow)),
            Decision::Deny(deny) => {
                let rejection = Rejection::new(deny, concluded.request_id);
                let response = match &self.reject {
                    Some(reject) => reject(&rejection, parts),
                    None => reject::response(&rejection, &parts.headers),
                };
                Outcome::Reject(deny.reason(), response)
            }
        };
        Decided { outcome, record }
    }
}
