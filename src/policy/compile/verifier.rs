//! Verification in this process: the authorities, and what is asked of a path to
//! one of them.

use crate::edge::{Edge, Verifies};
use crate::policy::SelectorsSetBy;
use crate::policy::document::{self, Document, Location};
use crate::policy::problem::{Problem, Problems};
use crate::trust::Verifier;

use super::edge::is_in_process;
use super::trust::sections;

/// Whether nobody verifies certificates, so that they have to be pinned.
pub(super) fn nobody_verifies(edge: &document::Edge) -> bool {
    edge.preset.value.facts().verifies == Verifies::Never && !is_in_process(edge)
}

/// What verifies certificates in this process, if the policy wants that.
pub(super) fn verifier(
    document: &Document,
    edge: Option<&Edge>,
    problems: &mut Problems,
) -> Option<Verifier> {
    let word = document.edge.verification.as_ref();
    let Some(word) = word.filter(|_| is_in_process(&document.edge)) else {
        refuse_what_is_for_verification(document, problems);
        return None;
    };
    if document.authorities.is_empty() {
        problems.push(
            Problem::error(&word.at, "there is no authority, so nobody could pass")
                .with_hint("add one under [[authorities]], with a `name` and its `certificate`"),
        );
    }
    refuse_what_cannot_be_verified(document, edge, problems);
    compiled(document, edge, &word.at, problems)
}

/// Settings that nothing would look at, so that somebody believes in a check that
/// does not take place.
fn refuse_what_is_for_verification(document: &Document, problems: &mut Problems) {
    let authentication = &document.authentication;
    let allowed = [
        &authentication.dangerous_allow_expired,
        &authentication.dangerous_allow_revoked,
    ];
    let allowed = allowed.into_iter().flatten();
    let keys = sections(document).filter_map(|section| section.issuer_key.as_ref());
    let settings = document
        .authorities
        .iter()
        .map(|authority| &authority.at)
        .chain(authentication.chain.as_ref().map(|chain| &chain.at))
        .chain(allowed.map(|setting| &setting.at))
        .chain(keys.map(|list| &list.at));
    for at in settings {
        problems.push(
            Problem::error(
                at,
                "this is for certificates that are verified in this process",
            )
            .with_hint("write `verification = \"in-process\"` under [edge], or leave it out"),
        );
    }
}

/// What only an edge says of a certificate would be nobody's word.
fn refuse_what_cannot_be_verified(
    document: &Document,
    edge: Option<&Edge>,
    problems: &mut Problems,
) {
    if let Some(edge) = edge
        && super::sends_claims_alone(edge)
    {
        problems.push(Problem::error(
            &document.edge.preset.at,
            "this edge sends no certificate that could be verified",
        ));
    }
    let selectors = document.selectors.as_ref();
    let set_by = selectors.and_then(|section| section.set_by.as_ref());
    let set_by = set_by.filter(|set_by| set_by.value == SelectorsSetBy::TrustedEdge);
    let claims = document.edge.claims.as_ref();
    let settings: [Option<&Location>; 2] = [
        set_by.map(|setting| &setting.at),
        claims.map(|section| &section.at),
    ];
    for at in settings.into_iter().flatten() {
        problems.push(Problem::error(
            at,
            "certificates are verified in this process, so what the edge tells of them proves \
             nothing",
        ));
    }
}

#[cfg(not(feature = "verify"))]
fn compiled(
    _: &Document,
    _: Option<&Edge>,
    at: &Location,
    problems: &mut Problems,
) -> Option<Verifier> {
    problems.push(
        Problem::error(at, "this build of certgate verifies no certificates")
            .with_hint("turn on its feature `verify`"),
    );
    None
}

#[cfg(feature = "verify")]
fn compiled(
    document: &Document,
    edge: Option<&Edge>,
    at: &Location,
    problems: &mut Problems,
) -> Option<Verifier> {
    let rules = rules(document, edge, problems);
    let authorities = authorities(document, problems);
    match Verifier::new(authorities, rules) {
        Ok(verifier) => Some(verifier),
        Err(name) => {
            let named = |own: &&document::Authority| *own.name.value == *name;
            let own = document.authorities.iter().find(named);
            // Without a verifier there may be no policy, or nobody would verify.
            problems.push(Problem::error(
                own.map_or(at, |own| &own.certificate.at),
                "this certificate cannot be used as an authority's",
            ));
            None
        }
    }
}

#[cfg(feature = "verify")]
fn authorities(document: &Document, problems: &mut Problems) -> crate::trust::AuthorityStore {
    use crate::trust::{AuthorityError, AuthorityStore};

    let mut store = AuthorityStore::new();
    for authority in &document.authorities {
        let certificate = authority.certificate.value.as_bytes();
        if let Err(error) = store.add(&authority.name.value, certificate) {
            let at = match error {
                AuthorityError::Name | AuthorityError::NameTaken => &authority.name.at,
                _ => &authority.certificate.at,
            };
            problems.push(Problem::error(at, error.to_string()));
        }
    }
    store
}

/// How many signatures a path may have if the policy does not say.
#[cfg(feature = "verify")]
const DEFAULT_DEPTH: usize = 4;

/// More the library does not follow.
#[cfg(feature = "verify")]
const MAX_DEPTH: usize = 7;

#[cfg(feature = "verify")]
fn rules(
    document: &Document,
    edge: Option<&Edge>,
    problems: &mut Problems,
) -> crate::trust::ChainRules {
    use crate::policy::{Revocation, StaleLists};
    use crate::trust::{ChainRules, Fault, StaleLists as Stale, WantedLists};

    let authentication = &document.authentication;
    let section = authentication.chain.as_ref();
    let depth = section.and_then(|section| section.max_depth.as_ref());
    let depth = depth.map_or(DEFAULT_DEPTH, |setting| {
        let depth = usize::try_from(setting.value.get()).unwrap_or(usize::MAX);
        if depth > MAX_DEPTH {
            problems.push(Problem::error(
                &setting.at,
                "a path has at most 7 signatures",
            ));
        }
        depth.min(MAX_DEPTH)
    });
    let revocation = section.and_then(|section| section.revocation.as_ref());
    let stale = section.and_then(|section| section.stale_lists.as_ref());
    let fault = |setting: &Option<document::Located<bool>>| match setting {
        Some(setting) if setting.value => Fault::IsAllowed,
        _ => Fault::Denies,
    };
    ChainRules {
        max_intermediates: depth.saturating_sub(1),
        max_candidates: edge.map_or(0, |edge| edge.budget.certificates),
        revocation: match revocation.map(|setting| setting.value) {
            Some(Revocation::Required) => WantedLists::Required,
            Some(Revocation::IfListed) | None => WantedLists::IfListed,
        },
        stale: match stale.map(|setting| setting.value) {
            Some(StaleLists::Deny) | None => Stale::Deny,
            Some(StaleLists::Allow) => Stale::Allow,
            Some(StaleLists::Warn) => Stale::Warn,
        },
        expired: fault(&authentication.dangerous_allow_expired),
        revoked: fault(&authentication.dangerous_allow_revoked),
    }
}
