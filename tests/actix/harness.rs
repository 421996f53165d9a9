//! A guarded service, what it got to see, and what its caller got.

use std::sync::{Arc, Mutex};

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Bytes};
use actix_web::{App, Error, HttpMessage as _, HttpRequest, HttpResponse};
use certgate::adapter::actix::GateMiddleware;
use certgate::decide::Reason;
use certgate::evidence::AuditRecord;
use certgate::gate::{Gate, Granted};
use certgate::policy::Policy;

use crate::support::{at, nginx};

/// The middleware with a gate of this policy, at the start of 2027.
pub(crate) fn guard(policy: Policy) -> GateMiddleware {
    GateMiddleware::new(Arc::new(Gate::new(policy).unwrap())).with_clock(|| at(0))
}

/// A request of the client acme, as nginx forwards it.
pub(crate) fn acme(method: &str, path: &str) -> TestRequest {
    forwarded(method, path)
        .append_header(("X-SSL-Client-Cert", nginx("acme")))
        .append_header(("X-SSL-Client-Verify", "SUCCESS"))
}

/// A request from nginx without a certificate.
pub(crate) fn forwarded(method: &str, path: &str) -> TestRequest {
    TestRequest::with_uri(path)
        .method(method.parse().unwrap())
        .peer_addr("10.0.0.7:40000".parse().unwrap())
        .append_header(("X-Forwarded-For", "203.0.113.9"))
}

/// What the caller gets, and what the service behind the gate saw.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) reason: Option<Reason>,
    pub(crate) seen: Option<Seen>,
}

/// A request that was handed on.
pub(crate) struct Seen {
    pub(crate) headers: HeaderMap,
    pub(crate) granted: Granted,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Answers 200, and leaves what it saw in the response.
pub(crate) async fn seen(request: HttpRequest, body: Bytes) -> HttpResponse {
    let mut response = HttpResponse::Ok().body("hello");
    response.extensions_mut().insert(Seen {
        headers: request.headers().clone(),
        granted: request.extensions().get().cloned().unwrap(),
        body,
    });
    response
}

/// Sends a request to a service behind the middleware that answers 200.
pub(crate) async fn call(guard: &GateMiddleware, request: TestRequest) -> Answer {
    let app = App::new()
        .wrap(guard.clone())
        .default_service(web::to(seen));
    answer(&init_service(app).await, request.to_request()).await
}

pub(crate) async fn answer<S, B>(app: &S, request: Request) -> Answer
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let mut response = app.call(request).await.unwrap();
    let seen = response.response_mut().extensions_mut().remove();
    let reason = response.response().extensions().get().copied();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = actix_web::body::to_bytes(response.into_body()).await;
    let Ok(body) = body else {
        panic!("the body failed");
    };
    Answer {
        status,
        headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
        reason,
        seen,
    }
}

/// A place for audit records.
#[derive(Clone, Default)]
pub(crate) struct Records(Arc<Mutex<Vec<AuditRecord>>>);

impl Records {
    /// The middleware, with its records going here.
    pub(crate) fn of<S>(&self, guard: GateMiddleware<S>) -> GateMiddleware<S> {
        let records = Arc::clone(&self.0);
        guard.on_record(move |record| records.lock().unwrap().push(record))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// The only record since it was asked last.
    pub(crate) fn only(&self) -> AuditRecord {
        let mut records = self.0.lock().unwrap();
        assert_eq!(records.len(), 1);
        records.remove(0)
    }
}
