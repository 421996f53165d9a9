//! Over a gate that counts in a store which has to be waited for.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};

use actix_http::Request;
use actix_web::dev::Service as _;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, web};
use certgate::adapter::actix::{GateMiddleware, Identity};
use certgate::gate::Gate;
use certgate::limits::Counted;

use crate::harness::{Records, acme, answer};
use crate::store::{Elsewhere, Once};
use crate::support::{POLICY, at, policy};

fn shared() -> (GateMiddleware<Elsewhere>, Elsewhere, Records) {
    let policy = policy(POLICY);
    let store = Elsewhere::of(&policy);
    let gate = Gate::new(policy).unwrap().sharing(store.clone()).unwrap();
    let records = Records::default();
    let guard = GateMiddleware::new(Arc::new(gate)).with_clock(|| at(0));
    (records.of(guard), store, records)
}

fn request() -> Request {
    acme("GET", "/payments").to_request()
}

async fn caller(Identity(caller): Identity, calls: web::Data<Cell<usize>>) -> String {
    Once::default().await;
    calls.set(calls.get() + 1);
    caller.client().unwrap_or("nobody").to_owned()
}

#[actix_web::test]
async fn requests_wait_for_the_store_and_then_go_on_or_do_not() {
    let (guard, store, records) = shared();
    let calls = web::Data::new(Cell::new(0_usize));
    let app = App::new()
        .app_data(calls.clone())
        .wrap(guard)
        .default_service(web::to(caller));
    let app = init_service(app).await;
    for status in [200, 200, 200, 429] {
        let answer = answer(&app, request()).await;
        assert_eq!(answer.status, status);
        match status {
            200 => assert_eq!(answer.body, "pisp-partner-acme"),
            _ => assert_eq!(answer.header("retry-after"), Some("60")),
        }
        let record = records.only();
        assert_eq!(record.status, Some(status));
        assert_eq!(record.limits_counted, Some(Counted::Store));
    }
    store.goes_away();
    let answer = answer(&app, request()).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["reason"], "limits_unavailable");
    assert_eq!(records.only().limits_counted, Some(Counted::Nowhere));
    assert_eq!((store.asked(), calls.get()), (5, 3));
}

#[actix_web::test]
async fn requests_overtake_each_other_and_a_caller_that_goes_away_reaches_nothing() {
    let (guard, store, records) = shared();
    let calls = web::Data::new(Cell::new(0_usize));
    let app = App::new()
        .app_data(calls.clone())
        .wrap(guard)
        .default_service(web::to(caller));
    let app = Rc::new(init_service(app).await);
    {
        let first = app.call(request());
        let mut gone = pin!(app.call(request()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(gone.as_mut().poll(&mut context).is_pending());
        let second = app.call(request());
        assert_eq!(calls.get(), 0);
        assert_eq!(second.await.unwrap().status(), 200);
        assert_eq!(first.await.unwrap().status(), 200);
    }
    assert_eq!((store.asked(), calls.get(), records.len()), (3, 2, 2));
}

#[actix_web::test]
async fn who_owes_nothing_does_not_wait() {
    let (guard, store, _) = shared();
    store.goes_away();
    let app = App::new()
        .wrap(guard)
        .default_service(web::to(|| async { "up" }));
    let app = init_service(app).await;
    let health = TestRequest::with_uri("/healthz").to_request();
    assert_eq!(answer(&app, health).await.body, "up");
    assert_eq!(store.asked(), 0);
}
