//! From a certificate to a client, by the first rule that applies.

use std::borrow::Cow;

use crate::certificate::ClientCertificate;
use crate::condition::{Condition, Field, Outcome};
use crate::trust::{IssuerId, IssuerVerdict};

use super::template::NotRendered;
use super::{IdTemplate, Lasts, Listed, PrincipalTemplate, check_id};

/// The compiled identity rules of a policy.
#[derive(Clone, Debug, Default)]
pub(crate) struct IdentityRules {
    /// What clients list as theirs, tried first.
    listed: Listed,
    rules: Box<[Rule]>,
}

/// One rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// The name by which records refer to it.
    pub(crate) name: Box<str>,
    /// The issuer whose certificates it is for; any that is allowed if absent.
    pub(crate) issuer: Option<IssuerId>,
    /// What a certificate must have, all of it.
    pub(crate) conditions: Box<[Condition]>,
    /// The client's id; absent only where clients are open.
    pub(crate) client: Option<IdTemplate>,
    /// The profile's id.
    pub(crate) profile: Option<IdTemplate>,
    /// The principal; the subject if absent.
    pub(crate) principal: Option<PrincipalTemplate>,
}

/// What a certificate proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapped<'c> {
    /// How the client was found.
    pub(crate) by: MappedBy,
    /// The client's id, if the rule makes one; it need not exist.
    pub(crate) client: Option<Cow<'c, str>>,
    /// The profile's id, if the rule makes one.
    pub(crate) profile: Option<Cow<'c, str>>,
    /// The principal, if the rule makes one.
    pub(crate) principal: Option<String>,
}

/// How a client was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MappedBy {
    /// The client lists the certificate, its key or its SPIFFE ID, so long.
    Listing(Lasts),
    /// By the rule at this place.
    Rule(usize),
    /// There are no rules, and clients are open: its subject is the principal.
    Subject,
}

/// Why a certificate proves no client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotMapped {
    /// No rule applies, or the one that applies needs what is not there.
    Unmapped,
    /// A rule needs one value where the certificate has several.
    Ambiguous,
}

/// The outcome of the rules.
pub(crate) type Mapping<'c> = Result<Mapped<'c>, NotMapped>;

impl IdentityRules {
    /// Rules in order, and what clients list.
    pub(crate) fn new(rules: Vec<Rule>, listed: Listed) -> Self {
        Self {
            listed,
            rules: rules.into_boxed_slice(),
        }
    }

    /// Whether nothing can be proven by a certificate.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.listed.is_empty()
    }

    /// The rules, in order.
    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What clients list.
    pub(crate) fn listed(&self) -> &Listed {
        &self.listed
    }

    /// Whether there is a rule, besides what clients list.
    pub(crate) fn has_rules(&self) -> bool {
        !self.rules.is_empty()
    }

    /// Whether a rule asks more of a certificate than whom it names.
    pub(crate) fn ask_for_more_than_a_name(&self) -> bool {
        let mut rules = self.rules.iter();
        rules.any(|rule| {
            rule.issuer.is_some()
                || !rule.conditions.is_empty()
                || rule.profile.is_some()
                || rule.client.is_none()
        })
    }

    /// The rule at a place.
    pub(crate) fn rule(&self, place: usize) -> Option<&Rule> {
        self.rules.get(place)
    }

    /// Maps a certificate whose issuer has been judged.
    ///
    /// # Errors
    ///
    /// Nothing applies, or what applies is not clear. Both are final: a
    /// certificate cannot reach a later rule by leaving something out of an
    /// earlier one, save the attribute that names the client.
    pub(crate) fn map<'c>(
        &'c self,
        certificate: &'c ClientCertificate,
        issuer: IssuerVerdict,
    ) -> Mapping<'c> {
        if let Some(found) = self.listed.find(certificate)? {
            return Ok(Mapped {
                by: MappedBy::Listing(found.lasts),
                client: Some(Cow::Borrowed(found.client)),
                profile: None,
                principal: found.principal.map(Into::into),
            });
        }
        // It may be another client's, by a list that comes before the rules.
        if !self.listed.is_told_by(certificate) {
            return Err(NotMapped::Unmapped);
        }
        for (place, rule) in self.rules.iter().enumerate() {
            if let Some(mapped) = rule.apply(place, certificate, issuer)? {
                return Ok(mapped);
            }
        }
        Err(NotMapped::Unmapped)
    }
}

impl Rule {
    /// Whether it is for certificates that it names one by one, or for the
    /// holder of a key: what nobody has to have verified.
    pub(crate) fn is_pinned(&self) -> bool {
        let pins = |field| {
            let mut conditions = self.conditions.iter();
            conditions.any(|condition| condition.field == field)
        };
        pins(Field::Thumbprint) || (pins(Field::PublicKey) && self.reads_the_key_alone())
    }

    /// Whether nothing but the certificate's key decides whom it proves. The
    /// holder of a key can write anything else beside it: the names that
    /// another rule for the same key asks for, an issuer, the subject that is
    /// the principal where the rule makes none.
    fn reads_the_key_alone(&self) -> bool {
        self.issuer.is_none()
            && self.principal.is_some()
            && self.fields().all(|field| field == Field::PublicKey)
    }

    /// Every field that the rule reads.
    fn fields(&self) -> impl Iterator<Item = Field> {
        let ids = self.client.iter().chain(&self.profile);
        let principal = self.principal.as_ref();
        self.conditions
            .iter()
            .map(|condition| condition.field)
            .chain(ids.filter_map(IdTemplate::field))
            .chain(principal.into_iter().flat_map(PrincipalTemplate::fields))
    }

    fn apply<'c>(
        &'c self,
        place: usize,
        certificate: &'c ClientCertificate,
        issuer: IssuerVerdict,
    ) -> Result<Option<Mapped<'c>>, NotMapped> {
        if self
            .issuer
            .is_some_and(|own| issuer != IssuerVerdict::Allowed(own))
        {
            return Ok(None);
        }
        if !self.fields().all(|field| field.is_told_by(certificate)) {
            return Err(NotMapped::Unmapped);
        }
        for condition in &self.conditions {
            match condition.judge(certificate) {
                Outcome::Holds => {}
                Outcome::Fails => return Ok(None),
                Outcome::Ambiguous => return Err(NotMapped::Ambiguous),
            }
        }
        let client = match self.client.as_ref().map(|own| own.render(certificate)) {
            Some(Err(NotRendered::Absent)) => return Ok(None),
            Some(rendered) => Some(checked_id(rendered)?),
            None => None,
        };
        let profile = match &self.profile {
            Some(template) => Some(checked_id(template.render(certificate))?),
            None => None,
        };
        let principal = match &self.principal {
            Some(template) => Some(template.render(certificate).map_err(refusal)?),
            None => None,
        };
        Ok(Some(Mapped {
            by: MappedBy::Rule(place),
            client,
            profile,
            principal,
        }))
    }
}

fn checked_id(rendered: Result<Cow<'_, str>, NotRendered>) -> Result<Cow<'_, str>, NotMapped> {
    let id = rendered.map_err(refusal)?;
    match check_id(&id) {
        Ok(()) => Ok(id),
        Err(_) => Err(NotMapped::Unmapped),
    }
}

fn refusal(why: NotRendered) -> NotMapped {
    match why {
        NotRendered::Several => NotMapped::Ambiguous,
        NotRendered::Absent | NotRendered::Unusable => NotMapped::Unmapped,
    }
}
