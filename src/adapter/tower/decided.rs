//! What a gate makes of a request's head.

use http::Response;
use http::request::Parts;

use crate::adapter::decided;
use crate::gate::Concluded;
use crate::limits::SharedLimits;
use crate::request::{Now, Request};
use crate::response::Rejection;

use super::headers::Lines;
use super::layer::Settings;
use super::reject;

pub(super) type Decided = decided::Decided<Response<String>>;

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
        let respond = |rejection: &Rejection| {
            let response = match &self.reject {
                Some(reject) => reject(rejection, parts),
                None => reject::response(rejection, &parts.headers),
            };
            reject::fitted(response, &parts.method)
        };
        Decided::of(concluded, now, &self.clock, self.sink.as_ref(), respond)
    }
}
