//! The program: its arguments, and its connections.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use certgate::adapter::sink::JsonLines;
use certgate::evidence::AuditSink;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::cases::evidence::follows;
use crate::example::{self, Arguments, Copied, Edge};
use crate::front::Front;
use crate::reading::door;

/// What is written, shared with the test.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn one_connection_asks_again_and_each_decision_is_a_line_of_the_schema() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let written = Written::default();
    let records = Arc::new(JsonLines::new(written.clone()).unwrap());
    let refusals = Arc::new(Mutex::new(Vec::new()));
    let refused = Arc::clone(&refusals);
    tokio::spawn(example::serve(
        listener,
        Arc::new(door(Front::Caddy)),
        Arc::clone(&records) as Arc<dyn AuditSink>,
        move |refusal| refused.lock().unwrap().push(refusal.to_string()),
    ));

    let question = |method: &str, uri: &str, last: &str| {
        format!(
            "GET / HTTP/1.1\r\nHost: certgate\r\nX-Forwarded-Method: {method}\r\n\
             X-Forwarded-Uri: {uri}\r\nX-Forwarded-Host: localhost\r\n\
             X-Forwarded-For: 203.0.113.5\r\n{last}\r\n"
        )
    };
    let mut connection = TcpStream::connect(address).await.unwrap();
    for text in [
        question("GET", "/health", ""),
        question("GET", "/health", "X-Request-ID: r7\r\nX_Principal: x\r\n"),
        question("G T", "/health", ""),
        question("POST", "/health", "Connection: close\r\n"),
    ] {
        connection.write_all(text.as_bytes()).await.unwrap();
    }
    let mut answers = String::new();
    connection.read_to_string(&mut answers).await.unwrap();
    let answers = answers.split("HTTP/1.1 ").skip(1);
    let statuses: Vec<&str> = answers.filter_map(|text| text.lines().next()).collect();
    assert_eq!(
        statuses,
        [
            "200 OK",
            "400 Bad Request",
            "400 Bad Request",
            "401 Unauthorized"
        ]
    );

    records.close();
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines.iter().all(follows), "{text}");
    assert_eq!(lines[0]["grant"], "exempt");
    assert_eq!(lines[1]["reason"], "certificate_missing");

    // Nothing was decided about the others, so there is no record of them.
    let refusals = refusals.lock().unwrap();
    assert_eq!(refusals.len(), 2, "{refusals:?}");
    assert_eq!(
        refusals[0],
        "refused: header_not_allowed (from 127.0.0.1, request \"r7\")"
    );
    let unclear = "refused: x-forwarded-method: malformed (from 127.0.0.1, request \"";
    assert!(refusals[1].starts_with(unclear), "{refusals:?}");
}

#[test]
fn arguments_are_those_of_the_usage() {
    let parse = |line: &str| example::parse(line.split(' ').map(str::to_owned));
    let plain = Arguments {
        policy: "policy.toml".to_owned(),
        edge: Edge::Envoy,
        listen: "127.0.0.1:9000".to_owned(),
        copied: Copied::default(),
    };
    assert_eq!(parse("policy.toml --edge envoy").as_ref(), Some(&plain));
    let whole = "--listen [::1]:80 --edge caddy --principal-header X-User policy.toml";
    let expected = Arguments {
        edge: Edge::Caddy,
        listen: "[::1]:80".to_owned(),
        copied: Copied {
            principal: "X-User".to_owned(),
            ..Copied::default()
        },
        ..plain.clone()
    };
    assert_eq!(parse(whole), Some(expected));
    let named = "policy.toml --edge envoy --client-header X-Partner --profile-header X-Tier";
    let expected = Arguments {
        copied: Copied {
            client: "X-Partner".to_owned(),
            profile: "X-Tier".to_owned(),
            ..Copied::default()
        },
        ..plain
    };
    assert_eq!(parse(named), Some(expected));
    for wrong in [
        "policy.toml",
        "--edge nginx",
        "policy.toml --edge",
        "policy.toml --edge haproxy",
        "policy.toml --edge Nginx",
        "policy.toml other.toml --edge nginx",
        "policy.toml --edge nginx --verbose",
        "policy.toml --edge nginx --listen",
    ] {
        assert_eq!(parse(wrong), None, "{wrong}");
    }
}
