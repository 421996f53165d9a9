//! What a policy has for verification in this process.

use crate::trust::{AuthorityStore, RevocationLists, Verifier};

use super::Policy;

/// # Verification in this process
///
/// With feature `verify`; see [`Verification::InProcess`](super::Verification::InProcess).
impl Policy {
    /// The authorities that certificates are verified against; none where somebody
    /// else verifies them.
    #[must_use]
    pub fn authorities(&self) -> &AuthorityStore {
        static NONE: AuthorityStore = AuthorityStore::new();
        let verifier = self.trust.verifier.as_ref();
        verifier.map_or(&NONE, Verifier::authorities)
    }

    /// The same policy, which asks these lists for revoked certificates. They are no
    /// part of its document. A [`Gate`](crate::gate::Gate) asks them from when the
    /// policy is put in force until it is handed
    /// [others](crate::gate::Gate::replace_revocation_lists): then those of
    /// [`Gate::current`](crate::gate::Gate::current) are of an earlier day.
    #[must_use]
    pub fn with_revocation_lists(self, lists: RevocationLists) -> Self {
        Self {
            revocation_lists: lists,
            ..self
        }
    }
}
