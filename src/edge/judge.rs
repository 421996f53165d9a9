//! The judgement about a peer, and what a passing one gives access to.

use core::fmt;
use core::net::IpAddr;

use crate::certificate::{Claims, Thumbprint};
use crate::dialect::{Budget, Dialect, Forwarded};
use crate::request::{Peer, PeerCertificate, PeerVerification};

use super::{
    ClaimHeader, ClaimUse, ClientAddress, Distrust, EdgeLines, EdgeProof, Hops, Lines, Preset,
    Proxies, Route, Unreadable, Verifies, claims,
};

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

/// Who verified the client's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

/// The result of judging a peer.
#[derive(Debug)]
pub enum Standing<'r> {
    /// The peer is a trusted proxy.
    Trusted(TrustedEdge<'r>),
    /// It is not, but it presented a certificate of its own, which counts as
    /// the client's under this policy.
    Direct(DirectPeer<'r>),
    /// It is not; what it put into the headers does not exist.
    Stranger(Distrust),
}

/// The proof that the peer may speak for a client, and the only way to what
/// it says. Only the judgement of a listed proxy that proves what the policy
/// asks for makes one.
#[derive(Debug)]
pub struct TrustedEdge<'r> {
    edge: &'r Edge,
    lines: EdgeLines<'r>,
}

/// The proof that a peer is a client that this process accepted itself. Only
/// the judgement of a peer that is no proxy makes one.
#[derive(Debug)]
pub struct DirectPeer<'r> {
    edge: &'r Edge,
    certificate: PeerCertificate<'r>,
}

/// Whether the edge forwarded a certificate.
#[derive(Debug)]
pub enum Presence<'r> {
    /// None: no line, or the dialect's word for none.
    Absent,
    /// A chain without the certificate that it belongs to.
    ChainAlone,
    /// More than one line where one belongs.
    Repeated,
    /// One, and the edge's verify status passed.
    Attested(Attested<'r>),
    /// None, but something about one, and the edge's verify status passed.
    Claimed,
    /// One or more, and the edge does not say that it verified it.
    Unverified,
}

/// A certificate that the edge says it verified, or that was verified when the
/// connection was accepted; still undecoded. `Debug` does not show it.
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

impl Edge {
    /// Judges `peer`. Whoever is not a listed proxy is a stranger, on loopback
    /// too, and so is one that fails a proof: whatever it presents, a peer at
    /// the address of a proxy is never a client.
    pub(crate) fn judge<'r>(&'r self, peer: Peer<'r>, lines: EdgeLines<'r>) -> Standing<'r> {
        if !self.proxies.include(peer) {
            return match (self.direct_tls, peer.certificate()) {
                (DirectTls::Accept, Some(certificate)) => Standing::Direct(DirectPeer {
                    edge: self,
                    certificate,
                }),
                _ => Standing::Stranger(Distrust::NotListed),
            };
        }
        match self.proof.check(peer, &lines.secret) {
            Ok(()) => Standing::Trusted(TrustedEdge { edge: self, lines }),
            Err(distrust) => Standing::Stranger(distrust),
        }
    }

    /// Whether a list of addresses goes on to the left of this one. Where a
    /// proxy has to prove itself, an address in a list is no proof.
    fn passes_over(&self, address: IpAddr) -> bool {
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
            Verifies::Silently | Verifies::Never => (&[] as &[_], Verification::EdgeAlways),
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

impl<'r> DirectPeer<'r> {
    /// The client's certificate, if whoever accepted the connection verified
    /// it.
    #[must_use]
    pub fn certificate(&self) -> Presence<'r> {
        match self.certificate.verification() {
            PeerVerification::Verified => Presence::Attested(Attested {
                edge: self.edge,
                source: Source::Connection(self.certificate),
            }),
            PeerVerification::Unverified => Presence::Unverified,
        }
    }
}

impl<'r> TrustedEdge<'r> {
    /// The client's address, as this edge reports it.
    #[must_use]
    pub fn client_address(&self, peer: Peer<'_>) -> ClientAddress {
        let passed = |address| self.edge.passes_over(address);
        match self.edge.address_source {
            AddressSource::ForwardedFor => {
                ClientAddress::forwarded_for(&self.lines.forwarded_for, passed)
            }
            AddressSource::Forwarded => ClientAddress::forwarded(&self.lines.forwarded, passed),
            AddressSource::ProxyProtocol => peer.proxied_address().into(),
            AddressSource::Peer => peer.ip().into(),
        }
    }

    /// The request id that the edge gave: 1 to 128 visible ASCII characters on
    /// the only such line.
    #[must_use]
    pub fn request_id(&self) -> Option<&'r str> {
        let Lines::One(value) = self.lines.request_id else {
            return None;
        };
        let fits = (1..=128).contains(&value.len()) && value.iter().all(u8::is_ascii_graphic);
        str::from_utf8(value).ok().filter(|_| fits)
    }

    /// The certificate that the edge forwarded, if its verify status lets it
    /// through.
    #[must_use]
    pub fn certificate(&self) -> Presence<'r> {
        let edge = self.edge;
        let value = match self.lines.certificate {
            Lines::None => None,
            Lines::One(value) if edge.dialect.is_absent(value) => None,
            Lines::One(value) => Some(Ok(value)),
            Lines::Many(_) => Some(Err(())),
        };
        match value {
            None if self.has_chain() => Presence::ChainAlone,
            None if !self.has_claims() => Presence::Absent,
            _ if !self.vouches() => Presence::Unverified,
            None => Presence::Claimed,
            Some(Ok(value)) => Presence::Attested(Attested {
                edge,
                source: Source::Header(value),
            }),
            Some(Err(())) => Presence::Repeated,
        }
    }

    /// What the edge says about a certificate that it does not forward; nothing
    /// if its verify status does not let it through.
    ///
    /// # Errors
    ///
    /// Those of the headers that the policy reads.
    pub(crate) fn claims(&self) -> Result<Option<Claims>, Unreadable> {
        if !self.has_claims() || !self.vouches() {
            return Ok(None);
        }
        claims::read(&self.lines.claims, &self.edge.budget).map(Some)
    }

    /// Whether the edge says, or is known, to have verified the client's
    /// certificate.
    #[must_use]
    pub fn vouches(&self) -> bool {
        match &self.edge.verification {
            Verification::EdgeAlways => true,
            Verification::EdgeStatus(words) => {
                let mut statuses = words.iter().zip(&self.lines.statuses);
                !words.is_empty()
                    && statuses.all(|(word, lines)| {
                        matches!(lines, Lines::One(value) if word.as_bytes() == *value)
                    })
            }
            Verification::OnAccept => false,
        }
    }

    /// The lines of the chain header, undecoded.
    pub(crate) fn chain_lines(&self) -> &[&'r [u8]] {
        self.lines.chain.as_slice()
    }

    fn has_chain(&self) -> bool {
        self.chain_lines().iter().any(|line| !line.is_empty())
    }

    fn has_claims(&self) -> bool {
        let mut claims = self.lines.claims.iter();
        claims.any(|(header, value)| !header.tells_validity() && !claims::is_absent(value))
    }
}

impl<'r> Attested<'r> {
    /// The header value, from which alone everything that is decoded follows.
    /// A certificate of a connection has none.
    pub(crate) fn header(self) -> Option<&'r [u8]> {
        match self.source {
            Source::Header(value) => Some(value),
            Source::Connection(_) => None,
        }
    }

    /// Decodes the header value in the edge's dialect. The certificate of a
    /// connection is DER already.
    pub(crate) fn decode(self) -> Result<Option<Decoded>, Unreadable> {
        let value = match self.source {
            Source::Header(value) => value,
            Source::Connection(certificate) => {
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
        } = self.edge;
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

#[cfg(test)]
mod tests {
    use super::*;

    const NGINX: &str = "10.0.0.1";

    fn presence(preset: Preset, headers: &[(&str, &str)]) -> &'static str {
        let edge = Edge::from_preset(preset, Proxies::parse([NGINX]).unwrap());
        let mut lines = EdgeLines::default();
        for (name, value) in headers {
            lines.note(&edge.names, name.as_bytes(), value.as_bytes());
        }
        let Standing::Trusted(trusted) = edge.judge(Peer::address(NGINX.parse().unwrap()), lines)
        else {
            panic!("the proxy is listed");
        };
        match trusted.certificate() {
            Presence::Absent => "absent",
            Presence::ChainAlone => "chain alone",
            Presence::Repeated => "repeated",
            Presence::Attested(_) => "attested",
            Presence::Claimed => "claimed",
            Presence::Unverified => "unverified",
        }
    }

    #[test]
    fn only_the_exact_word_on_the_only_line_attests_a_certificate() {
        let with_status = |status: &[&str]| {
            let mut headers = vec![("x-ssl-client-cert", "something")];
            headers.extend(status.iter().map(|word| ("X-SSL-Client-Verify", *word)));
            presence(Preset::Nginx, &headers)
        };
        assert_eq!(with_status(&["SUCCESS"]), "attested");
        for refused in [
            &[] as &[&str],
            &["NONE"],
            &["FAILED:unable to verify the first certificate"],
            &["GENEROUS"],
            &["SUCCESSFUL"],
            &["success"],
            &[""],
            &["SUCCESS", "SUCCESS"],
            &["SUCCESS", "NONE"],
        ] {
            assert_eq!(with_status(refused), "unverified", "{refused:?}");
        }
    }

    #[test]
    fn the_status_is_not_judged_where_no_certificate_is() {
        let none = ("X-SSL-Client-Verify", "NONE");
        assert_eq!(presence(Preset::Nginx, &[none]), "absent");
        assert_eq!(
            presence(Preset::Nginx, &[("X-SSL-Client-Cert", ""), none]),
            "absent"
        );
        assert_eq!(
            presence(Preset::Rfc9440, &[("Client-Cert", "::")]),
            "absent"
        );
        assert_eq!(
            presence(Preset::Haproxy, &[("X-SSL-Client-DER", "")]),
            "absent"
        );
        assert_eq!(
            presence(Preset::Nginx, &[("X-SSL-Client-Cert", "::"), none]),
            "unverified"
        );
    }

    #[test]
    fn repeated_lines_and_lonely_chains_are_told_apart() {
        let line = ("Client-Cert", ":AA==:");
        assert_eq!(presence(Preset::Rfc9440, &[line, line]), "repeated");
        assert_eq!(
            presence(Preset::Rfc9440, &[("Client-Cert", "::"), line]),
            "repeated"
        );
        assert_eq!(
            presence(Preset::Rfc9440, &[("Client-Cert-Chain", ":AA==:")]),
            "chain alone"
        );
        assert_eq!(
            presence(Preset::Haproxy, &[("X-SSL-Client-Chain-DER", "")]),
            "absent"
        );
        let cert = ("X-SSL-Client-Cert", "x");
        assert_eq!(presence(Preset::Nginx, &[cert, cert]), "unverified");
    }

    #[test]
    fn a_stranger_has_no_standing() {
        let edge = Edge::from_preset(Preset::Nginx, Proxies::default());
        for peer in [
            Peer::address("127.0.0.1".parse().unwrap()),
            Peer::UNIX,
            Peer::UNKNOWN,
        ] {
            assert!(matches!(
                edge.judge(peer, EdgeLines::default()),
                Standing::Stranger(Distrust::NotListed)
            ));
        }
    }

    #[test]
    fn a_request_id_is_bounded_and_printable() {
        let edge = Edge::from_preset(Preset::Nginx, Proxies::parse([NGINX]).unwrap());
        let (long, longest) = ("r".repeat(129), "r".repeat(128));
        for (values, id) in [
            (&["req_01"] as &[&str], Some("req_01")),
            (&[], None),
            (&[""], None),
            (&["a b"], None),
            (&["r\u{e9}"], None),
            (&["a", "a"], None),
            (&[&long], None),
            (&[&longest], Some(&longest)),
        ] {
            let mut lines = EdgeLines::default();
            for value in values {
                lines.note(&edge.names, b"X-Request-Id", value.as_bytes());
            }
            let Standing::Trusted(trusted) =
                edge.judge(NGINX.parse::<IpAddr>().unwrap().into(), lines)
            else {
                panic!("the proxy is listed");
            };
            assert_eq!(trusted.request_id(), id, "{values:?}");
        }
    }
}
