//! The services' clock, which can be set ahead of the machine's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use certgate::adapter::SystemClock;
use certgate::request::{Now, Timestamp};

#[derive(Clone)]
pub(crate) struct Clock {
    system: SystemClock,
    seconds_ahead: Arc<AtomicI64>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self {
            system: SystemClock::start(),
            seconds_ahead: Arc::default(),
        }
    }

    /// Sets the wall clock to so many days after the machine's.
    pub(crate) fn set_days_ahead(&self, days: u32) {
        self.seconds_ahead
            .store(i64::from(days) * 86_400, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Now {
        let Now { wall, monotonic } = self.system.now();
        let ahead = self.seconds_ahead.load(Ordering::Relaxed);
        Now {
            wall: Timestamp::from_unix_seconds(wall.unix_seconds() + ahead),
            monotonic,
        }
    }
}
