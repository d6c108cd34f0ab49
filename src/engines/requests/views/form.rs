//! Forms whose questions come from the regulation: drawn field by field, with what was typed and what is to be mended.
use super::capacity::{Chosen, Posts};
use super::conditions::{Conditions, asks_for_facts};
use super::route::Flow;
use super::sheet::Sheet;
use super::tried::Tried;
use super::{Answer, say, say_message};
use crate::engines::requests::drafts::views::HandOver;
use crate::engines::requests::model::choice::pick;
use crate::engines::requests::model::files::{LARGEST, MOST, size};
use crate::engines::requests::model::spans::{ENDS, HOUR};
use crate::engines::requests::model::{
    Choice, Content, Field, FieldError, FileRef, Form, Input, MOMENT, Meant, Options, Typed, When,
};
use crate::kernel::calendar::{parse_time, read_moment};
use crate::kernel::files::Media;
use crate::web::dates::Dates;
use crate::web::locale::Words as Catalogue;
use crate::web::shell::{Basis, Shell};
use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{NaiveDate, NaiveDateTime};

/// One thing to choose, drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Option_ {
    pub value: String,
    pub label: String,
    pub note: String,
    pub chosen: bool,
    pub rights: Vec<Self>,
    /// It cannot be chosen here: where it is asked for.
    pub elsewhere: Option<&'static str>,
}

impl Option_ {
    /// Where those of its rights are asked for that cannot be chosen here.
    #[must_use]
    pub fn rights_elsewhere(&self) -> Option<&'static str> {
        self.rights.iter().find_map(|right| right.elsewhere)
    }
}

/// How a question is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draw {
    Text {
        max: usize,
    },
    Area {
        max: usize,
    },
    Date,
    Moment,
    /// From one day or hour to another.
    Span,
    Number,
    Person,
    Select,
    Radio,
    Checks,
    /// Rows of a register to be ticked.
    Rows,
    Rights,
    /// Every row with its answer.
    Every,
    /// The files that came, and a place for more.
    Files,
}

/// One end of a span, drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub name: String,
    pub label: String,
    pub value: String,
    /// The `type` of its field: one to type in for what is neither a day nor an hour.
    pub field_type: &'static str,
    /// The day in the era.
    pub found: Option<String>,
}

/// How much a question has to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Required,
    /// Required under a condition that the hint or the error explains.
    Sometimes,
    Optional,
}

/// One question, drawn.
#[derive(Debug, Clone, Template)]
#[template(path = "requests/parts/field.html")]
pub struct Question {
    pub w: Catalogue,
    pub id: String,
    pub name: String,
    pub label: String,
    pub hint: Option<String>,
    /// The clause that asks for it, by its id in the regulation, and as the page names it (根拠).
    pub clause: Option<String>,
    pub basis: Option<Basis>,
    pub need: Need,
    /// On which answers it hangs.
    pub conditions: Conditions,
    pub draw: Draw,
    pub value: String,
    /// What the typed value was understood as: the person found, the day in the era.
    pub found: Option<String>,
    pub options: Vec<Option_>,
    /// What stands there while nothing is offered.
    pub nothing: String,
    /// The field of the person whose own rows are offered here.
    pub of: Option<String>,
    /// What is shown anew once this is answered: the field, and the words of the button.
    pub shows: Option<(String, String)>,
    /// The two ends of a span.
    pub ends: Vec<End>,
    /// Who may be meant, where what was typed does not decide it.
    pub candidates: Vec<Option_>,
    pub error: Option<String>,
}

impl HtmlSafe for Question {}

impl Question {
    /// Which sentences belong to this field, for screen readers.
    #[must_use]
    pub fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-h", self.id));
        let when = self.conditions.said.as_ref().map(|_| format!("{}-n", self.id));
        let error = self.error.as_ref().map(|_| format!("{}-e", self.id));
        hint.into_iter().chain(when).chain(error).collect::<Vec<_>>().join(" ")
    }

    /// The `type` of a day's or a moment's field: one to type in for what is neither.
    fn field_type(&self) -> &'static str {
        match self.draw {
            Draw::Moment if self.value.is_empty() || NaiveDateTime::parse_from_str(&self.value, MOMENT).is_ok() => {
                "datetime-local"
            }
            Draw::Moment => "text",
            _ => Dates::field_type(&self.value),
        }
    }

    /// Is it worth asking what was typed means, as soon as the field is left?
    fn looks(&self) -> bool {
        self.draw == Draw::Person
    }

    /// What files are taken: how many, how large, and of which kinds.
    fn limits(&self) -> String {
        let (most, large) = (MOST.to_string(), size(LARGEST as u64));
        self.w.t2("requests-files-limits", "most", most, "large", large).into_owned()
    }

    /// The endings of their names, for the browser's own choosing.
    fn accepts(&self) -> String {
        let endings = Media::ALL.iter().flat_map(|media| media.endings());
        endings.map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(",")
    }

    #[must_use]
    pub fn required(&self) -> bool {
        self.need == Need::Required
    }
}

/// A numbered part of the page.
#[derive(Debug, Clone)]
pub struct Part {
    pub number: usize,
    pub title: String,
    pub questions: Vec<Question>,
}

/// A whole form, drawn.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub parts: Vec<Part>,
    /// Each thing to be mended: where, and in which words.
    pub faults: Vec<(String, String)>,
}

impl Drawn {
    /// Whoever prepares it for another one does not see all that the other one can choose from.
    pub fn out_of_sight(&mut self, w: Catalogue, tier: &str) {
        let theirs = w.t("requests-nothing-of-them");
        let empty = |question: &&mut Question| question.options.is_empty() && question.nothing == theirs;
        for question in self.parts.iter_mut().flat_map(|part| &mut part.questions).filter(empty) {
            question.nothing = w.t1("requests-nothing-in-sight", "tier", tier).into_owned();
        }
    }

    #[must_use]
    pub fn faulty(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Names the clause of each question beside it (根拠).
    #[must_use]
    pub fn citing(mut self, basis: impl Fn(&str) -> Option<Basis>) -> Self {
        for question in self.parts.iter_mut().flat_map(|part| &mut part.questions) {
            question.basis = question.clause.as_deref().and_then(&basis);
        }
        self
    }
}

/// The address of a field on its page.
#[must_use]
pub fn field_id(key: &str) -> String {
    format!("f-{key}")
}

/// Draws a form with what was typed and what is to be mended.
#[must_use]
pub fn draw(
    w: Catalogue,
    dates: &Dates,
    form: &Form,
    typed: &Typed,
    options: &Options,
    errors: &[FieldError],
) -> Drawn {
    let content = asks_for_facts(form).then(|| form.read(typed, options, dates.today).0);
    let content = content.as_ref();
    let part = |(at, section): (usize, &crate::engines::requests::model::Section)| Part {
        number: at + 1,
        title: say(w, &section.title),
        questions: section
            .fields
            .iter()
            .map(|field| question(w, dates, (form, field), typed, (options, content), errors))
            .collect(),
    };
    let fault = |error: &FieldError| (field_id(&error.field), say_message(w, &error.message));
    Drawn { parts: form.sections.iter().enumerate().map(part).collect(), faults: errors.iter().map(fault).collect() }
}

fn question(
    w: Catalogue,
    dates: &Dates,
    (form, field): (&Form, &Field),
    typed: &Typed,
    (options, content): (&Options, Option<&Content>),
    errors: &[FieldError],
) -> Question {
    let choices = field.choices(options);
    let (value, found) = understood(dates, field, choices, typed, w);
    let draw = match &field.input {
        Input::Text { max } => Draw::Text { max: *max },
        Input::LongText { max } => Draw::Area { max: *max },
        Input::Date => Draw::Date,
        Input::Moment => Draw::Moment,
        Input::Period | Input::TimeBand => Draw::Span,
        Input::Number => Draw::Number,
        Input::Person => Draw::Person,
        Input::Choice { options } if options.len() <= 6 => Draw::Radio,
        Input::YesNo => Draw::Radio,
        Input::Choice { .. } | Input::Department | Input::Reference { .. } => Draw::Select,
        Input::Multiple { .. } => Draw::Checks,
        Input::References { .. } => Draw::Rows,
        Input::Rights { .. } => Draw::Rights,
        Input::Every { .. } => Draw::Every,
        Input::File => Draw::Files,
    };
    let error = errors.iter().find(|error| error.field == field.key).map(|error| say_message(w, &error.message));
    Question {
        w,
        id: field_id(&field.key),
        name: field.key.clone(),
        label: say(w, &field.label),
        hint: field.hint.as_ref().map(|hint| say(w, hint)),
        clause: field.clause.clone(),
        basis: None,
        conditions: Conditions::of(w, (form, field), content.map(|content| (content, options))),
        need: match field.required {
            When::Always => Need::Required,
            When::Never => Need::Optional,
            When::Answered { .. } => Need::Sometimes,
        },
        draw,
        value,
        found,
        options: drawn_options(w, field, choices, typed),
        nothing: nothing(w, (form, field), typed, options, dates.today),
        of: field.of.clone(),
        shows: shows(w, form, field),
        ends: ends(w, dates, field, typed),
        candidates: candidates(w, field, choices, typed),
        error,
    }
}

/// The two ends of a span with what was typed; none of any other field.
fn ends(w: Catalogue, dates: &Dates, field: &Field, typed: &Typed) -> Vec<End> {
    if !matches!(field.input, Input::Period | Input::TimeBand) {
        return Vec::new();
    }
    let end = |end: &&str| {
        let name = format!("{}.{end}", field.key);
        let typed = typed.one(&name);
        let (value, field_type, found) = match &field.input {
            Input::Period => match dates.read(&typed) {
                Ok(day) => (dates.machine(day), "date", Some(dates.long(day))),
                Err(_) => (typed.clone(), Dates::field_type(&typed), None),
            },
            _ => match parse_time(&typed) {
                Ok(hour) => (hour.format(HOUR).to_string(), "time", None),
                Err(_) if typed.is_empty() => (String::new(), "time", None),
                Err(_) => (typed.clone(), "text", None),
            },
        };
        End { name, label: w.of("requests-span", end).into_owned(), value, field_type, found }
    };
    ENDS.iter().map(end).collect()
}

/// Why nothing is offered: nobody is named yet, this person has nothing, or the register is empty.
fn nothing(w: Catalogue, (form, field): (&Form, &Field), typed: &Typed, options: &Options, today: NaiveDate) -> String {
    let owner = field.of.as_deref().and_then(|of| form.field(of));
    let key = match owner {
        Some(owner) if owner.chosen(typed, options, today).is_none() => "requests-whose-first",
        Some(_) => "requests-nothing-of-them",
        None => "requests-no-options",
    };
    w.t(key).into_owned()
}

/// The field whose rows belong to whoever is named here, and how to see them.
fn shows(w: Catalogue, form: &Form, field: &Field) -> Option<(String, String)> {
    let shown = form.fields().find(|other| other.of.as_deref() == Some(field.key.as_str()))?;
    Some((field_id(&shown.key), w.t1("requests-show-theirs", "label", say(w, &shown.label)).into_owned()))
}

/// A person is typed as a number and answered with a name; a day is answered in the era.
fn understood(
    dates: &Dates,
    field: &Field,
    choices: &[Choice],
    typed: &Typed,
    w: Catalogue,
) -> (String, Option<String>) {
    let value = typed.one(&field.key);
    match field.input {
        Input::Person if !value.is_empty() => match Meant::of(choices, &value) {
            Meant::One(person) => (person.aliases.first().cloned().unwrap_or(value), Some(named(w, person))),
            meant => match meant.picked(&typed.one(&pick(&field.key))) {
                Meant::One(person) => (value, Some(named(w, person))),
                _ => (value, None),
            },
        },
        Input::Date => match dates.read(&value) {
            Ok(day) => (dates.machine(day), Some(dates.long(day))),
            Err(_) => (value, None),
        },
        Input::Moment => match read_moment(&value, dates.today) {
            Ok(at) => (at.format(MOMENT).to_string(), None),
            Err(_) => (value, None),
        },
        _ => (value, None),
    }
}

fn named(w: Catalogue, person: &Choice) -> String {
    let note = person.note.as_ref().map(|note| say(w, note)).unwrap_or_default();
    format!("{} {note}", say(w, &person.words())).trim().to_owned()
}

/// Candidates drawn at most; whoever is not among them is found by more of the name.
const CANDIDATES: usize = 20;

/// Those who are meant by what was typed, when they are several, with number and section.
fn candidates(w: Catalogue, field: &Field, choices: &[Choice], typed: &Typed) -> Vec<Option_> {
    let Input::Person = field.input else { return Vec::new() };
    let Meant::OneOf(candidates) = Meant::of(choices, &typed.one(&field.key)) else { return Vec::new() };
    let picked = typed.one(&pick(&field.key));
    let candidate = |person: &&Choice| Option_ {
        value: person.value.clone(),
        label: say(w, &person.words()),
        note: person.note.as_ref().map(|note| say(w, note)).unwrap_or_default(),
        chosen: person.value == picked,
        rights: Vec::new(),
        elsewhere: None,
    };
    candidates.iter().take(CANDIDATES).map(candidate).collect()
}

fn drawn_options(w: Catalogue, field: &Field, choices: &[Choice], typed: &Typed) -> Vec<Option_> {
    if field.input == Input::YesNo {
        let chosen = typed.one(&field.key);
        return ["yes", "no"]
            .into_iter()
            .map(|value| Option_ {
                value: value.into(),
                label: w.of("requests-answer", value).into_owned(),
                note: String::new(),
                chosen: chosen == value,
                rights: Vec::new(),
                elsewhere: None,
            })
            .collect();
    }
    let chosen: Vec<&str> = typed.all(&field.key).collect();
    if field.input == Input::File {
        let file = |file: &Choice| Option_ {
            value: file.value.clone(),
            label: say(w, &FileRef::said(file)),
            note: String::new(),
            chosen: chosen.contains(&file.value.as_str()),
            rights: Vec::new(),
            elsewhere: None,
        };
        return choices.iter().map(file).collect();
    }
    choices
        .iter()
        .map(|choice| {
            let right = typed.one(&format!("{}.{}", field.key, choice.value));
            let label = |choice: &Choice| say(w, &choice.words());
            let note = |choice: &Choice| choice.note.as_ref().map(|note| say(w, note)).unwrap_or_default();
            let rights = choice.rights.iter().map(|offered| Option_ {
                value: offered.value.clone(),
                label: label(offered),
                note: note(offered),
                chosen: offered.value == right && offered.elsewhere.is_none(),
                rights: Vec::new(),
                elsewhere: offered.elsewhere,
            });
            Option_ {
                value: choice.value.clone(),
                label: label(choice),
                note: note(choice),
                chosen: chosen.contains(&choice.value.as_str()),
                rights: rights.collect(),
                elsewhere: choice.elsewhere,
            }
        })
        .collect()
}

/// 申請書を書く: one page of numbered sections, the route with names beside it.
#[derive(Template)]
#[template(path = "requests/form.html")]
pub struct FormPage {
    pub shell: Shell,
    /// Where the form is sent.
    pub action: String,
    /// The id of the request that will come of it.
    pub id: String,
    /// The fingerprint of the round it started from, when it is mended.
    pub from: Option<String>,
    pub form: Drawn,
    pub flow: Flow,
    /// No clause asks for it.
    pub org_defined: bool,
    /// The reason of a return, word for word.
    pub returned: Option<(String, String)>,
    /// The draft from which it is filed.
    pub draft: Option<String>,
    /// Who files it, when whoever fills it in may not.
    pub hand_over: Option<HandOver>,
    /// Where it is kept for later.
    pub keep: Option<String>,
    /// Where many of them are filed from a table.
    pub table: Option<String>,
    /// Files are among its answers.
    pub files: bool,
}

/// 内容を確かめる: every answer with a way back, the route with names, and the button that sends.
#[derive(Template)]
#[template(path = "requests/check.html")]
pub struct CheckPage {
    pub shell: Shell,
    pub action: String,
    pub id: String,
    pub from: Option<String>,
    pub subject: String,
    pub parts: Vec<CheckPart>,
    pub typed: Vec<(String, String)>,
    pub flow: Flow,
    pub changes: Vec<super::changes::RowView>,
    /// What is different from the round before (再提出).
    pub differences: Vec<super::changes::DifferenceView>,
    /// The draft from which it is filed.
    pub draft: Option<String>,
}

/// A part of the check page.
#[derive(Debug, Clone)]
pub struct CheckPart {
    pub title: String,
    /// Each with the clause that asks for it.
    pub answers: Vec<(Answer, Option<Basis>)>,
}

/// Groups the answers as the form did.
#[must_use]
pub fn check_parts(
    w: Catalogue,
    form: &Form,
    answers: &[Answer],
    basis: impl Fn(&str) -> Option<Basis>,
) -> Vec<CheckPart> {
    let part = |section: &crate::engines::requests::model::Section| CheckPart {
        title: say(w, &section.title),
        answers: answers
            .iter()
            .filter_map(|answer| {
                let field = section.fields.iter().find(|field| field.key == answer.field)?;
                Some((answer.clone(), field.clause.as_deref().and_then(&basis)))
            })
            .collect(),
    };
    form.sections.iter().map(part).filter(|part| !part.answers.is_empty()).collect()
}

/// 1行を実施する: what was approved on the left, what is recorded on the right.
#[derive(Template)]
#[template(path = "requests/work.html")]
pub struct WorkPage {
    pub shell: Shell,
    pub number: String,
    pub line: u16,
    pub subject: String,
    pub seen: String,
    pub form: Drawn,
    /// In which post the reader acts, where that is asked; and what was chosen.
    pub capacities: (Posts, Chosen),
    /// The question for one's own password, for work that reaches far.
    pub proof: Option<crate::web::forms::Form>,
    pub answers: Vec<Answer>,
    pub changes: Vec<super::changes::RowView>,
    /// What the one who works on the line compares (申請された権限 and 職務の標準権限).
    pub beside: Vec<Answer>,
    /// The work cannot begin before a day that is still to come.
    pub early: Option<String>,
    /// 対象が変更されました: its row of a ledger has changed since the decision, by another road.
    pub overtaken: Option<String>,
    /// Other lines are already done: this one can be left undone with a reason.
    pub may_decline: bool,
    /// The first part of its work is done, and what it made stays.
    pub begun: bool,
    /// The reason for leaving it undone, as it was typed and not taken.
    pub declining: Option<Tried>,
    /// What is done is entered anew (訂正): why.
    pub correcting: Option<Why>,
}

/// The reason for which something is entered anew, as it was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Why {
    pub typed: String,
    pub fault: Option<String>,
}

/// 処理欄: what a step asks to be recorded with its answer.
#[derive(Template)]
#[template(path = "requests/answer.html")]
pub struct AnswerPage {
    pub shell: Shell,
    pub sheet: Sheet,
    pub form: Drawn,
    pub words: String,
    pub chosen: Chosen,
}

impl AnswerPage {
    /// Who may send it back hears that this is how it is changed.
    const fn note(&self) -> &'static str {
        if self.sheet.may.send_back { "requests-content-fixed" } else { "requests-content-read-only" }
    }
}

/// Shown once, after the work: what is stored nowhere (the activation code).
#[derive(Template)]
#[template(path = "requests/reveal.html")]
pub struct RevealPage {
    pub shell: Shell,
    pub number: String,
    pub subject: String,
    pub label: String,
    pub secret: zeroize::Zeroizing<String>,
    /// Where the second part of the work is recorded, when there is one.
    pub next: Option<String>,
}
