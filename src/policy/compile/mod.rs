//! The conversion of a document into a policy: every value is given its
//! meaning once, every reference is resolved, and everything that is wrong is
//! reported at once.

mod clients;
mod conditions;
mod costs;
mod edge;
mod expiry;
mod hosts;
mod identity;
mod limiting;
mod listed;
mod observe;
mod open;
mod overrides;
mod owed;
mod paths;
mod places;
mod requires;
mod selectors;
mod trust;
mod verifier;

use crate::certificate::{ConfiguredName, DistinguishedName};
use crate::edge::{ClaimUse, Edge, Preset};
use crate::request::is_token_byte;
use crate::trust::{Issuers, RevocationLists, TrustRules};

use super::document::{Clients, Document, Evidence, Located, Location, TextList};
use super::methods::Methods;
use super::parts::{Setting, Shape};
use super::problem::{PolicyErrors, Problem, Problems};
use super::rules::{Admits, Policy};
use super::{
    AddressSource, DirectTls, IdentityHeaders, Mode, RecordedCertificate, UnverifiedBearer,
};

/// A policy and what looked odd about its document.
#[derive(Debug)]
#[non_exhaustive]
pub struct Loaded {
    /// The policy.
    pub policy: Policy,
    /// What an operator should look at; the policy works without.
    pub warnings: Vec<Problem>,
}

impl Policy {
    /// Makes a policy of a document.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, with its place: texts that are no address,
    /// name, path, template or id; references to what does not exist; things
    /// defined twice; settings that contradict each other or that would leave
    /// a check out without saying so. First of all, what no text could say,
    /// such as an empty list that could be taken for everything.
    pub fn from_document(document: &Document) -> Result<Loaded, PolicyErrors> {
        let mut problems = Problems::new(document.source.clone());
        document.check(Shape::Plain, &mut problems);
        problems.into_result()?;
        Loaded::of(Some(document), Problems::new(document.source.clone()))
    }
}

impl Loaded {
    /// The policy of a document, if there is one, or everything that is wrong.
    pub(super) fn of(
        document: Option<&Document>,
        mut problems: Problems,
    ) -> Result<Self, PolicyErrors> {
        match document.and_then(|document| compile(document, &mut problems)) {
            Some(policy) => Ok(Self {
                policy,
                warnings: problems.into_result()?,
            }),
            None => Err(problems.into_errors()),
        }
    }
}

fn compile(document: &Document, problems: &mut Problems) -> Option<Policy> {
    let syntax = paths::syntax(document.paths.as_ref());
    let edge = edge::edge(&document.edge, problems);
    let selectors = selectors::selectors(
        document.selectors.as_ref(),
        edge.as_ref(),
        &document.edge.at,
        problems,
    );
    let authentication = &document.authentication;
    let mode = authentication.mode.value;
    let binding_required = paths::binding_required(document, syntax, problems);
    let issuers = issuers(authentication.issuers.as_ref(), problems);
    let trust = TrustRules {
        revoked: trust::revoked(authentication.revoked.as_ref(), &issuers, problems),
        constraints: trust::constraints(authentication.constraints.as_ref(), &issuers, problems),
        issuers,
        verifier: verifier::verifier(document, edge.as_ref(), problems),
    };
    let exemptions = paths::exemptions(&document.exemptions, syntax, &binding_required, problems);
    let limits = clients::limits(&document.limits, problems);
    let collections = paths::collections(&document.collections, syntax, &limits, problems);
    let clients = clients::clients(document, &trust.issuers, &collections, &limits, problems);
    owed::check(
        document.clients.listed(),
        &clients.clients,
        &collections,
        problems,
    );
    costs::refuse_what_never_fits(
        document.clients.listed(),
        &clients.clients,
        &collections,
        problems,
    );
    let identity = identity::identity(document, &trust.issuers, &clients, problems);
    let observing = observe::observing(document, problems);
    let expiry = expiry::thresholds(document.expiry.as_ref(), problems);
    let expiry_header = expiry::header(
        document.expiry.as_ref(),
        edge.as_ref(),
        &selectors,
        problems,
    );
    let limit_headers = limiting::headers(document.limiting.as_ref(), &document.limits, problems);
    let away = limiting::away(document.limiting.as_ref(), problems);
    let realm = realm(authentication.realm.as_ref(), problems);
    if let Some(edge) = &edge {
        open::refuse_what_shows_nobody(document, edge, problems);
        refuse_what_claims_cannot_carry(document, edge, problems);
    }
    warn_of_an_unreachable_edge(document, problems);
    warn_of_allowlists_of_the_edge(document, problems);
    // From here on nothing may find another problem: the edge alone can fail.
    Some(Policy {
        edge: edge?,
        mode,
        binding_required,
        trust,
        unverified_bearer: authentication
            .unverified_bearer
            .as_ref()
            .map_or(UnverifiedBearer::Deny, |setting| setting.value),
        realm,
        selectors,
        identity_headers: document
            .edge
            .identity_headers
            .as_ref()
            .map_or(IdentityHeaders::Strip, |setting| setting.value),
        path_syntax: syntax,
        unlisted: paths::unlisted(document.paths.as_ref()),
        exemptions,
        identity,
        admits: match &document.clients {
            Clients::Listed(_) => Admits::Clients,
            Clients::Open(_) => Admits::Principals,
        },
        collections: collections.collections,
        collection_paths: collections.paths,
        observing,
        clients: clients.clients,
        client_ids: clients.ids,
        profile_ids: clients.profile_ids,
        expiry,
        expiry_header,
        recorded_certificate: recorded_certificate(document.evidence.as_ref()),
        limit_headers,
        away,
        places: places::places(document, syntax),
        revocation_lists: RevocationLists::default(),
    })
}

fn issuers(texts: Option<&TextList>, problems: &mut Problems) -> Issuers {
    let mut names: Vec<DistinguishedName> = Vec::new();
    refuse_empty(texts, problems);
    for text in texts.into_iter().flat_map(|list| &list.value) {
        let Some(name) = distinguished_name(text, problems) else {
            continue;
        };
        if names.contains(&name) {
            problems.push(Problem::error(&text.at, "this issuer is listed twice"));
        } else {
            names.push(name);
        }
    }
    Issuers::new(names)
}

fn distinguished_name(
    text: &Located<String>,
    problems: &mut Problems,
) -> Option<DistinguishedName> {
    match DistinguishedName::parse_configured(&text.value) {
        Ok(ConfiguredName { name, warnings, .. }) => {
            for warning in warnings {
                problems.push(Problem::warning(&text.at, warning.to_string()));
            }
            Some(name)
        }
        Err(error) => {
            problems.push(
                Problem::error(&text.at, format!("not a distinguished name: {error}"))
                    .with_hint("write it as `openssl x509 -nameopt RFC2253` prints it"),
            );
            None
        }
    }
}

/// What records tell of a certificate, if nothing else is said.
fn recorded_certificate(section: Option<&Evidence>) -> RecordedCertificate {
    section
        .and_then(|section| section.certificate.as_ref())
        .map_or(RecordedCertificate::Thumbprint, |setting| setting.value)
}

/// The realm goes into a quoted string of a header line.
fn realm(text: Option<&Located<String>>, problems: &mut Problems) -> Box<str> {
    let Some(realm) = text else {
        return "certgate".into();
    };
    let is_plain = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    if !realm.value.chars().all(is_plain) {
        problems.push(Problem::error(
            &realm.at,
            "a realm has printable ASCII characters without quotes and backslashes",
        ));
    }
    realm.value.as_str().into()
}

/// Where an edge sends no certificate, nobody could pass a check of what it does
/// not tell either.
fn refuse_what_claims_cannot_carry(document: &Document, edge: &Edge, problems: &mut Problems) {
    if !sends_claims_alone(edge) {
        return;
    }
    let authentication = &document.authentication;
    if let Some(issuers) = &authentication.issuers
        && !edge.claim_uses.contains(&ClaimUse::Issuer)
    {
        problems.push(
            Problem::error(
                &issuers.at,
                "this edge sends no certificate and tells no issuer",
            )
            .with_hint("take `issuer` under `[edge.claims]`, or leave the setting out"),
        );
    }
    trust::refuse_what_is_not_told(document, &edge.claim_uses, problems);
    let mode = &authentication.mode;
    let binds = match mode.value {
        Mode::BearerPlusMtlsRequired => Some(&mode.at),
        Mode::BearerPlusMtlsOptional => {
            let paths = authentication.binding_required_paths.as_ref();
            paths.map(|paths| &paths.at)
        }
        Mode::Bearer | Mode::Mtls => None,
    };
    if let Some(at) = binds.or(requires::binding(document).next())
        && !edge.claim_uses.contains(&ClaimUse::Thumbprint)
    {
        problems.push(
            Problem::error(at, "this edge tells nothing that a token could be bound to").with_hint(
                "let it send the certificate, or take `thumbprint` under `[edge.claims]`",
            ),
        );
    }
}

/// Whether there is no certificate, but at most what the edge tells about one.
fn sends_claims_alone(edge: &Edge) -> bool {
    edge.names().certificate().is_none()
        && edge.preset() != Preset::Direct
        && edge.direct_tls == crate::edge::DirectTls::Ignore
}

fn warn_of_an_unreachable_edge(document: &Document, problems: &mut Problems) {
    let edge = &document.edge;
    let proxies = &edge.trusted_proxies;
    let direct_tls = edge.direct_tls.as_ref().map(|setting| setting.value);
    let by_itself = edge.preset.value == Preset::Direct || direct_tls == Some(DirectTls::Accept);
    if proxies.value.is_empty() && !by_itself && document.authentication.mode.value != Mode::Bearer
    {
        problems.push(
            Problem::warning(
                &proxies.at,
                "no proxy is trusted, so no certificate is ever seen",
            )
            .with_hint("list the addresses from which the edge connects"),
        );
    }
}

/// Behind a proxy, the peer is the proxy.
fn warn_of_allowlists_of_the_edge(document: &Document, problems: &mut Problems) {
    let has_allowlist = |client: &super::document::Client| {
        let mut profiles = client.profiles.iter();
        client.ip_allowlist.is_some() || profiles.any(|profile| profile.ip_allowlist.is_some())
    };
    if let Some(source) = &document.edge.client_address
        && source.value == AddressSource::Peer
        && !document.edge.trusted_proxies.value.is_empty()
        && document.clients.listed().iter().any(has_allowlist)
    {
        problems.push(
            Problem::warning(
                &source.at,
                "behind a trusted proxy, every `ip_allowlist` is about the address of the proxy",
            )
            .with_hint("take the client's from where the proxy writes it"),
        );
    }
}

fn methods(list: Option<&TextList>, problems: &mut Problems) -> Methods {
    refuse_empty(list, problems);
    for method in list.into_iter().flat_map(|list| &list.value) {
        if !is_token(&method.value) {
            problems.push(Problem::error(&method.at, "not a method"));
        } else if method.value.bytes().any(|byte| byte.is_ascii_lowercase()) {
            problems.push(methods_are_exact(&method.at));
        }
    }
    Methods::new(list.map(|list| {
        let methods = list.value.iter();
        methods.map(|method| method.value.as_str().into()).collect()
    }))
}

/// Standard methods are in upper case.
fn methods_are_exact(at: &Location) -> Problem {
    Problem::warning(at, "methods are compared byte for byte")
        .with_hint("standard methods are in upper case")
}

/// An empty list must not come to mean everything.
fn refuse_empty(list: Option<&TextList>, problems: &mut Problems) {
    if let Some(list) = list.filter(|list| list.value.is_empty()) {
        problems.push(
            Problem::error(&list.at, "the list is empty")
                .with_hint("leave the setting out, or list what it allows"),
        );
    }
}

/// A name in messages. Ids and names are not secret.
fn duplicate(at: &Location, what: &str, name: &str) -> Problem {
    Problem::error(at, format!("{what} {name:?} is defined twice"))
}

/// Whether a text can be a method or the name of a header.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}
