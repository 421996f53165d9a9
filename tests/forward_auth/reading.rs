//! What the door makes of each question, without an edge: who asks, and every
//! line that is missing, repeated, empty or garbage.

use std::net::IpAddr;

use certgate::gate::Gate;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::Peer;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, Response};
use serde_json::Value;

use crate::cases::evidence::check;
use crate::config::Config;
use crate::example::{Copied, Door, Edge};
use crate::front::Front;
use crate::pki::{Holder, Pki};
use crate::policies;

const FRONTS: [Front; 4] = [Front::Nginx, Front::Traefik, Front::Caddy, Front::Envoy];

/// A question that everything else is a change of.
#[derive(Clone)]
struct Question {
    peer: &'static str,
    method: String,
    uri: String,
    lines: Vec<(String, Vec<u8>)>,
}

impl Question {
    /// What the edge asks about `GET /health`, for a host and from an address.
    fn of(front: Front) -> Self {
        let lines: &[(&str, &str)] = match front {
            Front::Nginx => &[
                ("Host", "certgate"),
                ("X-Original-Method", "GET"),
                ("X-Original-URI", "/health"),
                ("X-Original-Host", "localhost"),
                ("X-Forwarded-For", "203.0.113.5"),
                ("X-SSL-Client-Verify", "NONE"),
            ],
            Front::Traefik | Front::Caddy => &[
                ("Host", "127.0.0.1:9000"),
                ("X-Forwarded-Method", "GET"),
                ("X-Forwarded-Uri", "/health"),
                ("X-Forwarded-Host", "localhost"),
                ("X-Forwarded-For", "203.0.113.5"),
            ],
            Front::Envoy => &[("Host", "localhost"), ("X-Forwarded-For", "203.0.113.5")],
        };
        let (method, uri) = match front {
            Front::Envoy => ("GET", "/forward-auth/health"),
            _ => ("GET", "/"),
        };
        Self {
            peer: "127.0.0.1",
            method: method.to_owned(),
            uri: uri.to_owned(),
            lines: lines
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                .collect(),
        }
    }

    fn from(self, peer: &'static str) -> Self {
        Self { peer, ..self }
    }

    fn to(self, method: &str, uri: &str) -> Self {
        Self {
            method: method.to_owned(),
            uri: uri.to_owned(),
            ..self
        }
    }

    /// With this line in the place of every one of its name.
    fn set(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.without(name).add(name, value)
    }

    fn add(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.lines.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.lines
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    /// With the certificate of acme, as the edge writes it.
    fn of_acme(self, front: Front, pki: &Pki) -> Self {
        let certificate = front.certificate(pki.of(Holder::Acme));
        let question = self.set(front.certificate_header(), certificate);
        match front {
            Front::Nginx => question.set("X-SSL-Client-Verify", "SUCCESS"),
            _ => question,
        }
    }

    fn head(&self) -> Parts {
        let request = Request::builder().method(&*self.method).uri(&*self.uri);
        let (mut head, ()) = request.body(()).unwrap().into_parts();
        for (name, value) in &self.lines {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            head.headers
                .append(name, HeaderValue::from_bytes(value).unwrap());
        }
        head
    }
}

/// The answer, the record if there is one, and why nothing was decided.
struct Told {
    response: Response<String>,
    record: Value,
    refused: Option<String>,
}

impl Told {
    /// The status of the denial, wherever it stands, and its reason; or 200.
    fn outcome(&self) -> String {
        let status = self.response.status().as_u16();
        if status == 200 {
            return "200".to_owned();
        }
        let problem: Value = serde_json::from_str(self.response.body()).unwrap();
        let reason = problem["reason"].as_str().unwrap().to_owned();
        format!("{} {reason}", problem["status"])
    }

    fn header(&self, name: &str) -> Option<&str> {
        let value = self.response.headers().get(name)?;
        Some(value.to_str().unwrap())
    }

    /// What is told of a question that was not decided, of which there is no record.
    fn refused(&self) -> Option<&str> {
        assert_eq!(self.record == Value::Null, self.refused.is_some());
        self.refused.as_deref()
    }
}

pub(crate) fn door(front: Front) -> Door<MemoryLimits> {
    door_of(front.edge(), &policies::policy(front), "X-Principal").unwrap()
}

fn door_of(edge: Edge, policy: &Config, principal: &str) -> Result<Door<MemoryLimits>, String> {
    let copied = Copied {
        principal: principal.to_owned(),
        ..Copied::default()
    };
    door_copying(edge, policy, &copied)
}

fn door_copying(
    edge: Edge,
    policy: &Config,
    copied: &Copied,
) -> Result<Door<MemoryLimits>, String> {
    let policy = Policy::from_toml_str(&policy.text(), "policy.toml")
        .unwrap()
        .policy;
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let gate = Gate::new(policy).unwrap().sharing(limits).unwrap();
    Door::new(gate, edge, copied)
}

async fn ask(door: &Door<MemoryLimits>, question: &Question) -> Told {
    let peer = match question.peer {
        "unix" => Peer::UNIX,
        "unknown" => Peer::UNKNOWN,
        address => Peer::address(address.parse::<IpAddr>().unwrap()),
    };
    let answered = door.answer(peer, &question.head()).await;
    Told {
        response: answered.response,
        record: answered.record.map_or(Value::Null, |record| {
            check(&record);
            serde_json::to_value(record).unwrap()
        }),
        refused: answered.refusal.map(|refusal| refusal.refused.to_string()),
    }
}

/// The three names by which the edge tells method, target and host.
fn lines_of(front: Front) -> [&'static str; 3] {
    match front {
        Front::Nginx => ["X-Original-Method", "X-Original-URI", "X-Original-Host"],
        Front::Traefik | Front::Caddy => {
            ["X-Forwarded-Method", "X-Forwarded-Uri", "X-Forwarded-Host"]
        }
        Front::Envoy => panic!("it has none"),
    }
}

const UNCLEAR: &str = "400 original_request_unclear";

#[tokio::test]
async fn each_line_is_there_once_or_the_request_is_denied() {
    for front in [Front::Nginx, Front::Traefik, Front::Caddy] {
        let (door, good) = (door(front), Question::of(front));
        assert_eq!(ask(&door, &good).await.outcome(), "200", "{front:?}");
        let [method, uri, host] = lines_of(front);
        for (name, garbage) in [
            (method, &["", "GE T", "GET,POST", "G\u{e9}T", "get\t"][..]),
            (
                uri,
                &[
                    "",
                    "health",
                    "*",
                    "https://localhost/health",
                    "/h\u{e9}alth",
                ],
            ),
            (
                host,
                &[
                    "",
                    "a b",
                    "localhost,other",
                    "me@localhost",
                    "/",
                    "h\u{f6}st",
                    "a:b:c",
                ],
            ),
            (
                "X-Forwarded-For",
                &[
                    "",
                    "unknown",
                    "203.0.113.5,",
                    "203.0.113.5, x",
                    "010.0.0.1",
                    "1.2.3.4:x",
                ],
            ),
        ] {
            let record = |fault: &str| format!("{}: {fault}", name.to_ascii_lowercase());
            let told = ask(&door, &good.clone().without(name)).await;
            assert_eq!(told.outcome(), UNCLEAR, "{front:?} {name}");
            assert_eq!(told.refused(), Some(&*record("absent")));
            let value = &good.lines.iter().find(|line| line.0 == name).unwrap().1;
            let told = ask(&door, &good.clone().add(name, value)).await;
            assert_eq!(told.outcome(), UNCLEAR, "{front:?} {name}");
            assert_eq!(told.refused(), Some(&*record("repeated")));
            for value in garbage {
                let told = ask(&door, &good.clone().set(name, value)).await;
                assert_eq!(told.outcome(), UNCLEAR, "{front:?} {name}: {value}");
                assert_eq!(told.refused(), Some(&*record("malformed")));
            }
        }
    }
}

#[tokio::test]
async fn envoy_s_own_line_is_the_original_behind_the_prefix() {
    let front = Front::Envoy;
    let (door, good) = (door(front), Question::of(front));
    for (method, uri, expected) in [
        ("GET", "/forward-auth/health", "200"),
        ("GET", "/forward-auth/health?a=b", "200"),
        ("HEAD", "/forward-auth/health", "401 certificate_missing"),
        ("GET", "/forward-auth/payments", "401 certificate_missing"),
        ("GET", "/health", UNCLEAR),
        ("GET", "/forward-auth", UNCLEAR),
        ("GET", "/forward-authhealth", UNCLEAR),
        ("GET", "/forward-auth*", UNCLEAR),
        ("GET", "/Forward-Auth/health", UNCLEAR),
        ("GET", "/forward-auth//health", "400 path_malformed"),
        ("GET", "/forward-auth/../health", "400 path_malformed"),
        ("GET", "/x/../forward-auth/health", UNCLEAR),
        ("GET", "http://localhost/forward-auth/health", UNCLEAR),
        ("OPTIONS", "*", UNCLEAR),
        ("CONNECT", "localhost:443", UNCLEAR),
    ] {
        let told = ask(&door, &good.clone().to(method, uri)).await;
        assert_eq!(told.outcome(), expected, "{method} {uri}");
    }
    for (name, garbage) in [
        ("Host", &["", "a b", "localhost,other", "me@localhost"]),
        (
            "X-Forwarded-For",
            &["", "unknown", "203.0.113.5,", "203.0.113.5, x"],
        ),
    ] {
        let value = &good.lines.iter().find(|line| line.0 == name).unwrap().1;
        let changes = [good.clone().without(name), good.clone().add(name, value)];
        let garbage = garbage.iter().map(|value| good.clone().set(name, value));
        for question in changes.into_iter().chain(garbage) {
            assert_eq!(ask(&door, &question).await.outcome(), UNCLEAR, "{name}");
        }
    }
}

/// What the question is sent to, and how, says nothing about the original.
#[tokio::test]
async fn nothing_falls_back_to_the_question_itself() {
    for front in [Front::Nginx, Front::Traefik, Front::Caddy] {
        let (door, [method, uri, host]) = (door(front), lines_of(front));
        let question = Question::of(front)
            .to("GET", "/health")
            .set("Host", "localhost");
        for name in [method, uri, host] {
            let told = ask(&door, &question.clone().without(name)).await;
            assert_eq!(told.outcome(), UNCLEAR, "{front:?} {name}");
        }
        // Nor does it take anything away from it.
        for (method, uri) in [("POST", "/"), ("DELETE", "/payments"), ("GET", "*")] {
            let told = ask(&door, &question.clone().to(method, uri)).await;
            assert_eq!(told.outcome(), "200", "{front:?} {method} {uri}");
        }
    }
}

/// The lines of another edge are none of this one's: they would be the client's.
#[tokio::test]
async fn the_lines_of_another_edge_are_refused() {
    for front in FRONTS {
        let (door, good) = (door(front), Question::of(front));
        for other in [
            ("X-Original-Method", "GET"),
            ("X-Original-URI", "/health"),
            ("X-Forwarded-Method", "GET"),
            ("X-Forwarded-Uri", "/health"),
            ("X-Original-URL", "/health"),
            ("X-Envoy-Original-Path", "/health"),
            ("X-HTTP-Method-Override", "GET"),
        ] {
            let is_own = good.lines.iter().any(|(name, _)| name == other.0);
            if is_own {
                continue;
            }
            let told = ask(&door, &good.clone().add(other.0, other.1)).await;
            assert_eq!(
                told.outcome(),
                "400 header_not_allowed",
                "{front:?} {other:?}"
            );
            assert_eq!(told.refused(), Some("header_not_allowed"));
        }
    }
}

#[tokio::test]
async fn from_anybody_else_everything_is_denied() {
    let pki = Pki::generate();
    for front in FRONTS {
        let (door, health) = (door(front), Question::of(front));
        let acme = payments(front, health.clone().of_acme(front, &pki));
        for (question, trusted) in [(health.clone(), "200"), (acme, "403 ip_not_allowed")] {
            assert_eq!(ask(&door, &question).await.outcome(), trusted, "{front:?}");
            for peer in ["127.0.0.2", "203.0.113.5", "::1", "unix", "unknown"] {
                let told = ask(&door, &question.clone().from(peer)).await;
                assert_eq!(told.outcome(), "403 peer_not_trusted", "{front:?} {peer}");
                assert_eq!(told.refused(), Some("peer_not_trusted"));
                assert_eq!(told.header("x-client-id"), None);
            }
        }
        // Mapped, it is the same peer.
        let told = ask(&door, &health.from("::ffff:127.0.0.1")).await;
        assert_eq!(told.outcome(), "200");
    }
}

/// The same question about the payments, from where acme may call.
fn payments(front: Front, question: Question) -> Question {
    let question = question.set("X-Forwarded-For", "127.0.51.7");
    match front {
        Front::Envoy => question.to("GET", "/forward-auth/payments"),
        _ => question.set(lines_of(front)[1], "/payments"),
    }
}

/// A proof of the edge besides its address.
#[tokio::test]
async fn an_edge_without_its_secret_is_anybody() {
    let front = Front::Nginx;
    // SHA-256 of 64 times `a`.
    let digest = "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb";
    let proof = format!(
        "[edge.proof]\nsecret_header = \"X-Edge-Secret\"\nsecret_sha256 = [\"{digest}\"]\n\n\
         [authentication]"
    );
    let policy = policies::policy(front).with("[authentication]", &proof);
    let door = door_of(front.edge(), &policy, "X-Principal").unwrap();
    let health = Question::of(front);
    let secret = "a".repeat(64);
    for (question, expected) in [
        (health.clone(), "403 peer_not_trusted"),
        (
            health.clone().add("X-Edge-Secret", "b"),
            "403 peer_not_trusted",
        ),
        (health.clone().add("X-Edge-Secret", &secret), "200"),
    ] {
        let told = ask(&door, &question).await;
        assert_eq!(told.outcome(), expected);
        assert!(!told.record.to_string().contains(&secret));
    }
}

#[tokio::test]
async fn an_allow_has_every_name_and_nothing_that_is_not_proven() {
    let pki = Pki::generate();
    for front in FRONTS {
        let acme = payments(front, Question::of(front).of_acme(front, &pki))
            .set("X-Forwarded-For", "127.0.113.42");
        let nobody = payments(front, Question::of(front));
        let open = door(front);
        let observing = door_of(front.edge(), &policies::observing(front), "X-Principal").unwrap();
        let forged = |question: &Question| {
            let question = question.clone().add("X-Client-ID", "forged");
            question
                .add("X-Principal", "forged")
                .add("X-Profile-ID", "forged")
        };
        let named = ["pisp-partner-acme", "pisp-prod", ACME];
        for (door, question, expected) in [
            (&open, acme.clone(), named),
            (&open, Question::of(front), ["", "", ""]),
            (&open, forged(&Question::of(front)), ["", "", ""]),
            (&observing, acme.clone(), named),
            (&observing, forged(&acme), ["", "", ""]),
            (&observing, nobody, ["", "", ""]),
        ] {
            let told = ask(door, &question).await;
            assert_eq!(told.outcome(), "200", "{front:?}");
            let names = ["x-client-id", "x-profile-id", "x-principal"];
            let headers = names.map(|name| told.header(name).unwrap());
            assert_eq!(headers, expected, "{front:?}");
            assert_eq!(
                told.header("x-request-id"),
                told.record["request_id"].as_str()
            );
            assert_eq!(told.response.body(), "");
            assert_eq!(told.record["status"], Value::Null, "the backend's");
            assert_eq!(told.refused(), None);
        }
    }
}

/// Other names than those of the configurations, and every spelling of the former.
#[tokio::test]
async fn the_names_of_the_answer_are_the_policys() {
    let pki = Pki::generate();
    let front = Front::Caddy;
    let names = "[selectors]\nclient_header = \"X-Partner\"\nprofile_header = \"X-Tier\"\n\n\
        [authentication]";
    let policy = policies::policy(front).with("[authentication]", names);
    let copied = Copied {
        client: "x-partner".to_owned(),
        profile: "X-Tier".to_owned(),
        principal: "X-Backend-User".to_owned(),
    };
    let door = door_copying(front.edge(), &policy, &copied).unwrap();
    let acme = payments(front, Question::of(front).of_acme(front, &pki))
        .set("X-Forwarded-For", "127.0.113.42");
    let told = ask(&door, &acme).await;
    assert_eq!(told.outcome(), "200");
    let headers = ["x-partner", "x-tier", "x-backend-user"].map(|name| told.header(name));
    let expected = ["pisp-partner-acme", "pisp-prod", ACME];
    assert_eq!(headers, expected.map(Some));
    for name in ["x-client-id", "x-profile-id", "x-principal"] {
        assert_eq!(told.header(name), None);
    }
    for (name, expected) in [
        ("X-Backend-User", "200"),
        ("X_Backend_User", "400 header_not_allowed"),
        ("X.Partner", "400 header_not_allowed"),
        ("X-Client-ID", "400 header_not_allowed"),
        ("X_Principal", "200"),
        ("X-Backend-Users", "200"),
    ] {
        let told = ask(&door, &acme.clone().add(name, "forged")).await;
        assert_eq!(told.outcome(), expected, "{name}");
        assert_eq!(told.header(name).unwrap_or(ACME), ACME);
    }
}

const ACME: &str = "O=Acme,OU=pisp-prod,CN=pisp-partner-acme";

/// nginx takes no other status than these; the others are told as they are.
#[tokio::test]
async fn nginx_is_told_401_and_403_and_reads_the_status_in_a_header() {
    for front in FRONTS {
        let (door, good) = (door(front), Question::of(front));
        let unclear = good.clone().without("X-Forwarded-For");
        for (question, status, nginx) in [
            (payments(front, good.clone()), 401, 401),
            (good.clone().from("203.0.113.5"), 403, 403),
            (unclear, 400, 403),
        ] {
            let told = ask(&door, &question).await;
            let body = told.response.body();
            assert!(told.outcome().starts_with(&status.to_string()));
            assert_eq!(
                told.header("content-type"),
                Some("application/problem+json")
            );
            assert_eq!(told.header("cache-control"), Some("no-store"));
            let status = status.to_string();
            let (expected, in_headers) = match front {
                Front::Nginx => (nginx, (Some(&*status), Some(&**body))),
                _ => (status.parse().unwrap(), (None, None)),
            };
            assert_eq!(told.response.status(), expected, "{front:?}");
            let told = (told.header("x-auth-status"), told.header("x-auth-problem"));
            assert_eq!(told, in_headers, "{front:?}");
        }
    }
}

#[test]
fn what_cannot_be_kept_is_refused_at_the_start() {
    let front = Front::Nginx;
    let policy = policies::policy(front);
    for (principal, expected) in [
        ("X-Backend-User", Ok(())),
        ("X Principal", Err("X Principal names no header")),
        (
            "X-Client-ID",
            Err("x-client-id means something else already"),
        ),
        (
            "X-Request-ID",
            Err("x-request-id means something else already"),
        ),
        (
            "X-SSL-Client-Cert",
            Err("x-ssl-client-cert means something else already"),
        ),
        (
            "X-Original-URI",
            Err("x-original-uri means something else already"),
        ),
        (
            "X-Auth-Status",
            Err("x-auth-status means something else already"),
        ),
        ("Host", Err("host means something else already")),
    ] {
        let door = door_of(front.edge(), &policy, principal).map(|_| ());
        assert_eq!(door, expected.map_err(str::to_owned), "{principal}");
    }
    let bearer = policy.with("mode = \"mtls\"", "mode = \"bearer_plus_mtls_required\"");
    assert_eq!(
        door_of(front.edge(), &bearer, "X-Principal").map(|_| ()),
        Err("the policy takes tokens, and nothing here verifies one".to_owned())
    );
}

/// The configurations that are shipped copy X-Client-ID and X-Profile-ID, and would
/// leave the backend without what the policy calls otherwise.
#[test]
fn what_the_edge_would_not_copy_is_refused_at_the_start() {
    let copied = |client: &str, profile: &str| Copied {
        client: client.to_owned(),
        profile: profile.to_owned(),
        ..Copied::default()
    };
    for front in FRONTS {
        let named = |line: &str| {
            let selectors = format!("[selectors]\n{line}\n\n[authentication]");
            policies::policy(front).with("[authentication]", &selectors)
        };
        let (plain, usual) = (
            policies::policy(front),
            copied("X-Client-ID", "X-Profile-ID"),
        );
        let client = named("client_header = \"X-Partner\"");
        let profile = named("profile_header = \"X-Tier\"");
        for (policy, copied, expected) in [
            (&plain, &usual, Ok(())),
            (
                &client,
                &usual,
                Err(
                    "the policy calls the header of the client x-partner ([selectors] \
                     client_header), and the edge copies X-Client-ID: let its configuration \
                     copy x-partner, and start with --client-header x-partner",
                ),
            ),
            (&client, &copied("X-Partner", "X-Profile-ID"), Ok(())),
            (
                &profile,
                &usual,
                Err(
                    "the policy calls the header of the profile x-tier ([selectors] \
                     profile_header), and the edge copies X-Profile-ID: let its configuration \
                     copy x-tier, and start with --profile-header x-tier",
                ),
            ),
            (&profile, &copied("X-Client-ID", "x-tier"), Ok(())),
            (
                &plain,
                &copied("X-Partner", "X-Profile-ID"),
                Err(
                    "the policy calls the header of the client x-client-id ([selectors] \
                     client_header), and the edge copies X-Partner: let its configuration \
                     copy x-client-id, and start with --client-header x-client-id",
                ),
            ),
        ] {
            let door = door_copying(front.edge(), policy, copied).map(|_| ());
            assert_eq!(
                door,
                expected.map_err(str::to_owned),
                "{front:?} {copied:?}"
            );
        }
    }
}
