//! 申請一覧の書出し: what the filters show, as CSV or as a workbook; the event is committed before the first byte, and the rows are read
//! and sent part by part.
use super::lists::ALL;
use super::sought::{Asked, NAMES};
use super::{ExportRequests, hand};
use crate::engines::ledgers::export::{self, CAP, Format, Losses, Lost, STEP_UP_ABOVE};
use crate::engines::ledgers::send::attached;
use crate::engines::ledgers::views::ExportPage;
use crate::engines::requests::Kinds;
use crate::engines::requests::actions::{self, Hand};
use crate::engines::requests::store::lists::{self as stored, After, Item, Narrow, Reach};
use crate::engines::requests::views::lists::row;
use crate::kernel::access::{Permission, Scope};
use crate::kernel::app::{App, Read};
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::error::Result;
use crate::kernel::text::with_query;
use crate::kernel::work::Work;
use crate::people::step_up::{self, Action};
use crate::web::dates::Dates;
use crate::web::extract::{Posted, Query};
use crate::web::routing::Can;
use crate::web::screen::{Screen, page_with};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::SecondsFormat;
use futures::SinkExt as _;
use futures::channel::mpsc;
use serde_json::json;
use std::io;
use std::sync::Arc;

/// Where it is asked for.
pub(super) const PATH: &str = "/requests/all/export";
/// What the password is given for.
const TARGET: &str = "requests";
/// Rows read at once.
const PART: i64 = 1_000;
const HEADS: [&str; 9] = [
    "requests-col-number",
    "requests-col-subject",
    "requests-col-kind",
    "requests-col-applicant",
    "requests-col-section",
    "requests-col-state",
    "requests-col-turn",
    "requests-col-filed",
    "requests-col-due",
];

/// GET: how much it is, and in which format.
pub(super) async fn ask(
    State(app): State<App>,
    me: Can<ExportRequests>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let kinds = actions::kinds(&app)?;
    let mut read = app.read(&me).await?;
    let narrow = asked.narrow(read.conn(), &kinds, &screen).await?;
    let scope = me.scope(Permission::RequestsExport);
    let rows = count(&mut read, &scope, &narrow).await?;
    show(&app, &screen, (&mut read, &*kinds), &asked, (rows, Format::Csv, Vec::new())).await
}

/// POST: the file, or the page again with what stands against it.
pub(super) async fn send(
    State(app): State<App>,
    me: Can<ExportRequests>,
    screen: Screen,
    posted: Posted,
) -> Result<Response> {
    posted.asked(|name| ["format", "accept_loss"].contains(&name) || NAMES.contains(&name))?;
    let asked = Asked::from_form(|name| posted.input.get(name).unwrap_or_default().to_owned());
    let format = posted.input.get("format").and_then(Format::from_key).unwrap_or(Format::Csv);
    let accepted = posted.input.get("accept_loss").is_some();
    let kinds = actions::kinds(&app)?;
    let mut read = app.read(&me).await?;
    let narrow = asked.narrow(read.conn(), &kinds, &screen).await?;
    let source = Source {
        scope: me.scope(Permission::RequestsExport),
        hand: hand(&app, &me, &screen)?,
        app: app.clone(),
        kinds,
        dates: screen.dates,
        narrow,
        format,
    };
    let rows = count(&mut read, &source.scope, &source.narrow).await?;
    let lost = match format == Format::CsvCp932 && !accepted && rows <= CAP {
        true => source.losses(&mut read).await?,
        false => Vec::new(),
    };
    if rows > CAP || !lost.is_empty() {
        return show(&app, &screen, (&mut read, &*source.kinds), &asked, (rows, format, lost)).await;
    }
    drop(read);
    if rows > STEP_UP_ABOVE && !step_up::require(&app, &me, Action::Export, TARGET).await? {
        let back = with_query(PATH, asked.pairs());
        return Ok(screen.go(&app, &step_up::page(Action::Export, TARGET, &back), None));
    }
    let facts = json!({
        "format": format.key(),
        "rows": rows,
        "filters": with_query("", asked.pairs()).trim_start_matches('?'),
        "lost_characters_accepted": accepted,
        "password_given": rows > STEP_UP_ABOVE,
    });
    let event = Event::done("requests.exported", "request", "list").facts(facts);
    app.change(&me.actor(), async |work: &mut Work| work.record(event.clone()).await.map(drop)).await?;
    let (sender, receiver) = mpsc::channel(4);
    let (day, ending) = (local(app.clock().now()).format("%Y%m%d"), format.ending());
    let names = (format!("{}_{day}.{ending}", source.title()), format!("requests_{day}.{ending}"));
    tokio::spawn(async move { source.pour(sender).await });
    attached(format, &names, receiver)
}

async fn count(read: &mut Read, scope: &Scope, narrow: &Narrow) -> Result<i64> {
    let reach = Reach { scope, narrow, after: None, limit: 0 };
    stored::count_in_reach(read.conn(), &reach, CAP).await
}

async fn show(
    app: &App,
    screen: &Screen,
    (read, kinds): (&mut Read, &Kinds),
    asked: &Asked,
    (rows, chosen, lost): (i64, Format, Vec<Lost>),
) -> Result<Response> {
    let w = screen.w;
    let title = w.t("ledgers-export");
    let shell = screen.shell(app, read, title.clone(), &[]).await?;
    let faulty = !lost.is_empty() || rows > CAP;
    let told = lost.iter().map(|lost| {
        let head = HEADS.get(lost.first.1).map(|head| w.t(head)).unwrap_or_default();
        let place =
            w.with("ledgers-export-place", &[("row", &lost.first.0), ("column", &head), ("text", &lost.example)]);
        (lost.character.to_string(), w.n("ledgers-export-times", lost.count).into_owned(), place.into_owned())
    });
    let lost = told.collect();
    let offered = Format::ALL.map(|format| {
        let words = w.of("ledgers-format", format.key()).into_owned();
        let hint = w.of("ledgers-format-hint", format.key()).into_owned();
        (format.key(), words, hint, format == chosen)
    });
    let template = ExportPage {
        action: PATH.to_owned(),
        kept: asked.pairs(),
        total: w.n("ledgers-total", rows.min(CAP)).into_owned(),
        conditions: asked.said(read.conn(), kinds, screen).await?,
        formats: offered.into(),
        too_many: (rows > CAP).then(|| w.n("ledgers-export-too-many", CAP).into_owned()),
        ask_password: rows > STEP_UP_ABOVE,
        lost,
        back: asked.address(ALL, None),
        shell: shell.under(ALL).crumb(ALL, w.t("requests-in-reach")).crumb_here(title).faulty(faulty),
    };
    page_with(if faulty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &template)
}

type Sink = mpsc::Sender<io::Result<Bytes>>;

/// What is poured into the answer.
struct Source {
    app: App,
    hand: Hand,
    kinds: Arc<Kinds>,
    dates: Dates,
    scope: Scope,
    narrow: Narrow,
    format: Format,
}

impl Source {
    fn title(&self) -> String {
        self.hand.w.t("requests-in-reach").into_owned()
    }

    fn heads(&self) -> Vec<String> {
        HEADS.map(|head| self.hand.w.t(head).into_owned()).into()
    }

    /// The rows that follow, and from where the next ones are read.
    async fn part(&self, read: &mut Read, after: Option<After>) -> Result<(Vec<Vec<String>>, Option<After>)> {
        let reach = Reach { scope: &self.scope, narrow: &self.narrow, after, limit: PART };
        let items = stored::in_reach(read.conn(), &reach).await?;
        let next = items.last().map(|last| After { at: last.filed_at, id: last.id });
        Ok((items.iter().map(|item| self.cells(item)).collect(), next))
    }

    /// As files hold it: days and moments as ISO 8601.
    fn cells(&self, item: &Item) -> Vec<String> {
        let row = row(&self.hand, &self.kinds, &self.dates, item);
        let filed = local(item.filed_at).to_rfc3339_opts(SecondsFormat::Secs, false);
        let due = item.waiting_due.map(|day| day.to_string()).unwrap_or_default();
        let turn = if item.phase.is_closed() { String::new() } else { row.turn };
        vec![row.number, row.subject, row.title, row.requester, row.department, row.tag.said, turn, filed, due]
    }

    async fn losses(&self, read: &mut Read) -> Result<Vec<Lost>> {
        let mut losses = Losses::default();
        let mut after = None;
        loop {
            let (rows, next) = self.part(read, after).await?;
            if rows.is_empty() {
                return Ok(losses.into_list());
            }
            rows.iter().for_each(|row| losses.look(row));
            after = next;
        }
    }

    async fn pour(self, mut sink: Sink) {
        let done = match self.format {
            Format::Csv | Format::CsvCp932 => self.pour_csv(&mut sink).await,
            Format::Xlsx => self.pour_xlsx(&mut sink).await,
        };
        if let Err(error) = done {
            tracing::error!(cause = %error, "an export of requests broke off");
            // the reader's browser sees a broken transfer, not a short file
            let _ = sink.send(Err(io::Error::other("the export broke off"))).await;
        }
    }

    async fn pour_csv(&self, sink: &mut Sink) -> Result<()> {
        let mut read = self.app.read(&self.hand.viewer).await?;
        let head = export::csv(self.format, &[self.heads()], true).map_err(anyhow::Error::from)?;
        let mut bytes = head;
        let mut after = None;
        loop {
            // whoever went away reads no more
            if sink.send(Ok(bytes.into())).await.is_err() {
                return Ok(());
            }
            let (rows, next) = self.part(&mut read, after).await?;
            if rows.is_empty() {
                return Ok(());
            }
            after = next;
            bytes = export::csv(self.format, &rows, false).map_err(anyhow::Error::from)?;
        }
    }

    async fn pour_xlsx(&self, sink: &mut Sink) -> Result<()> {
        let mut read = self.app.read(&self.hand.viewer).await?;
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let (rows, next) = self.part(&mut read, after).await?;
            if rows.is_empty() {
                break;
            }
            all.extend(rows);
            after = next;
        }
        drop(read);
        let (title, heads, now) = (self.title(), self.heads(), self.app.clock().now());
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
