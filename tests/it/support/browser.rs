//! A person at a real browser: reads labels and buttons, not markup, and waits for what they expect to see.
//!
//! One chromedriver serves the whole test process; each [`Browser`] is a session of its own, with nothing remembered.
//! Nothing here is skipped when the browser is missing: a journey that nobody walked has not been proven.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// How long a person would look at a page before they say that nothing happens.
const PATIENCE: Duration = Duration::from_secs(60);
const DESKTOP: (u32, u32) = (1366, 768);
const TELEPHONE: (u32, u32) = (390, 844);
/// A desk's screen for somebody who enlarges everything to twice its size, and the narrowest that WCAG 1.4.10 names.
const NARROW: [(u32, u32); 2] = [(683, 384), (320, 640)];
const INSTALL: &str = "run `make test`: it gets what browser tests need";

static AXE: LazyLock<String> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/.axe/axe.min.js");
    std::fs::read_to_string(&file).unwrap_or_else(|_| panic!("axe-core is not there; {INSTALL}"))
});

static DRIVER: LazyLock<Driver> = LazyLock::new(Driver::start);

/// The chromedriver of this process. A shell watches a pipe from us and ends it when we end, however we end.
struct Driver {
    port: u16,
    _guard: Child,
}

const GUARD: &str = r#"exec 3<&0 </dev/null
"$@" 3<&- & driver=$!
exec >/dev/null
read -r _ <&3
kill "$driver""#;

impl Driver {
    fn start() -> Self {
        for program in ["chromium", "chromedriver"] {
            assert!(in_path(program), "{program} is not installed; {INSTALL}");
        }
        let mut guard = Command::new("/bin/sh")
            .args(["-c", GUARD, "chromedriver-guard", "chromedriver", "--port=0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let words = BufReader::new(guard.stdout.take().unwrap());
        let port = words.lines().map_while(Result::ok).find_map(|line| port_in(&line));
        Self { port: port.expect("chromedriver ended without naming its port"), _guard: guard }
    }

    /// One request without waiting on any runtime, so that it also works while a test unwinds.
    fn end_session(&self, id: &str) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "DELETE /session/{id} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        // the driver does not close: whoever waited for that would wait for as long as they have patience
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            answer.read_line(&mut line)?;
            match line.trim().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap_or_default();
                }
                None if line.trim().is_empty() => break,
                _ => {}
            }
        }
        answer.read_exact(&mut vec![0; length])
    }
}

fn in_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

/// `ChromeDriver was started successfully on port 40321.`
fn port_in(line: &str) -> Option<u16> {
    line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
}

/// A command of Chrome's own protocol, for what WebDriver has no word for.
#[derive(Debug)]
struct Devtools(Value);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (hyper::Method, Option<String>) {
        (hyper::Method::POST, Some(self.0.to_string()))
    }
}

/// A barrier that axe-core found: what it is called, and where it stands.
#[derive(Debug)]
pub struct Barrier {
    pub rule: String,
    pub help: String,
    pub places: Vec<String>,
}

/// The colours that a person's system is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    Light,
    Dark,
    /// few colours of the person's own choice, as with Windows' contrast themes
    Forced,
}

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
        let _ = DRIVER.end_session(&self.session);
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

    async fn start(base: &str, preferences: Value) -> Self {
        let profile = tempfile::Builder::new().prefix("mamori-browser-").tempdir().unwrap();
        let capabilities = json!({
            "goog:chromeOptions": { "args": arguments(profile.path()), "prefs": preferences },
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "script": 60_000, "pageLoad": 60_000, "implicit": 0 },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("written as an object just above") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", DRIVER.port))
            .await
            .unwrap_or_else(|error| panic!("no browser: {error}; {INSTALL}"));
        let session = client.session_id().await.unwrap().unwrap();
        let browser = Self { client, session, base: base.to_owned(), _profile: profile };
        browser.resize(DESKTOP.0, DESKTOP.1).await;
        browser
    }

    // Where one is

    /// Opens a page of the portal by its path.
    pub async fn goto(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
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
            self.press(Self::TAB).await;
            let focus = self.client.execute(FOCUS, vec![]).await.unwrap();
            if focus["hidden"] == json!(true) {
                self.give_up(&format!("the focus cannot be seen: {focus}")).await;
            }
            if focus["name"].as_str().is_some_and(|found| found.starts_with(name)) {
                return;
            }
        }
        self.give_up(&format!("Tab never comes to 「{name}」")).await;
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

    // Looking

    /// The size of the page in CSS pixels; narrower than any window can be made.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// As for a person whose system is set to these colours.
    pub async fn set_colours(&self, colours: Colours) {
        let feature = |name: &str, value: &str| json!({ "name": name, "value": value });
        let scheme = if colours == Colours::Dark { "dark" } else { "light" };
        let forced = if colours == Colours::Forced { "active" } else { "none" };
        let features = [feature("prefers-color-scheme", scheme), feature("forced-colors", forced)];
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Looks at the page as everybody might: at a desk and on a telephone, in every kind of colours, enlarged and narrow.
    /// Fails at any barrier, anything that must be pushed sideways, and any complaint of the console.
    pub async fn look_around(&self) {
        self.look_at(TELEPHONE, Colours::Dark).await;
        self.look_at(TELEPHONE, Colours::Light).await;
        self.look_at(DESKTOP, Colours::Forced).await;
        self.look_at(DESKTOP, Colours::Light).await;
        for (width, height) in NARROW.into_iter().chain([TELEPHONE, DESKTOP]) {
            self.resize(width, height).await;
            let wide = self.sticking_out().await;
            if !wide.is_empty() {
                self.give_up(&format!("at {width} px these stick out of the page: {wide:#?}")).await;
            }
        }
    }

    /// A shorter look, for pages of a kind that is looked at all round elsewhere: at a desk in light colours and on a
    /// telephone in dark ones, with every rule.
    pub async fn look_over(&self) {
        for (size, colours) in [(TELEPHONE, Colours::Dark), (DESKTOP, Colours::Light)] {
            self.resize(size.0, size.1).await;
            self.set_colours(colours).await;
            self.expect_none(&format!("{} px, {colours:?}", size.0), &self.axe().await).await;
            let wide = self.sticking_out().await;
            if !wide.is_empty() {
                self.give_up(&format!("at {} px these stick out of the page: {wide:#?}", size.0)).await;
            }
        }
    }

    /// Fails at what the console complained of, apart from answers that are pages themselves: a form that comes back with
    /// faults is 422, and the console calls that a failure.
    pub async fn expect_no_complaint(&self) {
        let page = format!("{}/", self.base);
        let own = |line: &String| {
            line.contains("Failed to load resource: the server responded with a status of 4")
                && line.starts_with(&page)
                && !line.contains("/static/")
        };
        // a page that was still fading in when its window was made smaller: of our making, and nobody's harm
        let resized =
            |line: &String| line.contains("Transition was aborted because of invalid state. Viewport size changed");
        let complaints: Vec<String> =
            self.complaints().await.into_iter().filter(|line| !own(line) && !resized(line)).collect();
        if !complaints.is_empty() {
            self.give_up(&format!("the console complains: {complaints:#?}")).await;
        }
    }

    /// Whether a script that somebody typed has run: those of the tests' payloads set `zq`.
    pub async fn was_taken_over(&self) -> bool {
        self.client.execute("return typeof window.zq !== 'undefined'", vec![]).await.unwrap() == json!(true)
    }

    /// What the colours do not change is looked at once a size, in light ones.
    async fn look_at(&self, (width, height): (u32, u32), colours: Colours) {
        self.resize(width, height).await;
        self.set_colours(colours).await;
        let rules = if colours == Colours::Light {
            json!({})
        } else {
            json!({ "runOnly": { "type": "rule", "values": ["color-contrast", "link-in-text-block"] } })
        };
        let found = self.axe_by(rules).await;
        self.expect_none(&format!("{width} px, {colours:?}"), &found).await;
    }

    /// What is on view, as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        // no room is left at the edge for the scroll bar that this browser hides
        let script = "document.documentElement.style.scrollbarGutter = 'auto'";
        self.client.execute(script, vec![]).await.unwrap();
        self.client.screenshot().await.unwrap()
    }

    /// A picture of the page in `target/shots/`.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        // only tests are told where they may write
        let dir = Path::new(option_env!("CARGO_TARGET_TMPDIR").unwrap_or("target/tmp")).with_file_name("shots");
        std::fs::create_dir_all(&dir).unwrap();
        let file = dir.join(format!("{name}.png"));
        std::fs::write(&file, self.picture().await).unwrap();
        file
    }

    /// Whether the page must be pushed sideways to be read.
    pub async fn scrolls_sideways(&self) -> bool {
        let wider = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        self.client.execute(wider, vec![]).await.unwrap() == json!(true)
    }

    /// What makes it so: elements that reach beyond the page, except where they can be pushed by themselves.
    async fn sticking_out(&self) -> Vec<String> {
        if !self.scrolls_sideways().await {
            return Vec::new();
        }
        let script = "const edge = document.documentElement.clientWidth;
            return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > edge + 0.5)
              .map((e) => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`);";
        let found = self.client.execute(script, vec![]).await.unwrap();
        let found = found.as_array().into_iter().flatten().filter_map(Value::as_str);
        std::iter::once("the page").chain(found).map(str::to_owned).collect()
    }

    /// What the console complained of since it was last asked: refused scripts, missing files.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.client.issue_cmd(BrowserLog).await.unwrap();
        let severe = |entry: &&Value| entry["level"] == "SEVERE";
        let words = |entry: &Value| entry["message"].as_str().unwrap_or_default().to_owned();
        log.as_array().into_iter().flatten().filter(severe).map(words).collect()
    }

    /// The barriers that axe-core finds on the page as it stands.
    pub async fn axe(&self) -> Vec<Barrier> {
        self.axe_by(json!({})).await
    }

    async fn axe_by(&self, rules: Value) -> Vec<Barrier> {
        if self.client.execute("return typeof axe", vec![]).await.unwrap() != json!("object") {
            self.client.execute(&AXE, vec![]).await.unwrap();
        }
        let run = "const [rules, done] = arguments;
            axe.run(document, rules).then((found) => done(found.violations), (error) => done(String(error)));";
        let answer = self.client.execute_async(run, vec![rules]).await.unwrap();
        let Value::Array(violations) = answer else { panic!("axe-core could not look: {answer}") };
        violations.iter().map(barrier).collect()
    }

    /// Fails unless axe-core finds nothing; `how` says how the page is looked at.
    pub async fn assert_no_barriers(&self, how: &str) {
        self.expect_none(how, &self.axe().await).await;
    }

    async fn expect_none(&self, how: &str, found: &[Barrier]) {
        if !found.is_empty() {
            self.give_up(&format!("barriers ({how}): {found:#?}")).await;
        }
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let command = Devtools(json!({ "cmd": command, "params": parameters }));
        self.client.issue_cmd(command).await.unwrap()
    }
}

const LEFT: char = '\u{e012}';
const RIGHT: char = '\u{e014}';

/// What has the focus: its name, and whether one could fail to see that it is there.
const FOCUS: &str = "
    const it = document.activeElement, box = it.getBoundingClientRect();
    if (it === document.body) return { name: '', hidden: false };
    const label = it.labels?.[0] ?? it;
    const rings = [null, '::after'].map((part) => getComputedStyle(it, part)).concat(getComputedStyle(label));
    const ringed = rings.some((style) => (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none');
    const on = document.elementFromPoint(box.x + Math.min(box.width, innerWidth - box.x) / 2, box.y + box.height / 2);
    const uncovered = on !== null && (it.contains(on) || on.contains(it) || label.contains(on));
    const name = it.getAttribute('aria-label') ?? label.textContent;
    return { name: name.trim().replace(/\\s+/g, ' '), hidden: !ringed || !uncovered, ringed, uncovered, what: it.outerHTML.slice(0, 120) };";

/// Asks for the console's lines; reading them empties the log.
#[derive(Debug)]
struct BrowserLog;

impl WebDriverCompatibleCommand for BrowserLog {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (hyper::Method, Option<String>) {
        (hyper::Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

fn arguments(profile: &Path) -> Vec<String> {
    let mut arguments: Vec<String> = [
        "--headless",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--lang=ja",
        "--accept-lang=ja",
    ]
    .map(str::to_owned)
    .into();
    arguments.push(format!("--window-size={},{}", DESKTOP.0, DESKTOP.1));
    arguments.push(format!("--user-data-dir={}", profile.display()));
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if root {
        arguments.push("--no-sandbox".to_owned()); // Chromium refuses to sandbox what root starts
    }
    arguments
}

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

fn barrier(violation: &Value) -> Barrier {
    let text = |name: &str| violation[name].as_str().unwrap_or_default().to_owned();
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    Barrier { rule: text("id"), help: text("help"), places: nodes.map(|node| node["target"].to_string()).collect() }
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
