//! `clients = "open"`: whoever proves a principal is admitted, so nothing is
//! known of a caller but that.

use crate::edge::{ClaimUse, Edge};
use crate::policy::document::{Clients, Document, IdentityRule};
use crate::policy::problem::{Problem, Problems};
use crate::policy::{IdentityHeaders, Mode};

use super::selectors::are_set_by_edge;
use super::sends_claims_alone;

/// Profiles are those of clients.
pub(super) fn refuse_a_profile(rule: &IdentityRule, problems: &mut Problems) {
    if let Some(profile) = &rule.profile {
        problems.push(
            Problem::error(&profile.at, "where clients are open, there are no profiles")
                .with_hint("leave the setting out, or list the clients"),
        );
    }
}

/// Without a rule the subject is the principal, which somebody has to tell.
pub(super) fn refuse_what_shows_nobody(document: &Document, edge: &Edge, problems: &mut Problems) {
    let Clients::Open(at) = &document.clients else {
        return;
    };
    if document.authentication.mode.value == Mode::Mtls
        && document.identity.is_empty()
        && !are_set_by_edge(document)
        && sends_claims_alone(edge)
        && !edge.claim_uses.contains(&ClaimUse::Subject)
    {
        problems.push(
            Problem::error(at, "this edge sends no certificate and tells no subject").with_hint(
                "add an [[identity]] rule with a `principal`, or take `subject` under \
                 `[edge.claims]`",
            ),
        );
    }
}

pub(super) fn warn(document: &Document, problems: &mut Problems) {
    let Clients::Open(at) = &document.clients else {
        return;
    };
    let issuers = document.authentication.issuers.as_ref();
    if document.identity.is_empty() && issuers.is_some_and(|list| list.value.len() > 1) {
        problems.push(
            Problem::warning(at, "each of the issuers can certify every principal")
                .with_hint("keep several issuers for the time of a rotation only"),
        );
    }
    let headers = document.edge.identity_headers.as_ref();
    if let Some(headers) = headers.filter(|word| word.value == IdentityHeaders::Replace)
        && document.authentication.mode.value == Mode::Mtls
        && !are_set_by_edge(document)
        && document.identity.iter().all(|rule| rule.client.is_none())
    {
        problems.push(Problem::warning(
            &headers.at,
            "no identity rule names a client that could be written there",
        ));
    }
}
