//! The checks for other stores: what keeps the rules passes, and what breaks one
//! does not.

use std::future::{Future, Ready, ready};
use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use certgate::limits::conformance::{Subject, check, plan};
use certgate::limits::{
    Allowances, ChargeOutcome, Charges, Limits, MemoryLimits, SharedLimits, WindowKind,
};
use certgate::request::{Now, Timestamp};

/// A store on a clock that the checks set.
struct Clocked<S> {
    store: S,
    time: Duration,
}

impl<S: SharedLimits> Subject for Clocked<S> {
    type Store = S;

    fn store(&self) -> &S {
        &self.store
    }

    fn now(&self) -> Now {
        let wall = 1_798_761_600 + i64::try_from(self.time.as_secs()).unwrap();
        Now {
            wall: Timestamp::from_unix_seconds(wall),
            monotonic: self.time,
        }
    }

    fn pass(&mut self, time: Duration) -> impl Future<Output = ()> {
        self.time += time;
        ready(())
    }
}

fn memory() -> MemoryLimits {
    MemoryLimits::new(plan().iter().map(|(client, limits)| (&**client, limits))).unwrap()
}

/// The rule that the store breaks, if it does.
fn broken<S: SharedLimits>(store: S) -> Option<&'static str> {
    let mut subject = Clocked {
        store,
        time: Duration::from_millis(12_345),
    };
    let mut context = Context::from_waker(Waker::noop());
    match pin!(check(&mut subject)).poll(&mut context) {
        Poll::Ready(outcome) => outcome.err().map(|violation| violation.rule),
        Poll::Pending => panic!("nothing waits here"),
    }
}

#[test]
fn the_store_in_memory_keeps_every_rule() {
    assert_eq!(broken(memory()), None);
}

/// The store in memory, with a fault.
struct Faulty<F>(MemoryLimits, F);

impl<F> SharedLimits for Faulty<F>
where
    F: Fn(&MemoryLimits, &Charges<'_>, &Now) -> ChargeOutcome + Send + Sync,
{
    fn charge_shared(
        &self,
        due: &Charges<'_>,
        now: &Now,
    ) -> impl Future<Output = ChargeOutcome> + Send {
        let outcome: Ready<ChargeOutcome> = ready(self.1(&self.0, due, now));
        outcome
    }
}

fn broken_by(
    fault: impl Fn(&MemoryLimits, &Charges<'_>, &Now) -> ChargeOutcome + Send + Sync,
) -> &'static str {
    broken(Faulty(memory(), fault)).unwrap()
}

#[test]
fn each_fault_is_found_by_the_rule_that_it_breaks() {
    let found = broken_by(|_, _, _| ChargeOutcome::Charged(Allowances::new()));
    assert_eq!(found, "a rate admits its number of requests and no more");

    let found = broken_by(|_, _, _| ChargeOutcome::Unavailable);
    assert_eq!(found, "a rate admits its number of requests and no more");

    let found = broken_by(|store, due, now| {
        let one = Charges {
            client: "a",
            ..*due
        };
        store.charge(if due.client == "a:b" { &one } else { due }, now)
    });
    assert_eq!(found, "each client and each limit has a counter of its own");

    // Goes by the place in the plan alone.
    let found = broken_by(|store, due, now| {
        let by_place = plan();
        let client = by_place
            .get(due.slot)
            .map_or(due.client, |(client, _)| client);
        store.charge(&Charges { client, ..*due }, now)
    });
    assert_eq!(found, "each client and each limit has a counter of its own");

    // Renewed at once, as by fixed windows.
    let found = broken_by(|store, due, now| {
        let window = now.monotonic.as_secs() / 2 * 2;
        let monotonic = Duration::from_secs(window);
        store.charge(due, &Now { monotonic, ..*now })
    });
    assert_eq!(
        found,
        "a rate holds in every window of its length, wherever it starts"
    );

    let found = broken_by(|store, due, now| match store.charge(due, now) {
        ChargeOutcome::Refused(mut refusal) if due.client == "waits" => {
            refusal.retry_after /= 2;
            ChargeOutcome::Refused(refusal)
        }
        outcome => outcome,
    });
    assert_eq!(found, "who waits as long as a refusal says is admitted");

    // One limit after the other.
    let found = broken_by(|store, due, now| {
        let mut last = ChargeOutcome::Unavailable;
        for limit in due.owed() {
            let one = [std::slice::from_ref(limit), &[], &[]];
            last = store.charge(
                &Charges {
                    limits: one,
                    ..*due
                },
                now,
            );
            if !matches!(last, ChargeOutcome::Charged(_)) {
                return last;
            }
        }
        last
    });
    assert_eq!(found, "where one limit refuses none is charged");

    let found = broken_by(|store, due, now| {
        let cost = NonZeroU32::MIN;
        let by_name = matches!(due.client, "costs");
        store.charge(
            &Charges {
                cost: if by_name { cost } else { due.cost },
                ..*due
            },
            now,
        )
    });
    assert_eq!(found, "a request counts for what it costs, or not at all");

    // A quota is never renewed.
    let found = broken_by(|store, due, now| {
        let wall = Timestamp::from_unix_seconds(1_798_761_612);
        store.charge(due, &Now { wall, ..*now })
    });
    assert_eq!(found, "a quota admits its number in each window");

    let found = broken_by(|store, due, now| {
        let [own, ..] = due.limits;
        store.charge(
            &Charges {
                limits: [own, &[], &[]],
                ..*due
            },
            now,
        )
    });
    assert_eq!(
        found,
        "what a profile and a collection owe is counted as well"
    );

    let found = broken_by(|store, due, now| match store.charge(due, now) {
        ChargeOutcome::Charged(allowances) if due.client == "told" => {
            let mut reversed = Allowances::new();
            for window in allowances.as_slice().iter().rev() {
                reversed.push(*window).unwrap();
            }
            ChargeOutcome::Charged(reversed)
        }
        outcome => outcome,
    });
    assert_eq!(
        found,
        "an outcome tells every window, a limit's rate before its quota"
    );

    let found = broken_by(|store, due, now| match store.charge(due, now) {
        ChargeOutcome::Refused(mut refusal) if due.client == "longest" => {
            (refusal.limit, refusal.kind) = (0, WindowKind::Rate);
            ChargeOutcome::Refused(refusal)
        }
        outcome => outcome,
    });
    assert_eq!(
        found,
        "of several full windows the one that is full for longest refuses"
    );
}

/// Asks, waits, and then counts.
struct Hesitant(MemoryLimits, Mutex<u32>);

impl SharedLimits for Hesitant {
    async fn charge_shared(&self, due: &Charges<'_>, now: &Now) -> ChargeOutcome {
        if due.client != "at-once" {
            return self.0.charge(due, now);
        }
        let counted = *self.1.lock().unwrap();
        Yield(false).await;
        *self.1.lock().unwrap() += 1;
        if counted < 4 {
            ChargeOutcome::Charged(Allowances::new())
        } else {
            ChargeOutcome::Unavailable
        }
    }
}

struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[tokio::test]
async fn a_store_that_looks_first_and_counts_later_is_found() {
    let mut subject = Clocked {
        store: Hesitant(memory(), Mutex::default()),
        time: Duration::ZERO,
    };
    let violation = check(&mut subject).await.unwrap_err();
    assert_eq!(
        violation.to_string(),
        "requests at once get no more than requests one by one: 16 in place of 4"
    );
}
