//! What handlers take, whichever framework calls them.

use std::ops::Deref;
use std::sync::Arc;

use crate::certificate::CertInfo;
use crate::gate::ProvenIdentity;

/// Who is calling, proven by every stage of the decision. A request that proves
/// nobody does not reach a handler that takes this; `Option<Identity>` lets it.
///
/// Whose denials are only observed is nobody here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity(pub ProvenIdentity);

/// The certificate that was accepted, as
/// [`Granted::certificate`](crate::gate::Granted::certificate) tells it. A request
/// without one does not reach a handler that takes this; `Option<ClientCertificate>`
/// lets it.
#[derive(Clone, Debug)]
pub struct ClientCertificate(pub(super) Arc<CertInfo>);

impl ClientCertificate {
    /// The certificate, to keep.
    #[must_use]
    pub fn into_inner(self) -> Arc<CertInfo> {
        self.0
    }
}

impl Deref for Identity {
    type Target = ProvenIdentity;

    fn deref(&self) -> &ProvenIdentity {
        &self.0
    }
}

impl Deref for ClientCertificate {
    type Target = CertInfo;

    fn deref(&self) -> &CertInfo {
        &self.0
    }
}
