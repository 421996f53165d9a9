//! The rules about the edge.

use crate::certificate::Thumbprint;
use crate::dialect::{Budget, Dialect};
use crate::edge::{
    AddressSource, ClaimHeader, ClaimUse, DirectTls, Edge, EdgeNames, Hops, Preset, Proxies,
    Verification, Verifies, is_wide, parse_network,
};
use crate::policy::document::{self, Located, Location, TextList};
use crate::policy::problem::{Problem, Problems};
use crate::policy::rules::Selectors;
use crate::policy::{
    AddressSource as AddressWord, DirectTls as DirectTlsWord, SelectorsSetBy,
    Verification as VerificationWord,
};

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
    let (statuses, verification) = verification(document, problems);
    let certificate = header_name(document.certificate_header.as_ref(), problems)
        .or(facts.certificate.map(|header| header.name));
    let dialect = dialect(document, problems);
    let chain = chain_header(document, problems);
    let claim_uses = claim_uses(document, dialect, problems);
    let claims = claim_headers(document, &claim_uses, dialect, problems);
    let mut names = EdgeNames::new(certificate, chain, statuses, claims);
    if let Some(secret) = proof::secret_header(document) {
        names = names.with_secret(secret);
    }
    refuse_shared_names(document, &names, problems);
    proof::refuse_shared_header(document, &names, problems);
    let hops = hops(document, dialect, problems);
    if preset == Preset::Direct {
        refuse_an_edge_where_there_is_none(document, problems);
    }
    let mut edge = Edge::from_preset(preset, proxies?);
    edge.address_proxies = address_proxies?;
    edge.names = names;
    edge.proof = proof;
    edge.dialect = dialect.unwrap_or(edge.dialect);
    edge.hops = hops?;
    edge.claim_uses = claim_uses.into();
    edge.verification = verification?;
    if let Some(word) = &document.direct_tls {
        edge.direct_tls = match word.value {
            DirectTlsWord::Ignore => DirectTls::Ignore,
            DirectTlsWord::Accept => DirectTls::Accept,
        };
    }
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
        if parse_network(&entry.value).is_ok_and(|network| is_wide(&network)) {
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

/// The verify statuses that the document or the preset names: headers, and
/// for each the word in it that means verified.
fn statuses<'d>(
    document: &'d document::Edge,
    problems: &mut Problems,
) -> Option<Vec<(&'d str, &'d str)>> {
    let preset = match document.preset.value.facts().verifies {
        Verifies::Says(statuses) => statuses,
        Verifies::Silently | Verifies::Never | Verifies::OnAccept => &[],
    };
    let (header, word) = (&document.status_header, &document.status_value);
    if let Some(empty) = word
        .as_ref()
        .filter(|word| word.value.trim() != word.value || word.value.is_empty())
    {
        problems.push(Problem::error(
            &empty.at,
            "the word that means verified is empty, or has spaces around it",
        ));
    }
    let named = header_name(header.as_ref(), problems);
    let status = match (named, word, preset) {
        (None, None, statuses) => return Some(statuses.to_vec()),
        (Some(name), Some(word), _) => (name, word.value.as_str()),
        // Another header need not use the preset's word, but the same may use
        // another.
        (None, Some(word), [(name, _)]) => (*name, word.value.as_str()),
        _ => {
            if let Some(setting) = header.as_ref().or(word.as_ref()) {
                problems.push(Problem::error(
                    &setting.at,
                    "`status_header` and `status_value` belong together",
                ));
            }
            return None;
        }
    };
    Some(vec![status])
}

/// The status headers, and who verified.
fn verification<'d>(
    document: &'d document::Edge,
    problems: &mut Problems,
) -> (Vec<&'d str>, Option<Verification>) {
    let verifies = document.preset.value.facts().verifies;
    if verifies == Verifies::OnAccept {
        return (Vec::new(), Some(Verification::OnAccept));
    }
    let Some(statuses) = statuses(document, problems) else {
        return (Vec::new(), None);
    };
    if verifies == Verifies::Never {
        problems.push(
            Problem::error(
                &document.preset.at,
                "this edge verifies no certificate, and this version of certgate verifies none \
                 either",
            )
            .with_hint("let the edge verify, where it can, or end TLS in another one"),
        );
        return (Vec::new(), None);
    }
    let headers: Vec<&str> = statuses.iter().map(|(name, _)| *name).collect();
    let by_status =
        || Verification::EdgeStatus(statuses.iter().map(|(_, w)| (*w).into()).collect());
    let wanted = document.verification.as_ref();
    let verification = match (wanted, headers.is_empty()) {
        (None, false) => Some(by_status()),
        (Some(setting), silent) => match (setting.value, silent) {
            (VerificationWord::EdgeStatus, false) => Some(by_status()),
            (VerificationWord::EdgeStatus, true) => {
                problems.push(
                    Problem::error(&setting.at, "this edge has no verify status of its own")
                        .with_hint("name a `status_header` and its `status_value`"),
                );
                None
            }
            (VerificationWord::EdgeAlways, false) => {
                problems.push(Problem::warning(
                    &setting.at,
                    "this edge reports its verify status, and `edge-always` does not look at it",
                ));
                Some(Verification::EdgeAlways)
            }
            (VerificationWord::EdgeAlways, true) => Some(Verification::EdgeAlways),
        },
        (None, true) => {
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
            None
        }
    };
    (headers, verification)
}

/// The dialect of the certificate header; `None` without one.
fn dialect(document: &document::Edge, problems: &mut Problems) -> Option<Dialect> {
    let preset = document.preset.value.facts().certificate;
    let named = document.dialect.as_ref().map(|setting| setting.value);
    let dialect = named.or(preset.map(|header| header.dialect));
    let header = document.certificate_header.as_ref();
    let has_header = header.is_some() || preset.is_some();
    match (dialect, header, &document.dialect) {
        (None, Some(header), _) => problems.push(
            Problem::error(&header.at, "this edge sends no certificate by itself")
                .with_hint("say in which `dialect` the header is"),
        ),
        (Some(_), _, Some(dialect)) if !has_header => problems.push(
            Problem::error(&dialect.at, "this edge sends no certificate by itself")
                .with_hint("name the `certificate_header`"),
        ),
        _ => {}
    }
    dialect.filter(|_| has_header)
}

/// The header of the chain. Only some dialects have one apart; in the others
/// every request with that header would be refused.
fn chain_header<'d>(document: &'d document::Edge, problems: &mut Problems) -> Option<&'d str> {
    let preset = document.preset.value.facts().certificate;
    // Who writes the certificate in another dialect writes the chain so, too.
    let kept = preset.filter(|header| {
        let named = document.dialect.as_ref();
        named.is_none_or(|named| named.value == header.dialect)
    });
    let dialect = document.dialect.as_ref().map(|named| named.value);
    let dialect = dialect.or(preset.map(|header| header.dialect));
    if let Some(header) = &document.chain_header
        && !matches!(dialect, Some(Dialect::Rfc9440 | Dialect::Base64Der))
    {
        problems.push(
            Problem::warning(
                &header.at,
                "this edge sends no chain in a header of its own, and a request with one is refused",
            )
            .with_hint("leave the setting out"),
        );
    }
    header_name(document.chain_header.as_ref(), problems).or(kept.and_then(|header| header.chain))
}

/// What the policy takes from claims.
fn claim_uses(
    document: &document::Edge,
    dialect: Option<Dialect>,
    problems: &mut Problems,
) -> Vec<ClaimUse> {
    let Some(claims) = &document.claims else {
        if dialect.is_none() && document.preset.value != Preset::Direct {
            problems.push(
                Problem::error(
                    &document.preset.at,
                    "this edge sends no certificate, and nothing may be taken from what it tells \
                     about one",
                )
                .with_hint("write `[edge.claims]` with `use = [\"subject\"]`"),
            );
        }
        return Vec::new();
    };
    for named in &claims.uses.value {
        let forgeable = matches!(named.value, ClaimUse::Subject | ClaimUse::Issuer);
        if dialect == Some(Dialect::Xfcc) && forgeable {
            problems.push(
                Problem::error(
                    &named.at,
                    "a client can forge this part of an XFCC element that has no `Cert`",
                )
                .with_hint("let the edge send `Cert`, or take `spiffe` and `thumbprint`"),
            );
        }
    }
    claims.uses.value.iter().map(|named| named.value).collect()
}

/// The headers from which the policy takes claims.
fn claim_headers<'d>(
    document: &'d document::Edge,
    uses: &[ClaimUse],
    dialect: Option<Dialect>,
    problems: &mut Problems,
) -> Vec<(ClaimHeader, &'d str)> {
    let Some(claims) = &document.claims else {
        return Vec::new();
    };
    let preset = document.preset.value.facts().claims;
    let mut headers = Vec::new();
    for (used, setting, form, word) in [
        (
            ClaimUse::Subject,
            &claims.subject_header,
            ClaimHeader::Subject,
            "subject_header",
        ),
        (
            ClaimUse::Issuer,
            &claims.issuer_header,
            ClaimHeader::Issuer,
            "issuer_header",
        ),
        (
            ClaimUse::Thumbprint,
            &claims.thumbprint_header,
            ClaimHeader::Sha256Hex,
            "thumbprint_header",
        ),
        (
            ClaimUse::Spiffe,
            &claims.spiffe_header,
            ClaimHeader::SpiffeId,
            "spiffe_header",
        ),
    ] {
        let known = preset.iter().find(|(header, _)| used.reads(*header));
        let named = header_name(setting.as_ref(), problems);
        match (uses.contains(&used), named, known) {
            (true, Some(name), Some((form, _))) => headers.push((*form, name)),
            (true, Some(name), None) => headers.push((form, name)),
            (true, None, Some((form, name))) => headers.push((*form, *name)),
            (true, None, None) if dialect == Some(Dialect::Xfcc) => {}
            (true, None, None) => problems.push(
                Problem::error(
                    &claims.uses.at,
                    "this edge does not tell all of this by itself",
                )
                .with_hint(format!("name the `{word}`")),
            ),
            (false, Some(_), _) => {
                if let Some(setting) = setting {
                    problems.push(
                        Problem::error(&setting.at, "nothing may be taken from this header")
                            .with_hint("list it under `use`, or leave the setting out"),
                    );
                }
            }
            (false, None, _) => {}
        }
    }
    if uses.is_empty() {
        return headers;
    }
    match header_name(claims.validity_header.as_ref(), problems) {
        Some(name) => headers.push((ClaimHeader::Validity, name)),
        None => headers.extend(preset.iter().filter(|(header, _)| header.tells_validity())),
    }
    headers
}

/// How many proxies write an element, and what each after the first has to
/// describe.
fn hops(
    document: &document::Edge,
    dialect: Option<Dialect>,
    problems: &mut Problems,
) -> Option<Hops> {
    let lists = document.hop_certificates.as_ref();
    let pins = lists.map_or(&[] as &[TextList], |lists| &lists.value);
    let hops = document.hops.as_ref();
    if let Some(at) = hops.map(|hops| &hops.at).or(lists.map(|lists| &lists.at))
        && dialect != Some(Dialect::Xfcc)
    {
        problems.push(Problem::error(
            at,
            "only `x-forwarded-client-cert` has an element for each hop",
        ));
    }
    let count = hops.map_or(1, |hops| hops.value.get());
    if count != 1 + pins.len() as u64 {
        let at = lists.map_or_else(
            || hops.map_or(&document.at, |hops| &hops.at),
            |lists| &lists.at,
        );
        problems.push(
            Problem::error(
                at,
                "every hop after the first needs the certificate by which it knows the proxy \
                 before it",
            )
            .with_hint(
                "list `hop_certificates` in the order of the elements, one entry for each hop \
                 but the first",
            ),
        );
        return None;
    }
    let pins: Option<Box<[_]>> = pins
        .iter()
        .map(|list| thumbprints(list, problems))
        .collect();
    Some(Hops { pins: pins? })
}

/// The SHA-256 values of a list, in hexadecimal.
fn thumbprints(list: &TextList, problems: &mut Problems) -> Option<Box<[Thumbprint]>> {
    let mut read = |text: &Located<String>| {
        let thumbprint = Thumbprint::from_hex(&text.value);
        if thumbprint.is_err() {
            problems.push(Problem::error(
                &text.at,
                "not a SHA-256 of a certificate in hexadecimal",
            ));
        }
        thumbprint.ok()
    };
    let thumbprints: Vec<Option<Thumbprint>> = list.value.iter().map(&mut read).collect();
    thumbprints.into_iter().collect()
}

/// Settings about an edge, where TLS ends in this process.
fn refuse_an_edge_where_there_is_none(document: &document::Edge, problems: &mut Problems) {
    let proxies = &document.trusted_proxies;
    let claims = document.claims.as_ref().map(|claims| &claims.at);
    let proof = document.proof.as_ref().map(|proof| &proof.at);
    let settings = [
        (!proxies.value.is_empty()).then_some(&proxies.at),
        document.verification.as_ref().map(|setting| &setting.at),
        document
            .certificate_header
            .as_ref()
            .map(|setting| &setting.at),
        document.chain_header.as_ref().map(|setting| &setting.at),
        document.status_header.as_ref().map(|setting| &setting.at),
        document.status_value.as_ref().map(|setting| &setting.at),
        document.dialect.as_ref().map(|setting| &setting.at),
        document.direct_tls.as_ref().map(|setting| &setting.at),
        claims,
        proof,
    ];
    for at in settings.into_iter().flatten() {
        problems.push(Problem::error(
            at,
            "preset `direct` has no edge in front that this could be about",
        ));
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

/// One header cannot mean two things.
fn refuse_shared_names(document: &document::Edge, names: &EdgeNames, problems: &mut Problems) {
    for name in names.iter() {
        if HAVE_ANOTHER_MEANING.contains(&name) {
            problems.push(Problem::error(
                &document.at,
                format!("the header `{name}` has another meaning"),
            ));
        }
    }
    let mut all: Vec<&str> = names.about_clients().collect();
    all.sort_unstable();
    if all.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        problems.push(Problem::error(
            &document.at,
            "certificate, chain, status and claims need a header each",
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
    edge: Option<&Edge>,
    at: &Location,
    problems: &mut Problems,
) -> Selectors {
    let client = document.and_then(|section| section.client_header.as_ref());
    let profile = document.and_then(|section| section.profile_header.as_ref());
    let client_name = header_name(client, problems).unwrap_or("X-Client-ID");
    let profile_name = header_name(profile, problems).unwrap_or("X-Profile-ID");
    let mut refuse = |setting: Option<&Located<String>>| {
        problems.push(Problem::error(
            setting.map_or(at, |setting| &setting.at),
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
    let set_by = document.and_then(|section| section.set_by.as_ref());
    if let Some(setting) = set_by
        && setting.value == SelectorsSetBy::TrustedEdge
        && edge.is_some_and(|edge| edge.proxies.is_empty())
    {
        problems.push(Problem::error(
            &setting.at,
            "no proxy is trusted that could set these headers",
        ));
    }
    Selectors {
        client: client_name.to_ascii_lowercase().into(),
        profile: profile_name.to_ascii_lowercase().into(),
        set_by: set_by.map_or(SelectorsSetBy::Anyone, |setting| setting.value),
    }
}

/// Whether a header of this name is read for something else: what the edge
/// sends, or what a request says about its sender anyway.
fn has_another_meaning(name: &str, edge: Option<&Edge>) -> bool {
    edge.is_some_and(|edge| {
        edge.names()
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name))
    }) || HAVE_ANOTHER_MEANING
        .iter()
        .any(|other| other.eq_ignore_ascii_case(name))
}
