//! How many authorities may follow one.

use crate::case::{ALLOW, Case, UNTRUSTED, agree};
use crate::certificate::Party;
use crate::extensions::basic_constraints;
use crate::openssl;

/// Lengths of the root and of the first below it, and how many stand below that one;
/// of these, how many it issued to itself.
type Row = (Option<u64>, Option<u64>, usize, usize, &'static str);

const LENGTHS: &[Row] = &[
    (None, None, 0, 0, ALLOW),
    (None, None, 1, 0, ALLOW),
    (None, None, 2, 0, ALLOW),
    (None, None, 5, 0, ALLOW),
    (None, Some(0), 0, 0, ALLOW),
    (None, Some(0), 1, 0, UNTRUSTED),
    (None, Some(1), 1, 0, ALLOW),
    (None, Some(1), 2, 0, UNTRUSTED),
    (None, Some(2), 2, 0, ALLOW),
    (None, Some(255), 2, 0, ALLOW),
    (None, Some(256), 2, 0, UNTRUSTED),
    (Some(0), None, 0, 0, UNTRUSTED),
    (Some(0), Some(0), 0, 0, UNTRUSTED),
    (Some(1), None, 0, 0, ALLOW),
    (Some(1), None, 1, 0, UNTRUSTED),
    (Some(1), Some(0), 0, 0, ALLOW),
    (Some(1), Some(1), 1, 0, UNTRUSTED),
    (Some(2), None, 1, 0, ALLOW),
    (Some(2), Some(1), 1, 0, ALLOW),
    (Some(2), Some(0), 1, 0, UNTRUSTED),
    (Some(2), None, 2, 0, UNTRUSTED),
    (Some(3), Some(2), 2, 0, ALLOW),
    (None, None, 1, 1, ALLOW),
    (None, Some(1), 1, 1, ALLOW),
    (None, Some(0), 1, 1, UNTRUSTED),
    (Some(1), None, 1, 1, ALLOW),
    (Some(0), None, 1, 1, UNTRUSTED),
    (Some(1), Some(1), 2, 1, UNTRUSTED),
    (Some(2), Some(2), 2, 1, ALLOW),
];

#[test]
fn a_way_is_as_long_as_everybody_on_it_allows() {
    if !openssl::is_here() {
        return;
    }
    let mut cases = Vec::new();
    for (of_root, of_first, below, own, expected) in LENGTHS {
        let (root, first) = (Party::new("Root"), Party::new("First"));
        let anchor = root.root(|fields| fields.constraints = basic_constraints(true, *of_root));
        let of_first = basic_constraints(true, *of_first);
        let mut chain = vec![first.by(&root, |fields| fields.constraints = of_first)];
        let mut last = first;
        for number in 0..*below {
            let next = if number < *own {
                last.namesake()
            } else {
                Party::new(&format!("Number {number}"))
            };
            chain.push(next.by(&last, |_| {}));
            last = next;
        }
        let leaf = last.client(|_| {});
        let name = format!("{of_root:?}, {below} below, {own} of them its own, {expected}");
        let mut certificates = vec![&leaf];
        certificates.extend(&chain);
        cases.push(Case::new(name, &certificates, &[&anchor], expected));
        // A client of the root itself.
        let leaf = root.client(|_| {});
        let name = format!("{of_root:?}, alone");
        cases.push(Case::new(name, &[&leaf], &[&anchor], ALLOW));
    }
    agree("lengths", &cases);
}
