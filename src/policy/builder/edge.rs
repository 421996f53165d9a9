//! The edge, and what a request must prove.

use std::num::NonZeroU64;

use crate::dialect::Dialect;
use crate::edge::{ClaimUse, Preset};
use crate::policy::document::{
    Authentication, Authority, Budget, Chain, Constraints, Edge, EdgeClaims, Evidence, Expiry,
    Limiting, Location, PathSettings, Proof, Revoked, RevokedSerial, Selectors, SubjectCondition,
    When,
};
use crate::policy::keywords::{
    AddressSource, DirectTls, IdentityHeaders, Letters, LimitHeaders, Mode, Observe,
    PathParameters, RecordedCertificate, Revocation, SelectorsSetBy, StaleLists, SubjectAttribute,
    UnlistedPaths, UnverifiedBearer, Verification, WhenAway,
};

use super::{located, setters, texts, values};

impl Edge {
    /// That product at the edge, and the peers that are it: CIDRs, addresses, or
    /// `unix`. No peer at all means that nobody may speak for a client.
    #[must_use]
    pub fn new(
        preset: Preset,
        trusted_proxies: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            at: Location::none(),
            preset: located(preset),
            trusted_proxies: texts(trusted_proxies),
            address_proxies: None,
            client_address: None,
            verification: None,
            proof: None,
            certificate_header: None,
            chain_header: None,
            status_header: None,
            status_value: None,
            identity_headers: None,
            dialect: None,
            hops: None,
            hop_certificates: None,
            direct_tls: None,
            claims: None,
            budget: None,
        }
    }

    /// No edge: TLS ends in this process.
    #[must_use]
    pub fn direct() -> Self {
        Self::new(Preset::Direct, [""; 0])
    }

    /// Sets [`hop_certificates`](field@Self::hop_certificates): for each hop but
    /// the first, SHA-256 of certificates in hexadecimal.
    #[must_use]
    pub fn hop_certificates(
        mut self,
        hops: impl IntoIterator<Item = impl IntoIterator<Item = impl Into<String>>>,
    ) -> Self {
        self.hop_certificates = Some(located(hops.into_iter().map(texts).collect()));
        self
    }
}

impl EdgeClaims {
    /// What may be taken from what the edge tells; at least one.
    #[must_use]
    pub fn new(uses: impl IntoIterator<Item = ClaimUse>) -> Self {
        Self {
            at: Location::none(),
            uses: values(uses),
            subject_header: None,
            issuer_header: None,
            thumbprint_header: None,
            spiffe_header: None,
            validity_header: None,
        }
    }
}

impl Authentication {
    /// What requests have to present, and nothing more.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self {
            at: Location::none(),
            mode: located(mode),
            binding_required_paths: None,
            issuers: None,
            unverified_bearer: None,
            realm: None,
            observe: None,
            revoked: None,
            constraints: None,
            chain: None,
            dangerous_allow_expired: None,
            dangerous_allow_revoked: None,
        }
    }
}

impl Authority {
    /// The authority of this certificate, as PEM, under this name.
    #[must_use]
    pub fn new(name: impl Into<String>, certificate: impl Into<String>) -> Self {
        Self {
            at: Location::none(),
            name: located(name.into()),
            certificate: located(certificate.into()),
        }
    }
}

impl RevokedSerial {
    /// The certificate of that issuer with that serial number in hexadecimal.
    #[must_use]
    pub fn new(issuer: impl Into<String>, serial: impl Into<String>) -> Self {
        Self {
            at: Location::none(),
            issuer: located(issuer.into()),
            serial: located(serial.into()),
        }
    }
}

impl When {
    /// Sets the values of an attribute of the [subject](field@Self::subject), any
    /// of which will do, in place of those that it had.
    #[must_use]
    pub fn subject(
        mut self,
        attribute: SubjectAttribute,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let values = texts(values);
        self.subject.retain(|one| one.attribute != attribute);
        self.subject.push(SubjectCondition { attribute, values });
        // In the order in which a text is read, whatever the order there.
        self.subject.sort_by_key(|one| one.attribute as u8);
        self
    }
}

impl Constraints {
    /// Sets the [conditions](field@Self::conditions), which are those of an
    /// identity rule.
    #[must_use]
    pub fn conditions(mut self, conditions: When) -> Self {
        self.conditions = conditions;
        self
    }
}

setters! {
    Edge {
        address_proxies: texts,
        client_address: value(AddressSource),
        verification: value(Verification),
        proof: part(Proof),
        certificate_header: text,
        chain_header: text,
        status_header: text,
        status_value: text,
        identity_headers: value(IdentityHeaders),
        dialect: value(Dialect),
        hops: value(NonZeroU64),
        direct_tls: value(DirectTls),
        claims: part(EdgeClaims),
        budget: part(Budget),
    }
    Proof {
        secret_header: text,
        secret_sha256: texts,
        certificate_sha256: texts,
    }
    EdgeClaims {
        subject_header: text,
        issuer_header: text,
        thumbprint_header: text,
        spiffe_header: text,
        validity_header: text,
    }
    Budget {
        header_bytes: value(NonZeroU64),
        certificates: value(NonZeroU64),
        names: value(NonZeroU64),
    }
    Authentication {
        binding_required_paths: texts,
        issuers: texts,
        unverified_bearer: value(UnverifiedBearer),
        realm: text,
        observe: values(Observe),
        revoked: part(Revoked),
        constraints: part(Constraints),
        chain: part(Chain),
        dangerous_allow_expired: value(bool),
        dangerous_allow_revoked: value(bool),
    }
    Revoked {
        thumbprints: texts,
        serials: entries(RevokedSerial),
    }
    Constraints {
        issuer: texts,
        required_extensions: texts,
        extended_key_usage: texts,
        issuer_key: texts,
    }
    When {
        spiffe: texts,
        trust_domain: texts,
        uri: texts,
        dns: texts,
        email: texts,
        upn: texts,
        ip: texts,
        serial: texts,
        thumbprint: texts,
        public_key: texts,
    }
    Selectors {
        client_header: text,
        profile_header: text,
        set_by: value(SelectorsSetBy),
    }
    PathSettings {
        unlisted: value(UnlistedPaths),
        case: value(Letters),
        parameters: value(PathParameters),
    }
    Expiry {
        warn_days: values(NonZeroU64),
        header: text,
    }
    Evidence {
        certificate: value(RecordedCertificate),
    }
    Chain {
        max_depth: value(NonZeroU64),
        revocation: value(Revocation),
        stale_lists: value(StaleLists),
    }
    Limiting {
        headers: values(LimitHeaders),
        when_away: value(WhenAway),
        local_percent: value(NonZeroU64),
    }
}
