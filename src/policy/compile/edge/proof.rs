//! What a trusted proxy has to prove besides its address.

use crate::certificate::Thumbprint;
use crate::edge::{EdgeNames, EdgeProof, SecretDigest};
use crate::policy::document::{self, TextList};
use crate::policy::problem::{Problem, Problems};

use super::names::header_name;
use crate::policy::compile::refuse_empty;

/// The header of the secret where the policy names no other.
const SECRET_HEADER: &str = "X-Edge-Secret";

/// The compiled proofs. What is wrong with them has been reported, and can
/// never hold.
pub(super) fn proof(document: Option<&document::Proof>, problems: &mut Problems) -> EdgeProof {
    let Some(document) = document else {
        return EdgeProof::default();
    };
    header_name(document.secret_header.as_ref(), problems);
    let secrets = document.secret_sha256.as_ref();
    let certificates = document.certificate_sha256.as_ref();
    refuse_empty(secrets, problems);
    refuse_empty(certificates, problems);
    match (&document.secret_header, secrets, certificates) {
        (None, None, None) => problems.push(
            Problem::error(&document.at, "this proves nothing")
                .with_hint("give it `secret_sha256`, `certificate_sha256`, or both"),
        ),
        (Some(header), None, _) => problems.push(
            Problem::error(&header.at, "no secret is known that this header could hold")
                .with_hint("list its SHA-256 in `secret_sha256`"),
        ),
        _ => {}
    }
    let secrets = secrets.map(|list| {
        let read =
            |text: &str| SecretDigest::from_hex(text).filter(|digest| !digest.is_of_nothing());
        digests(list, read, "of a secret", problems)
    });
    let certificates = certificates.map(|list| {
        let read = |text: &str| Thumbprint::from_hex(text).ok();
        digests(list, read, "of the DER of a certificate", problems)
    });
    EdgeProof::new(secrets, certificates)
}

fn digests<T>(
    list: &TextList,
    read: impl Fn(&str) -> Option<T>,
    what: &str,
    problems: &mut Problems,
) -> Box<[T]> {
    let mut digests = Vec::with_capacity(list.value.len());
    for text in &list.value {
        match read(&text.value) {
            Some(digest) => digests.push(digest),
            None => problems.push(
                Problem::error(&text.at, format!("not the SHA-256 {what}"))
                    .with_hint("write its 64 hexadecimal digits"),
            ),
        }
    }
    digests.into_boxed_slice()
}

/// The name of the secret's header, where the policy knows a secret.
pub(super) fn secret_header(document: &document::Edge) -> Option<&str> {
    let proof = document.proof.as_ref()?;
    let named = proof.secret_header.as_ref();
    proof
        .secret_sha256
        .is_some()
        .then(|| named.map_or(SECRET_HEADER, |setting| &setting.value))
}

/// A secret that stands in another header would be read as something else, and
/// could be shown.
pub(super) fn refuse_shared_header(
    document: &document::Edge,
    names: &EdgeNames,
    problems: &mut Problems,
) {
    if let Some(secret) = names.secret()
        && names.about_clients().any(|other| other == secret)
    {
        problems.push(Problem::error(
            document
                .proof
                .as_ref()
                .and_then(|proof| proof.secret_header.as_ref())
                .map_or(&document.at, |setting| &setting.at),
            "the secret needs a header of its own",
        ));
    }
}
