//! What clients and profiles demand and allow besides one another.

use super::{BASE, check, problems};

type Lines = fn(&str) -> String;

const CLIENT: &str = "limits = \"some\"\n";

/// Lines of the client, or of its profile.
fn client(text: &str) -> String {
    format!("{CLIENT}{text}\n")
}

fn profile(text: &str) -> String {
    format!("{CLIENT}[[clients.profiles]]\nid = 'prod'\n{text}\n")
}

#[test]
fn a_client_s_own_methods_and_addresses() {
    for (bad, problem, good) in [
        (
            "methods = ['G ET']",
            "19:12: error: clients[0].methods[0]: not a method",
            "methods = ['GET']",
        ),
        (
            "methods = ['post']",
            "19:12: warning: clients[0].methods[0]: methods are compared byte for byte (standard methods are in upper case)",
            "methods = ['POST']",
        ),
        (
            "ip_allowlist = ['203.0.113.1/24']",
            "19:17: error: clients[0].ip_allowlist[0]: the address has bits after the prefix; write the network's own address",
            "ip_allowlist = ['203.0.113.0/24']",
        ),
        (
            "ip_allowlist = ['0.0.0.0/0']",
            "19:17: warning: clients[0].ip_allowlist[0]: this allows every address",
            "ip_allowlist = ['0.0.0.0/1']",
        ),
    ] {
        check(CLIENT, &client(bad), problem, &client(good));
    }
}

#[test]
fn a_profile_beside_its_client() {
    let both = |of_client: &str, of_profile: &str| {
        format!("{CLIENT}{of_client}\n[[clients.profiles]]\nid = 'prod'\n{of_profile}\n")
    };
    check(
        CLIENT,
        &both("methods = ['GET', 'HEAD']", "methods = ['POST', 'PUT']"),
        "22:11: warning: clients[0].profiles[0].methods: the client may use none of these methods",
        &both("methods = ['GET', 'HEAD']", "methods = ['POST', 'GET']"),
    );
    check(
        CLIENT,
        &both(
            "ip_allowlist = ['203.0.113.0/24', '2001:db8::/32']",
            "ip_allowlist = ['198.51.100.0/24']",
        ),
        "22:16: warning: clients[0].profiles[0].ip_allowlist: the client may come from none of these addresses",
        &both(
            "ip_allowlist = ['203.0.113.0/24', '2001:db8::/32']",
            "ip_allowlist = ['198.51.100.0/24', '2001:db8::7']",
        ),
    );
    check(
        CLIENT,
        &both(
            "",
            "last_rotated = '2026-01-02'\ntoken_expiry = '2026-01-01T23:59:59Z'",
        ),
        "23:16: warning: clients[0].profiles[0].token_expiry: this is before the credentials were last replaced",
        &both(
            "",
            "last_rotated = '2026-01-02'\ntoken_expiry = '2026-01-02'",
        ),
    );
    let peer = BASE.replace(
        "preset = \"nginx\"\n",
        "preset = \"nginx\"\nclient_address = 'peer'\n",
    );
    assert_eq!(
        problems(&peer.replace(CLIENT, &client("ip_allowlist = ['203.0.113.0/24']"))),
        [
            "4:18: warning: edge.client_address: behind a trusted proxy, every `ip_allowlist` is about the address of the proxy (take the client's from where the proxy writes it)"
        ]
    );
    assert_eq!(problems(&peer), [""; 0]);
}

/// `BASE` in another mode.
fn in_mode(mode: &str, text: &str) -> String {
    BASE.replace("mode = \"mtls\"", &format!("mode = '{mode}'"))
        .replace(CLIENT, text)
}

#[test]
fn what_is_required_has_to_be_something_that_the_mode_can_give() {
    let of_client = "19:13: X: clients[0].requires[0]: ";
    let of_profile = "21:13: X: clients[0].profiles[0].requires[0]: ";
    let of = [(client as Lines, of_client), (profile, of_profile)];
    for (requires, at) in of {
        let error = |text: &str| [format!("{}{text}", at.replace('X', "error"))];
        let warning = |text: &str| [format!("{}{text}", at.replace('X', "warning"))];
        let found = |mode: &str, word: &str| {
            problems(&in_mode(mode, &requires(&format!("requires = ['{word}']"))))
        };
        for word in ["certificate", "binding"] {
            assert_eq!(
                found("bearer", word),
                error(
                    "in mode `bearer` a certificate is metadata (use `bearer_plus_mtls_optional`)"
                )
            );
            assert_eq!(found("bearer_plus_mtls_optional", word), [""; 0]);
            assert_eq!(
                found("bearer_plus_mtls_required", word),
                warning("mode `bearer_plus_mtls_required` requires this of everybody")
            );
        }
        assert_eq!(
            found("mtls", "binding"),
            error(
                "mode `mtls` binds no tokens (use `bearer_plus_mtls_optional` or `bearer_plus_mtls_required`)"
            )
        );
        assert_eq!(
            found("mtls", "certificate"),
            warning("mode `mtls` requires this of everybody")
        );
        // There the edge may name the client without a certificate.
        let by_edge = requires("requires = ['certificate']\n[selectors]\nset_by = 'trusted-edge'");
        assert_eq!(problems(&in_mode("mtls", &by_edge)), [""; 0]);
    }
    let twice = client("requires = ['binding', 'binding']");
    assert_eq!(
        problems(&in_mode("bearer_plus_mtls_optional", &twice)),
        ["19:24: warning: clients[0].requires[1]: this stands here twice"]
    );
}

#[test]
fn a_requirement_takes_the_place_of_required_paths() {
    assert_eq!(
        problems(&in_mode("bearer_plus_mtls_optional", CLIENT)),
        [
            "6:8: warning: authentication.mode: no path requires a certificate, so a token that is bound to none is enough everywhere (list `binding_required_paths`)"
        ]
    );
}

#[test]
fn a_binding_needs_an_edge_that_tells_what_to_bind_to() {
    let gcp = |claims: &str| {
        in_mode(
            "bearer_plus_mtls_optional",
            &client("requires = ['binding']"),
        )
        .replace(
            "preset = \"nginx\"\n",
            &format!("preset = 'traefik-info'\nverification = 'edge-always'\n{claims}\n"),
        )
    };
    assert_eq!(
        problems(&gcp("claims.use = ['subject']")),
        [
            "21:13: error: clients[0].requires[0]: this edge tells nothing that a token could be bound to (let it send the certificate, or take `thumbprint` under `[edge.claims]`)"
        ]
    );
    let with = "claims.use = ['subject', 'thumbprint']\nclaims.thumbprint_header = 'X-Hash'";
    assert_eq!(problems(&gcp(with)), [""; 0]);
}
