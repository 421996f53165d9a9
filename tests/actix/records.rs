//! One audit record a request, complete when the response has ended.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::Service as _;
use actix_web::error::ErrorConflict;
use actix_web::test::init_service;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse};
use certgate::adapter::actix::GateMiddleware;
use certgate::decide::Reason;
use certgate::evidence::Outcome;

use crate::harness::{Records, acme, call, forwarded, guard};
use crate::support::{POLICY, at, policy};

/// A middleware whose clock the test moves, and its records.
fn timed() -> (GateMiddleware, Records, Arc<AtomicU64>) {
    let records = Records::default();
    let seconds = Arc::new(AtomicU64::new(100));
    let clock = Arc::clone(&seconds);
    let guard = guard(policy(POLICY)).with_clock(move || at(clock.load(Ordering::SeqCst)));
    (records.of(guard), records, seconds)
}

/// A body of these pieces, one a poll.
struct Pieces(VecDeque<Result<&'static str, &'static str>>);

impl MessageBody for Pieces {
    type Error = &'static str;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, &'static str>>> {
        Poll::Ready(self.0.pop_front().map(|piece| piece.map(Bytes::from)))
    }
}

/// Polls a body to its next piece.
fn next<B: MessageBody>(body: Pin<&mut B>) -> Option<Result<Bytes, B::Error>> {
    let mut context = Context::from_waker(Waker::noop());
    match body.poll_next(&mut context) {
        Poll::Ready(piece) => piece,
        Poll::Pending => panic!("a piece is late"),
    }
}

macro_rules! respond {
    ($guard:expr, $pieces:expr) => {{
        let handler = move || async move {
            let pieces = $pieces.into_iter().collect();
            HttpResponse::Ok().body(Pieces(pieces))
        };
        let app = App::new().wrap($guard).default_service(web::to(handler));
        let request = acme("GET", "/payments").to_request();
        init_service(app).await.call(request).await.unwrap()
    }};
}

#[actix_web::test]
async fn a_record_is_complete_when_the_body_has_ended() {
    let (guard, records, seconds) = timed();
    let response = respond!(guard, [Ok("one"), Ok("two")]);
    assert_eq!(response.response().body().size(), BodySize::Stream);
    let mut body = pin!(response.into_body());
    for expected in ["one", "two"] {
        seconds.fetch_add(2, Ordering::SeqCst);
        let Some(Ok(piece)) = next(body.as_mut()) else {
            panic!("{expected} is missing");
        };
        assert_eq!(piece, expected);
        assert_eq!(records.len(), 0);
    }
    assert!(next(body.as_mut()).is_none());
    let record = records.only();
    assert_eq!(record.outcome, Outcome::Allow);
    assert_eq!(record.status, Some(200));
    assert_eq!(record.latency, Some(4_000));
    assert_eq!(record.client_id.as_deref(), Some("pisp-partner-acme"));
}

#[actix_web::test]
async fn a_body_that_fails_or_is_dropped_ends_the_record() {
    let (guard, records, _) = timed();
    let failing = [Ok("one"), Err("gone"), Ok("two")];
    let response = respond!(guard.clone(), failing);
    let mut body = pin!(response.into_body());
    assert!(next(body.as_mut()).unwrap().is_ok());
    assert_eq!(records.len(), 0);
    assert!(next(body.as_mut()).unwrap().is_err());
    assert_eq!(records.only().status, Some(200));

    let response = respond!(guard, [Ok("one")]);
    assert_eq!(records.len(), 0);
    drop(response);
    assert_eq!(records.only().status, Some(200));
}

#[actix_web::test]
async fn a_denial_is_recorded_with_what_the_wire_hides() {
    let (guard, records, _) = timed();
    call(&guard, acme("GET", "/nowhere?secret=1")).await;
    let record = records.only();
    assert_eq!(record.reason, Some(Reason::CollectionUnknown));
    assert_eq!((record.status, &*record.path), (Some(403), "/nowhere"));
    call(&guard, forwarded("GET", "/payments")).await;
    assert_eq!(records.only().status, Some(401));
}

#[actix_web::test]
async fn errors_of_handlers_and_of_middleware_between_have_their_status() {
    let (guard, records, _) = timed();
    let handler = || async { Err::<HttpResponse, _>(ErrorConflict("no")) };
    let app = App::new()
        .wrap(guard.clone())
        .default_service(web::to(handler));
    let app = init_service(app).await;
    let response = app.call(acme("GET", "/payments").to_request()).await;
    assert_eq!(response.unwrap().status(), 409);
    assert_eq!(records.only().status, Some(409));

    let app = App::new()
        .wrap_fn(|_, _| async { Err::<actix_web::dev::ServiceResponse, _>(ErrorConflict("no")) })
        .wrap(guard);
    let app = init_service(app).await;
    let error = app.call(acme("GET", "/payments").to_request()).await;
    let error = error.map(|_| ()).unwrap_err();
    assert_eq!(error.as_response_error().status_code(), 409);
    let record = records.only();
    assert_eq!((record.status, record.outcome), (Some(409), Outcome::Allow));
}

#[actix_web::test]
async fn a_caller_that_goes_away_and_a_handler_that_panics_leave_a_record() {
    let (guard, records, seconds) = timed();
    let app = App::new()
        .wrap(guard.clone())
        .default_service(web::to(pending::<HttpResponse>));
    let app = init_service(app).await;
    {
        let mut call = pin!(app.call(acme("GET", "/payments").to_request()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
        seconds.fetch_add(7, Ordering::SeqCst);
        assert_eq!(records.len(), 0);
    }
    let record = records.only();
    assert_eq!((record.status, record.latency), (None, Some(7_000)));
    assert_eq!(record.outcome, Outcome::Allow);

    async fn breaks() -> Result<HttpResponse, Infallible> {
        panic!("a handler that breaks")
    }
    let app = App::new().wrap(guard).default_service(web::to(breaks));
    let app = init_service(app).await;
    {
        let mut call = pin!(app.call(acme("GET", "/payments").to_request()));
        let mut context = Context::from_waker(Waker::noop());
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| {
            call.as_mut().poll(&mut context).is_ready()
        }));
        assert!(polled.is_err());
    }
    assert_eq!(records.only().status, None);
}

#[actix_web::test]
async fn a_record_says_how_long_the_decision_took() {
    let (guard, records, _) = timed();
    call(&guard, acme("GET", "/payments")).await;
    assert_eq!(records.only().measures.decision_time, Some(Duration::ZERO));
}

/// Whoever took them is gone.
#[cfg(feature = "sinks")]
#[actix_web::test]
async fn a_request_is_answered_while_nobody_takes_its_record() {
    use certgate::adapter::sink::{Channel, WhenFull};

    let (sink, receiver) = Channel::new(WhenFull::Grow);
    let sink = Arc::new(sink);
    drop(receiver);
    let guard = guard(policy(POLICY)).with_sink(Arc::clone(&sink));
    assert_eq!(call(&guard, acme("GET", "/payments")).await.status, 200);
    assert_eq!(
        call(&guard, forwarded("GET", "/payments")).await.status,
        401
    );
    assert_eq!((sink.queued(), sink.dropped()), (0, 2));
}
