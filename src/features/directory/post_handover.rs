//! 引継ぎ of a post: what waits at its seat, who stands in, the drafts that wait for its holder, and the rows that rooms say go with it,
//! for whoever takes it over on a day.
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{SeePeople, views};
use crate::engines::requests::actions::desk::{At, Desk, Part};
use crate::engines::requests::actions::kinds;
use crate::engines::requests::store::lists::Item;
use crate::engines::requests::views::say;
use crate::features::{AllHoldings, Holding, Left};
use crate::kernel::access::{Permission, Scope, Tier};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PostId;
use crate::people::model::Post;
use crate::people::posts::ROLE_ASSIGNMENT;
use crate::people::store as people;
use crate::web::dates::Dates;
use crate::web::extract::{Path, Query};
use crate::web::locale::Words;
use crate::web::parts::{Fact, Facts};
use crate::web::routing::Can;
use crate::web::screen::{House, Naming, Screen, page};
use crate::web::shell::Shell;
use crate::web::tables::Table;

/// So many cases are named; more than that is handed over in the lists themselves.
const CASES: usize = 100;

/// For which day.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    on: String,
}

/// A request that is handed over.
struct Case {
    number: String,
    subject: String,
    said: String,
}

/// A draft that waits for whoever holds the post.
struct Draft {
    kind: String,
    until: String,
}

#[derive(Template)]
#[template(path = "directory/post_handover.html")]
struct PostHandoverPage {
    shell: Shell,
    facts: Facts,
    to_decide: Vec<Case>,
    to_do: Vec<Case>,
    stand_ins: Option<Table>,
    drafts: Vec<Draft>,
    holdings: Vec<Holding>,
}

/// GET /posts/{id}/handover
pub async fn show(
    State(app): State<App>,
    me: Can<SeePeople>,
    screen: Screen,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(&me).await?;
    let post = people::find_post(read.conn(), PostId(id)).await?.ok_or(Error::NotFound)?;
    if !reaches(&me.scope(Permission::PeopleView), &post) {
        return Err(Error::NotFound);
    }
    let number = people::find_person(read.conn(), post.person).await?.map(|person| person.employee_no);
    let on = asked.on.parse().unwrap_or_else(|_| post.until.unwrap_or(dates.today).max(dates.today));
    let mut cases = [Vec::new(), Vec::new()];
    for (at, cases) in [At::Decide, At::Execute].into_iter().zip(&mut cases) {
        let desk = Desk::of_post(read.conn(), &app, (&post, &me), at).await?;
        let waiting = desk.waiting(read.conn(), &app).await?;
        let part = Part { limit: CASES, ..Part::default() };
        *cases = desk.lines(read.conn(), &waiting, part).await?.items.iter().map(|item| case(dates, item)).collect();
    }
    let [to_decide, to_do] = cases;
    let stand_ins = people::stand_ins(read.conn(), Some(post.person), 50).await?;
    let stand_ins: Vec<_> =
        stand_ins.into_iter().filter(|one| one.post == post.id && !one.ended && one.last >= on).collect();
    let drafts = drafts(read.conn(), &app, w, dates, &post).await?;
    let left = Left { person: post.person, department: post.department, section: post.tier != Tier::Staff };
    let mut holdings = Vec::new();
    for of in &app.part::<AllHoldings>()?.0 {
        holdings.extend(of(&mut read, &me, &screen, left).await?);
    }
    let others = others(read.conn(), &post, on).await?;
    let name = called(w, &naming, &post);
    let title = w.t1("handover-post-title", "post", &name).into_owned();
    let shell = screen.shell(&app, &mut read, title, &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/people", w.t("directory-title"));
    let shell = match number {
        Some(number) => shell.crumb(format!("/people/{number}"), &post.person_name),
        None => shell,
    };
    let shell = shell.crumb_here(w.t("handover-post"));
    let facts = facts(w, dates, (&post, on), &name, &others);
    page(&PostHandoverPage {
        facts,
        to_decide,
        to_do,
        stand_ins: views::person_stand_ins(w, dates, &naming, &stand_ins),
        drafts,
        holdings,
        shell,
    })
}

/// May a post of this scope be looked at?
fn reaches(scope: &Scope, post: &Post) -> bool {
    scope.all || scope.departments.contains(&post.department.0) || scope.person == post.person.0
}

fn case(dates: &Dates, item: &Item) -> Case {
    Case {
        number: item.number.clone(),
        subject: item.subject.clone(),
        said: item.waiting_due.map(|due| dates.due(due).text).unwrap_or_default(),
    }
}

/// 「営業部 課長」, or the function that it is for.
fn called(w: Words, naming: &Naming, post: &Post) -> String {
    let function = post.function.as_deref().and_then(|key| naming.function(w, key));
    let what = function.unwrap_or_else(|| naming.tier(w, post.tier));
    let what = if post.title.is_empty() || post.function.is_some() { what } else { post.title.clone() };
    format!("{} {what}", post.department_name)
}

fn facts(w: Words, dates: &Dates, (post, on): (&Post, NaiveDate), name: &str, others: &[String]) -> Facts {
    let others =
        if others.is_empty() { w.t("handover-nobody-else").into_owned() } else { others.join(&w.t("web-list-comma")) };
    let last = post.until.and_then(|until| until.pred_opt());
    let until = last.map_or_else(|| w.t("handover-no-end").into_owned(), |day| dates.long(day));
    let facts = vec![
        Fact::new(w.t("handover-the-post"), name),
        Fact::new(w.t("handover-holder"), &post.person_name),
        Fact::new(w.t("handover-until"), until),
        Fact::new(w.t("handover-on"), dates.long(on)),
        Fact::new(w.t("handover-others"), others),
        Fact::new(w.t("handover-state-of"), dates.long(dates.today)),
    ];
    Facts::new(w, facts)
}

/// Who else sits there on that day: the successor, where one is appointed.
async fn others(conn: &mut PgConnection, post: &Post, on: NaiveDate) -> Result<Vec<String>> {
    let rows = sqlx::query_scalar!(
        r#"select concat_ws(' ', n.family_name, nullif(n.given_name, '')) as "name!"
             from post p
             join person n on n.id = p.person_id and (n.left_on is null or n.left_on >= $5)
            where p.department_id = $1 and p.tier = $2 and p.function is not distinct from $3
              and p.person_id <> $4 and p.during @> $5::date
            order by n.reading, n.id
            limit 20"#,
        post.department.0,
        post.tier.key(),
        post.function,
        post.person.0,
        on,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// The drafts that wait for the one who holds it, by kind and last day: what they say stays between the two whose they are.
async fn drafts(conn: &mut PgConnection, app: &App, w: Words, dates: &Dates, post: &Post) -> Result<Vec<Draft>> {
    let kinds = kinds(app)?;
    let rows =
        sqlx::query!(r#"select kind as "kind!", expires_on as "until!" from drafts_waiting_for($1)"#, post.person.0,);
    let draft = |kind: String, until: NaiveDate| Draft {
        kind: kinds.get(&kind).map(|known| say(w, &known.kind.title)).unwrap_or(kind),
        until: dates.short(until),
    };
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| draft(row.kind, row.until)).collect())
}
