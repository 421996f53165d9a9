//! The first step: what the request says, and who may be believed.

use core::fmt;

use crate::edge::{
    Attested, ClientAddress, EdgeLines, Lines, Presence, Standing, TrustedEdge, Verification,
    says_nothing,
};
use crate::identity::check_id;
use crate::policy::{Mode, Policy, SelectorsSetBy};
use crate::request::{CleanPath, PathError, Request, ThumbprintClaim, VerifiedToken};

use crate::trust::RevocationLists;

use super::host::Host;
use super::source::{CertificateSource, SourceKind, SourceRest};
use super::trace::Trace;
use super::{Reason, Stage};

/// The facts of a request under a policy.
///
/// What only a trusted edge may say is not among its getters: it is reachable
/// through [`trusted`](Self::trusted) alone.
#[derive(Debug)]
pub struct Facts<'a> {
    pub(super) policy: &'a Policy,
    /// What it is to ask for revoked certificates.
    pub(super) lists: &'a RevocationLists,
    pub(super) request: &'a Request<'a>,
    pub(super) path: Result<CleanPath<'a>, PathError>,
    pub(super) standing: Standing<'a>,
    pub(super) client_address: ClientAddress,
    pub(super) selected_client: Selection<'a>,
    pub(super) selected_profile: Selection<'a>,
    pub(super) bearer: BearerLine,
    pub(super) host: Host<'a>,
    pub(super) exemption: Exemption,
    pub(super) trace: Trace,
}

/// Whether the request's method and path are exempt from authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exemption {
    Exempt,
    No,
}

/// Whether there is an `Authorization: Bearer` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BearerLine {
    Absent,
    Present,
    /// There is one among several credentials: whoever verified a token and
    /// the application could each take another.
    AmongOthers,
}

/// What a selecting header says. Anyone may select, and a selection proves
/// nothing, unless the policy says that the trusted edge sets these headers.
/// `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Selection<'a> {
    Absent,
    Id(&'a str),
    NoId,
    Repeated,
}

impl fmt::Debug for Selection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Id(_) => "Id",
            Self::NoId => "NoId",
            Self::Repeated => "Repeated",
        })
    }
}

impl<'a> Selection<'a> {
    pub(super) fn id(self) -> Option<&'a str> {
        match self {
            Self::Id(id) => Some(id),
            Self::Absent | Self::NoId | Self::Repeated => None,
        }
    }
}

/// Reads the facts of a request: one pass over its header lines.
#[must_use]
pub fn read<'a>(policy: &'a Policy, request: &'a Request<'a>) -> Facts<'a> {
    read_with(policy, &policy.revocation_lists, request)
}

/// Like [`read`], with other revocation lists than the policy's own.
pub(crate) fn read_with<'a>(
    policy: &'a Policy,
    lists: &'a RevocationLists,
    request: &'a Request<'a>,
) -> Facts<'a> {
    read_into(policy, lists, request, Trace::default())
}

/// Like [`read`], and every check from here on is recorded.
#[must_use]
pub fn read_traced<'a>(policy: &'a Policy, request: &'a Request<'a>) -> Facts<'a> {
    read_into(
        policy,
        &policy.revocation_lists,
        request,
        Trace::recording(),
    )
}

fn read_into<'a>(
    policy: &'a Policy,
    lists: &'a RevocationLists,
    request: &'a Request<'a>,
    mut trace: Trace,
) -> Facts<'a> {
    let mut edge_lines = EdgeLines::default();
    let mut client = Lines::default();
    let mut profile = Lines::default();
    let mut authorization = Lines::default();
    let mut authority = Lines::default();
    let mut host = Lines::default();
    request.headers.visit(&mut |name, value| {
        edge_lines.note(policy.edge.names(), name, value);
        if name.eq_ignore_ascii_case(policy.selectors.client.as_bytes()) {
            client.push(value);
        } else if name.eq_ignore_ascii_case(policy.selectors.profile.as_bytes()) {
            profile.push(value);
        } else if name.eq_ignore_ascii_case(b"authorization") {
            authorization.push(value);
        } else if name.eq_ignore_ascii_case(b"host") {
            host.push(value);
        } else if name == b":authority" {
            authority.push(value);
        }
    });
    let path = CleanPath::parse(request.target, policy.path_syntax);
    let exemption = match &path {
        Ok(path) if policy.exempts(request.method, path) => Exemption::Exempt,
        _ => Exemption::No,
    };
    let standing = policy.edge.judge(request.peer, edge_lines);
    let client_address = match &standing {
        Standing::Trusted(edge) => edge.client_address(request.peer),
        Standing::Direct(_) | Standing::Stranger(_) => request.peer.ip().into(),
    };
    match &path {
        Ok(path) => trace.passed(Stage::Request, "path", || path.as_str().to_owned()),
        Err(error) => trace.denied(Reason::PathMalformed, "path", || error.to_string()),
    }
    trace.noted(Stage::Edge, "peer", || match &standing {
        Standing::Trusted(_) => format!("{} is a trusted proxy", request.peer),
        Standing::Direct(_) => format!(
            "{} is not a trusted proxy, and has a certificate of its own",
            request.peer
        ),
        Standing::Stranger(distrust) => format!(
            "{} {distrust}: its certificate and identity headers do not exist",
            request.peer
        ),
    });
    trace.noted(Stage::Edge, "client address", || client_address.to_string());
    let selection = |lines| match (policy.selectors.set_by, &standing) {
        (SelectorsSetBy::TrustedEdge, Standing::Trusted(_)) => told_by_edge(lines),
        (SelectorsSetBy::TrustedEdge, Standing::Direct(_) | Standing::Stranger(_)) => {
            Selection::Absent
        }
        (SelectorsSetBy::Anyone, _) => selection(lines),
    };
    let (selected_client, selected_profile) = (selection(&client), selection(&profile));
    Facts {
        policy,
        lists,
        request,
        path,
        standing,
        client_address,
        selected_client,
        selected_profile,
        bearer: bearer_line(&authorization),
        host: Host::read(&authority, &host),
        exemption,
        trace,
    }
}

impl<'a> Facts<'a> {
    /// What the edge says, if the peer is one that may say anything.
    #[must_use]
    pub fn trusted(&self) -> Option<&TrustedEdge<'a>> {
        match &self.standing {
            Standing::Trusted(edge) => Some(edge),
            Standing::Direct(_) | Standing::Stranger(_) => None,
        }
    }

    /// The client's address as far as it is proven.
    #[must_use]
    pub fn client_address(&self) -> ClientAddress {
        self.client_address
    }

    /// The client that the trusted edge names in a header of its own, if the
    /// policy takes that for an identity and the edge verified the client.
    pub(super) fn client_of_edge(&self) -> Option<&'a str> {
        let edge = self.trusted()?;
        let by_edge = self.policy.selectors.set_by == SelectorsSetBy::TrustedEdge;
        self.selected_client
            .id()
            .filter(|_| by_edge && edge.vouches())
    }

    /// Whether the trusted edge names a client or profile that it does not say
    /// it verified.
    pub(super) fn has_unverified_identity(&self) -> bool {
        let present = [self.selected_client, self.selected_profile]
            .iter()
            .any(|selection| *selection != Selection::Absent);
        self.policy.selectors.set_by == SelectorsSetBy::TrustedEdge
            && present
            && self.trusted().is_some_and(|edge| !edge.vouches())
    }

    /// Whether a certificate that fails stage 3 or 7 is left out rather than
    /// denied: where it is metadata, and the token is not held to it.
    pub(super) fn may_drop_certificate(&self) -> bool {
        let bound =
            |token: &VerifiedToken| *token.confirmation().thumbprint() != ThumbprintClaim::Absent;
        self.policy.mode == Mode::Bearer && !self.request.token.is_some_and(bound)
    }

    /// Whether the token has to be bound to the certificate on this path.
    pub(super) fn requires_binding(&self) -> bool {
        let path = self.path.as_ref();
        path.is_ok_and(|path| self.policy.requires_binding(path))
    }

    /// What a cache of [`Assessed`](super::Assessed) keeps the certificate by, if
    /// there is one that the edge's verify status lets through. That of a
    /// connection is read again each time, unless it has to be verified.
    pub(crate) fn source(&self) -> Option<CertificateSource<'_>> {
        let attested = self.attested()?;
        let verifies = *self.policy.edge().verification() == Verification::InProcess;
        let (kind, leaf, rest) = match (attested.header(), attested.connection()) {
            (Some(value), _) => {
                let lines = self.trusted().filter(|_| verifies);
                let lines = lines.map_or(&[] as &[&[u8]], TrustedEdge::chain_lines);
                (SourceKind::Header, value, SourceRest::Lines(lines))
            }
            (None, Some(certificate)) if verifies => {
                let rest = SourceRest::Certificates(certificate.chain());
                (SourceKind::Connection, certificate.leaf(), rest)
            }
            (None, _) => return None,
        };
        Some(CertificateSource { kind, leaf, rest })
    }

    /// The certificate that the edge's verify status lets through, or that is looked at
    /// without one.
    #[must_use]
    pub fn attested(&self) -> Option<Attested<'a>> {
        match self.presence() {
            Presence::Attested(attested) => Some(attested),
            _ => None,
        }
    }

    /// Whether there is a certificate: in the header for a trusted proxy, on
    /// the connection itself for anyone else.
    pub(super) fn presence(&self) -> Presence<'a> {
        match &self.standing {
            Standing::Trusted(edge) => edge.certificate(),
            Standing::Direct(peer) => peer.certificate(),
            Standing::Stranger(_) => Presence::Absent,
        }
    }
}

/// A field line holds one credential (RFC 9110 section 11.6.2); lists are what
/// proxies make of several lines.
fn bearer_line(lines: &Lines<'_>) -> BearerLine {
    let is_list = |line: &[u8]| line.contains(&b',');
    let (found, bearer) = match lines.as_slice() {
        [credential] if !is_list(credential) => (is_bearer(credential), BearerLine::Present),
        lines => {
            let mut members = lines
                .iter()
                .flat_map(|line| line.split(|&byte| byte == b','));
            (members.any(is_bearer), BearerLine::AmongOthers)
        }
    };
    if found { bearer } else { BearerLine::Absent }
}

/// RFC 9110 section 11.4: the scheme's case does not count.
fn is_bearer(value: &[u8]) -> bool {
    let scheme = value.trim_ascii_start();
    let (scheme, rest) = scheme.split_at(scheme.len().min(6));
    scheme.eq_ignore_ascii_case(b"bearer")
        && rest
            .first()
            .is_none_or(|&byte| byte == b' ' || byte == b'\t')
}

/// What an edge that sets a header on every request says where it has nothing
/// to say is no id.
fn told_by_edge<'a>(lines: &Lines<'a>) -> Selection<'a> {
    match lines {
        Lines::One(value) if says_nothing(value) => Selection::Absent,
        lines => selection(lines),
    }
}

fn selection<'a>(lines: &Lines<'a>) -> Selection<'a> {
    match lines {
        Lines::None => Selection::Absent,
        Lines::One(value) => match str::from_utf8(value) {
            Ok("") => Selection::Absent,
            Ok(id) if check_id(id).is_ok() => Selection::Id(id),
            _ => Selection::NoId,
        },
        Lines::Many(_) => Selection::Repeated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_line_is_seen_in_every_spelling() {
        for value in [
            "Bearer abc",
            "bearer abc",
            "BEARER\tabc",
            "Bearer",
            "  Bearer x",
        ] {
            assert!(is_bearer(value.as_bytes()), "{value}");
        }
        for value in ["", "Basic abc", "Bearerish abc", "DPoP abc", "Bear"] {
            assert!(!is_bearer(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_bearer_credential_stands_alone() {
        let bearer = |values: &[&'static str]| {
            let mut lines = Lines::default();
            for value in values {
                lines.push(value.as_bytes());
            }
            bearer_line(&lines)
        };
        assert_eq!(bearer(&[]), BearerLine::Absent);
        assert_eq!(bearer(&["Basic a", "Basic b"]), BearerLine::Absent);
        assert_eq!(bearer(&["Digest a=b, c=d"]), BearerLine::Absent);
        assert_eq!(bearer(&["Bearer a"]), BearerLine::Present);
        assert_eq!(bearer(&["Bearer a", "Bearer b"]), BearerLine::AmongOthers);
        assert_eq!(bearer(&["Basic a", "Bearer b"]), BearerLine::AmongOthers);
        assert_eq!(bearer(&["Basic a, Bearer b"]), BearerLine::AmongOthers);
    }

    #[test]
    fn a_selection_is_one_id() {
        let select = |values: &[&'static str]| {
            let mut lines = Lines::default();
            for value in values {
                lines.push(value.as_bytes());
            }
            selection(&lines)
        };
        assert_eq!(select(&[]), Selection::Absent);
        assert_eq!(select(&[""]), Selection::Absent);
        assert_eq!(select(&["acme"]), Selection::Id("acme"));
        assert_eq!(select(&["acme, other"]), Selection::NoId);
        assert_eq!(select(&["acme", "acme"]), Selection::Repeated);
    }
}
