//! What goes wrong on the wire of HTTP/1.1 goes wrong for the caller.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::servers::{Served, acme};

const HOSTS: (&str, &str) = (
    "paths = [\"/payments\"]",
    "paths = [\"/payments\"]\nhosts = [\"api.example.com\"]",
);

/// All that the server says to these bytes, until it closes the connection.
async fn exchange(address: SocketAddr, bytes: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may have closed it after the part that it reads.
    stream.write_all(bytes.as_bytes()).await.ok();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.ok();
    String::from_utf8(response).unwrap()
}

/// The statuses of the responses in it, in order, without interim ones.
fn statuses(text: &str) -> Vec<u16> {
    let starts = text.match_indices("HTTP/1.");
    let status = |(start, _): (usize, _)| text.get(start + 9..start + 12)?.parse().ok();
    starts
        .filter_map(status)
        .filter(|code| *code != 100)
        .collect()
}

fn request(line: &str, lines: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: api.example.com\r\n{lines}\r\n")
}

fn last(line: &str, lines: &str) -> String {
    request(line, &format!("Connection: close\r\n{lines}"))
}

#[actix_web::test]
async fn every_target_is_judged_as_it_was_sent_or_refused() {
    for served in Served::both(&[HOSTS]).await {
        for (line, status, text) in [
            ("GET /payments", 200, "pisp-partner-acme"),
            (
                "GET http://api.example.com/payments",
                200,
                "pisp-partner-acme",
            ),
            (
                "GET http://api.example.com:8080/payments",
                200,
                "pisp-partner-acme",
            ),
            // Another authority than `Host` says, and some that can be read in two ways.
            (
                "GET http://evil.example/payments",
                403,
                "collection_not_allowed",
            ),
            (
                "GET http://evil.example@api.example.com/payments",
                403,
                "collection_not_allowed",
            ),
            (
                "GET http://api.example.com@evil.example/payments",
                403,
                "collection_not_allowed",
            ),
            (
                "GET http://api.example.com./payments",
                403,
                "collection_not_allowed",
            ),
            (
                "GET http://api.example.com//payments",
                400,
                "path_malformed",
            ),
            (
                "GET http://api.example.com/a/../payments",
                400,
                "path_malformed",
            ),
            ("OPTIONS *", 400, "path_malformed"),
            ("CONNECT api.example.com:443", 400, "path_malformed"),
        ] {
            let response = exchange(served.address, &last(line, &acme())).await;
            assert_eq!(statuses(&response), [status], "{} {line}", served.name);
            assert!(
                response.contains(text),
                "{} {line}: {response}",
                served.name
            );
            assert_eq!(served.record().await.status, Some(status));
        }
        let hosts = |hosts: &str| {
            format!(
                "GET /payments HTTP/1.1\r\n{hosts}Connection: close\r\n{}\r\n",
                acme()
            )
        };
        for (lines, status) in [
            ("Host: api.example.com\r\n", 200),
            ("", 403),
            ("Host: evil.example\r\n", 403),
            ("Host: api.example.com\r\nHost: evil.example\r\n", 403),
            ("Host: evil.example\r\nHost: api.example.com\r\n", 403),
        ] {
            let response = exchange(served.address, &hosts(lines)).await;
            // actix refuses by itself what has not one `Host`.
            let status = match (served.name, lines.matches("Host").count()) {
                ("actix", 0 | 2) => 400,
                _ => status,
            };
            assert_eq!(statuses(&response), [status], "{} {lines}", served.name);
        }
    }
}

#[actix_web::test]
async fn lines_that_a_parser_may_read_otherwise_prove_nothing() {
    let certificate = acme();
    let verify = "X-SSL-Client-Verify: SUCCESS\r\n";
    let refused = certificate.replace(verify, "X-SSL-Client-Verify: NONE\r\n");
    for served in Served::both(&[]).await {
        for (lines, status) in [
            (certificate.clone(), 200),
            (certificate.to_lowercase().replace(": success", ": SUCCESS"), 400),
            // Folded, with a space before the colon, a bare CR, NUL.
            (certificate.replace(verify, "X-SSL-Client-Verify: NONE\r\n SUCCESS\r\n"), 400),
            (certificate.replace("Verify:", "Verify :"), 400),
            (certificate.replace("SUCCESS", "SUCC\rESS"), 400),
            (certificate.replace("SUCCESS", "SUCCESS\0"), 400),
            (certificate.replace("SUCCESS", "success"), 401),
            (refused.clone() + "X_SSL_Client_Verify: SUCCESS\r\n", 401),
            (refused.clone() + verify, 401),
            // Named as headers of this connection, which changes nothing here.
            (refused.clone() + "Connection: X-SSL-Client-Verify\r\n", 401),
            ("Connection: X-SSL-Client-Cert\r\n".to_owned(), 401),
            // Switched to nothing.
            ("Connection: Upgrade\r\nUpgrade: websocket\r\n".to_owned(), 401),
            ("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n".to_owned(), 401),
            ("Expect: 100-continue\r\nContent-Length: 4\r\n".to_owned(), 401),
        ] {
            let lines = match lines.contains("Connection") {
                true => lines.replace("Connection: ", "Connection: close, "),
                false => lines + "Connection: close\r\n",
            };
            let response = exchange(served.address, &request("GET /payments", &lines)).await;
            assert_eq!(statuses(&response), [status], "{} {lines}: {response}", served.name);
        }
    }
}

#[actix_web::test]
async fn more_than_a_server_reads_is_refused() {
    for served in Served::both(&[]).await {
        let many = |count: usize| -> String {
            (0..count)
                .map(|number| format!("X-Number-{number}: 1\r\n"))
                .collect()
        };
        let long = |length: usize| {
            let certificate = format!("X-SSL-Client-Cert: {}\r\n", "A".repeat(length));
            "X-SSL-Client-Verify: SUCCESS\r\n".to_owned() + &certificate
        };
        for (lines, status, by) in [
            (acme() + &many(60), 200, "pisp-partner-acme"),
            (long(40 * 1024), 400, "header_oversized"),
        ] {
            let response = exchange(served.address, &last("GET /payments", &lines)).await;
            assert_eq!(statuses(&response), [status], "{}", served.name);
            assert!(response.contains(by), "{}: {response}", served.name);
            assert_eq!(served.record().await.status, Some(status));
        }
        // These no gate sees.
        for lines in [acme() + &many(200), long(1024 * 1024)] {
            let response = exchange(served.address, &last("GET /payments", &lines)).await;
            let refused = matches!(*statuses(&response), [] | [400 | 413 | 431]);
            assert!(refused, "{}: {response}", served.name);
            assert!(served.has_no_record());
        }
    }
}

#[actix_web::test]
async fn each_request_of_a_connection_is_judged_on_its_own() {
    for served in Served::both(&[]).await {
        let allowed = || request("GET /payments", &acme());
        let denied = || request("GET /payments", "");
        let pipelined = allowed() + &denied() + &allowed() + &last("GET /payments", "");
        let response = exchange(served.address, &pipelined).await;
        assert_eq!(statuses(&response), [200, 401, 200, 401], "{}", served.name);

        // A body that nobody reads is no request.
        let smuggled = allowed();
        let length = format!("Content-Length: {}\r\n", smuggled.len());
        let post = request("POST /payments", &length) + &smuggled;
        let response = exchange(served.address, &(post + &last("GET /payments", ""))).await;
        let is_right = matches!(*statuses(&response), [401] | [401, 401]);
        assert!(is_right, "{}: {response}", served.name);
        assert!(!response.contains("pisp-partner-acme"));
        let chunked = format!("{:x}\r\n{smuggled}\r\n0\r\n{}\r\n", smuggled.len(), acme());
        let post = request("POST /payments", "Transfer-Encoding: chunked\r\n") + &chunked;
        let response = exchange(served.address, &(post + &last("GET /payments", ""))).await;
        let is_right = matches!(*statuses(&response), [401] | [401, 401]);
        assert!(is_right, "{}: {response}", served.name);

        // Two lengths are one too many.
        let both = "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n".to_owned() + &acme();
        let post = last("POST /payments", &both) + "0\r\n\r\n" + &allowed();
        let response = exchange(served.address, &post).await;
        assert!(
            statuses(&response).len() <= 1,
            "{}: {response}",
            served.name
        );
        let old = last("GET /payments", &acme()).replace("HTTP/1.1", "HTTP/1.0");
        assert_eq!(statuses(&exchange(served.address, &old).await), [200]);
        let old = last("GET /payments", "").replace("HTTP/1.1", "HTTP/1.0");
        assert_eq!(statuses(&exchange(served.address, &old).await), [401]);
    }
}

#[actix_web::test]
async fn whoever_breaks_or_leaves_is_recorded_once_and_others_are_served() {
    for served in Served::both(&[]).await {
        let breaks = last("GET /payments/breaks", &acme());
        assert_eq!(exchange(served.address, &breaks).await, "");
        let record = served.record().await;
        assert_eq!((&*record.path, record.status), ("/payments/breaks", None));

        // actix lets a handler of HTTP/1.1 run on, and its record wait for it.
        if served.name == "hyper" {
            let mut stream = TcpStream::connect(served.address).await.unwrap();
            let waits = request("GET /payments/waits", &acme());
            stream.write_all(waits.as_bytes()).await.unwrap();
            drop(stream);
            let record = served.record().await;
            assert_eq!((&*record.path, record.status), ("/payments/waits", None));
        }

        let response = exchange(served.address, &last("GET /payments", &acme())).await;
        assert_eq!(statuses(&response), [200]);
        assert_eq!(served.record().await.status, Some(200));
        assert!(served.has_no_record());
    }
}
