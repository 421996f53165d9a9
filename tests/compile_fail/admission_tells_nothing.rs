//! An admission shows what is owed, not who is calling.

use certgate::decide::Admission;

fn early(admission: &Admission<'static>) {
    let _ = admission.findings();
    let _ = admission.grant();
    let _ = admission.client();
}

fn main() {}
