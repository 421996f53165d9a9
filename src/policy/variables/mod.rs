//! The environment variables of the CRUD Service as a source of settings.

mod header;
mod values;

use std::io;

use super::document::{Authentication, Document, Edge};
use super::problem::{PolicyErrors, Problem, Problems};

use header::{preset, refuse_another_edge};
use values::{Variable, Variables};

impl Document {
    /// The same document, with the settings that these variables name in place of
    /// its own. Other variables are passed over, so this may be a whole
    /// environment; nothing is read but the file of mappings, by `read`.
    /// (`std::env::vars` panics at a variable that is no Unicode, whichever it is;
    /// `std::env::vars_os` does not.)
    ///
    /// | variable | setting |
    /// |---|---|
    /// | `INBOUND_AUTH_MODE` | `authentication.mode` |
    /// | `BINDING_REQUIRED_PATHS` | `authentication.binding_required_paths`, with commas between |
    /// | `FORWARDED_CLIENT_CERT_HEADER` | `edge.certificate_header` |
    /// | `TRUSTED_PROXY_CIDRS` | `edge.trusted_proxies`, with commas between |
    /// | `CERT_IDENTITY_MAPPINGS` | the path of a file with the `identity` rules, as `with_identity_from` takes it, in the format that its name ends in |
    ///
    /// The document has everything else: the preset, who verified the certificate,
    /// who may call. The header of another edge than the preset's is an error
    /// where that edge is known to write certificates in another way.
    ///
    /// ```
    /// # #[cfg(feature = "yaml")] {
    /// use certgate::edge::Preset;
    /// use certgate::policy::document::{Authentication, Client, Collection, Edge};
    /// use certgate::policy::{Document, Mode, Policy, Verification};
    ///
    /// // What the service says of itself; the rest is the operator's.
    /// let edge = Edge::new(Preset::Traefik, ["unix"]).verification(Verification::EdgeAlways);
    /// let base = Document::new(edge, Authentication::new(Mode::Mtls))
    ///     .collections([Collection::new("workflows", ["/workflow", "/execute"])])
    ///     .clients([Client::new("acme").collections(["workflows"])]);
    /// let variables = [
    ///     ("INBOUND_AUTH_MODE", "bearer_plus_mtls_optional"),
    ///     ("BINDING_REQUIRED_PATHS", "/workflow/start,/workflow/resume,/execute"),
    ///     ("FORWARDED_CLIENT_CERT_HEADER", "X-Forwarded-Tls-Client-Cert"),
    ///     ("TRUSTED_PROXY_CIDRS", "172.16.0.0/12,10.0.0.0/8"),
    ///     ("CERT_IDENTITY_MAPPINGS", "/app/config/cert_identity_mappings.yaml"),
    /// ];
    /// // `std::env::vars()` and `std::fs::read_to_string` in a service.
    /// let read = |_: &str| Ok("version: 1\nidentity: [{client: '{subject.cn}'}]".to_owned());
    /// let document = base.clone().with_variables(variables, read)?;
    /// assert!(Policy::from_document(&document)?.warnings.is_empty());
    ///
    /// let wrong = [("TRUSTED_PROXY_CIDRS", "10.0.0.1/8")];
    /// let document = base.with_variables(wrong, read)?;
    /// let problems = Policy::from_document(&document).unwrap_err().to_string();
    /// assert!(problems.contains("\nTRUSTED_PROXY_CIDRS: error: edge.trusted_proxies[0]: "));
    /// # }
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// All at once, each with the variable as its `source`, and none with its
    /// value: a variable that is given twice, or is empty; an empty entry of a
    /// list, or one with spaces around it; a mode or a header as described that is
    /// not known; a file that cannot be read, or in a format whose feature is off.
    /// And those of the file itself, under its own name.
    pub fn with_variables(
        mut self,
        variables: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
        read: impl FnOnce(&str) -> io::Result<String>,
    ) -> Result<Self, PolicyErrors> {
        let mut problems = Problems::new(self.source.clone());
        let variables = Variables::read(variables, &mut problems);
        if let Some(header) = &variables.header {
            refuse_another_edge(&self.edge, header, &mut problems);
        }
        let mappings = variables.mappings.clone();
        variables.override_settings(&mut self);
        self.finish(mappings, read, problems)
    }

    /// A document of these variables alone, which has to be completed: nobody is
    /// a client, and nobody has verified a certificate where the edge does not say
    /// so by itself, until the service or its operator says who and how.
    ///
    /// `INBOUND_AUTH_MODE`, `FORWARDED_CLIENT_CERT_HEADER` and
    /// `TRUSTED_PROXY_CIDRS` are required. The header tells the
    /// [preset](Edge::preset), if it is that of one alone:
    /// `X-Forwarded-Tls-Client-Cert` is Traefik's, `ssl-client-cert` that of
    /// ingress-nginx.
    ///
    /// ```
    /// use certgate::policy::{Document, Policy, Verification};
    ///
    /// let variables = [
    ///     ("INBOUND_AUTH_MODE", "bearer"),
    ///     ("FORWARDED_CLIENT_CERT_HEADER", "X-Forwarded-Tls-Client-Cert"),
    ///     ("TRUSTED_PROXY_CIDRS", "172.16.0.0/12"),
    /// ];
    /// let read = |path: &str| std::fs::read_to_string(path);
    /// let document = Document::from_variables(variables, read)?;
    /// assert!(Policy::from_document(&document).is_err());
    ///
    /// // The operator's word that Traefik refuses what it cannot verify.
    /// let edge = document.edge.clone().verification(Verification::EdgeAlways);
    /// assert!(Policy::from_document(&document.edge(edge)).is_ok());
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Self::with_variables`], a variable that is missing, and a header
    /// that tells no edge, or several.
    pub fn from_variables(
        variables: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
        read: impl FnOnce(&str) -> io::Result<String>,
    ) -> Result<Self, PolicyErrors> {
        let mut problems = Problems::new("");
        let mut variables = Variables::read(variables, &mut problems);
        for required in [Variable::Mode, Variable::Header, Variable::Proxies] {
            if !variables.has(required) {
                let message = "the variable is not set";
                problems.push(Problem::error(&required.place(), message));
            }
        }
        let header = variables.header.take();
        let preset = header.and_then(|header| preset(&header, &mut problems));
        let mappings = variables.mappings.clone();
        match (preset, &variables.mode) {
            (Some(preset), Some(mode)) => {
                let mut edge = Edge::new(preset.value, [""; 0]);
                edge.preset.at = preset.at;
                let mut document = Self::new(edge, Authentication::new(mode.value));
                variables.override_settings(&mut document);
                document.finish(mappings, read, problems)
            }
            _ => Err(problems.into_errors()),
        }
    }

    /// Takes the rules of the file, unless something is wrong.
    fn finish(
        self,
        mappings: Option<String>,
        read: impl FnOnce(&str) -> io::Result<String>,
        mut problems: Problems,
    ) -> Result<Self, PolicyErrors> {
        let Some(path) = mappings else {
            problems.into_result()?;
            return Ok(self);
        };
        let document = self.with_mappings(&path, read, &mut problems);
        problems.into_result()?;
        Ok(document)
    }

    #[cfg(any(feature = "toml", feature = "json", feature = "yaml"))]
    fn with_mappings(
        self,
        path: &str,
        read: impl FnOnce(&str) -> io::Result<String>,
        problems: &mut Problems,
    ) -> Self {
        let place = Variable::Mappings.place();
        let Some(format) = super::Format::of_path(path) else {
            problems.push(
                Problem::error(&place, "the file's name ends in no format of policies").with_hint(
                    "`.toml`, `.json`, `.yaml` or `.yml`, with the feature of that name",
                ),
            );
            return self;
        };
        let text = match read(path) {
            Ok(text) => text,
            Err(error) => {
                // The error's own text could have the path.
                let message = format!("the file cannot be read: {}", error.kind());
                problems.push(Problem::error(&place, message));
                return self;
            }
        };
        match self.clone().with_identity_from(&text, path, format) {
            Ok(document) => document,
            Err(errors) => {
                errors
                    .into_iter()
                    .for_each(|problem| problems.push(problem));
                self
            }
        }
    }

    #[cfg(not(any(feature = "toml", feature = "json", feature = "yaml")))]
    fn with_mappings(
        self,
        _path: &str,
        _read: impl FnOnce(&str) -> io::Result<String>,
        problems: &mut Problems,
    ) -> Self {
        let place = Variable::Mappings.place();
        problems.push(
            Problem::error(&place, "no format of policies is available")
                .with_hint("enable the feature `toml`, `json` or `yaml`"),
        );
        self
    }
}
