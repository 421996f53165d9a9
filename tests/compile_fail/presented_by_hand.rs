//! One request's facts cannot be put beside another's certificate.

use certgate::decide::Presented;

fn by_hand(stranger: Presented<'static>, partner: Presented<'static>) -> Presented<'static> {
    Presented {
        facts: stranger.facts,
        certificate: partner.certificate,
    }
}

fn main() {}
