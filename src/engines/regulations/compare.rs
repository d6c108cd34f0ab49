//! 新旧対照: what an amended text adds, drops and changes, clause by clause. Pure.
use super::catalogue::{Clause, Regulation};

/// What became of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Added,
    Removed,
    Changed,
}

impl Change {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// One clause of the table: as it was and as it will be.
#[derive(Debug, Clone, Copy)]
pub struct Difference<'a> {
    pub change: Change,
    pub old: Option<&'a Clause>,
    pub new: Option<&'a Clause>,
}

impl<'a> Difference<'a> {
    /// The clause by which the row is called.
    #[must_use]
    pub fn named(&self) -> Option<&'a Clause> {
        self.new.or(self.old)
    }
}

/// The differences in the order of the new text; what is dropped stands where it stood.
#[must_use]
pub fn compare<'a>(old: &'a Regulation, new: &'a Regulation) -> Vec<Difference<'a>> {
    let mut rows = Vec::new();
    let mut dropped = old.clauses.iter().peekable();
    for clause in &new.clauses {
        let before = old.clause(&clause.id);
        if before.is_some() {
            while let Some(gone) = dropped.next_if(|gone| gone.id != clause.id) {
                rows.extend(removed(gone, new));
            }
            dropped.next();
        }
        match before {
            None => rows.push(Difference { change: Change::Added, old: None, new: Some(clause) }),
            Some(before) if !same(before, clause) => {
                rows.push(Difference { change: Change::Changed, old: Some(before), new: Some(clause) });
            }
            Some(_) => {}
        }
    }
    rows.extend(dropped.filter_map(|gone| removed(gone, new)));
    rows
}

fn removed<'a>(gone: &'a Clause, new: &Regulation) -> Option<Difference<'a>> {
    new.clause(&gone.id).is_none().then_some(Difference { change: Change::Removed, old: Some(gone), new: None })
}

/// Whether both say the same about who owes what, how and when.
fn same(a: &Clause, b: &Clause) -> bool {
    let duty =
        |clause: &Clause| (clause.place.clone(), clause.heading.clone(), clause.duty.clone(), clause.fields.clone());
    let who = |clause: &Clause| {
        (
            clause.holder,
            clause.applicant,
            clause.executor,
            clause.approvers.clone(),
            clause.consults.clone(),
            clause.notify.clone(),
        )
    };
    let how = |clause: &Clause| (clause.level, clause.mechanism, clause.interval, clause.deadline);
    duty(a) == duty(b) && who(a) == who(b) && how(a) == how(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::regulations::catalogue::parse;

    fn text(clauses: &[(&str, &str)]) -> Regulation {
        let head = "[regulation]\nkey = \"x\"\ntitle = \"規程\"\nissuer_kind = \"例\"\nadopted = \"\"\nroles = []\n";
        let clause = |(id, duty): &(&str, &str)| {
            format!(
                "[[clause]]\nid = \"{id}\"\nheading = \"見出し\"\nduty = \"{duty}\"\nduty_en = \"duty\"\nholder = \"office\"\n\
                 level = \"must\"\nmechanism = \"record\"\nfeature = \"notice\"\nportal = \"\"\n"
            )
        };
        parse("x.toml", &(head.to_owned() + &clauses.iter().map(clause).collect::<String>())).unwrap()
    }

    #[test]
    fn what_is_added_dropped_and_changed_stands_in_the_order_of_the_text() {
        let old = text(&[("1", "甲"), ("2", "乙"), ("3", "丙"), ("9", "末")]);
        let new = text(&[("1", "甲"), ("3", "丙を改める"), ("4", "丁")]);
        let found = compare(&old, &new);
        let rows: Vec<_> = found.iter().map(|row| (row.named().unwrap().id.as_str(), row.change)).collect();
        assert_eq!(
            rows,
            [("2", Change::Removed), ("3", Change::Changed), ("4", Change::Added), ("9", Change::Removed)]
        );
        assert!(compare(&old, &old).is_empty());
    }
}
