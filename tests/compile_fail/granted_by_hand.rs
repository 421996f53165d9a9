//! Only a gate grants.

use certgate::gate::{Granted, PolicyInForce};

fn by_hand() -> Granted {
    Granted(Default::default())
}

fn by_function(allow: &certgate::decide::Allow<'static>, in_force: PolicyInForce) -> Granted {
    Granted::new(allow, "id", in_force)
}

fn main() {}
