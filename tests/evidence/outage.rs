//! Requests while nobody takes their records: each is answered as ever, and every record
//! is somewhere, or counted.

use std::io::{self, ErrorKind, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;

use certgate::adapter::sink::{Channel, JsonLines, WhenFull};
use certgate::evidence::AuditSink;

use crate::harness::{acme, call, empty, forwarded, layer};
use crate::support::{POLICY, policy};
use crate::writer::scripted;

const REQUESTS: u64 = 40;

/// Sends that many requests, half of which are allowed.
async fn answered(sink: impl AuditSink + 'static) {
    let layer = layer(policy(&POLICY.replace("requests = 3,", "requests = 1000,")));
    let layer = layer.with_sink(sink);
    for _ in 0..REQUESTS / 2 {
        let answer = call(&layer, empty(acme("GET", "/payments"))).await;
        assert_eq!((answer.status.as_u16(), &*answer.body), (200, "hello"));
        let answer = call(&layer, empty(forwarded("GET", "/payments"))).await;
        assert_eq!(answer.status, 401);
    }
}

fn room(records: usize) -> NonZeroUsize {
    NonZeroUsize::new(records).unwrap()
}

#[tokio::test]
async fn a_writer_that_hangs() {
    let (mut script, writer) = scripted();
    let sink = Arc::new(JsonLines::with_capacity(writer, room(4)).unwrap());
    answered(Arc::clone(&sink)).await;
    // One may be on its way to the writer.
    let (queued, dropped) = (sink.queued(), sink.dropped());
    assert!((3..=4).contains(&queued), "{queued}");
    assert!((35..=36).contains(&dropped), "{dropped}");
    script.go_on();
    sink.close();
    assert_eq!(sink.written() + sink.dropped(), REQUESTS);
    assert_eq!((sink.queued(), sink.failed()), (0, 0));
    // With a line for each, and one about the gap.
    let lines = u64::try_from(script.text().lines().count()).unwrap();
    assert_eq!(lines, sink.written() + 1);
}

/// Whoever read this is gone.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(ErrorKind::BrokenPipe.into())
    }
}

#[tokio::test]
async fn a_writer_that_is_gone() {
    let sink = Arc::new(JsonLines::new(Gone).unwrap());
    answered(Arc::clone(&sink)).await;
    sink.close();
    assert_eq!((sink.written(), sink.queued()), (0, 0));
    assert_eq!((sink.failed(), sink.dropped()), (REQUESTS, 0));
    assert_eq!(sink.last_error(), Some(ErrorKind::BrokenPipe));
}

#[tokio::test]
async fn lines_that_are_closed() {
    let (_, writer) = scripted();
    let sink = Arc::new(JsonLines::new(writer).unwrap());
    sink.close();
    answered(Arc::clone(&sink)).await;
    assert_eq!((sink.written(), sink.dropped()), (0, REQUESTS));
}

#[tokio::test]
async fn a_receiver_that_does_not_receive() {
    let (sink, mut receiver) = Channel::new(WhenFull::Drop { capacity: room(4) });
    let sink = Arc::new(sink);
    answered(Arc::clone(&sink)).await;
    assert_eq!((sink.queued(), sink.dropped()), (4, 36));
    let left = std::iter::from_fn(|| receiver.try_recv()).count();
    assert_eq!(left, 5, "four, and word of the rest");
}

#[tokio::test]
async fn a_receiver_that_is_gone() {
    let (sink, receiver) = Channel::new(WhenFull::Grow);
    let sink = Arc::new(sink);
    drop(receiver);
    answered(Arc::clone(&sink)).await;
    assert_eq!((sink.queued(), sink.dropped()), (0, REQUESTS));
}

/// One that is away takes nothing from the other.
#[tokio::test]
async fn one_of_two() {
    let gone = Arc::new(JsonLines::new(Gone).unwrap());
    let (sink, mut receiver) = Channel::new(WhenFull::Grow);
    answered((Arc::clone(&gone), sink)).await;
    gone.close();
    assert_eq!(gone.failed(), REQUESTS);
    let received = std::iter::from_fn(|| receiver.try_recv()).count();
    assert_eq!(u64::try_from(received).unwrap(), REQUESTS);
}
