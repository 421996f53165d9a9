//! A guarded service without a framework and without async: a thread for each
//! connection, one request on each, and a decision in between.
//!
//! ```text
//! cargo run --features toml --example sans_io
//! cert=:$(base64 -w0 tests/data/certificates/acme.der):
//! curl -i -H "Client-Cert: $cert" localhost:8080/payments/charges   # 200
//! curl -i localhost:8080/payments/charges                           # 401 certificate_missing
//! curl -i localhost:8080/healthz                                    # 200
//! ```
//!
//! curl stands in for the edge here, which is why it may write `Client-Cert`. The
//! server reads heads and no bodies; what matters is `answer`.

#![expect(clippy::disallowed_methods, reason = "a program that opens a socket")]

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use certgate::adapter::SystemClock;
use certgate::decide::{Decision, Grant};
use certgate::gate::Gate;
use certgate::policy::Policy;
use certgate::request::{Peer, Request};
use certgate::response::Rejection;

fn main() -> Result<(), Box<dyn Error>> {
    serve(&TcpListener::bind("127.0.0.1:8080")?)
}

pub(crate) fn serve(listener: &TcpListener) -> Result<(), Box<dyn Error>> {
    let policy = include_str!("services/policy.toml");
    let policy = Policy::from_toml_str(policy, "policy.toml")?.policy;
    let gate = Gate::new(policy)?;
    let clock = SystemClock::start();
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let (gate, clock) = (&gate, &clock);
            // A connection that breaks is its caller's affair.
            scope.spawn(move || stream.and_then(|stream| converse(stream, gate, clock)).ok());
        }
    });
    Ok(())
}

/// Reads the head of one request and answers it.
fn converse(mut stream: TcpStream, gate: &Gate, clock: &SystemClock) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let peer = Peer::from(stream.peer_addr()?);
    let mut buffer = [0; 32_768];
    let mut filled = 0;
    let answer = loop {
        let read = stream.read(buffer.get_mut(filled..).unwrap_or_default())?;
        filled += read;
        let mut lines = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Request::new(&mut lines);
        match head.parse(buffer.get(..filled).unwrap_or_default()) {
            Ok(httparse::Status::Complete(_)) => break answer(&head, peer, gate, clock),
            Ok(httparse::Status::Partial) if read > 0 => {}
            _ => break response(400, &[], ""),
        }
    };
    stream.write_all(answer.as_bytes())
}

/// Decides. Every line goes in, as it was received.
fn answer(
    head: &httparse::Request<'_, '_>,
    peer: Peer<'_>,
    gate: &Gate,
    clock: &SystemClock,
) -> String {
    let headers: Vec<(&str, &[u8])> = head.headers.iter().map(|h| (h.name, h.value)).collect();
    let request = Request {
        peer,
        method: head.method.unwrap_or_default(),
        target: head.path.unwrap_or_default(),
        headers: &headers,
        token: None,
        now: clock.now(),
    };
    gate.decide(&request, |concluded| match concluded.decision {
        Decision::Allow(allow) => match allow.grant() {
            Grant::Proven(caller) => {
                let client = caller.client().unwrap_or("nobody");
                response(200, &[], &format!("charges of {client}\n"))
            }
            // An exempt path: nobody is proven here.
            _ => response(200, &[], "well\n"),
        },
        Decision::Deny(deny) => {
            let rejection = Rejection::new(deny, concluded.request_id);
            let mut lines: Vec<(&str, String)> = rejection.headers().collect();
            lines.push(("content-type", Rejection::CONTENT_TYPE.to_owned()));
            let problem = serde_json::to_string(rejection.problem()).unwrap_or_default();
            response(rejection.status(), &lines, &problem)
        }
    })
}

fn response(status: u16, lines: &[(&str, String)], body: &str) -> String {
    let lines: String = lines
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    format!(
        "HTTP/1.1 {status} \r\nconnection: close\r\ncontent-length: {length}\r\n{lines}\r\n{body}"
    )
}
