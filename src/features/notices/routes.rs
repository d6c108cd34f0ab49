//! The list: what is to be read first. A look changes nothing; what is opened or confirmed by its button counts as read.
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::OwnNotices;
use crate::engines::requests::routes::CIRCULATED;
use crate::engines::requests::store::circulation;
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::notices::{self, After, Kept, NoticeId};
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted, Pressed, Query};
use crate::web::icons::Icon;
use crate::web::notices::line;
use crate::web::parts::{Empty, Tag, TagTone};
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use crate::web::shell::{Shell, Tone};
use crate::web::tables::Pager;

const HOME: &str = "/notices";
const ROWS: usize = 50;

/// Where the page begins: behind this one, among those to be read or those that are done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: Option<uuid::Uuid>,
    done: Option<String>,
}

struct Row {
    id: NoticeId,
    words: String,
    part: String,
    at: String,
    href: Option<String>,
    /// what has become of it; nothing while it is to be read
    tag: Option<Tag>,
}

#[derive(Template)]
#[template(path = "notices/list.html")]
struct List {
    shell: Shell,
    rows: Vec<Row>,
    /// the latest one on this page, while any of them is to be read
    up_to: Option<NoticeId>,
    /// 回覧, which has a list of its own: where, and how much of it is unread
    circulated: Option<(&'static str, String)>,
    empty: Option<Empty>,
    pager: Pager,
}

fn row(screen: &Screen, notice: &Kept) -> Row {
    let w = screen.w;
    let (key, values) = &notice.said;
    let values = values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let state = match (notice.over, notice.read) {
        (_, true) => Some("read"),
        (true, false) => Some("over"),
        (false, false) => None,
    };
    Row {
        id: notice.id,
        words: w.line(&line(key, values, &screen.dates)).into_owned(),
        part: w.of("notices-part", notice.part.key()).into_owned(),
        at: screen.dates.short_at(notice.created_at),
        href: notice.href.clone(),
        tag: state.map(|state| Tag::new(TagTone::Done, w.of("notices-state", state))),
    }
}

/// GET /notices
pub async fn list(
    State(app): State<App>,
    me: Can<OwnNotices>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let w = screen.w;
    let after = asked.after.map(|id| After { done: asked.done.is_some(), id: NoticeId(id) });
    let most = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut read = app.read(&me).await?;
    let mut found = notices::list(read.conn(), me.person, after, most).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more).map(|last| {
        let done = if last.read || last.over { "&done=1" } else { "" };
        format!("{HOME}?after={}{done}", last.id)
    });
    let unread = circulation::unread(read.conn(), me.natural).await?.filter(|unread| *unread > 0);
    let shell = screen.shell(&app, &mut read, w.t("notices-title"), &[]).await?;
    page(&List {
        circulated: unread.map(|unread| (CIRCULATED, w.n("notices-circulated", unread).into_owned())),
        rows: found.iter().map(|notice| row(&screen, notice)).collect(),
        up_to: found.iter().filter(|notice| !notice.read && !notice.over).map(|notice| notice.id).max(),
        empty: found.is_empty().then(|| Empty::new(Icon::Bell, w.t("notices-none"))),
        pager: Pager { w, previous: after.map(|_| HOME.to_owned()), next },
        shell,
    })
}

async fn mark(app: &App, me: &Can<OwnNotices>, id: NoticeId) -> Result<Option<String>> {
    let read = async |work: &mut Work| {
        let now = work.now;
        notices::read(work.conn(), id, now).await?.ok_or(Error::NotFound)
    };
    app.change(&me.actor(), read).await
}

/// POST /notices/{id}: reads it and leads to what it is about.
pub async fn open(
    State(app): State<App>,
    me: Can<OwnNotices>,
    screen: Screen,
    Path(id): Path<NoticeId>,
    _: Pressed,
) -> Result<Response> {
    let href = mark(&app, &me, id).await?;
    Ok(screen.go(&app, href.as_deref().unwrap_or(HOME), None))
}

/// POST /notices/{id}/read: 確認済み
pub async fn read(
    State(app): State<App>,
    me: Can<OwnNotices>,
    screen: Screen,
    Path(id): Path<NoticeId>,
    _: Pressed,
) -> Result<Response> {
    mark(&app, &me, id).await?;
    Ok(screen.go(&app, HOME, None))
}

/// POST /notices/read: all that stood there when the page was drawn; what came since is still to be read.
pub async fn read_all(State(app): State<App>, me: Can<OwnNotices>, screen: Screen, posted: Posted) -> Result<Response> {
    posted.only(&["up_to"])?;
    let up_to: NoticeId = posted.input.get("up_to").and_then(|id| id.parse().ok()).ok_or(Error::NotFound)?;
    let read = async |work: &mut Work| {
        let now = work.now;
        notices::read_up_to(work.conn(), up_to, now).await
    };
    app.change(&me.actor(), read).await?;
    Ok(screen.go(&app, HOME, Some((Tone::Good, Message::new("notices-all-read")))))
}
