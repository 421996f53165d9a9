//! What the benches measure: each case with its yardsticks, checked once
//! before anything is counted or timed.

mod by_hand;
mod certificates;
mod floor;
mod requests;
mod side;
mod yardsticks;

use std::cell::{Cell, RefCell};
use std::hint::black_box;

use certgate::request::Now;
use http::HeaderMap;

use certificates::Certificate;
use side::Side;

pub(crate) const FLOOR_PEM: &str = "floor, PEM";
pub(crate) const FLOOR_BASE64: &str = "floor, bare base64";
pub(crate) const FLOOR_WARM: &str = "warm floor";
pub(crate) const FLOOR_WARM_256: &str = "warm floor, 256 certificates";
pub(crate) const BY_HAND_PEM: &str = "by hand, nginx";
pub(crate) const BY_HAND_BASE64: &str = "by hand, bare base64";
pub(crate) const TWO_THREADS_APART: &str = "two threads, a certificate each";

/// One thing that is measured.
pub(crate) struct Case<'f> {
    pub(crate) name: &'static str,
    /// The cases that it is compared with.
    pub(crate) floor: Option<&'static str>,
    pub(crate) by_hand: Option<&'static str>,
    /// What a lap needs anew, and is not measured.
    pub(crate) prepare: Box<dyn FnMut() + 'f>,
    /// Decides every request once.
    pub(crate) lap: Box<dyn FnMut() + 'f>,
    /// How often it does.
    pub(crate) rounds: usize,
}

impl<'f> Case<'f> {
    fn yardstick(name: &'static str, lap: impl FnMut() + 'f) -> Self {
        Self {
            name,
            floor: None,
            by_hand: None,
            prepare: Box::new(|| ()),
            lap: Box::new(lap),
            rounds: 1,
        }
    }

    fn measure(
        name: &'static str,
        [floor, by_hand]: [&'static str; 2],
        lap: impl FnMut() + 'f,
    ) -> Self {
        Self {
            floor: Some(floor),
            by_hand: Some(by_hand),
            ..Self::yardstick(name, lap)
        }
    }

    fn after(self, prepare: impl FnMut() + 'f) -> Self {
        Self {
            prepare: Box::new(prepare),
            ..self
        }
    }
}

/// Certificates, requests and policies: what the cases borrow.
pub(crate) struct Fixture {
    certificates: Vec<Certificate>,
    /// The thumbprints that tokens are bound to.
    bound: Vec<String>,
    nginx: Side,
    traefik: Side,
    envoy: Side,
    token_alone: Side,
    warm_floor: floor::Warm,
    /// The requests of `nginx`, spelled as no request before.
    respelled: RefCell<Vec<HeaderMap>>,
    decided: Cell<u64>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let certificates = certificates::issue();
        let policy = |edge, mode| requests::policy(edge, mode, &certificates);
        let bound = "bearer_plus_mtls_required";
        let nginx = Side::new(
            policy(r#"preset = "nginx""#, bound),
            &certificates,
            requests::nginx,
            requests::token,
        );
        let always = |preset| format!("preset = \"{preset}\"\nverification = \"edge-always\"");
        Self {
            bound: certificates.iter().map(Certificate::hexadecimal).collect(),
            traefik: Side::new(
                policy(&always("traefik"), bound),
                &certificates,
                requests::traefik,
                requests::token,
            ),
            envoy: Side::new(
                policy(&always("envoy"), bound),
                &certificates,
                requests::envoy,
                requests::token,
            ),
            token_alone: Side::new(
                policy(r#"preset = "nginx""#, "bearer"),
                &certificates,
                requests::nginx_unverified,
                requests::unbound_token,
            ),
            warm_floor: floor::Warm::new(&certificates),
            respelled: RefCell::new(nginx.headers.clone()),
            nginx,
            certificates,
            decided: Cell::new(0),
        }
    }

    /// Every case of one thread. Each has given the right answer for every
    /// certificate.
    pub(crate) fn cases(&self) -> Vec<Case<'_>> {
        [self.floors(), self.by_hand(), self.cold(), self.warm()]
            .into_iter()
            .flatten()
            .collect()
    }

    /// How many decisions a round makes: one for each certificate.
    pub(crate) fn decisions_in_a_round(&self) -> usize {
        self.certificates.len()
    }

    /// How large the inputs are, on average: header value in PEM, in base64,
    /// and DER.
    pub(crate) fn sizes(&self) -> [usize; 3] {
        let mean = |length: fn(&Certificate) -> usize| {
            self.certificates.iter().map(length).sum::<usize>() / self.certificates.len()
        };
        [
            mean(|certificate| certificate.escaped_pem.len()),
            mean(|certificate| certificate.base64.len()),
            mean(|certificate| certificate.der.len()),
        ]
    }

    /// Every certificate is met anew.
    fn cold(&self) -> Vec<Case<'_>> {
        let nginx = [FLOOR_PEM, BY_HAND_PEM];
        let traefik = [FLOOR_BASE64, BY_HAND_BASE64];
        vec![
            self.cold_behind("cold, nginx", &self.nginx, nginx),
            self.cold_behind("cold, XFCC with Cert", &self.envoy, nginx),
            self.cold_behind("cold, bare base64", &self.traefik, traefik),
            Case::measure("cold, nginx, through a gate", nginx, || {
                for (number, headers) in self.respelled.borrow().iter().enumerate() {
                    let side = &self.nginx;
                    side.decide_headers_by_gate(number, headers, self.now(), |decision| {
                        _ = black_box(decision);
                    });
                }
            })
            .after(|| self.respell()),
        ]
    }

    fn cold_behind<'f>(
        &'f self,
        name: &'static str,
        side: &'f Side,
        yardsticks: [&'static str; 2],
    ) -> Case<'f> {
        Case::measure(name, yardsticks, move || {
            for number in 0..self.certificates.len() {
                side.decide(number, self.now(), |decision| _ = black_box(decision));
            }
        })
    }

    /// Nothing has to be decoded.
    fn warm(&self) -> Vec<Case<'_>> {
        let side = &self.nginx;
        let yardsticks = [FLOOR_WARM, BY_HAND_PEM];
        vec![
            Case::measure("warm, through a gate", yardsticks, move || {
                for _ in 0..self.certificates.len() {
                    side.decide_by_gate(0, self.now(), |decision| _ = black_box(decision));
                }
            })
            .after(|| self.remember(0..1)),
            Case::measure(
                "warm, through a gate, 256",
                [FLOOR_WARM_256, BY_HAND_PEM],
                move || {
                    for number in 0..self.certificates.len() {
                        side.decide_by_gate(number, self.now(), |decision| _ = black_box(decision));
                    }
                },
            )
            .after(|| self.remember(0..self.certificates.len())),
            Case::measure("warm, by token (no certificate)", yardsticks, move || {
                for _ in 0..self.certificates.len() {
                    self.token_alone
                        .decide(0, self.now(), |decision| _ = black_box(decision));
                }
            }),
        ]
    }

    /// Two threads that decide at the same time, with a certificate, a client
    /// and its counters each, and with the same.
    pub(crate) fn two_threads(&self) -> Vec<Case<'_>> {
        /// Enough that starting the threads costs little.
        const ROUNDS: usize = 16;
        let side = &self.nginx;
        let decisions = ROUNDS * self.certificates.len();
        let lap = move |numbers: [usize; 2]| {
            let now = self.now();
            std::thread::scope(|scope| {
                for number in numbers {
                    scope.spawn(move || {
                        for _ in 0..decisions {
                            side.decide_by_gate(number, now, |decision| _ = black_box(decision));
                        }
                    });
                }
            });
        };
        let case = |name, yardsticks, numbers| Case {
            rounds: ROUNDS,
            ..Case::measure(name, yardsticks, move || lap(numbers)).after(|| self.remember(0..2))
        };
        vec![
            case(TWO_THREADS_APART, [FLOOR_WARM, BY_HAND_PEM], [0, 1]),
            case(
                "two threads, the same certificate",
                [TWO_THREADS_APART, BY_HAND_PEM],
                [0, 0],
            ),
        ]
    }

    /// The moment of the next decision.
    fn now(&self) -> Now {
        let count = self.decided.get();
        self.decided.set(count + 1);
        requests::moment(count)
    }

    /// Lets the gate meet certificates that the cold case has displaced.
    fn remember(&self, numbers: std::ops::Range<usize>) {
        for number in numbers {
            self.nginx
                .decide_by_gate(number, self.now(), |decision| _ = black_box(decision));
        }
    }

    /// A gate knows a certificate by the header's value, so one that is
    /// spelled anew is a new one; more of them come than a gate remembers.
    fn respell(&self) {
        let lap = self.decided.get();
        let certificates = self.certificates.iter();
        for (headers, certificate) in self.respelled.borrow_mut().iter_mut().zip(certificates) {
            requests::respell(headers, certificate, lap);
        }
    }
}
