//! Entering a value: the question that fits its type, filled with what holds now, and what was typed as a value.
use super::parameters::{Parameter, Shown};
use super::views::{parameter_word, period_words};
use crate::kernel::calendar::Period;
use crate::kernel::settings::{CharClass, LockMode};
use crate::kernel::text;
use crate::web::dates::Dates;
use crate::web::forms::{Choice, Field, Form};
use crate::web::locale::{Label, Words};
use chrono::NaiveDate;
use serde_json::{Value, json};

/// The form for one value.
#[must_use]
pub fn form(w: Words, dates: Dates, parameter: &Parameter) -> Form {
    let mut fields = questions(w, VALUE, parameter);
    fields.push(Field::date("effective_on", "regulations-effective-on"));
    fields.push(Field::area("reason", "regulations-reason").most(200).hint("regulations-reason-hint"));
    Form::new(w, dates, fields)
}

/// The name of the one value on a form of its own.
pub const VALUE: &str = "value";

/// Under which name a form asks for the minutes that belong to a value.
fn minutes(name: &str) -> String {
    if name == VALUE { "minutes".to_owned() } else { format!("{name}_minutes") }
}

/// The questions for one value among others, under its name.
#[must_use]
pub fn questions(w: Words, name: &str, parameter: &Parameter) -> Vec<Field> {
    let label = Label::text(parameter_word(w, parameter));
    let base = crate::kernel::settings::Settings::base();
    let yes_no = || vec![Choice::new("yes", "regulations-yes"), Choice::new("no", "regulations-no")];
    match parameter.read(&base).0 {
        Shown::Number(_) => vec![Field::digits(name, label)],
        Shown::Generations(_) => vec![Field::text(name, label).hint("regulations-generations-hint")],
        Shown::Numbers(_) => vec![Field::text(name, label).hint("regulations-numbers-hint")],
        Shown::YesNo(_) => vec![Field::radio(name, label, yes_no())],
        Shown::Period(_) => vec![Field::text(name, label).hint("regulations-period-hint")],
        Shown::Classes(_) => {
            let class = |class: CharClass| Choice::new(class.key(), class_label(class));
            let all = [
                CharClass::Letter,
                CharClass::Upper,
                CharClass::Lower,
                CharClass::Digit,
                CharClass::Special,
                CharClass::Symbol,
            ];
            vec![Field::checks(name, label, all.into_iter().map(class).collect()).optional()]
        }
        Shown::Lock(_) => vec![
            Field::radio(
                name,
                label,
                vec![
                    Choice::new("until_released", "regulations-until-released"),
                    Choice::new("minutes", "regulations-lock-minutes"),
                ],
            ),
            Field::digits(minutes(name), "regulations-minutes").when(name, "minutes"),
        ],
        // where the portal itself knows none, there may be none
        Shown::Words(words) if words.is_empty() => {
            vec![Field::area(name, label).most(400).hint("regulations-words-hint").optional()]
        }
        Shown::Words(_) => vec![Field::area(name, label).most(400).hint("regulations-words-hint")],
    }
}

fn class_label(class: CharClass) -> &'static str {
    match class {
        CharClass::Letter => "regulations-class-letter",
        CharClass::Upper => "regulations-class-upper",
        CharClass::Lower => "regulations-class-lower",
        CharClass::Digit => "regulations-class-digit",
        CharClass::Special => "regulations-class-special",
        CharClass::Symbol => "regulations-class-symbol",
    }
}

/// Fills the form with what holds now, from tomorrow's point of view.
#[must_use]
pub fn filled(form: Form, shown: &Shown, from: NaiveDate, dates: Dates) -> Form {
    fill(form.fill("effective_on", dates.machine(from)), VALUE, shown)
}

/// Fills the questions for one value.
#[must_use]
pub fn fill(form: Form, name: &str, shown: &Shown) -> Form {
    let join = |numbers: &[u64]| numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    match shown {
        Shown::Number(number) => form.fill(name, number.to_string()),
        Shown::Generations(Some(number)) => form.fill(name, number.to_string()),
        Shown::Generations(None) => {
            let all = form.words().t("regulations-all-generations");
            form.fill(name, all)
        }
        Shown::Numbers(numbers) => form.fill(name, join(numbers)),
        Shown::YesNo(yes) => form.fill(name, if *yes { "yes" } else { "no" }),
        Shown::Period(Some(of)) => {
            // as offices write it, where that is understood when it comes back
            let words = period_words(form.words(), *of);
            let words = if period(&words) == Some(*of) { words } else { of.to_string() };
            form.fill(name, words)
        }
        Shown::Period(None) => form,
        Shown::Classes(classes) => classes.iter().fold(form, |form, class| form.fill(name, class.key())),
        Shown::Lock(LockMode::UntilReleased) => form.fill(name, "until_released"),
        Shown::Lock(LockMode::Minutes(count)) => form.fill(name, "minutes").fill(&minutes(name), count.to_string()),
        Shown::Words(words) => form.fill(name, words.join("\n")),
    }
}

/// What was typed, as the parameter takes it; none where it is no such value.
#[must_use]
pub fn read(form: &Form, name: &str, parameter: &Parameter) -> Option<Value> {
    let base = crate::kernel::settings::Settings::base();
    let typed = form.text(name);
    match parameter.read(&base).0 {
        Shown::Number(_) => typed.parse::<u64>().ok().map(|number| json!(number)),
        Shown::Generations(_) if ["すべて", "全て", "all"].contains(&typed.to_lowercase().as_str()) => {
            Some(json!("all"))
        }
        Shown::Generations(_) => text::digits(typed).parse::<u64>().ok().map(|number| json!(number)),
        Shown::Numbers(_) => {
            let parts = typed.split([',', '、', ' ', '，', '・']).filter(|part| !part.is_empty());
            let numbers: Result<Vec<u32>, _> = parts.map(str::parse).collect();
            numbers.ok().map(|numbers| json!(numbers))
        }
        Shown::YesNo(_) => Some(json!(typed == "yes")),
        Shown::Period(_) if matches!(typed, "なし" | "無し" | "none") => Some(json!("none")),
        Shown::Period(_) => period(typed).map(|period| json!(period.to_string())),
        Shown::Classes(_) => Some(json!(form.many(name).collect::<Vec<_>>())),
        Shown::Lock(_) if typed == "until_released" => Some(json!(typed)),
        Shown::Lock(_) => form.parsed::<u64>(&minutes(name)).map(|minutes| json!(minutes)),
        Shown::Words(_) => {
            let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
            Some(json!(lines.collect::<Vec<_>>()))
        }
    }
}

/// 3か月, 1年, 14日, 2週間, 3 months or P3M.
fn period(typed: &str) -> Option<Period> {
    let typed = text::normalise(typed).trim().to_lowercase();
    if let Ok(period) = Period::parse(&typed.to_uppercase()) {
        return Some(period);
    }
    let digits = typed.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = typed.split_at(digits);
    let number: u32 = number.parse().ok().filter(|number| (1..=1200).contains(number))?;
    let unit = unit.trim().trim_end_matches('s');
    match unit {
        "年" | "年間" | "year" => Some(Period::months(number * 12)),
        "か月" | "ヶ月" | "ケ月" | "カ月" | "ヵ月" | "箇月" | "か月間" | "month" => {
            Some(Period::months(number))
        }
        "週" | "週間" | "week" => Some(Period::days(number * 7)),
        "日" | "日間" | "day" => Some(Period::days(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::locale::Lang;

    #[test]
    fn a_period_stands_on_its_form_as_it_may_be_typed() {
        for (lang, months, words) in [
            (Lang::Ja, 6, "6か月"),
            (Lang::Ja, 60, "5年"),
            (Lang::En, 1, "1 month"),
            (Lang::En, 24, "2 years"),
            (Lang::Ja, 18, "P1Y6M"),
        ] {
            let dates = Dates { lang, western: false, today: NaiveDate::default() };
            let form = Form::new(Words(lang), dates, vec![Field::text(VALUE, "regulations-value")]);
            let form = fill(form, VALUE, &Shown::Period(Some(Period::months(months))));
            assert_eq!(form.text(VALUE), words);
            assert_eq!(period(form.text(VALUE)), Some(Period::months(months)));
        }
    }

    #[test]
    fn periods_are_understood_as_offices_write_them() {
        for (typed, meant) in [
            ("3か月", "P3M"),
            ("３ヶ月", "P3M"),
            ("1年", "P1Y"),
            ("14日間", "P14D"),
            ("2週間", "P14D"),
            ("6 months", "P6M"),
            ("p3m", "P3M"),
        ] {
            assert_eq!(period(typed).unwrap().to_string(), meant, "{typed}");
        }
        for typed in ["", "三か月", "3", "3光年", "0日", "99999年"] {
            assert_eq!(period(typed), None, "{typed}");
        }
    }
}
