//! The thread that looks after a file.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::adapter::SystemClock;
use crate::decide::Trial;
use crate::gate::Gate;

use super::PolicyFile;
use super::follower::{Follower, WatchOutcome};

/// How a policy file is to be followed.
pub struct PolicyWatch {
    file: PolicyFile,
    every: Duration,
    settle: Duration,
    trials: Vec<Trial>,
    actor: Box<str>,
}

/// A file is being followed, until this is dropped.
///
/// To drop it waits for the thread, and so for a callback that is being run, unless
/// it is dropped by that callback.
#[must_use = "a file is followed until this is dropped"]
pub struct Watching {
    looks: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl PolicyWatch {
    /// How often a file is looked at, unless [`every`](Self::every) says otherwise.
    pub const EVERY: Duration = Duration::from_secs(2);

    /// How long a change has to stay as it is, unless
    /// [`settling_for`](Self::settling_for) says otherwise.
    pub const SETTLE: Duration = Duration::from_millis(500);

    const SHORTEST: Duration = Duration::from_millis(20);

    /// Follows this file. What was read of it is taken for what is in force: the
    /// gate was made of its [`candidate`](PolicyFile::candidate).
    #[must_use]
    pub fn of(file: PolicyFile) -> Self {
        Self {
            file,
            every: Self::EVERY,
            settle: Self::SETTLE,
            trials: Vec::new(),
            actor: "certgate policy watch".into(),
        }
    }

    /// Looks at the file this often; at most every 20 milliseconds.
    #[must_use]
    pub fn every(self, every: Duration) -> Self {
        let every = every.max(Self::SHORTEST);
        Self { every, ..self }
    }

    /// Acts on a change that has stayed as it is for so long; at least for 20
    /// milliseconds.
    #[must_use]
    pub fn settling_for(self, settle: Duration) -> Self {
        let settle = settle.max(Self::SHORTEST);
        Self { settle, ..self }
    }

    /// Refuses a policy that does not pass these, as
    /// [`Gate::install_if`] does.
    #[must_use]
    pub fn with_trials(self, trials: Vec<Trial>) -> Self {
        Self { trials, ..self }
    }

    /// The actor's id in records, in place of `certgate policy watch`.
    #[must_use]
    pub fn with_actor(self, actor_id: &str) -> Self {
        let actor = actor_id.into();
        Self { actor, ..self }
    }

    /// Begins to look after the file, at once and on a thread of its own.
    ///
    /// Every outcome is handed to `on_outcome` on that thread, which looks no
    /// further until it returns; if it panics, the thread goes on.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start<S: Send + Sync + 'static>(
        self,
        gate: Arc<Gate<S>>,
        on_outcome: impl FnMut(WatchOutcome) + Send + 'static,
    ) -> io::Result<Watching> {
        let Self {
            file,
            every,
            settle,
            trials,
            actor,
        } = self;
        let follower = Follower::new(file, trials, actor, settle, &gate);
        let (looks, asked) = channel();
        let thread = Builder::new()
            .name("certgate-watch".to_owned())
            .spawn(move || follow(follower, &gate, every, &asked, on_outcome))?;
        Ok(Watching {
            looks: Some(looks),
            thread: Some(thread),
        })
    }
}

/// Looks until nobody holds the other end of `asked`.
fn follow<S>(
    mut follower: Follower,
    gate: &Gate<S>,
    every: Duration,
    asked: &Receiver<()>,
    mut on_outcome: impl FnMut(WatchOutcome),
) {
    let clock = SystemClock::start();
    loop {
        // Whatever falls over, the file has to be looked after.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            if let Some(outcome) = follower.look(gate, clock.now()) {
                on_outcome(outcome);
            }
        }));
        let settles_in = follower.settles_in(clock.now());
        let wait = settles_in.map_or(every, |settled| settled.min(every));
        if let Err(RecvTimeoutError::Disconnected) = asked.recv_timeout(wait) {
            return;
        }
    }
}

impl Watching {
    /// Looks at the file now, in place of waiting for the next time. A change still
    /// has to settle.
    pub fn look_now(&self) {
        if let Some(looks) = &self.looks {
            // The thread ends only with this.
            let _ = looks.send(());
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        drop(self.looks.take());
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // It catches what panics.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for PolicyWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyWatch")
            .field("file", &self.file)
            .field("every", &self.every)
            .field("settle", &self.settle)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Watching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watching").finish_non_exhaustive()
    }
}
