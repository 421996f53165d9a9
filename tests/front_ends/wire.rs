//! HTTP/1.1, written and read byte by byte.

use std::fmt::Write as _;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::cases::corpus::Message;
use crate::reply::Reply;

/// One connection, which is kept for all requests.
pub(crate) struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    pub(crate) fn new(stream: TcpStream) -> Self {
        let read = Vec::new();
        Self { stream, read }
    }

    pub(crate) async fn send(&mut self, message: &Message) -> Reply {
        self.write(&head(message)).await;
        self.reply(&message.method).await
    }

    pub(crate) async fn write(&mut self, bytes: &str) {
        self.stream.write_all(bytes.as_bytes()).await.unwrap();
    }

    /// The next response.
    pub(crate) async fn reply(&mut self, method: &str) -> Reply {
        loop {
            let mut lines = [httparse::EMPTY_HEADER; 64];
            let mut response = httparse::Response::new(&mut lines);
            if let httparse::Status::Complete(head) = response.parse(&self.read).unwrap() {
                let lines = || response.headers.iter().map(|line| (line.name, line.value));
                let length = match method {
                    "HEAD" => 0,
                    _ => length(lines()),
                };
                if let Some(body) = self.read.get(head..head + length) {
                    let reply = Reply::new(method, response.code.unwrap(), lines(), body);
                    self.read.drain(..head + length);
                    return reply;
                }
            }
            let read = self.stream.read_buf(&mut self.read).await.unwrap();
            assert_ne!(read, 0, "the server went away");
        }
    }
}

fn length<'l>(mut lines: impl Iterator<Item = (&'l str, &'l [u8])>) -> usize {
    let line = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, value) = line.unwrap();
    str::from_utf8(value).unwrap().parse().unwrap()
}

/// A request without a body, its target in absolute form where it has an authority.
fn head(message: &Message) -> String {
    let mut head = format!("{} ", message.method);
    if let Some((_, authority)) = message.headers.iter().find(|line| line.0 == ":authority") {
        write!(head, "https://{authority}").unwrap();
    }
    write!(head, "{} HTTP/1.1\r\n", message.target).unwrap();
    for (name, value) in message.headers.iter().filter(|line| line.0 != ":authority") {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    head + "\r\n"
}
