//! Counters in this process.

use std::sync::Arc;

use super::account::Account;
use super::limit::{LimitError, LimitSet};
use super::outcome::ChargeOutcome;
use super::share::Share;
use super::snapshot::LimitsSnapshot;
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
/// Counters live as long as this process and are not shared with others. A
/// [`snapshot`](Self::snapshot) takes them to the next one.
/// Asked for a client or a window that the plan does not have, or for a limit twice,
/// it answers [`ChargeOutcome::Unavailable`].
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

    /// What is counted at `now`, for the store of another process: what was
    /// charged before this is called. What is charged meanwhile may be missing. Its
    /// clocks are those by which was charged.
    ///
    /// Each client's counters are locked for as long as it takes to copy them, one
    /// after the other.
    #[must_use]
    pub fn snapshot(&self, now: &Now) -> LimitsSnapshot {
        Self::snapshot_among(&[self], now)
    }

    /// What the first of `stores` that knows a client has counted for it.
    pub(crate) fn snapshot_among(stores: &[&Self], now: &Now) -> LimitsSnapshot {
        let mut saved = Vec::new();
        for (index, store) in stores.iter().enumerate() {
            let earlier = stores.iter().take(index);
            let is_told =
                |account: &Account| earlier.clone().any(|s| s.find(account.client()).is_some());
            let accounts = store.accounts.iter().filter(|account| !is_told(account));
            saved.extend(accounts.filter_map(|account| account.save(now)));
        }
        LimitsSnapshot::new(now.wall, saved)
    }

    /// Counts what a snapshot of another process counted, in a store that has not
    /// been charged yet; what has been charged already counts as well.
    ///
    /// Counters are found as by [`rebind`](Self::rebind). A client or a window that
    /// the plan does not have is passed over, and other numbers of requests keep
    /// what was counted.
    ///
    /// - **Quotas** go on as if there had been no restart.
    /// - **Rates**: the monotonic clocks of two processes have nothing in common, so
    ///   how much time went by is what the wall clock tells in whole seconds, less
    ///   one. A request may count for up to two seconds and a sixteenth of the window
    ///   longer than without a restart, never shorter. If the wall clock went back,
    ///   no time went by; if it was set forward, that counts as time.
    pub fn restore(&self, snapshot: &LimitsSnapshot, now: &Now) {
        let elapsed = snapshot.age(now.wall);
        for saved in snapshot.clients() {
            if let Some(account) = self.find(&saved.client) {
                account.restore(saved, elapsed, now);
            }
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

#[cfg(test)]
mod tests {
    use std::num::{NonZeroU32, NonZeroU64};
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::limits::{Limit, Quota, QuotaPeriod};
    use crate::request::Timestamp;

    const NOW: Now = Now {
        wall: Timestamp::from_unix_seconds(1_776_330_562),
        monotonic: Duration::from_secs(5),
    };

    fn daily() -> LimitSet {
        let quota = Quota::new(NonZeroU64::MIN, QuotaPeriod::Day);
        LimitSet::new([Limit::new("daily", None, Some(quota)).unwrap()]).unwrap()
    }

    fn is_charged(store: &MemoryLimits, client: &str, limits: &LimitSet) -> bool {
        let due = Charges {
            client,
            slot: usize::MAX,
            limits: [limits.as_slice(), &[], &[]],
            cost: NonZeroU32::MIN,
        };
        matches!(store.charge(&due, &NOW), ChargeOutcome::Charged(_))
    }

    /// Long enough for any machine, and long enough to see that nothing happens.
    const LONG: Duration = Duration::from_secs(30);
    const A_WHILE: Duration = Duration::from_millis(50);

    #[test]
    fn clients_wait_for_nobody_else() {
        let limits = daily();
        let plan = ["a", "b", "c"].map(|client| (client, &limits));
        let store = MemoryLimits::new(plan).unwrap();
        let (snapshots, taken) = mpsc::channel();
        let (charges, charged) = mpsc::channel();
        std::thread::scope(|scope| {
            let held = store.find("b").unwrap().hold();
            // A snapshot that waits for one client holds up no other.
            scope.spawn(|| snapshots.send(store.snapshot(&NOW)));
            assert!(taken.recv_timeout(A_WHILE).is_err());
            scope.spawn(|| {
                for client in ["a", "c", "b"] {
                    assert!(is_charged(&store, client, &limits));
                    charges.send(client).unwrap();
                }
            });
            assert_eq!(charged.recv_timeout(LONG), Ok("a"));
            assert_eq!(charged.recv_timeout(LONG), Ok("c"));
            assert!(charged.recv_timeout(A_WHILE).is_err());
            drop(held);
            assert_eq!(charged.recv_timeout(LONG), Ok("b"));
            assert!(taken.recv_timeout(LONG).is_ok());
        });
    }

    #[test]
    fn the_first_store_that_knows_a_client_tells_of_it() {
        let limits = daily();
        let store = |clients: &[&'static str]| {
            MemoryLimits::new(clients.iter().map(|client| (*client, &limits))).unwrap()
        };
        let (active, earlier, earliest) = (store(&["a"]), store(&["b", "a"]), store(&["b", "c"]));
        for (store, clients) in [(&earlier, ["a", "b"]), (&earliest, ["b", "c"])] {
            for client in clients {
                assert!(is_charged(store, client, &limits));
            }
        }
        let told = |stores: &[&MemoryLimits]| -> Vec<String> {
            let snapshot = MemoryLimits::snapshot_among(stores, &NOW);
            let clients = snapshot.clients().iter();
            clients.map(|saved| saved.client.to_string()).collect()
        };
        assert!(told(&[&active]).is_empty());
        // "a" has counted nothing in the store that knows it best.
        assert_eq!(told(&[&active, &earlier, &earliest]), ["b", "c"]);
        assert_eq!(told(&[&earlier, &active]), ["b", "a"]);
    }
}
