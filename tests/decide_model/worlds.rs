//! Every part of a world takes one of a few values, the ordinary one most of
//! the time, so that a request often comes far before something stops it.

use certgate::policy::{Mode, Observe, Requirement};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::requests::{certificate, requests};
use super::world::{
    COLLECTIONS, Client, Collection, Constraint, Field, Listing, PolicyWorld, Profile, Revoked,
    Rule, Text, World,
};

/// The first value most of the time, else one of all.
pub(crate) fn mostly<T: Clone + std::fmt::Debug + 'static>(
    weight: u32,
    values: &[T],
) -> BoxedStrategy<T> {
    let all = values.to_vec();
    prop_oneof![weight => Just(values[0].clone()), 1 => select(all)].boxed()
}

fn some_of(values: &[&'static str]) -> impl Strategy<Value = Vec<&'static str>> + use<> {
    subsequence(values.to_vec(), 0..=values.len())
}

/// How many requests a policy is asked about: reading it takes the most time.
pub(crate) const REQUESTS: usize = 8;

pub(crate) fn worlds() -> impl Strategy<Value = World> {
    let requests = vec(requests(), REQUESTS);
    (policies(), certificate(), requests).prop_map(|(policy, certificate, mut requests)| {
        for request in &mut requests {
            request.certificate.clone_from(&certificate);
        }
        World { policy, requests }
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
    let revoked = [
        Revoked::None,
        Revoked::This,
        Revoked::Other,
        Revoked::NumberOfA,
    ];
    let certificates = (mostly(6, &revoked), constraint(), switches());
    let rules = vec(rule(), 0..4);
    let who = (rules, mostly(5, &[false, true]), clients);
    (settings, certificates, collections(), who).prop_map(
        |(settings, certificates, collections, (rules, open, clients))| {
            let (mode, status, peers, forwarded_for, issuers, ignores_bearer, unlisted, paths) =
                settings;
            let mut policy = PolicyWorld {
                mode,
                status,
                trusts_unix: peers.0,
                set_by_edge: peers.1,
                direct_tls: peers.2,
                forwarded_for,
                issuers,
                ignores_bearer,
                unlisted_allowed: unlisted,
                case_insensitive: paths.0,
                parameters_allowed: paths.1,
                observe: certificates.2,
                revoked: certificates.0,
                constraint: certificates.1,
                rules,
                collections,
                open,
                clients: [clients.0, clients.1, clients.2]
                    .into_iter()
                    .flatten()
                    .collect(),
            };
            policy.make_consistent();
            policy
        },
    )
}

/// Nothing most of the time.
fn constraint() -> impl Strategy<Value = Option<Constraint>> {
    let constraints = [
        None,
        Some(Constraint::OuProd),
        Some(Constraint::DnsExample),
        Some(Constraint::EmailAcme),
        Some(Constraint::IssuerA),
        Some(Constraint::AlternativeNames),
    ];
    mostly(9, &constraints)
}

fn switches() -> impl Strategy<Value = Vec<Observe>> {
    let switches = [
        vec![],
        vec![Observe::Certificates],
        vec![Observe::Policy],
        vec![Observe::Certificates, Observe::Policy],
    ];
    mostly(5, &switches)
}

fn requirement() -> impl Strategy<Value = Option<Requirement>> {
    let requirements = [
        None,
        Some(Requirement::Certificate),
        Some(Requirement::Binding),
    ];
    mostly(7, &requirements)
}

fn methods(weight: u32) -> impl Strategy<Value = Option<Vec<&'static str>>> {
    let methods = [
        None,
        Some(vec!["GET", "POST"]),
        Some(vec!["GET"]),
        Some(vec!["POST", "DELETE"]),
    ];
    mostly(weight, &methods)
}

fn collections() -> impl Strategy<Value = Vec<Collection>> {
    let all = prop_oneof![3 => Just(COLLECTIONS.to_vec()), 1 => some_of(&COLLECTIONS)];
    let settings = [(); COLLECTIONS.len()].map(|()| (methods(6), switches()));
    (all, settings).prop_map(|(names, settings)| {
        names
            .into_iter()
            .zip(settings)
            .map(|(name, (methods, observe))| Collection {
                name,
                methods,
                observe,
            })
            .collect()
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
    let listings = [
        Listing::None,
        Listing::This,
        Listing::ThisUntilNow,
        Listing::ThisUntilPast,
        Listing::Other,
    ];
    // Two clients cannot list one certificate.
    let certificates = if id == "acme" {
        mostly(6, &listings)
    } else {
        mostly(6, &[Listing::None])
    };
    let demands = (
        constraint(),
        requirement(),
        methods(6),
        mostly(3, &[false, true]),
        mostly(7, &[false, true]),
    );
    let client = (
        mostly(8, &[true, false]),
        collections,
        any::<bool>(),
        (spiffe_ids, certificates),
        demands,
        profiles,
    )
        .prop_map(
            move |(active, collections, limited, lists, demands, profiles)| Client {
                id,
                active,
                collections,
                limited,
                spiffe_ids: lists.0,
                certificates: lists.1,
                constraint: demands.0,
                requires: demands.1,
                methods: demands.2,
                allowlist: demands.3,
                observed: demands.4,
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
        requirement(),
    )
        .prop_map(move |(active, methods, allowlist, requires)| Profile {
            id,
            active,
            methods,
            allowlist,
            requires,
        })
}

fn rule() -> impl Strategy<Value = Rule> {
    let clients = [
        Some(Text::From(Field::Cn)),
        Some(Text::From(Field::Dns)),
        Some(Text::Literal("acme")),
        Some(Text::Literal("beta")),
        None,
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
        if self.open {
            self.clients.clear();
        }
        let open = self.open;
        let ids: Vec<&str> = self.clients.iter().map(|client| client.id).collect();
        let issuers = &self.issuers;
        self.rules.retain(|rule| match rule.client {
            Some(Text::Literal(id)) => open || ids.contains(&id),
            Some(Text::From(_)) => true,
            None => open && rule.principal.is_some(),
        });
        if self.rules.is_empty() && !open {
            self.rules.push(Rule {
                issuer: None,
                when: None,
                client: Some(Text::From(Field::Cn)),
                profile: None,
                principal: None,
            });
        }
        for rule in &mut self.rules {
            if !rule.issuer.is_some_and(|issuer| issuers.contains(&issuer)) {
                rule.issuer = (issuers.len() > 1).then_some('A');
            }
            if open {
                rule.profile = None;
            }
        }
        let binds = matches!(
            self.mode,
            Mode::BearerPlusMtlsOptional | Mode::BearerPlusMtlsRequired
        );
        // A binding that a client requires always denies, also where all that is
        // known of the client is what a failed certificate says: a case of the
        // corpus.
        let certificates_observed = self
            .collections
            .iter()
            .flat_map(|own| &own.observe)
            .chain(&self.observe)
            .any(|switch| *switch == Observe::Certificates);
        let satisfiable = |requirement: &Requirement| match requirement {
            Requirement::Certificate => self.mode != Mode::Bearer,
            _ => binds && !certificates_observed,
        };
        let collections: Vec<&str> = self.collections.iter().map(|own| own.name).collect();
        for client in &mut self.clients {
            client.collections.retain(|name| collections.contains(name));
            client.requires = client.requires.filter(satisfiable);
            for profile in &mut client.profiles {
                profile.requires = profile.requires.filter(satisfiable);
            }
        }
    }
}
