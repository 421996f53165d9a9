//! What a request owes, as the script takes it, and the script's answer.

use std::fmt::Write;
use std::time::Duration;

use redis::{Script, ScriptInvocation};

use crate::limits::{
    Allowance, Allowances, ChargeOutcome, Charges, MAX_WINDOWS, QuotaPeriod, Rate, Refusal,
    WindowKind,
};

/// The largest number of requests that the script counts exactly: it knows no other
/// numbers than doubles.
const MOST_REQUESTS: u64 = (1 << 53) - 1;

/// The windows of one request, and their keys.
pub(super) struct DueWindows {
    cost: u32,
    windows: Vec<DueWindow>,
}

struct DueWindow {
    key: String,
    limit: usize,
    kind: WindowKind,
    allowed: u64,
    length: String,
}

impl DueWindows {
    /// `None` if the charges are none that a policy makes: their keys would not
    /// share a slot, or one would be charged twice, or an answer has no room for
    /// all.
    pub(super) fn of(prefix: &str, due: &Charges<'_>) -> Option<Self> {
        if due.client.is_empty() || due.client.contains(['{', '}']) {
            return None;
        }
        let mut windows: Vec<DueWindow> = Vec::with_capacity(MAX_WINDOWS);
        for (index, limit) in due.owed().enumerate() {
            let rate = limit.rate().map(|rate| DueWindow {
                key: key(
                    prefix,
                    due.client,
                    limit.name(),
                    "rate",
                    &milliseconds(rate),
                ),
                limit: index,
                kind: WindowKind::Rate,
                allowed: u64::from(rate.requests().get()),
                length: rate.per().as_nanos().div_ceil(1_000).to_string(),
            });
            let quota = limit.quota().map(|quota| DueWindow {
                key: key(
                    prefix,
                    due.client,
                    limit.name(),
                    "quota",
                    &named(quota.period()),
                ),
                limit: index,
                kind: WindowKind::Quota,
                allowed: quota.requests().get().min(MOST_REQUESTS),
                length: named(quota.period()),
            });
            for window in rate.into_iter().chain(quota) {
                let twice = windows.iter().any(|other| other.key == window.key);
                if twice || windows.len() == MAX_WINDOWS {
                    return None;
                }
                windows.push(window);
            }
        }
        Some(Self {
            cost: due.cost.get(),
            windows,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    pub(super) fn call<'s>(&self, script: &'s Script) -> ScriptInvocation<'s> {
        let mut call = script.prepare_invoke();
        call.arg(self.cost);
        for window in &self.windows {
            let kind = match window.kind {
                WindowKind::Rate => "rate",
                WindowKind::Quota => "quota",
            };
            call.key(&window.key);
            call.arg(kind).arg(window.allowed).arg(&window.length);
        }
        call
    }

    /// What the script's answer says; `None` if it is not one to these windows.
    pub(super) fn outcome(&self, reply: &[i64]) -> Option<ChargeOutcome> {
        let (&admitted, standings) = reply.split_first()?;
        let admitted = match admitted {
            1 => true,
            0 => false,
            _ => return None,
        };
        let (standings, rest) = standings.as_chunks::<3>();
        if standings.len() != self.windows.len() || !rest.is_empty() {
            return None;
        }
        let cost = if admitted { u64::from(self.cost) } else { 0 };
        let mut allowances = Allowances::new();
        let mut fullest: Option<(&DueWindow, Duration)> = None;
        for (window, &[left, resets_in, full_for]) in self.windows.iter().zip(standings) {
            let allowance = Allowance {
                limit: window.limit,
                kind: window.kind,
                allowed: window.allowed,
                remaining: u64::try_from(left).ok()?.checked_sub(cost)?,
                resets_in: microseconds(resets_in)?,
            };
            allowances.push(allowance).ok()?;
            if full_for >= 0 {
                let full_for = microseconds(full_for)?;
                if fullest.is_none_or(|(_, longest)| full_for > longest) {
                    fullest = Some((window, full_for));
                }
            }
        }
        match (admitted, fullest) {
            (true, None) => Some(ChargeOutcome::Charged(allowances)),
            (false, Some((window, retry_after))) => Some(ChargeOutcome::Refused(Refusal {
                limit: window.limit,
                kind: window.kind,
                retry_after,
                allowances,
            })),
            (true, Some(_)) | (false, None) => None,
        }
    }
}

fn microseconds(count: i64) -> Option<Duration> {
    u64::try_from(count).ok().map(Duration::from_micros)
}

/// All keys of a client are in one slot of a cluster, by what stands in braces.
fn key(prefix: &str, client: &str, limit: &str, kind: &str, length: &str) -> String {
    format!("{prefix}:{{{client}}}:{limit}:{kind}:{length}")
}

/// The length of a window, exactly.
fn milliseconds(rate: Rate) -> String {
    let mut text = rate.per().as_millis().to_string();
    let rest = rate.per().subsec_nanos() % 1_000_000;
    if rest > 0 {
        _ = write!(text, ".{rest:06}");
    }
    text
}

/// A period as it stands in a key, and as the script takes it.
fn named(period: QuotaPeriod) -> String {
    match period {
        QuotaPeriod::Day => "day".to_owned(),
        QuotaPeriod::Week => "week".to_owned(),
        QuotaPeriod::Month => "month".to_owned(),
        QuotaPeriod::Every(seconds) => seconds.to_string(),
    }
}
