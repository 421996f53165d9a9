//! Documents and policies of texts, in the formats whose features are on.

use super::problem::{PolicyErrors, Problems};
use super::{Document, Format, Loaded, Policy, read};

impl Document {
    /// Reads a policy document in any format, from a text of at most 64 MiB.
    /// `source` is the name of the file for messages; nothing is opened.
    ///
    /// # Errors
    ///
    /// Every place where the text is not of the format, or the first one in JSON
    /// and YAML; or else every key that is unknown, missing, or not available in
    /// this version, and every value that has the wrong type, is not one of the
    /// words that a setting takes, or is an empty list where that could be
    /// taken for "everything".
    pub fn from_str_as(text: &str, source: &str, format: Format) -> Result<Self, PolicyErrors> {
        let mut problems = Problems::new(source);
        match read(text, source, format, &mut problems) {
            Some(document) => problems.into_result().map(|_| document),
            None => Err(problems.into_errors()),
        }
    }

    /// Reads a policy document in TOML.
    ///
    /// ```
    /// use certgate::policy::{Document, Mode};
    ///
    /// let document = Document::from_toml_str(
    ///     r#"
    ///     version = 1
    ///
    ///     [edge]
    ///     preset = "nginx"
    ///     trusted_proxies = ["10.0.0.0/8"]
    ///
    ///     [authentication]
    ///     mode = "mtls"
    ///     "#,
    ///     "policy.toml",
    /// )?;
    /// assert_eq!(document.authentication.mode.value, Mode::Mtls);
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Self::from_str_as`].
    #[cfg(feature = "toml")]
    pub fn from_toml_str(text: &str, source: &str) -> Result<Self, PolicyErrors> {
        Self::from_str_as(text, source, Format::Toml)
    }

    /// Reads a policy document in JSON.
    ///
    /// ```
    /// use certgate::policy::{Document, Mode};
    ///
    /// let document = Document::from_json_str(
    ///     r#"{
    ///         "version": 1,
    ///         "edge": { "preset": "nginx", "trusted_proxies": ["10.0.0.0/8"] },
    ///         "authentication": { "mode": "mtls" }
    ///     }"#,
    ///     "policy.json",
    /// )?;
    /// assert_eq!(document.authentication.mode.value, Mode::Mtls);
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Self::from_str_as`].
    #[cfg(feature = "json")]
    pub fn from_json_str(text: &str, source: &str) -> Result<Self, PolicyErrors> {
        Self::from_str_as(text, source, Format::Json)
    }

    /// Reads a policy document in YAML; [`Format::Yaml`] tells how much of it.
    ///
    /// ```
    /// use certgate::policy::{Document, Mode};
    ///
    /// let document = Document::from_yaml_str(
    ///     r#"
    /// version: 1
    /// edge:
    ///   preset: nginx
    ///   trusted_proxies: [10.0.0.0/8]
    /// authentication:
    ///   mode: mtls
    /// "#,
    ///     "policy.yaml",
    /// )?;
    /// assert_eq!(document.authentication.mode.value, Mode::Mtls);
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Self::from_str_as`].
    #[cfg(feature = "yaml")]
    pub fn from_yaml_str(text: &str, source: &str) -> Result<Self, PolicyErrors> {
        Self::from_str_as(text, source, Format::Yaml)
    }
}

impl Policy {
    /// Reads a policy in any format. `source` is the name of the file, for
    /// messages; [`Format::of_path`] tells the format by it.
    ///
    /// ```
    /// # #[cfg(feature = "toml")] {
    /// use certgate::policy::{Format, Policy};
    ///
    /// let path = "policy.toml";
    /// let text = "version = 2";
    /// let format = Format::of_path(path).ok_or("not a format of policies")?;
    /// assert_eq!(
    ///     Policy::from_str_as(text, path, format).unwrap_err().to_string(),
    ///     "policy.toml:1:11: error: version: this version of certgate reads version 1 only",
    /// );
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the text, with line, column and field.
    pub fn from_str_as(text: &str, source: &str, format: Format) -> Result<Loaded, PolicyErrors> {
        let mut problems = Problems::new(source);
        let document = read(text, source, format, &mut problems);
        Loaded::of(document.as_ref(), problems)
    }

    /// Reads a policy in TOML.
    ///
    /// ```
    /// use certgate::policy::Policy;
    ///
    /// let loaded = Policy::from_toml_str(
    ///     r#"
    ///     version = 1
    ///
    ///     [edge]
    ///     preset = "nginx"
    ///     trusted_proxies = ["10.0.0.0/8"]
    ///
    ///     [authentication]
    ///     mode = "mtls"
    ///
    ///     [[identity]]
    ///     client = "{subject.cn}"
    ///
    ///     [[collections]]
    ///     name = "payments"
    ///     paths = ["/payments"]
    ///
    ///     [[clients]]
    ///     id = "acme"
    ///     collections = ["payments"]
    ///     "#,
    ///     "policy.toml",
    /// )?;
    /// assert!(loaded.warnings.is_empty());
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the text, with line, column and field.
    #[cfg(feature = "toml")]
    pub fn from_toml_str(text: &str, source: &str) -> Result<Loaded, PolicyErrors> {
        Self::from_str_as(text, source, Format::Toml)
    }

    /// Reads a policy in JSON.
    ///
    /// ```
    /// use certgate::policy::Policy;
    ///
    /// let loaded = Policy::from_json_str(
    ///     r#"{
    ///         "version": 1,
    ///         "edge": { "preset": "nginx", "trusted_proxies": ["10.0.0.0/8"] },
    ///         "authentication": { "mode": "mtls" },
    ///         "identity": [{ "client": "{subject.cn}" }],
    ///         "collections": [{ "name": "payments", "paths": ["/payments"] }],
    ///         "clients": [{ "id": "acme", "collections": ["payments"] }]
    ///     }"#,
    ///     "policy.json",
    /// )?;
    /// assert!(loaded.warnings.is_empty());
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the text, with line, column and field.
    #[cfg(feature = "json")]
    pub fn from_json_str(text: &str, source: &str) -> Result<Loaded, PolicyErrors> {
        Self::from_str_as(text, source, Format::Json)
    }

    /// Reads a policy in YAML; [`Format::Yaml`] tells how much of it.
    ///
    /// ```
    /// use certgate::policy::Policy;
    ///
    /// let loaded = Policy::from_yaml_str(
    ///     r#"
    /// version: 1
    /// edge:
    ///   preset: nginx
    ///   trusted_proxies: [10.0.0.0/8]
    /// authentication:
    ///   mode: mtls
    /// identity:
    ///   - client: "{subject.cn}"
    /// collections:
    ///   - name: payments
    ///     paths: [/payments]
    /// clients:
    ///   - id: acme
    ///     collections: [payments]
    /// "#,
    ///     "policy.yaml",
    /// )?;
    /// assert!(loaded.warnings.is_empty());
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the text, with line, column and field.
    #[cfg(feature = "yaml")]
    pub fn from_yaml_str(text: &str, source: &str) -> Result<Loaded, PolicyErrors> {
        Self::from_str_as(text, source, Format::Yaml)
    }
}
