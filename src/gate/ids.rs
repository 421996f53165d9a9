//! Ids for requests whose edge gave none, and for audit records.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

/// An id that no other request to this process has: `req_`, 16 hexadecimal
/// digits that are random for each gate, and a count. It is no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug)]
pub(super) struct RequestIds {
    gate: u64,
    count: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> Self {
        Self {
            // The standard library's per-process random keys, so that no
            // source of randomness has to be depended on.
            gate: RandomState::new().build_hasher().finish(),
            count: AtomicU64::new(0),
        }
    }
}

impl RequestIds {
    pub(super) fn next(&self) -> RequestId {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        RequestId(format!("req_{:016x}{count:06x}", self.gate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_within_a_gate_and_between_gates() {
        let (one, other) = (RequestIds::default(), RequestIds::default());
        let ids = [one.next(), one.next(), other.next(), other.next()];
        for (place, id) in ids.iter().enumerate() {
            assert!(id.as_str().starts_with("req_") && id.as_str().len() == 26);
            assert!(!ids[..place].contains(id));
        }
    }
}
