//! What a certificate is read from.

/// Everything from which, under one policy, all that is known of a certificate
/// follows: the key of a cache.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CertificateSource<'f> {
    pub(crate) kind: SourceKind,
    /// The header's value, or the DER of a connection's certificate.
    pub(crate) leaf: &'f [u8],
    /// What else it came with, as far as that makes a difference.
    pub(crate) rest: SourceRest<'f>,
}

/// The same bytes of another kind are another source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SourceKind {
    Header,
    Connection,
}

/// The other certificates that came along.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SourceRest<'f> {
    /// The lines of the chain header.
    Lines(&'f [&'f [u8]]),
    /// The DER of each.
    Certificates(&'f [Vec<u8>]),
}

impl<'f> CertificateSource<'f> {
    /// The parts after the first.
    pub(crate) fn rest(self) -> impl Iterator<Item = &'f [u8]> {
        let (lines, certificates): (&[&[u8]], &[Vec<u8>]) = match self.rest {
            SourceRest::Lines(lines) => (lines, &[]),
            SourceRest::Certificates(certificates) => (&[], certificates),
        };
        let certificates = certificates.iter().map(|der| &**der);
        lines.iter().copied().chain(certificates)
    }

    /// How many bytes these are.
    pub(crate) fn len(self) -> usize {
        self.leaf.len() + self.rest().map(<[u8]>::len).sum::<usize>()
    }
}
