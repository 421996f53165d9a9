//! The headers that tell a client how its limits stand.

use std::convert::Infallible;

use bytes::Bytes;
use certgate::adapter::tower::GateLayer;
use http::{HeaderValue, Response};
use http_body_util::Full;
use tower::{Layer, ServiceExt, service_fn};

use crate::harness::{Answer, acme, call, empty, forwarded, layer};
use crate::support::policy_with;

const NAMES: [&str; 5] = [
    "ratelimit-policy",
    "ratelimit",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
];

/// A layer that tells acme's three requests a minute in both ways.
fn telling() -> GateLayer {
    layer(policy_with(
        "[[exemptions]]",
        "[limiting]\nheaders = [\"ratelimit\", \"x-ratelimit\"]\n[[exemptions]]",
    ))
}

fn told(answer: &Answer) -> [Option<&str>; 5] {
    NAMES.map(|name| answer.header(name))
}

/// How the minute stands with so many left.
fn left(standing: &'static str, remaining: &'static str) -> [Option<&'static str>; 5] {
    let policy = "\"three-a-minute-rate\";q=3;w=60";
    [policy, standing, "3", remaining, "60"].map(Some)
}

#[tokio::test]
async fn an_answer_and_a_refusal_tell_what_is_left() {
    let layer = telling();
    for (standing, remaining) in [
        ("\"three-a-minute-rate\";r=2;t=60", "2"),
        ("\"three-a-minute-rate\";r=1;t=60", "1"),
        ("\"three-a-minute-rate\";r=0;t=60", "0"),
    ] {
        let answer = call(&layer, empty(acme("GET", "/payments"))).await;
        assert_eq!(answer.status, 200);
        assert_eq!(told(&answer), left(standing, remaining));
        assert_eq!(answer.header("retry-after"), None);
        // The application sees nothing of it.
        let seen = answer.seen.unwrap().head.headers;
        assert!(NAMES.iter().all(|name| !seen.contains_key(*name)));
    }
    let full = left("\"three-a-minute-rate\";r=0;t=60", "0");
    let answer = call(&layer, empty(acme("GET", "/payments"))).await;
    assert_eq!(answer.status, 429);
    assert_eq!(told(&answer), full);
    assert_eq!(answer.header("retry-after"), Some("60"));
    let grpc = acme("POST", "/payments").header("Content-Type", "application/grpc");
    let answer = call(&layer, empty(grpc)).await;
    assert_eq!(answer.header("grpc-status"), Some("8"));
    assert_eq!(told(&answer), full);
    assert_eq!(answer.header("retry-after"), Some("60"));
}

#[tokio::test]
async fn nobody_else_is_told_anything() {
    let layer = telling();
    for (request, status) in [
        (acme("GET", "/healthz"), 200),
        (acme("GET", "/payments/../x"), 400),
        (forwarded("GET", "/payments"), 401),
        (acme("GET", "/admin"), 403),
        (acme("GET", "/nowhere"), 403),
        (acme("DELETE", "/payments"), 405),
    ] {
        let answer = call(&layer, empty(request)).await;
        assert_eq!(answer.status, status);
        assert_eq!(told(&answer), [None; 5], "{status}");
    }
}

#[tokio::test]
async fn they_stand_in_place_of_the_application_s_own() {
    let of_the_application = |layer: GateLayer| async move {
        let service = service_fn(|_| async {
            let mut response = Response::new(Full::new(Bytes::new()));
            for name in NAMES {
                for value in ["900", "901"] {
                    let value = HeaderValue::from_static(value);
                    response.headers_mut().append(name, value);
                }
            }
            Ok::<_, Infallible>(response)
        });
        let request = empty(acme("GET", "/payments"));
        let response = layer.layer(service).oneshot(request).await.unwrap();
        NAMES.map(|name| {
            let values = response.headers().get_all(name).iter();
            let values = values.map(|value| value.to_str().unwrap().to_owned());
            values.collect::<Vec<_>>()
        })
    };
    let told = left("\"three-a-minute-rate\";r=2;t=60", "2");
    let told = told.map(|value| vec![value.unwrap().to_owned()]);
    assert_eq!(of_the_application(telling()).await, told);
    // Where the policy asks for none, the application's stay.
    let silent = layer(policy_with("[[exemptions]]", "\n[[exemptions]]"));
    let own = NAMES.map(|_| vec!["900".to_owned(), "901".to_owned()]);
    assert_eq!(of_the_application(silent).await, own);
}
