//! Placeholders in header values and claims: `{{cert:acme:rfc9440}}`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// Replaces every placeholder in `text`. `certificate` gives the DER of the
/// certificate of a name.
pub fn expand(text: &str, certificate: &dyn Fn(&str) -> Vec<u8>) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("{{") {
        let (placeholder, after) = from.split_once("}}").unwrap();
        expanded.push_str(before);
        expanded.push_str(&value(placeholder, certificate));
        rest = after;
    }
    expanded.push_str(rest);
    expanded
}

fn value(placeholder: &str, certificate: &dyn Fn(&str) -> Vec<u8>) -> String {
    let parts: Vec<&str> = placeholder.split(':').collect();
    match parts[..] {
        ["cert", name, form] => certificate_in(form, &certificate(name)),
        ["x5t", name] => URL_SAFE_NO_PAD.encode(digest(&certificate(name))),
        ["x5t", name, "padded"] => URL_SAFE.encode(digest(&certificate(name))),
        ["x5t", name, "hex"] | ["hash", name] => hex(&digest(&certificate(name))),
        ["hash", name, "base64"] => STANDARD.encode(digest(&certificate(name))),
        ["x5t", name, "loose-bits"] => loose_bits(&certificate(name)),
        ["repeat", what, times] => what.repeat(times.parse().unwrap()),
        _ => panic!("unknown placeholder {placeholder}"),
    }
}

/// The forms in which edges write a certificate, and near misses of them.
pub fn certificate_in(form: &str, der: &[u8]) -> String {
    match form {
        // nginx and Envoy: everything but unreserved characters escaped.
        "pem-escaped" => escape(&pem(der), "-._~"),
        // Apache's `escape`: lower case, and `+ / =` left as they are.
        "pem-escaped-raw-plus" => {
            assert!(STANDARD.encode(der).contains('+'), "there is no plus");
            escape(&pem(der), "-._~+/=").replace("%0A", "%0a")
        }
        // A proxy that form-encodes: spaces become `+`.
        "pem-form-encoded" => escape(&pem(der), "-._~ ").replace(' ', "+"),
        // Apache: each line end a space.
        "pem-spaces" => pem(der).trim_end().replace('\n', " "),
        "pem-base64" => STANDARD.encode(pem(der)),
        "base64-der" => STANDARD.encode(der),
        "base64-der-escaped" => escape(&STANDARD.encode(der), "-._~"),
        "base64-der-unpadded" => unlike(STANDARD_NO_PAD.encode(der), der),
        "base64url-der" => unlike(URL_SAFE.encode(der), der),
        "rfc9440" => format!(":{}:", STANDARD.encode(der)),
        "xfcc" => format!(
            "By=spiffe://example.com/edge;Hash={};Cert=\"{}\";Subject=\"\";URI=",
            hex(&digest(der)),
            certificate_in("pem-escaped", der),
        ),
        other => panic!("unknown form {other}"),
    }
}

fn pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}

fn escape(text: &str, raw: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || raw.contains(c) {
                c.to_string()
            } else {
                format!("%{:02X}", u32::from(c))
            }
        })
        .collect()
}

/// A near miss that really is one.
fn unlike(text: String, der: &[u8]) -> String {
    assert_ne!(text, STANDARD.encode(der), "take another certificate");
    text
}

/// The same digest in another text: the last of the 43 characters carries two
/// bits that belong to no byte, and here they are not zero.
fn loose_bits(der: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = URL_SAFE_NO_PAD.encode(digest(der));
    let last = text.pop().unwrap();
    let value = ALPHABET
        .iter()
        .position(|&c| char::from(c) == last)
        .unwrap();
    text.push(char::from(ALPHABET[value | 1]));
    text
}

fn digest(der: &[u8]) -> Vec<u8> {
    Sha256::digest(der).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
