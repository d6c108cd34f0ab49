//! The request kinds that keep the アカウント管理台帳: 登録 (4.1.1), 変更 (4.1.2), 停止 (4.1.3), and 利用終了届, which no
//! one approves.
mod change;
mod end;
mod register;
mod share;
mod stop;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, Months, NaiveDate};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Account, Origin, Refusal, Right, System};
use super::store::{self, Movement};
use crate::engines::requests::model::changes::RowLink;
use crate::engines::requests::model::form::Message;
use crate::engines::requests::model::{
    CellChange, Choice, Content, FieldError, Receipt, RowChange, RowKind, Shown, Words,
};
use crate::engines::requests::{Ask, Line, Matter, RequestKind};
use crate::kernel::access::Tier;
use crate::kernel::audit::Event;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::error::{Error, Message as ErrorMessage, Result};
use crate::kernel::ids::{AccountId, DepartmentId, SystemId};
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::web::locale::{Lang, Words as Catalogue};

/// The kinds, for portal.rs.
pub fn kinds() -> Vec<Arc<dyn RequestKind>> {
    vec![
        Arc::new(register::Register),
        Arc::new(change::Change),
        Arc::new(stop::Stop),
        Arc::new(end::End),
        Arc::new(share::Share),
    ]
}

/// Rights asked for, system by system (or account by account), in the order of the form.
fn grouped(content: &Content, field: &str) -> Vec<(Uuid, Vec<Uuid>)> {
    let mut order = Vec::new();
    let mut rights: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for grant in content.grants(field) {
        let Ok(right) = grant.right.parse() else { continue };
        let known = rights.entry(grant.system).or_default();
        if known.is_empty() {
            order.push(grant.system);
        }
        known.push(right);
    }
    order.into_iter().filter_map(|row| rights.remove(&row).map(|rights| (row, rights))).collect()
}

/// Where rights of administration are asked for that have accounts of their own.
const APART: &str = "/requests/new/privileged.grant";

/// A system's rights as a form offers them: the name, and how far it goes. `ordinary`: those of administration are shown, with where
/// they are asked for, and not given on it.
fn offered(rights: &[Right], ordinary: bool) -> Vec<Choice> {
    let level = |right: &Right| match (right.privileged, right.standard) {
        (true, _) if ordinary => "accounts-right-elsewhere",
        (true, _) => "accounts-right-privileged",
        (_, true) => "accounts-right-standard",
        _ => "accounts-right-beyond",
    };
    let choice = |right: &Right| {
        let choice = Choice::named(right.id.to_string(), &right.name).with_note(Words::key(level(right)));
        if ordinary && right.privileged { choice.asked_for_at(APART) } else { choice }
    };
    rights.iter().map(choice).collect()
}

/// Of the portal itself nobody gets its administration by an account of daily work: that follows from posts, and its accounts are asked
/// for by requests of their own.
fn given(system: &System) -> Vec<Right> {
    system.rights.iter().filter(|right| !(system.is_portal && right.privileged)).cloned().collect()
}

/// Systems in use as a form offers them, with their rights.
async fn offered_systems(
    conn: &mut PgConnection,
    ask: Ask<'_>,
    which: impl Fn(&System) -> bool,
) -> Result<Vec<Choice>> {
    let systems = store::list_systems(conn, ask.today).await?;
    let choice = |system: &System| {
        Choice::named(system.id.to_string(), &system.name)
            .with_aliases([system.code.clone(), system.reading.clone()])
            .with_rights(offered(&given(system), ask.ordinary_rights))
    };
    Ok(systems.iter().filter(|system| which(system)).map(choice).collect())
}

/// The section that owns what a request asks for. Where the route leads there, one request is one section's: who owns
/// another of the systems would otherwise have to decide on what is not theirs, and the applicant could not tell from
/// one answer what was granted. What belongs to another section is asked for in another request.
async fn owner(
    conn: &mut PgConnection,
    matter: &Matter<'_>,
    systems: impl IntoIterator<Item = SystemId>,
) -> Result<Result<Option<DepartmentId>, Refusal>> {
    if !matter.kind.reaches_owner() {
        return Ok(Ok(None));
    }
    let mut first: Option<System> = None;
    for id in systems {
        let Some(next) = store::find_system(conn, id).await? else { continue };
        match &first {
            Some(known) if known.owner != next.owner => {
                let first = (known.name.clone(), owner_name(conn, known).await?);
                let second = (next.name.clone(), owner_name(conn, &next).await?);
                return Ok(Err(Refusal::SeveralOwners { first, second }));
            }
            Some(_) => {}
            None => first = Some(next),
        }
    }
    Ok(Ok(first.map(|system| system.owner)))
}

/// The owning section sets rights of other sections' people: its rows are in reach of this one act, which the rules of
/// the route have allowed.
async fn by_owner(work: &mut Work, matter: &Matter<'_>) -> Result<()> {
    if matter.kind.reaches_owner() { work.see_all().await } else { Ok(()) }
}

async fn owner_name(conn: &mut PgConnection, system: &System) -> Result<String> {
    Ok(store::find_department_name(conn, system.owner).await?.unwrap_or_default())
}

/// A refusal at a field.
fn fault(field: &str, refusal: &Refusal) -> FieldError {
    FieldError::new(field, Message::from(refusal.message()))
}

/// What the form calls a field.
fn label(matter: &Matter<'_>, field: &str) -> Words {
    matter.kind.form.field(field).map_or_else(|| Words::plain(field), |field| field.label.clone())
}

/// A sentence about a day, which names its field and the day that limits it.
fn day_fault(matter: &Matter<'_>, field: &str, key: &str, limit: NaiveDate) -> FieldError {
    let message = Message::new(key).with("label", label(matter, field));
    FieldError::new(field, message.with("day", Words::day(limit)))
}

/// A sentence of the catalogue at a field.
fn at(field: &str, key: &str) -> FieldError {
    FieldError::new(field, Message::new(key))
}

/// Where the regulation keeps administrator rights apart, none of them stands on an account of daily work (coop 24-1-1).
async fn not_apart(
    conn: &mut PgConnection,
    matter: &Matter<'_>,
    field: &str,
    asked: &[(Uuid, Vec<Uuid>)],
) -> Result<Option<FieldError>> {
    if !matter.kind.ordinary_rights {
        return Ok(None);
    }
    for (id, rights) in asked {
        let system = system(conn, SystemId(*id)).await?;
        if system.rights.iter().any(|right| right.privileged && rights.contains(&right.id)) {
            return Ok(Some(at(field, "accounts-refused-not-apart")));
        }
    }
    Ok(None)
}

/// Where the regulation has a table of the widest right of each role, nobody asks for more (coop 21-6).
async fn beyond_role(
    conn: &mut PgConnection,
    matter: &Matter<'_>,
    field: &str,
    persons: &[Uuid],
    asked: &[(Uuid, Vec<Uuid>)],
) -> Result<Option<FieldError>> {
    if matter.kind.most_rights.is_empty() {
        return Ok(None);
    }
    let mut widest = None;
    for (id, rights) in asked {
        let system = system(conn, SystemId(*id)).await?;
        widest = widest.max(system.rights.iter().filter(|right| rights.contains(&right.id)).map(Right::level).max());
    }
    for person in persons {
        let roles = store::list_roles(conn, *person, matter.today).await?;
        let mut roles: Vec<Tier> = roles.iter().filter_map(|role| Tier::from_key(role)).collect();
        if roles.is_empty() {
            roles.push(Tier::Staff);
        }
        let most = roles.iter().filter_map(|role| matter.kind.most_rights.get(role)).max();
        if widest > most.copied() {
            return Ok(Some(at(field, "accounts-refused-beyond-role")));
        }
    }
    Ok(None)
}

/// The rights asked for beside the standard ones of the work, for the eyes of whoever sets them (4.1.1-1-b).
fn compared(system: &System, asked: &[Uuid]) -> Vec<Shown> {
    let standard: Vec<Uuid> = system.rights.iter().filter(|right| right.standard).map(|right| right.id).collect();
    let shown = |key: &str, rights: &[Uuid]| Shown {
        field: key.to_owned(),
        label: Words::key(key),
        lines: system.names(rights).into_iter().map(Words::plain).collect(),
    };
    vec![shown("accounts-rights-asked", asked), shown("accounts-rights-standard", &standard)]
}

/// 受領 (4.1.1-3-b), or that the person has read what they were told (coop 21-4-6): evidence of the handing over.
async fn received(work: &mut Work, matter: &Matter<'_>, line: &Line, receipt: &Receipt) -> Result<()> {
    let how = match receipt {
        Receipt::Own => json!({ "line": line.no, "subject": line.subject, "by": "person" }),
        Receipt::Slip { number, on } => {
            json!({ "line": line.no, "subject": line.subject, "by": "slip", "slip_number": number, "slip_on": on })
        }
    };
    let event = Event::done("account.received", "request", matter.id).within(matter.department);
    let event = match matter.concerned {
        Some(person) => event.about(person),
        None => event,
    };
    let event = event.numbered(origin(matter)?.number).by("account.handover");
    work.record(event.facts(how)).await.map(drop)
}

/// What the person is told, in the four parts that a regulation may ask for (coop 21-4-6), made from the request; whoever does
/// the work reads it over and sends it. A step that does not ask for it leaves it aside.
fn notice(content: Content, matter: &Matter<'_>, system: &System, rights: &[Uuid]) -> Content {
    let w = Catalogue(Lang::Ja);
    let rights = system.names(rights).join("、");
    let from = matter.content.date("from").unwrap_or(matter.today);
    let said = |day: NaiveDate| Words::day(day).text(false).unwrap_or_default().to_owned();
    let scope = match matter.content.date("until") {
        Some(until) => w.with(
            "accounts-notice-scope-until",
            &[("system", &system.name), ("rights", &rights), ("from", &said(from)), ("until", &said(until))],
        ),
        None => {
            w.with("accounts-notice-scope", &[("system", &system.name), ("rights", &rights), ("from", &said(from))])
        }
    };
    let reason = matter.content.text("reason").unwrap_or_default();
    content
        .with("notice_management", w.t1("accounts-notice-management", "system", &system.name).into_owned())
        .with("notice_access", w.t1("accounts-notice-access", "system", &system.name).into_owned())
        .with("notice_scope", scope.into_owned())
        .with("notice_prohibited", w.t1("accounts-notice-prohibited", "reason", reason).into_owned())
}

/// The request as the ledger names it.
fn origin(matter: &Matter<'_>) -> Result<Origin> {
    let number = matter.number.ok_or_else(|| anyhow::anyhow!("a request without a number is being executed"))?;
    Ok(Origin { id: matter.id, number: number.to_string() })
}

/// Names of rights as a preview shows them.
fn named(system: &System, rights: &[Uuid]) -> Option<Words> {
    let names = system.names(rights);
    (!names.is_empty()).then(|| Words::plain(names.join("、")))
}

/// How far the widest of these rights goes: whoever decides is to see it without knowing the system.
fn level(system: &System, rights: &[Uuid]) -> Option<Words> {
    let asked = || system.rights.iter().filter(|right| rights.contains(&right.id));
    asked().next()?;
    Some(Words::key(match (asked().any(|right| right.privileged), asked().all(|right| right.standard)) {
        (true, _) => "accounts-right-privileged",
        (false, true) => "accounts-right-standard",
        (false, false) => "accounts-right-beyond",
    }))
}

fn day(day: Option<NaiveDate>) -> Option<Words> {
    day.map(Words::day)
}

fn cell(column: &str, before: Option<Words>, after: Option<Words>) -> CellChange {
    CellChange { column: column.to_owned(), before, after }
}

/// What a request about accounts is called: 「宮本 直樹（財務会計システム a021856 ほか1）」
fn subject(first: &Account, more: usize) -> String {
    let account = format!("{} {}", first.system_name, first.name);
    text::noted(&first.holder_name, &if more == 0 { account } else { format!("{account} ほか{more}") })
}

/// A row of the ledger that stays as it is, shown beside those that change.
fn unchanged(account: &Account, system: &System) -> RowChange {
    let rights = named(system, &account.rights);
    RowChange {
        line: None,
        ledger: "accounts-title".to_owned(),
        row: Some(link(account)),
        what: format!("{} {}", account.system_name, account.holder_name),
        kind: RowKind::Unchanged,
        cells: vec![
            cell("accounts-rights", rights.clone(), rights),
            cell("accounts-until", day(account.until), day(account.until)),
        ],
    }
}

fn link(account: &Account) -> RowLink {
    RowLink { label: account.name.clone(), href: format!("/ledgers/accounts/{}", account.id) }
}

async fn system(conn: &mut PgConnection, id: SystemId) -> Result<System> {
    store::find_system(conn, id).await?.ok_or(Error::NotFound)
}

/// The account a line is about: in view of whoever keeps the ledger, offered to the applicant, and bound to the request
/// for everybody on its route.
async fn account(conn: &mut PgConnection, id: AccountId, matter: &Matter<'_>) -> Result<Option<Account>> {
    if let Some(account) = store::find(conn, id).await? {
        return Ok(Some(account));
    }
    if let Some(account) = store::find_within_office(conn, id, matter.today).await? {
        return Ok(Some(account));
    }
    Ok(store::find_of_request(conn, id, matter.id).await?)
}

/// The section that a request is filed for, and whose manager confirms it, is the one that uses the account (利用部門):
/// no other section decides about it.
async fn of_section(conn: &mut PgConnection, account: &Account, matter: &Matter<'_>) -> Result<Result<(), Refusal>> {
    if account.department == matter.department {
        return Ok(Ok(()));
    }
    let department = store::find_department_name(conn, account.department).await?.unwrap_or_default();
    Ok(Err(Refusal::OtherDepartment { department }))
}

/// Not before the day from which it was asked for.
fn too_early(matter: &Matter<'_>, field: &str, key: &str) -> Option<FieldError> {
    let day = matter.content.date(field).filter(|day| *day > matter.today)?;
    Some(FieldError::new(field, Message::new(key).with("day", Words::day(day))))
}

/// The longest that an account is opened for, or asked for ahead of its time, in years.
const YEARS: u32 = 10;

/// A day that nobody means: before the fiscal year that was over when this one began, or many years away.
fn implausible(matter: &Matter<'_>, field: &str) -> Option<FieldError> {
    let day = matter.content.date(field)?;
    let first = FiscalYear(FiscalYear::of(matter.today).0 - 1).first_day();
    let last = matter.today.checked_add_months(Months::new(12 * YEARS))?;
    if (first..=last).contains(&day) {
        return None;
    }
    let message = Message::new("form-day-within").with("label", label(matter, field));
    Some(FieldError::new(field, message.with("first", Words::day(first)).with("last", Words::day(last))))
}

/// For so many days after its beginning an account that nobody asked for in time can still be asked for.
const LATE_DAYS: u64 = 31;

/// Use that would have begun before the person came, or long before anybody asked.
fn begun(matter: &Matter<'_>, holder: Option<&store::Holder>, field: &str) -> Option<FieldError> {
    let day = matter.content.date(field)?;
    let late = matter.today.checked_sub_days(Days::new(LATE_DAYS))?;
    let (key, first) = match holder.and_then(|holder| holder.joined_on) {
        Some(joined) if day < joined => ("accounts-refused-before-hire", joined),
        _ if day < late => ("accounts-refused-begun", late),
        _ => return None,
    };
    Some(day_fault(matter, field, key, first))
}

/// The refusal of an act whose check at the form was passed by.
fn refused(fault: FieldError) -> Error {
    let plain = |words: &Words| words.text(false).unwrap_or_default().to_owned();
    let message = ErrorMessage::new(fault.message.key);
    let args = fault.message.args.iter();
    Error::Refused(args.fold(message, |message, (name, words)| message.with(name, plain(words))))
}

/// How long ago a personnel change may be that a request still answers, in days.
const MOVEMENT_DAYS: u64 = 366;

/// The rows of the 人事異動対応表 for the person whom a request is about (人事異動情報).
async fn offered_movements(conn: &mut PgConnection, kind: &str, ask: Ask<'_>) -> Result<Vec<Choice>> {
    let Some(person) = ask.of else { return Ok(Vec::new()) };
    let since = ask.today.checked_sub_days(Days::new(MOVEMENT_DAYS)).unwrap_or(ask.today);
    let movements = store::movements_of(conn, person, kind, since).await?;
    let both = |movement: &Movement, lang, english| {
        let day = Words::day(movement.effective_on);
        format!("{} {}", Catalogue(lang).of("movements-kind", &movement.kind), day.text(english).unwrap_or_default())
    };
    let words =
        |movement: &Movement| Words::Both { ja: both(movement, Lang::Ja, false), en: both(movement, Lang::En, true) };
    Ok(movements.iter().map(|movement| Choice::fixed(&movement.id.to_string(), words(movement))).collect())
}

/// The personnel change that a request answers, where its form asks for one.
async fn movement(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<Option<Movement>> {
    match matter.content.uuid("movement") {
        Some(id) => Ok(store::find_movement(conn, id).await?),
        None => Ok(None),
    }
}

/// What accounts a form offers, with the rights of their systems: those of the one person it is about. The IDs of the
/// others of one's section are nobody's business, and nobody is asked for them.
async fn offered_accounts(
    conn: &mut PgConnection,
    ask: Ask<'_>,
    may: impl Fn(&Account) -> bool,
) -> Result<Vec<Choice>> {
    let Some(holder) = ask.of else { return Ok(Vec::new()) };
    let systems = store::list_systems(conn, ask.today).await?;
    let mut choices = Vec::new();
    for account in store::list_within_office(conn, holder, ask.today).await?.into_iter().filter(may) {
        let Some(system) = systems.iter().find(|system| system.id == account.system) else { continue };
        let label = format!("{} {}", account.system_name, account.name);
        let rights = system.names(&account.rights).join("、");
        let choice = Choice::named(account.id.to_string(), label).with_note(Words::plain(rights));
        choices.push(
            choice.with_aliases([account.name.clone()]).with_rights(offered(&given(system), ask.ordinary_rights)),
        );
    }
    Ok(choices)
}

/// An end date is owed for employment that ends (unless one is kept already), lies after the start, and not after the last day of employment.
fn until_fault(matter: &Matter<'_>, holder: Option<&store::Holder>, kept: bool) -> Option<FieldError> {
    let Some(until) = matter.content.date("until") else {
        let ends = holder.is_some_and(|holder| holder.employment != "permanent");
        return (!kept && ends).then(|| at("until", "accounts-refused-until-missing"));
    };
    if let Some(from) = matter.content.date("from").filter(|from| until <= *from) {
        let mut fault = day_fault(matter, "until", "form-day-after", from);
        fault.message.args.push(("start", label(matter, "from")));
        return Some(fault);
    }
    let left = holder.and_then(|holder| holder.left_on).filter(|left| until > *left)?;
    Some(day_fault(matter, "until", "accounts-refused-until-after-leaving", left))
}
