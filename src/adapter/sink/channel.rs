//! Evidence for a service to do with as it likes.

use std::fmt;
use std::future::poll_fn;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::evidence::{AuditRecord, AuditSink, Evidence, PolicyChange};

use super::queue::{Next, Queue};

/// Hands every record, owned, to a [`Receiver`]. Requests never wait for it.
///
/// It needs no runtime: the receiver can be awaited on any. See the
/// [module](super) for an example, and for what is promised.
pub struct Channel(Arc<Queue>);

/// What becomes of a record that finds the channel full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// It is dropped and counted, and a [`Gap`](crate::evidence::Gap) stands in its
    /// place. The channel holds `capacity` records.
    Drop {
        /// How many records the channel holds.
        capacity: NonZeroUsize,
    },
    /// The channel is never full: nothing is dropped, and a receiver that is too slow
    /// costs memory until there is none. [`Channel::queued`] tells how far behind it
    /// is.
    Grow,
}

/// The other end of a [`Channel`].
///
/// When it is dropped, what it did not take is dropped and counted, and so is
/// whatever comes later.
pub struct Receiver(Arc<Queue>);

impl Channel {
    /// A channel and its other end.
    #[must_use]
    pub fn new(when_full: WhenFull) -> (Self, Receiver) {
        let queue = Arc::new(Queue::new(match when_full {
            WhenFull::Drop { capacity } => capacity.get(),
            WhenFull::Grow => usize::MAX,
        }));
        (Self(Arc::clone(&queue)), Receiver(queue))
    }

    /// How many records were dropped, since the channel was full or nobody is there
    /// to take them.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.0.dropped()
    }

    /// How many records wait to be taken.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.0.queued()
    }
}

impl AuditSink for Channel {
    fn record(&self, record: &AuditRecord) {
        self.0.put(Evidence::Request(Box::new(record.clone())));
    }

    fn change(&self, change: &PolicyChange) {
        self.0.put(Evidence::Change(Box::new(change.clone())));
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Receiver {
    /// The next piece of evidence, in the order in which they were handed over;
    /// `None` when the channel is dropped and everything is taken.
    ///
    /// What is awaited may be dropped at any time, and nothing is lost by that.
    pub async fn recv(&mut self) -> Option<Evidence> {
        poll_fn(|context| self.poll_recv(context)).await
    }

    /// The same, for whoever polls.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<Evidence>> {
        self.0.poll(context)
    }

    /// The next piece of evidence, if it is there.
    pub fn try_recv(&mut self) -> Option<Evidence> {
        match self.0.take() {
            Next::Entry(evidence) => Some(evidence),
            Next::Nothing | Next::End => None,
        }
    }

    /// The next piece of evidence, for a thread that has nothing else to do; not for
    /// a task. `None` as for [`recv`](Self::recv).
    pub fn blocking_recv(&mut self) -> Option<Evidence> {
        match self.0.wait() {
            Next::Entry(evidence) => Some(evidence),
            Next::Nothing | Next::End => None,
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").finish_non_exhaustive()
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
