//! What handlers take, and what becomes of requests that do not have it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::get;
use certgate::adapter::axum::{ClientCertificate, Identity};
use certgate::certificate::CertInfo;
use certgate::gate::Granted;
use http::HeaderMap;

use crate::harness::{NOBODY, Served, Version, acme, changed, gate, unbound};
use crate::support::ACME_SHA256;

async fn name(Identity(caller): Identity) -> String {
    caller.client().unwrap_or("unnamed").to_owned()
}

async fn name_if_any(caller: Option<Identity>) -> String {
    let caller = caller.as_ref().and_then(|caller| caller.client());
    caller.unwrap_or("nobody").to_owned()
}

async fn thumbprint(certificate: ClientCertificate) -> String {
    certificate.thumbprint().hex()
}

async fn thumbprint_if_any(certificate: Option<ClientCertificate>) -> String {
    certificate.map_or("none".to_owned(), |own| own.thumbprint().hex())
}

async fn request_id(granted: Granted) -> String {
    granted.request_id().to_owned()
}

/// Every kind of handler under one path.
fn handlers(path: &str) -> Router {
    Router::new()
        .route(&format!("{path}/name"), get(name))
        .route(&format!("{path}/name-if-any"), get(name_if_any))
        .route(&format!("{path}/thumbprint"), get(thumbprint))
        .route(&format!("{path}/thumbprint-if-any"), get(thumbprint_if_any))
        .route(&format!("{path}/request-id"), get(request_id))
}

/// `/open/…` is exempt.
fn with_open_paths() -> String {
    let open = |name: &str| format!("[[exemptions]]\nmethod = \"GET\"\npath = \"/open/{name}\"\n");
    let names = [
        "name",
        "name-if-any",
        "thumbprint",
        "thumbprint-if-any",
        "request-id",
    ];
    let exemptions: String = names.map(open).concat();
    changed(&[("[[exemptions]]", &format!("{exemptions}[[exemptions]]"))])
}

#[tokio::test]
async fn a_proven_caller_reaches_every_handler() {
    let served = Served::start(handlers("/payments").layer(gate(&changed(&[])))).await;
    for (handler, expected) in [
        ("name", "pisp-partner-acme"),
        ("name-if-any", "pisp-partner-acme"),
        ("thumbprint", ACME_SHA256),
        ("thumbprint-if-any", ACME_SHA256),
    ] {
        let path = format!("/payments/{handler}");
        let answer = served.get(&path, &acme()).await;
        assert_eq!((answer.status, &*answer.body), (200, expected), "{path}");
        let answer = served.get(&path, NOBODY).await;
        assert_eq!(
            (answer.status, &*answer.reason()),
            (401, "certificate_missing")
        );
    }
    let answer = served.get("/payments/request-id", &acme()).await;
    assert!(answer.body.starts_with("req_"), "{}", answer.body);
}

#[tokio::test]
async fn an_exempt_path_has_no_identity_even_for_a_caller_with_a_certificate() {
    let served = Served::start(handlers("/open").layer(gate(&with_open_paths()))).await;
    for lines in [acme(), NOBODY.to_vec()] {
        for (handler, status, expected) in [
            ("name", 401, "identity_missing"),
            ("thumbprint", 401, "identity_missing"),
            ("name-if-any", 200, "nobody"),
            ("thumbprint-if-any", 200, "none"),
        ] {
            let answer = served.get(&format!("/open/{handler}"), &lines).await;
            assert_eq!(answer.status, status, "{handler}");
            match status {
                200 => assert_eq!(answer.body, expected),
                _ => assert_eq!(answer.reason(), expected),
            }
        }
    }
    let answer = served.get("/open/name", NOBODY).await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(
        answer.header("www-authenticate"),
        Some("ClientCertificate realm=\"payments\"")
    );
    let start = "{\"type\":\"about:blank\",\"title\":\"Unauthorized\",\"status\":401,\
                 \"reason\":\"identity_missing\",\"request_id\":\"req_";
    assert!(answer.body.starts_with(start), "{}", answer.body);
}

#[tokio::test]
async fn without_the_layer_nobody_reaches_a_handler() {
    let served = Served::start(handlers("/payments")).await;
    for handler in [
        "name",
        "name-if-any",
        "thumbprint",
        "thumbprint-if-any",
        "request-id",
    ] {
        let answer = served.get(&format!("/payments/{handler}"), &acme()).await;
        assert_eq!(answer.status, 500, "{handler}");
        assert_eq!(
            answer.body,
            "{\"type\":\"about:blank\",\"title\":\"Internal Server Error\",\"status\":500,\
             \"reason\":\"gate_missing\"}"
        );
        assert_eq!(answer.header("www-authenticate"), None);
    }
}

#[tokio::test]
async fn a_route_after_the_layer_is_not_guarded_and_serves_nobody() {
    let router = Router::new()
        .route("/payments", get(name))
        .layer(gate(&changed(&[])))
        .route("/late", get(name));
    let served = Served::start(router).await;
    assert_eq!(served.get("/payments", &acme()).await.status, 200);
    let late = served.get("/late", &acme()).await;
    assert_eq!((late.status, &*late.reason()), (500, "gate_missing"));
}

#[tokio::test]
async fn whose_denial_is_only_observed_is_nobody() {
    let text = changed(&[(
        "mode = \"mtls\"",
        "mode = \"mtls\"\nobserve = [\"certificates\", \"policy\"]",
    )]);
    let served = Served::start(handlers("/payments").layer(gate(&text))).await;
    for (handler, status, expected) in [
        ("name", 403, "identity_not_proven"),
        ("thumbprint", 403, "identity_not_proven"),
        ("name-if-any", 200, "nobody"),
        ("thumbprint-if-any", 200, "none"),
    ] {
        // Nothing at all, and a proven caller at an address that is not allowed.
        let mut elsewhere = acme();
        elsewhere[0] = ("x-forwarded-for", "192.0.2.1");
        for lines in [NOBODY.to_vec(), elsewhere] {
            let answer = served.get(&format!("/payments/{handler}"), &lines).await;
            assert_eq!(answer.status, status, "{handler}: {}", answer.body);
            match status {
                200 => assert_eq!(answer.body, expected),
                _ => assert_eq!(answer.reason(), expected),
            }
        }
    }
    let answer = served.get("/payments/name", &acme()).await;
    assert_eq!((answer.status, &*answer.body), (200, "pisp-partner-acme"));
}

#[tokio::test]
async fn a_token_alone_gives_an_identity_and_no_certificate() {
    let text = changed(&[("\"mtls\"", "\"bearer\"")]);
    let router = handlers("/payments").layer(gate(&text)).layer(unbound());
    let served = Served::start(router).await;
    for (handler, status, expected) in [
        ("name", 200, "pisp-partner-acme"),
        ("thumbprint-if-any", 200, "none"),
        ("thumbprint", 401, "certificate_missing"),
    ] {
        let answer = served.get(&format!("/payments/{handler}"), NOBODY).await;
        assert_eq!(answer.status, status, "{handler}: {}", answer.body);
        match status {
            200 => assert_eq!(answer.body, expected),
            _ => assert_eq!(answer.reason(), expected),
        }
    }
    let answer = served.get("/payments/thumbprint", NOBODY).await;
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Bearer realm=\"payments\"")
    );
}

#[tokio::test]
async fn a_caller_of_grpc_reads_a_grpc_status() {
    let router = handlers("/open").layer(gate(&with_open_paths()));
    let served = Served::start(router.merge(Router::new().route("/late", get(name)))).await;
    let grpc = ("content-type", "application/grpc+proto");
    for (path, status, message) in [
        ("/open/name", "16", "identity_missing"),
        ("/late", "13", "gate_missing"),
    ] {
        let answer = served
            .ask(Version::Http2, path, &[NOBODY, &[grpc]].concat())
            .await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some("application/grpc"));
        assert_eq!(answer.header("grpc-status"), Some(status));
        assert_eq!(answer.header("grpc-message"), Some(message));
        assert_eq!(answer.body, "");
    }
}

#[tokio::test]
async fn requests_with_one_certificate_share_it() {
    let kept: Arc<Mutex<Vec<Arc<CertInfo>>>> = Arc::default();
    let keep = Arc::clone(&kept);
    let handler = async move |certificate: ClientCertificate| {
        keep.lock().unwrap().push(certificate.into_inner());
    };
    let router = Router::new().route("/payments", get(handler));
    let served = Served::start(router.layer(gate(&changed(&[])))).await;
    assert_eq!(served.get("/payments", &acme()).await.status, 200);
    let kept = kept.lock().unwrap();
    let [first, second] = &kept[..] else {
        panic!("{} requests", kept.len());
    };
    assert!(Arc::ptr_eq(first, second));
    assert_eq!(first.thumbprint().hex(), ACME_SHA256);
}

/// Neither a selecting header nor one that looks like the layer's own makes an
/// identity, and the application sees none of them.
#[tokio::test]
async fn spoofed_headers_prove_nothing() {
    async fn told(caller: Option<Identity>, headers: HeaderMap) -> String {
        let forwarded = headers.contains_key("x-ssl-client-cert")
            || headers.contains_key("x-client-id")
            || headers.contains_key("x-forwarded-client-cert");
        let caller = caller.as_ref().and_then(|caller| caller.client());
        format!("{} {forwarded}", caller.unwrap_or("nobody"))
    }
    let routes = || {
        Router::new()
            .route("/payments", get(told))
            .route("/healthz", get(told))
    };
    let spoofed = [
        &acme()[..],
        &[
            ("x-client-id", "pisp-partner-acme"),
            (
                "x-forwarded-client-cert",
                "Subject=\"CN=pisp-partner-acme\"",
            ),
        ],
    ]
    .concat();
    let served = Served::start(routes().layer(gate(&changed(&[])))).await;
    assert_eq!(served.get("/healthz", &spoofed).await.body, "nobody false");
    let answer = served.get("/payments", &spoofed).await;
    assert_eq!(answer.body, "pisp-partner-acme false");
    // The same lines from a peer that is no proxy.
    let text = changed(&[(", \"127.0.0.1\"]", "]")]);
    let served = Served::start(routes().layer(gate(&text))).await;
    let answer = served.get("/payments", &spoofed).await;
    assert_eq!(
        (answer.status, &*answer.reason()),
        (401, "certificate_missing")
    );
    assert_eq!(served.get("/healthz", &spoofed).await.body, "nobody false");
}
