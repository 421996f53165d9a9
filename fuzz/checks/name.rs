//! Any text as a distinguished name: what parses prints, and what is printed
//! parses to the same name.

use certgate::certificate::{DistinguishedName, is_matchable};

pub(crate) fn check(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let requested = DistinguishedName::parse(text);
    let configured = DistinguishedName::parse_configured(text);
    for error in [requested.as_ref().err(), configured.as_ref().err()]
        .into_iter()
        .flatten()
    {
        assert!(error.offset() <= text.len());
    }
    if let Ok(name) = &requested {
        survives_printing(name);
        assert_eq!(
            configured.as_ref().expect("configuration takes more").name,
            *name
        );
    }
    if let Ok(configured) = &configured {
        survives_printing(&configured.name);
    }
}

fn survives_printing(name: &DistinguishedName) {
    let printed = name.to_string();
    assert!(is_matchable(&printed));
    let again = DistinguishedName::parse(&printed).expect("what is printed can be read");
    assert_eq!(again, *name);
    assert_eq!(again.to_string(), printed);
}
