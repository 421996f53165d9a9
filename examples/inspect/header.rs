//! From header lines to the certificates that they carry.

use std::num::NonZeroUsize;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::dialect::{Budget, Dialect, DialectError, base64_der, rfc9440, xfcc};
use serde::Serialize;

use super::certificate::{CertificateView, read_certificate};
use crate::support::headers::{HeaderLine, read_headers};
use crate::support::lines::Fault;
use crate::support::members::Object;

/// What header lines say: certificates, or that there is none.
#[derive(Default, Serialize)]
pub(super) struct Presented {
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<bool>,
    /// The client's own first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    certificates: Vec<CertificateView>,
    /// Of XFCC, as written; the farthest proxy's first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    elements: Vec<ElementView>,
}

/// What one proxy wrote into `X-Forwarded-Client-Cert`.
#[derive(Serialize)]
struct ElementView {
    by: Vec<Bytes>,
    hash: Option<String>,
    subject: Option<Bytes>,
    uri: Vec<Bytes>,
    dns: Vec<Bytes>,
    /// Whether it has a certificate.
    certificate: bool,
    /// How many certificates its `Chain` has, the client's own included.
    chain: usize,
}

/// Bytes as [`read_headers`] takes them: a text if they are UTF-8, else
/// `{"base64": "…"}`.
#[derive(Serialize)]
#[serde(untagged)]
enum Bytes {
    Text(String),
    Other { base64: String },
}

impl Bytes {
    fn new(bytes: &[u8]) -> Self {
        match str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Other {
                base64: STANDARD.encode(bytes),
            },
        }
    }
}

pub(super) fn present(object: &Object<'_>) -> Result<Presented, Fault> {
    let dialect = object.require("dialect")?;
    let dialect: Dialect = dialect
        .text()?
        .parse()
        .map_err(|error| dialect.malformed(format!("{error}")))?;
    let hops = match object.get("hops") {
        Some(hops) => hops
            .read::<NonZeroUsize>()
            .map_err(|_| hops.malformed("hops is a whole number, 1 or more"))?
            .get(),
        None => 1,
    };
    let headers = read_headers(object.require("headers")?)?;
    match dialect {
        Dialect::Xfcc => from_xfcc(&headers, hops),
        Dialect::Rfc9440 => from_rfc9440(&headers),
        // The certificate's header is the first, whatever it is called.
        _ => {
            let Some((name, _)) = headers.first() else {
                return Ok(Presented::absent());
            };
            from_named(dialect, &headers, name)
        }
    }
}

impl Presented {
    fn absent() -> Self {
        Self {
            absent: Some(true),
            ..Self::default()
        }
    }

    fn certificates(leaf: Vec<u8>, chain: Vec<Vec<u8>>) -> Result<Self, Fault> {
        let all = std::iter::once(leaf).chain(chain).enumerate();
        let views = all.map(|(place, der)| {
            read_certificate(der, place).map(|certificate| CertificateView::new(&certificate))
        });
        Ok(Self {
            certificates: views.collect::<Result<_, _>>()?,
            ..Self::default()
        })
    }
}

fn from_rfc9440(headers: &[HeaderLine]) -> Result<Presented, Fault> {
    const CHAIN: &str = "Client-Cert-Chain";
    let budget = Budget::default();
    let forwarded = match only_line(headers, "Client-Cert")? {
        Some(value) => rfc9440::decode(value, &budget)?,
        None => None,
    };
    let lines = || lines_of(headers, CHAIN);
    let chain = rfc9440::decode_chain(lines(), &budget).map_err(|error| in_header(error, CHAIN))?;
    match forwarded {
        Some(forwarded) => Presented::certificates(forwarded.leaf, chain),
        None if lines().any(|line| !line.is_empty()) => Err(chain_alone(CHAIN)),
        None => Ok(Presented::absent()),
    }
}

/// `pem-escaped`, and `base64-der` with a chain in the same header (Traefik)
/// or in another (HAProxy), whose name contains `chain`.
fn from_named(dialect: Dialect, headers: &[HeaderLine], name: &str) -> Result<Presented, Fault> {
    let budget = Budget::default();
    let forwarded = match only_line(headers, name)? {
        Some(value) => dialect.decode(value, &budget)?,
        None => None,
    };
    let is_chain = |(other, _): &&HeaderLine| {
        !other.eq_ignore_ascii_case(name) && other.to_ascii_lowercase().contains("chain")
    };
    let chain_name = headers
        .iter()
        .find(is_chain)
        .filter(|_| dialect == Dialect::Base64Der)
        .map(|(name, _)| &**name);
    let separate = match chain_name {
        Some(chain_name) => match only_line(headers, chain_name)? {
            Some(value) => base64_der::decode_chain(value, &budget)
                .map_err(|error| in_header(error, chain_name))?,
            None => Vec::new(),
        },
        None => Vec::new(),
    };
    let chain_name = chain_name.unwrap_or_default();
    match forwarded {
        None if separate.is_empty() => Ok(Presented::absent()),
        None => Err(chain_alone(chain_name)),
        Some(forwarded) if separate.is_empty() => {
            Presented::certificates(forwarded.leaf, forwarded.chain)
        }
        Some(forwarded) if forwarded.chain.is_empty() => {
            Presented::certificates(forwarded.leaf, separate)
        }
        // No edge writes both; neither is more credible than the other.
        Some(_) => Err(Fault {
            header: Some(chain_name.into()),
            ..Fault::new("header_ambiguous", "two_chains", Some(0))
        }),
    }
}

fn from_xfcc(headers: &[HeaderLine], hops: usize) -> Result<Presented, Fault> {
    let Some(value) = only_line(headers, "X-Forwarded-Client-Cert")? else {
        return Ok(Presented::absent());
    };
    let elements = xfcc::parse(value, &Budget::default())?;
    let forwarded = xfcc::client(&elements, hops)?
        .cloned()
        .and_then(xfcc::Element::into_forwarded);
    let presented = match forwarded {
        Some(forwarded) => Presented::certificates(forwarded.leaf, forwarded.chain)?,
        None => Presented::absent(),
    };
    Ok(Presented {
        elements: elements.iter().map(ElementView::new).collect(),
        ..presented
    })
}

impl ElementView {
    fn new(element: &xfcc::Element<'_>) -> Self {
        let hash = element.hash().map(|hash| {
            let digits = hash.map(|octet| format!("{octet:02x}"));
            digits.concat()
        });
        Self {
            by: element.by().map(Bytes::new).collect(),
            hash,
            subject: element.subject().map(Bytes::new),
            uri: element.uris().map(Bytes::new).collect(),
            dns: element.dns().map(Bytes::new).collect(),
            certificate: element.certificate().is_some(),
            chain: element.chain().len(),
        }
    }
}

fn lines_of<'a>(headers: &'a [HeaderLine], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers
        .iter()
        .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
        .map(|(_, value)| &**value)
}

/// The value of a header that has one line at most.
fn only_line<'a>(headers: &'a [HeaderLine], name: &'a str) -> Result<Option<&'a [u8]>, Fault> {
    let mut lines = lines_of(headers, name);
    let first = lines.next();
    if lines.next().is_some() {
        return Err(Fault {
            header: Some(name.into()),
            ..Fault::new("header_ambiguous", "repeated_header", None)
        });
    }
    Ok(first)
}

fn chain_alone(header: &str) -> Fault {
    Fault {
        header: Some(header.into()),
        ..Fault::new("header_malformed", "chain_without_certificate", Some(0))
    }
}

fn in_header(error: DialectError, header: &str) -> Fault {
    Fault {
        header: Some(header.into()),
        ..error.into()
    }
}

impl From<DialectError> for Fault {
    fn from(error: DialectError) -> Self {
        Self::new(
            error.class().code(),
            error.kind().code(),
            Some(error.offset()),
        )
    }
}
