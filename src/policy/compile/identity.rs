//! The rules that lead from a certificate to a client.

use crate::condition::Condition;
use crate::identity::{IdTemplate, IdentityRules, PrincipalTemplate, Rule, TemplateError};
use crate::policy::document::{self, Document, IdentityRule, Located, When};
use crate::policy::problem::{Problem, Problems};
use crate::policy::rules::Reach;
use crate::policy::{Mode, SelectorsSetBy};
use crate::trust::{IssuerId, Issuers};

use super::clients::Clients;
use super::listed::{lists_digests, reach};
use super::selectors::are_set_by_edge;
use super::trust::refuse_issuers_that_nobody_verified;
use super::verifier::nobody_verifies;
use super::{conditions, distinguished_name, open};

pub(super) fn identity(
    document: &Document,
    issuers: &Issuers,
    clients: &Clients,
    problems: &mut Problems,
) -> IdentityRules {
    let is_unverified = nobody_verifies(&document.edge);
    let is_open = matches!(document.clients, document::Clients::Open(_));
    let mut rules = Vec::with_capacity(document.identity.len());
    for (place, rule) in document.identity.iter().enumerate() {
        let compiled = if is_open {
            open::refuse_a_profile(rule, problems);
            self::rule(place, rule, issuers, problems)
        } else {
            refuse_no_client(rule, problems);
            let compiled = self::rule(place, rule, issuers, problems);
            let compiled = compiled.filter(|compiled| compiled.client.is_some());
            if let Some(compiled) = &compiled {
                check_literals(rule, compiled, clients, problems);
            }
            compiled
        };
        if is_unverified && compiled.as_ref().is_some_and(|rule| !rule.is_pinned()) {
            problems.push(
                Problem::error(
                    &rule.at,
                    "the edge verifies no certificate, and this rule pins none",
                )
                .with_hint(HOW_TO_PIN),
            );
        }
        rules.extend(compiled);
    }
    warn_of_unreachable_profiles(document, &rules, problems);
    if is_unverified {
        refuse_what_nobody_verified(document, problems);
    }
    let compiled = IdentityRules::new(rules, clients.listed.clone());
    if is_open {
        open::warn(document, problems);
    } else if document.identity.is_empty()
        && compiled.is_empty()
        && !are_set_by_edge(document)
        && document.authentication.mode.value == Mode::Mtls
    {
        problems.push(
            Problem::error(
                &document.authentication.mode.at,
                "no certificate can lead to a client",
            )
            .with_hint("add an [[identity]] rule such as client = \"{subject.cn}\""),
        );
    }
    compiled
}

/// What pins a certificate in a rule.
const HOW_TO_PIN: &str = "write `when.thumbprint`; or `when.public_key` and no other condition or \
                          issuer, with `client`, `profile` and `principal` written out; or list \
                          `certificates` or `public_keys` of a client";

/// Behind an edge that verifies nothing, everything in a certificate but its
/// bytes and its key is the client's own invention.
fn refuse_what_nobody_verified(document: &Document, problems: &mut Problems) {
    let mut clients = document.clients.listed().iter();
    if document.identity.is_empty() && !clients.any(lists_digests) {
        problems.push(
            Problem::error(
                &document.edge.preset.at,
                "this edge verifies no certificate, so identity rules have to pin them",
            )
            .with_hint(HOW_TO_PIN),
        );
    }
    for list in document
        .clients
        .listed()
        .iter()
        .filter_map(|client| client.spiffe_ids.as_ref())
    {
        problems.push(Problem::error(
            &list.at,
            "the edge verifies no certificate, so anyone can have this name",
        ));
    }
    if let Some(issuers) = &document.authentication.issuers {
        problems.push(Problem::error(
            &issuers.at,
            "the edge verifies no certificate, so anyone can name this issuer",
        ));
    }
    refuse_issuers_that_nobody_verified(document, problems);
    let set_by = document
        .selectors
        .as_ref()
        .and_then(|section| section.set_by.as_ref());
    let by_edge = set_by.filter(|set_by| set_by.value == SelectorsSetBy::TrustedEdge);
    let claims = document.edge.claims.as_ref();
    for at in [
        by_edge.map(|set_by| &set_by.at),
        claims.map(|claims| &claims.at),
    ]
    .into_iter()
    .flatten()
    {
        problems.push(Problem::error(
            at,
            "the edge verifies no certificate, so what it says of one proves nothing",
        ));
    }
}

fn rule(
    place: usize,
    document: &IdentityRule,
    issuers: &Issuers,
    problems: &mut Problems,
) -> Option<Rule> {
    let issuer = issuer(document, issuers, problems);
    refuse_a_number_of_any_issuer(document, issuers, problems);
    let conditions = rule_conditions(document.when.as_ref(), problems);
    let profile = template(document.profile.as_ref(), IdTemplate::parse, problems);
    let principal = template(
        document.principal.as_ref(),
        PrincipalTemplate::parse,
        problems,
    );
    let client = template(document.client.as_ref(), IdTemplate::parse, problems);
    warn_of_one_client_for_all(document, client.as_ref(), problems);
    Some(Rule {
        name: match &document.name {
            Some(name) => name.value.as_str().into(),
            None => format!("identity[{place}]").into(),
        },
        issuer,
        conditions,
        client,
        profile,
        principal,
    })
}

fn refuse_no_client(document: &IdentityRule, problems: &mut Problems) {
    if document.client.is_none() {
        problems.push(
            Problem::error(&document.at, "the rule names no client")
                .with_hint("add client = \"{subject.cn}\", say"),
        );
    }
}

fn warn_of_one_client_for_all(
    document: &IdentityRule,
    client: Option<&IdTemplate>,
    problems: &mut Problems,
) {
    if let (Some(_), Some(text)) = (client.and_then(IdTemplate::literal), &document.client)
        && document.when.is_none()
        && document.issuer.is_none()
    {
        problems.push(
            Problem::warning(&text.at, "every certificate becomes this client")
                .with_hint("say under [identity.when] which certificates are meant"),
        );
    }
}

/// Ids that are written out have to be somebody's.
fn check_literals(
    document: &IdentityRule,
    rule: &Rule,
    clients: &Clients,
    problems: &mut Problems,
) {
    let client = rule.client.as_ref().and_then(IdTemplate::literal);
    if let (Some(id), Some(text)) = (client, &document.client) {
        match clients.find(id).map(|client| client.reach) {
            None => problems.push(Problem::error(
                &text.at,
                format!("there is no client {id:?}"),
            )),
            Some(Reach::Listed) => problems.push(Problem::warning(
                &text.at,
                format!("client {id:?} is reached by what it lists itself, and by nothing else"),
            )),
            Some(Reach::Rules) => {}
        }
    }
    let profile = rule.profile.as_ref().and_then(IdTemplate::literal);
    if let (Some(id), Some(text)) = (profile, &document.profile)
        && !clients.profile_ids.contains(id)
    {
        problems.push(Problem::warning(
            &text.at,
            format!("no client has a profile {id:?}"),
        ));
    }
}

/// With several issuers, two of them could certify one name; so a rule says
/// whose word it takes.
fn issuer(document: &IdentityRule, issuers: &Issuers, problems: &mut Problems) -> Option<IssuerId> {
    let Some(text) = &document.issuer else {
        if issuers.len() > 1 {
            problems.push(
                Problem::error(&document.at, "the rule does not say for which issuer it is")
                    .with_hint(
                        "with several issuers each rule names its own; repeat the rule for each",
                    ),
            );
        }
        return None;
    };
    let name = distinguished_name(text, problems)?;
    let found = issuers.find(&name);
    if found.is_none() {
        problems.push(
            Problem::error(&text.at, "this issuer is not among authentication.issuers")
                .with_hint("add it there"),
        );
    }
    found
}

/// A serial number is unique only for its issuer.
fn refuse_a_number_of_any_issuer(
    document: &IdentityRule,
    issuers: &Issuers,
    problems: &mut Problems,
) {
    let serial = document.when.as_ref().and_then(|when| when.serial.as_ref());
    if let Some(serial) = serial
        && issuers.is_empty()
    {
        problems.push(
            Problem::error(&serial.at, "every issuer has a certificate of this number")
                .with_hint("list the issuer under authentication.issuers"),
        );
    }
}

fn rule_conditions(when: Option<&When>, problems: &mut Problems) -> Box<[Condition]> {
    when.map_or_else(Box::default, |when| conditions::conditions(when, problems))
}

fn template<T>(
    text: Option<&Located<String>>,
    parse: impl FnOnce(&str) -> Result<T, TemplateError>,
    problems: &mut Problems,
) -> Option<T> {
    let text = text?;
    match parse(&text.value) {
        Ok(template) => Some(template),
        Err(error) => {
            problems.push(Problem::error(&text.at, error.to_string()));
            None
        }
    }
}

/// Where every rule fixes a profile, no request can name another.
fn warn_of_unreachable_profiles(document: &Document, rules: &[Rule], problems: &mut Problems) {
    let fixed: Option<Vec<&str>> = rules
        .iter()
        .map(|rule| rule.profile.as_ref().and_then(IdTemplate::literal))
        .collect();
    let Some(fixed) = fixed.filter(|fixed| !fixed.is_empty()) else {
        return;
    };
    if document.authentication.mode.value != Mode::Mtls {
        return;
    }
    for client in document
        .clients
        .listed()
        .iter()
        .filter(|client| reach(client) == Reach::Rules)
    {
        for profile in &client.profiles {
            if !fixed.contains(&&*profile.id.value) {
                problems.push(Problem::warning(
                    &profile.id.at,
                    "no identity rule leads to this profile",
                ));
            }
        }
    }
}
