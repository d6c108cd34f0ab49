//! The program as an administrator runs it: words typed, an exit code, and what stands on the terminal.
use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::portal::{KEY, Portal};

/// What came of a command.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    /// standard output
    pub out: String,
    /// standard error, without what is logged
    pub err: String,
}

impl Said {
    /// Asserts the exit code.
    #[track_caller]
    pub fn ends(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Asserts that these words are printed.
    #[track_caller]
    pub fn prints(&self, words: &str) -> &Self {
        assert!(self.out.contains(words), "「{words}」 is not printed: {self:#?}");
        self
    }

    /// Asserts that it complains in these words.
    #[track_caller]
    pub fn complains(&self, words: &str) -> &Self {
        assert!(self.err.contains(words), "「{words}」 is not said: {self:#?}");
        self
    }
}

/// The program with a clean environment; nothing of the tests' own database reaches it by itself.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mamori"));
    for name in ["DATABASE_URL", "MAMORI_MIGRATE_URL", "MAMORI_DATA_DIR", "MAMORI_CHECKPOINT_DIR", "MAMORI_ORIGIN"] {
        command.env_remove(name);
    }
    command.env("MAMORI_LOG", "off").stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn run(mut command: Command) -> Said {
    let output = command.output().unwrap();
    Said {
        code: output.status.code().expect("ended by a signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs `mamori` with these words, without any portal.
pub fn mamori(words: &[&str]) -> Said {
    let mut command = program();
    command.args(words);
    run(command)
}

/// Lays the key down where a portal has it.
pub fn lay_key(data_dir: &Path) {
    fs::create_dir_all(data_dir.join("keys")).unwrap();
    let path = data_dir.join("keys/master.key");
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(path).unwrap();
    std::io::Write::write_all(&mut file, &KEY).unwrap();
}

impl Portal {
    /// `mamori` on this portal's database and directory, its key in place.
    pub fn program(&self) -> Command {
        if !self.data_dir().join("keys").exists() {
            lay_key(self.data_dir());
        }
        let mut command = program();
        command.env("DATABASE_URL", self.url("mamori_login"));
        command.env("MAMORI_DATA_DIR", self.data_dir());
        command
    }

    /// Runs `mamori` with these words on this portal.
    pub fn run(&self, words: &[&str]) -> Said {
        let mut command = self.program();
        command.args(words);
        run(command)
    }
}
