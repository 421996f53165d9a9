//! `[expiry]` and `[evidence]`.

use super::{BASE, check, problems};

#[test]
fn a_threshold_is_at_most_ten_years_and_stands_once() {
    for (bad, problem, good) in [
        (
            "warn_days = [30, 3651]",
            "20:18: error: expiry.warn_days[1]: a threshold is at most 3650 days",
            "warn_days = [30, 3650]",
        ),
        (
            "warn_days = [9223372036854775807]",
            "20:14: error: expiry.warn_days[0]: a threshold is at most 3650 days",
            "warn_days = [1]",
        ),
        (
            "warn_days = [30, 7, 30]",
            "20:21: error: expiry.warn_days[2]: this threshold is listed twice",
            "warn_days = [7, 30, 1]",
        ),
    ] {
        let with = |line: &str| problems(&format!("{BASE}[expiry]\n{line}\n"));
        assert_eq!(with(bad), [problem]);
        assert_eq!(with(good), [""; 0]);
    }
    let empty = problems(&format!("{BASE}[expiry]\nwarn_days = []\n"));
    assert_eq!(
        empty,
        [
            "20:13: error: expiry.warn_days: an empty list could be taken for everything \
             (leave the key out, or name at least one entry)"
        ]
    );
    let zero = problems(&format!("{BASE}[expiry]\nwarn_days = [0]\n"));
    assert_eq!(zero.len(), 1, "{zero:?}");
}

#[test]
fn the_header_is_one_that_nothing_else_means() {
    let with = |name: &str| problems(&format!("{BASE}[expiry]\nheader = \"{name}\"\n"));
    assert_eq!(with("X-Certificate-Days-Left"), [""; 0]);
    assert_eq!(with("Days-Left"), [""; 0]);
    for name in [
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Content-Length",
        "content-type",
        "Set-Cookie",
        "Location",
        "WWW-Authenticate",
        "Access-Control-Allow-Origin",
        "Sec-WebSocket-Accept",
        "grpc-status",
        "Retry-After",
        "Authorization",
        "X-Request-ID",
        // This edge's, another's, and those that select.
        "X-SSL-Client-Verify",
        "X-Forwarded-Client-Cert",
        "Client-Cert",
        "X-Client-ID",
        "X_Profile_ID",
    ] {
        assert_eq!(
            with(name),
            [
                "20:10: error: expiry.header: this header has another meaning (take a name of its \
              own, such as `X-Certificate-Days-Left`)"
            ],
            "{name}"
        );
    }
    for name in ["", "X Days", "X-Days:"] {
        assert_eq!(
            with(name),
            ["20:10: error: expiry.header: not the name of a header"],
            "{name:?}"
        );
    }
    let own = BASE.replace(
        "[[identity]]",
        "[selectors]\nclient_header = \"Days-Left\"\n[[identity]]",
    );
    let clash = problems(&format!("{own}[expiry]\nheader = \"days-left\"\n"));
    assert_eq!(clash.len(), 1, "{clash:?}");
}

#[test]
fn records_tell_the_thumbprint_or_the_names() {
    check(
        "[[limits]]",
        "[evidence]\ncertificate = \"all\"\n[[limits]]",
        "13:15: error: evidence.certificate: must be one of `thumbprint`, `names`",
        "[evidence]\ncertificate = \"names\"\n[[limits]]",
    );
}
