//! On real sockets: hyper 1.x and axum's own server.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::post;
use bytes::Bytes;
use certgate::adapter::tower::{GateLayer, PeerSource, RequestBody, TargetSource};
use certgate::gate::{Gate, Granted};
use certgate::request::Peer;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, ServiceExt, service_fn};

use crate::harness::Records;
use crate::support::{POLICY, at, nginx, policy};

pub(crate) fn guard(peer: PeerSource) -> GateLayer {
    let gate = Arc::new(Gate::new(policy(POLICY)).unwrap());
    GateLayer::new(gate, peer, TargetSource::request_uri()).with_clock(|| at(0))
}

pub(crate) async fn hello(
    request: Request<RequestBody<Incoming>>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let granted: Granted = request.extensions().get().cloned().unwrap();
    let forged = request.headers().contains_key("x-ssl-client-cert");
    let body = request.into_body().collect().await?;
    let trailers = body.trailers().map_or(0, http::HeaderMap::len);
    let client = granted
        .identity()
        .and_then(|identity| identity.client())
        .unwrap_or("nobody")
        .to_owned();
    let body = String::from_utf8(body.to_bytes().to_vec()).unwrap();
    let answer = format!("{client} {body} {forged} {trailers}");
    Ok(Response::new(Full::new(Bytes::from(answer))))
}

/// Serves one connection with hyper; the peer is who the socket says it is.
pub(crate) async fn serve(listener: TcpListener, layer: GateLayer) {
    let (stream, remote) = listener.accept().await.unwrap();
    let guarded = layer.layer(service_fn(hello));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer::address(remote.ip()));
        guarded.clone().oneshot(request)
    });
    hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .await
        .unwrap();
}

pub(crate) async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

pub(crate) fn head(line: &str, with_certificate: bool) -> String {
    let certificate = if with_certificate {
        format!(
            "X-SSL-Client-Cert: {}\r\nX-SSL-Client-Verify: SUCCESS\r\n",
            nginx("acme")
        )
    } else {
        String::new()
    };
    format!(
        "{line} HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\
         X-Forwarded-For: 203.0.113.9\r\n{certificate}"
    )
}

#[tokio::test]
async fn hyper_serves_a_guarded_service() {
    let records = Records::default();
    let layer = records.of(guard(PeerSource::extension()));
    for (request, status, text) in [
        (
            head("POST /payments/v1?secret=1", true)
                + "Transfer-Encoding: chunked\r\nTrailer: X-Client-ID, X-Sum\r\n\r\n\
                   4\r\nbody\r\n0\r\nX-Client-ID: forged\r\nX-Sum: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\n",
            "\r\n\r\npisp-partner-acme body false 1",
        ),
        (
            head("GET /healthz", true) + "\r\n",
            "HTTP/1.1 200 OK\r\n",
            "\r\n\r\nnobody  false 0",
        ),
        (
            head("POST /payments", false) + "Content-Length: 4\r\n\r\nbody",
            "HTTP/1.1 401 Unauthorized\r\n",
            "\"reason\":\"certificate_missing\"",
        ),
        (
            head("GET //payments", true) + "\r\n",
            "HTTP/1.1 400 Bad Request\r\n",
            "\"reason\":\"path_malformed\"",
        ),
        (
            // Two lines of one name, as they stand on the wire.
            head("GET /payments", true) + &format!("x-ssl-client-cert: {}\r\n\r\n", nginx("acme")),
            "HTTP/1.1 400 Bad Request\r\n",
            "\"reason\":\"header_ambiguous\"",
        ),
        (
            head("OPTIONS *", true) + "\r\n",
            "HTTP/1.1 400 Bad Request\r\n",
            "\"reason\":\"path_malformed\"",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(serve(listener, layer.clone()));
        let response = exchange(address, &request).await;
        server.await.unwrap();
        assert!(response.starts_with(status), "{response}");
        assert!(response.contains(text), "{response}");
        let record = records.only();
        let code: u16 = status.split(' ').nth(1).unwrap().parse().unwrap();
        assert_eq!(record.status, Some(code));
        assert_eq!(record.peer, "127.0.0.1");
        assert!(!record.path.contains("secret"));
    }
}

#[tokio::test]
async fn a_response_to_head_has_no_body_and_one_record() {
    let records = Records::default();
    let layer = records.of(guard(PeerSource::extension()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(serve(listener, layer));
    let response = exchange(address, &(head("HEAD /payments", true) + "\r\n")).await;
    server.await.unwrap();
    // HEAD is a method of its own, and not in the profile.
    assert!(response.starts_with("HTTP/1.1 405 "), "{response}");
    assert!(response.contains("allow: GET, POST\r\n"), "{response}");
    assert!(response.ends_with("\r\n\r\n"), "{response}");
    assert_eq!(records.only().status, Some(405));
}

#[tokio::test]
async fn axum_serves_a_guarded_router_and_says_who_connected() {
    let peer = PeerSource::from_fn(|head| {
        head.extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(Peer::UNKNOWN, |connect| Peer::address(connect.0.ip()))
    });
    let router = Router::new()
        .route("/payments", post(|body: String| async { body }))
        .layer(guard(peer));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn(async { axum::serve(listener, service).await.unwrap() });
    let body = "Content-Length: 4\r\n\r\nbody";
    let response = exchange(address, &(head("POST /payments", true) + body)).await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(response.ends_with("\r\n\r\nbody"), "{response}");
    let response = exchange(address, &(head("POST /payments", false) + body)).await;
    assert!(response.starts_with("HTTP/1.1 401 "), "{response}");
    assert!(response.contains("www-authenticate: ClientCertificate realm=\"payments\"\r\n"));
    server.abort();
}

/// What tonic asks of a layer: a service that can be cloned and sent, whose
/// future can be sent, for bodies that can be neither shared nor compared.
#[test]
fn the_guarded_service_can_be_sent_and_cloned_where_its_service_can() {
    fn is_usable<S>(_: S)
    where
        S: tower::Service<
                Request<axum::body::Body>,
                Error = Infallible,
                Future: Send + 'static,
                Response: Send + 'static,
            > + Clone
            + Send
            + Sync
            + 'static,
    {
    }
    let inner = service_fn(|_: Request<RequestBody<axum::body::Body>>| async {
        Ok::<_, Infallible>(Response::new(axum::body::Body::empty()))
    });
    is_usable(guard(PeerSource::extension()).layer(inner));
}
