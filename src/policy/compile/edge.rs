//! The rules about the edge.

use crate::dialect::{Budget, Dialect};
use crate::edge::{AddressSource, Edge, EdgeNames, Proxies, Verification, parse_network};
use crate::policy::document::{self, Located, TextList};
use crate::policy::problem::{Problem, Problems};
use crate::policy::rules::Selectors;
use crate::policy::{AddressSource as AddressWord, Verification as VerificationWord};

use super::{is_token, proof};

/// The compiled edge; `None` if it cannot be made, which has been reported.
pub(super) fn edge(document: &document::Edge, problems: &mut Problems) -> Option<Edge> {
    let preset = document.preset.value;
    let facts = preset.facts();
    let proxies = proxies(Some(&document.trusted_proxies), problems);
    let proof = proof::proof(document.proof.as_ref(), problems);
    if proof.is_none() {
        warn_of_wide_ranges(
            &document.trusted_proxies,
            "this trusts a large part of the internet to name clients",
            problems,
        );
    }
    if let Some(list) = &document.address_proxies {
        warn_of_wide_ranges(
            list,
            "this lets a large part of the internet say whose address a request comes from",
            problems,
        );
    }
    let address_proxies = self::proxies(document.address_proxies.as_ref(), problems);
    let (status_header, verification) = verification(document, problems);
    let certificate = header_name(document.certificate_header.as_ref(), problems)
        .unwrap_or(facts.certificate_header);
    let chain = header_name(document.chain_header.as_ref(), problems).or(facts.chain_header);
    let mut names = EdgeNames::new(certificate, chain, status_header);
    if let Some(secret) = proof::secret_header(document) {
        names = names.with_secret(secret);
    }
    refuse_shared_names(document, &names, problems);
    proof::refuse_shared_header(document, &names, problems);
    warn_of_a_chain_that_is_never_sent(document, problems);
    let mut edge = Edge::from_preset(preset, proxies?);
    edge.address_proxies = address_proxies?;
    edge.names = names;
    edge.proof = proof;
    edge.verification = verification?;
    if let Some(source) = &document.client_address {
        edge.address_source = match source.value {
            AddressWord::XForwardedFor => AddressSource::ForwardedFor,
            AddressWord::Forwarded => AddressSource::Forwarded,
            AddressWord::ProxyProtocol => AddressSource::ProxyProtocol,
            AddressWord::Peer => AddressSource::Peer,
        };
    }
    warn_of_proxies_that_are_never_passed(document, edge.address_source, problems);
    if let Some(budget) = &document.budget {
        apply_budget(budget, &mut edge);
    }
    Some(edge)
}

fn apply_budget(document: &document::Budget, edge: &mut Edge) {
    let number = |setting: &Option<Located<core::num::NonZeroU64>>, default: usize| {
        setting.as_ref().map_or(default, |set| {
            usize::try_from(set.value.get()).unwrap_or(usize::MAX)
        })
    };
    let Budget {
        header_bytes,
        certificates,
        elements,
    } = edge.budget;
    edge.budget = Budget {
        header_bytes: number(&document.header_bytes, header_bytes),
        certificates: number(&document.certificates, certificates),
        elements,
    };
    edge.max_names = number(&document.names, edge.max_names);
}

fn proxies(list: Option<&TextList>, problems: &mut Problems) -> Option<Proxies> {
    let entries = list.map_or(&[] as &[_], |list| &list.value);
    match Proxies::parse(entries.iter().map(|entry| entry.value.as_str())) {
        Ok(proxies) => Some(proxies),
        Err(errors) => {
            for (index, error) in errors {
                if let Some(entry) = entries.get(index) {
                    problems.push(Problem::error(&entry.at, error.to_string()));
                }
            }
            None
        }
    }
}

fn warn_of_wide_ranges(list: &TextList, message: &str, problems: &mut Problems) {
    for entry in &list.value {
        let wide = parse_network(&entry.value).is_ok_and(|network| match network {
            ipnet::IpNet::V4(v4) => v4.prefix_len() < 8,
            ipnet::IpNet::V6(v6) => v6.prefix_len() < 16,
        });
        if wide {
            problems.push(
                Problem::warning(&entry.at, message)
                    .with_hint("list the addresses from which the edge connects"),
            );
        }
    }
}

/// Only lists of addresses are walked along.
fn warn_of_proxies_that_are_never_passed(
    document: &document::Edge,
    source: AddressSource,
    problems: &mut Problems,
) {
    let walks = match source {
        AddressSource::ForwardedFor | AddressSource::Forwarded => true,
        AddressSource::ProxyProtocol | AddressSource::Peer => false,
    };
    if let Some(list) = &document.address_proxies
        && !walks
    {
        problems.push(
            Problem::warning(&list.at, "this `client_address` passes over no proxies")
                .with_hint("leave the setting out"),
        );
    }
}

/// The header of the verify status and the word in it that means verified, as
/// far as the document or the preset names them.
fn status<'d>(
    document: &'d document::Edge,
    problems: &mut Problems,
) -> (Option<&'d str>, Option<&'d str>) {
    let preset = document.preset.value.facts().status;
    let header =
        header_name(document.status_header.as_ref(), problems).or(preset.map(|(name, _)| name));
    let word = match &document.status_value {
        Some(word) => Some(word.value.as_str()),
        // Another header need not use the preset's word.
        None if document.status_header.is_some() => None,
        None => preset.map(|(_, word)| word),
    };
    if let Some(empty) = document
        .status_value
        .as_ref()
        .filter(|word| word.value.trim() != word.value || word.value.is_empty())
    {
        problems.push(Problem::error(
            &empty.at,
            "the word that means verified is empty, or has spaces around it",
        ));
    }
    (header, word)
}

/// Who verified, and the status header if there is one.
fn verification<'d>(
    document: &'d document::Edge,
    problems: &mut Problems,
) -> (Option<&'d str>, Option<Verification>) {
    let (header, word) = status(document, problems);
    let status = header.zip(word);
    if status.is_none()
        && let Some(setting) = document
            .status_header
            .as_ref()
            .or(document.status_value.as_ref())
    {
        problems.push(Problem::error(
            &setting.at,
            "`status_header` and `status_value` belong together",
        ));
        return (header, None);
    }
    let wanted = document.verification.as_ref();
    match (wanted.map(|setting| setting.value), status) {
        (None | Some(VerificationWord::EdgeStatus), Some((name, word))) => {
            (Some(name), Some(Verification::EdgeStatus(word.into())))
        }
        (Some(VerificationWord::EdgeAlways), Some((name, _))) => {
            if let Some(setting) = wanted {
                problems.push(Problem::warning(
                    &setting.at,
                    "this edge reports its verify status, and `edge-always` does not look at it",
                ));
            }
            (Some(name), Some(Verification::EdgeAlways))
        }
        (Some(VerificationWord::EdgeAlways), None) => (None, Some(Verification::EdgeAlways)),
        (None, None) => {
            problems.push(
                Problem::error(
                    &document.preset.at,
                    "this edge does not say whether it verified a certificate",
                )
                .with_hint(
                    "write `verification = \"edge-always\"` if it refuses every certificate that \
                     it cannot verify, or name a `status_header` and its `status_value`",
                ),
            );
            (None, None)
        }
        (Some(VerificationWord::EdgeStatus), None) => {
            if let Some(setting) = wanted {
                problems.push(
                    Problem::error(&setting.at, "this edge has no verify status of its own")
                        .with_hint("name a `status_header` and its `status_value`"),
                );
            }
            (None, None)
        }
    }
}

pub(super) fn header_name<'d>(
    setting: Option<&'d Located<String>>,
    problems: &mut Problems,
) -> Option<&'d str> {
    let setting = setting?;
    if !is_token(&setting.value) {
        problems.push(Problem::error(&setting.at, "not the name of a header"));
    }
    Some(&setting.value)
}

/// Only some dialects have a chain apart; in the others every request with that
/// header would be refused.
fn warn_of_a_chain_that_is_never_sent(document: &document::Edge, problems: &mut Problems) {
    let dialect = document.preset.value.facts().dialect;
    if let Some(header) = &document.chain_header
        && !matches!(dialect, Dialect::Rfc9440 | Dialect::Base64Der)
    {
        problems.push(
            Problem::warning(
                &header.at,
                "this edge sends no chain in a header of its own, and a request with one is refused",
            )
            .with_hint("leave the setting out"),
        );
    }
}

/// One header cannot mean two things.
fn refuse_shared_names(document: &document::Edge, names: &EdgeNames, problems: &mut Problems) {
    let (chain, status) = (names.chain(), names.status());
    let certificate = Some(names.certificate());
    for name in [certificate, chain, status, names.secret()]
        .into_iter()
        .flatten()
    {
        if HAVE_ANOTHER_MEANING.contains(&name) {
            problems.push(Problem::error(
                &document.at,
                format!("the header `{name}` has another meaning"),
            ));
        }
    }
    if chain == certificate || status == certificate || (chain.is_some() && chain == status) {
        problems.push(Problem::error(
            &document.at,
            "certificate, chain and status need a header each",
        ));
    }
}

/// What a request says about its sender anyway, in lower case.
const HAVE_ANOTHER_MEANING: &[&str] = &[
    "authorization",
    "forwarded",
    "x-forwarded-for",
    "x-request-id",
];

/// The headers that select a client or profile.
pub(super) fn selectors(
    document: Option<&document::Selectors>,
    edge: &document::Edge,
    problems: &mut Problems,
) -> Selectors {
    let client = document.and_then(|section| section.client_header.as_ref());
    let profile = document.and_then(|section| section.profile_header.as_ref());
    let client_name = header_name(client, problems).unwrap_or("X-Client-ID");
    let profile_name = header_name(profile, problems).unwrap_or("X-Profile-ID");
    let mut refuse = |setting: Option<&Located<String>>| {
        problems.push(Problem::error(
            setting.map_or(&edge.at, |setting| &setting.at),
            "the selecting headers and those of the edge need a name each",
        ));
    };
    if has_another_meaning(client_name, edge) {
        refuse(client);
    }
    if has_another_meaning(profile_name, edge) {
        refuse(profile);
    }
    if client_name.eq_ignore_ascii_case(profile_name) {
        refuse(profile.or(client));
    }
    Selectors {
        client: client_name.to_ascii_lowercase().into(),
        profile: profile_name.to_ascii_lowercase().into(),
    }
}

/// Whether a header of this name is read for something else: what the edge
/// sends, or what a request says about its sender anyway.
fn has_another_meaning(name: &str, edge: &document::Edge) -> bool {
    let facts = edge.preset.value.facts();
    let set = |setting: &Option<Located<String>>, default: Option<&'static str>| {
        let named = setting.as_ref().map(|setting| setting.value.as_str());
        named
            .or(default)
            .is_some_and(|other| other.eq_ignore_ascii_case(name))
    };
    set(&edge.certificate_header, Some(facts.certificate_header))
        || set(&edge.chain_header, facts.chain_header)
        || set(&edge.status_header, facts.status.map(|(name, _)| name))
        || proof::secret_header(edge).is_some_and(|secret| secret.eq_ignore_ascii_case(name))
        || HAVE_ANOTHER_MEANING
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name))
}
