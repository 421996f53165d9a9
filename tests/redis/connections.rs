//! The connection breaks, goes silent, or is made by somebody else.

use super::proxy::Proxy;
use super::told::told;
use super::*;

fn ten() -> LimitSet {
    set([("a", rate(10, MINUTE), None)])
}

/// Redis and load balancers close connections that nobody uses.
#[tokio::test]
async fn an_idle_connection_that_was_closed_costs_no_request() {
    let acme = Acme::new(ten());
    acme.admitted(1).await;
    for left in (5..9).rev() {
        let killed: i64 = acme.server.ask(&["CLIENT", "KILL", "TYPE", "normal"]);
        assert_eq!(killed, 1);
        // Long enough for the end to arrive.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let outcome = acme.charge(1).await;
        assert_eq!(told(&outcome), format!("charged: 0 rate {left}/10 60s"));
    }
}

/// No end of the connection arrives: the host is gone, or something on the way has
/// forgotten it.
#[tokio::test]
async fn a_connection_that_goes_silent_is_replaced() {
    let server = Server::start();
    let proxy = Proxy::to(server.port());
    let settings = RedisSettings::default().with_time_limit(Duration::from_millis(500));
    let store = RedisLimits::connect(&proxy.url(), settings).unwrap();
    let limits = ten();
    let due = due("acme", &limits, 1);
    let outcome = store.charge_shared(&due, &NOW).await;
    assert_eq!(told(&outcome), "charged: 0 rate 9/10 60s");

    proxy.silence();
    let outcome = store.charge_shared(&due, &NOW).await;
    assert_eq!(told(&outcome), "unavailable");
    let after_the_pause = Now {
        monotonic: NOW.monotonic + Duration::from_millis(1_500),
        ..NOW
    };
    let outcome = store.charge_shared(&due, &after_the_pause).await;
    assert!(told(&outcome).starts_with("charged: 0 rate 8/10 "));
    assert_eq!(proxy.connections(), 2);
}

/// Redis had charged the request, which nobody can know: it is charged again, never
/// let through unasked.
#[tokio::test]
async fn an_answer_lost_with_its_connection_is_charged_twice() {
    let server = Server::start();
    let proxy = Proxy::to(server.port());
    let store = RedisLimits::connect(&proxy.url(), patient()).unwrap();
    let limits = ten();
    let due = due("acme", &limits, 1);
    store.charge_shared(&due, &NOW).await;
    proxy.lose_an_answer();
    let outcome = store.charge_shared(&due, &NOW).await;
    assert!(told(&outcome).starts_with("charged: 0 rate 7/10 "));
    assert_eq!(proxy.connections(), 2);
}

/// Many tasks over one connection; none is charged for another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_go_to_those_who_asked() {
    let acme = std::sync::Arc::new(Acme::new(set([("a", rate(5, MINUTE), None)])));
    let mut tasks = tokio::task::JoinSet::new();
    for client in 0..50 {
        let acme = std::sync::Arc::clone(&acme);
        tasks.spawn(async move {
            let client = format!("client-{client}");
            let due = due(&client, &acme.limits, 1);
            for left in (0..5).rev() {
                let outcome = acme.store.charge_shared(&due, &NOW).await;
                assert_eq!(told(&outcome), format!("charged: 0 rate {left}/5 60s"));
            }
            let outcome = acme.store.charge_shared(&due, &NOW).await;
            assert_eq!(told(&outcome), "refused by 0 rate for 60s: 0 rate 0/5 60s");
        });
    }
    tasks.join_all().await;
}

/// RESP3, a database of its own, and a connection that somebody else looks after.
#[tokio::test]
async fn other_connections_count_the_same() {
    let acme = Acme::new(ten());
    let due = due("acme", &acme.limits, 1);
    let url = format!("{}/?protocol=resp3", acme.server.url());
    let resp3 = RedisLimits::connect(&url, patient()).unwrap();
    let client = redis::Client::open(acme.server.url()).unwrap();
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    let given = RedisLimits::with_connection(connection, patient()).unwrap();

    acme.admitted(1).await;
    let outcome = resp3.charge_shared(&due, &NOW).await;
    assert_eq!(told(&outcome), "charged: 0 rate 8/10 60s");
    let outcome = given.charge_shared(&due, &NOW).await;
    assert_eq!(told(&outcome), "charged: 0 rate 7/10 60s");

    let url = format!("{}/3", acme.server.url());
    let elsewhere = RedisLimits::connect(&url, patient()).unwrap();
    let outcome = elsewhere.charge_shared(&due, &NOW).await;
    assert_eq!(told(&outcome), "charged: 0 rate 9/10 60s");
}

/// The task that looks after the connection ends with the store.
#[tokio::test]
async fn a_store_that_is_dropped_leaves_nothing_behind() {
    let acme = Acme::new(ten());
    acme.admitted(1).await;
    let Acme { server, store, .. } = acme;
    drop(store);
    let nowhere = RedisLimits::connect("redis://127.0.0.1:1", RedisSettings::default()).unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    drop(nowhere);
    let metrics = tokio::runtime::Handle::current().metrics();
    while metrics.num_alive_tasks() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let clients: String = server.ask(&["CLIENT", "LIST"]);
    assert_eq!(clients.lines().count(), 1);
}
