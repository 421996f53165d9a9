//! Which denials are only noted, and where.

use super::rules::CollectionId;

/// Whether a group of stages denies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Enforcement {
    /// It does.
    #[default]
    Enforced,
    /// Its denials are noted, and the request goes on.
    Observed,
}

/// The two switches of `observe`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Switches {
    /// Stages 3 to 5 and 7, and `certificate_missing`.
    pub(crate) certificates: Enforcement,
    /// Stages 9 to 14.
    pub(crate) policy: Enforcement,
}

/// What is observed for every request, and in each collection besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Observing {
    pub(crate) everywhere: Switches,
    /// By the collections' places.
    pub(crate) collections: Box<[Switches]>,
}

impl Enforcement {
    /// Observed, if either is.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Enforced, Self::Enforced) => Self::Enforced,
            (Self::Observed, _) | (_, Self::Observed) => Self::Observed,
        }
    }
}

impl Switches {
    pub(crate) const ENFORCED: Self = Self {
        certificates: Enforcement::Enforced,
        policy: Enforcement::Enforced,
    };

    fn or(self, other: Self) -> Self {
        Self {
            certificates: self.certificates.or(other.certificates),
            policy: self.policy.or(other.policy),
        }
    }
}

impl Observing {
    /// The switches for a request whose path is in this collection, or in none.
    pub(crate) fn switches(&self, collection: Option<CollectionId>) -> Switches {
        let own = collection.map_or(Switches::ENFORCED, |id| self.of_collection(id));
        self.everywhere.or(own)
    }

    /// What a collection adds.
    pub(crate) fn of_collection(&self, id: CollectionId) -> Switches {
        let own = self.collections.get(id.0 as usize);
        own.copied().unwrap_or(Switches::ENFORCED)
    }
}
