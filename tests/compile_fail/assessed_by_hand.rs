//! Only `assess` assesses a certificate.

use certgate::certificate::ClientCertificate;
use certgate::decide::Assessed;
use certgate::trust::IssuerVerdict;

fn by_hand(certificate: ClientCertificate) -> Assessed {
    Assessed {
        certificate,
        issuer: IssuerVerdict::NotRestricted,
    }
}

fn main() {}
