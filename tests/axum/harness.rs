//! A router on a socket, and a client of either version.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::{Extension, Router};
use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::gate::Gate;
use certgate::request::{Confirmation, VerifiedToken};
use http::request::Builder;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;

use crate::support::{ACME_X5T, POLICY, at, nginx, policy};

/// `POLICY` without its limit, and with other replacements.
pub(crate) fn changed(replacements: &[(&str, &str)]) -> String {
    let mut text = POLICY.replace("limits = \"three-a-minute\"", "");
    for (old, new) in replacements {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    text
}

/// A gate of this policy, for a router without prefixes.
pub(crate) fn gate(text: &str) -> GateLayer {
    gate_at(text, TargetSource::request_uri())
}

pub(crate) fn gate_at(text: &str, target: TargetSource) -> GateLayer {
    let gate = Arc::new(Gate::new(policy(text)).unwrap());
    GateLayer::new(gate, PeerSource::connect_info(), target).with_clock(|| at(0))
}

/// What a layer that verifies tokens leaves, for a token that is bound to acme's
/// certificate.
pub(crate) fn bound() -> Extension<VerifiedToken> {
    token(Confirmation::x5t_s256(ACME_X5T))
}

/// The same for a token that is bound to nothing.
pub(crate) fn unbound() -> Extension<VerifiedToken> {
    token(Confirmation::default())
}

fn token(confirmation: Confirmation) -> Extension<VerifiedToken> {
    let client = Some("pisp-partner-acme");
    Extension(VerifiedToken::assert_verified(client, confirmation))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Http1,
    Http2,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn reason(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        let reason = body.get("reason").and_then(serde_json::Value::as_str);
        reason.unwrap().to_owned()
    }
}

/// A router that is served until its test ends.
pub(crate) struct Served(SocketAddr);

impl Served {
    pub(crate) async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async { axum::serve(listener, service).await.unwrap() });
        Self(address)
    }

    /// Sends a request in one version of HTTP.
    pub(crate) async fn ask(&self, version: Version, path: &str, lines: &[Line<'_>]) -> Answer {
        let client = Client::builder(TokioExecutor::new())
            .http2_only(version == Version::Http2)
            .build_http();
        let builder = Request::get(format!("http://{}{path}", self.0));
        let add = |request: Builder, line: &Line<'_>| request.header(line.0, line.1);
        let request = lines.iter().fold(builder, add);
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        let (head, body) = client.request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// Sends a request in both versions, which must be answered alike.
    pub(crate) async fn get(&self, path: &str, lines: &[Line<'_>]) -> Answer {
        let first = self.ask(Version::Http1, path, lines).await;
        let second = self.ask(Version::Http2, path, lines).await;
        assert_eq!(first.status, second.status, "{path}");
        second
    }
}

pub(crate) type Line<'a> = (&'a str, &'a str);

/// What nginx forwards for acme.
pub(crate) fn acme() -> Vec<Line<'static>> {
    let certificate: &'static str = Box::leak(nginx("acme").into_boxed_str());
    vec![
        ("x-forwarded-for", "203.0.113.9"),
        ("x-ssl-client-cert", certificate),
        ("x-ssl-client-verify", "SUCCESS"),
    ]
}

/// What nginx forwards for a caller without a certificate.
pub(crate) const NOBODY: &[Line<'static>] = &[("x-forwarded-for", "203.0.113.9")];
