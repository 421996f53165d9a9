//! Envoy's `x-forwarded-client-cert` ([XFCC]).
//!
//! The value is a list of elements, one for each proxy that wrote one, the
//! nearest proxy last:
//!
//! ```text
//! header  = element *( "," element )
//! element = pair *( ";" pair )
//! pair    = key "=" ( quoted / unquoted )
//! key     = "By" / "Hash" / "Cert" / "Chain" / "Subject" / "URI" / "DNS"
//! quoted  = DQUOTE *( "\" OCTET / any but DQUOTE and "\" ) DQUOTE
//! unquoted = *( any but DQUOTE, "," and ";" )
//! ```
//!
//! Keys are read in any case. `By`, `URI` and `DNS` may repeat within an
//! element, the others may not. In quotes a backslash keeps the next byte from
//! ending the value and nothing is unescaped: the backslashes are those of the
//! distinguished name in `Subject` (RFC 2253). Values may be empty, as Envoy's
//! `URI=` for a certificate without one is. There is no whitespace between
//! tokens; Envoy joins elements with a bare comma, so ", " is how a list looks
//! that something else merged from two header lines, and it is refused.
//!
//! Envoy neither quotes nor escapes `URI` and `DNS`: a client with the right
//! text in its certificate writes keys and whole elements here. Hence nothing
//! in an element proves more than the others confirm: [`parse`] refuses a
//! `Hash` that is not the SHA-256 of the certificate beside it, and a `Chain`
//! that begins with another certificate than `Cert`. Read names from
//! [`Element::certificate`] wherever there is one.
//!
//! [XFCC]: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert

mod element;
mod grammar;

use sha2::{Digest as _, Sha256};

use super::text::{Escaped, hex_digit};
use super::{Budget, DialectError, DialectErrorKind, Forwarded, pem};

pub use element::{Element, Key, Pair, Quoting, Value};

/// Reads every element, in the order of the header: the farthest proxy's
/// first. The empty value has none.
///
/// ```
/// use certgate::dialect::{Budget, xfcc};
///
/// let value = br#"By=spiffe://example.com/edge;Subject="CN=a\,b,O=Example";URI="#;
/// let elements = xfcc::parse(value, &Budget::default())?;
/// let client = xfcc::client(&elements, 1)?.expect("one element");
/// assert_eq!(client.subject(), Some(br"CN=a\,b,O=Example".as_slice()));
/// assert_eq!(client.uris().collect::<Vec<_>>(), [b""]);
/// assert!(client.certificate().is_none());
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// The first of these, in this order:
///
/// - The value is longer than the budget.
/// - The value does not follow the grammar above, repeats a key that may not
///   repeat, or has more elements than the budget.
/// - `Hash` is not 64 hex digits.
/// - `Cert` is not what [`pem_escaped`](super::pem_escaped) reads, or `Chain`
///   is not a sequence of one to the budget of such blocks. Both may be empty.
/// - `Chain` does not begin with the certificate in `Cert`, or `Hash` is not
///   the SHA-256 of the client's certificate in either: the sources disagree.
pub fn parse<'a>(value: &'a [u8], budget: &Budget) -> Result<Vec<Element<'a>>, DialectError> {
    budget.admit(value)?;
    let mut elements = grammar::elements(value, budget.elements)?;
    for element in &mut elements {
        read_contents(element, budget)?;
    }
    Ok(elements)
}

/// The client's element where `hops` trusted proxies each write one: the
/// leftmost of exactly `hops`.
///
/// `None` if there are fewer: a proxy that saw no certificate writes no
/// element, and which one is missing cannot be told.
///
/// # Errors
///
/// There are more elements than hops: the client, or a proxy that nobody
/// configured, wrote some of them.
pub fn client<'e, 'a>(
    elements: &'e [Element<'a>],
    hops: usize,
) -> Result<Option<&'e Element<'a>>, DialectError> {
    match elements.get(hops) {
        Some(extra) => Err(DialectErrorKind::MoreElementsThanHops.at(extra.at())),
        None if elements.len() == hops => Ok(elements.first()),
        None => Ok(None),
    }
}

/// Decodes the certificate of the client behind one hop.
///
/// `None` without an element, and for an element without a certificate.
///
/// # Errors
///
/// Those of [`parse`], and of [`client`] with one hop.
pub fn decode(value: &[u8], budget: &Budget) -> Result<Option<Forwarded>, DialectError> {
    let mut elements = parse(value, budget)?;
    client(&elements, 1)?;
    Ok(elements.pop().and_then(Element::into_forwarded))
}

/// Decodes `Hash`, `Cert` and `Chain` and holds them against each other.
fn read_contents(element: &mut Element<'_>, budget: &Budget) -> Result<(), DialectError> {
    let hash = element.pair(Key::Hash);
    let certificate = element.pair(Key::Cert);
    let chain = element.pair(Key::Chain);
    if let Some(pair) = hash {
        let digest = sha256_from_hex(pair.value.raw);
        element.hash = Some(digest.ok_or(DialectErrorKind::BadHash.at(pair.value_at))?);
    }
    if let Some(pair) = certificate.filter(|pair| !pair.value.raw.is_empty()) {
        element.certificate = Some(pem::decode_one::<Escaped>(pair.value.raw, pair.value_at)?);
    }
    if let Some(pair) = chain.filter(|pair| !pair.value.raw.is_empty()) {
        element.chain =
            pem::decode_all::<Escaped>(pair.value.raw, pair.value_at, budget.certificates)?;
        let leaf = element.certificate.as_ref();
        if leaf.is_some_and(|leaf| element.chain.first() != Some(leaf)) {
            return Err(DialectErrorKind::ChainMismatch.at(pair.value_at));
        }
    }
    let leaf = element.certificate.as_ref().or(element.chain.first());
    if let (Some(pair), Some(hash), Some(leaf)) = (hash, element.hash, leaf)
        && hash != *Sha256::digest(leaf)
    {
        return Err(DialectErrorKind::HashMismatch.at(pair.value_at));
    }
    Ok(())
}

/// A SHA-256 value from 64 hex digits of either case.
fn sha256_from_hex(digits: &[u8]) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let (pairs, rest) = digits.as_chunks::<2>();
    if pairs.len() != digest.len() || !rest.is_empty() {
        return None;
    }
    for (byte, &[high, low]) in digest.iter_mut().zip(pairs) {
        *byte = hex_digit(high)? << 4 | hex_digit(low)?;
    }
    Some(digest)
}
