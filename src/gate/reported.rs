//! Of which certificates it is on record that they end soon.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::certificate::Thumbprint;
use crate::trust::ExpiryWarning;

/// How many a half holds.
const HALF: usize = 8_192;

/// Certificates and the thresholds that records have told of, in two halves: when
/// the young one is full, it becomes the old one, and the old one is forgotten.
/// So memory is bounded (some 1 MiB), and what is forgotten is told once more.
///
/// It is the gate's and no policy's, so that a reload repeats nothing. Only
/// certificates of requests that were allowed as somebody's get in.
#[derive(Debug, Default)]
pub(super) struct Reported(Mutex<Halves>);

#[derive(Debug, Default)]
struct Halves {
    young: HashSet<Key>,
    old: HashSet<Key>,
}

/// A certificate, and a threshold in days.
type Key = ([u8; 32], u32);

impl Reported {
    /// Whether this is the first time that this certificate has reached this
    /// threshold; asked again, it is not.
    pub(super) fn is_first(&self, thumbprint: &Thumbprint, warning: ExpiryWarning) -> bool {
        let key = (*thumbprint.as_bytes(), warning.threshold_days);
        // Every operation leaves it whole.
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        halves.add(key)
    }
}

impl Halves {
    fn add(&mut self, key: Key) -> bool {
        if self.young.contains(&key) || self.old.contains(&key) {
            return false;
        }
        if self.young.len() >= HALF {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_forgets_the_oldest_and_stays_small() {
        let mut halves = Halves::default();
        let key = |n: u32| {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&n.to_be_bytes());
            (bytes, 30)
        };
        let many = u32::try_from(3 * HALF).unwrap();
        assert!((0..many).all(|n| halves.add(key(n))));
        assert!(halves.young.len() + halves.old.len() <= 2 * HALF);
        assert!(!halves.add(key(many - 1)));
        assert!(halves.add(key(0)));
    }

    #[test]
    fn a_threshold_is_told_once_a_certificate() {
        let mut halves = Halves::default();
        let (one, other) = ([1; 32], [2; 32]);
        assert!(halves.add((one, 30)));
        assert!(!halves.add((one, 30)));
        assert!(halves.add((one, 7)));
        assert!(halves.add((other, 30)));
        assert!(!halves.add((one, 30)));
    }
}
