//! What is spoken over the connection.

use certgate::adapter::tls::{Alpn, HandshakeError, HandshakeErrorKind, TlsAcceptor};

use crate::client::{Client, TLS12, TLS13};
use crate::pki::Pki;
use crate::server::Server;

#[tokio::test]
async fn client_and_server_agree_on_a_protocol() {
    let pki = Pki::new();
    let acme = pki.partners.client("acme");
    let (h1, h2) = ("http/1.1", "h2");
    for (alpn, named, agreed) in [
        (None, &[h1] as &[&str], Ok(Some(h1))),
        (None, &[h2, h1], Ok(Some(h1))),
        (None, &[], Ok(None)),
        (None, &[h2], Err(HandshakeErrorKind::Protocol)),
        (Some(Alpn::Http2), &[h1, h2], Ok(Some(h2))),
        (Some(Alpn::Http2), &[h1], Err(HandshakeErrorKind::Protocol)),
        (Some(Alpn::Http2OrHttp1), &[h1, h2], Ok(Some(h2))),
        (Some(Alpn::Http2OrHttp1), &[h1], Ok(Some(h1))),
        (
            Some(Alpn::Http2OrHttp1),
            &["spdy/3"],
            Err(HandshakeErrorKind::Protocol),
        ),
    ] {
        let settings = match alpn {
            Some(alpn) => pki.required().with_alpn(alpn),
            None => pki.required(),
        };
        let mut server = Server::start(TlsAcceptor::new(settings).unwrap()).await;
        for version in [&TLS12, &TLS13] {
            let client = Client::with(&pki, &acme, version).speaking(named);
            let heard = client.listen(server.address).await;
            let outcome = server.outcome().await;
            let got = outcome.map(|accepted| accepted.alpn);
            let got = got.as_ref().map(Option::as_deref);
            assert_eq!(got.map_err(HandshakeError::kind), agreed, "{named:?}");
            let expected = match agreed {
                Ok(_) => Ok("hello".to_owned()),
                Err(_) => Err("NoApplicationProtocol".to_owned()),
            };
            assert_eq!(heard, expected, "{named:?}");
        }
    }
}
