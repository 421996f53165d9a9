//! How soon a credential ends.

use crate::certificate::ValidityAt;
use crate::request::Timestamp;
use crate::trust::{ExpiryThresholds, ExpiryWarning};

use super::Credential;

/// How a credential stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialExpiry {
    /// A certificate of its chain is not valid yet.
    NotYetValid,
    /// All are valid, and no threshold is reached.
    Valid,
    /// All are valid, and the first to end does so soon.
    EndsSoon(ExpiryWarning),
    /// A certificate of its chain has ended.
    Expired,
}

impl Credential {
    /// How the client's certificate and those of its chain stand at `now`: the first
    /// of them that ends counts. A threshold of so many days is reached once no more
    /// than these are left; they are in any order.
    ///
    /// ```no_run
    /// # use certgate::credential::{Credential, CredentialExpiry};
    /// # use certgate::request::Timestamp;
    /// fn watch(credential: &Credential, now: Timestamp) {
    ///     match credential.expiry(now, &[30, 7, 1]) {
    ///         CredentialExpiry::Valid => {}
    ///         CredentialExpiry::EndsSoon(warning) => eprintln!("{} days left", warning.days_left),
    ///         other => eprintln!("servers refuse it: {other:?}"),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn expiry(&self, now: Timestamp, threshold_days: &[u32]) -> CredentialExpiry {
        let mut is_early = false;
        for certificate in self.chain() {
            match certificate.validity().at(now) {
                ValidityAt::Valid => {}
                ValidityAt::NotYetValid => is_early = true,
                ValidityAt::Expired => return CredentialExpiry::Expired,
            }
        }
        if is_early {
            return CredentialExpiry::NotYetValid;
        }
        let thresholds = ExpiryThresholds::new(threshold_days.to_vec());
        match thresholds.warn(self.not_after(), now) {
            Some(warning) => CredentialExpiry::EndsSoon(warning),
            None => CredentialExpiry::Valid,
        }
    }

    /// The last second in which the client's certificate and those of its chain are
    /// all valid.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        let first = self.certificate().validity().not_after;
        self.chain()
            .map(|certificate| certificate.validity().not_after)
            .fold(first, Timestamp::min)
    }
}
