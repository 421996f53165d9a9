//! What the benches measure: each case with its yardsticks, checked once
//! before anything is counted or timed.

mod by_hand;
mod certificates;
mod floor;
mod requests;

use std::cell::Cell;
use std::hint::black_box;

use certgate::certificate::CertInfo;
use certgate::decide::{Decision, Grant, decide};
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Peer, Request, Timestamp, VerifiedToken};
use http::HeaderMap;

use by_hand::{Edge, Service};
use certificates::Certificate;
use floor::Buffers;
use requests::{Lines, METHOD, NGINX_CERTIFICATE, NGINX_STATUS, PEER, TARGET, TRAEFIK_CERTIFICATE};

pub(crate) const FLOOR_PEM: &str = "floor, PEM";
pub(crate) const FLOOR_BASE64: &str = "floor, bare base64";
pub(crate) const FLOOR_WARM: &str = "warm floor";
pub(crate) const BY_HAND_PEM: &str = "by hand, nginx";
pub(crate) const BY_HAND_BASE64: &str = "by hand, bare base64";

/// One thing that is measured.
pub(crate) struct Case<'f> {
    pub(crate) name: &'static str,
    /// The cases that it is compared with.
    pub(crate) floor: Option<&'static str>,
    pub(crate) by_hand: Option<&'static str>,
    /// Decides every request once.
    pub(crate) lap: Box<dyn FnMut() + 'f>,
}

impl<'f> Case<'f> {
    fn yardstick(name: &'static str, lap: impl FnMut() + 'f) -> Self {
        Self {
            name,
            floor: None,
            by_hand: None,
            lap: Box::new(lap),
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
}

/// Certificates, requests and policies: what the cases borrow.
pub(crate) struct Fixture {
    certificates: Vec<Certificate>,
    bound: Vec<String>,
    nginx: Side,
    traefik: Side,
    token_alone: Side,
    warm_floor: floor::Warm,
    decided: Cell<u64>,
}

/// A policy with its counters, the requests that it is for, and the service
/// that does the same by hand.
struct Side {
    policy: Policy,
    limits: MemoryLimits,
    headers: Vec<HeaderMap>,
    tokens: Vec<VerifiedToken>,
    service: Service,
}

impl Side {
    fn new(
        policy: Policy,
        headers: Vec<HeaderMap>,
        tokens: Vec<VerifiedToken>,
        service: Service,
    ) -> Self {
        Self {
            limits: MemoryLimits::new(policy.limits()).unwrap(),
            policy,
            headers,
            tokens,
            service,
        }
    }
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let certificates = certificates::issue();
        let headers = |make: fn(usize, &Certificate) -> HeaderMap| -> Vec<HeaderMap> {
            let numbered = certificates.iter().enumerate();
            numbered
                .map(|(number, certificate)| make(number, certificate))
                .collect()
        };
        let tokens = |make: fn(&Certificate) -> VerifiedToken| -> Vec<VerifiedToken> {
            certificates.iter().map(make).collect()
        };
        let policy = |edge, mode| requests::policy(edge, mode, &certificates);
        let service = |edge| Service::new(edge, &certificates);
        let bound = "bearer_plus_mtls_required";
        let unverified = |number: usize, certificate: &Certificate| {
            let mut lines = requests::nginx(number, certificate);
            lines.insert(NGINX_STATUS, "NONE".parse().unwrap());
            lines
        };
        Self {
            bound: certificates.iter().map(hexadecimal_thumbprint).collect(),
            nginx: Side::new(
                policy(r#"preset = "nginx""#, bound),
                headers(requests::nginx),
                tokens(requests::token),
                service(Edge::Nginx),
            ),
            traefik: Side::new(
                policy(
                    "preset = \"traefik\"\nverification = \"edge-always\"",
                    bound,
                ),
                headers(requests::traefik),
                tokens(requests::token),
                service(Edge::Traefik),
            ),
            token_alone: Side::new(
                policy(r#"preset = "nginx""#, "bearer"),
                headers(unverified),
                tokens(requests::unbound_token),
                service(Edge::Nginx),
            ),
            warm_floor: floor::Warm::new(&certificates),
            certificates,
            decided: Cell::new(0),
        }
    }

    /// Every case. Each has given the right answer for every certificate.
    pub(crate) fn cases(&self) -> Vec<Case<'_>> {
        [self.floors(), self.by_hand(), self.cold(), self.warm()]
            .into_iter()
            .flatten()
            .collect()
    }

    pub(crate) fn decisions_in_a_lap(&self) -> usize {
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

    fn floors(&self) -> Vec<Case<'_>> {
        self.check_floors();
        let certificates = &self.certificates;
        let unescaped: Vec<&[u8]> = values(&self.traefik.headers, TRAEFIK_CERTIFICATE);
        let pem = values(&self.nginx.headers, NGINX_CERTIFICATE);
        let bare = unescaped.clone();
        let (mut buffers, mut bare_buffers) = (Buffers::default(), Buffers::default());
        let (mut text, mut der) = (Vec::new(), Vec::new());
        let escaped = pem.clone();
        vec![
            Case::yardstick("  its parts: unescape", move || {
                for value in &escaped {
                    black_box(floor::unescape(value, &mut text));
                }
            }),
            Case::yardstick("  its parts: base64", move || {
                for value in &unescaped {
                    black_box(floor::decode(value, &mut der));
                }
            }),
            Case::yardstick("  its parts: walk", move || {
                for certificate in certificates {
                    black_box(floor::walk(&certificate.der));
                }
            }),
            Case::yardstick("  its parts: SHA-256", move || {
                for certificate in certificates {
                    black_box(floor::hash(&certificate.der));
                }
            }),
            Case::yardstick(FLOOR_PEM, move || {
                for value in &pem {
                    black_box(floor::pem(value, &mut buffers));
                }
            }),
            Case::yardstick(FLOOR_BASE64, move || {
                for value in &bare {
                    black_box(floor::base64(value, &mut bare_buffers));
                }
            }),
            Case::yardstick(FLOOR_WARM, move || {
                let (lines, bound) = (&self.nginx.headers[0], &certificates[0].thumbprint);
                for _ in certificates {
                    black_box(self.warm_floor.decide(black_box(lines), TARGET, bound));
                }
            }),
        ]
    }

    fn by_hand(&self) -> Vec<Case<'_>> {
        let case = |name, side| {
            self.check_by_hand(side);
            Case::yardstick(name, move || {
                for number in 0..self.certificates.len() {
                    let _ = black_box(self.decide_by_hand(side, number));
                }
            })
        };
        vec![
            case(BY_HAND_PEM, &self.nginx),
            case(BY_HAND_BASE64, &self.traefik),
        ]
    }

    /// Every certificate is met anew.
    fn cold(&self) -> Vec<Case<'_>> {
        let case = |name, side, yardsticks| {
            self.check(side);
            Case::measure(name, yardsticks, move || {
                for number in 0..self.certificates.len() {
                    self.decide(side, number, |decision| _ = black_box(decision));
                }
            })
        };
        vec![
            case("cold, nginx", &self.nginx, [FLOOR_PEM, BY_HAND_PEM]),
            case(
                "cold, bare base64",
                &self.traefik,
                [FLOOR_BASE64, BY_HAND_BASE64],
            ),
            // The same through a gate, cache insert and evict included, goes here.
        ]
    }

    /// Nothing has to be decoded.
    fn warm(&self) -> Vec<Case<'_>> {
        let side = &self.token_alone;
        self.check(side);
        vec![
            // Goes here: the four steps with an assessed certificate at hand, then
            // a gate with one certificate, with 1,000 and with 10,000.
            Case::measure(
                "warm, by token (no certificate)",
                [FLOOR_WARM, BY_HAND_PEM],
                move || {
                    for _ in 0..self.certificates.len() {
                        self.decide(side, 0, |decision| _ = black_box(decision));
                    }
                },
            ),
        ]
    }

    fn decide<T>(&self, side: &Side, number: usize, then: impl FnOnce(&Decision<'_>) -> T) -> T {
        let count = self.decided.get();
        self.decided.set(count + 1);
        let headers = Lines(&side.headers[number]);
        let request = Request {
            peer: Peer::address(PEER.into()),
            method: METHOD,
            target: TARGET,
            headers: &headers,
            token: Some(&side.tokens[number]),
            now: requests::moment(count),
        };
        then(&decide(&side.policy, black_box(&request), &side.limits))
    }

    fn decide_by_hand(&self, side: &Side, number: usize) -> Result<by_hand::Caller, &'static str> {
        side.service.decide(
            PEER.into(),
            METHOD,
            TARGET,
            black_box(&side.headers[number]),
            &self.bound[number],
        )
    }

    fn check(&self, side: &Side) {
        for (number, certificate) in self.certificates.iter().enumerate() {
            self.decide(side, number, |decision| {
                let Decision::Allow(allow) = decision else {
                    panic!("{:?} denies", decision.reason());
                };
                let Grant::Proven(identity) = allow.grant() else {
                    panic!("nobody is proven");
                };
                assert_eq!(identity.client(), certificate.client);
                assert_eq!(identity.profile(), Some("prod"));
                assert_eq!(decision.findings().collection(), Some("payments"));
                assert_eq!(
                    decision.allowances().map(|left| left.as_slice().len()),
                    Some(2)
                );
            });
        }
    }

    fn check_by_hand(&self, side: &Side) {
        for (number, certificate) in self.certificates.iter().enumerate() {
            let caller = self.decide_by_hand(side, number).unwrap();
            assert_eq!(caller.client, certificate.client);
        }
    }

    fn check_floors(&self) {
        let mut buffers = Buffers::default();
        for (number, certificate) in self.certificates.iter().enumerate() {
            let expected = Some((certificate.client.as_bytes(), certificate.thumbprint));
            let (pem, bare) = (&certificate.escaped_pem, &certificate.base64);
            assert_eq!(floor::pem(pem.as_bytes(), &mut buffers), expected);
            assert_eq!(floor::base64(bare.as_bytes(), &mut buffers), expected);
            let lines = &self.nginx.headers[number];
            let bound = &certificate.thumbprint;
            let warm = &self.warm_floor;
            assert_eq!(
                warm.decide(lines, TARGET, bound),
                Some(&*certificate.client)
            );
            check_walk(certificate);
        }
    }
}

/// The floor's walk sees what certgate sees.
fn check_walk(certificate: &Certificate) {
    let info = CertInfo::from_der(certificate.der.clone()).unwrap();
    let needed = floor::walk(&certificate.der).unwrap();
    assert!(info.issuer().as_der().ends_with(needed.issuer));
    let validity = info.validity();
    assert_eq!(
        Timestamp::from_unix_seconds(needed.not_before),
        validity.not_before
    );
    assert_eq!(
        Timestamp::from_unix_seconds(needed.not_after),
        validity.not_after
    );
    assert_eq!(needed.unit, b"prod");
    for extension in [
        needed.alternative_names,
        needed.key_usage,
        needed.extended_key_usage,
    ] {
        assert!(!extension.is_empty());
    }
}

fn hexadecimal_thumbprint(certificate: &Certificate) -> String {
    let digits = certificate.thumbprint.iter();
    digits.map(|byte| format!("{byte:02x}")).collect()
}

fn values<'m>(headers: &'m [HeaderMap], name: &str) -> Vec<&'m [u8]> {
    headers.iter().map(|lines| lines[name].as_bytes()).collect()
}
