//! Stages 10 to 13: what the policy says about the client that is proven.

use crate::edge::AddressSet;
use crate::policy::{Admits, CollectionId, PathPlace, State, UnlistedPaths};

use super::denial::Denial;
use super::facts::Facts;
use super::mapped::MappedProfile;
use super::named::NamedProfile;
use super::trace::Trace;
use super::{Findings, Reason, Stage};

/// Stage 10, the client: known and active? Where clients are open, every
/// principal will do.
pub(super) fn client(findings: &Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    if findings.policy().admits == Admits::Principals {
        trace.skipped(Stage::Policy, "client", || "clients are open".to_owned());
        return Ok(());
    }
    let failure = match findings.policy_client().map(|client| client.state) {
        None => Some(Reason::ClientUnknown),
        Some(State::Inactive) => Some(Reason::ClientInactive),
        Some(State::Active) => None,
    };
    trace.concluded(Stage::Policy, "client", failure, || {
        format!("{:?}", findings.client().unwrap_or_default())
    })
}

/// Stage 10, the profile: the rule's, else the selected one, else the client's
/// only one. A client without profiles has nothing to select.
pub(super) fn profile(findings: &mut Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let named = named_profile(findings);
    let failure = match named {
        Ok(named) => {
            findings.profile = named;
            match (named, findings.policy_profile()) {
                (Some(NamedProfile::Own(_)), Some(profile)) if profile.state == State::Inactive => {
                    Some(Reason::ProfileInactive)
                }
                (Some(NamedProfile::SelectionForeign), _) => Some(Reason::ClientProfileMismatch),
                (Some(NamedProfile::RuleForeign), _) => Some(foreign_profile(findings)),
                _ => None,
            }
        }
        Err(reason) => Some(reason),
    };
    trace.concluded(Stage::Policy, "profile", failure, || {
        match findings.profile() {
            Some(profile) => format!("{profile:?}"),
            None => "none".to_owned(),
        }
    })
}

/// The profile that the certificate's rule makes.
pub(super) fn claimed_profile(findings: &Findings<'_>) -> Option<NamedProfile> {
    Some(match findings.rule_profile()? {
        MappedProfile::Own(place) => NamedProfile::Own(*place),
        MappedProfile::Foreign(_) => NamedProfile::RuleForeign,
    })
}

fn named_profile(findings: &Findings<'_>) -> Result<Option<NamedProfile>, Reason> {
    if let Some(made) = claimed_profile(findings) {
        return Ok(Some(made));
    }
    let profiles = match (findings.policy_client(), findings.policy().admits) {
        (Some(client), _) => &*client.profiles,
        (None, Admits::Principals) => &[],
        (None, Admits::Clients) => return Err(Reason::ClientUnknown),
    };
    if let Some(selected) = findings.facts.selected_profile.id() {
        let place = profiles.iter().position(|own| *own.id == *selected);
        let own = place.map(NamedProfile::Own);
        return Ok(Some(own.unwrap_or(NamedProfile::SelectionForeign)));
    }
    match profiles.len() {
        0 => Ok(None),
        1 => Ok(Some(NamedProfile::Own(0))),
        _ => Err(Reason::ProfileRequired),
    }
}

/// A profile of another client, or of nobody?
fn foreign_profile(findings: &Findings<'_>) -> Reason {
    let known = findings
        .profile()
        .is_some_and(|id| findings.policy().profile_ids.contains(id));
    if known {
        Reason::ClientProfileMismatch
    } else {
        Reason::ProfileUnknown
    }
}

/// Stage 11: the client's address against the allowlists of the client and the
/// profile. An unknown address is on no list.
pub(super) fn address(findings: &Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let of_client = findings.policy_client();
    let of_client = of_client.and_then(|client| client.ip_allowlist.as_ref());
    let of_profile = findings.policy_profile();
    let of_profile = of_profile.and_then(|profile| profile.ip_allowlist.as_ref());
    if of_client.is_none() && of_profile.is_none() {
        trace.skipped(Stage::Policy, "address", || "no allowlist".to_owned());
        return Ok(());
    }
    let address = findings.client_address();
    let is_on = |list: &AddressSet| address.ip().is_some_and(|ip| list.contains(ip));
    let allowed = of_client.is_none_or(is_on) && of_profile.is_none_or(is_on);
    let failure = (!allowed).then_some(Reason::IpNotAllowed);
    trace.concluded(Stage::Policy, "address", failure, || match address.ip() {
        Some(ip) => ip.to_string(),
        None => "the client's address is unknown".to_owned(),
    })
}

/// The collection that the path belongs to, on the host that the request is for.
pub(super) fn collection_of_path(facts: &Facts<'_>) -> Option<CollectionId> {
    match place(facts)? {
        PathPlace::In(id) => Some(id),
        PathPlace::OnAnotherHost | PathPlace::Nowhere => None,
    }
}

fn place(facts: &Facts<'_>) -> Option<PathPlace> {
    let path = facts.path.as_ref().ok()?;
    Some(facts.policy.collection_paths.of(path, facts.host.named()))
}

/// Stage 12: the path's collection, and the client's access to it, which
/// nobody needs where clients are open.
pub(super) fn collection(findings: &Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let policy = findings.policy();
    let client = findings.policy_client();
    let failure = match findings.collection {
        Some(id) => {
            let granted = policy.admits == Admits::Principals
                || client.is_some_and(|client| client.may_use(id));
            (!granted).then_some(Reason::CollectionNotAllowed)
        }
        // A path that is listed for another host is no unlisted path.
        None => (policy.unlisted == UnlistedPaths::Deny
            || place(&findings.facts) != Some(PathPlace::Nowhere))
        .then_some(Reason::CollectionUnknown),
    };
    trace.concluded(Stage::Policy, "collection", failure, || {
        match findings.collection() {
            Some(name) => format!("{name:?}"),
            None if place(&findings.facts) == Some(PathPlace::OnAnotherHost) => {
                "none on this host".to_owned()
            }
            None => "none".to_owned(),
        }
    })
}

/// Stage 13: the method, which collection, client and profile have to allow.
pub(super) fn method(findings: &Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let method = findings.request().method;
    let mut lists = findings.methods().into_iter().flatten();
    let allowed = lists.all(|methods| methods.allow(method));
    let failure = (!allowed).then_some(Reason::MethodNotAllowed);
    trace.concluded(Stage::Policy, "method", failure, || method.to_owned())
}
