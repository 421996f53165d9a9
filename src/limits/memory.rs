//! Counters in this process.

use std::sync::Arc;

use super::account::Account;
use super::limit::{LimitError, LimitSet};
use super::outcome::ChargeOutcome;
use super::share::Share;
use super::{Charges, Limits};
use crate::request::Now;

/// Counters in this process's memory, for the clients of one policy.
///
/// A request locks its own client's counters and touches no others. It
/// allocates nothing: all state is made with the store, for the clients of
/// the plan and for no one else.
///
/// - **Rates** never admit more than their number in any window of their
///   length. In return for bounded memory a request may count for up to a
///   sixteenth of the window longer than it should, so that a client at its
///   limit can be refused that much early. A burst at one moment is forgotten
///   exactly one window later. A monotonic clock that goes back stands still.
/// - **Quotas** are renewed at the start of each calendar window, at its first
///   second. If the wall clock goes back, the window of the time it shows is in
///   force again, with what it admitted before, or with what the window that the
///   clock left had admitted, where that is more. So no calendar window admits
///   more than its number, and a clock that was ahead and is set right holds
///   nobody up for longer than until the end of the window that it is in then.
///   The windows left are remembered in bounded memory, neighbours together,
///   each as full as the fullest of them; that can only refuse more, in windows
///   that lie between others that were entered.
///
/// Counters live as long as this process and are not shared with others.
/// Asked for a client or a window that the plan does not have, it answers
/// [`ChargeOutcome::Unavailable`].
#[derive(Debug)]
pub struct MemoryLimits {
    accounts: Box<[Arc<Account>]>,
    /// The places of the accounts in the order of their clients' ids.
    by_client: Box<[usize]>,
    /// Tells the accounts whether this store still lives.
    _token: Arc<()>,
}

impl MemoryLimits {
    /// A store for the clients of a plan, in slot order, with empty counters.
    ///
    /// # Errors
    ///
    /// [`LimitError::ClientRepeated`] if two clients have the same id.
    pub fn new<'a>(
        plan: impl IntoIterator<Item = (&'a str, &'a LimitSet)>,
    ) -> Result<Self, LimitError> {
        Self::build(plan, |_| None)
    }

    /// A store for another plan, with the counters of this one.
    ///
    /// Counters are carried over by the client's id, the limit's name and the
    /// window's kind and length; other numbers of requests keep them. Windows
    /// that are new start empty. A client that the new plan leaves out loses
    /// its counters.
    ///
    /// Both stores can be charged and count together, so requests may go on
    /// under this one until the new one is in place. A window that the new
    /// plan leaves out is dropped at the first `rebind` after the last store
    /// that has it; if that plan has it again, it keeps its counter.
    ///
    /// # Errors
    ///
    /// [`LimitError::ClientRepeated`] if two clients have the same id. This
    /// store is then as it was.
    pub fn rebind<'a>(
        &self,
        plan: impl IntoIterator<Item = (&'a str, &'a LimitSet)>,
    ) -> Result<Self, LimitError> {
        Self::build(plan, |client| self.find(client).cloned())
    }

    /// Like [`rebind`](Self::rebind); a client that this plan leaves out has the
    /// counters of the first of `earlier` that knows it.
    pub(crate) fn rebind_among<'a>(
        &self,
        earlier: &[&Self],
        plan: impl IntoIterator<Item = (&'a str, &'a LimitSet)>,
    ) -> Result<Self, LimitError> {
        Self::build(plan, |client| {
            let mut earlier = earlier.iter();
            self.find(client)
                .or_else(|| earlier.find_map(|store| store.find(client)))
                .cloned()
        })
    }

    /// Charges like [`charge`](Limits::charge), with that share of every limit's
    /// number: what this process may admit on its own while many have a store in
    /// common that cannot be asked. What is counted already counts here too. The
    /// allowances tell the share's numbers.
    ///
    /// Where the share of a window holds less than the request costs, it never
    /// fits and no wait is long enough: [`ChargeOutcome::Unavailable`].
    pub fn charge_share(&self, due: &Charges<'_>, now: &Now, share: Share) -> ChargeOutcome {
        match self.account(due) {
            Some(account) if share.has_room_for(due) => account.charge(due, now, share),
            _ => ChargeOutcome::Unavailable,
        }
    }

    /// Counts a request that another store admitted, also where it is more than
    /// there is room for here, so that this process knows what it admitted when
    /// that store can no longer be asked.
    ///
    /// For a client that the plan does not have nothing is counted, and nothing in
    /// a window that it does not have.
    pub fn record(&self, due: &Charges<'_>, now: &Now) {
        if let Some(account) = self.account(due) {
            account.record(due, now);
        }
    }

    fn build<'a>(
        plan: impl IntoIterator<Item = (&'a str, &'a LimitSet)>,
        known: impl Fn(&str) -> Option<Arc<Account>>,
    ) -> Result<Self, LimitError> {
        let (accounts, limits): (Vec<_>, Vec<_>) = plan
            .into_iter()
            .map(|(client, limits)| {
                let account = known(client).unwrap_or_else(|| Arc::new(Account::new(client)));
                (account, limits)
            })
            .unzip();
        let id = |index: &usize| accounts.get(*index).map(|account| account.client());
        let mut by_client: Vec<usize> = (0..accounts.len()).collect();
        by_client.sort_unstable_by_key(id);
        if !by_client.is_sorted_by(|a, b| id(a) < id(b)) {
            return Err(LimitError::ClientRepeated);
        }
        let token = Arc::new(());
        for (account, limits) in accounts.iter().zip(limits) {
            account.bind(limits, &token);
        }
        Ok(Self {
            by_client: by_client.into(),
            accounts: accounts.into(),
            _token: token,
        })
    }

    /// The account of the client that `due` names, whatever its slot says.
    fn account(&self, due: &Charges<'_>) -> Option<&Arc<Account>> {
        self.accounts
            .get(due.slot)
            .filter(|account| account.client() == due.client)
            .or_else(|| self.find(due.client))
    }

    fn find(&self, client: &str) -> Option<&Arc<Account>> {
        let account = |index: &usize| self.accounts.get(*index);
        let at = self
            .by_client
            .binary_search_by_key(&Some(client), |index| {
                account(index).map(|account| account.client())
            })
            .ok()?;
        self.by_client.get(at).and_then(account)
    }
}

impl Limits for MemoryLimits {
    fn charge(&self, due: &Charges<'_>, now: &Now) -> ChargeOutcome {
        match self.account(due) {
            Some(account) => account.charge(due, now, Share::WHOLE),
            None => ChargeOutcome::Unavailable,
        }
    }
}
