//! The header that tells a caller that its certificate ends soon.

use bytes::Bytes;
use certgate::adapter::tower::GateLayer;
use certgate::request::{Now, Timestamp};
use http::{Response, StatusCode};
use http_body_util::Full;
use std::convert::Infallible;
use std::time::Duration;
use tower::{Layer, ServiceExt, service_fn};

use crate::harness::{Records, acme, call, empty, forwarded, layer};
use crate::support::policy_with;

/// 2036-11-18T21:51:13Z, the last second of acme's certificate.
const END: i64 = 2_110_657_873;

/// A layer at so many days before that.
fn days_before(days: i64) -> GateLayer {
    let policy = policy_with(
        "[[exemptions]]",
        "[expiry]\nwarn_days = [30]\nheader = \"X-Days-Left\"\n[[exemptions]]",
    );
    layer(policy).with_clock(move || Now {
        wall: Timestamp::from_unix_seconds(END - days * 86_400),
        monotonic: Duration::ZERO,
    })
}

#[tokio::test]
async fn every_allowed_response_has_the_days_that_are_left() {
    let records = Records::default();
    let soon = records.of(days_before(12));
    for told in [Some(12), None] {
        let answer = call(&soon, empty(acme("GET", "/payments"))).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-days-left"), Some("12"));
        // The application sees nothing of it.
        assert!(
            !answer
                .seen
                .unwrap()
                .head
                .headers
                .contains_key("x-days-left")
        );
        assert_eq!(records.only().certificate_expires_in_days, told);
    }
    let later = call(&days_before(31), empty(acme("GET", "/payments"))).await;
    assert_eq!(
        (later.status, later.header("x-days-left")),
        (StatusCode::OK, None)
    );
}

#[tokio::test]
async fn a_denial_and_an_exempt_request_are_told_nothing() {
    for (request, status) in [
        (acme("GET", "/admin"), 403),
        (acme("GET", "/healthz"), 200),
        (forwarded("GET", "/payments"), 401),
    ] {
        let answer = call(&days_before(12), empty(request)).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("x-days-left"), None, "{status}");
    }
}

#[tokio::test]
async fn it_stands_in_place_of_the_application_s_own() {
    let service = service_fn(|_| async {
        let mut response = Response::new(Full::new(Bytes::new()));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        for value in ["900", "901"] {
            let value = http::HeaderValue::from_static(value);
            response.headers_mut().append("X-Days-Left", value);
        }
        Ok::<_, Infallible>(response)
    });
    let response = days_before(12)
        .layer(service)
        .oneshot(empty(acme("GET", "/payments")))
        .await
        .unwrap();
    let values: Vec<&[u8]> = response
        .headers()
        .get_all("x-days-left")
        .iter()
        .map(http::HeaderValue::as_bytes)
        .collect();
    assert_eq!(
        (response.status(), values),
        (StatusCode::BAD_GATEWAY, vec![b"12".as_slice()])
    );
}
