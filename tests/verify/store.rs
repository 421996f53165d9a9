//! Authorities under names: adding, renaming, removing, and what is refused.

use certgate::evidence::{AuditSink as _, AuthorityUse};
use certgate::gate::{Concluded, Gate};
use certgate::trust::{AuthorityError, AuthorityStore};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519};

use crate::ask::{ask, at, policy, with_request};
use crate::pki::{Ca, authority, pem};

#[test]
fn authorities_are_added_described_renamed_and_removed() {
    let (root, other) = (Ca::root("Root"), Ca::root("Other, Ltd."));
    let mut store = AuthorityStore::new();
    store.add("partners-2026", root.pem().as_bytes()).unwrap();
    // DER does as well, and so does an intermediate.
    let below = other.below("Below");
    store.add("below", &below.der()).unwrap();
    let described = store.get("below").unwrap().describe();
    assert_eq!(described.name, "below");
    assert_eq!(described.subject, "CN=Below");
    assert_eq!(described.issuer, "CN=Other\\, Ltd.");
    assert_eq!(described.not_before.to_string(), "2020-01-01T00:00:00Z");
    assert_eq!(described.not_after.to_string(), "2040-01-01T00:00:00Z");
    assert_eq!(described.sha256_fingerprint.len(), 95);
    // rcgen makes identifiers of 20 bytes.
    assert_eq!(described.key_id.as_ref().map(String::len), Some(40));
    let json = serde_json::to_value(&described).unwrap();
    assert_eq!(json["not_after"], "2040-01-01T00:00:00Z");
    assert_eq!(described.to_string().lines().count(), 6);

    store.rename("below", "partners-2027").unwrap();
    store.rename("partners-2027", "partners-2027").unwrap();
    assert_eq!(
        store.names().collect::<Vec<_>>(),
        ["partners-2026", "partners-2027"]
    );
    assert_eq!(store.rename("below", "x"), Err(AuthorityError::Unknown));
    assert_eq!(
        store.rename("partners-2026", "partners-2027"),
        Err(AuthorityError::NameTaken)
    );
    let removed = store.remove("partners-2026").unwrap();
    assert_eq!(removed.certificate().der(), root.der());
    assert_eq!(store.remove("partners-2026"), Err(AuthorityError::Unknown));
    assert_eq!((store.len(), store.is_empty()), (1, false));
}

#[test]
fn a_name_is_an_identifier() {
    let root = Ca::root("Root").pem();
    let longest = "a".repeat(64);
    for name in ["a", "A9", "acme-2026", "acme_2026", &longest] {
        AuthorityStore::new().add(name, root.as_bytes()).unwrap();
    }
    let longer = "a".repeat(65);
    for name in [
        "", "9a", "-a", "_a", "a b", "a.b", "a/b", "\u{e9}", "a\n", &longer,
    ] {
        let refused = AuthorityStore::new()
            .add(name, root.as_bytes())
            .unwrap_err();
        assert_eq!(refused, AuthorityError::Name, "{name}");
    }
}

#[test]
fn what_is_no_authority_is_refused_and_said_why() {
    let root = Ca::root("Root");
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let leaf = root.client("acme", 7);
    let may_not_sign = {
        let mut params = authority("Root", ((2020, 1), (2040, 1)));
        params.key_usages = vec![rcgen::KeyUsagePurpose::CrlSign];
        params.self_signed(&key).unwrap().pem()
    };
    let twice = root.pem() + &Ca::root("Other").pem();
    let with_key = root.pem() + &key.serialize_pem();
    let encrypted = key
        .serialize_pem()
        .replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let torn = pem("CERTIFICATE", &root.der()[..9]);
    let mut store = AuthorityStore::new();
    store.add("root", root.pem().as_bytes()).unwrap();
    for (bytes, expected) in [
        (
            leaf.clone(),
            "not an authority's certificate: its basicConstraints have to say CA, and its keyUsage, if any, keyCertSign; to take one client's own certificate, list it for that client",
        ),
        (
            may_not_sign.into_bytes(),
            "not an authority's certificate: its basicConstraints have to say CA, and its keyUsage, if any, keyCertSign; to take one client's own certificate, list it for that client",
        ),
        (
            key.serialize_pem().into_bytes(),
            "this holds a private key: give the certificate alone, and keep the key with its owner",
        ),
        (
            encrypted.into_bytes(),
            "this holds a private key: give the certificate alone, and keep the key with its owner",
        ),
        (
            with_key.into_bytes(),
            "this holds a private key: give the certificate alone, and keep the key with its owner",
        ),
        (
            key.serialize_der(),
            "not a certificate: unexpected element at byte 3",
        ),
        (
            twice.into_bytes(),
            "there are several certificates: add each under a name of its own",
        ),
        (
            root.pem().into_bytes(),
            "this certificate is there already, under another name",
        ),
        (
            b"junk".to_vec(),
            "there is no certificate; PEM has it between lines of CERTIFICATE, DER as it is",
        ),
        (
            Vec::new(),
            "there is no certificate; PEM has it between lines of CERTIFICATE, DER as it is",
        ),
        (
            torn.into_bytes(),
            "not a certificate: element is cut short or missing at byte 0",
        ),
        (
            pem("X509 CRL", &root.der()).into_bytes(),
            "block 1 is no CERTIFICATE; give the certificate alone",
        ),
        (
            root.pem().replace("-----END", "").into_bytes(),
            "block 1 at byte 0: the block has no last line -----END …-----; it was cut short: copy the whole file",
        ),
    ] {
        let refused = store.add("another", &bytes).unwrap_err();
        assert_eq!(refused.to_string(), expected);
        assert_eq!(store.len(), 1);
    }
    assert_eq!(
        store
            .add("root", Ca::root("Other").pem().as_bytes())
            .unwrap_err(),
        AuthorityError::NameTaken
    );
}

#[test]
fn every_kind_of_key_that_is_said_to_verifies() {
    for algorithm in [
        &PKCS_ECDSA_P256_SHA256,
        &rcgen::PKCS_ECDSA_P384_SHA384,
        &PKCS_ED25519,
    ] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let params = authority("Root", ((2020, 1), (2040, 1)));
        let issuer = rcgen::CertifiedIssuer::self_signed(params, key).unwrap();
        let root = Ca { issuer };
        let leaf = root.client("acme", 7);
        assert_eq!(ask(&policy(&[&root], ""), &leaf, &[]), "allow");
    }
}

/// Old and new beside each other, and then the new alone.
#[test]
fn an_authority_is_replaced_without_a_gap() {
    let (old, new) = (Ca::root("Example CA"), Ca::root("Example CA"));
    let (before, after) = (old.client("acme", 7), new.client("acme", 7));
    let both =
        |policy: certgate::policy::Policy| (ask(&policy, &before, &[]), ask(&policy, &after, &[]));
    assert_eq!(
        both(policy(&[&old], "")),
        ("allow", "certificate_untrusted")
    );
    assert_eq!(both(policy(&[&old, &new], "")), ("allow", "allow"));
    assert_eq!(
        both(policy(&[&new], "")),
        ("certificate_untrusted", "allow")
    );
}

#[test]
fn it_is_told_who_still_uses_the_old_one() {
    let (old, new) = (Ca::root("Example CA"), Ca::root("Example CA"));
    let gate = Gate::new(policy(&[&old, &new], "")).unwrap();
    let uses = AuthorityUse::new();
    let comes = |leaf: &[u8], moment: &str| {
        let record = with_request(leaf, &[], at(moment), |request| {
            gate.decide(request, |concluded: &Concluded<'_>| {
                concluded.audit_record()
            })
        });
        uses.record(&record);
    };
    let still_on = |authority: &str| {
        let users = uses.still_on(authority);
        let users = users
            .iter()
            .map(|user| format!("{} {}", user.id, user.last_used));
        users.collect::<Vec<_>>()
    };
    comes(&old.client("acme", 7), "2026-06-01");
    comes(&old.client("globex", 8), "2026-06-02");
    comes(&old.client("acme", 7), "2026-06-03");
    // A clock that went back makes nobody older.
    comes(&old.client("acme", 7), "2026-06-02");
    // Strangers, and clients that are none, do not count.
    comes(&Ca::root("Example CA").client("acme", 9), "2026-06-09");
    comes(&old.client("nobody", 9), "2026-06-09");
    assert_eq!(
        still_on("one"),
        ["acme 2026-06-03T00:00:00Z", "globex 2026-06-02T00:00:00Z"]
    );
    comes(&new.client("acme", 7), "2026-06-04");
    assert_eq!(still_on("one"), ["globex 2026-06-02T00:00:00Z"]);
    assert_eq!(still_on("two"), ["acme 2026-06-04T00:00:00Z"]);
    assert_eq!(uses.of("one").len(), 2);
    // One of its machines was forgotten.
    comes(&old.client("acme", 7), "2026-06-05");
    assert_eq!(
        still_on("one"),
        ["acme 2026-06-05T00:00:00Z", "globex 2026-06-02T00:00:00Z"]
    );
    assert_eq!(uses.authorities(), ["one", "two"]);
    assert_eq!((still_on("three"), uses.of("three")), (vec![], vec![]));
}
