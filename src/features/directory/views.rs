//! What the pages of 組織と職員 show.
use askama::Template;

use super::keeping::Ending;
use super::model::{Listed, Page, Standing, Wish};
use super::store::HeldPost;
use crate::engines::regulations::binding::RightLimits;
use crate::kernel::access::{Permission, Reach, Scope, Tier, Viewer};
use crate::kernel::ids::DepartmentId;
use crate::kernel::text::KanaRow;
use crate::people::model::{Department, Person, Post, StandIn};
use crate::people::permissions::Table as Rights;
use crate::people::pledge::Pledge;
use crate::people::sign_ins::SignIn;
use crate::web::dates::Dates;
use crate::web::forms::{Choice, Field, Form};
use crate::web::icons::Icon;
use crate::web::locale::{Label, Words};
use crate::web::parts::{Empty, Fact, Facts, Tag, TagTone};
use crate::web::screen::Naming;
use crate::web::shell::{Link, Shell};
use crate::web::tables::{Cell, Filter, Filters, Head, ListBar, NARROW, Pager, Row, Table};

/// The list of persons beside the department tree.
#[derive(Template)]
#[template(path = "directory/list.html")]
pub struct List {
    pub shell: Shell,
    pub total: String,
    pub filters: Filters,
    pub bar: ListBar,
    pub table: Table,
    pub empty: Option<Empty>,
    pub tree: Vec<Branch>,
    /// the viewer keeps the register
    pub keeps: bool,
}

/// A department in the tree, with how many lists open and close around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    pub link: Link,
    pub managers: String,
    pub persons: String,
    pub current: bool,
    pub opens: bool,
    pub closes: usize,
}

/// A department's name and how far below the top it stands; with the number of persons in it and below.
pub fn tree(w: Words, departments: &[Department], counts: &[(DepartmentId, i64)], wish: &Wish) -> Vec<Branch> {
    let top = departments.iter().map(|department| department.depth).min().unwrap_or_default();
    let depth =
        |at: usize| departments.get(at).map_or(0, |department| usize::try_from(department.depth - top).unwrap_or(0));
    let branch = |(at, department): (usize, &Department)| {
        let persons = counts.iter().find(|(id, _)| *id == department.id).map_or(0, |(_, count)| *count);
        let next = if at + 1 == departments.len() { 0 } else { depth(at + 1) };
        Branch {
            link: Link::new(wish.in_department(Some(department.id)).address(), &department.name),
            managers: department.managers.clone().unwrap_or_default(),
            persons: w.n("directory-persons", persons).into_owned(),
            current: wish.department == Some(department.id),
            opens: next > depth(at),
            closes: depth(at).saturating_sub(next),
        }
    };
    departments.iter().enumerate().map(branch).collect()
}

/// The filter form; a department is picked from those in reach.
pub fn filters(w: Words, wish: &Wish, departments: &[Department]) -> Filters {
    let all = (String::new(), w.t("directory-any-department").into_owned());
    let departments = departments.iter().map(|department| {
        let depth = usize::try_from(department.depth).unwrap_or_default();
        (department.id.to_string(), format!("{}{}", "　".repeat(depth), department.name))
    });
    let standings =
        Standing::ALL.into_iter().map(|s| (s.key().to_owned(), w.of("directory-standing", s.key()).into_owned()));
    Filters {
        w,
        action: "/people".to_owned(),
        keep: Vec::new(),
        filters: vec![
            Filter::Words {
                name: "q".to_owned(),
                label: w.t("directory-words").into_owned(),
                value: wish.words.clone(),
                hint: w.t("directory-words-hint").into_owned(),
            },
            Filter::Pick {
                name: "department".to_owned(),
                label: w.t("directory-department").into_owned(),
                value: wish.department.map(|department| department.to_string()).unwrap_or_default(),
                options: std::iter::once(all).chain(departments).collect(),
            },
            Filter::Pick {
                name: "state".to_owned(),
                label: w.t("directory-standing").into_owned(),
                value: wish.standing.key().to_owned(),
                options: standings.collect(),
            },
        ],
        verb: NARROW,
        clear: wish.narrows().then(|| "/people".to_owned()),
        faults: Vec::new(),
    }
}

/// The bar above the rows, with the よみ index and the way on.
pub fn bar(w: Words, wish: &Wish, page: &Page) -> ListBar {
    let shown = i64::try_from(page.rows.len()).unwrap_or_default();
    let more = page.skipped + shown < page.total;
    let number = |n: i64| u64::try_from(n).unwrap_or_default();
    let all = (Link::new(wish.in_row(None).address(), w.t("directory-kana-all")), wish.kana.is_none());
    let row = |row: KanaRow| {
        row.head().map(|head| (Link::new(wish.in_row(Some(row)).address(), head), wish.kana == Some(row)))
    };
    ListBar {
        w,
        range: (shown > 0).then(|| (number(page.skipped + 1), number(page.skipped + shown))),
        total: w.n("directory-persons", page.total).into_owned(),
        kana: std::iter::once(all).chain(KanaRow::ALL.into_iter().filter_map(row)).collect(),
        kana_label: w.t("directory-kana").into_owned(),
        pager: Pager {
            w,
            previous: page.rows.first().filter(|_| page.skipped > 0).map(|row| wish.before(row.place()).address()),
            next: page.rows.last().filter(|_| more).map(|row| wish.after(row.place()).address()),
        },
    }
}

/// The rows: name and よみ, number, department and post, capacities, employment.
pub fn table(w: Words, dates: &Dates, naming: &Naming, wish: &Wish, rows: &[Listed]) -> Table {
    let left = wish.standing == Standing::Left;
    let last = if left { "directory-left-on" } else { "directory-employment" };
    let heads = [
        "directory-name",
        "directory-number",
        "directory-department",
        "directory-title-of-post",
        "directory-tiers",
        last,
    ];
    let row = |person: &Listed| {
        let last = match person.left_on.filter(|_| left) {
            Some(day) => dates.short(day),
            None => w.of("directory-employment", person.employment.key()).into_owned(),
        };
        let cells = vec![
            Cell::new(person.name()).href(format!("/people/{}", person.number)).sub(&person.reading),
            Cell::new(&person.number).nowrap(),
            Cell::new(person.department.clone().unwrap_or_default()).nowrap(),
            Cell::new(person.title.clone().unwrap_or_default()).nowrap(),
            Cell::new(titles(w, naming, person.tiers.iter().copied())),
            Cell::new(last).nowrap(),
        ];
        Row { cells, bad: false }
    };
    Table::new(
        w.t("directory-title"),
        heads.into_iter().map(|key| Head::new(w.t(key))).collect(),
        rows.iter().map(row).collect(),
    )
    .stick()
    .lines()
}

fn titles(w: Words, naming: &Naming, tiers: impl Iterator<Item = Tier>) -> String {
    tiers.map(|tier| naming.tier(w, tier)).collect::<Vec<_>>().join(&w.t("web-list-comma"))
}

/// One person.
#[derive(Template)]
#[template(path = "directory/show.html")]
pub struct Show {
    pub shell: Shell,
    pub reading: String,
    pub number: String,
    pub left: Option<Tag>,
    /// functions that become vacant when they leave
    pub vacant: Vec<(Link, String)>,
    pub facts: Facts,
    pub posts: Table,
    pub stand_ins: Option<Table>,
    pub sign_in: Option<Facts>,
    pub sign_in_tag: Option<Tag>,
    /// the number to call, for those who keep the register
    pub call: Option<Form>,
    /// the viewer keeps the register
    pub keeps: bool,
    /// posts that can be ended
    pub endings: Vec<Ending>,
    /// without a sign-in, where the viewer may see that
    pub no_sign_in: bool,
    /// where a locked sign-in is released
    pub release: Option<String>,
}

/// Facts of the personnel register.
pub fn facts(
    w: Words,
    dates: &Dates,
    person: &Person,
    telephone: Option<String>,
    owner: Option<(String, String)>,
    pledged: Option<Fact>,
) -> Facts {
    let fact = |key: &str, value: String| Fact::new(w.t(key), value);
    let mut facts = vec![
        fact("directory-number", person.employee_no.clone()),
        fact("directory-reading", person.reading.clone()),
        fact("directory-mail", person.mail.clone().unwrap_or_default()),
        fact("directory-telephone", telephone.unwrap_or_default()),
        fact("directory-employment", w.of("directory-employment", person.employment.key()).into_owned()),
        fact("directory-joined-on", dates.long(person.joined_on)),
    ];
    facts.extend(person.left_on.map(|day| fact("directory-left-on", dates.long(day))));
    facts.extend(owner.map(|(name, number)| fact("directory-owner", name).href(format!("/people/{number}"))));
    facts.extend(pledged);
    Facts::new(w, facts)
}

/// 誓約: the latest answer, where the regulation asks for one.
pub fn pledged(w: Words, dates: &Dates, pledge: Option<Pledge>) -> Fact {
    let Some(pledge) = pledge else { return Fact::new(w.t("directory-pledge"), w.t("directory-pledge-none")) };
    let day = dates.long_at(pledge.at);
    if pledge.given {
        return Fact::new(w.t("directory-pledge"), w.t1("directory-pledge-given", "day", day));
    }
    let declined = Tag::new(TagTone::Bad, w.t("directory-pledge-declined"));
    Fact::new(w.t("directory-pledge"), day).tag(declined)
}

/// The number to call back when somebody forgot their password; may be left empty.
pub fn telephone_form(w: Words, dates: Dates, number: String) -> Form {
    let field = Field::text("telephone", "directory-telephone").most(40).hint("directory-telephone-hint").optional();
    Form::new(w, dates, vec![field]).fill("telephone", number)
}

/// 発令: today's posts and former ones.
pub fn posts(w: Words, dates: &Dates, naming: &Naming, (scope, posts): (&Scope, &[Post])) -> Table {
    let heads = [
        "directory-department",
        "directory-tier",
        "directory-title-of-post",
        "directory-post-kind",
        "directory-period",
    ];
    let row = |post: &Post| {
        let kind = if post.main { "directory-post-main" } else { "directory-post-concurrent" };
        let function = post.function.as_deref().map(|key| naming.function(w, key).unwrap_or_else(|| key.to_owned()));
        let function = function.unwrap_or_default();
        let until = post.until.and_then(|until| until.pred_opt());
        let cells = vec![
            match scope.all || scope.departments.contains(&post.department.0) || scope.person == post.person.0 {
                true => Cell::new(&post.department_name).href(format!("/posts/{}/handover", post.id)),
                false => Cell::new(&post.department_name),
            },
            Cell::new(naming.tier(w, post.tier)).sub(function),
            Cell::new(&post.title),
            Cell::new(w.t(kind)).nowrap(),
            Cell::new(period(w, dates, post.from, until)).nowrap(),
        ];
        Row { cells, bad: false }
    };
    Table::new(
        w.t("directory-posts"),
        heads.into_iter().map(|key| Head::new(w.t(key))).collect(),
        posts.iter().map(row).collect(),
    )
}

fn period(w: Words, dates: &Dates, from: chrono::NaiveDate, last: Option<chrono::NaiveDate>) -> String {
    let last = last.map(|day| dates.column(day)).unwrap_or_default();
    w.t2("directory-period-of", "from", dates.column(from), "last", last).into_owned()
}

/// The stand-ins of which a person is holder or stand-in.
pub fn person_stand_ins(w: Words, dates: &Dates, naming: &Naming, stand_ins: &[StandIn]) -> Option<Table> {
    let heads =
        ["stand-in-post", "stand-in-holder", "stand-in-person", "stand-in-period", "stand-in-reason", "stand-in-state"];
    let row = |stand_in: &StandIn| {
        let seat = Seat::of(w, dates, naming, stand_in);
        let cells = vec![
            Cell::new(seat.post),
            Cell::new(seat.holder),
            Cell::new(seat.person),
            Cell::new(seat.period).nowrap(),
            Cell::new(seat.reason),
            Cell::new(seat.state).nowrap(),
        ];
        Row { cells, bad: false }
    };
    let rows: Vec<Row> = stand_ins.iter().map(row).collect();
    let heads = heads.into_iter().map(|key| Head::new(w.t(key))).collect();
    (!rows.is_empty()).then(|| Table::new(w.t("directory-stand-ins"), heads, rows))
}

/// Facts of a sign-in, for those who look after it.
pub fn sign_in(w: Words, dates: &Dates, sign_in: &SignIn) -> Facts {
    let moment = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| dates.long_at(at)).unwrap_or_default();
    let mut facts = vec![
        Fact::new(w.t("directory-login"), &sign_in.login),
        Fact::new(w.t("directory-last-sign-in"), moment(sign_in.last_sign_in)),
        Fact::new(w.t("directory-password-since"), moment(sign_in.set_at)),
        Fact::new(w.t("directory-failed"), w.n("directory-times", sign_in.failed)),
    ];
    if sign_in.must_change && sign_in.set_at.is_some() {
        facts.push(Fact::new(w.t("directory-must-change"), w.t("directory-must-change-yes")));
    }
    for (key, at) in [
        ("directory-locked-at", sign_in.locked_at),
        ("directory-disabled-at", sign_in.disabled_at),
        ("directory-code-until", sign_in.code_until),
    ] {
        facts.extend(at.map(|at| Fact::new(w.t(key), dates.long_at(at))));
    }
    Facts::tight(w, facts)
}

/// The state beside the panel's heading: a tag only where it needs attention.
pub fn sign_in_tag(w: Words, sign_in: &SignIn) -> Option<Tag> {
    let tone = match sign_in.state() {
        "active" => return None,
        "waiting" => TagTone::Wait,
        _ => TagTone::Bad,
    };
    Some(Tag::new(tone, w.of("directory-sign-in", sign_in.state())))
}

/// A stand-in as a row says it.
pub struct Seat {
    pub id: String,
    pub post: String,
    pub holder: String,
    pub person: String,
    pub period: String,
    pub reason: String,
    pub state: String,
    /// can still be ended
    pub open: bool,
    /// the question before it is ended
    pub question: String,
}

impl Seat {
    /// In the reader's words.
    pub fn of(w: Words, dates: &Dates, naming: &Naming, stand_in: &StandIn) -> Self {
        let key = if stand_in.ended {
            "ended"
        } else if stand_in.last < dates.today {
            "over"
        } else if stand_in.from > dates.today {
            "coming"
        } else {
            "now"
        };
        Self {
            id: stand_in.id.to_string(),
            post: w
                .t2("stand-in-seat", "department", &stand_in.department_name, "tier", naming.tier(w, stand_in.tier))
                .into_owned(),
            holder: stand_in.holder_name.clone(),
            person: stand_in.person_name.clone(),
            period: period(w, dates, stand_in.from, Some(stand_in.last)),
            reason: stand_in.reason.clone(),
            state: w.of("stand-in-state", key).into_owned(),
            open: matches!(key, "now" | "coming"),
            question: w
                .t2("stand-in-end-question", "holder", &stand_in.holder_name, "name", &stand_in.person_name)
                .into_owned(),
        }
    }
}

/// All stand-ins, for the office.
#[derive(Template)]
#[template(path = "directory/stand_ins.html")]
pub struct StandIns {
    pub shell: Shell,
    pub seats: Vec<Seat>,
    pub empty: Option<Empty>,
}

/// The page's words where there is none yet.
pub fn no_stand_ins(w: Words) -> Empty {
    Empty::new(Icon::Return, w.t("stand-in-none"))
        .text(w.t("stand-in-none-why"))
        .action("/stand-ins/new", w.t("stand-in-new"))
}

/// The form for a new stand-in.
#[derive(Template)]
#[template(path = "directory/stand_in.html")]
pub struct StandInPage {
    pub shell: Shell,
    pub form: Form,
}

/// The posts that somebody could stand in for.
pub fn stand_in_posts(w: Words, naming: &Naming, rights: &Rights, posts: &[HeldPost]) -> Vec<Choice> {
    let label = |post: &HeldPost| {
        let seat = w.t2("stand-in-seat", "department", &post.department, "tier", naming.tier(w, post.tier));
        Label::text(w.t2("stand-in-post-choice", "name", &post.holder, "post", seat))
    };
    let posts = posts.iter().filter(|post| rights.may_have_stand_in(post.tier));
    posts.map(|post| Choice::new(post.id.to_string(), label(post))).collect()
}

/// 権限表
#[derive(Template)]
#[template(path = "directory/permissions.html")]
pub struct Permissions {
    pub shell: Shell,
    pub table: Table,
    /// the widest rights on systems, where the regulation has such a table
    pub limits: Option<Table>,
    pub own_only: bool,
    /// the viewer may ask who could read something
    pub readers: bool,
}

/// The table of those tiers that exist in this organisation; somebody who may see only their own, those they hold.
pub fn permission_table(w: Words, naming: &Naming, rights: &Rights, viewer: &Viewer) -> (Table, bool) {
    let own_only = viewer.reach(Permission::PermissionsView) < Reach::Organisation;
    let exists = |tier: &Tier| naming.tiers.is_empty() || naming.tiers.iter().any(|(named, _, _)| named == tier);
    let tiers: Vec<Tier> =
        Tier::ALL.into_iter().filter(exists).filter(|tier| !own_only || viewer.holds(*tier)).collect();
    let heads = std::iter::once(Head::new(w.t("permission-what")))
        .chain(tiers.iter().map(|tier| Head::new(naming.tier(w, *tier))));
    let row = |permission: &Permission| {
        let cells = tiers.iter().map(|tier| Cell::new(reach_words(w, rights.reach(*tier, *permission))));
        let what = Cell::new(w.of("permission", permission.key().replace(['.', '_'], "-")));
        Row { cells: std::iter::once(what).chain(cells).collect(), bad: false }
    };
    let rows = Permission::ALL.iter().map(row).collect();
    (Table::new(w.t("permission-title"), heads.collect(), rows).stick().wide(), own_only)
}

/// 役割ごとの権限の上限: how far the rights of systems may go that each role is given, where the text wants such a table.
pub fn limits_table(w: Words, naming: &Naming, limits: &RightLimits, viewer: &Viewer) -> Table {
    let own_only = viewer.reach(Permission::PermissionsView) < Reach::Organisation;
    let shown = |tier: &Tier| !own_only || viewer.holds(*tier);
    let row = |tier: Tier| {
        let most = limits.most.get(&tier)?;
        let cells = vec![Cell::new(naming.tier(w, tier)), Cell::new(w.of("permission-limit", most.key()))];
        Some(Row { cells, bad: false })
    };
    let heads = ["permission-role", "permission-limit"].map(|key| Head::new(w.t(key))).into();
    Table::new(w.t("permission-limits"), heads, Tier::ALL.into_iter().filter(shown).filter_map(row).collect())
}

fn reach_words(w: Words, reach: Reach) -> String {
    match reach {
        Reach::None => String::new(),
        Reach::Own => w.t("permission-reach-own").into_owned(),
        Reach::Department => w.t("permission-reach-department").into_owned(),
        Reach::Organisation => w.t("permission-reach-organisation").into_owned(),
    }
}
