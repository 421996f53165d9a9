//! Evidence on its way from the tasks that serve requests to the one that takes it.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::evidence::{Evidence, Gap};

/// A queue from many to one. Who puts something in never waits: what has no room is
/// dropped, counted, and told as a [`Gap`] at the place where it is missing.
pub(super) struct Queue {
    /// How many entries it holds, besides gaps; there is at most one before each.
    capacity: usize,
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Default)]
struct State {
    entries: VecDeque<Evidence>,
    /// How many entries are no gaps.
    queued: usize,
    /// What was dropped since the last entry.
    gap: Option<Gap>,
    dropped: u64,
    phase: Phase,
    waiting: Option<Waker>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Open,
    /// Nothing more gets in.
    Closed,
}

/// What there is to take.
pub(super) enum Next {
    /// This.
    Entry(Evidence),
    /// Nothing yet.
    Nothing,
    /// Nothing any more.
    End,
}

impl Queue {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            state: Mutex::default(),
            filled: Condvar::new(),
        }
    }

    /// Puts it in, or drops it.
    pub(super) fn put(&self, evidence: Evidence) {
        let mut state = self.state();
        if state.phase == Phase::Closed || state.queued >= self.capacity {
            state.lose(Gap::of(&evidence));
            return;
        }
        if let Some(gap) = state.gap.take() {
            state.entries.push_back(Evidence::Gap(gap));
        }
        state.entries.push_back(evidence);
        state.queued += 1;
        self.wake(state);
    }

    /// Lets nothing more in. What is in can still be taken.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.phase = Phase::Closed;
        self.wake(state);
    }

    /// Lets nothing more in, and drops what is in: nobody will take it.
    pub(super) fn abandon(&self) {
        let mut state = self.state();
        state.phase = Phase::Closed;
        let left = core::mem::take(&mut state.entries);
        state.queued = 0;
        // A gap's records are counted already.
        let is_record = |evidence: &&Evidence| !matches!(evidence, Evidence::Gap(_));
        for evidence in left.iter().filter(is_record) {
            state.lose(Gap::of(evidence));
        }
    }

    /// Takes what is next, if it is there.
    pub(super) fn take(&self) -> Next {
        self.state().take()
    }

    /// Takes what is next, when it is there; on this thread, so not for tasks.
    pub(super) fn wait(&self) -> Next {
        let mut state = self.state();
        loop {
            match state.take() {
                Next::Nothing => {
                    let filled = self.filled.wait(state);
                    state = filled.unwrap_or_else(PoisonError::into_inner);
                }
                next => return next,
            }
        }
    }

    /// Takes what is next, or wakes the task when it is there. One task waits.
    pub(super) fn poll(&self, context: &mut Context<'_>) -> Poll<Option<Evidence>> {
        let mut state = self.state();
        match state.take() {
            Next::Entry(evidence) => Poll::Ready(Some(evidence)),
            Next::End => Poll::Ready(None),
            Next::Nothing => {
                state.waiting = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }

    /// How many records wait to be taken.
    pub(super) fn queued(&self) -> usize {
        self.state().queued
    }

    /// How many were dropped.
    pub(super) fn dropped(&self) -> u64 {
        self.state().dropped
    }

    /// Every operation leaves it whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self, mut state: MutexGuard<'_, State>) {
        let waiting = state.waiting.take();
        drop(state);
        self.filled.notify_one();
        if let Some(task) = waiting {
            task.wake();
        }
    }
}

impl State {
    fn take(&mut self) -> Next {
        match self.entries.pop_front() {
            Some(gap @ Evidence::Gap(_)) => Next::Entry(gap),
            Some(record) => {
                self.queued = self.queued.saturating_sub(1);
                Next::Entry(record)
            }
            // Whatever comes later stands after it.
            None => match (self.gap.take(), self.phase) {
                (Some(gap), _) => Next::Entry(Evidence::Gap(gap)),
                (None, Phase::Open) => Next::Nothing,
                (None, Phase::Closed) => Next::End,
            },
        }
    }

    fn lose(&mut self, lost: Gap) {
        self.dropped = self.dropped.saturating_add(lost.lost());
        self.gap = Some(self.gap.map_or(lost, |gap| gap.and(lost)));
    }
}
