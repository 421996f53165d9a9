//! A part of every limit's number.

use std::num::NonZeroU32;

use super::Charges;
use super::limit::{Limit, LimitError, Quota, Rate};

/// A percentage of every limit's number: what one of several processes may admit
/// while it cannot ask the store that they share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    percent: u8,
}

impl Share {
    /// All of it.
    pub(super) const WHOLE: Self = Self { percent: 100 };

    /// A share from 1 to 100 percent.
    ///
    /// # Errors
    ///
    /// [`LimitError::Share`] if it is not.
    pub const fn percent(percent: u8) -> Result<Self, LimitError> {
        match percent {
            1..=100 => Ok(Self { percent }),
            _ => Err(LimitError::Share),
        }
    }

    /// The share of a number, rounded down: of a small number there may be
    /// nothing left.
    ///
    /// ```
    /// use certgate::limits::Share;
    ///
    /// let third = Share::percent(33)?;
    /// assert_eq!((third.of(500), third.of(4), third.of(3)), (165, 1, 0));
    /// # Ok::<(), certgate::limits::LimitError>(())
    /// ```
    #[must_use]
    pub const fn of(self, number: u64) -> u64 {
        // In two parts, so that no number is too large.
        let percent = self.percent as u64;
        number / 100 * percent + number % 100 * percent / 100
    }

    /// Whether every window that is to be charged could ever hold what the
    /// request costs.
    pub(super) fn has_room_for(self, due: &Charges<'_>) -> bool {
        let holds = |number: u64, cost: NonZeroU32| self.of(number) >= u64::from(cost.get());
        let rate = |rate: Rate| holds(u64::from(rate.requests().get()), due.cost);
        let quota = |quota: Quota| holds(quota.requests().get(), due.cost);
        due.owed()
            .all(|limit: &Limit| limit.rate().is_none_or(rate) && limit.quota().is_none_or(quota))
    }
}
