//! 引継ぎ: everything that somebody leaves to whoever comes after them, on one page: their posts, what waits at their seats, what they
//! have filed and is still open, the accounts they hold, who stands in for them and for whom they do.
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{SeePeople, store, views};
use crate::engines::requests::actions::desk::{At, Desk, Part};
use crate::engines::requests::store::lists::{Item, Mine, Narrow, mine};
use crate::kernel::access::Permission;
use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PersonId;
use crate::people::permissions;
use crate::people::posts::ROLE_ASSIGNMENT;
use crate::people::store::{self as people, Facts};
use crate::web::extract::Path;
use crate::web::routing::Can;
use crate::web::screen::{House, Screen, page};
use crate::web::shell::Shell;
use crate::web::tables::Table;

/// So many of each are named; more than that is handed over in the lists themselves.
const SHOWN: i64 = 100;
const CASES: usize = 100;

/// A request that is handed over.
struct Case {
    number: String,
    subject: String,
    said: String,
}

/// An account of theirs.
struct Held {
    href: String,
    system: String,
    name: String,
    until: String,
}

#[derive(Template)]
#[template(path = "directory/handover.html")]
struct HandoverPage {
    shell: Shell,
    posts: Table,
    stand_ins: Option<Table>,
    to_decide: Vec<Case>,
    to_do: Vec<Case>,
    own: Vec<Case>,
    accounts: Vec<Held>,
}

/// GET /people/{number}/handover
pub async fn show(
    State(app): State<App>,
    me: Can<SeePeople>,
    screen: Screen,
    Path(number): Path<String>,
) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(&me).await?;
    let scope = me.scope(Permission::PeopleView);
    let id = store::find_number(read.conn(), &scope, &number, dates.today).await?.ok_or(Error::NotFound)?;
    let person = people::find_person(read.conn(), id).await?.ok_or(Error::NotFound)?;
    let posts = people::posts_of(read.conn(), id).await?;
    let stand_ins = people::stand_ins(read.conn(), Some(id), 20).await?;
    let table = permissions::in_force(&app)?;
    let facts = Facts { session: None, source: None, request_ref: Uuid::nil(), must_change_password: false, unread: 0 };
    let theirs = people::viewer_of(read.conn(), &table, id, dates.today, facts).await?;
    let (mut to_decide, mut to_do) = (Vec::new(), Vec::new());
    if let Some(theirs) = theirs {
        let case = |item: &Item| Case {
            number: item.number.clone(),
            subject: item.subject.clone(),
            said: item.waiting_due.map(|due| dates.due(due).text).unwrap_or_default(),
        };
        for (at, cases) in [(At::Decide, &mut to_decide), (At::Execute, &mut to_do)] {
            let desk = Desk::of(read.conn(), &app, (&theirs, &me), at).await?;
            let waiting = desk.waiting(read.conn(), &app).await?;
            let part = Part { limit: CASES, ..Part::default() };
            *cases = desk.lines(read.conn(), &waiting, part).await?.items.iter().map(case).collect();
        }
    }
    let wanted = Mine { person: id, open: true, narrow: &Narrow::default(), after: None, limit: SHOWN };
    let open = mine(read.conn(), &wanted).await?;
    let own = open.iter().map(|item| Case {
        number: item.number.clone(),
        subject: item.subject.clone(),
        said: w.t(item.phase.word()).into_owned(),
    });
    let own = own.collect();
    let accounts = accounts(read.conn(), id).await?.into_iter().map(|held| Held {
        href: format!("/ledgers/accounts/{}", held.id),
        until: held.until.map(|day| dates.column(day)).unwrap_or_default(),
        system: held.system,
        name: held.name,
    });
    let accounts = accounts.collect();
    let title = w.t1("handover-title", "name", person.name()).into_owned();
    let shell = screen.shell(&app, &mut read, title, &[ROLE_ASSIGNMENT]).await?;
    let back = format!("/people/{number}");
    let shell = shell.crumb("/people", w.t("directory-title")).crumb(back, person.name());
    let shell = shell.crumb_here(w.t("handover"));
    page(&HandoverPage {
        posts: views::posts(w, dates, &naming, (&scope, &posts)),
        stand_ins: views::person_stand_ins(w, dates, &naming, &stand_ins),
        to_decide,
        to_do,
        own,
        accounts,
        shell,
    })
}

struct Account {
    id: Uuid,
    system: String,
    name: String,
    until: Option<NaiveDate>,
}

/// The accounts that they hold, as far as whoever looks sees them.
async fn accounts(conn: &mut PgConnection, holder: PersonId) -> Result<Vec<Account>> {
    let rows = sqlx::query_as!(
        Account,
        r#"select a.id as "id!", s.name as "system!", a.account_name as "name!", a.until_on as until
             from accounts_pub a
             join systems_pub s on s.id = a.system_id
            where a.holder_id = $1 and a.state = 'active'
            order by s.code, a.account_name"#,
        holder.0,
    );
    Ok(rows.fetch_all(conn).await?)
}
