//! The cases that others are compared with: floors, and the service written by
//! hand.

use std::hint::black_box;

use certgate::certificate::CertInfo;
use certgate::request::Timestamp;
use http::HeaderMap;

use super::by_hand::{Edge, Service};
use super::certificates::Certificate;
use super::floor::{self, Buffers};
use super::requests::{METHOD, NGINX_CERTIFICATE, PEER, TARGET, TRAEFIK_CERTIFICATE};
use super::{
    BY_HAND_BASE64, BY_HAND_PEM, Case, FLOOR_BASE64, FLOOR_PEM, FLOOR_WARM, FLOOR_WARM_256,
    Fixture, Side,
};

impl Fixture {
    pub(super) fn floors(&self) -> Vec<Case<'_>> {
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
            Case::yardstick(FLOOR_WARM_256, move || {
                for (lines, certificate) in self.nginx.headers.iter().zip(certificates) {
                    let bound = &certificate.thumbprint;
                    black_box(self.warm_floor.decide(lines, TARGET, bound));
                }
            }),
        ]
    }

    pub(super) fn by_hand(&self) -> Vec<Case<'_>> {
        vec![
            self.by_hand_behind(BY_HAND_PEM, Edge::Nginx, &self.nginx),
            self.by_hand_behind(BY_HAND_BASE64, Edge::Traefik, &self.traefik),
        ]
    }

    fn by_hand_behind<'f>(&'f self, name: &'static str, edge: Edge, side: &'f Side) -> Case<'f> {
        let service = Service::new(edge, &self.certificates);
        let decide = move |number: usize| {
            let (headers, bound) = (black_box(&side.headers[number]), &self.bound[number]);
            service.decide(PEER.into(), METHOD, TARGET, headers, bound)
        };
        for (number, certificate) in self.certificates.iter().enumerate() {
            assert_eq!(decide(number).unwrap().client, certificate.client);
        }
        Case::yardstick(name, move || {
            for number in 0..self.certificates.len() {
                let _ = black_box(decide(number));
            }
        })
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

fn values<'m>(headers: &'m [HeaderMap], name: &str) -> Vec<&'m [u8]> {
    headers.iter().map(|lines| lines[name].as_bytes()).collect()
}
