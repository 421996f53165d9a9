//! A writer that does what the test says, when the test says it.

use std::io::{self, ErrorKind, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// What a call of `write` is to do.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Write,
    /// Takes so many bytes.
    Take(usize),
    Fail(ErrorKind),
    Panic,
}

/// What the writer does and did, as the test sees it.
pub(crate) struct Script {
    steps: Option<Sender<Step>>,
    calls: Receiver<Call>,
    text: Arc<Mutex<Vec<u8>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Write,
    Flush,
}

/// The writer: a call waits for its step, and when the test has no more to say, it
/// writes.
pub(crate) struct Scripted {
    steps: Receiver<Step>,
    calls: Sender<Call>,
    text: Arc<Mutex<Vec<u8>>>,
}

pub(crate) fn scripted() -> (Script, Scripted) {
    let ((steps, said), (calls, seen)) = (channel(), channel());
    let text = Arc::default();
    let writer = Scripted {
        steps: said,
        calls,
        text: Arc::clone(&text),
    };
    let script = Script {
        steps: Some(steps),
        calls: seen,
        text,
    };
    (script, writer)
}

impl Script {
    /// Lets the next call of `write` do this.
    pub(crate) fn then(&self, step: Step) {
        self.steps.as_ref().unwrap().send(step).unwrap();
    }

    /// Waits until it is called.
    pub(crate) fn called(&self) -> Call {
        self.calls.recv().unwrap()
    }

    /// Waits until `write` is called.
    pub(crate) fn writing(&self) {
        while self.called() != Call::Write {}
    }

    /// From now on everything is written.
    pub(crate) fn go_on(&mut self) {
        self.steps = None;
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Scripted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.calls.send(Call::Write).ok();
        let take = match self.steps.recv() {
            Ok(Step::Write) | Err(_) => bytes.len(),
            Ok(Step::Take(count)) => count,
            Ok(Step::Fail(kind)) => return Err(kind.into()),
            Ok(Step::Panic) => panic!("the writer fell over"),
        };
        self.text.lock().unwrap().extend_from_slice(&bytes[..take]);
        Ok(take)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.calls.send(Call::Flush).ok();
        Ok(())
    }
}
