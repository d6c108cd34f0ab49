//! A person at a real browser: reads labels and buttons, not markup, and waits for what they expect to see.
//!
//! One chromedriver serves the whole test process; each [`Browser`] is a session of its own, with nothing remembered.
//! Nothing here is skipped when the browser is missing: a journey that nobody walked has not been proven.
//!
//! What drives is here; `driver` starts and ends the browser, and `looks` are the eyes: barriers, colours, sizes, paper.
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

mod driver;
mod looks;

pub use looks::Colours;

/// How long a person would look at a page before they say that nothing happens.
const PATIENCE: Duration = Duration::from_secs(60);

/// One person's browser window, at the portal whose address it was opened with.
pub struct Browser {
    client: Client,
    session: String,
    base: String,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the browser; should it be gone already, so is the browser.
        driver::end_session(&self.session);
    }
}

impl Browser {
    /// Opens a browser in Japanese at desktop size. `base` is the portal's address without a slash at the end.
    pub async fn open(base: &str) -> Self {
        Self::start(base, json!({})).await
    }

    /// The same for somebody whose browser runs no scripts.
    pub async fn open_without_javascript(base: &str) -> Self {
        Self::start(base, json!({ "profile.managed_default_content_settings.javascript": 2 })).await
    }

    /// The same for somebody whose browser shows letters of twice the usual size.
    pub async fn open_with_large_letters(base: &str) -> Self {
        Self::start(base, json!({ "webkit.webprefs.default_font_size": 32 })).await
    }

    async fn start(base: &str, preferences: Value) -> Self {
        let profile = tempfile::Builder::new().prefix("mamori-browser-").tempdir().unwrap();
        let client = driver::start_session(profile.path(), &preferences).await;
        let session = client.session_id().await.unwrap().unwrap();
        let browser = Self { client, session, base: base.to_owned(), _profile: profile };
        browser.resize(looks::DESKTOP.0, looks::DESKTOP.1).await;
        browser
    }

    // Where one is

    /// Opens a page of the portal by its path.
    pub async fn goto(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// Opens the page on view anew.
    pub async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    /// Path and query of the page on view.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    pub async fn title(&self) -> String {
        self.client.title().await.unwrap()
    }

    /// What can be read on the page: hidden parts are not in it.
    pub async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// What can be read in every element that matches, in the order of the page.
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.client.find_all(Locator::Css(selector)).await.unwrap() {
            texts.push(element.text().await.unwrap());
        }
        texts
    }

    // Waiting for what one expects

    /// Waits until these words can be read.
    pub async fn wait_for_text(&self, words: &str) {
        self.wait(&format!("the words 「{words}」"), async || self.text().await.contains(words)).await;
    }

    /// Waits until an element that matches is on view, and gives its text.
    pub async fn wait_for(&self, selector: &str) -> String {
        self.wait(selector, async || self.seen(Locator::Css(selector)).await.is_some()).await;
        self.texts(selector).await.concat()
    }

    /// Waits until nothing that matches is on view any more.
    pub async fn wait_until_gone(&self, selector: &str) {
        let what = format!("the end of {selector}");
        self.wait(&what, async || self.seen(Locator::Css(selector)).await.is_none()).await;
    }

    /// Waits until the path of the page begins so.
    pub async fn wait_for_path(&self, start: &str) {
        self.wait(&format!("a page at {start}…"), async || self.path().await.starts_with(start)).await;
    }

    async fn wait(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let since = Instant::now();
        let mut looks = tokio::time::interval(Duration::from_millis(25));
        while !holds().await {
            if since.elapsed() > PATIENCE {
                self.give_up(&format!("waited in vain for {what}")).await;
            }
            looks.tick().await;
        }
    }

    /// Fails the test with what the person has before their eyes.
    async fn give_up(&self, complaint: &str) -> ! {
        let shot = self.screenshot(&format!("failed-{}", self.session)).await;
        let (path, text) = (self.path().await, self.text().await);
        panic!("{complaint}\nat {path}, picture in {}\n--- the page says:\n{text}", shot.display());
    }

    async fn seen(&self, locator: Locator<'_>) -> Option<Element> {
        for element in self.client.find_all(locator).await.ok()? {
            if element.is_displayed().await.unwrap_or(false) {
                return Some(element);
            }
        }
        None
    }

    // Doing things

    /// Signs in through the page.
    pub async fn sign_in(&self, login: &str, password: &str) {
        self.goto("/sign-in").await;
        self.fill("職員番号又はログインID", login).await;
        self.fill("パスワード", password).await;
        self.follow("ログインする").await;
    }

    /// Writes into the field with this label, or chooses the entry of that name; what stood there before is gone.
    pub async fn fill(&self, label: &str, value: &str) {
        let field = self.field(label).await;
        self.must(&format!("fill 「{label}」"), write_into(&self.client, field, value).await).await;
    }

    /// Puts the tick at this label, or takes it away again.
    pub async fn tick(&self, label: &str) {
        let field = self.field(label).await;
        self.push(field, &format!("tick 「{label}」")).await;
    }

    /// The same in the group of this name, where another has a choice that is called so too.
    pub async fn tick_in(&self, group: &str, label: &str) {
        let legend = starting("legend", &literal(group));
        let label = starting(&format!("//fieldset[{legend}]//label"), &literal(label));
        let field = self.first_of(&[&format!("{label}//input")], &format!("choice 「{group}」")).await;
        self.push(field, &format!("tick 「{group}」")).await;
    }

    /// Presses the button, link or summary that is called so.
    pub async fn click(&self, name: &str) {
        let named = self.clickable(name).await;
        self.push(named, &format!("click 「{name}」")).await;
    }

    /// Moves the page until no bar at its edges covers the element, as people do and the driver does not, and clicks it.
    async fn push(&self, element: Element, what: &str) {
        let scroll = "arguments[0].scrollIntoView({ block: 'nearest', behavior: 'instant' })";
        let place = serde_json::to_value(&element).unwrap();
        self.must(what, self.client.execute(scroll, vec![place]).await).await;
        self.must(what, element.click().await).await;
    }

    /// Like [`Browser::click`], and waits until the next page has taken the place of this one.
    pub async fn follow(&self, name: &str) {
        let page = self.client.find(Locator::Css("html")).await.unwrap();
        self.click(name).await;
        self.wait(&format!("the page behind 「{name}」"), async || page.tag_name().await.is_err()).await;
        self.wait("a whole page", async || {
            self.client.execute("return document.readyState", vec![]).await.is_ok_and(|state| state == "complete")
        })
        .await;
    }

    /// Presses a key as often as written, wherever the focus is: `Browser::TAB`, `Browser::ENTER`, a letter.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    }

    /// Presses Tab until the focus is on what is called so. All on the way must show that it has the focus, uncovered.
    pub async fn tab_to(&self, name: &str) {
        for _ in 0..90 {
            if self.tab().await.is_some_and(|found| found.starts_with(name)) {
                return;
            }
        }
        self.give_up(&format!("Tab never comes to 「{name}」")).await;
    }

    /// Presses Tab from the beginning of the page to its end; how many stops there are.
    pub async fn tab_through(&self) -> usize {
        for stops in 0..300 {
            if self.tab().await.is_none() {
                return stops;
            }
        }
        self.give_up("Tab never comes to the end of the page").await
    }

    /// Presses Tab: what has the focus now, which must show it, uncovered; `None` is past the end of the page.
    async fn tab(&self) -> Option<String> {
        // keys that are sent to an element first give it the focus anew, and a date never lets go of it
        if self.client.execute(IN_A_DATE, vec![]).await.unwrap() == json!(true) {
            let (down, up) = (KeyAction::Down { value: TAB }, KeyAction::Up { value: TAB });
            let keys = KeyActions::new("keys".to_owned()).then(down).then(up);
            self.client.perform_actions(keys).await.unwrap();
        } else {
            self.press(Self::TAB).await;
        }
        let focus = self.client.execute(FOCUS, vec![]).await.unwrap();
        if focus["hidden"] == json!(true) {
            self.give_up(&format!("the focus cannot be seen: {focus}")).await;
        }
        focus["name"].as_str().map(str::to_owned)
    }

    /// Whether what has the focus stands within what matches.
    pub async fn has_focus_in(&self, selector: &str) -> bool {
        let script = "return document.activeElement.closest(arguments[0]) !== null";
        self.client.execute(script, vec![json!(selector)]).await.unwrap() == json!(true)
    }

    /// Types a date into the field that has the focus, in the order in which this browser asks for its parts.
    pub async fn type_date(&self, date: &str) {
        let parts: Vec<&str> = date.split('-').collect();
        let [year, month, day] = parts[..] else { panic!("a date is year-month-day, not {date}") };
        let value = async || self.client.execute("return document.activeElement.value", vec![]).await.unwrap();
        for keys in [format!("{month}{day}{year}"), format!("{year}{RIGHT}{month}{day}")] {
            self.press(&keys).await;
            if value().await == json!(date) {
                return;
            }
            self.press(&format!("{LEFT}{LEFT}{LEFT}")).await;
        }
        self.give_up(&format!("the date {date} cannot be typed")).await;
    }

    pub const SPACE: &'static str = " ";
    pub const DOWN: &'static str = "\u{e015}";
    pub const TAB: &'static str = "\u{e004}";
    pub const ENTER: &'static str = "\u{e007}";
    pub const ESCAPE: &'static str = "\u{e00c}";

    async fn must<T>(&self, what: &str, outcome: Result<T, CmdError>) -> T {
        match outcome {
            Ok(value) => value,
            Err(error) => self.give_up(&format!("cannot {what}: {error}")).await,
        }
    }

    /// The field that a label names by `for`, by standing around it, or that carries the words itself.
    async fn field(&self, label: &str) -> Element {
        let words = literal(label);
        let ways = [named("//label", &words), starting("//label", &words)].map(|label| {
            let controls = "(self::input or self::select or self::textarea)";
            format!("//*[{controls} and @id=({label})/@for] | ({label})//*[{controls}]")
        });
        let own = format!("//*[@aria-label={words}]");
        self.first_of(&[&ways[0], &own, &ways[1]], &format!("field 「{label}」")).await
    }

    async fn clickable(&self, name: &str) -> Element {
        let words = literal(name);
        let kinds = "//*[self::a or self::button or self::summary or @role='button']";
        let exactly = format!("{} | //input[@type='submit' and @value={words}]", named(kinds, &words));
        let own = format!("{kinds}[@aria-label={words}]");
        let partly = format!("{kinds}[contains(normalize-space(.), {words})]");
        self.first_of(&[&exactly, &own, &partly], &format!("button or link 「{name}」")).await
    }

    /// The first on view; a later way counts only when the earlier ones find nothing.
    async fn first_of(&self, ways: &[&str], what: &str) -> Element {
        let since = Instant::now();
        let mut looks = tokio::time::interval(Duration::from_millis(25));
        while since.elapsed() < PATIENCE {
            for way in ways {
                if let Some(found) = self.seen(Locator::XPath(way)).await {
                    return found;
                }
            }
            looks.tick().await;
        }
        self.give_up(&format!("there is no {what}")).await
    }
}

const LEFT: char = '\u{e012}';
const RIGHT: char = '\u{e014}';

/// What has the focus: its name, and whether one could fail to see that it is there.
const TAB: char = '\u{e004}';
const IN_A_DATE: &str =
    "return document.activeElement.matches('[type=date], [type=time], [type=datetime-local], [type=month]')";
const FOCUS: &str = "
    const it = document.activeElement, box = it.getBoundingClientRect();
    if (it === document.body) return { hidden: false };
    const label = it.labels?.[0] ?? it;
    const rings = [null, '::after'].map((part) => getComputedStyle(it, part)).concat(getComputedStyle(label));
    const ringed = rings.some((style) => (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none');
    const on = document.elementFromPoint(box.x + Math.min(box.width, innerWidth - box.x) / 2, box.y + box.height / 2);
    const uncovered = on !== null && (it.contains(on) || on.contains(it) || label.contains(on));
    const name = it.getAttribute('aria-label') ?? label.textContent;
    return { name: name.trim().replace(/\\s+/g, ' '), hidden: !ringed || !uncovered, ringed, uncovered, what: it.outerHTML.slice(0, 120) };";

async fn write_into(client: &Client, field: Element, value: &str) -> Result<(), CmdError> {
    let kind = field.attr("type").await?.unwrap_or_default();
    match (field.tag_name().await?.as_str(), kind.as_str()) {
        ("select", _) => field.select_by_label(value).await,
        // Keys would have to be typed in the order that the browser's language gives the parts of a date.
        ("input", "date" | "time" | "datetime-local" | "month") => {
            let script = "const [field, value] = arguments; field.value = value;
                for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));";
            let field = serde_json::to_value(&field)?;
            client.execute(script, vec![field, json!(value)]).await.map(|_| ())
        }
        ("input", "file") => field.send_keys(value).await,
        _ => {
            field.clear().await?;
            field.send_keys(value).await
        }
    }
}

fn named(path: &str, literal: &str) -> String {
    format!("{path}[normalize-space(.)={literal}]")
}

/// A label may go on after its words: 「氏名 ※必須」.
fn starting(path: &str, literal: &str) -> String {
    format!("{path}[starts-with(normalize-space(.), {literal})]")
}

/// Words as a literal of XPath, which knows no escape: parts with either kind of quote are joined.
fn literal(words: &str) -> String {
    if !words.contains('\'') {
        return format!("'{words}'");
    }
    let parts: Vec<String> = words.split('\'').map(|part| format!("'{part}'")).collect();
    format!("concat({})", parts.join(r#", "'", "#))
}
