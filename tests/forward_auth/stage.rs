//! An edge, the door that it asks, and the backend behind it.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use certgate::gate::Gate;
use certgate::limits::{ChargeOutcome, Charges, Limits, MemoryLimits, SharedLimits};
use certgate::policy::Policy;
use certgate::request::{Now, Peer};
use http::{HeaderMap, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::backend::{self, Arrived, Log};
use crate::cases::evidence::check;
use crate::client::{Client, PARTNER};
use crate::config::Config;
use crate::example::{Copied, Door};
use crate::front::Front;
use crate::pki::{Holder, Pki};
use crate::policies;
use crate::program::{self, Running};

/// A running edge, its door and its backend.
pub(crate) struct Stage {
    pub(crate) pki: Pki,
    address: SocketAddr,
    backend: Log,
    questions: Log,
    answers: Arc<Mutex<Vec<HeaderMap>>>,
    records: Arc<Mutex<Vec<Value>>>,
    door: JoinHandle<()>,
    pub(crate) store: Store,
    edge: Running,
}

/// What the client got, and what arrived at the backend.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
    pub(crate) arrived: Option<Arrived>,
    /// What the edge asked the door.
    pub(crate) questions: Vec<Arrived>,
    /// The headers of what the door answered.
    pub(crate) answers: Vec<HeaderMap>,
    pub(crate) records: Vec<Value>,
}

impl Stage {
    /// The edge with what the example ships; `None` if it is not installed.
    pub(crate) async fn set(front: Front) -> Option<Self> {
        Self::set_with(front, front.config(), policies::policy(front)).await
    }

    pub(crate) async fn set_with(front: Front, config: Config, policy: Config) -> Option<Self> {
        let pki = Pki::generate();
        let backend = Log::default();
        let service = backend::start(backend.clone()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = listener.local_addr().unwrap();
        let port = program::free_port();
        let edge = front.start(config, &pki, door, service, port)?;

        let loaded = Policy::from_toml_str(&policy.text(), "policy.toml").unwrap();
        let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings, [""; 0]);
        let store = Store::of(&loaded.policy);
        let gate = Gate::new(loaded.policy).unwrap().sharing(store.clone());
        let opened = Door::new(gate.unwrap(), front.edge(), &Copied::default()).unwrap();
        let (questions, answers, records) = (Log::default(), Arc::default(), Arc::default());
        let door = tokio::spawn(accept(
            listener,
            Arc::new(opened),
            questions.clone(),
            Arc::clone(&answers),
            Arc::clone(&records),
        ));
        let stage = Self {
            pki,
            address: (Ipv4Addr::LOCALHOST, port).into(),
            backend,
            questions,
            answers,
            records,
            door,
            store,
            edge,
        };
        stage.wait_until_served().await;
        Some(stage)
    }

    /// Some edges accept connections before they have read all of their
    /// configuration.
    async fn wait_until_served(&self) {
        let client = Client::new(&self.pki, None);
        let request = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let begun = Instant::now();
        loop {
            let reply = client.exchange(PARTNER, self.address, request).await;
            if matches!(&reply, Ok(Some(response)) if response.starts_with("HTTP/1.1 200 ")) {
                return;
            }
            let log = self.edge.log();
            assert!(begun.elapsed() < program::START_DUE, "{reply:?}:\n{log}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Sends a request with this first line and these header lines besides
    /// `Host` and `Connection`.
    pub(crate) async fn send(&self, holder: Option<Holder>, first: &str, lines: &str) -> Got {
        self.send_raw(
            holder,
            PARTNER,
            &format!("{first}\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n"),
        )
        .await
    }

    /// Sends these bytes.
    pub(crate) async fn send_raw(
        &self,
        holder: Option<Holder>,
        from: Ipv4Addr,
        request: &str,
    ) -> Got {
        for log in [&self.backend, &self.questions] {
            log.take();
        }
        self.answers.lock().unwrap().clear();
        self.records.lock().unwrap().clear();
        let client = Client::new(&self.pki, holder.map(|holder| self.pki.of(holder)));
        let response = client.exchange(from, self.address, request).await;
        let response = response.unwrap().expect("the certificate is taken");
        let (head, body) = response.split_once("\r\n\r\n").expect(&response);
        let mut arrived = self.backend.take();
        assert!(arrived.len() < 2, "{arrived:?}");
        Got {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
            arrived: arrived.pop(),
            questions: self.questions.take(),
            answers: std::mem::take(&mut *self.answers.lock().unwrap()),
            records: std::mem::take(&mut *self.records.lock().unwrap()),
        }
    }

    /// Ends the auth service with all of its connections.
    pub(crate) async fn close_the_door(&mut self) {
        self.door.abort();
        (&mut self.door).await.ok();
    }
}

impl Got {
    /// The values of a header of the response.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().skip(1);
        let pairs = lines.filter_map(|line| line.split_once(':'));
        let named = pairs.filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim()).collect()
    }

    /// Status and reason of a denial, or who the backend takes the caller for.
    pub(crate) fn outcome(&self) -> String {
        let Some(arrived) = &self.arrived else {
            let reason = self.problem()["reason"].as_str().map(str::to_owned);
            return format!("{} {}", self.status, reason.unwrap_or_default());
        };
        let names = ["X-Client-ID", "X-Profile-ID", "X-Principal"];
        let said = names.map(|name| {
            let values = arrived.values(name);
            assert!(values.len() < 2, "{values:?}");
            values.concat()
        });
        format!("{} as {}", self.status, said.join("|"))
    }

    /// The problem body, if there is one.
    pub(crate) fn problem(&self) -> Value {
        // Without the sizes of chunks, if there are any.
        let json = self.body.find('{').zip(self.body.rfind('}'));
        let json = json.map_or("", |(from, to)| &self.body[from..=to]);
        serde_json::from_str(json).unwrap_or_default()
    }

    /// The only record.
    pub(crate) fn record(&self) -> &Value {
        assert_eq!(self.records.len(), 1, "{:?}", self.records);
        &self.records[0]
    }
}

/// Lets each question be noted, with its body, before it is answered.
async fn accept(
    listener: TcpListener,
    door: Arc<Door<Store>>,
    questions: Log,
    answers: Arc<Mutex<Vec<HeaderMap>>>,
    records: Arc<Mutex<Vec<Value>>>,
) {
    let mut connections = JoinSet::new();
    while let Ok((connection, peer)) = listener.accept().await {
        let (door, questions) = (Arc::clone(&door), questions.clone());
        let (answers, records) = (Arc::clone(&answers), Arc::clone(&records));
        let service = service_fn(move |request: Request<Incoming>| {
            let (door, questions) = (Arc::clone(&door), questions.clone());
            let (answers, records) = (Arc::clone(&answers), Arc::clone(&records));
            async move {
                let (head, body) = request.into_parts();
                let asked = Request::from_parts(head.clone(), body);
                questions.note(Arrived::of(asked).await);
                let answered = door.answer(Peer::from(peer), &head).await;
                if let Some(record) = answered.record {
                    check(&record);
                    let record = serde_json::to_value(record).unwrap();
                    records.lock().unwrap().push(record);
                }
                let headers = answered.response.headers().clone();
                answers.lock().unwrap().push(headers);
                let body = |body: String| Full::new(Bytes::from(body));
                Ok::<Response<_>, Infallible>(answered.response.map(body))
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(connection), service);
        connections.spawn(async { connection.await.ok() });
    }
}

/// Counters that can be away.
#[derive(Clone)]
pub(crate) struct Store {
    counters: Arc<MemoryLimits>,
    away: Arc<AtomicBool>,
}

impl Store {
    pub(crate) fn of(policy: &Policy) -> Self {
        Self {
            counters: Arc::new(MemoryLimits::new(policy.limits()).unwrap()),
            away: Arc::default(),
        }
    }

    pub(crate) fn goes_away(&self) {
        self.away.store(true, Ordering::SeqCst);
    }
}

impl SharedLimits for Store {
    async fn charge_shared(&self, due: &Charges<'_>, now: &Now) -> ChargeOutcome {
        if self.away.load(Ordering::SeqCst) {
            return ChargeOutcome::Unavailable;
        }
        Limits::charge(&*self.counters, due, now)
    }
}
