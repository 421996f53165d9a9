//! How much a decision allocates: the cases of the bench `decision`, which
//! documents them, under an allocator that counts. That allocator is why they
//! are not timed here.
//!
//! `cargo bench --all-features --bench allocations` prints allocations and
//! bytes per decision. The counting allocator takes what a vector grows by for
//! an allocation of its own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_macros,
    reason = "a bench prints, and stops where an answer is wrong"
)]
#![expect(
    dead_code,
    reason = "what a case is compared with, and how large inputs are, is for the times"
)]

mod support;

use support::Fixture;

fn main() {
    let fixture = Fixture::new();
    let decisions = fixture.decisions_in_a_round() as f64;
    println!("{:<34}{:>12}{:>12}", "measure", "allocations", "bytes");
    for mut case in fixture.cases() {
        // The first laps make what is used again, and fill the gate's cache.
        for _ in 0..50 {
            (case.prepare)();
            (case.lap)();
        }
        (case.prepare)();
        let counted = allocation_counter::measure(&mut case.lap);
        println!(
            "{:<34}{:>12.2}{:>12.0}",
            case.name,
            counted.count_total as f64 / decisions,
            counted.bytes_total as f64 / decisions
        );
    }
}
