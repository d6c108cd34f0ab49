//! A page as a browser got it, and what a reader finds on it.
use axum::http::{StatusCode, header};

/// A page as it came.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Page {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Where it leads.
    pub fn location(&self) -> Option<String> {
        self.headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned())
    }

    /// Asserts 200.
    #[track_caller]
    pub fn ok(&self) -> &Self {
        assert_eq!(self.status, StatusCode::OK, "{}", self.words());
        self
    }

    /// Asserts that these words stand on the page (tags and escapes removed).
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        let all = self.words();
        assert!(all.contains(words), "「{words}」 does not stand on the page ({}): {all}", self.status);
        self
    }

    /// Asserts that these words do not.
    #[track_caller]
    pub fn hides(&self, words: &str) -> &Self {
        let all = self.words();
        assert!(!all.contains(words), "「{words}」 stands on the page ({}): {all}", self.status);
        self
    }

    /// Asserts a refusal in these words.
    #[track_caller]
    pub fn refuses(&self, words: &str) -> &Self {
        assert!(self.status.is_client_error(), "not refused: {} {:?}", self.status, self.location());
        self.says(words)
    }

    /// What a reader sees: text without tags.
    pub fn words(&self) -> String {
        let html = self.text();
        let mut out = String::new();
        let mut inside = false;
        let mut tag = String::new();
        for character in html.chars() {
            match character {
                '<' => {
                    inside = true;
                    tag.clear();
                }
                '>' if inside => {
                    inside = false;
                    // names and values of facts stand apart
                    if tag == "/dt" || tag == "/dd" {
                        out.push(' ');
                    }
                }
                other if inside => tag.push(other),
                other if !inside => out.push(other),
                _ => {}
            }
        }
        let out = out
            .replace("&lt;", "<")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&#34;", "\"")
            .replace("&amp;", "&");
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text after `prefix` up to the next quote: for hidden fields and addresses.
    pub fn attribute(&self, prefix: &str) -> Option<String> {
        let html = self.text();
        let from = html.find(prefix)? + prefix.len();
        let rest = &html[from..];
        Some(rest[..rest.find('"')?].to_owned())
    }
}
