//! The side that accepts connections.

mod acceptor;
mod connection;
mod handshake_error;
#[cfg(feature = "axum")]
mod listener;
mod settings;

pub use acceptor::TlsAcceptor;
pub use connection::verified_connection;
pub use handshake_error::{HandshakeError, HandshakeErrorKind};
#[cfg(feature = "axum")]
pub use listener::TlsListener;
pub use settings::{Alpn, ClientCertificates, TlsSettings};
