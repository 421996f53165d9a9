//! The rules that every store keeps.

use certgate::limits::conformance::{Subject, check};

use super::*;

/// A store whose Redis has a clock that the rules move.
struct Driven {
    acme: Acme,
    clock: i64,
}

impl Subject for Driven {
    type Store = RedisLimits;

    fn store(&self) -> &RedisLimits {
        &self.acme.store
    }

    fn now(&self) -> Now {
        NOW
    }

    async fn pass(&mut self, time: Duration) {
        self.clock += i64::try_from(time.as_nanos().div_ceil(1_000)).unwrap();
        self.acme.at(self.clock);
    }
}

#[tokio::test]
async fn the_store_in_redis_keeps_every_rule() {
    let mut driven = Driven {
        acme: Acme::new(set([])),
        clock: utc(START),
    };
    check(&mut driven).await.unwrap();
}
