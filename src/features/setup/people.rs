//! 職員の一覧: everybody taken over so far, by よみ, found by name or number; and one person's row, which is mended by hand or taken
//! out again. Kept as it is sent, like everything in set-up.
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;

use super::door::Inside;
use super::model::Step;
use super::routes::to;
use super::store::{self, Kept, Listed, Place};
use super::views::{People, PersonPage, way};
use super::{actions, forms};
use crate::kernel::app::App;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::people::import::by_hand::{self, Faults, Typed};
use crate::people::model::full_name;
use crate::web::extract::{Path, Posted};
use crate::web::forms::Form;
use crate::web::locale::Words;
use crate::web::screen::{Screen, page_with};
use crate::web::shell::{Link, Tone};
use crate::web::tables::{Cell, Filter, Filters, Head, ListBar, NARROW, Pager, Row, Table};

/// Rows on a page.
const PAGE: i64 = 50;

/// How the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    page: String,
}

impl Asked {
    fn words(&self) -> String {
        text::clean_line(&self.q).chars().take(60).collect()
    }

    /// Pages from 0; nobody has a million of them.
    fn page(&self) -> i64 {
        let page: Option<u32> = self.page.parse().ok();
        i64::from(page.unwrap_or_default().min(1_000_000))
    }

    fn address(&self, page: i64) -> String {
        let mut query = Vec::new();
        let words = self.words();
        if !words.is_empty() {
            query.push(format!("q={}", text::percent(&words)));
        }
        if page > 0 {
            query.push(format!("page={page}"));
        }
        let people = to(Step::People);
        if query.is_empty() { people } else { format!("{people}?{}", query.join("&")) }
    }
}

fn address(number: &str) -> String {
    format!("/set-up/person/{}", text::percent(number))
}

/// The list with its search and its pages.
pub(super) async fn list(conn: &mut PgConnection, screen: &Screen, asked: &Asked) -> Result<People> {
    let (w, words, page) = (screen.w, asked.words(), asked.page());
    let (rows, total) = store::listed(conn, &text::search_words(&words), page * PAGE, PAGE).await?;
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    let shown = i64::try_from(rows.len()).unwrap_or_default();
    let bar = ListBar {
        w,
        range: (shown > 0).then(|| (count(page * PAGE + 1), count(page * PAGE + shown))),
        total: w.n("directory-persons", total).into_owned(),
        kana: Vec::new(),
        kana_label: String::new(),
        pager: Pager {
            w,
            previous: (page > 0).then(|| asked.address(page - 1)),
            next: (page * PAGE + shown < total).then(|| asked.address(page + 1)),
        },
    };
    Ok(People { filters: filters(w, words), bar, table: table(screen, &rows), none: rows.is_empty() })
}

fn filters(w: Words, words: String) -> Filters {
    Filters {
        w,
        action: to(Step::People),
        keep: Vec::new(),
        clear: (!words.is_empty()).then(|| to(Step::People)),
        filters: vec![Filter::Words {
            name: "q".to_owned(),
            label: w.t("directory-words").into_owned(),
            value: words,
            hint: w.t("directory-words-hint").into_owned(),
        }],
        verb: NARROW,
        faults: Vec::new(),
    }
}

fn table(screen: &Screen, rows: &[Listed]) -> Table {
    let (w, dates) = (screen.w, &screen.dates);
    let heads =
        ["directory-name", "directory-number", "directory-department", "directory-title-of-post", "setup-standing"];
    let standing = |row: &Listed| match row.left_on {
        Some(day) if day < dates.today => w.t1("setup-standing-left", "day", dates.short(day)).into_owned(),
        _ if row.from > dates.today => w.t1("setup-standing-coming", "day", dates.short(row.from)).into_owned(),
        _ => String::new(),
    };
    let row = |row: &Listed| Row {
        cells: vec![
            Cell::new(&row.name).href(address(&row.number)).sub(&row.reading),
            Cell::new(&row.number).nowrap(),
            Cell::new(&row.department),
            Cell::new(&row.title),
            Cell::new(standing(row)),
        ],
        bad: false,
    };
    let heads = heads.into_iter().map(|key| Head::new(w.t(key))).collect();
    Table::new(w.t("setup-list-people"), heads, rows.iter().map(row).collect())
}

/// Where the row of somebody whose number was typed is mended.
pub(super) async fn way_to(conn: &mut PgConnection, w: Words, number: &str) -> Result<Option<Link>> {
    let someone = store::person(conn, &text::digits(number)).await?;
    Ok(someone.map(|someone| Link::new(address(&someone.number), w.t1("setup-mend-row", "name", &someone.name))))
}

/// Somebody new, as the form of the step has them: there from today on.
pub(super) fn new(form: &Form, today: NaiveDate) -> Result<Typed<'_>> {
    let employment = "permanent";
    Ok(Typed { number: form.text("number"), employment, joined_on: today, ..typed(form, "", today)? })
}

fn typed<'a>(form: &'a Form, number: &'a str, joined_on: NaiveDate) -> Result<Typed<'a>> {
    Ok(Typed {
        number,
        family: form.text("family"),
        given: form.text("given"),
        reading: form.text("reading"),
        department: form.parsed::<DepartmentId>("department").ok_or(Error::NotFound)?,
        title: form.text("title"),
        employment: form.text("employment"),
        joined_on,
        left_on: form.date("left_on"),
        mail: form.text("mail"),
    })
}

async fn draw(app: &App, screen: &Screen, inside: Inside, kept: &Kept, form: Form) -> Result<Response> {
    let counts = {
        let mut read = app.read_all(Role::App).await?;
        store::counts(read.conn()).await?
    };
    let name = full_name(&kept.family, &kept.given);
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let holds = inside.0.functions.iter().any(|function| function.person == kept.id);
    let page = PersonPage {
        shell: screen
            .plain(app, screen.w.t1("setup-person-title", "name", &name))?
            .module("form")
            .faulty(form.faulty()),
        way: way(screen.w, Step::People, &inside.0, counts),
        number: kept.number.clone(),
        action: address(&kept.number),
        back: to(Step::People),
        holds,
        name,
        form,
    };
    page_with(status, &page)
}

async fn known(app: &App, screen: &Screen, number: &str) -> Result<(Kept, Vec<Place>)> {
    let mut read = app.read_all(Role::App).await?;
    let kept = store::kept(read.conn(), number).await?.ok_or(Error::NotFound)?;
    Ok((kept, store::places(read.conn(), screen.dates.today).await?))
}

/// GET /set-up/person/{number}
pub(super) async fn show(
    State(app): State<App>,
    screen: Screen,
    Path(number): Path<String>,
    inside: Inside,
) -> Result<Response> {
    let (kept, places) = known(&app, &screen, &number).await?;
    let form = forms::row_filled(&screen, &places, &kept);
    draw(&app, &screen, inside, &kept, form).await
}

/// POST /set-up/person/{number}
pub(super) async fn mend(
    State(app): State<App>,
    screen: Screen,
    Path(number): Path<String>,
    inside: Inside,
    posted: Posted,
) -> Result<Response> {
    let (kept, places) = known(&app, &screen, &number).await?;
    let form = forms::row(&screen, &places);
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let asked = form.date("joined_on").zip(form.parsed::<i32>("version"));
    let Some((joined_on, version)) = asked.filter(|_| !form.faulty()) else {
        return draw(&app, &screen, inside, &kept, form).await;
    };
    let typed = typed(&form, &kept.number, joined_on)?;
    match put(&app, &screen, kept.id, version, &typed, &posted).await? {
        Ok(()) => {
            let words = Message::new("setup-mended").with("name", full_name(typed.family, typed.given));
            Ok(screen.go(&app, &to(Step::People), Some((Tone::Good, words))))
        }
        Err(faults) => {
            forms::fault_at(&mut form, &faults);
            draw(&app, &screen, inside, &kept, form).await
        }
    }
}

async fn put(
    app: &App,
    screen: &Screen,
    person: PersonId,
    version: i32,
    typed: &Typed<'_>,
    posted: &Posted,
) -> Result<std::result::Result<(), Faults>> {
    let mut faults = Faults::new();
    let done = app
        .change(&screen.visit.actor(), async |work: &mut Work| {
            if work.once(posted.once, &posted.body).await?.is_some() {
                return Ok(());
            }
            if let Err(found) = by_hand::mend(work, person, version, typed).await? {
                faults = found;
                return Err(Error::refused("setup-person-faulty"));
            }
            work.settle(posted.once, &to(Step::People)).await
        })
        .await;
    match done {
        Err(Error::Refused(_)) if !faults.is_empty() => Ok(Err(faults)),
        done => done.map(Ok),
    }
}

/// POST /set-up/person/{number}/removal
pub(super) async fn remove(
    State(app): State<App>,
    screen: Screen,
    Path(number): Path<String>,
    _: Inside,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[])?;
    let (kept, _) = known(&app, &screen, &number).await?;
    app.change(&screen.visit.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        actions::take_out(work, kept.id).await?;
        work.settle(posted.once, &to(Step::People)).await
    })
    .await?;
    let words = Message::new("setup-taken-out").with("name", full_name(&kept.family, &kept.given));
    Ok(screen.go(&app, &to(Step::People), Some((Tone::Good, words))))
}
