//! Only a gate grants.

use certgate::gate::Granted;

fn by_hand() -> Granted {
    Granted(Default::default())
}

fn by_function(allow: &certgate::decide::Allow<'static>) -> Granted {
    Granted::new(allow, "id")
}

fn main() {}
