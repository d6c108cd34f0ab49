//! 同時ログイン: one ID in use at two terminals at once. Where the adopted regulation names somebody who watches this, a sign-in
//! from another browser than one whose session still lives is written down, and the person and the watchers are told. The
//! person says whether it was they; if not, every session ends, and the password counts no longer.
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgConnection;
use sqlx::types::ipnetwork::IpNetwork;

use super::browser::browser_name;
use super::permissions::{self, Table};
use super::sessions::Handed;
use super::sign_ins;
use super::store::{self, heads_of, persons_of};
use crate::kernel::access::{Permission, Reach, Scope, Tier};
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::notices::{AtOnce, Notice};
use crate::kernel::work::Work;
use crate::web::dates::Dates;
use crate::web::locale::{Lang, Words};
use crate::web::notices::letter;

crate::id!(
    /// 同時ログインの検知
    ElsewhereId,
);

/// The mechanism: what is found, and what the person says of it.
pub const MECHANISM: &str = "session.elsewhere";
/// What the event is called on which rooms open a record of the problem.
pub const DISOWNED: &str = "session.disowned";
/// Where those who watch read it.
pub const PAGE: &str = "/sign-ins/elsewhere";

/// 本人の回答
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Answer {
    /// 自分です
    Own,
    /// 自分ではない
    NotOwn,
}

impl Answer {
    /// The neutral key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::NotOwn => "not_own",
        }
    }

    /// The answer with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Own, Self::NotOwn].into_iter().find(|answer| answer.key() == key)
    }
}

/// A place from where somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    /// 接続元
    pub source: String,
    /// the browser, as people call it
    pub browser: String,
}

impl Terminal {
    fn of(source: Option<IpNetwork>, agent: &str) -> Self {
        Self { source: source.map(|source| source.ip().to_string()).unwrap_or_default(), browser: browser_name(agent) }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// its id
    pub id: ElsewhereId,
    /// 利用者
    pub person: PersonId,
    /// 姓 名
    pub name: String,
    /// 職員番号
    pub employee_no: String,
    /// 検知日時
    pub at: DateTime<Utc>,
    /// who came
    pub came: Terminal,
    /// who was there
    pub there: Terminal,
    /// what the person said, and when
    pub answer: Option<(Answer, DateTime<Utc>)>,
    /// the record that came of it
    pub number: String,
}

/// Does the adopted regulation have somebody watch this?
fn watched(table: &Table) -> bool {
    Tier::ALL.into_iter().any(|tier| table.reach(tier, Permission::SignInsWatch) > Reach::None)
}

/// Looks whether the ID is in use at another terminal, while its sign-ins are held in this transaction.
pub(super) async fn look(work: &mut Work, handed: &Handed) -> Result<()> {
    let table = permissions::in_force(work.app())?;
    let Some(mark) = handed.mark.as_deref().filter(|_| watched(&table)) else { return Ok(()) };
    let now = work.now;
    let other = sqlx::query!(
        r#"select source, agent from auth.session
            where person_id = $1 and mark_hash <> $2 and ended_at is null and idle_end > $3 and absolute_end > $3
            order by last_seen_at desc, created_at desc, id_hash
            limit 1"#,
        handed.person.0,
        mark,
        now,
    )
    .fetch_optional(work.conn())
    .await?;
    let Some(other) = other else { return Ok(()) };
    let id = ElsewhereId::new(now);
    let source = handed.source.map(IpNetwork::from);
    sqlx::query!(
        "insert into sign_in_elsewhere (id, person_id, found_at, source, agent, other_source, other_agent)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        handed.person.0,
        now,
        source,
        handed.agent,
        other.source,
        other.agent,
    )
    .execute(work.conn())
    .await?;
    let (came, there) = (Terminal::of(source, &handed.agent), Terminal::of(other.source, &other.agent));
    let event = Event::done("session.elsewhere", "person", handed.person).about(handed.person).by(MECHANISM);
    work.record(event.facts(json!({ "source": came.source, "other_source": there.source }))).await?;
    let sight = work.sight().await?;
    work.see_all().await?;
    tell_found(work, &table, handed.person, &came).await?;
    work.see_as(&sight).await
}

/// The person and the watchers are told.
async fn tell_found(work: &mut Work, table: &Table, person: PersonId, came: &Terminal) -> Result<()> {
    let w = Words(Lang::Ja);
    let origin = work.app().config().origin.clone();
    let at = said_at(work);
    let own = format!("{origin}/me/sessions");
    let body = w.with(
        "elsewhere-mail-body",
        &[("at", &at), ("source", &came.source), ("browser", &came.browser), ("href", &own)],
    );
    let said = Said { key: "elsewhere-mail", name: "", body: body.into_owned(), page: "/me/sessions" };
    tell(work, person, person, &said).await?;
    let name = store::find_person(work.conn(), person).await?.map(|known| known.name()).unwrap_or_default();
    let href = format!("{origin}{PAGE}");
    let body = w.with(
        "elsewhere-mail-watch-body",
        &[("name", &name), ("at", &at), ("source", &came.source), ("browser", &came.browser), ("href", &href)],
    );
    let said = Said { key: "elsewhere-mail-watch", name: &name, body: body.into_owned(), page: PAGE };
    for to in watchers(work, table, person).await? {
        tell(work, to, person, &said).await?;
    }
    Ok(())
}

fn said_at(work: &Work) -> String {
    let dates = Dates { lang: Lang::Ja, western: false, today: local(work.now).date_naive() };
    dates.long_at(work.now)
}

/// Those whom the regulation names, throughout the organisation or at the head of the person's section.
async fn watchers(work: &mut Work, table: &Table, person: PersonId) -> Result<Vec<PersonId>> {
    let today = local(work.now).date_naive();
    let mut found = Vec::new();
    for tier in Tier::ALL {
        match table.reach(tier, Permission::SignInsWatch) {
            Reach::Organisation => found.extend(persons_of(work.conn(), tier, today).await?),
            Reach::Department => found.extend(heads_of(work.conn(), person, today).await?),
            Reach::Own | Reach::None => {}
        }
    }
    found.retain(|to| *to != person);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// What is said of a sign-in elsewhere: a sentence with the name it is about, the mail's text, and the page it leads to.
struct Said<'a> {
    key: &'static str,
    name: &'a str,
    body: String,
    page: &'static str,
}

async fn tell(work: &mut Work, to: PersonId, about: PersonId, said: &Said<'_>) -> Result<()> {
    let words = Message::new(said.key).with("name", said.name);
    let letter = letter(&words, said.body.clone());
    let notice = Notice::new(to, MECHANISM, words, ("person", about)).at(said.page);
    work.notify(notice.at_once(AtOnce::Security, letter)).await
}

/// What followed an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// 自分です
    Nothing,
    /// The password counts no longer; those who issue another know.
    Disowned,
    /// The same, and nobody is left in the portal who could issue another.
    DisownedAlone,
}

/// Can nobody administer the portal but this person? Then nobody here could issue another password to them, and the way back is
/// the command on the portal's machine (`mamori admin reset`), after the same identity check.
pub async fn is_alone(conn: &mut PgConnection, person: PersonId, today: chrono::NaiveDate) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select last_administrator($1, $2) as "last!""#, person.0, today).fetch_one(conn).await
}

/// The person's answer, once. 「自分ではない」 ends every session of theirs, the one that answers included, and the password: they
/// come back by a new one, issued after the identity check. That holds for the last administrator as well, since somebody
/// else may know the password and would be the only one who administers.
pub async fn answer(work: &mut Work, id: ElsewhereId, answer: Answer) -> Result<Followed> {
    let person = work.actor.person().ok_or(Error::SignInFirst)?;
    let now = work.now;
    let found = sqlx::query!(
        r#"select answer as "answer: Answer", found_at, host(source) as "source", agent
             from sign_in_elsewhere where id = $1 and person_id = $2 for update"#,
        id.0,
        person.0,
    )
    .fetch_optional(work.conn())
    .await?
    .ok_or(Error::NotFound)?;
    if found.answer.is_some() {
        return Err(Error::Conflict(Message::new("elsewhere-refused-answered")));
    }
    sqlx::query!("update sign_in_elsewhere set answer = $2, answered_at = $3 where id = $1", id.0, answer.key(), now,)
        .execute(work.conn())
        .await?;
    if answer == Answer::Own {
        let event = Event::done("session.owned", "person", person).about(person).by(MECHANISM);
        work.record(event.facts(json!({ "at": found.found_at, "source": found.source }))).await?;
        return Ok(Followed::Nothing);
    }
    // one's own word about one's own ID is enough; who keeps sign-ins is told
    work.see_all().await?;
    let alone = is_alone(work.conn(), person, local(now).date_naive()).await?;
    let ended = sign_ins::disown(work, person).await?;
    let facts = json!({
        "elsewhere": id, "at": found.found_at, "source": found.source, "browser": browser_name(&found.agent),
        "sessions_ended": ended,
    });
    work.record(Event::done(DISOWNED, "person", person).about(person).by(MECHANISM).facts(facts)).await?;
    tell_disowned(work, person).await?;
    if !alone {
        return Ok(Followed::Disowned);
    }
    tell_alone(work, person).await?;
    Ok(Followed::DisownedAlone)
}

/// Nobody can administer the portal now: the person and those who answer for it hear how it is opened again.
async fn tell_alone(work: &mut Work, person: PersonId) -> Result<()> {
    let w = Words(Lang::Ja);
    let today = local(work.now).date_naive();
    let name = store::find_person(work.conn(), person).await?.map(|known| known.name()).unwrap_or_default();
    let login = sign_ins::sign_in_of(work.conn(), person).await?.map(|sign_in| sign_in.login).unwrap_or_default();
    let mut to = vec![person];
    for tier in [Tier::Office, Tier::Ciso] {
        to.extend(persons_of(work.conn(), tier, today).await?);
    }
    to.sort_unstable();
    to.dedup();
    let body = w.t2("elsewhere-mail-alone-body", "name", &name, "login", &login).into_owned();
    let said = Said { key: "elsewhere-mail-alone", name: &name, body, page: PAGE };
    for to in to {
        tell(work, to, person, &said).await?;
    }
    Ok(())
}

/// Those who watch, and those who issue passwords, hear that somebody waits for a new one.
async fn tell_disowned(work: &mut Work, person: PersonId) -> Result<()> {
    let w = Words(Lang::Ja);
    let name = store::find_person(work.conn(), person).await?.map(|known| known.name()).unwrap_or_default();
    let origin = work.app().config().origin.clone();
    let said = |page: &'static str| {
        let href = format!("{origin}{page}");
        let body = w.t2("elsewhere-mail-disowned-body", "name", &name, "href", &href).into_owned();
        Said { key: "elsewhere-mail-disowned", name: &name, body, page }
    };
    let table = permissions::in_force(work.app())?;
    let watchers = watchers(work, &table, person).await?;
    for to in &watchers {
        tell(work, *to, person, &said(PAGE)).await?;
    }
    for to in issuers(work, &table, person).await?.into_iter().filter(|to| !watchers.contains(to)) {
        tell(work, to, person, &said("/sign-ins")).await?;
    }
    Ok(())
}

/// Those who keep sign-ins throughout the organisation.
async fn issuers(work: &mut Work, table: &Table, person: PersonId) -> Result<Vec<PersonId>> {
    let today = local(work.now).date_naive();
    let mut found = Vec::new();
    let keeps = |tier: &Tier| table.reach(*tier, Permission::SignInsManage) == Reach::Organisation;
    for tier in Tier::ALL.into_iter().filter(keeps) {
        found.extend(persons_of(work.conn(), tier, today).await?);
    }
    found.retain(|to| *to != person);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The record of the problem that came of 「自分ではない」.
pub async fn reported(work: &mut Work, id: ElsewhereId, number: &str) -> Result<()> {
    sqlx::query!("update sign_in_elsewhere set number = $2 where id = $1", id.0, number).execute(work.conn()).await?;
    Ok(())
}

struct Row {
    id: ElsewhereId,
    person: PersonId,
    family_name: String,
    given_name: String,
    employee_no: String,
    found_at: DateTime<Utc>,
    source: Option<IpNetwork>,
    agent: String,
    other_source: Option<IpNetwork>,
    other_agent: String,
    answer: Option<Answer>,
    answered_at: Option<DateTime<Utc>>,
    number: String,
}

impl From<Row> for Found {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            person: row.person,
            name: super::model::full_name(&row.family_name, &row.given_name),
            employee_no: row.employee_no,
            at: row.found_at,
            came: Terminal::of(row.source, &row.agent),
            there: Terminal::of(row.other_source, &row.other_agent),
            answer: row.answer.zip(row.answered_at),
            number: row.number,
        }
    }
}

/// What was found of one's own ID, the latest first.
pub async fn own(conn: &mut PgConnection, person: PersonId, limit: i64) -> sqlx::Result<Vec<Found>> {
    let scope = Scope { all: false, departments: Vec::new(), person: person.0 };
    list(conn, (&scope, chrono::NaiveDate::default()), None, limit).await
}

/// What was found of those in reach, the latest first; after this one.
pub async fn list(
    conn: &mut PgConnection,
    (scope, today): (&Scope, chrono::NaiveDate),
    after: Option<ElsewhereId>,
    limit: i64,
) -> sqlx::Result<Vec<Found>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select e.id as "id: ElsewhereId", e.person_id as "person: PersonId", p.family_name, p.given_name, p.employee_no,
                  e.found_at, e.source as "source: IpNetwork", e.agent, e.other_source as "other_source: IpNetwork", e.other_agent,
                  e.answer as "answer: Answer", e.answered_at, e.number
             from sign_in_elsewhere e
             join person p on p.id = e.person_id
            where ($1 or e.person_id = $2
                   or exists (select from post o
                               where o.person_id = e.person_id and o.during @> $4::date and o.department_id = any ($3)))
              and ($5::uuid is null
                   or (e.found_at, e.id) < (select a.found_at, a.id from sign_in_elsewhere a where a.id = $5))
            order by e.found_at desc, e.id desc
            limit $6"#,
        scope.all,
        scope.person,
        &scope.departments,
        today,
        after.map(|after| after.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Found::from).collect())
}

/// How many wait for this person's answer.
pub async fn unanswered(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from sign_in_elsewhere where person_id = $1 and answer is null"#,
        person.0
    )
    .fetch_one(conn)
    .await
}
