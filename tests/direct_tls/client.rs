//! A partner's client.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use certgate::adapter::tls::rustls::client::Resumption;
use certgate::adapter::tls::rustls::pki_types::{PrivateKeyDer, ServerName};
use certgate::adapter::tls::rustls::{
    self, AlertDescription, ClientConfig, RootCertStore, SupportedProtocolVersion,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::pki::{Held, Pki, provider};

pub(crate) use rustls::version::{TLS12, TLS13};

/// How a client connects. Its sessions are kept from one connection to the next.
#[derive(Clone)]
pub(crate) struct Client {
    config: ClientConfig,
    from: Ipv4Addr,
}

impl Client {
    /// Without a certificate.
    pub(crate) fn anonymous(pki: &Pki, version: &'static SupportedProtocolVersion) -> Self {
        Self::new(pki, None, version)
    }

    /// With this one, whatever authorities the server names.
    pub(crate) fn with(pki: &Pki, held: &Held, version: &'static SupportedProtocolVersion) -> Self {
        Self::new(pki, Some(held), version)
    }

    fn new(pki: &Pki, held: Option<&Held>, version: &'static SupportedProtocolVersion) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(pki.ours.der().into()).unwrap();
        let builder = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots);
        let config = match held {
            Some(held) => {
                let chain = held.chain.iter().map(|der| der.clone().into()).collect();
                let key = PrivateKeyDer::try_from(held.key.serialize_der()).unwrap();
                let provider = provider();
                let certified =
                    rustls::sign::CertifiedKey::from_der(chain, key, &provider).unwrap();
                builder.with_client_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(
                    certified,
                )))
            }
            None => builder.with_no_client_auth(),
        };
        Self {
            config,
            from: Ipv4Addr::LOCALHOST,
        }
    }

    /// Connects from this address.
    pub(crate) fn from(self, from: [u8; 4]) -> Self {
        Self {
            from: from.into(),
            ..self
        }
    }

    pub(crate) fn speaking(mut self, protocols: &[&str]) -> Self {
        let protocols = protocols.iter().map(|name| name.as_bytes().to_vec());
        self.config.alpn_protocols = protocols.collect();
        self
    }

    pub(crate) fn with_fresh_sessions(mut self) -> Self {
        self.config.resumption = Resumption::in_memory_sessions(8);
        self
    }

    pub(crate) async fn connect(&self, to: SocketAddr) -> Result<TlsStream<TcpStream>, String> {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((self.from, 0).into()).unwrap();
        let stream = socket.connect(to).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(self.config.clone()))
            .connect(name, stream)
            .await
            .map_err(|error| alert(&error))
    }

    /// What the server says before it ends the connection, or its alert. In TLS
    /// 1.3 a client is done before the server has seen its certificate, so a
    /// refusal comes only now.
    pub(crate) async fn listen(&self, to: SocketAddr) -> Result<String, String> {
        let mut stream = self.connect(to).await?;
        let mut text = String::new();
        match stream.read_to_string(&mut text).await {
            Ok(_) => Ok(text),
            Err(error) => Err(alert(&error)),
        }
    }

    /// Sends a request of HTTP/1.1, and reads to the end of the connection.
    pub(crate) async fn http1(&self, to: SocketAddr, request: &str) -> Result<String, String> {
        let mut stream = self.connect(to).await?;
        // A server that has ended the connection already says so when asked.
        stream.write_all(request.as_bytes()).await.ok();
        let mut text = String::new();
        match stream.read_to_string(&mut text).await {
            Ok(_) => Ok(text),
            Err(error) => Err(alert(&error)),
        }
    }
}

/// The name of the alert that ended a connection.
fn alert(error: &std::io::Error) -> String {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref());
    match tls {
        Some(rustls::Error::AlertReceived(alert)) => {
            let alert: &AlertDescription = alert;
            format!("{alert:?}")
        }
        _ => format!("no alert: {error}"),
    }
}

/// A request that asks to end the connection after it.
pub(crate) fn get(path: &str, headers: &[(&str, &str)]) -> String {
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n")
}
