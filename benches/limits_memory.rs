//! What the counters in memory cost: the time of a charge with one thread and with
//! two, and the memory of a client.
//!
//! `cargo bench --all-features --bench limits_memory` prints a table. Each charge is
//! of a rate and a quota. Machines are shared and noisy, so the figures are the
//! minimum of the laps, and the median of the ratios to one thread, lap by lap: two
//! threads that had nothing in common would have 1.00, as long as there are two
//! processors free.
//!
//! - **neighbours** charge two clients that stand next to each other in the plan,
//!   and so in memory; **far apart** two that do not. What the former takes more
//!   is what clients have in common. Where the processors share their first cache,
//!   as two threads of one core do, nothing of it is to be seen.
//! - **the same client**: two threads that wait for one another.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a bench takes the time and prints"
)]

use std::hint::black_box;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Barrier;
use std::time::{Duration, Instant};

use certgate::limits::{
    ChargeOutcome, Charges, Limit, LimitSet, Limits, MemoryLimits, Quota, QuotaPeriod, Rate,
};
use certgate::request::{Now, Timestamp};

const CLIENTS: usize = 10_000;
const LAPS: usize = 300;
const CHARGES: u32 = 20_000;

fn main() {
    let (limits, nothing) = (tariff(), LimitSet::default());
    let ids: Vec<String> = (0..CLIENTS).map(|n| format!("client{n:05}")).collect();
    let store = |limits| MemoryLimits::new(ids.iter().map(|id| (id.as_str(), limits))).unwrap();

    for (name, limits) in [("no limits", &nothing), ("a rate and a quota", &limits)] {
        let mut made = None;
        let counted = allocation_counter::measure(|| made = Some(store(limits)));
        println!(
            "{:<34}{:>9.0} bytes a client in {:.1} allocations",
            name,
            counted.bytes_current as f64 / CLIENTS as f64,
            counted.count_current as f64 / CLIENTS as f64,
        );
    }

    let store = store(&limits);
    let bench = Bench {
        store: &store,
        limits: &limits,
        ids: &ids,
    };
    let cases: [(&str, &[[usize; 2]]); 4] = [
        ("one thread", &[]),
        (
            "two threads, neighbours",
            &[[0, 1], [100, 101], [5000, 5001], [9998, 9999]],
        ),
        (
            "two threads, far apart",
            &[[0, 5000], [100, 9000], [3000, 7000], [1, 9999]],
        ),
        ("two threads, the same client", &[[0, 0]]),
    ];
    let mut laps = [const { Vec::new() }; 4];
    for lap in 0..LAPS {
        for step in 0..cases.len() {
            let place = (step + lap) % cases.len();
            let pairs = cases[place].1;
            laps[place].push(match pairs.get(lap % pairs.len().max(1)) {
                None => bench.one(lap % CLIENTS, lap),
                Some(&pair) => bench.two(pair, lap),
            });
        }
    }
    println!(
        "\n{:<34}{:>9}{:>9}   {:>16}",
        "ns a charge", "min", "median", "times one thread"
    );
    for ((name, _), own) in cases.iter().zip(&laps) {
        let ratios: Vec<f64> = own
            .iter()
            .zip(&laps[0])
            .map(|(own, one)| own / one)
            .collect();
        println!(
            "{name:<34}{:>9.1}{:>9.1}   {:>16.2}",
            sorted(own)[0],
            median(own),
            median(&ratios)
        );
    }
}

struct Bench<'a> {
    store: &'a MemoryLimits,
    limits: &'a LimitSet,
    ids: &'a [String],
}

impl Bench<'_> {
    fn one(&self, client: usize, lap: usize) -> f64 {
        let began = Instant::now();
        self.charge(client, lap);
        nanoseconds(began)
    }

    /// The slower of two threads, neither of which begins alone.
    fn two(&self, clients: [usize; 2], lap: usize) -> f64 {
        let barrier = Barrier::new(2);
        std::thread::scope(|scope| {
            let threads = clients.map(|client| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    let began = Instant::now();
                    self.charge(client, lap);
                    nanoseconds(began)
                })
            });
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .fold(0.0, f64::max)
        })
    }

    fn charge(&self, client: usize, lap: usize) {
        let due = Charges {
            client: &self.ids[client],
            slot: client,
            limits: [self.limits.as_slice(), &[], &[]],
            cost: NonZeroU32::MIN,
        };
        for number in 0..CHARGES {
            let now = Now {
                wall: Timestamp::from_unix_seconds(1_776_330_562),
                monotonic: Duration::from_millis(lap as u64 * 1000)
                    + Duration::from_nanos(u64::from(number) * 500),
            };
            let outcome = self.store.charge(&due, black_box(&now));
            assert!(matches!(outcome, ChargeOutcome::Charged(_)));
        }
    }
}

fn tariff() -> LimitSet {
    let rate = Rate::new(NonZeroU32::MAX, Duration::from_secs(60)).unwrap();
    let quota = Quota::new(NonZeroU64::MAX, QuotaPeriod::Day);
    LimitSet::new([Limit::new("standard", Some(rate), Some(quota)).unwrap()]).unwrap()
}

fn nanoseconds(began: Instant) -> f64 {
    began.elapsed().as_nanos() as f64 / f64::from(CHARGES)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

fn median(values: &[f64]) -> f64 {
    sorted(values)[values.len() / 2]
}
