//! Lines about what was refused without a decision, written by a thread of its own: a
//! stranger can have any number of them made, and nobody waits until they are read.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use super::refused::Refusal;

/// How many may wait to be written.
const ROOM: usize = 1_024;

pub(crate) struct Refusals {
    /// Until it is closed.
    sender: Mutex<Option<SyncSender<Refusal>>>,
    /// Since there was no room, and not told yet.
    dropped: Arc<AtomicU64>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Refusals {
    /// # Errors
    ///
    /// The system gives no thread.
    pub(crate) fn start(to: impl Write + Send + 'static) -> io::Result<Self> {
        let (sender, refusals) = sync_channel(ROOM);
        let dropped = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&dropped);
        let thread = Builder::new().spawn(move || write(to, &refusals, &counted))?;
        Ok(Self {
            sender: Mutex::new(Some(sender)),
            dropped,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Takes it where there is room, and counts it where there is none.
    pub(crate) fn tell(&self, refusal: Refusal) {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = sender.as_ref().map(|sender| sender.try_send(refusal));
        if !matches!(taken, Some(Ok(()))) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until what was taken is written.
    pub(crate) fn close(&self) {
        self.sender
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            thread.join().ok();
        }
    }
}

/// Whoever reads this may be gone: nobody is left to be told.
fn write(mut to: impl Write, refusals: &Receiver<Refusal>, dropped: &AtomicU64) {
    for refusal in refusals {
        writeln!(to, "{refusal}").ok();
        tell_dropped(&mut to, dropped);
    }
    tell_dropped(&mut to, dropped);
}

fn tell_dropped(mut to: impl Write, dropped: &AtomicU64) {
    let dropped = dropped.swap(0, Ordering::Relaxed);
    if dropped > 0 {
        writeln!(to, "refused: {dropped} more, of which nothing is told").ok();
    }
}
