//! What the pages of 指名 show.
use askama::Template;

use super::matters::Matter;
use crate::kernel::access::{PostHeld, Tier};
use crate::people::designees::{Designation, Standing};
use crate::web::dates::Dates;
use crate::web::forms::{Choice, Field, Form};
use crate::web::icons::Icon;
use crate::web::locale::{Label, Words};
use crate::web::parts::{Empty, Tag, TagTone};
use crate::web::screen::Naming;
use crate::web::shell::Shell;

/// A naming as a row says it.
pub struct Row {
    pub id: String,
    pub person: String,
    /// 「アカウント登録申請：使用許可」 with its clause
    pub matters: Vec<(String, String)>,
    pub period: String,
    pub by: String,
    pub reason: String,
    pub state: Tag,
    /// can still be ended, by this reader
    pub open: bool,
    /// the question before it is ended
    pub question: String,
}

impl Row {
    /// In the reader's words.
    pub fn of(w: Words, dates: &Dates, naming: &Naming, (known, ends): (&[Matter], bool), named: &Designation) -> Self {
        let standing = named.standing(dates.today);
        let tone = match standing {
            Standing::Now => TagTone::Good,
            Standing::Coming => TagTone::Wait,
            Standing::Over | Standing::Ended | Standing::Lapsed => TagTone::Done,
        };
        let words = |key: &String| {
            let found = known.iter().find(|matter| matter.key == *key);
            // what a former regulation left to them is no longer among today's
            found.map_or_else(
                || (w.t("designees-matter-former").into_owned(), String::new()),
                |found| (found.label.clone(), found.clause.clone()),
            )
        };
        let (from, last) = (dates.short(named.from), dates.short(named.last));
        Self {
            id: named.post.to_string(),
            person: named.person_name.clone(),
            matters: named.matters.iter().map(words).collect(),
            period: w.t2("designees-period-of", "from", from, "last", last).into_owned(),
            by: w.t2("designees-by-of", "tier", naming.tier(w, named.by_tier), "name", &named.by_name).into_owned(),
            reason: named.reason.clone(),
            state: Tag::new(tone, w.of("designees-state", standing.key())),
            open: ends && standing.is_open(),
            question: w.t1("designees-end-question", "name", &named.person_name).into_owned(),
        }
    }
}

/// All namings.
#[derive(Template)]
#[template(path = "designees/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub rows: Vec<Row>,
    pub empty: Option<Empty>,
    pub may_name: bool,
}

/// The page's words where there is none yet.
pub fn none(w: Words, may_name: bool) -> Empty {
    let empty = Empty::new(Icon::People, w.t("designees-none")).text(w.t("designees-none-why"));
    if may_name { empty.action("/designees/new", w.t("designees-new")) } else { empty }
}

/// The form for a new naming.
#[derive(Template)]
#[template(path = "designees/new.html")]
pub struct NewPage {
    pub shell: Shell,
    pub form: Form,
}

/// The question before a naming is ended.
#[derive(Template)]
#[template(path = "designees/end.html")]
pub struct EndPage {
    pub shell: Shell,
    pub row: Row,
    pub form: Form,
}

/// What is asked.
pub fn questions(w: Words, naming: &Naming, posts: &[&PostHeld], matters: &[Matter]) -> Vec<Field> {
    let post = |post: &&PostHeld| {
        let seat = w.t2("stand-in-seat", "department", &post.department_name, "tier", naming.tier(w, post.tier));
        Choice::new(post.id.to_string(), Label::text(seat))
    };
    let tiers: Vec<Tier> = posts.iter().map(|post| post.tier).collect();
    let matters = matters.iter().filter(|matter| matter.by.is_none_or(|by| tiers.contains(&by)));
    let matter = |matter: &Matter| {
        Choice::new(matter.key.clone(), Label::text(matter.label.clone())).note(Label::text(matter.clause.clone()))
    };
    vec![
        Field::select("post", "designees-post", posts.iter().map(post).collect()).hint("designees-post-hint"),
        Field::text("person", "designees-person").most(60).hint("stand-in-person-hint"),
        Field::checks("matters", "designees-matters", matters.map(matter).collect()).hint("designees-matters-hint"),
        Field::date("from", "stand-in-from"),
        Field::date("last", "stand-in-last"),
        Field::area("reason", "stand-in-reason").most(200).rows(2).hint("designees-reason-hint"),
    ]
}
