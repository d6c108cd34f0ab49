//! Addresses of sheets: that of a request, the empty one of a kind, and the number that holds one against the record.
use super::check::{self, CheckNumber};
use super::views::{self, Found, PaperPage, Print, VerificationPage};
use crate::engines::regulations::Regulations;
use crate::engines::requests::actions::{self, Hand, Open};
use crate::engines::requests::drafts::actions::{may_file, may_prepare};
use crate::engines::requests::kinds::Registered;
use crate::engines::requests::routes::{FileRequests, ViewRequests};
use crate::engines::requests::store::people;
use crate::engines::requests::views::sheet::sheet;
use crate::kernel::app::App;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Result};
use crate::kernel::keys::Purpose;
use crate::kernel::text;
use crate::web::dates::Dates;
use crate::web::extract::{Path, Query};
use crate::web::locale::{Lang, Words};
use crate::web::routing::{Can, Route, get};
use crate::web::screen::{Screen, page};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

/// The routes of this room.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        get::<ViewRequests, _, _>("/requests/{number}/form", filled),
        get::<FileRequests, _, _>("/requests/new/{kind}/form", blank),
        get::<ViewRequests, _, _>("/requests/verification", verify),
    ]
}

/// How sheets write days and words, whoever reads them.
const fn japanese(dates: &Dates) -> Dates {
    Dates { lang: Lang::Ja, western: false, today: dates.today }
}

/// The places of the clauses by which a kind is filed, with the name of their text.
fn clauses(app: &App, registered: &Registered) -> Result<Vec<String>> {
    let regulations = app.part::<Regulations>()?;
    let Some(entry) = regulations.library().get(&registered.edition) else { return Ok(Vec::new()) };
    let mut labels: Vec<String> = Vec::new();
    for (at, id) in registered.kind.clauses.iter().enumerate() {
        let Some(clause) = entry.catalogue.clause(id) else { continue };
        let place = clause.short_place();
        labels.push(if at == 0 { format!("{} {place}", entry.catalogue.title) } else { place.to_owned() });
    }
    Ok(labels)
}

async fn filled(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Path(number): Path<String>,
) -> Result<Response> {
    let dates = japanese(&screen.dates);
    let hand = Hand::new(&app, &me.0, Words(Lang::Ja))?;
    let mut read = app.read(&me).await?;
    let mut open = Open::read(read.conn(), &app, &hand.viewer, &number).await?;
    let sheet = sheet(read.conn(), &hand, &dates, &mut open).await?;
    let filed = local(open.request.filed_at).date_naive();
    let post = match open.request.requester_id {
        Some(person) => people::title_on(read.conn(), person, filed).await?,
        None => String::new(),
    };
    let deeds = check::deeds(read.conn(), &open.request).await?;
    let check = CheckNumber::of(&*app.keys().subkey(Purpose::Paper), open.request.id, &deeds);
    let clauses = clauses(&app, &open.registered)?;
    let origin = app.config().origin.clone();
    let print = Print { hand: &hand, dates: &dates, origin: &origin, at: app.clock().now(), clauses };
    let paper = views::filled(&print, &open, &sheet, &post, &check);
    let title = format!("{} {}", paper.title, sheet.number);
    let shell = screen.shell(&app, &mut read, title, &[sheet.mechanism]).await?;
    page(&PaperPage { shell, back: format!("/requests/{number}"), paper })
}

async fn blank(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(kind): Path<String>,
) -> Result<Response> {
    let dates = japanese(&screen.dates);
    let hand = Hand::new(&app, &me.0, Words(Lang::Ja))?;
    let kinds = actions::kinds(&app)?;
    let registered = kinds.get(&kind)?;
    if !may_file(&me, registered) && !may_prepare(&me, registered) {
        return Err(Error::Refused("requests-refused-applicant".into()));
    }
    let clauses = clauses(&app, registered)?;
    let origin = app.config().origin.clone();
    let print = Print { hand: &hand, dates: &dates, origin: &origin, at: app.clock().now(), clauses };
    let paper = views::blank(&print, registered);
    let mut read = app.read(&me).await?;
    let shell = screen.shell(&app, &mut read, paper.title.clone(), &[registered.effects.key()]).await?;
    page(&PaperPage { shell, back: format!("/requests/new/{kind}"), paper })
}

/// What stands on the sheet.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    number: String,
    #[serde(default)]
    check: String,
}

async fn verify(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let number = text::digits(&asked.number).to_ascii_uppercase();
    let mut read = app.read(&me).await?;
    let found = if number.is_empty() && asked.check.trim().is_empty() {
        None
    } else {
        let open = match Open::read(read.conn(), &app, &me, &number).await {
            Ok(open) => Some(open),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
        Some(match open {
            Some(open) => {
                let deeds = check::deeds(read.conn(), &open.request).await?;
                said(&app, &screen, &open, &deeds, &asked.check)
            }
            None => Found {
                good: false,
                said: screen.w.t("paper-verify-unknown").into_owned(),
                since: String::new(),
                href: None,
            },
        })
    };
    let shell = screen.shell(&app, &mut read, screen.w.t("paper-verify"), &[]).await?;
    let shell = shell.crumb("/requests", screen.w.t("nav-requests")).crumb_here(screen.w.t("paper-verify"));
    page(&VerificationPage { shell, number, check: asked.check, found })
}

/// Holds the number against every state of the record.
fn said(app: &App, screen: &Screen, open: &Open, deeds: &[check::Deed], typed: &str) -> Found {
    let w = screen.w;
    let href = Some(format!("/requests/{}", open.request.number));
    let key = app.keys().subkey(Purpose::Paper);
    let count = CheckNumber::read(typed).and_then(|number| check::found(&*key, open.request.id, deeds, &number));
    let state = count.and_then(|count| deeds.get(count - 1).map(|deed| (count, deed)));
    let Some((count, deed)) = state else {
        return Found { good: false, said: w.t("paper-verify-bad").into_owned(), since: String::new(), href };
    };
    let later = deeds.len() - count;
    let at = screen.dates.long_at(deed.at);
    let said = w.t2("paper-verify-good", "number", &open.request.number, "at", at).into_owned();
    let since = if later == 0 {
        w.t("paper-verify-nothing-since").into_owned()
    } else {
        w.n("paper-verify-since", later).into_owned()
    };
    Found { good: true, said, since, href }
}
