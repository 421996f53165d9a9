//! What is observed comes of a decision, and makes no proven identity.

use certgate::decide::{Allow, Grant, Identity, ObservedGrant, ObservedIdentity};
use certgate::gate::{Granted, ProvenIdentity};

fn by_hand() -> ObservedIdentity {
    ObservedIdentity {
        client: "acme".into(),
        profile: None,
        principal: "acme".into(),
    }
}

fn as_proven(granted: &Granted) -> Option<&ProvenIdentity> {
    granted.observed().and_then(ObservedGrant::identity)
}

fn as_identity<'d>(observed: &'d ObservedGrant) -> Option<&'d Identity<'d>> {
    observed.identity()
}

fn left_out(allow: &Allow<'static>) -> String {
    let Grant::Proven(identity) = allow.grant();
    identity.client().to_owned()
}

fn main() {}
