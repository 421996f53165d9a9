//! What is kept of questions while nobody reads it: nobody waits, and what is lost is
//! counted and told.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use certgate::adapter::sink::JsonLines;
use certgate::evidence::AuditSink;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::cases::evidence::follows;
use crate::example::refused::{Refusal, Refused};
use crate::example::{self, Refusals};
use crate::front::Front;
use crate::reading::door;

/// A reader that hangs until the other end of the channel is dropped.
struct Hanging {
    begun: Sender<()>,
    until: Receiver<()>,
    text: Text,
}

/// What it has read.
#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Text {
    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

impl Write for Hanging {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.send(()).ok();
        self.until.recv().ok();
        self.text.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The reader, how to know that it hangs and to let it go, and what it has read.
fn hanging() -> (Hanging, Receiver<()>, Sender<()>, Text) {
    let ((begun, hangs), (go, until)) = (channel(), channel());
    let text = Text::default();
    let reader = Hanging {
        begun,
        until,
        text: text.clone(),
    };
    (reader, hangs, go, text)
}

#[tokio::test]
async fn questions_are_answered_while_nobody_reads_their_records() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (reader, hangs, go, text) = hanging();
    let room = NonZeroUsize::new(3).unwrap();
    let records = Arc::new(JsonLines::with_capacity(reader, room).unwrap());
    let sink = Arc::clone(&records) as Arc<dyn AuditSink>;
    let door = Arc::new(door(Front::Caddy));
    tokio::spawn(example::serve(listener, door, sink, |_| {}));

    assert_eq!(ask(address).await, "200 OK");
    // The first is on its way, and stays there.
    hangs.recv().unwrap();
    for _ in 0..20 {
        assert_eq!(ask(address).await, "200 OK");
    }
    assert_eq!((records.queued(), records.dropped()), (3, 17));
    drop(go);
    records.close();
    let lines = text.lines();
    assert_eq!(lines.len(), 5);
    for line in &lines {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(follows(&line), "{line:#}");
    }
    let gap: Value = serde_json::from_str(&lines[4]).unwrap();
    assert_eq!(gap["lost_requests"], 17);
}

/// The status of the answer about `GET /health`.
async fn ask(address: SocketAddr) -> String {
    let question = "GET / HTTP/1.1\r\nHost: certgate\r\nX-Forwarded-Method: GET\r\n\
        X-Forwarded-Uri: /health\r\nX-Forwarded-Host: localhost\r\n\
        X-Forwarded-For: 203.0.113.5\r\nConnection: close\r\n\r\n";
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(question.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    let status = answer.lines().next().unwrap();
    status.strip_prefix("HTTP/1.1 ").unwrap().to_owned()
}

fn refusal(request_id: &str) -> Refusal {
    Refusal {
        refused: Refused::LeftIn,
        peer: "192.0.2.7".to_owned(),
        request_id: request_id.to_owned(),
    }
}

#[test]
fn refusals_that_nobody_reads_are_dropped_and_counted() {
    let (reader, hangs, go, text) = hanging();
    let refusals = Refusals::start(reader).unwrap();
    refusals.tell(refusal("first"));
    hangs.recv().unwrap();
    for _ in 0..1_034 {
        refusals.tell(refusal("r"));
    }
    drop(go);
    refusals.close();
    // And after the end nothing is taken.
    refusals.tell(refusal("late"));
    let lines = text.lines();
    assert_eq!(
        lines[0],
        "refused: header_not_allowed (from 192.0.2.7, request \"first\")"
    );
    assert_eq!(lines[1], "refused: 10 more, of which nothing is told");
    assert_eq!(lines.len(), 1_026);
    // Whatever an id holds stays on its line.
    let hostile = refusal("a\nb\u{1b}[2J").to_string();
    assert_eq!(
        hostile,
        r#"refused: header_not_allowed (from 192.0.2.7, request "a\nb\u{1b}[2J")"#
    );
}
