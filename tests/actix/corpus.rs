//! The corpus over HTTP messages, through the middleware: the expectations that hold
//! of the tower layer hold here, to the last header.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_http::Request;
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, HttpMessage as _, web};
use certgate::adapter::actix::{GateMiddleware, PeerSource};
use certgate::decide::Reason;
use certgate::gate::{Gate, Granted};
use certgate::request::{Connection, Now, Timestamp};

use crate::cases::answered::{Answered, fault};
use crate::cases::corpus::{Case, Corpus};
use crate::cases::policies;
use crate::harness::{Answer, answer, seen};

/// The middleware for one case, with counters that start empty, and its clock: the
/// seconds that have passed since the first request.
fn guard(case: &Case) -> (GateMiddleware, Arc<AtomicU64>) {
    let elapsed = Arc::new(AtomicU64::new(0));
    let (clock, start) = (
        Arc::clone(&elapsed),
        case.request.request(Duration::ZERO).now,
    );
    let gate = Gate::new(policies::load(&case.policy)).unwrap();
    let connection: &'static Connection = Box::leak(Box::new(case.request.connection.clone()));
    let guard = GateMiddleware::new(Arc::new(gate))
        .with_peer(PeerSource::from_fn(|_| connection.peer()))
        .with_clock(move || {
            let seconds = clock.load(Ordering::Relaxed);
            Now {
                wall: Timestamp::from_unix_seconds(
                    start.wall.unix_seconds() + i64::try_from(seconds).unwrap(),
                ),
                monotonic: start.monotonic + Duration::from_secs(seconds),
            }
        });
    (guard, elapsed)
}

fn message(case: &Case) -> Request {
    let is_authority = |(name, _): &&(String, String)| name == ":authority";
    let authority = case.request.headers.iter().find(is_authority);
    let target = &case.request.target;
    let mut request = TestRequest::default()
        .method(Method::from_bytes(case.request.method.as_bytes()).unwrap())
        .uri(&match authority {
            Some((_, authority)) => format!("https://{authority}{target}"),
            None => target.clone(),
        });
    for (name, value) in case
        .request
        .headers
        .iter()
        .filter(|line| !is_authority(line))
    {
        request = request.append_header((
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        ));
    }
    let request = request.to_request();
    if let Some(token) = &case.request.token {
        request.extensions_mut().insert(token.clone());
    }
    request
}

impl Answered for Answer {
    fn status(&self) -> u16 {
        self.status
    }

    fn reason(&self) -> Option<Reason> {
        self.reason
    }

    fn header(&self, name: &str) -> Option<&str> {
        Answer::header(self, name)
    }

    fn json(&self) -> serde_json::Value {
        Answer::json(self)
    }

    fn granted(&self) -> Option<&Granted> {
        self.seen.as_ref().map(|seen| &seen.granted)
    }
}

#[actix_web::test]
async fn every_case_that_can_be_a_message_is_answered_as_the_corpus_says() {
    let corpus = Corpus::load();
    let (mut sent, mut wrong) = (0, Vec::new());
    for case in corpus.cases.iter().filter(|case| case.not_http.is_none()) {
        let (guard, elapsed) = guard(case);
        let app = App::new().wrap(guard).default_service(web::to(seen));
        let app = init_service(app).await;
        if let Some(before) = case.before {
            for _ in 0..before.requests {
                let answer = answer(&app, message(case)).await;
                assert_eq!(answer.status, 200, "{}", case.name);
            }
            elapsed.store(before.seconds, Ordering::Relaxed);
        }
        let answer = answer(&app, message(case)).await;
        if let Some(fault) = fault(case, &answer) {
            wrong.push(format!("{}: {fault}", case.name));
        }
        sent += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(sent > 500, "{sent}");
}
