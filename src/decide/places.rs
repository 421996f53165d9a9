//! Which rule of the policy each step of a trace applies.

use crate::identity::MappedBy;
use crate::limits::ChargeOutcome;
use crate::policy::{ClientPart, Mode, Place, RuleSetting as Setting};
use crate::trust::IssuerVerdict;

use super::findings::{NamedClient, NamedProfile};
use super::{Findings, Reason, Stage, Step, StepResult};

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
        ("validity and issuer", _) => issuer(step, findings),
        ("binding", _) if findings.facts.requires_binding() => binding(findings),
        ("identity", _) => identity(findings),
        ("profile", _) => profile(findings, ClientPart::Whole).or_else(|| client(findings)),
        ("address", _) => profile(findings, ClientPart::IpAllowlist),
        ("client", _) | ("collection", StepResult::Denied(Reason::CollectionNotAllowed)) => {
            client(findings)
        }
        ("collection", _) => match findings.collection {
            Some(id) => places.collection(id),
            None => setting(Setting::UnlistedPaths),
        },
        ("method", _) => profile(findings, ClientPart::Methods),
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
            let limits = findings.policy_client()?.limits.as_slice();
            let name = limits.get(refusal.limit)?.name();
            findings.policy().places.limit(name)
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

/// The issuer, or the list that it is not in. Dates and hops are no rule of the
/// policy.
fn issuer(step: &Step, findings: &Findings<'_>) -> Option<Place> {
    let places = &findings.policy().places;
    match (step.result, findings.assessed().map(|own| own.issuer)) {
        (StepResult::Passed, Some(IssuerVerdict::Allowed(id))) => places.issuer(id),
        (StepResult::Denied(Reason::IssuerNotAllowed), _) => places.setting(Setting::Issuers),
        _ => None,
    }
}

/// What names the client: an identity rule, the client's own list, or the header
/// that the trusted edge sets.
fn identity(findings: &Findings<'_>) -> Option<Place> {
    let places = &findings.policy().places;
    match findings.client? {
        NamedClient::Certificate => match findings.mapped_by()? {
            MappedBy::Rule(place) => places.identity_rule(place),
            MappedBy::Listing => client(findings),
        },
        NamedClient::Edge => places.setting(Setting::SelectorsSetBy),
        NamedClient::Token => None,
    }
}

fn client(findings: &Findings<'_>) -> Option<Place> {
    findings.policy().places.client(findings.client_id()?)
}

fn profile(findings: &Findings<'_>, part: ClientPart) -> Option<Place> {
    let NamedProfile::Own(place) = findings.profile? else {
        return None;
    };
    let places = &findings.policy().places;
    places.profile(findings.client_id()?, place, part)
}
