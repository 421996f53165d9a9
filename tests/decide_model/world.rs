//! Small worlds: a policy, one request, and what the store of limits answers.
//! Every part takes one of a few values, the ordinary one most of the time, so
//! that a request often comes far before something stops it.

use std::fmt::Write as _;

use certgate::policy::Mode;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

pub(crate) const NOW: &str = "2026-04-16T09:14:22Z";

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) policy: PolicyWorld,
    pub(crate) request: RequestWorld,
    pub(crate) limits: Answer,
}

#[derive(Clone, Debug)]
pub(crate) struct PolicyWorld {
    pub(crate) mode: Mode,
    /// nginx, which says for each certificate whether it verified it; else an
    /// RFC 9440 edge of which the operator says that it always does.
    pub(crate) status: bool,
    pub(crate) trusts_unix: bool,
    pub(crate) forwarded_for: bool,
    /// Names of issuers, `A` and `B`.
    pub(crate) issuers: Vec<char>,
    pub(crate) ignores_bearer: bool,
    pub(crate) unlisted_allowed: bool,
    pub(crate) case_insensitive: bool,
    pub(crate) parameters_allowed: bool,
    pub(crate) rules: Vec<Rule>,
    /// Names out of [`COLLECTIONS`].
    pub(crate) collections: Vec<&'static str>,
    pub(crate) clients: Vec<Client>,
}

pub(crate) const COLLECTIONS: [&str; 3] = ["payments", "payouts", "admin"];

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) issuer: Option<char>,
    /// A field of the certificate, and the value that it must have.
    pub(crate) when: Option<(Field, &'static str)>,
    pub(crate) client: Text,
    pub(crate) profile: Option<Text>,
    pub(crate) principal: Option<Field>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Literal(&'static str),
    From(Field),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Cn,
    Ou,
    Dns,
    Email,
}

#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: &'static str,
    pub(crate) active: bool,
    pub(crate) collections: Vec<&'static str>,
    pub(crate) limited: bool,
    pub(crate) spiffe_ids: Vec<&'static str>,
    pub(crate) profiles: Vec<Profile>,
}

#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) id: &'static str,
    pub(crate) active: bool,
    pub(crate) methods: Option<Vec<&'static str>>,
    /// Only 203.0.113.0/24.
    pub(crate) allowlist: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct RequestWorld {
    pub(crate) peer: &'static str,
    pub(crate) method: &'static str,
    pub(crate) target: Target,
    pub(crate) certificate: Certificate,
    pub(crate) header: Header,
    pub(crate) status: &'static [&'static str],
    pub(crate) forwarded_for: ForwardedFor,
    pub(crate) authorization: &'static [&'static str],
    pub(crate) token: Option<Token>,
    pub(crate) client_header: &'static [&'static str],
    pub(crate) profile_header: &'static [&'static str],
}

/// A target, and its path: as it is, and where parameters are allowed.
pub(crate) type Target = (&'static str, Option<&'static str>, Option<&'static str>);

/// The lines of `X-Forwarded-For`, and the client's address if it is known.
pub(crate) type ForwardedFor = (&'static [&'static str], Option<&'static str>);

#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) issuer: char,
    pub(crate) cn: &'static [&'static str],
    pub(crate) ou: &'static [&'static str],
    pub(crate) dns: &'static [&'static str],
    pub(crate) email: &'static [&'static str],
    pub(crate) spiffe: &'static [&'static str],
    pub(crate) validity: Validity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    Current,
    FirstSecond,
    LastSecond,
    Expired,
    NotYet,
}

/// How the edge forwards the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    None,
    AbsentForm,
    Certificate,
    Twice,
    AbsentFormAndCertificate,
    Malformed,
    Oversized,
    NotDer,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) client: Option<&'static str>,
    pub(crate) cnf: Cnf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cnf {
    None,
    ThisCertificate,
    ThisCertificateLooseBits,
    OtherCertificate,
    Hex,
    Padded,
    Empty,
    NotText,
    Jkt,
    JktChecked,
    JktAndThisCertificate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Charged,
    RateFull,
    QuotaFull,
    Unavailable,
}

/// The first value most of the time, else one of all.
fn mostly<T: Clone + std::fmt::Debug + 'static>(
    weight: u32,
    values: &[T],
) -> impl Strategy<Value = T> + use<T> {
    let all = values.to_vec();
    prop_oneof![weight => Just(values[0].clone()), 1 => select(all)]
}

fn some_of(values: &[&'static str]) -> impl Strategy<Value = Vec<&'static str>> + use<> {
    subsequence(values.to_vec(), 0..=values.len())
}

pub(crate) fn worlds() -> impl Strategy<Value = World> {
    let answers = [
        Answer::Charged,
        Answer::RateFull,
        Answer::QuotaFull,
        Answer::Unavailable,
    ];
    (policies(), requests(), mostly(1, &answers)).prop_map(|(policy, request, limits)| World {
        policy,
        request,
        limits,
    })
}

fn policies() -> impl Strategy<Value = PolicyWorld> {
    let modes = [
        Mode::Bearer,
        Mode::Mtls,
        Mode::BearerPlusMtlsOptional,
        Mode::BearerPlusMtlsRequired,
    ];
    let settings = (
        select(modes.to_vec()),
        mostly(2, &[true, false]),
        any::<bool>(),
        mostly(6, &[true, false]),
        mostly(1, &[vec!['A'], vec![], vec!['A', 'B']]),
        any::<bool>(),
        mostly(3, &[false, true]),
        (mostly(3, &[false, true]), mostly(3, &[false, true])),
    );
    let clients = (
        client("acme", 9),
        client("beta", 3),
        client("beta.example", 1),
    );
    let all = COLLECTIONS.to_vec();
    let collections = prop_oneof![3 => Just(all), 1 => some_of(&COLLECTIONS)];
    let rules = prop::collection::vec(rule(), 1..4);
    (settings, rules, collections, clients).prop_map(|(settings, rules, collections, clients)| {
        let (mode, status, trusts_unix, forwarded_for, issuers, ignores_bearer, unlisted, paths) =
            settings;
        let mut policy = PolicyWorld {
            mode,
            status,
            trusts_unix,
            forwarded_for,
            issuers,
            ignores_bearer,
            unlisted_allowed: unlisted,
            case_insensitive: paths.0,
            parameters_allowed: paths.1,
            rules,
            collections,
            clients: [clients.0, clients.1, clients.2]
                .into_iter()
                .flatten()
                .collect(),
        };
        policy.make_consistent();
        policy
    })
}

fn client(id: &'static str, weight: u32) -> impl Strategy<Value = Option<Client>> {
    let own: &'static [&'static str] = match id {
        "acme" => &["spiffe://td/acme", "spiffe://td/acme2"],
        _ => &["spiffe://td/beta"],
    };
    // Two clients cannot list one SPIFFE ID.
    let listing = if id == "beta.example" { 0 } else { 1 };
    let spiffe_ids = prop_oneof![
        5 => Just(vec![]),
        listing => subsequence(own.to_vec(), 1..=own.len()),
    ];
    let collections = prop_oneof![4 => Just(COLLECTIONS.to_vec()), 1 => some_of(&COLLECTIONS)];
    let profiles = prop_oneof![
        4 => profile("prod").prop_map(|profile| vec![profile]),
        2 => (profile("prod"), profile("test")).prop_map(|(prod, test)| vec![prod, test]),
        1 => profile("test").prop_map(|profile| vec![profile]),
        1 => Just(vec![]),
    ];
    let client = (
        mostly(8, &[true, false]),
        collections,
        any::<bool>(),
        spiffe_ids,
        profiles,
    )
        .prop_map(
            move |(active, collections, limited, spiffe_ids, profiles)| Client {
                id,
                active,
                collections,
                limited,
                spiffe_ids,
                profiles,
            },
        );
    prop_oneof![weight => client.prop_map(Some), 1 => Just(None)]
}

fn profile(id: &'static str) -> impl Strategy<Value = Profile> {
    let methods = [Some(vec!["GET", "POST"]), Some(vec!["GET"]), None];
    (
        mostly(6, &[true, false]),
        mostly(1, &methods),
        any::<bool>(),
    )
        .prop_map(move |(active, methods, allowlist)| Profile {
            id,
            active,
            methods,
            allowlist,
        })
}

fn rule() -> impl Strategy<Value = Rule> {
    let clients = [
        Text::From(Field::Cn),
        Text::From(Field::Dns),
        Text::Literal("acme"),
        Text::Literal("beta"),
    ];
    let profiles = [
        None,
        Some(Text::From(Field::Ou)),
        Some(Text::Literal("test")),
    ];
    let conditions = [
        None,
        Some((Field::Ou, "prod")),
        Some((Field::Dns, "BETA.example")),
        Some((Field::Cn, "acme")),
        Some((Field::Email, "ops@acme.example")),
    ];
    (
        select(vec![None, Some('A'), Some('B')]),
        mostly(2, &conditions),
        mostly(3, &clients),
        mostly(1, &profiles),
        mostly(4, &[None, Some(Field::Email)]),
    )
        .prop_map(|(issuer, when, client, profile, principal)| Rule {
            issuer,
            when,
            client,
            profile,
            principal,
        })
}

fn requests() -> impl Strategy<Value = RequestWorld> {
    let edge = (
        mostly(
            8,
            &[
                "10.0.0.7",
                "::ffff:10.0.0.7",
                "203.0.113.5",
                "unix",
                "unknown",
            ],
        ),
        mostly(9, HEADERS),
        mostly(9, STATUSES),
        mostly(3, FORWARDED_FOR),
    );
    let asked = (
        mostly(3, &["GET", "POST", "DELETE", "HEAD"]),
        prop_oneof![2 => select(TARGETS[..4].to_vec()), 1 => select(TARGETS.to_vec())],
    );
    let token = (
        prop_oneof![1 => Just(None), 5 => token().prop_map(Some)],
        mostly(3, AUTHORIZATIONS),
    );
    let ids: &[&'static [&'static str]] = &[&[], &["acme"], &["beta"], &["acme", "acme"]];
    let profiles: &[&'static [&'static str]] =
        &[&[], &["prod"], &["test"], &["nope"], &["prod", "prod"]];
    let selected = (mostly(8, ids), mostly(3, profiles));
    (edge, asked, token, selected, certificate()).prop_map(
        |(edge, asked, token, selected, certificate)| RequestWorld {
            peer: edge.0,
            method: asked.0,
            target: asked.1,
            certificate,
            header: edge.1,
            status: edge.2,
            forwarded_for: edge.3,
            authorization: token.1,
            token: token.0,
            client_header: selected.0,
            profile_header: selected.1,
        },
    )
}

const HEADERS: &[Header] = &[
    Header::Certificate,
    Header::None,
    Header::AbsentForm,
    Header::Twice,
    Header::AbsentFormAndCertificate,
    Header::Malformed,
    Header::Oversized,
    Header::NotDer,
];

const STATUSES: &[&[&str]] = &[
    &["SUCCESS"],
    &[],
    &["NONE"],
    &["FAILED:unable to get issuer certificate"],
    &["success"],
    &["SUCCESSFUL"],
    &["SUCCESS", "SUCCESS"],
    &[""],
];

const FORWARDED_FOR: &[ForwardedFor] = &[
    (&["203.0.113.5"], Some("203.0.113.5")),
    (&["::ffff:203.0.113.5"], Some("203.0.113.5")),
    (&["192.0.2.9, 203.0.113.5"], Some("203.0.113.5")),
    (&["192.0.2.9", "203.0.113.5"], Some("203.0.113.5")),
    (&["203.0.113.5, 10.0.0.9"], Some("203.0.113.5")),
    (&["203.0.113.5, 192.0.2.9"], Some("192.0.2.9")),
    (&["203.0.113.5, nonsense"], None),
    (&["203.0.113.5, unknown, 10.0.0.9"], None),
    (&["10.0.0.9"], None),
    (&[], None),
];

const TARGETS: &[Target] = &[
    ("/pay", Some("/pay"), Some("/pay")),
    ("/pay/", Some("/pay/"), Some("/pay/")),
    ("/pay/out", Some("/pay/out"), Some("/pay/out")),
    ("/pay/out/", Some("/pay/out/"), Some("/pay/out/")),
    (
        "/pay/out/7?to=/../x",
        Some("/pay/out/7"),
        Some("/pay/out/7"),
    ),
    ("/p%61y/%6Fut", Some("/pay/out"), Some("/pay/out")),
    ("/pay/outer", Some("/pay/outer"), Some("/pay/outer")),
    ("/payroll", Some("/payroll"), Some("/payroll")),
    ("/PAY/out", Some("/PAY/out"), Some("/PAY/out")),
    ("/admin", Some("/admin"), Some("/admin")),
    ("/admin/", Some("/admin/"), Some("/admin/")),
    ("/admin/x", Some("/admin/x"), Some("/admin/x")),
    ("/health", Some("/health"), Some("/health")),
    ("/health/", Some("/health/"), Some("/health/")),
    ("/", Some("/"), Some("/")),
    ("/pay/out;v=1", None, Some("/pay/out")),
    ("//pay", None, None),
    ("/pay/../admin", None, None),
    ("/pay/%2e%2e/admin", None, None),
    ("/pay%2Fout", None, None),
    ("/pay%5cout", None, None),
    ("/pay/%zz", None, None),
    ("/pay%00", None, None),
    ("pay", None, None),
];

const AUTHORIZATIONS: &[&[&str]] = &[
    &[],
    &["Bearer abc"],
    &["bearer abc"],
    &["Basic abc"],
    &["Basic abc", "Bearer abc"],
];

fn token() -> impl Strategy<Value = Token> {
    let cnf = [
        Cnf::None,
        Cnf::ThisCertificate,
        Cnf::ThisCertificateLooseBits,
        Cnf::OtherCertificate,
        Cnf::Hex,
        Cnf::Padded,
        Cnf::Empty,
        Cnf::NotText,
        Cnf::Jkt,
        Cnf::JktChecked,
        Cnf::JktAndThisCertificate,
    ];
    let cnf = prop_oneof![
        4 => Just(Cnf::None),
        6 => Just(Cnf::ThisCertificate),
        2 => select(cnf.to_vec()),
    ];
    let clients = [Some("acme"), Some("beta"), Some("zeta"), None];
    (mostly(4, &clients), cnf).prop_map(|(client, cnf)| Token { client, cnf })
}

fn certificate() -> impl Strategy<Value = Certificate> {
    let cn: &[&'static [&'static str]] = &[
        &["acme"],
        &["beta"],
        &["zeta"],
        &[],
        &["acme", "beta"],
        &["acme", "acme"],
        &["acme,CN=beta"],
        &["acme beta"],
        &["acme\u{202e}"],
        &["acme\0"],
    ];
    let ou: &[&'static [&'static str]] =
        &[&["prod"], &["test"], &[], &["prod", "test"], &["pr\u{7}od"]];
    let dns: &[&'static [&'static str]] = &[&[], &["beta.example"], &["x.example", "beta.example"]];
    let email: &[&'static [&'static str]] = &[&["ops@acme.example"], &[], &["a:b@x", "c@x"]];
    let spiffe: &[&'static [&'static str]] = &[
        &[],
        &["spiffe://td/acme"],
        &["spiffe://td/beta"],
        &["spiffe://td/other"],
        &["spiffe://td/acme", "spiffe://td/acme2"],
        &["spiffe://td/acme", "spiffe://td/beta"],
        &["spiffe://td/other", "spiffe://td/acme"],
        &["spiffe://td/../acme"],
    ];
    let validity = [
        Validity::Current,
        Validity::FirstSecond,
        Validity::LastSecond,
        Validity::Expired,
        Validity::NotYet,
    ];
    (
        mostly(4, &['A', 'B', 'C']),
        mostly(3, cn),
        mostly(3, ou),
        mostly(1, dns),
        mostly(2, email),
        mostly(1, spiffe),
        mostly(6, &validity),
    )
        .prop_map(
            |(issuer, cn, ou, dns, email, spiffe, validity)| Certificate {
                issuer,
                cn,
                ou,
                dns,
                email,
                spiffe,
                validity,
            },
        )
}

impl PolicyWorld {
    /// Takes out what would be a load error.
    fn make_consistent(&mut self) {
        let ids: Vec<&str> = self.clients.iter().map(|client| client.id).collect();
        let issuers = &self.issuers;
        self.rules
            .retain(|rule| !matches!(rule.client, Text::Literal(id) if !ids.contains(&id)));
        if self.rules.is_empty() {
            self.rules.push(Rule {
                issuer: None,
                when: None,
                client: Text::From(Field::Cn),
                profile: None,
                principal: None,
            });
        }
        for rule in &mut self.rules {
            if !rule.issuer.is_some_and(|issuer| issuers.contains(&issuer)) {
                rule.issuer = (issuers.len() > 1).then_some('A');
            }
        }
        let collections = &self.collections;
        for client in &mut self.clients {
            client.collections.retain(|name| collections.contains(name));
        }
    }

    /// The policy as a document.
    pub(crate) fn toml(&self) -> String {
        let mut text = String::from("version = 1\n[edge]\n");
        let (preset, verification) = if self.status {
            ("nginx", "edge-status")
        } else {
            ("rfc9440", "edge-always")
        };
        let unix = if self.trusts_unix { ", 'unix'" } else { "" };
        let source = if self.forwarded_for {
            "x-forwarded-for"
        } else {
            "peer"
        };
        let bearer = if self.ignores_bearer {
            "ignore"
        } else {
            "deny"
        };
        let unlisted = if self.unlisted_allowed {
            "allow"
        } else {
            "deny"
        };
        let case = if self.case_insensitive {
            "insensitive"
        } else {
            "sensitive"
        };
        let parameters = if self.parameters_allowed {
            "allow"
        } else {
            "deny"
        };
        write!(
            text,
            "preset = '{preset}'\nverification = '{verification}'\n\
             trusted_proxies = ['10.0.0.0/8'{unix}]\nclient_address = '{source}'\n\
             [authentication]\nmode = '{}'\nunverified_bearer = '{bearer}'\n",
            self.mode.as_str()
        )
        .unwrap();
        if !self.issuers.is_empty() {
            let names: Vec<String> = self.issuers.iter().map(|i| format!("'CN={i}'")).collect();
            writeln!(text, "issuers = [{}]", names.join(", ")).unwrap();
        }
        if matches!(
            self.mode,
            Mode::BearerPlusMtlsOptional | Mode::BearerPlusMtlsRequired
        ) {
            text.push_str("binding_required_paths = ['/pay/out']\n");
        }
        write!(
            text,
            "[paths]\nunlisted = '{unlisted}'\ncase = '{case}'\nparameters = '{parameters}'\n\
             [[exemptions]]\nmethod = 'GET'\npath = '/health'\n\
             [[limits]]\nname = 'standard'\nrate = {{ requests = 5, per = '1m' }}\n"
        )
        .unwrap();
        for name in &self.collections {
            let paths = match *name {
                "payments" => "'/pay'",
                "payouts" => "'/pay/out'",
                _ => "{ path = '/admin', match = 'exact' }",
            };
            writeln!(text, "[[collections]]\nname = '{name}'\npaths = [{paths}]").unwrap();
        }
        for rule in &self.rules {
            rule.write(&mut text);
        }
        for client in &self.clients {
            client.write(&mut text);
        }
        text
    }
}

impl Rule {
    fn write(&self, text: &mut String) {
        text.push_str("[[identity]]\n");
        if let Some(issuer) = self.issuer {
            writeln!(text, "issuer = 'CN={issuer}'").unwrap();
        }
        writeln!(text, "client = '{}'", self.client.template()).unwrap();
        if let Some(profile) = self.profile {
            writeln!(text, "profile = '{}'", profile.template()).unwrap();
        }
        if let Some(field) = self.principal {
            writeln!(text, "principal = 'auth:{}'", Text::From(field).template()).unwrap();
        }
        if let Some((field, value)) = self.when {
            let key = match field {
                Field::Cn => "subject.cn",
                Field::Ou => "subject.ou",
                Field::Dns => "dns",
                Field::Email => "email",
            };
            writeln!(text, "when.{key} = '{value}'").unwrap();
        }
    }
}

impl Text {
    fn template(self) -> &'static str {
        match self {
            Self::Literal(text) => text,
            Self::From(Field::Cn) => "{subject.cn}",
            Self::From(Field::Ou) => "{subject.ou}",
            Self::From(Field::Dns) => "{san.dns}",
            Self::From(Field::Email) => "{san.email}",
        }
    }
}

impl Client {
    fn write(&self, text: &mut String) {
        let list = |values: &[&str]| {
            let quoted: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
            format!("[{}]", quoted.join(", "))
        };
        let Self { id, active, .. } = self;
        let collections = list(&self.collections);
        write!(
            text,
            "[[clients]]\nid = '{id}'\nactive = {active}\ncollections = {collections}\n"
        )
        .unwrap();
        if self.limited {
            text.push_str("limits = 'standard'\n");
        }
        if !self.spiffe_ids.is_empty() {
            writeln!(text, "spiffe_ids = {}", list(&self.spiffe_ids)).unwrap();
        }
        for profile in &self.profiles {
            let Profile { id, active, .. } = profile;
            writeln!(text, "[[clients.profiles]]\nid = '{id}'\nactive = {active}").unwrap();
            if let Some(methods) = &profile.methods {
                writeln!(text, "methods = {}", list(methods)).unwrap();
            }
            if profile.allowlist {
                text.push_str("ip_allowlist = ['203.0.113.0/24']\n");
            }
        }
    }
}
