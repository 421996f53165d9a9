//! A credential that is replaced while it is in use.

use core::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{Credential, CredentialError};

/// The credential in use, which another can replace. Clones are one handle.
///
/// ```no_run
/// # use certgate::credential::{Credential, CredentialHandle, ValidityCheck};
/// # use certgate::request::Timestamp;
/// fn reload(handle: &CredentialHandle, now: Timestamp) -> std::io::Result<()> {
///     let bundle = std::fs::read("client.pem")?;
///     let loaded = Credential::from_pem(&bundle, None, ValidityCheck::ValidAt(now));
///     if let Err(error) = handle.reload(loaded) {
///         eprintln!("the credential before stays in use: {error}");
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct CredentialHandle {
    current: Arc<ArcSwap<Credential>>,
}

impl CredentialHandle {
    /// A handle to this credential.
    #[must_use]
    pub fn new(credential: Credential) -> Self {
        Self {
            current: Arc::new(ArcSwap::from_pointee(credential)),
        }
    }

    /// The credential in use, whole: its key and its certificates belong together
    /// whatever is replaced meanwhile.
    #[must_use]
    pub fn current(&self) -> Arc<Credential> {
        self.current.load_full()
    }

    /// Puts what was loaded in use, at once for all who ask from now on. What could
    /// not be loaded leaves the credential before in use.
    ///
    /// # Errors
    ///
    /// What `loaded` is an error with.
    pub fn reload(
        &self,
        loaded: Result<Credential, CredentialError>,
    ) -> Result<(), CredentialError> {
        self.current.store(Arc::new(loaded?));
        Ok(())
    }
}

impl fmt::Debug for CredentialHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CredentialHandle")
            .field(&self.current.load())
            .finish()
    }
}
