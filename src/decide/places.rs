//! Which rule of the policy each step of a trace applies.

use crate::edge::AddressSet;
use crate::identity::MappedBy;
use crate::limits::ChargeOutcome;
use crate::policy::{ClientPart, Methods, Mode, Place, Requirement, RuleSetting as Setting};
use crate::trust::{Compliance, IssuerVerdict, TrustFault};

use super::named::{NamedClient, NamedProfile};
use super::{Findings, Reason, Stage, Step, StepResult, prove};

/// The rule that a step before the limits applies, if it applies one; told once
/// all of them were made.
pub(super) fn rule_of(step: &Step, findings: &Findings<'_>) -> Option<Place> {
    let places = &findings.policy().places;
    let setting = |setting| places.setting(setting);
    match (step.check, step.result) {
        (_, StepResult::Skipped) => None,
        ("peer", _) => setting(Setting::TrustedProxies),
        ("client address", _) => setting(Setting::ClientAddress),
        ("verify status", _) => verification(findings),
        ("certificate", _) if step.stage == Stage::Edge => verification(findings),
        ("exemption", _) => {
            let path = findings.facts.path.as_ref().ok()?;
            places.exemption(findings.request().method, path)
        }
        ("certificate required", _) => binding(findings),
        ("token required", _) if findings.policy().mode == Mode::Mtls => {
            setting(Setting::UnverifiedBearer).or_else(|| setting(Setting::Mode))
        }
        ("mode" | "token required", _) => setting(Setting::Mode),
        (prove::TRUST, _) => trust(step, findings),
        ("binding", _) if findings.facts.requires_binding() => binding(findings),
        ("identity", _) => identity(findings),
        ("profile", _) => profile(findings, ClientPart::Whole).or_else(|| client(findings)),
        ("client certificate", _) => own(findings, ClientPart::Constraints),
        ("requirements", _) => requirements(step, findings),
        ("address", _) => address(step, findings),
        ("client", _) => client(findings),
        ("collection", _) if step.reason() == Some(Reason::CollectionNotAllowed) => {
            client(findings)
        }
        ("collection", _) => match findings.collection {
            Some(id) => places.collection(id),
            None => setting(Setting::UnlistedPaths),
        },
        ("method", _) => method(step, findings),
        _ => None,
    }
}

/// Whether a step is one of the limits that were charged.
pub(super) fn is_of_limits(step: &Step) -> bool {
    step.stage == Stage::Limits && step.result != StepResult::Skipped
}

/// The limit that refused, else the client, which names its limits.
pub(super) fn rule_of_limits(findings: &Findings<'_>, outcome: &ChargeOutcome) -> Option<Place> {
    match outcome {
        ChargeOutcome::Refused(refusal) => {
            let limit = findings.limit(refusal.limit)?;
            findings.policy().places.limit(limit.name())
        }
        ChargeOutcome::Charged(_) | ChargeOutcome::Unavailable => client(findings),
    }
}

/// Who says that the certificate was verified: the preset, where the policy does
/// not say it itself.
fn verification(findings: &Findings<'_>) -> Option<Place> {
    let places = &findings.policy().places;
    places
        .setting(Setting::Verification)
        .or_else(|| places.setting(Setting::Preset))
}

/// What asks for a certificate or a binding: the path where paths do, else the mode.
fn binding(findings: &Findings<'_>) -> Option<Place> {
    let policy = findings.policy();
    let by_path = match policy.mode {
        Mode::BearerPlusMtlsOptional => {
            let path = findings.facts.path.as_ref().ok()?;
            policy.places.binding_required(path)
        }
        Mode::Bearer | Mode::Mtls | Mode::BearerPlusMtlsRequired => None,
    };
    by_path.or_else(|| policy.places.setting(Setting::Mode))
}

/// The issuer, or what the certificate fails. Dates and hops are no rule of the
/// policy.
fn trust(step: &Step, findings: &Findings<'_>) -> Option<Place> {
    let places = &findings.policy().places;
    let issuer = findings.assessed().map(|own| own.trust.issuer);
    match (step.reason(), issuer) {
        (None, Some(IssuerVerdict::Allowed(id))) => places.issuer(id),
        (Some(Reason::IssuerNotAllowed), _) => places.setting(Setting::Issuers),
        (Some(Reason::CertificateRevoked), _) if is_listed_as_revoked(findings) => {
            places.setting(Setting::Revoked)
        }
        (Some(Reason::CertificateRevoked | Reason::CertificateUntrusted), _)
            if findings.policy().trust.verifier.is_some() =>
        {
            places.setting(Setting::Verification)
        }
        // Else it cannot be told whether it is revoked.
        (Some(Reason::CertificateNotAllowed), _) if meets_constraints(findings) => {
            places.setting(Setting::Revoked)
        }
        (Some(Reason::CertificateNotAllowed), _) => places
            .setting(Setting::Constraints)
            .or_else(|| places.setting(Setting::Revoked)),
        _ => None,
    }
}

/// Whether the policy itself revokes the certificate, and not a list of its issuer.
fn is_listed_as_revoked(findings: &Findings<'_>) -> bool {
    let read = findings.certificate.read();
    read.is_some_and(|assessed| assessed.trust.fault == Some(TrustFault::Revoked))
}

fn meets_constraints(findings: &Findings<'_>) -> bool {
    let constraints = &findings.policy().trust.constraints;
    findings.certificate.read().is_some_and(|assessed| {
        let issuer_key = assessed.trust.issuer_key();
        constraints.judge(&assessed.certificate, issuer_key) == Compliance::Met
    })
}

/// What names the client: an identity rule, the client's own list, or the header
/// that the trusted edge sets.
fn identity(findings: &Findings<'_>) -> Option<Place> {
    let places = &findings.policy().places;
    match findings.client? {
        NamedClient::Certificate(_) => match findings.mapped_by()? {
            MappedBy::Rule(place) => places.identity_rule(place),
            MappedBy::Listing(_) => client(findings),
            MappedBy::Subject => places.setting(Setting::Clients),
        },
        NamedClient::Edge => places.setting(Setting::SelectorsSetBy),
        NamedClient::Token => None,
    }
}

fn client(findings: &Findings<'_>) -> Option<Place> {
    findings.policy().places.client(findings.client_id()?)
}

/// A setting of the client's own; the client itself where it leaves that out.
fn own(findings: &Findings<'_>, part: ClientPart) -> Option<Place> {
    let id = findings.client_id()?;
    let places = &findings.policy().places;
    places.client_part(id, part).or_else(|| places.client(id))
}

/// The list that does not have the address, else the profile's, else the client's.
fn address(step: &Step, findings: &Findings<'_>) -> Option<Place> {
    let address = findings.client_address();
    let profile = findings.policy_profile();
    let list = profile.and_then(|own| own.ip_allowlist.as_ref());
    let is_on = |list: &AddressSet| address.ip().is_some_and(|ip| list.contains(ip));
    let decides = deciding(step, list.is_none_or(is_on));
    of_profile_or_client(findings, ClientPart::IpAllowlist, decides)
}

/// The list that does not have the method, else the profile's, the client's or the
/// collection's.
fn method(step: &Step, findings: &Findings<'_>) -> Option<Place> {
    let method = findings.request().method;
    let [collection, client, profile] = findings.methods();
    let allow = |list: Option<&Methods>| list.is_none_or(|list| list.allow(method));
    let of_collection = || {
        collection?.listed()?;
        findings.policy().places.collection(findings.collection?)
    };
    if step.reason().is_some() && allow(profile) && allow(client) {
        return of_collection();
    }
    let decides = deciding(step, allow(profile));
    of_profile_or_client(findings, ClientPart::Methods, decides).or_else(of_collection)
}

/// The list that requires what is missing, else the profile's, else the client's.
fn requirements(step: &Step, findings: &Findings<'_>) -> Option<Place> {
    let missing = match step.reason() {
        Some(Reason::CertificateMissing) => Requirement::Certificate,
        _ => Requirement::Binding,
    };
    let profile = findings.policy_profile();
    let is_asked = profile.is_some_and(|own| own.requires.contains(&missing));
    of_profile_or_client(findings, ClientPart::Requires, deciding(step, !is_asked))
}

/// Whose setting it is that a step is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Profile,
    Client,
}

/// Where the request passes what its profile says and is denied all the same, the
/// client says so.
fn deciding(step: &Step, passes_profile: bool) -> Whose {
    if step.reason().is_some() && passes_profile {
        Whose::Client
    } else {
        Whose::Profile
    }
}

/// What profile and client each may set: the one's that decides, else the other's.
fn of_profile_or_client(
    findings: &Findings<'_>,
    part: ClientPart,
    decides: Whose,
) -> Option<Place> {
    let places = &findings.policy().places;
    let id = findings.client_id()?;
    let of_client = || places.client_part(id, part);
    let of_profile = || {
        let NamedProfile::Own(place) = findings.profile? else {
            return None;
        };
        places.profile_part(id, place, part)
    };
    let found = match decides {
        Whose::Profile => of_profile().or_else(of_client),
        Whose::Client => of_client().or_else(of_profile),
    };
    found.or_else(|| profile(findings, ClientPart::Whole))
}

fn profile(findings: &Findings<'_>, part: ClientPart) -> Option<Place> {
    let NamedProfile::Own(place) = findings.profile? else {
        return None;
    };
    let places = &findings.policy().places;
    places.profile(findings.client_id()?, place, part)
}
