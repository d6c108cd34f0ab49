//! Reading a table, judging each of its rows as the form itself would be judged, and filing them: each row in a transaction of its
//! own, under an id that it has from the start, so that a second click or a stop half-way files nothing twice.
use chrono::{NaiveDate, TimeDelta};
use futures::future::BoxFuture;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;

use super::columns::{Placed, fits, typed};
use super::store::{self, Fault, Line, Table};
use crate::engines::requests::actions::draft::{Draft, Filer, draft};
use crate::engines::requests::actions::filing::{self, Filed};
use crate::engines::requests::actions::{Hand, kinds};
use crate::engines::requests::drafts;
use crate::engines::requests::kinds::Registered;
use crate::engines::requests::model::{Options, Typed};
use crate::engines::requests::views::say_message;
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::audit::{Event, hex};
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{RequestId, uuid_at};
use crate::kernel::keys::sha256;
use crate::kernel::sheets::{self, Row, Unreadable, address};
use crate::kernel::work::Work;
use crate::web::locale::{Lang, Words};
use crate::web::screen::said;

/// Rows of one table: whoever looks at them before they are filed looks at each.
pub const MOST_ROWS: usize = 200;
/// How long a table waits.
const KEPT: TimeDelta = TimeDelta::days(7);
/// How long somebody waits for a file to be read.
const PATIENCE: Duration = Duration::from_secs(6);

/// A kind that this person may file row by row.
pub fn offered(hand: &Hand, registered: &Registered) -> bool {
    drafts::actions::may_file(&hand.viewer, registered) && fits(&registered.kind.form)
}

/// The kind with this key, where its requests can be filed by a table; anything else is not there.
pub fn kind(app: &App, hand: &Hand, key: &str) -> Result<Registered> {
    let registered = kinds(app)?.get(key)?.clone();
    if offered(hand, &registered) { Ok(registered) } else { Err(Error::NotFound) }
}

/// Reads a file and judges its rows; nothing is written. What is wrong with the file as a whole is a refusal in words.
pub async fn read(app: &App, hand: &Hand, registered: &Registered, file: &[u8]) -> Result<Table> {
    let rows = sheets::read(&app.config().reader, file, PATIENCE).await.map_err(|why| match why {
        Unreadable::NoReader => Error::Busy,
        why => Error::refused(why.message()),
    })?;
    let Some((heads, rows)) = rows.split_first().filter(|(_, rows)| !rows.is_empty()) else {
        return Err(Error::refused("filing-refused-empty"));
    };
    if rows.len() > MOST_ROWS {
        let message = Message::new("filing-refused-rows").with("most", MOST_ROWS).with("count", rows.len());
        return Err(Error::Refused(message));
    }
    let placed = Placed::by(&registered.kind.form, heads);
    if placed.of.is_empty() {
        return Err(Error::refused("filing-refused-heads"));
    }
    let now = app.clock().now();
    let left_out = placed.unknown.iter().map(|(at, name)| format!("{} 「{name}」", address(*at, heads.no)));
    let mut table = Table {
        id: uuid_at(now),
        kind: registered.kind.key.clone(),
        uploaded_at: now,
        expires_at: now + KEPT,
        left_out: left_out.collect::<Vec<_>>().join("、"),
        lines: Vec::new(),
        filed_at: None,
    };
    let mut read = app.read(&hand.viewer).await?;
    let mut judge = Judge { app, hand, registered, placed: &placed, today: app.clock().today(), seen: HashMap::new() };
    for row in rows {
        let id = RequestId::new(now);
        table.lines.push(judge.line(read.conn(), row, id).await?);
    }
    Ok(table)
}

/// Judges the rows of one table.
struct Judge<'a> {
    app: &'a App,
    hand: &'a Hand,
    registered: &'a Registered,
    placed: &'a Placed,
    today: NaiveDate,
    /// the rows so far, by their answers
    seen: HashMap<Vec<u8>, u32>,
}

impl Judge<'_> {
    async fn line(&mut self, conn: &mut PgConnection, row: &Row, id: RequestId) -> Result<Line> {
        let form = &self.registered.kind.form;
        // people are understood first: what is offered depends on them
        let first = typed(form, self.placed, row, &Options::new());
        let mut line = Line { no: row.no, id: id.0, typed: first, subject: String::new(), faults: Vec::new() };
        let made = match self.draft(conn, id, &line).await {
            Ok(made) => {
                line.typed = typed(form, self.placed, row, &made.options);
                self.draft(conn, id, &line).await
            }
            refused => refused,
        };
        let made = match made {
            Ok(made) => made,
            Err(Error::Refused(why)) => {
                line.faults.push(whole(row.no, &why));
                return Ok(line);
            }
            Err(error) => return Err(error),
        };
        line.faults = self.faults(row.no, &made);
        line.subject = if made.subject.is_empty() { self.named(row) } else { made.subject.clone() };
        if line.faults.is_empty() {
            let hash = made.hash(&self.registered.kind.key).bytes().to_vec();
            if let Some(before) = self.seen.insert(hash, row.no) {
                line.faults.push(whole(row.no, &Message::new("filing-twice").with("row", before)));
            }
        }
        Ok(line)
    }

    async fn draft(&self, conn: &mut PgConnection, id: RequestId, line: &Line) -> Result<Draft> {
        let filer = Filer::Person(&self.hand.viewer);
        draft(self.app, conn, self.registered, filer, id, Typed::new(line.typed.clone()), self.today).await
    }

    fn faults(&self, no: u32, made: &Draft) -> Vec<Fault> {
        let faults = made.errors.iter().map(|error| {
            let say = |lang| say_message(Words(lang), &error.message);
            let cell = self.placed.column(&error.field).map_or_else(|| no.to_string(), |at| address(at, no));
            Fault { cell, ja: say(Lang::Ja), en: say(Lang::En) }
        });
        let faults: Vec<Fault> = faults.collect();
        match made.refusal().filter(|_| faults.is_empty()) {
            Some(refusal) => vec![whole(no, &refusal.message(|position| self.hand.position(position)))],
            None => faults,
        }
    }

    /// What the row is called while nothing better is known: its first answer.
    fn named(&self, row: &Row) -> String {
        let cells = self.placed.of.iter().map(|(_, at)| row.cell(*at).trim());
        cells.into_iter().find(|cell| !cell.is_empty()).unwrap_or_default().chars().take(60).collect()
    }
}

/// Something about the row as a whole.
fn whole(no: u32, why: &Message) -> Fault {
    let say = |lang| Words(lang).line(&said(why)).into_owned();
    Fault { cell: no.to_string(), ja: say(Lang::Ja), en: say(Lang::En) }
}

/// Keeps a table until it is filed; nothing else is written.
pub async fn keep(work: &mut Work, hand: &Hand, table: &Table, file: &[u8]) -> Result<()> {
    let digest = sha256(file);
    store::insert(work.conn(), table, hand.viewer.person, &digest).await?;
    let facts = json!({ "kind": table.kind, "rows": table.lines.len(), "sha256": hex(&digest) });
    work.record(Event::done("request.table_read", "filing_table", table.id).facts(facts)).await.map(drop)
}

/// Files every row that nothing stands against; what came of the others is said at each. How many were filed.
pub async fn file(app: &App, hand: &Hand, id: Uuid) -> Result<usize> {
    let mut read = app.read(&hand.viewer).await?;
    let table = store::find(read.conn(), id, app.clock().now()).await?.ok_or(Error::NotFound)?;
    let before = store::numbers(read.conn(), &table.lines).await?;
    drop(read);
    let registered = kind(app, hand, &table.kind)?;
    if table.filed_at.is_some() {
        return Err(Error::Conflict(Message::new("filing-refused-filed")));
    }
    let mut lines = table.lines;
    let mut done = 0;
    for line in lines.iter_mut().filter(|line| line.faults.is_empty()) {
        if before.contains_key(&line.id) || file_one(app, hand, &registered, line).await? {
            line.typed.clear();
            done += 1;
        }
    }
    app.change(&hand.viewer.actor(), async |work: &mut Work| {
        let now = work.now;
        store::filed(work.conn(), id, &lines, now).await?;
        let facts = json!({ "kind": registered.kind.key, "filed": done, "left": lines.len() - done });
        work.record(Event::done("request.table_filed", "filing_table", id).facts(facts)).await.map(drop)
    })
    .await?;
    Ok(done)
}

/// Files one row; what stands against it by now is written at the row.
async fn file_one(app: &App, hand: &Hand, registered: &Registered, line: &mut Line) -> Result<bool> {
    let (id, typed) = (RequestId(line.id), Typed::new(line.typed.clone()));
    let file = async |work: &mut Work| filing::file(work, hand, registered, id, typed).await;
    match app.change(&hand.viewer.actor(), file).await {
        Ok(Filed::Done { .. }) => return Ok(true),
        Ok(Filed::Mend(made)) => {
            let say =
                |lang, error: &crate::engines::requests::model::FieldError| say_message(Words(lang), &error.message);
            let cell = line.no.to_string();
            let faults = made.errors.iter();
            line.faults.extend(faults.map(|error| Fault {
                cell: cell.clone(),
                ja: say(Lang::Ja, error),
                en: say(Lang::En, error),
            }));
        }
        Err(Error::Refused(why) | Error::Conflict(why)) => line.faults.push(whole(line.no, &why)),
        Err(error) => return Err(error),
    }
    Ok(false)
}

/// Throws a table away.
pub async fn discard(work: &mut Work, id: Uuid) -> Result<()> {
    if !store::discard(work.conn(), id).await? {
        return Err(Error::NotFound);
    }
    work.record(Event::done("request.table_discarded", "filing_table", id).facts(json!({}))).await.map(drop)
}

/// The nightly chore: what waited too long is thrown away.
pub fn sweep(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
            let now = work.now;
            store::sweep(work.conn(), now).await.map(drop)
        })
        .await
    })
}
