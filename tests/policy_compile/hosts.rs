//! Hosts and methods of collections.

use super::{check, problems};

const PATHS: &str = "paths = [\"/all\"]\n";

#[test]
fn hosts_are_names_that_are_written_out() {
    let with = |hosts: &str| format!("{PATHS}hosts = {hosts}\n");
    for (bad, problem, good) in [
        (
            "['*.example.com']",
            "12:10: error: collections[0].hosts[0]: not the name of a host (every host is written out)",
            "['a.example.com']",
        ),
        (
            "['münchen.example']",
            "12:10: error: collections[0].hosts[0]: not the name of a host (write it in its ASCII form, `xn--…`)",
            "['xn--mnchen-3ya.example']",
        ),
        (
            "['api.example.com:443']",
            "12:10: error: collections[0].hosts[0]: not the name of a host (a name without port and scheme; ports do not count)",
            "['api.example.com']",
        ),
        (
            "['api.example.com', '[::1]']",
            "12:29: error: collections[0].hosts[1]: not the name of a host (a name without port and scheme; ports do not count)",
            "['api.example.com', '127.0.0.1']",
        ),
        (
            "['api.example.com.']",
            "12:10: error: collections[0].hosts[0]: not the name of a host (leave the dot at its end out)",
            "['API.example.com']",
        ),
        (
            "['']",
            "12:10: error: collections[0].hosts[0]: not the name of a host",
            "['localhost']",
        ),
        (
            "['a b']",
            "12:10: error: collections[0].hosts[0]: not the name of a host",
            "['a_b']",
        ),
        (
            "['a.example', 'A.example']",
            "12:23: warning: collections[0].hosts[1]: this host is listed twice",
            "['a.example', 'b.example']",
        ),
    ] {
        check(PATHS, &with(bad), problem, &with(good));
    }
}

#[test]
fn a_path_is_taken_on_its_host() {
    let two = |one: &str, other: &str| {
        format!("{PATHS}{one}\n[[collections]]\nname = 'other'\npaths = ['/all/']\n{other}\n")
    };
    check(
        PATHS,
        &two(
            "hosts = ['a.example', 'b.example']",
            "hosts = ['B.example']",
        ),
        "15:10: error: collections[1].paths[0]: the path \"/all/\" is already taken on the host \"b.example\"",
        &two(
            "hosts = ['a.example', 'b.example']",
            "hosts = ['c.example']",
        ),
    );
    check(
        PATHS,
        &two("", ""),
        "15:10: error: collections[1].paths[0]: the path \"/all/\" is already taken",
        &two("", "hosts = ['a.example']"),
    );
}

#[test]
fn a_path_inside_of_another_host_s_takes_nothing_away() {
    let inner = |one: &str, other: &str| {
        format!("{PATHS}{one}\n[[collections]]\nname = 'inner'\npaths = ['/all/inner']\n{other}\n")
    };
    let problem = "15:10: warning: collections[1].paths[0]: this takes a part of collection \"all\"; the longest path wins";
    let apart = inner("hosts = ['a.example']", "hosts = ['b.example']");
    for (one, other) in [
        ("", ""),
        ("", "hosts = ['b.example']"),
        ("hosts = ['a.example']", ""),
        (
            "hosts = ['a.example']",
            "hosts = ['b.example', 'A.example']",
        ),
    ] {
        check(PATHS, &inner(one, other), problem, &apart);
    }
}

#[test]
fn methods_of_a_collection() {
    let with = |methods: &str| format!("{PATHS}methods = {methods}\n");
    check(
        PATHS,
        &with("['GET', 'P(']"),
        "12:19: error: collections[0].methods[1]: not a method",
        &with("['GET', 'POST']"),
    );
    check(
        PATHS,
        &with("['get']"),
        "12:12: warning: collections[0].methods[0]: methods are compared byte for byte (standard methods are in upper case)",
        &with("['GET']"),
    );
    for empty in ["methods = []\n", "hosts = []\n"] {
        let found = problems(&super::BASE.replace(PATHS, &format!("{PATHS}{empty}")));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("error: collections[0]."), "{found:?}");
    }
}

/// Every pair of a path and a host takes memory that the text does not.
#[test]
fn a_policy_has_a_bounded_number_of_paths_on_hosts() {
    let list = |letter: &str, n: usize| {
        let entries: Vec<String> = (0..n).map(|n| format!("'{letter}{n}'")).collect();
        entries.join(",")
    };
    let with = |paths: usize, hosts: usize| {
        let (paths, hosts) = (list("/p", paths), list("h", hosts));
        let collection =
            format!("[[collections]]\nname = 'many'\npaths = [{paths}]\nhosts = [{hosts}]\n");
        format!(
            "version = 1\n[edge]\npreset = 'nginx'\ntrusted_proxies = ['10.0.0.0/8']\n[authentication]\nmode = 'mtls'\n[[identity]]\nclient = '{{subject.cn}}'\n{collection}"
        )
    };
    assert_eq!(problems(&with(256, 256)), [""; 0]);
    // It is the only problem: the collection is there all the same.
    let client = "[[clients]]\nid = 'a'\ncollections = ['many']\n";
    assert_eq!(problems(&format!("{}{client}", with(256, 257))).len(), 1);
    assert_eq!(
        problems(&with(256, 257)),
        [
            "11:9: error: collections[0].paths: the policy has more than 65536 pairs of a path and a host (leave `hosts` out where the edge keeps hosts apart already)"
        ]
    );
}
