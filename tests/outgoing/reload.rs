//! A credential that is replaced under a configuration in use.

use std::sync::Arc;

use certgate::adapter::tls::ServerAuthorities;
use certgate::adapter::tls::rustls::HandshakeKind;
use certgate::credential::{Credential, CredentialHandle, ValidityCheck};

use crate::client::call;
use crate::pki::{Authority, credential, provider};
use crate::server::start;

#[tokio::test]
async fn new_connections_show_the_new_credential() {
    let (clients, servers) = (Authority::new("Clients"), Authority::new("Servers"));
    let server = start(&credential(&servers.server(), None), &clients).await;
    let handle = CredentialHandle::new(credential(&clients.client("old"), Some(&servers)));
    let config = handle.client_config(&ServerAuthorities::OfCredential, Some(provider()));
    let config = Arc::new(config.unwrap());
    // Nothing is resumed, or the server would go on seeing the one before.
    for _ in 0..2 {
        let (subject, handshake) = call(&config, server).await.unwrap();
        assert_eq!((&*subject, handshake), ("CN=old", HandshakeKind::Full));
    }
    handle
        .reload(Ok(credential(&clients.client("new"), Some(&servers))))
        .unwrap();
    for _ in 0..2 {
        let (subject, handshake) = call(&config, server).await.unwrap();
        assert_eq!((&*subject, handshake), ("CN=new", HandshakeKind::Full));
    }
    // What does not load changes nothing.
    let broken = Credential::from_pem(b"", None, ValidityCheck::Unchecked);
    assert!(handle.reload(broken).is_err());
    assert_eq!(call(&config, server).await.unwrap().0, "CN=new");
}
