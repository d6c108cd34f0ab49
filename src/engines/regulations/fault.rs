//! What is wrong in a regulation's files, said so that the person who wrote them finds the place.
use std::fmt;

/// One mistake, with file and clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub file: String,
    /// The clause id, request kind or parameter at fault; none: the file as a whole.
    pub place: Option<String>,
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{}: {place}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

/// Everything that is wrong, all at once, so that nobody mends files one start at a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.lines())]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    fn lines(&self) -> String {
        self.0.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
    }
}

/// Collects the faults of one file.
#[derive(Debug)]
pub(super) struct Report {
    file: String,
    faults: Vec<Fault>,
}

impl Report {
    pub fn new(file: &str) -> Self {
        Self { file: file.to_owned(), faults: Vec::new() }
    }

    pub fn file(&mut self, what: impl Into<String>) {
        self.faults.push(Fault { file: self.file.clone(), place: None, what: what.into() });
    }

    pub fn at(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.faults.push(Fault { file: self.file.clone(), place: Some(place.into()), what: what.into() });
    }

    /// The result, if nothing was wrong.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Faults> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(Faults(self.faults)),
        }
    }
}
