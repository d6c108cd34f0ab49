//! What the pages of personnel changes show.
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{Kind, LINE, Operation, going};
use super::store::{Left, Listed, Row, Unsettled};
use crate::engines::regulations::functions::Role;
use crate::engines::regulations::vacated::vacated;
use crate::engines::requests::Kinds;
use crate::engines::requests::actions::kinds;
use crate::engines::requests::drafts::actions::may_file;
use crate::engines::requests::procedures::checkup::Row as Broken;
use crate::kernel::access::{Scope, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::kernel::ids::DepartmentId;
use crate::web::dates::{Dates, Due};
use crate::web::forms::{Choice, Field, Form};
use crate::web::locale::{Label, Words};
use crate::web::screen::Naming;
use crate::web::shell::{Link, Shell};

/// A row of the 対応表.
pub struct RowView {
    pub name: String,
    pub employee_no: String,
    pub kind: &'static str,
    pub day: String,
    pub operation: &'static str,
    pub department: String,
    /// the requests that answer it
    pub numbers: Vec<String>,
    pub answered: bool,
    /// days left, while none does
    pub due: Due,
    /// where it is filed, for whoever may
    pub href: Option<String>,
}

/// A personnel change.
pub struct MovementView {
    pub id: String,
    pub name: String,
    pub employee_no: String,
    pub kind: &'static str,
    pub day: String,
    pub from: String,
    pub to: String,
    pub source: &'static str,
    /// entered, applied, cancelled
    pub state: &'static str,
    pub reason: String,
    pub may_cancel: bool,
    /// what is handed over with the post that is left
    pub handover: Option<String>,
    /// what becomes vacant by it
    pub vacant: Vec<(Link, String)>,
}

/// An account that outlived its holder's employment.
pub struct LeftView {
    pub href: String,
    pub account: String,
    pub system: String,
    pub holder: String,
    pub left: String,
    pub days: i64,
}

/// 人事異動対応表
#[derive(Template)]
#[template(path = "movements/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub late: Vec<RowView>,
    pub rows: Vec<RowView>,
    pub left: Vec<LeftView>,
    pub movements: Vec<MovementView>,
    pub may_enter: bool,
    /// rights from before a change that nobody has dealt with
    pub unsettled: usize,
    pub cancel: Option<(String, Form)>,
}

/// 人事異動の入力
#[derive(Template)]
#[template(path = "movements/form.html")]
pub struct FormPage {
    pub shell: Shell,
    pub form: Form,
    /// what would not get through any more from the day on
    pub broken: Vec<Broken>,
    /// what would become vacant by it
    pub vacant: Vec<(Link, String)>,
}

/// Rows as they are drawn, with the way to the form that answers each.
pub fn rows(app: &App, viewer: &Viewer, dates: &Dates, rows: &[Row]) -> Result<Vec<RowView>> {
    let kinds = kinds(app)?;
    let view = |row: &Row| {
        let told = Told {
            movement: row.id,
            operation: row.operation,
            on: row.effective_on,
            department: row.department,
            employee_no: &row.employee_no,
        };
        let href = way(&kinds, viewer, dates, &told);
        RowView {
            name: row.name.clone(),
            employee_no: row.employee_no.clone(),
            kind: row.kind.key(),
            day: dates.short(row.effective_on),
            operation: row.operation.key(),
            department: row.department_name.clone(),
            numbers: row.numbers.clone(),
            answered: row.answered(),
            due: dates.due(row.effective_on),
            href: href.filter(|_| !row.answered()),
        }
    };
    Ok(rows.iter().map(view).collect())
}

/// What the way to a form needs to know of a change.
struct Told<'a> {
    movement: Uuid,
    operation: Operation,
    on: NaiveDate,
    department: DepartmentId,
    employee_no: &'a str,
}

/// The way to the form that answers a change, for a manager who may file it.
fn way(kinds: &Kinds, viewer: &Viewer, dates: &Dates, told: &Told<'_>) -> Option<String> {
    let kind = kinds.first_of(told.operation.request_kinds())?;
    let files = kinds.get(kind).is_ok_and(|registered| may_file(viewer, registered)) && viewer.holds(Tier::Manager);
    let from = if told.operation == Operation::Stop { "stop_on" } else { "from" };
    // what has ended is given notice of afterwards, what is to be done is asked for before
    let on = if kind == "account.end" { told.on.min(dates.today) } else { told.on.max(dates.today) };
    let day = dates.machine(on);
    let Told { movement, department, employee_no, .. } = told;
    let known = format!("department={department}&person={employee_no}&movement={movement}&{from}={day}");
    files.then(|| format!("/requests/new/{kind}?{known}"))
}

/// A right from before a change.
pub struct UnsettledView {
    pub name: String,
    pub employee_no: String,
    pub kind: &'static str,
    pub day: String,
    pub since: i64,
    pub department: String,
    pub account: String,
    pub system: String,
    pub rights: String,
    pub ledger: String,
    pub href: Option<String>,
}

/// 権限見直し
#[derive(Template)]
#[template(path = "movements/rights.html")]
pub struct RightsPage {
    pub shell: Shell,
    pub rows: Vec<UnsettledView>,
}

/// Rights from before a change, as they are drawn.
pub fn unsettled(app: &App, viewer: &Viewer, dates: &Dates, found: Vec<Unsettled>) -> Result<Vec<UnsettledView>> {
    let kinds = kinds(app)?;
    let told = |one: &Unsettled| {
        let told = Told {
            movement: one.movement,
            operation: Operation::Change,
            on: one.effective_on,
            department: one.department,
            employee_no: &one.employee_no,
        };
        way(&kinds, viewer, dates, &told)
    };
    let view = |one: Unsettled| UnsettledView {
        href: told(&one),
        kind: one.kind.key(),
        day: dates.short(one.effective_on),
        since: (dates.today - one.effective_on).num_days(),
        ledger: format!("/ledgers/accounts/{}", one.account),
        name: one.name,
        employee_no: one.employee_no,
        department: one.department_name,
        account: one.account_name,
        system: one.system,
        rights: one.rights,
    };
    Ok(found.into_iter().map(view).collect())
}

/// Personnel changes as they are drawn.
pub fn movements(
    w: Words,
    dates: &Dates,
    (may_enter, people): (bool, &Scope),
    roles: &[Role<'_>],
    found: Vec<Listed>,
) -> Vec<MovementView> {
    let vacant = |one: &Listed| {
        let going = going(one.person, one.kind, one.effective_on)?;
        Some(vacated(roles, &going).iter().map(|left| left.words(w, dates, going.from)).collect::<Vec<_>>())
    };
    let view = |one: Listed| {
        let seen = one.post_section.is_some_and(|section| people.all || people.departments.contains(&section));
        let on = dates.machine(one.effective_on);
        let leaves = one.kind != Kind::Hire && one.kind != Kind::Return && one.cancel_reason.is_empty();
        let post = one.post.filter(|_| seen && leaves);
        let state = match (one.applied_at, one.cancel_reason.is_empty()) {
            (_, false) => "cancelled",
            (Some(_), true) => "applied",
            (None, true) => "entered",
        };
        let open = state == "entered" || one.kind == Kind::Retirement && one.effective_on >= dates.today;
        MovementView {
            vacant: vacant(&one).filter(|_| open && state != "cancelled").unwrap_or_default(),
            id: one.id.to_string(),
            name: one.name,
            employee_no: one.employee_no,
            kind: one.kind.key(),
            day: dates.short(one.effective_on),
            from: one.from.unwrap_or_default(),
            to: one.to.unwrap_or_default(),
            source: one.source.key(),
            state,
            reason: one.cancel_reason,
            may_cancel: may_enter && state == "entered",
            handover: post.map(|post| format!("/posts/{post}/handover?on={on}")),
        }
    };
    found.into_iter().map(view).collect()
}

/// Accounts of people who have left.
pub fn left(dates: &Dates, found: &[Left]) -> Vec<LeftView> {
    let view = |one: &Left| LeftView {
        href: format!("/ledgers/accounts/{}", one.account),
        account: one.account_name.clone(),
        system: one.system.clone(),
        holder: one.holder_name.clone(),
        left: dates.short(one.left_on),
        days: (dates.today - one.left_on).num_days(),
    };
    found.iter().map(view).collect()
}

/// The questions of an entry.
pub fn questions(w: Words, naming: &Naming, departments: &[(Uuid, String)]) -> Vec<Field> {
    let kinds =
        Kind::ENTERED.into_iter().map(|kind| Choice::new(kind.key(), Label::text(w.of("movements-kind", kind.key()))));
    let sections = departments.iter().map(|(id, name)| Choice::new(id.to_string(), Label::text(name))).collect();
    let known = Tier::ALL.into_iter().filter(|tier| naming.tiers.iter().any(|(known, ..)| known == tier));
    let known = known.filter(|tier| LINE.contains(tier));
    let tiers = known.map(|tier| Choice::new(tier.key(), Label::text(naming.tier(w, tier)))).collect();
    vec![
        Field::text("person", "movements-person").hint("movements-person-hint").most(40),
        Field::radio("kind", "movements-kind", kinds.collect()),
        Field::date("effective_on", "movements-effective-on").hint("movements-effective-on-hint"),
        Field::select("to_department", "movements-to", sections).when("kind", "transfer"),
        Field::select("to_tier", "movements-to-tier", tiers).when("kind", "transfer"),
        Field::text("to_title", "movements-to-title").most(20).optional().when("kind", "transfer"),
        // the vacancies that were shown before
        Field::hidden("seen"),
    ]
}
