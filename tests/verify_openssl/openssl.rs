//! OpenSSL's word on a chain: `openssl verify`, in as few processes as there are
//! different questions.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::case::{Case, Lists};
use crate::der::pem;

/// A file that no other test writes.
pub(crate) fn scratch(name: &str) -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let directory = directory();
    std::fs::create_dir_all(&directory).unwrap();
    directory.join(format!("{number}-{name}"))
}

/// Removes this test's files.
pub(crate) fn clean_up() {
    let _ = std::fs::remove_dir_all(directory());
}

fn directory() -> PathBuf {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("test").replace("::", "-");
    let own = format!("verify-openssl/{}-{test}", std::process::id());
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(own)
}

/// Runs openssl with these words, and gives what it says.
pub(crate) fn run(words: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {words:?}: {said}");
    output.stdout
}

/// Whether openssl is there; a test without it says so and passes, unless `CI` or
/// `CERTGATE_REQUIRE_EDGES` is set.
pub(crate) fn is_here() -> bool {
    let found = Command::new("openssl").arg("version").output().is_ok();
    let required = ["CI", "CERTGATE_REQUIRE_EDGES"]
        .iter()
        .any(|variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty()));
    assert!(found || !required, "openssl is required and not installed");
    if !found {
        eprintln!("SKIPPED: openssl is not installed, so nothing was tested");
    }
    found
}

/// What OpenSSL says of each case: nothing, if it verified the certificate, else why
/// it did not.
pub(crate) fn verdicts(cases: &[Case]) -> Vec<Option<String>> {
    let mut questions: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    let mut texts = BTreeMap::new();
    for (number, case) in cases.iter().enumerate() {
        let words = words(case, &mut texts);
        questions.entry(words).or_default().push(number);
    }
    let mut verdicts = vec![None; cases.len()];
    for (words, asked) in questions {
        for (number, verdict) in ask(&words, &asked, cases) {
            verdicts[number] = verdict;
        }
    }
    verdicts
}

/// Everything but the certificate itself. Files of the same text are one file.
fn words(case: &Case, texts: &mut BTreeMap<String, PathBuf>) -> Vec<String> {
    let mut words = vec!["verify".to_owned()];
    words.extend(["-no-CApath", "-no-CAstore", "-purpose", "sslclient"].map(str::to_owned));
    words.extend(["-attime".to_owned(), case.now.to_string()]);
    let mut file = |option: &str, label: &str, ders: &[Vec<u8>]| {
        let text: String = ders.iter().map(|der| pem(label, der)).collect();
        let path = texts.entry(text.clone()).or_insert_with(|| {
            let path = scratch("file.pem");
            std::fs::write(&path, text).unwrap();
            path
        });
        [option.to_owned(), path.to_str().unwrap().to_owned()]
    };
    words.extend(file("-CAfile", "CERTIFICATE", &case.authorities));
    if !case.chain.is_empty() {
        words.extend(file("-untrusted", "CERTIFICATE", &case.chain));
    }
    if !case.lists.is_empty() {
        words.extend(file("-CRLfile", "X509 CRL", &case.lists));
    }
    match case.asked {
        Lists::No => {}
        Lists::OfClients => words.push("-crl_check".to_owned()),
        Lists::OfAll => words.push("-crl_check_all".to_owned()),
    }
    if case.partial {
        words.push("-partial_chain".to_owned());
    }
    words
}

fn ask(words: &[String], asked: &[usize], cases: &[Case]) -> Vec<(usize, Option<String>)> {
    let files = asked.iter().map(|number| {
        let file = scratch("client.pem");
        std::fs::write(&file, pem("CERTIFICATE", &cases[*number].client)).unwrap();
        file
    });
    let files: Vec<_> = files.collect();
    let output = Command::new("openssl")
        .args(words)
        .args(&files)
        .output()
        .unwrap();
    let (said, why) = (output.stdout, output.stderr);
    let (said, why) = (
        String::from_utf8_lossy(&said),
        String::from_utf8_lossy(&why),
    );
    let verdicts = asked.iter().zip(&files).map(|(number, file)| {
        let ok = format!("{}: OK", file.display());
        let verified = said.lines().any(|line| line == ok);
        let why: Vec<_> = why
            .lines()
            .filter(|line| line.starts_with("error "))
            .collect();
        (*number, (!verified).then(|| why.join("; ")))
    });
    verdicts.collect()
}
