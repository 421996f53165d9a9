//! A store that answers when it is told to, and a gate that asks it.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use certgate::decide::Reason;
use certgate::evidence::AuditRecord;
use certgate::gate::{Concluded, Gate};
use certgate::limits::{ChargeOutcome, Charges, Limits, MemoryLimits, SharedLimits};
use certgate::policy::Policy;
use certgate::request::{Now, Request};

use crate::support::{nginx, peer};

/// Stands for counters elsewhere: it counts for whoever has a clone of it.
#[derive(Clone)]
pub(crate) struct Elsewhere(Arc<State>);

struct State {
    counters: MemoryLimits,
    away: AtomicBool,
    asked: AtomicUsize,
    /// What each question cost.
    costs: Mutex<Vec<u32>>,
}

impl Elsewhere {
    /// Counters for the clients of a policy.
    pub(crate) fn of(policy: &Policy) -> Self {
        Self(Arc::new(State {
            counters: MemoryLimits::new(policy.limits()).unwrap(),
            away: AtomicBool::new(false),
            asked: AtomicUsize::new(0),
            costs: Mutex::default(),
        }))
    }

    pub(crate) fn goes_away(&self) {
        self.0.away.store(true, Ordering::SeqCst);
    }

    pub(crate) fn comes_back(&self) {
        self.0.away.store(false, Ordering::SeqCst);
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    pub(crate) fn costs(&self) -> Vec<u32> {
        self.0.costs.lock().unwrap().clone()
    }
}

impl SharedLimits for Elsewhere {
    async fn charge_shared(&self, due: &Charges<'_>, now: &Now) -> ChargeOutcome {
        let Self(state) = self;
        state.asked.fetch_add(1, Ordering::SeqCst);
        state.costs.lock().unwrap().push(due.cost.get());
        Once::default().await;
        if state.away.load(Ordering::SeqCst) {
            return ChargeOutcome::Unavailable;
        }
        Limits::charge(&state.counters, due, now)
    }
}

/// Is not ready the first time.
#[derive(Default)]
pub(crate) struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Runs a future that wakes itself.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("not ready after 100 times")
}

/// The header lines of a request of acme, as nginx forwards it.
pub(crate) fn acme_lines() -> Vec<(String, String)> {
    [
        ("X-SSL-Client-Cert", nginx("acme").as_str()),
        ("X-SSL-Client-Verify", "SUCCESS"),
        ("X-Forwarded-For", "203.0.113.9"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// A request of acme for payments.
pub(crate) fn acme(lines: &Vec<(String, String)>, now: Now) -> Request<'_> {
    to("/payments", lines, now)
}

pub(crate) fn to<'r>(path: &'r str, lines: &'r Vec<(String, String)>, now: Now) -> Request<'r> {
    Request {
        peer: peer("10.0.0.7"),
        method: "GET",
        target: path,
        headers: lines,
        token: None,
        now,
    }
}

/// What a request of acme's gets at that second: the status, the reason, and how
/// it was counted.
pub(crate) fn outcome(
    gate: &Gate<Elsewhere>,
    second: u64,
) -> (u16, Option<&'static str>, Option<String>) {
    outcome_at(gate, crate::support::at(second))
}

pub(crate) fn outcome_at(
    gate: &Gate<Elsewhere>,
    now: Now,
) -> (u16, Option<&'static str>, Option<String>) {
    let record = record(gate, &acme(&acme_lines(), now));
    let counted = serde_json::to_value(record.limits_counted).unwrap();
    (
        record.reason.map_or(200, Reason::status),
        record.reason.map(Reason::code),
        counted.as_str().map(str::to_owned),
    )
}

pub(crate) fn record(gate: &Gate<Elsewhere>, request: &Request<'_>) -> AuditRecord {
    let conclude = |concluded: &Concluded<'_>| concluded.audit_record();
    run(gate.decide_shared(request, conclude))
}

/// The wall clock shows `wall` seconds, the other `monotonic`, since the start of
/// 2027.
pub(crate) fn clocks(wall: u64, monotonic: u64) -> Now {
    Now {
        monotonic: Duration::from_secs(monotonic),
        ..crate::support::at(wall)
    }
}
