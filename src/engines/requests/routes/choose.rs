//! 申請する: what somebody may file, prepare for another one, or is told who files.
use super::{FileRequests, hand};
use crate::engines::regulations;
use crate::engines::requests::Kinds;
use crate::engines::requests::actions::{self, Hand};
use crate::engines::requests::drafts;
use crate::engines::requests::kinds::Registered;
use crate::engines::requests::model::route::SeatId;
use crate::engines::requests::store::people;
use crate::engines::requests::views::lists::{ByOthers, ChoosePage, KindView};
use crate::engines::requests::views::say;
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use sqlx::PgConnection;

/// May this person file this kind at all?
pub(super) fn may_file(hand: &Hand, registered: &Registered) -> bool {
    drafts::actions::may_file(&hand.viewer, registered)
}

/// 申請する: by the titles that the organisation uses.
pub(super) async fn choose(State(app): State<App>, me: Can<FileRequests>, screen: Screen) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let kinds = actions::kinds(&app)?;
    let mut read = app.read(&me).await?;
    let shell = screen.shell(&app, &mut read, screen.w.t("requests-choose"), &[]).await?;
    let prepares = preparable(&app, &kinds, &hand);
    let mut others = Vec::new();
    for registered in kinds.iter().filter(|registered| {
        !registered.kind.without_sign_in
            && !may_file(&hand, registered)
            && !drafts::actions::may_prepare(&hand.viewer, registered)
    }) {
        let who = who_files(read.conn(), &hand, registered, screen.dates.today).await?;
        others.push(ByOthers {
            title: say(hand.w, &registered.kind.title),
            hint: say(hand.w, &registered.kind.hint),
            who: screen.w.t1("requests-files", "who", who).into_owned(),
        });
    }
    let kinds = offered(&app, &kinds, &hand);
    let (received, own) = drafts::routes::waiting(&mut read, &app, &screen, &me).await?;
    let shell = shell.crumb("/requests", screen.w.t("nav-requests")).crumb_here(screen.w.t("requests-choose"));
    page(&ChoosePage { shell, kinds, prepares, others, received, own })
}

/// 「部門管理者（佐藤 直樹）」: who files a kind for the section of whoever asks, or for the nearest one above it.
pub(super) async fn who_files(
    conn: &mut PgConnection,
    hand: &Hand,
    registered: &Registered,
    today: NaiveDate,
) -> Result<String> {
    let Some(tier) = registered.kind.applicants.first().copied() else { return Ok(String::new()) };
    let org = people::organisation(conn, today, None).await?;
    let mut at = hand.viewer.main_post().map(|post| post.department);
    let mut holders = Vec::new();
    // the tree has no ring; the bound only keeps a broken one from hanging a page
    for _ in 0..32 {
        let Some(department) = at else { break };
        let seat = org.seats.get(&SeatId::of(tier, Some(department)));
        holders = seat.map(|seat| seat.holders.iter().map(|person| person.0).collect()).unwrap_or_default();
        if !holders.is_empty() {
            break;
        }
        at = org.parents.get(&department).copied();
    }
    let names = people::names(conn, &holders, today).await?;
    let names: Vec<&str> = holders.iter().filter_map(|id| names.get(id)).map(|name| name.full.as_str()).collect();
    let title = hand.tier(tier);
    if names.is_empty() {
        return Ok(title);
    }
    Ok(hand.w.t2("requests-title-names", "title", title, "names", names.join(&hand.w.t("web-list-comma"))).into_owned())
}

/// What this person may apply for, by the titles of the adopted regulation.
#[must_use]
pub fn offered(app: &App, kinds: &Kinds, hand: &Hand) -> Vec<KindView> {
    kinds.iter().filter(|registered| may_file(hand, registered)).map(|one| view(app, hand, one)).collect()
}

/// What this person may fill in for whoever files it for their section.
#[must_use]
pub fn preparable(app: &App, kinds: &Kinds, hand: &Hand) -> Vec<KindView> {
    let prepares = |registered: &&Registered| drafts::actions::may_prepare(&hand.viewer, registered);
    kinds.iter().filter(prepares).map(|one| view(app, hand, one)).collect()
}

fn view(app: &App, hand: &Hand, registered: &Registered) -> KindView {
    KindView {
        key: registered.kind.key.clone(),
        title: say(hand.w, &registered.kind.title),
        hint: say(hand.w, &registered.kind.hint),
        clauses: clauses(app, hand, registered),
        org_defined: registered.kind.org_defined(),
    }
}

/// The clauses that a kind fulfils, as the regulation itself counts them.
fn clauses(app: &App, hand: &Hand, registered: &Registered) -> String {
    let basis = regulations::basis(app, &hand.viewer, &[registered.effects.key()]);
    let mut labels: Vec<String> = basis.into_iter().map(|basis| basis.label).collect();
    labels.dedup();
    labels.join(&hand.w.t("web-list-comma"))
}
