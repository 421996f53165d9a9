//! What the headers of an edge are called.

use super::ClaimHeader;

/// The names of the headers that the edge writes, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeNames {
    certificate: Option<Box<str>>,
    chain: Option<Box<str>>,
    statuses: Box<[Box<str>]>,
    claims: Box<[(ClaimHeader, Box<str>)]>,
    secret: Option<Box<str>>,
}

impl EdgeNames {
    /// No edge reports its verify status in more headers.
    pub(super) const MOST_STATUSES: usize = 2;

    /// The names to look for.
    pub(crate) fn new<'n>(
        certificate: Option<&str>,
        chain: Option<&str>,
        statuses: impl IntoIterator<Item = &'n str>,
        claims: impl IntoIterator<Item = (ClaimHeader, &'n str)>,
    ) -> Self {
        let lower = |name: &str| name.to_ascii_lowercase().into_boxed_str();
        Self {
            certificate: certificate.map(lower),
            chain: chain.map(lower),
            statuses: statuses.into_iter().map(lower).collect(),
            claims: claims
                .into_iter()
                .map(|(header, name)| (header, lower(name)))
                .collect(),
            secret: None,
        }
    }

    /// The same names, and that of the header by which the edge proves itself.
    #[must_use]
    pub fn with_secret(self, secret: &str) -> Self {
        Self {
            secret: Some(secret.to_ascii_lowercase().into_boxed_str()),
            ..self
        }
    }

    /// The header of the certificate, where the edge sends one.
    #[must_use]
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// The header of the chain.
    #[must_use]
    pub fn chain(&self) -> Option<&str> {
        self.chain.as_deref()
    }

    /// The headers of the verify status.
    pub fn statuses(&self) -> impl Iterator<Item = &str> {
        self.statuses.iter().map(|name| &**name)
    }

    /// The headers that tell about a certificate without carrying it, as far
    /// as the policy takes something from them.
    pub fn claims(&self) -> impl Iterator<Item = (ClaimHeader, &str)> {
        self.claims.iter().map(|(header, name)| (*header, &**name))
    }

    /// The headers that tell about a client: all but that of the secret.
    pub fn about_clients(&self) -> impl Iterator<Item = &str> {
        self.certificate()
            .into_iter()
            .chain(self.chain())
            .chain(self.statuses())
            .chain(self.claims().map(|(_, name)| name))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.about_clients().chain(self.secret())
    }

    /// The header of the secret that proves the edge.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }
}
