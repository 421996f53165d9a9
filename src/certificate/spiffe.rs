//! SPIFFE IDs, strictly (SPIFFE-ID specification, sections 2.1 to 2.4).

use core::fmt;

use thiserror::Error;

const MAX_ID: usize = 2048;
const MAX_TRUST_DOMAIN: usize = 255;

/// A valid SPIFFE ID: `spiffe://trust-domain/path`.
///
/// ```
/// use certgate::certificate::SpiffeId;
///
/// let id = SpiffeId::parse("spiffe://prod.example.com/ns/payments/sa/api")?;
/// assert_eq!(id.trust_domain(), "prod.example.com");
/// assert_eq!(id.path(), "/ns/payments/sa/api");
/// assert!(SpiffeId::parse("spiffe://prod.example.com/../admin").is_err());
/// # Ok::<(), certgate::certificate::SpiffeIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpiffeId<'a> {
    id: &'a str,
    trust_domain: &'a str,
    path: &'a str,
}

impl<'a> SpiffeId<'a> {
    /// Reads a SPIFFE ID, byte for byte: nothing is normalised.
    ///
    /// # Errors
    ///
    /// [`SpiffeIdError`] names the first part that the specification does not
    /// allow. User information, ports, queries and fragments have characters
    /// that neither part can hold.
    pub fn parse(id: &'a str) -> Result<Self, SpiffeIdError> {
        if id.len() > MAX_ID {
            return Err(SpiffeIdError::Length);
        }
        let rest = id.strip_prefix("spiffe://").ok_or(SpiffeIdError::Scheme)?;
        let end = rest.find('/').unwrap_or(rest.len());
        let (trust_domain, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let domain_ok = (1..=MAX_TRUST_DOMAIN).contains(&trust_domain.len())
            && trust_domain
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b));
        if !domain_ok {
            return Err(SpiffeIdError::TrustDomain);
        }
        let path_ok = path.split('/').skip(1).all(|segment| {
            !matches!(segment, "" | "." | "..")
                && segment
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
        });
        if !path_ok {
            return Err(SpiffeIdError::Path);
        }
        Ok(Self {
            id,
            trust_domain,
            path,
        })
    }

    /// The whole ID.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.id
    }

    /// The trust domain, in lower case.
    #[must_use]
    pub const fn trust_domain(self) -> &'a str {
        self.trust_domain
    }

    /// The path with its leading slash, or nothing for the ID of a trust
    /// domain itself.
    #[must_use]
    pub const fn path(self) -> &'a str {
        self.path
    }
}

impl fmt::Display for SpiffeId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl fmt::Debug for SpiffeId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpiffeId({})", self.id)
    }
}

/// Why a URI is no SPIFFE ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum SpiffeIdError {
    /// More than 2048 bytes.
    #[error("SPIFFE ID is longer than 2048 bytes")]
    Length,
    /// It does not begin with `spiffe://`, in lower case.
    #[error("SPIFFE ID does not begin with spiffe://")]
    Scheme,
    /// The trust domain is empty, over 255 bytes, or has a character outside
    /// `a-z`, `0-9`, `.`, `-` and `_`.
    #[error("trust domain of the SPIFFE ID is not valid")]
    TrustDomain,
    /// A segment of the path is empty, `.` or `..`, or has a character outside
    /// `a-z`, `A-Z`, `0-9`, `.`, `-` and `_`.
    #[error("path of the SPIFFE ID is not valid")]
    Path,
}
