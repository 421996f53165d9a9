//! Limits, clients and their profiles.

use super::{BASE, check, problems};

#[test]
fn limits() {
    let find = "rate = { requests = 5, per = \"1m\" }\n";
    for (bad, problem, good) in [
        (
            "",
            "12:1: error: limits[0]: the limit limits nothing (give it a `rate`, a `quota`, or both)",
            "quota = { requests = 1, per = '30d' }\n",
        ),
        (
            "rate = { requests = 4294967296, per = '1m' }\n",
            "14:21: error: limits[0].rate.requests: a rate is at most 4294967295 requests",
            "rate = { requests = 4294967295, per = '1m' }\n",
        ),
        (
            "rate = { requests = 1, per = '32d' }\n",
            "14:30: error: limits[0].rate.per: the window of a rate must be from 1 second to 31 days long",
            "rate = { requests = 1, per = '31d' }\n",
        ),
        (
            "quota = { requests = 1, per = '4294967296s' }\n",
            "14:31: error: limits[0].quota.per: the period of a quota must be a whole number of seconds, at least 1",
            "quota = { requests = 1, per = '4294967295s' }\n",
        ),
        (
            "rate = { requests = 5, per = '1m' }\n[[limits]]\nname = 'some'\nrate = { requests = 6, per = '1m' }\n",
            "16:8: error: limits[1].name: limit \"some\" is defined twice",
            "rate = { requests = 5, per = '1m' }\n",
        ),
        (
            "rate = { requests = 5, per = '1m' }\n[[limits]]\nname = 'spare'\nrate = { requests = 6, per = '1m' }\n",
            "16:8: warning: limits[1].name: no client has this limit",
            "rate = { requests = 5, per = '1m' }\nquota = { requests = 6, per = '1d' }\n",
        ),
    ] {
        check(find, bad, problem, good);
    }
    // What is switched off is still checked, and still a limit that clients have.
    check(
        find,
        "active = false\nrate = { requests = 1, per = '32d' }\n",
        "15:30: error: limits[0].rate.per: the window of a rate must be from 1 second to 31 days long",
        "active = false\nrate = { requests = 1, per = '31d' }\n",
    );
    assert_eq!(
        problems(
            &BASE
                .replace("name = \"some\"", "name = ''")
                .replace("limits = \"some\"", "limits = ''")
        ),
        ["13:8: error: limits[0].name: a limit needs a name"]
    );
}

#[test]
fn a_cost_has_to_fit_into_the_limits_of_whoever_may_call() {
    let find = "rate = { requests = 5, per = \"1m\" }\n";
    let base = BASE.replace("paths = [\"/all\"]", "paths = [\"/all\"]\ncost = 5");
    assert_ne!(base, BASE);
    assert_eq!(problems(&base), [""; 0]);
    let with = |limit: &str| problems(&base.replace(find, limit));
    let small = "18:16: error: clients[0].collections[0]: a request to \"all\" costs 5, and the \
                 limit \"some\" never holds more than 4 (lower the collection's `cost` or raise \
                 the limit)";
    assert_eq!(with("rate = { requests = 4, per = '1m' }\n"), [small]);
    assert_eq!(with("quota = { requests = 4, per = '1d' }\n"), [small]);
    assert_eq!(with("quota = { requests = 5, per = '1d' }\n"), [""; 0]);
    // A limit that is switched off holds nobody up, nor does another's.
    assert_eq!(
        problems(&base.replace(
            find,
            "rate = { requests = 4, per = '1m' }\nactive = false\n"
        )),
        [""; 0]
    );
    assert_eq!(
        problems(&base.replace("cost = 5", "cost = 4294967296")),
        ["12:8: error: collections[0].cost: a request costs at most 4294967295"]
    );
}

#[test]
fn clients() {
    let last = "limits = \"some\"\n";
    let other = |text: &str| format!("{last}[[clients]]\n{text}collections = ['all']\n");
    for (bad, problem, good) in [
        (
            other("id = 'acme'\n"),
            "20:6: error: clients[1].id: client \"acme\" is defined twice",
            other("id = 'Acme'\n"),
        ),
        (
            other("id = 'a b'\n"),
            "20:6: error: clients[1].id: an id has no spaces, control characters or braces",
            other("id = 'a-b'\n"),
        ),
        (
            other("id = ''\n"),
            "20:6: error: clients[1].id: an id has at least one character",
            other("id = 'a'\n"),
        ),
        (
            other(&format!("id = '{}'\n", "a".repeat(129))),
            "20:6: error: clients[1].id: an id has at most 128 bytes",
            other(&format!("id = '{}'\n", "a".repeat(128))),
        ),
        (
            other("id = 'b'\nlimits = 'gold'\n"),
            "21:10: error: clients[1].limits: there is no limit \"gold\" (define it under [[limits]])",
            other("id = 'b'\nlimits = 'some'\n"),
        ),
        (
            other("id = 'b'\nlimits = ['some', 'some']\n"),
            "21:10: error: clients[1].limits: the limits of one client must have different names",
            other("id = 'b'\nlimits = ['some']\n"),
        ),
        (
            other("id = 'b'\nspiffe_ids = ['https://td/b']\n"),
            "21:15: error: clients[1].spiffe_ids[0]: not a SPIFFE ID",
            other("id = 'b'\nspiffe_ids = ['spiffe://td/b']\n"),
        ),
        (
            other("id = 'b'\nspiffe_ids = ['spiffe://td/b', 'spiffe://td/b']\n"),
            "21:32: error: clients[1].spiffe_ids[1]: SPIFFE ID \"spiffe://td/b\" is defined twice",
            other("id = 'b'\nspiffe_ids = ['spiffe://td/b', 'spiffe://td/c']\n"),
        ),
    ] {
        check(last, &bad, problem, &good);
    }
    let collections = "collections = [\"all\"]\n";
    for (bad, problem, good) in [
        (
            "collections = ['all', 'payments']\n",
            "17:23: error: clients[0].collections[1]: there is no collection \"payments\" (define it under [[collections]])",
            "collections = ['all']\n",
        ),
        (
            "collections = ['all', 'all']\n",
            "17:23: warning: clients[0].collections[1]: this collection is listed twice",
            "collections = ['all']\n",
        ),
        (
            "collections = []\n",
            "16:6: warning: clients[0].id: this client can reach nothing (list its `collections`)",
            "collections = ['all']\n",
        ),
    ] {
        check(collections, bad, problem, good);
    }
    // Where unlisted paths are allowed, a client without collections reaches them.
    let reaches = BASE.replace(collections, "") + "[paths]\nunlisted = 'allow'\n";
    assert_eq!(problems(&reaches), [""; 0]);
}

#[test]
fn profiles() {
    let last = "limits = \"some\"\n";
    let with = |text: &str| format!("{last}[[clients.profiles]]\nid = 'prod'\n{text}");
    for (bad, problem, good) in [
        (
            "[[clients.profiles]]\nid = 'prod'\n",
            "22:6: error: clients[0].profiles[1].id: profile \"prod\" is defined twice",
            "[[clients.profiles]]\nid = 'test'\n",
        ),
        (
            "[[clients.profiles]]\nid = '{x}'\n",
            "22:6: error: clients[0].profiles[1].id: an id has no spaces, control characters or braces",
            "[[clients.profiles]]\nid = 'x'\n",
        ),
        (
            "methods = ['GET', 'GET POST']\n",
            "21:19: error: clients[0].profiles[0].methods[1]: not a method",
            "methods = ['GET', 'POST']\n",
        ),
        (
            "methods = ['get']\n",
            "21:12: warning: clients[0].profiles[0].methods[0]: methods are compared byte for byte (standard methods are in upper case)",
            "methods = ['GET']\n",
        ),
        (
            "ip_allowlist = ['203.0.113.1/24']\n",
            "21:17: error: clients[0].profiles[0].ip_allowlist[0]: the address has bits after the prefix; write the network's own address",
            "ip_allowlist = ['203.0.113.0/24']\n",
        ),
        (
            "ip_allowlist = ['::ffff:203.0.113.0/120']\n",
            "21:17: error: clients[0].profiles[0].ip_allowlist[0]: an IPv4-mapped range; write it as an IPv4 range",
            "ip_allowlist = ['2001:db8::/32']\n",
        ),
        (
            "ip_allowlist = ['::/0']\n",
            "21:17: warning: clients[0].profiles[0].ip_allowlist[0]: this allows every address",
            "ip_allowlist = ['::/1']\n",
        ),
        (
            "ip_allowlist = ['0.0.0.0/1', '192.0.2.1', '128.0.0.0/1']\n",
            "21:16: warning: clients[0].profiles[0].ip_allowlist: this allows every address",
            "ip_allowlist = ['0.0.0.0/1', '192.0.2.1', '128.0.0.0/2', '192.0.0.0/3']\n",
        ),
    ] {
        check(last, &with(bad), problem, &with(good));
    }
}
