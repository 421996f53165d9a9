//! A server of hyper on loopback, asked in HTTP/1.1 by what is written to its socket,
//! and in HTTP/2 by hyper's client.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use certgate::adapter::tower::GateLayer;
use certgate::request::{Connection, VerifiedToken};
use http::Request;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tower::{Layer, ServiceExt, service_fn};

use crate::cases::corpus::Message;
use crate::reply::Reply;
use crate::scene::{FrontEnd, Scene};
use crate::tower_service::{reply, request, see};
use crate::wire;

/// What the next request is served by. All come over one connection from loopback, so
/// the layer is handed the peer of the case as whoever accepts connections would.
struct Stage {
    layer: GateLayer,
    connection: Connection,
    token: Option<VerifiedToken>,
}

type Current = Arc<Mutex<Option<Stage>>>;

/// A server of either version, for one connection.
struct Server {
    current: Current,
    serving: JoinHandle<()>,
}

impl Server {
    async fn start() -> (Self, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let current = Current::default();
        let serving = tokio::spawn(serve(listener, Arc::clone(&current)));
        let stream = TcpStream::connect(address).await.unwrap();
        (Self { current, serving }, stream)
    }

    fn set(&self, scene: &Scene) {
        *self.current.lock().unwrap() = Some(Stage {
            layer: scene.layer(),
            connection: scene.connection.clone(),
            token: scene.token.clone(),
        });
    }
}

async fn serve(listener: TcpListener, current: Current) {
    let (stream, _) = listener.accept().await.unwrap();
    let service = service_fn(move |mut request: Request<Incoming>| {
        let stage = current.lock().unwrap();
        let stage = stage.as_ref().unwrap();
        request.extensions_mut().insert(stage.connection.clone());
        if let Some(token) = &stage.token {
            request.extensions_mut().insert(token.clone());
        }
        let answered = stage.layer.layer(service_fn(see)).oneshot(request);
        async { Ok::<_, Infallible>(answered.await.unwrap()) }
    });
    let mut server = auto::Builder::new(TokioExecutor::new());
    // As large as in HTTP/1.1, where it is some 400 KiB.
    server.http2().max_header_list_size(400 * 1024);
    let connection =
        server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    connection.await.ok();
}

/// What stands in a case is written as it stands there.
pub(crate) struct Http1 {
    server: Server,
    client: wire::Client,
}

impl Http1 {
    pub(crate) async fn start() -> Self {
        let (server, stream) = Server::start().await;
        let client = wire::Client::new(stream);
        Self { server, client }
    }
}

impl FrontEnd for Http1 {
    fn name(&self) -> &'static str {
        "hyper, HTTP/1.1"
    }

    async fn send(&mut self, scene: &Scene, message: &Message) -> Reply {
        self.server.set(scene);
        self.client.send(message).await
    }

    async fn close(self) {
        drop(self.client);
        self.server.serving.await.unwrap();
    }
}

pub(crate) struct Http2 {
    server: Server,
    sender: SendRequest<Empty<Bytes>>,
}

impl Http2 {
    pub(crate) async fn start() -> Self {
        let (server, stream) = Server::start().await;
        let (executor, stream) = (TokioExecutor::new(), TokioIo::new(stream));
        let handshake = hyper::client::conn::http2::handshake(executor, stream);
        let (sender, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        Self { server, sender }
    }
}

impl FrontEnd for Http2 {
    fn name(&self) -> &'static str {
        "hyper, HTTP/2"
    }

    fn cannot_carry(&self, message: &Message) -> Option<&'static str> {
        let of_a_connection =
            |(name, _): &(String, String)| name.eq_ignore_ascii_case("connection");
        let found = message.headers.iter().any(of_a_connection);
        found.then_some("HTTP/2 has no headers of the connection")
    }

    async fn send(&mut self, scene: &Scene, message: &Message) -> Reply {
        self.server.set(scene);
        let request = request(message, Empty::new());
        let response = self.sender.send_request(request).await.unwrap();
        assert_eq!(response.version(), http::Version::HTTP_2);
        reply(&message.method, response).await
    }

    async fn close(self) {
        drop(self.sender);
        self.server.serving.await.unwrap();
    }
}
