//! Only an allow proves an identity, or tells whose it would be.

use certgate::decide::{Identity, ObservedIdentity};
use certgate::gate::ProvenIdentity;

fn owned() -> ProvenIdentity {
    ProvenIdentity {
        client: Some("acme".into()),
        profile: None,
        principal: "acme".into(),
    }
}

fn borrowed() -> Identity<'static> {
    Identity {
        client: Some("acme"),
        profile: None,
        principal: "acme".into(),
    }
}

fn observed() -> ObservedIdentity {
    ObservedIdentity {
        client: Some("acme".into()),
        profile: None,
        principal: "acme".into(),
    }
}

fn main() {}
