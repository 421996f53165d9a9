//! A backend in any language: it believes every header that reaches it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: HeaderMap,
}

impl Arrived {
    /// Takes in the whole request.
    pub(crate) async fn of(request: Request<Incoming>) -> Self {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap_or_default();
        let trailers = body.trailers().cloned().unwrap_or_default();
        Self {
            method: head.method.to_string(),
            target: head.uri.to_string(),
            headers: head.headers,
            body: body.to_bytes(),
            trailers,
        }
    }

    /// The values under a name, or under one that a server may take for it.
    pub(crate) fn values(&self, name: &str) -> Vec<String> {
        let folded = |name: &str| name.to_ascii_lowercase().replace(['_', '.'], "-");
        let named = self
            .headers
            .iter()
            .filter(|(other, _)| folded(other.as_str()) == folded(name));
        named
            .map(|(_, value)| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect()
    }
}

/// Requests that arrived.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Arrived>>>);

impl Log {
    pub(crate) fn note(&self, arrived: Arrived) {
        self.0.lock().unwrap().push(arrived);
    }

    /// Those since this was called last.
    pub(crate) fn take(&self) -> Vec<Arrived> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Starts one, which notes each request in `log`. It switches protocols for
/// whoever asks, and answers with 200 otherwise.
pub(crate) async fn start(log: Log) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let log = log.clone();
            let service = service_fn(move |request| {
                let log = log.clone();
                async move {
                    let arrived = Arrived::of(request).await;
                    let response = respond(&arrived);
                    log.note(arrived);
                    Ok::<_, Infallible>(response)
                }
            });
            let connection = http1::Builder::new()
                .serve_connection(TokioIo::new(connection), service)
                .with_upgrades();
            tokio::spawn(async { connection.await.ok() });
        }
    });
    address
}

fn respond(arrived: &Arrived) -> Response<Full<Bytes>> {
    if arrived.target.ends_with("/refused") {
        let mut refusal = Response::new(Full::from("from the backend"));
        *refusal.status_mut() = StatusCode::FORBIDDEN;
        return refusal;
    }
    let Some(protocol) = arrived.headers.get("upgrade") else {
        return Response::new(Full::from("from the backend"));
    };
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header("Connection", "upgrade")
        .header("Upgrade", protocol)
        .body(Full::default())
        .unwrap()
}
