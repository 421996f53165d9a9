//! TLS that ends in this process, for services without an edge.

mod authorities;
mod credential;
mod error;
mod pem;
mod server;

pub use authorities::{Authorities, OverdueList};
pub use credential::TlsCredential;
pub use error::TlsError;
#[cfg(feature = "axum")]
pub use server::TlsListener;
pub use server::{
    Alpn, ClientCertificates, HandshakeError, HandshakeErrorKind, TlsAcceptor, TlsSettings,
    verified_connection,
};
pub use tokio_rustls::rustls;
