//! The page around a page: from the visit and the rooms' declarations to the `Shell` that a template holds.
use std::sync::{Arc, RwLock};

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use futures::future::BoxFuture;
use sqlx::PgConnection;

use super::dates::Dates;
use super::identify::{self, Visit};
use super::locale::{Line, Words};
use super::routing::{Access, Nav};
use super::shell::{Badge, Banner, Basis, Link, NavGroup, NavItem, Notices, Shell, Standing, StandingOption, Tone};
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};

/// How many wait, for the menu: one query for all of them.
pub type Counts =
    for<'a> fn(&'a App, &'a mut PgConnection, &'a Viewer) -> BoxFuture<'a, Result<Vec<(&'static str, u64)>>>;

/// What the organisation calls things; filled when the portal starts and when it changes.
#[derive(Debug, Clone, Default)]
pub struct Naming {
    /// 組織名
    pub organisation: String,
    /// whom to ask, at which number
    pub help: String,
    /// titles of the tiers in the adopted regulation, short (ja, en)
    pub tiers: Vec<(Tier, String, String)>,
    /// functions of the regulations in force: key, and the title (ja, en)
    pub functions: Vec<(String, String, String)>,
    /// what the adopted regulation says in words of its own: key, and the words (ja, en)
    pub phrases: Vec<(String, String, String)>,
}

impl Naming {
    /// What the adopted regulation has the portal say here, where it has words of its own.
    #[must_use]
    pub fn phrase(&self, w: Words, key: &str) -> Option<String> {
        let (_, ja, en) = self.phrases.iter().find(|(name, ..)| name == key)?;
        Some(if w.lang() == super::locale::Lang::Ja { ja.clone() } else { en.clone() })
    }

    /// The title of the function that a post is for: by its key, or by the title that stands there.
    #[must_use]
    pub fn function(&self, w: Words, key: &str) -> Option<String> {
        let (_, ja, en) = self.functions.iter().find(|(name, ja, _)| name == key || ja == key)?;
        Some(if w.lang() == super::locale::Lang::Ja { ja.clone() } else { en.clone() })
    }

    /// The tier's title in the adopted regulation; the neutral word where it has none.
    #[must_use]
    pub fn tier(&self, w: Words, tier: Tier) -> String {
        let found = self.tiers.iter().find(|(key, _, _)| *key == tier);
        match found {
            Some((_, ja, en)) => {
                if w.lang() == super::locale::Lang::Ja {
                    ja.clone()
                } else {
                    en.clone()
                }
            }
            None => w.of("tier", tier.key()).into_owned(),
        }
    }
}

/// What every page needs from the rooms; portal.rs plugs it in.
pub struct House {
    /// the menu's entries
    pub nav: Vec<Nav>,
    /// the numbers beside them
    pub counts: Counts,
    /// what the organisation calls things
    pub naming: RwLock<Arc<Naming>>,
    /// 「この画面の根拠」: mechanism keys → clauses, in words this person may see
    pub basis: fn(&App, &Viewer, &[&str]) -> Vec<Basis>,
}

impl House {
    /// What the organisation calls things now.
    #[must_use]
    pub fn naming(&self) -> Arc<Naming> {
        self.naming.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// New names (adoption, set-up).
    pub fn rename(&self, change: impl FnOnce(&mut Naming)) {
        let mut naming = self.naming.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(Arc::make_mut(&mut naming));
    }
}

/// One page in the making: the visit, its language, its dates.
#[derive(Debug, Clone)]
pub struct Screen {
    /// the visit
    pub visit: Arc<Visit>,
    /// the words of the reader's language
    pub w: Words,
    /// how the reader sees dates
    pub dates: Dates,
}

impl FromRequestParts<App> for Screen {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self::of(app, identify::visit(parts)?))
    }
}

impl Screen {
    /// The screen of a visit.
    #[must_use]
    pub fn of(app: &App, visit: Arc<Visit>) -> Self {
        let w = Words(visit.lang);
        Self { w, dates: Dates { lang: w.lang(), western: visit.western, today: app.clock().today() }, visit }
    }

    /// Around a page for somebody signed in: menu with its numbers, standing, the last action's message.
    /// `mechanisms` are those the page carries out; they become 「この画面の根拠」.
    pub async fn shell(
        &self,
        app: &App,
        read: &mut Read,
        title: impl Into<String>,
        mechanisms: &[&str],
    ) -> Result<Shell> {
        let house = app.part::<House>()?;
        let mut shell = self.plain(app, title)?;
        let Some(viewer) = self.visit.viewer.as_deref() else { return Ok(shell) };
        let naming = house.naming();
        let standing = self.standing(viewer);
        let counts = (house.counts)(app, read.conn(), viewer).await?;
        shell.posted = self.visit.posted;
        shell.person = Some(self.badge(viewer));
        shell.standing = self.standings(viewer, &naming, standing);
        shell.nav = self.menu(&house.nav, viewer, standing, &counts);
        shell.account = vec![
            Link::new("/me/sessions", self.w.t("nav-my-sessions")),
            Link::new("/notices/settings", self.w.t("nav-my-notices")),
            Link::new("/me/stand-ins", self.w.t("nav-my-stand-ins")),
            Link::new("/me/password", self.w.t("nav-my-password")),
        ];
        shell.apply = viewer.may(Permission::RequestsFile).then(|| "/requests/new".to_owned());
        if viewer.may(Permission::OwnSettings) {
            shell.notices = Some(Notices { href: "/notices".to_owned(), unread: viewer.unread });
            shell.modules.push("bell");
        }
        shell.basis = (house.basis)(app, viewer, mechanisms);
        Ok(shell)
    }

    /// Around a page without a menu that carries out `mechanisms` all the same.
    pub fn plain_of(&self, app: &App, viewer: &Viewer, title: impl Into<String>, mechanisms: &[&str]) -> Result<Shell> {
        let mut shell = self.plain(app, title)?;
        shell.basis = (app.part::<House>()?.basis)(app, viewer, mechanisms);
        Ok(shell)
    }

    /// Around a page that anybody may open.
    pub fn plain(&self, app: &App, title: impl Into<String>) -> Result<Shell> {
        let naming = app.part::<House>()?.naming();
        let mut shell = Shell::new(self.w, self.dates, title);
        shell.theme = self.visit.theme;
        shell.idle = self.visit.viewer.is_some().then(|| *app.settings().session.idle_minutes);
        shell.csrf.clone_from(&self.visit.token);
        shell.here.clone_from(&self.visit.here);
        shell.organisation.clone_from(&naming.organisation);
        shell.help.clone_from(&naming.help);
        shell.banner = self.flash();
        Ok(shell)
    }

    /// The viewer of a page behind a gate.
    pub fn viewer(&self) -> Result<&Arc<Viewer>> {
        self.visit.viewer.as_ref().ok_or(Error::SignInFirst)
    }

    /// In which capacity the person looks (立場): the chosen one if held, else the one with most to do.
    #[must_use]
    pub fn standing(&self, viewer: &Viewer) -> Tier {
        let chosen = self.visit.standing.filter(|tier| viewer.holds(*tier));
        let busiest = [
            Tier::Sysadmin,
            Tier::Manager,
            Tier::Office,
            Tier::Ciso,
            Tier::Committee,
            Tier::Auditor,
            Tier::Operator,
            Tier::Designer,
            Tier::Head,
            Tier::Vendor,
        ];
        chosen.or_else(|| busiest.into_iter().find(|tier| viewer.holds(*tier))).unwrap_or(Tier::Staff)
    }

    fn badge(&self, viewer: &Viewer) -> Badge {
        let post = viewer.main_post();
        let place = post.map(|post| format!("{} {}", post.department_name, post.title).trim().to_owned());
        Badge { name: viewer.name.clone(), place: place.unwrap_or_default() }
    }

    fn standings(&self, viewer: &Viewer, naming: &Naming, now: Tier) -> Standing {
        let mut held: Vec<Tier> = Tier::ALL.into_iter().filter(|tier| viewer.holds(*tier)).collect();
        if !held.contains(&Tier::Staff) {
            held.insert(0, Tier::Staff);
        }
        let option = |tier: Tier| StandingOption {
            value: tier.key().to_owned(),
            title: naming.tier(self.w, tier),
            current: tier == now,
        };
        Standing { title: naming.tier(self.w, now), options: held.into_iter().map(option).collect() }
    }

    fn menu(&self, nav: &[Nav], viewer: &Viewer, standing: Tier, counts: &[(&'static str, u64)]) -> Vec<NavGroup> {
        let open = |entry: &&Nav| {
            let may = match entry.access {
                Access::Needs(permission) => viewer.may(permission),
                Access::Open | Access::SignedIn => true,
            };
            let concerns = entry.count.is_none_or(|key| counts.iter().any(|(name, _)| *name == key));
            may && concerns && (entry.tiers.is_empty() || entry.tiers.contains(&standing))
        };
        let mut entries: Vec<&Nav> = nav.iter().filter(open).collect();
        entries.sort_by_key(|entry| (entry.section, entry.order));
        let mut groups: Vec<(super::routing::Section, NavGroup)> = Vec::new();
        for entry in entries {
            if groups.last().is_none_or(|(section, _)| *section != entry.section) {
                let heading = entry.section.heading().map(|key| self.w.t(key).into_owned());
                groups.push((entry.section, NavGroup { heading, items: Vec::new() }));
            }
            let mut item = NavItem::new(entry.href, self.w.t(entry.label), entry.icon);
            let path = self.visit.here.split('?').next().unwrap_or_default();
            item.current = path == entry.href || (entry.href != "/" && path.starts_with(&format!("{}/", entry.href)));
            item.goto = entry.goto;
            if let Some(key) = entry.count {
                item.count = counts.iter().find(|(name, _)| *name == key).map(|(_, count)| *count);
                item.urgent = key == "inbox";
            }
            if let Some((_, group)) = groups.last_mut() {
                group.items.push(item);
            }
        }
        // the closest address only: /requests/inbox is not also /requests
        let closest = groups
            .iter()
            .flat_map(|(_, group)| &group.items)
            .filter(|item| item.current)
            .map(|item| item.href.len())
            .max();
        for item in groups.iter_mut().flat_map(|(_, group)| &mut group.items) {
            item.current &= Some(item.href.len()) == closest;
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    fn flash(&self) -> Option<Banner> {
        let text = identify::read_flash(self.visit.flash.as_deref()?)?;
        let (tone, rest) = text.split_once('|')?;
        let line: Flash = serde_json::from_str(rest).ok()?;
        let mut words = Line::new(line.key);
        for (name, value) in &line.args {
            // the catalogue's arguments are few and known; anything else is not shown
            words = match name.as_str() {
                "number" => words.with("number", value),
                "name" => words.with("name", value),
                "what" => words.with("what", value),
                _ => words,
            };
        }
        Some(Banner::new(Tone::from_code(tone), self.w.line(&words)))
    }

    /// Leads on to another page, which shows the message once. Arguments: `number`, `name`, `what`.
    pub fn go(&self, app: &App, to: &str, said: Option<(Tone, Message)>) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let headers = response.headers_mut();
        headers.insert(LOCATION, HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/")));
        if let Some((tone, message)) = said {
            let flash = Flash {
                key: message.key.into_owned(),
                args: message.args.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
            };
            let text = serde_json::to_string(&flash).map(|json| format!("{}|{json}", tone.code())).unwrap_or_default();
            if let Some(cookie) = identify::flash(app, &text) {
                headers.append(SET_COOKIE, cookie);
            }
        }
        response
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Flash {
    key: String,
    args: Vec<(String, String)>,
}

/// A template as a page.
pub fn page(template: &impl Template) -> Result<Response> {
    Ok(Html(template.render().map_err(anyhow::Error::from)?).into_response())
}

/// A template as a page with this status (422: the form again with what is wrong).
pub fn page_with(status: StatusCode, template: &impl Template) -> Result<Response> {
    Ok((status, page(template)?).into_response())
}

/// Words of a kernel message.
#[must_use]
pub fn said(message: &Message) -> Line {
    message.args.iter().fold(Line::new(message.key.clone()), |line, (name, value)| line.with(name, value))
}
