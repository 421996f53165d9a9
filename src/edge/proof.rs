//! What a listed proxy has to prove, where its address alone proves too little:
//! behind a load balancer of many tenants, say, whose addresses all of them
//! share.

use core::fmt;

use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use crate::certificate::Thumbprint;
use crate::request::Peer;

use super::Lines;

/// The proofs that an edge owes besides its address. Each that is configured
/// has to hold. `Debug` shows how many values there are.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct EdgeProof {
    secrets: Option<Box<[SecretDigest]>>,
    certificates: Option<Box<[Thumbprint]>>,
}

/// The SHA-256 of a secret that the edge sends.
#[derive(Clone, Copy)]
pub(crate) struct SecretDigest([u8; 32]);

/// Why a peer is a stranger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Distrust {
    /// It is no trusted proxy by its address.
    NotListed,
    /// By its address it is one; it presented no TLS certificate, and one is
    /// pinned.
    NoCertificate,
    /// It presented another TLS certificate than those that are pinned.
    OtherCertificate,
    /// It sent no secret, and the policy has one.
    NoSecret,
    /// It sent more than one line where the secret belongs.
    RepeatedSecret,
    /// It sent another secret.
    OtherSecret,
}

impl EdgeProof {
    /// The length of a secret in bytes, as sent. A shorter one could be found
    /// by trying, for whoever gets to see its digest.
    pub(crate) const SECRET_BYTES: core::ops::RangeInclusive<usize> = 32..=512;

    /// The proofs by the digests of a secret, any of which will do, and by
    /// pinned certificates, likewise. A list that is `None` asks for nothing,
    /// an empty one can never hold.
    pub(crate) fn new(
        secrets: Option<Box<[SecretDigest]>>,
        certificates: Option<Box<[Thumbprint]>>,
    ) -> Self {
        Self {
            secrets,
            certificates,
        }
    }

    /// Whether nothing has to be proven.
    pub(crate) fn is_none(&self) -> bool {
        self.secrets.is_none() && self.certificates.is_none()
    }

    /// The certificates by which a proxy is known.
    pub(super) fn pinned(&self) -> &[Thumbprint] {
        self.certificates.as_deref().unwrap_or_default()
    }

    /// Holds a listed peer, and the lines of the secret's header, to all of
    /// them.
    pub(super) fn check(&self, peer: Peer<'_>, secret: &Lines<'_>) -> Result<(), Distrust> {
        if let Some(pinned) = &self.certificates {
            check_certificate(pinned, peer)?;
        }
        match &self.secrets {
            Some(digests) => check_secret(digests, secret),
            None => Ok(()),
        }
    }
}

/// A pin asks for no authority, so it does not matter who verified the
/// certificate: the handshake has proven that the peer holds its key.
fn check_certificate(pinned: &[Thumbprint], peer: Peer<'_>) -> Result<(), Distrust> {
    let certificate = peer.certificate().ok_or(Distrust::NoCertificate)?;
    let presented = Thumbprint::of(certificate.leaf());
    if pinned.contains(&presented) {
        Ok(())
    } else {
        Err(Distrust::OtherCertificate)
    }
}

fn check_secret(digests: &[SecretDigest], secret: &Lines<'_>) -> Result<(), Distrust> {
    let value = match secret {
        Lines::None => return Err(Distrust::NoSecret),
        Lines::One(value) => value,
        Lines::Many(_) => return Err(Distrust::RepeatedSecret),
    };
    if !EdgeProof::SECRET_BYTES.contains(&value.len()) {
        return Err(Distrust::OtherSecret);
    }
    let sent = SecretDigest::of(value);
    // Every one is compared, whichever matches.
    let any = digests
        .iter()
        .fold(Choice::from(0), |any, digest| any | digest.0.ct_eq(&sent.0));
    if any.into() {
        Ok(())
    } else {
        Err(Distrust::OtherSecret)
    }
}

impl PartialEq for SecretDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl SecretDigest {
    /// The digest of a secret.
    pub(crate) fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Whether it is the digest of nothing, which a script makes of a secret
    /// that it could not find.
    pub(crate) fn is_of_nothing(&self) -> bool {
        self.0 == Self::of(b"").0
    }

    /// Reads 64 hexadecimal digits; `None` if it is anything else.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let read = Thumbprint::from_hex(text).ok()?;
        Some(Self(*read.as_bytes()))
    }
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotListed => "is not a trusted proxy",
            Self::NoCertificate => "has the address of a trusted proxy and no TLS certificate",
            Self::OtherCertificate => {
                "has the address of a trusted proxy and a TLS certificate that is not pinned"
            }
            Self::NoSecret => "has the address of a trusted proxy and sent no secret",
            Self::RepeatedSecret => {
                "has the address of a trusted proxy and sent its secret more than once"
            }
            Self::OtherSecret => "has the address of a trusted proxy and sent another secret",
        })
    }
}

impl fmt::Debug for EdgeProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |list: Option<usize>| list.unwrap_or_default();
        f.debug_struct("EdgeProof")
            .field("secrets", &count(self.secrets.as_ref().map(|l| l.len())))
            .field(
                "certificates",
                &count(self.certificates.as_ref().map(|l| l.len())),
            )
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::PeerCertificate;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn lines<'r>(values: &[&'r str]) -> Lines<'r> {
        let mut lines = Lines::default();
        for value in values {
            lines.push(value.as_bytes());
        }
        lines
    }

    #[test]
    fn one_line_with_one_of_the_secrets_is_a_proof() {
        // `printf %s 0123456789abcdef0123456789abcdef | sha256sum`
        let digest = "3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9";
        let digest = SecretDigest::from_hex(digest).unwrap();
        let proof = EdgeProof::new(Some([SecretDigest::of(b"another"), digest].into()), None);
        assert!(!proof.is_none());
        let check = |values: &[&str]| proof.check(Peer::UNKNOWN, &lines(values));
        assert_eq!(check(&[SECRET]), Ok(()));
        assert_eq!(check(&[]), Err(Distrust::NoSecret));
        assert_eq!(check(&[SECRET, SECRET]), Err(Distrust::RepeatedSecret));
        for other in [
            "",
            "another",
            &SECRET.to_uppercase(),
            SECRET.trim_start_matches('0'),
            &format!("{SECRET} "),
            &format!("{SECRET}, {SECRET}"),
            &"x".repeat(10_000),
        ] {
            assert_eq!(check(&[other]), Err(Distrust::OtherSecret), "{other}");
        }
    }

    #[test]
    fn a_pinned_certificate_is_a_proof_whoever_verified_it() {
        let pins = [Thumbprint::of(b"old"), Thumbprint::of(b"edge")];
        let proof = EdgeProof::new(None, Some(pins.into()));
        assert!(!proof.is_none());
        let check = |certificate: Option<PeerCertificate<'_>>| {
            let peer = match certificate {
                Some(certificate) => Peer::UNIX.with_certificate(certificate),
                None => Peer::UNIX,
            };
            proof.check(peer, &lines(&[SECRET]))
        };
        assert_eq!(check(Some(PeerCertificate::verified(b"edge"))), Ok(()));
        assert_eq!(check(Some(PeerCertificate::unverified(b"old"))), Ok(()));
        assert_eq!(check(None), Err(Distrust::NoCertificate));
        let edge = [b"edge".to_vec()];
        for other in [b"edgf".as_slice(), b"", b"edge "] {
            let other = PeerCertificate::verified(other).with_chain(&edge);
            assert_eq!(check(Some(other)), Err(Distrust::OtherCertificate));
        }
    }

    #[test]
    fn each_proof_has_to_hold_and_an_empty_list_never_does() {
        let edge = Peer::UNIX.with_certificate(PeerCertificate::verified(b"edge"));
        let both = EdgeProof::new(
            Some([SecretDigest::of(SECRET.as_bytes())].into()),
            Some([Thumbprint::of(b"edge")].into()),
        );
        assert_eq!(both.check(edge, &lines(&[SECRET])), Ok(()));
        assert_eq!(both.check(edge, &lines(&[])), Err(Distrust::NoSecret));
        assert_eq!(
            both.check(Peer::UNIX, &lines(&[SECRET])),
            Err(Distrust::NoCertificate)
        );
        let none = EdgeProof::default();
        assert!(none.is_none());
        assert_eq!(none.check(Peer::UNIX, &lines(&[])), Ok(()));
        let empty = EdgeProof::new(Some([].into()), Some([].into()));
        assert!(!empty.is_none());
        assert_eq!(
            empty.check(edge, &lines(&[SECRET])),
            Err(Distrust::OtherCertificate)
        );
        let empty = EdgeProof::new(Some([].into()), None);
        assert_eq!(
            empty.check(edge, &lines(&[SECRET])),
            Err(Distrust::OtherSecret)
        );
    }

    #[test]
    fn a_digest_is_read_from_hexadecimal() {
        // The first 32 bytes of the answer of `sha256sum` to an empty file.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(
            SecretDigest::from_hex(empty).unwrap().0,
            SecretDigest::of(b"").0
        );
        assert!(SecretDigest::from_hex(empty.trim_start_matches('e')).is_none());
        assert!(SecretDigest::from_hex(SECRET).is_none());
    }

    #[test]
    fn debug_shows_no_digest() {
        let proof = EdgeProof::new(
            Some([SecretDigest::of(b"a"), SecretDigest::of(b"b")].into()),
            None,
        );
        assert_eq!(
            format!("{proof:?}"),
            "EdgeProof { secrets: 2, certificates: 0 }"
        );
    }
}
