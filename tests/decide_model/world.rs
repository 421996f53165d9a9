//! Small worlds: a policy, and requests with one certificate.

use certgate::policy::{Mode, Observe, Requirement};

pub(crate) const NOW: &str = "2026-04-16T09:14:22Z";

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) policy: PolicyWorld,
    pub(crate) requests: Vec<RequestWorld>,
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
    pub(crate) ignores_bearer: bool,
    pub(crate) unlisted_allowed: bool,
    pub(crate) case_insensitive: bool,
    pub(crate) parameters_allowed: bool,
    /// Switched on for every request.
    pub(crate) observe: Vec<Observe>,
    pub(crate) revoked: Revoked,
    pub(crate) constraint: Option<Constraint>,
    pub(crate) rules: Vec<Rule>,
    /// Out of [`COLLECTIONS`].
    pub(crate) collections: Vec<Collection>,
    /// Whether whoever proves a principal is a client; then there are none.
    pub(crate) open: bool,
    pub(crate) clients: Vec<Client>,
}

/// Partners have the paths of payments, on a host of their own.
pub(crate) const COLLECTIONS: [&str; 4] = ["partners", "payments", "payouts", "admin"];

#[derive(Clone, Debug)]
pub(crate) struct Collection {
    pub(crate) name: &'static str,
    pub(crate) methods: Option<Vec<&'static str>>,
    pub(crate) observe: Vec<Observe>,
}

/// Which certificates are revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revoked {
    None,
    /// The one of the request.
    This,
    /// Another one, by its thumbprint.
    Other,
    /// The number that every certificate here has, of issuer `A`.
    NumberOfA,
}

/// What a certificate has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Constraint {
    /// `OU=prod` among the OUs.
    OuProd,
    /// A DNS name `*.example`.
    DnsExample,
    /// An e-mail name `*@acme.example`.
    EmailAcme,
    /// Issued by `CN=A`.
    IssuerA,
    /// The extension with alternative names, which only some have.
    AlternativeNames,
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) issuer: Option<char>,
    /// A field of the certificate, and the value that it must have.
    pub(crate) when: Option<(Field, &'static str)>,
    /// `None` only where clients are open.
    pub(crate) client: Option<Text>,
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
    pub(crate) certificates: Listing,
    pub(crate) constraint: Option<Constraint>,
    pub(crate) requires: Option<Requirement>,
    pub(crate) methods: Option<Vec<&'static str>>,
    /// Only 192.0.2.0/24 and 203.0.113.0/24.
    pub(crate) allowlist: bool,
    /// Whether denials by policy are only noted.
    pub(crate) observed: bool,
    pub(crate) profiles: Vec<Profile>,
}

/// The certificates that a client lists as its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    None,
    /// The one of the request.
    This,
    /// The one of the request, up to this very second.
    ThisUntilNow,
    /// The one of the request, up to the second before.
    ThisUntilPast,
    /// Another one.
    Other,
}

#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) id: &'static str,
    pub(crate) active: bool,
    pub(crate) methods: Option<Vec<&'static str>>,
    /// Only 203.0.113.0/24.
    pub(crate) allowlist: bool,
    pub(crate) requires: Option<Requirement>,
}

#[derive(Clone, Debug)]
pub(crate) struct RequestWorld {
    pub(crate) peer: &'static str,
    pub(crate) method: &'static str,
    pub(crate) target: Target,
    /// The lines of `Host`.
    pub(crate) host: &'static [&'static str],
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
    /// What the store of limits answers.
    pub(crate) limits: Answer,
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
