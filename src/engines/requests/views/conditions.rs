//! Questions that hang on another answer (条件付きの項目): when they are asked, in words that a form of paper can say as well,
//! and what a page carries along so that it can follow the answers.
use super::say;
use crate::engines::requests::model::{Content, Field, Form, Input, Options, When};
use crate::web::locale::Words as Catalogue;

/// What the register says of how somebody is employed, as conditions ask for it.
const EMPLOYMENT: &str = "employment";

/// A condition as the page carries it (static/js/when.js).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hangs {
    /// The question whose answer counts.
    pub on: String,
    /// The answers that count; none: any.
    pub any: String,
    /// Where it asks for a fact about the row that is named, which the page does not know: whether it holds.
    pub met: Option<bool>,
}

impl Hangs {
    fn of(when: &When, known: Option<(&Content, &Options)>) -> Option<Self> {
        let When::Answered { field, any_of } = when else { return None };
        let met = known.filter(|_| field.contains('.')).map(|(content, options)| when.holds(content, options));
        let on = field.split('.').next().unwrap_or_default().to_owned();
        Some(Self { on, any: any_of.join(" "), met })
    }
}

/// When a question is asked, and when it has to be answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    pub asked: Option<Hangs>,
    pub due: Option<Hangs>,
    /// The same in words.
    pub said: Option<String>,
}

impl Conditions {
    /// Those of a question, with what was answered so far where a condition has to know it.
    #[must_use]
    pub fn of(w: Catalogue, (form, field): (&Form, &Field), known: Option<(&Content, &Options)>) -> Self {
        Self {
            asked: Hangs::of(&field.visible, known),
            due: Hangs::of(&field.required, known),
            said: said(w, form, field),
        }
    }
}

/// Does a condition of this form ask for what only the register knows of a row?
#[must_use]
pub fn asks_for_facts(form: &Form) -> bool {
    let asks = |when: &When| matches!(when, When::Answered { field, .. } if field.contains('.'));
    form.fields().any(|field| asks(&field.visible) || asks(&field.required))
}

/// 「「申請の内容」が「新規」のときに入力します。」; nothing of a question that is always asked, or whose own hint says when it has to
/// be answered.
#[must_use]
pub fn said(w: Catalogue, form: &Form, field: &Field) -> Option<String> {
    let (key, when) = match (&field.visible, &field.required) {
        (When::Answered { .. }, When::Never) => ("requests-asked-may", &field.visible),
        (When::Answered { .. }, _) => ("requests-asked-when", &field.visible),
        (_, When::Answered { .. }) if field.hint.is_none() => ("requests-due-when", &field.required),
        _ => return None,
    };
    Some(w.t1(key, "when", in_words(w, form, when)?).into_owned())
}

fn in_words(w: Catalogue, form: &Form, when: &When) -> Option<String> {
    let When::Answered { field, any_of } = when else { return None };
    let (root, fact) = field.split_once('.').map_or((field.as_str(), None), |(root, fact)| (root, Some(fact)));
    let asked = form.field(root)?;
    let label = say(w, &asked.label);
    let label = match fact {
        Some(EMPLOYMENT) => w.t2("requests-fact-of", "fact", w.t("directory-employment"), "field", label).into_owned(),
        Some(_) => return None,
        None => label,
    };
    if any_of.is_empty() {
        return Some(w.t1("requests-when-answered", "field", label).into_owned());
    }
    let answer = |value: &String| {
        let named = match fact {
            Some(_) => w.of("directory-employment", value).into_owned(),
            None => named(w, asked, value),
        };
        w.t1("requests-when-answer", "answer", named).into_owned()
    };
    let answers = any_of.iter().map(answer).collect::<Vec<_>>().join(&w.t("requests-when-or"));
    Some(w.t2("requests-when-is", "field", label, "answers", answers).into_owned())
}

/// What an answer is called on the form.
fn named(w: Catalogue, field: &Field, value: &str) -> String {
    if field.input == Input::YesNo {
        return w.of("requests-answer", value).into_owned();
    }
    let none = Options::new();
    let fixed = field.choices(&none).iter().find(|choice| choice.value == value);
    fixed.map_or_else(|| value.to_owned(), |choice| say(w, &choice.words()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::requests::model::{Choice, Section, Words};
    use crate::web::locale::Lang;

    #[test]
    fn a_condition_is_said_in_words_wherever_the_hint_does_not_say_it() {
        let w = Catalogue(Lang::Ja);
        let both = |ja: &str| Words::Both { ja: ja.to_owned(), en: ja.to_owned() };
        let options = [("new", "新規"), ("more", "追加"), ("end", "廃止")];
        let options = options.map(|(key, label)| Choice::fixed(key, both(label))).to_vec();
        let operation = Field::new("operation", both("申請の内容"), Input::Choice { options });
        let person = Field::new("person", both("利用者"), Input::Person);
        let by = |field: &str, any: &[&str]| {
            Field::new("x", both("項目"), Input::Date).required_when(When::answered(field, any))
        };
        let form = Form { sections: vec![Section { title: both("何を"), fields: vec![operation, person] }] };
        let said = |field: &Field| said(w, &form, field).unwrap_or_default();
        let due = by("operation", &["new", "more"]);
        assert_eq!(said(&due), "「申請の内容」が「新規」又は「追加」のときは、必ず入力します。");
        assert_eq!(said(&by("operation", &[])), "「申請の内容」に答えたときは、必ず入力します。");
        let fact = by("person.employment", &["part_time"]);
        assert_eq!(said(&fact), "「利用者の雇用の種別」が「パート・アルバイト」のときは、必ず入力します。");
        assert_eq!(said(&Field { hint: Some(both("任期のある人は入力します")), ..due }), "");
    }
}
