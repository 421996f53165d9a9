//! The schema of the policy document: one function a table.
//!
//! A function first takes all of its settings, so that every problem is found,
//! and then puts them together, if none that is required failed.

use std::sync::Arc;

use crate::dialect::Dialect;
use crate::edge::{ClaimUse, Preset};

use super::cursor::{Cursor, Table};
use super::document::{
    Authentication, Authority, Budget, Chain, Client, Clients, Collection, Constraints, Document,
    Edge, EdgeClaims, Evidence, Exemption, Expiry, IdentityRule, Limit, Limiting, ListedDigest,
    Located, Location, PathRule, PathSettings, Profile, Proof, RequestsPer, Revoked, RevokedSerial,
    Selectors, SubjectCondition, When, WordList,
};
use super::keywords::{
    AddressSource, DirectTls, IdentityHeaders, Letters, LimitHeaders, Mode, Observe, PathMatch,
    PathParameters, RecordedCertificate, Requirement, Revocation, SelectorsSetBy, StaleLists,
    SubjectAttribute, UnlistedPaths, UnverifiedBearer, Verification, WhenAway,
};
use super::problem::{Problem, Problems};
use super::tree::{Node, Value};
use super::value;

/// The version of the schema below.
const VERSION: i64 = 1;

/// The document of a tree, as far as it can be read; what cannot be is among
/// the problems.
pub(super) fn read(root: Node, source: &str, problems: &mut Problems) -> Option<Document> {
    let cursor = Cursor::new(root, Location::none(), problems);
    cursor.table(|table| document(table, source))
}

/// The rules of a tree that has nothing else.
pub(super) fn read_mapping(
    root: Node,
    source: &Arc<str>,
    problems: &mut Problems,
) -> Option<Vec<IdentityRule>> {
    let cursor = Cursor::new(root, Location::none().of(source), problems);
    cursor.table(|table| {
        version(table)?;
        let rule = |item: Cursor<'_>| item.table(identity_rule);
        let rules = table.required("identity", |list| list.filled(rule))?;
        Some(rules.value)
    })
}

/// Takes the version; the table is given up where it is another.
fn version(table: &mut Table<'_>) -> Option<()> {
    let version = table.required("version", value::integer);
    if let Some(Located { value, at }) = version
        && value != VERSION
    {
        let message = format!("this version of certgate reads version {VERSION} only");
        return table.abandon(Problem::error(&at, message));
    }
    Some(())
}

fn document(table: &mut Table<'_>, source: &str) -> Option<Document> {
    version(table)?;
    let edge = table.required("edge", |section| section.table(edge));
    let authentication = table.required("authentication", |section| section.table(authentication));
    let authorities = table.sections("authorities", authority);
    let selectors = table.optional("selectors", |section| section.table(selectors));
    let paths = table.optional("paths", |section| section.table(path_settings));
    let identity = table.sections("identity", identity_rule);
    let limits = table.sections("limits", limit);
    let collections = table.sections("collections", collection);
    let exemptions = table.sections("exemptions", exemption);
    let clients = table.optional("clients", clients);
    let expiry = table.optional("expiry", |section| section.table(expiry));
    let evidence = table.optional("evidence", |section| section.table(evidence));
    let limiting = table.optional("limiting", |section| section.table(limiting));
    Some(Document {
        source: source.to_owned(),
        edge: edge?,
        authentication: authentication?,
        authorities,
        selectors,
        paths,
        identity,
        limits,
        collections,
        exemptions,
        clients: clients.unwrap_or_else(|| Clients::Listed(Vec::new())),
        expiry,
        evidence,
        limiting,
    })
}

fn edge(table: &mut Table<'_>) -> Option<Edge> {
    let preset = table.required("preset", preset);
    let trusted_proxies = if preset.as_ref().is_some_and(|at| at.value == Preset::Direct) {
        let proxies = table.optional("trusted_proxies", value::texts);
        Some(proxies.unwrap_or_else(|| Located::new(Vec::new(), table.at())))
    } else {
        table.required("trusted_proxies", value::texts)
    };
    let address_proxies = table.optional("address_proxies", value::texts);
    let client_address = table.optional("client_address", |word| {
        value::word(word, AddressSource::WORDS)
    });
    let verification = table.optional("verification", |word| {
        value::word(word, Verification::WORDS)
    });
    let proof = table.optional("proof", |section| section.table(proof));
    let certificate_header = table.optional("certificate_header", value::text);
    let chain_header = table.optional("chain_header", value::text);
    let status_header = table.optional("status_header", value::text);
    let status_value = table.optional("status_value", value::text);
    let identity_headers = table.optional("identity_headers", |word| {
        value::word(word, IdentityHeaders::WORDS)
    });
    let dialect = table.optional("dialect", |word| {
        value::word(
            word,
            &Dialect::ALL.map(|dialect| (dialect.as_str(), dialect)),
        )
    });
    let hops = table.optional("hops", value::count);
    let hop_certificates =
        table.optional("hop_certificates", |list| list.filled(value::text_or_texts));
    let direct_tls = table.optional("direct_tls", |word| value::word(word, DirectTls::WORDS));
    let claims = table.optional("claims", |section| section.table(claims));
    let budget = table.optional("budget", |section| section.table(budget));
    Some(Edge {
        at: table.at(),
        preset: preset?,
        trusted_proxies: trusted_proxies?,
        address_proxies,
        client_address,
        verification,
        proof,
        certificate_header,
        chain_header,
        status_header,
        status_value,
        identity_headers,
        dialect,
        hops,
        hop_certificates,
        direct_tls,
        claims,
        budget,
    })
}

fn claims(table: &mut Table<'_>) -> Option<EdgeClaims> {
    let uses = table.required("use", |list| {
        list.filled(|word| value::word(word, ClaimUse::WORDS))
    });
    let at = table.at();
    let subject_header = table.optional("subject_header", value::text);
    let issuer_header = table.optional("issuer_header", value::text);
    let thumbprint_header = table.optional("thumbprint_header", value::text);
    let spiffe_header = table.optional("spiffe_header", value::text);
    let validity_header = table.optional("validity_header", value::text);
    Some(EdgeClaims {
        at,
        uses: uses?,
        subject_header,
        issuer_header,
        thumbprint_header,
        spiffe_header,
        validity_header,
    })
}

fn preset(cursor: Cursor<'_>) -> Option<Located<Preset>> {
    value::word(cursor, Preset::WORDS)
}

fn proof(table: &mut Table<'_>) -> Option<Proof> {
    Some(Proof {
        at: table.at(),
        secret_header: table.optional("secret_header", value::text),
        secret_sha256: table.optional("secret_sha256", value::texts),
        certificate_sha256: table.optional("certificate_sha256", value::texts),
    })
}

fn budget(table: &mut Table<'_>) -> Option<Budget> {
    Some(Budget {
        at: table.at(),
        header_bytes: table.optional("header_bytes", value::count),
        certificates: table.optional("certificates", value::count),
        names: table.optional("names", value::count),
    })
}

fn authentication(table: &mut Table<'_>) -> Option<Authentication> {
    let mode = table.required("mode", |word| value::word(word, Mode::WORDS));
    let binding_required_paths = table.optional("binding_required_paths", value::texts);
    let issuers = table.optional("issuers", value::filled_texts);
    let unverified_bearer = table.optional("unverified_bearer", |word| {
        value::word(word, UnverifiedBearer::WORDS)
    });
    let realm = table.optional("realm", value::text);
    let observe = table.optional("observe", observe);
    let revoked = table.optional("revoked", |section| section.table(revoked));
    let constraints = table.optional("constraints", |section| section.table(constraints));
    let chain = table.optional("chain", |section| section.table(chain));
    let dangerous_allow_expired = table.optional("dangerous_allow_expired", value::flag);
    let dangerous_allow_revoked = table.optional("dangerous_allow_revoked", value::flag);
    Some(Authentication {
        at: table.at(),
        mode: mode?,
        binding_required_paths,
        issuers,
        unverified_bearer,
        realm,
        observe,
        revoked,
        constraints,
        chain,
        dangerous_allow_expired,
        dangerous_allow_revoked,
    })
}

fn chain(table: &mut Table<'_>) -> Option<Chain> {
    Some(Chain {
        at: table.at(),
        max_depth: table.optional("max_depth", value::count),
        revocation: table.optional("revocation", |word| value::word(word, Revocation::WORDS)),
        stale_lists: table.optional("stale_lists", |word| value::word(word, StaleLists::WORDS)),
    })
}

fn authority(table: &mut Table<'_>) -> Option<Authority> {
    let name = table.required("name", value::text);
    let certificate = table.required("certificate", value::text);
    Some(Authority {
        at: table.at(),
        name: name?,
        certificate: certificate?,
    })
}

fn observe(cursor: Cursor<'_>) -> Option<WordList<Observe>> {
    cursor.filled(|word| value::word(word, Observe::WORDS))
}

fn requires(cursor: Cursor<'_>) -> Option<WordList<Requirement>> {
    cursor.filled(|word| value::word(word, Requirement::WORDS))
}

fn revoked(table: &mut Table<'_>) -> Option<Revoked> {
    table.refuse_empty("no certificate is named");
    Some(Revoked {
        at: table.at(),
        thumbprints: table.optional("thumbprints", value::filled_texts),
        serials: table.optional("serials", |list| {
            list.filled(|item| item.table(revoked_serial))
        }),
    })
}

fn revoked_serial(table: &mut Table<'_>) -> Option<RevokedSerial> {
    let issuer = table.required("issuer", value::text);
    let serial = table.required("serial", value::text);
    Some(RevokedSerial {
        at: table.at(),
        issuer: issuer?,
        serial: serial?,
    })
}

fn constraints(table: &mut Table<'_>) -> Option<Constraints> {
    table.refuse_empty("no constraint: every certificate would pass");
    Some(Constraints {
        at: table.at(),
        conditions: conditions(table),
        issuer: table.optional("issuer", value::text_or_texts),
        required_extensions: table.optional("required_extensions", value::text_or_texts),
        extended_key_usage: table.optional("extended_key_usage", value::text_or_texts),
        issuer_key: table.optional("issuer_key", value::text_or_texts),
    })
}

fn selectors(table: &mut Table<'_>) -> Option<Selectors> {
    Some(Selectors {
        at: table.at(),
        client_header: table.optional("client_header", value::text),
        profile_header: table.optional("profile_header", value::text),
        set_by: table.optional("set_by", |word| value::word(word, SelectorsSetBy::WORDS)),
    })
}

fn path_settings(table: &mut Table<'_>) -> Option<PathSettings> {
    Some(PathSettings {
        at: table.at(),
        unlisted: table.optional("unlisted", |word| value::word(word, UnlistedPaths::WORDS)),
        case: table.optional("case", |word| value::word(word, Letters::WORDS)),
        parameters: table.optional("parameters", |word| {
            value::word(word, PathParameters::WORDS)
        }),
    })
}

fn identity_rule(table: &mut Table<'_>) -> Option<IdentityRule> {
    Some(IdentityRule {
        at: table.at(),
        name: table.optional("name", value::text),
        issuer: table.optional("issuer", value::text),
        client: table.optional("client", value::text),
        profile: table.optional("profile", value::text),
        principal: table.optional("principal", value::text),
        when: table.optional("when", |section| section.table(when)),
    })
}

fn when(table: &mut Table<'_>) -> Option<When> {
    table.refuse_empty("no condition: the rule would apply to every certificate");
    Some(conditions(table))
}

fn conditions(table: &mut Table<'_>) -> When {
    let subject = table.optional("subject", |section| section.table(subject));
    When {
        at: table.at(),
        subject: subject.unwrap_or_default(),
        spiffe: table.optional("spiffe", value::text_or_texts),
        trust_domain: table.optional("trust_domain", value::text_or_texts),
        uri: table.optional("uri", value::text_or_texts),
        dns: table.optional("dns", value::text_or_texts),
        email: table.optional("email", value::text_or_texts),
        upn: table.optional("upn", value::text_or_texts),
        ip: table.optional("ip", value::text_or_texts),
        serial: table.optional("serial", value::text_or_texts),
        thumbprint: table.optional("thumbprint", value::text_or_texts),
        public_key: table.optional("public_key", value::text_or_texts),
    }
}

fn subject(table: &mut Table<'_>) -> Option<Vec<SubjectCondition>> {
    table.refuse_empty("no attribute: the rule would apply to every subject");
    let condition = |&(word, attribute): &(&'static str, SubjectAttribute)| {
        let values = table.optional(word, value::text_or_texts)?;
        Some(SubjectCondition { attribute, values })
    };
    Some(
        SubjectAttribute::WORDS
            .iter()
            .filter_map(condition)
            .collect(),
    )
}

fn limit(table: &mut Table<'_>) -> Option<Limit> {
    let name = table.required("name", value::text);
    let active = table.optional("active", value::flag);
    let rate = table.optional("rate", |section| section.table(requests_per));
    let quota = table.optional("quota", |section| section.table(requests_per));
    Some(Limit {
        at: table.at(),
        name: name?,
        active,
        rate,
        quota,
    })
}

fn requests_per(table: &mut Table<'_>) -> Option<RequestsPer> {
    let requests = table.required("requests", value::count);
    let per = table.required("per", value::duration);
    Some(RequestsPer {
        at: table.at(),
        requests: requests?,
        per: per?,
    })
}

fn collection(table: &mut Table<'_>) -> Option<Collection> {
    let name = table.required("name", value::text);
    let paths = table.required("paths", |list| list.filled(path_rule));
    let hosts = table.optional("hosts", value::filled_texts);
    let methods = table.optional("methods", value::filled_texts);
    let cost = table.optional("cost", value::count);
    let limits = table.optional("limits", value::text_or_texts);
    let observe = table.optional("observe", observe);
    Some(Collection {
        at: table.at(),
        name: name?,
        paths: paths?,
        hosts,
        methods,
        cost,
        limits,
        observe,
    })
}

fn path_rule(cursor: Cursor<'_>) -> Option<PathRule> {
    if let Value::String(_) = cursor.value {
        return Some(PathRule {
            path: value::text(cursor)?,
            matching: None,
        });
    }
    cursor.table(|table| {
        let path = table.required("path", value::text);
        let matching = table.optional("match", |word| value::word(word, PathMatch::WORDS));
        Some(PathRule {
            path: path?,
            matching,
        })
    })
}

fn exemption(table: &mut Table<'_>) -> Option<Exemption> {
    let method = table.required("method", value::text);
    let path = table.required("path", value::text);
    Some(Exemption {
        at: table.at(),
        method: method?,
        path: path?,
    })
}

fn clients(cursor: Cursor<'_>) -> Option<Clients> {
    match &cursor.value {
        Value::String(word) if word == "open" => Some(Clients::Open(cursor.at)),
        Value::List(_) => {
            let clients = cursor.list(|item| item.table(client))?;
            Some(Clients::Listed(clients.value))
        }
        _ => cursor.expected("a list of clients, or \"open\""),
    }
}

fn client(table: &mut Table<'_>) -> Option<Client> {
    let id = table.required("id", value::text);
    let active = table.optional("active", value::flag);
    let collections = table.optional("collections", value::texts);
    let limits = table.optional("limits", value::text_or_texts);
    let spiffe_ids = table.optional("spiffe_ids", value::filled_texts);
    let certificates = table.optional("certificates", |list| list.filled(listed_digest));
    let public_keys = table.optional("public_keys", |list| list.filled(listed_digest));
    let constraints = table.optional("constraints", |section| section.table(constraints));
    let requires = table.optional("requires", requires);
    let methods = table.optional("methods", value::filled_texts);
    let ip_allowlist = table.optional("ip_allowlist", value::filled_texts);
    let observe = table.optional("observe", observe);
    let profiles = table.sections("profiles", profile);
    Some(Client {
        at: table.at(),
        id: id?,
        active,
        collections,
        limits,
        spiffe_ids,
        certificates,
        public_keys,
        constraints,
        requires,
        methods,
        ip_allowlist,
        observe,
        profiles,
    })
}

fn listed_digest(cursor: Cursor<'_>) -> Option<ListedDigest> {
    if let Value::String(_) = cursor.value {
        return Some(ListedDigest {
            sha256: value::text(cursor)?,
            until: None,
        });
    }
    cursor.table(|table| {
        let sha256 = table.required("sha256", value::text);
        let until = table.optional("until", value::moment);
        Some(ListedDigest {
            sha256: sha256?,
            until,
        })
    })
}

fn profile(table: &mut Table<'_>) -> Option<Profile> {
    let id = table.required("id", value::text);
    let active = table.optional("active", value::flag);
    let methods = table.optional("methods", value::filled_texts);
    let ip_allowlist = table.optional("ip_allowlist", value::filled_texts);
    let requires = table.optional("requires", requires);
    let limits = table.optional("limits", value::text_or_texts);
    let last_rotated = table.optional("last_rotated", value::moment);
    let token_expiry = table.optional("token_expiry", value::moment);
    Some(Profile {
        at: table.at(),
        id: id?,
        active,
        methods,
        ip_allowlist,
        requires,
        limits,
        last_rotated,
        token_expiry,
    })
}

fn expiry(table: &mut Table<'_>) -> Option<Expiry> {
    Some(Expiry {
        at: table.at(),
        warn_days: table.optional("warn_days", |list| list.filled(value::count)),
        header: table.optional("header", value::text),
    })
}

fn evidence(table: &mut Table<'_>) -> Option<Evidence> {
    Some(Evidence {
        at: table.at(),
        certificate: table.optional("certificate", |word| {
            value::word(word, RecordedCertificate::WORDS)
        }),
    })
}

fn limiting(table: &mut Table<'_>) -> Option<Limiting> {
    let headers = table.optional("headers", |list| {
        list.filled(|word| value::word(word, LimitHeaders::WORDS))
    });
    let written = (table.has("when_away"), table.has("local_percent"));
    let when_away = table.optional("when_away", |word| value::word(word, WhenAway::WORDS));
    let local_percent = table.optional("local_percent", value::count);
    // One that could not be read is a problem already; the other says nothing
    // without it.
    let is_read = written == (when_away.is_some(), local_percent.is_some());
    Some(Limiting {
        at: table.at(),
        headers,
        when_away: when_away.filter(|_| is_read),
        local_percent: local_percent.filter(|_| is_read),
    })
}
