//! The proxies in front, and the headers that select.

use crate::dialect::Dialect;
use crate::edge::{ClaimUse, Preset};
use crate::policy::document::{Budget, Edge, EdgeClaims, Located, Proof, Selectors};
use crate::policy::keywords::{
    AddressSource, DirectTls, IdentityHeaders, SelectorsSetBy, Verification,
};
use crate::policy::text::cursor::{Cursor, Table};
use crate::policy::text::value;

pub(super) fn edge(table: &mut Table<'_>) -> Option<Edge> {
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

pub(super) fn selectors(table: &mut Table<'_>) -> Option<Selectors> {
    Some(Selectors {
        at: table.at(),
        client_header: table.optional("client_header", value::text),
        profile_header: table.optional("profile_header", value::text),
        set_by: table.optional("set_by", |word| value::word(word, SelectorsSetBy::WORDS)),
    })
}
