//! The rules that lead from a certificate to a client.

use crate::identity::{
    Condition, Field, IdTemplate, IdentityRules, PrincipalTemplate, Rule, TemplateError,
};
use crate::policy::document::{Document, IdentityRule, Located, TextList, When};
use crate::policy::problem::{Problem, Problems};
use crate::policy::rules::Reach;
use crate::policy::{Mode, SelectorsSetBy};
use crate::trust::{IssuerId, Issuers};

use super::clients::Clients;
use super::{distinguished_name, refuse_empty};

pub(super) fn identity(
    document: &Document,
    issuers: &Issuers,
    clients: &Clients,
    problems: &mut Problems,
) -> IdentityRules {
    let mut rules = Vec::with_capacity(document.identity.len());
    for (place, rule) in document.identity.iter().enumerate() {
        rules.extend(self::rule(place, rule, issuers, clients, problems));
    }
    warn_of_unreachable_profiles(document, &rules, problems);
    let compiled = IdentityRules::new(rules, clients.listed.iter().cloned());
    let selectors = document.selectors.as_ref();
    let set_by = selectors.and_then(|section| section.set_by.as_ref());
    let by_edge = set_by.is_some_and(|setting| setting.value == SelectorsSetBy::TrustedEdge);
    if document.identity.is_empty()
        && compiled.is_empty()
        && !by_edge
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

fn rule(
    place: usize,
    document: &IdentityRule,
    issuers: &Issuers,
    clients: &Clients,
    problems: &mut Problems,
) -> Option<Rule> {
    let issuer = issuer(document, issuers, problems);
    let conditions = conditions(document.when.as_ref(), problems);
    let profile = template(document.profile.as_ref(), IdTemplate::parse, problems);
    let principal = template(
        document.principal.as_ref(),
        PrincipalTemplate::parse,
        problems,
    );
    if document.client.is_none() {
        problems.push(
            Problem::error(&document.at, "the rule names no client")
                .with_hint("add client = \"{subject.cn}\", say"),
        );
    }
    let client = template(document.client.as_ref(), IdTemplate::parse, problems)?;
    check_literals(document, &client, profile.as_ref(), clients, problems);
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

/// Ids that are written out have to be somebody's.
fn check_literals(
    document: &IdentityRule,
    client: &IdTemplate,
    profile: Option<&IdTemplate>,
    clients: &Clients,
    problems: &mut Problems,
) {
    if let (Some(id), Some(text)) = (client.literal(), &document.client) {
        match clients.find(id).map(|client| client.reach) {
            None => problems.push(Problem::error(
                &text.at,
                format!("there is no client {id:?}"),
            )),
            Some(Reach::Listed) => problems.push(Problem::warning(
                &text.at,
                format!(
                    "client {id:?} is reached by the SPIFFE IDs that it lists, and by nothing else"
                ),
            )),
            Some(Reach::Rules) => {}
        }
        if document.when.is_none() && document.issuer.is_none() {
            problems.push(
                Problem::warning(&text.at, "every certificate becomes this client")
                    .with_hint("say under [identity.when] which certificates are meant"),
            );
        }
    }
    if let (Some(id), Some(text)) = (profile.and_then(IdTemplate::literal), &document.profile)
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

fn conditions(when: Option<&When>, problems: &mut Problems) -> Box<[Condition]> {
    let Some(when) = when else {
        return Box::default();
    };
    let names = [
        (Field::Spiffe, &when.spiffe),
        (Field::Uri, &when.uri),
        (Field::Dns, &when.dns),
        (Field::Email, &when.email),
    ];
    let subject = when.subject.iter().filter_map(|condition| {
        let field = Field::by_name(&format!("subject.{}", condition.attribute.as_str()))?;
        Some((field, &condition.values))
    });
    let conditions: Box<[Condition]> = subject
        .chain(
            names
                .iter()
                .filter_map(|(field, list)| Some((*field, list.as_ref()?))),
        )
        .map(|(field, list)| condition(field, list, problems))
        .collect();
    // No text gets as far as this, but a document may be made by hand.
    if conditions.is_empty() {
        problems.push(Problem::error(
            &when.at,
            "no condition: the rule would apply to every certificate",
        ));
    }
    conditions
}

fn condition(field: Field, list: &TextList, problems: &mut Problems) -> Condition {
    refuse_empty(Some(list), problems);
    for text in &list.value {
        if text.value.contains('*') {
            problems.push(
                Problem::error(
                    &text.at,
                    "patterns are not available in this version of certgate",
                )
                .with_hint("list the values"),
            );
        }
        if field == Field::Spiffe && crate::certificate::SpiffeId::parse(&text.value).is_err() {
            problems.push(Problem::error(&text.at, "not a SPIFFE ID"));
        }
    }
    Condition {
        field,
        any_of: list
            .value
            .iter()
            .map(|text| text.value.as_str().into())
            .collect(),
    }
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
        .iter()
        .filter(|client| client.spiffe_ids.is_none())
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
