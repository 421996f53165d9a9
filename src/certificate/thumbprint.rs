//! SHA-256 thumbprints of certificates, and how they are written.

use core::fmt;
use core::hash::{Hash, Hasher};

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

/// Non-zero trailing bits are tolerated because the example of RFC 8705
/// section 3.1 itself has them; they change none of the 32 bytes.
const X5T_S256: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// The SHA-256 hash of a certificate's DER. Compared in constant time;
/// `Display` and `Debug` print lower-case hexadecimal.
///
/// ```
/// use certgate::certificate::Thumbprint;
///
/// let thumbprint = Thumbprint::from_x5t_s256("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0")?;
/// assert!(thumbprint.colon_hex().starts_with("03:80:ED:2F:62:66:50:C8:"));
/// # Ok::<(), certgate::certificate::ThumbprintError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// The thumbprint of a certificate, from exactly its DER.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// A thumbprint from the 32 bytes of the hash.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads the value of a token's `x5t#S256` confirmation (RFC 8705 section
    /// 3.1): base64url without padding, 43 characters. Non-zero trailing bits
    /// are tolerated, since that RFC's own example has them.
    ///
    /// # Errors
    ///
    /// [`ThumbprintError::Length`] unless it has 43 characters (padding and
    /// hexadecimal make it longer), [`ThumbprintError::Character`] if one is
    /// outside the base64url alphabet.
    pub fn from_x5t_s256(text: &str) -> Result<Self, ThumbprintError> {
        if text.len() != 43 {
            return Err(ThumbprintError::Length);
        }
        let mut bytes = [0; 32];
        match X5T_S256.decode_slice(text, &mut bytes) {
            Ok(32) => Ok(Self(bytes)),
            _ => Err(ThumbprintError::Character),
        }
    }

    /// Reads hexadecimal in either case: 64 digits, or 32 pairs with a colon
    /// between each two, as [`hex`](Self::hex) and
    /// [`colon_hex`](Self::colon_hex) write.
    ///
    /// # Errors
    ///
    /// [`ThumbprintError::Length`] unless it has 64 or 95 characters,
    /// [`ThumbprintError::Character`] if one is neither a digit nor a colon in
    /// its place.
    pub fn from_hex(text: &str) -> Result<Self, ThumbprintError> {
        let step = match text.len() {
            64 => 2,
            95 => 3,
            _ => return Err(ThumbprintError::Length),
        };
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(step)) {
            *byte = match pair {
                [high, low] | [high, low, b':'] => hex_octet(*high, *low),
                _ => None,
            }
            .ok_or(ThumbprintError::Character)?;
        }
        Ok(Self(bytes))
    }

    /// Lower-case hexadecimal, 64 digits.
    #[must_use]
    pub fn hex(&self) -> String {
        self.to_string()
    }

    /// Upper-case hexadecimal with colons, `AB:CD:…`, as OpenSSL prints
    /// fingerprints.
    #[must_use]
    pub fn colon_hex(&self) -> String {
        self.0.map(|byte| format!("{byte:02X}")).join(":")
    }

    /// The value of `x5t#S256` (RFC 8705 section 3.1): base64url without
    /// padding.
    #[must_use]
    pub fn x5t_s256(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl PartialEq for Thumbprint {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Thumbprint {}

impl Hash for Thumbprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no thumbprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum ThumbprintError {
    /// The text is not as long as a SHA-256 thumbprint.
    #[error("wrong length for a SHA-256 thumbprint")]
    Length,
    /// A character that this form of thumbprint cannot have there.
    #[error("unexpected character in a thumbprint")]
    Character,
}

/// The octet that two hexadecimal digits write.
pub(super) fn hex_octet(high: u8, low: u8) -> Option<u8> {
    let digit = |ascii: u8| char::from(ascii).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}
