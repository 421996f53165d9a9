//! Requests through the edge of every preset.

use certgate::decide::{Expected, Reason, run_trials};
use certgate::edge::{Preset, Verifies};
use certgate::policy::Policy;
use certgate::request::{Confirmation, Timestamp, VerifiedToken};
use certgate::testing::{CertificateSpec, TestEdge, TestingError};

fn new_year() -> Timestamp {
    Timestamp::from_unix_seconds(1_798_761_600)
}

fn policy(edge: &str, identity: &str) -> Policy {
    let text = format!(
        "version = 1\n[edge]\n{edge}\n[authentication]\nmode = \"mtls\"\n\
         [[identity]]\n{identity}\n\
         [[collections]]\nname = \"payments\"\npaths = [\"/payments\"]\n\
         [[clients]]\nid = \"acme\"\ncollections = [\"payments\"]\n"
    );
    let loaded = Policy::from_toml_str(&text, "policy.toml");
    loaded.map_err(|errors| errors.to_string()).unwrap().policy
}

#[test]
fn the_edge_of_every_preset_forwards_a_certificate_that_counts() {
    let acme = CertificateSpec::new("acme").make().unwrap();
    let unknown = CertificateSpec::new("unknown").make().unwrap();
    let mut seen = 0;
    for (word, preset) in Preset::WORDS {
        let proxies = match preset {
            Preset::Direct => "",
            _ => "trusted_proxies = [\"10.0.0.0/8\"]",
        };
        let (verification, pin) = match preset.facts().verifies {
            Verifies::Silently => ("verification = \"edge-always\"", String::new()),
            Verifies::Never => (
                "",
                format!("when.thumbprint = \"{}\"", acme.thumbprint().hex()),
            ),
            _ => ("", String::new()),
        };
        // Nothing but claims: the policy says what it takes of them.
        let claims = match preset {
            Preset::TraefikInfo => "claims.use = [\"subject\"]",
            _ => "",
        };
        let edge = format!("preset = \"{word}\"\n{proxies}\n{verification}\n{claims}");
        let policy = policy(&edge, &format!("client = \"{{subject.cn}}\"\n{pin}"));
        let edge = TestEdge::new(&policy, "10.0.0.7".parse().unwrap(), new_year()).unwrap();
        let ask = || edge.ask("GET", "/payments");
        let mut trials = vec![
            ask().with(&acme).is_of_client("acme"),
            ask().is_denied(Reason::CertificateMissing),
            edge.ask("GET", "/other")
                .with(&acme)
                .is_denied(Reason::CollectionUnknown),
        ];
        let other = match preset.facts().verifies {
            // A certificate that no rule pins is nobody's.
            Verifies::Never => Reason::IdentityUnmapped,
            _ => Reason::ClientUnknown,
        };
        trials.push(ask().with(&unknown).is_denied(other));
        let past = TestEdge::new(&policy, "203.0.113.9".parse().unwrap(), new_year()).unwrap();
        if *preset != Preset::Direct {
            let stranger = past.ask("GET", "/payments").with(&acme);
            trials.push(stranger.is_denied(Reason::CertificateMissing));
        }
        assert_eq!(run_trials(&policy, &trials), [], "{word}");
        seen += 1;
    }
    assert_eq!(seen, 17);
}

#[test]
fn a_wrong_expectation_is_told() {
    let policy = policy(
        "preset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]",
        "client = \"{subject.cn}\"",
    );
    let acme = CertificateSpec::new("acme").make().unwrap();
    let edge = TestEdge::new(&policy, "10.0.0.7".parse().unwrap(), new_year()).unwrap();
    let ask = || edge.ask("GET", "/payments").with(&acme);
    let trials = [
        ask().is_of_client("other"),
        ask().is_of_profile("acme", "prod"),
        ask().is_exempt(),
        ask().is_denied(Reason::CertificateMissing),
    ];
    let told: Vec<String> = run_trials(&policy, &trials)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        told,
        [
            "GET /payments: expected allow other, got allow acme",
            "GET /payments: expected allow acme/prod, got allow acme",
            "GET /payments: expected exempt, got allow acme",
            "GET /payments: expected deny certificate_missing, got allow acme",
        ]
    );
    // The lines of the edge stand beside others, and repeat none by themselves.
    let twice = ask().header("X-SSL-Client-Verify", "SUCCESS");
    let twice = twice.is_denied(Reason::CertificateUnverified);
    assert_eq!(run_trials(&policy, &[twice]), []);
}

#[test]
fn a_token_goes_along() {
    let text = "version = 1\n[edge]\npreset = \"rfc9440\"\nverification = \"edge-always\"\n\
                trusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\n\
                mode = \"bearer_plus_mtls_required\"\n[[identity]]\nclient = \"{subject.cn}\"\n\
                [[collections]]\nname = \"payments\"\npaths = [\"/payments\"]\n\
                [[clients]]\nid = \"acme\"\ncollections = [\"payments\"]\n";
    let policy = Policy::from_toml_str(text, "policy.toml").unwrap().policy;
    let acme = CertificateSpec::new("acme").make().unwrap();
    let edge = TestEdge::new(&policy, "10.0.0.7".parse().unwrap(), new_year()).unwrap();
    let token = |thumbprint: &str| {
        VerifiedToken::assert_verified(Some("acme"), Confirmation::x5t_s256(thumbprint))
    };
    let own = token(&acme.thumbprint().x5t_s256());
    let another = token("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0");
    let ask = || edge.ask("GET", "/payments").with(&acme);
    let trials = [
        ask().token(own).is_of_client("acme"),
        ask()
            .token(another)
            .is_denied(Reason::SenderBindingMismatch),
        ask().is_denied(Reason::TokenMissing),
    ];
    assert_eq!(run_trials(&policy, &trials), []);
    assert!(matches!(trials[2].expect, Expected::Deny(_)));
}

#[test]
fn several_hops_cannot_be_made_up() {
    let hops = include_str!("../data/policies/hops.toml");
    let policy = Policy::from_toml_str(hops, "hops.toml").unwrap().policy;
    let edge = TestEdge::new(&policy, "10.0.0.7".parse().unwrap(), new_year());
    assert_eq!(edge.map(|_| ()), Err(TestingError::SeveralHops));
}
