//! What a browser sent: names and values in the order of the page.

use axum::body::Bytes;

use super::{LANG_FIELD, ONCE_FIELD, TOKEN_FIELD, Unasked};

/// More names and values than any page of ours asks for.
const MOST: usize = 2_000;
/// No form asks for more files than this.
const FILES: usize = 12;

/// The body of a form (application/x-www-form-urlencoded), decoded. The hidden fields that every form carries are
/// kept apart, so that a handler sees only what its page asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormInput {
    pairs: Vec<(String, String)>,
    files: Vec<Sent>,
    token: Option<String>,
    once: Option<String>,
    lang: Option<String>,
}

/// A file that came with a form.
#[derive(Clone, PartialEq, Eq)]
struct Sent {
    field: String,
    /// As somebody's computer called it: nothing that is to be trusted, or written into a log.
    name: String,
    content: Bytes,
}

impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sent").field("field", &self.field).field("bytes", &self.content.len()).finish_non_exhaustive()
    }
}

/// The body is not a form: broken escapes, text that is not UTF-8, or far too many fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not a form")]
pub struct Malformed;

impl FormInput {
    /// Decodes a body.
    ///
    /// # Errors
    /// [`Malformed`] when it is no form.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let mut input = Self::default();
        for part in body.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
            let mut halves = part.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            input.keep(name, value)?;
        }
        Ok(input)
    }

    /// Decodes a body by what it says it is.
    ///
    /// # Errors
    /// [`Malformed`] when it is no form.
    pub async fn read(kind: &str, body: &Bytes) -> Result<Self, Malformed> {
        match multer::parse_boundary(kind) {
            Ok(boundary) => Self::parse_parts(boundary, body.clone()).await,
            Err(_) => Self::parse(body),
        }
    }

    /// A form with files. What files say they are is not even read; their names are only for those who ask for them.
    async fn parse_parts(boundary: String, body: Bytes) -> Result<Self, Malformed> {
        let whole = futures::stream::once(async { Ok::<_, std::convert::Infallible>(body) });
        let mut parts = multer::Multipart::new(whole, boundary);
        let mut input = Self::default();
        while let Some(part) = parts.next_field().await.map_err(|_| Malformed)? {
            let name = part.name().ok_or(Malformed)?.to_owned();
            let file_name = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(|_| Malformed)?;
            match file_name {
                None => input.keep(name, text(bytes.to_vec())?)?,
                Some(_) if input.files.len() == FILES => return Err(Malformed),
                Some(_) if bytes.is_empty() => {}
                Some(file_name) => input.files.push(Sent { field: name, name: file_name, content: bytes }),
            }
        }
        Ok(input)
    }

    fn keep(&mut self, name: String, value: String) -> Result<(), Malformed> {
        let hidden = match name.as_str() {
            TOKEN_FIELD => &mut self.token,
            ONCE_FIELD => &mut self.once,
            LANG_FIELD => &mut self.lang,
            _ if self.pairs.len() == MOST => return Err(Malformed),
            _ => {
                self.pairs.push((name, value));
                return Ok(());
            }
        };
        // Two tokens in one body are never ours.
        if hidden.replace(value).is_some() { Err(Malformed) } else { Ok(()) }
    }

    /// Refuses every name, that of a file too, for which the page did not ask.
    ///
    /// # Errors
    /// [`Unasked`] with the first such name.
    pub fn only(&self, asks: impl Fn(&str) -> bool) -> Result<(), Unasked> {
        let mut names = self.pairs().map(|(name, _)| name).chain(self.file_names());
        names.find(|name| !asks(name)).map_or(Ok(()), |name| Err(Unasked(name.to_owned())))
    }

    /// The token that proves the session.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The key that makes a form sent twice count once.
    #[must_use]
    pub fn once(&self) -> Option<&str> {
        self.once.as_deref()
    }

    /// The language that is asked for, where the form was sent for nothing else (`web::switch`).
    #[must_use]
    pub fn lang(&self) -> Option<&str> {
        self.lang.as_deref()
    }

    /// Forgets what was typed under such names.
    pub(in crate::web) fn leave_out(&mut self, such: impl Fn(&str) -> bool) {
        self.pairs.retain(|(name, _)| !such(name));
    }

    /// The first value under a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Names and values as they came, without what every form carries.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// All values under a name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The file that was chosen under a name; one without a single byte counts as none.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&Bytes> {
        self.files.iter().find(|sent| sent.field == name).map(|sent| &sent.content)
    }

    /// Every file: the question it answers, what somebody's computer called it, and its bytes.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str, &[u8])> {
        self.files.iter().map(|sent| (sent.field.as_str(), sent.name.as_str(), &*sent.content))
    }

    /// The names under which files came.
    pub(super) fn file_names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|sent| sent.field.as_str())
    }

    /// The files of another input.
    pub(super) fn take_files(&mut self, other: &mut Self) {
        self.files = std::mem::take(&mut other.files);
    }

    /// All names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Adds a value, for filling in what is known.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.pairs.push((name.to_owned(), value.into()));
    }
}

fn decode(part: &[u8]) -> Result<String, Malformed> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next())? * 16 + hex(rest.next())?,
            other => other,
        });
    }
    text(bytes)
}

/// What was typed, without NUL: no key types one, but what is pasted may carry it, and no text column takes it. The other
/// control characters go where each answer is tidied.
fn text(mut bytes: Vec<u8>) -> Result<String, Malformed> {
    bytes.retain(|byte| *byte != 0);
    String::from_utf8(bytes).map_err(|_| Malformed)
}

fn hex(digit: Option<u8>) -> Result<u8, Malformed> {
    match digit {
        Some(digit @ b'0'..=b'9') => Ok(digit - b'0'),
        Some(digit @ b'a'..=b'f') => Ok(digit - b'a' + 10),
        Some(digit @ b'A'..=b'F') => Ok(digit - b'A' + 10),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_decoded_in_order() {
        let input = FormInput::parse("a=1&b=%E5%AE%88+%E3%82%8A&a=2&_token=t&_once=o&empty=".as_bytes()).unwrap();
        assert_eq!(input.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(input.get("b"), Some("守 り"));
        assert_eq!(input.get("empty"), Some(""));
        assert_eq!((input.token(), input.once()), (Some("t"), Some("o")));
        assert!(input.iter().all(|(name, _)| !name.starts_with('_')));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for body in ["a=%4", "a=%zz", "a=%ff", "_token=a&_token=b"] {
            assert_eq!(FormInput::parse(body.as_bytes()), Err(Malformed), "{body}");
        }
        assert!(FormInput::parse("x=1&".repeat(MOST + 1).as_bytes()).is_err());
    }

    #[tokio::test]
    async fn a_nul_is_left_out_of_what_was_typed() {
        assert_eq!(FormInput::parse(b"a=%00x%00&b=y\0").unwrap(), FormInput::parse(b"a=x&b=y").unwrap());
        let body = parts(&[("name=\"a\"", "x\0y")]);
        let input = FormInput::read("multipart/form-data; boundary=x", &body).await.unwrap();
        assert_eq!(input.get("a"), Some("xy"));
    }

    fn parts(parts: &[(&str, &str)]) -> Bytes {
        let part =
            |(head, body): &(&str, &str)| format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
        Bytes::from(parts.iter().map(part).collect::<String>() + "--x--\r\n")
    }

    #[tokio::test]
    async fn a_form_with_a_file_is_read_and_the_files_own_name_stands_in_no_log() {
        let body = parts(&[
            ("name=\"_token\"", "t"),
            ("name=\"list\"", "一覧"),
            ("name=\"file\"; filename=\"..\\..\\syukujitsu.csv\"\r\nContent-Type: text/csv", "a,b"),
            ("name=\"none\"; filename=\"\"", ""),
        ]);
        let input = FormInput::read("multipart/form-data; boundary=x", &body).await.unwrap();
        assert_eq!((input.token(), input.get("list")), (Some("t"), Some("一覧")));
        assert_eq!((input.file("file"), input.file("none")), (Some(&Bytes::from("a,b")), None));
        assert_eq!(input.files().map(|(field, _, _)| field).collect::<Vec<_>>(), ["file"]);
        assert!(!format!("{input:?}").contains("syukujitsu"));
    }

    #[tokio::test]
    async fn what_is_no_form_with_files_is_refused() {
        let many = vec![("name=\"file\"; filename=\"a\"", "x"); FILES + 1];
        let twice = [("name=\"_token\"", "a"), ("name=\"_token\"", "b")];
        for body in [parts(&[("filename=\"a\"", "x")]), parts(&twice), parts(&many), Bytes::from("--x\r\n")] {
            assert_eq!(FormInput::read("multipart/form-data; boundary=x", &body).await, Err(Malformed), "{body:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_arrives_never_stops_the_portal(body: Vec<u8>) {
            let _ = FormInput::parse(&body);
        }
    }
}
