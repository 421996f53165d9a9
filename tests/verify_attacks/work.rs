//! How much work a request can make.

use std::time::{Duration, Instant};

use certgate::policy::Policy;
use certgate::request::{Peer, PeerCertificate};
use rcgen::{CertifiedIssuer, KeyPair, PKCS_ECDSA_P384_SHA384};

use crate::dialects::{decided, policy};
use crate::pki::{Ca, authority};

/// No request takes a thousandth of this where it is built for use. Ten certificates of
/// one name, tried in every order, take a multiple of it.
const LONG: Duration = Duration::from_secs(1);

fn timed(policy: &Policy, leaf: &[u8], chain: &[Vec<u8>]) -> &'static str {
    let certificate = PeerCertificate::unverified(leaf).with_chain(chain);
    let peer = Peer::address("192.0.2.9".parse().unwrap()).with_certificate(certificate);
    let begin = Instant::now();
    let (outcome, _) = decided(policy, peer, &Vec::new());
    assert!(begin.elapsed() < LONG, "{:?}", begin.elapsed());
    outcome
}

/// An authority whose signatures take long to verify.
fn slow(name: &str) -> Ca {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let params = authority(name, ((2020, 1), (2040, 1)));
    Ca {
        issuer: CertifiedIssuer::self_signed(params, key).unwrap(),
    }
}

#[test]
fn namesakes_cost_a_signature_each_and_no_more() {
    let root = slow("Root");
    let policy = policy("direct", &root);
    let below = root.below("Below");
    let genuine = below.client("acme", 7);
    assert_eq!(timed(&policy, &genuine, &[below.der()]), "allow");

    // Ten that name each other, and nobody's authority.
    let circle: Vec<Ca> = (0..10).map(|_| Ca::root("Circle")).collect();
    let ders: Vec<_> = circle.iter().map(Ca::der).collect();
    let leaf = circle[9].client("acme", 7);
    assert_eq!(timed(&policy, &leaf, &ders), "certificate_untrusted");

    // Ten of the root's name, and nine of that of one whom it certified.
    for (name, genuine) in [("Root", None), ("Below", Some(below.der()))] {
        let others: Vec<Ca> = (0..9).map(|_| slow("Root").below(name)).collect();
        let mut ders: Vec<_> = others.iter().map(Ca::der).collect();
        ders.extend(genuine);
        let leaf = others[8].client("acme", 7);
        assert_eq!(timed(&policy, &leaf, &ders), "certificate_untrusted");
    }

    // Seven that name each other, and a long way out to the root's name.
    let away = slow("Root").below("Third");
    let out = away.below("Second");
    let mut ders = ders[..7].to_vec();
    ders.extend([out.below("Circle").der(), out.der(), away.der()]);
    assert_eq!(timed(&policy, &leaf, &ders), "certificate_untrusted");
    // Among all of them the right way is found.
    ders.truncate(9);
    ders.push(below.der());
    assert_eq!(timed(&policy, &genuine, &ders), "allow");
}

/// Many that an authority really signed are no obstacle either.
#[test]
fn many_certificates_of_the_authority_s_own_lead_somewhere() {
    let root = Ca::root("Root");
    let policy = policy("direct", &root);
    let renewed: Vec<Ca> = (0..5).map(|_| root.below("Below")).collect();
    let lower: Vec<Ca> = renewed.iter().map(|ca| ca.below("Lower")).collect();
    let leaf = lower[4].client("acme", 7);
    let ders: Vec<_> = renewed.iter().chain(&lower).map(Ca::der).collect();
    let way = [lower[4].der(), renewed[4].der()];
    assert_eq!(timed(&policy, &leaf, &way), "allow");
    // Of five issuers of one name each, more signatures would be asked than anybody
    // should have to.
    assert_eq!(timed(&policy, &leaf, &ders), "certificate_untrusted");
    let three: Vec<_> = renewed[2..]
        .iter()
        .chain(&lower[2..])
        .map(Ca::der)
        .collect();
    assert_eq!(timed(&policy, &leaf, &three), "allow");
}
