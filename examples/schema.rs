//! Prints the JSON Schema of the policy document, which the repository has as
//! `policy.schema.json`:
//!
//! ```sh
//! cargo run --example schema > policy.schema.json
//! ```

#![expect(
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "a program writes its output"
)]

use certgate::policy::Document;

fn main() {
    print!("{}", Document::json_schema());
}
