//! When to warn that a certificate ends, and what tells it.

use crate::edge::{Edge, is_forwarding_header, is_spelling_of};
use crate::policy::document::Expiry;
use crate::policy::problem::{Problem, Problems};
use crate::policy::rules::Selectors;
use crate::trust::ExpiryThresholds;

use super::edge::{has_another_meaning, header_name};

/// The thresholds where the section names none.
const DEFAULT_DAYS: [u32; 3] = [30, 7, 1];

/// The most days before an end of which anybody wants to hear: ten years.
const MOST_DAYS: u32 = 3_650;

/// Without the section nothing warns.
pub(super) fn thresholds(section: Option<&Expiry>, problems: &mut Problems) -> ExpiryThresholds {
    let Some(section) = section else {
        return ExpiryThresholds::default();
    };
    let Some(list) = &section.warn_days else {
        return ExpiryThresholds::new(DEFAULT_DAYS.to_vec());
    };
    let mut days: Vec<u32> = Vec::new();
    for entry in &list.value {
        let own = u32::try_from(entry.value.get()).ok();
        match own.filter(|own| *own <= MOST_DAYS) {
            None => problems.push(Problem::error(
                &entry.at,
                format!("a threshold is at most {MOST_DAYS} days"),
            )),
            Some(own) if days.contains(&own) => {
                problems.push(Problem::error(&entry.at, "this threshold is listed twice"));
            }
            Some(own) => days.push(own),
        }
    }
    ExpiryThresholds::new(days)
}

/// The response header that tells the days that are left, in lower case.
pub(super) fn header(
    section: Option<&Expiry>,
    edge: Option<&Edge>,
    selectors: &Selectors,
    problems: &mut Problems,
) -> Option<Box<str>> {
    let setting = section?.header.as_ref()?;
    let name = header_name(Some(setting), problems)?.to_ascii_lowercase();
    let selects = [&selectors.client, &selectors.profile]
        .iter()
        .any(|selector| is_spelling_of(name.as_bytes(), selector));
    if is_of_http(&name)
        || selects
        || is_forwarding_header(name.as_bytes())
        || has_another_meaning(&name, edge)
    {
        problems.push(
            Problem::error(&setting.at, "this header has another meaning")
                .with_hint("take a name of its own, such as `X-Certificate-Days-Left`"),
        );
    }
    Some(name.into())
}

/// Whether HTTP, a browser or a proxy reads a response by a header of this
/// name (in lower case): what frames the body, belongs to one connection, or
/// says how to take the response.
fn is_of_http(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "age",
        "allow",
        "alt-svc",
        "authentication-info",
        "cache-control",
        "clear-site-data",
        "connection",
        "cookie",
        "date",
        "etag",
        "expires",
        "host",
        "keep-alive",
        "last-modified",
        "link",
        "location",
        "refresh",
        "retry-after",
        "server",
        "set-cookie",
        "strict-transport-security",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "vary",
        "via",
        "www-authenticate",
    ];
    const PREFIXES: &[&str] = &[
        "accept-",
        "access-control-",
        "content-",
        "grpc-",
        "proxy-",
        "ratelimit",
        "sec-",
        "x-accel-",
        "x-ratelimit",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}
