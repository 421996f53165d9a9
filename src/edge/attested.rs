//! A certificate that may be looked at, still undecoded.

use core::fmt;

use crate::certificate::{Claims, Thumbprint};
use crate::dialect::{Dialect, Forwarded};
use crate::request::PeerCertificate;

use super::{Edge, Route, Unreadable};

/// A certificate that may be looked at: the edge says that it verified it, it
/// was verified when the connection was accepted, every identity rule pins
/// or client lists what it takes ([`Verification::Pinned`](super::Verification::Pinned)),
/// or it is still to be verified in this process
/// ([`Verification::InProcess`](super::Verification::InProcess)). Under the latter two it
/// proves nothing yet. Still undecoded; `Debug` does not show it.
#[derive(Clone, Copy)]
pub struct Attested<'r> {
    edge: &'r Edge,
    source: Source<'r>,
}

/// Where a certificate is read from.
#[derive(Clone, Copy)]
enum Source<'r> {
    Header(&'r [u8]),
    Connection(PeerCertificate<'r>),
}

impl<'r> Attested<'r> {
    /// A header value of an edge whose verify status passed, or that need not verify
    /// anything, since the policy pins or this process verifies.
    pub(super) fn by_edge(edge: &'r Edge, value: &'r [u8]) -> Self {
        Self {
            edge,
            source: Source::Header(value),
        }
    }

    /// A certificate that was verified when its connection was accepted, or that this
    /// process verifies.
    pub(super) fn on_accept(edge: &'r Edge, certificate: PeerCertificate<'r>) -> Self {
        Self {
            edge,
            source: Source::Connection(certificate),
        }
    }

    /// The header value, from which alone everything that is decoded follows.
    /// A certificate of a connection has none.
    pub(crate) fn header(self) -> Option<&'r [u8]> {
        match self.source {
            Source::Header(value) => Some(value),
            Source::Connection(_) => None,
        }
    }

    /// The certificate of a connection, with what came along.
    pub(crate) fn connection(self) -> Option<PeerCertificate<'r>> {
        match self.source {
            Source::Header(_) => None,
            Source::Connection(certificate) => Some(certificate),
        }
    }

    /// Decodes the header value in the edge's dialect. The certificate of a
    /// connection is DER already.
    pub(crate) fn decode(self) -> Result<Option<Decoded>, Unreadable> {
        self.source.decode(self.edge)
    }
}

/// A certificate that nobody vouched for, still undecoded: its edge does not
/// say that it verified it. It is a type apart from [`Attested`], and no key of
/// any cache. It may be decoded where such a denial is only observed; `Debug`
/// does not show it.
#[derive(Clone, Copy)]
pub struct Unvouched<'r> {
    edge: &'r Edge,
    lines: Unread<'r>,
}

/// Where it would be read from.
#[derive(Clone, Copy)]
enum Unread<'r> {
    /// There are claims alone.
    Nowhere,
    Source(Source<'r>),
    /// More than one line where one belongs.
    Repeated,
}

impl<'r> Unvouched<'r> {
    /// What the header of an edge says: nothing, a value, or too much.
    pub(super) fn by_edge(edge: &'r Edge, value: Option<Result<&'r [u8], ()>>) -> Self {
        let lines = match value {
            None => Unread::Nowhere,
            Some(Ok(value)) => Unread::Source(Source::Header(value)),
            Some(Err(())) => Unread::Repeated,
        };
        Self { edge, lines }
    }

    /// A certificate that was not verified when its connection was accepted.
    pub(super) fn on_accept(edge: &'r Edge, certificate: PeerCertificate<'r>) -> Self {
        let lines = Unread::Source(Source::Connection(certificate));
        Self { edge, lines }
    }

    /// Decodes it as one that is vouched for. It proves nothing.
    pub(crate) fn decode(self) -> Result<Option<Decoded>, Unreadable> {
        match self.lines {
            Unread::Nowhere => Ok(None),
            Unread::Source(source) => source.decode(self.edge),
            Unread::Repeated => Err(Unreadable::Ambiguous),
        }
    }
}

impl Source<'_> {
    fn decode(self, edge: &Edge) -> Result<Option<Decoded>, Unreadable> {
        let value = match self {
            Self::Header(value) => value,
            Self::Connection(certificate) => {
                let forwarded = Forwarded {
                    leaf: certificate.leaf().to_vec(),
                    chain: Vec::new(),
                };
                return Ok(Some(Decoded::certificate(forwarded)));
            }
        };
        let Edge {
            dialect,
            budget,
            hops,
            claim_uses,
            ..
        } = edge;
        if *dialect == Dialect::Xfcc {
            return hops.decode(value, budget, claim_uses);
        }
        let forwarded = dialect.decode(value, budget)?;
        Ok(forwarded.map(Decoded::certificate))
    }
}

/// What a certificate header holds.
pub(crate) enum Decoded {
    /// The certificate.
    Certificate {
        forwarded: Forwarded,
        /// Its SHA-256, if that has been computed.
        thumbprint: Option<Thumbprint>,
        /// How it came.
        route: Route,
    },
    /// What the edge tells about it.
    Claims(Claims),
}

impl Decoded {
    fn certificate(forwarded: Forwarded) -> Self {
        Self::Certificate {
            forwarded,
            thumbprint: None,
            route: Route::Known,
        }
    }
}

impl fmt::Debug for Attested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attested").finish_non_exhaustive()
    }
}

impl fmt::Debug for Unvouched<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unvouched").finish_non_exhaustive()
    }
}
