//! What a credential makes rustls do.

use std::sync::Arc;

use certgate::adapter::tls::rustls::HandshakeKind;
use certgate::adapter::tls::{Authorities, OverdueList, ServerAuthorities, TlsError};
use certgate::credential::{Credential, CredentialHandle};

use crate::client::call;
use crate::pki::{Authority, credential, provider};
use crate::server::start;

#[tokio::test]
async fn the_server_sees_who_calls_and_the_caller_sees_the_server() {
    let (clients, servers) = (Authority::new("Clients"), Authority::new("Servers"));
    let server = start(&credential(&servers.server(), None), &clients).await;
    let config = |credential: &Credential, taken: &ServerAuthorities| {
        Arc::new(credential.client_config(taken, Some(provider())).unwrap())
    };
    let acme = credential(&clients.client("acme"), Some(&servers));
    let ours = config(&acme, &ServerAuthorities::OfCredential);
    let (subject, handshake) = call(&ours, server).await.unwrap();
    assert_eq!((&*subject, handshake), ("CN=acme", HandshakeKind::Full));
    // Sessions are resumed, under the same credential.
    let (subject, handshake) = call(&ours, server).await.unwrap();
    assert_eq!((&*subject, handshake), ("CN=acme", HandshakeKind::Resumed));
    assert!(ours.alpn_protocols.is_empty());

    let bare = credential(&clients.client("globex"), None);
    let named = config(&bare, &ServerAuthorities::These(servers.taken()));
    assert_eq!(call(&named, server).await.unwrap().0, "CN=globex");

    // Another authority of servers than the server's, by the credential or by name.
    let wrong = "invalid peer certificate: UnknownIssuer";
    let astray = credential(&clients.client("acme"), Some(&clients));
    let astray = config(&astray, &ServerAuthorities::OfCredential);
    assert_eq!(call(&astray, server).await.unwrap_err(), wrong);
    let astray = config(&acme, &ServerAuthorities::These(clients.taken()));
    assert_eq!(call(&astray, server).await.unwrap_err(), wrong);

    // A certificate that the server's authority did not sign.
    let stranger = credential(&servers.client("acme"), Some(&servers));
    let stranger = config(&stranger, &ServerAuthorities::OfCredential);
    let refused = call(&stranger, server).await.unwrap_err();
    assert!(refused.contains("UnknownCA"), "{refused}");
}

#[test]
fn authorities_of_servers_are_never_silently_none() {
    let clients = Authority::new("Clients");
    let bare = credential(&clients.client("acme"), None);
    let none = bare.client_config(&ServerAuthorities::OfCredential, Some(provider()));
    assert_eq!(none.err(), Some(TlsError::NoAuthority));
    let handle = CredentialHandle::new(bare.clone());
    let none = handle.client_config(&ServerAuthorities::OfCredential, Some(provider()));
    assert_eq!(none.err(), Some(TlsError::NoAuthority));
    let these = ServerAuthorities::These(clients.taken());
    assert!(bare.client_config(&these, Some(provider())).is_ok());
    assert!(handle.client_config(&these, Some(provider())).is_ok());
}

/// A process of its own in nextest, so that nothing is installed.
#[test]
fn somebody_has_to_choose_the_cryptography() {
    let clients = Authority::new("Clients");
    let acme = credential(&clients.client("acme"), Some(&clients));
    let servers = ServerAuthorities::OfCredential;
    let without = acme.client_config(&servers, None);
    assert_eq!(without.err(), Some(TlsError::NoProvider));
    let without = CredentialHandle::new(acme).client_config(&servers, None);
    assert_eq!(without.err(), Some(TlsError::NoProvider));
}

#[test]
fn revocation_lists_of_the_authorities_are_used() {
    let servers = Authority::new("Servers");
    let acme = credential(&servers.client("acme"), None);
    let list = b"-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n";
    let taken = servers
        .taken()
        .with_revocation_lists(list, OverdueList::Refuse);
    let taken: Authorities = taken.unwrap();
    let config = acme.client_config(&ServerAuthorities::These(taken), Some(provider()));
    assert_eq!(config.err(), Some(TlsError::RevocationListUnusable));
}
