//! The other direction.

mod error;
pub(crate) mod pem;
mod private_key;
mod decrypt;
mod bundle;
mod matching;
mod chain;
mod loaded;
mod expiry;
mod secret_text;
mod document;
mod handle;

#[cfg(feature = "tls")]
pub(crate) use chain::may_sign;
pub use document::CredentialDocument;
pub use error::{CredentialError, CredentialErrorKind, CredentialField};
pub use expiry::CredentialExpiry;
pub use handle::CredentialHandle;
pub use loaded::{Credential, CredentialParts, ValidityCheck};
pub use private_key::{KeyForm, PrivateKey};
/// What passphrases are handed over in: it shows nothing, and is erased when it is
/// dropped.
pub use secrecy::SecretString;
