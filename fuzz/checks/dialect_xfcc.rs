//! The pairs, joined again, are the value; what the budget and the hops
//! promise holds.

use certgate::dialect::xfcc::{Key, Quoting, client, decode, parse};
use certgate::dialect::{Budget, DialectErrorClass};

pub(crate) fn check(value: &[u8]) {
    let budget = Budget::default();
    let elements = match parse(value, &budget) {
        Ok(elements) => elements,
        Err(error) => {
            assert!(error.offset() <= value.len());
            return;
        }
    };
    assert!(elements.len() <= budget.elements);

    let mut joined = Vec::new();
    for element in &elements {
        for pair in element.pairs() {
            let key = match pair.key {
                Key::By => "By",
                Key::Hash => "Hash",
                Key::Cert => "Cert",
                Key::Chain => "Chain",
                Key::Subject => "Subject",
                Key::Uri => "URI",
                Key::Dns => "DNS",
            };
            let quote: &[u8] = match pair.value.quoting {
                Quoting::Quoted => b"\"",
                Quoting::Unquoted => b"",
            };
            joined.extend([key.as_bytes(), b"=", quote, pair.value.raw, quote, b";"].concat());
        }
        joined.pop();
        joined.push(b',');
        assert!(element.chain().len() <= budget.certificates);
        if let (Some(leaf), Some(first)) = (element.certificate(), element.chain().first()) {
            assert_eq!(leaf, first);
        }
    }
    joined.pop();
    assert!(joined.eq_ignore_ascii_case(value));

    match decode(value, &budget) {
        Ok(Some(forwarded)) => {
            assert_eq!(elements.len(), 1);
            let found = client(&elements, 1).unwrap().unwrap();
            assert_eq!(found.certificate(), Some(forwarded.leaf.as_slice()));
        }
        Ok(None) => assert!(
            elements
                .first()
                .is_none_or(|only| only.certificate().is_none())
        ),
        Err(error) => {
            assert_eq!(error.class(), DialectErrorClass::Ambiguous);
            assert!(elements.len() > 1);
        }
    }
}
