//! Why settings cannot be used.

/// What is wrong with certificates, a key, or settings made of them.
///
/// It tells the kind and the place, never what was given. Numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// Text that should be PEM begins a block that does not end, or holds
    /// something that is no base64.
    #[error("the PEM text has a block that cannot be read")]
    Pem,
    /// There is no certificate to show.
    #[error("there is no certificate; PEM has it between lines of CERTIFICATE")]
    NoCertificate,
    /// A certificate to show is none.
    #[error("certificate {number} is no X.509 certificate")]
    CertificateUnusable {
        /// Which one, of those in the chain.
        number: usize,
    },
    /// There is no private key.
    #[error("there is no private key")]
    NoKey,
    /// There are several private keys, and nobody said which one is meant.
    #[error("there are several private keys; leave the one of the first certificate")]
    SeveralKeys,
    /// The private key is encrypted.
    #[error("the private key is encrypted; decrypt it before it is loaded")]
    KeyEncrypted,
    /// The private key cannot be read, or is of a kind that the provider of
    /// cryptography does not know.
    #[error("the private key cannot be read, or is of a kind that is not supported")]
    KeyUnusable,
    /// The private key belongs to another certificate.
    #[error("the private key does not belong to the first certificate")]
    KeyMismatch,
    /// There is no authority to verify certificates with.
    #[error("there is no authority; PEM has it between lines of CERTIFICATE")]
    NoAuthority,
    /// The text of the authorities holds something that is no certificate.
    #[error("the authorities hold a block of PEM that is no CERTIFICATE")]
    ForeignBlock,
    /// An authority cannot be read.
    #[error("authority {number} is no X.509 certificate, or not in DER")]
    AuthorityUnusable {
        /// Which one, in the order given.
        number: usize,
    },
    /// A certificate among the authorities may not sign certificates: it is
    /// somebody's own, whose holder could make himself any other.
    #[error("authority {number} may not sign certificates (basicConstraints and keyUsage)")]
    NotAnAuthority {
        /// Which one, in the order given.
        number: usize,
    },
    /// There is no revocation list.
    #[error("there is no revocation list; PEM has it between lines of X509 CRL")]
    NoRevocationList,
    /// A revocation list cannot be read.
    #[error("a revocation list cannot be read")]
    RevocationListUnusable,
    /// Nobody chose a provider of cryptography.
    #[error("there is no provider of cryptography: name one, or install one for the process")]
    NoProvider,
    /// The provider of cryptography has nothing for TLS 1.2 and 1.3.
    #[error("the provider of cryptography has no cipher suites of TLS 1.2 and 1.3")]
    ProviderUnusable,
}
