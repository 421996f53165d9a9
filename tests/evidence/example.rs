//! The example `metrics`, scraped over a real socket.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[expect(dead_code, reason = "the rest is the program's")]
#[path = "../../examples/metrics.rs"]
mod metrics_example;

/// The status line and the body of what a GET is answered with.
async fn get(address: SocketAddr, path: &str, header: Option<&str>) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let header = header.map_or(String::new(), |line| format!("{line}\r\n"));
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

#[tokio::test]
async fn the_example_shows_what_was_counted() {
    let running = metrics_example::start().await.unwrap();
    let certificate = Some(&*running.certificate);
    for status in ["200 OK"; 5].iter().chain(&["429 Too Many Requests"]) {
        let (line, _) = get(running.service, "/payments", certificate).await;
        assert_eq!(line, format!("HTTP/1.1 {status}"));
    }
    let (line, _) = get(running.service, "/payments", None).await;
    assert_eq!(line, "HTTP/1.1 401 Unauthorized");
    // The meters are not where the partners are.
    let (line, _) = get(running.service, "/metrics", certificate).await;
    assert_eq!(line, "HTTP/1.1 403 Forbidden");

    let (line, text) = get(running.meters, "/metrics", None).await;
    assert_eq!(line, "HTTP/1.1 200 OK");
    for expected in [
        r#"mtls_auth_success_total{grant="proven"} 5"#,
        r#"mtls_auth_success_total{grant="exempt"} 0"#,
        r#"mtls_auth_failure_total{reason="rate_limit_exceeded"} 1"#,
        r#"mtls_auth_failure_total{reason="certificate_missing"} 1"#,
        r#"mtls_auth_failure_total{reason="collection_unknown"} 1"#,
        r#"mtls_auth_failure_total{reason="sender_binding_mismatch"} 0"#,
        "mtls_pop_mismatch_total 0",
        r#"mtls_certificate_cache_total{result="hit"} 6"#,
        r#"mtls_certificate_cache_total{result="miss"} 1"#,
        r#"mtls_limits_counted_total{counted="store"} 6"#,
        r#"mtls_policy_changes_total{action="start",outcome="applied"} 1"#,
        "mtls_policy_version 1",
        "# TYPE mtls_decision_duration_seconds histogram",
        "mtls_decision_duration_seconds_count 8",
        "# TYPE mtls_certificate_expires_in_seconds histogram",
        "mtls_certificate_expires_in_seconds_count 5",
        r#"mtls_certificate_expires_in_seconds_bucket{le="1209600"} 0"#,
    ] {
        assert!(
            text.lines().any(|line| line == expected),
            "{expected}\n{text}"
        );
    }
    // No name of anybody.
    assert!(!text.contains("pisp") && !text.contains("acme"));
}
