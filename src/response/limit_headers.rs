//! The header lines that tell a client how its limits stand.
//!
//! `RateLimit-Policy` and `RateLimit` are those of
//! draft-ietf-httpapi-ratelimit-headers-11: lists of structured fields (RFC 9651)
//! with a member for each window. `X-RateLimit-Limit`, `-Remaining` and `-Reset`
//! are what many clients read in their place, and tell of one window.

use core::cmp::Reverse;
use core::fmt::Write;
use core::time::Duration;

use crate::decide::{Allow, Deny, Findings};
use crate::limits::{
    Allowance, Allowances, Counted, Limit, Quota, QuotaPeriod, Rate, Refusal, WindowKind,
};
use crate::policy::LimitHeaders;

/// The largest integer of a structured field.
const LARGEST: u64 = 999_999_999_999_999;

/// Header lines: names in lower case, and values of printable ASCII.
pub(crate) type Lines = Box<[(&'static str, String)]>;

/// What an allowed request is told, also where a limit's refusal was only noted.
pub(crate) fn of_allow(allow: &Allow<'_>) -> Lines {
    lines(allow.findings(), allow.allowances(), allow.refusal())
}

/// What a refused request is told: how its windows stand without it. No other
/// denial is told anything.
pub(super) fn of_deny(deny: &Deny<'_>) -> Lines {
    match deny.refusal() {
        Some(refusal) => lines(deny.findings(), &refusal.allowances, Some(refusal)),
        None => Lines::default(),
    }
}

/// Only what was counted is told, and so only to a client that is proven.
fn lines(findings: &Findings<'_>, allowances: &Allowances, refusal: Option<&Refusal>) -> Lines {
    let wanted = &findings.policy().limit_headers;
    let is_counted = match findings.counted() {
        Some(Counted::Store | Counted::LocalShare) => true,
        Some(Counted::Nowhere) | None => false,
    };
    if wanted.is_empty() || !is_counted {
        return Lines::default();
    }
    let windows: Vec<Window<'_>> = windows(findings, allowances).collect();
    let Some(nearest) = nearest(&windows, refusal) else {
        return Lines::default();
    };
    let mut lines = Vec::with_capacity(5);
    for kind in wanted {
        match kind {
            LimitHeaders::RateLimit => {
                lines.push(("ratelimit-policy", list(&windows, Window::push_policy)));
                lines.push(("ratelimit", list(&windows, Window::push_standing)));
            }
            LimitHeaders::XRateLimit => {
                let seconds = whole_seconds(nearest.resets_in);
                lines.push(("x-ratelimit-limit", nearest.allowed.to_string()));
                lines.push(("x-ratelimit-remaining", nearest.remaining.to_string()));
                lines.push(("x-ratelimit-reset", seconds.to_string()));
            }
        }
    }
    lines.into()
}

/// A window of a request, and how it stands.
struct Window<'a> {
    limit: &'a str,
    kind: WindowKind,
    /// Its length in seconds. A calendar month has none.
    seconds: Option<u64>,
    allowance: &'a Allowance,
}

/// The windows in the order of the limits, each once, as far as the store told of
/// them.
fn windows<'a>(
    findings: &Findings<'a>,
    allowances: &'a Allowances,
) -> impl Iterator<Item = Window<'a>> {
    let limits = findings.limits().into_iter().flatten().enumerate();
    limits.flat_map(move |(index, limit)| {
        let rate = limit.rate().map(rate_seconds);
        let quota = limit.quota().map(quota_seconds);
        let rate = rate.map(|seconds| (WindowKind::Rate, Some(seconds)));
        let quota = quota.map(|seconds| (WindowKind::Quota, seconds));
        let told = move |(kind, seconds)| window(allowances, index, limit, kind, seconds);
        rate.into_iter().chain(quota).filter_map(told)
    })
}

fn window<'a>(
    allowances: &'a Allowances,
    index: usize,
    limit: &'a Limit,
    kind: WindowKind,
    seconds: Option<u64>,
) -> Option<Window<'a>> {
    let mut told = allowances.as_slice().iter();
    let allowance = told.find(|told| told.limit == index && told.kind == kind)?;
    Some(Window {
        limit: limit.name(),
        kind,
        seconds,
        allowance,
    })
}

fn rate_seconds(rate: Rate) -> u64 {
    whole_seconds(rate.per())
}

fn quota_seconds(quota: Quota) -> Option<u64> {
    match quota.period() {
        QuotaPeriod::Day => Some(86_400),
        QuotaPeriod::Week => Some(7 * 86_400),
        QuotaPeriod::Month => None,
        QuotaPeriod::Every(seconds) => Some(u64::from(seconds.get())),
    }
}

/// Rounded up, so that whoever waits that long has waited long enough.
fn whole_seconds(duration: Duration) -> u64 {
    let begun = u64::from(duration.subsec_nanos() > 0);
    duration.as_secs().saturating_add(begun)
}

/// The window that refused, so that what is told goes with `Retry-After`; else the
/// one with the least left, and of equals the one that resets last.
fn nearest<'a>(windows: &[Window<'a>], refusal: Option<&Refusal>) -> Option<&'a Allowance> {
    let allowances = || windows.iter().map(|window| window.allowance);
    let refused = refusal.and_then(|refusal| {
        allowances().find(|told| told.limit == refusal.limit && told.kind == refusal.kind)
    });
    refused.or_else(|| allowances().min_by_key(|told| (told.remaining, Reverse(told.resets_in))))
}

/// A list of structured fields.
fn list<'a>(windows: &[Window<'a>], push: fn(&Window<'a>, &mut String)) -> String {
    let mut text = String::with_capacity(windows.len() * 48);
    for window in windows {
        if !text.is_empty() {
            text.push_str(", ");
        }
        window.push_name(&mut text);
        push(window, &mut text);
    }
    text
}

impl Window<'_> {
    /// The name of the limit and the kind of the window, as a string of RFC 9651.
    /// That takes printable ASCII alone, so bytes outside it are percent-encoded,
    /// and `%` too: two names never become one.
    fn push_name(&self, text: &mut String) {
        text.push('"');
        for byte in self.limit.bytes() {
            match byte {
                b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
                b' '..=b'~' if byte != b'%' => text.push(char::from(byte)),
                _ => push(text, format_args!("%{byte:02X}")),
            }
        }
        text.push_str(match self.kind {
            WindowKind::Rate => "-rate\"",
            WindowKind::Quota => "-quota\"",
        });
    }

    fn push_policy(&self, text: &mut String) {
        push_parameter(text, 'q', self.allowance.allowed);
        if let Some(seconds) = self.seconds {
            push_parameter(text, 'w', seconds);
        }
    }

    fn push_standing(&self, text: &mut String) {
        push_parameter(text, 'r', self.allowance.remaining);
        push_parameter(text, 't', whole_seconds(self.allowance.resets_in));
    }
}

fn push_parameter(text: &mut String, key: char, number: u64) {
    push(text, format_args!(";{key}={}", number.min(LARGEST)));
}

fn push(text: &mut String, arguments: core::fmt::Arguments<'_>) {
    // Nothing that is written to a string fails.
    let _ = text.write_fmt(arguments);
}
