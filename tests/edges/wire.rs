//! Certificates as the edges write them, for those who forge their headers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::pki::{Credential, hex_of_sha256};

/// `$ssl_client_escaped_cert`.
pub(crate) fn pem_escaped(credential: &Credential) -> String {
    utf8_percent_encode(&credential.certificate_pem(), NON_ALPHANUMERIC).to_string()
}

/// `ssl_c_der,base64`.
pub(crate) fn base64_der(credential: &Credential) -> String {
    STANDARD.encode(credential.der())
}

/// `%{SSL_CLIENT_CERT}s` of Apache.
pub(crate) fn pem_spaces(credential: &Credential) -> String {
    credential
        .certificate_pem()
        .replace('\n', " ")
        .trim_end()
        .to_owned()
}

/// The form of a dialect by its name in a policy.
pub(crate) fn in_dialect(dialect: &str, credential: &Credential) -> String {
    let escape = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    match dialect {
        "pem-spaces" => pem_spaces(credential),
        "pem-escaped" => pem_escaped(credential),
        "pem-base64" => STANDARD.encode(credential.certificate_pem()),
        "base64-der" => base64_der(credential),
        "base64-der-escaped" => escape(&base64_der(credential)),
        _ => panic!("{dialect} is forged nowhere"),
    }
}

/// `Client-Cert` of RFC 9440.
pub(crate) fn rfc9440(credential: &Credential) -> String {
    format!(":{}:", base64_der(credential))
}

/// An element of `x-forwarded-client-cert`.
pub(crate) fn xfcc(credential: &Credential) -> String {
    format!(
        "By=spiffe://td.example/edge;Hash={};Cert=\"{}\";URI=spiffe://td.example/admin",
        hex_of_sha256(credential.der()),
        pem_escaped(credential),
    )
}
