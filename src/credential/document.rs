//! A credential as a document: each text inline, or by the name of a variable.

use core::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::error::{CredentialError, CredentialErrorKind, CredentialField};
use super::secret_text::{Switch, Text, secret};
use super::{Credential, CredentialParts, ValidityCheck};

/// A credential as it is written down, to be read with any format of serde.
///
/// ```
/// use certgate::credential::CredentialDocument;
///
/// let document: CredentialDocument = serde_json::from_str(
///     r#"{
///         "name": "payments-upstream-mtls",
///         "type": "mtls",
///         "client_certificate_use_env": true,
///         "client_certificate_env_var": "PAYMENTS_CERTIFICATE",
///         "client_private_key_use_env": true,
///         "client_private_key_env_var": "PAYMENTS_KEY",
///         "ca_certificate": "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n"
///     }"#,
/// )?;
/// assert_eq!(document.name(), "payments-upstream-mtls");
///
/// let error = document
///     .load(|name| std::env::var(name).ok(), certgate::credential::ValidityCheck::Unchecked)
///     .unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "client_certificate: the variable that _env_var names is not set, is empty, or is not UTF-8"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// | field | |
/// |---|---|
/// | `name` | text, not empty |
/// | `type` | `"mtls"` |
/// | `client_certificate` | PEM: the certificate and its chain, in any order; it may hold the key too |
/// | `client_private_key` | PEM: PKCS #8, PKCS #1 or SEC 1, encrypted or not |
/// | `passphrase` | of an encrypted key |
/// | `ca_certificate` | PEM: who signs the certificates of the servers |
///
/// In place of each of the last four, `…_use_env = true` and `…_env_var` name a
/// variable that holds the text. Empty texts are as good as none; other fields are
/// refused. Errors of its own show no text of the document. Those of the format's
/// parser may show lines of it, such as `toml`'s for a text with mistakes, and should
/// be kept out of logs.
///
/// It does not serialize, and `Debug` shows its name alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialDocument {
    name: Text,
    #[serde(rename = "type")]
    kind: Text,
    #[serde(default)]
    client_certificate: Text,
    #[serde(default)]
    client_certificate_use_env: Switch,
    #[serde(default)]
    client_certificate_env_var: Text,
    #[serde(default)]
    client_private_key: Text,
    #[serde(default)]
    client_private_key_use_env: Switch,
    #[serde(default)]
    client_private_key_env_var: Text,
    #[serde(default)]
    passphrase: Text,
    #[serde(default)]
    passphrase_use_env: Switch,
    #[serde(default)]
    passphrase_env_var: Text,
    #[serde(default)]
    ca_certificate: Text,
    #[serde(default)]
    ca_certificate_use_env: Switch,
    #[serde(default)]
    ca_certificate_env_var: Text,
}

/// The three settings of one text.
struct Source<'a> {
    field: CredentialField,
    inline: &'a Text,
    use_env: &'a Switch,
    env_var: &'a Text,
}

impl CredentialDocument {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.expose()
    }

    /// Loads what it describes. `environment` gives the value of a variable:
    /// `|name| std::env::var(name).ok()`.
    ///
    /// # Errors
    ///
    /// [`CredentialError`] for fields that are missing, that are given twice or whose
    /// variable is not set, and as [`Credential::from_parts`].
    pub fn load(
        &self,
        environment: impl Fn(&str) -> Option<String>,
        check: ValidityCheck,
    ) -> Result<Credential, CredentialError> {
        let missing =
            |field| CredentialError::new(CredentialErrorKind::FieldMissing).in_field(field);
        if self.name.is_empty() {
            return Err(missing(CredentialField::Name));
        }
        if self.kind.expose() != "mtls" {
            return Err(CredentialError::new(CredentialErrorKind::TypeUnknown)
                .in_field(CredentialField::Type));
        }
        let [certificate, key, passphrase, authority] =
            self.sources().map(|source| source.resolve(&environment));
        let certificate =
            certificate?.ok_or_else(|| missing(CredentialField::ClientCertificate))?;
        let (key, passphrase, authority) = (key?, passphrase?, authority?);
        let mut parts = CredentialParts::new(bytes(&certificate));
        if let Some(key) = &key {
            parts = parts.with_private_key(bytes(key));
        }
        if let Some(passphrase) = &passphrase {
            parts = parts.with_passphrase(passphrase);
        }
        if let Some(authority) = &authority {
            parts = parts.with_authorities(bytes(authority));
        }
        Credential::from_parts(&parts, check)
    }

    fn sources(&self) -> [Source<'_>; 4] {
        [
            Source {
                field: CredentialField::ClientCertificate,
                inline: &self.client_certificate,
                use_env: &self.client_certificate_use_env,
                env_var: &self.client_certificate_env_var,
            },
            Source {
                field: CredentialField::ClientPrivateKey,
                inline: &self.client_private_key,
                use_env: &self.client_private_key_use_env,
                env_var: &self.client_private_key_env_var,
            },
            Source {
                field: CredentialField::Passphrase,
                inline: &self.passphrase,
                use_env: &self.passphrase_use_env,
                env_var: &self.passphrase_env_var,
            },
            Source {
                field: CredentialField::CaCertificate,
                inline: &self.ca_certificate,
                use_env: &self.ca_certificate_use_env,
                env_var: &self.ca_certificate_env_var,
            },
        ]
    }
}

impl Source<'_> {
    /// The text, if there is any.
    fn resolve(
        &self,
        environment: &impl Fn(&str) -> Option<String>,
    ) -> Result<Option<SecretString>, CredentialError> {
        let error = |kind| Err(CredentialError::new(kind).in_field(self.field));
        let is_named = !self.env_var.is_empty();
        match (!self.inline.is_empty(), self.use_env.is_on(), is_named) {
            (true, true, _) => error(CredentialErrorKind::FieldGivenTwice),
            (_, true, false) => error(CredentialErrorKind::VariableUnnamed),
            (_, false, true) => error(CredentialErrorKind::VariableUnused),
            (true, false, false) => Ok(Some(self.inline.secret().clone())),
            (false, false, false) => Ok(None),
            (false, true, true) => {
                let value = environment(self.env_var.expose()).map(secret);
                match value {
                    Some(value) if !value.expose_secret().is_empty() => Ok(Some(value)),
                    _ => error(CredentialErrorKind::VariableUnset),
                }
            }
        }
    }
}

fn bytes(text: &SecretString) -> &[u8] {
    text.expose_secret().as_bytes()
}

impl fmt::Debug for CredentialDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialDocument").finish_non_exhaustive()
    }
}
