//! Two Envoys in a row: the outer writes the client's element, and the inner
//! one about the outer.

use std::net::{Ipv4Addr, SocketAddr};

use crate::cases::{FORGERS, MISSING, REFUSED, TAKEN};
use crate::client::PARTNER;
use crate::config::Config;
use crate::envoy::forgery;
use crate::files::Files;
use crate::pki::{Holder, Pki, hex_of_sha256};
use crate::program;
use crate::stage::{Stage, request};
use crate::start;

fn outer() -> Config {
    Config::new(include_str!("../../src/guide/envoy/outer.yaml"))
}

fn inner() -> Config {
    Config::new(include_str!("../../src/guide/envoy/inner.yaml"))
}

fn policy(outer: &str) -> Config {
    Config::new(include_str!("../../src/guide/envoy/two-hops.toml"))
        .with("<sha256>", outer)
        .for_all_clients()
}

#[tokio::test]
async fn each_client_is_who_the_outer_envoy_saw() {
    let Some((stage, _)) = stage(None).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(REFUSED).await;
    stage.play(&[MISSING]).await;
    stage.assert_address_is_the_connections().await;
}

#[tokio::test]
async fn nobody_gets_another_identity_by_a_header() {
    let Some((stage, _)) = stage(None).await else {
        return;
    };
    let others = stage.spoof(&forgery(&stage), FORGERS).await;
    assert_eq!(others, [""; 0]);
}

/// Whoever has a certificate that the inner Envoy takes can send it an element
/// of somebody else. The pin tells that another wrote it.
#[tokio::test]
async fn past_the_outer_envoy_a_forged_element_is_untrusted() {
    let Some((stage, inner)) = stage(None).await else {
        return;
    };
    let element = forgery(&stage).lines(str::to_owned);
    let two = element.trim_end().to_owned() + "," + &element["X-Forwarded-Client-Cert: ".len()..];
    for (lines, expected) in [
        ("", "401 certificate_missing"),
        (&*element, "401 certificate_untrusted"),
        (&*two, "400 header_ambiguous"),
    ] {
        let request = request("", lines, None);
        let got = stage
            .send_to(inner, Some(Holder::Beta), PARTNER, &request)
            .await;
        assert_eq!(got.to_string(), expected);
    }
}

#[tokio::test]
async fn an_outer_envoy_that_is_not_pinned_is_untrusted() {
    let Some((stage, _)) = stage(Some("00".repeat(32))).await else {
        return;
    };
    stage
        .play(&[MISSING, (Some(Holder::Beta), "401 certificate_untrusted")])
        .await;
}

/// Both Envoys, the outer pinned by this hash or by its own, and the address
/// of the inner.
async fn stage(pin: Option<String>) -> Option<(Stage, SocketAddr)> {
    let envoy = program::find_or_skip("envoy")?;
    let pki = Pki::generate();
    let pin = pin.unwrap_or_else(|| hex_of_sha256(pki.of(Holder::OuterEnvoy).der()));
    let between = program::free_port();
    let inner_address = SocketAddr::from((Ipv4Addr::LOCALHOST, between));
    let stage = Stage::set_with(pki, policy(&pin), |pki, service, port| {
        let files = Files::write(inner(), pki, service, between);
        let inner = start::envoy_at("port_value: 8443 }", &envoy, files);
        let files = Files::write(outer(), pki, inner_address, port);
        start::envoy_at("port_value: 443 }", &envoy, files).before(inner)
    });
    Some((stage.await, inner_address))
}
