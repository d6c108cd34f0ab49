//! The pages of 組織が定めた手続.
use super::form::Place;
use super::preview::StepView;
use crate::web::forms::{FieldView, Form};
use crate::web::shell::Shell;
use askama::Template;

/// A kind whose route the organisation sets.
#[derive(Debug, Clone)]
pub struct OwnRow {
    pub title: String,
    pub steps: Vec<StepView>,
    /// 「令和8年4月1日から（第2版、中村 …）」, or that it is the file's.
    pub since: String,
    pub to_come: Vec<String>,
    /// Why it cannot be edited.
    pub note: String,
    pub href: Option<String>,
}

/// A kind whose route the regulation sets.
#[derive(Debug, Clone)]
pub struct FixedRow {
    pub title: String,
    pub clauses: Vec<ClauseView>,
}

/// A clause by number and heading, with the way there for those who may read it.
#[derive(Debug, Clone)]
pub struct ClauseView {
    pub label: String,
    pub href: Option<String>,
}

/// A version that was entered.
#[derive(Debug, Clone)]
pub struct VersionRow {
    pub title: String,
    pub version: String,
    pub steps: Vec<String>,
    pub from: String,
    pub reason: String,
    pub by: String,
    pub taken_back: String,
    /// The way to taking it back, while it is to come.
    pub take_back: Option<String>,
}

/// All of them.
#[derive(Template)]
#[template(path = "requests/procedures/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub regulation: String,
    pub own: Vec<OwnRow>,
    pub any_edit: bool,
    pub fixed: Vec<FixedRow>,
    pub history: Vec<VersionRow>,
}

/// The form of one route.
#[derive(Template)]
#[template(path = "requests/procedures/edit.html")]
pub struct EditPage {
    pub shell: Shell,
    pub action: String,
    pub now: Vec<StepView>,
    pub since: String,
    /// What stays behind every route.
    pub kept: Vec<StepView>,
    pub form: Form,
    pub places: Vec<Place>,
    pub history: Vec<VersionRow>,
}

impl EditPage {
    fn ask<'a>(&'a self, name: &str) -> Option<FieldView<'a>> {
        self.form.draw(name)
    }

    /// Is more said of this step than what is meant anyhow?
    fn says_more(&self, place: &Place) -> bool {
        let meant = ["", "after", "any", "up"];
        place.more.iter().any(|name| !meant.contains(&self.form.text(name)))
    }
}

/// The route in words before it is entered, with one's own password.
#[derive(Template)]
#[template(path = "requests/procedures/check.html")]
pub struct CheckPage {
    pub shell: Shell,
    pub action: String,
    pub steps: Vec<StepView>,
    /// What becomes of the steps between after a return to an earlier one.
    pub after_return: String,
    /// Whether those who decide later may do so first.
    pub pull_up: String,
    pub from: String,
    pub reason: String,
    pub typed: Vec<(String, String)>,
    pub proof: Form,
}

/// A route that stays as it is, and why.
#[derive(Template)]
#[template(path = "requests/procedures/fixed.html")]
pub struct FixedPage {
    pub shell: Shell,
    pub why: String,
    pub clauses: Vec<ClauseView>,
    pub now: Vec<StepView>,
}

/// The question before a version is taken back.
#[derive(Template)]
#[template(path = "requests/procedures/take_back.html")]
pub struct TakeBackPage {
    pub shell: Shell,
    pub action: String,
    pub title: String,
    pub version: String,
    pub from: String,
    pub steps: Vec<StepView>,
    pub form: Form,
}
