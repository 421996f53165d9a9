//! The wall clock of a Redis, as a test sets it.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file that the preloaded `clock.c` reads the time from.
pub(crate) struct Clock {
    file: File,
    path: PathBuf,
    library: PathBuf,
}

impl Clock {
    /// Stands still at `micros` since 1970.
    pub(crate) fn at(folder: &Path, micros: i64) -> Self {
        let library = folder.join("clock.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/redis/clock.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&library, &source])
            .status()
            .expect("cc, which Rust links with");
        assert!(compiled.success());
        let path = folder.join("clock");
        let file = File::create(&path).unwrap();
        let clock = Self {
            file,
            path,
            library,
        };
        clock.set(micros);
        clock
    }

    pub(crate) fn set(&self, micros: i64) {
        self.file.write_all_at(&micros.to_ne_bytes(), 0).unwrap();
    }

    /// What makes a program show this clock.
    pub(crate) fn preload(&self, program: &mut Command) {
        program
            .env("LD_PRELOAD", &self.library)
            .env("CERTGATE_TEST_CLOCK", &self.path);
    }
}
