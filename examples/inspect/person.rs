//! The certificates of a file, for a person to read.

use std::fmt::Write as _;

use certgate::certificate::CertInfo;

use super::certificate::{AlternativeNamesView, CertificateView};
use crate::support::text::visible;

/// Reads the certificates of a file: DER, or any number of PEM blocks with
/// text around them. Blocks that are no certificates are left out.
pub(crate) fn read_file(contents: Vec<u8>) -> Result<Vec<CertInfo>, String> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let is_pem = contents.windows(BEGIN.len()).any(|part| part == BEGIN);
    // DER begins with a SEQUENCE, and may hold the armour of PEM in a name.
    let ders = if is_pem && contents.first() != Some(&0x30) {
        let blocks = pem::parse_many(contents).map_err(|error| format!("not PEM: {error}"))?;
        let certificates = blocks.into_iter().filter(|b| b.tag() == "CERTIFICATE");
        certificates.map(pem::Pem::into_contents).collect()
    } else {
        vec![contents]
    };
    if ders.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    let certificates = ders.into_iter().enumerate();
    certificates
        .map(|(at, der)| {
            CertInfo::from_der(der).map_err(|error| format!("certificate {}: {error}", at + 1))
        })
        .collect()
}

/// A section for each certificate of a file.
pub(crate) fn describe(file: &str, certificates: &[CertInfo]) -> String {
    let mut page = String::new();
    for (at, certificate) in certificates.iter().enumerate() {
        let of = certificates.len();
        let separator = if at == 0 { "" } else { "\n" };
        let file = visible(file);
        // Writing to a string cannot fail.
        let _ = writeln!(page, "{separator}{file}: certificate {} of {of}", at + 1);
        describe_one(&mut page, &CertificateView::new(certificate));
    }
    page
}

fn describe_one(page: &mut String, view: &CertificateView) {
    let empty = |text: &str| if text.is_empty() { "(empty)" } else { text }.to_owned();
    section(page, "Names");
    row(page, "subject", &empty(&view.subject));
    rows(page, "common name", &view.cn);
    rows(page, "organizational unit", &view.ou);
    row(page, "issuer", &empty(&view.issuer));
    row(page, "serial", &view.serial);
    section(page, "Validity");
    row(page, "not before", &view.not_before);
    row(page, "not after", &view.not_after);
    section(page, "Thumbprint");
    row(page, "SHA-256", &view.sha256_fingerprint);
    row(page, "x5t#S256", &view.x5t_s256);
    let AlternativeNamesView {
        dns,
        email,
        uri,
        ip,
        dirname,
        other,
    } = &view.san;
    let names = [
        ("DNS", dns),
        ("e-mail", email),
        ("URI", uri),
        ("IP", ip),
        ("directory name", dirname),
        ("other", other),
    ];
    if names.iter().any(|(_, values)| !values.is_empty()) {
        section(page, "Subject alternative names");
        for (label, values) in names {
            rows(page, label, values);
        }
    }
}

fn section(page: &mut String, title: &str) {
    let _ = writeln!(page, "\n  {title}");
}

fn rows(page: &mut String, label: &str, values: &[String]) {
    for (at, value) in values.iter().enumerate() {
        row(page, if at == 0 { label } else { "" }, value);
    }
}

fn row(page: &mut String, label: &str, value: &str) {
    let _ = writeln!(page, "    {label:<21}{}", visible(value));
}
