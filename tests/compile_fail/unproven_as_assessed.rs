//! A certificate that nobody vouched for is no key of a cache, and an unproven
//! one no assessment.

use std::sync::Arc;

use certgate::decide::{Assessed, UnprovenCertificate};
use certgate::edge::{Attested, Unvouched};

fn as_attested(unvouched: Unvouched<'static>) -> Attested<'static> {
    unvouched
}

fn decoded(unvouched: Unvouched<'static>) {
    let _ = unvouched.decode();
}

fn as_assessed(certificate: &UnprovenCertificate) -> &Arc<Assessed> {
    &certificate.0
}

fn main() {}
