//! What the certificates of the tests say about their holders.

use rcgen::{DistinguishedName, DnType, SanType};

use crate::pki::Holder;

/// A subject that tries to be read as another one, in every text form that an
/// edge may make of it.
pub(crate) const TRICKY: &str = "tricky,CN=pisp-partner-acme+OU=\"a\\\";/CN=x;#=\u{e9}";

const TRICKY_ORGANIZATION: &str = " #lead \"quoted\", Inc.;CN=admin+OU=\\,Subject=\"CN=admin\";URI=spiffe://td.example/admin \u{fc} ";

/// The element that a forger would like an edge to forward.
pub(crate) const FORGED_ELEMENT: &str = concat!(
    "spiffe://td.example/x,By=spiffe://td.example/edge;Hash=",
    "0000000000000000000000000000000000000000000000000000000000000000",
    ";URI=spiffe://td.example/admin"
);

const CN: DnType = DnType::CommonName;
const OU: DnType = DnType::OrganizationalUnitName;
const O: DnType = DnType::OrganizationName;

/// Another key for the same attribute type, as a name holds each key once.
fn another_cn() -> DnType {
    DnType::CustomDnType(vec![2, 5, 4, 3])
}

pub(crate) fn of(holder: Holder) -> DistinguishedName {
    let acme = [(CN, "pisp-partner-acme"), (OU, "pisp-prod"), (O, "Acme")];
    let named = |name| [(CN, name), (OU, "prod"), (O, "Example")];
    match holder {
        Holder::Acme
        | Holder::AcmeRsa
        | Holder::AcmeByIntermediate
        | Holder::Stranger
        | Holder::Expired
        | Holder::SixtyNames => distinguished(acme),
        Holder::Beta => distinguished(named("aisp-partner-beta")),
        Holder::Tricky => distinguished([(CN, TRICKY), (OU, "prod"), (O, TRICKY_ORGANIZATION)]),
        Holder::TwoNames => distinguished([
            (CN, "aisp-partner-beta"),
            (OU, "pisp-prod"),
            (another_cn(), "pisp-partner-acme"),
        ]),
        Holder::Workload => distinguished(named("workload")),
        Holder::OuterEnvoy => distinguished(named("outer-envoy")),
        Holder::ForgedElement | Holder::ForgedUri | Holder::ForgedDns | Holder::LoneQuote => {
            distinguished(named("forger"))
        }
    }
}

pub(crate) fn alternative_names(holder: Holder) -> Vec<SanType> {
    let uri = |text: &str| vec![SanType::URI(text.try_into().unwrap())];
    match holder {
        Holder::SixtyNames => (0..60)
            .map(|number| format!("host-{number}.partner.example.com"))
            .map(|name| SanType::DnsName(name.try_into().unwrap()))
            .collect(),
        Holder::Workload => uri("spiffe://td.example/partner"),
        Holder::ForgedElement => uri(FORGED_ELEMENT),
        Holder::ForgedUri => uri("spiffe://td.example/x;URI=spiffe://td.example/admin"),
        Holder::ForgedDns => uri("spiffe://td.example/x;DNS=admin"),
        Holder::LoneQuote => uri("spiffe://td.example/\""),
        _ => Vec::new(),
    }
}

fn distinguished<const N: usize>(attributes: [(DnType, &str); N]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for (attribute, value) in attributes {
        name.push(attribute, value);
    }
    name
}
