//! Who uses which authority, from the records of requests: for the replacement of
//! one by another.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::request::Timestamp;

use super::{AuditRecord, AuditSink, GrantKind, PolicyChange};

/// Who uses which authority, where certificates are verified in this process.
///
/// While an authority is being replaced, certificates of the old one and of the new
/// one are taken. Given the records of requests, this tells [who still comes with
/// the old one](Self::still_on), and so when it can be removed.
///
/// It counts callers that are proven, by their client or else their principal, from
/// when it was made. Beside a log it is a memory of this process alone: where
/// several serve, or it has to outlive one, ask the log for `authority` and
/// `client_id`.
///
/// ```
/// use std::sync::Arc;
///
/// use certgate::evidence::AuthorityUse;
///
/// let uses = Arc::new(AuthorityUse::new());
/// // As a sink of a layer or middleware, alone or beside others: `(uses.clone(), log)`.
/// # let _sink: &dyn certgate::evidence::AuditSink = &uses;
/// for caller in uses.still_on("partners-2024") {
///     println!("{} last came on {}", caller.id, caller.last_used);
/// }
/// ```
#[derive(Debug, Default)]
pub struct AuthorityUse {
    seen: Mutex<Seen>,
}

/// For each authority its callers, and when they last came with it.
type Seen = BTreeMap<Box<str>, HashMap<Box<str>, Timestamp>>;

/// A caller of an authority's, and when it last came with a certificate of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuthorityUser {
    /// The client, or the principal where it is of no client.
    pub id: String,
    /// When it last came with a certificate of this authority.
    pub last_used: Timestamp,
}

impl AuthorityUse {
    /// How many callers of an authority are remembered. Beyond that, new ones are
    /// not, which only where clients are open there could be reason for.
    pub const REMEMBERED: usize = 100_000;

    /// Nobody has come yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every caller that came with a certificate of this authority, the latest
    /// first.
    #[must_use]
    pub fn of(&self, authority: &str) -> Vec<AuthorityUser> {
        self.with(|seen| {
            let callers = seen.get(authority).into_iter().flatten();
            in_order(callers.map(|(id, last)| (&**id, *last)))
        })
    }

    /// Those of them that have not come with a certificate of another authority
    /// since, the latest first: who would be locked out without this one.
    #[must_use]
    pub fn still_on(&self, authority: &str) -> Vec<AuthorityUser> {
        self.with(|seen| {
            let others = || seen.iter().filter(|(name, _)| &***name != authority);
            let has_moved = |id: &str, last: Timestamp| {
                let elsewhere = others().filter_map(|(_, callers)| callers.get(id));
                elsewhere.into_iter().any(|other| *other > last)
            };
            let callers = seen.get(authority).into_iter().flatten();
            let callers = callers.map(|(id, last)| (&**id, *last));
            in_order(callers.filter(|(id, last)| !has_moved(id, *last)))
        })
    }

    /// The authorities that somebody came with, by name.
    #[must_use]
    pub fn authorities(&self) -> Vec<String> {
        self.with(|seen| seen.keys().map(ToString::to_string).collect())
    }

    fn with<R>(&self, look: impl FnOnce(&mut Seen) -> R) -> R {
        // Every operation leaves it whole.
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl AuditSink for AuthorityUse {
    fn record(&self, record: &AuditRecord) {
        let is_proven = matches!(record.grant, Some(GrantKind::Proven | GrantKind::Observed));
        let caller = record.client_id.as_ref().or(record.principal.as_ref());
        let (true, Some(authority), Some(caller)) = (is_proven, &record.authority, caller) else {
            return;
        };
        self.with(|seen| {
            if !seen.contains_key(&**authority) {
                seen.insert(authority.as_str().into(), HashMap::new());
            }
            let Some(callers) = seen.get_mut(&**authority) else {
                return;
            };
            if let Some(last) = callers.get_mut(&**caller) {
                *last = (*last).max(record.created_at);
            } else if callers.len() < Self::REMEMBERED {
                callers.insert(caller.as_str().into(), record.created_at);
            }
        });
    }

    fn change(&self, _: &PolicyChange) {}
}

/// The latest first, and of one moment by id.
fn in_order<'s>(callers: impl Iterator<Item = (&'s str, Timestamp)>) -> Vec<AuthorityUser> {
    let mut callers: Vec<_> = callers
        .map(|(id, last_used)| AuthorityUser {
            id: id.to_owned(),
            last_used,
        })
        .collect();
    callers.sort_unstable_by(|one, other| {
        let by_time = other.last_used.cmp(&one.last_used);
        by_time.then_with(|| one.id.cmp(&other.id))
    });
    callers
}
