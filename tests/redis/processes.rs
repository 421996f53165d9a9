//! Several processes against one Redis.

use std::process::{Command, Stdio};

use super::*;

#[path = "../../examples/shared_limits.rs"]
#[expect(dead_code, reason = "the program that it is has a main function")]
mod shared_limits;

/// Where the processes that the test starts find Redis.
const URL: &str = "CERTGATE_TEST_REDIS";

/// This program again, as one of many.
fn another(server: &Server) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["processes::one_of_many", "--exact", "--nocapture"])
        .env(URL, server.url())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Nothing by itself: what the processes run that the test below starts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many() {
    if let Ok(url) = std::env::var(URL) {
        let counted = shared_limits::ask(&url, "acme", 8, 100).await.unwrap();
        println!("counted: {counted}");
    }
}

#[test]
fn two_processes_of_eight_tasks_admit_the_limit_together() {
    let server = Server::start();
    let processes = [another(&server), another(&server)];
    let counts = processes.map(|process| {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find_map(|line| line.split_once("counted: "));
        let numbers = line.unwrap().1.split(", ").map(|part| {
            let (number, _) = part.split_once(' ').unwrap();
            number.parse::<u32>().unwrap()
        });
        numbers.collect::<Vec<_>>()
    });
    let [one, other] = &counts;
    assert_eq!(one[0] + other[0], 100, "{counts:?}");
    assert_eq!(one[1] + other[1], 2 * 8 * 100 - 100, "{counts:?}");
    assert_eq!(one[2] + other[2], 0, "{counts:?}");
}
