//! The program's own source, read by tests that keep words and markup true.
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The top of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files with this ending under a folder, in order.
pub fn files_under(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|_| panic!("{} is not there", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Code that takes a key next.
const ASKS: &[&str] = &[
    ".t(",
    ".n(",
    ".t1(",
    ".t2(",
    "Message::new(",
    "Line::new(",
    "Label::key(",
    "refused(",
    "label:",
    "heading:",
    "lead:",
    "search_hint:",
    ".hint(",
    ".note(",
];

/// What the program says: its literals, and the families it chooses from at run time.
#[derive(Default)]
pub struct Said {
    /// each literal with one place where it stands
    pub literals: BTreeMap<String, PathBuf>,
    /// the first argument of `of("family", which)`
    pub families: BTreeSet<String>,
    /// what is handed to something that says it: a key for certain
    pub asked: BTreeMap<String, PathBuf>,
}

impl Said {
    /// Reads Rust (without its tests) and templates (without the sample pages).
    pub fn read() -> Self {
        let mut said = Self::default();
        let files = files_under("src", "rs");
        let tests: BTreeSet<PathBuf> = files.iter().flat_map(|path| test_modules(path)).collect();
        for path in files {
            if !path.ancestors().any(|part| tests.contains(part)) {
                said.rust(&without_tests(&std::fs::read_to_string(&path).unwrap()), &path);
            }
        }
        for path in files_under("templates", "html") {
            if !path.starts_with(root().join("templates/samples")) {
                said.template(&std::fs::read_to_string(&path).unwrap(), &path);
            }
        }
        said
    }

    fn rust(&mut self, source: &str, path: &Path) {
        for (before, literal) in rust_literals(source) {
            if literal.contains("{{") || literal.contains("{%") {
                self.template(&literal, path);
            }
            self.keep(&before, literal, path);
        }
    }

    fn template(&mut self, source: &str, path: &Path) {
        for code in template_code(source) {
            for (before, literal) in rust_literals(&code) {
                self.keep(&before, literal, path);
            }
        }
    }

    fn keep(&mut self, before: &str, literal: String, path: &Path) {
        if before.trim_end().ends_with(".of(") {
            self.families.insert(literal.clone());
        }
        if ASKS.iter().any(|asks| before.trim_end().ends_with(asks)) {
            self.asked.insert(literal.clone(), path.to_owned());
        }
        self.literals.entry(literal).or_insert_with(|| path.to_owned());
    }
}

/// The files and folders of modules that only tests have: `#[cfg(test)] mod sample;`.
fn test_modules(path: &Path) -> Vec<PathBuf> {
    let source = std::fs::read_to_string(path).unwrap();
    let folder = match path.file_stem().unwrap().to_str() {
        Some("mod" | "lib" | "main") => path.parent().unwrap().to_owned(),
        _ => path.with_extension(""),
    };
    let mut found = Vec::new();
    for (line, next) in source.lines().zip(source.lines().skip(1)) {
        let Some(name) = next.trim().strip_suffix(';').and_then(|rest| rest.rsplit_once("mod ")).map(|(_, name)| name)
        else {
            continue;
        };
        if line.trim() == "#[cfg(test)]" {
            found.extend([folder.join(name), folder.join(format!("{name}.rs"))]);
        }
    }
    found
}

/// The source up to its unit tests, which stand last.
pub fn without_tests(source: &str) -> String {
    let mut kept = String::new();
    let mut lines = source.lines().peekable();
    while let Some(line) = lines.next() {
        let opens = lines.peek().is_some_and(|next| next.contains("mod ") && next.trim_end().ends_with('{'));
        if line.trim() == "#[cfg(test)]" && opens {
            break;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

/// Each string literal with the code just before it. Comments and characters are passed over.
pub fn rust_literals(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = source;
    let mut before = String::new();
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if let Some((literal, after)) = raw_literal(rest).or_else(|| plain_literal(rest)) {
            found.push((std::mem::take(&mut before), literal));
            rest = after;
        } else {
            let length = character(rest).unwrap_or(next.len_utf8());
            before.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    found
}

fn raw_literal(text: &str) -> Option<(String, &str)> {
    let marks = text.strip_prefix('r')?;
    let hashes = marks.len() - marks.trim_start_matches('#').len();
    let body = marks[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end)?;
    Some((body[..length].to_owned(), &body[length + end.len()..]))
}

fn plain_literal(text: &str) -> Option<(String, &str)> {
    let body = text.strip_prefix('"')?;
    let mut escaped = false;
    for (at, letter) in body.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((body[..at].to_owned(), &body[at + 1..])),
            _ => {}
        }
    }
    None
}

/// How long a character literal is, so that '"' opens no string; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let body = text.strip_prefix('\'')?;
    if let Some(escape) = body.strip_prefix('\\') {
        return escape.get(1..)?.find('\'').map(|end| end + 4);
    }
    let letter = body.chars().next()?;
    body[letter.len_utf8()..].starts_with('\'').then(|| letter.len_utf8() + 2)
}

/// What stands inside `{{ … }}` and `{% … %}`.
fn template_code(source: &str) -> Vec<String> {
    let mut code = Vec::new();
    for (open, close) in [("{{", "}}"), ("{%", "%}")] {
        let mut rest = source;
        while let Some(start) = rest.find(open) {
            let inside = &rest[start + 2..];
            let Some(end) = inside.find(close) else { break };
            code.push(inside[..end].to_owned());
            rest = &inside[end + 2..];
        }
    }
    code
}
