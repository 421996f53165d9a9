//! Why a credential cannot be used: a kind, a field and a place, never what was given.

use core::fmt;

use crate::certificate::{BlockPlace, CertificateErrorKind, PemError, PemErrorKind};

/// Why a credential cannot be used, and where.
///
/// `Display` says what to do about it. It holds nothing of certificates, keys,
/// passphrases or names of variables, so it may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialError {
    kind: CredentialErrorKind,
    field: Option<CredentialField>,
    place: Option<BlockPlace>,
}

impl CredentialError {
    pub(crate) const fn new(kind: CredentialErrorKind) -> Self {
        Self {
            kind,
            field: None,
            place: None,
        }
    }

    pub(crate) const fn in_field(self, field: CredentialField) -> Self {
        Self {
            field: Some(field),
            ..self
        }
    }

    pub(crate) const fn at(self, place: BlockPlace) -> Self {
        Self {
            place: Some(place),
            ..self
        }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(self) -> CredentialErrorKind {
        self.kind
    }

    /// In which part of the credential, if in one.
    #[must_use]
    pub const fn field(self) -> Option<CredentialField> {
        self.field
    }

    /// In which block of its PEM text, counted from 1, if in one.
    #[must_use]
    pub const fn block(self) -> Option<usize> {
        match self.place {
            None => None,
            Some(place) => Some(place.number),
        }
    }

    /// Where that block begins, in bytes from the start of the text.
    #[must_use]
    pub const fn offset(self) -> Option<usize> {
        match self.place {
            None => None,
            Some(place) => Some(place.offset),
        }
    }
}

impl From<PemError> for CredentialError {
    fn from(error: PemError) -> Self {
        Self::new(CredentialErrorKind::Pem(error.kind())).at(error.place())
    }
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = self.field {
            write!(f, "{field}: ")?;
        }
        if let (Some(block), Some(offset)) = (self.block(), self.offset()) {
            write!(f, "block {block} at byte {offset}: ")?;
        }
        write!(f, "{}", self.kind)
    }
}

impl core::error::Error for CredentialError {}

/// A part of a credential, by the name that documents have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CredentialField {
    /// `name`
    Name,
    /// `type`
    Type,
    /// `client_certificate`, which may hold the key as well.
    ClientCertificate,
    /// `client_private_key`
    ClientPrivateKey,
    /// `passphrase`
    Passphrase,
    /// `ca_certificate`
    CaCertificate,
}

impl CredentialField {
    /// Its name in documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Type => "type",
            Self::ClientCertificate => "client_certificate",
            Self::ClientPrivateKey => "client_private_key",
            Self::Passphrase => "passphrase",
            Self::CaCertificate => "ca_certificate",
        }
    }
}

impl fmt::Display for CredentialField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is wrong with a credential. Numbers of blocks count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialErrorKind {
    // The document.
    /// A field that has to be there is not, or is empty.
    #[error("it is missing or empty")]
    FieldMissing,
    /// `type` is another than `mtls`.
    #[error("it is not \"mtls\", the only type of credential here")]
    TypeUnknown,
    /// A field is given inline and as the name of a variable.
    #[error("it is given inline and by a variable; give one of them")]
    FieldGivenTwice,
    /// `…_use_env` without `…_env_var`.
    #[error("_use_env is true and _env_var names no variable; name it")]
    VariableUnnamed,
    /// `…_env_var` without `…_use_env`.
    #[error("_env_var names a variable and _use_env is not true; set it, or remove the name")]
    VariableUnused,
    /// The environment has no such variable, or an empty one.
    #[error("the variable that _env_var names is not set, is empty, or is not UTF-8")]
    VariableUnset,

    // The text.
    /// The text has over 1 MiB.
    #[error("the text is longer than 1 MiB, which no credential is")]
    TextOversized,
    /// DER where PEM belongs.
    #[error(
        "this is DER, not PEM; convert it: openssl x509 -inform DER -in FILE -out FILE.pem (for a key, openssl pkey -inform DER)"
    )]
    Der,
    /// A PKCS #12 file.
    #[error("this is PKCS #12, not PEM; convert it: openssl pkcs12 -in FILE.p12 -out FILE.pem")]
    Pkcs12,
    /// Text in UTF-16.
    #[error("this is text in UTF-16; save it as ASCII or UTF-8")]
    Utf16,
    /// No block of PEM in the text.
    #[error(
        "there is no PEM in it, which begins with a line -----BEGIN …-----; the text itself belongs here, not the path of a file"
    )]
    NoBlock,
    /// A block of PEM that cannot be read.
    #[error("{0}")]
    Pem(PemErrorKind),

    // Blocks that do not belong here.
    /// A certificate signing request.
    #[error(
        "this is a certificate signing request; the certificate that the authority made of it belongs here"
    )]
    SigningRequest,
    /// A revocation list.
    #[error("this is a revocation list, which is no part of a credential; remove it")]
    RevocationList,
    /// A public key.
    #[error("this is a public key; the private key belongs here")]
    PublicKey,
    /// OpenSSL's `TRUSTED CERTIFICATE`.
    #[error(
        "this is a TRUSTED CERTIFICATE of OpenSSL; convert it: openssl x509 -in FILE -out FILE.pem"
    )]
    TrustedCertificate,
    /// A PKCS #7 bundle.
    #[error("this is PKCS #7; convert it: openssl pkcs7 -in FILE -print_certs -out FILE.pem")]
    Pkcs7,
    /// A key in the form of OpenSSH.
    #[error("this is a key of OpenSSH; convert it: ssh-keygen -p -m PKCS8 -f FILE")]
    OpenSshKey,
    /// Any other block.
    #[error("this is neither a certificate nor a private key; remove it")]
    ForeignBlock,
    /// A private key among the certificates of authorities.
    #[error(
        "there is a private key among the authorities; only their certificates belong here, and this key may have to be replaced"
    )]
    KeyAmongAuthorities,
    /// A certificate in the field of the key, where another field has them.
    #[error(
        "there is a certificate beside the private key; certificates belong in client_certificate"
    )]
    CertificateBesideKey,

    // Certificates.
    /// There is no certificate.
    #[error("there is no certificate, which is PEM between lines of CERTIFICATE")]
    NoCertificate,
    /// A certificate that cannot be read.
    #[error("this is no X.509 certificate in DER ({0}); export it again")]
    CertificateMalformed(CertificateErrorKind),
    /// A certificate that is there already.
    #[error("this certificate is there already; remove it")]
    CertificateRepeated,
    /// Two certificates of the private key.
    #[error("this is a second certificate of the private key; leave the one that is to be sent")]
    SeveralLeaves,
    /// Two certificates that could stand above the same one.
    #[error(
        "this is a second certificate by the name of the issuer of another; leave the one that signed it"
    )]
    SeveralIssuers,
    /// A certificate that is not on the way from the client's to its authority.
    #[error(
        "this certificate is not above the client's, by the names of subject and issuer; remove it, or add what stands between"
    )]
    CertificateUnrelated,
    /// A certificate that is not valid any more.
    #[error("this certificate has expired; renew it")]
    CertificateExpired,
    /// A certificate that is not valid yet.
    #[error("this certificate is not valid yet; wait, or look at the clock")]
    CertificateNotYetValid,
    /// A certificate among the authorities that may not sign others.
    #[error(
        "this certificate may not sign others (basicConstraints and keyUsage), so it is no authority; give the one that signed the server's"
    )]
    NotAnAuthority,

    // The private key.
    /// There is no private key.
    #[error("there is no private key, which is PEM between lines of PRIVATE KEY")]
    NoKey,
    /// There are several.
    #[error("this is a second private key; leave the one of the client's certificate")]
    SeveralKeys,
    /// A private key that cannot be read.
    #[error("this is no private key in DER; export it again: openssl pkey -in FILE -out FILE.key")]
    KeyMalformed,
    /// A kind of key that is not supported.
    #[error(
        "keys of this kind are not supported; have a certificate made for an RSA key of 2048, 3072 or 4096 bits with two primes and the exponent 65537, an EC key on P-256 or P-384, or an Ed25519 key"
    )]
    KeyUnsupported,
    /// A key on a curve that it describes instead of naming it.
    #[error(
        "the key describes its curve instead of naming it; convert it: openssl ec -in FILE -param_enc named_curve -out FILE.key"
    )]
    CurveUnnamed,
    /// The numbers of the key, or the public key in it, contradict each other.
    #[error("the parts of the private key contradict each other; export it again")]
    KeyInconsistent,
    /// The key is that of another certificate.
    #[error(
        "the private key is not that of the certificate; compare the outputs of openssl pkey -in FILE.key -pubout and openssl x509 -in FILE.pem -noout -pubkey"
    )]
    KeyMismatch,

    // Its encryption.
    /// It is encrypted, and there is no passphrase.
    #[error(
        "the private key is encrypted; give its passphrase, or decrypt it: openssl pkey -in FILE -out FILE.key"
    )]
    PassphraseMissing,
    /// The passphrase is not that of the key.
    #[error(
        "the passphrase does not decrypt the private key; check it, and that no line end follows it"
    )]
    PassphraseWrong,
    /// A passphrase for a key that is not encrypted.
    #[error(
        "there is a passphrase and the private key is not encrypted; remove the passphrase, or encrypt the key: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out FILE.key"
    )]
    PassphraseUnneeded,
    /// An encryption with DES, RC2, RC4, or PBES1.
    #[error(
        "the private key is encrypted with an obsolete scheme (PBES1, PKCS #12, DES); convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out FILE.key"
    )]
    EncryptionObsolete,
    /// Another encryption than PBES2 with AES, or parameters that are none.
    #[error(
        "the private key is encrypted in a way that is not supported; convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out FILE.key"
    )]
    EncryptionUnsupported,
    /// Decrypting it would take longer than a reload may.
    #[error(
        "decrypting the private key takes too long (over 2,000,000 iterations of PBKDF2, or N times r times p of scrypt over 2,097,152); convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in FILE -out FILE.key"
    )]
    DecryptionTooCostly,
}

impl CredentialErrorKind {
    /// A stable `snake_case` name, for records and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::FieldMissing => "field_missing",
            Self::TypeUnknown => "type_unknown",
            Self::FieldGivenTwice => "field_given_twice",
            Self::VariableUnnamed => "variable_unnamed",
            Self::VariableUnused => "variable_unused",
            Self::VariableUnset => "variable_unset",
            Self::TextOversized => "text_oversized",
            Self::Der => "der",
            Self::Pkcs12 => "pkcs12",
            Self::Utf16 => "utf16",
            Self::NoBlock => "no_block",
            Self::Pem(kind) => kind.code(),
            Self::SigningRequest => "signing_request",
            Self::RevocationList => "revocation_list",
            Self::PublicKey => "public_key",
            Self::TrustedCertificate => "trusted_certificate",
            Self::Pkcs7 => "pkcs7",
            Self::OpenSshKey => "openssh_key",
            Self::ForeignBlock => "foreign_block",
            Self::KeyAmongAuthorities => "key_among_authorities",
            Self::CertificateBesideKey => "certificate_beside_key",
            Self::NoCertificate => "no_certificate",
            Self::CertificateMalformed(_) => "certificate_malformed",
            Self::CertificateRepeated => "certificate_repeated",
            Self::SeveralLeaves => "several_leaves",
            Self::SeveralIssuers => "several_issuers",
            Self::CertificateUnrelated => "certificate_unrelated",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateNotYetValid => "certificate_not_yet_valid",
            Self::NotAnAuthority => "not_an_authority",
            Self::NoKey => "no_key",
            Self::SeveralKeys => "several_keys",
            Self::KeyMalformed => "key_malformed",
            Self::KeyUnsupported => "key_unsupported",
            Self::CurveUnnamed => "curve_unnamed",
            Self::KeyInconsistent => "key_inconsistent",
            Self::KeyMismatch => "key_mismatch",
            Self::PassphraseMissing => "passphrase_missing",
            Self::PassphraseWrong => "passphrase_wrong",
            Self::PassphraseUnneeded => "passphrase_unneeded",
            Self::EncryptionObsolete => "encryption_obsolete",
            Self::EncryptionUnsupported => "encryption_unsupported",
            Self::DecryptionTooCostly => "decryption_too_costly",
        }
    }
}
