//! What stands in Redis: names, slots, expiry, and what a user of Redis needs.

use super::told::told;
use super::*;

fn of_every_kind() -> LimitSet {
    let short = Duration::from_nanos(1_500_000_001);
    set([
        ("a", rate(5, MINUTE), quota(5, QuotaPeriod::Day)),
        ("b", rate(5, short), quota(5, QuotaPeriod::Week)),
        ("c:d", rate(5, Rate::MAX_PER), quota(5, QuotaPeriod::Month)),
        (
            "é",
            None,
            quota(5, QuotaPeriod::Every(NonZeroU32::new(1_000).unwrap())),
        ),
    ])
}

/// Each key, and for how many milliseconds it is kept after a charge at [`START`].
const KEYS: [(&str, i64); 7] = [
    // A window, and a millisecond for the one that has begun.
    ("certgate:{acme}:a:rate:60000", 60_001),
    // To midnight, and a day.
    ("certgate:{acme}:a:quota:day", 53_438_000 + 86_400_000 + 1),
    ("certgate:{acme}:b:rate:1500.000001", 1_502),
    // To Monday, and a week.
    (
        "certgate:{acme}:b:quota:week",
        312_638_000 + 604_800_000 + 1,
    ),
    ("certgate:{acme}:c:d:rate:2678400000", 2_678_400_001),
    // To the end of April, and thirty days.
    (
        "certgate:{acme}:c:d:quota:month",
        1_263_038_000 + 2_592_000_000 + 1,
    ),
    ("certgate:{acme}:é:quota:1000", 438_000 + 1_000_000 + 1),
];

#[tokio::test]
async fn every_window_has_a_key_that_expires() {
    let acme = Acme::new(of_every_kind());
    acme.admitted(1).await;
    let mut keys: Vec<String> = acme.server.ask(&["KEYS", "*"]);
    keys.sort_unstable();
    let mut expected = KEYS.map(|(key, _)| key.to_owned());
    expected.sort_unstable();
    assert_eq!(keys, expected);
    for (key, kept) in KEYS {
        assert_eq!(acme.server.ask::<i64>(&["PTTL", key]), kept, "{key}");
    }
    // Every charge begins it anew.
    acme.at(utc(START) + 30 * SECOND).admitted(1).await;
    let (key, kept) = KEYS[0];
    assert_eq!(acme.server.ask::<i64>(&["PTTL", key]), kept);
    // Counting goes on where Redis forgot the script.
    acme.server.ask::<()>(&["SCRIPT", "FLUSH"]);
    let left = acme.admitted(1).await;
    assert_eq!(left[0].remaining, 2);
    // A clock that went back is taken over by a refusal; that write expires too.
    acme.at(utc(START)).refused(4).await;
    for (key, _) in KEYS {
        assert!(acme.server.ask::<i64>(&["PTTL", key]) > 0, "{key}");
    }
}

#[tokio::test]
async fn a_rates_key_is_there_until_its_last_request_is_forgotten() {
    let acme = Acme::new(set([("standard", rate(1, Rate::MIN_PER), None)]));
    // As late in a millisecond as can be.
    let start = utc(START) + 999;
    acme.at(start).admitted(1).await;
    acme.at(start + SECOND - 1).refused(1).await;
    let key = "certgate:{acme}:standard:rate:1000";
    assert_eq!(acme.server.ask::<i64>(&["EXISTS", key]), 1);
    acme.at(start + 2 * SECOND);
    assert_eq!(acme.server.ask::<i64>(&["EXISTS", key]), 0);
}

#[tokio::test]
async fn another_length_is_another_counter() {
    let mut acme = Acme::new(set([("a", rate(1, MINUTE), quota(1, QuotaPeriod::Day))]));
    acme.admitted(1).await;
    acme.refused(1).await;
    acme.limits = set([("a", rate(1, 2 * MINUTE), quota(1, QuotaPeriod::Week))]);
    acme.admitted(1).await;
    // Not the same as a day of the calendar.
    let day = QuotaPeriod::Every(NonZeroU32::new(86_400).unwrap());
    acme.limits = set([("a", None, quota(1, day))]);
    acme.admitted(1).await;
    acme.limits = set([("other", rate(1, MINUTE), quota(1, QuotaPeriod::Day))]);
    acme.admitted(1).await;
    // And the first are as they were.
    acme.limits = set([("a", rate(1, MINUTE), None)]);
    acme.refused(1).await;
}

#[tokio::test]
async fn clients_and_prefixes_have_their_own_counters() {
    let acme = Acme::new(set([("a", rate(1, MINUTE), None)]));
    acme.admitted(1).await;
    let globex = due("globex", &acme.limits, 1);
    let outcome = acme.store.charge_shared(&globex, &NOW).await;
    assert_eq!(told(&outcome), "charged: 0 rate 0/1 60s");

    let settings = patient().with_prefix("payments");
    let other = RedisLimits::connect(&acme.server.url(), settings).unwrap();
    let due = due("acme", &acme.limits, 1);
    let outcome = other.charge_shared(&due, &NOW).await;
    assert_eq!(told(&outcome), "charged: 0 rate 0/1 60s");
    let key = "payments:{acme}:a:rate:60000";
    assert_eq!(acme.server.ask::<i64>(&["EXISTS", key]), 1);

    let same = RedisLimits::connect(&acme.server.url(), patient()).unwrap();
    let outcome = same.charge_shared(&due, &NOW).await;
    assert_eq!(told(&outcome), "refused by 0 rate for 60s: 0 rate 0/1 60s");
}

/// Charges that no policy makes are not taken to Redis.
#[tokio::test]
async fn charges_that_a_key_cannot_tell_apart_are_not_asked_for() {
    let limits = set([("a", rate(10, MINUTE), None)]);
    let acme = Acme::new(limits.clone());
    for client in ["", "{", "}", "a}b", "{}"] {
        let outcome = acme
            .store
            .charge_shared(&due(client, &limits, 1), &NOW)
            .await;
        assert_eq!(told(&outcome), "unavailable", "{client}");
    }
    let twice = Charges {
        limits: [limits.as_slice(), limits.as_slice(), &[]],
        ..due("acme", &limits, 1)
    };
    let outcome = acme.store.charge_shared(&twice, &NOW).await;
    assert_eq!(told(&outcome), "unavailable");
    let other = set([("b", rate(10, MINUTE), None)]);
    let many = set(["c", "d", "e", "f", "g", "h", "i"].map(|name| (name, rate(9, MINUTE), None)));
    let nine = Charges {
        limits: [limits.as_slice(), other.as_slice(), many.as_slice()],
        ..due("acme", &limits, 1)
    };
    let outcome = acme.store.charge_shared(&nine, &NOW).await;
    assert_eq!(told(&outcome), "unavailable");
    assert_eq!(acme.server.ask::<i64>(&["DBSIZE"]), 0);

    let eight = Charges {
        limits: [limits.as_slice(), many.as_slice(), &[]],
        ..due("acme", &limits, 1)
    };
    let outcome = acme.store.charge_shared(&eight, &NOW).await;
    assert!(matches!(outcome, ChargeOutcome::Charged(_)));
    assert_eq!(acme.server.ask::<i64>(&["DBSIZE"]), 8);
}

/// The limits of the client, its profile and the collection.
#[tokio::test]
async fn limits_are_counted_through_all_that_apply() {
    let (own, profile) = (
        set([("own", rate(9, MINUTE), None)]),
        set([("profile", None, quota(1, QuotaPeriod::Day))]),
    );
    let collection = set([("collection", rate(1, MINUTE), None)]);
    let acme = Acme::new(own.clone());
    let due = Charges {
        limits: [own.as_slice(), profile.as_slice(), collection.as_slice()],
        ..due("acme", &own, 1)
    };
    let outcome = acme.store.charge_shared(&due, &NOW).await;
    assert_eq!(
        told(&outcome),
        "charged: 0 rate 8/9 60s, 1 quota 0/1 53438s, 2 rate 0/1 60s"
    );
    let outcome = acme.store.charge_shared(&due, &NOW).await;
    assert_eq!(
        told(&outcome),
        "refused by 1 quota for 53438s: 0 rate 8/9 60s, 1 quota 0/1 53438s, 2 rate 0/1 60s"
    );
}

/// A value that is not ours is no empty window.
#[tokio::test]
async fn junk_under_a_key_is_never_a_free_request() {
    let limits = set([("a", rate(5, MINUTE), quota(5, QuotaPeriod::Day))]);
    let server = Server::start_with(&["--enable-debug-command", "local"]);
    let store = RedisLimits::connect(&server.url(), patient()).unwrap();
    let due = |client| due(client, &limits, 1);
    for key in [KEYS[0].0, KEYS[1].0] {
        let mut junk: Vec<Vec<&str>> = ["", "1", "junk", "\u{93}", "\u{7f}", "\u{1}\u{2}\u{3}"]
            .map(|value| vec!["SET", key, value])
            .into();
        junk.push(vec!["RPUSH", key, "1"]);
        junk.push(vec!["HSET", key, "a", "1"]);
        // Packed values of other shapes: an empty array, the tags alone, a number too
        // few, a text for a number.
        for packed in [
            "cmsgpack.pack({})",
            "cmsgpack.pack({'certgate rate 1'})",
            "cmsgpack.pack({'certgate quota 1'})",
            "cmsgpack.pack({'certgate rate 1', 1, 2})",
            "cmsgpack.pack({'certgate quota 1', 1, 2})",
            "cmsgpack.pack({'certgate rate 1', 1, 'x', 2})",
            "cmsgpack.pack({'certgate quota 1', 1, 2, 'x'})",
            "cmsgpack.pack({'certgate rate 2', 1, 2, 3})",
            "cmsgpack.pack({'certgate quota 2', 1, 2, 3})",
            "cmsgpack.pack({certgate = 1})",
        ] {
            let script = format!("redis.call('SET', KEYS[1], {packed})").leak();
            junk.push(vec!["EVAL", script, "1", key]);
        }
        // The other kind of window.
        let script = "redis.call('SET', KEYS[1], cmsgpack.pack({ARGV[1], 1, 2, 3}))";
        let other = if key == KEYS[0].0 {
            "certgate quota 1"
        } else {
            "certgate rate 1"
        };
        junk.push(vec!["EVAL", script, "1", key, other]);
        for command in junk {
            server.ask::<()>(&["FLUSHALL"]);
            server.ask::<redis::Value>(&command);
            let before: String = server.ask(&["DEBUG", "DIGEST"]);
            let outcome = store.charge_shared(&due("acme"), &NOW).await;
            assert_eq!(told(&outcome), "unavailable", "{command:?}");
            // Nor was anything written, and nobody else is kept out.
            let after: String = server.ask(&["DEBUG", "DIGEST"]);
            assert_eq!(before, after, "{command:?}");
            let outcome = store.charge_shared(&due("globex"), &NOW).await;
            assert!(matches!(outcome, ChargeOutcome::Charged(_)), "{command:?}");
        }
    }
}

/// The user that the documentation names, and each of its permissions.
#[tokio::test]
async fn the_documented_user_has_what_it_takes() {
    const RULES: [&str; 8] = [
        "on",
        ">secret",
        "~certgate:*",
        "+evalsha",
        "+script|load",
        "+get",
        "+set",
        "+time",
    ];
    let limits = set([("a", rate(5, MINUTE), quota(5, QuotaPeriod::Day))]);
    let server = Server::start();
    let url = format!("redis://limits:secret@127.0.0.1:{}", server.port());
    let charge = async |rules: &[&str]| {
        server.ask::<redis::Value>(&["ACL", "DELUSER", "limits"]);
        let command = [&["ACL", "SETUSER", "limits"], rules].concat();
        server.ask::<()>(&command);
        server.ask::<()>(&["SCRIPT", "FLUSH"]);
        let settings = patient().with_time_limit(Duration::from_secs(2));
        let store = RedisLimits::connect(&url, settings).unwrap();
        told(&store.charge_shared(&due("acme", &limits, 1), &NOW).await)
    };
    assert!(charge(&RULES).await.starts_with("charged: "));
    for left_out in &RULES[3..] {
        let mut rules = RULES.to_vec();
        rules.retain(|rule| rule != left_out);
        assert_eq!(charge(&rules).await, "unavailable", "{left_out}");
    }
    let mut rules = RULES;
    rules[2] = "~other:*";
    assert_eq!(charge(&rules).await, "unavailable");
}

/// All keys of a request are in one slot, which a cluster demands of a script.
#[tokio::test]
async fn a_cluster_can_be_charged() {
    let server = Server::start_with(&["--cluster-enabled", "yes"]);
    server.ask::<()>(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
    while !server
        .ask::<String>(&["CLUSTER", "INFO"])
        .contains("cluster_state:ok")
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // By hand: CRC16 of "acme", modulo 16384.
    for (key, _) in KEYS {
        assert_eq!(server.ask::<u16>(&["CLUSTER", "KEYSLOT", key]), ACME_SLOT);
    }
    let client = redis::cluster::ClusterClient::new([server.url()]).unwrap();
    let connection = client.get_async_connection().await.unwrap();
    let store = RedisLimits::with_connection(connection, patient()).unwrap();
    let limits = of_every_kind();
    for left in (0..5).rev() {
        let outcome = store.charge_shared(&due("acme", &limits, 1), &NOW).await;
        let ChargeOutcome::Charged(allowances) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(
            allowances
                .as_slice()
                .iter()
                .all(|window| window.remaining == left)
        );
    }
    let outcome = store.charge_shared(&due("acme", &limits, 1), &NOW).await;
    assert!(matches!(outcome, ChargeOutcome::Refused(_)));
}

const ACME_SLOT: u16 = 11_304;
