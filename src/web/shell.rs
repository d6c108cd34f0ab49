//! What stands around every page: the top bar, the menu, where one is, what just happened, and on what rule the page
//! rests. All of it is plain data; `portal.rs` fills it, and the base templates draw it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use askama::filters::HtmlSafe;
use uuid::Uuid;

use super::assets::asset_url;
use super::dates::Dates;
use super::forms::{ONCE_FIELD, TOKEN_FIELD};
use super::icons::Icon;
use super::locale::{Lang, Words};
use crate::kernel::text::percent;

/// Light, dark, or as the person's device says (明るさ).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    /// 明るい
    Light,
    /// 暗い
    Dark,
}

impl Theme {
    /// Every choice, in the order the menu shows them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value kept in the preference and sent by the form.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The choice with this value; anything else is the device's.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.code() == code).unwrap_or_default()
    }
}

/// Everything around a page. Each page template holds one in its field `shell`.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The words of the reader's language.
    pub w: Words,
    /// How the reader sees dates.
    pub dates: Dates,
    /// Light or dark.
    pub theme: Theme,
    /// The page's title, which is also its only `h1`.
    pub title: String,
    /// What stands in the browser's title when it must say more than the heading (受付番号).
    pub tab: Option<String>,
    /// A form on this page came back with errors: the browser's title begins with 「エラー：」.
    pub faulty: bool,
    /// 組織名
    pub organisation: String,
    /// Who is signed in; `None` on open pages.
    pub person: Option<Badge>,
    /// In which capacity the person looks at the portal (立場).
    pub standing: Standing,
    /// The side menu.
    pub nav: Vec<NavGroup>,
    /// Links in the menu under the person's name.
    pub account: Vec<Link>,
    /// Where I am; the last one is this page and has no address.
    pub crumbs: Vec<Crumb>,
    /// The result of the last action, or the state of this page.
    pub banner: Option<Banner>,
    /// After so many minutes without use the page covers itself and asks to sign in again; none: nobody is signed in.
    pub idle: Option<u32>,
    /// The session-bound token of forms (CSRF).
    pub csrf: String,
    /// The address of this page.
    pub here: String,
    /// Where a change of language or light leads back to, where that is not this address.
    pub back: Option<String>,
    /// The page answers a form: its switch of languages sends that form again (`web::switch`).
    pub posted: bool,
    /// Whether that form has been drawn.
    drawn: Arc<AtomicBool>,
    /// 申請する: where the top bar's button leads, if this person may apply for anything.
    pub apply: Option<String>,
    /// 全体を検索: where the top bar's search is sent, if there is one.
    pub search: Option<String>,
    /// お知らせ: where the bell leads and how many are unread.
    pub notices: Option<Notices>,
    /// 「この画面の根拠」: the clauses this page carries out.
    pub basis: Vec<Basis>,
    /// The help line at the foot of every page: whom to ask, at which number.
    pub help: String,
    /// Script modules this page asks for besides `app.js`, without the ending.
    pub modules: Vec<&'static str>,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// 氏名
    pub name: String,
    /// 課と職
    pub place: String,
}

impl Badge {
    /// The sign in the round: the first character of the name.
    #[must_use]
    pub fn initial(&self) -> String {
        self.name.chars().next().map(String::from).unwrap_or_default()
    }
}

/// 立場: one person often holds several responsibilities; this narrows what is shown and never widens rights.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The one in use, by its title in the adopted regulation.
    pub title: String,
    /// What the person may choose from; the menu is drawn when there are two or more.
    pub options: Vec<StandingOption>,
}

/// One capacity to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingOption {
    /// The tier's key, sent as `standing`.
    pub value: String,
    /// Its title.
    pub title: String,
    /// In use now.
    pub current: bool,
}

/// A part of the side menu.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NavGroup {
    /// 台帳, 記録と点検, …; the first group has none.
    pub heading: Option<String>,
    /// Its entries.
    pub items: Vec<NavItem>,
}

/// An entry of the side menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// The address.
    pub href: String,
    /// The words.
    pub label: String,
    /// The drawing beside them.
    pub icon: Icon,
    /// How many wait there; nothing is shown for none.
    pub count: Option<u64>,
    /// They wait for me, and it presses: the number is red.
    pub urgent: bool,
    /// This is the page one is on.
    pub current: bool,
    /// The letter that opens it after `g`.
    pub goto: Option<char>,
}

impl NavItem {
    /// An entry without a number.
    pub fn new(href: impl Into<String>, label: impl Into<String>, icon: Icon) -> Self {
        Self { href: href.into(), label: label.into(), icon, count: None, urgent: false, current: false, goto: None }
    }

    /// How many wait there.
    #[must_use]
    pub const fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// They wait for me, and it presses.
    #[must_use]
    pub const fn urgent(mut self, urgent: bool) -> Self {
        self.urgent = urgent;
        self
    }

    /// The letter that opens it after `g`.
    #[must_use]
    pub const fn goto(mut self, letter: char) -> Self {
        self.goto = Some(letter);
        self
    }
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The address.
    pub href: String,
    /// The words.
    pub label: String,
}

impl Link {
    /// A link.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into() }
    }
}

/// One step of the path to this page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// The words.
    pub label: String,
    /// The address; this page itself has none.
    pub href: Option<String>,
}

/// The colour and sign of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// For information.
    #[default]
    Info,
    /// It worked.
    Good,
    /// Take care.
    Warn,
    /// It did not work.
    Bad,
    /// 差戻し
    Back,
}

impl Tone {
    /// The end of the class: `banner--good`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Back => "back",
        }
    }

    /// The tone with this code, as a flash message in a session keeps it; anything else is for information.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        [Self::Good, Self::Warn, Self::Bad, Self::Back].into_iter().find(|tone| tone.code() == code).unwrap_or_default()
    }

    /// The drawing beside it.
    #[must_use]
    pub const fn icon(self) -> Icon {
        match self {
            Self::Info => Icon::Info,
            Self::Good => Icon::Done,
            Self::Warn | Self::Bad => Icon::Warn,
            Self::Back => Icon::Return,
        }
    }
}

/// 画面の上の知らせ: the result of the last action or the state of this page; never for errors of input.
#[derive(Debug, Clone, PartialEq, Eq, askama::Template)]
#[template(path = "parts/banner.html")]
pub struct Banner {
    /// Colour and sign.
    pub tone: Tone,
    /// What happened.
    pub title: String,
    /// What follows from it.
    pub body: String,
    /// What to do next.
    pub action: Option<Link>,
}

impl Banner {
    /// A message of one line.
    pub fn new(tone: Tone, title: impl Into<String>) -> Self {
        Self { tone, title: title.into(), body: String::new(), action: None }
    }

    /// What follows from it.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// What to do next.
    #[must_use]
    pub fn action(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.action = Some(Link::new(href, label));
        self
    }
}

impl HtmlSafe for Banner {}

/// お知らせ
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notices {
    /// Where they are.
    pub href: String,
    /// How many are unread.
    pub unread: u64,
}

/// A clause this page carries out (根拠).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Basis {
    /// 社内規程 4.1.1
    pub label: String,
    /// Its page, where this person may see it.
    pub href: Option<String>,
    /// Its heading in words, because a number alone tells nobody anything.
    pub heading: String,
    /// What it asks for, where this person decides or works by it; empty otherwise.
    pub rule: String,
}

impl Shell {
    /// A page with nothing around it but its words; the rest is set by name.
    pub fn new(w: Words, dates: Dates, title: impl Into<String>) -> Self {
        Self {
            w,
            dates,
            theme: Theme::System,
            title: title.into(),
            tab: None,
            faulty: false,
            organisation: String::new(),
            person: None,
            standing: Standing::default(),
            nav: Vec::new(),
            account: Vec::new(),
            crumbs: Vec::new(),
            banner: None,
            idle: None,
            csrf: String::new(),
            here: "/".to_owned(),
            back: None,
            posted: false,
            drawn: Arc::default(),
            apply: None,
            search: None,
            notices: None,
            basis: Vec::new(),
            help: String::new(),
            modules: Vec::new(),
        }
    }

    /// Where signing in again leads: back to this page.
    #[must_use]
    pub fn sign_in_again(&self) -> String {
        format!("/sign-in?to={}", percent(&self.here).replace("%2F", "/"))
    }

    /// The minutes after which the page covers itself, as classes of the style sheet: tens and ones.
    #[must_use]
    pub fn idle_classes(&self) -> String {
        self.idle.map(|minutes| format!("idle idle-t{} idle-u{}", minutes / 10, minutes % 10)).unwrap_or_default()
    }

    /// Names the page, and marks the entry of the menu it belongs to.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Adds a step to the path; the page itself comes last, with [`Shell::crumb_here`].
    #[must_use]
    pub fn crumb(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.crumbs.push(Crumb { label: label.into(), href: Some(href.into()) });
        self
    }

    /// Ends the path with this page.
    #[must_use]
    pub fn crumb_here(mut self, label: impl Into<String>) -> Self {
        self.crumbs.push(Crumb { label: label.into(), href: None });
        self
    }

    /// Asks for a script module of `static/js`, without its ending.
    #[must_use]
    pub fn module(mut self, name: &'static str) -> Self {
        self.modules.push(name);
        self
    }

    /// The entry of the menu that leads here, where the address alone does not tell; none of that name changes nothing.
    #[must_use]
    pub fn under(mut self, href: &str) -> Self {
        if self.nav.iter().flat_map(|group| &group.items).any(|item| item.href == href) {
            for item in self.nav.iter_mut().flat_map(|group| &mut group.items) {
                item.current = item.href == href;
            }
        }
        self
    }

    /// Marks the page as one whose form came back with errors.
    #[must_use]
    pub const fn faulty(mut self, faulty: bool) -> Self {
        self.faulty = faulty;
        self
    }

    /// Shows a message above the content.
    #[must_use]
    pub fn banner(mut self, banner: Banner) -> Self {
        self.banner = Some(banner);
        self
    }

    /// The address of one of our own files.
    #[must_use]
    pub fn asset(&self, name: impl fmt::Display) -> String {
        asset_url(&name.to_string())
    }

    /// What the browser shows as the page's title.
    #[must_use]
    pub fn tab_title(&self) -> String {
        let title = self.tab.as_deref().unwrap_or(&self.title);
        if self.faulty { self.w.t1("web-title-error", "title", title) } else { self.w.t1("web-title", "title", title) }
            .into_owned()
    }

    /// The other language, for the switch.
    #[must_use]
    pub const fn other_lang(&self) -> Lang {
        self.w.lang().other()
    }

    /// The entries of the menu that a letter opens after `g`, for the list of keys.
    pub fn gotos(&self) -> impl Iterator<Item = (char, &NavItem)> {
        self.nav.iter().flat_map(|group| &group.items).filter_map(|item| Some((item.goto?, item)))
    }

    /// Where a change of language or light leads back to.
    #[must_use]
    pub fn return_to(&self) -> &str {
        self.back.as_deref().unwrap_or(&self.here)
    }

    /// Is this the form that the page answers? The first one that is sent where the page came from; none that is drawn after
    /// it has the same id.
    pub fn comes_again(&self, action: impl fmt::Display) -> bool {
        let path = self.here.split('?').next().unwrap_or_default();
        self.posted && action.to_string() == path && !self.drawn.swap(true, Ordering::Relaxed)
    }

    /// The page answers a form that it does not show any more: the switch needs another way.
    #[must_use]
    pub fn gone(&self) -> bool {
        self.posted && !self.drawn.load(Ordering::Relaxed)
    }

    /// The hidden fields every form of ours carries: the token that proves the session, and a key that makes a form
    /// sent twice count once.
    #[must_use]
    pub fn seals(&self) -> Seals<'_> {
        Seals(&self.csrf)
    }
}

/// The hidden fields of a form; see [`Shell::seals`].
#[derive(Debug, Clone, Copy)]
pub struct Seals<'a>(&'a str);

impl fmt::Display for Seals<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token: Cow<'_, str> = self.0.chars().filter(|c| !matches!(c, '"' | '<' | '>' | '&')).collect();
        let once = Uuid::new_v4();
        write!(
            out,
            r#"<input type="hidden" name="{TOKEN_FIELD}" value="{token}"><input type="hidden" name="{ONCE_FIELD}" value="{once}">"#
        )
    }
}

impl HtmlSafe for Seals<'_> {}

#[cfg(test)]
pub(super) mod tests {
    use askama::Template;
    use chrono::NaiveDate;

    use super::*;

    pub(in crate::web) fn open(lang: Lang) -> Shell {
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let mut shell = Shell::new(Words(lang), Dates { lang, western: false, today }, "ログイン");
        shell.csrf = "token-1".into();
        shell.help = "情報政策課（内線 2451、平日 8:30〜17:15）".into();
        shell
    }

    pub(in crate::web) fn signed_in(lang: Lang) -> Shell {
        let mut shell = open(lang).titled("機器台帳").crumb("/", "ホーム").crumb_here("機器台帳");
        shell.organisation = "青野市役所".into();
        shell.person = Some(Badge { name: "佐伯 美咲".into(), place: "市民課 主事".into() });
        shell.standing = Standing {
            title: "職員".into(),
            options: ["staff", "sysadmin"]
                .map(|value| StandingOption { value: value.into(), title: value.into(), current: value == "staff" })
                .to_vec(),
        };
        shell.nav = vec![
            NavGroup {
                heading: None,
                items: vec![
                    NavItem::new("/", "ホーム", Icon::Home).goto('h'),
                    NavItem::new("/inbox", "承認待ち", Icon::Inbox).count(1284).urgent(true).goto('a'),
                ],
            },
            NavGroup {
                heading: Some("台帳".into()),
                items: vec![NavItem { current: true, ..NavItem::new("/ledgers/devices", "機器", Icon::Device) }],
            },
        ];
        shell.account = vec![Link::new("/me", "自分の情報")];
        shell.apply = Some("/requests/new".into());
        shell.search = Some("/search".into());
        shell.notices = Some(Notices { href: "/notices".into(), unread: 3 });
        shell.basis =
            vec![Basis {
                label: "社内規程 4.1.1".into(), heading: "アカウントの登録".into(), ..Basis::default()
            }];
        shell.banner = Some(Banner::new(Tone::Good, "申請を送信しました").action("/requests", "申請を見る"));
        shell
    }

    #[derive(Template)]
    #[template(
        source = r#"{% extends "base.html" %}{% block main %}<p>{{ shell.title }}</p>{% endblock %}"#,
        ext = "html"
    )]
    struct Page {
        shell: Shell,
    }

    #[test]
    fn the_frame_is_complete_in_both_languages() {
        for lang in Lang::ALL {
            let page = Page { shell: signed_in(lang) }.render().unwrap();
            assert!(!page.contains('⟦'), "{page}");
            assert!(page.contains(&format!(r#"<html lang="{}""#, lang.code())));
            assert!(page.contains("1,284"), "counts have commas");
            assert_eq!(page.matches("<h1").count(), 1);
            for never in ["style=", "onclick", "<style", "javascript:"] {
                assert!(!page.contains(never), "{never} breaks the content security policy");
            }
        }
    }

    #[test]
    fn every_form_of_the_frame_carries_the_token() {
        let page = Page { shell: signed_in(Lang::Ja) }.render().unwrap();
        assert_eq!(page.matches(r#"method="post""#).count(), page.matches(r#"name="_token" value="token-1""#).count());
        assert_eq!(page.matches(r#"method="post""#).count(), page.matches(r#"name="_once""#).count());
    }

    #[test]
    fn one_capacity_alone_is_no_choice() {
        let mut shell = signed_in(Lang::Ja);
        shell.standing.options.truncate(1);
        assert!(!Page { shell }.render().unwrap().contains(r#"name="standing""#));
    }

    #[test]
    fn a_faulty_page_says_so_in_its_title() {
        let page = Page { shell: signed_in(Lang::Ja).faulty(true) }.render().unwrap();
        assert!(page.contains("<title>エラー：機器台帳 — Mamori</title>"));
    }

    #[test]
    fn every_form_gets_its_own_key() {
        let one = Seals("abc").to_string();
        let two = Seals("abc").to_string();
        assert!(one.contains(r#"name="_token" value="abc""#));
        assert_ne!(one, two);
    }

    #[test]
    fn a_token_cannot_leave_its_attribute() {
        assert!(!Seals(r#"a"><script>"#).to_string().contains("<script"));
    }
}
