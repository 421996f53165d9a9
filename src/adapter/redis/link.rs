//! The connection to Redis that all requests share.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client};
use tokio::sync::watch;
use tokio::time::timeout;

/// How long a connection may take to be made, with the name looked up and the
/// password checked.
const TO_CONNECT: Duration = Duration::from_secs(1);

/// A connection, and which it is of all that there were.
#[derive(Clone)]
pub(super) struct Live<C> {
    number: u64,
    pub(super) connection: C,
}

/// The connection in use.
///
/// A task of its own makes it and makes it anew: when it breaks, and when it only
/// goes silent, as it does where a host vanishes or something on the way forgets it.
/// Requests wait for the next one no longer than their time, and may be dropped
/// meanwhile without stopping it.
pub(super) struct Link<C> {
    current: watch::Receiver<Option<Live<C>>>,
    /// The number of the latest connection that failed somebody; `None` where the
    /// connection looks after itself.
    lost: Option<watch::Sender<u64>>,
}

impl<C: Clone> Link<C> {
    /// A connection that looks after itself.
    pub(super) fn to(connection: C) -> Self {
        let live = Live {
            number: 1,
            connection,
        };
        Self {
            current: watch::Sender::new(Some(live)).subscribe(),
            lost: None,
        }
    }

    /// The connection in use, as soon as there is one; `None` where there will be
    /// none, because the runtime that it was made in has ended.
    pub(super) async fn live(&self) -> Option<Live<C>> {
        let lost = self.lost.as_ref().map_or(0, |lost| *lost.borrow());
        let in_use = |live: &Live<C>| live.number > lost;
        if let Some(live) = self.current.borrow().as_ref().filter(|live| in_use(live)) {
            return Some(live.clone());
        }
        let mut current = self.current.clone();
        let live = current.wait_for(|live| live.as_ref().is_some_and(in_use));
        live.await.ok()?.clone()
    }

    /// This connection failed: the next is made, unless that has been done.
    pub(super) fn lost(&self, live: &Live<C>) {
        let Some(lost) = &self.lost else {
            return;
        };
        lost.send_if_modified(|lost| {
            let first_to_tell = *lost < live.number;
            if first_to_tell {
                *lost = live.number;
            }
            first_to_tell
        });
    }
}

impl Link<MultiplexedConnection> {
    /// Connects in the background, now and whenever the connection is lost, and
    /// tries again every `retry`. The caller is inside a Tokio runtime.
    pub(super) fn open(client: Client, retry: Duration) -> Self {
        let current = watch::Sender::new(None);
        let (lost, was_lost) = watch::channel(0);
        let link = Self {
            current: current.subscribe(),
            lost: Some(lost),
        };
        tokio::spawn(keep_connected(client, retry, current, was_lost));
        link
    }
}

/// Ends when the link is gone.
async fn keep_connected(
    client: Client,
    retry: Duration,
    current: watch::Sender<Option<Live<MultiplexedConnection>>>,
    mut lost: watch::Receiver<u64>,
) {
    for number in 1.. {
        let connection = loop {
            if let Some(connection) = connect(&client).await {
                break connection;
            }
            if timeout(retry, current.closed()).await.is_ok() {
                return;
            }
        };
        current.send_replace(Some(Live { number, connection }));
        if lost.wait_for(|lost| *lost >= number).await.is_err() {
            return;
        }
        current.send_replace(None);
    }
}

async fn connect(client: &Client) -> Option<MultiplexedConnection> {
    // Requests have a time limit of their own.
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None);
    let connecting = client.get_multiplexed_async_connection_with_config(&config);
    timeout(TO_CONNECT, connecting).await.ok()?.ok()
}
