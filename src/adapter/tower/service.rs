//! The guarded service.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::decide::{Decision, Reason};
use crate::gate::{Concluded, Granted};
use crate::request;
use crate::response::Rejection;

use super::headers::{Lines, added, replace, strip};
use super::layer::Settings;
use super::record::Pending;
use super::{RequestBody, ResponseBody, ResponseFuture, reject};

/// A service behind a gate; made by [`GateLayer`](super::GateLayer).
#[derive(Clone)]
pub struct GateService<S> {
    inner: S,
    settings: Arc<Settings>,
}

/// What becomes of a request.
enum Outcome {
    GoOn(Granted),
    Reject(Reason, Response<String>),
}

impl<S> GateService<S> {
    pub(super) fn new(inner: S, settings: Arc<Settings>) -> Self {
        Self { inner, settings }
    }

    fn decide(&self, parts: &Parts) -> (Outcome, Option<Pending>) {
        let settings = &*self.settings;
        let target = settings.target.target(parts);
        let lines = Lines::of(parts);
        let now = (settings.clock)();
        let request = request::Request {
            peer: settings.peer.peer(parts),
            method: parts.method.as_str(),
            target: &target,
            headers: &lines,
            token: parts.extensions.get(),
            now,
        };
        settings.gate.decide(&request, |concluded| {
            let record = settings.sink.as_ref().map(|sink| {
                let clock = Arc::clone(&settings.clock);
                Pending::new(concluded.audit_record(), now, clock, Arc::clone(sink))
            });
            (self.outcome(concluded, parts), record)
        })
    }

    fn outcome(&self, concluded: &Concluded<'_>, parts: &Parts) -> Outcome {
        match concluded.decision {
            Decision::Allow(allow) => Outcome::GoOn(concluded.granted(allow)),
            Decision::Deny(deny) => {
                let rejection = Rejection::new(deny, concluded.request_id);
                let response = match &self.settings.reject {
                    Some(reject) => reject(&rejection, parts),
                    None => reject::response(&rejection, &parts.headers),
                };
                Outcome::Reject(deny.reason(), response)
            }
        }
    }
}

impl<S, B, R> Service<Request<B>> for GateService<S>
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>>,
    R: Body,
    R::Data: From<bytes::Bytes>,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let (outcome, mut record) = self.decide(&parts);
        match outcome {
            Outcome::GoOn(granted) => {
                strip(&mut parts.headers, granted.in_force().policy());
                replace(&mut parts.headers, &granted);
                parts.extensions.insert(granted.clone());
                let added = added(&granted);
                let request = Request::from_parts(parts, RequestBody::new(body, granted));
                ResponseFuture::inner(self.inner.call(request), record, added)
            }
            Outcome::Reject(reason, response) => {
                let (mut parts, body) = response.into_parts();
                parts.extensions.insert(reason);
                if let Some(record) = &mut record {
                    record.respond(parts.status);
                }
                let body = ResponseBody::rejection(body, record);
                ResponseFuture::rejected(Response::from_parts(parts, body))
            }
        }
    }
}

impl<S> fmt::Debug for GateService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateService").finish_non_exhaustive()
    }
}
