//! One client of many processes, counted together in Redis.
//!
//! ```text
//! redis-server --port 7777 &
//! cargo run --features redis --example shared_limits -- redis://127.0.0.1:7777 acme 8 100
//! ```
//!
//! Eight tasks ask a hundred times each, as the client `acme`, which has 100 requests
//! a minute. Run it twice at the same time: both together are let through 100 times.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a program that reads its arguments and prints"
)]

use std::error::Error;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use certgate::adapter::SystemClock;
use certgate::adapter::redis::{RedisLimits, RedisSettings};
use certgate::limits::{ChargeOutcome, Charges, Limit, LimitSet, Rate, SharedLimits};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, client, tasks, requests] = arguments.as_slice() else {
        return Err("usage: shared_limits <url> <client> <tasks> <requests of each>".into());
    };
    let counted = ask(url, client, tasks.parse()?, requests.parse()?).await?;
    println!("{counted}");
    Ok(())
}

/// Asks from several tasks at once; how many requests were let through, refused, and
/// not answered.
pub(crate) async fn ask(
    url: &str,
    client: &str,
    tasks: u32,
    requests: u32,
) -> Result<String, Box<dyn Error>> {
    let settings = RedisSettings::default().with_time_limit(Duration::from_secs(5));
    let store = Arc::new(RedisLimits::connect(url, settings)?);
    let clock = SystemClock::start();
    // What a policy says under [[limits]].
    let rate = Rate::new(NonZeroU32::try_from(100)?, Duration::from_secs(60))?;
    let limits = LimitSet::new([Limit::new("standard", Some(rate), None)?])?;

    let mut asking = JoinSet::new();
    for _ in 0..tasks {
        let (store, limits, client) = (Arc::clone(&store), limits.clone(), client.to_owned());
        asking.spawn(async move {
            let due = Charges {
                client: &client,
                slot: 0,
                limits: [limits.as_slice(), &[], &[]],
                cost: NonZeroU32::MIN,
            };
            let mut counts = [0; 3];
            let [admitted, refused, unanswered] = &mut counts;
            for _ in 0..requests {
                *match store.charge_shared(&due, &clock.now()).await {
                    ChargeOutcome::Charged(_) => &mut *admitted,
                    ChargeOutcome::Refused(_) => &mut *refused,
                    ChargeOutcome::Unavailable => &mut *unanswered,
                } += 1;
            }
            counts
        });
    }
    let [mut admitted, mut refused, mut unanswered] = [0; 3];
    for [a, r, u] in asking.join_all().await {
        admitted += a;
        refused += r;
        unanswered += u;
    }
    Ok(format!(
        "{admitted} admitted, {refused} refused, {unanswered} not answered"
    ))
}
