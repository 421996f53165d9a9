//! A partner's client: HTTPS through an edge, or plain HTTP past it.

use std::error::Error as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, AlertDescription, ClientConfig};

use super::Error;
use super::pki::{Credential, Pki, crypto};

/// One connection.
pub(crate) struct Connection {
    requests: SendRequest<Empty<Bytes>>,
    driver: JoinHandle<hyper::Result<()>>,
}

/// What became of a request.
pub(crate) enum Answer {
    /// The edge refused the connection with this alert.
    Refused(AlertDescription),
    Response(Response),
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The JSON that it has for a body.
    pub(crate) body: Value,
}

impl Connection {
    /// Connects to an edge, and shows it a certificate if there is one.
    pub(crate) async fn to_edge(
        edge: SocketAddr,
        from: Ipv4Addr,
        pki: &Pki,
        credential: Option<&Credential>,
    ) -> Result<Self, Error> {
        let config = ClientConfig::builder_with_provider(crypto())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(pki.roots()?);
        let config = match credential {
            Some(own) => config.with_client_auth_cert(own.chain(), own.key()?)?,
            None => config.with_no_client_auth(),
        };
        let stream = connect(edge, from).await?;
        let name = ServerName::try_from("localhost")?;
        let tls = TlsConnector::from(Arc::new(config));
        Self::over(tls.connect(name, stream).await?).await
    }

    /// Connects to a service without an edge between.
    pub(crate) async fn to_service(service: SocketAddr, from: Ipv4Addr) -> Result<Self, Error> {
        Self::over(connect(service, from).await?).await
    }

    async fn over<S>(stream: S) -> Result<Self, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (requests, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        Ok(Self { requests, driver })
    }

    /// Sends a request. In TLS 1.3 the client's side of the handshake is over
    /// before the edge has seen its certificate, so a refusal comes only now.
    pub(crate) async fn send(&mut self, request: Request<Empty<Bytes>>) -> Result<Answer, Error> {
        let response = match self.respond(request).await {
            Ok(response) => response,
            Err(error) => return self.refusal(error).await,
        };
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer::Response(Response {
            status: head.status.as_u16(),
            headers: head.headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        }))
    }

    async fn respond(
        &mut self,
        request: Request<Empty<Bytes>>,
    ) -> hyper::Result<hyper::Response<Incoming>> {
        self.requests.ready().await?;
        self.requests.send_request(request).await
    }

    /// The alert by which the edge ended the connection, wherever it surfaced.
    async fn refusal(&mut self, error: hyper::Error) -> Result<Answer, Error> {
        let alert = match alert(&error) {
            Some(alert) => Some(alert),
            None => (&mut self.driver).await?.err().as_ref().and_then(alert),
        };
        alert.map(Answer::Refused).ok_or_else(|| error.into())
    }
}

async fn connect(to: SocketAddr, from: Ipv4Addr) -> Result<TcpStream, Error> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    Ok(socket.connect(to).await?)
}

fn alert(error: &hyper::Error) -> Option<AlertDescription> {
    let io: &io::Error = error.source()?.downcast_ref()?;
    match io.get_ref()?.downcast_ref()? {
        rustls::Error::AlertReceived(alert) => Some(*alert),
        _ => None,
    }
}
