//! Calls a server that asks for a client certificate, with a credential from a
//! document or from files:
//!
//! ```text
//! cargo run --features tls --example outgoing_call -- localhost:8443 credential.json
//! cargo run --features tls --example outgoing_call -- localhost:8443 client.pem client.key server-ca.pem
//! ```
//!
//! The document is the payload of the credential, `{"name": …, "type": "mtls",
//! "client_certificate": …}`, inline or with `…_use_env` and `…_env_var`. A bundle
//! of certificate and key stands in place of `client.pem`, without `client.key`. The
//! passphrase of an encrypted key is taken from `CREDENTIAL_PASSPHRASE`.
//! `examples/ca.rs` makes certificates and keys, and
//!
//! ```text
//! openssl s_server -accept 8443 -www -Verify 1 -verify_return_error \
//!     -cert server.pem -key server.key -CAfile client-ca.pem
//! ```
//!
//! is a server to call.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that reads files and the environment, and prints"
)]

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use certgate::adapter::SystemClock;
use certgate::adapter::tls::ServerAuthorities;
use certgate::adapter::tls::rustls::ClientConfig;
use certgate::adapter::tls::rustls::crypto::ring;
use certgate::adapter::tls::rustls::pki_types::ServerName;
use certgate::credential::{
    Credential, CredentialDocument, CredentialExpiry, CredentialParts, SecretString, ValidityCheck,
};
use certgate::request::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const USAGE: &str = "usage: outgoing_call HOST:PORT CREDENTIAL.json
       outgoing_call HOST:PORT CLIENT.pem [CLIENT.key] SERVER-CA.pem";

/// Days before the end of the credential at which it says so.
const THRESHOLDS: [u32; 3] = [30, 7, 1];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let now = SystemClock::start().now().wall;
    match run(&arguments, |name| std::env::var(name).ok(), now).await {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What the server answers to `GET /`.
pub(crate) async fn run(
    arguments: &[String],
    environment: impl Fn(&str) -> Option<String>,
    now: Timestamp,
) -> Result<String, Box<dyn Error>> {
    let check = ValidityCheck::ValidAt(now);
    let (address, credential) = match arguments {
        [address, document] => (address, from_document(document, environment, check)?),
        [address, certificate, key @ .., authorities] if key.len() < 2 => {
            let passphrase = environment("CREDENTIAL_PASSPHRASE").map(SecretString::from);
            let files = Files {
                certificate,
                key: key.first(),
                authorities,
            };
            (address, files.load(passphrase.as_ref(), check)?)
        }
        _ => return Err(USAGE.into()),
    };
    if let CredentialExpiry::EndsSoon(warning) = credential.expiry(now, &THRESHOLDS) {
        eprintln!("the credential ends in {} days", warning.days_left);
    }
    let provider = Arc::new(ring::default_provider());
    let config = credential.client_config(&ServerAuthorities::OfCredential, Some(provider))?;
    call(address, config).await
}

fn from_document(
    file: &str,
    environment: impl Fn(&str) -> Option<String>,
    check: ValidityCheck,
) -> Result<Credential, Box<dyn Error>> {
    let document: CredentialDocument = serde_json::from_slice(&std::fs::read(file)?)?;
    Ok(document.load(environment, check)?)
}

struct Files<'a> {
    certificate: &'a str,
    /// None where the file of the certificate is a bundle.
    key: Option<&'a String>,
    authorities: &'a str,
}

impl Files<'_> {
    fn load(
        &self,
        passphrase: Option<&SecretString>,
        check: ValidityCheck,
    ) -> Result<Credential, Box<dyn Error>> {
        let certificate = std::fs::read(self.certificate)?;
        let key = self.key.map(std::fs::read).transpose()?;
        let authorities = std::fs::read(self.authorities)?;
        let mut parts = CredentialParts::new(&certificate).with_authorities(&authorities);
        if let Some(key) = &key {
            parts = parts.with_private_key(key);
        }
        if let Some(passphrase) = passphrase {
            parts = parts.with_passphrase(passphrase);
        }
        Ok(Credential::from_parts(&parts, check)?)
    }
}

async fn call(address: &str, mut config: ClientConfig) -> Result<String, Box<dyn Error>> {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let (host, _) = address.rsplit_once(':').ok_or(USAGE)?;
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(host.to_owned())?;
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await?;
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // In TLS 1.3 a server that refuses the certificate says so only now.
    match stream.read_to_end(&mut answer).await {
        // Some servers close without a word once they have answered.
        Err(error) if answer.is_empty() => Err(error.into()),
        _ => Ok(String::from_utf8_lossy(&answer).into_owned()),
    }
}
