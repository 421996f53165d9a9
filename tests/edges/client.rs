//! A client that writes its requests byte by byte, over TLS.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, AlertDescription, ClientConfig, HandshakeKind};

use crate::pki::{Credential, Pki};

/// What stands for the network 203.0.113.0/24, from which the partners call.
pub(crate) const PARTNER: Ipv4Addr = Ipv4Addr::new(127, 0, 113, 42);

/// A client that shows one certificate, and resumes the sessions that it had.
pub(crate) struct Client {
    tls: TlsConnector,
    has_resumed: AtomicBool,
}

/// What came back.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The edge ended the connection over the certificate.
    Refused,
    /// Status and body of the response.
    Response(u16, String),
}

impl Client {
    pub(crate) fn new(pki: &Pki, credential: Option<&Credential>) -> Self {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(pki.roots());
        let config = match credential {
            Some(own) => config
                .with_client_auth_cert(own.chain(), own.key())
                .unwrap(),
            None => config.with_no_client_auth(),
        };
        Self {
            tls: TlsConnector::from(Arc::new(config)),
            has_resumed: AtomicBool::new(false),
        }
    }

    /// Whether the last connection went on with an earlier session.
    pub(crate) fn has_resumed(&self) -> bool {
        self.has_resumed.load(Ordering::Relaxed)
    }

    /// Sends `request` from the address `from` and reads until the edge
    /// closes. In TLS 1.3 a refusal comes only after the handshake.
    ///
    /// # Errors
    ///
    /// The connection broke for another reason.
    pub(crate) async fn send(
        &self,
        from: Ipv4Addr,
        to: SocketAddr,
        request: &str,
    ) -> io::Result<Reply> {
        let response = self.exchange(from, to, request).await?;
        Ok(response.map_or(Reply::Refused, |response| parse(&response)))
    }

    /// The same, with the whole response; `None` if the certificate was refused.
    ///
    /// # Errors
    ///
    /// The connection broke for another reason.
    pub(crate) async fn exchange(
        &self,
        from: Ipv4Addr,
        to: SocketAddr,
        request: &str,
    ) -> io::Result<Option<String>> {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        let stream = socket.connect(to).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = match self.tls.connect(name, stream).await {
            Ok(stream) => stream,
            Err(error) => return refusal(error).map(|()| None),
        };
        let kind = stream.get_ref().1.handshake_kind();
        let has_resumed = kind == Some(HandshakeKind::Resumed);
        self.has_resumed.store(has_resumed, Ordering::Relaxed);
        let written = stream.write_all(request.as_bytes()).await;
        let mut response = Vec::new();
        let read = stream.read_to_end(&mut response).await;
        match (response.is_empty(), written.and(read.map(drop))) {
            (false, _) => Ok(Some(String::from_utf8_lossy(&response).into_owned())),
            (true, Err(error)) => refusal(error).map(|()| None),
            (true, Ok(())) => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// Nothing, if the connection broke over the certificate.
fn refusal(error: io::Error) -> io::Result<()> {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref());
    let by_alert =
        matches!(tls, Some(rustls::Error::AlertReceived(alert)) if is_about_certificates(*alert));
    // An edge that closes before it has read the request resets the
    // connection, and the alert is lost.
    let by_reset = matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
    );
    if by_alert || by_reset {
        Ok(())
    } else {
        Err(error)
    }
}

fn is_about_certificates(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
    )
}

fn parse(response: &str) -> Reply {
    let status = response
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok());
    let (_, body) = response.split_once("\r\n\r\n").unwrap_or_default();
    // Without the sizes of chunks, if there are any.
    let json = body.find('{').zip(body.rfind('}'));
    let body = json.map_or("", |(from, to)| &body[from..=to]);
    Reply::Response(status.expect(response), body.to_owned())
}
