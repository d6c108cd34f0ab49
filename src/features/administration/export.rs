//! 操作記録の書出し: a page that says how much it is and asks for the password, the event that is committed before the first
//! byte, and the whole list as CSV, read and sent part by part.
use std::io;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use futures::channel::mpsc;
use futures::{SinkExt as _, StreamExt as _};

use super::ProveLog;
use super::log::{Asked, act, what, who};
use super::matter::Matters;
use super::store::{self, Entry, Wish};
use crate::kernel::access::Viewer;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::guard_cell;
use crate::people::passwords::Typed;
use crate::people::step_up::{self, Action};
use crate::web::extract::{Posted, Query};
use crate::web::forms::{Field, Form};
use crate::web::identify::Caller;
use crate::web::locale::Words;
use crate::web::parts::{Fact, Facts};
use crate::web::routing::Can;
use crate::web::screen::{Screen, page_with};
use crate::web::shell::Shell;

/// Lines read at once.
const PART: i64 = 1_000;
/// What the password is given for.
const TARGET: &str = "audit";
const HEADS: [&str; 12] = [
    "administration-audit-at",
    "administration-audit-who",
    "administration-audit-employee",
    "administration-audit-kind",
    "administration-audit-key",
    "administration-audit-matter",
    "administration-audit-name",
    "administration-audit-id",
    "administration-audit-outcome",
    "administration-audit-source",
    "administration-audit-concerned",
    "administration-audit-details",
];

#[derive(Template)]
#[template(path = "administration/export.html")]
struct Page {
    shell: Shell,
    form: Form,
    facts: Facts,
    back: String,
}

fn questions(app: &App, screen: &Screen) -> Form {
    let conditions = Asked::NAMES.map(Field::hidden);
    let fields = conditions.into_iter().chain([step_up::question(app, Action::Log)]).collect();
    Form::new(screen.w, screen.dates, fields)
}

/// GET /audit/export
pub async fn ask(
    State(app): State<App>,
    me: Can<ProveLog>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let form = asked.pairs().into_iter().fold(questions(&app, &screen), |form, (name, value)| form.fill(name, value));
    show(&app, &me, &screen, &asked, form).await
}

async fn show(app: &App, me: &Viewer, screen: &Screen, asked: &Asked, form: Form) -> Result<Response> {
    let w = screen.w;
    let mut read = app.read(me).await?;
    let lines = store::count(read.conn(), &asked.wish(&screen.dates)).await?;
    let title = w.t("administration-audit-export");
    let shell = screen.shell(app, &mut read, title.clone(), &["portal.log"]).await?;
    let mut facts = vec![Fact::new(w.t("administration-audit-lines"), w.n("administration-audit-count", lines))];
    facts.extend(asked.said(w, &screen.dates).into_iter().map(|(label, value)| Fact::new(label, value)));
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Page {
        shell: shell
            .crumb("/audit", w.t("administration-audit"))
            .crumb_here(title)
            .module("form")
            .faulty(form.faulty()),
        facts: Facts::tight(w, facts),
        back: asked.address("/audit", None),
        form,
    };
    page_with(status, &page)
}

/// POST /audit/export: the whole list as it is narrowed, as CSV.
pub async fn send(
    State(app): State<App>,
    me: Can<ProveLog>,
    screen: Screen,
    caller: Caller,
    posted: Posted,
) -> Result<Response> {
    let mut form = questions(&app, &screen).take(posted.input).map_err(|_| Error::Forged("unasked"))?;
    let asked = Asked::from_form(&form);
    let typed = Typed::new(form.text(step_up::FIELD));
    if !form.faulty() && !step_up::confirm(&app, &me, &caller, &typed, (Action::Log, TARGET)).await? {
        form.refuse(step_up::FIELD, step_up::wrong());
    }
    if form.faulty() {
        return show(&app, &me, &screen, &asked, form).await;
    }
    let mut read = app.read(&me).await?;
    let lines = store::count(read.conn(), &asked.wish(&screen.dates)).await?;
    drop(read);
    let facts = serde_json::json!({
        "conditions": asked.address("/audit", None),
        "rows": lines,
        "password_given": true,
    });
    app.note(&me.actor(), Event::done("audit.exported", "audit", "log").facts(facts)).await?;
    let (sender, receiver) = mpsc::channel(2);
    let name = format!("audit_{}.csv", local(app.clock().now()).format("%Y%m%d"));
    let source = Source { app, viewer: (*me).clone(), wish: asked.wish(&screen.dates), w: screen.w };
    tokio::spawn(async move { source.pour(sender).await });
    answer(&name, receiver)
}

type Sink = mpsc::Sender<io::Result<Bytes>>;

/// What is poured into the answer.
struct Source {
    app: App,
    viewer: Viewer,
    wish: Wish,
    w: Words,
}

impl Source {
    async fn pour(mut self, mut sink: Sink) {
        if let Err(error) = self.parts(&mut sink).await {
            tracing::error!(cause = %error, "an export of the log broke off");
            // the reader's browser sees a broken transfer, not a short file
            let _ = sink.send(Err(io::Error::other("the export broke off"))).await;
        }
    }

    /// The log only grows at its newer end: each part is read by itself, and no transaction waits for a slow reader.
    async fn parts(&mut self, sink: &mut Sink) -> Result<()> {
        let heads = HEADS.map(|key| self.w.t(key).into_owned());
        let mut bytes = b"\xEF\xBB\xBF".to_vec();
        bytes.extend(csv(&[heads.to_vec()])?);
        loop {
            if sink.send(Ok(bytes.into())).await.is_err() {
                return Ok(());
            }
            let mut read = self.app.read(&self.viewer).await?;
            let found = store::events(read.conn(), &self.wish, PART).await?;
            let matters = Matters::of(&self.app, read.conn(), (self.w, &self.viewer), &found).await?;
            let lines: Vec<Vec<String>> = found.iter().map(|entry| self.line(entry, &matters)).collect();
            drop(read);
            let Some(last) = found.last() else { return Ok(()) };
            self.wish.after = Some((last.occurred_at, last.id));
            bytes = csv(&lines)?;
        }
    }

    fn line(&self, entry: &Entry, matters: &Matters<'_>) -> Vec<String> {
        let w = self.w;
        vec![
            local(entry.occurred_at).to_rfc3339(),
            who(w, entry),
            entry.actor_number.clone().unwrap_or_default(),
            act(w, &entry.kind),
            entry.kind.clone(),
            what(w, &entry.entity),
            matters.tell(entry).text,
            entry.entity_id.clone(),
            w.of("administration-outcome", &entry.outcome).into_owned(),
            entry.source.clone().unwrap_or_default(),
            entry.concerned.join("、"),
            entry.facts.to_string(),
        ]
    }
}

fn csv(lines: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        out.write_record(line.iter().map(|cell| guard_cell(cell).into_owned())).map_err(anyhow::Error::from)?;
    }
    out.into_inner().map_err(|error| anyhow::anyhow!("{error}").into())
}

fn answer(name: &str, receiver: mpsc::Receiver<io::Result<Bytes>>) -> Result<Response> {
    let disposition = format!("attachment; filename=\"{name}\"");
    let mut response = Response::new(Body::from_stream(receiver.boxed()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(anyhow::Error::from)?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("content-security-policy", HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}
