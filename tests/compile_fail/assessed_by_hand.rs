//! Only `assess` assesses a certificate.

use certgate::certificate::ClientCertificate;
use certgate::decide::Assessed;

fn by_hand(certificate: ClientCertificate) -> Assessed {
    Assessed { certificate }
}

fn main() {}
