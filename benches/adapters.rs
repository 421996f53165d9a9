//! What the adapters cost: a request through the tower layer and through the actix
//! middleware, against the same decision by the gate alone.
//!
//! `cargo bench --all-features --bench adapters` prints a table. Machines are shared
//! and noisy, so that a time means little; the figures are the minimum of the laps,
//! and the median of the ratios lap by lap. Each lap runs every case over the same
//! requests, which are made before the time is taken.
//!
//! - **gate**: a warm decision, and the `Granted` that a handler gets.
//! - **bare**: the service alone, which answers 200 at once, in each framework.
//! - **guarded**: the same service behind the gate. What it takes more than the bare
//!   one, over what the gate takes, is the ratio: the rest is what the adapter does,
//!   which is to strip headers and to hand on the grant.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a bench takes the time and prints"
)]

#[path = "../tests/gate_support/mod.rs"]
mod support;

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use actix_web::dev::{Service as _, ServiceRequest, ServiceResponse, Transform as _, fn_service};
use actix_web::test::TestRequest;
use actix_web::{Error, HttpResponse};
use certgate::adapter::actix::GateMiddleware;
use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::decide::Decision;
use certgate::gate::Gate;
use certgate::request::Request;
use http_body_util::Empty;
use support::{POLICY, at, nginx, peer, policy};
use tower::{Layer as _, Service as _, service_fn};

const LAPS: usize = 400;
const WARM_UP: usize = 40;
/// Of one lap.
const REQUESTS: usize = 100;

type Body = Empty<bytes::Bytes>;

fn main() {
    let text = POLICY.replace("requests = 3", "requests = 4000000000");
    let gate = Arc::new(Gate::new(policy(&text)).unwrap());
    let lines = lines();
    let layer = GateLayer::new(
        Arc::clone(&gate),
        PeerSource::extension(),
        TargetSource::request_uri(),
    )
    .with_clock(|| at(0));
    let mut tower_bare = service_fn(tower_service::<Body>);
    let mut tower_guarded = layer.layer(service_fn(tower_service));
    let middleware = GateMiddleware::new(Arc::clone(&gate)).with_clock(|| at(0));
    let actix_bare = fn_service(actix_service);
    let actix_guarded = now(middleware.new_transform(fn_service(actix_service))).unwrap();

    let mut laps: [Vec<f64>; 5] = Default::default();
    for lap in 0..WARM_UP + LAPS {
        let taken = [
            timed(|| &lines, |lines| by_gate(&gate, lines)),
            timed(
                || tower_request(&lines),
                |request| {
                    black_box(now(tower_bare.call(request))).unwrap();
                },
            ),
            timed(
                || tower_request(&lines),
                |request| {
                    let response = now(tower_guarded.call(request)).unwrap();
                    assert_eq!(black_box(response).status(), 200);
                },
            ),
            timed(
                || actix_request(&lines),
                |request| {
                    black_box(now(actix_bare.call(request))).unwrap();
                },
            ),
            timed(
                || actix_request(&lines),
                |request| {
                    let response = now(actix_guarded.call(request)).unwrap();
                    assert_eq!(black_box(response).status(), 200);
                },
            ),
        ];
        if lap >= WARM_UP {
            for (laps, taken) in laps.iter_mut().zip(taken) {
                laps.push(taken);
            }
        }
    }
    print(&laps);
}

/// The nanoseconds that each of some requests takes, which are made before.
fn timed<R>(make: impl Fn() -> R, mut take: impl FnMut(R)) -> f64 {
    let requests: Vec<R> = (0..REQUESTS).map(|_| make()).collect();
    let started = Instant::now();
    for request in requests {
        take(request);
    }
    started.elapsed().as_nanos() as f64 / REQUESTS as f64
}

fn lines() -> Vec<(String, String)> {
    [
        ("host", "api.example.com"),
        ("user-agent", "curl/8.5.0"),
        ("accept", "application/json"),
        ("accept-encoding", "gzip, br"),
        ("content-type", "application/json"),
        (
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-request-id", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"),
        ("x-ssl-client-cert", nginx("acme").as_str()),
        ("x-ssl-client-verify", "SUCCESS"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn by_gate(gate: &Gate, lines: &Vec<(String, String)>) {
    let request = Request {
        peer: peer("10.0.0.7"),
        method: "GET",
        target: "/payments/7",
        headers: lines,
        token: None,
        now: at(0),
    };
    let granted = gate.decide(&request, |concluded| match concluded.decision {
        Decision::Allow(allow) => concluded.granted(allow),
        Decision::Deny(deny) => panic!("{}", deny.reason()),
    });
    black_box(granted);
}

fn tower_request(lines: &[(String, String)]) -> http::Request<Body> {
    let request = http::Request::get("/payments/7").extension(peer("10.0.0.7"));
    let add = |request: http::request::Builder, (name, value): &(String, String)| {
        request.header(name, value)
    };
    lines.iter().fold(request, add).body(Body::new()).unwrap()
}

fn actix_request(lines: &[(String, String)]) -> ServiceRequest {
    let request = TestRequest::with_uri("/payments/7").peer_addr("10.0.0.7:1".parse().unwrap());
    let add = |request: TestRequest, (name, value): &(String, String)| {
        request.append_header((name.as_str(), value.as_str()))
    };
    lines.iter().fold(request, add).to_srv_request()
}

fn tower_service<B>(request: http::Request<B>) -> Ready<Result<http::Response<Body>, Infallible>> {
    drop(black_box(request));
    ready(Ok(http::Response::new(Body::new())))
}

fn actix_service(request: ServiceRequest) -> Ready<Result<ServiceResponse, Error>> {
    ready(Ok(request.into_response(HttpResponse::Ok().finish())))
}

/// The output of a future that is ready at once.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

fn print(laps: &[Vec<f64>; 5]) {
    let [gate, tower_bare, tower, actix_bare, actix] = laps;
    println!(
        "{:<18}{:>9}{:>9}   {:>14}",
        "", "min", "median", "times the gate"
    );
    for (name, own, bare) in [
        ("gate", gate, None),
        ("tower, bare", tower_bare, None),
        ("tower, guarded", tower, Some(tower_bare)),
        ("actix, bare", actix_bare, None),
        ("actix, guarded", actix, Some(actix_bare)),
    ] {
        print!("{name:<18}{:>9.0}{:>9.0}", minimum(own), median(own));
        if let Some(bare) = bare {
            let added = own.iter().zip(bare).map(|(own, bare)| own - bare);
            let ratios: Vec<f64> = added.zip(gate).map(|(added, gate)| added / gate).collect();
            print!("   {:>14.2}", median(&ratios));
        }
        println!();
    }
}

fn minimum(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
