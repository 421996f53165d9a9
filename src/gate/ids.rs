//! Ids for requests whose edge gave none, and for audit records.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// An id that no other request to this process has: `req_`, 16 hexadecimal
/// digits that are random for each gate, and a count. It is no secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RequestId {
    /// In place, because every request gets one.
    text: [u8; LONGEST],
    length: usize,
}

/// The prefix, and two numbers of 64 bits.
const LONGEST: usize = 4 + 16 + 16;

impl RequestId {
    fn new(gate: u64, count: u64) -> Self {
        let mut text = [0; LONGEST];
        let mut rest = text.as_mut_slice();
        // There is room, so nothing is cut off.
        let _ = write!(rest, "req_{gate:016x}{count:06x}");
        let length = LONGEST - rest.len();
        Self { text, length }
    }

    /// The id's text.
    pub(super) fn as_str(&self) -> &str {
        let text = self.text.get(..self.length);
        text.and_then(|text| str::from_utf8(text).ok())
            .unwrap_or_default()
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RequestId").field(&self.as_str()).finish()
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
        RequestId::new(self.gate, count)
    }

    /// An id for the record of a change of the policy.
    pub(super) fn next_change(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        format!("chg_{:016x}{count:06x}", self.gate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_gate_and_the_count() {
        let id = |gate, count| RequestId::new(gate, count).as_str().to_owned();
        assert_eq!(id(1, 2), "req_0000000000000001000002");
        assert_eq!(id(0xabc, 0x100_0000), "req_0000000000000abc1000000");
        assert_eq!(id(u64::MAX, u64::MAX), format!("req_{}", "f".repeat(32)));
        let debug = format!("{:?}", RequestId::new(1, 2));
        assert_eq!(debug, r#"RequestId("req_0000000000000001000002")"#);
    }

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
