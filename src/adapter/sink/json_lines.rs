//! Evidence as lines of JSON, written by a thread of its own.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle, ThreadId, current};

use crate::evidence::{AuditRecord, AuditSink, Evidence, Gap, PolicyChange};

use super::line::line_of;
use super::lines::Lines;
use super::queue::{Next, Queue};

/// Writes every record as a line of JSON to a file, a pipe or whatever else can be
/// written to, on a thread of its own. Requests never wait for it.
///
/// See the [module](super) for an example, for the lines, and for what is promised.
/// To drop it is to [close](Self::close) it.
pub struct JsonLines {
    shared: Arc<Shared>,
    writer: ThreadId,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    queue: Queue,
    written: AtomicU64,
    failed: AtomicU64,
    last_error: Mutex<Option<ErrorKind>>,
}

impl JsonLines {
    /// How many records wait to be written at most, unless
    /// [`with_capacity`](Self::with_capacity) says otherwise. One takes some 1 KiB,
    /// and what its ids and its path take, of which it keeps 4 KiB at most.
    pub const CAPACITY: NonZeroUsize = NonZeroUsize::MIN.saturating_add(8_191);

    /// Begins to write, from the start of a line.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn new(to: impl Write + Send + 'static) -> io::Result<Self> {
        Self::with_capacity(to, Self::CAPACITY)
    }

    /// The same, with room for so many records that wait to be written. One more may
    /// be on its way.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn with_capacity(
        to: impl Write + Send + 'static,
        capacity: NonZeroUsize,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Queue::new(capacity.get()),
            written: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            last_error: Mutex::new(None),
        });
        let of_thread = Arc::clone(&shared);
        let thread = Builder::new()
            .name("certgate-records".to_owned())
            .spawn(move || Writing::new(&of_thread, to).run())?;
        Ok(Self {
            shared,
            writer: thread.thread().id(),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// How many records were written.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.shared.written.load(Ordering::Acquire)
    }

    /// How many records were dropped, since the queue was full or this is closed.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.shared.queue.dropped()
    }

    /// How many records are lost because they could not be written.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.shared.failed.load(Ordering::Acquire)
    }

    /// How many records wait to be written.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.shared.queue.queued()
    }

    /// Why it last could not write or flush, if that ever was; `Other` of a writer
    /// that panicked.
    #[must_use]
    pub fn last_error(&self) -> Option<ErrorKind> {
        *self.shared.last_error()
    }

    /// Takes no more records, and waits until those that it has are written, flushed,
    /// and the writer is dropped: for as long as the writer takes, so not on a task.
    /// Whoever else closes it waits for that too, but for the writer itself.
    pub fn close(&self) {
        self.shared.queue.close();
        if current().id() == self.writer {
            return;
        }
        let thread = self.thread.lock();
        // Held meanwhile, so that everybody waits.
        let mut thread = thread.unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            // It catches what panics.
            let _ = thread.join();
        }
    }
}

impl AuditSink for JsonLines {
    fn record(&self, record: &AuditRecord) {
        let record = Evidence::Request(Box::new(record.clone()));
        self.shared.queue.put(record);
    }

    fn change(&self, change: &PolicyChange) {
        let change = Evidence::Change(Box::new(change.clone()));
        self.shared.queue.put(change);
    }
}

impl Drop for JsonLines {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for JsonLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines").finish_non_exhaustive()
    }
}

impl Shared {
    fn last_error(&self) -> MutexGuard<'_, Option<ErrorKind>> {
        let last_error = self.last_error.lock();
        last_error.unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the thread does.
struct Writing<'s, W> {
    shared: &'s Shared,
    lines: Lines<W>,
    /// What is missing before the next line.
    gap: Option<Gap>,
}

impl<'s, W: Write> Writing<'s, W> {
    fn new(shared: &'s Shared, to: W) -> Self {
        Self {
            shared,
            lines: Lines::new(to),
            gap: None,
        }
    }

    fn run(mut self) {
        loop {
            let next = match self.shared.queue.take() {
                Next::Nothing => {
                    self.flush();
                    self.shared.queue.wait()
                }
                next => next,
            };
            match next {
                Next::Entry(Evidence::Gap(gap)) => {
                    self.miss(gap);
                    self.write_gap();
                }
                Next::Entry(record) => self.write(&record),
                Next::Nothing => {}
                Next::End => break,
            }
        }
        self.write_gap();
        self.flush();
        // Writers may write when they are dropped, and fail at that.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(self.lines)));
    }

    fn write(&mut self, record: &Evidence) {
        self.write_gap();
        // While the gap cannot be told, nothing may stand behind it.
        let written = match self.gap {
            None => self.write_line(record),
            Some(_) => Err(()),
        };
        match written {
            Ok(()) => {
                self.shared.written.fetch_add(1, Ordering::Release);
            }
            Err(()) => {
                self.shared.failed.fetch_add(1, Ordering::Release);
                self.miss(Gap::of(record));
            }
        }
    }

    fn write_gap(&mut self) {
        if let Some(gap) = self.gap
            && self.write_line(&Evidence::Gap(gap)).is_ok()
        {
            self.gap = None;
        }
    }

    fn write_line(&mut self, evidence: &Evidence) -> Result<(), ()> {
        let line = line_of(evidence).map_err(|error| error.kind());
        let written = line.and_then(|line| self.lines.write(&line));
        written.map_err(|kind| self.note(kind))
    }

    fn flush(&mut self) {
        if let Err(kind) = self.lines.flush() {
            self.note(kind);
        }
    }

    fn miss(&mut self, lost: Gap) {
        self.gap = Some(self.gap.map_or(lost, |gap| gap.and(lost)));
    }

    fn note(&self, kind: ErrorKind) {
        *self.shared.last_error() = Some(kind);
    }
}
