//! Signed tokens, bound and not.

use certgate::adapter::SystemClock;
use tokio::net::TcpListener;

use crate::jwt_service::{self, AuthorizationServer};
use crate::support::{AUTHORITY, Holder, Version, get};

#[tokio::test]
async fn a_token_counts_if_it_verifies_and_belongs_to_its_sender() {
    let authority = AuthorizationServer::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let verifier = authority.verifier();
    tokio::spawn(async { jwt_service::serve(listener, verifier).await.unwrap() });

    let now = SystemClock::start().now().wall.unix_seconds();
    let (soon, past) = (now + 3_600, now - 3_600);
    let acme = Holder::acme();
    let other = Holder::new("pisp-partner-acme", AUTHORITY);
    let bound = authority.token(soon, Some(acme.thumbprint())).unwrap();
    let unbound = authority.token(soon, None).unwrap();
    let expired = authority.token(past, Some(acme.thumbprint())).unwrap();
    let forger = AuthorizationServer::new().unwrap();
    let forged = forger.token(soon, Some(acme.thumbprint())).unwrap();
    // The claims of one token under the signature of another.
    let (head_and_claims, _) = bound.rsplit_once('.').unwrap();
    let (_, signature) = unbound.rsplit_once('.').unwrap();
    let mixed = format!("{head_and_claims}.{signature}");
    let unsigned = format!("{head_and_claims}.");

    const CHARGES: &str = "/payments/charges";
    const PAYOUTS: &str = "/payments/payouts";
    for (path, token, certificate, status, text) in [
        (
            PAYOUTS,
            Some(&bound),
            Some(&acme),
            200,
            "pisp-partner-acme\n",
        ),
        (
            CHARGES,
            Some(&bound),
            Some(&acme),
            200,
            "pisp-partner-acme\n",
        ),
        (CHARGES, Some(&unbound), None, 200, "pisp-partner-acme\n"),
        (
            PAYOUTS,
            Some(&unbound),
            Some(&acme),
            401,
            "sender_binding_missing",
        ),
        (
            PAYOUTS,
            Some(&bound),
            Some(&other),
            401,
            "sender_binding_mismatch",
        ),
        (
            CHARGES,
            Some(&bound),
            Some(&other),
            401,
            "sender_binding_mismatch",
        ),
        (CHARGES, Some(&bound), None, 401, "sender_binding_mismatch"),
        (PAYOUTS, Some(&expired), Some(&acme), 401, "token_missing"),
        (PAYOUTS, Some(&forged), Some(&acme), 401, "token_missing"),
        (PAYOUTS, Some(&mixed), Some(&acme), 401, "token_missing"),
        (PAYOUTS, Some(&unsigned), Some(&acme), 401, "token_missing"),
    ] {
        let token = token.map(|token| format!("Bearer {token}"));
        let certificate = certificate.map(Holder::header);
        let token = token.as_deref().map(|line| ("authorization", line));
        let certificate = certificate.as_deref().map(|line| ("client-cert", line));
        let lines: Vec<(&str, &str)> = token.into_iter().chain(certificate).collect();
        let (got, body) = get(Version::Http1, address, path, &lines).await;
        assert_eq!(got, status, "{path} {body}");
        assert!(body.contains(text), "{path} {body}");
    }
}
