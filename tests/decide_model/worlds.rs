//! Every part of a world takes one of a few values, the ordinary one most of
//! the time, so that a request often comes far before something stops it.

use certgate::policy::Mode;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::requests::requests;
use super::world::{
    Answer, COLLECTIONS, Client, Field, NOW, PolicyWorld, Profile, Rule, SERIAL, Text, World,
};

/// The first value most of the time, else one of all.
pub(crate) fn mostly<T: Clone + std::fmt::Debug + 'static>(
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
        (any::<bool>(), mostly(2, &[false, true]), any::<bool>()),
        mostly(6, &[true, false]),
        (
            mostly(1, &[vec!['A'], vec![], vec!['A', 'B']]),
            mostly(
                9,
                &[
                    None,
                    Some(('A', SERIAL)),
                    Some(('B', SERIAL)),
                    Some(('A', "2")),
                ],
            ),
            mostly(9, &constraints()),
        ),
        any::<bool>(),
        mostly(3, &[false, true]),
        (mostly(3, &[false, true]), mostly(3, &[false, true])),
    );
    let clients = (
        // In boxes, for the sake of the stack.
        client("acme", 9).boxed(),
        client("beta", 3).boxed(),
        client("beta.example", 1).boxed(),
    );
    let all = COLLECTIONS.to_vec();
    let collections = prop_oneof![3 => Just(all), 1 => some_of(&COLLECTIONS)];
    let rules = prop::collection::vec(rule(), 1..4);
    (settings, rules, collections, clients).prop_map(|(settings, rules, collections, clients)| {
        let (mode, status, peers, forwarded_for, trust, ignores_bearer, unlisted, paths) = settings;
        let mut policy = PolicyWorld {
            mode,
            status,
            trusts_unix: peers.0,
            set_by_edge: peers.1,
            direct_tls: peers.2,
            forwarded_for,
            issuers: trust.0,
            revoked: trust.1,
            constraint: trust.2,
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

fn constraints() -> Vec<Option<(Field, &'static str)>> {
    vec![
        None,
        Some((Field::Ou, "prod")),
        Some((Field::Cn, "acme")),
        Some((Field::Dns, "beta.EXAMPLE")),
    ]
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
    // All certificates have one key, which one client alone can list.
    let key = match id {
        "acme" => mostly(
            9,
            &[
                None,
                Some(NOW),
                Some("2026-04-16T09:14:21Z"),
                Some("2027-01-01"),
            ],
        ),
        _ => mostly(1, &[None]),
    };
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
        (spiffe_ids, key, mostly(6, &constraints())),
        profiles,
    )
        .prop_map(
            move |(active, collections, limited, (spiffe_ids, key, constraint), profiles)| Client {
                id,
                active,
                collections,
                limited,
                spiffe_ids,
                key,
                constraint,
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
}
