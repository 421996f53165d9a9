//! What the service behind a gate sees of a request.

use certgate::certificate::CertInfo;
use certgate::decide::ObservedGrant;
use certgate::gate::{Granted, ProvenIdentity};
use serde::{Deserialize, Serialize};

/// It travels in a line of the response, since HEAD has no body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sight {
    /// By every stage, and by all that the policy has.
    pub(crate) proven: Option<Ids>,
    /// By an identity whose denials are observed.
    pub(crate) observed: Option<Ids>,
    pub(crate) denials: Vec<String>,
    pub(crate) collection: Option<String>,
    pub(crate) binding: String,
    /// The thumbprint.
    pub(crate) certificate: Option<String>,
    /// The name of each header line, in order of the alphabet.
    pub(crate) lines: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ids {
    pub(crate) client: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) principal: String,
}

impl Sight {
    /// The header that it travels in.
    pub(crate) const HEADER: &'static str = "x-sight";

    /// By the grant alone.
    pub(crate) fn of<'n>(granted: &Granted, names: impl Iterator<Item = &'n str>) -> Self {
        Self::told(granted, granted.identity(), granted.certificate(), names)
    }

    /// By what a handler was handed.
    pub(crate) fn told<'n>(
        granted: &Granted,
        identity: Option<&ProvenIdentity>,
        certificate: Option<&CertInfo>,
        names: impl Iterator<Item = &'n str>,
    ) -> Self {
        let observed = granted.observed();
        let denials = observed.map_or(&[] as &[_], ObservedGrant::denials);
        // Clients and servers of HTTP write it on their own, for some methods.
        let names = names.filter(|name| *name != "content-length");
        let mut lines: Vec<String> = names.map(str::to_owned).collect();
        lines.sort_unstable();
        Self {
            proven: identity.map(|proven| Ids {
                client: proven.client().map(str::to_owned),
                profile: proven.profile().map(str::to_owned),
                principal: proven.principal().to_owned(),
            }),
            observed: observed.and_then(ObservedGrant::identity).map(|own| Ids {
                client: own.client().map(str::to_owned),
                profile: own.profile().map(str::to_owned),
                principal: own.principal().to_owned(),
            }),
            denials: denials
                .iter()
                .map(|denial| denial.reason.code().to_owned())
                .collect(),
            collection: granted.collection().map(str::to_owned),
            binding: format!("{:?}", granted.sender_binding()),
            certificate: certificate.map(|own| own.thumbprint().hex()),
            lines,
        }
    }

    /// The value of the header.
    pub(crate) fn value(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap()
    }
}
