//! 書き出し: the page before it, the proof it may need, the event that is committed before the first byte, and the stream.
use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use futures::channel::mpsc;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::json;

use super::columns::{Column, Ledger};
use super::export::{self, CAP, Format, Losses, Lost, STEP_UP_ABOVE};
use super::query::Query;
use super::read;
use super::screens::{options, pairs};
use super::sql;
use super::views::{self, ExportPage};
use crate::kernel::access::{Scope, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::audit::Event;
use crate::kernel::clock;
use crate::kernel::error::Result;
use crate::kernel::text::{self, with_query};
use crate::kernel::work::Work;
use crate::people::step_up::{self, Action};
use crate::web::extract::Posted;
use crate::web::locale::Words;
use crate::web::screen::{Screen, page_with};

/// What the reader chose on the page before.
struct Choice {
    format: Format,
    accept_loss: bool,
}

/// What stands against sending; drawn on the same page again.
#[derive(Default)]
struct Objection {
    lost: Vec<Lost>,
}

/// The page before a ledger is written out.
pub async fn ask(app: &App, screen: &Screen, viewer: &Viewer, ledger: &'static Ledger, raw: &str) -> Result<Response> {
    let query = Query::parse(ledger, &pairs(raw)?, app.clock().today());
    let mut read = app.read(viewer).await?;
    show(app, screen, viewer, &mut read, &query, Format::Csv, Objection::default()).await
}

/// Writes a ledger out, or shows the page again with what stands against it.
pub async fn send(
    app: &App,
    screen: &Screen,
    viewer: &Viewer,
    ledger: &'static Ledger,
    posted: &Posted,
) -> Result<Response> {
    posted.asked(|name| ["format", "accept_loss"].contains(&name) || Query::asks(ledger, name))?;
    let filters: Vec<(String, String)> =
        posted.input.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let query = Query::parse(ledger, &filters, app.clock().today());
    let choice = Choice {
        format: posted.input.get("format").and_then(Format::from_key).unwrap_or(Format::Csv),
        accept_loss: posted.input.get("accept_loss").is_some(),
    };
    let within = viewer.scope(ledger.export);
    let mut read = app.read(viewer).await?;
    let rows = count(&mut read, &query, &within).await?;
    if rows > CAP {
        return show(app, screen, viewer, &mut read, &query, choice.format, Objection::default()).await;
    }
    let lost = if choice.format == Format::CsvCp932 && !choice.accept_loss {
        losses(screen.w, &mut read, &query, &within).await?
    } else {
        Vec::new()
    };
    if !lost.is_empty() {
        return show(app, screen, viewer, &mut read, &query, choice.format, Objection { lost }).await;
    }
    if rows > STEP_UP_ABOVE && !step_up::require(app, viewer, Action::Export, ledger.key).await? {
        let back = with_query(&format!("{}/export", ledger.path), query.pairs());
        return Ok(screen.go(app, &step_up::page(Action::Export, ledger.key, &back), None));
    }
    drop(read);
    record(app, viewer, &query, rows, &choice).await?;
    let (sender, receiver) = mpsc::channel(4);
    let source = Source { app: app.clone(), viewer: viewer.clone(), within, query, w: screen.w, format: choice.format };
    let name = file_name(&source, screen);
    let format = source.format;
    tokio::spawn(async move { source.pour(sender).await });
    attached(format, &name, receiver)
}

async fn count(read: &mut Read, query: &Query, within: &Scope) -> Result<i64> {
    let as_of = query.as_of.map(read::end_of);
    Ok(sql::total(query, within, as_of, CAP).number(read.conn()).await?)
}

/// Reads everything once to find what CP932 cannot hold.
async fn losses(w: Words, read: &mut Read, query: &Query, within: &Scope) -> Result<Vec<Lost>> {
    let mut cursor = Rows::open(read, query, within).await?;
    let mut losses = Losses::default();
    while let Some(rows) = cursor.next(read, w).await? {
        rows.iter().for_each(|row| losses.look(row));
    }
    cursor.close(read).await?;
    Ok(losses.into_list())
}

async fn record(app: &App, viewer: &Viewer, query: &Query, rows: i64, choice: &Choice) -> Result<()> {
    let filters = with_query("", query.pairs());
    let facts = json!({
        "format": choice.format.key(),
        "rows": rows,
        "filters": filters.trim_start_matches('?'),
        "lost_characters_accepted": choice.accept_loss,
        "password_given": rows > STEP_UP_ABOVE,
    });
    let event = Event::done("ledger.exported", "ledger", query.ledger.key).facts(facts);
    app.change(&viewer.actor(), async |work: &mut Work| work.record(event.clone()).await.map(drop)).await
}

/// A database cursor over an export, turned into words.
struct Rows {
    columns: Vec<&'static Column>,
}

impl Rows {
    async fn open(read: &mut Read, query: &Query, within: &Scope) -> Result<Self> {
        let columns = query.export_columns();
        let as_of = query.as_of.map(read::end_of);
        sql::declare_export(query, &columns, within, as_of, CAP).run(read.conn()).await?;
        Ok(Self { columns })
    }

    async fn next(&mut self, read: &mut Read, w: Words) -> Result<Option<Vec<Vec<String>>>> {
        let rows = sql::fetch_export().rows(read.conn()).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let words =
            rows.iter().map(|row| Ok(export::texts(&read::read(row, &self.columns)?, |key| w.t(key).into_owned())));
        Ok(Some(words.collect::<sqlx::Result<_>>()?))
    }

    async fn close(self, read: &mut Read) -> Result<()> {
        Ok(sql::close_export().run(read.conn()).await?)
    }

    fn heads(&self, w: Words) -> Vec<String> {
        self.columns.iter().map(|column| w.t(column.label).into_owned()).collect()
    }
}

/// What is poured into the answer.
struct Source {
    app: App,
    viewer: Viewer,
    within: Scope,
    query: Query,
    w: Words,
    format: Format,
}

type Sink = mpsc::Sender<io::Result<Bytes>>;

impl Source {
    async fn pour(self, mut sink: Sink) {
        let done = match self.format {
            Format::Csv | Format::CsvCp932 => self.pour_csv(&mut sink).await,
            Format::Xlsx => self.pour_xlsx(&mut sink).await,
        };
        if let Err(error) = done {
            tracing::error!(ledger = self.query.ledger.key, cause = %error, "an export broke off");
            // the reader's browser sees a broken transfer, not a short file
            let _ = sink.send(Err(io::Error::other("the export broke off"))).await;
        }
    }

    async fn pour_csv(&self, sink: &mut Sink) -> Result<()> {
        let mut read = self.app.read(&self.viewer).await?;
        let mut rows = Rows::open(&mut read, &self.query, &self.within).await?;
        let head = export::csv(self.format, &[rows.heads(self.w)], true).map_err(anyhow::Error::from)?;
        if sink.send(Ok(head.into())).await.is_err() {
            return Ok(());
        }
        while let Some(next) = rows.next(&mut read, self.w).await? {
            let bytes = export::csv(self.format, &next, false).map_err(anyhow::Error::from)?;
            if sink.send(Ok(bytes.into())).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn pour_xlsx(&self, sink: &mut Sink) -> Result<()> {
        let mut read = self.app.read(&self.viewer).await?;
        let mut rows = Rows::open(&mut read, &self.query, &self.within).await?;
        let heads = rows.heads(self.w);
        let mut all = Vec::new();
        while let Some(next) = rows.next(&mut read, self.w).await? {
            all.extend(next);
        }
        drop(read);
        let (title, now) = (self.w.t(self.query.ledger.title).into_owned(), self.app.clock().now());
        let book = tokio::task::spawn_blocking(move || export::xlsx(&title, &heads, &all, now)).await;
        let book = book.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?;
        for part in book.chunks(64 * 1024) {
            if sink.send(Ok(Bytes::copy_from_slice(part))).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// 「アカウント管理台帳_20261122.csv」, and the same in ASCII for those who cannot read it.
fn file_name(source: &Source, screen: &Screen) -> (String, String) {
    let day = clock::local(source.app.clock().now()).format("%Y%m%d");
    let ending = source.format.ending();
    let plain = format!("{}_{day}.{ending}", source.query.ledger.key);
    (format!("{}_{day}.{ending}", screen.w.t(source.query.ledger.title)), plain)
}

/// The answer of a file that is poured into it: its name in the reader's words, and in ASCII.
pub fn attached(
    format: Format,
    (name, plain): &(String, String),
    receiver: mpsc::Receiver<io::Result<Bytes>>,
) -> Result<Response> {
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", text::percent(name));
    let mut response = Response::new(Body::from_stream(receiver.boxed()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(anyhow::Error::from)?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("content-security-policy", HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}

async fn show(
    app: &App,
    screen: &Screen,
    viewer: &Viewer,
    read: &mut Read,
    query: &Query,
    chosen: Format,
    objection: Objection,
) -> Result<Response> {
    let ledger = query.ledger;
    let w = screen.w;
    let rows = count(read, query, &viewer.scope(ledger.export)).await?;
    let options = options(read.conn(), ledger).await?;
    let title = w.t("ledgers-export");
    let shell = screen.shell(app, read, title.clone(), ledger.mechanisms).await?;
    let faulty = !objection.lost.is_empty() || rows > CAP;
    let columns = query.export_columns();
    let head = |column: usize| columns.get(column).map(|column| w.t(column.label).into_owned()).unwrap_or_default();
    let lost = objection.lost.iter().map(|lost| {
        let place = w.with(
            "ledgers-export-place",
            &[("row", &lost.first.0), ("column", &head(lost.first.1)), ("text", &lost.example)],
        );
        (lost.character.to_string(), w.n("ledgers-export-times", lost.count).into_owned(), place.into_owned())
    });
    let template = ExportPage {
        shell: shell.crumb(ledger.path, w.t(ledger.title)).crumb_here(title).faulty(faulty),
        action: format!("{}/export", ledger.path),
        kept: query.pairs(),
        total: w.n("ledgers-total", rows.min(CAP)).into_owned(),
        conditions: views::conditions(w, &screen.dates, query, &options),
        formats: Format::ALL
            .map(|format| {
                let words = w.of("ledgers-format", format.key()).into_owned();
                let hint = w.of("ledgers-format-hint", format.key()).into_owned();
                (format.key(), words, hint, format == chosen)
            })
            .into(),
        too_many: (rows > CAP).then(|| w.n("ledgers-export-too-many", CAP).into_owned()),
        ask_password: rows > STEP_UP_ABOVE,
        lost: lost.collect(),
        back: query.address(&[]),
    };
    page_with(if faulty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &template)
}
