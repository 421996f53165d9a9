//! The program: its arguments, and its connections.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::example::{self, Arguments, Edge};
use crate::front::Front;
use crate::reading::door;

#[tokio::test]
async fn one_connection_asks_again_and_each_question_has_a_record() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let records = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&records);
    tokio::spawn(example::serve(
        listener,
        Arc::new(door(Front::Caddy)),
        move |record| sink.lock().unwrap().push(record),
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
        question("POST", "/health", "Connection: close\r\n"),
    ] {
        connection.write_all(text.as_bytes()).await.unwrap();
    }
    let mut answers = String::new();
    connection.read_to_string(&mut answers).await.unwrap();
    let statuses: Vec<&str> = answers
        .lines()
        .filter(|line| line.starts_with("HTTP/1.1 "))
        .collect();
    assert_eq!(statuses, ["HTTP/1.1 200 OK", "HTTP/1.1 401 Unauthorized"]);

    let lines = records.lock().unwrap();
    let records: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["grant"], "exempt");
    assert_eq!(records[1]["reason"], "certificate_missing");
    assert!(lines.iter().all(|line| !line.contains('\n')));
}

#[test]
fn arguments_are_those_of_the_usage() {
    let parse = |line: &str| example::parse(line.split(' ').map(str::to_owned));
    let plain = Arguments {
        policy: "policy.toml".to_owned(),
        edge: Edge::Envoy,
        listen: "127.0.0.1:9000".to_owned(),
        principal: "X-Principal".to_owned(),
    };
    assert_eq!(parse("policy.toml --edge envoy").as_ref(), Some(&plain));
    let whole = "--listen [::1]:80 --edge caddy --principal-header X-User policy.toml";
    let expected = Arguments {
        edge: Edge::Caddy,
        listen: "[::1]:80".to_owned(),
        principal: "X-User".to_owned(),
        ..plain
    };
    assert_eq!(parse(whole), Some(expected));
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
