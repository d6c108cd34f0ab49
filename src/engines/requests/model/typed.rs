//! What arrived from the browser for a form (入力された値), cleaned before any rule looks at it.
use super::content::Content;
use serde_json::Value;

/// What arrived from the browser: names and values, cleaned of control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name, clean(&value))).collect())
    }

    /// What a stored content would look like typed again: for mending a returned request.
    #[must_use]
    pub fn again(content: &Content) -> Self {
        let mut pairs = Vec::new();
        for (key, value) in content.iter() {
            let grants = content.grants(key);
            if grants.is_empty() {
                match value {
                    // of files, their ids
                    Value::Array(items) if items.iter().all(Value::is_object) => {
                        pairs.extend(content.files(key).into_iter().map(|file| (key.into(), file.id.to_string())));
                    }
                    Value::Array(_) => pairs.extend(content.many(key).into_iter().map(|v| (key.into(), v.to_owned()))),
                    // of a span, each end under its own name
                    Value::Object(ends) => pairs.extend(
                        ends.iter()
                            .filter_map(|(end, value)| Some((format!("{key}.{end}"), value.as_str()?.to_owned()))),
                    ),
                    Value::Number(number) => pairs.push((key.to_owned(), number.to_string())),
                    _ => pairs.extend(content.text(key).map(|v| (key.to_owned(), v.to_owned()))),
                }
            }
            for grant in grants {
                pairs.push((key.into(), grant.system.to_string()));
                pairs.push((format!("{key}.{}", grant.system), grant.right));
            }
        }
        Self(pairs)
    }

    /// The first value of a name, trimmed; empty when there is none.
    #[must_use]
    pub fn one(&self, name: &str) -> String {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Fills a name that was left empty (known facts, a picked row).
    pub fn suggest(&mut self, name: &str, value: &str) {
        if self.one(name).is_empty() {
            self.0.push((name.into(), value.into()));
        }
    }

    /// The same with one value more.
    #[must_use]
    pub fn also(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// The same with these ticked under a name, and no others.
    #[must_use]
    pub fn ticking(mut self, name: &str, values: Vec<String>) -> Self {
        self.0.retain(|(key, _)| key != name);
        self.0.extend(values.into_iter().map(|value| (name.to_owned(), value)));
        self
    }

    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Line ends become `\n`; other control characters and invisible direction marks have no place in a form.
fn clean(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    unix.chars()
        .filter(|c| *c == '\n' || !(c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')))
        .collect()
}
