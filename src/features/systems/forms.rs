//! The form of the 情報システム台帳: what is asked about a system, and how the answers become its facts.
use super::model::{Facts, Importance, Level, Right, RightFault, RightNames, System};
use crate::kernel::ids::DepartmentId;
use crate::web::dates::Dates;
use crate::web::forms::{Choice, Field, Form};
use crate::web::locale::{Label, Line, Words};

/// What the form says when it is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// the system
    pub facts: Facts,
    /// its rights
    pub rights: RightNames,
    /// the version that was shown; none for a new system
    pub version: Option<i32>,
}

/// The questions, with nothing filled in. `by_rule`: accounts may be shared where a rule of its own says so.
#[must_use]
pub fn empty(w: Words, dates: Dates, departments: &[(DepartmentId, String)], by_rule: bool) -> Form {
    let owners = departments.iter().map(|(id, name)| Choice::new(id.to_string(), Label::text(name))).collect();
    let importance = Importance::ALL.map(|importance| Choice::new(importance.key(), importance_label(importance)));
    let yes_no = vec![Choice::new("yes", "systems-yes"), Choice::new("no", "systems-no")];
    let fields = vec![
        Field::code("code", "systems-code").most(20).hint("systems-code-hint"),
        Field::text("name", "systems-name").most(60),
        Field::kana("reading", "systems-reading").most(80),
        Field::area("purpose", "systems-purpose").most(200).rows(2).optional(),
        Field::select("owner", "systems-owner", owners),
        Field::radio("importance", "systems-importance", importance.into()).hint("systems-importance-hint"),
        Field::radio("two_factor", "systems-two-factor", yes_no),
        if by_rule {
            Field::text("sharing_rule", "systems-sharing-rule").hint("systems-sharing-rule-hint").most(80).optional()
        } else {
            Field::hidden("sharing_rule")
        },
        Field::area("standard", "systems-rights-standard")
            .hint("systems-rights-standard-hint")
            .most(1_000)
            .rows(4)
            .optional(),
        Field::area("beyond", "systems-rights-beyond")
            .hint("systems-rights-beyond-hint")
            .most(1_000)
            .rows(3)
            .optional(),
        Field::area("privileged", "systems-rights-privileged")
            .hint("systems-rights-privileged-hint")
            .most(1_000)
            .rows(2)
            .optional(),
        Field::hidden("version"),
    ];
    Form::new(w, dates, fields)
}

/// The questions, filled with what the register says.
#[must_use]
pub fn filled(form: Form, system: &System, rights: &[Right]) -> Form {
    let names = RightNames::from(rights);
    let facts = &system.facts;
    let form = Level::ALL.into_iter().fold(form, |form, level| form.fill(level.key(), names.lines(level)));
    form.fill("code", &facts.code)
        .fill("name", &facts.name)
        .fill("reading", &facts.reading)
        .fill("purpose", &facts.purpose)
        .fill("owner", facts.owner.to_string())
        .fill("importance", facts.importance.key())
        .fill("two_factor", if facts.two_factor { "yes" } else { "no" })
        .fill("sharing_rule", &facts.sharing_rule)
        .fill("version", system.version.to_string())
}

/// What somebody typed, on top of a newer version: sent again, it takes that one's place.
#[must_use]
pub fn again(form: Form, typed: &Form, version: i32) -> Form {
    const ASKED: [&str; 11] = [
        "code",
        "name",
        "reading",
        "purpose",
        "owner",
        "importance",
        "two_factor",
        "sharing_rule",
        "standard",
        "beyond",
        "privileged",
    ];
    let form = ASKED.into_iter().fold(form, |form, name| form.fill(name, typed.text(name)));
    form.fill("version", version.to_string())
}

/// The question before a system's use is ended.
#[must_use]
pub fn retirement(w: Words, dates: Dates) -> Form {
    Form::new(w, dates, vec![Field::date("on", "systems-retire-on"), Field::hidden("version")])
}

/// Reads a checked form; what is wrong with the rights is said at their field.
#[must_use]
pub fn read(form: &mut Form) -> Option<Entry> {
    let lists = Level::ALL.map(|level| (level, form.text(level.key()).to_owned()));
    let rights = RightNames::read([0, 1, 2].map(|at| (lists[at].0, lists[at].1.as_str())));
    if let Err(fault) = &rights {
        let (field, line) = said(fault);
        form.refuse(field, line);
    }
    if form.faulty() {
        return None;
    }
    let facts = Facts {
        code: form.text("code").to_owned(),
        name: form.text("name").to_owned(),
        reading: form.text("reading").to_owned(),
        purpose: form.text("purpose").to_owned(),
        owner: form.parsed("owner")?,
        importance: Importance::from_key(form.text("importance"))?,
        two_factor: form.text("two_factor") == "yes",
        sharing_rule: form.text("sharing_rule").to_owned(),
    };
    Some(Entry { facts, rights: rights.ok()?, version: form.parsed("version") })
}

fn said(fault: &RightFault) -> (&'static str, Line) {
    match fault {
        RightFault::None => (Level::Standard.key(), Line::new("systems-rights-none")),
        RightFault::Twice(level, name) => (level.key(), Line::new("systems-rights-twice").with("name", name)),
        RightFault::Long(level, name) => (level.key(), Line::new("systems-rights-long").with("name", name)),
        RightFault::Many(level) => (level.key(), Line::new("systems-rights-many")),
    }
}

fn importance_label(importance: Importance) -> &'static str {
    match importance {
        Importance::High => "systems-importance-high",
        Importance::Middle => "systems-importance-middle",
        Importance::Low => "systems-importance-low",
    }
}
