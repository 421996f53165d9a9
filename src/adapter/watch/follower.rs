//! When a file has changed, and what is done about it; time is an argument.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::decide::Trial;
use crate::evidence::{ActorType, Change, PolicyChange};
use crate::gate::{Gate, Installed, Refusal, Refused};
use crate::request::Now;

use super::PolicyFile;
use super::file::{Digest, Found};

/// What came of a change of the file.
#[derive(Debug)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one a change of the file"
)]
pub enum WatchOutcome {
    /// Its policy is in force.
    Installed(Installed),
    /// Its policy has mistakes or does not pass the trials; the one before stays in
    /// force.
    Refused(Refused),
    /// It could not be read: it is gone, no regular file, no UTF-8, or too long. The
    /// policy before stays in force.
    Unreadable(Refused),
    /// It is again what is in force: after a refusal, or after it was away.
    Unchanged,
}

impl WatchOutcome {
    /// The audit record, if there was something to change.
    #[must_use]
    pub fn record(&self) -> Option<&PolicyChange> {
        match self {
            Self::Installed(installed) => Some(&installed.record),
            Self::Refused(refused) | Self::Unreadable(refused) => Some(&refused.record),
            Self::Unchanged => None,
        }
    }
}

/// Follows one file for one gate.
pub(super) struct Follower {
    pub(super) file: PolicyFile,
    pub(super) trials: Vec<Trial>,
    pub(super) actor: Box<str>,
    pub(super) settle: Duration,
    state: State,
}

struct State {
    /// The text that was put in force last, and its number then.
    in_force: Option<([u8; 32], u64)>,
    /// What the last outcome was about.
    known: Digest,
    /// What the file system said of the file when that was read.
    stamp: Option<Stamp>,
    /// Something else that was found, and when for the first time.
    pending: Option<(Digest, Duration)>,
    looks: u32,
}

/// After so many looks the file is read even if the file system says that it is
/// the same: clocks of some are coarse.
const READ_EVERY: u32 = 30;

/// What the file system says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    inode: [i128; 4],
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt as _;
        Some(Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            inode: [
                metadata.dev().into(),
                metadata.ino().into(),
                metadata.ctime().into(),
                metadata.ctime_nsec().into(),
            ],
        })
    }
}

impl Follower {
    /// Follows a file whose text, as it was read, is in force in this gate.
    pub(super) fn new<S>(
        file: PolicyFile,
        trials: Vec<Trial>,
        actor: Box<str>,
        settle: Duration,
        gate: &Gate<S>,
    ) -> Self {
        let known = file.found.digest;
        let version = gate.current().version();
        Self {
            file,
            trials,
            actor,
            settle,
            state: State {
                in_force: known.ok().map(|digest| (digest, version)),
                known,
                stamp: None,
                pending: None,
                looks: 0,
            },
        }
    }

    /// How long until the next look makes sense, if something waits to settle.
    pub(super) fn settles_in(&self, now: Now) -> Option<Duration> {
        let (_, since) = self.state.pending.as_ref()?;
        Some(
            since
                .saturating_add(self.settle)
                .saturating_sub(now.monotonic),
        )
    }

    /// Looks at the file and acts on what has settled.
    pub(super) fn look<S>(&mut self, gate: &Gate<S>, now: Now) -> Option<WatchOutcome> {
        let found = self.state.find(&self.file.path)?;
        match self.state.pending {
            Some((pending, since)) if pending == found.digest => {
                if now.monotonic.saturating_sub(since) < self.settle {
                    return None;
                }
            }
            _ => {
                self.state.pending = Some((found.digest, now.monotonic));
                return None;
            }
        }
        self.state.pending = None;
        self.state.known = found.digest;
        Some(self.act(&found, gate, now))
    }

    fn act<S>(&mut self, found: &Found, gate: &Gate<S>, now: Now) -> WatchOutcome {
        let is_in_force = |(digest, version): &([u8; 32], u64)| {
            found.digest == Ok(*digest) && gate.current().version() == *version
        };
        if self.state.in_force.as_ref().is_some_and(is_in_force) {
            return WatchOutcome::Unchanged;
        }
        let PolicyFile { path, format, .. } = &self.file;
        let change = Change::new(now.wall, ActorType::System, &self.actor)
            .with_note(&format!("read from {}", path.display()));
        match gate.install_if(found.candidate(path, *format), &self.trials, &change) {
            Ok(installed) => {
                let version = installed.in_force.version();
                self.state.in_force = found.digest.ok().map(|digest| (digest, version));
                WatchOutcome::Installed(installed)
            }
            Err(refused) if matches!(refused.why, Refusal::Unreadable(_)) => {
                WatchOutcome::Unreadable(refused)
            }
            Err(refused) => WatchOutcome::Refused(refused),
        }
    }
}

impl State {
    /// What stands at the path, unless that is known.
    fn find(&mut self, path: &Path) -> Option<Found> {
        let stamp = Stamp::of(path);
        self.looks = (self.looks + 1) % READ_EVERY;
        if stamp == self.stamp && self.pending.is_none() && self.looks != 0 {
            return None;
        }
        let found = Found::at(path);
        if found.digest == self.known {
            self.pending = None;
            self.stamp = stamp;
            return None;
        }
        // Until it has settled it is read at every look.
        self.stamp = stamp;
        Some(found)
    }
}
