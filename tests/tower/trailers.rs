//! Trailers on the wire, under hyper: a certificate in them is none, and what names one
//! or a client does not reach the handler.

use std::net::SocketAddr;

use axum::body::Body;
use bytes::Bytes;
use certgate::adapter::tower::{GateLayer, PeerSource};
use certgate::request::Peer;
use http::{HeaderMap, HeaderValue, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::sockets::{exchange, guard, head, hello, serve};
use crate::support::nginx;

/// In the trailers, with one that the handler may have.
fn trailers() -> Vec<(&'static str, String)> {
    vec![
        ("x-ssl-client-cert", nginx("acme")),
        ("x-ssl-client-verify", "SUCCESS".to_owned()),
        ("x-client-id", "pisp-partner-acme".to_owned()),
        ("x-sum", "1".to_owned()),
    ]
}

#[tokio::test]
async fn over_http_1() {
    let lines = trailers().into_iter();
    let lines: String = lines
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let names = "x-ssl-client-cert, x-ssl-client-verify, x-client-id, x-sum";
    let body = format!(
        "Transfer-Encoding: chunked\r\nTrailer: {names}\r\n\r\n4\r\nbody\r\n0\r\n{lines}\r\n"
    );
    for (with_certificate, status, text) in [
        (false, "HTTP/1.1 401 ", "\"reason\":\"certificate_missing\""),
        // The handler gets the last of the trailers alone.
        (
            true,
            "HTTP/1.1 200 ",
            "\r\n\r\npisp-partner-acme body false 1",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(serve(listener, guard(PeerSource::extension())));
        let request = head("POST /payments", with_certificate) + &body;
        let response = exchange(address, &request).await;
        server.await.unwrap();
        assert!(response.starts_with(status), "{response}");
        assert!(response.contains(text), "{response}");
    }
}

#[tokio::test]
async fn over_http_2() {
    let address = serve_http_2(guard(PeerSource::extension())).await;
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    for (certificate, status, text) in [
        (None, 401, "\"reason\":\"certificate_missing\""),
        (Some(nginx("acme")), 200, "pisp-partner-acme body false 1"),
    ] {
        let mut request = Request::post("http://api.example.com/payments")
            .header("X-Forwarded-For", "203.0.113.9");
        if let Some(certificate) = certificate {
            request = request
                .header("X-SSL-Client-Cert", certificate)
                .header("X-SSL-Client-Verify", "SUCCESS");
        }
        let mut map = HeaderMap::new();
        for (name, value) in trailers() {
            map.insert(name, HeaderValue::try_from(value).unwrap());
        }
        let body = Full::new(Bytes::from_static(b"body")).with_trailers(async { Some(Ok(map)) });
        let request = request.body(Body::new(body)).unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), status);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains(text), "{body}");
    }
}

/// Serves one connection.
async fn serve_http_2(layer: GateLayer) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, remote) = listener.accept().await.unwrap();
        let guarded = layer.layer(service_fn(hello));
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer::from(remote));
            guarded.clone().oneshot(request)
        });
        let service = TowerToHyperService::new(service);
        hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), service)
            .await
            .ok();
    });
    address
}
