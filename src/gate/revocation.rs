//! Which revocation lists are asked.

use std::sync::Arc;

use crate::evidence::{Change, ChangeAction, PolicyChange, Versions};
use crate::trust::RevocationLists;

use super::Gate;
use super::generation::{Active, Generation};

/// # Revocation lists
///
/// With feature `verify`, where certificates are verified in this process.
impl<S> Gate<S> {
    /// Asks these lists from now on, in place of all before them, under the policy in
    /// force and those that come after it. They are data of the day and no part of a
    /// policy: a rollback does not take them back. A policy that is installed with
    /// [lists of its own](crate::policy::Policy::with_revocation_lists) does replace
    /// them, so hand lists over in one of the two ways.
    ///
    /// Handing over none takes all of them away: then no issuer has revoked anything,
    /// or, where the policy requires lists, nobody passes.
    ///
    /// What was learned of certificates is forgotten, so that none outlives the
    /// list that revokes it. Requests that are being decided end with the lists that
    /// they began with.
    ///
    /// ```
    /// # #[cfg(feature = "toml")] {
    /// use certgate::evidence::{ActorType, Change};
    /// # use certgate::gate::Gate;
    /// # use certgate::policy::Policy;
    /// # use certgate::request::Timestamp;
    /// use certgate::trust::RevocationLists;
    ///
    /// # let text = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"\n";
    /// # let gate = Gate::new(Policy::from_toml_str(text, "policy.toml")?.policy)?;
    /// # let mut params = rcgen::CertificateParams::new(vec![])?;
    /// # params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    /// # let issuer = rcgen::Issuer::new(params, rcgen::KeyPair::generate()?);
    /// # let crl = rcgen::CertificateRevocationListParams {
    /// #     this_update: rcgen::date_time_ymd(2026, 11, 1),
    /// #     next_update: rcgen::date_time_ymd(2026, 12, 1),
    /// #     crl_number: rcgen::SerialNumber::from(7),
    /// #     issuing_distribution_point: None,
    /// #     revoked_certs: vec![],
    /// #     key_identifier_method: rcgen::KeyIdMethod::Sha256,
    /// # };
    /// # let fetched = [crl.signed_by(&issuer)?.pem()?.into_bytes()];
    /// // All of them at once. Where one could not be fetched or read, those before stay.
    /// let mut lists = RevocationLists::new();
    /// for bytes in &fetched {
    ///     lists.add(bytes)?;
    /// }
    /// let change = Change::new(Timestamp::from_unix_seconds(0), ActorType::System, "crl-fetcher");
    /// let record = gate.replace_revocation_lists(lists, &change);
    /// assert_eq!(record.resource_type, "revocation_lists");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn replace_revocation_lists(
        &self,
        lists: RevocationLists,
        change: &Change,
    ) -> PolicyChange {
        let mut history = self.history();
        let current = self.generation.load_full();
        let shadow = current.shadow.as_ref();
        let shadow = shadow.map(|shadow| Arc::new(shadow.asking(lists.clone())));
        let next = Generation {
            active: Arc::new(Active {
                version: current.active.version,
                learned: current.active.learned.asking(lists),
                limits: Arc::clone(&current.active.limits),
            }),
            shadow,
        };
        let versions = Versions::staying(current.active.version);
        drop(current);
        history.set_aside(self.generation.swap(Arc::new(next)));
        drop(history);
        self.free_retired();
        let action = ChangeAction::ReplaceRevocationLists;
        PolicyChange::applied(self.ids.next_change(), change, action, versions, None)
    }

    /// The lists that are asked.
    #[must_use]
    pub fn revocation_lists(&self) -> RevocationLists {
        self.generation.load().active.learned.lists().clone()
    }
}
