//! Name constraints (RFC 5280 section 4.2.1.10) on what a subject says: rustls-webpki
//! holds alternative names to them and looks at no subject, from which clients are
//! identified here.

use crate::certificate::{AttributeType, AttributeValue, CertInfo, Subtree};

/// Whether the subject of a certificate, which stands below this authority, has
/// nothing that the authority may not give it.
///
/// An e-mail address is refused wherever the authority is constrained in e-mail
/// addresses at all, as those among the alternative names are.
pub(super) fn may_have_subject(authority: &CertInfo, certificate: &CertInfo) -> bool {
    let constraints = authority.name_constraints();
    let mut all = constraints.permitted().chain(constraints.excluded());
    let has_address = certificate
        .subject()
        .attributes()
        .any(|attribute| attribute.attribute_type() == AttributeType::EMAIL_ADDRESS);
    !has_address || all.all(|subtree| subtree != Subtree::Email)
}

/// Whether the common names of a client's certificate are none that the authority
/// may not give it: those that could be names of hosts. OpenSSL takes them for such
/// only where there is no alternative name of a host; but rules make clients of common
/// names whatever stands beside them, so that one name that is permitted would let an
/// authority give any other.
pub(super) fn may_have_common_names(authority: &CertInfo, certificate: &CertInfo) -> bool {
    let values = certificate.subject().values(AttributeType::COMMON_NAME);
    let hosts = values.filter_map(AttributeValue::text);
    let mut hosts = hosts.filter(|text| could_be_host(text));
    hosts.all(|host| may_name(authority, &host))
}

fn may_name(authority: &CertInfo, host: &str) -> bool {
    let bases = |subtree| match subtree {
        Subtree::Dns(base) => Some(base),
        Subtree::Email | Subtree::Other => None,
    };
    let constraints = authority.name_constraints();
    let mut permitted = constraints.permitted().filter_map(bases).peekable();
    let mut excluded = constraints.excluded().filter_map(bases);
    let is_permitted = permitted.peek().is_none() || permitted.any(|base| is_below(host, base));
    is_permitted && !excluded.any(|base| is_below(host, base))
}

/// Two labels or more of what labels are made of; and what is nearly that.
fn could_be_host(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'*');
    text.contains('.') && text.bytes().all(|byte| is_part(byte) || byte == b'.')
}

/// Whether a host is this base or below it; below it alone, if the base begins with a
/// dot. An empty base is every host's.
fn is_below(host: &str, base: &[u8]) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).as_bytes();
    let Some(start) = host.len().checked_sub(base.len()) else {
        return false;
    };
    let (labels, end) = host.split_at(start);
    let begins_a_label = labels.is_empty() || labels.ends_with(b".") || base.starts_with(b".");
    base.is_empty() || begins_a_label && end.eq_ignore_ascii_case(base)
}
