//! The policies before the one in force, and what waits to be freed.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::limits::MemoryLimits;

use super::generation::{Generation, PolicyInForce};

/// The earlier policies, newest last, with what counts their requests.
///
/// Their counters are kept so that a client who is left out by one policy and
/// is back in a later one has no quota for free.
#[derive(Debug)]
pub(super) struct History {
    past: VecDeque<Past>,
    kept: usize,
    retired: Retired,
}

/// A policy that was in force.
#[derive(Debug)]
pub(super) struct Past {
    in_force: PolicyInForce,
    limits: Arc<MemoryLimits>,
}

/// What is not reachable any more and may still be in use.
///
/// Requests borrow a generation and never own the last of it: it is freed here,
/// by whoever changes the policy, once no request uses it.
#[derive(Debug, Default)]
struct Retired {
    generations: Vec<Arc<Generation>>,
    policies: Vec<Past>,
}

impl History {
    pub(super) fn new(kept: usize) -> Self {
        Self {
            past: VecDeque::new(),
            kept,
            retired: Retired::default(),
        }
    }

    /// Keeps this many from now on.
    pub(super) fn keep(&mut self, kept: usize) {
        self.kept = kept;
        self.forget();
    }

    /// The earlier policies, oldest first.
    pub(super) fn versions(&self) -> impl DoubleEndedIterator<Item = &PolicyInForce> {
        self.past.iter().map(|past| &past.in_force)
    }

    /// What counted requests under them, newest first.
    pub(super) fn limits(&self) -> impl Iterator<Item = &Arc<MemoryLimits>> {
        self.past.iter().rev().map(|past| &past.limits)
    }

    /// Remembers the policy of a generation that is in force no more.
    pub(super) fn retire(&mut self, generation: Arc<Generation>) {
        self.past.push_back(Past {
            in_force: generation.active.in_force(),
            limits: Arc::clone(&generation.active.limits),
        });
        self.set_aside(generation);
        self.forget();
    }

    /// Keeps a generation that was replaced until nobody uses it any more.
    pub(super) fn set_aside(&mut self, generation: Arc<Generation>) {
        self.retired.generations.push(generation);
    }

    /// Generations that nobody uses any more, to be freed outside of any lock.
    pub(super) fn take_unused_generations(&mut self) -> Vec<Arc<Generation>> {
        let generations = &mut self.retired.generations;
        generations
            .extract_if(.., |generation| Arc::strong_count(generation) == 1)
            .collect()
    }

    /// The same for policies, which generations hold as well.
    pub(super) fn take_unused_policies(&mut self) -> Vec<Past> {
        let policies = &mut self.retired.policies;
        policies
            .extract_if(.., |past| {
                Arc::strong_count(past.in_force.shared_policy()) == 1
            })
            .collect()
    }

    /// How much still waits to be freed.
    pub(super) fn in_use(&self) -> usize {
        self.retired.generations.len() + self.retired.policies.len()
    }

    fn forget(&mut self) {
        while self.past.len() > self.kept
            && let Some(past) = self.past.pop_front()
        {
            let policy = past.in_force.shared_policy();
            let known = |other: &Past| Arc::ptr_eq(other.in_force.shared_policy(), policy);
            // A rollback puts one policy in several places; the last counts.
            if !self.past.iter().chain(&self.retired.policies).any(known) {
                self.retired.policies.push(past);
            }
        }
    }
}
