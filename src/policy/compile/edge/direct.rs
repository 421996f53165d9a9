//! No edge: TLS ends in this process.

use crate::policy::AddressSource;
use crate::policy::document;
use crate::policy::problem::{Problem, Problems};

use super::is_in_process;

/// Settings about an edge, where TLS ends in this process.
pub(super) fn refuse_an_edge_where_there_is_none(
    document: &document::Edge,
    problems: &mut Problems,
) {
    let proxies = &document.trusted_proxies;
    let claims = document.claims.as_ref().map(|claims| &claims.at);
    let proof = document.proof.as_ref().map(|proof| &proof.at);
    let source = document.client_address.as_ref();
    let settings = [
        source
            .filter(|source| source.value != AddressSource::Peer)
            .map(|setting| &setting.at),
        document.address_proxies.as_ref().map(|list| &list.at),
        (!proxies.value.is_empty()).then_some(&proxies.at),
        document
            .verification
            .as_ref()
            .filter(|_| !is_in_process(document))
            .map(|setting| &setting.at),
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
