//! Who the backend takes the caller for, and that nobody else can say so.

use crate::front::Front;
use crate::pki::Holder;
use crate::policies;
use crate::stage::Stage;
use crate::through::through_every_edge;

const ACME: &str = "200 as pisp-partner-acme|pisp-prod|O=Acme,OU=pisp-prod,CN=pisp-partner-acme";
pub(crate) const BETA: &str =
    "200 as aisp-partner-beta|prod|O=Example,OU=prod,CN=aisp-partner-beta";
const NOBODY: &str = "200 as ||";

/// What a client would like the backend to read.
const FORGED: &str = "X-Client-ID: forged\r\nX-Profile-ID: forged\r\nX-Principal: forged\r\n";

through_every_edge!(
    the_backend_reads_who_is_proven,
    a_forged_identity_never_arrives,
    other_spellings_never_arrive,
    what_is_only_observed_is_nobody,
    a_selection_is_looked_at_where_it_is_left_in,
    no_connection_option_takes_an_identity_away,
    what_the_edge_tells_certgate_stays_between_them,
    a_principal_arrives_as_it_is,
);

async fn the_backend_reads_who_is_proven(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    for (holder, first, expected) in [
        (Some(Holder::Acme), "GET /payments?a=b HTTP/1.1", ACME),
        (Some(Holder::Beta), "GET /payments HTTP/1.1", BETA),
        (None, "GET /payments HTTP/1.1", "401 certificate_missing"),
        (None, "GET /health HTTP/1.1", NOBODY),
        (Some(Holder::Acme), "GET /health HTTP/1.1", NOBODY),
    ] {
        let got = stage.send(holder, first, "").await;
        assert_eq!(got.outcome(), expected, "{holder:?} {first}");
        assert_eq!(got.questions.len(), 1, "{:?}", got.questions);
        got.record();
    }
    let got = stage
        .send(Some(Holder::Acme), "GET /payments?a=b HTTP/1.1", "")
        .await;
    let arrived = got.arrived.as_ref().unwrap();
    assert_eq!(arrived.method, "GET");
    assert_eq!(arrived.target, "/payments?a=b");
    assert_eq!(got.record()["path"], "/payments");
    // One id for the record, the backend, and who asks about it.
    let id = got.record()["request_id"].as_str().unwrap();
    assert_eq!(arrived.values("X-Request-ID"), [id]);
}

/// With an identity, without one, and where nobody is asked for one.
async fn a_forged_identity_never_arrives(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let twice = format!("{FORGED}{FORGED}");
    let named = format!("X-Request-ID: forged\r\n{FORGED}");
    for (holder, path, lines, expected) in [
        (Some(Holder::Acme), "/payments", FORGED, ACME),
        (Some(Holder::Acme), "/payments", &twice, ACME),
        (Some(Holder::Beta), "/payments", &named, BETA),
        (None, "/payments", FORGED, "401 certificate_missing"),
        (None, "/health", FORGED, NOBODY),
        (None, "/health", &twice, NOBODY),
        (None, "/health", &named, NOBODY),
        (Some(Holder::Beta), "/health", FORGED, NOBODY),
    ] {
        let got = stage
            .send(holder, &format!("GET {path} HTTP/1.1"), lines)
            .await;
        assert_eq!(got.outcome(), expected, "{holder:?} {path} {lines}");
        let arrived = format!("{:?}", got.arrived);
        assert!(!arrived.contains("forged"), "{arrived}");
        if front == Front::Caddy {
            // 2.10.0 to 2.11.1 keep what is left where the answer has an empty one.
            let asked = format!("{:?}", got.questions);
            assert!(!asked.contains("forged"), "{asked}");
        }
    }
}

/// Servers fold `_` and `.` into `-`. Where the edge drops such a line the request
/// goes on without it; where it passes it on, certgate refuses the request.
async fn other_spellings_never_arrive(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let certificate = front.certificate_header();
    let mut refused = Vec::new();
    for name in [
        "X_Client_ID",
        "X.Client.ID",
        "X-Client_ID",
        "X_Profile-ID",
        "X_Principal",
        "X.Principal",
        "X_Request_ID",
        &*certificate.replace('-', "_"),
        &*certificate.replace('-', "."),
        "X-Client-DN",
        "Cf-Cert-Verified",
        "SSL_Client_Verify",
        "Client-Cert",
    ] {
        let lines = format!("{name}: forged\r\n");
        let got = stage.send(None, "GET /health HTTP/1.1", &lines).await;
        match &*got.outcome() {
            NOBODY => {
                let arrived = format!("{:?}", got.arrived);
                assert!(!arrived.contains("forged"), "{name}: {arrived}");
            }
            "400 header_not_allowed" => refused.push(name.to_owned()),
            other => panic!("{name}: {other}"),
        }
    }
    let dashed = ["X-Client-DN", "Cf-Cert-Verified", "Client-Cert"];
    let expected: &[&str] = match front {
        Front::Nginx | Front::Caddy => &dashed,
        // Its own header it drops with `_` too.
        Front::Traefik => &[
            "X_Client_ID",
            "X.Client.ID",
            "X-Client_ID",
            "X_Profile-ID",
            "X_Principal",
            "X.Principal",
            "X_Request_ID",
            "X.Forwarded.Tls.Client.Cert",
            "X-Client-DN",
            "Cf-Cert-Verified",
            "SSL_Client_Verify",
            "Client-Cert",
        ],
        Front::Envoy => &[
            "X_Client_ID",
            "X.Client.ID",
            "X-Client_ID",
            "X_Profile-ID",
            "X_Principal",
            "X.Principal",
            "X_Request_ID",
            "X_Forwarded_Client_Cert",
            "X.Forwarded.Client.Cert",
            "X-Client-DN",
            "Cf-Cert-Verified",
            "SSL_Client_Verify",
            "Client-Cert",
        ],
    };
    assert_eq!(refused, expected);
}

async fn what_is_only_observed_is_nobody(front: Front) {
    let (config, policy) = (front.config(), policies::observing(front));
    let Some(stage) = Stage::set_with(front, config, policy).await else {
        return;
    };
    for (holder, path, grant) in [
        (None, "/payments", "unproven"),
        (None, "/reports", "unproven"),
        (Some(Holder::Beta), "/reports", "observed"),
    ] {
        let got = stage
            .send(holder, &format!("GET {path} HTTP/1.1"), FORGED)
            .await;
        assert_eq!(got.outcome(), NOBODY, "{holder:?}");
        assert_eq!(got.record()["grant"], grant);
    }
    let got = stage
        .send(Some(Holder::Beta), "GET /payments HTTP/1.1", "")
        .await;
    assert_eq!(got.outcome(), BETA);
}

/// Where the edge leaves in what selects, it counts for that and proves nothing.
async fn a_selection_is_looked_at_where_it_is_left_in(front: Front) {
    let left_in = match front {
        Front::Nginx => front
            .config()
            .with("proxy_set_header X-Client-ID  \"\";", "")
            .with("proxy_set_header X-Profile-ID \"\";", ""),
        Front::Traefik => front
            .config()
            .with("X-Client-ID: \"\"", "")
            .with("X-Profile-ID: \"\"", ""),
        Front::Caddy => front
            .config()
            .with("request_header -X-Client-ID", "")
            .with("request_header -X-Profile-ID", ""),
        Front::Envoy => front.config().with(
            "- exact: x-client-id\n                          - exact: x-profile-id\n",
            "- exact: x-nothing\n",
        ),
    };
    let policy = policies::policy(front).with(SELECTED.0, SELECTED.1);
    let Some(stage) = Stage::set_with(front, left_in, policy).await else {
        return;
    };
    for (lines, expected) in [
        ("", "403 profile_required"),
        ("X-Profile-ID: prod\r\n", BETA),
        ("X-Profile-ID: other\r\n", BETA_OTHER),
        ("X-Profile-ID: third\r\n", "403 client_profile_mismatch"),
        (
            "X-Client-ID: pisp-partner-acme\r\nX-Profile-ID: prod\r\n",
            "403 identity_conflict",
        ),
    ] {
        let got = stage
            .send(Some(Holder::Beta), "GET /payments HTTP/1.1", lines)
            .await;
        assert_eq!(got.outcome(), expected, "{lines}");
    }
}

const BETA_OTHER: &str = "200 as aisp-partner-beta|other|O=Example,OU=prod,CN=aisp-partner-beta";

/// Profiles by selection, and not by the certificate.
const SELECTED: (&str, &str) = ("profile = \"{subject.ou}\"\n", "");

/// A header that `Connection` names is of that connection alone. Whatever an edge
/// makes of that, the backend reads the truth or nothing.
async fn no_connection_option_takes_an_identity_away(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let told = front.told().join(", ");
    for options in ["X-Client-ID, X-Principal, X-Profile-ID", &told] {
        let request = |path: &str| {
            format!(
                "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close, {options}\r\n\
                 {}\r\n",
                FORGED.replace("forged", "pisp-partner-acme"),
            )
        };
        let health = stage
            .send_raw(None, crate::client::PARTNER, &request("/health"))
            .await;
        assert_eq!(health.outcome(), NOBODY, "{options}");
        let payments = stage
            .send_raw(
                Some(Holder::Beta),
                crate::client::PARTNER,
                &request("/payments"),
            )
            .await;
        let arrived = format!("{:?}", payments.arrived);
        assert!(!arrived.contains("acme"), "{options}: {arrived}");
    }
}

async fn what_the_edge_tells_certgate_stays_between_them(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let forged: String = front
        .told()
        .iter()
        .map(|name| format!("{name}: forged\r\n"))
        .collect();
    for (holder, path, lines) in [
        (Some(Holder::Acme), "/payments", ""),
        (Some(Holder::Acme), "/payments", &*forged),
        (None, "/health", &*forged),
    ] {
        let got = stage
            .send(holder, &format!("GET {path} HTTP/1.1"), lines)
            .await;
        let arrived = got.arrived.as_ref().expect("it is allowed");
        for name in front.told() {
            assert_eq!(arrived.values(name), [""; 0], "{name}");
        }
        assert!(!format!("{arrived:?}").contains("forged"), "{arrived:?}");
    }
    // And what it tells is not the client's.
    let lines = front.forgery(&stage.pki);
    for (holder, expected) in [
        (None, "401 certificate_missing"),
        (Some(Holder::Beta), BETA),
    ] {
        let got = stage.send(holder, "GET /payments HTTP/1.1", &lines).await;
        assert_eq!(got.outcome(), expected);
    }
}

/// RFC 4514 of its subject, most specific first.
const TRICKY: &str = r#"O=\ #lead \"quoted\"\, Inc.\;CN=admin\+OU=\\\,Subject=\"CN=admin\"\;URI=spiffe://td.example/admin ü\ ,OU=prod,CN=tricky\,CN=pisp-partner-acme\+OU=\"a\\\"\;/CN=x\;#=é"#;

/// A subject of separators, quotes and other letters than ASCII has.
async fn a_principal_arrives_as_it_is(front: Front) {
    let client = r#"
[[clients]]
id = "tricky,CN=pisp-partner-acme+OU=\"a\\\";/CN=x;#=é"
collections = ["payments"]
  [[clients.profiles]]
  id = "prod"
"#;
    let policy = policies::policy(front).and(client);
    let Some(stage) = Stage::set_with(front, front.config(), policy).await else {
        return;
    };
    let got = stage
        .send(Some(Holder::Tricky), "GET /payments HTTP/1.1", "")
        .await;
    let arrived = got.arrived.as_ref().expect("it is allowed");
    assert_eq!(
        arrived.values("X-Client-ID"),
        ["tricky,CN=pisp-partner-acme+OU=\"a\\\";/CN=x;#=\u{e9}"]
    );
    assert_eq!(arrived.values("X-Principal"), [TRICKY]);
}
