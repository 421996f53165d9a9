//! How a certificate leads to a client.

use crate::policy::document::{IdentityRule, SubjectCondition, When};
use crate::policy::keywords::SubjectAttribute;
use crate::policy::text::cursor::Table;
use crate::policy::text::value;

pub(super) fn identity_rule(table: &mut Table<'_>) -> Option<IdentityRule> {
    Some(IdentityRule {
        at: table.at(),
        name: table.optional("name", value::text),
        issuer: table.optional("issuer", value::text),
        client: table.optional("client", value::text),
        profile: table.optional("profile", value::text),
        principal: table.optional("principal", value::text),
        when: table.optional("when", |section| section.table(when)),
    })
}

fn when(table: &mut Table<'_>) -> Option<When> {
    table.refuse_empty("no condition: the rule would apply to every certificate");
    Some(conditions(table))
}

pub(super) fn conditions(table: &mut Table<'_>) -> When {
    let subject = table.optional("subject", |section| section.table(subject));
    When {
        at: table.at(),
        subject: subject.unwrap_or_default(),
        spiffe: table.optional("spiffe", value::text_or_texts),
        trust_domain: table.optional("trust_domain", value::text_or_texts),
        uri: table.optional("uri", value::text_or_texts),
        dns: table.optional("dns", value::text_or_texts),
        email: table.optional("email", value::text_or_texts),
        upn: table.optional("upn", value::text_or_texts),
        ip: table.optional("ip", value::text_or_texts),
        serial: table.optional("serial", value::text_or_texts),
        thumbprint: table.optional("thumbprint", value::text_or_texts),
        public_key: table.optional("public_key", value::text_or_texts),
    }
}

fn subject(table: &mut Table<'_>) -> Option<Vec<SubjectCondition>> {
    table.refuse_empty("no attribute: the rule would apply to every subject");
    let condition = |&(word, attribute): &(&'static str, SubjectAttribute)| {
        let values = table.optional(word, value::text_or_texts)?;
        Some(SubjectCondition { attribute, values })
    };
    Some(
        SubjectAttribute::WORDS
            .iter()
            .filter_map(condition)
            .collect(),
    )
}
