//! The smallest browser that can sign in: one connection that is kept open, cookies, and the token of the last form. It costs
//! little itself, so that what is measured is the portal.
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::kernel::text::percent;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// its status
    pub status: u16,
    /// its headers, with names in small letters
    pub headers: Vec<(String, String)>,
    /// its body as it came
    pub body: Vec<u8>,
    /// until the first byte of the body was there
    pub first: Duration,
    /// until it was whole
    pub whole: Duration,
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What stands behind these words up to the next quotation mark.
    #[must_use]
    pub fn behind(&self, words: &str) -> Option<String> {
        let text = self.text();
        let at = text.find(words)? + words.len();
        text[at..].split('"').next().map(|found| found.replace("&#38;", "&").replace("&amp;", "&"))
    }
}

/// A browser.
#[derive(Debug)]
pub struct Client {
    at: SocketAddr,
    stream: Option<BufStream<TcpStream>>,
    cookies: BTreeMap<String, String>,
    token: String,
    /// what it can unpack, if it says so
    pub accepts: Option<&'static str>,
}

impl Client {
    /// One that has not been anywhere.
    #[must_use]
    pub fn new(at: SocketAddr) -> Self {
        Self { at, stream: None, cookies: BTreeMap::new(), token: String::new(), accepts: None }
    }

    /// Another connection of the same browser.
    #[must_use]
    pub fn another(&self) -> Self {
        let (cookies, token) = (self.cookies.clone(), self.token.clone());
        Self { at: self.at, stream: None, cookies, token, accepts: self.accepts }
    }

    /// Signs in.
    pub async fn sign_in(&mut self, login: &str, password: &str) -> anyhow::Result<()> {
        self.get("/sign-in").await?;
        let answer = self.post("/sign-in", &[("login", login), ("password", password)]).await?;
        ensure!(answer.status == 303, "{login} cannot sign in: {}", answer.status);
        let to = answer.header("location").unwrap_or("/").to_owned();
        self.get(&to).await.map(drop)
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        self.send("GET", path, "").await
    }

    /// Opens a page that must be there.
    pub async fn open(&mut self, path: &str) -> anyhow::Result<Answer> {
        let answer = self.get(path).await?;
        ensure!(answer.status == 200, "{path}: {}", answer.status);
        Ok(answer)
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let once = Uuid::new_v4().to_string();
        let token = self.token.clone();
        let own = [("_token", token.as_str()), ("_once", once.as_str())];
        let pairs = own.iter().chain(fields).map(|(name, value)| format!("{}={}", percent(name), percent(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        self.send("POST", path, &body).await
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> anyhow::Result<Answer> {
        let kept = self.stream.is_some();
        match self.sent(method, path, body).await {
            // a connection that was kept may have been closed meanwhile
            Err(_) if kept => {
                self.stream = None;
                self.sent(method, path, body).await
            }
            answer => answer,
        }
    }

    async fn sent(&mut self, method: &str, path: &str, body: &str) -> anyhow::Result<Answer> {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: bench\r\n", self.at);
        if !cookies.is_empty() {
            head.push_str(&format!("Cookie: {cookies}\r\n"));
        }
        if let Some(accepts) = self.accepts {
            head.push_str(&format!("Accept-Encoding: {accepts}\r\n"));
        }
        if method == "POST" {
            head.push_str("Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n");
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        let since = Instant::now();
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.at).await?;
                stream.set_nodelay(true)?;
                BufStream::with_capacity(64 * 1024, 8 * 1024, stream)
            }
        };
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        stream.flush().await?;
        let (status, headers) = read_head(&mut stream).await?;
        let header = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let length = header("content-length").and_then(|length| length.parse().ok());
        let chunked = header("transfer-encoding").is_some_and(|how| how == "chunked");
        let (body, first) = read_body(&mut stream, length, chunked, since).await?;
        for (_, cookie) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            self.keep(cookie);
        }
        if header("connection").is_none_or(|how| how != "close") {
            self.stream = Some(stream);
        }
        let plain = header("content-encoding").is_none();
        let answer = Answer { status, headers, body, first, whole: since.elapsed() };
        if plain && let Some(token) = answer.behind("name=\"_token\" value=\"") {
            self.token = token;
        }
        Ok(answer)
    }

    fn keep(&mut self, cookie: &str) {
        let Some((name, value)) = cookie.split(';').next().and_then(|first| first.split_once('=')) else { return };
        if value.is_empty() || cookie.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

async fn read_head(stream: &mut BufStream<TcpStream>) -> anyhow::Result<(u16, Vec<(String, String)>)> {
    let mut line = String::new();
    ensure!(stream.read_line(&mut line).await? > 0, "the connection was closed");
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no answer of HTTP")?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        ensure!(stream.read_line(&mut line).await? > 0, "the answer broke off");
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None => return Ok((status, headers)),
        }
    }
}

async fn read_body(
    stream: &mut BufStream<TcpStream>,
    length: Option<usize>,
    chunked: bool,
    since: Instant,
) -> anyhow::Result<(Vec<u8>, Duration)> {
    let mut body = Vec::new();
    if !chunked {
        body.resize(length.unwrap_or(0), 0);
        stream.read_exact(&mut body).await?;
        return Ok((body, since.elapsed()));
    }
    let (mut line, mut first) = (String::new(), None);
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Ok(size) = usize::from_str_radix(line.trim_end(), 16) else { bail!("a chunk without its size") };
        first.get_or_insert_with(|| since.elapsed());
        let at = body.len();
        body.resize(at + size, 0);
        stream.read_exact(&mut body[at..]).await?;
        line.clear();
        stream.read_line(&mut line).await?;
        if size == 0 {
            return Ok((body, first.unwrap_or_default()));
        }
    }
}
