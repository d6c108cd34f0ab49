//! The chromedriver of this process, and what it is told: to start a browser, to end it, and Chrome's own commands.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::PATIENCE;
use super::looks::DESKTOP;

pub(super) const INSTALL: &str = "run `make test`: it gets what browser tests need";
static DRIVER: LazyLock<Driver> = LazyLock::new(Driver::start);

/// Starts a browser with a profile of its own.
pub(super) async fn start_session(profile: &Path, preferences: &Value) -> Client {
    let capabilities = json!({
        "goog:chromeOptions": { "args": arguments(profile), "prefs": preferences },
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "script": 60_000, "pageLoad": 60_000, "implicit": 0 },
    });
    let Value::Object(capabilities) = capabilities else { unreachable!("written as an object just above") };
    ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(&format!("http://127.0.0.1:{}", DRIVER.port))
        .await
        .unwrap_or_else(|error| panic!("no browser: {error}; {INSTALL}"))
}

/// Ends it, also while a test unwinds. Should it be gone already, so is its browser.
pub(super) fn end_session(id: &str) {
    let _ = DRIVER.end_session(id);
}

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

    /// One request without waiting on any runtime.
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
pub(super) struct Devtools(pub(super) Value);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (hyper::Method, Option<String>) {
        (hyper::Method::POST, Some(self.0.to_string()))
    }
}

/// Asks for the console's lines; reading them empties the log.
#[derive(Debug)]
pub(super) struct BrowserLog;

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
        // what is still fading in has neither its colours nor its place yet
        "--force-prefers-reduced-motion",
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
