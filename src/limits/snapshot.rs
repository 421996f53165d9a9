//! What a store has counted, to be kept across a restart.

use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::limit::{QuotaPeriod, Rate};
use super::quota_window::{LEFT, Span};
use super::rate_window::Segment;
use crate::request::Timestamp;

/// What a [`MemoryLimits`](super::MemoryLimits) has counted at one moment, so that
/// a restart gives nobody a quota for free.
///
/// [`MemoryLimits::snapshot`](super::MemoryLimits::snapshot) takes one, and
/// [`MemoryLimits::restore`](super::MemoryLimits::restore) counts it in the store of
/// the next process. In between it is written and read in any format that serde
/// knows, without loss in any that has integers of 64 bits. Its format has a
/// version; reading another, or a window that no store can have counted, is an
/// error, after which no client has been given anything. A client or a window that
/// is there twice counts twice.
///
/// It holds the ids of clients that have sent requests, the names of their limits,
/// numbers and times, and nothing else. Whoever can write it can free clients or
/// lock them out: keep it where the policy is kept.
///
/// ```
/// # use std::num::{NonZeroU32, NonZeroU64};
/// # use std::time::Duration;
/// # use certgate::limits::{
/// #     ChargeOutcome, Charges, Limit, LimitSet, Limits, LimitsSnapshot, MemoryLimits, Quota,
/// #     QuotaPeriod,
/// # };
/// # use certgate::request::{Now, Timestamp};
/// # let quota = Quota::new(NonZeroU64::MIN, QuotaPeriod::Day);
/// # let limits = LimitSet::new([Limit::new("daily", None, Some(quota))?])?;
/// # let due = Charges { client: "acme", slot: 0, limits: [limits.as_slice(), &[], &[]], cost: NonZeroU32::MIN };
/// # let now = Now {
/// #     wall: Timestamp::from_unix_seconds(1_776_330_562),
/// #     monotonic: Duration::from_secs(5),
/// # };
/// let store = MemoryLimits::new([("acme", &limits)])?; // one request a day
/// assert!(matches!(store.charge(&due, &now), ChargeOutcome::Charged(_)));
/// let file = serde_json::to_string(&store.snapshot(&now))?;
///
/// // In the next process:
/// let snapshot: LimitsSnapshot = serde_json::from_str(&file)?;
/// let store = MemoryLimits::new([("acme", &limits)])?;
/// store.restore(&snapshot, &now);
/// assert!(matches!(store.charge(&due, &now), ChargeOutcome::Refused(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsSnapshot(Contents);

impl LimitsSnapshot {
    pub(super) fn new(taken_at: Timestamp, clients: Vec<SavedClient>) -> Self {
        Self(Contents {
            version: Version,
            taken_at: taken_at.unix_seconds(),
            clients,
        })
    }

    /// When it was taken, on the wall clock.
    #[must_use]
    pub const fn taken_at(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.0.taken_at)
    }

    pub(super) fn clients(&self) -> &[SavedClient] {
        &self.0.clients
    }

    /// How long ago it was taken, at the least. Both moments are in whole seconds,
    /// so it may be a second less than their difference. A clock that went back
    /// tells of no time.
    pub(super) fn age(&self, now: Timestamp) -> Duration {
        let seconds = now.unix_seconds().saturating_sub(self.0.taken_at);
        Duration::from_secs(u64::try_from(seconds.saturating_sub(1)).unwrap_or(0))
    }
}

impl Serialize for LimitsSnapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for LimitsSnapshot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let contents = Contents::deserialize(deserializer)?;
        for (index, client) in contents.clients.iter().enumerate() {
            client.check().map_err(|impossible| {
                D::Error::custom(format_args!("client {}: {impossible}", index + 1))
            })?;
        }
        Ok(Self(contents))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    version: Version,
    /// Seconds since the Unix epoch.
    taken_at: i64,
    clients: Vec<SavedClient>,
}

/// What one client's windows have counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedClient {
    pub(super) client: Box<str>,
    pub(super) rates: Vec<SavedRate>,
    pub(super) quotas: Vec<SavedQuota>,
}

/// What one sliding window has counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedRate {
    pub(super) limit: Box<str>,
    /// The window's length in nanoseconds.
    per_ns: u64,
    /// Oldest first.
    pub(super) segments: Vec<Segment>,
}

impl SavedRate {
    /// `None` for a length that no rate has.
    pub(super) fn new(limit: &str, per: Duration, segments: Vec<Segment>) -> Option<Self> {
        Some(Self {
            limit: limit.into(),
            per_ns: u64::try_from(per.as_nanos()).ok()?,
            segments,
        })
    }

    pub(super) const fn per(&self) -> Duration {
        Duration::from_nanos(self.per_ns)
    }
}

/// What the calendar windows of one quota have counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedQuota {
    pub(super) limit: Box<str>,
    #[serde(with = "Period")]
    pub(super) period: QuotaPeriod,
    /// The window in force.
    pub(super) current: Span,
    /// Those that the clock left.
    pub(super) left: Vec<Span>,
}

/// The format's version, which is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
struct Version;

impl From<Version> for u32 {
    fn from(Version: Version) -> Self {
        1
    }
}

impl TryFrom<u32> for Version {
    type Error = Impossible;

    fn try_from(version: u32) -> Result<Self, Impossible> {
        (version == u32::from(Self))
            .then_some(Self)
            .ok_or(Impossible::Version)
    }
}

/// How periods are written.
#[derive(Serialize, Deserialize)]
#[serde(remote = "QuotaPeriod", rename_all = "snake_case")]
enum Period {
    Day,
    Week,
    Month,
    Every(std::num::NonZeroU32),
}

/// What no store can have counted, or not in this format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Impossible {
    #[error("the snapshot has another version than 1")]
    Version,
    #[error("a rate is shorter than a second or longer than 31 days")]
    RatePeriod,
    #[error("the segments of a rate are too many, too old or not in order")]
    Segments,
    #[error("a quota has counted in no window of its period")]
    Window,
}

impl SavedClient {
    pub(super) fn is_empty(&self) -> bool {
        self.rates.is_empty() && self.quotas.is_empty()
    }

    fn check(&self) -> Result<(), Impossible> {
        self.rates.iter().try_for_each(SavedRate::check)?;
        self.quotas.iter().try_for_each(SavedQuota::check)
    }
}

impl SavedRate {
    fn check(&self) -> Result<(), Impossible> {
        if !(Rate::MIN_PER..=Rate::MAX_PER).contains(&self.per()) {
            return Err(Impossible::RatePeriod);
        }
        if !Segment::are_possible(&self.segments, self.per()) {
            return Err(Impossible::Segments);
        }
        Ok(())
    }
}

impl SavedQuota {
    fn check(&self) -> Result<(), Impossible> {
        let mut left = self.left.iter();
        if self.left.len() <= LEFT
            && self.current.is_window(self.period)
            && left.all(|span| span.is_possible(self.period))
        {
            Ok(())
        } else {
            Err(Impossible::Window)
        }
    }
}
