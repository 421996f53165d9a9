//! Each case, by each front end.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cases::corpus::{Case, Corpus};
use crate::expected::fault;
use crate::hyper_socket::{Http1, Http2};
use crate::reply::Reply;
use crate::scene::{FrontEnd, Scene};
use crate::tower_service::TowerService;

/// How many cases HTTP/2 cannot carry that HTTP/1.1 can.
const NOT_HTTP_2: usize = 0;

/// What became of a case: the last response, and the records of all.
#[derive(Debug, PartialEq, Eq)]
struct Played {
    reply: Reply,
    records: Vec<Value>,
}

/// What became of the cases that a front end can carry, by their names.
async fn play(corpus: &Corpus, mut front: impl FrontEnd) -> BTreeMap<&str, Played> {
    let mut played = Vec::new();
    for case in messages(corpus) {
        if front.cannot_carry(&case.request).is_some() {
            continue;
        }
        let scene = Scene::of(case);
        if let Some(before) = case.before {
            for _ in 0..before.requests {
                let reply = front.send(&scene, &case.request).await;
                assert_eq!(reply.status, 200, "{}: {}", front.name(), case.name);
            }
            scene.pass(before.seconds);
        }
        let reply = front.send(&scene, &case.request).await;
        played.push((case, scene, reply));
    }
    front.close().await;
    played
        .into_iter()
        .map(|(case, scene, reply)| {
            let records = scene.records();
            let requests = 1 + case.before.map_or(0, |before| before.requests as usize);
            assert_eq!(records.len(), requests, "{}", case.name);
            (&*case.name, Played { reply, records })
        })
        .collect()
}

/// The cases that HTTP can carry at all: others say in the corpus why they are none.
fn messages(corpus: &Corpus) -> impl Iterator<Item = &Case> {
    corpus.cases.iter().filter(|case| case.not_http.is_none())
}

/// Every response is what the corpus expects.
fn check(corpus: &Corpus, played: &BTreeMap<&str, Played>) {
    let wrong: Vec<String> = messages(corpus)
        .filter_map(|case| {
            let played = played.get(&*case.name)?;
            let recorded = played.records.last()?.get("reason")?.as_str();
            let misrecorded = (recorded != case.expect.reason.as_deref()).then_some(recorded);
            let fault = fault(case, played.reply.clone());
            let fault = fault.or(misrecorded.map(|reason| format!("recorded as {reason:?}")))?;
            Some(format!("{}: {fault}", case.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every response and record is that of the layer, of as many cases as both can carry.
fn compare(layer: &mut BTreeMap<&str, Played>, other: BTreeMap<&str, Played>, left_out: usize) {
    assert_eq!(layer.len() - other.len(), left_out);
    let mut differ = Vec::new();
    for (name, mut other) in other {
        let layer = layer.get_mut(name).unwrap();
        layer.reply.take_problem();
        other.reply.take_problem();
        if *layer != other {
            differ.push(format!("{name}:\n{layer:?}\n{other:?}"));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[tokio::test]
async fn the_layer_answers_as_the_corpus_says() {
    let corpus = Corpus::load();
    check(&corpus, &play(&corpus, TowerService).await);
}

#[tokio::test]
async fn hyper_answers_the_same_in_http_1_and_http_2() {
    let corpus = Corpus::load();
    let mut layer = play(&corpus, TowerService).await;
    compare(&mut layer, play(&corpus, Http1::start().await).await, 0);
    let second = play(&corpus, Http2::start().await).await;
    compare(&mut layer, second, NOT_HTTP_2);
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn extractors_of_axum_hand_over_the_same() {
    let corpus = Corpus::load();
    let mut layer = play(&corpus, TowerService).await;
    let axum = play(&corpus, crate::axum_router::AxumRouter).await;
    compare(&mut layer, axum, 0);
}

#[cfg(feature = "actix")]
#[actix_web::test]
async fn actix_answers_the_same() {
    let corpus = Corpus::load();
    let mut layer = play(&corpus, TowerService).await;
    compare(&mut layer, play(&corpus, crate::actix::Actix).await, 0);
}
