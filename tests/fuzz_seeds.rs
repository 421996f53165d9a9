//! The seeds of the fuzz targets hold what the targets hold: each is replayed
//! by the check that the fuzzer runs.

#![cfg(all(feature = "toml", feature = "json", feature = "yaml"))]
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that reads its seeds"
)]

use std::path::Path;

#[path = "../fuzz/checks/certificate.rs"]
mod certificate;
#[cfg(feature = "credential")]
#[path = "../fuzz/checks/credential_pem.rs"]
mod credential_pem;
#[path = "../fuzz/checks/dialect_base64_der.rs"]
mod dialect_base64_der;
#[path = "../fuzz/checks/dialect_base64_der_escaped.rs"]
mod dialect_base64_der_escaped;
#[path = "../fuzz/checks/dialect_pem_base64.rs"]
mod dialect_pem_base64;
#[path = "../fuzz/checks/dialect_pem_escaped.rs"]
mod dialect_pem_escaped;
#[path = "../fuzz/checks/dialect_pem_escaped_chain.rs"]
mod dialect_pem_escaped_chain;
#[path = "../fuzz/checks/dialect_pem_spaces.rs"]
mod dialect_pem_spaces;
#[path = "../fuzz/checks/dialect_rfc9440.rs"]
mod dialect_rfc9440;
#[path = "../fuzz/checks/dialect_xfcc.rs"]
mod dialect_xfcc;
#[path = "../fuzz/checks/name.rs"]
mod name;
#[path = "../fuzz/checks/path.rs"]
mod path;
#[path = "../fuzz/checks/policy.rs"]
mod policy;
#[path = "../fuzz/checks/revocation_list.rs"]
mod revocation_list;
#[path = "../fuzz/checks/traefik_info.rs"]
mod traefik_info;

fn replay(target: &str, at_least: usize, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let mut replayed = 0;
    for seed in std::fs::read_dir(folder.join(target)).unwrap() {
        let seed = std::fs::read(seed.unwrap().path()).unwrap();
        check(&seed);
        // And what a proxy that cuts it short would make of it.
        for cut in (0..seed.len()).step_by(97) {
            check(seed.get(..cut).unwrap_or_default());
        }
        replayed += 1;
    }
    assert!(replayed >= at_least, "{target}: {replayed} seeds");
}

#[test]
fn every_seed_passes_the_check_of_its_target() {
    replay("certificate", 5, certificate::check);
    #[cfg(feature = "credential")]
    replay("credential_pem", 7, credential_pem::check);
    replay("dialect_base64_der", 4, dialect_base64_der::check);
    replay(
        "dialect_base64_der_escaped",
        3,
        dialect_base64_der_escaped::check,
    );
    replay("dialect_pem_base64", 3, dialect_pem_base64::check);
    replay("dialect_pem_escaped", 3, dialect_pem_escaped::check);
    replay(
        "dialect_pem_escaped_chain",
        3,
        dialect_pem_escaped_chain::check,
    );
    replay("dialect_pem_spaces", 4, dialect_pem_spaces::check);
    replay("dialect_rfc9440", 3, dialect_rfc9440::check);
    replay("dialect_xfcc", 6, dialect_xfcc::check);
    replay("name", 5, name::check);
    replay("path", 3, path::check);
    replay("policy", 7, policy::check);
    replay("revocation_list", 4, revocation_list::check);
    replay("traefik_info", 6, traefik_info::check);
}
