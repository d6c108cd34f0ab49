//! The pages of set-up as values.
use askama::Template;

use super::linter::Hole;
use super::model::{Answers, Counts, Step, done};
use crate::people::import::pages;
use crate::web::forms::Form;
use crate::web::locale::Words;
use crate::web::shell::{Link, Shell};
use crate::web::tables::{Filters, ListBar, Table};

/// The door.
#[derive(Template)]
#[template(path = "setup/door.html")]
pub(super) struct Door {
    pub shell: Shell,
    pub form: Form,
}

/// One step in the list of all.
pub(super) struct Way {
    pub link: Link,
    pub now: bool,
    pub done: bool,
}

/// The list of steps.
pub(super) fn way(w: Words, now: Step, answers: &Answers, counts: Counts) -> Vec<Way> {
    let one = |step: Step| Way {
        link: Link::new(format!("/set-up/{}", step.key()), w.of("setup-step", step.key())),
        now: step == now,
        done: done(step, answers, counts),
    };
    Step::ALL.map(one).into()
}

/// A line of what is there, with a way to take it away.
pub(super) struct Entered {
    pub words: String,
    /// the value of the field `at`
    pub at: Option<String>,
}

/// One step.
#[derive(Template)]
#[template(path = "setup/step.html")]
pub(super) struct Page {
    pub shell: Shell,
    pub way: Vec<Way>,
    pub step: Step,
    pub lead: String,
    pub file: Option<Form>,
    pub form: Option<Form>,
    pub list: Vec<Entered>,
    pub people: Option<People>,
    /// where somebody's row is mended first
    pub mend: Option<Link>,
    pub preview: Option<pages::Preview>,
    pub taken: Option<pages::Done>,
    pub holes: Vec<Hole>,
    /// the button that puts the portal into service is offered
    pub ready: bool,
    pub next: Option<Link>,
}

/// The list of people.
pub(super) struct People {
    pub filters: Filters,
    pub bar: ListBar,
    pub table: Table,
    pub none: bool,
}

/// One person's row.
#[derive(Template)]
#[template(path = "setup/person.html")]
pub(super) struct PersonPage {
    pub shell: Shell,
    pub way: Vec<Way>,
    pub name: String,
    pub number: String,
    pub action: String,
    pub back: String,
    /// they were chosen for functions, which go with them
    pub holds: bool,
    pub form: Form,
}

/// The last page: who signs in with which code, shown once.
#[derive(Template)]
#[template(path = "setup/finished.html")]
pub(super) struct Finished {
    pub shell: Shell,
    /// login, name, code
    pub codes: Vec<(String, String, String)>,
    pub hours: String,
}
