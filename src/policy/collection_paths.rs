//! To which collection a path belongs, on which host.

use crate::request::{CleanPath, Extent, HostRules, HostTaken, PathError, PathSyntax, PathTable};

use super::document::Located;
use super::rules::CollectionId;

/// The paths of every collection, some of them on some hosts alone.
#[derive(Debug, PartialEq)]
pub(crate) struct CollectionPaths(PathTable<HostRules<CollectionId>>);

/// Where a request belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathPlace {
    /// In this collection.
    In(CollectionId),
    /// In none, and its path would be in one on another host.
    OnAnotherHost,
    /// In none on any host.
    Nowhere,
}

/// Why a path cannot be a collection's.
pub(super) enum CollectionPathError {
    Path(PathError),
    Taken,
}

impl From<HostTaken> for CollectionPathError {
    fn from(_: HostTaken) -> Self {
        Self::Taken
    }
}

impl CollectionPaths {
    pub(super) fn new(syntax: PathSyntax) -> Self {
        Self(PathTable::new(syntax))
    }

    /// Gives a path to a collection: on this host, in lower case, or on every
    /// host that no other collection has it on.
    pub(super) fn insert(
        &mut self,
        path: &str,
        extent: Extent,
        host: Option<&str>,
        id: CollectionId,
    ) -> Result<(), CollectionPathError> {
        let rules = self
            .0
            .entry(path, extent)
            .map_err(CollectionPathError::Path)?;
        let rules = rules.get_or_insert_default();
        Ok(rules.insert(host, id)?)
    }

    /// The place of a path on a host; without a host, what is the same on each.
    ///
    /// The longest path decides, and on it the host's own collection before that
    /// of every host. Where the longest path is on other hosts alone, a shorter
    /// one counts if it is on this host by name: who names another host does not
    /// get around a rule.
    pub(crate) fn of(&self, path: &CleanPath<'_>, host: Option<&str>) -> PathPlace {
        let mut elsewhere = false;
        for rules in self.0.meeting(path) {
            if rules.tell_hosts_apart() {
                let Some(host) = host else {
                    return PathPlace::OnAnotherHost;
                };
                if let Some(id) = rules.of(host) {
                    return PathPlace::In(*id);
                }
            }
            match rules.every() {
                Some(id) if !elsewhere => return PathPlace::In(*id),
                _ => elsewhere = true,
            }
        }
        if elsewhere {
            PathPlace::OnAnotherHost
        } else {
            PathPlace::Nowhere
        }
    }

    /// A collection, other than `own`, of the longest prefix that meets `path`: on
    /// one of these hosts, or on any where they are not told.
    pub(super) fn of_prefix(
        &self,
        path: &CleanPath<'_>,
        hosts: Option<&[Located<String>]>,
        own: CollectionId,
    ) -> Option<CollectionId> {
        let rules = self.0.get_prefix(path)?;
        let is_other = |id: &&CollectionId| **id != own;
        let every = rules.every().filter(is_other).copied();
        let bound = match hosts {
            Some(hosts) => hosts
                .iter()
                .find_map(|host| rules.of(&host.value).filter(is_other).copied()),
            None => rules.iter().map(|(_, id)| id).find(is_other).copied(),
        };
        every.or(bound)
    }

    /// Whether a collection is on some hosts alone.
    pub(super) fn tell_hosts_apart(&self) -> bool {
        self.0.iter().any(|(.., rules)| rules.tell_hosts_apart())
    }

    /// Every path of every collection, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Extent, Option<&str>, CollectionId)> {
        self.0.iter().flat_map(|(path, extent, rules)| {
            let hosts = rules.iter();
            hosts.map(move |(host, id)| (path, extent, host, *id))
        })
    }
}
