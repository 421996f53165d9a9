//! Limits that many processes share, in Redis.
//!
//! [`RedisLimits`] counts like [`MemoryLimits`](crate::limits::MemoryLimits), and
//! all processes that use the same Redis with the same prefix count together.
//!
//! A gate that [shares](crate::gate::Gate::sharing) it asks by itself:
//!
//! ```no_run
//! use certgate::adapter::redis::{RedisLimits, RedisSettings};
//! use certgate::gate::Gate;
//! use certgate::policy::Policy;
//!
//! # use std::error::Error;
//! // Inside of a Tokio runtime. The layer of `adapter::tower` takes such a gate too.
//! async fn shared(policy: Policy) -> Result<Gate<RedisLimits>, Box<dyn Error>> {
//!     let url = "redis://limits:secret@redis.internal";
//!     let store = RedisLimits::connect(url, RedisSettings::default())?;
//!     Ok(Gate::new(policy)?.sharing(store)?)
//! }
//! ```
//!
//! By hand:
//!
//! ```no_run
//! use std::num::{NonZeroU32, NonZeroU64};
//! use std::time::Duration;
//!
//! use certgate::adapter::SystemClock;
//! use certgate::adapter::redis::{RedisLimits, RedisSettings};
//! use certgate::limits::{
//!     ChargeOutcome, Charges, Limit, LimitSet, Quota, QuotaPeriod, Rate, SharedLimits,
//! };
//!
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! let settings = RedisSettings::default().with_time_limit(Duration::from_millis(50));
//! let store = RedisLimits::connect("redis://limits:secret@redis.internal", settings)?;
//!
//! let rate = Rate::new(NonZeroU32::try_from(500)?, Duration::from_secs(60))?;
//! let quota = Quota::new(NonZeroU64::try_from(100_000)?, QuotaPeriod::Day);
//! let limits = LimitSet::new([Limit::new("standard", Some(rate), Some(quota))?])?;
//! let due = Charges {
//!     client: "acme",
//!     slot: 0,
//!     limits: [limits.as_slice(), &[], &[]],
//!     cost: NonZeroU32::MIN,
//! };
//! let clock = SystemClock::start();
//! match store.charge_shared(&due, &clock.now()).await {
//!     ChargeOutcome::Charged(left) => println!("{left:?}"),
//!     ChargeOutcome::Refused(refusal) => println!("{}", refusal.retry_after_seconds()),
//!     ChargeOutcome::Unavailable => println!("Redis cannot tell"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//!
//! A request is one round trip and one script, which asks every window and then
//! charges all or none; nothing comes between. Time is Redis' own, so processes need
//! not agree on it.
//!
//! - **Rates** never admit more than their number in any window of their length. In
//!   return for bounded memory (17 entries) a request may count for up to a sixteenth
//!   of the window longer than it should. A clock of Redis that goes back stands
//!   still meanwhile. One that steps forward cannot be told from time that passed:
//!   what it passes over is forgotten, also where it is set right later.
//! - **Quotas** are renewed at the start of each calendar window, in UTC, and a
//!   clock that goes back gives no second quota, as in memory. What a window admitted
//!   is remembered for one more window length after it is over; a clock that was
//!   ahead by more than that, and is set right, finds nothing to go on from. Quotas
//!   above 2<sup>53</sup> - 1 are held as that number.
//! - **Another number** under the same name keeps what was counted; another length of
//!   the window is another counter.
//! - **Whatever goes wrong** is [`ChargeOutcome::Unavailable`], never a free request:
//!   no connection, no answer within the time limit, an error, a value under a key
//!   that is not this crate's. What the request then gets is the policy's word.
//!
//! And what it does not:
//!
//! - A request that was answered `Unavailable` may have been charged. One whose
//!   connection breaks is asked again on the next, within its time, and may have been
//!   charged twice.
//! - Redis may lose counters, which frees clients: see below.
//!
//! # Where Redis is away
//!
//! A request waits no longer than the
//! [time limit](RedisSettings::with_time_limit). After it, or where there is no
//! connection, or Redis is loading, a replica or without its cluster, nobody asks for
//! a [pause](RedisSettings::with_pause), so that a Redis that hangs costs one time
//! limit and not one a request. Then one request tries it, and another where its
//! caller goes away before it has an answer. The connection is made anew
//! in the background meanwhile, also where it has only gone silent. An error that is
//! about one request (a key that holds something else, no memory, no permission) is
//! that request's alone: nobody pauses for it.
//!
//! # Keys
//!
//! `certgate:{acme}:standard:rate:60000`, the length in milliseconds, and
//! `certgate:{acme}:standard:quota:day` (`week`, `month`, or seconds). What stands in
//! braces puts all keys of a client into one slot of a cluster. Every key expires: a
//! rate's one window after its last request, a quota's one window length after the
//! latest window that it remembers. So Redis holds what clients that called lately
//! need, up to 500 bytes for each rate and 150 for each quota, and strangers have no
//! keys.
//!
//! To free a client by hand, delete its keys. Processes take the names of clients and
//! limits from their policies: where two of them mean different clients by one name,
//! give them different [prefixes](RedisSettings::with_prefix).
//!
//! # In production
//!
//! - **Persistence.** Without it a restart forgets everything that was counted. With
//!   `appendonly yes` and `appendfsync everysec`, a second of it; with `always`,
//!   nothing. After a failover the new master may lack the last moments of the old
//!   one, as replication does not wait.
//! - **Memory.** `maxmemory-policy noeviction`, so that a full Redis makes requests
//!   `Unavailable` and not clients free, or a Redis of its own. `volatile-ttl` frees
//!   first who is free soonest; every other policy frees at random.
//! - **Permissions.** The user needs
//!   `~certgate:* +evalsha +script|load +get +set +time`, and `+select` with a database
//!   in the URL. The client also sends `CLIENT SETINFO` and does not mind a refusal.
//! - **TLS.** `rediss://` works once a feature of the `redis` crate that brings TLS is
//!   on in the service's own `Cargo.toml`, `tokio-rustls-comp` say. Authorities and
//!   client certificates of your own:
//!   [`with_connection`](RedisLimits::with_connection).
//! - **Cluster.** With the feature `cluster-async` of `redis`, hand a
//!   `ClusterConnection` to [`with_connection`](RedisLimits::with_connection). Clients
//!   are then spread over 64 pauses: while one master is away, those of its clients
//!   that call leave up to as many 64ths of the others without an answer for as long.
//! - **Versions.** Tested with Redis 7.0. By the documentation it needs Redis 5 or
//!   later, or Valkey, which was not tried.
//! - **Clock.** Keep Redis' machines in step with NTP that slews. It is their clock
//!   that windows follow, and after a failover that of another machine.

mod settings;
mod pause;
mod link;
mod request;
mod store;

#[cfg(doc)]
use crate::limits::ChargeOutcome;

pub use settings::{RedisLimitsError, RedisSettings};
pub use store::RedisLimits;
