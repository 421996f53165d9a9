//! What HTTP/2 has that HTTP/1.1 has not.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::servers::Served;
use crate::support::nginx;

type Sender = SendRequest<BoxBody<Bytes, std::convert::Infallible>>;

async fn connect(served: &Served) -> Sender {
    let stream = TcpStream::connect(served.address).await.unwrap();
    let handshake = handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (sender, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    sender
}

/// Of acme, as nginx forwards it, in one stream.
fn acme(method: Method, uri: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(uri)
        .header("x-forwarded-for", "203.0.113.9")
        .header("x-ssl-client-cert", nginx("acme"))
        .header("x-ssl-client-verify", "SUCCESS")
}

async fn send(sender: &mut Sender, request: http::request::Builder) -> (u16, String) {
    let body = Empty::new().boxed();
    let response = sender.send_request(request.body(body).unwrap()).await;
    let response = response.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[actix_web::test]
async fn a_response_to_head_is_the_head_alone_and_reaches_its_caller() {
    for served in Served::both(&[]).await {
        let mut sender = connect(&served).await;
        let head = acme(Method::HEAD, "http://api.example.com/payments");
        assert_eq!(send(&mut sender, head).await, (405, String::new()));
        let head = Request::head("http://api.example.com/payments");
        assert_eq!(send(&mut sender, head).await, (401, String::new()));
        // And the connection is as good as before.
        let get = acme(Method::GET, "http://api.example.com/payments");
        let (status, body) = send(&mut sender, get).await;
        assert_eq!(
            (status, &*body),
            (200, "pisp-partner-acme 0 false"),
            "{}",
            served.name
        );
    }
}

#[actix_web::test]
async fn a_connection_to_elsewhere_is_no_path() {
    for served in Served::both(&[]).await {
        let mut sender = connect(&served).await;
        let mut connect = acme(Method::CONNECT, "api.example.com:443");
        let authority = Uri::from_static("api.example.com:443");
        connect = connect.uri(authority);
        let request = connect.body(Empty::new().boxed()).unwrap();
        // A client that was let through would have a tunnel.
        if let Ok(response) = sender.send_request(request).await {
            assert_eq!(response.status(), 400, "{}", served.name);
        }
        assert_eq!(served.record().await.status, Some(400), "{}", served.name);
    }
}

#[actix_web::test]
async fn trailers_prove_nothing_and_are_not_handed_on() {
    for served in Served::both(&[]).await {
        let mut sender = connect(&served).await;
        let uri = "http://api.example.com/payments";
        let mut trailers = HeaderMap::new();
        let certificate: HeaderValue = nginx("acme").parse().unwrap();
        trailers.insert("x-ssl-client-cert", certificate);
        trailers.insert("x-ssl-client-verify", HeaderValue::from_static("SUCCESS"));
        trailers.insert("x_client_id", HeaderValue::from_static("forged"));
        for (request, status, text) in [
            (Request::post(uri), 401, "certificate_missing"),
            (acme(Method::POST, uri), 200, "pisp-partner-acme 4 false"),
        ] {
            let trailers = trailers.clone();
            let body = Full::from("body").with_trailers(async move { Some(Ok(trailers)) });
            let request = request.header("te", "trailers").body(body.boxed()).unwrap();
            let response = sender.send_request(request).await.unwrap();
            assert_eq!(response.status(), status, "{}", served.name);
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(body.contains(text), "{}: {body}", served.name);
        }
    }
}

#[actix_web::test]
async fn lines_that_are_too_long_are_refused_by_the_gate_or_before_it() {
    for served in Served::both(&[]).await {
        let mut sender = connect(&served).await;
        let uri = "http://api.example.com/payments";
        let long = "A".repeat(40 * 1024);
        let request = Request::get(uri)
            .header("x-ssl-client-verify", "SUCCESS")
            .header("x-ssl-client-cert", long);
        // hyper takes 16 KiB of headers where nobody says otherwise.
        let (status, _) = send(&mut sender, request).await;
        let expected = match served.name {
            "hyper" => 431,
            _ => 400,
        };
        assert_eq!(status, expected, "{}", served.name);
        let get = acme(Method::GET, uri);
        assert_eq!(send(&mut sender, get).await.0, 200, "{}", served.name);
    }
}

#[actix_web::test]
async fn a_stream_that_breaks_or_is_left_has_a_record_and_no_effect_on_others() {
    for served in Served::both(&[]).await {
        let mut sender = connect(&served).await;
        let at = |path: &str| {
            let uri = format!("http://api.example.com/payments{path}");
            acme(Method::GET, &uri).body(Empty::new().boxed()).unwrap()
        };
        // actix lets a handler run on whose caller has left, and its record wait for it.
        if served.name == "hyper" {
            let mut waits = Box::pin(sender.send_request(at("/waits")));
            let other = sender.clone().send_request(at(""));
            tokio::select! {
                biased;
                _ = &mut waits => panic!("it answers"),
                other = other => assert_eq!(other.unwrap().status(), 200),
            }
            let record = served.record().await;
            assert_eq!((&*record.path, record.status), ("/payments", Some(200)));
            drop(waits);
            let record = served.record().await;
            assert_eq!((&*record.path, record.status), ("/payments/waits", None));
        }

        sender.send_request(at("/breaks")).await.unwrap_err();
        let record = served.record().await;
        assert_eq!((&*record.path, record.status), ("/payments/breaks", None));
        let mut sender = connect(&served).await;
        assert_eq!(sender.send_request(at("")).await.unwrap().status(), 200);
    }
}
