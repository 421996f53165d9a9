//! Which headers must not reach the application: those by which an edge
//! speaks about a client, and those that change what a path or method means.

/// The longest name that is looked at; known names are shorter.
const LONGEST: usize = 64;

/// Names, in lower case with `-`, that are stripped whole.
const NAMES: &[&str] = &[
    "xfcc",
    "x-arr-clientcert",
    "x-client-id",
    "x-profile-id",
    "x-client-dn",
    "x-client-verify",
    "x-client-subject-dn",
    "x-client-issuer-dn",
    // Short forms of what HAProxy and nginx configurations take out of the
    // certificate (`ssl_c_s_dn(cn)`, `$ssl_client_serial`).
    "x-client-cn",
    "x-client-subject",
    "x-client-issuer",
    "x-client-serial",
    "x-client-fingerprint",
    // Linkerd, the name of the meshed client.
    "l5d-client-id",
    // Gateways in front of SPIFFE workloads.
    "x-spiffe-id",
    // These make a backend see another request than the one decided on.
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    // IIS (URL Rewrite) and the frameworks that follow it.
    "x-original-url",
    "x-rewrite-url",
    // nginx `auth_request` and ingress-nginx.
    "x-original-uri",
    "x-original-method",
    // Traefik's ForwardAuth and Caddy's `forward_auth`.
    "x-forwarded-uri",
    "x-forwarded-method",
];

// Not stripped: X-Forwarded-For, -Proto, -Host, -Port and -Prefix, and
// Forwarded. They say how the caller sees the service, applications need them to
// make links, and no method or path below the prefix is taken from them.

/// Beginnings of names that are stripped.
const PREFIXES: &[&str] = &[
    "client-cert",
    "x-client-cert",
    "ssl-client-",
    "x-ssl-",
    "tls-client-",
    // X-Forwarded-Client-Cert, and what is made of it (-Dn, -Subject).
    "x-forwarded-client-",
    "x-forwarded-ssl-client-",
    "x-forwarded-tls-client-",
    "x-tls-client-",
    "x-amzn-mtls-clientcert",
    "cf-client-cert",
    "cf-cert-",
    "cloudfront-viewer-cert-",
    // Envoy: -path and -url where it rewrites the path, -method where it
    // transcodes.
    "x-envoy-original-",
];

/// Whether a header of this name is one by which edges forward certificates
/// or identities, or one that overrides method or target.
///
/// Whatever is no letter or digit counts as `-`, because servers behind this
/// one may fold it (CGI turns `-` into `_`, and some servers all the others too).
///
/// ```
/// use certgate::edge::is_forwarding_header;
///
/// assert!(is_forwarding_header(b"X_Forwarded.Tls-Client-Cert"));
/// assert!(!is_forwarding_header(b"X-Forwarded-For"));
/// ```
#[must_use]
pub fn is_forwarding_header(name: &[u8]) -> bool {
    with_folded(name, |folded| {
        NAMES.iter().any(|known| known.as_bytes() == folded)
            || PREFIXES
                .iter()
                .any(|known| folded.starts_with(known.as_bytes()))
    })
}

/// Whether `name` is `known` (in lower case) in any of its spellings.
pub(crate) fn is_spelling_of(name: &[u8], known: &str) -> bool {
    name.len() == known.len()
        && name
            .iter()
            .zip(known.bytes())
            .all(|(&a, b)| fold(a) == fold(b))
}

fn fold(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() {
        byte.to_ascii_lowercase()
    } else {
        b'-'
    }
}

/// Hands the folded beginning of `name` on without allocating; a longer name
/// can only match by a prefix.
fn with_folded(name: &[u8], test: impl FnOnce(&[u8]) -> bool) -> bool {
    let mut buffer = [0; LONGEST];
    let mut length = 0;
    for (place, &byte) in buffer.iter_mut().zip(name) {
        *place = fold(byte);
        length += 1;
    }
    buffer.get(..length).is_some_and(test)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::Preset;

    #[test]
    fn every_spelling_of_a_forwarding_header_is_known() {
        for name in [
            "X-Forwarded-Tls-Client-Cert",
            "x_forwarded_tls_client_cert",
            "X.Forwarded.Tls.Client.Cert.Info",
            "X-FORWARDED-CLIENT-CERT",
            "xfcc",
            "Client_Cert",
            "client-cert-chain",
            "SSL_CLIENT_CERT",
            "ssl-client-verify",
            "X-SSL-Client-DER",
            "X-Client.ID",
            "x_profile_id",
            "X~Profile!ID",
            "X-Amzn-Mtls-Clientcert-Leaf",
            "Cf-Cert-Verified",
            "X-ARR-ClientCert",
            "X-HTTP-Method-Override",
            "X_Http_Method",
            "X-Method-Override",
            "X-Original-URL",
            "X-Rewrite-URL",
            "X-Original-URI",
            "X-Original-Method",
            "X-Forwarded-Uri",
            "X-Forwarded-Method",
            "X-Envoy-Original-Path",
            "X-Envoy-Original-Method",
            "L5d-Client-Id",
            "X-SPIFFE-ID",
            "TLS-Client-Cert",
            "X-TLS-Client-S-DN",
            "X-Client-CN",
            "X-Client-Subject",
            "X-Client-Issuer",
            "X-Client-Serial",
            "X_Client_Fingerprint",
            "X-Forwarded-Client-Dn",
        ] {
            assert!(is_forwarding_header(name.as_bytes()), "{name}");
        }
        let long = format!("X-Forwarded-Tls-Client-Cert-{}", "a".repeat(200));
        assert!(is_forwarding_header(long.as_bytes()));
    }

    #[test]
    fn ordinary_headers_are_left_alone() {
        for name in [
            "",
            "Host",
            "Authorization",
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
            "X-Forwarded-Prefix",
            "X-Forwarded-Server",
            "X-Forwarded-Client",
            "X-Real-IP",
            "X-Envoy-External-Address",
            "X-Client-IP",
            "X-Client-Subjects",
            "TLS-Client",
            "X-Original",
            "X-Request-ID",
            "Accept",
            "X-Client",
            "X~Client",
            "Client",
        ] {
            assert!(!is_forwarding_header(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn every_preset_header_is_stripped() {
        for (_, preset) in Preset::WORDS {
            for name in preset.facts().names() {
                assert!(is_forwarding_header(name.as_bytes()), "{name}");
            }
        }
    }

    #[test]
    fn a_configured_name_is_met_in_every_spelling() {
        assert!(is_spelling_of(b"X_Edge.Cert", "x-edge-cert"));
        assert!(!is_spelling_of(b"X-Edge-Certs", "x-edge-cert"));
    }
}
