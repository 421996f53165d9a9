//! In an axum router, before and after routes and prefixes.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Extension, OriginalUri};
use axum::routing::{any, get};
use axum::{Router, http};
use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::gate::{Gate, Granted};
use certgate::request::Peer;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::support::{POLICY, at, nginx, policy};

/// What a handler sees: the path that the router left, and the client.
async fn hello(uri: http::Uri, Extension(granted): Extension<Granted>) -> String {
    let client = granted
        .identity()
        .and_then(|identity| identity.client())
        .unwrap_or("nobody");
    format!("{client} at {}", uri.path())
}

fn by_connect_info() -> PeerSource {
    PeerSource::from_fn(|head| {
        head.extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(Peer::UNKNOWN, |connect| Peer::address(connect.0.ip()))
    })
}

fn original_path() -> TargetSource {
    TargetSource::from_fn(|head| {
        head.extensions
            .get::<OriginalUri>()
            .map_or(String::new(), |original| original.0.to_string())
    })
}

fn guard(target: TargetSource) -> GateLayer {
    let text = POLICY.replace("limits = \"three-a-minute\"", "");
    let gate = Arc::new(Gate::new(policy(&text)).unwrap());
    GateLayer::new(gate, by_connect_info(), target).with_clock(|| at(0))
}

async fn get_from(router: &Router, peer: &str, path: &str) -> (StatusCode, String) {
    let request = Request::get(path)
        .header("X-Forwarded-For", "203.0.113.9")
        .header("X-SSL-Client-Cert", nginx("acme"))
        .header("X-SSL-Client-Verify", "SUCCESS")
        .extension(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 40_000)))
        .body(Body::empty())
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_layered_router_is_guarded_on_every_path() {
    let router = Router::new()
        .route("/payments/{id}", get(hello))
        .route("/admin", get(hello))
        .layer(guard(TargetSource::request_uri()));
    let (status, body) = get_from(&router, "10.0.0.7", "/payments/7").await;
    assert_eq!(
        (status.as_u16(), &*body),
        (200, "pisp-partner-acme at /payments/7")
    );
    // A dual-stack socket's way of writing the same peer.
    let (status, _) = get_from(&router, "::ffff:10.0.0.7", "/payments/7").await;
    assert_eq!(status, 200);
    for (peer, path, expected) in [
        ("203.0.113.9", "/payments/7", 401),
        ("10.0.0.7", "/admin", 403),
        ("10.0.0.7", "/no/such/route", 403),
        ("203.0.113.9", "/no/such/route", 401),
    ] {
        let (status, _) = get_from(&router, peer, path).await;
        assert_eq!(status, expected, "{peer} {path}");
    }
}

#[tokio::test]
async fn a_route_layer_guards_the_routes_and_nothing_else() {
    let router = Router::new()
        .route("/payments", get(hello))
        .route_layer(guard(TargetSource::request_uri()))
        .route("/open", get(|| async { "open" }));
    assert_eq!(get_from(&router, "10.0.0.7", "/payments").await.0, 200);
    assert_eq!(get_from(&router, "203.0.113.9", "/payments").await.0, 401);
    assert_eq!(get_from(&router, "203.0.113.9", "/open").await.1, "open");
    assert_eq!(get_from(&router, "203.0.113.9", "/nowhere").await.0, 404);
}

/// `/admin` is a collection that acme may not use. Behind `nest`, the request's
/// own URI has lost its beginning.
#[tokio::test]
async fn a_stripped_prefix_does_not_escape_a_rule() {
    let nested = |target| {
        let routes = Router::new()
            .route("/payments/keys", any(hello))
            .route("/{*rest}", any(hello))
            .layer(guard(target));
        Router::new()
            .nest("/admin", routes.clone())
            .nest("/payments", routes)
    };
    let original = nested(original_path());
    let (status, body) = get_from(&original, "10.0.0.7", "/payments/v1/charges").await;
    assert_eq!(
        (status.as_u16(), &*body),
        (200, "pisp-partner-acme at /v1/charges")
    );
    for (path, expected) in [
        ("/admin/payments/keys", 403),
        // No route of axum, which compares before it decodes.
        ("/%61dmin/payments/keys", 404),
        ("/admin/payments/keys?x=/payments", 403),
        ("/admin//payments/keys", 400),
        ("/admin/../payments/keys", 400),
        ("/admin/payments/keys;x", 400),
        ("/admin%2Fpayments/keys", 404),
        ("/admin/payments%2Fkeys", 400),
        ("/admin/%70ayments/keys", 403),
    ] {
        let (status, body) = get_from(&original, "10.0.0.7", path).await;
        assert_eq!(status, expected, "{path}: {body}");
    }
    // What the source is for: the stripped path alone names another collection.
    let stripped = nested(TargetSource::request_uri());
    let (status, _) = get_from(&stripped, "10.0.0.7", "/admin/payments/keys").await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_target_that_is_not_there_denies() {
    let router = Router::new()
        .route("/payments", get(hello))
        .layer(guard(TargetSource::from_fn(|_| String::new())));
    let (status, body) = get_from(&router, "10.0.0.7", "/payments").await;
    assert_eq!(status, 400);
    assert!(body.contains("path_malformed"), "{body}");
}

#[tokio::test]
async fn a_peer_that_nobody_reports_denies() {
    let router = Router::new()
        .route("/payments", get(hello))
        .layer(guard(TargetSource::request_uri()));
    let request = Request::get("/payments")
        .header("X-SSL-Client-Cert", nginx("acme"))
        .header("X-SSL-Client-Verify", "SUCCESS")
        .header("X-Forwarded-For", "203.0.113.9")
        .body(Body::empty())
        .unwrap();
    assert_eq!(router.oneshot(request).await.unwrap().status(), 401);
}
