//! A server that requires a client certificate, and answers with its subject.

use std::net::SocketAddr;

use certgate::adapter::tls::{ClientCertificates, TlsAcceptor, TlsSettings};
use certgate::certificate::CertInfo;
use certgate::credential::Credential;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::pki::{Authority, provider};

/// Serves until the test ends.
pub(crate) async fn start(server: &Credential, clients: &Authority) -> SocketAddr {
    let clients = ClientCertificates::Required(clients.taken());
    let settings = TlsSettings::new(server, clients).with_provider(provider());
    let acceptor = TlsAcceptor::new(settings).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, from) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok((mut stream, connection)) = acceptor.accept(stream, from).await else {
                    return;
                };
                let peer = connection.peer();
                let der = peer.certificate().unwrap().leaf().to_vec();
                let subject = CertInfo::from_der(der).unwrap().subject().to_string();
                let mut request = [0; 4096];
                if !matches!(stream.read(&mut request).await, Ok(1..)) {
                    return;
                }
                let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{subject}");
                stream.write_all(answer.as_bytes()).await.ok();
                stream.shutdown().await.ok();
                stream.read_to_end(&mut Vec::new()).await.ok();
            });
        }
    });
    address
}
