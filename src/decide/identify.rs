//! Stage 9: whom the proofs name, together, and whether what the caller
//! selects agrees.

use crate::binding::Binding;
use crate::certificate::CertInfo;
use crate::identity::NotMapped;
use crate::policy::{Mode, Reach};

use super::assess::MappedProfile;
use super::denial::Denial;
use super::findings::NamedClient;
use super::trace::Trace;
use super::{Findings, Reason, Stage};

/// Whom the request would be from, if all its proofs held: so that the record
/// of a denial in an earlier stage tells whose request it was.
pub(super) fn claimed_client(findings: &Findings<'_>) -> Option<NamedClient> {
    if findings
        .assessed()
        .is_some_and(|assessed| assessed.mapping.is_ok())
    {
        return Some(NamedClient::Certificate);
    }
    let token = findings.request().token?;
    token.client().map(|_| NamedClient::Token)
}

/// Names the client, or denies.
pub(super) fn identity(findings: &mut Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let outcome = named_client(findings).and_then(|named| {
        findings.client = Some(named);
        agrees_with_selection(findings)
    });
    trace.concluded(Stage::Identity, "identity", outcome.err(), || {
        let by = findings.identity_rule().unwrap_or("token");
        match findings.client() {
            Some(client) => format!("client {client:?} by {by}"),
            None => "no client".to_owned(),
        }
    })
}

/// Certificate and token each name a client or none; with both, they have to
/// name the same one, and a token that names none has to be bound to the
/// certificate that does.
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
        (true, Some(token), None) => {
            let thumbprint = findings.certificate().map(CertInfo::thumbprint);
            match Binding::judge(token.confirmation(), thumbprint) {
                Binding::Match => Ok(NamedClient::Certificate),
                _ => Err(Reason::IdentityUnmapped),
            }
        }
        (false, _, Some(_)) => {
            findings.client = Some(NamedClient::Token);
            match findings.policy_client().map(|client| client.reach) {
                // Its certificates are the only way to this client.
                Some(Reach::Listed) => Err(Reason::IdentityUnmapped),
                Some(Reach::Rules) | None => Ok(NamedClient::Token),
            }
        }
        (false, _, None) => Err(Reason::IdentityUnmapped),
    }
}

/// Whether the certificate names a client. Where no rule says how, or where a
/// certificate is metadata, it need not.
fn certificate_names_client(findings: &Findings<'_>) -> Result<bool, Reason> {
    let policy = findings.policy();
    let Some(assessed) = findings.assessed() else {
        return Ok(false);
    };
    match &assessed.mapping {
        Ok(_) => Ok(true),
        Err(NotMapped::Ambiguous) => Err(Reason::IdentityAmbiguous),
        Err(NotMapped::Unmapped) if policy.identity.is_empty() || policy.mode == Mode::Bearer => {
            Ok(false)
        }
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
