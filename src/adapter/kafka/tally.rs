//! What became of the records.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::error::RDKafkaErrorCode;

use crate::evidence::Gap;

/// What became of the records that a [`KafkaSink`](super::KafkaSink) was handed: each
/// of them is in one of these numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KafkaCounts {
    /// Waiting to be sent, or for the word of Kafka.
    pub queued: u64,
    /// In Kafka: it said so.
    pub delivered: u64,
    /// Given up: Kafka refused them, or gave no answer for `message.timeout.ms`, and
    /// may have them then. [`failures`](super::KafkaSink::failures) tells why.
    pub failed: u64,
    /// Dropped, since the queue was full.
    pub dropped_full: u64,
}

/// Which topic a message is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Requests,
    Changes,
}

/// A message on its way.
pub(super) struct Pending {
    pub(super) lane: Lane,
    pub(super) holds: Held,
    /// What is missing if it does not arrive.
    pub(super) lost: Gap,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Record,
    /// Word of records that are lost, and counted.
    Gap,
}

/// Shared by those who send and the thread that hears what became of it.
#[derive(Default)]
pub(super) struct Tally {
    state: Mutex<State>,
    none_queued: Condvar,
}

#[derive(Default)]
struct State {
    counts: KafkaCounts,
    failures: Vec<(RDKafkaErrorCode, u64)>,
    last_error: Option<RDKafkaErrorCode>,
    requests_gap: Option<Gap>,
    changes_gap: Option<Gap>,
}

impl Tally {
    /// A message is about to be queued.
    pub(super) fn queues(&self, holds: Held) {
        if holds == Held::Record {
            self.state().counts.queued += 1;
        }
    }

    /// It has arrived.
    pub(super) fn delivered(&self, pending: &Pending) {
        let mut state = self.state();
        if pending.holds == Held::Record {
            state.counts.delivered += 1;
            self.unqueue(&mut state);
        }
    }

    /// It has not.
    pub(super) fn lost(&self, pending: &Pending, why: RDKafkaErrorCode) {
        let mut state = self.state();
        state.miss(pending.lane, pending.lost);
        if why != RDKafkaErrorCode::QueueFull {
            state.last_error = Some(why);
        }
        if pending.holds == Held::Gap {
            return;
        }
        if why == RDKafkaErrorCode::QueueFull {
            state.counts.dropped_full += 1;
        } else {
            state.counts.failed += 1;
            state.count_failure(why);
        }
        self.unqueue(&mut state);
    }

    /// Something is wrong with the connections.
    pub(super) fn note(&self, error: RDKafkaErrorCode) {
        self.state().last_error = Some(error);
    }

    /// What is missing in this topic and was not told, which is told now.
    pub(super) fn take_gap(&self, lane: Lane) -> Option<Gap> {
        self.state().gap(lane).take()
    }

    pub(super) fn counts(&self) -> KafkaCounts {
        self.state().counts
    }

    pub(super) fn failures(&self) -> Vec<(RDKafkaErrorCode, u64)> {
        self.state().failures.clone()
    }

    pub(super) fn last_error(&self) -> Option<RDKafkaErrorCode> {
        self.state().last_error
    }

    /// Waits until nothing is queued, but no longer than that; how much is queued
    /// still.
    pub(super) fn wait(&self, timeout: Duration) -> u64 {
        let is_queued = |state: &mut State| state.counts.queued > 0;
        let none_queued = self
            .none_queued
            .wait_timeout_while(self.state(), timeout, is_queued);
        let (state, _) = none_queued.unwrap_or_else(PoisonError::into_inner);
        state.counts.queued
    }

    fn unqueue(&self, state: &mut State) {
        state.counts.queued = state.counts.queued.saturating_sub(1);
        if state.counts.queued == 0 {
            self.none_queued.notify_all();
        }
    }

    /// Every operation leaves it whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn gap(&mut self, lane: Lane) -> &mut Option<Gap> {
        match lane {
            Lane::Requests => &mut self.requests_gap,
            Lane::Changes => &mut self.changes_gap,
        }
    }

    fn miss(&mut self, lane: Lane, lost: Gap) {
        let gap = self.gap(lane);
        *gap = Some(gap.map_or(lost, |gap| gap.and(lost)));
    }

    fn count_failure(&mut self, why: RDKafkaErrorCode) {
        let known = self.failures.iter_mut().find(|(code, _)| *code == why);
        match known {
            Some((_, count)) => *count += 1,
            None => self.failures.push((why, 1)),
        }
    }
}
