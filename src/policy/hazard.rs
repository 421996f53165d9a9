//! What a policy leaves to the edge or to chance.

use core::fmt;

use crate::edge::{Preset, Verification, Verifies};
use crate::limits::Away;

use super::{Enforcement, Observe, Policy, SelectorsSetBy, Switches};

/// Something that a policy may say and that is safe only if the edge in front
/// of the service is set up for it, which nothing here can see; or that lets go
/// on what it would deny.
///
/// An operator should read each of them once; `Display` says what to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hazard {
    /// So wide a range may name clients, with nothing but its address to prove
    /// that a peer is the edge.
    TrustsEveryone {
        /// The range, as `10.0.0.0/8`.
        network: Box<str>,
    },
    /// No peer may name a client, and TLS connections do not count: no
    /// certificate is ever seen.
    TrustsNobody,
    /// The edge does not say that it verified a certificate. In a mode in which
    /// it lets unverified ones through, anyone can be anyone.
    VerificationUnseen,
    /// The edge says whether it verified a certificate, and the policy does not
    /// look, or not at all of it: Cloudflare says of a revoked certificate that
    /// it is verified, and in another header that it is revoked.
    VerificationIgnored,
    /// The edge verifies nothing, and pins, or signatures that are verified in this
    /// process, say whom a certificate proves. A certificate is no secret: in a
    /// header that clients can write, anyone can be anybody whose certificate he has
    /// seen.
    PossessionUnseen,
    /// The policy believes a header that the edge does not set by itself, nor
    /// with the configuration in [`guide`](crate::guide): it has to be
    /// overwritten on every request, or clients write it.
    HeaderOfTheOperator {
        /// The header, in lower case.
        header: Box<str>,
    },
    /// What these stages deny goes on, and is only noted.
    Observed {
        /// The stages.
        stages: Observe,
        /// For which requests.
        scope: ObservedScope,
    },
    /// Paths belong to collections by the host that the request names, which a
    /// client can write as it likes.
    HostOfTheCaller,
    /// A certificate that has expired passes. Lists of revoked certificates leave out
    /// those that have expired, so that one that was revoked before may pass too.
    AllowsExpired,
    /// A certificate that its issuer revoked passes.
    AllowsRevoked,
    /// While the store that counts for all does not answer, requests go on and
    /// nothing counts them.
    LimitsNotHeld,
}

/// The requests for which denials are only noted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObservedScope {
    /// Every request.
    Everything,
    /// Those of a collection.
    Collection {
        /// Its name.
        name: Box<str>,
    },
    /// Those of a client, once it is proven.
    Client {
        /// Its id.
        id: Box<str>,
    },
}

impl Hazard {
    /// The stable code, in snake case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TrustsEveryone { .. } => "trusts_everyone",
            Self::TrustsNobody => "trusts_nobody",
            Self::VerificationUnseen => "verification_unseen",
            Self::VerificationIgnored => "verification_ignored",
            Self::PossessionUnseen => "possession_unseen",
            Self::HeaderOfTheOperator { .. } => "header_of_the_operator",
            Self::Observed { .. } => "observed",
            Self::HostOfTheCaller => "host_of_the_caller",
            Self::AllowsExpired => "allows_expired",
            Self::AllowsRevoked => "allows_revoked",
            Self::LimitsNotHeld => "limits_not_held",
        }
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TrustsEveryone { network } => write!(
                f,
                "every peer in {network} may name clients: list the addresses of the edge, or \
                 demand a proof of it"
            ),
            Self::TrustsNobody => {
                f.write_str("no proxy is trusted, so no certificate is ever seen")
            }
            Self::VerificationUnseen => f.write_str(
                "the edge does not say that it verified a certificate: check that it refuses \
                 those that it cannot verify",
            ),
            Self::VerificationIgnored => f.write_str(
                "the edge says whether it verified a certificate, and the policy does not look at \
                 all of it",
            ),
            Self::PossessionUnseen => f.write_str(
                "what the edge forwards is verified or pinned here, and a certificate is no \
                 secret: check that the edge overwrites its header on every request",
            ),
            Self::HeaderOfTheOperator { header } => write!(
                f,
                "the header `{header}` is believed: check that the edge overwrites it on every \
                 request"
            ),
            Self::Observed { stages, scope } => write!(
                f,
                "denials of `{}` are only noted {scope}: enforce them once the records show none",
                stages.as_str()
            ),
            Self::HostOfTheCaller => f.write_str(
                "collections have hosts: check that the edge refuses hosts that are not its own, \
                 and passes on the one by which it chose this service",
            ),
            Self::AllowsExpired => f.write_str(
                "certificates that have expired pass, also those that were revoked before: watch \
                 the records for `tolerated`",
            ),
            Self::AllowsRevoked => f.write_str(
                "certificates that their issuers revoked pass: watch the records for `tolerated`",
            ),
            Self::LimitsNotHeld => f.write_str(
                "while the shared store of limits is away nothing counts: watch the records for \
                 `limits_counted` \"nowhere\"",
            ),
        }
    }
}

impl fmt::Display for ObservedScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("for every request"),
            Self::Collection { name } => write!(f, "in collection {name:?}"),
            Self::Client { id } => write!(f, "for client {id:?}"),
        }
    }
}

impl Policy {
    /// What this policy leaves to the edge or to chance: for an operator to
    /// read when the service starts.
    #[must_use]
    pub fn hazards(&self) -> Vec<Hazard> {
        let mut hazards = self.hazards_of_the_edge();
        if let Some(verifier) = &self.trust.verifier {
            hazards.extend(verifier.allows_expired().then_some(Hazard::AllowsExpired));
            hazards.extend(verifier.allows_revoked().then_some(Hazard::AllowsRevoked));
        }
        hazards.extend(self.observed());
        hazards.extend((self.away == Away::Allow).then_some(Hazard::LimitsNotHeld));
        hazards
    }

    /// Each use of `observe`, in the order of the document's sections.
    fn observed(&self) -> impl Iterator<Item = Hazard> {
        let everywhere = (self.observing.everywhere, ObservedScope::Everything);
        let collections = self.collections.iter().zip(&self.observing.collections);
        let collections = collections.map(|(collection, switches)| {
            let name = collection.name.clone();
            (*switches, ObservedScope::Collection { name })
        });
        let clients = self.clients.iter().map(|client| {
            let switches = Switches {
                policy: client.policy_checks,
                ..Switches::ENFORCED
            };
            let id = client.id.clone();
            (switches, ObservedScope::Client { id })
        });
        let scopes = core::iter::once(everywhere)
            .chain(collections)
            .chain(clients);
        scopes.flat_map(|(switches, scope)| {
            [
                (switches.certificates, Observe::Certificates),
                (switches.policy, Observe::Policy),
            ]
            .into_iter()
            .filter(|(switch, _)| *switch == Enforcement::Observed)
            .map(move |(_, stages)| Hazard::Observed {
                stages,
                scope: scope.clone(),
            })
        })
    }

    fn hazards_of_the_edge(&self) -> Vec<Hazard> {
        let edge = self.edge();
        let mut hazards = Vec::new();
        if edge.takes_nobody() {
            return vec![Hazard::TrustsNobody];
        }
        hazards.extend(
            edge.wide_networks()
                .map(|network| Hazard::TrustsEveryone { network }),
        );
        let facts = edge.preset().facts();
        let is_read = |(name, _): &(&str, _)| {
            let mut own = edge.names().statuses();
            own.any(|own| own.eq_ignore_ascii_case(name))
        };
        match (edge.verification(), facts.verifies) {
            (Verification::EdgeAlways, Verifies::Says(_)) => {
                hazards.push(Hazard::VerificationIgnored);
            }
            (Verification::EdgeStatus(_), Verifies::Says(statuses))
                if statuses.iter().any(is_read) && !statuses.iter().all(is_read) =>
            {
                hazards.push(Hazard::VerificationIgnored);
            }
            (Verification::EdgeAlways, _) => hazards.push(Hazard::VerificationUnseen),
            (Verification::EdgeStatus(_) | Verification::OnAccept, _)
            | (Verification::InProcess, Verifies::OnAccept) => {}
            (Verification::Pinned | Verification::InProcess, _) => {
                hazards.push(Hazard::PossessionUnseen);
            }
        }
        let selectors = match self.selectors.set_by {
            SelectorsSetBy::Anyone => None,
            SelectorsSetBy::TrustedEdge => {
                Some([&*self.selectors.client, &*self.selectors.profile])
            }
        };
        let believed = edge
            .names()
            .about_clients()
            .chain(selectors.into_iter().flatten());
        hazards.extend(
            believed
                .filter(|name| !is_set_by(edge.preset(), name))
                .map(|name| Hazard::HeaderOfTheOperator {
                    header: name.into(),
                }),
        );
        hazards.extend(
            self.collection_paths
                .tell_hosts_apart()
                .then_some(Hazard::HostOfTheCaller),
        );
        hazards
    }
}

/// Whether the edge writes a header of this name by itself, or with the
/// guide's configuration.
fn is_set_by(preset: Preset, name: &str) -> bool {
    let facts = preset.facts();
    facts.names().any(|known| known.eq_ignore_ascii_case(name))
}
