//! 「なぜ見えないのか」: which line of the permission table opens a screen to somebody, or would; of rows it tells nothing.
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::SeePermissions;
use crate::kernel::access::{Permission, Reach, Tier};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::text;
use crate::people::acting;
use crate::people::designees::{self, Designation};
use crate::people::model::{Post, StandIn};
use crate::people::permissions::{self, Holding, Named, Table as Rights, by_rule, without_post};
use crate::people::store as people;
use crate::web::dates::Dates;
use crate::web::extract::Query;
use crate::web::locale::Words;
use crate::web::routing::{Access, Can, Doors};
use crate::web::screen::{House, Naming, Screen, page};
use crate::web::shell::{Banner, Shell, Tone};
use crate::web::tables::{Cell, Filter, Filters, Head, Row, Table};

/// Which screen, and about whom.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    to: String,
    person: String,
}

#[derive(Template)]
#[template(path = "directory/why.html")]
struct Why {
    shell: Shell,
    filters: Filters,
    verdict: Banner,
    /// the person's posts and what the line gives each of them
    posts: Option<Table>,
    /// the tiers that the line opens the screen to
    line: Option<Table>,
}

/// GET /permissions/why
pub async fn show(
    State(app): State<App>,
    me: Can<SeePermissions>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(&me).await?;
    // about others only the office asks, which gives the posts
    let others = me.may(Permission::PeopleEdit);
    let typed = text::clean_line(&asked.person);
    if !typed.is_empty() && !others {
        return Err(Error::NotFound);
    }
    let person = if typed.is_empty() { Some(me.person) } else { find(&mut read, &typed, dates).await? };
    let path: String = text::clean_line(&asked.to).chars().take(200).collect();
    let rights = permissions::in_force(&app)?;
    let door = app.part::<Doors>()?.find(path.split(['?', '#']).next().unwrap_or_default());
    let shell = screen.shell(&app, &mut read, w.t("why-title"), &["account.least_rights"]).await?;
    let shell = shell.crumb("/permissions", w.t("permission-title")).crumb_here(w.t("why-title"));
    let mut view = Why {
        shell,
        filters: filters(w, &path, &typed, others),
        verdict: Banner::new(Tone::Info, w.t("why-ask")),
        posts: None,
        line: None,
    };
    let Some(person) = person else {
        view.verdict = Banner::new(Tone::Warn, w.t("stand-in-person-unknown"));
        return page(&view);
    };
    let posts = people::posts_of(read.conn(), person).await?;
    let stand_ins = people::stand_ins(read.conn(), Some(person), 50).await?;
    let own_account = people::find_person(read.conn(), person).await?.is_some_and(|person| person.owner.is_some());
    let named = designees::of_person(read.conn(), person).await?;
    let held = held(&posts, &named, &stand_ins, (person, own_account), dates);
    let ruled =
        by_rule(vec![Reach::None; Permission::ALL.len()], acting::names(read.conn(), person, dates.today).await?);
    match door {
        None if path.is_empty() => {}
        None => view.verdict = Banner::new(Tone::Warn, w.t("why-no-screen")).body(w.t("why-no-screen-body")),
        Some(door) => match door.access {
            Access::Open => view.verdict = Banner::new(Tone::Good, w.t("why-open")),
            Access::SignedIn => view.verdict = Banner::new(Tone::Good, w.t("why-signed-in")),
            Access::Needs(permission) => {
                let widest = held.iter().filter(|post| post.now).map(|post| post.reach(&rights, permission));
                let ruled = ruled.get(permission.place()).copied().unwrap_or(Reach::None);
                let widest = widest.chain([without_post(permission), ruled]).max().unwrap_or(Reach::None);
                // a screen that does not exist for this person does not exist here either
                if door.hidden && widest == Reach::None && !others {
                    view.verdict = Banner::new(Tone::Warn, w.t("why-no-screen")).body(w.t("why-no-screen-body"));
                } else {
                    view.verdict = verdict(w, permission, widest);
                    let administers = held.iter().any(|post| post.now && post.tier == Tier::Sysadmin);
                    if rights.only_apart(permission) && administers && !own_account && widest == Reach::None {
                        view.verdict = view.verdict.clone().body(w.t("why-apart-body"));
                    }
                    if ruled > Reach::None {
                        view.verdict = view.verdict.clone().body(w.t("why-by-rule-body"));
                    }
                    view.posts = Some(table(w, dates, &naming, (&rights, &held), permission));
                    view.line = Some(line(w, &naming, &rights, permission));
                }
            }
        },
    }
    page(&view)
}

async fn find(read: &mut Read, typed: &str, dates: &Dates) -> Result<Option<PersonId>> {
    let found = people::named(read.conn(), typed, dates.today).await?;
    Ok(match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    })
}

fn filters(w: Words, path: &str, person: &str, others: bool) -> Filters {
    let words = |name: &str, label: &str, hint: &str, value: &str| Filter::Words {
        name: name.to_owned(),
        label: w.t(label).into_owned(),
        value: value.to_owned(),
        hint: w.t(hint).into_owned(),
    };
    let mut filters = vec![words("to", "why-to", "why-to-hint", path)];
    if others {
        filters.push(words("person", "why-person", "stand-in-person-hint", person));
    }
    let (action, keep, faults) = ("/permissions/why".to_owned(), Vec::new(), Vec::new());
    Filters { w, action, keep, filters, verb: "readers-go", clear: None, faults }
}

/// A post, or one held as a stand-in.
struct Held {
    department: String,
    tier: Tier,
    title: String,
    from: chrono::NaiveDate,
    last: Option<chrono::NaiveDate>,
    acting_for: Option<String>,
    own_account: bool,
    named: Named,
    now: bool,
}

impl Held {
    fn reach(&self, rights: &Rights, permission: Permission) -> Reach {
        let holding = Holding { stand_in: self.acting_for.is_some(), own_account: self.own_account, named: self.named };
        let reaches = rights.of_post(self.tier, holding);
        reaches.get(permission.place()).copied().unwrap_or(Reach::None)
    }
}

fn held(
    posts: &[Post],
    named: &[Designation],
    stand_ins: &[StandIn],
    (person, own_account): (PersonId, bool),
    dates: &Dates,
) -> Vec<Held> {
    let now =
        |from, last: Option<chrono::NaiveDate>| from <= dates.today && last.is_none_or(|last| last >= dates.today);
    let own = posts.iter().map(|post| {
        let last = post.until.and_then(|until| until.pred_opt());
        Held {
            department: post.department_name.clone(),
            tier: post.tier,
            title: post.title.clone(),
            from: post.from,
            last,
            acting_for: None,
            own_account,
            named: named.iter().find(|named| named.post == post.id).map_or(Named::No, |named| {
                let holds = named.standing(dates.today).holds();
                Named::of(Some(if holds { &named.matters } else { &[] }))
            }),
            now: now(post.from, last),
        }
    });
    let acting =
        stand_ins.iter().filter(|stand_in| stand_in.person == person && !stand_in.ended).map(|stand_in| Held {
            department: stand_in.department_name.clone(),
            tier: stand_in.tier,
            title: String::new(),
            from: stand_in.from,
            last: Some(stand_in.last),
            acting_for: Some(stand_in.holder_name.clone()),
            own_account,
            named: Named::No,
            now: now(stand_in.from, Some(stand_in.last)),
        });
    own.chain(acting).collect()
}

fn named(w: Words, permission: Permission) -> String {
    w.of("permission", permission.key().replace(['.', '_'], "-")).into_owned()
}

fn verdict(w: Words, permission: Permission, widest: Reach) -> Banner {
    let (tone, key, body) = match widest {
        Reach::None => (Tone::Bad, "why-closed", "why-closed-body"),
        Reach::Own => (Tone::Info, "why-own", "why-rows-body"),
        Reach::Department => (Tone::Info, "why-department", "why-rows-body"),
        Reach::Organisation => (Tone::Good, "why-all", "why-all-body"),
    };
    Banner::new(tone, w.t1(key, "what", named(w, permission))).body(w.t(body))
}

fn table(
    w: Words,
    dates: &Dates,
    naming: &Naming,
    (rights, held): (&Rights, &[Held]),
    permission: Permission,
) -> Table {
    let heads = ["directory-tier", "directory-department", "directory-period", "why-today", "why-reach"];
    let row = |post: &Held| {
        let tier = Cell::new(naming.tier(w, post.tier));
        let tier = match &post.acting_for {
            Some(name) => tier.sub(w.t1("why-acting-for", "name", name)),
            None => tier.sub(post.title.clone()),
        };
        let last = post.last.map(|day| dates.short(day)).unwrap_or_default();
        let today = if post.now { "why-in-force" } else { "why-not-in-force" };
        let cells = vec![
            tier,
            Cell::new(&post.department),
            Cell::new(w.t2("directory-period-of", "from", dates.short(post.from), "last", last)).nowrap(),
            Cell::new(w.t(today)).nowrap(),
            Cell::new(reach_words(w, post.reach(rights, permission))),
        ];
        Row { cells, bad: false }
    };
    let heads = heads.into_iter().map(|key| Head::new(w.t(key))).collect();
    Table::new(w.t("why-posts"), heads, held.iter().take(30).map(row).collect())
}

fn line(w: Words, naming: &Naming, rights: &Rights, permission: Permission) -> Table {
    let exists = |tier: &Tier| naming.tiers.iter().any(|(named, _, _)| named == tier);
    let opened = Tier::ALL.into_iter().filter(exists).map(|tier| (tier, rights.reach(tier, permission)));
    let rows = opened.filter(|(_, reach)| *reach > Reach::None).map(|(tier, reach)| Row {
        cells: vec![Cell::new(naming.tier(w, tier)), Cell::new(reach_words(w, reach))],
        bad: false,
    });
    let heads = ["directory-tier", "why-reach"].into_iter().map(|key| Head::new(w.t(key))).collect();
    Table::new(named(w, permission), heads, rows.collect())
}

/// How far, in words; nothing is said as 「できない」.
pub fn reach_words(w: Words, reach: Reach) -> String {
    let key = match reach {
        Reach::None => "why-reach-none",
        Reach::Own => "permission-reach-own",
        Reach::Department => "permission-reach-department",
        Reach::Organisation => "permission-reach-organisation",
    };
    w.t(key).into_owned()
}
