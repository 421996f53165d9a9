//! A guarded gRPC service in tonic. Who is denied reads a gRPC status.
//!
//! ```text
//! cargo run --features toml,tower --example tonic_service
//! cert=:$(base64 -w0 tests/data/certificates/acme.der):
//! call() {
//!     printf '\0\0\0\0\2hi' | curl -si --http2-prior-knowledge --data-binary @- \
//!         -H "Content-Type: application/grpc" -H "TE: trailers" "$@" \
//!         localhost:8080/payments.Charges/List | tr -d '\0'
//! }
//! call -H "Client-Cert: $cert"   # charges of pisp-partner-acme
//! call                           # grpc-status: 16
//! ```
//!
//! curl stands in for the edge here, which is why it may write `Client-Cert`. The
//! service is written by hand, and its messages are text, so that the example needs
//! no code generation; a generated service goes into `add_service` alike.

use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf as _, BufMut as _};
use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::gate::{Gate, Granted};
use certgate::policy::Policy;
use certgate::request::Peer;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::{TcpConnectInfo, TcpIncoming};
use tonic::{Request, Response, Status};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    serve(TcpListener::bind("127.0.0.1:8080").await?).await
}

pub(crate) async fn serve(listener: TcpListener) -> Result<(), Box<dyn Error>> {
    let policy = include_str!("services/policy.toml");
    let policy = Policy::from_toml_str(policy, "policy.toml")?.policy;
    let gate = Arc::new(Gate::new(policy)?);
    // tonic leaves the connection in the extensions of each request.
    let peer = PeerSource::from_fn(|head| {
        let connection = head.extensions.get::<TcpConnectInfo>();
        let address = connection.and_then(TcpConnectInfo::remote_addr);
        address.map_or(Peer::UNKNOWN, Peer::from)
    });
    Server::builder()
        .layer(GateLayer::new(gate, peer, TargetSource::request_uri()))
        .add_service(Charges)
        .serve_with_incoming(TcpIncoming::from(listener))
        .await?;
    Ok(())
}

/// What a method of a generated service does.
async fn list(request: Request<String>) -> Result<Response<String>, Status> {
    let granted = request.extensions().get::<Granted>();
    let caller = granted.and_then(Granted::identity);
    // Also where the gate's layer was forgotten.
    let caller = caller.ok_or_else(|| Status::unauthenticated("identity_missing"))?;
    let client = caller.client().unwrap_or("nobody");
    Ok(Response::new(format!("charges of {client}")))
}

type ResponseFuture<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

/// The service `payments.Charges` with its one method.
#[derive(Clone)]
struct Charges;

struct List;

impl UnaryService<String> for List {
    type Response = String;
    type Future = ResponseFuture<Response<String>, Status>;

    fn call(&mut self, request: Request<String>) -> Self::Future {
        Box::pin(list(request))
    }
}

impl NamedService for Charges {
    const NAME: &'static str = "payments.Charges";
}

impl<B> tower::Service<http::Request<B>> for Charges
where
    B: http_body::Body + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>> + Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        Box::pin(async move {
            Ok(match request.uri().path() {
                "/payments.Charges/List" => Grpc::new(Text).unary(List, request).await,
                _ => Status::unimplemented("no such method").into_http(),
            })
        })
    }
}

/// Messages that are text, in place of those of protobuf.
#[derive(Clone, Copy, Default)]
pub(crate) struct Text;

impl Codec for Text {
    type Encode = String;
    type Decode = String;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Text {
    type Item = String;
    type Error = Status;

    fn encode(&mut self, text: String, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(text.as_bytes());
        Ok(())
    }
}

impl Decoder for Text {
    type Item = String;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<String>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining()).to_vec();
        let text = String::from_utf8(bytes);
        text.map(Some)
            .map_err(|_| Status::invalid_argument("no text"))
    }
}
