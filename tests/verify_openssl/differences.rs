//! Where certgate and OpenSSL do not agree, and why.
//!
//! Where certgate is the stricter, a partner is locked out whom OpenSSL would let in,
//! and has to get another certificate. Where OpenSSL is, the reason says why nobody
//! gets in who should not.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stricter {
    Certgate,
    OpenSsl,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Difference {
    /// Which cases: `*` stands for anything.
    pub(crate) cases: &'static str,
    pub(crate) stricter: Stricter,
    #[expect(dead_code, reason = "read by people")]
    pub(crate) why: &'static str,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        cases: "validity: *since 1960*",
        stricter: Stricter::Certgate,
        why: "rustls-webpki knows no date before 1970. Nobody has such a certificate but for the root, of which the dates are read here.",
    },
    Difference {
        cases: "validity: *last second*",
        stricter: Stricter::OpenSsl,
        why: "RFC 5280 section 4.1.2.5: the period is inclusive of its last second, which OpenSSL counts as over.",
    },
    Difference {
        cases: "roles: client: an authority",
        stricter: Stricter::Certgate,
        why: "An authority's certificate is nobody's own. What it is for is signing.",
    },
    Difference {
        cases: "roles: client: version 1",
        stricter: Stricter::Certgate,
        why: "A certificate of version 1 says nothing of what it is for.",
    },
    Difference {
        cases: "roles: root*: no constraints",
        stricter: Stricter::Certgate,
        why: "OpenSSL takes keyCertSign alone for an authority. RFC 5280 section 4.2.1.9 wants basicConstraints.",
    },
    Difference {
        cases: "roles: root*: version 1",
        stricter: Stricter::Certgate,
        why: "OpenSSL takes roots of version 1, which could be anybody's.",
    },
    Difference {
        cases: "roles: root*: old-fashioned",
        stricter: Stricter::Certgate,
        why: "OpenSSL takes netscape-cert-type for basicConstraints.",
    },
    Difference {
        cases: "roles: client: old-fashioned server",
        stricter: Stricter::OpenSsl,
        why: "netscape-cert-type is no part of RFC 5280, of which section 4.2 lets an extension that is not critical be ignored; extendedKeyUsage, which replaced it, is what counts. An issuer that means it marks it critical, and then it is refused.",
    },
    Difference {
        cases: "lengths: *1 of them its own*",
        stricter: Stricter::Certgate,
        why: "RFC 5280 does not count authorities that certified themselves anew. rustls-webpki does.",
    },
    Difference {
        cases: "lengths: None, 2 below, 0 of them its own, certificate_untrusted",
        stricter: Stricter::Certgate,
        why: "rustls-webpki reads no length above 255.",
    },
    Difference {
        cases: r#"name constraints: *"email:*"#,
        stricter: Stricter::Certgate,
        why: "E-mail addresses are not compared: where an authority is constrained in them, whoever has one is refused.",
    },
    Difference {
        cases: r#"name constraints: *"uri:*"#,
        stricter: Stricter::Certgate,
        why: "Nor are URIs.",
    },
    Difference {
        cases: r#"name constraints: *"dir:*"#,
        stricter: Stricter::Certgate,
        why: "Nor are directory names, which every certificate has.",
    },
    Difference {
        cases: r#"name constraints: *[] but ["dns:www.evil.example"]*"#,
        stricter: Stricter::Certgate,
        why: "A wildcard that could stand for an excluded name is excluded.",
    },
    Difference {
        cases: "name constraints: *255.0.255.0*",
        stricter: Stricter::Certgate,
        why: "RFC 4632: a mask has its ones first.",
    },
    Difference {
        cases: r#"name constraints: *["dns:.acme.example"]"#,
        stricter: Stricter::Certgate,
        why: "A name of a host has no empty label.",
    },
    Difference {
        cases: r#"name constraints: *"dns:a b.*"#,
        stricter: Stricter::Certgate,
        why: "And no space.",
    },
    Difference {
        cases: r#"name constraints: *["ip:10.0.0"]"#,
        stricter: Stricter::Certgate,
        why: "An address has four or sixteen octets.",
    },
    Difference {
        cases: "constrained subjects: *1.2.840.113549.1.9.1*",
        stricter: Stricter::Certgate,
        why: "An e-mail address in the subject is treated as one among the alternative names.",
    },
    Difference {
        cases: r#"constrained subjects: *"*.evil.example"*"#,
        stricter: Stricter::Certgate,
        why: "A common name that is a wildcard of hosts names hosts.",
    },
    Difference {
        cases: r#"constrained subjects: *"evil.example")], ["dns:acme.example"]"#,
        stricter: Stricter::Certgate,
        why: "Rules make clients of common names whatever alternative names stand beside them, so that a host that is permitted there permits no other here.",
    },
    Difference {
        cases: r#"constrained subjects: *"evil.example."*"#,
        stricter: Stricter::Certgate,
        why: "So does one with the dot of the root.",
    },
    Difference {
        cases: "names: client *",
        stricter: Stricter::Certgate,
        why: "rustls-webpki compares the octets of names. RFC 5280 section 4.1.2.6 has authorities write their name in the same way everywhere.",
    },
    Difference {
        cases: "names: partial *",
        stricter: Stricter::Certgate,
        why: "Likewise.",
    },
    Difference {
        cases: "algorithms: * P-256 with SHA-512",
        stricter: Stricter::Certgate,
        why: "ring pairs P-256 and P-384 with SHA-256 and SHA-384.",
    },
    Difference {
        cases: "algorithms: * P-521",
        stricter: Stricter::Certgate,
        why: "ring has no such curve.",
    },
    Difference {
        cases: "algorithms: * secp256k1",
        stricter: Stricter::Certgate,
        why: "Nor this.",
    },
    Difference {
        cases: "algorithms: * Ed448",
        stricter: Stricter::Certgate,
        why: "Nor this.",
    },
    Difference {
        cases: "algorithms: * SHA-1",
        stricter: Stricter::Certgate,
        why: "SHA-1 has not resisted collisions since 2017.",
    },
    Difference {
        cases: "algorithms: * RSA of 1024 bits",
        stricter: Stricter::Certgate,
        why: "Too short since 2013 (NIST SP 800-131A).",
    },
    Difference {
        cases: "algorithms: * RSA of 2040 bits",
        stricter: Stricter::Certgate,
        why: "Likewise.",
    },
    Difference {
        cases: "algorithms: * a key for PSS alone",
        stricter: Stricter::Certgate,
        why: "ring verifies PSS with keys of the usual kind.",
    },
    Difference {
        cases: "signatures: another identifier of *",
        stricter: Stricter::OpenSsl,
        why: "RFC 5280 section 4.2.1.1: identifiers of keys help to find a path, and no step of validation (section 6.1) looks at them. The signature is right.",
    },
    Difference {
        cases: "signatures: forged and right",
        stricter: Stricter::OpenSsl,
        why: "OpenSSL goes the first way that names allow, and no other when a signature on it is wrong. Somebody else's certificate among the client's takes nothing away here.",
    },
    Difference {
        cases: "signatures: changed and right",
        stricter: Stricter::OpenSsl,
        why: "Likewise.",
    },
    Difference {
        cases: "signatures: namesakes without identifiers of keys",
        stricter: Stricter::OpenSsl,
        why: "Likewise.",
    },
    Difference {
        cases: "ways: both, one root",
        stricter: Stricter::OpenSsl,
        why: "OpenSSL goes the first way up, here to a root that nobody trusts. RFC 4158: any path that holds will do.",
    },
    Difference {
        cases: "ways: one root ended",
        stricter: Stricter::OpenSsl,
        why: "Likewise, to a root that has ended.",
    },
    Difference {
        cases: "ways: order *",
        stricter: Stricter::OpenSsl,
        why: "Likewise; the client's order means nothing.",
    },
    Difference {
        cases: "ways: twice *",
        stricter: Stricter::OpenSsl,
        why: "Likewise.",
    },
    Difference {
        cases: "lists: current and early",
        stricter: Stricter::Certgate,
        why: "The list that was made last counts. One that is from the future stands for what its issuer already knows, and older ones are not asked instead.",
    },
    Difference {
        cases: "lists: last second",
        stricter: Stricter::OpenSsl,
        why: "As with certificates.",
    },
    Difference {
        cases: "lists: not asked*",
        stricter: Stricter::Certgate,
        why: "Lists that are there are asked, whether they have to be there or not.",
    },
    Difference {
        cases: "lists: none*, and not asked",
        stricter: Stricter::OpenSsl,
        why: "`if-listed` is the policy's word for this: of an issuer without a list, nothing is revoked. OpenSSL has no such setting; `required` is what corresponds to its own.",
    },
    Difference {
        cases: "scopes: no next update",
        stricter: Stricter::Certgate,
        why: "Without one nobody could tell that a newer list was held back.",
    },
    Difference {
        cases: "scopes: taken back",
        stricter: Stricter::Certgate,
        why: "removeFromCRL is for delta lists (RFC 5280 section 5.3.1).",
    },
    Difference {
        cases: "scopes: of another issuer",
        stricter: Stricter::Certgate,
        why: "Entries of other issuers belong into indirect lists. OpenSSL passes over them here.",
    },
    Difference {
        cases: "scopes: whole and delta",
        stricter: Stricter::Certgate,
        why: "A delta list that nothing is made of would be believed to be asked.",
    },
    Difference {
        cases: "issuers of lists: no identifier",
        stricter: Stricter::OpenSsl,
        why: "The identifier in the list is not that of this certificate of its issuer. It is signed by the same key, and counts for whatever that key signed (see above on identifiers).",
    },
    Difference {
        cases: "issuers of lists: one of both is revoked",
        stricter: Stricter::OpenSsl,
        why: "Two roots certify the issuer, and one took that back. The other did not, and its path holds. OpenSSL looks at one path alone.",
    },
];

/// The difference that a case is one of.
pub(crate) fn explained(case: &str, stricter: Stricter) -> Option<Difference> {
    let mut all = DIFFERENCES.iter();
    all.find(|known| known.stricter == stricter && matches(known.cases, case))
        .copied()
}

/// The differences on an axis.
pub(crate) fn of(axis: &str) -> Vec<&'static str> {
    let of_axis = |known: &&Difference| known.cases.starts_with(&format!("{axis}: "));
    DIFFERENCES
        .iter()
        .filter(of_axis)
        .map(|known| known.cases)
        .collect()
}

fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut ended = !pattern.contains('*') && rest.is_empty();
    for part in parts {
        let Some(found) = rest.find(part) else {
            return false;
        };
        rest = &rest[found + part.len()..];
        ended = part.is_empty() || rest.is_empty();
    }
    ended
}
