//! The eyes of whoever sits at a [`Browser`]: what keeps people out, what is too wide, what a sheet of paper shows.
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::Browser;
use super::driver::{BrowserLog, Devtools, INSTALL};

pub(super) const DESKTOP: (u32, u32) = (1366, 768);
const TELEPHONE: (u32, u32) = (390, 844);
/// A desk's screen for somebody who enlarges everything to twice its size, and the narrowest that WCAG 1.4.10 names.
const NARROW: [(u32, u32); 2] = [(683, 384), (320, 640)];
/// What the margins leave of a sheet of A4, upright and, for tables of many columns, lying.
const PAPER: (u32, u32) = (710, 1020);
const PAPER_LYING: (u32, u32) = (1039, 710);

static AXE: LazyLock<String> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/.axe/axe.min.js");
    std::fs::read_to_string(&file).unwrap_or_else(|_| panic!("axe-core is not there; {INSTALL}"))
});

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

impl Browser {
    // Looking

    /// The size of the page in CSS pixels; narrower than any window can be made.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// As for a person whose system is set to these colours.
    pub async fn set_colours(&self, colours: Colours) {
        self.emulate("", colours).await;
    }

    async fn emulate(&self, media: &str, colours: Colours) {
        let feature = |name: &str, value: &str| json!({ "name": name, "value": value });
        let scheme = if colours == Colours::Dark { "dark" } else { "light" };
        let forced = if colours == Colours::Forced { "active" } else { "none" };
        let features = [feature("prefers-color-scheme", scheme), feature("forced-colors", forced)];
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": media, "features": features })).await;
    }

    /// Looks at the page as everybody might: like [`Browser::look_over`], and in few colours of one's own choice.
    pub async fn look_around(&self) {
        self.resize(DESKTOP.0, DESKTOP.1).await;
        self.set_colours(Colours::Forced).await;
        // what the colours do not change is looked at in the others
        let colours = json!({ "runOnly": { "type": "rule", "values": ["color-contrast", "link-in-text-block"] } });
        self.expect_none("in forced colours", &self.axe_by(colours).await).await;
        self.look_over().await;
    }

    /// Looks at the page on a telephone in dark colours and at a desk in light ones, by every rule, and enlarged and narrow.
    /// Fails at any barrier, and at anything that must be pushed sideways.
    pub async fn look_over(&self) {
        let wrong = self.faults().await;
        if !wrong.is_empty() {
            self.give_up(&format!("{wrong:#?}")).await;
        }
    }

    /// What [`Browser::look_over`] would fail at.
    pub async fn faults(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (size, colours) in [(TELEPHONE, Colours::Dark), (DESKTOP, Colours::Light)] {
            self.resize(size.0, size.1).await;
            self.set_colours(colours).await;
            wrong.extend(self.axe().await.iter().map(|barrier| format!("{} px, {colours:?}: {barrier:?}", size.0)));
            wrong.extend(self.sticking_out().await);
        }
        for (width, height) in NARROW {
            self.resize(width, height).await;
            wrong.extend(self.sticking_out().await);
        }
        self.resize(DESKTOP.0, DESKTOP.1).await;
        wrong
    }

    /// What is wrong with the page as it would be printed: what nobody can press on paper, what is cut off at the edge, and
    /// heads of tables that stand on the first sheet only.
    pub async fn faults_on_paper(&self) -> Vec<String> {
        self.emulate("print", Colours::Light).await;
        let lying = self.client.execute("return getComputedStyle(document.body).page", vec![]).await.unwrap();
        let (width, height) = if lying == json!("wide") { PAPER_LYING } else { PAPER };
        self.resize(width, height).await;
        let wrong = self.found(ON_PAPER).await;
        self.set_colours(Colours::Light).await;
        self.resize(DESKTOP.0, DESKTOP.1).await;
        wrong.into_iter().map(|what| format!("on paper, {what}")).collect()
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

    /// The brightness that the page was asked for, and whether it is dark.
    pub async fn brightness(&self) -> (String, bool) {
        let script =
            "const [red, green, blue] = getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g);
            return [document.documentElement.dataset.theme, Number(red) + Number(green) + Number(blue) < 384];";
        let answer = self.client.execute(script, vec![]).await.unwrap();
        (answer[0].as_str().unwrap_or_default().to_owned(), answer[1] == json!(true))
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
    pub async fn sticking_out(&self) -> Vec<String> {
        if !self.scrolls_sideways().await {
            return Vec::new();
        }
        let script = "const edge = document.documentElement.clientWidth;
            return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > edge + 0.5)
              .map((e) => `at ${edge} px: ${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`);";
        std::iter::once("the page is pushed sideways".to_owned()).chain(self.found(script).await).collect()
    }

    /// How high the rows of the tables are, in CSS pixels.
    pub async fn row_heights(&self) -> Vec<f64> {
        let script = "return [...document.querySelectorAll('tbody tr')].map((e) => e.getBoundingClientRect().height);";
        let found = self.client.execute(script, vec![]).await.unwrap();
        found.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
    }

    /// The lines that a script answers with.
    async fn found(&self, script: &str) -> Vec<String> {
        let found = self.client.execute(script, vec![]).await.unwrap();
        found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
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

fn barrier(violation: &Value) -> Barrier {
    let text = |name: &str| violation[name].as_str().unwrap_or_default().to_owned();
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    Barrier { rule: text("id"), help: text("help"), places: nodes.map(|node| node["target"].to_string()).collect() }
}

/// What is wrong with a sheet of paper, one line each.
const ON_PAPER: &str = "
    const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && e.offsetWidth > 1 && !e.closest('.vh');
    const all = (what) => [...document.querySelectorAll(what)].filter(seen);
    const style = (e) => getComputedStyle(e);
    const say = (what) => (e) => `${what}: ${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`;
    const edge = document.documentElement.clientWidth + 0.5;
    const hides = (e) => (style(e).overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1)
      || (style(e).overflowY !== 'visible' && e.scrollHeight > e.clientHeight + 1);
    const pale = style(document.body).color.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) > 384;
    return [
      ...all('.topbar, .side, .skip, .foot, .filters, .pager, dialog, .btn, button, input, select, textarea').map(say('for the screen only')),
      ...all('body *').filter((e) => e.getBoundingClientRect().right > edge || hides(e)).map(say('cut off')),
      ...all('thead').filter((e) => style(e).display !== 'table-header-group').map(say('heads that are not repeated')),
      ...pale ? ['pale ink'] : [],
      ...all('.print-head').length || !document.querySelector('.print-head') ? [] : ['nobody knows who printed it, and when'],
    ];";
