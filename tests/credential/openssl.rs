//! openssl in a directory of a test's own.

#![allow(dead_code, reason = "not every test needs all of it")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) struct Openssl(PathBuf);

static MADE: AtomicU32 = AtomicU32::new(0);

impl Openssl {
    /// None, and a word of it, where openssl is not installed and need not be.
    #[expect(
        clippy::disallowed_macros,
        clippy::print_stderr,
        reason = "a test that was skipped says so"
    )]
    pub(crate) fn or_skip() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            let required = ["CI", "CERTGATE_REQUIRE_EDGES"]
                .iter()
                .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
            assert!(!required, "openssl is required and not installed");
            eprintln!("SKIPPED: openssl is not installed, so nothing was tested");
            return None;
        }
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("credential-{}-{number}", std::process::id());
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::remove_dir_all(&path).ok();
        std::fs::create_dir_all(&path).unwrap();
        Some(Self(path))
    }

    /// Where its files are.
    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }

    /// The whole path of a file.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// Whether it ends well.
    pub(crate) fn succeeds(&self, arguments: &str) -> bool {
        let mut openssl = Command::new("openssl");
        openssl
            .args(arguments.split_whitespace())
            .current_dir(&self.0);
        openssl.output().unwrap().status.success()
    }

    /// Runs it with these arguments, which hold no spaces.
    pub(crate) fn run(&self, arguments: &str) {
        let done = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(&self.0)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "openssl {arguments}: {said}");
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).unwrap()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    /// An authority as `ca.crt` and `ca.key`.
    pub(crate) fn authority(&self) {
        self.run(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -keyout ca.key \
             -out ca.crt -days 30 -subj /CN=Upstream-CA -addext keyUsage=critical,keyCertSign",
        );
    }

    /// A certificate of the key in `NAME.key`, as `NAME.crt`.
    pub(crate) fn certify(&self, name: &str) {
        self.run(&format!(
            "req -new -key {name}.key -out {name}.csr \
             -subj /CN=zerq-upstream-client/O=ExampleCorp/C=US"
        ));
        self.run(&format!(
            "x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
             -out {name}.crt -days 30 -sha256"
        ));
    }
}

impl Drop for Openssl {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
