//! The rules about the edge.

mod addresses;
mod certificate;
mod claims;
mod direct;
mod hops;
mod names;
mod proof;
mod verification;

use crate::dialect::Budget;
use crate::edge::{AddressSource, DirectTls, Edge, EdgeNames, Preset};
use crate::policy::document::{self, Located};
use crate::policy::problem::Problems;
use crate::policy::{AddressSource as AddressWord, DirectTls as DirectTlsWord};

use addresses::{proxies, warn_of_proxies_that_are_never_passed, warn_of_wide_ranges};
use certificate::{chain_header, dialect};
use claims::{claim_headers, claim_uses};
use direct::refuse_an_edge_where_there_is_none;
use hops::hops;
use names::refuse_shared_names;
pub(super) use names::{has_another_meaning, header_name};
pub(super) use verification::is_in_process;
use verification::verification;

/// The compiled edge; `None` if it cannot be made, which has been reported.
pub(super) fn edge(document: &document::Edge, problems: &mut Problems) -> Option<Edge> {
    let preset = document.preset.value;
    let facts = preset.facts();
    let trusted = proxies(Some(&document.trusted_proxies), problems);
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
    let address_proxies = proxies(document.address_proxies.as_ref(), problems);
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
    let mut edge = Edge::from_preset(preset, trusted?);
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
