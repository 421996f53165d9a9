//! How soon a valid certificate ends, and whether to warn of it.

use crate::request::Timestamp;

/// The days before the end of a certificate at which to warn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ExpiryThresholds {
    /// In ascending order, each once.
    days: Box<[u32]>,
}

/// A certificate that is valid and ends soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ExpiryWarning {
    /// How many whole days are left, rounded down: 0 on the last day.
    pub days_left: u32,
    /// The smallest threshold of the policy, in days, that is reached.
    pub threshold_days: u32,
    /// The last second of its validity.
    pub not_after: Timestamp,
}

const SECONDS_A_DAY: i64 = 86_400;

impl ExpiryThresholds {
    /// Thresholds in any order.
    pub(crate) fn new(mut days: Vec<u32>) -> Self {
        days.sort_unstable();
        days.dedup();
        Self {
            days: days.into_boxed_slice(),
        }
    }

    /// Whether to warn at `now` of a certificate that ends at `not_after`: a
    /// threshold is reached once no more than its days are left. Of one that
    /// has ended there is nothing to warn.
    pub(crate) fn warn(&self, not_after: Timestamp, now: Timestamp) -> Option<ExpiryWarning> {
        let left = not_after.unix_seconds().checked_sub(now.unix_seconds())?;
        if left < 0 {
            return None;
        }
        let is_reached = |days: &&u32| left <= i64::from(**days) * SECONDS_A_DAY;
        let threshold_days = *self.days.iter().find(is_reached)?;
        Some(ExpiryWarning {
            days_left: u32::try_from(left / SECONDS_A_DAY).ok()?,
            threshold_days,
            not_after,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warned(days: &[u32], left: i64) -> Option<(u32, u32)> {
        let at = Timestamp::from_unix_seconds;
        let warning =
            ExpiryThresholds::new(days.to_vec()).warn(at(1_000_000 + left), at(1_000_000));
        warning.map(|warning| (warning.days_left, warning.threshold_days))
    }

    #[test]
    fn the_smallest_threshold_that_is_reached_counts() {
        let days = [30, 7, 1];
        for (left, expected) in [
            (30 * 86_400 + 1, None),
            (30 * 86_400, Some((30, 30))),
            (30 * 86_400 - 1, Some((29, 30))),
            (7 * 86_400 + 1, Some((7, 30))),
            (7 * 86_400, Some((7, 7))),
            (86_401, Some((1, 7))),
            (86_400, Some((1, 1))),
            (86_399, Some((0, 1))),
            (0, Some((0, 1))),
            (-1, None),
        ] {
            assert_eq!(warned(&days, left), expected, "{left}");
        }
        assert_eq!(warned(&[], 0), None);
    }

    #[test]
    fn no_moment_overflows() {
        let at = Timestamp::from_unix_seconds;
        let thresholds = ExpiryThresholds::new(vec![u32::MAX]);
        assert_eq!(thresholds.warn(at(i64::MAX), at(i64::MIN)), None);
        assert_eq!(thresholds.warn(at(i64::MIN), at(i64::MAX)), None);
        assert_eq!(thresholds.warn(at(i64::MAX), at(0)), None);
    }
}
