//! A world's policy as a document.

use std::fmt::Write as _;

use certgate::policy::{Mode, Observe};

use super::world::{
    Client, Collection, Constraint, Field, Listing, NOW, PolicyWorld, Profile, Revoked, Rule, Text,
};

/// The SHA-256 of no certificate here.
const OTHER: &str = "038c03daf2626540cc50f523e4d2ab29fae12ab399ad7b326b25ad27efad72ff";

impl PolicyWorld {
    /// The policy as a document, for a request with a certificate of this
    /// SHA-256.
    pub(crate) fn toml(&self, this: &str) -> String {
        let mut text = String::from("version = 1\n[edge]\n");
        let (preset, verification) = if self.status {
            ("nginx", "edge-status")
        } else {
            ("rfc9440", "edge-always")
        };
        let unix = if self.trusts_unix { ", 'unix'" } else { "" };
        let source = if self.forwarded_for {
            "x-forwarded-for"
        } else {
            "peer"
        };
        let bearer = if self.ignores_bearer {
            "ignore"
        } else {
            "deny"
        };
        let unlisted = if self.unlisted_allowed {
            "allow"
        } else {
            "deny"
        };
        let case = if self.case_insensitive {
            "insensitive"
        } else {
            "sensitive"
        };
        let parameters = if self.parameters_allowed {
            "allow"
        } else {
            "deny"
        };
        let direct = if self.direct_tls { "accept" } else { "ignore" };
        let set_by = if self.set_by_edge {
            "trusted-edge"
        } else {
            "anyone"
        };
        write!(
            text,
            "preset = '{preset}'\nverification = '{verification}'\n\
             trusted_proxies = ['10.0.0.0/8'{unix}]\nclient_address = '{source}'\n\
             direct_tls = '{direct}'\n[selectors]\nset_by = '{set_by}'\n\
             [authentication]\nmode = '{}'\nunverified_bearer = '{bearer}'\n",
            self.mode.as_str()
        )
        .unwrap();
        if !self.issuers.is_empty() {
            let names: Vec<String> = self.issuers.iter().map(|i| format!("'CN={i}'")).collect();
            writeln!(text, "issuers = [{}]", names.join(", ")).unwrap();
        }
        if !self.observe.is_empty() {
            writeln!(text, "observe = {}", switches(&self.observe)).unwrap();
        }
        if matches!(
            self.mode,
            Mode::BearerPlusMtlsOptional | Mode::BearerPlusMtlsRequired
        ) {
            text.push_str("binding_required_paths = ['/pay/out']\n");
        }
        match self.revoked {
            Revoked::None => {}
            Revoked::This => writeln!(text, "revoked.thumbprints = ['{this}']").unwrap(),
            Revoked::Other => writeln!(text, "revoked.thumbprints = ['{OTHER}']").unwrap(),
            Revoked::NumberOfA => {
                text.push_str("revoked.serials = [{ issuer = 'CN=A', serial = '01:00:00:00:00:00:00:00:01' }]\n");
            }
        }
        if let Some(constraint) = self.constraint {
            text.push_str(constraint.toml());
        }
        if self.open {
            text.insert_str("version = 1\n".len(), "clients = 'open'\n");
        }
        write!(
            text,
            "[paths]\nunlisted = '{unlisted}'\ncase = '{case}'\nparameters = '{parameters}'\n\
             [[exemptions]]\nmethod = 'GET'\npath = '/health'\n\
             [[limits]]\nname = 'standard'\nrate = {{ requests = 5, per = '1m' }}\n"
        )
        .unwrap();
        for collection in &self.collections {
            collection.write(&mut text);
        }
        for rule in &self.rules {
            rule.write(&mut text);
        }
        for client in &self.clients {
            client.write(&mut text, this);
        }
        text
    }
}

fn switches(observe: &[Observe]) -> String {
    let words: Vec<&str> = observe.iter().map(|switch| switch.as_str()).collect();
    list(&words)
}

fn list(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
    format!("[{}]", quoted.join(", "))
}

impl Constraint {
    fn toml(self) -> &'static str {
        match self {
            Self::OuProd => "constraints.subject.ou = 'prod'\n",
            Self::DnsExample => "constraints.dns = '*.example'\n",
            Self::EmailAcme => "constraints.email = '*@acme.example'\n",
            Self::IssuerA => "constraints.issuer = 'CN=A'\n",
            Self::AlternativeNames => "constraints.required_extensions = '2.5.29.17'\n",
        }
    }
}

impl Collection {
    fn write(&self, text: &mut String) {
        let Self { name, .. } = self;
        let paths = match *name {
            "payments" | "partners" => "'/pay'",
            "payouts" => "'/pay/out'",
            _ => "{ path = '/admin', match = 'exact' }",
        };
        writeln!(text, "[[collections]]\nname = '{name}'\npaths = [{paths}]").unwrap();
        if *name == "partners" {
            text.push_str("hosts = ['partner.example']\n");
        }
        if let Some(methods) = &self.methods {
            writeln!(text, "methods = {}", list(methods)).unwrap();
        }
        if !self.observe.is_empty() {
            writeln!(text, "observe = {}", switches(&self.observe)).unwrap();
        }
    }
}

impl Rule {
    fn write(&self, text: &mut String) {
        text.push_str("[[identity]]\n");
        if let Some(issuer) = self.issuer {
            writeln!(text, "issuer = 'CN={issuer}'").unwrap();
        }
        if let Some(client) = self.client {
            writeln!(text, "client = '{}'", client.template()).unwrap();
        }
        if let Some(profile) = self.profile {
            writeln!(text, "profile = '{}'", profile.template()).unwrap();
        }
        if let Some(field) = self.principal {
            writeln!(text, "principal = 'auth:{}'", Text::From(field).template()).unwrap();
        }
        if let Some((field, value)) = self.when {
            let key = match field {
                Field::Cn => "subject.cn",
                Field::Ou => "subject.ou",
                Field::Dns => "dns",
                Field::Email => "email",
            };
            writeln!(text, "when.{key} = '{value}'").unwrap();
        }
    }
}

impl Text {
    fn template(self) -> &'static str {
        match self {
            Self::Literal(text) => text,
            Self::From(Field::Cn) => "{subject.cn}",
            Self::From(Field::Ou) => "{subject.ou}",
            Self::From(Field::Dns) => "{san.dns}",
            Self::From(Field::Email) => "{san.email}",
        }
    }
}

impl Client {
    fn write(&self, text: &mut String, this: &str) {
        let Self { id, active, .. } = self;
        let collections = list(&self.collections);
        write!(
            text,
            "[[clients]]\nid = '{id}'\nactive = {active}\ncollections = {collections}\n"
        )
        .unwrap();
        if self.limited {
            text.push_str("limits = 'standard'\n");
        }
        if !self.spiffe_ids.is_empty() {
            writeln!(text, "spiffe_ids = {}", list(&self.spiffe_ids)).unwrap();
        }
        let certificates = match self.certificates {
            Listing::None => String::new(),
            Listing::This => format!("certificates = ['{this}']\n"),
            Listing::ThisUntilNow => {
                format!("certificates = [{{ sha256 = '{this}', until = '{NOW}' }}]\n")
            }
            Listing::ThisUntilPast => format!(
                "certificates = [{{ sha256 = '{this}', until = '2026-04-16T09:14:21Z' }}]\n"
            ),
            Listing::Other => format!("certificates = ['{OTHER}']\n"),
        };
        text.push_str(&certificates);
        if let Some(constraint) = self.constraint {
            text.push_str(constraint.toml());
        }
        if let Some(requirement) = self.requires {
            writeln!(text, "requires = ['{}']", requirement.as_str()).unwrap();
        }
        if let Some(methods) = &self.methods {
            writeln!(text, "methods = {}", list(methods)).unwrap();
        }
        if self.allowlist {
            text.push_str("ip_allowlist = ['192.0.2.0/24', '203.0.113.0/24']\n");
        }
        if self.observed {
            text.push_str("observe = ['policy']\n");
        }
        for profile in &self.profiles {
            let Profile { id, active, .. } = profile;
            writeln!(text, "[[clients.profiles]]\nid = '{id}'\nactive = {active}").unwrap();
            if let Some(methods) = &profile.methods {
                writeln!(text, "methods = {}", list(methods)).unwrap();
            }
            if profile.allowlist {
                text.push_str("ip_allowlist = ['203.0.113.0/24']\n");
            }
            if let Some(requirement) = profile.requires {
                writeln!(text, "requires = ['{}']", requirement.as_str()).unwrap();
            }
        }
    }
}
