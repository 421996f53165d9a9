//! An acceptor alone: it tells each client who it is, and the test too.

use std::net::SocketAddr;
use std::sync::Arc;

use certgate::adapter::tls::rustls::HandshakeKind;
use certgate::adapter::tls::{HandshakeError, HandshakeErrorKind, TlsAcceptor};
use certgate::request::Connection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What came of a handshake.
pub(crate) struct Accepted {
    pub(crate) connection: Connection,
    pub(crate) handshake: HandshakeKind,
    pub(crate) alpn: Option<String>,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) acceptor: TlsAcceptor,
    outcomes: UnboundedReceiver<Result<Accepted, HandshakeError>>,
}

impl Server {
    pub(crate) async fn start(acceptor: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, outcomes) = unbounded_channel();
        let serving = acceptor.clone();
        tokio::spawn(async move {
            let tell = Arc::new(tell);
            loop {
                let (stream, from) = listener.accept().await.unwrap();
                let (acceptor, tell) = (serving.clone(), Arc::clone(&tell));
                tokio::spawn(async move {
                    let mut stream = match acceptor.accept(stream, from).await {
                        Ok((stream, connection)) => {
                            let session = stream.get_ref().1;
                            let accepted = Accepted {
                                connection,
                                handshake: session.handshake_kind().unwrap(),
                                alpn: session
                                    .alpn_protocol()
                                    .map(|name| String::from_utf8(name.to_vec()).unwrap()),
                            };
                            tell.send(Ok(accepted)).ok();
                            stream
                        }
                        Err(error) => {
                            tell.send(Err(error)).ok();
                            return;
                        }
                    };
                    stream.write_all(b"hello").await.ok();
                    stream.shutdown().await.ok();
                    stream.read_to_end(&mut Vec::new()).await.ok();
                });
            }
        });
        Self {
            address,
            acceptor,
            outcomes,
        }
    }

    pub(crate) async fn outcome(&mut self) -> Result<Accepted, HandshakeError> {
        self.outcomes.recv().await.unwrap()
    }

    /// The certificate of the connection that was accepted, or why there is none.
    pub(crate) async fn leaf(&mut self) -> Result<Option<Vec<u8>>, HandshakeErrorKind> {
        match self.outcome().await {
            Ok(accepted) => {
                let peer = accepted.connection.peer();
                Ok(peer.certificate().map(|sent| sent.leaf().to_vec()))
            }
            Err(error) => Err(error.kind()),
        }
    }
}
