//! The other direction: the client certificate and the private key of outgoing calls.
//!
//! A [`Credential`] is read from PEM and is whole: its key is that of its certificate,
//! its chain is in order, and its certificates are valid. What is anything less is a
//! [`CredentialError`] that tells the field, the block and what to do, down to the
//! `openssl` command. It comes from a bundle in any order
//! ([`from_pem`](Credential::from_pem)), from texts that are apart
//! ([`from_parts`](Credential::from_parts)), or from a document with texts inline or in
//! variables of the environment ([`CredentialDocument`]).
//!
//! ```
//! use certgate::credential::{
//!     Credential, CredentialErrorKind, CredentialExpiry, ValidityCheck,
//! };
//! # use certgate::request::Timestamp;
//! # use rcgen::{CertificateParams, KeyPair, date_time_ymd};
//! # let key = KeyPair::generate()?;
//! # let mut params = CertificateParams::default();
//! # params.not_before = date_time_ymd(2026, 1, 1);
//! # params.not_after = date_time_ymd(2027, 1, 1);
//! # let certificate = params.self_signed(&key)?.pem();
//! # let key = key.serialize_pem();
//! # // 2026-12-20T00:00:00Z
//! # let now = Timestamp::from_unix_seconds(1_797_724_800);
//!
//! // Any order, and whatever `openssl pkcs12` writes around the blocks.
//! let bundle = format!("{key}\nsubject=CN = payments\n{certificate}");
//! let credential = Credential::from_pem(bundle.as_bytes(), None, ValidityCheck::ValidAt(now))?;
//!
//! match credential.expiry(now, &[30, 7, 1]) {
//!     CredentialExpiry::EndsSoon(warning) => assert_eq!(warning.days_left, 12),
//!     other => panic!("{other:?}"),
//! }
//!
//! let error = Credential::from_pem(key.as_bytes(), None, ValidityCheck::ValidAt(now)).unwrap_err();
//! assert_eq!(error.kind(), CredentialErrorKind::NoCertificate);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With the feature `tls`, `client_config` of a [`Credential`] or of a
//! [`CredentialHandle`], which takes another credential while connections are opened,
//! is a configuration of rustls: see the example `outgoing_call`. For another TLS
//! library there are [`chain`](Credential::chain) and
//! [`expose_der`](PrivateKey::expose_der).
//!
//! # What loads
//!
//! | | |
//! |---|---|
//! | keys | RSA of 2048, 3072 or 4096 bits, EC on P-256 and P-384, Ed25519 |
//! | forms | PKCS #8, PKCS #1, SEC 1 with a named curve |
//! | encrypted | PKCS #8 with PBES2: AES-CBC or AES-GCM, and PBKDF2 with HMAC-SHA-1 to -512, of up to 2,000,000 iterations, or scrypt, of up to 2<sup>21</sup> for N·r·p |
//! | certificates | X.509 in DER, as [`CertInfo`](crate::certificate::CertInfo) reads it |
//! | text | up to 1 MiB, in ASCII, UTF-8 or Latin 1, with any line ends, with a byte-order mark |
//!
//! Other keys (P-521, Ed448, RSA-PSS) are refused, since ring could not tell whether
//! they are those of their certificates. The public key that stands in the file of a
//! private key is not believed: it is computed again.
//!
//! What can be read in two ways is refused: two keys, two certificates of the key,
//! two that could be the issuer of another, one that belongs nowhere, one twice. A root
//! is left out of what is sent, and is believed only where it is named as an authority.
//! A passphrase for a key that is not encrypted is an error, where openssl would ignore
//! it: somebody believes that key to be encrypted. An empty one is none.
//!
//! # What is not checked
//!
//! - Signatures. The chain is put in order by names; a wrong issuer of the right name is
//!   found out by the server.
//! - Whether the certificate is for clients (extendedKeyUsage), revoked, or signed by
//!   an authority that the server takes.
//! - The validity of authorities: one counts for as long as it is listed.
//!
//! # Secrets
//!
//! Keys, passphrases and texts of PEM are erased in memory when they are dropped, and
//! show in no `Debug`, `Display` or error. What is beyond reach: copies in whatever
//! read the file or the document before, in the environment of the process, in the
//! TLS library, on the stack of ring and of the decryption, and on swapped pages.
//! [`CredentialDocument`] has no `Serialize`.
//!
//! Nothing here reads files, the environment or the clock.

mod error;
mod private_key;
mod decrypt;
mod bundle;
mod matching;
mod form;
mod chain;
mod loaded;
mod expiry;
mod secret_text;
mod document;
mod handle;

pub use document::CredentialDocument;
pub use error::{CredentialError, CredentialErrorKind, CredentialField};
pub use expiry::CredentialExpiry;
pub use handle::CredentialHandle;
pub use loaded::{Credential, CredentialParts, ValidityCheck};
pub use private_key::{KeyForm, PrivateKey};
/// What passphrases are handed over in: it shows nothing, and is erased when it is
/// dropped.
pub use secrecy::SecretString;
