//! Rules across the questions of a form (項目間の決まり): not before another day, not so many days after it, not below or above a number.
use super::choice::Options;
use super::content::{Content, Words};
use super::form::{Field, FieldError, Form, Input};
use chrono::{Days, NaiveDate};

/// A day to compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// The day of filing.
    Today,
    /// The day that another question of the form has; of a period, its end that lies nearer.
    Field(String),
}

/// What an answer must keep to. All of it is optional, and what has no answer keeps to everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    pub not_before: Option<Reference>,
    pub not_after: Option<Reference>,
    /// Most days after `not_before`; of a period without one, most days from its first to its last, both counted.
    pub most_days: Option<u32>,
    pub least: Option<i64>,
    pub most: Option<i64>,
}

impl Field {
    /// The first and the last day that an answer names.
    fn days(&self, content: &Content) -> Option<(NaiveDate, NaiveDate)> {
        match self.input {
            Input::Date => content.date(&self.key).map(|day| (day, day)),
            Input::Moment => content.moment(&self.key).map(|at| (at.date(), at.date())),
            Input::Period => content.period(&self.key),
            _ => None,
        }
    }
}

impl Form {
    /// What an answer that could be read is refused for.
    pub(super) fn beyond(
        &self,
        field: &Field,
        content: &Content,
        options: &Options,
        today: NaiveDate,
    ) -> Option<FieldError> {
        let limits = &field.limits;
        let other = |reference: &Reference| match reference {
            Reference::Today => Some((None, (today, today))),
            Reference::Field(key) => {
                let other = self.field(key).filter(|other| other.visible.holds(content, options))?;
                Some((Some(other.label.clone()), other.days(content)?))
            }
        };
        let refuse = |key: &str, args: Vec<(&'static str, Words)>| {
            let mut error = field.error(key);
            error.message.args.extend(args);
            Some(error)
        };
        let days = field.days(content);
        if let (Some((first, last)), Some(reference)) = (days, &limits.not_before)
            && let Some((name, (_, since))) = other(reference)
        {
            if first < since {
                return match name {
                    None => refuse("requests-error-not-past", Vec::new()),
                    Some(name) => refuse("requests-error-not-before", vec![("other", name)]),
                };
            }
            let most = limits.most_days.and_then(|most| since.checked_add_days(Days::new(most.into())));
            if let Some(most) = most.filter(|most| last > *most) {
                return refuse("requests-error-too-late", vec![("day", Words::day(most))]);
            }
        }
        if let (Some((_, last)), Some(reference)) = (days, &limits.not_after)
            && let Some((name, (until, _))) = other(reference)
            && last > until
        {
            return match name {
                None => refuse("requests-error-not-future", Vec::new()),
                Some(name) => refuse("requests-error-not-after", vec![("other", name)]),
            };
        }
        if let (Some((first, last)), Some(most), None) = (days, limits.most_days, &limits.not_before)
            && (last - first).num_days() >= i64::from(most)
        {
            return refuse("requests-error-too-many-days", vec![("most", Words::plain(most.to_string()))]);
        }
        let number = content.number(&field.key)?;
        let said = |bound: i64| Words::plain(bound.to_string());
        match (limits.least.filter(|least| number < *least), limits.most.filter(|most| number > *most)) {
            (Some(least), _) => refuse("requests-error-too-small", vec![("least", said(least))]),
            (None, Some(most)) => refuse("requests-error-too-great", vec![("most", said(most))]),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::{Section, When};
    use super::super::typed::Typed;
    use super::*;

    fn form() -> Form {
        let field = |key: &str, input| Field::new(key, Words::key(format!("l-{key}")), input).optional();
        let after = |key: &str| Some(Reference::Field(key.to_owned()));
        let limited = |field: Field, limits| Field { limits, ..field };
        let fields = vec![
            limited(field("from", Input::Date), Limits { not_before: Some(Reference::Today), ..Limits::default() }),
            limited(
                field("until", Input::Date),
                Limits { not_before: after("from"), most_days: Some(31), ..Limits::default() },
            ),
            limited(
                field("use", Input::Period),
                Limits { most_days: Some(7), not_after: after("until"), ..Limits::default() },
            ),
            limited(field("count", Input::Number), Limits { least: Some(1), most: Some(20), ..Limits::default() }),
            field("secret", Input::YesNo),
            limited(
                field("born", Input::Date).visible_when(When::answered("secret", &["yes"])),
                Limits { not_after: Some(Reference::Today), ..Limits::default() },
            ),
        ];
        Form { sections: vec![Section { title: Words::key("s"), fields }] }
    }

    fn wrong(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let typed = Typed::new(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())));
        let (_, errors) = form().read(&typed, &Options::new(), "2026-11-20".parse().unwrap());
        errors.into_iter().map(|error| (error.field, error.message.key)).collect()
    }

    #[test]
    fn a_day_keeps_to_today_and_to_the_days_of_other_questions() {
        let said = |field: &str, key: &str| vec![(field.to_owned(), key.to_owned())];
        assert_eq!(wrong(&[]), [], "what has no answer keeps to everything");
        assert_eq!(wrong(&[("from", "2026-11-20"), ("until", "2026-12-21")]), []);
        assert_eq!(wrong(&[("from", "2026-11-19")]), said("from", "requests-error-not-past"));
        let until = |day| wrong(&[("from", "2026-11-20"), ("until", day)]);
        assert_eq!(until("2026-11-19"), said("until", "requests-error-not-before"));
        assert_eq!(until("2026-12-22"), said("until", "requests-error-too-late"));
        assert_eq!(wrong(&[("secret", "yes"), ("born", "2026-11-21")]), said("born", "requests-error-not-future"));
        assert_eq!(wrong(&[("secret", "no"), ("born", "2026-11-21")]), [], "what is not asked is not refused");
    }

    #[test]
    fn a_period_and_a_number_have_their_own_bounds() {
        let said = |field: &str, key: &str| vec![(field.to_owned(), key.to_owned())];
        let period = |until| wrong(&[("use.from", "2026-12-01"), ("use.until", until), ("until", "2026-12-09")]);
        assert_eq!(period("2026-12-07"), [], "seven days");
        assert_eq!(period("2026-12-08"), said("use", "requests-error-too-many-days"));
        assert_eq!(period("2026-12-10"), said("use", "requests-error-not-after"));
        assert_eq!(wrong(&[("count", "0")]), said("count", "requests-error-too-small"));
        assert_eq!(wrong(&[("count", "２１")]), said("count", "requests-error-too-great"));
        assert_eq!(wrong(&[("count", "20")]), []);
    }
}
