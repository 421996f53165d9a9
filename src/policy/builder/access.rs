//! Who is who, and may do what.

use std::num::NonZeroU64;
use std::time::Duration;

use crate::policy::document::{
    Client, Collection, Constraints, Exemption, IdentityRule, Limit, ListedDigest, Location,
    PathRule, Profile, RequestsPer, When,
};
use crate::policy::keywords::{Observe, PathMatch, Requirement};
use crate::request::Timestamp;

use super::{entries, located, setters};

impl Limit {
    /// A limit of that name, to be given a rate, a quota, or both.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            at: Location::none(),
            name: located(name.into()),
            active: None,
            rate: None,
            quota: None,
        }
    }
}

impl RequestsPer {
    /// So many requests in that time, which is whole seconds.
    #[must_use]
    pub fn new(requests: NonZeroU64, per: Duration) -> Self {
        Self {
            at: Location::none(),
            requests: located(requests),
            per: located(per),
        }
    }
}

impl Collection {
    /// A collection of that name, of these paths and all below them; at least
    /// one. [`PathRule`] has paths that match in another way.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        paths: impl IntoIterator<Item = impl Into<PathRule>>,
    ) -> Self {
        Self {
            at: Location::none(),
            name: located(name.into()),
            paths: entries(paths),
            hosts: None,
            methods: None,
            cost: None,
            limits: None,
            observe: None,
        }
    }
}

impl PathRule {
    /// That path and all below it.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: located(path.into()),
            matching: None,
        }
    }
}

impl<T: Into<String>> From<T> for PathRule {
    fn from(path: T) -> Self {
        Self::new(path)
    }
}

impl Exemption {
    /// Requests with that method and exactly that path.
    #[must_use]
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            at: Location::none(),
            method: located(method.into()),
            path: located(path.into()),
        }
    }
}

impl Client {
    /// A client of that id, which may reach nothing yet.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            at: Location::none(),
            id: located(id.into()),
            active: None,
            collections: None,
            limits: None,
            spiffe_ids: None,
            certificates: None,
            public_keys: None,
            constraints: None,
            requires: None,
            methods: None,
            ip_allowlist: None,
            observe: None,
            profiles: Vec::new(),
        }
    }
}

impl ListedDigest {
    /// A SHA-256 in hexadecimal, for ever.
    #[must_use]
    pub fn new(sha256: impl Into<String>) -> Self {
        Self {
            sha256: located(sha256.into()),
            until: None,
        }
    }
}

impl<T: Into<String>> From<T> for ListedDigest {
    fn from(sha256: T) -> Self {
        Self::new(sha256)
    }
}

impl Profile {
    /// A profile of that id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            at: Location::none(),
            id: located(id.into()),
            active: None,
            methods: None,
            ip_allowlist: None,
            requires: None,
            limits: None,
            last_rotated: None,
            token_expiry: None,
        }
    }
}

setters! {
    IdentityRule {
        name: text,
        issuer: text,
        client: text,
        profile: text,
        principal: text,
        when: part(When),
    }
    Limit {
        active: value(bool),
        rate: part(RequestsPer),
        quota: part(RequestsPer),
    }
    Collection {
        hosts: texts,
        methods: texts,
        cost: value(NonZeroU64),
        limits: texts,
        observe: values(Observe),
    }
    PathRule {
        matching: value(PathMatch),
    }
    Client {
        active: value(bool),
        collections: texts,
        limits: texts,
        spiffe_ids: texts,
        certificates: entries(ListedDigest),
        public_keys: entries(ListedDigest),
        constraints: part(Constraints),
        requires: values(Requirement),
        methods: texts,
        ip_allowlist: texts,
        observe: values(Observe),
        profiles: parts(Profile),
    }
    ListedDigest {
        until: value(Timestamp),
    }
    Profile {
        active: value(bool),
        methods: texts,
        ip_allowlist: texts,
        requires: values(Requirement),
        limits: texts,
        last_rotated: value(Timestamp),
        token_expiry: value(Timestamp),
    }
}
