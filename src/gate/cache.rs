//! What was learned of certificates, by the header value that carried them.
//!
//! Only values that the edge vouched for on the request at hand get in, so
//! strangers cannot fill it. What it holds follows from the bytes and the
//! policy alone: status and time are read at every request.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::quality::RandomState;

use crate::decide::Assessed;

/// Parts that are locked apart.
const SHARDS: usize = 16;

/// How many certificates a half of a shard holds.
const HALF: usize = 256;

/// A bounded map in parts. Each part has a young and an old half; what is used
/// moves to the young half, and when that is full, it becomes the old one and
/// the old one is dropped. At most 8,192 certificates are held.
#[derive(Debug)]
pub(super) struct Cache {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Shard {
    young: Half,
    old: Half,
}

type Half = HashMap<Box<[u8]>, Arc<Assessed>, RandomState>;

impl Default for Cache {
    fn default() -> Self {
        Self {
            shards: core::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::default(),
        }
    }
}

impl Cache {
    /// What is known of this header value; the whole value is compared.
    pub(super) fn get(&self, value: &[u8]) -> Option<Arc<Assessed>> {
        self.with_shard(value, |shard| {
            if let Some(found) = shard.young.get(value) {
                return Some(Arc::clone(found));
            }
            let (value, found) = shard.old.remove_entry(value)?;
            shard.add(value, Arc::clone(&found));
            Some(found)
        })
    }

    /// Remembers what was learned.
    pub(super) fn insert(&self, value: &[u8], assessed: Arc<Assessed>) {
        self.with_shard(value, |shard| shard.add(value.into(), assessed));
    }

    fn with_shard<R>(&self, value: &[u8], use_it: impl FnOnce(&mut Shard) -> R) -> R {
        let place = self.hasher.hash_one(value) as usize % SHARDS;
        match self.shards.get(place) {
            // Every operation leaves a shard whole, so a panic elsewhere in
            // one does no harm.
            Some(shard) => use_it(&mut shard.lock().unwrap_or_else(PoisonError::into_inner)),
            None => use_it(&mut Shard::default()),
        }
    }
}

impl Shard {
    fn add(&mut self, value: Box<[u8]>, assessed: Arc<Assessed>) {
        if self.young.len() >= HALF {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(value, assessed);
    }
}
