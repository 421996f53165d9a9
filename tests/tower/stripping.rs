//! What the service behind the gate never gets to see.

use axum::body::Body;
use bytes::Bytes;
use certgate::gate::Granted;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::{BodyExt, Full};

use crate::harness::{acme, call, forwarded, layer};
use crate::support::{POLICY, nginx, policy};

/// Names that must be gone whatever the policy, in the spellings that servers
/// fold into one.
const STRIPPED: &[&str] = &[
    "x-forwarded-tls-client-cert",
    "x_forwarded_tls_client_cert",
    "x.forwarded.tls.client.cert",
    "x-forwarded-tls-client-cert-info",
    "x-forwarded-client-cert",
    "x_forwarded-client.cert",
    "client-cert",
    "client_cert",
    "client-cert-chain",
    "ssl-client-cert",
    "ssl_client_cert",
    "ssl-client-verify",
    "ssl.client.s.dn",
    "x-ssl-client-cert",
    "x_ssl_client_cert",
    "x-ssl-client-verify",
    "x-ssl-client-s-dn",
    "x-ssl-client-der",
    "x-amzn-mtls-clientcert",
    "x-amzn-mtls-clientcert-leaf",
    "x-arr-clientcert",
    "cf-client-cert-der-base64",
    "x-client-cert",
    "x_http_method_override",
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
    "x-original-url",
    "x.original.url",
    "x-rewrite-url",
    "x-original-uri",
    "x_original_method",
    "x-forwarded-uri",
    "x.forwarded.method",
    "x-envoy-original-path",
    "x-envoy-original-method",
    "l5d-client-id",
    "x_spiffe_id",
    "tls-client-cert",
    "x-client-cn",
    "x-client-fingerprint",
    "x-forwarded-client-dn",
];

/// Those that name a client; the policy reads them, so they cannot hold junk.
const IDENTITIES: &[&str] = &["x_client_id", "x.client.id", "x_profile_id", "x.profile.id"];

const KEPT: &[&str] = &[
    "host",
    "authorization",
    "accept",
    "cookie",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "forwarded",
    "x-request-id",
    "x-client",
    "client",
    "x-custom",
];

fn add(headers: &mut HeaderMap, names: &[&'static str], value: &'static str) {
    for name in names {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.append(name, HeaderValue::from_static(value));
        }
    }
}

/// The names that are left, in order.
fn names(headers: &HeaderMap) -> Vec<&str> {
    let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

fn kept() -> Vec<&'static str> {
    let mut kept = KEPT.to_vec();
    kept.sort_unstable();
    kept
}

#[tokio::test]
async fn certificate_and_override_headers_are_gone_in_every_spelling() {
    let layer = layer(policy(POLICY));
    // With a certificate, and on an exempt path with and without one.
    for request in [
        acme("GET", "/payments"),
        acme("GET", "/healthz"),
        forwarded("GET", "/healthz"),
    ] {
        let mut request = request.body(Body::empty()).unwrap();
        add(request.headers_mut(), STRIPPED, "forged");
        add(request.headers_mut(), IDENTITIES, "forged");
        add(request.headers_mut(), &["x-client-id"], "pisp-partner-acme");
        add(request.headers_mut(), &["x-profile-id"], "pisp-prod");
        add(request.headers_mut(), KEPT, "Basic as it came");
        request
            .headers_mut()
            .append("x-custom", HeaderValue::from_static("a second line"));
        let seen = call(&layer, request).await.seen.unwrap();
        assert_eq!(names(&seen.head.headers), kept());
        let custom: Vec<_> = seen.head.headers.get_all("x-custom").iter().collect();
        assert_eq!(custom, ["Basic as it came", "a second line"]);
        assert_eq!(seen.head.headers["x-forwarded-for"], "203.0.113.9");
    }
}

#[tokio::test]
async fn a_stranger_s_headers_are_gone_as_well() {
    let layer = layer(policy(POLICY));
    let mut request = http::Request::get("/healthz").body(Body::empty()).unwrap();
    add(request.headers_mut(), STRIPPED, "forged");
    add(request.headers_mut(), IDENTITIES, "forged");
    add(request.headers_mut(), KEPT, "as it came");
    let seen = call(&layer, request).await.seen.unwrap();
    assert_eq!(names(&seen.head.headers), kept());
}

#[tokio::test]
async fn configured_names_are_gone_in_every_spelling_and_preset_names_too() {
    let text = POLICY.replace(
        "preset = \"nginx\"",
        "preset = \"nginx\"\ncertificate_header = \"My-Cert\"\nstatus_header = \"My-Verdict\"\n\
         status_value = \"OK\"\nchain_header = \"My-Chain\"",
    ) + "\n[selectors]\nclient_header = \"Tenant-Of\"\nprofile_header = \"Tenant-Profile\"\n";
    let layer = layer(policy(&text));
    let mut request = forwarded("GET", "/payments")
        .header("My-Cert", nginx("acme"))
        .header("My-Verdict", "OK")
        .header("Tenant-Of", "pisp-partner-acme")
        .header("Tenant-Profile", "pisp-prod")
        .body(Body::empty())
        .unwrap();
    let spellings = [
        "my_cert",
        "my.cert",
        "my_verdict",
        "my.verdict",
        "my_chain",
        "my.chain",
        "tenant_of",
        "tenant.of",
        "tenant_profile",
        "tenant.profile",
        // The names that this policy does not use.
        "x-ssl-client-cert",
        "x-ssl-client-verify",
        "x-client-id",
        "x-profile-id",
    ];
    add(request.headers_mut(), &spellings, "forged");
    let neighbours = ["my-certs", "my-ver", "tenant", "tenant-of-mine"];
    add(request.headers_mut(), &neighbours, "as it came");
    let answer = call(&layer, request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        names(&answer.seen.unwrap().head.headers),
        [
            "my-certs",
            "my-ver",
            "tenant",
            "tenant-of-mine",
            "x-forwarded-for"
        ]
    );
}

#[tokio::test]
async fn trailers_lose_the_same_names_and_the_body_is_untouched() {
    let layer = layer(policy(POLICY));
    for request in [acme("POST", "/payments"), acme("GET", "/healthz")] {
        let mut trailers = HeaderMap::new();
        add(&mut trailers, STRIPPED, "forged");
        add(&mut trailers, IDENTITIES, "forged");
        add(&mut trailers, &["x-client-id", "x-profile-id"], "forged");
        add(&mut trailers, &["x-checksum", "grpc-status"], "as it came");
        let body =
            Full::new(Bytes::from_static(b"data")).with_trailers(async move { Some(Ok(trailers)) });
        let seen = call(&layer, request.body(Body::new(body)).unwrap())
            .await
            .seen;
        let seen = seen.unwrap();
        assert_eq!(seen.body, "data");
        assert_eq!(
            names(&seen.trailers.unwrap()),
            ["grpc-status", "x-checksum"]
        );
    }
}

#[tokio::test]
async fn a_certificate_in_the_trailers_proves_nothing() {
    let layer = layer(policy(POLICY));
    let mut trailers = HeaderMap::new();
    trailers.insert("x-ssl-client-cert", nginx("acme").parse().unwrap());
    trailers.insert("x-ssl-client-verify", HeaderValue::from_static("SUCCESS"));
    let body = Full::new(Bytes::new()).with_trailers(async move { Some(Ok(trailers)) });
    let request = forwarded("POST", "/payments")
        .body(Body::new(body))
        .unwrap();
    let answer = call(&layer, request).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["reason"], "certificate_missing");
}

#[tokio::test]
async fn a_body_keeps_its_length() {
    use http_body::Body as _;
    use tower::{Layer as _, ServiceExt as _};

    let service = tower::service_fn(|request: http::Request<_>| async move {
        let body: certgate::adapter::tower::RequestBody<Full<Bytes>> = request.into_body();
        assert_eq!(body.size_hint().exact(), Some(4));
        assert!(!body.is_end_stream());
        let mut body = body;
        body.frame().await.unwrap().unwrap();
        assert!(body.is_end_stream());
        Ok::<_, ()>(http::Response::new(body))
    });
    let request = acme("POST", "/payments").body(Full::new(Bytes::from_static(b"data")));
    let response = layer(policy(POLICY))
        .layer(service)
        .oneshot(request.unwrap())
        .await;
    let body = response.unwrap().into_body();
    assert!(body.is_end_stream());
    assert_eq!(body.size_hint().exact(), Some(0));
}

#[tokio::test]
async fn a_grant_from_elsewhere_is_replaced() {
    let layer = layer(policy(POLICY));
    let seen = call(
        &layer,
        acme("GET", "/payments").body(Body::empty()).unwrap(),
    )
    .await;
    let granted: Granted = seen.seen.unwrap().head.extensions.remove().unwrap();
    assert!(granted.identity().is_some());
    // An outer layer's grant on a path that proves nobody.
    let request = forwarded("GET", "/healthz").extension(granted.clone());
    let seen = call(&layer, request.body(Body::empty()).unwrap()).await;
    let exempt: Granted = seen.seen.unwrap().head.extensions.remove().unwrap();
    assert_eq!(exempt.identity(), None);
    // And where there is no proof, it does not help.
    let request = forwarded("GET", "/payments").extension(granted);
    let answer = call(&layer, request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 401);
}
