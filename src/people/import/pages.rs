//! The screens of taking a list over, as parts: the office's page and set-up's draw the same, each under its own address.
use askama::Template;
use askama::filters::HtmlSafe;
use axum::http::StatusCode;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::plan::{Change, Item};
use super::{AT_A_SCREEN, Column, Import, Kind, Mapping, Outcome, Plan, State, on};
use crate::kernel::access::{Actor, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::sheets::address;
use crate::kernel::work::Work;
use crate::people::passwords::Typed;
use crate::people::step_up;
use crate::web::extract::Posted;
use crate::web::forms::{Choice, Field, Form};
use crate::web::identify::Caller;
use crate::web::locale::{Label, Line, Words};
use crate::web::parts::{Fact, Facts};
use crate::web::screen::{House, Naming, Screen, said};
use crate::web::shell::{Link, Shell};
use crate::web::tables::{Chip, Chips, Pager};

/// Rows of one page.
const ROWS: usize = 100;
/// Vacant seats that are named; the rest is counted.
const SEATS: usize = 20;

/// How the comparison is looked at.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    view: String,
    page: String,
    /// `yes`: who is not in the list has left
    leave: String,
    /// `edit`: which column is which
    columns: String,
}

/// A file of this kind of list is asked for.
#[must_use]
pub fn file_form(screen: &Screen, kind: Option<Kind>) -> Form {
    let choices = vec![
        Choice::new(Kind::People.key(), "import-kind-people").note("import-kind-people-note"),
        Choice::new(Kind::Departments.key(), "import-kind-departments").note("import-kind-departments-note"),
    ];
    let file = Field::file("file", "import-file").required(true).hint("import-file-hint");
    let fields = match kind {
        Some(_) => vec![file],
        None => vec![Field::radio("kind", "import-kind", choices), file],
    };
    Form::new(screen.w, screen.dates, fields)
}

/// Reads and keeps what was chosen; a form that wants to be mended comes back.
pub async fn upload(
    app: &App,
    actor: &Actor,
    screen: &Screen,
    posted: Posted,
    kind: Option<Kind>,
) -> Result<std::result::Result<Uuid, Form>> {
    let form = file_form(screen, kind).take(posted.input.clone());
    let mut form = form.map_err(|_| Error::Forged("unasked"))?;
    let kind = kind.or_else(|| Kind::from_key(form.text("kind")));
    if form.file("file").is_none() {
        form.refuse("file", Line::new("import-file-none"));
    }
    let (Some(kind), Some(file), false) = (kind, form.file("file").map(<[u8]>::to_vec), form.faulty()) else {
        return Ok(Err(form));
    };
    let rows = match super::read(app, &file, AT_A_SCREEN).await {
        Ok(rows) => rows,
        Err(Error::Refused(why)) => {
            form.refuse("file", said(&why));
            return Ok(Err(form));
        }
        Err(error) => return Err(error),
    };
    let id = app
        .change(actor, async |work: &mut Work| {
            if let Some(before) = work.once(posted.once, &posted.body).await? {
                return before.parse().map_err(|_| Error::NotFound);
            }
            let id = super::keep(work, kind, &file, &rows).await?;
            work.settle(posted.once, &id.to_string()).await?;
            Ok(id)
        })
        .await?;
    Ok(Ok(id))
}

/// A row as the page shows it.
struct Shown {
    row: String,
    number: String,
    name: String,
    place: String,
    state: String,
    bad: bool,
    changes: Vec<(String, String, String)>,
    faults: Vec<(String, String)>,
}

/// A list before it is taken over.
#[derive(Template)]
#[template(path = "imports/preview.html")]
pub struct Preview {
    shell: Shell,
    base: String,
    kind: Kind,
    /// which column is which, where that is asked
    columns: Option<Form>,
    /// columns of the list that are not taken over
    left_out: String,
    /// `None` while columns are missing
    shown: Option<Comparison>,
}

impl HtmlSafe for Preview {}

impl Preview {
    /// The page's status: 422 where a column was named wrongly.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        let faulty = self.columns.as_ref().is_some_and(Form::faulty);
        if faulty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
    }

    /// Where those who are missing would leave, the confirmation asks for one's own password.
    #[must_use]
    pub fn asking_password(mut self, app: &App, screen: &Screen) -> Self {
        if let Some(shown) = self.shown.as_mut().filter(|shown| shown.leave) {
            let question = step_up::question(app, step_up::Action::Rights);
            shown.password = Some(Form::new(screen.w, screen.dates, vec![question]));
        }
        self
    }

    /// Does something have to be mended?
    #[must_use]
    pub fn faulty(&self) -> bool {
        self.status() != StatusCode::OK
    }
}

struct Comparison {
    chips: Chips,
    rows: Vec<Shown>,
    pager: Pager,
    /// there is more than one page
    pages: bool,
    lines: Vec<String>,
    vacant: Vec<String>,
    leave: bool,
    /// where those who are missing are counted as left, or no more
    other: Option<Link>,
    /// one's own password, where many would leave at one press
    password: Option<Form>,
    seen: String,
    writes: bool,
    faulty: usize,
}

/// Draws one's own list.
pub async fn preview(
    app: &App,
    conn: &mut PgConnection,
    screen: &Screen,
    shell: Shell,
    import: &Import,
    (base, asked): (&str, &Asked),
    form: Option<Form>,
) -> Result<Preview> {
    let edits = form.is_some() || asked.columns == "edit" || !import.mapped();
    let columns = edits.then(|| form.unwrap_or_else(|| column_form(screen, import)));
    let shown = if columns.is_some() {
        None
    } else {
        let leave = asked.leave == "yes" && import.kind == Kind::People;
        let plan = super::plan(conn, import, on(screen.dates.today, leave)).await?;
        Some(comparison(screen, &app.part::<House>()?.naming(), &plan, base, asked))
    };
    let left_out = left_out(screen.w, import);
    Ok(Preview { shell, base: base.to_owned(), kind: import.kind, columns, left_out, shown })
}

/// The heads of the columns that stand for nothing, each with its cell.
fn left_out(w: Words, import: &Import) -> String {
    let Mapping { head, columns } = &import.mapping;
    let heads = import.rows.iter().find(|row| row.no == *head).map(|row| row.cells.as_slice()).unwrap_or_default();
    let unnamed = heads
        .iter()
        .enumerate()
        .filter(|(at, name)| !name.trim().is_empty() && columns.get(*at).copied().flatten().is_none());
    let named = unnamed.map(|(at, name)| w.t2("import-columns-one", "cell", address(at, *head), "name", name.trim()));
    named.collect::<Vec<_>>().join("、")
}

/// Which column is which: one question a column, with its head and its first cell.
#[must_use]
pub fn column_form(screen: &Screen, import: &Import) -> Form {
    let Mapping { head: head_no, columns } = &import.mapping;
    let heads = import.rows.iter().find(|row| row.no == *head_no);
    let first = import.rows.iter().find(|row| row.no > *head_no);
    let width = import.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let choices = || {
        let of = |column: &Column| Choice::new(column.key(), Label::key(format!("import-column-{}", column.key())));
        import.kind.columns().iter().map(of).collect::<Vec<_>>()
    };
    let question = |at: usize| {
        let head = heads.map_or("", |row| row.cell(at));
        let name = screen.w.t2("import-columns-one", "cell", address(at, *head_no), "name", head);
        let example = first.map_or("", |row| row.cell(at)).chars().take(40).collect::<String>();
        let hint = screen.w.t1("import-columns-example", "what", example);
        Field::select(format!("c{at}"), Label::text(name), choices()).optional().hint(Label::text(hint))
    };
    let form = Form::new(screen.w, screen.dates, (0..width).map(question).collect());
    let known = columns.iter().enumerate().filter_map(|(at, column)| Some((at, (*column)?)));
    known.fold(form, |form, (at, column)| form.fill(&format!("c{at}"), column.key()))
}

/// Takes what was said about the columns; a form that wants to be mended comes back.
pub async fn name_columns(
    app: &App,
    actor: &Actor,
    screen: &Screen,
    import: &Import,
    posted: Posted,
) -> Result<Option<Form>> {
    let form = column_form(screen, import);
    let width = form.questions().count();
    let blank = Import { mapping: Mapping { head: import.mapping.head, columns: Vec::new() }, ..import.clone() };
    let mut form = column_form(screen, &blank).take(posted.input).map_err(|_| Error::Forged("unasked"))?;
    let mut columns: Vec<Option<Column>> = Vec::new();
    for at in 0..width {
        let name = format!("c{at}");
        let column = Column::from_key(import.kind, form.text(&name));
        if column.is_some() && columns.contains(&column) {
            form.refuse(&name, Line::new("import-columns-twice"));
        }
        columns.push(column);
    }
    let mapping = Mapping { head: import.mapping.head, columns };
    if let Some(missing) = mapping.missing(import.kind).first() {
        let label = Label::key(format!("import-column-{}", missing.key()));
        form.refuse("c0", Line::new("import-columns-missing").named("label", label));
    }
    if form.faulty() {
        return Ok(Some(form));
    }
    let id = import.id;
    app.change(actor, async |work: &mut Work| super::remap(work, id, mapping.columns.clone()).await).await?;
    Ok(None)
}

/// What the confirmation sends.
fn confirmation(screen: &Screen, posted: &Posted) -> Result<Form> {
    let own = Field::password(step_up::FIELD, "people-own-password").optional();
    let fields = vec![Field::hidden("seen"), Field::hidden("leave"), own];
    let form = Form::new(screen.w, screen.dates, fields).take(posted.input.clone());
    form.map_err(|_| Error::Forged("unasked"))
}

/// Those who are missing leave only with the password of whoever says so: it is taken here. False where it was wrong.
pub async fn confirmed(
    app: &App,
    viewer: &Viewer,
    caller: &Caller,
    screen: &Screen,
    (id, posted): (Uuid, &Posted),
) -> Result<bool> {
    let form = confirmation(screen, posted)?;
    if form.text("leave") != "yes" {
        return Ok(true);
    }
    let typed = Typed::new(form.text(step_up::FIELD));
    step_up::confirm(app, viewer, caller, &typed, (step_up::Action::Rights, &id.to_string())).await
}

/// Takes the list over as it was shown.
pub async fn confirm(app: &App, actor: &Actor, screen: &Screen, id: Uuid, posted: Posted) -> Result<()> {
    let form = confirmation(screen, &posted)?;
    let wish = on(screen.dates.today, form.text("leave") == "yes");
    app.change(actor, async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        super::take_over(work, id, wish, form.text("seen")).await?;
        work.settle(posted.once, &id.to_string()).await
    })
    .await
}

fn comparison(screen: &Screen, naming: &Naming, plan: &Plan, base: &str, asked: &Asked) -> Comparison {
    let w = screen.w;
    let leave = asked.leave == "yes" && plan.kind == Kind::People;
    let keep = if leave { "&leave=yes" } else { "" };
    let shown = State::ALL.into_iter().find(|state| state.key() == asked.view);
    let shown = shown.or_else(|| State::ALL.into_iter().find(|state| plan.count(*state) > 0)).unwrap_or(State::New);
    let chip = |state: State| Chip {
        link: Link::new(format!("{base}?view={}{keep}", state.key()), w.of("import-state", state.key())),
        count: Some(as_count(plan.count(state))),
        urgent: state == State::Faulty,
        current: state == shown,
    };
    let page: usize = asked.page.parse().unwrap_or(1).clamp(1, 1_000);
    let of_state: Vec<&Item> = plan.items.iter().filter(|item| item.state == shown).collect();
    let from = (page - 1) * ROWS;
    let to = |page: usize| format!("{base}?view={}&page={page}{keep}", shown.key());
    let pager = Pager {
        w,
        previous: (page > 1).then(|| to(page - 1)),
        next: (of_state.len() > from + ROWS).then(|| to(page + 1)),
    };
    let other = (plan.kind == Kind::People && plan.count(State::Missing) > 0).then(|| {
        let (keep, key) = if leave { ("", "import-missing-stay") } else { ("&leave=yes", "import-missing-leave") };
        Link::new(format!("{base}?view=missing{keep}"), w.t(key))
    });
    Comparison {
        chips: Chips { w, chips: State::ALL.map(chip).into() },
        rows: of_state.into_iter().skip(from).take(ROWS).map(|item| row(screen, item)).collect(),
        pages: pager.previous.is_some() || pager.next.is_some(),
        pager,
        lines: consequences(w, plan),
        vacant: vacant(w, naming, plan),
        leave,
        other,
        password: None,
        seen: plan.seen(),
        writes: plan.writes(),
        faulty: plan.count(State::Faulty),
    }
}

fn as_count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn consequences(w: Words, plan: &Plan) -> Vec<String> {
    if plan.kind == Kind::Departments {
        return Vec::new();
    }
    let moves = [
        ("import-moves-join", plan.moves.join),
        ("import-moves-move", plan.moves.move_on),
        ("import-moves-leave", plan.moves.leave),
    ];
    moves.iter().filter(|(_, count)| *count > 0).map(|(key, count)| w.n(key, *count).into_owned()).collect()
}

fn vacant(w: Words, naming: &Naming, plan: &Plan) -> Vec<String> {
    let seat = |seat: &super::plan::Opening| {
        let key = if seat.leaves { "import-vacant-left" } else { "import-vacant-moved" };
        let tier = naming.tier(w, seat.tier);
        w.with(key, &[("department", &seat.department), ("tier", &tier), ("name", &seat.name)]).into_owned()
    };
    let lost = plan.lost.iter().map(|tier| w.t1("import-vacant-tier", "tier", naming.tier(w, *tier)).into_owned());
    let mut lines: Vec<String> = lost.chain(plan.openings.iter().take(SEATS).map(seat)).collect();
    if plan.openings.len() > SEATS {
        lines.push(w.n("import-vacant-more", plan.openings.len() - SEATS).into_owned());
    }
    lines
}

fn row(screen: &Screen, item: &Item) -> Shown {
    let w = screen.w;
    let change = |change: &Change| {
        let label = w.of("import-column", change.column).into_owned();
        (label, value(screen, change.column, &change.before), value(screen, change.column, &change.after))
    };
    let fault = |fault: &super::plan::Fault| (fault.cell.clone(), w.line(&said(&fault.why)).into_owned());
    Shown {
        row: if item.row == 0 { String::new() } else { item.row.to_string() },
        number: item.number.clone(),
        name: item.name.clone(),
        place: item.place.clone(),
        state: w.of("import-state", item.state.key()).into_owned(),
        bad: item.state == State::Faulty,
        changes: item.changes.iter().map(change).collect(),
        faults: item.faults.iter().map(fault).collect(),
    }
}

/// Days and kinds as people read them.
fn value(screen: &Screen, column: &str, text: &str) -> String {
    match column {
        _ if text.is_empty() => String::new(),
        "employment" => screen.w.of("directory-employment", text).into_owned(),
        "joined_on" | "left_on" => {
            text.parse::<chrono::NaiveDate>().map_or(text.to_owned(), |day| screen.dates.long(day))
        }
        _ => text.to_owned(),
    }
}

/// What came of a list.
#[derive(Template)]
#[template(path = "imports/result.html")]
pub struct Done {
    w: Words,
    facts: Facts,
    vacant: Vec<String>,
}

impl HtmlSafe for Done {}

/// Draws what came of a list.
pub fn done(app: &App, screen: &Screen, outcome: &Outcome) -> Result<Done> {
    let w = screen.w;
    let naming = app.part::<House>()?.naming();
    let lines = [
        ("new", outcome.added),
        ("changed", outcome.changed),
        ("unchanged", outcome.unchanged),
        ("missing", outcome.missing),
        ("faulty", outcome.faulty),
    ];
    let vacant = outcome.vacant.iter().map(|(tier, department, name)| {
        let tier = Tier::from_key(tier).map_or_else(|| tier.clone(), |tier| naming.tier(w, tier));
        w.with("import-vacant-now", &[("department", department), ("tier", &tier), ("name", name)]).into_owned()
    });
    let fact =
        |(state, count): &(&str, usize)| Fact::new(w.of("import-state", state), w.n("import-count", as_count(*count)));
    let facts = Facts::tight(w, lines.iter().map(fact).collect());
    Ok(Done { w, facts, vacant: vacant.collect() })
}

/// One's own list, for a page.
pub async fn own(conn: &mut PgConnection, app: &App, id: Uuid, by: Option<PersonId>) -> Result<Import> {
    super::find(conn, id, by, app.clock().now()).await
}
