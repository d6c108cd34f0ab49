//! What the pages show, and the mails about what must not pass unnoticed.
use askama::Template;
use chrono::NaiveDate;

use super::model::{MATCHED, UNMATCHED};
use super::store::Known;
use crate::engines::requests::model::{OTHER, other_words};
use crate::engines::requests::views::form::Drawn;
use crate::kernel::access::Tier;
use crate::kernel::app::App;
use crate::kernel::clock::local;
use crate::kernel::error::{Message, Result};
use crate::kernel::notices::{AtOnce, Letter, Notice};
use crate::kernel::work::Work;
use crate::people::model::full_name;
use crate::people::sign_ins::Listed;
use crate::people::step_up::{self, Action};
use crate::people::store::persons_of;
use crate::web::dates::Dates;
use crate::web::forms::{Choice, Field, Form, Width};
use crate::web::icons::Icon;
use crate::web::locale::{Label, Lang, Words};
use crate::web::notices::subject;
use crate::web::parts::{Empty, Fact, Facts, Tag, TagTone};
use crate::web::shell::Shell;
use crate::web::tables::{Cell, Filter, Filters, Head, NARROW, Pager, Row, Table};

/// The open page.
#[derive(Template)]
#[template(path = "password_reset/ask.html")]
pub struct Ask {
    pub shell: Shell,
    /// the id of the request that will come of it
    pub id: String,
    pub form: Drawn,
}

/// The answer, whoever was named.
#[derive(Template)]
#[template(path = "password_reset/received.html")]
pub struct Received {
    pub shell: Shell,
}

/// Sign-ins, those that need somebody first.
#[derive(Template)]
#[template(path = "password_reset/list.html")]
pub struct List {
    pub shell: Shell,
    pub filters: Filters,
    pub table: Option<Table>,
    pub empty: Option<Empty>,
    pub pager: Pager,
}

/// One field to search by.
pub fn filters(w: Words, typed: &str) -> Filters {
    Filters {
        w,
        action: "/sign-ins".to_owned(),
        keep: Vec::new(),
        filters: vec![Filter::Words {
            name: "q".to_owned(),
            label: w.t("password-reset-words").into_owned(),
            value: typed.to_owned(),
            hint: w.t("password-reset-words-hint").into_owned(),
        }],
        verb: NARROW,
        clear: (!typed.is_empty()).then(|| "/sign-ins".to_owned()),
        faults: Vec::new(),
    }
}

/// The rows of the list.
pub fn table(w: Words, dates: &Dates, locked_word: &str, found: &[Listed]) -> Table {
    let heads = [
        "password-reset-login",
        "password-reset-name",
        "password-reset-number",
        "password-reset-last",
        "password-reset-state",
    ];
    let row = |listed: &Listed| {
        let state = listed.sign_in.state();
        let words = match state {
            "locked" => locked_word.to_owned(),
            _ => w.of("password-reset-state", state).into_owned(),
        };
        let state = match state {
            "active" => Cell::new(words),
            "waiting" => Cell::new("").tag(Tag::new(TagTone::Wait, words)),
            _ => Cell::new("").tag(Tag::new(TagTone::Bad, words)),
        };
        let locked = listed.sign_in.state() == "locked";
        let href = if locked {
            format!("/sign-ins/{}/release", listed.employee_no)
        } else {
            format!("/people/{}", listed.employee_no)
        };
        let last = listed.sign_in.last_sign_in.map(|at| dates.short_at(at)).unwrap_or_default();
        let cells = vec![
            Cell::new(&listed.sign_in.login).href(href).nowrap(),
            Cell::new(&listed.name),
            Cell::new(&listed.employee_no).nowrap(),
            Cell::new(last).nowrap(),
            state.nowrap(),
        ];
        Row { cells, bad: locked }
    };
    Table::new(
        w.t("password-reset-nav"),
        heads.into_iter().map(|key| Head::new(w.t(key))).collect(),
        found.iter().map(row).collect(),
    )
}

/// Where nobody is found.
pub fn nobody(w: Words) -> Empty {
    Empty::new(Icon::Lock, w.t("password-reset-none")).text(w.t("password-reset-none-why"))
}

/// 使用停止の解除
#[derive(Template)]
#[template(path = "password_reset/release.html")]
pub struct Release {
    pub shell: Shell,
    pub action: String,
    pub facts: Facts,
    pub form: Form,
}

/// Whom it is about, with the number to call.
pub fn facts(w: Words, known: &Known) -> Facts {
    let telephone = known.telephone.clone().filter(|number| !number.is_empty());
    let fact = |key: &str, value: String| Fact::new(w.t(key), value);
    Facts::tight(
        w,
        vec![
            fact("password-reset-name", full_name(&known.family_name, &known.given_name)),
            fact("password-reset-number", known.number.clone()),
            fact("password-reset-department", known.department.clone().unwrap_or_default()),
            fact("password-reset-telephone", telephone.unwrap_or_else(|| w.t("password-reset-no-number").into_owned())),
        ],
    )
}

/// The questions of the identity check, and one's own password.
pub fn release_questions(app: &App, reason: bool) -> Vec<Field> {
    let settings = app.settings();
    let methods =
        settings.reset.identity_check_methods.iter().map(|method| Choice::new(method, Label::text(method))).collect();
    let results = vec![
        Choice::new(MATCHED, "password-reset-result-matched"),
        Choice::new(UNMATCHED, "password-reset-result-unmatched"),
    ];
    let mut questions = vec![
        Field::radio("method", "password-reset-method", methods),
        Field::text("contact", "password-reset-contact").most(60).hint("password-reset-contact-hint"),
        Field::radio("result", "password-reset-result", results),
        Field::date("checked_on", "password-reset-checked-on"),
        Field::text("checked_time", "password-reset-checked-time")
            .most(5)
            .width(Width::Tiny)
            .hint("password-reset-checked-time-hint"),
        step_up::question(app, Action::Unlock),
    ];
    if settings.reset.identity_check_methods.iter().any(|method| method == OTHER) {
        let words = Field::text(other_words("method"), "requests-other-words").most(100);
        questions.insert(1, words.hint("requests-other-words-hint").when("method", OTHER));
    }
    if reason {
        let why = Field::area("reason", "password-reset-release-reason").most(200);
        questions.insert(questions.len() - 1, why.hint("password-reset-release-reason-hint"));
    }
    questions
}

/// A day in words for a mail.
pub fn day(day: NaiveDate) -> String {
    Dates { lang: Lang::Ja, western: false, today: day }.long(day)
}

/// Somebody claimed to be a person they are not: every administrator hears of it.
pub async fn alarm(work: &mut Work, path: &str, about: &str) -> Result<()> {
    let today = local(work.now).date_naive();
    let w = Words(Lang::Ja);
    let said = Message::new("password-reset-mail-unmatched").with("number", about);
    let subject = subject(&said);
    let href = format!("{}{path}", work.app().config().origin);
    let body = w.t2("password-reset-mail-unmatched-body", "subject", &subject, "href", href).into_owned();
    for person in persons_of(work.conn(), Tier::Sysadmin, today).await? {
        let letter = Letter { subject: subject.clone(), body: body.clone() };
        let notice = Notice::new(person, "identity.not_confirmed", said.clone(), ("identity_check", about)).at(path);
        work.notify(notice.at_once(AtOnce::Security, letter)).await?;
    }
    Ok(())
}
