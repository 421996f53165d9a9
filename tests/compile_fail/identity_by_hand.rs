//! Only an allow proves an identity.

use certgate::decide::Identity;
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

fn main() {}
