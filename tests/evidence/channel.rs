//! Evidence for a service to do with as it likes.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread::spawn;

use certgate::adapter::sink::{Channel, Receiver, WhenFull};
use certgate::evidence::{AuditSink, Evidence};

use crate::harness::{acme, call, empty, forwarded, layer};
use crate::records::{record, started, told};
use crate::support::{POLICY, policy};

fn holding(capacity: usize) -> (Channel, Receiver) {
    let capacity = NonZeroUsize::new(capacity).unwrap();
    Channel::new(WhenFull::Drop { capacity })
}

fn rest(receiver: &mut Receiver) -> Vec<String> {
    std::iter::from_fn(|| receiver.try_recv())
        .map(|evidence| told(&evidence))
        .collect()
}

#[test]
fn a_full_channel_drops_the_newest_and_says_so_in_its_place() {
    let (sink, mut receiver) = holding(2);
    for n in 0..4 {
        sink.record(&record(&format!("r{n}"), n));
    }
    assert_eq!((sink.queued(), sink.dropped()), (2, 2));
    assert_eq!(told(&receiver.try_recv().unwrap()), "r0");
    sink.change(&started("c4"));
    sink.record(&record("r5", 5));
    assert_eq!((sink.queued(), sink.dropped()), (2, 3));
    assert_eq!(rest(&mut receiver), ["r1", "lost 2", "c4", "lost 1"]);
    assert_eq!(sink.queued(), 0);
    assert_eq!(rest(&mut receiver), [""; 0]);
}

#[test]
fn one_that_grows_loses_nothing() {
    let (sink, mut receiver) = Channel::new(WhenFull::Grow);
    for n in 0..20_000 {
        sink.record(&record_of(n));
    }
    assert_eq!((sink.queued(), sink.dropped()), (20_000, 0));
    let expected: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
    assert_eq!(rest(&mut receiver), expected);
}

fn record_of(n: usize) -> certgate::evidence::AuditRecord {
    use std::sync::LazyLock;
    static ONE: LazyLock<certgate::evidence::AuditRecord> = LazyLock::new(|| record("", 0));
    let mut record = ONE.clone();
    record.id = n.to_string();
    record
}

#[test]
fn records_are_owned_and_whole() {
    let (sink, mut receiver) = holding(2);
    let (request, change) = (record("r", 0), started("c"));
    sink.record(&request);
    sink.change(&change);
    assert_eq!(
        receiver.try_recv(),
        Some(Evidence::Request(Box::new(request)))
    );
    assert_eq!(
        receiver.try_recv(),
        Some(Evidence::Change(Box::new(change)))
    );
}

#[tokio::test]
async fn a_task_that_waits_is_woken_and_told_of_the_end() {
    let (sink, mut receiver) = holding(8);
    let reader = tokio::spawn(async move {
        let mut ids = Vec::new();
        while let Some(evidence) = receiver.recv().await {
            ids.push(told(&evidence));
        }
        ids
    });
    for n in 0..3 {
        // The reader waits again.
        tokio::task::yield_now().await;
        sink.record(&record(&format!("r{n}"), n));
    }
    drop(sink);
    assert_eq!(reader.await.unwrap(), ["r0", "r1", "r2"]);
}

#[test]
fn a_wait_that_is_given_up_loses_nothing() {
    let (sink, mut receiver) = holding(8);
    let mut context = Context::from_waker(Waker::noop());
    assert!(receiver.poll_recv(&mut context).is_pending());
    sink.record(&record("r0", 0));
    assert_eq!(rest(&mut receiver), ["r0"]);
    drop(sink);
    assert_eq!(receiver.poll_recv(&mut context), Poll::Ready(None));
}

#[test]
fn a_thread_can_wait_as_well() {
    let (sink, mut receiver) = holding(1_000);
    let reader = spawn(move || {
        std::iter::from_fn(|| receiver.blocking_recv())
            .map(|evidence| told(&evidence))
            .collect::<Vec<_>>()
    });
    for n in 0..1_000 {
        sink.record(&record_of(n));
    }
    drop(sink);
    let expected: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
    assert_eq!(reader.join().unwrap(), expected);
}

#[test]
fn without_a_receiver_everything_is_dropped_and_counted_once() {
    let (sink, receiver) = holding(2);
    for n in 0..3 {
        sink.record(&record_of(n));
    }
    assert_eq!((sink.queued(), sink.dropped()), (2, 1));
    drop(receiver);
    assert_eq!((sink.queued(), sink.dropped()), (0, 3));
    sink.record(&record_of(3));
    assert_eq!((sink.queued(), sink.dropped()), (0, 4));

    // With a gap among what is left: its records were counted before.
    let (sink, mut receiver) = holding(2);
    for n in 0..3 {
        sink.record(&record_of(n));
    }
    assert_eq!(told(&receiver.try_recv().unwrap()), "0");
    sink.record(&record_of(3));
    drop(receiver);
    assert_eq!((sink.queued(), sink.dropped()), (0, 3));

    let (sink, receiver) = Channel::new(WhenFull::Grow);
    drop(receiver);
    sink.record(&record_of(0));
    assert_eq!((sink.queued(), sink.dropped()), (0, 1));
}

#[tokio::test]
async fn the_layer_hands_over_what_it_decided() {
    let (sink, mut receiver) = holding(1);
    let sink = Arc::new(sink);
    let layer = layer(policy(POLICY)).with_sink(Arc::clone(&sink));
    for (request, status) in [
        (acme("GET", "/payments"), 200),
        (forwarded("GET", "/payments"), 401),
    ] {
        // The channel is full at the second, and the caller is answered all the same.
        assert_eq!(call(&layer, empty(request)).await.status, status);
    }
    assert_eq!((sink.queued(), sink.dropped()), (1, 1));
    let Some(Evidence::Request(record)) = receiver.recv().await else {
        panic!("no record");
    };
    assert_eq!(record.status, Some(200));
    let Some(Evidence::Gap(gap)) = receiver.recv().await else {
        panic!("no gap");
    };
    assert_eq!((gap.lost_requests, gap.lost_changes), (1, 0));
}
