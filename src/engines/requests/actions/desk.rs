//! What waits at somebody's desk (承認待ち, 実施待ち): worked out once for all that a page says of it, and anew only once something has
//! happened.
use crate::engines::requests::actions::{kinds, queue_seats};
use crate::engines::requests::model::route::SeatId;
use crate::engines::requests::store::lists::{self, After, Counts, Item, Order, Waiting};
use crate::engines::requests::store::people;
use crate::kernel::access::{FunctionKey, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::unchanged::Unchanged;
use crate::people::model::Post;
use chrono::NaiveDate;
use sqlx::PgConnection;
use std::sync::Arc;
use uuid::Uuid;

/// What waits at the desks that were looked at, a part of the portal.
#[derive(Debug, Default)]
pub struct Desks(Unchanged<Desk, Vec<Waiting>>);

/// What is done at a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum At {
    /// 承認待ち
    Decide,
    /// 実施待ち
    Execute,
}

impl At {
    const fn key(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Execute => "execute",
        }
    }
}

/// The desk of a person: their seats of a day, and all rows of their own person, whose matters wait for others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Desk {
    at: At,
    pub seats: Vec<String>,
    pub selves: Vec<Uuid>,
    /// Who looks, within whose reach the requests lie.
    reader: PersonId,
    today: NaiveDate,
}

/// Which part of it a page shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Part<'a> {
    pub overdue: bool,
    /// Those that ask for much (特権、重要度の高いシステム).
    pub weighty: bool,
    pub kind: Option<&'a str>,
    pub section: Option<Uuid>,
    pub order: Order,
    pub after: Option<After>,
    pub limit: usize,
}

/// The lines of a page, and where the next one begins.
#[derive(Debug, Default)]
pub struct Lines {
    pub items: Vec<Item>,
    pub next: Option<After>,
}

impl Desk {
    /// The desk of `whose`, as `reader` sees it.
    pub async fn of(conn: &mut PgConnection, app: &App, (whose, reader): (&Viewer, &Viewer), at: At) -> Result<Self> {
        Ok(Self {
            at,
            seats: queue_seats(whose, &*kinds(app)?),
            selves: people::selves(conn, whose.natural).await?,
            reader: reader.person,
            today: app.clock().today(),
        })
    }

    /// The desk of one post, whoever is there, as `reader` sees it.
    pub async fn of_post(conn: &mut PgConnection, app: &App, (post, reader): (&Post, &Viewer), at: At) -> Result<Self> {
        let natural = people::naturals(conn, &[post.person.0]).await?.remove(&post.person.0).unwrap_or(post.person);
        let function = post.function.as_deref().and_then(FunctionKey::new);
        let held = (post.tier != Tier::Staff).then(|| SeatId::held(post.tier, post.department, function));
        // what the form of a request gives to one person is answered in their main post
        let own = post.main.then(|| SeatId::of_person(natural));
        Ok(Self {
            at,
            seats: held.into_iter().flatten().chain(own).map(|seat| seat.key()).collect(),
            selves: people::selves(conn, natural).await?,
            reader: reader.person,
            today: app.clock().today(),
        })
    }

    /// Everything that waits there: what is due first stands first, what has no deadline last.
    pub async fn waiting(&self, conn: &mut PgConnection, app: &App) -> Result<Arc<Vec<Waiting>>> {
        let work_out =
            async |conn: &mut PgConnection| lists::desk(conn, self.at.key(), &self.seats, &self.selves).await;
        app.part::<Desks>()?.0.get(conn, self.clone(), work_out).await
    }

    /// How many wait, and how many of them too long.
    #[must_use]
    pub fn counts(&self, waiting: &[Waiting]) -> Counts {
        let late = |one: &&Waiting| one.due.is_some_and(|due| due < self.today);
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Counts { all: count(waiting.len()), overdue: count(waiting.iter().filter(late).count()) }
    }

    /// The lines of a part of it.
    pub async fn lines(&self, conn: &mut PgConnection, waiting: &[Waiting], part: Part<'_>) -> Result<Lines> {
        let shown = waiting.iter().filter(|one| !part.overdue || one.due.is_some_and(|due| due < self.today));
        let shown = shown.filter(|one| part.kind.is_none_or(|kind| one.kind == kind));
        let mut shown: Vec<&Waiting> =
            shown.filter(|one| part.section.is_none_or(|section| one.department == section)).collect();
        if part.weighty {
            let ids: Vec<Uuid> = shown.iter().map(|one| one.id).collect();
            let weighty = lists::weighty(conn, &ids).await?;
            shown.retain(|one| weighty.contains(&one.id));
        }
        let (page, next) = page(shown, part);
        if page.is_empty() {
            return Ok(Lines::default());
        }
        Ok(Lines { items: lists::placed(conn, &page).await?, next })
    }
}

/// The page that begins where the part says, in its order, and where the next one does.
fn page(mut shown: Vec<&Waiting>, part: Part<'_>) -> (Vec<Waiting>, Option<After>) {
    let order = part.order;
    let rank = |one: &&Waiting| one.place(order);
    shown.retain(|one| {
        part.after.is_none_or(|after| match order {
            Order::Newest => rank(one) < after,
            Order::Due | Order::Longest => rank(one) > after,
        })
    });
    let compare = |one: &&Waiting, other: &&Waiting| match order {
        Order::Newest => rank(other).cmp(&rank(one)),
        Order::Due | Order::Longest => rank(one).cmp(&rank(other)),
    };
    // of a full desk only the page is put in order; it stands by its deadlines already
    let more = shown.len() > part.limit;
    if more && order != Order::Due {
        shown.select_nth_unstable_by(part.limit, compare);
    }
    shown.truncate(part.limit);
    if order != Order::Due {
        shown.sort_unstable_by(compare);
    }
    let next = shown.last().filter(|_| more).map(|last| last.place(order));
    (shown.into_iter().cloned().collect(), next)
}
