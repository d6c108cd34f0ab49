//! ホーム: what must I do now — by standing: what waits for me, what I can apply for, my requests, and for readers of the
//! board how the regulation stands.
use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::{Days, NaiveTime, Timelike as _};

use super::{AllTasks, Feature};
use crate::engines::regulations::board::{Reference, State as ClauseState};
use crate::engines::regulations::views::board::states;
use crate::engines::regulations::{self, Adopted, Regulations};
use crate::engines::requests::Kinds;
use crate::engines::requests::actions::desk::{At, Desk, Part};
use crate::engines::requests::actions::{self, Hand, kinds};
use crate::engines::requests::drafts;
use crate::engines::requests::drafts::views::Row as DraftRow;
use crate::engines::requests::model::Phase;
use crate::engines::requests::routes::{offered, preparable};
use crate::engines::requests::store::lists::{Item, Mine, Narrow, Question, mine, questions_to};
use crate::engines::requests::views::lists::{KindView, Row, row};
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::clock::{local, moment};
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::people::proposals::{self, Proposal};
use crate::people::{elsewhere, pledge};
use crate::web::icons::Icon;
use crate::web::locale::Words;
use crate::web::parts::{Todo, TodoItem};
use crate::web::routing::{Access, Can, Nav, Room, Section, SignedIn, get};
use crate::web::screen::{Screen, page};
use crate::web::shell::{Banner, Link, Shell, Tone};

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    let home = Nav {
        section: Section::Mine,
        order: 0,
        href: "/",
        label: "nav-home",
        icon: Icon::Home,
        access: Access::SignedIn,
        tiers: &[],
        count: None,
        goto: Some('h'),
    };
    Feature {
        room: Room { key: "home", routes: vec![get::<SignedIn, _, _>("/", show)], nav: vec![home] },
        ..Feature::default()
    }
}

/// So many of each kind stand on the home page; the rest is one click away.
const SHOWN: i64 = 6;
const PANEL: usize = 6;

#[derive(Template)]
#[template(path = "home/show.html")]
struct Home {
    shell: Shell,
    /// functions that the regulation wants held and nobody holds
    alerts: Vec<Banner>,
    day: String,
    place: String,
    todo: Todo,
    todo_count: usize,
    /// Those who mostly apply see at once what they can apply for;
    catalog: bool,
    /// the others beside their work.
    beside: bool,
    waiting: Vec<Panel>,
    kinds: Vec<KindView>,
    mine: Vec<Row>,
    board: Vec<Board>,
}

/// 承認待ち, 実施待ち
struct Panel {
    title: String,
    href: &'static str,
    rows: Vec<Row>,
    empty: String,
}

/// How one of the texts in force stands.
struct Board {
    /// which of them, where there are several
    text: String,
    href: String,
    shares: Vec<Share>,
}

/// How many clauses are in a state.
struct Share {
    word: String,
    count: usize,
    href: String,
    bad: bool,
}

async fn show(State(app): State<App>, me: Can<SignedIn>, screen: Screen) -> Result<Response> {
    let hand = Hand::new(&app, &me.0, screen.w)?;
    let mut read = app.read(&me).await?;
    let offer = kinds(&app)?;
    let standing = screen.standing(&me);
    let own = mine(
        read.conn(),
        &Mine { person: me.person, open: true, narrow: &Narrow::default(), after: None, limit: SHOWN },
    )
    .await?;
    let (received, _) = drafts::routes::waiting(&mut read, &app, &screen, &me).await?;
    let mut todo = todo(&screen, me.person, &own);
    todo.items.extend(questions_to(read.conn(), me.person, SHOWN).await?.iter().map(|one| asked(&screen, one)));
    todo.items.extend(received.into_iter().map(|draft| prepared(&screen, draft)));
    todo.items.extend(proposals::waiting_for(read.conn(), me.person).await?.iter().map(|one| proposed(&screen, one)));
    todo.items.extend(elsewhere_asked(&screen, elsewhere::unanswered(read.conn(), me.person).await?));
    if pledge::is_owed(&app, read.conn(), me.person).await? {
        todo.items.push(pledge_asked(&screen));
    }
    for tasks in &app.part::<AllTasks>()?.0 {
        todo.items.extend(tasks(&app, &mut read, &me, &screen).await?);
    }
    let returned =
        own.iter().filter(|item| item.phase == Phase::Returned && item.waiting_person == Some(me.person)).count();
    let mut shell = screen.shell(&app, &mut read, greeting(&app, &me, &screen), &[]).await?;
    if shell.banner.is_none() && returned > 0 {
        let banner =
            Banner::new(Tone::Back, screen.w.n("home-returned", returned)).body(screen.w.t("home-returned-body"));
        shell = shell.banner(banner);
    }
    let waiting = panels(&app, &me, &screen, (&hand, &offer), standing, &mut read).await?;
    let alerts = alerts(&app, &me, &screen, &mut read).await?;
    let board = board(&app, &me, &screen, standing, &mut read).await?;
    let kinds = if me.may(Permission::RequestsFile) { catalog(&app, &offer, &hand) } else { Vec::new() };
    let applies = waiting.is_empty() && board.is_empty();
    page(&Home {
        alerts,
        day: screen.dates.long(screen.dates.today),
        place: me.main_post().map(|post| post.department_name.clone()).unwrap_or_default(),
        todo_count: todo.items.len(),
        catalog: applies,
        beside: !applies && !kinds.is_empty(),
        todo,
        waiting,
        kinds,
        mine: own.iter().map(|item| row(&hand, &offer, &screen.dates, item)).collect(),
        board,
        shell,
    })
}

/// おはようございます、佐伯さん
fn greeting(app: &App, me: &Viewer, screen: &Screen) -> String {
    let hour = local(app.clock().now()).hour();
    let key = match hour {
        4..=10 => "home-morning",
        11..=17 => "home-day",
        _ => "home-evening",
    };
    screen.w.t1(key, "name", &me.family_name).into_owned()
}

/// What can be applied for, and what can be filled in for the one who files it.
fn catalog(app: &App, kinds: &Kinds, hand: &Hand) -> Vec<KindView> {
    offered(app, kinds, hand).into_iter().chain(preparable(app, kinds, hand)).collect()
}

/// A draft that somebody else prepared.
fn prepared(screen: &Screen, draft: DraftRow) -> TodoItem {
    let w = screen.w;
    let what = if draft.about.is_empty() { draft.title } else { format!("{} {}", draft.title, draft.about) };
    let words = if draft.by_portal {
        w.t1("home-draft-by-portal", "what", what).into_owned()
    } else {
        w.t2("home-draft", "what", what, "name", draft.who).into_owned()
    };
    let due = draft.due.map(|due| (due, draft.until));
    TodoItem {
        link: Link::new(draft.href, words),
        note: draft.since,
        due,
        action: w.t("home-draft-action").into_owned(),
    }
}

/// A stand-in that somebody below proposes.
fn proposed(screen: &Screen, proposal: &Proposal) -> TodoItem {
    let w = screen.w;
    let words = w.t2("home-proposal", "name", &proposal.asked_by_name, "person", &proposal.person_name).into_owned();
    TodoItem {
        link: Link::new(format!("/me/stand-ins/{}", proposal.id), words),
        note: w.t1("home-proposal-from", "from", screen.dates.short(proposal.from)).into_owned(),
        due: None,
        action: w.t("home-proposal-action").into_owned(),
    }
}

/// Sign-ins from elsewhere, of which this person has not said whether it was they.
fn elsewhere_asked(screen: &Screen, count: i64) -> Option<TodoItem> {
    let w = screen.w;
    let words = w.n("home-elsewhere", count);
    let action = w.t("home-elsewhere-action").into_owned();
    let note = w.t("home-elsewhere-note").into_owned();
    (count > 0).then(|| TodoItem { link: Link::new("/me/sessions", words), note, due: None, action })
}

/// What somebody asked about a request of this person.
fn asked(screen: &Screen, question: &Question) -> TodoItem {
    let w = screen.w;
    let words = w.t2("home-question", "name", &question.asked_by, "what", &question.subject).into_owned();
    TodoItem {
        link: Link::new(format!("/requests/{}#talk", question.number), words),
        note: question.number.clone(),
        due: None,
        action: w.t("home-question-action").into_owned(),
    }
}

/// The words of the regulation that everybody answers.
fn pledge_asked(screen: &Screen) -> TodoItem {
    let w = screen.w;
    TodoItem {
        link: Link::new("/me/pledge", w.t("home-pledge")),
        note: String::new(),
        due: None,
        action: w.t("home-pledge-action").into_owned(),
    }
}

/// What waits for this very person: to be mended, or to be received.
fn todo(screen: &Screen, me: PersonId, own: &[Item]) -> Todo {
    let w = screen.w;
    let item = |item: &Item| {
        let (key, action, href) = match item.waiting_type.as_deref() {
            Some("mend") if item.phase == Phase::PulledBack => {
                ("home-mend-own", "home-mend-action", format!("/requests/{}/mend", item.number))
            }
            Some("mend") => ("home-mend", "home-mend-action", format!("/requests/{}/mend", item.number)),
            // what others have let pass is the applicant's own to do
            Some("execute" | "decide") if item.waiting_tier.is_none() => {
                ("home-own-step", "home-own-step-action", format!("/requests/{}#lines", item.number))
            }
            // while other lines are still worked on, what is done already can be received
            _ => ("home-receive", "home-receive-action", format!("/requests/{}#lines", item.number)),
        };
        let due = item.waiting_due.map(|due| (screen.dates.due(due), screen.dates.short(due)));
        let words = w.t1(key, "what", &item.subject).into_owned();
        TodoItem { link: Link::new(href, words), note: item.number.clone(), due, action: w.t(action).into_owned() }
    };
    Todo { items: own.iter().filter(|item| item.waiting_person == Some(me)).map(item).collect() }
}

async fn panels(
    app: &App,
    me: &Viewer,
    screen: &Screen,
    (hand, kinds): (&Hand, &Kinds),
    standing: Tier,
    read: &mut Read,
) -> Result<Vec<Panel>> {
    let seats = actions::queue_seats(me, kinds);
    // of those who are staff and nothing else, only whom a form names has anything to decide
    let staff = standing == Tier::Staff;
    if seats.is_empty() || staff && me.posts.iter().any(|post| post.tier != Tier::Staff) {
        return Ok(Vec::new());
    }
    let mut panels = Vec::new();
    let all = [
        (At::Decide, Permission::RequestsDecide, "nav-inbox", "/requests/inbox", "home-nothing-to-decide"),
        (At::Execute, Permission::RequestsExecute, "nav-work", "/requests/work", "home-nothing-to-do"),
    ];
    for (at, _, title, href, empty) in all.into_iter().filter(|(_, permission, ..)| me.may(*permission)) {
        let desk = Desk::of(read.conn(), app, (me, me), at).await?;
        let waiting = desk.waiting(read.conn(), app).await?;
        if staff && (at == At::Execute || waiting.is_empty()) {
            continue;
        }
        let items = desk.lines(read.conn(), &waiting, Part { limit: PANEL, ..Part::default() }).await?.items;
        panels.push(Panel {
            title: screen.w.t(title).into_owned(),
            href,
            rows: items.iter().map(|item| row(hand, kinds, &screen.dates, item)).collect(),
            empty: screen.w.t(empty).into_owned(),
        });
    }
    Ok(panels)
}

/// What the regulations want this person told while one of their functions is vacant.
async fn alerts(app: &App, me: &Viewer, screen: &Screen, read: &mut Read) -> Result<Vec<Banner>> {
    let in_force = app.part::<Regulations>()?.in_force();
    let w = screen.w;
    let told = regulations::functions::notices(read.conn(), &in_force, me, screen.dates.today).await?;
    let banner = |told| regulations::functions::banner(w, told).action("/functions", w.t("functions-open"));
    Ok(told.iter().map(banner).collect())
}

/// How the regulations stand today, for those who may read the board.
async fn board(app: &App, me: &Viewer, screen: &Screen, standing: Tier, read: &mut Read) -> Result<Vec<Board>> {
    let readers = [Tier::Office, Tier::Ciso, Tier::Committee, Tier::Auditor];
    if !me.may(Permission::ClausesView) || !readers.contains(&standing) {
        return Ok(Vec::new());
    }
    let in_force = app.part::<Regulations>()?.in_force();
    let open = in_force.disclosed(me);
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let today = screen.dates.today;
    let tomorrow = moment(today.checked_add_days(Days::new(1)).unwrap_or(today).and_time(NaiveTime::MIN));
    let evidence = regulations::store::latest_evidence(read.conn(), &in_force.mechanisms(), tomorrow).await?;
    let year = FiscalYear::of(today);
    let reference = Reference { on: today, year: year.first_day()..=year.last_day() };
    let several = open.len() > 1;
    let board = |adopted: &Arc<Adopted>| {
        let href = format!("/clauses?regulation={}", adopted.key());
        let shares = shares(screen.w, &href, states(adopted, &evidence, &reference));
        let text = if several { adopted.entry().catalogue.title.clone() } else { String::new() };
        Board { text, href, shares }
    };
    Ok(open.iter().map(board).collect())
}

/// How many clauses of a text are in each state, what is missing first.
fn shares(w: Words, board: &str, states: Vec<(String, ClauseState)>) -> Vec<Share> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (_, state) in states.into_iter().filter(|(_, state)| *state != ClauseState::NoDuty) {
        *counts.entry(state.key()).or_default() += 1;
    }
    let order = ["overdue", "never", "other-route", "due", "excepted", "kept", "no-case", "waiting", "not-applicable"];
    let share = |key: &'static str| {
        let count = *counts.get(key)?;
        let word = w.of("regulations-state", key).into_owned();
        Some(Share { word, count, href: format!("{board}&state={key}"), bad: matches!(key, "overdue" | "never") })
    };
    order.into_iter().filter_map(share).collect()
}
