//! What a gate makes of a request.

use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};

use crate::adapter::decided;
use crate::gate::Concluded;
use crate::limits::SharedLimits;
use crate::request::{Now, Request, VerifiedToken};
use crate::response::Rejection;

use super::headers::Lines;
use super::middleware::Settings;
use super::reject;

pub(super) type Decided = decided::Decided<HttpResponse>;

impl Settings {
    /// Decides at once.
    pub(super) fn decide(&self, request: &HttpRequest) -> Decided {
        let (lines, token, now) = (Lines::of(request), token(request), (self.clock)());
        let facts = self.facts(request, &lines, token.as_ref(), now);
        let conclude = |concluded: &Concluded<'_>| self.conclude(concluded, request, now);
        self.gate.decide(&facts, conclude)
    }
}

impl<S: SharedLimits> Settings<S> {
    /// Decides when the store of limits has answered.
    pub(super) async fn decide_shared(&self, request: &HttpRequest) -> Decided {
        let (lines, token, now) = (Lines::of(request), token(request), (self.clock)());
        let facts = self.facts(request, &lines, token.as_ref(), now);
        let conclude = |concluded: &Concluded<'_>| self.conclude(concluded, request, now);
        self.gate.decide_shared(&facts, conclude).await
    }
}

impl<S> Settings<S> {
    fn facts<'r>(
        &self,
        request: &'r HttpRequest,
        headers: &'r Lines<'r>,
        token: Option<&'r VerifiedToken>,
        now: Now,
    ) -> Request<'r> {
        Request {
            peer: self.peer.peer(request),
            method: request.method().as_str(),
            // Whole, also inside of a scope.
            target: request.uri().path(),
            headers,
            token,
            now,
        }
    }

    fn conclude(&self, concluded: &Concluded<'_>, request: &HttpRequest, now: Now) -> Decided {
        let respond = |rejection: &Rejection| match &self.reject {
            Some(reject) => reject(rejection, request),
            None => reject::response(rejection, request.headers()),
        };
        Decided::of(concluded, now, &self.clock, self.sink.as_ref(), respond)
    }
}

/// A copy, since the extensions must not stay borrowed while a store is asked.
fn token(request: &HttpRequest) -> Option<VerifiedToken> {
    request.extensions().get::<VerifiedToken>().cloned()
}
