//! Stage 9: whom the proofs name, together, and whether what the caller
//! selects agrees.

use crate::binding::Binding;
use crate::identity::NotMapped;
use crate::policy::{Mode, Reach};
use crate::request::VerifiedToken;

use super::assess::MappedProfile;
use super::denial::Denial;
use super::findings::NamedClient;
use super::trace::Trace;
use super::{Findings, Reason, Stage, VerificationStatus};

/// Whom the request would be from, if all its proofs held: so that the record
/// of a denial in an earlier stage tells whose request it was.
pub(super) fn claimed_client(findings: &Findings<'_>) -> Option<NamedClient> {
    if findings
        .certificate
        .read()
        .is_some_and(|assessed| assessed.mapping.is_ok())
    {
        return Some(NamedClient::Certificate);
    }
    let by_token = findings.request().token.and_then(VerifiedToken::client);
    let by_edge = || findings.facts.client_of_edge();
    by_token
        .map(|_| NamedClient::Token)
        .or_else(|| by_edge().map(|_| NamedClient::Edge))
}

/// Names the client, or denies.
pub(super) fn identity(findings: &mut Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let outcome = named_client(findings).and_then(|named| {
        findings.client = Some(named);
        agrees_with_selection(findings)
    });
    trace.concluded(Stage::Identity, "identity", outcome.err(), || {
        let by = findings.identity_rule().unwrap_or(match findings.client {
            Some(NamedClient::Edge) => "a header of the trusted edge",
            _ => "token",
        });
        match findings.client() {
            Some(client) => format!("client {client:?} by {by}"),
            None => "no client".to_owned(),
        }
    })
}

/// Certificate, token and trusted edge each name a client or none. Those that
/// do have to name the same one, and a token that names none has to be bound
/// to the certificate. What the edge names is compared with the selection.
fn named_client(findings: &mut Findings<'_>) -> Result<NamedClient, Reason> {
    let by_certificate = certificate_names_client(findings)?;
    let token = findings.request().token;
    let by_token = token.and_then(|token| token.client());
    match (by_certificate, token, by_token) {
        (true, None, _) => Ok(NamedClient::Certificate),
        (true, Some(_), Some(id)) => {
            findings.client = Some(NamedClient::Certificate);
            if findings.client() == Some(id) {
                Ok(NamedClient::Certificate)
            } else {
                Err(Reason::IdentityConflict)
            }
        }
        (true, Some(token), None) if is_bound(findings, token) => Ok(NamedClient::Certificate),
        (false, _, Some(_)) => without_certificate(findings, NamedClient::Token),
        (false, token, None)
            if findings.facts.client_of_edge().is_some()
                && token.is_none_or(|token| is_bound(findings, token)) =>
        {
            without_certificate(findings, NamedClient::Edge)
        }
        (true, Some(_), None) | (false, _, None) => Err(Reason::IdentityUnmapped),
    }
}

fn is_bound(findings: &Findings<'_>, token: &VerifiedToken) -> bool {
    let thumbprint = findings.presented_thumbprint();
    Binding::judge(token.confirmation(), thumbprint) == Binding::Match
}

/// A client that no certificate names, unless its certificates are the only
/// way to it.
fn without_certificate(
    findings: &mut Findings<'_>,
    named: NamedClient,
) -> Result<NamedClient, Reason> {
    findings.client = Some(named);
    match findings.policy_client().map(|client| client.reach) {
        Some(Reach::Listed) => Err(Reason::IdentityUnmapped),
        Some(Reach::Rules) | None => Ok(named),
    }
}

/// Whether the certificate names a client. Where no rule says how, or where a
/// certificate is metadata, it need not; but behind an edge that verifies
/// nothing, one that no listing knows is anybody's, and stands for nothing.
fn certificate_names_client(findings: &Findings<'_>) -> Result<bool, Reason> {
    let policy = findings.policy();
    let Some(assessed) = findings.certificate.read() else {
        return Ok(false);
    };
    let without_rules =
        !policy.identity.has_rules() && findings.verification() != VerificationStatus::Failed;
    let need_not_be_mapped = without_rules || policy.mode == Mode::Bearer;
    match &assessed.mapping {
        Ok(_) => Ok(true),
        Err(NotMapped::Ambiguous) => Err(Reason::IdentityAmbiguous),
        Err(NotMapped::Unmapped) if need_not_be_mapped => Ok(false),
        Err(NotMapped::Unmapped) => Err(Reason::IdentityUnmapped),
    }
}

fn agrees_with_selection(findings: &Findings<'_>) -> Result<(), Reason> {
    let facts = &findings.facts;
    if let Some(selected) = facts.selected_client.id()
        && findings.client() != Some(selected)
    {
        return Err(Reason::IdentityConflict);
    }
    if let Some(selected) = facts.selected_profile.id()
        && let Some(made) = findings.rule_profile()
    {
        let made = match made {
            MappedProfile::Foreign(id) => Some(&**id),
            MappedProfile::Own(place) => findings
                .policy_client()
                .and_then(|client| client.profiles.get(*place))
                .map(|profile| &*profile.id),
        };
        if made != Some(selected) {
            return Err(Reason::IdentityConflict);
        }
    }
    Ok(())
}
