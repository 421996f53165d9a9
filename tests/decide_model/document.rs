//! A world's policy as a document.

use std::fmt::Write as _;

use certgate::policy::Mode;

use super::world::{Client, Field, KEY, PolicyWorld, Profile, Rule, Text};

impl PolicyWorld {
    /// The policy as a document.
    pub(crate) fn toml(&self) -> String {
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
        if let Some((issuer, serial)) = self.revoked {
            writeln!(
                text,
                "revoked.serials = [{{ issuer = 'CN={issuer}', serial = '{serial}' }}]"
            )
            .unwrap();
        }
        if let Some((field, value)) = self.constraint {
            writeln!(text, "constraints.{} = '{value}'", field.condition()).unwrap();
        }
        if matches!(
            self.mode,
            Mode::BearerPlusMtlsOptional | Mode::BearerPlusMtlsRequired
        ) {
            text.push_str("binding_required_paths = ['/pay/out']\n");
        }
        write!(
            text,
            "[paths]\nunlisted = '{unlisted}'\ncase = '{case}'\nparameters = '{parameters}'\n\
             [[exemptions]]\nmethod = 'GET'\npath = '/health'\n\
             [[limits]]\nname = 'standard'\nrate = {{ requests = 5, per = '1m' }}\n"
        )
        .unwrap();
        for name in &self.collections {
            let paths = match *name {
                "payments" => "'/pay'",
                "payouts" => "'/pay/out'",
                _ => "{ path = '/admin', match = 'exact' }",
            };
            writeln!(text, "[[collections]]\nname = '{name}'\npaths = [{paths}]").unwrap();
        }
        for rule in &self.rules {
            rule.write(&mut text);
        }
        for client in &self.clients {
            client.write(&mut text);
        }
        text
    }
}

impl Rule {
    fn write(&self, text: &mut String) {
        text.push_str("[[identity]]\n");
        if let Some(issuer) = self.issuer {
            writeln!(text, "issuer = 'CN={issuer}'").unwrap();
        }
        writeln!(text, "client = '{}'", self.client.template()).unwrap();
        if let Some(profile) = self.profile {
            writeln!(text, "profile = '{}'", profile.template()).unwrap();
        }
        if let Some(field) = self.principal {
            writeln!(text, "principal = 'auth:{}'", Text::From(field).template()).unwrap();
        }
        if let Some((field, value)) = self.when {
            writeln!(text, "when.{} = '{value}'", field.condition()).unwrap();
        }
    }
}

impl Field {
    fn condition(self) -> &'static str {
        match self {
            Self::Cn => "subject.cn",
            Self::Ou => "subject.ou",
            Self::Dns => "dns",
            Self::Email => "email",
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
    fn write(&self, text: &mut String) {
        let list = |values: &[&str]| {
            let quoted: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
            format!("[{}]", quoted.join(", "))
        };
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
        if let Some(until) = self.key {
            writeln!(
                text,
                "public_keys = [{{ sha256 = '{KEY}', until = '{until}' }}]"
            )
            .unwrap();
        }
        if let Some((field, value)) = self.constraint {
            writeln!(text, "constraints.{} = '{value}'", field.condition()).unwrap();
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
        }
    }
}
