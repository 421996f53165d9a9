//! A stage hands on what only it can make, so skipping one does not compile.
//!
//! What the compiler says is kept beside each file, so that a file that fails
//! for another reason is noticed. `TRYBUILD=overwrite` writes it anew. Features
//! make no difference here, so one run without them will do: it builds everything anew.

#![cfg(not(feature = "full"))]

#[test]
fn proofs_cannot_be_made_by_hand() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
