//! The values of the variables.

use std::sync::Arc;

use crate::policy::document::{Document, Located, Location, TextList};
use crate::policy::keywords::Mode;
use crate::policy::problem::{Problem, Problems};

/// A variable that names a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    Mode,
    BindingPaths,
    Header,
    Proxies,
    Mappings,
}

impl Variable {
    const ALL: [Self; 5] = [
        Self::Mode,
        Self::BindingPaths,
        Self::Header,
        Self::Proxies,
        Self::Mappings,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Mode => "INBOUND_AUTH_MODE",
            Self::BindingPaths => "BINDING_REQUIRED_PATHS",
            Self::Header => "FORWARDED_CLIENT_CERT_HEADER",
            Self::Proxies => "TRUSTED_PROXY_CIDRS",
            Self::Mappings => "CERT_IDENTITY_MAPPINGS",
        }
    }

    /// The setting, with the variable as its source.
    pub(super) fn place(self) -> Location {
        let root = Location::none().of(&Arc::from(self.name()));
        match self {
            Self::Mode => root.key("authentication").key("mode"),
            Self::BindingPaths => root.key("authentication").key("binding_required_paths"),
            Self::Header => root.key("edge").key("certificate_header"),
            Self::Proxies => root.key("edge").key("trusted_proxies"),
            Self::Mappings => root.key("identity"),
        }
    }
}

/// What the variables say.
#[derive(Default)]
pub(super) struct Variables {
    given: Vec<Variable>,
    pub(super) mode: Option<Located<Mode>>,
    binding_paths: Option<TextList>,
    pub(super) header: Option<Located<String>>,
    proxies: Option<TextList>,
    pub(super) mappings: Option<String>,
}

impl Variables {
    pub(super) fn read(
        variables: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
        problems: &mut Problems,
    ) -> Self {
        let mut read = Self::default();
        for (name, value) in variables {
            let mut known = Variable::ALL.into_iter();
            if let Some(variable) = known.find(|known| known.name() == name.as_ref()) {
                read.take(variable, value.as_ref(), problems);
            }
        }
        read
    }

    /// Whether the variable is there, whatever it says.
    pub(super) fn has(&self, variable: Variable) -> bool {
        self.given.contains(&variable)
    }

    fn take(&mut self, variable: Variable, value: &str, problems: &mut Problems) {
        let place = variable.place();
        if self.has(variable) {
            problems.push(Problem::error(&place, "the variable is given twice"));
            return;
        }
        self.given.push(variable);
        if value.is_empty() {
            let problem = Problem::error(&place, "the variable is empty");
            problems.push(problem.with_hint("leave it out, or give it a value"));
            return;
        }
        match variable {
            Variable::Mode => self.mode = mode(value, place, problems),
            Variable::BindingPaths => self.binding_paths = Some(list(value, &place, problems)),
            Variable::Header => self.header = text(value, place, problems),
            Variable::Proxies => self.proxies = Some(list(value, &place, problems)),
            Variable::Mappings => {
                self.mappings = text(value, place, problems).map(|path| path.value);
            }
        }
    }

    /// Puts what they say in place of what the document has.
    pub(super) fn override_settings(self, document: &mut Document) {
        let Document {
            edge,
            authentication,
            ..
        } = document;
        if let Some(mode) = self.mode {
            authentication.mode = mode;
        }
        if let Some(paths) = self.binding_paths {
            authentication.binding_required_paths = Some(paths);
        }
        if let Some(header) = self.header {
            edge.certificate_header = Some(header);
        }
        if let Some(proxies) = self.proxies {
            edge.trusted_proxies = proxies;
        }
    }
}

fn mode(value: &str, at: Location, problems: &mut Problems) -> Option<Located<Mode>> {
    let known = Mode::WORDS.iter().find(|(word, _)| *word == value);
    if known.is_none() {
        let words = Mode::WORDS.iter().map(|(word, _)| format!("`{word}`"));
        let words = words.collect::<Vec<_>>().join(", ");
        problems.push(Problem::error(&at, format!("must be one of {words}")));
    }
    known.map(|&(_, mode)| Located::new(mode, at))
}

fn text(value: &str, at: Location, problems: &mut Problems) -> Option<Located<String>> {
    if value.trim() != value {
        problems.push(Problem::error(&at, "there are spaces around the value"));
        return None;
    }
    Some(Located::new(value.to_owned(), at))
}

/// What stands between commas, as far as nothing is wrong with it. Another
/// splitter could read spaces in another way.
fn list(value: &str, at: &Location, problems: &mut Problems) -> TextList {
    let mut entries = Vec::new();
    for (index, entry) in value.split(',').enumerate() {
        let place = at.index(index);
        let message = if entry.trim().is_empty() {
            "the entry is empty"
        } else if entry.trim() != entry {
            "there are spaces around the entry"
        } else {
            entries.push(Located::new(entry.to_owned(), place));
            continue;
        };
        problems.push(
            Problem::error(&place, message)
                .with_hint("write commas between entries, and no spaces"),
        );
    }
    Located::new(entries, at.clone())
}
