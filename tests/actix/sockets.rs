//! On real sockets, HTTP/1.1 and HTTP/2.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpServer};
use certgate::adapter::actix::GateMiddleware;
use certgate::gate::Granted;
use certgate::request::{Connection, Peer};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};

use crate::harness::{Records, guard};
use crate::support::{POLICY, nginx, policy};

async fn hello(request: HttpRequest, granted: Granted, body: Bytes) -> String {
    let client = granted.identity().and_then(|caller| caller.client());
    let forged = request.headers().contains_key("x-ssl-client-cert");
    format!("{} {} {forged}", client.unwrap_or("nobody"), body.len())
}

async fn breaks() -> String {
    panic!("a handler that breaks")
}

fn serve(guard: GateMiddleware) -> (SocketAddr, ServerHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = HttpServer::new(move || {
        App::new()
            .wrap(guard.clone())
            .route("/payments/breaks", web::get().to(breaks))
            .default_service(web::to(hello))
    })
    .workers(1)
    .disable_signals()
    .listen_auto_h2c(listener)
    .unwrap()
    .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (address, handle)
}

pub(crate) async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.ok();
    response
}

fn head(line: &str) -> String {
    format!(
        "{line} HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\
         X-Forwarded-For: 203.0.113.9\r\n"
    )
}

fn certified(line: &str) -> String {
    head(line)
        + &format!(
            "X-SSL-Client-Cert: {}\r\nX-SSL-Client-Verify: SUCCESS\r\n",
            nginx("acme")
        )
}

/// A body, and behind it what would be a certificate in front of it.
fn certificate_in_trailers() -> String {
    format!(
        "Transfer-Encoding: chunked\r\nTrailer: X-SSL-Client-Cert, X-SSL-Client-Verify\r\n\r\n\
         4\r\nbody\r\n0\r\nX-SSL-Client-Cert: {}\r\nX-SSL-Client-Verify: SUCCESS\r\n\r\n",
        nginx("acme")
    )
}

fn unlimited() -> certgate::policy::Policy {
    policy(&POLICY.replace("limits = \"three-a-minute\"\n", ""))
}

#[actix_web::test]
async fn http_1_is_guarded_as_it_stands_on_the_wire() {
    let records = Records::default();
    let (address, server) = serve(records.of(guard(unlimited())));
    for (request, status, text) in [
        (
            // Trailers are read past, and reach nobody.
            certified("POST /payments/v1?secret=1")
                + "Transfer-Encoding: chunked\r\nTrailer: X-Client-ID\r\n\r\n\
                   4\r\nbody\r\n0\r\nX-Client-ID: forged\r\n\r\n",
            "HTTP/1.1 200 OK\r\n",
            "\r\n\r\npisp-partner-acme 4 false",
        ),
        (
            // A certificate among them is none,
            head("POST /payments") + &certificate_in_trailers(),
            "HTTP/1.1 401 Unauthorized\r\n",
            "\"reason\":\"certificate_missing\"",
        ),
        (
            // and no second one.
            certified("POST /payments") + &certificate_in_trailers(),
            "HTTP/1.1 200 OK\r\n",
            "\r\n\r\npisp-partner-acme 4 false",
        ),
        (
            certified("GET /healthz") + "\r\n",
            "HTTP/1.1 200 OK\r\n",
            "\r\n\r\nnobody 0 false",
        ),
        (
            head("POST /payments") + "Content-Length: 4\r\n\r\nbody",
            "HTTP/1.1 401 Unauthorized\r\n",
            "\"reason\":\"certificate_missing\"",
        ),
        (
            certified("GET //payments") + "\r\n",
            "HTTP/1.1 400 Bad Request\r\n",
            "\"reason\":\"path_malformed\"",
        ),
        (
            certified("GET /payments") + &format!("x-ssl-client-cert: {}\r\n\r\n", nginx("acme")),
            "HTTP/1.1 400 Bad Request\r\n",
            "\"reason\":\"header_ambiguous\"",
        ),
        (
            certified("OPTIONS *") + "\r\n",
            "HTTP/1.1 400 Bad Request\r\n",
            "\"reason\":\"path_malformed\"",
        ),
        (
            certified("GET http://api.example.com/payments") + "\r\n",
            "HTTP/1.1 200 OK\r\n",
            "\r\n\r\npisp-partner-acme 0 false",
        ),
        (
            certified("HEAD /payments") + "\r\n",
            "HTTP/1.1 405 Method Not Allowed\r\n",
            "allow: GET, POST\r\n",
        ),
    ] {
        let response = exchange(address, &request).await;
        assert!(response.starts_with(status), "{response}");
        assert!(response.contains(text), "{response}");
        let record = records.only();
        let status: u16 = status.split(' ').nth(1).unwrap().parse().unwrap();
        assert_eq!(record.status, Some(status));
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn a_handler_that_panics_ends_the_connection_and_leaves_a_record() {
    let records = Records::default();
    let (address, server) = serve(records.of(guard(unlimited())));
    let response = exchange(address, &(certified("GET /payments/breaks") + "\r\n")).await;
    assert_eq!(response, "");
    assert_eq!(records.only().status, None);
    // And the worker serves on.
    let response = exchange(address, &(certified("GET /payments") + "\r\n")).await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    server.stop(false).await;
}

#[actix_web::test]
async fn http_2_is_guarded_and_its_authority_is_the_host() {
    let hosts = POLICY.replace("limits = \"three-a-minute\"\n", "").replace(
        "paths = [\"/payments\"]",
        "paths = [\"/payments\"]\nhosts = [\"api.example.com\"]",
    );
    let (address, server) = serve(guard(policy(&hosts)));
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    actix_web::rt::spawn(connection);
    for (authority, host, verified, status, text) in [
        (
            "api.example.com",
            None,
            "SUCCESS",
            200,
            "pisp-partner-acme 0 false",
        ),
        (
            "API.example.com:8080",
            None,
            "SUCCESS",
            200,
            "pisp-partner-acme 0 false",
        ),
        (
            "other.example.com",
            None,
            "SUCCESS",
            403,
            "collection_not_allowed",
        ),
        (
            "other.example.com",
            Some("api.example.com"),
            "SUCCESS",
            403,
            "collection_not_allowed",
        ),
        (
            "api.example.com",
            None,
            "NONE",
            401,
            "certificate_unverified",
        ),
    ] {
        let mut request = hyper::Request::get(format!("http://{authority}/payments"))
            .header("X-Forwarded-For", "203.0.113.9")
            .header("X-SSL-Client-Cert", nginx("acme"))
            .header("X-SSL-Client-Verify", verified);
        if let Some(host) = host {
            request = request.header("Host", host);
        }
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.version(), hyper::Version::HTTP_2);
        assert_eq!(response.status(), status, "{authority} {host:?}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains(text), "{body}");
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn a_certificate_in_the_trailers_of_http_2_is_none() {
    let (address, server) = serve(guard(unlimited()));
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    actix_web::rt::spawn(connection);
    for (certificate, status, text) in [
        (None, 401, "certificate_missing"),
        (Some(nginx("acme")), 200, "pisp-partner-acme 4 false"),
    ] {
        let mut trailers = hyper::HeaderMap::new();
        trailers.insert("x-ssl-client-cert", nginx("acme").parse().unwrap());
        trailers.insert("x-ssl-client-verify", "SUCCESS".parse().unwrap());
        let mut request = hyper::Request::post("http://api.example.com/payments")
            .header("X-Forwarded-For", "203.0.113.9");
        if let Some(certificate) = certificate {
            request = request
                .header("X-SSL-Client-Cert", certificate)
                .header("X-SSL-Client-Verify", "SUCCESS");
        }
        let body = Full::new(Bytes::from_static(b"body"));
        let body = Box::pin(body.with_trailers(async { Some(Ok(trailers)) }));
        let response = sender.send_request(request.body(body).unwrap()).await;
        let response = response.unwrap();
        assert_eq!(response.status(), status);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains(text), "{body}");
    }
    server.stop(false).await;
}

/// A server whose connections come over a Unix domain socket, with what `on_connect`
/// says of them.
async fn over_unix(says: Option<Connection>, trusted: &str) -> String {
    let socket = std::env::temp_dir().join(format!(
        "certgate-actix-{}-{}",
        std::process::id(),
        says.is_some()
    ));
    let text = POLICY.replace("\"127.0.0.1\"", trusted);
    let guard = guard(policy(&text));
    let server = HttpServer::new(move || {
        App::new()
            .wrap(guard.clone())
            .default_service(web::to(hello))
    })
    .workers(1)
    .disable_signals()
    .on_connect(move |_, extensions| {
        if let Some(connection) = &says {
            extensions.insert(connection.clone());
        }
    })
    .listen_uds(UnixListener::bind(&socket).unwrap())
    .unwrap()
    .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let mut stream = UnixStream::connect(&socket).await.unwrap();
    let request = certified("GET /payments") + "\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    handle.stop(false).await;
    std::fs::remove_file(&socket).unwrap();
    response
}

#[actix_web::test]
async fn a_unix_socket_is_unknown_unless_on_connect_says_what_it_is() {
    let response = over_unix(Some(Connection::from(Peer::UNIX)), "\"unix\"").await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    let response = over_unix(None, "\"unix\"").await;
    assert!(response.contains("certificate_missing"), "{response}");
}
