//! Lines into a writer of which nothing is known.

use std::io::{self, ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Writes whole lines, whatever became of the one before.
pub(super) struct Lines<W> {
    to: W,
    at: Place,
    flushed: Flushed,
}

/// Where the next byte will stand.
enum Place {
    LineStart,
    /// In a line that was not written to its end.
    WithinLine,
}

enum Flushed {
    All,
    NotAll,
}

impl<W: Write> Lines<W> {
    pub(super) const fn new(to: W) -> Self {
        Self {
            to,
            at: Place::LineStart,
            flushed: Flushed::All,
        }
    }

    /// Writes a line, which has its end. If the last one was left half way, it is
    /// ended first.
    pub(super) fn write(&mut self, line: &[u8]) -> Result<(), ErrorKind> {
        self.flushed = Flushed::NotAll;
        self.catching(|lines| {
            if let Place::WithinLine = lines.at {
                lines.write_bytes(b"\n")?;
                lines.at = Place::LineStart;
            }
            lines.write_bytes(line)?;
            lines.at = Place::LineStart;
            Ok(())
        })
    }

    /// Flushes what was written since the last time.
    pub(super) fn flush(&mut self) -> Result<(), ErrorKind> {
        match self.flushed {
            Flushed::All => Ok(()),
            Flushed::NotAll => {
                // Tried once, until there is something more.
                self.flushed = Flushed::All;
                self.catching(|lines| lines.to.flush())
            }
        }
    }

    fn write_bytes(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.to.write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    self.at = Place::WithinLine;
                    bytes = bytes.get(written..).unwrap_or_default();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// A writer that panics is one that fails.
    fn catching(&mut self, act: impl FnOnce(&mut Self) -> io::Result<()>) -> Result<(), ErrorKind> {
        match catch_unwind(AssertUnwindSafe(|| act(self))) {
            Ok(done) => done.map_err(|error| error.kind()),
            Err(_) => {
                // How much it wrote before is not known.
                self.at = Place::WithinLine;
                Err(ErrorKind::Other)
            }
        }
    }
}
