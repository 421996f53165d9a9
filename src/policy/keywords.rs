//! The settings of a policy document that take one word out of a few.

/// Declares an enum whose variants are written as fixed words in the document.
macro_rules! keywords {
    ($($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[doc = concat!("Written `", $word, "`.")] $variant,)+
        }

        impl $name {
            /// Every value with its word, in the order of the documentation.
            pub const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),+];

            /// The word that stands for this value in a policy document.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    )+};
}

keywords! {
    /// Where the address of the client is read from.
    AddressSource {
        /// `X-Forwarded-For`, from the right, past trusted proxies.
        XForwardedFor = "x-forwarded-for",
        /// `Forwarded` (RFC 7239), from the right, past trusted proxies.
        Forwarded = "forwarded",
        /// The PROXY protocol header of a trusted proxy's connection.
        ProxyProtocol = "proxy-protocol",
        /// The peer of the connection.
        Peer = "peer",
    }

    /// Who verified the client's certificate, and how that is known.
    Verification {
        /// The edge says so for each request, in its status header.
        EdgeStatus = "edge-status",
        /// The operator says that the edge lets nothing unverified through.
        EdgeAlways = "edge-always",
        /// This process verifies every certificate itself, with feature `verify`.
        InProcess = "in-process",
    }

    /// What the application gets in the headers that select a client and a
    /// profile.
    IdentityHeaders {
        /// Nothing: they are removed.
        Strip = "strip",
        /// The proven client and profile.
        Replace = "replace",
    }

    /// What the TLS certificate of a peer counts for that is no trusted proxy.
    DirectTls {
        /// Nothing.
        Ignore = "ignore",
        /// It is the client's, if it was verified on accepting the connection.
        Accept = "accept",
    }

    /// Who sets the headers that name a client and a profile.
    SelectorsSetBy {
        /// Anyone, so they select among what is proven and prove nothing.
        Anyone = "anyone",
        /// The trusted edge, so they identify; from anyone else they do not
        /// exist.
        TrustedEdge = "trusted-edge",
    }

    /// What a request must prove.
    Mode {
        /// A verified token; a certificate is metadata.
        Bearer = "bearer",
        /// A client certificate.
        Mtls = "mtls",
        /// A token, and on binding-required paths the certificate it is bound to.
        BearerPlusMtlsOptional = "bearer_plus_mtls_optional",
        /// A token and the certificate it is bound to, on every path.
        BearerPlusMtlsRequired = "bearer_plus_mtls_required",
    }

    /// The stages whose denials are only noted.
    Observe {
        /// Those about certificates: what the edge says of them, how they are
        /// written, `certificate_missing`, and whether they are trusted.
        Certificates = "certificates",
        /// Those about identity, client, profile, address, collection, method and
        /// limits.
        Policy = "policy",
    }

    /// What a client or profile has to present besides what the mode asks for.
    Requirement {
        /// A certificate.
        Certificate = "certificate",
        /// A token that is bound to the certificate.
        Binding = "binding",
    }

    /// Whether every issuer on a certificate's path needs a revocation list.
    Revocation {
        /// No: an issuer without a list has revoked nothing.
        IfListed = "if-listed",
        /// Yes: without one, nothing that it issued is taken.
        Required = "required",
    }

    /// What to make of a revocation list that is overdue, or not yet valid.
    StaleLists {
        /// Nothing that its issuer issued is taken.
        Deny = "deny",
        /// It counts as one that is current.
        Allow = "allow",
        /// The same, and records say so.
        Warn = "warn",
    }

    /// How much of a certificate records tell.
    RecordedCertificate {
        /// Its SHA-256 alone.
        Thumbprint = "thumbprint",
        /// Also subject, issuer, serial number and the end of its validity.
        Names = "names",
    }

    /// The response headers that tell a client how its limits stand.
    LimitHeaders {
        /// `RateLimit-Policy` and `RateLimit`, as in
        /// draft-ietf-httpapi-ratelimit-headers-11.
        RateLimit = "ratelimit",
        /// `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset`,
        /// which no standard describes.
        XRateLimit = "x-ratelimit",
    }

    /// What becomes of a request that owes something while the store that
    /// counts it, which many processes share, does not answer.
    WhenAway {
        /// It is denied.
        Deny = "deny",
        /// It goes on, and nothing counts it.
        Allow = "allow",
        /// This process counts it, and holds it to a share of each limit.
        Local = "local",
    }

    /// What becomes of a request with an `Authorization: Bearer` line whose
    /// token nobody verified.
    UnverifiedBearer {
        /// The request is denied.
        Deny = "deny",
        /// The line is treated as if it were absent.
        Ignore = "ignore",
    }

    /// What becomes of a path that is in no collection.
    UnlistedPaths {
        /// The request is denied.
        Deny = "deny",
        /// The request goes on.
        Allow = "allow",
    }

    /// Whether letter case tells paths apart.
    Letters {
        /// `/Pay` and `/pay` are two paths.
        CaseSensitive = "sensitive",
        /// `/Pay` and `/pay` are one path.
        CaseInsensitive = "insensitive",
    }

    /// What becomes of a path with a `;` in it.
    PathParameters {
        /// The request is malformed.
        Deny = "deny",
        /// No rule looks at the `;` and what follows it in its segment.
        Allow = "allow",
    }

    /// How much of a request's path a rule must match.
    PathMatch {
        /// The path itself and everything below it, in whole segments.
        Prefix = "prefix",
        /// The path itself only.
        Exact = "exact",
    }

    /// An attribute of a certificate's subject that a condition can name.
    SubjectAttribute {
        /// `CN`, 2.5.4.3.
        CommonName = "cn",
        /// `OU`, 2.5.4.11.
        OrganizationalUnit = "ou",
        /// `O`, 2.5.4.10.
        Organization = "o",
        /// `C`, 2.5.4.6.
        Country = "c",
        /// `L`, 2.5.4.7.
        Locality = "l",
        /// `ST`, 2.5.4.8.
        State = "st",
        /// `STREET`, 2.5.4.9.
        Street = "street",
        /// `DC`, 0.9.2342.19200300.100.1.25.
        DomainComponent = "dc",
        /// `UID`, 0.9.2342.19200300.100.1.1.
        UserId = "uid",
        /// `emailAddress`, 1.2.840.113549.1.9.1.
        Email = "email",
        /// `serialNumber`, 2.5.4.5: of the subject, not of the certificate.
        SerialNumber = "serial_number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_for_the_value_that_prints_it() {
        for &(word, value) in Mode::WORDS {
            assert_eq!(value.as_str(), word);
        }
    }
}
