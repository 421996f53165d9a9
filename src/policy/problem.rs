//! What is wrong with a policy: every error and warning, each with its place.

use std::fmt;

use super::document::{Location, Position};

/// One thing that is wrong, or looks wrong, in a policy.
///
/// `Display` prints one line, with what is known of the place in front:
/// ``policy.toml:12:5: error: clients[0].profile: unknown key `profile` (did you mean `profiles`?)``.
/// Keys are named; values, which could be secrets, never are, except for names
/// that one part of the policy gives another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Whether the policy is unusable for it.
    pub severity: Severity,
    /// The name of the file, as given by the caller, or of the variable; empty
    /// without either.
    pub source: String,
    /// Where in the file, if the policy came from a text.
    pub position: Option<Position>,
    /// The setting, such as `clients[0].profiles[1].ip_allowlist[2]`; empty if
    /// the text cannot be read as far as that.
    pub field: String,
    /// What is wrong, in lower case.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The policy cannot be used.
    Error,
    /// The policy works, but probably not as meant.
    Warning,
}

/// Why a policy is refused: at least one error, and the warnings found with it,
/// in the order of the text.
///
/// `Display` prints one problem a line, and so does `Debug`, for programs that
/// return this from `main` or unwrap it.
#[derive(Clone, PartialEq, Eq)]
pub struct PolicyErrors(Vec<Problem>);

/// Collects the problems of one policy, so that all of them are reported at once.
///
/// ```
/// use certgate::policy::{Location, Problem, Problems};
///
/// let mut problems = Problems::new("policy.toml");
/// let place = Location::none().key("clients").index(2).key("limits");
/// problems.push(Problem::error(&place, "unknown limit `gold`").with_hint("declare it under [[limits]]"));
/// assert_eq!(
///     problems.into_result().unwrap_err().to_string(),
///     "policy.toml: error: clients[2].limits: unknown limit `gold` (declare it under [[limits]])",
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Problems {
    source: String,
    found: Vec<Problem>,
}

impl Problems {
    /// No problems yet, in the file of that name (empty for none).
    #[must_use]
    pub fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            found: Vec::new(),
        }
    }

    /// Adds a problem, which takes on the name of the file, unless its place
    /// names another.
    pub fn push(&mut self, mut problem: Problem) {
        if problem.source.is_empty() {
            problem.source.clone_from(&self.source);
        }
        self.found.push(problem);
    }

    /// Whether the policy is unusable for something found so far.
    pub(super) fn have_errors(&self) -> bool {
        self.found.iter().any(Problem::is_error)
    }

    /// The warnings, if nothing worse was found; in the order of the text.
    ///
    /// # Errors
    ///
    /// Everything that was found, if one problem or more is an error.
    pub fn into_result(self) -> Result<Vec<Problem>, PolicyErrors> {
        let failed = self.have_errors();
        let all = self.into_errors();
        if failed { Err(all) } else { Ok(all.0) }
    }

    /// Everything that was found, of a policy that cannot be made; in the
    /// order of the text.
    pub(super) fn into_errors(mut self) -> PolicyErrors {
        let own = &self.source;
        // Its own file first, then the others one by one.
        self.found.sort_by(|one, other| {
            let is_foreign = |problem: &Problem| problem.source != *own;
            is_foreign(one)
                .cmp(&is_foreign(other))
                .then_with(|| one.source.cmp(&other.source))
                .then(one.position.cmp(&other.position))
        });
        PolicyErrors(self.found)
    }
}

impl Problem {
    /// An error at a place.
    #[must_use]
    pub fn error(at: &Location, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, at, message.into())
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(at: &Location, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, at, message.into())
    }

    /// The same problem with advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether the policy is unusable for it.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    fn new(severity: Severity, at: &Location, message: String) -> Self {
        Self {
            severity,
            source: at.source.as_deref().unwrap_or_default().to_owned(),
            position: at.position,
            field: at.field.clone(),
            message,
            hint: None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.source.is_empty() {
            write!(f, "{}:", self.source)?;
        }
        if let Some(position) = self.position {
            write!(f, "{position}:")?;
        }
        if !self.source.is_empty() || self.position.is_some() {
            f.write_str(" ")?;
        }
        write!(f, "{}: ", self.severity)?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

impl PolicyErrors {
    /// Every problem, in the order of the text.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a PolicyErrors {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for PolicyErrors {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (line, problem) in self.0.iter().enumerate() {
            if line > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Debug for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the policy cannot be used\n{self}")
    }
}

impl std::error::Error for PolicyErrors {}
