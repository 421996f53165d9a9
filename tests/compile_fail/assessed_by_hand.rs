//! Only `assess` assesses a certificate.

use certgate::certificate::CertInfo;
use certgate::decide::Assessed;
use certgate::trust::IssuerVerdict;

fn by_hand(certificate: CertInfo) -> Assessed {
    Assessed {
        certificate,
        issuer: IssuerVerdict::NotRestricted,
    }
}

fn main() {}
