//! The judgement about a peer, and what a passing one gives access to.

use core::fmt;
use core::net::IpAddr;

use crate::dialect::{Budget, Dialect, DialectError, Forwarded};
use crate::request::Peer;

use super::{ClientAddress, Distrust, EdgeLines, EdgeProof, Lines, Preset, Proxies};

/// The compiled rules about the edge in front of the service.
#[derive(Clone, Debug)]
pub struct Edge {
    pub(crate) proxies: Proxies,
    pub(crate) proof: EdgeProof,
    pub(crate) address_proxies: Proxies,
    pub(crate) address_source: AddressSource,
    pub(crate) names: EdgeNames,
    pub(crate) dialect: Dialect,
    pub(crate) budget: Budget,
    pub(crate) max_names: usize,
    pub(crate) verification: Verification,
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
#[derive(Clone, Debug)]
pub struct EdgeNames {
    certificate: Box<str>,
    chain: Option<Box<str>>,
    status: Option<Box<str>>,
    secret: Option<Box<str>>,
}

impl EdgeNames {
    /// The names to look for.
    #[must_use]
    pub fn new(certificate: &str, chain: Option<&str>, status: Option<&str>) -> Self {
        let lower = |name: &str| name.to_ascii_lowercase().into_boxed_str();
        Self {
            certificate: lower(certificate),
            chain: chain.map(lower),
            status: status.map(lower),
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

    /// The header of the certificate.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The header of the chain.
    #[must_use]
    pub fn chain(&self) -> Option<&str> {
        self.chain.as_deref()
    }

    /// The header of the verify status.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.status.as_deref()
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
    /// The edge did, and says so on every request: exactly one status line,
    /// with exactly this value.
    EdgeStatus(Box<str>),
    /// The edge did, by the operator's word: it refuses every certificate that
    /// it cannot verify, and says nothing.
    EdgeAlways,
}

/// The result of judging a peer.
#[derive(Debug)]
pub enum Standing<'r> {
    /// The peer is a trusted proxy.
    Trusted(TrustedEdge<'r>),
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
    /// One or more, and the edge does not say that it verified it.
    Unverified,
}

/// A forwarded certificate that the edge says it verified; still undecoded.
/// `Debug` does not show it.
#[derive(Clone, Copy)]
pub struct Attested<'r> {
    edge: &'r Edge,
    value: &'r [u8],
}

impl Edge {
    /// Judges `peer`. Whoever is not a listed proxy is a stranger, on loopback
    /// too, and so is one that fails a proof.
    pub(crate) fn judge<'r>(&'r self, peer: Peer<'_>, lines: EdgeLines<'r>) -> Standing<'r> {
        if !self.proxies.include(peer) {
            return Standing::Stranger(Distrust::NotListed);
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
        Self {
            proxies,
            proof: EdgeProof::default(),
            address_proxies: Proxies::default(),
            address_source: AddressSource::default(),
            names: EdgeNames::new(
                facts.certificate_header,
                facts.chain_header,
                facts.status.map(|(name, _)| name),
            ),
            dialect: facts.dialect,
            budget: Budget::default(),
            max_names: 256,
            verification: match facts.status {
                Some((_, word)) => Verification::EdgeStatus(word.into()),
                None => Verification::EdgeAlways,
            },
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
            Lines::One(value) if is_absent_form(edge.dialect, value) => None,
            Lines::One(value) => Some(Ok(value)),
            Lines::Many(_) => Some(Err(())),
        };
        match value {
            None if self.has_chain() => Presence::ChainAlone,
            None => Presence::Absent,
            Some(_) if !self.is_verified() => Presence::Unverified,
            Some(Ok(value)) => Presence::Attested(Attested { edge, value }),
            Some(Err(())) => Presence::Repeated,
        }
    }

    /// The lines of the chain header, undecoded.
    pub(crate) fn chain_lines(&self) -> &[&'r [u8]] {
        self.lines.chain.as_slice()
    }

    fn has_chain(&self) -> bool {
        self.chain_lines().iter().any(|line| !line.is_empty())
    }

    fn is_verified(&self) -> bool {
        match (&self.edge.verification, &self.lines.status) {
            (Verification::EdgeAlways, _) => true,
            (Verification::EdgeStatus(word), Lines::One(value)) => word.as_bytes() == *value,
            (Verification::EdgeStatus(_), _) => false,
        }
    }
}

impl<'r> Attested<'r> {
    /// The header value.
    pub(crate) fn value(self) -> &'r [u8] {
        self.value
    }

    /// Decodes the header value in the edge's dialect.
    pub(crate) fn decode(self) -> Result<Option<Forwarded>, DialectError> {
        self.edge.dialect.decode(self.value, &self.edge.budget)
    }
}

impl fmt::Debug for Attested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attested").finish_non_exhaustive()
    }
}

/// What real edges send where there is no certificate. The status is judged
/// only when something else than this stands in the header, because it says
/// that nothing was verified then.
fn is_absent_form(dialect: Dialect, value: &[u8]) -> bool {
    value.is_empty() || (dialect == Dialect::Rfc9440 && value == b"::")
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
