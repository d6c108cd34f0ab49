//! What the pages of 役割台帳 show.
use askama::Template;

use super::chart::Seat;
use super::store::Handover;
use crate::engines::regulations::Adopted;
use crate::engines::regulations::binding::Function;
use crate::engines::regulations::by_post::{ByPost, Entered};
use crate::engines::regulations::functions::{Role, address};
use crate::people::model::Department;
use crate::people::posts::Term;
use crate::web::dates::Dates;
use crate::web::forms::{Choice, Field, Form};
use crate::web::icons::Icon;
use crate::web::locale::{Label, Lang, Words};
use crate::web::parts::{Empty, Fact, Facts, Tag, TagTone};
use crate::web::shell::{Banner, Link, Shell};
use crate::web::tables::{Cell, Head, Row, Table};

/// The register.
#[derive(Template)]
#[template(path = "functions/list.html")]
pub struct List {
    pub shell: Shell,
    pub alerts: Vec<Banner>,
    pub vacant: usize,
    pub table: Table,
    pub empty: Option<Empty>,
    /// tiers that go with a post
    pub by_post: Table,
}

/// Where a regulation names no functions.
pub fn none(w: Words) -> Empty {
    Empty::new(Icon::People, w.t("functions-none")).text(w.t("functions-none-why"))
}

fn last_day(dates: &Dates, term: &Term) -> String {
    let last = term.post.until.and_then(|until| until.pred_opt());
    last.map(|day| dates.short(day)).unwrap_or_default()
}

fn who(w: Words, term: &Term) -> String {
    w.t2("functions-who", "name", &term.post.person_name, "department", &term.post.department_name).into_owned()
}

/// 役割, 充て職, 現任者, 就任日, 退任日, 代理: one row for each holder, and one for each function without.
pub fn table(w: Words, dates: &Dates, roles: &[Role<'_>]) -> Table {
    let heads = [
        "functions-name",
        "functions-ex-officio",
        "functions-holder",
        "functions-from",
        "functions-until",
        "functions-stand-in",
    ];
    let mut rows = Vec::new();
    for role in roles {
        let function = role.function;
        let name = || {
            Cell::new(function.title.in_language(w.lang().code())).href(role.named.address()).sub(clause(
                w,
                role.named.of,
                function,
            ))
        };
        let post = || Cell::new(function.ex_officio.clone().unwrap_or_default());
        let held: Vec<&Term> = role.holders(dates.today).collect();
        if held.is_empty() {
            let empty = Cell::new("");
            let state = if function.required {
                empty.tag(Tag::new(TagTone::Bad, w.t("functions-vacant")))
            } else {
                Cell::new(w.t("functions-nobody"))
            };
            let coming = role.terms.iter().rev().find(|term| term.post.from > dates.today);
            let coming = coming.map(|term| {
                w.t2("functions-coming-of", "name", &term.post.person_name, "from", dates.short(term.post.from))
            });
            let state = coming.map_or(state.clone(), |words| state.sub(words));
            let cells = vec![name(), post(), state, Cell::new(""), Cell::new(""), Cell::new("")];
            rows.push(Row { cells, bad: function.required });
        }
        let vacant = role.is_vacant(dates.today);
        for term in held {
            let away = w.t("functions-away");
            let holder = match (term.away, vacant) {
                (true, true) => Cell::default().tag(Tag::new(TagTone::Bad, away)).sub(who(w, term)),
                (true, false) => Cell::new(who(w, term)).sub(away),
                (false, _) => Cell::new(who(w, term)),
            };
            let cells = vec![
                name(),
                post(),
                holder,
                Cell::new(dates.short(term.post.from)).nowrap(),
                Cell::new(last_day(dates, term)).nowrap(),
                Cell::new(term.stand_in.clone().unwrap_or_default()),
            ];
            rows.push(Row { cells, bad: vacant });
        }
    }
    Table::new(w.t("functions-title"), heads.into_iter().map(|key| Head::new(w.t(key))).collect(), rows).lines()
}

/// Holders that a cell names; the rest is counted.
const NAMED: usize = 5;

/// 立場, 現任者, 登録する所: one row for each tier that goes with a post. `edits`: the viewer gives posts.
pub fn by_post(w: Words, dates: &Dates, tiers: &[ByPost<'_>], edits: bool) -> Table {
    let row = |one: &ByPost<'_>| {
        let title = one.of.title(one.tier, w.lang().code()).unwrap_or_default();
        let defined = one.of.binding().title(one.tier).is_some_and(|title| title.org_defined);
        let of =
            if defined { w.t("functions-org-defined").into_owned() } else { one.of.entry().catalogue.title.clone() };
        let (held, vacant) = (one.holders(dates.today), one.is_vacant(dates.today));
        let names: Vec<String> = held.iter().take(NAMED).map(|term| who(w, term)).collect();
        let mut names = names.join(&w.t("web-list-comma"));
        let more = held.len().saturating_sub(NAMED);
        if more > 0 {
            names.push_str(&w.n("functions-and-more", more));
        }
        let holder = match (held.is_empty(), vacant) {
            (true, true) => Cell::default().tag(Tag::new(TagTone::Bad, w.t("functions-vacant"))),
            (true, false) => Cell::new(w.t("functions-nobody")),
            (false, true) => Cell::default().tag(Tag::new(TagTone::Bad, w.t("functions-away"))).sub(names),
            (false, false) => Cell::new(names),
        };
        Row { cells: vec![Cell::new(title).sub(of), holder, entered(w, one, edits)], bad: vacant }
    };
    let heads = ["functions-by-post-name", "functions-holder", "functions-entered"];
    let heads = heads.into_iter().map(|key| Head::new(w.t(key))).collect();
    Table::new(w.t("functions-by-posts"), heads, tiers.iter().map(row).collect())
}

fn entered(w: Words, one: &ByPost<'_>, edits: bool) -> Cell {
    match one.entered {
        Entered::As(named) => {
            let name = named.function.title.in_language(w.lang().code());
            Cell::new(w.t1("functions-entered-as", "name", name)).href(named.address())
        }
        Entered::Naming => Cell::new(w.t("functions-entered-naming")),
        Entered::Post if edits => Cell::new(w.t("functions-entered-post")).href("/people"),
        Entered::Post => Cell::new(w.t("functions-entered-post")),
    }
}

fn clause(w: Words, adopted: &Adopted, function: &Function) -> String {
    let found = function.clause.as_deref().and_then(|clause| adopted.entry().reference_to(clause));
    found.map_or_else(|| w.t("functions-org-defined").into_owned(), |clause| clause.label)
}

/// One function.
#[derive(Template)]
#[template(path = "functions/show.html")]
pub struct Show {
    pub shell: Shell,
    pub facts: Facts,
    pub now: Table,
    pub history: Vec<Past>,
    pub vacant: bool,
    pub appoint: Option<String>,
    pub endings: Vec<Ending>,
    pub action: String,
}

/// What the regulation says of it.
pub fn facts(w: Words, role: &Role<'_>) -> Facts {
    let (adopted, function) = (role.named.of, role.function);
    let required = if function.required { "functions-required-yes" } else { "functions-required-no" };
    let tier = adopted.title(function.tier, w.lang().code()).unwrap_or_default();
    let mut facts = vec![
        Fact::new(w.t("functions-clause"), clause(w, adopted, function)),
        Fact::new(w.t("functions-ex-officio"), function.ex_officio.clone().unwrap_or_default()),
        Fact::new(w.t("functions-tier"), tier),
        Fact::new(w.t("functions-required"), w.t(required)),
    ];
    if let Some((of, function)) = role.named.follows {
        let name = function.title.in_language(w.lang().code());
        let words = w.t2("functions-follows-of", "regulation", &of.entry().catalogue.title, "name", name);
        facts.push(Fact::new(w.t("functions-follows"), words).href(address(of, function)));
    }
    Facts::new(w, facts)
}

/// Today's holders, and for those who see everything the coming ones.
pub fn holders(w: Words, dates: &Dates, role: &Role<'_>, whole: bool) -> Table {
    let heads = ["functions-holder", "functions-by-post", "functions-from", "functions-until", "functions-state"];
    let coming = role.terms.iter().filter(|term| whole && term.post.from > dates.today);
    let listed = coming.chain(role.holders(dates.today));
    let row = |term: &Term| {
        let state = match (term.on(dates.today), term.away) {
            (true, true) => "away",
            (true, false) => "now",
            (false, _) => "coming",
        };
        let holder = match whole {
            true => Cell::new(who(w, term)).href(format!("/posts/{}/handover", term.post.id)),
            false => Cell::new(who(w, term)),
        };
        let cells = vec![
            holder.sub(
                term.stand_in
                    .as_ref()
                    .map_or_else(String::new, |name| w.t1("functions-stood-in", "name", name).into_owned()),
            ),
            Cell::new(term.rests_on.clone().unwrap_or_default()),
            Cell::new(dates.short(term.post.from)).nowrap(),
            Cell::new(last_day(dates, term)).nowrap(),
            Cell::new(w.of("functions-state", state)).nowrap(),
        ];
        Row { cells, bad: term.away && role.is_vacant(dates.today) }
    };
    let heads = heads.into_iter().map(|key| Head::new(w.t(key))).collect();
    Table::new(w.t("functions-holders"), heads, listed.map(row).collect())
}

/// A former holder.
pub struct Past {
    pub who: String,
    pub period: String,
    pub handover: String,
    pub numbers: Vec<String>,
}

/// Those who held it before, with what they handed over.
pub fn history(w: Words, dates: &Dates, role: &Role<'_>, handovers: &[Handover]) -> Vec<Past> {
    let over = role.terms.iter().filter(|term| term.post.until.is_some_and(|until| until <= dates.today));
    let past = |term: &Term| {
        let handed = handovers.iter().find(|handover| handover.former == term.post.id);
        let words = handed.map(|handover| {
            let count = w.n("functions-handed-over", handover.numbers.len());
            match &handover.successor {
                Some(name) => w.t2("functions-handover-to", "name", name, "what", count).into_owned(),
                None => w.t1("functions-handover-nobody", "what", count).into_owned(),
            }
        });
        let (from, last) = (dates.short(term.post.from), last_day(dates, term));
        Past {
            who: who(w, term),
            period: w.t2("functions-period", "from", from, "last", last).into_owned(),
            handover: words.unwrap_or_default(),
            numbers: handed.map(|handover| handover.numbers.clone()).unwrap_or_default(),
        }
    };
    over.map(past).collect()
}

/// A holder whose time can be ended.
pub struct Ending {
    pub id: String,
    pub label: String,
    pub question: String,
    pub form: Form,
}

/// 「伊藤 翔」, 「伊藤 翔 adm-001001」 for the post of an administrator's own account
fn bearer(term: &Term) -> String {
    let name = &term.post.person_name;
    if term.post.person == term.natural { name.clone() } else { format!("{name} {}", term.number) }
}

/// The questions before a holder's time is ended.
pub fn ending_questions() -> Vec<Field> {
    vec![
        Field::hidden("post"),
        Field::date("last", "functions-last").hint("functions-last-hint"),
        Field::area("reason", "functions-reason").most(200).rows(2),
    ]
}

/// One for everybody who holds it or will.
pub fn endings(w: Words, dates: Dates, role: &Role<'_>) -> Vec<Ending> {
    let open = role.terms.iter().filter(|term| term.post.until.is_none_or(|until| until > dates.today));
    let ending = |term: &Term| Ending {
        id: format!("end-{}", term.post.id),
        label: w.t1("functions-end-of", "name", bearer(term)).into_owned(),
        question: w
            .t2(
                "functions-end-question",
                "name",
                bearer(term),
                "what",
                role.function.title.in_language(w.lang().code()),
            )
            .into_owned(),
        form: Form::new(w, dates, ending_questions()).fill("post", term.post.id.to_string()),
    };
    open.map(ending).collect()
}

/// The form for an appointment.
#[derive(Template)]
#[template(path = "functions/appoint.html")]
pub struct AppointPage {
    pub shell: Shell,
    pub action: String,
    pub back: String,
    pub form: Form,
}

/// Its questions; where the text names a post, the department is that post's.
pub fn questions(w: Words, function: &Function, departments: &[Department]) -> Vec<Field> {
    let person = Field::text("person", "functions-person").most(60);
    let person = match &function.ex_officio {
        Some(post) => person.hint(Label::text(w.t1("functions-person-ex-officio", "post", post))),
        None => person.hint("stand-in-person-hint"),
    };
    let mut fields = vec![person];
    if function.ex_officio.is_none() {
        let choice = |department: &Department| {
            let depth = usize::try_from(department.depth).unwrap_or_default();
            Choice::new(department.id.to_string(), Label::text(format!("{}{}", "　".repeat(depth), department.name)))
        };
        let choices = departments.iter().map(choice).collect();
        fields.push(
            Field::select("department", "functions-department", choices).hint("functions-department-hint").optional(),
        );
    }
    fields.push(Field::date("from", "functions-from").hint("functions-from-hint"));
    fields.push(Field::date("last", "functions-until").hint("functions-until-hint").optional());
    fields.push(Field::area("reason", "functions-reason").most(200).hint("functions-reason-hint"));
    fields
}

/// The organisation chart.
#[derive(Template)]
#[template(path = "functions/chart.html")]
pub struct ChartPage {
    pub shell: Shell,
    pub version: Option<String>,
    pub boxes: Vec<Level>,
    pub versions: Vec<(Link, bool)>,
}

/// The boxes of one level.
pub struct Level {
    pub seats: Vec<Drawn>,
}

/// One box.
pub struct Drawn {
    pub title: String,
    /// the regulation that names it, where it is followed besides
    pub of: Option<String>,
    pub holders: Vec<(String, String)>,
    pub vacant: bool,
}

/// The boxes, level by level from the top.
pub fn boxes(w: Words, dates: &Dates, seats: &[Seat]) -> Vec<Level> {
    let drawn = |seat: &Seat| Drawn {
        title: if w.lang() == Lang::Ja { seat.ja.clone() } else { seat.en.clone() },
        of: seat.of.clone(),
        vacant: seat.is_vacant(),
        holders: seat
            .holders
            .iter()
            .map(|holder| {
                let name = w.t2("functions-who", "name", &holder.name, "department", &holder.department).into_owned();
                let since = w.t1("functions-since", "from", dates.short(holder.from)).into_owned();
                let stand_in =
                    holder.stand_in.as_ref().map(|name| w.t1("functions-stood-in", "name", name).into_owned());
                let away = holder.away.then(|| w.t("functions-away").into_owned());
                (name, [Some(since), away, stand_in].into_iter().flatten().collect::<Vec<_>>().join(" "))
            })
            .collect(),
    };
    seats
        .chunk_by(|one, next| one.level == next.level)
        .map(|level| Level { seats: level.iter().map(drawn).collect() })
        .collect()
}

/// 第3版（令和8年4月1日から）
pub fn version(w: Words, dates: &Dates, no: i32, on: chrono::NaiveDate) -> String {
    w.t2("functions-version", "no", no.to_string(), "on", dates.long(on)).into_owned()
}

/// The versions there are; the one shown is marked.
pub fn versions(w: Words, dates: &Dates, all: &[(i32, chrono::NaiveDate)], shown: Option<i32>) -> Vec<(Link, bool)> {
    let link = |(no, on): &(i32, chrono::NaiveDate)| {
        (Link::new(format!("/functions/chart?version={no}"), version(w, dates, *no, *on)), shown == Some(*no))
    };
    all.iter().map(link).collect()
}
