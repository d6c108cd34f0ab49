//! From the adopted regulation's binding (data) to the kinds that the engine runs: fields become typed inputs, steps
//! become the route. What the engine cannot run is a fault of the file, naming kind and step.
use super::model::kind::{Kind, KindError, StepAct, StepDef, StepScope};
use super::model::{CLAUSES, Choice, Field, Form, Input, Limits, OTHER, Reference, Section, When, Words, other_words};
use crate::engines::regulations::binding::{self, Act, Binding, By, FieldType, Part, Scope};
use crate::engines::regulations::own_routes::{OwnRoutes, Way, fits, rerouted};
use crate::engines::regulations::parameters::{self, Shown};
use crate::engines::regulations::words::Words as Bilingual;
use crate::kernel::access::FunctionKey;
use crate::kernel::settings::Settings;
use chrono::NaiveDate;
use uuid::Uuid;

/// Text fields without a limit of their own still have one.
const TEXT_MAX: usize = 200;
const LONG_TEXT_MAX: usize = 2000;
/// So many characters say what 「その他」 is.
const OTHER_MAX: usize = 100;

/// The kinds of a binding, ready to be joined with the rooms that carry them out; lists to choose from are those in force.
pub fn kinds(binding: &Binding, settings: &Settings) -> Result<Vec<Kind>, KindError> {
    binding.kinds.iter().map(|kind| kind_of(kind, binding, settings)).collect()
}

/// A kind by a route that the organisation entered.
#[derive(Debug)]
pub struct Rerouted {
    pub route: Uuid,
    pub kind: Kind,
    /// Does it still fit, so that requests can be filed by it? Those that were go on by it in any case.
    pub fits: bool,
}

/// The kinds of a regulation by the routes that the organisation entered and that have begun by this day, in the order of
/// their days.
pub fn by_own_routes(
    (regulation, binding): (&str, &Binding),
    settings: &Settings,
    routes: &OwnRoutes,
    day: NaiveDate,
) -> Result<Vec<Rerouted>, KindError> {
    let mut all = Vec::new();
    for kind in &binding.kinds {
        for route in routes.ever_begun(regulation, &kind.key, day) {
            let fits = fits(binding, kind, &route.way.steps);
            match by_way(kind, &route.way, binding, settings) {
                Ok(kind) => all.push(Rerouted { route: route.id, kind, fits }),
                Err(error) if fits => return Err(error),
                Err(error) => {
                    tracing::error!(kind = kind.key, route = %route.id, %error, "a former route cannot be run any more");
                }
            }
        }
    }
    Ok(all)
}

/// A kind that goes this way before its work.
pub fn by_way(kind: &binding::Kind, way: &Way, binding: &Binding, settings: &Settings) -> Result<Kind, KindError> {
    kind_of(&rerouted(kind, way), binding, settings)
}

fn words(words: &Bilingual) -> Words {
    Words::Both { ja: words.ja.clone(), en: words.en.clone() }
}

fn kind_of(kind: &binding::Kind, binding: &Binding, settings: &Settings) -> Result<Kind, KindError> {
    let placed = |field| {
        let asked = asked_for(field, &kind.key, settings)?;
        Ok(asked.into_iter().map(|drawn| (part(field), drawn)).collect())
    };
    let fields = kind.fields.iter().map(placed).collect::<Result<Vec<Vec<_>>, _>>()?.into_iter().flatten().collect();
    let steps = kind.steps.iter().map(|step| step_of(step, kind, settings)).collect::<Result<Vec<_>, _>>()?;
    let joins = kind.joinable.iter().cloned().chain(reporters(&steps)).collect();
    Kind {
        key: kind.key.clone(),
        title: words(&kind.title),
        hint: words(&kind.hint),
        prefix: kind.prefix.clone(),
        clauses: kind.clauses.clone(),
        applicants: kind.applicants.clone(),
        without_sign_in: kind.without_sign_in,
        ordinary_rights: kind.ordinary_rights,
        bulk: kind.bulk,
        withdrawal_reason: kind.withdrawal_reason,
        follows: kind.follows.clone(),
        form_no: kind.form_no.clone(),
        taken: kind.taken.as_ref().map(words),
        most_rights: binding.right_limits.as_ref().map(|limits| limits.most.clone()).unwrap_or_default(),
        form: Form { sections: sections(fields) },
        steps,
        joins,
        after_return: kind.after_return,
    }
    .check()
}

/// Whoever did the work reports it: these steps are one person's by their nature.
fn reporters(steps: &[StepDef]) -> Vec<(String, String)> {
    let of = |act| steps.iter().filter(move |step| step.act == act).map(|step| step.key.clone());
    of(StepAct::Execute).flat_map(|work| of(StepAct::Report).map(move |report| (work.clone(), report))).collect()
}

/// The numbered parts of the page, each with its questions in the order of the binding.
fn sections(fields: Vec<(Part, Field)>) -> Vec<Section> {
    let titles = [
        (Part::Who, "requests-section-who"),
        (Part::What, "requests-section-what"),
        (Part::Why, "requests-section-why"),
    ];
    let of = |part| fields.iter().filter(move |(its, _)| *its == part).map(|(_, field)| field.clone()).collect();
    let sections = titles.into_iter().map(|(part, title)| Section { title: Words::key(title), fields: of(part) });
    sections.filter(|section| !section.fields.is_empty()).collect()
}

/// Where the binding does not say it, what is answered tells where it is asked.
fn part(field: &binding::Field) -> Part {
    field.part.unwrap_or(match field.kind {
        FieldType::Person | FieldType::Department => Part::Who,
        FieldType::Reference
        | FieldType::References
        | FieldType::Rights
        | FieldType::Every
        | FieldType::Clause
        | FieldType::Choice
        | FieldType::Multiple
        | FieldType::YesNo => Part::What,
        _ => Part::Why,
    })
}

/// A question of the binding; where a list in force offers 「その他」, also what that is.
fn asked_for(field: &binding::Field, kind: &str, settings: &Settings) -> Result<Vec<Field>, KindError> {
    let drawn = field_of(field, kind, settings)?;
    let listed = field.choices_from.is_some();
    let other = matches!(&drawn.input, Input::Choice { options } if options.iter().any(|choice| choice.value == OTHER));
    let words = (listed && other).then(|| {
        let when = When::answered(&field.key, &[OTHER]);
        let asked =
            Field::new(other_words(&field.key), Words::key("requests-other-words"), Input::Text { max: OTHER_MAX });
        let asked = Field { hint: Some(Words::key("requests-other-words-hint")), ..asked };
        asked.required_when(when.clone()).visible_when(when)
    });
    Ok(std::iter::once(drawn).chain(words).collect())
}

fn field_of(field: &binding::Field, kind: &str, settings: &Settings) -> Result<Field, KindError> {
    let required = match (&field.required_when, field.required) {
        (Some(condition), _) => when(condition),
        (None, true) => When::Always,
        (None, false) => When::Never,
    };
    Ok(Field {
        key: field.key.clone(),
        label: words(&field.label),
        hint: field.hint.as_ref().map(words),
        input: input(field, kind, settings)?,
        required,
        visible: field.visible_when.as_ref().map_or(When::Always, when),
        limits: limits(field),
        of: field.of.clone(),
        clause: field.clause.clone(),
    })
}

fn limits(field: &binding::Field) -> Limits {
    let day = |key: &String| if key == binding::TODAY { Reference::Today } else { Reference::Field(key.clone()) };
    Limits {
        not_before: field.not_before.as_ref().map(day),
        not_after: field.not_after.as_ref().map(day),
        most_days: field.most_days,
        least: field.least,
        most: field.most,
    }
}

fn when(condition: &binding::Condition) -> When {
    When::Answered { field: condition.field.clone(), any_of: condition.any_of.clone() }
}

fn input(field: &binding::Field, kind: &str, settings: &Settings) -> Result<Input, KindError> {
    let source = || field.source.clone().unwrap_or_default();
    Ok(match field.kind {
        FieldType::Text => Input::Text { max: field.max.unwrap_or(TEXT_MAX) },
        FieldType::LongText => Input::LongText { max: field.max.unwrap_or(LONG_TEXT_MAX) },
        FieldType::Choice => Input::Choice { options: choices(field, kind, settings)? },
        FieldType::Multiple => Input::Multiple { options: choices(field, kind, settings)? },
        FieldType::YesNo => Input::YesNo,
        FieldType::Number => Input::Number,
        FieldType::Date => Input::Date,
        FieldType::Moment => Input::Moment,
        FieldType::Period => Input::Period,
        FieldType::TimeBand => Input::TimeBand,
        FieldType::Person => Input::Person,
        FieldType::Department => Input::Department,
        FieldType::Clause => Input::Reference { source: CLAUSES.to_owned() },
        FieldType::Reference => Input::Reference { source: source() },
        FieldType::References => Input::References { source: source() },
        FieldType::Rights => Input::Rights { source: source() },
        FieldType::Every => Input::Every { source: source() },
        FieldType::File => Input::File,
        other => {
            let what = format!("{other:?}");
            return Err(KindError::FieldType { kind: kind.to_owned(), field: field.key.clone(), what });
        }
    })
}

/// Fixed options, or the words in force of the parameter that the field names, whoever said them: the regulation, another that
/// is followed besides, or the organisation.
fn choices(field: &binding::Field, kind: &str, settings: &Settings) -> Result<Vec<Choice>, KindError> {
    let fixed = field.options.iter().map(|option| Choice::fixed(&option.key, words(&option.label)));
    let Some(name) = &field.choices_from else { return Ok(fixed.collect()) };
    match parameters::find(name).map(|parameter| parameter.read(settings).0) {
        Some(Shown::Words(listed)) => {
            Ok(fixed.chain(listed.iter().map(|word| Choice::fixed(word, Words::plain(word)))).collect())
        }
        _ => {
            let what = format!("「{name}」 is no list of words");
            Err(KindError::FieldType { kind: kind.to_owned(), field: field.key.clone(), what })
        }
    }
}

/// 引き上げ承認: an approval or a permission that no clause asks for, where somebody decides after it. An opinion or a confirmation must
/// be there whoever decides.
fn passed_by(step: &binding::Step, kind: &binding::Kind) -> bool {
    let decides = |step: &&binding::Step| matches!(step.act, Act::Decide | Act::Permit) && !step.executes;
    let mut later = kind.steps.iter().skip_while(|one| one.key != step.key).skip(1);
    kind.pull_up && step.clause.is_none() && decides(&step) && later.any(|one| decides(&one))
}

fn step_of(step: &binding::Step, kind: &binding::Kind, settings: &Settings) -> Result<StepDef, KindError> {
    let wrong = |what: &str| KindError::Step { kind: kind.key.clone(), step: step.key.clone(), what: what.to_owned() };
    let act = match step.act {
        // one who checks and issues in one act works on the line; the refusal is a failed execution
        Act::Decide | Act::Permit | Act::Instruct if step.executes => StepAct::Execute,
        Act::Decide => StepAct::Decide,
        Act::Permit => StepAct::Permit,
        Act::Instruct => StepAct::Instruct,
        Act::Consult => StepAct::Consult,
        Act::Confirm => StepAct::Confirm,
        Act::Execute => StepAct::Execute,
        Act::Acknowledge => StepAct::Acknowledge,
        Act::Report => StepAct::Report,
        Act::Notify => StepAct::Notify,
    };
    let by = match (act, step.by.as_slice()) {
        (StepAct::Acknowledge, [By::PersonConcerned | By::Applicant]) => crate::kernel::access::Tier::Staff,
        (StepAct::Acknowledge, _) => return Err(wrong("is acknowledged by the person concerned or the applicant")),
        (_, [By::Tier(tier)]) => *tier,
        (_, [By::Field(_)]) => crate::kernel::access::Tier::Staff,
        (StepAct::Confirm | StepAct::Execute | StepAct::Report, [By::Applicant]) => {
            *kind.applicants.first().ok_or_else(|| wrong("is that of those who apply, and nobody does"))?
        }
        _ => return Err(wrong("needs exactly one tier that acts")),
    };
    let fields = step.fields.iter().map(|field| asked_for(field, &kind.key, settings));
    let fields = fields.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let result = Form { sections: vec![Section { title: words(&step.title), fields }] };
    Ok(StepDef {
        key: step.key.clone(),
        act,
        by,
        function: match step.by.as_slice() {
            [By::Field(field)] => Some(*field),
            _ => step.function.as_deref().and_then(FunctionKey::new),
        },
        designee: step.designee,
        apart_from: step.apart_from.clone(),
        applicant: act != StepAct::Acknowledge && step.by == [By::Applicant],
        scope: match step.scope {
            Scope::Department => StepScope::Department,
            Scope::Owner => StepScope::Owner,
            Scope::Organisation => StepScope::Organisation,
        },
        // the work goes line by line anyhow
        each_line: step.each_line && act.decides(),
        beside: step.beside,
        needs: step.needs,
        may_be_missing: step.may_be_missing,
        passed_by: passed_by(step, kind),
        title: words(&step.title),
        due_days: step.due_days,
        due_on: step.due_on.clone(),
        when: step.when.as_ref().map_or(When::Always, when),
        clause: step.clause.clone(),
        state: step.state.as_ref().map(words),
        unfinished: step.unfinished.as_ref().map(words),
        button: step.button.as_ref().map(words),
        result,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::regulations::{Library, MECHANISMS};

    #[test]
    fn the_kinds_of_system_management_can_all_be_run() {
        let library = Library::load(None, MECHANISMS).unwrap_or_else(|faults| panic!("{faults}"));
        let binding = library.get("system-management").and_then(|entry| entry.binding.as_ref()).unwrap();
        let kinds = kinds(binding, &binding.settings()).unwrap();
        let keys: Vec<&str> = kinds.iter().map(|kind| kind.key.as_str()).collect();
        assert_eq!(keys, ["account.register", "account.change", "account.stop", "password.reset"]);
        let register = &kinds[0];
        assert_eq!(register.form.field("grants").unwrap().clause.as_deref(), Some("4.1.1-1-a"));
        assert!(matches!(register.form.field("until").unwrap().required, When::Answered { .. }));
        let acts: Vec<StepAct> = register.steps.iter().map(|step| step.act).collect();
        assert_eq!(acts, [StepAct::Decide, StepAct::Execute, StepAct::Acknowledge]);
        let reset = &kinds[3];
        assert!(reset.without_sign_in);
        assert_eq!(reset.steps[0].act, StepAct::Execute);
        let methods = reset.steps[0].result.field("method").unwrap();
        assert!(
            matches!(&methods.input, Input::Choice { options } if options.iter().any(|choice| choice.value == "電話返信"))
        );
    }

    #[test]
    fn a_field_stands_where_its_binding_says_or_where_its_type_belongs() {
        let library = Library::load(None, MECHANISMS).unwrap_or_else(|faults| panic!("{faults}"));
        let binding = library.get("katsuura-operations").and_then(|entry| entry.binding.as_ref()).unwrap();
        let kinds = kinds(binding, &binding.settings()).unwrap();
        let asked = |key: &str| {
            let kind = kinds.iter().find(|kind| kind.key == key).unwrap();
            let keys = |section: &Section| section.fields.iter().map(|field| field.key.clone()).collect();
            kind.form.sections.iter().map(keys).collect::<Vec<Vec<String>>>()
        };
        let report = [vec!["department", "account"], vec!["content", "pause"], vec!["happened_at"]];
        assert_eq!(asked("problem.report"), report);
        assert_eq!(asked("account.end"), [vec!["department", "person"], vec!["accounts"], vec!["stop_on", "reason"]]);
    }
}
