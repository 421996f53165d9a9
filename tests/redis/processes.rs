//! Several processes against one Redis.

use std::io::{BufRead, BufReader, Read, Write};
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
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Nothing by itself: what the processes run that the test below starts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many() {
    if let Ok(url) = std::env::var(URL) {
        println!("ready");
        std::io::stdin().read_line(&mut String::new()).unwrap();
        let counted = shared_limits::ask(&url, "acme", 8, 100).await.unwrap();
        println!("counted: {counted}");
    }
}

#[test]
fn two_processes_of_eight_tasks_admit_the_limit_together() {
    let server = Server::start();
    let mut processes = [another(&server), another(&server)];
    let outputs = processes.each_mut().map(|process| {
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.ends_with("ready\n") {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "it ended");
        }
        output
    });
    // Both are there, and begin at once.
    for process in &mut processes {
        process.stdin.take().unwrap().write_all(b"\n").unwrap();
    }
    let counts = outputs.map(|mut output| {
        let mut text = String::new();
        output.read_to_string(&mut text).unwrap();
        let line = text.lines().find_map(|line| line.split_once("counted: "));
        let numbers = line.unwrap().1.split(", ").map(|part| {
            let (number, _) = part.split_once(' ').unwrap();
            number.parse::<u32>().unwrap()
        });
        numbers.collect::<Vec<_>>()
    });
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    let [one, other] = &counts;
    assert_eq!(one[0] + other[0], 100, "{counts:?}");
    assert_eq!(one[1] + other[1], 2 * 8 * 100 - 100, "{counts:?}");
    assert_eq!(one[2] + other[2], 0, "{counts:?}");
}
