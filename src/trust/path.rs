//! What following a certificate's path to an authority gave. Only verification
//! in this process gives it; feature `verify` has that.

use core::fmt;

use crate::certificate::Validity;
use crate::request::codes;

/// An authority of the policy, by its place among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AuthorityId(pub(crate) u32);

/// A path from a certificate to an authority, with every signature on it
/// verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VerifiedPath {
    /// Where it ends.
    pub(crate) authority: AuthorityId,
    /// The SHA-256 of the key that verified the certificate's own signature.
    pub(crate) issuer_key: [u8; 32],
    /// As long as this holds so does the path: every authority on it is valid,
    /// and every revocation list that was asked is current, or taken as it is.
    /// The certificate's own dates are not part of it.
    pub(crate) holds: Validity,
    /// What the policy tolerates about it.
    pub(crate) tolerated: ToleratedOnPath,
}

/// What is wrong with a certificate that a policy lets pass nevertheless, found on
/// its path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToleratedOnPath {
    pub(crate) revoked: RevokedOnPath,
    pub(crate) lists: Lists,
}

/// Whether the certificate is revoked, which the policy allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RevokedOnPath {
    #[default]
    No,
    Yes,
}

/// Whether every revocation list that was asked is current.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lists {
    #[default]
    Current,
    /// One is not, and the policy takes it with a warning.
    Stale,
}

/// Why no path from a certificate to an authority holds: of several paths, what
/// was wrong with the one that came furthest. In the order of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PathFault {
    /// There is no certificate, only what the edge tells about one.
    NothingToVerify,
    /// More certificates than the budget allows came with it.
    TooManyCertificates,
    /// It, or a certificate on the way, cannot be read, or has a critical
    /// extension that is not known here.
    Unreadable,
    /// No authority of the policy, and no certificate that came along, is its
    /// issuer.
    NoAuthority,
    /// A signature is wrong, or of a kind that is not supported.
    Signature,
    /// Its keyUsage or extendedKeyUsage, or one on the way, is not for TLS
    /// clients.
    Purpose,
    /// A certificate on the way may not sign others, or the certificate itself
    /// is an authority's.
    Role,
    /// There are more authorities on the way than the policy, or one of them,
    /// allows.
    TooLong,
    /// An authority on the way may not give it its names.
    NameConstraint,
    /// An authority on the way has expired, or is not yet valid.
    AuthorityOutOfDate,
    /// There are more ways than anybody should have to try.
    Budget,
    /// No revocation list of an issuer on the way is there, and the policy wants
    /// one.
    ListMissing,
    /// The signature of an issuer's revocation list is wrong.
    ListForged,
    /// An issuer's revocation list is overdue, or not yet valid.
    ListStale,
    /// An authority on the way is revoked.
    AuthorityRevoked,
    /// The certificate itself is.
    Revoked,
}

codes!(PathFault {
    NothingToVerify = "nothing_to_verify",
    TooManyCertificates = "too_many_certificates",
    Unreadable = "unreadable",
    NoAuthority = "no_authority",
    Signature = "signature",
    Purpose = "purpose",
    Role = "role",
    TooLong = "too_long",
    NameConstraint = "name_constraint",
    AuthorityOutOfDate = "authority_out_of_date",
    Budget = "budget",
    ListMissing = "list_missing",
    ListForged = "list_forged",
    ListStale = "list_stale",
    AuthorityRevoked = "authority_revoked",
    Revoked = "revoked",
});

impl fmt::Display for PathFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingToVerify => "the edge sends no certificate that could be verified",
            Self::TooManyCertificates => "more certificates than the budget allows",
            Self::Unreadable => "a certificate that cannot be verified as it is written",
            Self::NoAuthority => "no path to an authority of the policy",
            Self::Signature => "a signature that is wrong or not supported",
            Self::Purpose => "not for TLS clients",
            Self::Role => "signed by one who may not, or an authority's own",
            Self::TooLong => "more authorities on the path than allowed",
            Self::NameConstraint => "names that an authority on the path may not give",
            Self::AuthorityOutOfDate => "an authority on the path is not valid now",
            Self::Budget => "too many paths to try",
            Self::ListMissing => "no revocation list of an issuer on the path",
            Self::ListForged => "a revocation list that its issuer did not sign",
            Self::ListStale => "a revocation list that is not current",
            Self::AuthorityRevoked => "an authority on the path is revoked",
            Self::Revoked => "revoked by its issuer",
        })
    }
}
