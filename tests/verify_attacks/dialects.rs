//! The same chain in the headers of every edge that sends one, and on the connection.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::decide::decide;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Peer, PeerCertificate, Request};

use crate::ask::{at, edge, lists, outcome};
use crate::pki::{Ca, pem};

type Headers = Vec<(&'static str, String)>;

/// An edge, and how it sends a certificate with what came along.
struct Sender {
    preset: &'static str,
    headers: fn(&[u8], &[Vec<u8>]) -> Headers,
}

const SENDERS: &[Sender] = &[
    Sender {
        preset: "traefik",
        headers: |leaf, chain| vec![("X-Forwarded-Tls-Client-Cert", comma(leaf, chain))],
    },
    Sender {
        preset: "rfc9440",
        headers: crate::ask::headers,
    },
    Sender {
        preset: "haproxy",
        headers: |leaf, chain| {
            let mut headers = vec![("X-SSL-Client-DER", STANDARD.encode(leaf))];
            headers.push(("X-SSL-Client-Verify", "21".to_owned()));
            if !chain.is_empty() {
                // HAProxy writes one DER after another.
                headers.push(("X-SSL-Client-Chain-DER", STANDARD.encode(chain.concat())));
            }
            headers
        },
    },
    Sender {
        preset: "envoy",
        headers: |leaf, chain| {
            let text: String = chain.iter().map(|der| pem("CERTIFICATE", der)).collect();
            let whole = format!("{}{text}", pem("CERTIFICATE", leaf));
            let cert = escaped(&pem("CERTIFICATE", leaf));
            let chain = match chain {
                [] => String::new(),
                _ => format!(";Chain=\"{}\"", escaped(&whole)),
            };
            vec![("X-Forwarded-Client-Cert", format!("Cert=\"{cert}\"{chain}"))]
        },
    },
    Sender {
        preset: "aws-alb-passthrough",
        headers: |leaf, chain| {
            let all = [leaf.to_vec()].into_iter().chain(chain.to_vec());
            let text: String = all.map(|der| pem("CERTIFICATE", &der)).collect();
            vec![("X-Amzn-Mtls-Clientcert", escaped(&text))]
        },
    },
];

fn comma(leaf: &[u8], chain: &[Vec<u8>]) -> String {
    let all = [leaf.to_vec()].into_iter().chain(chain.to_vec());
    let all: Vec<_> = all.map(|der| STANDARD.encode(der)).collect();
    all.join(",")
}

fn escaped(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

pub(crate) fn policy(preset: &str, root: &Ca) -> Policy {
    let proxies = match preset {
        "direct" => "",
        _ => "trusted_proxies = ['10.0.0.7']\n",
    };
    let text = format!(
        "version = 1\n[edge]\npreset = '{preset}'\nverification = 'in-process'\n{proxies}\
         [authentication]\nmode = 'mtls'\n\
         [[authorities]]\nname = 'one'\ncertificate = '''\n{}'''\n\
         [[identity]]\nclient = '{{subject.cn}}'\n\
         [[collections]]\nname = 'all'\npaths = ['/']\n\
         [[clients]]\nid = 'acme'\ncollections = ['all']\n\
         [[clients]]\nid = 'globex'\ncollections = ['all']\n",
        root.pem()
    );
    Policy::from_toml_str(&text, "policy.toml").unwrap().policy
}

/// What a policy decides, and for whom.
pub(crate) fn decided(
    policy: &Policy,
    peer: Peer<'_>,
    headers: &Headers,
) -> (&'static str, Option<String>) {
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let request = Request {
        peer,
        method: "GET",
        target: "/",
        headers,
        token: None,
        now: at("2026-06-01"),
    };
    let decision = decide(policy, &request, &limits);
    let client = decision.findings().client().map(str::to_owned);
    (outcome(&decision), client)
}

/// Asks behind every edge, and on a connection of the client's own.
#[track_caller]
fn everywhere(
    root: &Ca,
    revoked: &[&[u8]],
    leaf: &[u8],
    chain: &[Vec<u8>],
    expected: (&str, Option<&str>),
) {
    let with = |preset| policy(preset, root).with_revocation_lists(lists(revoked));
    for sender in SENDERS {
        let headers = (sender.headers)(leaf, chain);
        let (outcome, client) = decided(&with(sender.preset), edge(), &headers);
        assert_eq!((outcome, client.as_deref()), expected, "{}", sender.preset);
    }
    let certificate = PeerCertificate::unverified(leaf).with_chain(chain);
    let peer = Peer::address("192.0.2.9".parse().unwrap()).with_certificate(certificate);
    let (outcome, client) = decided(&with("direct"), peer, &Vec::new());
    assert_eq!((outcome, client.as_deref()), expected, "direct");
}

const PASSES: (&str, Option<&str>) = ("allow", Some("acme"));
const FAILS: (&str, Option<&str>) = ("certificate_untrusted", None);

#[test]
fn a_chain_is_evidence_of_nothing_in_any_header_and_order() {
    let (root, stranger) = (Ca::root("Root"), Ca::root("Root"));
    let upper = root.below("Upper");
    let lower = upper.below("Lower");
    let leaf = lower.client("acme", 7);
    let forged = stranger.below("Upper").below("Lower").client("acme", 7);
    let own = [lower.der(), upper.der()];
    for order in [
        vec![own[0].clone(), own[1].clone()],
        vec![own[1].clone(), own[0].clone()],
        vec![stranger.der(), own[1].clone(), leaf.clone(), own[0].clone()],
        vec![own[1].clone(), own[1].clone(), own[0].clone(), root.der()],
    ] {
        everywhere(&root, &[], &leaf, &order, PASSES);
        everywhere(&root, &[], &forged, &order, FAILS);
    }
    everywhere(&root, &[], &leaf, &own[..1], FAILS);
    everywhere(&root, &[], &leaf, &own[1..], FAILS);
    everywhere(&root, &[], &leaf, &[], FAILS);
    // The first is the client's, whoever follows.
    let mallory = stranger.client("acme", 8);
    let genuine = [leaf.clone(), own[0].clone(), own[1].clone()];
    everywhere(&root, &[], &mallory, &genuine, FAILS);
    // An authority's certificate is not a client's, and a client's not an authority's.
    everywhere(&root, &[], &own[0], &own, FAILS);
    everywhere(&root, &[], &root.der(), &own, FAILS);
}

#[test]
fn a_chain_of_two_ways_hides_no_revocation() {
    let root = Ca::root("Root");
    let upper = root.below_in("Upper", 5, ((2020, 1), (2040, 1)));
    let leaf = upper.client("acme", 7);
    let months = ((2026, 5), (2026, 7));
    let of_leaf = upper.revokes(&[7], months);
    let of_upper = root.revokes(&[5], months);
    let own = [upper.der()];
    let stranger = Ca::root("Root").below("Upper").der();
    let both = [stranger, upper.der(), root.der()];
    // Its signature is right, so that it is known whose it was.
    let revoked = ("certificate_revoked", Some("acme"));
    for chain in [&own[..], &both] {
        everywhere(&root, &[], &leaf, chain, PASSES);
        everywhere(&root, &[&of_leaf], &leaf, chain, revoked);
        everywhere(&root, &[&of_upper], &leaf, chain, FAILS);
    }
}

#[test]
fn a_list_of_certificates_is_refused_where_the_chain_has_a_header_of_its_own() {
    let root = Ca::root("Root");
    let below = root.below("Below");
    let leaf = below.client("acme", 7);
    let haproxy = policy("haproxy", &root);
    let list = vec![("X-SSL-Client-DER", comma(&leaf, &[below.der()]))];
    let refused = decided(&haproxy, edge(), &list);
    assert!(
        matches!(refused.0, "header_ambiguous" | "header_malformed"),
        "{refused:?}"
    );
    // Nor does a stranger's own header count.
    let headers = (SENDERS[0].headers)(&leaf, &[below.der()]);
    let stranger = Peer::address("192.0.2.9".parse().unwrap());
    let traefik = policy("traefik", &root);
    assert_eq!(decided(&traefik, edge(), &headers).0, "allow");
    assert_eq!(
        decided(&traefik, stranger, &headers).0,
        "certificate_missing"
    );
}
