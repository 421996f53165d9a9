//! From one authority to the next, with a time in which both are trusted.

use std::error::Error;

use certgate::request::Timestamp;

use super::authority::Authority;
use super::files::Directory;

/// Makes the next authority, and says what to configure where, in order.
pub(crate) fn rotate(directory: &Directory, now: Timestamp) -> Result<String, Box<dyn Error>> {
    let before = directory.last()?;
    // Another name, so that policies and records tell them apart.
    let name = next_name(&directory.read(1)?.name()?, before + 1);
    let new = Authority::new(&name, now)?;
    directory.add_authority(&new)?;
    let trusted = directory.trusted();
    let (trusted, retired) = (trusted.display(), directory.authority(before));
    Ok(format!(
        "{name} signs from now on, until {until}

1. Whoever verifies clients takes {trusted}, which holds every authority, and
   reloads:
   ssl_client_certificate of nginx, ca-file of HAProxy, Authorities::from_pem of
   adapter::tls.
2. The policy lists them:
   issuers = {issuers:?}
3. Only then make new certificates, with: ca client. The client and the profile stay
   the same, so nothing else of the policy changes.
4. Clients take theirs: services that call reload their credential.
5. When the last certificate of the old authority has ended or is out of use, take
   {retired}/ca.pem out of what is trusted, its issuer out of the policy, and
   destroy {retired}/ca.key.",
        until = new.not_after(),
        issuers = directory.trusted_issuers()?,
        retired = retired.display(),
    ))
}

/// The name of the first authority with a number behind it.
fn next_name(first: &str, number: u32) -> String {
    format!("{first} {number}")
}
