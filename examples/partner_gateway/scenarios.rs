//! Every scenario, with what is expected of it in literals.

use std::net::Ipv4Addr;

use tokio_rustls::rustls::AlertDescription;

use super::pki::{DAYS_OF_CERTIFICATE, Holder};
use super::scenario::{Call, ExpectedHeader, Route, Scenario, Service, allowed, denied, refused};

/// The call of the partner: its certificate, from its network.
const PAYMENT: Call = Call {
    to: Service::Payments,
    route: Route::ThroughTheEdge,
    from: Ipv4Addr::new(127, 0, 113, 42),
    certificate: Some(Holder::Acme),
    method: "GET",
    path: "/payments/v1/charges",
    token: None,
    header: None,
    forged_client_cert: None,
    calls_before: 0,
    days_ahead: 0,
};

const EXECUTE: Call = Call {
    to: Service::Workflow,
    method: "POST",
    path: "/execute",
    token: Some(super::tokens::ACME_BOUND),
    ..PAYMENT
};

const STATUS: Call = Call {
    to: Service::Workflow,
    certificate: None,
    path: "/workflow/status",
    token: Some(super::tokens::ACME),
    ..PAYMENT
};

pub(crate) fn all() -> Vec<Scenario> {
    let mut all = the_partner();
    all.extend(who_is_not_the_partner());
    all.extend(tokens_and_certificates());
    all.extend(limits());
    all
}

/// What the partner may do and what it may not.
fn the_partner() -> Vec<Scenario> {
    vec![
        Scenario {
            name: "valid certificate",
            call: PAYMENT,
            expected: allowed().acme().collection("payments"),
        },
        Scenario {
            name: "POST",
            call: Call {
                method: "POST",
                ..PAYMENT
            },
            expected: allowed().acme().collection("payments"),
        },
        Scenario {
            name: "renewed certificate, same CN and OU",
            call: Call {
                certificate: Some(Holder::AcmeRenewed),
                ..PAYMENT
            },
            expected: allowed()
                .acme()
                .certificate(Holder::AcmeRenewed)
                .collection("payments"),
        },
        Scenario {
            name: "the old certificate beside it",
            call: PAYMENT,
            expected: allowed().acme().collection("payments"),
        },
        Scenario {
            name: "DELETE",
            call: Call {
                method: "DELETE",
                ..PAYMENT
            },
            expected: denied(405, "method_not_allowed")
                .header(ExpectedHeader::Is("allow", "GET, POST"))
                .acme()
                .collection("payments"),
        },
        Scenario {
            name: "client not assigned to payments",
            call: Call {
                certificate: Some(Holder::Beta),
                ..PAYMENT
            },
            expected: denied(403, "collection_not_allowed")
                .client("aisp-partner-beta", "aisp-prod")
                .certificate(Holder::Beta)
                .collection("payments"),
        },
        Scenario {
            name: "address outside the allowlist, X-Forwarded-For forged",
            call: Call {
                from: Ipv4Addr::new(127, 0, 51, 7),
                header: Some(("x-forwarded-for", "203.0.113.42")),
                ..PAYMENT
            },
            expected: denied(403, "ip_not_allowed").acme().ip("198.51.100.7"),
        },
        Scenario {
            name: "malformed path /payments/../admin",
            call: Call {
                path: "/payments/../admin",
                ..PAYMENT
            },
            expected: denied(400, "path_malformed"),
        },
    ]
}

/// Who has no certificate, a bad one, or somebody else's.
fn who_is_not_the_partner() -> Vec<Scenario> {
    let missing = || {
        denied(401, "certificate_missing").header(ExpectedHeader::Is(
            "www-authenticate",
            "ClientCertificate realm=\"payments\"",
        ))
    };
    vec![
        Scenario {
            name: "no certificate",
            call: Call {
                certificate: None,
                ..PAYMENT
            },
            expected: missing(),
        },
        Scenario {
            name: "certificate of an untrusted CA of the same name",
            call: Call {
                certificate: Some(Holder::Impostor),
                ..PAYMENT
            },
            expected: refused(AlertDescription::DecryptError),
        },
        Scenario {
            name: "expired certificate (clock ahead)",
            call: Call {
                days_ahead: DAYS_OF_CERTIFICATE + 1,
                ..PAYMENT
            },
            expected: denied(401, "certificate_expired")
                .claimed("pisp-partner-acme")
                .certificate(Holder::Acme),
        },
        Scenario {
            name: "forged Client-Cert through the edge",
            call: Call {
                certificate: None,
                forged_client_cert: Some(Holder::Acme),
                ..PAYMENT
            },
            expected: missing(),
        },
        Scenario {
            name: "forged Client-Cert past the edge",
            call: Call {
                route: Route::PastTheEdge,
                certificate: None,
                forged_client_cert: Some(Holder::Acme),
                header: Some(("x-forwarded-for", "203.0.113.42")),
                ..PAYMENT
            },
            expected: missing().ip("127.0.113.42").peer("127.0.113.42"),
        },
    ]
}

/// Tokens, some of them bound to a certificate.
fn tokens_and_certificates() -> Vec<Scenario> {
    vec![
        Scenario {
            name: "token bound to this certificate, /execute",
            call: EXECUTE,
            expected: allowed().acme(),
        },
        Scenario {
            name: "stolen token with another certificate, /execute",
            call: Call {
                certificate: Some(Holder::Bulk),
                ..EXECUTE
            },
            expected: denied(401, "sender_binding_mismatch")
                .header(ExpectedHeader::Is(
                    "www-authenticate",
                    "Bearer realm=\"workflow\", error=\"invalid_token\", \
                     error_description=\"sender_binding_mismatch\"",
                ))
                .claimed("pisp-partner-bulk")
                .certificate(Holder::Bulk),
        },
        Scenario {
            name: "token without a certificate, /execute",
            call: Call {
                certificate: None,
                token: Some(super::tokens::ACME),
                ..EXECUTE
            },
            expected: denied(401, "certificate_missing").claimed("pisp-partner-acme"),
        },
        Scenario {
            name: "token without a certificate, path not listed",
            call: STATUS,
            expected: allowed().client("pisp-partner-acme", "pisp-prod"),
        },
        Scenario {
            name: "token that nobody issued",
            call: Call {
                token: Some(super::tokens::FORGED),
                ..STATUS
            },
            expected: denied(401, "token_missing"),
        },
        Scenario {
            name: "valid token, another client's X-Profile-ID",
            call: Call {
                header: Some(("x-profile-id", "aisp-prod")),
                ..STATUS
            },
            expected: denied(403, "client_profile_mismatch")
                .client("pisp-partner-acme", "aisp-prod"),
        },
    ]
}

/// 500 requests a minute, of one client and not of another.
fn limits() -> Vec<Scenario> {
    let bulk = Call {
        certificate: Some(Holder::Bulk),
        ..PAYMENT
    };
    vec![
        Scenario {
            name: "request 501 within a minute",
            call: Call {
                calls_before: 500,
                ..bulk
            },
            expected: denied(429, "rate_limit_exceeded")
                .header(ExpectedHeader::Seconds("retry-after", 1..=60))
                .client("pisp-partner-bulk", "pisp-prod")
                .certificate(Holder::Bulk)
                .collection("payments")
                .limit("pisp-standard (rate)"),
        },
        Scenario {
            name: "another client at the same time",
            call: PAYMENT,
            expected: allowed().acme().collection("payments"),
        },
    ]
}
