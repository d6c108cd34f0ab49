//! What the pages of drafts show.
use askama::Template;
use std::collections::HashMap;
use uuid::Uuid;

use super::actions::Receiver;
use super::store::{Prepared, State};
use crate::engines::requests::kinds::Kinds;
use crate::engines::requests::store::people::Name;
use crate::engines::requests::views::{Answer, say};
use crate::kernel::clock::local;
use crate::kernel::ids::PersonId;
use crate::web::dates::{Dates, Due};
use crate::web::forms::Form;
use crate::web::locale::Words;
use crate::web::parts::Facts;
use crate::web::shell::Shell;

/// A draft in a list.
#[derive(Debug, Clone)]
pub struct Row {
    /// its address
    pub href: String,
    /// 様式
    pub title: String,
    /// whom it is about
    pub about: String,
    /// the other one of the two
    pub who: String,
    /// Nobody prepared it.
    pub by_portal: bool,
    /// since when
    pub since: String,
    /// until when it can be filed
    pub due: Option<Due>,
    /// that day
    pub until: String,
    /// its state's word
    pub state: &'static str,
    /// the request that came of it
    pub number: Option<String>,
}

/// Who reads, and what is known to them.
pub struct Reader<'a> {
    /// words
    pub w: Words,
    /// days
    pub dates: &'a Dates,
    /// the kinds in operation
    pub kinds: &'a Kinds,
    /// names of the persons of these drafts
    pub names: &'a HashMap<Uuid, Name>,
    /// who
    pub me: PersonId,
}

impl Reader<'_> {
    /// The title of a kind, also of one that is no longer in operation.
    #[must_use]
    pub fn title(&self, kind: &str) -> String {
        self.kinds.get(kind).map_or_else(|_| kind.to_owned(), |registered| say(self.w, &registered.kind.title))
    }

    /// A person's name; the portal, where nobody prepared it.
    #[must_use]
    pub fn name(&self, person: Option<PersonId>) -> String {
        match person {
            Some(person) => self.names.get(&person.0).map(|name| name.full.clone()).unwrap_or_default(),
            None => self.w.t("drafts-by-portal").into_owned(),
        }
    }

    /// A draft in a list of whoever reads.
    #[must_use]
    pub fn row(&self, draft: &Prepared) -> Row {
        let other = if draft.recipient == self.me { draft.prepared_by } else { Some(draft.recipient) };
        Row {
            href: format!("/requests/drafts/{}", draft.id),
            title: self.title(&draft.kind),
            about: draft.about.clone(),
            who: self.name(other),
            by_portal: other.is_none(),
            since: self.dates.short(local(draft.prepared_at).date_naive()),
            due: (draft.state == State::Open).then(|| self.dates.due(draft.wanted_by())),
            until: self.dates.short(draft.wanted_by()),
            state: draft.state.key(),
            number: draft.number.clone(),
        }
    }
}

/// 下書き: what waits for me to be filed, what I keep, what I prepared for others.
#[derive(Template)]
#[template(path = "requests/drafts/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub received: Vec<Row>,
    pub own: Vec<Row>,
    pub sent: Vec<Row>,
}

/// One draft.
#[derive(Template)]
#[template(path = "requests/drafts/show.html")]
pub struct ShowPage {
    pub shell: Shell,
    pub id: String,
    pub facts: Facts,
    pub answers: Vec<Answer>,
    /// where the form opens with all this in it
    pub open: Option<String>,
    /// may go back to the one who prepared it
    pub give_back: bool,
    /// one's own: goes without a reason
    pub own: bool,
    /// may be taken back
    pub take_back: bool,
    /// the reason for giving back or discarding
    pub form: Option<Form>,
}

/// Who files the form that somebody prepares, and to whom it can be sent.
#[derive(Debug, Clone)]
pub struct HandOver {
    pub action: String,
    /// 部門管理者
    pub tier: String,
    /// 佐藤 直樹さん（営業部 部長）…
    pub names: Vec<String>,
    /// value and label, where there is a choice
    pub choices: Vec<(String, String, bool)>,
    pub note: String,
}

/// Somebody with their post, as they are addressed.
#[must_use]
pub fn named(w: Words, receiver: &Receiver) -> String {
    let key = if receiver.deputy { "drafts-deputy" } else { "drafts-holder" };
    w.t2(key, "name", &receiver.name, "place", &receiver.place).into_owned()
}
