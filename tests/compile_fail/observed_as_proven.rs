//! What is observed makes no proven identity.

use certgate::decide::{Identity, ObservedGrant};
use certgate::gate::{Granted, ProvenIdentity};

fn as_proven(granted: &Granted) -> Option<&ProvenIdentity> {
    granted.observed().and_then(ObservedGrant::identity)
}

fn as_identity<'d>(observed: &'d ObservedGrant) -> Option<&'d Identity<'d>> {
    observed.identity()
}

fn main() {}
