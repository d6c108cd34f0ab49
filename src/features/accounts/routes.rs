//! Addresses of the アカウント管理台帳: list, row, export, one's own accounts, and initial passwords for other systems.
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::ledger::ACCOUNTS;
use super::model::{Account, Kind, State as AccountState};
use super::sharing::pages;
use super::{passwords, store};
use crate::engines::ledgers::views::{Act, Extra};
use crate::engines::ledgers::{screens, send};
use crate::engines::requests::Kinds;
use crate::engines::requests::actions::kinds;
use crate::engines::requests::drafts::actions::{may_file, may_prepare};
use crate::gate;
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::AccountId;
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted, Pressed, RawQuery};
use crate::web::icons::Icon;
use crate::web::routing::{Access, Can, Nav, Room, Section, get, post};
use crate::web::screen::{Screen, page};
use crate::web::shell::Shell;

gate!(
    /// アカウント管理台帳を見る
    ViewAccounts needs AccountsView,
    /// アカウント管理台帳を書き出す
    ExportAccounts needs AccountsExport,
    /// 承認済みの作業を実施する
    ExecuteRequests needs RequestsExecute,
);

/// Routes and menu.
pub fn room() -> Room {
    Room {
        key: "accounts",
        routes: vec![
            get::<ViewAccounts, _, _>("/ledgers/accounts", list),
            get::<ExportAccounts, _, _>("/ledgers/accounts/export", export_page),
            post::<ExportAccounts, _, _>("/ledgers/accounts/export", export),
            post::<ViewAccounts, _, _>("/ledgers/accounts/views", keep_view),
            post::<ViewAccounts, _, _>("/ledgers/accounts/views/{id}/removal", forget_view),
            get::<ExecuteRequests, _, _>("/ledgers/accounts/initial-password", ask_password),
            post::<ExecuteRequests, _, _>("/ledgers/accounts/initial-password", make_password),
            get::<ViewAccounts, _, _>("/ledgers/accounts/{id}", show),
            get::<ExecuteRequests, _, _>("/ledgers/accounts/{id}/password", ask_change),
            post::<ExecuteRequests, _, _>("/ledgers/accounts/{id}/password", password_changed),
            get::<ViewAccounts, _, _>("/me/accounts", mine),
        ],
        nav: vec![
            nav(Section::Ledgers, 10, "/ledgers/accounts", "accounts-nav", LEDGER_READERS),
            Nav {
                icon: Icon::Lock,
                access: Access::Needs(Permission::RequestsExecute),
                ..nav(
                    Section::Ledgers,
                    30,
                    "/ledgers/accounts/initial-password",
                    "accounts-nav-password",
                    &[Tier::Sysadmin],
                )
            },
            nav(Section::Mine, 60, "/me/accounts", "accounts-nav-mine", &[Tier::Staff]),
        ],
    }
}

/// Everybody but staff, whose own accounts stand on a page of their own.
const LEDGER_READERS: &[Tier] =
    &[Tier::Manager, Tier::Operator, Tier::Sysadmin, Tier::Office, Tier::Ciso, Tier::Committee, Tier::Auditor];

fn nav(section: Section, order: u8, href: &'static str, label: &'static str, tiers: &'static [Tier]) -> Nav {
    let access = Access::Needs(Permission::AccountsView);
    Nav { section, order, href, label, icon: Icon::Account, access, tiers, count: None, goto: None }
}

async fn list(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewAccounts>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    screens::list(&app, &screen, &me, &ACCOUNTS, &raw).await
}

async fn export_page(
    State(app): State<App>,
    screen: Screen,
    me: Can<ExportAccounts>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    send::ask(&app, &screen, &me, &ACCOUNTS, &raw).await
}

async fn export(State(app): State<App>, screen: Screen, me: Can<ExportAccounts>, posted: Posted) -> Result<Response> {
    send::send(&app, &screen, &me, &ACCOUNTS, &posted).await
}

async fn keep_view(State(app): State<App>, screen: Screen, me: Can<ViewAccounts>, posted: Posted) -> Result<Response> {
    screens::keep_view(&app, &screen, &me, &ACCOUNTS, &posted).await
}

async fn forget_view(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewAccounts>,
    Path(id): Path<Uuid>,
    _: Pressed,
) -> Result<Response> {
    screens::forget_view(&app, &screen, &me, &ACCOUNTS, id).await
}

async fn show(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewAccounts>,
    Path(id): Path<AccountId>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let account = store::find(read.conn(), id).await?.ok_or(Error::NotFound)?;
    drop(read);
    let mut extra = Extra { subtitle: format!("{} {}", account.system_name, account.holder_name), ..Extra::default() };
    if account.state == AccountState::Active {
        let kinds = kinds(&app)?;
        let asks = |asked: Asked| ask(&kinds, &me, &account, asked);
        let act = |one: Way, icon| Act { href: one.href, label: screen.w.t(one.label).into_owned(), icon };
        extra.acts.extend(asks(Asked::Change).map(|one| act(one, "pen")));
        if account.kind == Kind::Shared {
            extra.acts.extend(asks(Asked::Users).map(|one| act(one, "people")));
        }
        extra.acts.extend(asks(Asked::Stop).map(|one| act(one, "cross")));
    }
    let shared = account.kind == Kind::Shared && account.state == AccountState::Active;
    if shared && me.may(Permission::RequestsExecute) {
        let label = screen.w.t("accounts-password-changed-title").into_owned();
        extra.acts.push(Act { href: format!("{}/{id}/password", ACCOUNTS.path), label, icon: "check" });
    }
    screens::detail(&app, &screen, &me, &ACCOUNTS, id.0, &raw, extra).await
}

async fn ask_change(
    State(app): State<App>,
    screen: Screen,
    me: Can<ExecuteRequests>,
    Path(id): Path<AccountId>,
) -> Result<Response> {
    pages::ask(&app, &screen, &me, id).await
}

async fn password_changed(
    State(app): State<App>,
    screen: Screen,
    me: Can<ExecuteRequests>,
    Path(id): Path<AccountId>,
    posted: Posted,
) -> Result<Response> {
    pages::changed(&app, &screen, &me, id, &posted).await
}

/// What somebody asks for about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Change,
    Users,
    Stop,
}

/// The way to a form, and the word of the catalogue that leads there.
struct Way {
    href: String,
    label: &'static str,
}

/// Where a request about an account begins, with its holder and the row already chosen; none where this person neither files it
/// nor prepares it for another. Where notice is given of an end of use (利用終了届), nobody requests a stop.
fn ask(kinds: &Kinds, viewer: &Viewer, account: &Account, asked: Asked) -> Option<Way> {
    let (keys, rest): (&[&'static str], _) = match asked {
        Asked::Change => (&["account.change"], ""),
        Asked::Users => (&["account.share"], "&operation=users"),
        Asked::Stop => (&["account.end", "account.stop"], ""),
    };
    let kind = kinds.first_of(keys)?;
    let label = match kind {
        "account.change" => "accounts-ask-change",
        "account.share" => "accounts-ask-users",
        "account.end" => "accounts-ask-end",
        _ => "accounts-ask-stop",
    };
    let registered = kinds.get(kind).ok()?;
    let may = may_file(viewer, registered) || may_prepare(viewer, registered);
    let href = format!("/requests/new/{kind}?person={}&accounts={}{rest}", account.holder, account.id);
    may.then_some(Way { href, label })
}

/// 自分のアカウント
#[derive(Template)]
#[template(path = "accounts/mine.html")]
struct MinePage {
    shell: Shell,
    accounts: Vec<Own>,
    /// something can be asked for about one of them
    asks: bool,
    /// this person requests new accounts
    files: bool,
}

/// One of my accounts.
struct Own {
    system: String,
    name: String,
    rights: String,
    until: String,
    stopped: bool,
    /// its password waits to be changed
    due: bool,
    href: String,
    asks: Vec<Way>,
}

async fn mine(State(app): State<App>, screen: Screen, me: Can<ViewAccounts>) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let mut accounts = Vec::new();
    let kinds = kinds(&app)?;
    for account in store::list_of_holder(read.conn(), me.person).await? {
        let active = account.state == AccountState::Active;
        let asks = [Asked::Change, Asked::Stop].into_iter().filter(|_| active);
        let asks = asks.filter_map(|asked| ask(&kinds, &me, &account, asked)).collect();
        accounts.push(own(&mut read, &screen, account, asks).await?);
    }
    let title = screen.w.t("accounts-mine");
    let shell = screen.shell(&app, &mut read, title, ACCOUNTS.mechanisms).await?;
    let asks = accounts.iter().any(|account| !account.asks.is_empty());
    let files = kinds.get("account.register").is_ok_and(|registered| may_file(&me, registered));
    page(&MinePage { shell, accounts, asks, files })
}

async fn own(read: &mut Read, screen: &Screen, account: Account, asks: Vec<Way>) -> Result<Own> {
    let system = store::find_system(read.conn(), account.system).await?;
    let rights = system.map(|system| system.names(&account.rights)).unwrap_or_default();
    Ok(Own {
        rights: rights.join(&screen.w.t("web-list-comma")),
        until: account.until.map_or_else(|| "—".to_owned(), |day| screen.dates.column(day)),
        stopped: account.state == AccountState::Stopped,
        due: account.password_due.is_some() && account.state == AccountState::Active,
        href: format!("/ledgers/accounts/{}", account.id),
        asks,
        system: account.system_name,
        name: account.name,
    })
}

/// 他システムの初期パスワードを作る: shown once, stored nowhere (4.1.1-3-a).
#[derive(Template)]
#[template(path = "accounts/initial_password.html")]
struct PasswordPage {
    shell: Shell,
    secret: Option<Zeroizing<String>>,
}

async fn ask_password(State(app): State<App>, screen: Screen, me: Can<ExecuteRequests>) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let shell = password_shell(&app, &screen, &mut read).await?;
    page(&PasswordPage { shell, secret: None })
}

async fn make_password(
    State(app): State<App>,
    screen: Screen,
    me: Can<ExecuteRequests>,
    _: Pressed,
) -> Result<Response> {
    app.change(&me.actor(), async |work: &mut Work| passwords::record(work).await).await?;
    let mut read = app.read(&me).await?;
    let shell = password_shell(&app, &screen, &mut read).await?;
    page(&PasswordPage { shell, secret: Some(passwords::generate()) })
}

async fn password_shell(app: &App, screen: &Screen, read: &mut Read) -> Result<Shell> {
    let title = screen.w.t("accounts-password");
    let shell = screen.shell(app, read, title.clone(), &["account.initial_password"]).await?;
    Ok(shell.crumb(ACCOUNTS.path, screen.w.t(ACCOUNTS.title)).crumb_here(title))
}
