//! The order of the checks, as the contract's table states it, without care
//! for speed or beauty. It knows the reasons and nothing of how they are found.

use certgate::decide::Reason;
use certgate::policy::{Mode, Observe, Requirement};

use super::world::{
    Answer, Certificate, Client, Cnf, Collection, Constraint, Field, Header, Listing, PolicyWorld,
    Profile, RequestWorld, Revoked, Rule, Text, Tls, Token, Validity,
};

/// What is right for a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Exempt,
    Allow(Caller),
    /// Let through in spite of denials, with the caller if one is proven.
    Observed(Option<Caller>),
    Deny(Reason),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) client: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) principal: String,
    pub(crate) collection: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    /// The client that was charged.
    pub(crate) charged: Option<String>,
    /// The denials that were only noted: all of them where a caller is proven,
    /// else the first, because what follows from it is noise.
    pub(crate) observed: Vec<Reason>,
}

/// What a rule makes of a certificate.
struct Mapped {
    client: Option<String>,
    profile: Option<String>,
    principal: String,
}

/// The switches in force, and what they let through so far.
struct Watch {
    certificates: bool,
    policy: bool,
    noted: Vec<(u8, Reason)>,
}

impl Watch {
    /// A check of that stage fails.
    fn fails(&mut self, stage: u8, reason: Reason) -> Result<(), Verdict> {
        let always = matches!(
            reason,
            Reason::PathMalformed
                | Reason::TokenMissing
                | Reason::SenderBindingMissing
                | Reason::SenderBindingMismatch
                | Reason::SenderBindingMalformed
                | Reason::SenderBindingUnsupported
        );
        let switch = match stage {
            ..=7 => self.certificates,
            // With a certificate that failed, nothing of these can hold.
            _ => self.policy || self.lacks_certificate(),
        };
        if always || !switch {
            return Err(Verdict::Deny(reason));
        }
        self.noted.push((stage, reason));
        Ok(())
    }

    fn holds(&mut self, stage: u8, outcome: Result<(), Reason>) -> Result<(), Verdict> {
        outcome.or_else(|reason| self.fails(stage, reason))
    }

    fn lacks_certificate(&self) -> bool {
        self.noted.iter().any(|(stage, _)| *stage <= 7)
    }

    fn lacks_identity(&self) -> bool {
        self.noted.iter().any(|(stage, _)| *stage <= 10)
    }
}

pub(crate) fn decide(policy: &PolicyWorld, request: &RequestWorld) -> Outcome {
    let mut watch = Watch {
        certificates: false,
        policy: false,
        noted: Vec::new(),
    };
    let mut charged = None;
    let verdict =
        judge(policy, request, &mut watch, &mut charged).unwrap_or_else(|verdict| verdict);
    let noted = watch.noted.iter().map(|(_, reason)| *reason);
    Outcome {
        observed: match verdict {
            Verdict::Observed(Some(_)) => noted.collect(),
            Verdict::Observed(None) => noted.take(1).collect(),
            _ => Vec::new(),
        },
        verdict,
        charged,
    }
}

fn judge(
    policy: &PolicyWorld,
    request: &RequestWorld,
    watch: &mut Watch,
    charged: &mut Option<String>,
) -> Result<Verdict, Verdict> {
    let caller = admit(policy, request, watch)?;
    let Some((caller, limited)) = caller else {
        return Ok(Verdict::Observed(None));
    };
    if limited {
        charged.clone_from(&caller.client);
        // 14. Limits.
        match request.limits {
            Answer::Charged => {}
            Answer::RateFull => watch.fails(14, Reason::RateLimitExceeded)?,
            Answer::QuotaFull => watch.fails(14, Reason::QuotaExceeded)?,
            Answer::Unavailable => watch.fails(14, Reason::LimitsUnavailable)?,
        }
    }
    Ok(if watch.noted.is_empty() {
        Verdict::Allow(caller)
    } else {
        Verdict::Observed(Some(caller))
    })
}

/// Stages 1 to 13: the caller if one is proven, and whether limits are to be
/// charged.
fn admit(
    policy: &PolicyWorld,
    request: &RequestWorld,
    watch: &mut Watch,
) -> Result<Option<(Caller, bool)>, Verdict> {
    // 1. Request.
    let (_, strict, with_parameters) = request.target;
    let path = if policy.parameters_allowed {
        with_parameters
    } else {
        strict
    };
    let Some(path) = path else {
        return Err(Verdict::Deny(Reason::PathMalformed));
    };
    let path = if policy.case_insensitive {
        path.to_ascii_lowercase()
    } else {
        path.to_owned()
    };
    if request.method == "GET" && path == "/health" {
        return Err(Verdict::Exempt);
    }
    let collection = collection(policy, &path, host(request).as_deref());
    let own = collection.as_ref().ok().copied().flatten();
    let on = |switch| {
        policy.observe.contains(&switch) || own.is_some_and(|own| own.observe.contains(&switch))
    };
    watch.certificates = on(Observe::Certificates);
    watch.policy = on(Observe::Policy);

    // 2. Edge: what a stranger forwards does not exist, save the certificate of
    // its own connection, where the policy takes it. A proxy's own is no
    // client's.
    let trusted = match request.peer {
        "10.0.0.7" | "::ffff:10.0.0.7" => true,
        "unix" => policy.trusts_unix,
        _ => false,
    };
    let (header, verified) = if trusted {
        let verified = !policy.status || request.status == ["SUCCESS"];
        (request.header, verified)
    } else if policy.direct_tls && request.tls != Tls::None {
        (Header::Certificate, request.tls == Tls::Verified)
    } else {
        (Header::None, false)
    };
    // Where the trusted edge sets them, the selecting headers of others do not
    // exist either.
    let (client_header, profile_header): (&[&str], &[&str]) = if policy.set_by_edge && !trusted {
        (&[], &[])
    } else {
        (request.client_header, request.profile_header)
    };
    let named_by_edge = match client_header {
        [one] => Some(*one).filter(|_| policy.set_by_edge && verified),
        _ => None,
    };
    let token = request.token.as_ref();
    let carries_thumbprint =
        token.is_some_and(|token| !matches!(token.cnf, Cnf::None | Cnf::Jkt | Cnf::JktChecked));
    // Where a certificate is metadata, one that fails is left out.
    let may_drop = policy.mode == Mode::Bearer && !carries_thumbprint;
    let mut dropped = false;

    // 3. The edge's own word, wherever something is forwarded.
    if policy.set_by_edge && !verified && !(client_header.is_empty() && profile_header.is_empty()) {
        watch.fails(3, Reason::CertificateUnverified)?;
    }
    let something = !matches!(header, Header::None | Header::AbsentForm);
    if something && !verified {
        if !may_drop {
            watch.fails(3, Reason::CertificateUnverified)?;
        }
        dropped = true;
    }

    // 4. Dialect. Lines are counted before any is read; a selecting header has
    // one line too.
    let twice = matches!(header, Header::Twice | Header::AbsentFormAndCertificate);
    // And beside a verified token, a bearer line is the only credential: which
    // of several was verified? That is about the token, and always denies.
    let bearer_line = request
        .authorization
        .iter()
        .any(|line| line.to_ascii_lowercase().starts_with("bearer "));
    let which_token =
        token.is_some() && bearer_line && request.authorization.len() > 1 && !policy.ignores_bearer;
    if which_token {
        return Err(Verdict::Deny(Reason::HeaderAmbiguous));
    }
    if (twice && !dropped) || client_header.len() > 1 || profile_header.len() > 1 {
        watch.fails(4, Reason::HeaderAmbiguous)?;
    }
    match header {
        _ if dropped => {}
        Header::Oversized => watch.fails(4, Reason::HeaderOversized)?,
        Header::Malformed => watch.fails(4, Reason::HeaderMalformed)?,
        // 5. Certificate.
        Header::NotDer => watch.fails(5, Reason::CertificateMalformed)?,
        _ => {}
    }
    let unproven = watch.lacks_certificate();
    let mut certificate =
        (!dropped && !unproven && header == Header::Certificate).then_some(&request.certificate);

    // 6. Mode.
    let binding_required = match policy.mode {
        Mode::BearerPlusMtlsRequired => true,
        Mode::BearerPlusMtlsOptional => path == "/pay/out" || path.starts_with("/pay/out/"),
        _ => false,
    };
    let by_name_alone = named_by_edge.is_some() && !asks_for_more_than_a_name(policy);
    let required = binding_required || (policy.mode == Mode::Mtls && !by_name_alone);
    if required && certificate.is_none() && !unproven {
        watch.fails(6, Reason::CertificateMissing)?;
    }
    if token.is_none() && (policy.mode != Mode::Mtls || (bearer_line && !policy.ignores_bearer)) {
        return Err(Verdict::Deny(Reason::TokenMissing));
    }

    // 7. Trust.
    if let Some(presented) = certificate
        && let Err(reason) = trust(policy, presented)
    {
        if may_drop {
            certificate = None;
        } else {
            watch.fails(7, reason)?;
            // The key of a revoked one may be anybody's.
            certificate = certificate.filter(|presented| !is_revoked(policy, presented));
        }
    }
    // An edge that names the client alone says nothing about an issuer.
    if policy.mode == Mode::Mtls
        && certificate.is_none()
        && !watch.lacks_certificate()
        && !policy.issuers.is_empty()
    {
        watch.fails(7, Reason::IssuerNotAllowed)?;
    }

    // 8. Binding.
    if let Some(token) = token {
        binding(token.cnf, certificate.is_some(), binding_required).map_err(Verdict::Deny)?;
    }
    if watch.lacks_certificate() {
        return Ok(None);
    }

    // 9. Identity.
    let named = identity(policy, request, certificate, named_by_edge).and_then(|named| {
        agrees_with_selection(&named, client_header.first(), profile_header.first())?;
        Ok(named)
    });
    let named = match named {
        Ok(named) => named,
        Err(reason) => {
            watch.fails(9, reason)?;
            return Ok(None);
        }
    };

    // 10. Client and profile.
    let (known, profile) = if policy.open {
        if !profile_header.is_empty() {
            watch.fails(10, Reason::ClientProfileMismatch)?;
            return Ok(None);
        }
        (None, None)
    } else {
        let known = policy
            .clients
            .iter()
            .find(|known| Some(known.id) == named.client.as_deref());
        let Some(known) = known else {
            watch.fails(10, Reason::ClientUnknown)?;
            return Ok(None);
        };
        watch.policy |= known.observed;
        if !known.active {
            watch.fails(10, Reason::ClientInactive)?;
        }
        if let Some(presented) = certificate {
            watch.holds(10, own_certificate(known, presented))?;
        }
        let selected = profile_header.first().copied();
        let profile = match profile(policy, known, named.profile.as_deref(), selected) {
            Ok(profile) => profile,
            Err(reason) => {
                watch.fails(10, reason)?;
                None
            }
        };
        // Where that is only noted, what it requires is required all the same.
        if profile.is_some_and(|profile| !profile.active) {
            watch.fails(10, Reason::ProfileInactive)?;
        }
        let bound = certificate.is_some() && carries_thumbprint;
        let required = [known.requires, profile.and_then(|profile| profile.requires)];
        if required.contains(&Some(Requirement::Certificate)) && certificate.is_none() {
            watch.fails(10, Reason::CertificateMissing)?;
        }
        if required.contains(&Some(Requirement::Binding)) && !bound {
            watch.fails(10, Reason::SenderBindingMissing)?;
        }
        if watch.lacks_identity() {
            return Ok(None);
        }
        (Some(known), profile)
    };

    // 11. Address.
    let address = client_address(policy, request, trusted);
    let is_in = |network: &str| address.is_some_and(|address| address.starts_with(network));
    let client_allows = is_in("203.0.113.") || is_in("192.0.2.");
    let profile_list = profile.is_some_and(|profile| profile.allowlist);
    if (known.is_some_and(|known| known.allowlist) && !client_allows)
        || (profile_list && !is_in("203.0.113."))
    {
        watch.fails(11, Reason::IpNotAllowed)?;
    }

    // 12. Collection: the longest path wins, and on it the request's own host.
    match collection {
        // What the host would decide cannot be told.
        Err(()) => watch.fails(12, Reason::CollectionUnknown)?,
        Ok(None) if !policy.unlisted_allowed => watch.fails(12, Reason::CollectionUnknown)?,
        Ok(Some(own)) if known.is_some_and(|known| !known.collections.contains(&own.name)) => {
            watch.fails(12, Reason::CollectionNotAllowed)?;
        }
        _ => {}
    }

    // 13. Method.
    let lists = [
        own.and_then(|own| own.methods.as_ref()),
        known.and_then(|known| known.methods.as_ref()),
        profile.and_then(|profile| profile.methods.as_ref()),
    ];
    let mut lists = lists.iter().flatten();
    if lists.any(|methods| !methods.contains(&request.method)) {
        watch.fails(13, Reason::MethodNotAllowed)?;
    }
    let caller = Caller {
        client: named.client,
        profile: profile.map(|profile| profile.id.to_owned()),
        principal: named.principal,
        collection: own.map(|own| own.name.to_owned()),
    };
    Ok(Some((caller, known.is_some_and(|known| known.limited))))
}

/// Whether a name alone, which an edge tells without the certificate, cannot
/// meet what the policy asks of certificates.
fn asks_for_more_than_a_name(policy: &PolicyWorld) -> bool {
    policy
        .rules
        .iter()
        .any(|rule| rule.issuer.is_some() || rule.when.is_some() || rule.profile.is_some())
}

fn trust(policy: &PolicyWorld, certificate: &Certificate) -> Result<(), Reason> {
    match certificate.validity {
        Validity::Expired => return Err(Reason::CertificateExpired),
        Validity::NotYet => return Err(Reason::CertificateNotYetValid),
        Validity::Current | Validity::FirstSecond | Validity::LastSecond => {}
    }
    if is_revoked(policy, certificate) {
        return Err(Reason::CertificateRevoked);
    }
    if !policy.issuers.is_empty() && !policy.issuers.contains(&certificate.issuer) {
        return Err(Reason::IssuerNotAllowed);
    }
    if !policy
        .constraint
        .is_none_or(|constraint| meets(constraint, certificate))
    {
        return Err(Reason::CertificateNotAllowed);
    }
    Ok(())
}

fn is_revoked(policy: &PolicyWorld, certificate: &Certificate) -> bool {
    match policy.revoked {
        Revoked::This => true,
        Revoked::NumberOfA => certificate.issuer == 'A',
        Revoked::Other | Revoked::None => false,
    }
}

fn meets(constraint: Constraint, certificate: &Certificate) -> bool {
    let ends_with = |values: &[&str], end: &str| {
        let mut values = values.iter();
        values.any(|value| value.ends_with(end) && value.len() > end.len())
    };
    match constraint {
        Constraint::OuProd => certificate.ou.contains(&"prod"),
        Constraint::DnsExample => ends_with(certificate.dns, ".example"),
        Constraint::EmailAcme => ends_with(certificate.email, "@acme.example"),
        Constraint::IssuerA => certificate.issuer == 'A',
        Constraint::AlternativeNames => {
            let Certificate {
                dns, email, spiffe, ..
            } = certificate;
            !(dns.is_empty() && email.is_empty() && spiffe.is_empty())
        }
    }
}

/// What one client alone demands of its certificates.
fn own_certificate(client: &Client, certificate: &Certificate) -> Result<(), Reason> {
    let by_name = certificate
        .spiffe
        .iter()
        .any(|id| client.spiffe_ids.contains(id));
    let ended = client.certificates == Listing::ThisUntilPast && !by_name;
    let unmet = client
        .constraint
        .is_some_and(|constraint| !meets(constraint, certificate));
    if ended || unmet {
        return Err(Reason::CertificateNotAllowed);
    }
    Ok(())
}

fn binding(cnf: Cnf, certificate: bool, required: bool) -> Result<(), Reason> {
    match cnf {
        Cnf::ThisCertificate | Cnf::ThisCertificateLooseBits | Cnf::JktAndThisCertificate
            if certificate =>
        {
            Ok(())
        }
        Cnf::ThisCertificate
        | Cnf::ThisCertificateLooseBits
        | Cnf::JktAndThisCertificate
        | Cnf::OtherCertificate => Err(Reason::SenderBindingMismatch),
        Cnf::Hex | Cnf::Padded | Cnf::Empty | Cnf::NotText => Err(Reason::SenderBindingMalformed),
        Cnf::Jkt => Err(Reason::SenderBindingUnsupported),
        Cnf::None | Cnf::JktChecked if required => Err(Reason::SenderBindingMissing),
        Cnf::None | Cnf::JktChecked => Ok(()),
    }
}

/// Whom certificate, token and edge name together.
fn identity(
    policy: &PolicyWorld,
    request: &RequestWorld,
    certificate: Option<&Certificate>,
    named_by_edge: Option<&str>,
) -> Result<Mapped, Reason> {
    let token = request.token.as_ref();
    let Some(certificate) = certificate else {
        // Stage 8 has found any thumbprint in the token to be the right one.
        let held =
            token.is_none_or(|token| !matches!(token.cnf, Cnf::None | Cnf::JktChecked | Cnf::Jkt));
        let named = token.and_then(|token| token.client);
        // Open mode mtls asks the certificate, or the edge.
        let by_proof = !policy.open || policy.mode != Mode::Mtls || named_by_edge.is_some();
        let named = named.filter(|_| by_proof);
        let named = named
            .or(named_by_edge.filter(|_| held && token.is_none_or(|token| token.client.is_none())));
        let client = named.ok_or(Reason::IdentityUnmapped)?;
        if is_listed(policy, client) {
            return Err(Reason::IdentityUnmapped);
        }
        return Ok(Mapped {
            client: Some(client.to_owned()),
            profile: None,
            principal: client.to_owned(),
        });
    };
    let mapped = match map(policy, certificate) {
        // Metadata that says nothing about the caller; or one without a name,
        // where no rule says what to make of it.
        Err(Reason::IdentityUnmapped) if policy.mode == Mode::Bearer || policy.rules.is_empty() => {
            return identity(policy, request, None, named_by_edge);
        }
        outcome => outcome?,
    };
    if mapped.client.is_none() {
        return client_of_principal(policy, token, mapped, named_by_edge);
    }
    if let Some(token) = token {
        match token.client {
            Some(_) if token.client != mapped.client.as_deref() => {
                return Err(Reason::IdentityConflict);
            }
            // Stage 8 has found any thumbprint in the token to be this one's.
            None if matches!(token.cnf, Cnf::None | Cnf::JktChecked) => {
                return Err(Reason::IdentityUnmapped);
            }
            _ => {}
        }
    }
    Ok(mapped)
}

/// Where clients are open and the certificate names none.
fn client_of_principal(
    policy: &PolicyWorld,
    token: Option<&Token>,
    mapped: Mapped,
    named_by_edge: Option<&str>,
) -> Result<Mapped, Reason> {
    let with = |client: Option<&str>, mapped: Mapped| Mapped {
        client: client.map(str::to_owned),
        ..mapped
    };
    let Some(token) = token else {
        return Ok(with(named_by_edge, mapped));
    };
    if !matches!(token.cnf, Cnf::None | Cnf::JktChecked) {
        return Ok(with(token.client.or(named_by_edge), mapped));
    }
    // The same token without the certificate would do, or not.
    match (token.client, policy.mode) {
        (Some(client), Mode::Bearer | Mode::BearerPlusMtlsOptional) => Ok(Mapped {
            client: Some(client.to_owned()),
            profile: None,
            principal: client.to_owned(),
        }),
        _ => Err(Reason::IdentityUnmapped),
    }
}

fn agrees_with_selection(
    named: &Mapped,
    client: Option<&&str>,
    profile: Option<&&str>,
) -> Result<(), Reason> {
    if client.is_some_and(|id| Some(*id) != named.client.as_deref()) {
        return Err(Reason::IdentityConflict);
    }
    if let (Some(made), Some(selected)) = (named.profile.as_deref(), profile)
        && made != *selected
    {
        return Err(Reason::IdentityConflict);
    }
    Ok(())
}

fn is_listed(policy: &PolicyWorld, id: &str) -> bool {
    policy.clients.iter().any(|client| {
        client.id == id && !(client.spiffe_ids.is_empty() && client.certificates == Listing::None)
    })
}

fn map(policy: &PolicyWorld, certificate: &Certificate) -> Result<Mapped, Reason> {
    // The clients' own lists come first and are final.
    let by_name: Vec<&Client> = certificate
        .spiffe
        .iter()
        .filter_map(|id| {
            let mut clients = policy.clients.iter();
            clients.find(|client| client.spiffe_ids.contains(id))
        })
        .collect();
    if !by_name.is_empty() && certificate.spiffe.len() > 1 {
        return Err(Reason::IdentityAmbiguous);
    }
    let is_this = |client: &&Client| !matches!(client.certificates, Listing::None | Listing::Other);
    let by_bytes = policy.clients.iter().find(is_this);
    match (by_bytes, by_name.first()) {
        (Some(one), Some(other)) if one.id != other.id => return Err(Reason::IdentityAmbiguous),
        (Some(client), _) | (None, Some(&client)) => {
            return Ok(Mapped {
                client: Some(client.id.to_owned()),
                profile: None,
                principal: named_subject(certificate, client.id),
            });
        }
        (None, None) => {}
    }
    for rule in &policy.rules {
        if let Some(mapped) = apply(rule, certificate)? {
            if mapped
                .client
                .as_deref()
                .is_some_and(|id| is_listed(policy, id))
            {
                return Err(Reason::IdentityUnmapped);
            }
            return Ok(mapped);
        }
    }
    if policy.open && policy.rules.is_empty() && !subject(certificate).is_empty() {
        return Ok(Mapped {
            client: None,
            profile: None,
            principal: subject(certificate),
        });
    }
    Err(Reason::IdentityUnmapped)
}

/// The subject, or the client's id where that is empty.
fn named_subject(certificate: &Certificate, client: &str) -> String {
    match subject(certificate) {
        subject if subject.is_empty() => client.to_owned(),
        subject => subject,
    }
}

/// What the rule makes of the certificate; `None` if it does not apply.
fn apply(rule: &Rule, certificate: &Certificate) -> Result<Option<Mapped>, Reason> {
    if rule
        .issuer
        .is_some_and(|issuer| issuer != certificate.issuer)
    {
        return Ok(None);
    }
    if let Some((field, wanted)) = rule.when {
        let equal = |value: &&str| match field {
            Field::Dns => value.eq_ignore_ascii_case(wanted),
            _ => *value == wanted,
        };
        if !values(field, certificate).iter().any(equal) {
            return Ok(None);
        }
    }
    let client = match rule.client {
        None => None,
        Some(Text::From(field)) if values(field, certificate).is_empty() => return Ok(None),
        Some(text) => Some(as_id(fill(text, certificate)?)?),
    };
    let profile = match rule.profile {
        Some(text) => Some(as_id(fill(text, certificate)?)?),
        None => None,
    };
    let principal = match rule.principal {
        None => named_subject(certificate, client.as_deref().unwrap_or_default()),
        Some(field) => {
            let value = fill(Text::From(field), certificate)?;
            format!("auth:{}", value.replace(':', "%3A"))
        }
    };
    Ok(Some(Mapped {
        client,
        profile,
        principal,
    }))
}

fn as_id(text: String) -> Result<String, Reason> {
    if text.contains(' ') {
        return Err(Reason::IdentityUnmapped);
    }
    Ok(text)
}

fn fill(text: Text, certificate: &Certificate) -> Result<String, Reason> {
    let field = match text {
        Text::Literal(literal) => return Ok(literal.to_owned()),
        Text::From(field) => field,
    };
    match values(field, certificate) {
        [] => Err(Reason::IdentityUnmapped),
        [value] if value.chars().any(is_hidden) => Err(Reason::IdentityUnmapped),
        [value] => Ok((*value).to_owned()),
        _ => Err(Reason::IdentityAmbiguous),
    }
}

fn is_hidden(c: char) -> bool {
    c.is_control() || c == '\u{202e}'
}

fn values(field: Field, certificate: &Certificate) -> &'static [&'static str] {
    match field {
        Field::Cn => certificate.cn,
        Field::Ou => certificate.ou,
        Field::Dns => certificate.dns,
        Field::Email => certificate.email,
    }
}

/// The subject in RFC 4514 text. In the DER the OUs stand before the CNs.
fn subject(certificate: &Certificate) -> String {
    let attributes: Vec<String> = certificate
        .cn
        .iter()
        .rev()
        .map(|cn| format!("CN={}", escaped(cn)))
        .chain(
            certificate
                .ou
                .iter()
                .rev()
                .map(|ou| format!("OU={}", escaped(ou))),
        )
        .collect();
    attributes.join(",")
}

fn escaped(value: &str) -> String {
    let octet = |byte: &u8| format!("\\{byte:02X}");
    value
        .chars()
        .map(|c| match c {
            ',' => "\\,".to_owned(),
            c if is_hidden(c) => c.to_string().as_bytes().iter().map(octet).collect(),
            c => c.to_string(),
        })
        .collect()
}

fn profile<'p>(
    policy: &PolicyWorld,
    client: &'p Client,
    made: Option<&str>,
    selected: Option<&str>,
) -> Result<Option<&'p Profile>, Reason> {
    let Some(named) = made.or(selected) else {
        return match &client.profiles[..] {
            [] => Ok(None),
            [only] => Ok(Some(only)),
            _ => Err(Reason::ProfileRequired),
        };
    };
    if let Some(own) = client.profiles.iter().find(|own| own.id == named) {
        return Ok(Some(own));
    }
    // A selected profile that is not this client's is a mismatch, whoever
    // else's it is; one that a rule makes may be nobody's at all.
    let mut all = policy.clients.iter().flat_map(|client| &client.profiles);
    if made.is_some() && !all.any(|other| other.id == named) {
        return Err(Reason::ProfileUnknown);
    }
    Err(Reason::ClientProfileMismatch)
}

fn client_address(
    policy: &PolicyWorld,
    request: &RequestWorld,
    trusted: bool,
) -> Option<&'static str> {
    if trusted && policy.forwarded_for {
        return request.forwarded_for.1;
    }
    match request.peer {
        "unix" | "unknown" => None,
        address => Some(address),
    }
}

/// The request's host, if it tells one.
fn host(request: &RequestWorld) -> Option<String> {
    match request.host {
        [line] if !line.is_empty() => {
            let host = line.split(':').next().unwrap();
            Some(host.to_ascii_lowercase())
        }
        _ => None,
    }
}

/// The collection of a path and host. Where one on the path names a host and
/// the request does not, which of them is meant cannot be told.
fn collection<'p>(
    policy: &'p PolicyWorld,
    path: &str,
    host: Option<&str>,
) -> Result<Option<&'p Collection>, ()> {
    let below = |prefix: &str| path == prefix || path.starts_with(&format!("{prefix}/"));
    let named = |name: &str| policy.collections.iter().find(|own| own.name == name);
    if below("/pay/out")
        && let Some(payouts) = named("payouts")
    {
        return Ok(Some(payouts));
    }
    if below("/pay") {
        if let Some(partners) = named("partners") {
            match host {
                None => return Err(()),
                Some("partner.example") => return Ok(Some(partners)),
                // Listed for another host is not unlisted.
                Some(_) => return named("payments").map(Some).ok_or(()),
            }
        }
        return Ok(named("payments"));
    }
    if path == "/admin" || path == "/admin/" {
        return Ok(named("admin"));
    }
    Ok(None)
}
