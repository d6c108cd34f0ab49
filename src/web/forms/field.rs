//! One question of a form: how it is asked, and by what rule its answer is right.

use super::super::dates::Dates;
use super::super::locale::{Label, Line};
use super::super::screen::said;
use super::tidy::Tidy;
use crate::kernel::text;

/// How a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Text,
    /// Several lines.
    Area,
    /// A password; never shown again.
    Password,
    /// A day, with 和暦 below it.
    Date,
    /// One of many, from a list.
    Select,
    /// One of few.
    Radio,
    /// One of few, side by side.
    Cards,
    /// Several of few.
    Checks,
    /// One box to tick (「確認しました」).
    Tick,
    /// A file, on a form drawn with `ui::upload`.
    File,
    /// Carried along unseen.
    Hidden,
}

/// How wide the field is drawn: as wide as the answer is long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Width {
    /// A few digits.
    Tiny,
    /// A number, a date.
    Short,
    /// A name.
    #[default]
    Middle,
    /// A sentence.
    Long,
    /// As wide as the form.
    Full,
}

impl Width {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Tiny => " w-xs",
            Self::Short => " w-s",
            Self::Middle => " w-m",
            Self::Long => " w-l",
            Self::Full => "",
        }
    }
}

/// One answer to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: Label,
    /// A second line that says what follows from it.
    pub note: Option<Label>,
}

impl Choice {
    /// An answer to choose.
    pub fn new(value: impl Into<String>, label: impl Into<Label>) -> Self {
        Self { value: value.into(), label: label.into(), note: None }
    }

    /// A second line that says what follows from it.
    #[must_use]
    pub fn note(mut self, note: impl Into<Label>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// One question of a form (入力欄).
#[derive(Debug, Clone)]
pub struct Field {
    pub(super) name: String,
    pub(super) label: Label,
    pub(super) hint: Option<Label>,
    pub(super) kind: Kind,
    pub(super) tidy: Tidy,
    pub(super) required: bool,
    pub(super) width: Width,
    pub(super) most: Option<usize>,
    pub(super) digits: Option<usize>,
    pub(super) choices: Vec<Choice>,
    pub(super) when: Option<(String, String)>,
    pub(super) autocomplete: &'static str,
    pub(super) rows: u8,
}

impl Field {
    fn new(kind: Kind, name: impl Into<String>, label: impl Into<Label>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: None,
            kind,
            tidy: Tidy::Line,
            required: true,
            width: Width::Middle,
            most: None,
            digits: None,
            choices: Vec::new(),
            when: None,
            autocomplete: "off",
            rows: 3,
        }
    }

    /// One line of words. Like every question it must be answered unless [`Field::optional`] says otherwise.
    pub fn text(name: impl Into<String>, label: impl Into<Label>) -> Self {
        Self::new(Kind::Text, name, label).most(200)
    }

    /// 氏名
    pub fn name(name: impl Into<String>, label: impl Into<Label>) -> Self {
        Self { tidy: Tidy::Name, ..Self::text(name, label) }.most(60)
    }

    /// よみ, kept in ひらがな.
    pub fn kana(name: impl Into<String>, label: impl Into<Label>) -> Self {
        Self { tidy: Tidy::Hiragana, ..Self::text(name, label) }.most(60)
    }

    /// A number that is a name and keeps its leading zeros (職員番号).
    pub fn digits(name: impl Into<String>, label: impl Into<Label>) -> Self {
        Self { tidy: Tidy::Digits, width: Width::Short, ..Self::text(name, label) }.most(20)
    }

    /// A code with letters (管理番号).
    pub fn code(name: impl Into<String>, label: impl Into<Label>) -> Self {
        Self { tidy: Tidy::Code, width: Width::Short, ..Self::text(name, label) }.most(40)
    }

    /// A login id, an address, a host name.
    pub fn ascii(name: impl Into<String>, label: impl Into<Label>) -> Self {
        Self { tidy: Tidy::Ascii, ..Self::text(name, label) }
    }

    /// Several lines.
    pub fn area(name: impl Into<String>, label: impl Into<Label>) -> Self {
        Self { tidy: Tidy::Lines, width: Width::Full, ..Self::new(Kind::Area, name, label) }.most(2_000)
    }

    /// A password, taken exactly as typed and never drawn again.
    pub fn password(name: impl Into<String>, label: impl Into<Label>) -> Self {
        let field = Self { tidy: Tidy::AsTyped, width: Width::Full, ..Self::new(Kind::Password, name, label) };
        field.most(1_000).autocomplete("current-password")
    }

    /// A day.
    pub fn date(name: impl Into<String>, label: impl Into<Label>) -> Self {
        Self { tidy: Tidy::Ascii, width: Width::Short, ..Self::new(Kind::Date, name, label) }
    }

    /// One of many, from a list.
    pub fn select(name: impl Into<String>, label: impl Into<Label>, choices: Vec<Choice>) -> Self {
        Self { choices, ..Self::new(Kind::Select, name, label) }
    }

    /// One of few, one below the other.
    pub fn radio(name: impl Into<String>, label: impl Into<Label>, choices: Vec<Choice>) -> Self {
        Self { choices, ..Self::new(Kind::Radio, name, label) }
    }

    /// One of few, side by side.
    pub fn cards(name: impl Into<String>, label: impl Into<Label>, choices: Vec<Choice>) -> Self {
        Self { choices, ..Self::new(Kind::Cards, name, label) }
    }

    /// Several of few.
    pub fn checks(name: impl Into<String>, label: impl Into<Label>, choices: Vec<Choice>) -> Self {
        Self { choices, ..Self::new(Kind::Checks, name, label) }
    }

    /// One box to tick; sent as `yes`.
    pub fn tick(name: impl Into<String>, label: impl Into<Label>) -> Self {
        Self { choices: vec![Choice::new("yes", Label::text(""))], ..Self::new(Kind::Tick, name, label) }
    }

    /// A file that need not be chosen. What is in it, and whether one has to be, says whoever reads it.
    pub fn file(name: impl Into<String>, label: impl Into<Label>) -> Self {
        Self { required: false, width: Width::Full, ..Self::new(Kind::File, name, label) }
    }

    /// Carried along unseen (the version an edit started from).
    pub fn hidden(name: impl Into<String>) -> Self {
        Self { required: false, ..Self::new(Kind::Hidden, name, Label::text("")) }
    }

    /// May be left empty (※任意).
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Must be answered or not, as a form that is data says.
    #[must_use]
    pub const fn required(mut self, required: bool) -> Self {
        self.required = required;
        self
    }

    /// What helps to answer, under the label.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Label>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// How wide the field is drawn.
    #[must_use]
    pub const fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }

    /// The most characters.
    #[must_use]
    pub const fn most(mut self, characters: usize) -> Self {
        self.most = Some(characters);
        self
    }

    /// Exactly so many digits.
    #[must_use]
    pub const fn exactly(mut self, digits: usize) -> Self {
        self.digits = Some(digits);
        self
    }

    /// How many lines are drawn.
    #[must_use]
    pub const fn rows(mut self, rows: u8) -> Self {
        self.rows = rows;
        self
    }

    /// What the browser or a password manager may fill in.
    #[must_use]
    pub const fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = what;
        self
    }

    /// Asked only under a choice of a radio, card or check question, and drawn below it. What was typed under a
    /// choice that was not made is dropped.
    #[must_use]
    pub fn when(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.when = Some((name.into(), value.into()));
        self
    }

    pub(super) const fn takes_many(&self) -> bool {
        matches!(self.kind, Kind::Checks)
    }

    pub(super) const fn is_hidden(&self) -> bool {
        matches!(self.kind, Kind::Hidden)
    }

    pub(super) const fn is_file(&self) -> bool {
        matches!(self.kind, Kind::File)
    }

    const fn is_chosen(&self) -> bool {
        matches!(self.kind, Kind::Select | Kind::Radio | Kind::Cards | Kind::Checks | Kind::Tick)
    }

    pub(super) fn choice(&self, value: &str) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.value == value)
    }

    pub(super) fn tidy(&self, typed: &str, dates: &Dates) -> String {
        match self.kind {
            _ if self.is_chosen() => typed.to_owned(),
            // However a day was written, from here on it is one form, which a date field can show again.
            Kind::Date => dates.read(typed).map_or_else(|_| self.tidy.apply(typed), |day| dates.machine(day)),
            _ => self.tidy.apply(typed),
        }
    }

    /// What is wrong with the answers, in words that say what to do.
    pub(super) fn fault(&self, answers: &[String], dates: &Dates) -> Option<Line> {
        let mut given = answers.iter().filter(|answer| !answer.is_empty()).peekable();
        if given.peek().is_none() {
            return self.required.then(|| self.say(self.missing_key()));
        }
        given.find_map(|answer| self.fault_of(answer, dates))
    }

    pub(super) const fn missing_key(&self) -> &'static str {
        match self.kind {
            Kind::Tick => "form-tick",
            _ if self.is_chosen() => "form-choose",
            _ => "form-missing",
        }
    }

    fn fault_of(&self, answer: &str, dates: &Dates) -> Option<Line> {
        if self.is_chosen() {
            return self.choice(answer).is_none().then(|| self.say("form-choose-listed"));
        }
        if matches!(self.kind, Kind::Date) {
            return dates.read(answer).err().map(|error| said(&error.message()).named("label", self.label.clone()));
        }
        self.wrong_letters(answer).or_else(|| self.too_long(answer))
    }

    fn wrong_letters(&self, answer: &str) -> Option<Line> {
        match self.tidy {
            Tidy::Digits => self.digit_fault().filter(|_| !self.digits_right(answer)),
            Tidy::Code if !text::begins_like_a_code(answer) => Some(self.say("form-code")),
            Tidy::Ascii | Tidy::Code => answer.chars().any(|c| !c.is_ascii_graphic()).then(|| self.say("form-ascii")),
            Tidy::Hiragana => (!text::is_reading(answer)).then(|| self.say("form-hiragana")),
            _ => None,
        }
    }

    fn digits_right(&self, answer: &str) -> bool {
        answer.chars().all(|c| c.is_ascii_digit()) && self.digits.is_none_or(|count| answer.len() == count)
    }

    /// The sentence that asks for digits, said on the page before anything is sent and by the server alike.
    pub(super) fn digit_fault(&self) -> Option<Line> {
        matches!(self.tidy, Tidy::Digits).then(|| match self.digits {
            Some(count) => self.say("form-digits-exact").count("count", count),
            None => self.say("form-digits"),
        })
    }

    fn too_long(&self, answer: &str) -> Option<Line> {
        let now = answer.chars().count();
        let most = self.most.filter(|most| now > *most)?;
        Some(self.say("form-too-long").count("most", most).count("now", now))
    }

    pub(super) fn say(&self, key: &'static str) -> Line {
        Line::new(key).named("label", self.label.clone())
    }
}
