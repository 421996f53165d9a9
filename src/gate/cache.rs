//! What was learned of certificates, by what they were read from.
//!
//! Only what the edge vouched for on the request at hand gets in, or what was
//! verified in this process, so strangers cannot fill it. What it holds follows from
//! the bytes and the policy alone: status and time are read at every request, and a
//! path to an authority says itself how long it holds.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::quality::RandomState;

use crate::decide::{Assessed, CertificateSource, SourceKind};

/// Parts that are locked apart.
const SHARDS: usize = 16;

/// How many certificates a half of a shard holds.
const HALF: usize = 256;

/// The longest source that is held, in bytes: a certificate of some 5 KiB.
/// Longer ones are chains, of which a client can send what it likes.
const LONGEST: usize = 8 * 1024;

/// A bounded map in parts. Each part has a young and an old half; what is used
/// moves to the young half, and when that is full, it becomes the old one and
/// the old one is dropped. At most 8,192 certificates are held.
///
/// Sources are long and hashed once: the hash is the key, and two that share one
/// displace each other.
///
/// `Debug` shows none of them.
pub(super) struct Cache {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
}

#[derive(Default)]
struct Shard {
    young: Half,
    old: Half,
}

type Half = HashMap<u64, Entry, RandomState>;

struct Entry {
    kind: SourceKind,
    leaf: Box<[u8]>,
    /// Empty for most, and then it allocates nothing.
    rest: Box<[Box<[u8]>]>,
    assessed: Arc<Assessed>,
}

impl Entry {
    fn of(source: CertificateSource<'_>, assessed: Arc<Assessed>) -> Self {
        Self {
            kind: source.kind,
            leaf: source.leaf.into(),
            rest: source.rest().map(Into::into).collect(),
            assessed,
        }
    }

    fn is_of(&self, source: CertificateSource<'_>) -> bool {
        self.kind == source.kind
            && *self.leaf == *source.leaf
            && self.rest.iter().map(|part| &**part).eq(source.rest())
    }
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            shards: core::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::default(),
        }
    }
}

impl Cache {
    /// What is known of this source; the whole of it is compared.
    pub(super) fn get(&self, source: CertificateSource<'_>) -> Option<Arc<Assessed>> {
        let hash = self.hash(source);
        let (found, retired) = self.with_shard(hash, |shard| {
            if let Some(entry) = shard.young.get(&hash)
                && entry.is_of(source)
            {
                return (Some(Arc::clone(&entry.assessed)), None);
            }
            match shard.old.remove(&hash) {
                Some(entry) if entry.is_of(source) => {
                    let found = Arc::clone(&entry.assessed);
                    (Some(found), shard.add(hash, entry))
                }
                _ => (None, None),
            }
        });
        drop(retired);
        found
    }

    /// Remembers what was learned, unless the source is overlong.
    pub(super) fn insert(&self, source: CertificateSource<'_>, assessed: Arc<Assessed>) {
        if source.len() > LONGEST {
            return;
        }
        let hash = self.hash(source);
        let entry = Entry::of(source, assessed);
        drop(self.with_shard(hash, |shard| shard.add(hash, entry)));
    }

    fn hash(&self, source: CertificateSource<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        source.leaf.hash(&mut hasher);
        for part in source.rest() {
            part.hash(&mut hasher);
        }
        hasher.finish()
    }

    fn with_shard<R>(&self, hash: u64, use_it: impl FnOnce(&mut Shard) -> R) -> R {
        let place = hash as usize % SHARDS;
        match self.shards.get(place) {
            // Every operation leaves a shard whole, so a panic elsewhere in
            // one does no harm.
            Some(shard) => use_it(&mut shard.lock().unwrap_or_else(PoisonError::into_inner)),
            None => use_it(&mut Shard::default()),
        }
    }
}

impl Shard {
    /// Gives back what is dropped, to be freed when the shard is unlocked.
    fn add(&mut self, hash: u64, entry: Entry) -> Option<Half> {
        let retired = (self.young.len() >= HALF)
            .then(|| core::mem::replace(&mut self.old, core::mem::take(&mut self.young)));
        self.young.insert(hash, entry);
        retired
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}

#[cfg(feature = "toml")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{SourceRest, assess, read};
    use crate::policy::Policy;
    use crate::request::{Now, Peer, Request, Timestamp};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use core::time::Duration;

    /// Any assessed certificate: HAProxy's header with the test client's.
    fn assessed() -> Arc<Assessed> {
        let text = "version = 1\n\
            [edge]\npreset = \"haproxy\"\nverification = \"edge-always\"\n\
            trusted_proxies = [\"unix\"]\n\
            [authentication]\nmode = \"mtls\"\n\
            [[identity]]\nclient = \"{subject.cn}\"\n";
        let policy = Policy::from_toml_str(text, "policy.toml").unwrap().policy;
        let der = include_bytes!("../../tests/data/certificates/acme.der");
        let headers = [("X-SSL-Client-DER", STANDARD.encode(der))];
        let request = Request {
            peer: Peer::UNIX,
            method: "GET",
            target: "/",
            headers: &headers,
            token: None,
            now: Now {
                wall: Timestamp::from_unix_seconds(0),
                monotonic: Duration::ZERO,
            },
        };
        let presented = assess(read(&policy, &request));
        Arc::clone(presented.assessed().unwrap())
    }

    fn header(value: &[u8]) -> CertificateSource<'_> {
        CertificateSource {
            kind: SourceKind::Header,
            leaf: value,
            rest: SourceRest::Lines(&[]),
        }
    }

    fn held(cache: &Cache) -> usize {
        let count = |shard: &Mutex<Shard>| {
            let shard = shard.lock().unwrap();
            shard.young.len() + shard.old.len()
        };
        cache.shards.iter().map(count).sum()
    }

    #[test]
    fn what_is_used_stays_and_no_more_is_held_than_said() {
        let (cache, assessed) = (Cache::default(), assessed());
        cache.insert(header(b"in use"), Arc::clone(&assessed));
        cache.insert(header(b"left alone"), Arc::clone(&assessed));
        let mut most = 0;
        for n in 0..40_000_u32 {
            cache.insert(header(&n.to_be_bytes()), Arc::clone(&assessed));
            if n % 64 == 0 {
                assert!(
                    cache.get(header(b"in use")).is_some(),
                    "lost after {n} others"
                );
                most = most.max(held(&cache));
            }
        }
        assert!((4_096..=8_192).contains(&most), "{most} were held");
        assert!(cache.get(header(b"left alone")).is_none());
        assert!(cache.get(header(&0_u32.to_be_bytes())).is_none());
        assert!(cache.get(header(&39_999_u32.to_be_bytes())).is_some());
        // What was dropped is gone, and what is held is held once.
        assert_eq!(Arc::strong_count(&assessed), 1 + held(&cache));
    }

    #[test]
    fn an_overlong_value_is_not_held() {
        let (cache, assessed) = (Cache::default(), assessed());
        let (longest, longer) = (vec![b'a'; 8_192], vec![b'a'; 8_193]);
        cache.insert(header(&longest), Arc::clone(&assessed));
        cache.insert(header(&longer), Arc::clone(&assessed));
        assert!(cache.get(header(&longest)).is_some());
        assert!(cache.get(header(&longer)).is_none());
    }

    #[test]
    fn values_of_one_hash_are_told_apart() {
        let (cache, assessed) = (Cache::default(), assessed());
        let hash = cache.hash(header(b"asked"));
        let entry = || Entry::of(header(b"another"), Arc::clone(&assessed));
        cache.with_shard(hash, |shard| shard.young.insert(hash, entry()));
        cache.with_shard(hash, |shard| shard.old.insert(hash, entry()));
        assert!(cache.get(header(b"asked")).is_none());
        cache.insert(header(b"asked"), Arc::clone(&assessed));
        assert!(cache.get(header(b"asked")).is_some());
    }

    #[test]
    fn what_is_learned_twice_is_held_once_in_each_half_at_most() {
        let (cache, assessed) = (Cache::default(), assessed());
        for _ in 0..1_000 {
            cache.insert(header(b"the same"), Arc::clone(&assessed));
        }
        assert_eq!(held(&cache), 1);
        assert_eq!(format!("{cache:?}"), "Cache { .. }");
    }

    /// Where what came along makes a difference, all of it has to be the same, and
    /// parts do not run into each other.
    #[test]
    fn a_source_is_all_that_it_is_made_of() {
        let (cache, assessed) = (Cache::default(), assessed());
        let (ab, c): (&[u8], &[u8]) = (b"ab", b"c");
        let of = |leaf, rest| CertificateSource {
            leaf,
            rest,
            ..header(b"")
        };
        let (lines, other) = ([ab, c], [b"a".as_slice(), b"bc"]);
        cache.insert(
            of(b"leaf", SourceRest::Lines(&lines)),
            Arc::clone(&assessed),
        );
        assert!(cache.get(of(b"leaf", SourceRest::Lines(&lines))).is_some());
        for rest in [
            SourceRest::Lines(&[]),
            SourceRest::Lines(&lines[..1]),
            SourceRest::Lines(&other),
        ] {
            assert!(cache.get(of(b"leaf", rest)).is_none(), "{rest:?}");
        }
        let connection = CertificateSource {
            kind: SourceKind::Connection,
            rest: SourceRest::Certificates(&[]),
            ..header(b"the same")
        };
        cache.insert(header(b"the same"), Arc::clone(&assessed));
        assert!(cache.get(connection).is_none());
        cache.insert(connection, assessed);
        assert!(cache.get(connection).is_some());
    }
}
