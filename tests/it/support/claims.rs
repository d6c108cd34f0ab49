//! Which clauses a test proves. A claim counts when the test passes; `scripts/evidence` compares all of them with the
//! committed list, so that the list can neither boast nor forget.
use std::cell::RefCell;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where the claims of one run are kept for the comparison.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("evidence")
}

/// The claims of one test. They are written down when it ends, unless it is failing.
pub struct Claims {
    directory: PathBuf,
    lines: RefCell<Vec<String>>,
}

impl Claims {
    pub fn kept_in(directory: PathBuf) -> Self {
        Self { directory, lines: RefCell::default() }
    }

    /// This test asserts what these clauses' `portal` lines say.
    pub fn add(&self, regulation: &str, clauses: &[&str]) {
        let test = test_name();
        let lines = clauses.iter().map(|clause| format!("{regulation}\t{clause}\t{test}\n"));
        self.lines.borrow_mut().extend(lines);
    }
}

impl Drop for Claims {
    fn drop(&mut self) {
        let lines = self.lines.take();
        if std::thread::panicking() || lines.is_empty() {
            return;
        }
        std::fs::create_dir_all(&self.directory).unwrap();
        let file = self.directory.join("claims.tsv");
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
        // In one piece: other tests write to the same file at the same time.
        file.write_all(lines.concat().as_bytes()).unwrap();
    }
}

/// `accounts::a_clerk_files_for_a_colleague`, by whichever runner.
fn test_name() -> String {
    let thread = std::thread::current();
    let name = std::env::var("NEXTEST_TEST_NAME").ok().or_else(|| thread.name().map(str::to_owned));
    name.filter(|name| name.contains("::")).expect("claims are made on the test's own thread (RUST_TEST_THREADS > 1)")
}

#[test]
fn a_claim_counts_when_its_test_passes_and_only_then() {
    assert!(directory().ends_with("evidence"));
    let dir = tempfile::tempdir().unwrap();
    let failing = Claims::kept_in(dir.path().to_owned());
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        failing.add("system-management", &["4.1.1-1"]);
        panic!("as a failing test does");
    }));
    assert!(failed.is_err() && !dir.path().join("claims.tsv").exists());

    let passing = Claims::kept_in(dir.path().to_owned());
    passing.add("system-management", &["4.1.1-1", "4.1.1-2"]);
    drop(passing);
    let written = std::fs::read_to_string(dir.path().join("claims.tsv")).unwrap();
    let test = "support::claims::a_claim_counts_when_its_test_passes_and_only_then";
    assert_eq!(written, format!("system-management\t4.1.1-1\t{test}\nsystem-management\t4.1.1-2\t{test}\n"));
}
