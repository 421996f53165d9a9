//! A policy in force behind one kind of edge.

use std::hint::black_box;

use certgate::decide::{Decision, Grant, decide};
use certgate::gate::{Gate, PolicyInForce};
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Now, Peer, Request, VerifiedToken};
use http::HeaderMap;

use super::certificates::Certificate;
use super::requests::{Lines, METHOD, PEER, TARGET};

/// A policy with its counters, and the requests that it is for.
pub(crate) struct Side {
    gate: Gate,
    in_force: PolicyInForce,
    /// For the decisions that are made without the gate.
    limits: MemoryLimits,
    pub(crate) headers: Vec<HeaderMap>,
    tokens: Vec<VerifiedToken>,
}

impl Side {
    /// Each request has been allowed, for the right client.
    pub(crate) fn new(
        policy: Policy,
        certificates: &[Certificate],
        headers: fn(usize, &Certificate) -> HeaderMap,
        token: fn(&Certificate) -> VerifiedToken,
    ) -> Self {
        let numbered = certificates.iter().enumerate();
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let gate = Gate::new(policy).unwrap();
        let side = Self {
            limits,
            in_force: gate.current(),
            gate,
            headers: numbered
                .map(|(number, certificate)| headers(number, certificate))
                .collect(),
            tokens: certificates.iter().map(token).collect(),
        };
        for (number, Certificate { client, .. }) in certificates.iter().enumerate() {
            let now = super::requests::moment(0);
            side.decide(number, now, |decision| check(decision, client));
            side.decide_by_gate(number, now, |decision| check(decision, client));
        }
        side
    }

    /// `decide`, which knows no certificate.
    pub(crate) fn decide<T>(
        &self,
        number: usize,
        now: Now,
        then: impl FnOnce(&Decision<'_>) -> T,
    ) -> T {
        self.request(number, &self.headers[number], now, |request| {
            then(&decide(self.in_force.policy(), request, &self.limits))
        })
    }

    pub(crate) fn decide_by_gate<T>(
        &self,
        number: usize,
        now: Now,
        then: impl FnOnce(&Decision<'_>) -> T,
    ) -> T {
        self.decide_headers_by_gate(number, &self.headers[number], now, then)
    }

    /// With other header lines than the client's own.
    pub(crate) fn decide_headers_by_gate<T>(
        &self,
        number: usize,
        headers: &HeaderMap,
        now: Now,
        then: impl FnOnce(&Decision<'_>) -> T,
    ) -> T {
        self.request(number, headers, now, |request| {
            self.gate
                .decide(request, |concluded| then(concluded.decision))
        })
    }

    fn request<T>(
        &self,
        number: usize,
        headers: &HeaderMap,
        now: Now,
        then: impl FnOnce(&Request<'_>) -> T,
    ) -> T {
        let request = Request {
            peer: Peer::address(PEER.into()),
            method: METHOD,
            target: TARGET,
            headers: &Lines(headers),
            token: Some(&self.tokens[number]),
            now,
        };
        then(black_box(&request))
    }
}

fn check(decision: &Decision<'_>, client: &str) {
    let Decision::Allow(allow) = decision else {
        panic!("{:?} denies", decision.reason());
    };
    let Grant::Proven(identity) = allow.grant() else {
        panic!("nobody is proven");
    };
    assert_eq!(identity.client(), Some(client));
    assert_eq!(identity.profile(), Some("prod"));
    assert_eq!(decision.findings().collection(), Some("payments"));
    let left = decision.allowances().unwrap();
    assert_eq!(left.as_slice().len(), 2);
}
