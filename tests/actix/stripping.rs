//! What the service behind the gate never gets to see, and what it sees instead.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use certgate::policy::Policy;

use crate::harness::{acme, call, forwarded, guard};
use crate::support::{POLICY, nginx, policy};

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
    "x_ssl_client_cert",
    "x.ssl.client.verify",
    "x-ssl-client-der",
    "x-amzn-mtls-clientcert-leaf",
    "x-arr-clientcert",
    "cf-client-cert-der-base64",
    "x-http-method-override",
    "x_http_method_override",
    "x-method-override",
    "x-original-url",
    "x.rewrite.url",
    "x_client_id",
    "x.profile.id",
];

const KEPT: &[&str] = &["accept", "cookie", "x-client", "x-custom", "x-request-id"];

fn forge(mut request: TestRequest) -> TestRequest {
    for name in STRIPPED {
        // Twice, so that removing one line is not enough.
        request = request.append_header((*name, "forged"));
        request = request.append_header((*name, "forged"));
    }
    for name in KEPT {
        request = request.append_header((*name, "as it came"));
    }
    request.append_header(("x-custom", "a second line"))
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

#[actix_web::test]
async fn certificate_and_override_headers_are_gone_in_every_spelling() {
    let guard = guard(policy(POLICY));
    let from_stranger = TestRequest::with_uri("/healthz")
        .peer_addr("192.0.2.1:40000".parse().unwrap())
        .append_header(("X-Forwarded-For", "203.0.113.9"))
        .append_header(("X-SSL-Client-Cert", nginx("acme")))
        .append_header(("X-SSL-Client-Verify", "SUCCESS"));
    // An exempt path, since what is forged would deny elsewhere.
    for request in [
        acme("GET", "/healthz"),
        forwarded("GET", "/healthz"),
        from_stranger,
    ] {
        let answer = call(&guard, forge(request)).await;
        let seen = answer.seen.unwrap_or_else(|| panic!("{}", answer.body));
        let mut kept = [KEPT, &["x-forwarded-for"]].concat();
        kept.sort_unstable();
        assert_eq!(names(&seen.headers), kept);
        let custom: Vec<_> = seen.headers.get_all("x-custom").collect();
        assert_eq!(custom, ["as it came", "a second line"]);
        assert_eq!(seen.granted.identity(), None);
    }
}

#[actix_web::test]
async fn what_was_believed_is_gone_as_well_and_the_body_is_untouched() {
    let request = acme("POST", "/payments")
        .append_header(("X-Client-ID", "pisp-partner-acme"))
        .set_payload("data");
    let seen = call(&guard(policy(POLICY)), request).await.seen.unwrap();
    let left = names(&seen.headers);
    assert_eq!(left, ["content-length", "x-forwarded-for"]);
    assert_eq!(seen.body, "data");
    let identity = seen.granted.identity().unwrap();
    assert_eq!(identity.client(), Some("pisp-partner-acme"));
}

#[actix_web::test]
async fn a_stranger_s_certificate_does_not_exist() {
    let guard = guard(policy(POLICY));
    let stranger = |address: &str| {
        TestRequest::with_uri("/payments")
            .peer_addr(address.parse().unwrap())
            .append_header(("X-SSL-Client-Cert", nginx("acme")))
            .append_header(("X-SSL-Client-Verify", "SUCCESS"))
            .append_header(("X-Forwarded-For", "203.0.113.9"))
    };
    assert_eq!(call(&guard, stranger("10.0.0.7:1")).await.status, 200);
    let mapped = stranger("[::ffff:10.0.0.7]:1");
    assert_eq!(call(&guard, mapped).await.status, 200);
    // What `realip_remote_addr` would take for the peer.
    let claimed = || stranger("192.0.2.1:1").append_header(("Forwarded", "for=10.0.0.7"));
    let nobody = TestRequest::with_uri("/payments")
        .append_header(("X-SSL-Client-Cert", nginx("acme")))
        .append_header(("X-SSL-Client-Verify", "SUCCESS"))
        .append_header(("X-Forwarded-For", "10.0.0.7"));
    for request in [stranger("192.0.2.1:1"), claimed(), nobody] {
        let answer = call(&guard, request).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()["reason"], "certificate_missing");
    }
}

#[actix_web::test]
async fn every_line_of_a_name_is_seen() {
    let guard = guard(policy(POLICY));
    let twice =
        |name: &'static str, value: String| acme("GET", "/payments").append_header((name, value));
    for (name, value, reason) in [
        ("x-ssl-client-cert", nginx("acme"), "header_ambiguous"),
        (
            "x-ssl-client-verify",
            "SUCCESS".to_owned(),
            "certificate_unverified",
        ),
    ] {
        let answer = call(&guard, twice(name, value)).await;
        assert_eq!(answer.json()["reason"], reason, "{name}");
    }
    // A value that is no text is bytes, and no way around the line.
    let junk = HeaderValue::from_bytes(b"\xff\xfe").unwrap();
    let request = acme("GET", "/payments").append_header(("x-ssl-client-cert", junk));
    assert_eq!(call(&guard, request).await.status, 400);
    let junk = HeaderValue::from_bytes(b"\xff\xfe").unwrap();
    let request = acme("GET", "/payments").append_header(("x-custom", junk));
    assert_eq!(call(&guard, request).await.status, 200);
}

fn replacing() -> Policy {
    let replace = "identity_headers = \"replace\"\n[authentication]";
    policy(&POLICY.replace("[authentication]", replace))
}

#[actix_web::test]
async fn the_proven_ids_stand_in_the_selecting_headers() {
    let request = acme("GET", "/payments")
        .append_header(("x_client_id", "another"))
        .append_header(("X-Profile-ID", "pisp-prod"));
    let seen = call(&guard(replacing()), request).await.seen.unwrap();
    let lines = |name| seen.headers.get_all(name).collect::<Vec<_>>();
    assert_eq!(lines("x-client-id"), ["pisp-partner-acme"]);
    assert_eq!(lines("x-profile-id"), ["pisp-prod"]);
    assert_eq!(
        names(&seen.headers),
        ["x-client-id", "x-forwarded-for", "x-profile-id"]
    );
    let exempt = forwarded("GET", "/healthz").append_header(("X-Client-ID", "forged"));
    let seen = call(&guard(replacing()), exempt).await.seen.unwrap();
    assert_eq!(names(&seen.headers), ["x-forwarded-for"]);
}

#[actix_web::test]
async fn a_caller_cannot_have_them_dropped_behind_the_service() {
    for (sent, kept) in [
        (&["X-Client-ID"] as &[&str], &[] as &[&str]),
        (&["keep-alive, x-client-id ,X-PROFILE-ID"], &["keep-alive"]),
        (&["X-Profile-ID", "upgrade"], &["upgrade"]),
        (&["upgrade", "keep-alive"], &["upgrade", "keep-alive"]),
    ] {
        let mut request = acme("GET", "/payments");
        for line in sent {
            request = request.append_header(("Connection", *line));
        }
        let seen = call(&guard(replacing()), request).await.seen.unwrap();
        let left: Vec<_> = seen.headers.get_all("connection").collect();
        assert_eq!(left, kept, "{sent:?}");
        assert!(seen.headers.contains_key("x-client-id"));
    }
}
