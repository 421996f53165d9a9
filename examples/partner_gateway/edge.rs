//! The edge: ends TLS, verifies client certificates, and forwards requests in
//! plain HTTP with what it saw.
//!
//! It stands in for nginx, Envoy or a load balancer, and does the three things
//! that a gate relies on: it verifies what it forwards, it removes what only
//! it may say from the requests of clients, and it connects to the service
//! from an address that nobody else has.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, FORWARDED, HeaderName, HeaderValue, TE, UPGRADE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::server::WebPkiClientVerifier;

use super::Error;
use super::pki::{Pki, crypto};

/// Where the edge's own connections come from: the one trusted proxy of the
/// policies.
pub(crate) const ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");
const CLIENT_CERT_CHAIN: HeaderName = HeaderName::from_static("client-cert-chain");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What only the edge may say, and what belongs to one connection alone.
///
/// `X-Client-ID` and `X-Profile-ID` may pass: with these policies they select,
/// and prove nothing.
const REMOVED: [HeaderName; 8] = [
    CLIENT_CERT,
    CLIENT_CERT_CHAIN,
    X_FORWARDED_FOR,
    X_REQUEST_ID,
    FORWARDED,
    CONNECTION,
    TE,
    UPGRADE,
];

/// One edge in front of one service.
struct Edge {
    tls: TlsAcceptor,
    upstream: SocketAddr,
    client: Client<HttpConnector, Incoming>,
    requests: AtomicU64,
}

/// What a connection tells of every request on it.
struct Caller {
    address: HeaderValue,
    certificate: Option<HeaderValue>,
}

/// Starts an edge in front of `upstream` on a free port of 127.0.0.1.
pub(crate) async fn start(pki: &Pki, upstream: SocketAddr) -> Result<SocketAddr, Error> {
    let mut connector = HttpConnector::new();
    connector.set_local_address(Some(ADDRESS.into()));
    let edge = Arc::new(Edge {
        tls: TlsAcceptor::from(Arc::new(tls(pki)?)),
        upstream,
        client: Client::builder(TokioExecutor::new()).build(connector),
        requests: AtomicU64::new(1),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((connection, from)) = listener.accept().await {
            let edge = Arc::clone(&edge);
            // A connection that breaks is its caller's affair.
            tokio::spawn(async move { edge.serve(connection, from.ip()).await.ok() });
        }
    });
    Ok(address)
}

/// Asks every client for a certificate and takes none that the authority did
/// not sign. Who has none may come in, so that the service can answer.
fn tls(pki: &Pki) -> Result<ServerConfig, Error> {
    let verifier = WebPkiClientVerifier::builder_with_provider(pki.roots()?, crypto())
        .allow_unauthenticated()
        .build()?;
    Ok(ServerConfig::builder_with_provider(crypto())
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(pki.edge().chain(), pki.edge().key()?)?)
}

impl Edge {
    async fn serve(&self, connection: TcpStream, from: IpAddr) -> Result<(), Error> {
        let stream = match self.tls.accept(connection).into_fallible().await {
            Ok(stream) => stream,
            Err((error, connection)) => return linger(connection).await.and(Err(error.into())),
        };
        let (_, session) = stream.get_ref();
        let certificate = session.peer_certificates().and_then(<[_]>::first);
        let caller = Caller {
            address: HeaderValue::try_from(outside_address(from).to_string())?,
            certificate: certificate
                .map(|der| HeaderValue::try_from(format!(":{}:", STANDARD.encode(der))))
                .transpose()?,
        };
        let service = service_fn(|request| self.forward(request, &caller));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        Ok(connection.await?)
    }

    async fn forward(
        &self,
        mut request: Request<Incoming>,
        caller: &Caller,
    ) -> Result<Response<Incoming>, Error> {
        let headers = request.headers_mut();
        for name in REMOVED {
            headers.remove(name);
        }
        if let Some(certificate) = &caller.certificate {
            headers.insert(CLIENT_CERT, certificate.clone());
        }
        headers.insert(X_FORWARDED_FOR, caller.address.clone());
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        headers.insert(
            X_REQUEST_ID,
            HeaderValue::try_from(format!("edge-{number}"))?,
        );
        // The path goes on as it came: what it means is the service's decision.
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        *request.uri_mut() = Uri::builder()
            .scheme("http")
            .authority(self.upstream.to_string())
            .path_and_query(path)
            .build()?;
        Ok(self.client.request(request).await?)
    }
}

/// Reads what the client still sends after a failed handshake, so that the
/// alert reaches it before the connection is reset.
async fn linger(mut connection: TcpStream) -> Result<(), Error> {
    connection.shutdown().await?;
    tokio::io::copy(&mut connection.take(65_536), &mut sink()).await?;
    Ok(())
}

/// The network map: loopback stands in for the networks that partners call
/// from. 127.0.113.x is 203.0.113.x, and 127.0.51.x is 198.51.100.x.
fn outside_address(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => match v4.octets() {
            [127, 0, 113, host] => Ipv4Addr::new(203, 0, 113, host).into(),
            [127, 0, 51, host] => Ipv4Addr::new(198, 51, 100, host).into(),
            _ => address,
        },
        IpAddr::V6(_) => address,
    }
}
