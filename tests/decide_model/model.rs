//! The order of the checks, as the contract's table states it, without care
//! for speed or beauty. It knows the reasons and nothing of how they are found.

use certgate::decide::Reason;
use certgate::policy::Mode;

use super::world::{
    Answer, Certificate, Client, Cnf, Field, Header, NOW, PolicyWorld, Profile, RequestWorld, Rule,
    SERIAL, Text, Tls, Validity, World,
};

/// What is right for a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Exempt,
    Allow(Caller),
    Deny(Reason),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) client: String,
    pub(crate) profile: Option<String>,
    pub(crate) principal: String,
    pub(crate) collection: Option<String>,
}

/// What a rule makes of a certificate.
struct Mapped {
    client: String,
    profile: Option<String>,
    principal: String,
}

/// The verdict, and the client that was charged.
pub(crate) fn decide(world: &World) -> (Verdict, Option<String>) {
    match admit(&world.policy, &world.request) {
        Err(verdict) => (verdict, None),
        Ok((caller, false)) => (Verdict::Allow(caller), None),
        Ok((caller, true)) => {
            let charged = Some(caller.client.clone());
            let verdict = match world.limits {
                Answer::Charged => Verdict::Allow(caller),
                Answer::RateFull => Verdict::Deny(Reason::RateLimitExceeded),
                Answer::QuotaFull => Verdict::Deny(Reason::QuotaExceeded),
                Answer::Unavailable => Verdict::Deny(Reason::LimitsUnavailable),
            };
            (verdict, charged)
        }
    }
}

/// Stages 1 to 13: the caller, and whether limits are to be charged.
fn admit(policy: &PolicyWorld, request: &RequestWorld) -> Result<(Caller, bool), Verdict> {
    let deny = |reason| Err(Verdict::Deny(reason));

    // 1. Request.
    let (_, strict, with_parameters) = request.target;
    let path = if policy.parameters_allowed {
        with_parameters
    } else {
        strict
    };
    let Some(path) = path else {
        return deny(Reason::PathMalformed);
    };
    let path = if policy.case_insensitive {
        path.to_ascii_lowercase()
    } else {
        path.to_owned()
    };
    if request.method == "GET" && path == "/health" {
        return Err(Verdict::Exempt);
    }

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
    let named_by_edge = client_header.first().copied();
    let named_by_edge = named_by_edge.filter(|_| policy.set_by_edge && verified);
    let token = request.token.as_ref();
    let carries_thumbprint =
        token.is_some_and(|token| !matches!(token.cnf, Cnf::None | Cnf::Jkt | Cnf::JktChecked));
    // Where a certificate is metadata, one that fails is left out.
    let may_drop = policy.mode == Mode::Bearer && !carries_thumbprint;
    let mut dropped = false;

    // 3. The edge's own word, wherever something is forwarded.
    if policy.set_by_edge && !verified && !(client_header.is_empty() && profile_header.is_empty()) {
        return deny(Reason::CertificateUnverified);
    }
    let something = !matches!(header, Header::None | Header::AbsentForm);
    if something && !verified {
        if !may_drop {
            return deny(Reason::CertificateUnverified);
        }
        dropped = true;
    }

    // 4. Dialect. Lines are counted before any is read; a selecting header has
    // one line too.
    let twice = matches!(header, Header::Twice | Header::AbsentFormAndCertificate);
    // And beside a verified token, a bearer line is the only credential: which
    // of several was verified?
    let bearer_line = request
        .authorization
        .iter()
        .any(|line| line.to_ascii_lowercase().starts_with("bearer "));
    let which_token =
        token.is_some() && bearer_line && request.authorization.len() > 1 && !policy.ignores_bearer;
    if (twice && !dropped) || client_header.len() > 1 || profile_header.len() > 1 || which_token {
        return deny(Reason::HeaderAmbiguous);
    }
    match header {
        _ if dropped => {}
        Header::Oversized => return deny(Reason::HeaderOversized),
        Header::Malformed => return deny(Reason::HeaderMalformed),
        _ => {}
    }

    // 5. Certificate.
    if !dropped && header == Header::NotDer {
        return deny(Reason::CertificateMalformed);
    }
    let mut certificate =
        (!dropped && header == Header::Certificate).then_some(&request.certificate);

    // 6. Mode.
    let binding_required = match policy.mode {
        Mode::BearerPlusMtlsRequired => true,
        Mode::BearerPlusMtlsOptional => path == "/pay/out" || path.starts_with("/pay/out/"),
        _ => false,
    };
    let required = binding_required || (policy.mode == Mode::Mtls && named_by_edge.is_none());
    if required && certificate.is_none() {
        return deny(Reason::CertificateMissing);
    }
    if token.is_none() && (policy.mode != Mode::Mtls || (bearer_line && !policy.ignores_bearer)) {
        return deny(Reason::TokenMissing);
    }

    // 7. Trust.
    if let Some(presented) = certificate
        && let Err(reason) = trust(policy, presented)
    {
        if !may_drop {
            return deny(reason);
        }
        certificate = None;
    }

    // An edge that names the client alone says nothing about an issuer.
    if policy.mode == Mode::Mtls && certificate.is_none() && !policy.issuers.is_empty() {
        return deny(Reason::IssuerNotAllowed);
    }
    if policy.mode == Mode::Mtls
        && certificate.is_none()
        && (policy.revoked.is_some() || policy.constraint.is_some())
    {
        return deny(Reason::CertificateNotAllowed);
    }

    // 8. Binding.
    if let Some(token) = token {
        binding(token.cnf, certificate.is_some(), binding_required).map_err(Verdict::Deny)?;
    }

    // 9. Identity.
    let (client, rule_profile, principal) =
        identity(policy, request, certificate, named_by_edge).map_err(Verdict::Deny)?;
    let selected_profile = profile_header.first().copied();
    if client_header.first().is_some_and(|id| *id != client) {
        return deny(Reason::IdentityConflict);
    }
    if let (Some(made), Some(selected)) = (rule_profile.as_deref(), selected_profile)
        && made != selected
    {
        return deny(Reason::IdentityConflict);
    }

    // 10. Client and profile.
    let Some(known) = policy.clients.iter().find(|known| known.id == client) else {
        return deny(Reason::ClientUnknown);
    };
    if !known.active {
        return deny(Reason::ClientInactive);
    }
    let allowed = match certificate {
        Some(presented) => {
            let by_spiffe_id = presented
                .spiffe
                .iter()
                .any(|id| known.spiffe_ids.contains(id));
            let replaced = known.key.is_some_and(|until| until < NOW);
            (by_spiffe_id || !replaced) && has(presented, known.constraint)
        }
        // The edge alone speaks, and tells nothing of the certificate.
        None => known.constraint.is_none() || policy.mode != Mode::Mtls,
    };
    if !allowed {
        return deny(Reason::CertificateNotAllowed);
    }
    let profile =
        profile(policy, known, rule_profile.as_deref(), selected_profile).map_err(Verdict::Deny)?;

    // 11. Address.
    let address = client_address(policy, request, trusted);
    if profile.is_some_and(|profile| profile.allowlist)
        && !address.is_some_and(|address| address.starts_with("203.0.113."))
    {
        return deny(Reason::IpNotAllowed);
    }

    // 12. Collection: the longest path wins.
    let collection = collection(policy, &path);
    match collection {
        None if !policy.unlisted_allowed => return deny(Reason::CollectionUnknown),
        Some(name) if !known.collections.contains(&name) => {
            return deny(Reason::CollectionNotAllowed);
        }
        _ => {}
    }

    // 13. Method.
    if let Some(methods) = profile.and_then(|profile| profile.methods.as_ref())
        && !methods.contains(&request.method)
    {
        return deny(Reason::MethodNotAllowed);
    }
    let caller = Caller {
        client,
        profile: profile.map(|profile| profile.id.to_owned()),
        principal,
        collection: collection.map(str::to_owned),
    };
    Ok((caller, known.limited))
}

fn trust(policy: &PolicyWorld, certificate: &Certificate) -> Result<(), Reason> {
    match certificate.validity {
        Validity::Expired => return Err(Reason::CertificateExpired),
        Validity::NotYet => return Err(Reason::CertificateNotYetValid),
        Validity::Current | Validity::FirstSecond | Validity::LastSecond => {}
    }
    if policy.revoked == Some((certificate.issuer, SERIAL)) {
        return Err(Reason::CertificateRevoked);
    }
    if !policy.issuers.is_empty() && !policy.issuers.contains(&certificate.issuer) {
        return Err(Reason::IssuerNotAllowed);
    }
    if !has(certificate, policy.constraint) {
        return Err(Reason::CertificateNotAllowed);
    }
    Ok(())
}

fn has(certificate: &Certificate, wanted: Option<(Field, &str)>) -> bool {
    let Some((field, wanted)) = wanted else {
        return true;
    };
    let equal = |value: &&str| match field {
        Field::Dns => value.eq_ignore_ascii_case(wanted),
        _ => *value == wanted,
    };
    values(field, certificate).iter().any(equal)
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

/// Client, the profile that a rule makes, and the principal.
fn identity(
    policy: &PolicyWorld,
    request: &RequestWorld,
    certificate: Option<&Certificate>,
    named_by_edge: Option<&str>,
) -> Result<(String, Option<String>, String), Reason> {
    let token = request.token.as_ref();
    let Some(certificate) = certificate else {
        // Stage 8 has found any thumbprint in the token to be the right one.
        let held =
            token.is_none_or(|token| !matches!(token.cnf, Cnf::None | Cnf::JktChecked | Cnf::Jkt));
        let named = token.and_then(|token| token.client);
        let named = named.or(named_by_edge.filter(|_| held));
        let client = named.ok_or(Reason::IdentityUnmapped)?;
        if is_listed(policy, client) {
            return Err(Reason::IdentityUnmapped);
        }
        return Ok((client.to_owned(), None, client.to_owned()));
    };
    let mapped = match map(policy, certificate) {
        // Metadata that says nothing about the caller.
        Err(Reason::IdentityUnmapped) if policy.mode == Mode::Bearer => {
            return identity(policy, request, None, named_by_edge);
        }
        outcome => outcome?,
    };
    if let Some(token) = token {
        match token.client {
            Some(client) if client != mapped.client => return Err(Reason::IdentityConflict),
            // Stage 8 has found any thumbprint in the token to be this one's.
            None if matches!(token.cnf, Cnf::None | Cnf::JktChecked) => {
                return Err(Reason::IdentityUnmapped);
            }
            _ => {}
        }
    }
    Ok((mapped.client, mapped.profile, mapped.principal))
}

fn is_listed(policy: &PolicyWorld, id: &str) -> bool {
    policy
        .clients
        .iter()
        .any(|client| client.id == id && (!client.spiffe_ids.is_empty() || client.key.is_some()))
}

fn map(policy: &PolicyWorld, certificate: &Certificate) -> Result<Mapped, Reason> {
    // The clients' own lists come first and are final.
    let listing = |id: &'static str| {
        policy
            .clients
            .iter()
            .find(|client| client.spiffe_ids.contains(&id))
    };
    if let Some(id) = certificate.spiffe.iter().find(|id| listing(id).is_some()) {
        if certificate.spiffe.len() > 1 {
            return Err(Reason::IdentityAmbiguous);
        }
        let by_key = |client: &&Client| client.key.is_some();
        let lists_key = policy.clients.iter().find(by_key);
        if lists_key.is_some_and(|client| client.id != listing(id).unwrap().id) {
            return Err(Reason::IdentityAmbiguous);
        }
        return Ok(Mapped {
            client: listing(id).unwrap().id.to_owned(),
            profile: None,
            principal: subject(certificate),
        });
    }
    if let Some(client) = policy.clients.iter().find(|client| client.key.is_some()) {
        return Ok(Mapped {
            client: client.id.to_owned(),
            profile: None,
            principal: subject(certificate),
        });
    }
    for rule in &policy.rules {
        if let Some(mapped) = apply(rule, certificate)? {
            if is_listed(policy, &mapped.client) {
                return Err(Reason::IdentityUnmapped);
            }
            return Ok(mapped);
        }
    }
    Err(Reason::IdentityUnmapped)
}

/// What the rule makes of the certificate; `None` if it does not apply.
fn apply(rule: &Rule, certificate: &Certificate) -> Result<Option<Mapped>, Reason> {
    if rule
        .issuer
        .is_some_and(|issuer| issuer != certificate.issuer)
    {
        return Ok(None);
    }
    if !has(certificate, rule.when) {
        return Ok(None);
    }
    let client = match rule.client {
        Text::From(field) if values(field, certificate).is_empty() => return Ok(None),
        text => as_id(fill(text, certificate)?)?,
    };
    let profile = match rule.profile {
        Some(text) => Some(as_id(fill(text, certificate)?)?),
        None => None,
    };
    let principal = match rule.principal {
        None => subject(certificate),
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
            [only] if only.active => Ok(Some(only)),
            [_] => Err(Reason::ProfileInactive),
            _ => Err(Reason::ProfileRequired),
        };
    };
    if let Some(own) = client.profiles.iter().find(|own| own.id == named) {
        return if own.active {
            Ok(Some(own))
        } else {
            Err(Reason::ProfileInactive)
        };
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

fn collection(policy: &PolicyWorld, path: &str) -> Option<&'static str> {
    let below = |prefix: &str| path == prefix || path.starts_with(&format!("{prefix}/"));
    let matching = |name: &str| match name {
        "payouts" => below("/pay/out"),
        "payments" => below("/pay"),
        _ => path == "/admin" || path == "/admin/",
    };
    ["payouts", "payments", "admin"]
        .into_iter()
        .find(|name| policy.collections.contains(name) && matching(name))
}
