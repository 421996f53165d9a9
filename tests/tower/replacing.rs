//! The proven client and profile in headers, for a service that reads them there.

use certgate::policy::Policy;
use certgate::request::{Confirmation, VerifiedToken};
use http::request::Builder;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::harness::{acme, call, empty, forwarded, layer};
use crate::support::{POLICY, policy, policy_with};

fn replacing(changes: &[(&str, &str)]) -> Policy {
    let mut text = POLICY.replace(
        "[authentication]",
        "identity_headers = \"replace\"\n[authentication]",
    );
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    policy(&text)
}

/// The headers that the service sees, without the one that it always sees.
async fn seen(policy: Policy, request: Builder) -> HeaderMap {
    let answer = call(&layer(policy), empty(request)).await;
    let seen = answer.seen.unwrap_or_else(|| panic!("{}", answer.body));
    let mut headers = seen.head.headers;
    headers.remove("x-forwarded-for");
    headers
}

fn lines(expected: &[(&'static str, &str)]) -> HeaderMap {
    expected
        .iter()
        .map(|(name, value)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (HeaderName::from_static(name), value)
        })
        .collect()
}

const ACME: &[(&str, &str)] = &[
    ("x-client-id", "pisp-partner-acme"),
    ("x-profile-id", "pisp-prod"),
];

#[tokio::test]
async fn the_proven_ids_stand_in_the_selecting_headers() {
    let request = || acme("GET", "/payments");
    assert_eq!(seen(replacing(&[]), request()).await, lines(ACME));
    // What was selected, and what the names fold to, is gone.
    let selecting = || {
        request()
            .header("X-Client-ID", "pisp-partner-acme")
            .header("X-Profile-ID", "pisp-prod")
            .header("x_client_id", "another")
            .header("x.profile.id", "another")
    };
    assert_eq!(seen(replacing(&[]), selecting()).await, lines(ACME));
    let stripping = policy_with(
        "[authentication]",
        "identity_headers = 'strip'\n[authentication]",
    );
    assert_eq!(seen(stripping, selecting()).await, lines(&[]));
    assert_eq!(seen(policy(POLICY), selecting()).await, lines(&[]));
}

#[tokio::test]
async fn they_have_the_names_that_the_policy_gives_them() {
    let named = replacing(&[(
        "[[identity]]",
        "[selectors]\nclient_header = 'Tenant-Of'\nprofile_header = 'Tenant-As'\n[[identity]]",
    )]);
    let request = acme("GET", "/payments").header("X-Client-ID", "another");
    assert_eq!(
        seen(named, request).await,
        lines(&[
            ("tenant-of", "pisp-partner-acme"),
            ("tenant-as", "pisp-prod")
        ])
    );
}

#[tokio::test]
async fn nobody_is_named_who_is_not_proven() {
    for request in [
        forwarded("GET", "/healthz"),
        acme("GET", "/healthz"),
        http::Request::get("/healthz"),
    ] {
        let selecting = request
            .header("X-Client-ID", "pisp-partner-acme")
            .header("X-Profile-ID", "pisp-prod");
        assert_eq!(seen(replacing(&[]), selecting).await, lines(&[]));
    }
}

#[tokio::test]
async fn a_profile_that_is_not_there_leaves_no_header() {
    let (_, profiles) = POLICY.split_once("  [[clients.profiles]]").unwrap();
    let without = replacing(&[
        ("profile = \"{subject.ou}\"", ""),
        (&format!("  [[clients.profiles]]{profiles}"), ""),
    ]);
    let request = acme("GET", "/payments").header("x_profile_id", "forged");
    assert_eq!(
        seen(without, request).await,
        lines(&[("x-client-id", "pisp-partner-acme")])
    );
}

#[tokio::test]
async fn an_id_that_is_not_ascii_is_written_as_it_is() {
    const CLIENT: &str = "zahlungen-größe-支払";
    let policy = replacing(&[
        ("\"mtls\"", "\"bearer\""),
        ("\"pisp-partner-acme\"", &format!("{CLIENT:?}")),
        ("\"pisp-prod\"", "\"ü\""),
    ]);
    let token = VerifiedToken::assert_verified(Some(CLIENT), Confirmation::default());
    let request = forwarded("GET", "/payments").extension(token);
    assert_eq!(
        seen(policy, request).await,
        lines(&[("x-client-id", CLIENT), ("x-profile-id", "ü")])
    );
}

#[tokio::test]
async fn a_caller_cannot_have_them_dropped_behind_the_service() {
    let request = || acme("GET", "/payments");
    for (sent, kept) in [
        (&["X-Client-ID"] as &[&str], &[] as &[&str]),
        (&["keep-alive, x-client-id ,X-PROFILE-ID"], &["keep-alive"]),
        (&["X-Profile-ID", "upgrade"], &["upgrade"]),
        (&["upgrade", "keep-alive"], &["upgrade", "keep-alive"]),
    ] {
        let named = sent.iter().fold(request(), |request, line| {
            request.header("Connection", *line)
        });
        let kept: Vec<_> = kept.iter().map(|line| ("connection", *line)).collect();
        assert_eq!(
            seen(replacing(&[]), named).await,
            lines(&[&kept[..], ACME].concat()),
            "{sent:?}"
        );
    }
}
