//! The guarded service.

use std::fmt;
use std::future::Future;
use std::mem::replace;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::gate::InProcess;
use crate::limits::SharedLimits;

use super::decided::Decided;
use super::headers::{add_identity, added, strip};
use super::layer::Settings;
use super::{RequestBody, ResponseBody, ResponseFuture};
use crate::adapter::decided::Outcome;

/// A service behind a gate; made by [`GateLayer`](super::GateLayer).
///
/// Where the gate counts in memory, it decides at once. Where it asks a store, the
/// request waits for that, and the service has to be `Clone`, as it may be called by
/// then for other requests.
pub struct GateService<I, S = InProcess> {
    inner: I,
    settings: Arc<Settings<S>>,
}

impl<I, S> GateService<I, S> {
    pub(super) fn new(inner: I, settings: Arc<Settings<S>>) -> Self {
        Self { inner, settings }
    }
}

impl<I, B, R> Service<Request<B>> for GateService<I>
where
    I: Service<Request<RequestBody<B>>, Response = Response<R>>,
    R: Body,
    R::Data: From<bytes::Bytes>,
{
    type Response = Response<ResponseBody<R>>;
    type Error = I::Error;
    type Future = ResponseFuture<I::Future, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let decided = self.settings.decide(&parts);
        go_on(&mut self.inner, parts, body, decided)
    }
}

impl<I, S, B, R> Service<Request<B>> for GateService<I, S>
where
    I: Service<Request<RequestBody<B>>, Response = Response<R>> + Clone + Send + 'static,
    I::Future: Send,
    S: SharedLimits + 'static,
    B: Send + 'static,
    R: Body + Send,
    R::Data: From<bytes::Bytes>,
{
    type Response = Response<ResponseBody<R>>;
    type Error = I::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, I::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that said it is ready takes the request.
        let later = self.inner.clone();
        let mut inner = replace(&mut self.inner, later);
        let settings = Arc::clone(&self.settings);
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let decided = settings.decide_shared(&parts).await;
            go_on(&mut inner, parts, body, decided).await
        })
    }
}

/// Hands an allowed request on, without what is not to be believed and with what
/// was proven.
fn go_on<I, B, R>(
    inner: &mut I,
    mut parts: Parts,
    body: B,
    decided: Decided,
) -> ResponseFuture<I::Future, R>
where
    I: Service<Request<RequestBody<B>>, Response = Response<R>>,
{
    let Decided {
        outcome,
        mut record,
    } = decided;
    match outcome {
        Outcome::GoOn(granted) => {
            strip(&mut parts.headers, granted.in_force().policy());
            add_identity(&mut parts.headers, &granted);
            parts.extensions.insert(granted.clone());
            let added = added(&granted);
            let request = Request::from_parts(parts, RequestBody::new(body, granted));
            ResponseFuture::inner(inner.call(request), record, added)
        }
        Outcome::Reject(reason, response) => {
            let (mut parts, body) = response.into_parts();
            parts.extensions.insert(reason);
            if let Some(record) = &mut record {
                record.respond(parts.status.as_u16());
            }
            let body = ResponseBody::rejection(body, record);
            ResponseFuture::rejected(Response::from_parts(parts, body))
        }
    }
}

impl<I: Clone, S> Clone for GateService<I, S> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            settings: Arc::clone(&self.settings),
        }
    }
}

impl<I, S> fmt::Debug for GateService<I, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateService").finish_non_exhaustive()
    }
}
