//! A policy file is followed through everything that happens to files.

#![cfg(all(feature = "watch", feature = "toml"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests, which write files"
)]

mod changes;
mod folder;
#[cfg(unix)]
mod links;
mod outcomes;
mod stopping;
#[path = "../gate_support/mod.rs"]
mod support;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use certgate::adapter::watch::{PolicyFile, PolicyWatch, WatchOutcome, Watching};
use certgate::evidence::{ActorType, Change};
use certgate::gate::Gate;
use certgate::policy::Format;
use certgate::request::Timestamp;

use folder::Folder;
use support::POLICY;

/// Long enough for any machine; no test waits for it to pass.
const DEADLINE: Duration = Duration::from_secs(60);

/// The policy with another realm.
fn text(realm: &str) -> String {
    POLICY.replace("realm = \"payments\"", &format!("realm = \"{realm}\""))
}

fn change() -> Change {
    Change::new(Timestamp::from_unix_seconds(0), ActorType::User, "jo")
}

/// A gate that follows `policy.toml` of a folder, looking every 20 milliseconds.
struct World {
    folder: Folder,
    gate: Arc<Gate>,
    outcomes: Receiver<WatchOutcome>,
    watching: Option<Watching>,
}

impl World {
    /// The file says `realm = "first"`.
    fn new() -> Self {
        Self::with(Folder::new(), |watch| watch)
    }

    fn with(folder: Folder, set: impl FnOnce(PolicyWatch) -> PolicyWatch) -> Self {
        if !folder.path("policy.toml").exists() {
            folder.write("policy.toml", text("first"));
        }
        let file = PolicyFile::read(folder.path("policy.toml"), Format::Toml);
        let (gate, _) = Gate::start(file.candidate(), &change()).unwrap();
        let gate = Arc::new(gate);
        let (sender, outcomes) = channel();
        let watch = PolicyWatch::of(file)
            .every(Duration::ZERO)
            .settling_for(Duration::ZERO);
        let watching = set(watch)
            .start(Arc::clone(&gate), move |outcome| {
                // The test may have seen enough.
                let _ = sender.send(outcome);
            })
            .unwrap();
        Self {
            folder,
            gate,
            outcomes,
            watching: Some(watching),
        }
    }

    fn next(&self) -> WatchOutcome {
        self.outcomes.recv_timeout(DEADLINE).unwrap()
    }

    fn realm(&self) -> (String, u64) {
        let in_force = self.gate.current();
        (in_force.policy().realm().to_owned(), in_force.version())
    }

    /// The next outcome is an install of this realm under this number.
    #[track_caller]
    fn installs(&self, realm: &str, version: u64) {
        match self.next() {
            WatchOutcome::Installed(installed) => {
                assert_eq!(installed.in_force.version(), version);
                assert_eq!(installed.in_force.policy().realm(), realm);
                assert_eq!(self.realm(), (realm.to_owned(), version));
            }
            other => panic!("{other:?}"),
        }
    }

    /// Ends the watch; nothing more has come of it.
    #[track_caller]
    fn ends(mut self) {
        drop(self.watching.take());
        // The callback went with the thread.
        match self.outcomes.recv_timeout(DEADLINE) {
            Err(RecvTimeoutError::Disconnected) => {}
            other => panic!("{other:?}"),
        }
    }
}
