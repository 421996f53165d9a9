//! The partner gateway example, played twice: with its gates every scenario is
//! as expected, and without them the table fails, so it can.

// It needs all of 127.0.0.0/8 on the loopback interface.
#![cfg(target_os = "linux")]

#[expect(
    dead_code,
    reason = "the test plays the scenarios; the rest is the program's"
)]
#[path = "../examples/partner_gateway/main.rs"]
mod example;

use example::{Gates, Row};

#[tokio::test]
async fn every_scenario_is_as_expected() {
    let report = example::run(Gates::InPlace).await.unwrap();
    assert!(report.as_expected(), "{report}");
    assert_eq!(report.rows.len(), 21);
    let records: usize = report.rows.iter().map(|row| row.records.len()).sum();
    assert_eq!(records, 520, "one for each request that reached a gate");
}

#[tokio::test]
async fn without_the_gates_only_the_handshake_is_refused() {
    let report = example::run(Gates::Absent).await.unwrap();
    let passed: Vec<&str> = report
        .rows
        .iter()
        .filter(|row| row.as_expected())
        .map(|row| row.name)
        .collect();
    assert_eq!(passed, ["certificate of an untrusted CA of the same name"]);

    let others = || report.rows.iter().filter(|row| !row.as_expected());
    assert_eq!(others().count(), 20);
    assert!(others().all(|row| row.got == "200"), "{report}");
    assert!(report.rows.iter().all(|row| row.records.is_empty()));
    let denied = |row: &&Row| row.expected != "200";
    assert_eq!(others().filter(denied).count(), 13, "let in by mistake");
}
