//! What one proxy wrote about the peer in front of it.

use core::fmt;

use crate::certificate::SpiffeId;

use super::Forwarded;

/// One element of the header: what one proxy says about its own client.
///
/// `Debug` prints which keys are there and how long their values are, never
/// the values.
#[derive(Clone, PartialEq, Eq)]
pub struct Element<'a> {
    pub(super) pairs: Vec<Pair<'a>>,
    pub(super) hash: Option<[u8; 32]>,
    pub(super) certificate: Option<Vec<u8>>,
    pub(super) chain: Vec<Vec<u8>>,
}

impl<'a> Element<'a> {
    pub(super) const fn new(pairs: Vec<Pair<'a>>) -> Self {
        Self {
            pairs,
            hash: None,
            certificate: None,
            chain: Vec::new(),
        }
    }

    /// Every pair, in the order written.
    #[must_use]
    pub fn pairs(&self) -> &[Pair<'a>] {
        &self.pairs
    }

    /// `By`: the URI names in the certificate of the proxy itself.
    pub fn by(&self) -> impl Iterator<Item = &'a [u8]> {
        self.values(Key::By)
    }

    /// `Hash`: the SHA-256 of the client's certificate. Where the certificate
    /// is there too, the two agree.
    #[must_use]
    pub const fn hash(&self) -> Option<[u8; 32]> {
        self.hash
    }

    /// `Cert`: DER bytes of the client's certificate, not yet parsed. `None`
    /// also for an empty `Cert`.
    #[must_use]
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_deref()
    }

    /// `Chain`: what the client sent, its own certificate first, each as DER
    /// bytes not yet parsed. Empty without the key.
    #[must_use]
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// `Subject`: a distinguished name as RFC 2253 text, as written between
    /// the quotes, backslashes included. Empty for an empty name.
    #[must_use]
    pub fn subject(&self) -> Option<&'a [u8]> {
        self.values(Key::Subject).next()
    }

    /// `URI`: what stands there as URI names of the client's certificate.
    /// Which of them the proxy wrote, and which one the client forged, cannot
    /// be told from here.
    pub fn uris(&self) -> impl Iterator<Item = &'a [u8]> {
        self.values(Key::Uri)
    }

    /// `DNS`: what stands there as DNS names; no more reliable than
    /// [`uris`](Self::uris).
    pub fn dns(&self) -> impl Iterator<Item = &'a [u8]> {
        self.values(Key::Dns)
    }

    /// The one URI that may stand for the client where the element carries no
    /// certificate: a SPIFFE ID that the client cannot have forged.
    ///
    /// Envoy writes `URI` and `DNS` last, in that order, and neither quotes nor
    /// escapes what it copies from the certificate. Text after a `;` in a
    /// forged name therefore makes another pair behind that name, and there is
    /// always the pair that Envoy itself began. So a URI counts only if
    ///
    /// - it is the element's only `URI`, and the last of its pairs: behind
    ///   another `URI` or a `DNS`, either may be the client's own text,
    /// - there is no `DNS`, whichever way around,
    /// - it is not quoted, since Envoy does not quote it,
    /// - it is a valid SPIFFE ID byte for byte, which holds no separator, no
    ///   escape and no second reading,
    /// - and there is no `Cert`: where there is one, names are read from it.
    ///
    /// That the element is Envoy's at all is for [`client`](super::client) and
    /// the verdict on the edge to say.
    ///
    /// ```
    /// use certgate::dialect::{Budget, xfcc};
    ///
    /// let budget = Budget::default();
    /// let honest = xfcc::parse(b"By=spiffe://td/edge;URI=spiffe://td/client", &budget)?;
    /// assert_eq!(honest[0].spiffe_id().map(|id| id.path()), Some("/client"));
    ///
    /// // A certificate whose URI name is "x;URI=spiffe://td/admin".
    /// let forged = xfcc::parse(b"By=spiffe://td/edge;URI=x;URI=spiffe://td/admin", &budget)?;
    /// assert_eq!(forged[0].spiffe_id(), None);
    /// # Ok::<(), certgate::dialect::DialectError>(())
    /// ```
    #[must_use]
    pub fn spiffe_id(&self) -> Option<SpiffeId<'a>> {
        let (last, earlier) = self.pairs.split_last()?;
        let rivals = [Key::Uri, Key::Dns, Key::Cert];
        if last.key != Key::Uri
            || last.value.quoting == Quoting::Quoted
            || earlier.iter().any(|pair| rivals.contains(&pair.key))
        {
            return None;
        }
        SpiffeId::parse(str::from_utf8(last.value.raw).ok()?).ok()
    }

    /// Whether there is a `URI`, whatever it is worth.
    pub(crate) fn has_uri(&self) -> bool {
        self.pairs.iter().any(|pair| pair.key == Key::Uri)
    }

    /// The certificate with the rest of the chain; `None` without `Cert`.
    #[must_use]
    pub fn into_forwarded(self) -> Option<Forwarded> {
        let leaf = self.certificate?;
        let chain = self.chain.into_iter().skip(1).collect();
        Some(Forwarded { leaf, chain })
    }

    /// The offset of the element in the header's value.
    pub(super) fn at(&self) -> usize {
        self.pairs.first().map_or(0, |pair| pair.key_at)
    }

    /// The first pair with the key.
    pub(super) fn pair(&self, key: Key) -> Option<Pair<'a>> {
        self.pairs.iter().find(|pair| pair.key == key).copied()
    }

    fn values(&self, key: Key) -> impl Iterator<Item = &'a [u8]> {
        self.pairs
            .iter()
            .filter(move |pair| pair.key == key)
            .map(|pair| pair.value.raw)
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Element").field(&self.pairs).finish()
    }
}

/// A key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pair<'a> {
    /// Which of the seven keys.
    pub key: Key,
    /// The value, as written.
    pub value: Value<'a>,
    /// The offset of the key in the header's value.
    pub(super) key_at: usize,
    /// The offset of the value's first byte, after any quote.
    pub(super) value_at: usize,
}

/// The keys that Envoy writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `By`: a URI name of the proxy's own certificate.
    By,
    /// `Hash`: SHA-256 of the client's certificate, in hex.
    Hash,
    /// `Cert`: the client's certificate.
    Cert,
    /// `Chain`: the client's certificate and what it sent along.
    Chain,
    /// `Subject`: the client's distinguished name.
    Subject,
    /// `URI`: a URI name of the client.
    Uri,
    /// `DNS`: a DNS name of the client.
    Dns,
}

impl Key {
    /// The key that `name` spells, in any case.
    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        const NAMES: [(&[u8], Key); 7] = [
            (b"By", Key::By),
            (b"Hash", Key::Hash),
            (b"Cert", Key::Cert),
            (b"Chain", Key::Chain),
            (b"Subject", Key::Subject),
            (b"URI", Key::Uri),
            (b"DNS", Key::Dns),
        ];
        NAMES
            .into_iter()
            .find(|(known, _)| name.eq_ignore_ascii_case(known))
            .map(|(_, key)| key)
    }

    /// Whether an element may hold the key more than once.
    pub(super) const fn may_repeat(self) -> bool {
        match self {
            Self::By | Self::Uri | Self::Dns => true,
            Self::Hash | Self::Cert | Self::Chain | Self::Subject => false,
        }
    }
}

/// A value as written, without the quotes around it.
///
/// `Debug` prints its length, never its bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Value<'a> {
    /// The bytes; in quotes, with their backslashes.
    pub raw: &'a [u8],
    /// Whether there were quotes.
    pub quoting: Quoting,
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({} bytes)", self.quoting, self.raw.len())
    }
}

/// Whether a value was written in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quoting {
    /// `Key="value"`
    Quoted,
    /// `Key=value`
    Unquoted,
}
