//! The words of the screens: one catalogue for each language, said through [`Words`].
//!
//! Catalogues are Fluent files, one per screen family (`locales/ja/*.ftl`, `locales/en/*.ftl`). A debug build reads
//! them from disk, a release carries them. A key that nobody wrote shows itself as `⟦key⟧` instead of stopping a page.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::LazyLock;

use fluent_templates::fluent_bundle::concurrent::FluentBundle;
use fluent_templates::fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_templates::langid;
use rust_embed::RustEmbed;

use super::dates::thousands;

#[derive(RustEmbed)]
#[folder = "locales/"]
struct Catalogue;

/// A language the portal speaks (表示言語).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// 日本語: what a new person sees.
    #[default]
    Ja,
    /// English.
    En,
}

impl Lang {
    /// Every language, in the order the switch shows them.
    pub const ALL: [Self; 2] = [Self::Ja, Self::En];

    /// The code for `lang=` attributes, cookies and form values.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// The language's own name, which is never translated.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Ja => "日本語",
            Self::En => "English",
        }
    }

    /// The other language: what the switch in the top bar offers.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Ja => Self::En,
            Self::En => Self::Ja,
        }
    }

    /// The first language of an `Accept-Language` header that we speak. Browsers send them in order of preference,
    /// so the weights need no arithmetic.
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        header.split(',').filter_map(|part| part.split([';', '-']).next()).find_map(|code| code.trim().parse().ok())
    }
}

/// A language code that is not in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the portal speaks ja and en")]
pub struct UnknownLang;

impl FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(code: &str) -> Result<Self, UnknownLang> {
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(code)).ok_or(UnknownLang)
    }
}

/// A sentence of the catalogue with its values, kept until the reader's language is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    key: Cow<'static, str>,
    values: Vec<(&'static str, Value)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    Count(i64),
    Label(Label),
}

impl Line {
    /// The sentence under this key.
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self { key: key.into(), values: Vec::new() }
    }

    /// Gives the sentence a text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.values.push((name, Value::Text(value.to_string())));
        self
    }

    /// Gives the sentence a number, which chooses singular or plural and is written with commas.
    #[must_use]
    pub fn count(mut self, name: &'static str, value: impl Count) -> Self {
        self.values.push((name, Value::Count(value.count())));
        self
    }

    /// Gives the sentence the name of a field or thing, itself said in the reader's language.
    #[must_use]
    pub fn named(mut self, name: &'static str, value: Label) -> Self {
        self.values.push((name, Value::Label(value)));
        self
    }

    /// The key in the catalogue.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// The name of a thing: a key of the catalogue, or words that are data (a system's name, a title of a regulation).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// A key of the catalogue.
    Key(Cow<'static, str>),
    /// Words shown as they are, in every language.
    Text(String),
}

impl Label {
    /// Words that are data and therefore not in the catalogue.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    /// A key of the catalogue.
    pub fn key(key: impl Into<Cow<'static, str>>) -> Self {
        Self::Key(key.into())
    }
}

/// A literal is a key: what stands in the source belongs in the catalogue.
impl From<&'static str> for Label {
    fn from(key: &'static str) -> Self {
        Self::Key(Cow::Borrowed(key))
    }
}

/// A whole number of things (件数).
pub trait Count {
    /// The number, as wide as the catalogue takes it.
    fn count(&self) -> i64;
}

macro_rules! counts {
    ($($number:ty),+) => {
        $(impl Count for $number {
            fn count(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        })+
    };
}
counts!(usize, u64, u32, u16, u8, i64, i32);

impl<T: Count + ?Sized> Count for &T {
    fn count(&self) -> i64 {
        (**self).count()
    }
}

/// The catalogue in one language, small enough to be copied into every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Words(pub Lang);

impl Words {
    /// The language spoken.
    #[must_use]
    pub const fn lang(self) -> Lang {
        self.0
    }

    /// The sentence under a key that takes no values.
    #[must_use]
    pub fn t(self, key: &str) -> Cow<'static, str> {
        say(self.0, key, None)
    }

    /// The sentence under a key that counts `$count`.
    #[must_use]
    pub fn n(self, key: &str, count: impl Count) -> Cow<'static, str> {
        let mut args = FluentArgs::new();
        args.set("count", count.count());
        say(self.0, key, Some(&args))
    }

    /// The sentence under a key with one value.
    #[must_use]
    pub fn t1(self, key: &str, name: &str, value: impl Display) -> Cow<'static, str> {
        self.with(key, &[(name, &value)])
    }

    /// The sentence under a key with two values.
    #[must_use]
    pub fn t2(
        self,
        key: &str,
        name: &str,
        value: impl Display,
        name2: &str,
        value2: impl Display,
    ) -> Cow<'static, str> {
        self.with(key, &[(name, &value), (name2, &value2)])
    }

    /// The sentence under a key with any number of texts.
    #[must_use]
    pub fn with(self, key: &str, values: &[(&str, &dyn Display)]) -> Cow<'static, str> {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set((*name).to_owned(), value.to_string());
        }
        say(self.0, key, Some(&args))
    }

    /// One of a family of words: `of("request-state", "draft")` says `request-state-draft`. The catalogue test counts
    /// every `family-…` as used where it finds this call.
    #[must_use]
    pub fn of(self, family: &str, which: impl Display) -> Cow<'static, str> {
        say(self.0, &format!("{family}-{which}"), None)
    }

    /// A sentence that was prepared before the language was known.
    #[must_use]
    pub fn line(self, line: &Line) -> Cow<'static, str> {
        let mut args = FluentArgs::new();
        for (name, value) in &line.values {
            match value {
                Value::Text(text) => args.set(*name, text.clone()),
                Value::Count(count) => args.set(*name, *count),
                Value::Label(label) => args.set(*name, self.label(label).into_owned()),
            }
        }
        say(self.0, &line.key, Some(&args))
    }

    /// The name of a thing.
    #[must_use]
    pub fn label(self, label: &Label) -> Cow<'static, str> {
        match label {
            Label::Key(key) => self.t(key),
            Label::Text(text) => Cow::Owned(text.clone()),
        }
    }
}

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<HashMap<&'static str, Bundle>> =
    LazyLock::new(|| Lang::ALL.into_iter().map(|lang| (lang.code(), load(lang))).collect());

fn load(lang: Lang) -> Bundle {
    let id = match lang {
        Lang::Ja => langid!("ja"),
        Lang::En => langid!("en"),
    };
    let mut bundle = Bundle::new_concurrent(vec![id]);
    // The marks would end up in copied text and in search; neither language runs from right to left.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(thousands(number.value.round() as i64)),
        _ => None,
    }));
    let folder = format!("{}/", lang.code());
    for path in Catalogue::iter().filter(|path| path.starts_with(&folder)) {
        let Some(file) = Catalogue::get(&path) else { continue };
        let text = String::from_utf8_lossy(&file.data).into_owned();
        // What parses is kept; the catalogue test names what does not.
        let resource = FluentResource::try_new(text).unwrap_or_else(|(partly, _)| partly);
        if let Err(doubles) = bundle.add_resource(resource) {
            tracing::error!(file = %path, ?doubles, "a message stands twice in the catalogue");
        }
    }
    bundle
}

fn say(lang: Lang, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
    let found = BUNDLES.get(lang.code()).and_then(|bundle| {
        let pattern = bundle.get_message(key)?.value()?;
        let mut faults = Vec::new();
        let said = match args {
            // A plain sentence is lent from the catalogue, not copied.
            None => bundle.format_pattern(pattern, None, &mut faults),
            Some(args) => Cow::Owned(bundle.format_pattern(pattern, Some(args), &mut faults).into_owned()),
        };
        Some(said)
    });
    found.unwrap_or_else(|| Cow::Owned(format!("⟦{key}⟧")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_sentence_is_said_in_both_languages() {
        assert_eq!(Words(Lang::Ja).t("web-skip"), "本文へ移動");
        assert_eq!(Words(Lang::En).t("web-skip"), "Skip to content");
    }

    #[test]
    fn counts_have_commas_and_no_direction_marks() {
        assert_eq!(Words(Lang::Ja).n("table-total", 1284_usize), "1,284件");
        assert_eq!(Words(Lang::En).n("table-total", 1_i64), "1 item");
        assert_eq!(Words(Lang::En).n("table-total", 1284_u64), "1,284 items");
    }

    #[test]
    fn a_missing_key_shows_itself() {
        assert_eq!(Words(Lang::Ja).t("nobody-wrote-this"), "⟦nobody-wrote-this⟧");
    }

    #[test]
    fn a_line_waits_for_its_language() {
        let line = Line::new("form-missing").named("label", Label::text("職員番号"));
        assert_eq!(Words(Lang::Ja).line(&line), "職員番号を入力してください");
    }

    #[test]
    fn the_browser_s_first_known_language_wins() {
        assert_eq!(Lang::accepted("fr-FR, en-GB;q=0.8, ja;q=0.5"), Some(Lang::En));
        assert_eq!(Lang::accepted("ja"), Some(Lang::Ja));
        assert_eq!(Lang::accepted("fr"), None);
    }
}
