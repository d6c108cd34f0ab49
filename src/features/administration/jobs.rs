//! 自動処理: what waits, what is being done, and what was given up and needs a person.
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::SeeJobs;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::jobs::{self, JobId, Listed, State as Stage};
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted, Query};
use crate::web::icons::Icon;
use crate::web::locale::Words;
use crate::web::parts::{Empty, Tag, TagTone};
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use crate::web::shell::{Link, Shell, Tone};
use crate::web::tables::{Cell, Chip, Chips, Head, Pager, Row, Table};

const ROWS: usize = 50;

/// Which jobs, from where on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    after: Option<JobId>,
}

struct Dead {
    id: JobId,
    kind: String,
    error: String,
}

#[derive(Template)]
#[template(path = "administration/jobs.html")]
struct List {
    shell: Shell,
    chips: Chips,
    table: Table,
    dead: Vec<Dead>,
    empty: Option<Empty>,
    pager: Pager,
}

/// GET /jobs
pub async fn list(
    State(app): State<App>,
    me: Can<SeeJobs>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let w = screen.w;
    let chosen = Stage::from_key(&asked.state);
    let mut read = app.read(&me).await?;
    let most = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut found = jobs::list(read.conn(), chosen, asked.after, most).await?;
    let dead = jobs::list(read.conn(), Some(Stage::Dead), None, 20).await?;
    let tally = jobs::tally(read.conn(), app.clock().now()).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let shell = screen.shell(&app, &mut read, w.t("administration-jobs"), &[]).await?;
    let here =
        |state: Option<Stage>| state.map_or_else(|| "/jobs".to_owned(), |state| format!("/jobs?state={}", state.key()));
    let count = |state| match state {
        Stage::Ready => u64::try_from(tally.ready).ok(),
        Stage::Running => u64::try_from(tally.running).ok(),
        Stage::Dead => u64::try_from(tally.dead).ok(),
        Stage::Done => None,
    };
    let chip = |state: Option<Stage>| Chip {
        link: Link::new(
            here(state),
            state.map_or_else(|| w.t("administration-jobs-all"), |state| w.of("administration-job-state", state.key())),
        ),
        count: state.and_then(count),
        urgent: state == Some(Stage::Dead),
        current: state == chosen,
    };
    let after = |last: &Listed| format!("/jobs?state={}&after={}", chosen.map_or("", Stage::key), last.id);
    page(&List {
        chips: Chips {
            w,
            chips: [None, Some(Stage::Ready), Some(Stage::Running), Some(Stage::Dead), Some(Stage::Done)]
                .map(chip)
                .to_vec(),
        },
        table: table(&screen, &found),
        empty: found.is_empty().then(|| Empty::new(Icon::Clock, w.t("administration-jobs-none"))),
        pager: Pager { w, previous: None, next: found.last().filter(|_| more).map(after) },
        dead: dead
            .into_iter()
            .map(|job| Dead { id: job.id, kind: kind_words(w, &job.kind), error: job.last_error.unwrap_or_default() })
            .collect(),
        shell,
    })
}

/// What a kind of work is called.
fn kind_words(w: Words, kind: &str) -> String {
    match kind.split_once('.') {
        Some(("portal", name @ ("seal" | "nightly" | "deliver_mail" | "verify_log"))) => {
            w.of("administration-task", name).into_owned()
        }
        Some(("movements", "day")) => w.t("administration-task-movements").into_owned(),
        Some(("notices", "digest")) => w.t("administration-task-digest").into_owned(),
        Some(("privileged", "end")) => w.t("administration-task-privileged").into_owned(),
        _ => kind.to_owned(),
    }
}

fn table(screen: &Screen, found: &[Listed]) -> Table {
    let w = screen.w;
    let heads = [
        "administration-job-kind",
        "administration-job-due",
        "administration-job-attempts",
        "administration-job-state",
        "administration-job-error",
    ];
    let row = |job: &Listed| {
        let words = w.of("administration-job-state", job.state.key());
        let state = if job.state == Stage::Dead {
            Cell::default().tag(Tag::new(TagTone::Bad, words))
        } else {
            Cell::new(words)
        };
        let cells = vec![
            Cell::new(kind_words(w, &job.kind)),
            Cell::new(screen.dates.short_at(job.finished_at.unwrap_or(job.run_at))).nowrap(),
            Cell::new(job.attempts.to_string()).number(),
            state,
            Cell::new(job.last_error.clone().unwrap_or_default()),
        ];
        Row { cells, bad: job.state == Stage::Dead }
    };
    Table::new(
        w.t("administration-jobs"),
        heads.map(|key| Head::new(w.t(key))).to_vec(),
        found.iter().map(row).collect(),
    )
    .stick()
}

/// POST /jobs/{id}/retry
pub async fn retry(
    State(app): State<App>,
    me: Can<SeeJobs>,
    screen: Screen,
    Path(id): Path<JobId>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[])?;
    app.change(&me.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        let now = work.now;
        if !jobs::retry(work.conn(), id, now).await? {
            return Err(Error::Conflict(Message::new("administration-job-not-dead")));
        }
        work.record(Event::done("job.retried", "job", id)).await?;
        work.settle(posted.once, "/jobs").await
    })
    .await?;
    Ok(screen.go(&app, "/jobs", Some((Tone::Good, Message::new("administration-job-retried")))))
}
