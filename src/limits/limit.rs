//! What a policy grants: rates, quotas, and the sets of them that clients have.

use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;
use std::time::Duration;

/// How many windows the limits of one client may have together, a rate and a
/// quota counting as one each.
pub const MAX_WINDOWS: usize = 8;

const DAY: Duration = Duration::from_secs(86_400);

/// A named limit: a rate, a quota, or both.
///
/// Counters are found by the client, this name, and the window's kind and
/// length. Another number of requests under the same name keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    name: Arc<str>,
    rate: Option<Rate>,
    quota: Option<Quota>,
}

impl Limit {
    /// A limit from its parts.
    ///
    /// # Errors
    ///
    /// [`LimitError::Empty`] if there is neither a rate nor a quota.
    pub fn new(name: &str, rate: Option<Rate>, quota: Option<Quota>) -> Result<Self, LimitError> {
        if rate.is_none() && quota.is_none() {
            return Err(LimitError::Empty);
        }
        Ok(Self {
            name: name.into(),
            rate,
            quota,
        })
    }

    /// The limit's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The sliding window, if the limit has one.
    #[must_use]
    pub const fn rate(&self) -> Option<Rate> {
        self.rate
    }

    /// The calendar window, if the limit has one.
    #[must_use]
    pub const fn quota(&self) -> Option<Quota> {
        self.quota
    }

    /// The name, to be held by a counter without a copy.
    pub(super) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    fn windows(&self) -> usize {
        usize::from(self.rate.is_some()) + usize::from(self.quota.is_some())
    }
}

/// The limits of one client: at most [`MAX_WINDOWS`] windows, each name once.
///
/// A clone shares its contents: make one set for all the clients of a tariff.
/// The default set is empty, for clients without limits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitSet(Arc<[Limit]>);

impl LimitSet {
    /// A set of limits, which keep their order.
    ///
    /// ```
    /// use std::num::NonZeroU64;
    /// use certgate::limits::{Limit, LimitError, LimitSet, Quota, QuotaPeriod};
    ///
    /// let quota = Quota::new(NonZeroU64::MIN, QuotaPeriod::Day);
    /// let limit = Limit::new("daily", None, Some(quota))?;
    /// assert_eq!(LimitSet::new([limit.clone()])?.as_slice().len(), 1);
    /// assert_eq!(LimitSet::new([limit.clone(), limit]), Err(LimitError::NameRepeated));
    /// # Ok::<(), LimitError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LimitError::TooManyWindows`] above [`MAX_WINDOWS`], and
    /// [`LimitError::NameRepeated`] if two limits have one name, since they
    /// would share their counters.
    pub fn new(limits: impl IntoIterator<Item = Limit>) -> Result<Self, LimitError> {
        let limits: Arc<[Limit]> = limits.into_iter().collect();
        if limits.iter().map(Limit::windows).sum::<usize>() > MAX_WINDOWS {
            return Err(LimitError::TooManyWindows);
        }
        let mut rest = limits.iter();
        while let Some(limit) = rest.next() {
            if rest.clone().any(|other| other.name == limit.name) {
                return Err(LimitError::NameRepeated);
            }
        }
        Ok(Self(limits))
    }

    /// Everything that a client may come to owe, by one request or another,
    /// each name once: what counters are made for. No request owes all of it.
    pub(crate) fn all_of<'s>(sets: impl IntoIterator<Item = &'s Self>) -> Self {
        let mut all: Vec<Limit> = Vec::new();
        for limit in sets.into_iter().flat_map(Self::as_slice) {
            if all.iter().all(|other| other.name != limit.name) {
                all.push(limit.clone());
            }
        }
        Self(all.into())
    }

    /// How many windows the limits have.
    pub(crate) fn windows(&self) -> usize {
        self.as_slice().iter().map(Limit::windows).sum()
    }

    /// The limits, in the order in which outcomes count them.
    #[must_use]
    pub fn as_slice(&self) -> &[Limit] {
        &self.0
    }

    /// Whether there is nothing to charge.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// At most `requests` in any window of the length `per`, wherever it starts.
///
/// The window is half-open: what was admitted at `t` counts until just before
/// `t + per`. A store with bounded memory may count it a little longer, as it
/// documents, never shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    requests: NonZeroU32,
    per: Duration,
}

impl Rate {
    /// The shortest window.
    pub const MIN_PER: Duration = Duration::from_secs(1);
    /// The longest window, 31 days.
    pub const MAX_PER: Duration = Duration::from_secs(31 * 86_400);

    /// A rate from a number of requests and the window's length.
    ///
    /// # Errors
    ///
    /// [`LimitError::RatePeriod`] if `per` is shorter than
    /// [`MIN_PER`](Self::MIN_PER) or longer than [`MAX_PER`](Self::MAX_PER).
    pub fn new(requests: NonZeroU32, per: Duration) -> Result<Self, LimitError> {
        if (Self::MIN_PER..=Self::MAX_PER).contains(&per) {
            Ok(Self { requests, per })
        } else {
            Err(LimitError::RatePeriod)
        }
    }

    /// How many requests a window admits.
    #[must_use]
    pub const fn requests(self) -> NonZeroU32 {
        self.requests
    }

    /// The window's length.
    #[must_use]
    pub const fn per(self) -> Duration {
        self.per
    }
}

/// At most `requests` in each calendar window of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    requests: NonZeroU64,
    period: QuotaPeriod,
}

impl Quota {
    /// A quota from a number of requests and the period that renews it.
    #[must_use]
    pub const fn new(requests: NonZeroU64, period: QuotaPeriod) -> Self {
        Self { requests, period }
    }

    /// How many requests a window admits.
    #[must_use]
    pub const fn requests(self) -> NonZeroU64 {
        self.requests
    }

    /// What renews the quota.
    #[must_use]
    pub const fn period(self) -> QuotaPeriod {
        self.period
    }
}

/// The calendar windows of a quota, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaPeriod {
    /// From midnight to midnight.
    Day,
    /// From Monday 00:00 to the next.
    Week,
    /// From the first of a month 00:00 to the first of the next.
    Month,
    /// Windows of so many seconds, one of which starts at
    /// 1970-01-01T00:00:00Z.
    Every(NonZeroU32),
}

impl QuotaPeriod {
    /// The period that operators mean by a duration: 1 day, 7 days and 30
    /// days are [`Day`](Self::Day), [`Week`](Self::Week) and
    /// [`Month`](Self::Month), any other length is [`Every`](Self::Every).
    ///
    /// ```
    /// use std::time::Duration;
    /// use certgate::limits::QuotaPeriod;
    ///
    /// let month = QuotaPeriod::from_duration(Duration::from_secs(30 * 86_400))?;
    /// assert_eq!(month, QuotaPeriod::Month);
    /// # Ok::<(), certgate::limits::LimitError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LimitError::QuotaPeriod`] if the duration is zero, has a fraction of
    /// a second, or exceeds `u32::MAX` seconds (136 years).
    pub fn from_duration(duration: Duration) -> Result<Self, LimitError> {
        if duration == DAY {
            return Ok(Self::Day);
        }
        if duration == 7 * DAY {
            return Ok(Self::Week);
        }
        if duration == 30 * DAY {
            return Ok(Self::Month);
        }
        if duration.subsec_nanos() != 0 {
            return Err(LimitError::QuotaPeriod);
        }
        u32::try_from(duration.as_secs())
            .ok()
            .and_then(NonZeroU32::new)
            .map(Self::Every)
            .ok_or(LimitError::QuotaPeriod)
    }
}

/// Why limits cannot be made as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// A rate's window is shorter than a second or longer than 31 days.
    #[error("the window of a rate must be from 1 second to 31 days long")]
    RatePeriod,
    /// A quota's period is not a whole number of seconds from 1 to `u32::MAX`.
    #[error("the period of a quota must be a whole number of seconds, at least 1")]
    QuotaPeriod,
    /// A limit has neither a rate nor a quota.
    #[error("a limit needs a rate, a quota, or both")]
    Empty,
    /// A client's limits have more than [`MAX_WINDOWS`] windows.
    #[error("the limits of one client may have at most {MAX_WINDOWS} rates and quotas together")]
    TooManyWindows,
    /// Two limits of one client have the same name.
    #[error("the limits of one client must have different names")]
    NameRepeated,
    /// Two clients of one plan have the same id.
    #[error("each client may stand in a plan once")]
    ClientRepeated,
    /// A share is not from 1 to 100 percent.
    #[error("a share of limits must be from 1 to 100 percent")]
    Share,
}
