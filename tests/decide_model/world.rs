//! Small worlds: a policy, one request, and what the store of limits answers.

use certgate::policy::Mode;

pub(crate) const NOW: &str = "2026-04-16T09:14:22Z";

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) policy: PolicyWorld,
    pub(crate) request: RequestWorld,
    pub(crate) limits: Answer,
}

#[derive(Clone, Debug)]
pub(crate) struct PolicyWorld {
    pub(crate) mode: Mode,
    /// nginx, which says for each certificate whether it verified it; else an
    /// RFC 9440 edge of which the operator says that it always does.
    pub(crate) status: bool,
    pub(crate) trusts_unix: bool,
    /// Whether the trusted edge sets the selecting headers, or anyone.
    pub(crate) set_by_edge: bool,
    /// Whether the certificate of a stranger's own connection counts.
    pub(crate) direct_tls: bool,
    pub(crate) forwarded_for: bool,
    /// Names of issuers, `A` and `B`.
    pub(crate) issuers: Vec<char>,
    /// The issuer and the serial number of a revoked certificate.
    pub(crate) revoked: Option<(char, &'static str)>,
    /// What every certificate has to have.
    pub(crate) constraint: Option<(Field, &'static str)>,
    pub(crate) ignores_bearer: bool,
    pub(crate) unlisted_allowed: bool,
    pub(crate) case_insensitive: bool,
    pub(crate) parameters_allowed: bool,
    pub(crate) rules: Vec<Rule>,
    /// Names out of [`COLLECTIONS`].
    pub(crate) collections: Vec<&'static str>,
    pub(crate) clients: Vec<Client>,
}

pub(crate) const COLLECTIONS: [&str; 3] = ["payments", "payouts", "admin"];

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) issuer: Option<char>,
    /// A field of the certificate, and the value that it must have.
    pub(crate) when: Option<(Field, &'static str)>,
    pub(crate) client: Text,
    pub(crate) profile: Option<Text>,
    pub(crate) principal: Option<Field>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Literal(&'static str),
    From(Field),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Cn,
    Ou,
    Dns,
    Email,
}

#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: &'static str,
    pub(crate) active: bool,
    pub(crate) collections: Vec<&'static str>,
    pub(crate) limited: bool,
    pub(crate) spiffe_ids: Vec<&'static str>,
    /// Whether it lists the key that all certificates have, and until when.
    pub(crate) key: Option<&'static str>,
    /// What its certificates have to have.
    pub(crate) constraint: Option<(Field, &'static str)>,
    pub(crate) profiles: Vec<Profile>,
}

#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) id: &'static str,
    pub(crate) active: bool,
    pub(crate) methods: Option<Vec<&'static str>>,
    /// Only 203.0.113.0/24.
    pub(crate) allowlist: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct RequestWorld {
    pub(crate) peer: &'static str,
    pub(crate) method: &'static str,
    pub(crate) target: Target,
    pub(crate) certificate: Certificate,
    pub(crate) header: Header,
    /// Whether the peer's connection has the same certificate.
    pub(crate) tls: Tls,
    pub(crate) status: &'static [&'static str],
    pub(crate) forwarded_for: ForwardedFor,
    pub(crate) authorization: &'static [&'static str],
    pub(crate) token: Option<Token>,
    pub(crate) client_header: &'static [&'static str],
    pub(crate) profile_header: &'static [&'static str],
}

/// A target, and its path: as it is, and where parameters are allowed.
pub(crate) type Target = (&'static str, Option<&'static str>, Option<&'static str>);

/// The lines of `X-Forwarded-For`, and the client's address if it is known.
pub(crate) type ForwardedFor = (&'static [&'static str], Option<&'static str>);

#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) issuer: char,
    pub(crate) cn: &'static [&'static str],
    pub(crate) ou: &'static [&'static str],
    pub(crate) dns: &'static [&'static str],
    pub(crate) email: &'static [&'static str],
    pub(crate) spiffe: &'static [&'static str],
    pub(crate) validity: Validity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    Current,
    FirstSecond,
    LastSecond,
    Expired,
    NotYet,
}

/// The serial number of every certificate.
pub(crate) const SERIAL: &str = "010000000000000001";

/// The SHA-256 of the public key of every certificate.
pub(crate) const KEY: &str = "2933a757dde3cc79fc976e8e6ca347f38510ea4370bcd98940c857b3727fc3ba";

/// How the edge forwards the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    None,
    AbsentForm,
    Certificate,
    Twice,
    AbsentFormAndCertificate,
    Malformed,
    Oversized,
    NotDer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    None,
    Verified,
    Unverified,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) client: Option<&'static str>,
    pub(crate) cnf: Cnf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cnf {
    None,
    ThisCertificate,
    ThisCertificateLooseBits,
    OtherCertificate,
    Hex,
    Padded,
    Empty,
    NotText,
    Jkt,
    JktChecked,
    JktAndThisCertificate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Charged,
    RateFull,
    QuotaFull,
    Unavailable,
}
