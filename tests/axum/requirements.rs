//! What single routes demand.

use axum::Router;
use axum::routing::get;
use certgate::adapter::tower::{RequireBinding, RequireCollection};
use certgate::gate::Granted;

use crate::harness::{NOBODY, Served, Version, acme, bound, changed, gate, unbound};

async fn collection(granted: Granted) -> String {
    format!("{:?} {:?}", granted.collection(), granted.sender_binding())
}

/// acme may use the collections `payments` and `admin`.
fn both_collections() -> String {
    changed(&[(
        "collections = [\"payments\"]",
        "collections = [\"payments\", \"admin\"]",
    )])
}

#[tokio::test]
async fn a_route_can_demand_its_collection() {
    let of_payments = || get(collection).route_layer(RequireCollection::new("payments"));
    let router = Router::new()
        .route("/payments", of_payments())
        .route("/admin", of_payments())
        .route("/admin/open", get(collection))
        .route("/healthz", of_payments())
        .route(
            "/payments/typo",
            get(collection).route_layer(RequireCollection::new("Payments")),
        )
        .layer(gate(&both_collections()))
        .route("/late", of_payments());
    let served = Served::start(router).await;
    for (path, expected) in [
        ("/payments", "Some(\"payments\") NoToken"),
        ("/admin/open", "Some(\"admin\") NoToken"),
    ] {
        let answer = served.get(path, &acme()).await;
        assert_eq!((answer.status, &*answer.body), (200, expected), "{path}");
    }
    for (path, status, reason) in [
        ("/admin", 403, "collection_not_allowed"),
        ("/payments/typo", 403, "collection_not_allowed"),
        ("/healthz", 401, "identity_missing"),
        ("/late", 500, "gate_missing"),
    ] {
        let answer = served.get(path, &acme()).await;
        assert_eq!(
            (answer.status, &*answer.reason()),
            (status, reason),
            "{path}"
        );
    }
    let answer = served.get("/payments", NOBODY).await;
    assert_eq!(
        (answer.status, &*answer.reason()),
        (401, "certificate_missing")
    );
}

#[tokio::test]
async fn a_path_in_no_collection_is_in_no_demanded_one() {
    let text = changed(&[(
        "[[identity]]",
        "[paths]\nunlisted = \"allow\"\n[[identity]]",
    )]);
    let router = Router::new()
        .route("/other", get(collection))
        .route(
            "/guarded",
            get(collection).route_layer(RequireCollection::new("payments")),
        )
        .layer(gate(&text));
    let served = Served::start(router).await;
    assert_eq!(served.get("/other", &acme()).await.body, "None NoToken");
    let answer = served.get("/guarded", &acme()).await;
    assert_eq!(
        (answer.status, &*answer.reason()),
        (403, "collection_not_allowed")
    );
}

#[tokio::test]
async fn what_is_observed_meets_no_demand() {
    let text = changed(&[(
        "mode = \"mtls\"",
        "mode = \"mtls\"\nobserve = [\"certificates\", \"policy\"]",
    )]);
    let router = Router::new()
        .route(
            "/payments",
            get(collection).route_layer(RequireCollection::new("payments")),
        )
        .route(
            "/payments/bound",
            get(collection).route_layer(RequireBinding::new()),
        )
        .route("/payments/open", get(collection))
        .layer(gate(&text));
    let served = Served::start(router).await;
    let answer = served.get("/payments/open", NOBODY).await;
    assert_eq!((answer.status, &*answer.body), (200, "None NoToken"));
    for path in ["/payments", "/payments/bound"] {
        let answer = served.get(path, NOBODY).await;
        assert_eq!(
            (answer.status, &*answer.reason()),
            (403, "identity_not_proven")
        );
    }
}

fn binding_route() -> Router {
    Router::new()
        .route(
            "/payments",
            get(collection).route_layer(RequireBinding::new()),
        )
        .route("/payments/any", get(collection))
}

#[tokio::test]
async fn a_route_can_demand_a_bound_token() {
    let text = changed(&[("\"mtls\"", "\"bearer_plus_mtls_optional\"")]);
    let served = Served::start(binding_route().layer(gate(&text)).layer(bound())).await;
    for path in ["/payments", "/payments/any"] {
        let answer = served.get(path, &acme()).await;
        assert_eq!(answer.body, "Some(\"payments\") Bound", "{path}");
        // The token is bound to the certificate of another.
        let answer = served.get(path, NOBODY).await;
        assert_eq!(
            (answer.status, &*answer.reason()),
            (401, "sender_binding_mismatch")
        );
    }

    let served = Served::start(binding_route().layer(gate(&text)).layer(unbound())).await;
    let answer = served.get("/payments/any", NOBODY).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (200, "Some(\"payments\") Unbound")
    );
    let answer = served.get("/payments", NOBODY).await;
    assert_eq!(
        (answer.status, &*answer.reason()),
        (401, "sender_binding_missing")
    );
    assert_eq!(
        answer.header("www-authenticate"),
        Some(
            "Bearer realm=\"payments\", error=\"invalid_token\", \
             error_description=\"sender_binding_missing\""
        )
    );
}

#[tokio::test]
async fn a_certificate_alone_is_no_bound_token() {
    let served = Served::start(binding_route().layer(gate(&changed(&[])))).await;
    let answer = served.get("/payments/any", &acme()).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (200, "Some(\"payments\") NoToken")
    );
    let answer = served.get("/payments", &acme()).await;
    assert_eq!((answer.status, &*answer.reason()), (401, "token_missing"));
}

#[tokio::test]
async fn a_refused_demand_has_a_grpc_status() {
    let text = changed(&[("\"mtls\"", "\"bearer_plus_mtls_optional\"")]);
    let served = Served::start(binding_route().layer(gate(&text)).layer(unbound())).await;
    let lines = [NOBODY, &[("content-type", "application/grpc")]].concat();
    let answer = served.ask(Version::Http2, "/payments", &lines).await;
    assert_eq!(answer.header("grpc-status"), Some("16"));
    assert_eq!(
        answer.header("grpc-message"),
        Some("sender_binding_missing")
    );
    let answer = served.ask(Version::Http2, "/payments/any", &lines).await;
    assert_eq!(answer.header("grpc-status"), None);
}
