//! 同時ログイン: what the person answers, and the list of those whom the regulation has watch it.
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::{OwnSettings, WatchSignIns, own};
use crate::kernel::access::Permission;
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::people::elsewhere::{self, Answer, ElsewhereId, Followed, Found, MECHANISM, PAGE, Terminal};
use crate::web::extract::{Path, Posted, Query};
use crate::web::forms::{Choice, Field, Form};
use crate::web::icons::Icon;
use crate::web::locale::Words;
use crate::web::parts::{Empty, Tag, TagTone};
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use crate::web::shell::{Shell, Tone};
use crate::web::tables::{Cell, Head, Pager, Row, Table};

/// Rows of a page.
const ROWS: usize = 50;

/// 「203.0.113.9 Firefox（Windows）」
pub(super) fn terminal(terminal: &Terminal) -> String {
    format!("{} {}", terminal.source, terminal.browser).trim().to_owned()
}

/// 本人の回答, and the record that came of it.
fn answered(screen: &Screen, found: &Found) -> Cell {
    let w = screen.w;
    let Some((answer, at)) = found.answer else {
        return Cell::default().tag(Tag::new(TagTone::Wait, w.t("elsewhere-unanswered")));
    };
    let words = w.of("elsewhere-answer", answer.key().replace('_', "-")).into_owned();
    let said = format!("{} {}", screen.dates.short_at(at), found.number).trim().to_owned();
    match answer {
        Answer::Own => Cell::new(words).sub(said),
        Answer::NotOwn => Cell::default().tag(Tag::new(TagTone::Bad, words)).sub(said),
    }
}

/// What was found: with the person for those who watch, without for the person.
pub(super) fn table(screen: &Screen, found: &[Found], named: bool) -> Table {
    let w = screen.w;
    let mut heads = vec!["elsewhere-at", "elsewhere-came", "elsewhere-there", "elsewhere-answer"];
    if named {
        heads.insert(0, "elsewhere-person");
    }
    let row = |found: &Found| {
        let mut cells = vec![
            Cell::new(screen.dates.short_at(found.at)).nowrap(),
            Cell::new(terminal(&found.came)),
            Cell::new(terminal(&found.there)),
            answered(screen, found),
        ];
        if named {
            cells.insert(0, Cell::new(&found.name).sub(&found.employee_no));
        }
        Row { cells, bad: found.answer.is_some_and(|(answer, _)| answer == Answer::NotOwn) }
    };
    let heads = heads.into_iter().map(|key| Head::new(w.t(key))).collect();
    Table::new(w.t("elsewhere-title"), heads, found.iter().map(row).collect())
}

/// The question that waits on the page of one's own sessions.
pub(super) struct Question {
    pub action: String,
    pub words: String,
    pub form: Form,
}

pub(super) fn question(screen: &Screen, found: &Found, form: Form) -> Question {
    let w = screen.w;
    let (at, came, there) = (screen.dates.long_at(found.at), terminal(&found.came), terminal(&found.there));
    Question {
        action: format!("/me/sessions/elsewhere/{}", found.id),
        words: w.with("elsewhere-question", &[("at", &at), ("came", &came), ("there", &there)]).into_owned(),
        form,
    }
}

/// What is asked about it; whoever alone administers the portal is told first how they come back.
pub(super) fn answers(screen: &Screen, alone: bool) -> Form {
    let follows = if alone { "elsewhere-not-own-follows-alone" } else { "elsewhere-not-own-follows" };
    let answers = vec![
        Choice::new(Answer::Own.key(), "elsewhere-answer-own"),
        Choice::new(Answer::NotOwn.key(), "elsewhere-answer-not-own").note(follows),
    ];
    Form::new(screen.w, screen.dates, vec![Field::radio("answer", "elsewhere-answer", answers)])
}

/// POST /me/sessions/elsewhere/{id}
pub async fn answer(
    State(app): State<App>,
    me: Can<OwnSettings>,
    screen: Screen,
    Path(id): Path<ElsewhereId>,
    posted: Posted,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let alone = elsewhere::is_alone(read.conn(), me.person, screen.dates.today).await?;
    drop(read);
    let form = answers(&screen, alone).take(posted.input).map_err(|_| Error::Forged("unasked"))?;
    let Some(answer) = Answer::from_key(form.text("answer")).filter(|_| !form.faulty()) else {
        return own::draw_sessions(&app, &screen, &me, Some((id, form))).await;
    };
    let followed = app.change(&me.actor(), async |work: &mut Work| elsewhere::answer(work, id, answer).await).await?;
    let (to, tone, words) = match followed {
        Followed::Nothing => ("/me/sessions", Tone::Good, "elsewhere-owned"),
        Followed::Disowned => ("/sign-in", Tone::Warn, "elsewhere-disowned"),
        Followed::DisownedAlone => ("/sign-in", Tone::Warn, "elsewhere-disowned-alone"),
    };
    Ok(screen.go(&app, to, Some((tone, Message::new(words)))))
}

#[derive(Template)]
#[template(path = "people/elsewhere.html")]
struct ListPage {
    shell: Shell,
    table: Option<Table>,
    empty: Option<Empty>,
    pager: Pager,
}

/// How the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
}

/// GET /sign-ins/elsewhere
pub async fn list(
    State(app): State<App>,
    me: Can<WatchSignIns>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let w = screen.w;
    let mut read = app.read(&me).await?;
    let scope = me.scope(Permission::SignInsWatch);
    let most = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut found =
        elsewhere::list(read.conn(), (&scope, screen.dates.today), ElsewhereId::drawn(&asked.after), most).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more).map(|last| last.id.to_string());
    let shell = screen.shell(&app, &mut read, w.t("elsewhere-title"), &[MECHANISM]).await?;
    page(&ListPage {
        shell: shell.module("rows"),
        pager: Pager {
            w,
            previous: (!asked.after.is_empty()).then(|| PAGE.to_owned()),
            next: next.map(|after| text::with_query(PAGE, [("after", after.as_str())])),
        },
        empty: found.is_empty().then(|| nothing(w)),
        table: (!found.is_empty()).then(|| table(&screen, &found, true)),
    })
}

fn nothing(w: Words) -> Empty {
    Empty::new(Icon::Lock, w.t("elsewhere-none")).text(w.t("elsewhere-none-why"))
}
