//! The store: one question a request, one answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{Client, ErrorKind, RedisError, Script, ServerErrorKind};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout, timeout_at};

use super::link::Link;
use super::pause::Pauses;
use super::request::DueWindows;
use super::settings::{RedisLimitsError, RedisSettings};
use crate::limits::{Allowances, ChargeOutcome, Charges, SharedLimits};
use crate::request::Now;

/// Counters in Redis, shared by every process that uses the same one with the same
/// prefix. See [the module](super) for what it promises and how to run it.
///
/// It is charged inside a Tokio runtime with time and IO enabled, without which Tokio
/// panics; outside of any runtime it answers [`ChargeOutcome::Unavailable`]. A clone shares the connection and the pause.
pub struct RedisLimits<C = MultiplexedConnection>(Arc<Store<C>>);

struct Store<C> {
    settings: RedisSettings,
    script: Script,
    link: Link<C>,
    pauses: Pauses,
}

/// Redis gave no answer to a request.
enum Failure {
    /// It answers others: the request, the keys or the permissions are wrong.
    Request,
    /// It serves nobody at present.
    Redis,
}

impl RedisLimits {
    /// Counters behind one connection, which is made in the background, now and
    /// whenever it breaks or goes silent: a service starts while Redis is away. The
    /// URL is `redis://[user][:password@]host[:port][/database]`, `redis+unix:///path`,
    /// or `rediss://…` where the `redis` crate has a TLS feature on.
    ///
    /// The connection lives on the Tokio runtime that this is called in.
    ///
    /// # Errors
    ///
    /// [`RedisLimitsError`] for a URL or settings that cannot be used, or outside
    /// of a Tokio runtime. Whether Redis can be reached is not asked.
    pub fn connect(url: &str, settings: RedisSettings) -> Result<Self, RedisLimitsError> {
        let client = Client::open(url).map_err(|_| RedisLimitsError::Url)?;
        settings.check()?;
        _ = Handle::try_current().map_err(|_| RedisLimitsError::Runtime)?;
        let retry = settings
            .pause()
            .clamp(Duration::from_millis(100), Duration::from_secs(1))
            / 2;
        let pauses = Pauses::one(&settings);
        Ok(Self::over(Link::open(client, retry), pauses, settings))
    }
}

impl<C: Clone> RedisLimits<C> {
    /// Whether there is a connection, at once or within that time: for a service
    /// that begins to serve only when its limits can be asked. Redis itself is not
    /// asked.
    pub async fn is_connected(&self, within: Duration) -> bool {
        let live = timeout(within, self.0.link.live()).await;
        live.is_ok_and(|live| live.is_some())
    }
}

impl<C: ConnectionLike + Clone> RedisLimits<C> {
    /// Counters behind a connection that is made, and made anew, elsewhere: a
    /// `ClusterConnection`, a `ConnectionManager`, or one with a TLS configuration
    /// of its own.
    ///
    /// A `ConnectionManager` keeps a connection that has gone silent for as long as
    /// the system does, which can be a quarter of an hour;
    /// [`connect`](RedisLimits::connect) replaces it.
    ///
    /// # Errors
    ///
    /// [`RedisLimitsError`] for settings that cannot be used.
    pub fn with_connection(
        connection: C,
        settings: RedisSettings,
    ) -> Result<Self, RedisLimitsError> {
        settings.check()?;
        let pauses = Pauses::many(&settings);
        Ok(Self::over(Link::to(connection), pauses, settings))
    }
}

impl<C: ConnectionLike + Clone> Store<C> {
    async fn ask_in_time(&self, due: &DueWindows, deadline: Instant) -> Result<Vec<i64>, Failure> {
        let mut again = true;
        loop {
            let live = timeout_at(deadline, self.link.live()).await;
            let live = live.ok().flatten().ok_or(Failure::Redis)?;
            let mut connection = live.connection.clone();
            let call = due.call(&self.script);
            let answer = timeout_at(deadline, call.invoke_async(&mut connection)).await;
            let error = match answer {
                Ok(Ok(reply)) => return Ok(reply),
                Ok(Err(error)) => error,
                Err(_) => {
                    self.link.lost(&live);
                    return Err(Failure::Redis);
                }
            };
            // Redis and what stands between close idle connections, which shows when
            // the next request is sent.
            let broken = error.is_connection_dropped();
            if broken || needs_another_connection(&error) {
                self.link.lost(&live);
            }
            if !(broken && again) {
                return Err(kind_of(&error));
            }
            again = false;
        }
    }
}

impl<C> RedisLimits<C> {
    fn over(link: Link<C>, pauses: Pauses, settings: RedisSettings) -> Self {
        Self(Arc::new(Store {
            script: Script::new(include_str!("charge.lua")),
            link,
            pauses,
            settings,
        }))
    }
}

impl<C: ConnectionLike + Clone + Send + Sync> SharedLimits for RedisLimits<C> {
    async fn charge_shared(&self, due: &Charges<'_>, now: &Now) -> ChargeOutcome {
        let store = &*self.0;
        let pause = store.pauses.of(due.client);
        let Some(due) = DueWindows::of(store.settings.prefix(), due) else {
            return ChargeOutcome::Unavailable;
        };
        if due.is_empty() {
            return ChargeOutcome::Charged(Allowances::new());
        }
        if Handle::try_current().is_err() {
            return ChargeOutcome::Unavailable;
        }
        let Some(turn) = pause.and_then(|pause| pause.turn(now.monotonic)) else {
            return ChargeOutcome::Unavailable;
        };
        let deadline = Instant::now() + store.settings.time_limit();
        let answer = store.ask_in_time(&due, deadline).await;
        match answer {
            Err(Failure::Redis) => turn.failed(now.monotonic),
            Ok(_) | Err(Failure::Request) => turn.answered(),
        }
        let outcome = answer.ok().and_then(|reply| due.outcome(&reply));
        outcome.unwrap_or(ChargeOutcome::Unavailable)
    }
}

/// What Redis answers where it is well says something of this request alone, and
/// must not keep others out.
fn kind_of(error: &RedisError) -> Failure {
    match error.kind() {
        ErrorKind::UnexpectedReturnType
        | ErrorKind::Extension
        | ErrorKind::Server(
            ServerErrorKind::ResponseError
            | ServerErrorKind::NoScript
            | ServerErrorKind::CrossSlot
            | ServerErrorKind::NoPerm,
        ) => Failure::Request,
        _ => Failure::Redis,
    }
}

/// A node that became a replica: the name may lead to another by now.
fn needs_another_connection(error: &RedisError) -> bool {
    error.is_unrecoverable_error() || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
}

impl<C> Clone for RedisLimits<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Shows neither the URL nor what it holds.
impl<C> fmt::Debug for RedisLimits<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisLimits")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}
