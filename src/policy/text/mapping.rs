//! Identity rules in a file of their own.

use std::sync::Arc;

use super::Format;
use super::document::{Document, Location};
use super::problem::{PolicyErrors, Problem, Problems};
use super::reader::read_mapping;

impl Document {
    /// The same document with the identity rules of another file, which is
    /// `version = 1` and the list `identity`, of the same rules as in a document,
    /// and nothing else. `source` is its name, which every problem of these rules
    /// has in front.
    ///
    /// ```
    /// # #[cfg(all(feature = "toml", feature = "yaml"))] {
    /// use certgate::policy::{Document, Format, Policy};
    ///
    /// let document = Document::from_toml_str(
    ///     r#"
    ///     version = 1
    ///     edge = { preset = "nginx", trusted_proxies = ["10.0.0.0/8"] }
    ///     authentication = { mode = "mtls" }
    ///     collections = [{ name = "payments", paths = ["/payments"] }]
    ///     clients = [{ id = "acme", collections = ["payments"] }]
    ///     "#,
    ///     "policy.toml",
    /// )?;
    /// let mappings = r#"
    /// version: 1
    /// identity:
    ///   - client: "{subject.cn}"
    ///     principal: "auth:account:x509:sha256:{thumbprnt}"
    /// "#;
    /// let document = document.with_identity_from(mappings, "mappings.yaml", Format::Yaml)?;
    /// let problems = Policy::from_document(&document).unwrap_err().to_string();
    /// assert!(problems.starts_with("mappings.yaml:5:16: error: identity[0].principal: "));
    /// # }
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Self::from_str_as`], and where the document has identity rules
    /// already: which of them would come first, nobody has said. A file without a
    /// rule is an error, too.
    pub fn with_identity_from(
        mut self,
        text: &str,
        source: &str,
        format: Format,
    ) -> Result<Self, PolicyErrors> {
        let mut problems = Problems::new(source);
        if !self.identity.is_empty() {
            let place = Location::none().key("identity");
            let message = "the document has identity rules of its own";
            let problem = Problem::error(&place, message);
            problems.push(problem.with_hint("keep them in one of the two places"));
        }
        let name = Arc::from(source);
        let root = format.tree(text, &mut problems);
        let Some(rules) = root.and_then(|root| read_mapping(root, &name, &mut problems)) else {
            return Err(problems.into_errors());
        };
        problems.into_result()?;
        self.identity = rules;
        Ok(self)
    }
}
