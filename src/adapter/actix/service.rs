//! The guarded service.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpMessage as _};

use crate::adapter::decided::Outcome;
use crate::gate::InProcess;
use crate::limits::SharedLimits;

use super::decided::Decided;
use super::headers::{add_identity, strip};
use super::middleware::Settings;
use super::{ResponseBody, ResponseFuture};

/// A service behind a gate; made by [`GateMiddleware`](super::GateMiddleware).
///
/// Where the gate counts in memory, it decides at once. Where it asks a store, the
/// request waits for that, and the worker serves others meanwhile.
pub struct GateService<I, S = InProcess> {
    inner: Rc<I>,
    settings: Arc<Settings<S>>,
}

impl<I, S> GateService<I, S> {
    pub(super) fn new(inner: Rc<I>, settings: Arc<Settings<S>>) -> Self {
        Self { inner, settings }
    }
}

impl<I, B> Service<ServiceRequest> for GateService<I>
where
    I: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<ResponseBody<B>>;
    type Error = Error;
    type Future = ResponseFuture<I::Future, B>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let decided = self.settings.decide(request.request());
        go_on(&*self.inner, request, decided)
    }
}

impl<I, S, B> Service<ServiceRequest> for GateService<I, S>
where
    I: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S: SharedLimits + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<ResponseBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (inner, settings) = (Rc::clone(&self.inner), Arc::clone(&self.settings));
        Box::pin(async move {
            let decided = settings.decide_shared(request.request()).await;
            go_on(&*inner, request, decided).await
        })
    }
}

/// Hands an allowed request on, without what is not to be believed and with what
/// was proven.
fn go_on<I, B>(
    inner: &I,
    mut request: ServiceRequest,
    decided: Decided,
) -> ResponseFuture<I::Future, B>
where
    I: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    let Decided {
        outcome,
        mut record,
    } = decided;
    match outcome {
        Outcome::GoOn(granted) => {
            strip(request.headers_mut(), granted.in_force().policy());
            add_identity(request.headers_mut(), &granted);
            request.extensions_mut().insert(granted.clone());
            ResponseFuture::application(inner.call(request), record, granted)
        }
        Outcome::Reject(reason, mut response) => {
            response.extensions_mut().insert(reason);
            if let Some(record) = &mut record {
                record.respond(response.status().as_u16());
            }
            let response = response.map_body(|_, body| ResponseBody::rejection(body, record));
            ResponseFuture::rejected(request.into_response(response))
        }
    }
}

impl<I, S> fmt::Debug for GateService<I, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateService").finish_non_exhaustive()
    }
}
