//! What one case is played with: a gate of its own, its clock and its records.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::evidence::AuditRecord;
use certgate::gate::Gate;
use certgate::request::{Connection, Now, Timestamp, VerifiedToken};
use serde_json::Value;

use crate::cases::corpus::{Case, Message};
use crate::cases::{evidence, policies};
use crate::reply::Reply;

/// Whatever serves requests through a gate.
pub(crate) trait FrontEnd {
    fn name(&self) -> &'static str;

    /// Why a request cannot be sent to this one as it is.
    fn cannot_carry(&self, _: &Message) -> Option<&'static str> {
        None
    }

    fn send(&mut self, scene: &Scene, request: &Message) -> impl Future<Output = Reply>;

    /// Ends what is open, so that every record is complete.
    fn close(self) -> impl Future<Output = ()>;
}

/// A gate with counters that start empty, the seconds that have passed since the
/// first request, and who sends it.
pub(crate) struct Scene {
    pub(crate) gate: Arc<Gate>,
    pub(crate) connection: Connection,
    pub(crate) token: Option<VerifiedToken>,
    start: Now,
    elapsed: Arc<AtomicU64>,
    records: Arc<Mutex<Vec<Value>>>,
}

impl Scene {
    pub(crate) fn of(case: &Case) -> Self {
        Self {
            gate: Arc::new(Gate::new(policies::load(&case.policy)).unwrap()),
            connection: case.request.connection.clone(),
            token: case.request.token.clone(),
            start: case.request.request(Duration::ZERO).now,
            elapsed: Arc::default(),
            records: Arc::default(),
        }
    }

    /// The layer of this gate, for requests without a router before it.
    pub(crate) fn layer(&self) -> GateLayer {
        self.layer_at(PeerSource::extension(), TargetSource::request_uri())
    }

    pub(crate) fn layer_at(&self, peer: PeerSource, target: TargetSource) -> GateLayer {
        GateLayer::new(Arc::clone(&self.gate), peer, target)
            .with_clock(self.clock())
            .on_record(self.recorder())
    }

    pub(crate) fn clock(&self) -> impl Fn() -> Now + Send + Sync + 'static {
        let (start, elapsed) = (self.start, Arc::clone(&self.elapsed));
        move || {
            let passed = elapsed.load(Ordering::Relaxed);
            let wall = start.wall.unix_seconds() + i64::try_from(passed).unwrap();
            Now {
                wall: Timestamp::from_unix_seconds(wall),
                monotonic: start.monotonic + Duration::from_secs(passed),
            }
        }
    }

    pub(crate) fn recorder(&self) -> impl Fn(AuditRecord) + Send + Sync + 'static {
        let records = Arc::clone(&self.records);
        move |record| {
            evidence::check(&record);
            let mut record = serde_json::to_value(record).unwrap();
            for id in ["id", "request_id"] {
                record.as_object_mut().unwrap().remove(id);
            }
            records.lock().unwrap().push(record);
        }
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.elapsed.store(seconds, Ordering::Relaxed);
    }

    /// All that were made, without their ids, which differ.
    pub(crate) fn records(&self) -> Vec<Value> {
        self.records.lock().unwrap().clone()
    }
}
