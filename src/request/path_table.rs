//! Rules about paths: whole segments, the longest rule wins.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{CleanPath, PathError, PathSyntax};

/// How far a rule about a path reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// The path and everything below it.
    Prefix,
    /// The path alone.
    Exact,
}

/// Values by path. `/payments` as a prefix meets `/payments`, `/payments/` and
/// `/payments/v1`, never `/payments-admin`.
///
/// A look-up costs one hash per segment of the longest rule, however many rules
/// there are and however long the request's path is.
///
/// ```
/// use certgate::request::{CleanPath, Extent, PathSyntax, PathTable};
///
/// let syntax = PathSyntax::default();
/// let mut table = PathTable::new(syntax);
/// table.insert("/payments", Extent::Prefix, "payments").unwrap();
/// let path = CleanPath::parse("/payments/v1/charges", syntax)?;
/// assert_eq!(table.get(&path), Some(&"payments"));
/// # Ok::<(), certgate::request::PathError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PathTable<T> {
    syntax: PathSyntax,
    rules: HashMap<Box<str>, Rules<T>, foldhash::quality::RandomState>,
    /// The length of the longest rule's path, in bytes.
    longest: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct Rules<T> {
    prefix: Option<T>,
    exact: Option<T>,
}

/// Why a rule cannot be added to a [`PathTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathClash {
    /// The rule's own path is not one that a request could have.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The table has a rule of this path and extent.
    #[error("another rule has the same path")]
    Taken,
}

impl<T> PathTable<T> {
    /// A table without rules, for paths of this syntax.
    #[must_use]
    pub fn new(syntax: PathSyntax) -> Self {
        Self {
            syntax,
            rules: HashMap::default(),
            longest: 0,
        }
    }

    /// Adds a rule; its path is read as a request's would be.
    ///
    /// # Errors
    ///
    /// The path is malformed, or the table already has a rule for it.
    pub fn insert(&mut self, path: &str, extent: Extent, value: T) -> Result<(), PathClash> {
        let place = self.entry(path, extent)?;
        if place.is_some() {
            return Err(PathClash::Taken);
        }
        *place = Some(value);
        Ok(())
    }

    /// The place of a rule; its path is read as a request's would be.
    ///
    /// # Errors
    ///
    /// The path is malformed.
    pub(crate) fn entry(
        &mut self,
        path: &str,
        extent: Extent,
    ) -> Result<&mut Option<T>, PathError> {
        let path = CleanPath::parse(path, self.syntax)?;
        self.longest = self.longest.max(path.without_trailing_slash().len());
        let rules = match self.rules.entry(path.without_trailing_slash().into()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(Rules {
                prefix: None,
                exact: None,
            }),
        };
        Ok(match extent {
            Extent::Prefix => &mut rules.prefix,
            Extent::Exact => &mut rules.exact,
        })
    }

    /// The value of the longest rule that meets `path`; an exact rule is
    /// longer than a prefix of the same text.
    #[must_use]
    pub fn get(&self, path: &CleanPath<'_>) -> Option<&T> {
        if self.rules.is_empty() {
            return None;
        }
        let whole = path.without_trailing_slash();
        if whole.len() <= self.longest
            && let Some(exact) = self.rules.get(whole).and_then(|rules| rules.exact.as_ref())
        {
            return Some(exact);
        }
        self.get_prefix(path)
    }

    /// The value of the longest prefix rule that meets `path`.
    #[must_use]
    pub fn get_prefix(&self, path: &CleanPath<'_>) -> Option<&T> {
        let mut rest = self.as_long_as_a_rule(path.without_trailing_slash());
        loop {
            if let Some(value) = self.rules.get(rest).and_then(|rules| rules.prefix.as_ref()) {
                return Some(value);
            }
            (rest, _) = rest.rsplit_once('/')?;
        }
    }

    /// The values of every rule that meets `path`, the longest first.
    pub(crate) fn meeting<'t>(&'t self, path: &'t CleanPath<'_>) -> impl Iterator<Item = &'t T> {
        let whole = path.without_trailing_slash();
        let exact = Some(whole).filter(|whole| whole.len() <= self.longest);
        let exact = exact.and_then(|whole| self.rules.get(whole)?.exact.as_ref());
        let longest = Some(self.as_long_as_a_rule(whole));
        let prefixes = core::iter::successors(longest, |path| Some(path.rsplit_once('/')?.0));
        let prefixes = prefixes.filter_map(|path| self.rules.get(path)?.prefix.as_ref());
        exact.into_iter().chain(prefixes)
    }

    /// The whole segments of `path` that a rule could consist of. Hashing every
    /// prefix of a long path would cost the square of its length.
    fn as_long_as_a_rule<'p>(&self, path: &'p str) -> &'p str {
        match path.get(..=self.longest) {
            // One byte more than the longest rule: cut back to a boundary.
            Some(head) => head.rsplit_once('/').map_or("", |(whole, _)| whole),
            None => path,
        }
    }

    /// Every rule, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Extent, &T)> {
        self.rules.iter().flat_map(|(path, rules)| {
            let prefix = rules.prefix.iter().map(|value| (Extent::Prefix, value));
            let exact = rules.exact.iter().map(|value| (Extent::Exact, value));
            prefix
                .chain(exact)
                .map(|(extent, value)| (&**path, extent, value))
        })
    }

    /// Whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rules: &[(&str, Extent, u8)]) -> PathTable<u8> {
        let mut table = PathTable::new(PathSyntax::default());
        for &(path, extent, value) in rules {
            table.insert(path, extent, value).unwrap();
        }
        table
    }

    fn get(table: &PathTable<u8>, target: &str) -> Option<u8> {
        table
            .get(&CleanPath::parse(target, PathSyntax::default()).unwrap())
            .copied()
    }

    #[test]
    fn prefixes_match_whole_segments_and_the_longest_wins() {
        let table = table(&[
            ("/payments", Extent::Prefix, 1),
            ("/payments/v2/", Extent::Prefix, 2),
            ("/payments/v2/health", Extent::Exact, 3),
        ]);
        for (target, value) in [
            ("/payments", Some(1)),
            ("/payments/", Some(1)),
            ("/payments/v1", Some(1)),
            ("/payments/v2", Some(2)),
            ("/payments/v2/x/y", Some(2)),
            ("/payments/v2/health", Some(3)),
            ("/payments/v2/health/", Some(3)),
            ("/payments/v2/health/x", Some(2)),
            ("/paymentsx", None),
            ("/Payments", None),
            ("/", None),
        ] {
            assert_eq!(get(&table, target), value, "{target}");
        }
    }

    #[test]
    fn the_root_as_a_prefix_meets_every_path() {
        let table = table(&[("/", Extent::Prefix, 1), ("/a", Extent::Exact, 2)]);
        assert_eq!(get(&table, "/"), Some(1));
        assert_eq!(get(&table, "/a"), Some(2));
        assert_eq!(get(&table, "/a/b"), Some(1));
    }

    #[test]
    fn a_path_longer_than_every_rule_is_met_like_a_short_one() {
        let table = table(&[
            ("/", Extent::Prefix, 1),
            ("/ab", Extent::Prefix, 2),
            ("/ab/c", Extent::Prefix, 3),
            ("/ab/c/d", Extent::Exact, 4),
        ]);
        for (target, value) in [
            ("/ab/c/d", 4),
            ("/ab/c/dd", 3),
            ("/ab/c/d/e", 3),
            ("/ab/cc/d", 2),
            ("/ab/ccccccc", 2),
            ("/abcdefghi", 1),
            ("/abc/defghi", 1),
        ] {
            assert_eq!(get(&table, target), Some(value), "{target}");
            let long = format!("{target}{}", "/a".repeat(30_000));
            let below = if value == 4 { 3 } else { value };
            assert_eq!(get(&table, &long), Some(below), "{target}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_table_agrees_with_asking_every_rule(
            rules in proptest::collection::hash_map("(/[ab]{1,2}){0,4}", 0u8..9, 0..8),
            path in "(/[ab]{1,2}){1,6}",
        ) {
            let mut table = PathTable::new(PathSyntax::default());
            for (rule, value) in &rules {
                table.insert(&format!("{rule}/"), Extent::Prefix, *value).unwrap();
            }
            let meets = |rule: &&String| path.strip_prefix(rule.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            let expected = rules.keys().filter(meets).max_by_key(|rule| rule.len());
            let expected = expected.and_then(|rule| rules.get(rule)).copied();
            proptest::prop_assert_eq!(get(&table, &path), expected);
        }
    }

    #[test]
    fn equal_rules_are_refused() {
        let mut table = table(&[("/a", Extent::Prefix, 1)]);
        assert_eq!(
            table.insert("/%61/", Extent::Prefix, 2),
            Err(PathClash::Taken)
        );
        assert_eq!(table.insert("/a", Extent::Exact, 2), Ok(()));
        assert!(matches!(
            table.insert("a", Extent::Exact, 2),
            Err(PathClash::Path(_))
        ));
    }
}
