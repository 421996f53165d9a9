//! A guarded service in axum whose clients come with signed tokens (ES256), some of
//! them bound to a certificate (RFC 8705).
//!
//! ```text
//! cargo run --features axum,jsonwebtoken,toml --example jwt_service
//! ```
//!
//! It makes the key of an authorization server, prints tokens of that, and curl
//! commands with what they are answered. curl stands in for the edge here, which is
//! why it may write `Client-Cert`.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_macros,
    reason = "a program that prints what to try"
)]

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use certgate::adapter::SystemClock;
use certgate::adapter::axum::Identity;
use certgate::adapter::claims::assert_verified_jwt;
use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::certificate::Thumbprint;
use certgate::gate::Gate;
use certgate::policy::Policy;
use certgate::request::VerifiedToken;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const ISSUER: &str = "https://as.example.com";
const AUDIENCE: &str = "https://payments.example.com";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let authority = AuthorizationServer::new()?;
    let acme = Thumbprint::of(include_bytes!("../tests/data/certificates/acme.der"));
    let until = SystemClock::start().now().wall.unix_seconds() + 3_600;
    println!("bound={}", authority.token(until, Some(acme))?);
    println!("unbound={}", authority.token(until, None)?);
    println!("cert=:$(base64 -w0 tests/data/certificates/acme.der):");
    let ask = "curl -i -H \"Authorization: Bearer";
    let (charges, payouts) = (
        "localhost:8080/payments/charges",
        "localhost:8080/payments/payouts",
    );
    println!("{ask} $bound\" -H \"Client-Cert: $cert\" {payouts}   # 200");
    println!("{ask} $bound\" {payouts}   # 401 sender_binding_mismatch");
    println!("{ask} $unbound\" {charges}   # 200");
    println!("{ask} $unbound\" {payouts}   # 401 sender_binding_missing");
    println!("{ask} x$bound\" {charges}   # 401 token_missing");
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    serve(listener, authority.verifier()).await
}

pub(crate) async fn serve(listener: TcpListener, verifier: Verifier) -> Result<(), Box<dyn Error>> {
    let policy = include_str!("services/tokens.toml");
    let policy = Policy::from_toml_str(policy, "tokens.toml")?.policy;
    let gate = Arc::new(Gate::new(policy)?);
    let app = Router::new()
        .route("/payments/charges", get(who))
        .route("/payments/payouts", get(who))
        .layer(GateLayer::new(
            gate,
            PeerSource::connect_info(),
            TargetSource::original_uri(),
        ))
        // Outside of the gate: tokens are verified before it decides.
        .layer(from_fn_with_state(Arc::new(verifier), verify));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, app).await?)
}

async fn who(Identity(caller): Identity) -> String {
    format!("{}\n", caller.client().unwrap_or("nobody"))
}

/// States which token was verified. Where none was, the gate denies.
async fn verify(
    State(verifier): State<Arc<Verifier>>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(token) = verifier.verified(request.headers()) {
        request.extensions_mut().insert(token);
    }
    next.run(request).await
}

/// What a service knows of the authorization server.
pub(crate) struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

impl Verifier {
    fn new(key: DecodingKey) -> Self {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        Self { key, validation }
    }

    /// The token of a request with one line `Authorization: Bearer …`, if it
    /// verifies.
    fn verified(&self, headers: &HeaderMap) -> Option<VerifiedToken> {
        let mut lines = headers.get_all(AUTHORIZATION).iter();
        let (Some(line), None) = (lines.next(), lines.next()) else {
            return None;
        };
        let (scheme, token) = line.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return None;
        }
        let token = decode::<Value>(token, &self.key, &self.validation).ok()?;
        assert_verified_jwt(&token, &["azp", "client_id"]).ok()
    }
}

/// Stands in for whoever issues tokens.
pub(crate) struct AuthorizationServer(rcgen::KeyPair);

impl AuthorizationServer {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        Ok(Self(key))
    }

    pub(crate) fn verifier(&self) -> Verifier {
        Verifier::new(DecodingKey::from_ec_der(self.0.public_key_raw()))
    }

    /// A token of acme until this second, bound to a certificate or not.
    pub(crate) fn token(
        &self,
        until: i64,
        bound_to: Option<Thumbprint>,
    ) -> Result<String, Box<dyn Error>> {
        let mut claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "exp": until, "azp": "pisp-partner-acme",
        });
        if let (Some(certificate), Some(claims)) = (bound_to, claims.as_object_mut()) {
            let cnf = json!({ "x5t#S256": certificate.x5t_s256() });
            claims.insert("cnf".to_owned(), cnf);
        }
        let key = EncodingKey::from_ec_der(&self.0.serialize_der());
        Ok(encode(&Header::new(Algorithm::ES256), &claims, &key)?)
    }
}
