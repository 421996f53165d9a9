//! Several proxies in a row.

use crate::certificate::Thumbprint;
use crate::dialect::Dialect;
use crate::edge::Hops;
use crate::policy::document::{self, Located, TextList};
use crate::policy::problem::{Problem, Problems};

/// How many proxies write an element, and what each after the first has to
/// describe.
pub(super) fn hops(
    document: &document::Edge,
    dialect: Option<Dialect>,
    problems: &mut Problems,
) -> Option<Hops> {
    let lists = document.hop_certificates.as_ref();
    let pins = lists.map_or(&[] as &[TextList], |lists| &lists.value);
    let hops = document.hops.as_ref();
    if let Some(at) = hops.map(|hops| &hops.at).or(lists.map(|lists| &lists.at))
        && dialect != Some(Dialect::Xfcc)
    {
        problems.push(Problem::error(
            at,
            "only `x-forwarded-client-cert` has an element for each hop",
        ));
    }
    let count = hops.map_or(1, |hops| hops.value.get());
    if count != 1 + pins.len() as u64 {
        let at = lists.map_or_else(
            || hops.map_or(&document.at, |hops| &hops.at),
            |lists| &lists.at,
        );
        problems.push(
            Problem::error(
                at,
                "every hop after the first needs the certificate by which it knows the proxy \
                 before it",
            )
            .with_hint(
                "list `hop_certificates` in the order of the elements, one entry for each hop \
                 but the first",
            ),
        );
        return None;
    }
    let pins: Option<Box<[_]>> = pins
        .iter()
        .map(|list| thumbprints(list, problems))
        .collect();
    Some(Hops { pins: pins? })
}

/// The SHA-256 values of a list, in hexadecimal.
fn thumbprints(list: &TextList, problems: &mut Problems) -> Option<Box<[Thumbprint]>> {
    let mut read = |text: &Located<String>| {
        let thumbprint = Thumbprint::from_hex(&text.value);
        if thumbprint.is_err() {
            problems.push(Problem::error(
                &text.at,
                "not a SHA-256 of a certificate in hexadecimal",
            ));
        }
        thumbprint.ok()
    };
    let thumbprints: Vec<Option<Thumbprint>> = list.value.iter().map(&mut read).collect();
    thumbprints.into_iter().collect()
}
