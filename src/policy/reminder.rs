//! Credentials that have to be replaced, as the policy itself has noted.

use core::fmt;

use crate::request::Timestamp;

use super::Policy;
use super::rules::State;

/// A profile whose credentials have to be replaced soon, or should have been.
///
/// It is a note for operators: nothing is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reminder<'p> {
    /// The client's id.
    pub client: &'p str,
    /// The profile's id.
    pub profile: &'p str,
    /// When they have to be replaced: the profile's `token_expiry`.
    pub due: Timestamp,
    /// When they were last replaced, if the policy says so.
    pub last_rotated: Option<Timestamp>,
}

impl Policy {
    /// The profiles whose `token_expiry` is at most `days` after `now`, or has
    /// passed, in the order of the document. Those that are switched off, or
    /// whose client is, are left out.
    ///
    /// ```
    /// # #[cfg(feature = "toml")] {
    /// use certgate::policy::Policy;
    /// use certgate::request::Timestamp;
    ///
    /// # let text = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"\n[[clients]]\nid = \"acme\"\n[[clients.profiles]]\nid = \"prod\"\ntoken_expiry = \"2027-01-02\"";
    /// // A policy with `token_expiry = "2027-01-02"`.
    /// let policy = Policy::from_toml_str(text, "policy.toml")?.policy;
    /// let now = Timestamp::parse_rfc3339_utc(b"2026-12-20T00:00:00Z").unwrap();
    /// assert_eq!(policy.reminders(now, 7).count(), 0);
    /// let reminder = policy.reminders(now, 14).next().unwrap();
    /// assert_eq!((reminder.client, reminder.profile), ("acme", "prod"));
    /// # }
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    pub fn reminders(&self, now: Timestamp, days: u32) -> impl Iterator<Item = Reminder<'_>> {
        const SECONDS_OF_A_DAY: i64 = 86_400;
        let ahead = i64::from(days) * SECONDS_OF_A_DAY;
        let last = Timestamp::from_unix_seconds(now.unix_seconds().saturating_add(ahead));
        self.clients
            .iter()
            .filter(|client| client.state == State::Active)
            .flat_map(|client| client.profiles.iter().map(move |profile| (client, profile)))
            .filter(|(_, profile)| profile.state == State::Active)
            .filter_map(move |(client, profile)| {
                let due = profile.token_expiry.filter(|due| *due <= last)?;
                Some(Reminder {
                    client: &client.id,
                    profile: &profile.id,
                    due,
                    last_rotated: profile.last_rotated,
                })
            })
    }
}

impl fmt::Display for Reminder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            client,
            profile,
            due,
            last_rotated,
        } = self;
        write!(
            f,
            "client {client:?}, profile {profile:?}: the credentials have to be replaced by {due}"
        )?;
        match last_rotated {
            Some(moment) => write!(f, ", and were last replaced on {moment}"),
            None => Ok(()),
        }
    }
}
