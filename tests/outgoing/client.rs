//! A call with a configuration, and what came of it.

use std::net::SocketAddr;
use std::sync::Arc;

use certgate::adapter::tls::rustls::pki_types::ServerName;
use certgate::adapter::tls::rustls::{ClientConfig, HandshakeKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What the server says, and how the handshake went; or what rustls says.
pub(crate) async fn call(
    config: &Arc<ClientConfig>,
    to: SocketAddr,
) -> Result<(String, HandshakeKind), String> {
    let stream = TcpStream::connect(to).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::clone(config));
    let mut stream = connector
        .connect(name, stream)
        .await
        .map_err(|error| error.to_string())?;
    stream
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .await
        .map_err(|error| error.to_string())?;
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer).await;
    read.map_err(|error| error.to_string())?;
    let (_, subject) = answer.split_once("\r\n\r\n").unwrap();
    let kind = stream.get_ref().1.handshake_kind().unwrap();
    Ok((subject.to_owned(), kind))
}
