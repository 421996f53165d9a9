//! The compiled rules about the edge.

use core::net::IpAddr;

use crate::dialect::{Budget, Dialect};

use super::{ClaimUse, EdgeNames, EdgeProof, Hops, Preset, Proxies, Verifies};

/// The compiled rules about the edge in front of the service.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    preset: Preset,
    pub(crate) proxies: Proxies,
    pub(crate) proof: EdgeProof,
    pub(crate) address_proxies: Proxies,
    pub(crate) address_source: AddressSource,
    pub(crate) names: EdgeNames,
    pub(crate) dialect: Dialect,
    pub(crate) hops: Hops,
    /// What may be taken from claims; nothing if empty.
    pub(crate) claim_uses: Box<[ClaimUse]>,
    pub(crate) budget: Budget,
    pub(crate) max_names: usize,
    pub(crate) verification: Verification,
    pub(crate) direct_tls: DirectTls,
}

/// What the TLS certificate of a peer counts for that is no trusted proxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DirectTls {
    /// Nothing.
    #[default]
    Ignore,
    /// It is the client's.
    Accept,
}

/// Where the client's address is taken from when the peer is trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AddressSource {
    /// The `X-Forwarded-For` lines.
    #[default]
    ForwardedFor,
    /// The `Forwarded` lines.
    Forwarded,
    /// The PROXY protocol header in front of the connection.
    ProxyProtocol,
    /// The connection.
    Peer,
}

/// Who verified the client's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verification {
    /// The edge did, and says so on every request: of each status header
    /// exactly one line, with exactly this value; in the order of
    /// [`EdgeNames::statuses`], never empty.
    EdgeStatus(Box<[Box<str>]>),
    /// The edge did, by the operator's word: it refuses every certificate that
    /// it cannot verify, and says nothing.
    EdgeAlways,
    /// Nobody stands in front: whoever accepted the connection did.
    OnAccept,
    /// This process does, whatever the edge or whoever accepted a connection says.
    InProcess,
    /// Nobody did. The edge forwards what it is given, and identity rules pin, or
    /// clients list, certificates or keys, whose possession the handshake proved.
    Pinned,
}

impl Edge {
    /// Whether a list of addresses goes on to the left of this one. Where a
    /// proxy has to prove itself, an address in a list is no proof.
    pub(super) fn passes_over(&self, address: IpAddr) -> bool {
        self.address_proxies.include_address(address)
            || (self.proof.is_none() && self.proxies.include_address(address))
    }

    /// The product at the edge.
    #[must_use]
    pub fn preset(&self) -> Preset {
        self.preset
    }

    /// Whether no certificate is ever believed, whoever sends it.
    pub(crate) fn takes_nobody(&self) -> bool {
        self.proxies.is_empty() && self.direct_tls == DirectTls::Ignore
    }

    /// The trusted ranges that are wider than any one organisation's network,
    /// where an address is all that proves the edge.
    pub(crate) fn wide_networks(&self) -> impl Iterator<Item = Box<str>> {
        let unproven = self.proxies.wide().filter(|_| self.proof.is_none());
        unproven.map(|network| network.to_string().into())
    }

    /// The names of the edge's headers.
    #[must_use]
    pub fn names(&self) -> &EdgeNames {
        &self.names
    }

    /// Who verified the certificates that this edge forwards.
    #[must_use]
    pub fn verification(&self) -> &Verification {
        &self.verification
    }

    /// The edge as a preset describes it, trusting `proxies`. A preset without
    /// a verify status takes the operator's word.
    pub(crate) fn from_preset(preset: Preset, proxies: Proxies) -> Self {
        let facts = preset.facts();
        let certificate = facts.certificate;
        let (statuses, verification) = match facts.verifies {
            Verifies::Says(statuses) => {
                let words = statuses.iter().map(|(_, word)| (*word).into());
                (statuses, Verification::EdgeStatus(words.collect()))
            }
            Verifies::Silently => (&[] as &[_], Verification::EdgeAlways),
            Verifies::Never => (&[] as &[_], Verification::Pinned),
            Verifies::OnAccept => (&[] as &[_], Verification::OnAccept),
        };
        Self {
            preset,
            proxies,
            proof: EdgeProof::default(),
            address_proxies: Proxies::default(),
            address_source: AddressSource::default(),
            names: EdgeNames::new(
                certificate.map(|header| header.name),
                certificate.and_then(|header| header.chain),
                statuses.iter().map(|(name, _)| *name),
                [],
            ),
            dialect: certificate.map_or(Dialect::Rfc9440, |header| header.dialect),
            hops: Hops::default(),
            claim_uses: Box::default(),
            budget: Budget::default(),
            max_names: 256,
            verification,
            direct_tls: match facts.verifies {
                Verifies::OnAccept => DirectTls::Accept,
                _ => DirectTls::Ignore,
            },
        }
    }
}
