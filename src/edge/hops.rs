//! Several proxies in a row that each write an XFCC element.

use crate::certificate::Thumbprint;
use crate::dialect::{Budget, xfcc};

use super::Decoded;
use super::{ClaimUse, Unreadable, claims};

/// How many trusted proxies write an element, and the certificates by which
/// all but the outermost know the one before them.
///
/// An element after the first tells about the TLS certificate of a proxy. A
/// client who reaches an inner proxy past the outer one makes the same number
/// of elements by sending one of its own, but cannot present that certificate.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Hops {
    /// What each element after the first has to describe: one of these.
    pub(crate) pins: Box<[Box<[Thumbprint]>]>,
}

impl Hops {
    /// The number of elements.
    fn count(&self) -> usize {
        self.pins.len() + 1
    }

    /// Reads the client's element.
    ///
    /// `None` if a proxy wrote none, and for an element without `Cert` if the
    /// policy takes no claims.
    ///
    /// # Errors
    ///
    /// Those of the dialect, and with several hops an element without `Cert`.
    pub(super) fn decode(
        &self,
        value: &[u8],
        budget: &Budget,
        uses: &[ClaimUse],
    ) -> Result<Option<Decoded>, Unreadable> {
        let mut elements = xfcc::parse(value, budget)?;
        if xfcc::client(&elements, self.count())?.is_none() {
            return Ok(None);
        }
        let has_certificate = |element: &xfcc::Element<'_>| element.certificate().is_some();
        if !self.pins.is_empty() && !elements.iter().all(has_certificate) {
            return Err(Unreadable::claim("element_without_certificate"));
        }
        let proxies = elements.split_off(1);
        let mut pinned = proxies.iter().zip(&self.pins);
        let route = if pinned.all(|(proxy, pins)| is_one_of(proxy, pins)) {
            Route::Known
        } else {
            Route::Foreign
        };
        let Some(client) = elements.pop() else {
            return Ok(None);
        };
        if client.certificate().is_none() {
            let claims = || Decoded::Claims(claims::of_element(&client, uses));
            return Ok((!uses.is_empty()).then(claims));
        }
        // Beside a certificate it has been compared with it.
        let thumbprint = client.hash().map(Thumbprint::from_bytes);
        Ok(client
            .into_forwarded()
            .map(|forwarded| Decoded::Certificate {
                forwarded,
                thumbprint,
                route,
            }))
    }
}

/// The way on which a certificate came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// Every proxy on it is one that the policy pins, or there is one alone.
    Known,
    /// A proxy on it is another than the policy pins.
    Foreign,
}

fn is_one_of(element: &xfcc::Element<'_>, pins: &[Thumbprint]) -> bool {
    element
        .certificate()
        .is_some_and(|der| pins.contains(&Thumbprint::of(der)))
}
