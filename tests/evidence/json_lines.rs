//! Lines, written by a thread that may be slow, fail, panic or be gone.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::num::NonZeroUsize;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::{scope, spawn};
use std::time::Duration;

use certgate::adapter::sink::JsonLines;
use certgate::evidence::AuditSink;
use serde_json::Value;

use crate::cases::evidence::follows;
use crate::records::{record, started};
use crate::writer::{Call, Script, Scripted, Step, scripted};

fn with_room(writer: Scripted, capacity: usize) -> JsonLines {
    JsonLines::with_capacity(writer, NonZeroUsize::new(capacity).unwrap()).unwrap()
}

/// What each line of `text` is: the id of a record, or the text of anything else.
fn lines(text: &str) -> Vec<String> {
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    let line = |line: &str| match serde_json::from_str::<Value>(line) {
        // Whole lines follow the schema.
        Ok(value) if follows(&value) => value["id"].as_str().unwrap_or(line).to_owned(),
        Ok(value) => panic!("{value:#}"),
        Err(_) => line.to_owned(),
    };
    text.lines().map(line).collect()
}

const ONE_LOST_AT_1: &str = r#"{"schema":1,"lost_requests":1,"lost_changes":0,"first_created_at":"2027-01-01T00:00:01Z","last_created_at":"2027-01-01T00:00:01Z"}"#;

#[test]
fn what_was_handed_over_is_written_in_order_and_flushed_when_it_is_closed() {
    let (mut script, writer) = scripted();
    script.go_on();
    // Nothing gets through the buffer but by a flush.
    let sink = JsonLines::new(BufWriter::with_capacity(1 << 20, writer)).unwrap();
    sink.change(&started("c0"));
    for n in 0..100 {
        sink.record(&record(&format!("r{n}"), n));
    }
    sink.close();
    let expected: Vec<String> = ["c0".to_owned()]
        .into_iter()
        .chain((0..100).map(|n| format!("r{n}")))
        .collect();
    assert_eq!(lines(&script.text()), expected);
    assert_eq!((sink.written(), sink.dropped(), sink.failed()), (101, 0, 0));
    assert_eq!((sink.queued(), sink.last_error()), (0, None));
    // A line is the record as serde has it.
    let first: Value = serde_json::from_str(script.text().lines().nth(1).unwrap()).unwrap();
    assert_eq!(first, serde_json::to_value(record("r0", 0)).unwrap());
}

#[test]
fn to_drop_it_writes_what_is_queued() {
    let (mut script, writer) = scripted();
    let sink = with_room(writer, 8);
    for n in 0..5 {
        sink.record(&record(&format!("r{n}"), n));
    }
    script.writing();
    script.go_on();
    drop(sink);
    assert_eq!(lines(&script.text()), ["r0", "r1", "r2", "r3", "r4"]);
}

#[test]
fn whoever_closes_it_waits_until_everything_is_written() {
    let (mut script, writer) = scripted();
    let sink = with_room(writer, 8);
    sink.record(&record("r0", 0));
    script.writing();
    let (closed, closings) = channel();
    scope(|threads| {
        for _ in 0..2 {
            let (sink, closed) = (&sink, closed.clone());
            threads.spawn(move || {
                sink.close();
                closed.send(sink.written()).unwrap();
            });
        }
        let early = closings.recv_timeout(Duration::from_millis(100));
        script.go_on();
        assert_eq!(early, Err(RecvTimeoutError::Timeout));
    });
    assert_eq!(closings.try_iter().collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn a_slow_writer_keeps_nobody_waiting_and_what_is_dropped_is_told_in_its_place() {
    let (mut script, writer) = scripted();
    let sink = with_room(writer, 3);
    sink.record(&record("r0", 0));
    // The writer holds the first, and does not come back.
    script.writing();
    for n in 1..=3 {
        sink.record(&record(&format!("r{n}"), n));
    }
    assert_eq!((sink.queued(), sink.dropped()), (3, 0));
    sink.record(&record("r4", 7));
    sink.record(&record("r5", 5));
    sink.change(&started("c6"));
    assert_eq!((sink.queued(), sink.dropped()), (3, 3));
    // One is written, and there is room for one.
    script.then(Step::Write);
    script.writing();
    sink.record(&record("r7", 8));
    sink.record(&record("r8", 9));
    assert_eq!((sink.queued(), sink.dropped()), (3, 4));
    script.go_on();
    sink.close();
    assert_eq!(
        lines(&script.text()),
        [
            "r0",
            "r1",
            "r2",
            "r3",
            r#"{"schema":1,"lost_requests":2,"lost_changes":1,"first_created_at":"2027-01-01T00:00:00Z","last_created_at":"2027-01-01T00:00:07Z"}"#,
            "r7",
            r#"{"schema":1,"lost_requests":1,"lost_changes":0,"first_created_at":"2027-01-01T00:00:09Z","last_created_at":"2027-01-01T00:00:09Z"}"#,
        ]
    );
    assert_eq!((sink.written(), sink.failed()), (5, 0));
}

#[test]
fn a_gap_is_told_without_waiting_for_another_record() {
    let (script, writer) = scripted();
    let sink = with_room(writer, 1);
    sink.record(&record("r0", 0));
    script.writing();
    sink.record(&record("r1", 0));
    sink.record(&record("r2", 1));
    for _ in 0..3 {
        script.then(Step::Write);
    }
    while script.called() != Call::Flush {}
    assert_eq!(lines(&script.text()), ["r0", "r1", ONE_LOST_AT_1]);
    assert_eq!(sink.dropped(), 1);
    script.go_on_and_close(&sink);
}

impl Script {
    fn go_on_and_close(mut self, sink: &JsonLines) {
        self.go_on();
        sink.close();
    }
}

#[test]
fn what_is_written_is_flushed_when_nothing_more_is_there() {
    let (script, writer) = scripted();
    let sink = with_room(writer, 8);
    sink.record(&record("r0", 0));
    script.then(Step::Write);
    assert_eq!(
        (script.called(), script.called()),
        (Call::Write, Call::Flush)
    );
    sink.record(&record("r1", 0));
    assert_eq!(script.called(), Call::Write);
    script.go_on_and_close(&sink);
}

#[test]
fn a_line_that_fails_is_counted_and_the_writing_goes_on_behind_a_gap() {
    for (step, kind, before) in [
        (
            Step::Fail(ErrorKind::StorageFull),
            ErrorKind::StorageFull,
            None,
        ),
        (Step::Take(0), ErrorKind::WriteZero, None),
        // It may have left half a line.
        (Step::Panic, ErrorKind::Other, Some("")),
    ] {
        let (mut script, writer) = scripted();
        let sink = with_room(writer, 8);
        for n in 0..3 {
            sink.record(&record(&format!("r{n}"), n));
        }
        script.then(Step::Write);
        script.then(step);
        script.go_on();
        sink.close();
        let expected = ["r0"].into_iter().chain(before);
        let expected: Vec<&str> = expected.chain([ONE_LOST_AT_1, "r2"]).collect();
        assert_eq!(lines(&script.text()), expected);
        assert_eq!((sink.written(), sink.failed(), sink.dropped()), (2, 1, 0));
        assert_eq!(sink.last_error(), Some(kind));
    }
}

#[test]
fn a_line_that_is_torn_is_ended_before_the_next() {
    let (mut script, writer) = scripted();
    let sink = with_room(writer, 8);
    for n in 1..3 {
        sink.record(&record(&format!("r{n}"), n));
    }
    script.then(Step::Take(9));
    script.then(Step::Fail(ErrorKind::Interrupted));
    script.then(Step::Take(2));
    script.then(Step::Fail(ErrorKind::StorageFull));
    script.go_on();
    sink.close();
    assert_eq!(
        lines(&script.text()),
        [r#"{"schema":1"#, ONE_LOST_AT_1, "r2"]
    );
    assert_eq!((sink.written(), sink.failed()), (1, 1));
}

#[test]
fn no_record_stands_behind_a_gap_that_could_not_be_told() {
    let (mut script, writer) = scripted();
    let sink = with_room(writer, 8);
    for n in 0..5 {
        sink.record(&record(&format!("r{n}"), n));
    }
    // The first record, and twice the line about what is missing.
    for _ in 0..3 {
        script.then(Step::Fail(ErrorKind::StorageFull));
    }
    script.go_on();
    sink.close();
    assert_eq!(
        lines(&script.text()),
        [
            r#"{"schema":1,"lost_requests":3,"lost_changes":0,"first_created_at":"2027-01-01T00:00:00Z","last_created_at":"2027-01-01T00:00:02Z"}"#,
            "r3",
            "r4",
        ]
    );
    assert_eq!((sink.written(), sink.failed()), (2, 3));
}

#[test]
fn a_gap_at_the_end_is_told_when_it_is_closed() {
    let (mut script, writer) = scripted();
    let sink = with_room(writer, 8);
    for n in 0..2 {
        sink.record(&record(&format!("r{n}"), n));
    }
    script.then(Step::Write);
    script.then(Step::Fail(ErrorKind::StorageFull));
    script.go_on();
    sink.close();
    assert_eq!(lines(&script.text()), ["r0", ONE_LOST_AT_1]);
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

#[test]
fn a_writer_that_is_gone_costs_every_record_and_nothing_else() {
    let sink = JsonLines::new(Gone).unwrap();
    for n in 0..50 {
        sink.record(&record("r", n));
    }
    sink.close();
    assert_eq!((sink.written(), sink.failed(), sink.dropped()), (0, 50, 0));
    assert_eq!(sink.last_error(), Some(ErrorKind::BrokenPipe));
}

/// Writes, and cannot flush.
struct NoFlush;

impl Write for NoFlush {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(ErrorKind::StorageFull.into())
    }
}

impl Drop for NoFlush {
    fn drop(&mut self) {
        panic!("and falls over in the end");
    }
}

#[test]
fn a_flush_that_fails_is_noted() {
    let sink = JsonLines::new(NoFlush).unwrap();
    sink.record(&record("r", 0));
    sink.close();
    assert_eq!((sink.written(), sink.failed()), (1, 0));
    assert_eq!(sink.last_error(), Some(ErrorKind::StorageFull));
}

#[test]
fn what_comes_after_the_end_is_dropped_and_counted() {
    let (mut script, writer) = scripted();
    script.go_on();
    let sink = with_room(writer, 8);
    sink.record(&record("r0", 0));
    sink.close();
    sink.record(&record("r1", 0));
    sink.close();
    assert_eq!((sink.written(), sink.dropped(), sink.queued()), (1, 1, 0));
    assert_eq!(lines(&script.text()), ["r0"]);
}

#[test]
fn below_capacity_nothing_is_lost_whoever_hands_it_over() {
    let (mut script, writer) = scripted();
    let sink = with_room(writer, 4_000);
    // Nothing is written before everything is handed over.
    scope(|threads| {
        for thread in 0..4 {
            let sink = &sink;
            threads.spawn(move || {
                let mut record = record("", thread);
                for n in 0..1_000 {
                    record.id = format!("{thread}-{n}");
                    sink.record(&record);
                }
            });
        }
    });
    assert_eq!(sink.dropped(), 0);
    script.go_on();
    sink.close();
    let written = lines(&script.text());
    assert_eq!((written.len(), sink.written()), (4_000, 4_000));
    for thread in 0..4 {
        let prefix = format!("{thread}-");
        let of_thread: Vec<&str> = written
            .iter()
            .filter_map(|id| id.strip_prefix(&*prefix))
            .collect();
        let expected: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
        assert_eq!(of_thread, expected);
    }
}

#[test]
fn its_own_writer_may_be_the_last_to_hold_it() {
    /// Drops the sink while it writes.
    struct Holder(Arc<Mutex<Option<Arc<JsonLines>>>>);

    impl Write for Holder {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            drop(self.0.lock().unwrap().take());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let held = Arc::default();
    let sink = Arc::new(JsonLines::new(Holder(Arc::clone(&held))).unwrap());
    *held.lock().unwrap() = Some(Arc::clone(&sink));
    sink.record(&record("r", 0));
    // Whichever of the two is dropped last, the test ends.
    spawn(move || drop(sink)).join().unwrap();
}
