//! The judgement about a peer, and what a passing one gives access to.

use crate::certificate::{Claims, Thumbprint};
use crate::request::{Peer, PeerCertificate, PeerVerification};

use super::{
    AddressSource, Attested, ClaimHeader, ClientAddress, DirectTls, Distrust, Edge, EdgeLines,
    Lines, Unreadable, Unvouched, Verification, claims,
};

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
    /// One that may be looked at: see [`Attested`].
    Attested(Attested<'r>),
    /// None, but something about one, and the edge's verify status passed.
    Claimed,
    /// One or more, and the edge does not say that it verified it.
    Unverified(Unvouched<'r>),
}

impl Edge {
    /// Judges `peer`. Whoever is not a listed proxy is a stranger, on loopback
    /// too, and so is one that fails a proof: whatever it presents, a peer at
    /// the address of a proxy is never a client, nor is one with the pinned
    /// certificate of a proxy, at whatever address.
    pub(crate) fn judge<'r>(&'r self, peer: Peer<'r>, lines: EdgeLines<'r>) -> Standing<'r> {
        if !self.proxies.include(peer) {
            return match (self.direct_tls, peer.certificate()) {
                (DirectTls::Accept, Some(certificate)) if !self.pins(certificate) => {
                    Standing::Direct(DirectPeer {
                        edge: self,
                        certificate,
                    })
                }
                _ => Standing::Stranger(Distrust::NotListed),
            };
        }
        match self.proof.check(peer, &lines.secret) {
            Ok(()) => Standing::Trusted(TrustedEdge { edge: self, lines }),
            Err(distrust) => Standing::Stranger(distrust),
        }
    }

    /// Whether the policy knows a proxy by this certificate.
    fn pins(&self, certificate: PeerCertificate<'_>) -> bool {
        let hops = self.hops.pins.iter().map(|pins| &**pins);
        let lists = hops.chain([self.proof.pinned()]);
        let mut lists = lists.filter(|pins| !pins.is_empty()).peekable();
        lists.peek().is_some() && {
            let certificate = Thumbprint::of(certificate.leaf());
            lists.any(|pins| pins.contains(&certificate))
        }
    }
}

impl<'r> DirectPeer<'r> {
    /// The client's certificate, if whoever accepted the connection verified
    /// it, or this process will.
    #[must_use]
    pub fn certificate(&self) -> Presence<'r> {
        match self.certificate.verification() {
            PeerVerification::Verified => {
                Presence::Attested(Attested::on_accept(self.edge, self.certificate))
            }
            PeerVerification::Unverified if self.edge.verification == Verification::InProcess => {
                Presence::Attested(Attested::on_accept(self.edge, self.certificate))
            }
            PeerVerification::Unverified => {
                Presence::Unverified(Unvouched::on_accept(self.edge, self.certificate))
            }
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
            value if !self.lets_through() => Presence::Unverified(Unvouched::by_edge(edge, value)),
            None => Presence::Claimed,
            Some(Ok(value)) => Presence::Attested(Attested::by_edge(edge, value)),
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
        if !self.vouches() {
            return Ok(None);
        }
        self.unvouched_claims()
    }

    /// The same whatever its verify status says; they prove nothing.
    ///
    /// # Errors
    ///
    /// Those of the headers that the policy reads.
    pub(crate) fn unvouched_claims(&self) -> Result<Option<Claims>, Unreadable> {
        if !self.has_claims() {
            return Ok(None);
        }
        claims::read(&self.lines.claims, &self.edge.claim_uses, &self.edge.budget).map(Some)
    }

    /// What the edge says beside a certificate that it forwards, as far as the
    /// two can be compared: not Traefik's info, which is a part of the subject.
    ///
    /// # Errors
    ///
    /// Those of the headers that the policy reads.
    pub(crate) fn claims_beside_certificate(&self) -> Result<Claims, Unreadable> {
        let is_compared =
            |header: ClaimHeader| !header.tells_validity() && header != ClaimHeader::TraefikInfo;
        let lines = self.lines.claims.iter().copied();
        let lines: Vec<_> = lines.filter(|(header, _)| is_compared(*header)).collect();
        claims::read(&lines, &self.edge.claim_uses, &self.edge.budget)
    }

    /// Whether the edge says, or is known, to have verified the client's
    /// certificate.
    ///
    /// The status `0` is OpenSSL's, which says it where there is no certificate
    /// too. It counts only beside one.
    #[must_use]
    pub fn vouches(&self) -> bool {
        match &self.edge.verification {
            Verification::EdgeAlways => true,
            Verification::EdgeStatus(words) => {
                let mut statuses = words.iter().zip(&self.lines.statuses);
                let says_so_of_nobody = words.iter().any(|word| &**word == "0");
                !words.is_empty()
                    && statuses.all(|(word, lines)| {
                        matches!(lines, Lines::One(value) if word.as_bytes() == *value)
                    })
                    && (!says_so_of_nobody || self.has_certificate())
            }
            Verification::OnAccept | Verification::InProcess | Verification::Pinned => false,
        }
    }

    /// Whether the certificate is looked at: it is vouched for, or verified in this
    /// process, or the policy knows by pins whom it proves.
    fn lets_through(&self) -> bool {
        match self.edge.verification {
            Verification::Pinned | Verification::InProcess => true,
            Verification::EdgeAlways | Verification::EdgeStatus(_) | Verification::OnAccept => {
                self.vouches()
            }
        }
    }

    /// Whether the header of the certificate says something else than that
    /// there is none.
    fn has_certificate(&self) -> bool {
        match self.lines.certificate {
            Lines::None => false,
            Lines::One(value) => !self.edge.dialect.is_absent(value),
            Lines::Many(_) => true,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::{Preset, Proxies};

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
            Presence::Unverified(_) => "unverified",
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
                edge.judge(NGINX.parse::<core::net::IpAddr>().unwrap().into(), lines)
            else {
                panic!("the proxy is listed");
            };
            assert_eq!(trusted.request_id(), id, "{values:?}");
        }
    }
}
