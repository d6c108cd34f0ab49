//! 送信箱: every mail as it was written, sent or not; where no mail leaves the house, this is where it is read.
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::store::{self, Mail};
use super::{SeeOutbox, looks};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::error::{Error, Result};
use crate::kernel::mail::Carrier;
use crate::web::extract::{Path, Query};
use crate::web::icons::Icon;
use crate::web::locale::Words;
use crate::web::parts::{Empty, Fact, Facts, Tag, TagTone};
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use crate::web::shell::Shell;
use crate::web::tables::{Cell, Head, Pager, Row, Table};

const ROWS: usize = 50;

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "administration/list.html")]
pub(super) struct List {
    pub shell: Shell,
    pub lead: String,
    pub table: Table,
    pub empty: Option<Empty>,
    pub pager: Pager,
}

#[derive(Template)]
#[template(path = "administration/mail.html")]
struct Show {
    shell: Shell,
    facts: Facts,
    body: Vec<BodyLine>,
}

/// A line of a mail: words, or the address of a page of ours, which one can follow.
struct BodyLine {
    text: String,
    href: Option<String>,
}

impl BodyLine {
    fn of(line: &str, origin: &str) -> Self {
        let path = line.trim().strip_prefix(origin).filter(|path| path.starts_with('/') && !path.starts_with("//"));
        let href = path.filter(|path| path.chars().all(|c| c.is_ascii_graphic())).map(str::to_owned);
        Self { text: line.to_owned(), href }
    }
}

fn state(w: Words, mail: &Mail, leaves: bool) -> Cell {
    let key = match mail {
        Mail { sent_at: Some(_), .. } => "sent",
        _ if mail.recipient.is_empty() => "no-address",
        Mail { last_error: Some(_), .. } => "failing",
        _ if leaves => "waiting",
        _ => "here",
    };
    let words = w.of("administration-mail-state", key);
    if key == "failing" { Cell::default().tag(Tag::new(TagTone::Bad, words)) } else { Cell::new(words) }
}

fn recipient(mail: &Mail) -> String {
    mail.person.clone().unwrap_or_else(|| mail.recipient.clone())
}

/// GET /outbox
pub async fn list(
    State(app): State<App>,
    me: Can<SeeOutbox>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let w = screen.w;
    let leaves = app.part::<Carrier>().is_ok();
    let mut read = app.read(&me).await?;
    let most = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut found = store::mails(read.conn(), None, asked.after, most).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let heads = [
        "administration-mail-subject",
        "administration-mail-to",
        "administration-mail-written",
        "administration-mail-state",
    ];
    let row = |mail: &Mail| {
        let cells = vec![
            Cell::new(&mail.subject).href(format!("/outbox/{}", mail.id)),
            Cell::new(recipient(mail)),
            Cell::new(screen.dates.short_at(mail.created_at)).nowrap(),
            state(w, mail, leaves),
        ];
        Row { cells, bad: false }
    };
    let shell = screen.shell(&app, &mut read, w.t("administration-outbox"), &[]).await?;
    page(&List {
        lead: w.t(if leaves { "administration-outbox-lead" } else { "administration-outbox-here" }).into_owned(),
        table: Table::new(
            w.t("administration-outbox"),
            heads.map(|key| Head::new(w.t(key))).to_vec(),
            found.iter().map(row).collect(),
        )
        .stick(),
        empty: found.is_empty().then(|| Empty::new(Icon::Inbox, w.t("administration-outbox-none"))),
        pager: Pager {
            w,
            previous: None,
            next: found.last().filter(|_| more).map(|last| format!("/outbox?after={}", last.id)),
        },
        shell,
    })
}

/// GET /outbox/{id}
pub async fn show(
    State(app): State<App>,
    me: Can<SeeOutbox>,
    screen: Screen,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    let w = screen.w;
    let mut read = app.read(&me).await?;
    let mail = store::mails(read.conn(), Some(id), None, 1).await?.pop().ok_or(Error::NotFound)?;
    drop(read);
    let look = Event::done("mail.viewed", "mail", id);
    let look = mail.recipient_id.into_iter().fold(look, |look, person| look.about(person.into()));
    looks::note(&app, &me, look, "").await?;
    let mut read = app.read(&me).await?;
    let shell = screen.shell(&app, &mut read, mail.subject.clone(), &[]).await?;
    let shell = shell.crumb("/outbox", w.t("administration-outbox")).crumb_here(mail.subject.clone());
    let mut facts = vec![
        Fact::new(w.t("administration-mail-to"), recipient(&mail)).note(mail.recipient.clone()),
        Fact::new(w.t("administration-mail-written"), screen.dates.long_at(mail.created_at)),
    ];
    if let Some(at) = mail.sent_at {
        facts.push(Fact::new(w.t("administration-mail-sent"), screen.dates.long_at(at)));
    }
    if let Some(error) = &mail.last_error {
        facts.push(Fact::new(w.t("administration-mail-error"), error.clone()));
    }
    let origin = app.config().origin.as_str();
    let body = mail.body.lines().map(|line| BodyLine::of(line, origin)).collect();
    page(&Show { shell, facts: Facts::new(w, facts), body })
}
