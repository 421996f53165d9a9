//! A chain, and what certgate and OpenSSL say of it.

use std::time::Duration;

use certgate::decide::decide;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Now, Peer, PeerCertificate, Request, Timestamp};
use certgate::trust::RevocationLists;

use crate::der::pem;
use crate::differences::{self, Stricter};
use crate::openssl;

/// 2026-06-01T00:00:00Z
pub(crate) const JUNE: i64 = 1_780_272_000;

pub(crate) const ALLOW: &str = "allow";
pub(crate) const UNTRUSTED: &str = "certificate_untrusted";
pub(crate) const EXPIRED: &str = "certificate_expired";
pub(crate) const NOT_YET: &str = "certificate_not_yet_valid";
pub(crate) const REVOKED: &str = "certificate_revoked";
/// The client's certificate is not even read.
pub(crate) const MALFORMED: &str = "certificate_malformed";
/// The policy refuses an authority, or a list cannot be read.
pub(crate) const REFUSED: &str = "refused when loaded";

#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) client: Vec<u8>,
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) authorities: Vec<Vec<u8>>,
    pub(crate) lists: Vec<Vec<u8>>,
    pub(crate) asked: Lists,
    /// Whether an authority is none of the top.
    pub(crate) partial: bool,
    pub(crate) now: i64,
    pub(crate) expected: &'static str,
}

/// Whose revocation lists have to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lists {
    /// Nobody's. certgate asks those that are there nevertheless.
    No,
    /// Those of the client's issuer. certgate asks those that are there.
    OfClients,
    /// Those of every issuer.
    OfAll,
}

impl Case {
    /// `certificates` is the client's, then those that come along.
    pub(crate) fn new(
        name: impl Into<String>,
        certificates: &[&Vec<u8>],
        authorities: &[&Vec<u8>],
        expected: &'static str,
    ) -> Self {
        Self {
            name: name.into(),
            client: certificates[0].clone(),
            chain: certificates[1..].iter().map(|der| der.to_vec()).collect(),
            authorities: authorities.iter().map(|der| der.to_vec()).collect(),
            lists: Vec::new(),
            asked: Lists::No,
            partial: false,
            now: JUNE,
            expected,
        }
    }

    pub(crate) fn partial(mut self) -> Self {
        self.partial = true;
        self
    }

    pub(crate) fn asking(mut self, asked: Lists, lists: &[&Vec<u8>]) -> Self {
        self.asked = asked;
        self.lists = lists.iter().map(|der| der.to_vec()).collect();
        self
    }

    /// What certgate decides.
    fn decided(&self) -> String {
        let named = self.authorities.iter().enumerate();
        let authorities = named.map(|(number, der)| {
            let text = pem("CERTIFICATE", der);
            format!("[[authorities]]\nname = 'a{number}'\ncertificate = '''\n{text}'''\n")
        });
        let authorities: String = authorities.collect();
        let revocation = match self.asked {
            Lists::No | Lists::OfClients => "if-listed",
            Lists::OfAll => "required",
        };
        let text = format!(
            "version = 1\nclients = 'open'\n[edge]\npreset = 'direct'\nverification = 'in-process'\n\
             [authentication]\nmode = 'mtls'\n[authentication.chain]\nmax_depth = 7\n\
             revocation = '{revocation}'\n{authorities}[paths]\nunlisted = 'allow'\n"
        );
        let mut lists = RevocationLists::new();
        let read = self
            .lists
            .iter()
            .try_for_each(|der| lists.add(der).map(drop));
        let (Ok(loaded), Ok(())) = (Policy::from_toml_str(&text, "policy.toml"), read) else {
            return REFUSED.to_owned();
        };
        let policy = loaded.policy.with_revocation_lists(lists);
        let certificate = PeerCertificate::unverified(&self.client).with_chain(&self.chain);
        let headers: [(&str, &str); 0] = [];
        let request = Request {
            peer: Peer::address("192.0.2.1".parse().unwrap()).with_certificate(certificate),
            method: "GET",
            target: "/",
            headers: &headers,
            token: None,
            now: Now {
                wall: Timestamp::from_unix_seconds(self.now),
                monotonic: Duration::ZERO,
            },
        };
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let reason = decide(&policy, &request, &limits).reason();
        reason.map_or_else(|| ALLOW.to_owned(), |reason| reason.to_string())
    }
}

/// Holds certgate to what each case expects, and to OpenSSL, but for the differences
/// that are known and explained. Tells how many cases there were.
pub(crate) fn agree(axis: &str, cases: &[Case]) {
    let verdicts = openssl::verdicts(cases);
    openssl::clean_up();
    let mut wrong = Vec::new();
    let mut met = Vec::new();
    for (case, verdict) in cases.iter().zip(&verdicts) {
        let decided = case.decided();
        let name = format!("{axis}: {}", case.name);
        if decided != case.expected {
            wrong.push(format!("{name}: {decided}, expected {}", case.expected));
        }
        let stricter = match (decided == ALLOW, verdict) {
            (true, None) | (false, Some(_)) => None,
            (false, None) => Some(Stricter::Certgate),
            (true, Some(_)) => Some(Stricter::OpenSsl),
        };
        let Some(stricter) = stricter else { continue };
        match differences::explained(&name, stricter) {
            Some(known) => met.push(known.cases),
            None => wrong.push(format!(
                "{name}: {decided}, OpenSSL {}; stricter {stricter:?}, and not explained",
                verdict.as_deref().unwrap_or("OK")
            )),
        }
    }
    for known in differences::of(axis) {
        if !met.contains(&known) {
            wrong.push(format!("there is no such difference any more: {known}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}
