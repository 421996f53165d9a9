//! Credentials that have to be replaced, as the policy itself has noted.

use core::fmt;

use crate::identity::Lasts;
use crate::request::Timestamp;

use super::Policy;
use super::rules::{ClientId, State};

/// Something of a client that has to be replaced soon, or should have been.
///
/// It is a note for operators: nothing is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reminder<'p> {
    /// The client's id.
    pub client: &'p str,
    /// What of it.
    pub of: Reminded<'p>,
    /// When it has to be replaced.
    pub due: Timestamp,
}

/// What a [`Reminder`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reminded<'p> {
    /// The credentials of a profile, by its `token_expiry`.
    Profile {
        /// The profile's id.
        id: &'p str,
        /// When they were last replaced, if the policy says so.
        last_rotated: Option<Timestamp>,
    },
    /// A certificate or public key that the client lists `until` then. From the
    /// next second on it leads nowhere, and the entry can be taken out.
    Listed,
}

impl Policy {
    /// What is due at most `days` after `now`, or has passed: profiles by their
    /// `token_expiry`, without those that are switched off or whose client is,
    /// and then what clients list `until` a moment, each in the order of the
    /// document.
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
    /// assert_eq!((reminder.client, reminder.due.to_string().as_str()), ("acme", "2027-01-02T00:00:00Z"));
    /// # }
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    pub fn reminders(&self, now: Timestamp, days: u32) -> impl Iterator<Item = Reminder<'_>> {
        const SECONDS_OF_A_DAY: i64 = 86_400;
        let ahead = i64::from(days) * SECONDS_OF_A_DAY;
        let last = Timestamp::from_unix_seconds(now.unix_seconds().saturating_add(ahead));
        let profiles = self
            .clients
            .iter()
            .filter(|client| client.state == State::Active)
            .flat_map(|client| client.profiles.iter().map(move |profile| (client, profile)))
            .filter(|(_, profile)| profile.state == State::Active)
            .filter_map(move |(client, profile)| {
                Some(Reminder {
                    client: &client.id,
                    of: Reminded::Profile {
                        id: &profile.id,
                        last_rotated: profile.last_rotated,
                    },
                    due: profile.token_expiry.filter(|due| *due <= last)?,
                })
            });
        profiles.chain(self.listings_until(last))
    }

    fn listings_until(&self, last: Timestamp) -> impl Iterator<Item = Reminder<'_>> {
        let listed = self.identity.listed().entries();
        let mut ending: Vec<Reminder<'_>> = listed
            .filter_map(|(_, listing)| match listing.lasts {
                Lasts::Until(due) if due <= last => Some(Reminder {
                    client: &listing.client,
                    of: Reminded::Listed,
                    due,
                }),
                Lasts::Until(_) | Lasts::ForEver => None,
            })
            .collect();
        let place =
            |reminder: &Reminder<'_>| self.find_client(reminder.client).map(ClientId::place);
        ending.sort_by_key(|reminder| (place(reminder), reminder.due));
        ending.into_iter()
    }
}

impl fmt::Display for Reminder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, of, due } = self;
        match of {
            Reminded::Profile { id, last_rotated } => {
                write!(
                    f,
                    "client {client:?}, profile {id:?}: the credentials have to be replaced by {due}"
                )?;
                match last_rotated {
                    Some(moment) => write!(f, ", and were last replaced on {moment}"),
                    None => Ok(()),
                }
            }
            Reminded::Listed => {
                write!(f, "client {client:?}: what it lists until {due} ends then")
            }
        }
    }
}
