//! Stage 9: whom the proofs name, together, and whether what the caller
//! selects agrees.

use std::sync::Arc;

use crate::binding::Binding;
use crate::identity::{NotMapped, check_id};
use crate::policy::{Admits, Mode, Reach};
use crate::request::VerifiedToken;

use super::assess::Assessed;
use super::denial::Denial;
use super::mapped::MappedProfile;
use super::named::{ClientName, NamedClient};
use super::trace::Trace;
use super::{Findings, Reason, Stage, VerificationStatus};

/// Whom the request would be from, if all its proofs held: so that the record
/// of a denial in an earlier stage tells whose request it was.
pub(super) fn claimed_client(findings: &Findings<'_>) -> Option<NamedClient> {
    // What a certificate says that nobody signed is told of nobody.
    let names_somebody =
        |own: &Arc<Assessed>| own.mapping.is_ok() && !own.trust.is_written_by_anybody();
    if findings.certificate.read().is_some_and(names_somebody) {
        return Some(NamedClient::Certificate(ClientName::Own));
    }
    let by_token = findings.request().token.and_then(VerifiedToken::client);
    let by_edge = || findings.facts.client_of_edge();
    by_token
        .map(|_| NamedClient::Token)
        .or_else(|| by_edge().map(|_| NamedClient::Edge))
}

/// Names the caller, or denies.
pub(super) fn identity(findings: &mut Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let outcome = named_client(findings).and_then(|named| {
        findings.client = Some(named);
        if !findings.has_principal() {
            return Err(Reason::IdentityUnmapped);
        }
        is_an_id(findings)?;
        agrees_with_selection(findings)
    });
    trace.concluded(Stage::Identity, "identity", outcome.err(), || {
        let by = findings.identity_rule().unwrap_or(match findings.client {
            Some(NamedClient::Edge) => "a header of the trusted edge",
            _ => "token",
        });
        match (findings.client(), findings.principal_of_record()) {
            (Some(client), _) => format!("client {client:?} by {by}"),
            (None, Some(principal)) => format!("principal {principal:?} by {by}"),
            (None, None) if findings.has_principal() => format!("the subject by {by}"),
            (None, None) => "no client".to_owned(),
        }
    })
}

/// Certificate, token and trusted edge each name a client or none. Those that
/// do have to name the same one, and a token that names none has to be bound
/// to the certificate. What the edge names is compared with the selection.
fn named_client(findings: &mut Findings<'_>) -> Result<NamedClient, Reason> {
    const CERTIFICATE: NamedClient = NamedClient::Certificate(ClientName::Own);
    let by_certificate = certificate_names(findings)?;
    let token = findings.request().token;
    let by_token = token.and_then(|token| token.client());
    match (by_certificate, token, by_token) {
        (ByCertificate::Principal, token, _) => client_of_principal(findings, token),
        (ByCertificate::Client, None, _) => Ok(CERTIFICATE),
        (ByCertificate::Client, Some(_), Some(id)) => {
            findings.client = Some(CERTIFICATE);
            if findings.client() == Some(id) {
                Ok(CERTIFICATE)
            } else {
                Err(Reason::IdentityConflict)
            }
        }
        (ByCertificate::Client, Some(token), None) if is_bound(findings, token) => Ok(CERTIFICATE),
        (ByCertificate::Nobody, _, Some(_)) if token_may_name(findings) => {
            without_certificate(findings, NamedClient::Token)
        }
        (ByCertificate::Nobody, token, None)
            if findings.facts.client_of_edge().is_some()
                && token.is_none_or(|token| is_bound(findings, token)) =>
        {
            without_certificate(findings, NamedClient::Edge)
        }
        (ByCertificate::Client | ByCertificate::Nobody, ..) => Err(Reason::IdentityUnmapped),
    }
}

/// Where clients are listed, an id is one of them or nobody's. Where they are
/// open, what a token says becomes a name as it stands.
fn is_an_id(findings: &Findings<'_>) -> Result<(), Reason> {
    match (findings.policy().admits, findings.client()) {
        (Admits::Principals, Some(id)) if check_id(id).is_err() => Err(Reason::IdentityUnmapped),
        _ => Ok(()),
    }
}

/// Whom a certificate names.
enum ByCertificate {
    /// A client.
    Client,
    /// A principal without a client, where clients are open.
    Principal,
    /// Nobody, which is no fault of it.
    Nobody,
}

/// The client of a principal whose certificate names none: what the token that
/// is bound to it says, or the edge that forwarded it.
fn client_of_principal(
    findings: &Findings<'_>,
    token: Option<&VerifiedToken>,
) -> Result<NamedClient, Reason> {
    let mode = findings.policy().mode;
    match token {
        Some(token) if !is_bound(findings, token) => match (token.client(), mode) {
            // The same token without the certificate would do.
            (Some(_), Mode::Bearer | Mode::BearerPlusMtlsOptional) => Ok(NamedClient::Token),
            _ => Err(Reason::IdentityUnmapped),
        },
        Some(token) if token.client().is_some() => Ok(NamedClient::Certificate(ClientName::Token)),
        _ if findings.facts.client_of_edge().is_some() => {
            Ok(NamedClient::Certificate(ClientName::Edge))
        }
        _ => Ok(NamedClient::Certificate(ClientName::Own)),
    }
}

/// Whether a token alone can say who is calling. Where clients are open, mode
/// `mtls` asks the certificate, or the edge.
fn token_may_name(findings: &Findings<'_>) -> bool {
    let policy = findings.policy();
    policy.admits == Admits::Clients
        || policy.mode != Mode::Mtls
        || findings.facts.client_of_edge().is_some()
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

/// Whom the certificate names. Where no rule says how, or where a certificate
/// is metadata, it need not name anybody; but behind an edge that verifies
/// nothing, one that no listing knows is anybody's, and stands for nothing.
fn certificate_names(findings: &Findings<'_>) -> Result<ByCertificate, Reason> {
    let policy = findings.policy();
    let Some(assessed) = findings.certificate.read() else {
        return Ok(ByCertificate::Nobody);
    };
    let without_rules =
        !policy.identity.has_rules() && findings.verification() != VerificationStatus::Failed;
    let need_not_be_mapped = without_rules || policy.mode == Mode::Bearer;
    match &assessed.mapping {
        Ok(mapped) => Ok(match mapped.client {
            Some(_) => ByCertificate::Client,
            None => ByCertificate::Principal,
        }),
        Err(NotMapped::Ambiguous) => Err(Reason::IdentityAmbiguous),
        Err(NotMapped::Unmapped) if need_not_be_mapped => Ok(ByCertificate::Nobody),
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
