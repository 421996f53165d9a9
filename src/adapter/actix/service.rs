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

use super::ResponseBody;
use super::decided::Decided;
use super::headers::{add_identity, add_to_response, strip};
use super::middleware::Settings;

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

type Answered<B> = Pin<Box<dyn Future<Output = Result<ServiceResponse<ResponseBody<B>>, Error>>>>;

impl<I, B> Service<ServiceRequest> for GateService<I>
where
    I: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<ResponseBody<B>>;
    type Error = Error;
    type Future = Answered<B>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Answered<B> {
        let decided = self.settings.decide(request.request());
        let inner = Rc::clone(&self.inner);
        Box::pin(async move { go_on(&*inner, request, decided).await })
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
    type Future = Answered<B>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Answered<B> {
        let (inner, settings) = (Rc::clone(&self.inner), Arc::clone(&self.settings));
        Box::pin(async move {
            let decided = settings.decide_shared(request.request()).await;
            go_on(&*inner, request, decided).await
        })
    }
}

/// Hands an allowed request on, without what is not to be believed and with what
/// was proven.
async fn go_on<I, B>(
    inner: &I,
    mut request: ServiceRequest,
    decided: Decided,
) -> Result<ServiceResponse<ResponseBody<B>>, Error>
where
    I: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let Decided {
        outcome,
        mut record,
    } = decided;
    let granted = match outcome {
        Outcome::GoOn(granted) => granted,
        Outcome::Reject(reason, mut response) => {
            response.extensions_mut().insert(reason);
            if let Some(record) = &mut record {
                record.respond(response.status().as_u16());
            }
            let response = response.map_body(|_, body| ResponseBody::rejection(body, record));
            return Ok(request.into_response(response));
        }
    };
    strip(request.headers_mut(), granted.in_force().policy());
    add_identity(request.headers_mut(), &granted);
    request.extensions_mut().insert(granted.clone());
    let answered = inner.call(request).await;
    if let Some(record) = &mut record {
        // An error of a middleware between; the server answers with its status.
        record.respond(match &answered {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.as_response_error().status_code().as_u16(),
        });
    }
    let mut response = answered?;
    add_to_response(response.headers_mut(), &granted);
    Ok(response.map_body(|_, body| ResponseBody::application(body, record)))
}

impl<I, S> fmt::Debug for GateService<I, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateService").finish_non_exhaustive()
    }
}
