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
