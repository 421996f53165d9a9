//! Without an answer nobody gets in.

use crate::front::Front;
use crate::pki::Holder;
use crate::stage::Stage;
use crate::through::through_every_edge;

through_every_edge!(an_auth_service_that_is_away_lets_nobody_in);

async fn an_auth_service_that_is_away_lets_nobody_in(front: Front) {
    let Some(mut stage) = Stage::set(front).await else {
        return;
    };
    let acme = Some(Holder::Acme);
    let got = stage.send(acme, "GET /payments HTTP/1.1", "").await;
    assert_eq!(got.status, 200);
    stage.close_the_door().await;
    for (holder, path) in [(acme, "/payments"), (None, "/payments"), (None, "/health")] {
        let first = format!("GET {path} HTTP/1.1");
        let got = stage.send(holder, &first, "").await;
        assert!(got.arrived.is_none(), "{path}");
        let expected = match front {
            Front::Nginx | Front::Traefik => 500,
            Front::Caddy => 502,
            Front::Envoy => 503,
        };
        assert_eq!(got.status, expected, "{path}");
    }
}
