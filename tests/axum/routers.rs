//! Gates in routers that are nested, merged and stacked.

use axum::Router;
use axum::routing::get;
use certgate::adapter::axum::Identity;
use certgate::adapter::tower::TargetSource;
use http::Uri;

use crate::harness::{NOBODY, Served, acme, changed, gate, gate_at};

async fn told(uri: Uri, Identity(caller): Identity) -> String {
    format!("{} at {}", caller.client().unwrap_or("unnamed"), uri.path())
}

/// `/admin` is a collection that acme may not use, and what a nested router leaves
/// of the second path is one that acme may.
#[tokio::test]
async fn a_nested_router_is_judged_by_the_whole_path() {
    let nested = |target: TargetSource| {
        let routes = Router::new()
            .route("/payments/keys", get(told))
            .route("/{*rest}", get(told))
            .layer(gate_at(&changed(&[]), target));
        let inner = Router::new().nest("/v1", routes.clone());
        Router::new()
            .nest("/admin", routes)
            .nest("/payments", inner)
    };
    let served = Served::start(nested(TargetSource::original_uri())).await;
    let answer = served.get("/payments/v1/charges?x=/admin", &acme()).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (200, "pisp-partner-acme at /charges")
    );
    for path in ["/admin/payments/keys", "/admin/payments/keys?x=/payments"] {
        let answer = served.get(path, &acme()).await;
        assert_eq!(
            (answer.status, &*answer.reason()),
            (403, "collection_not_allowed")
        );
    }
    // What the source is for.
    let served = Served::start(nested(TargetSource::request_uri())).await;
    let answer = served.get("/admin/payments/keys", &acme()).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (200, "pisp-partner-acme at /payments/keys")
    );
}

#[tokio::test]
async fn without_a_router_there_is_no_original_uri_and_nobody_gets_in() {
    use axum::body::Body;
    use axum::extract::ConnectInfo;
    use std::net::SocketAddr;
    use tower::{Layer, ServiceExt};

    let routes = Router::new().route("/payments", get(told));
    let ask = async |target| {
        let service = gate_at(&changed(&[]), target).layer(routes.clone());
        let address: SocketAddr = "10.0.0.7:40000".parse().unwrap();
        let mut request = http::Request::get("/payments").extension(ConnectInfo(address));
        for (name, value) in acme() {
            request = request.header(name, value);
        }
        let request = request.body(Body::empty()).unwrap();
        service.oneshot(request).await.unwrap().status().as_u16()
    };
    assert_eq!(ask(TargetSource::request_uri()).await, 200);
    assert_eq!(ask(TargetSource::original_uri()).await, 400);
}

/// Another client list, where acme is unknown.
fn for_others() -> String {
    changed(&[("id = \"pisp-partner-acme\"", "id = \"another\"")])
}

#[tokio::test]
async fn merged_routers_keep_their_own_gates() {
    let first = Router::new()
        .route("/payments", get(told))
        .layer(gate(&changed(&[])));
    let second = Router::new()
        .route("/payments/others", get(told))
        .layer(gate(&for_others()));
    let open = Router::new().route("/payments/open", get(|| async { "open" }));
    let served = Served::start(first.merge(second).merge(open)).await;
    assert_eq!(served.get("/payments", &acme()).await.status, 200);
    let answer = served.get("/payments/others", &acme()).await;
    assert_eq!(
        (answer.status, &*answer.reason()),
        (403, "client_profile_mismatch")
    );
    assert_eq!(served.get("/payments/open", NOBODY).await.body, "open");
    // What was merged in from outside is not guarded by either.
    assert_eq!(served.get("/payments", NOBODY).await.status, 401);
    assert_eq!(served.get("/payments/others", NOBODY).await.status, 401);
}

/// The outer gate strips what the inner one would have to read: two gates for one
/// route let nobody in, rather than the wrong one.
#[tokio::test]
async fn of_two_gates_the_inner_one_sees_no_certificate() {
    let once = Router::new()
        .route("/payments", get(told))
        .layer(gate(&changed(&[])));
    let twice = once.clone().layer(gate(&changed(&[])));
    let served = Served::start(once).await;
    assert_eq!(served.get("/payments", &acme()).await.status, 200);
    let served = Served::start(twice).await;
    let answer = served.get("/payments", &acme()).await;
    assert_eq!(
        (answer.status, &*answer.reason()),
        (401, "certificate_missing")
    );
}

/// The grant that counts is that of the gate next to the handler.
#[tokio::test]
async fn an_inner_exemption_hides_what_the_outer_gate_proved() {
    let exempt = changed(&[("path = \"/healthz\"", "path = \"/payments\"")]);
    let routes = Router::new().route("/payments", get(told));
    let served = Served::start(
        routes
            .clone()
            .layer(gate(&exempt))
            .layer(gate(&changed(&[]))),
    )
    .await;
    let answer = served.get("/payments", &acme()).await;
    assert_eq!(
        (answer.status, &*answer.reason()),
        (401, "identity_missing")
    );
    let served = Served::start(routes.layer(gate(&changed(&[])))).await;
    assert_eq!(served.get("/payments", &acme()).await.status, 200);
}
