//! One sort of request (申請の種類): the form and the effects come from code, the title, route, clauses and
//! prefix from the adopted regulation's binding. Joined and checked once, at start.
use super::form::Form;
use super::number::is_prefix;
use crate::kernel::access::Tier;
use std::collections::BTreeMap;

/// What is done at a step (段階の行為).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StepAct {
    /// 承認・差戻し・却下
    Decide,
    /// 許可: like a decision, with the regulation's own word
    Permit,
    /// 実施: the work itself, line by line
    Execute,
    /// 受領確認: the person concerned confirms receipt
    Acknowledge,
}

impl StepAct {
    /// The key that bindings and the database use.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Permit => "permit",
            Self::Execute => "execute",
            Self::Acknowledge => "acknowledge",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Decide, Self::Permit, Self::Execute, Self::Acknowledge].into_iter().find(|act| act.key() == key)
    }

    /// Is the answer yes, no or mend it?
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Self::Decide | Self::Permit)
    }

    /// The word of the catalogue (承認, 許可, 実施, 受領確認).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Decide => "requests-act-decide",
            Self::Permit => "requests-act-permit",
            Self::Execute => "requests-act-execute",
            Self::Acknowledge => "requests-act-acknowledge",
        }
    }

    /// Where the step stands in a route: deciding before working before receiving.
    const fn rank(self) -> u8 {
        match self {
            Self::Decide | Self::Permit => 0,
            Self::Execute => 1,
            Self::Acknowledge => 2,
        }
    }
}

/// Whose holders of a tier are meant (段階の範囲).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepScope {
    /// Those of the applicant's department.
    Department,
    /// Any of the organisation.
    Organisation,
}

/// A step as the binding declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDef {
    pub key: String,
    pub act: StepAct,
    pub by: Tier,
    pub scope: StepScope,
}

/// Everything the engine knows about one sort of request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Also the key of the mechanism that its events carry.
    pub key: String,
    /// 様式の名前 as the organisation calls it, from the binding.
    pub title: String,
    pub prefix: String,
    /// The clauses that ask for this request, within the adopted regulation.
    pub clauses: Vec<String>,
    /// Who may file; empty means that it is filed without sign-in.
    pub applicants: Vec<Tier>,
    pub form: Form,
    pub steps: Vec<StepDef>,
    /// Pairs of steps that one person may hold under this regulation; each use is marked.
    pub joins: Vec<(String, String)>,
}

/// What a binding says about a kind, before it is joined with the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KindBinding {
    pub key: String,
    pub title: String,
    pub prefix: String,
    pub clauses: Vec<String>,
    pub applicants: Vec<Tier>,
    /// Form field → the clause that asks for it.
    pub fields: BTreeMap<String, String>,
    pub steps: Vec<StepDef>,
    pub joins: Vec<(String, String)>,
}

/// Why a binding and a form do not fit together. A start-up error, so English is enough.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KindError {
    #[error("kind {0}: prefix must be two to six letters or digits")]
    Prefix(String),
    #[error("kind {kind}: the form has no field 「{field}」")]
    UnknownField { kind: String, field: String },
    #[error("kind {0}: a route needs at least one step")]
    NoSteps(String),
    #[error("kind {kind}: step 「{step}」 stands in the wrong place: decide and permit, then execute, then acknowledge")]
    Order { kind: String, step: String },
    #[error("kind {kind}: step 「{step}」 occurs twice")]
    Twice { kind: String, step: String },
    #[error("kind {kind}: joinable names 「{step}」, which is no step")]
    UnknownJoin { kind: String, step: String },
}

impl Kind {
    /// Joins the binding's words and route with the form of the room that carries the request out.
    pub fn join(binding: KindBinding, mut form: Form) -> Result<Self, KindError> {
        check_route(&binding)?;
        let fields = form.sections.iter_mut().flat_map(|section| &mut section.fields);
        let mut clauses = binding.fields.clone();
        for field in fields {
            field.clause = clauses.remove(field.key);
        }
        if let Some((field, _)) = clauses.pop_first() {
            return Err(KindError::UnknownField { kind: binding.key, field });
        }
        Ok(Self {
            key: binding.key,
            title: binding.title,
            prefix: binding.prefix.to_ascii_uppercase(),
            clauses: binding.clauses,
            applicants: binding.applicants,
            form,
            steps: binding.steps,
            joins: binding.joins,
        })
    }

    /// May these two steps be held by one person?
    #[must_use]
    pub fn joinable(&self, one: &str, other: &str) -> bool {
        joinable(&self.joins, one, other)
    }

    #[must_use]
    pub fn step(&self, act: StepAct) -> Option<&StepDef> {
        self.steps.iter().find(|step| step.act == act)
    }
}

/// Does the list of pairs name these two, in either order?
#[must_use]
pub fn joinable(joins: &[(String, String)], one: &str, other: &str) -> bool {
    joins.iter().any(|(a, b)| (a == one && b == other) || (a == other && b == one))
}

fn check_route(binding: &KindBinding) -> Result<(), KindError> {
    let kind = || binding.key.clone();
    if !is_prefix(&binding.prefix) {
        return Err(KindError::Prefix(kind()));
    }
    if binding.steps.is_empty() {
        return Err(KindError::NoSteps(kind()));
    }
    for (at, step) in binding.steps.iter().enumerate() {
        let before = binding.steps.get(..at).unwrap_or_default();
        if before.iter().any(|earlier| earlier.key == step.key) {
            return Err(KindError::Twice { kind: kind(), step: step.key.clone() });
        }
        let wrong = |earlier: &StepDef| {
            earlier.act.rank() > step.act.rank() || (earlier.act.rank() == step.act.rank() && step.act.rank() > 0)
        };
        if before.iter().any(wrong) {
            return Err(KindError::Order { kind: kind(), step: step.key.clone() });
        }
    }
    let known = |key: &String| binding.steps.iter().any(|step| step.key == *key);
    match binding.joins.iter().flat_map(|(a, b)| [a, b]).find(|key| !known(key)) {
        Some(step) => Err(KindError::UnknownJoin { kind: kind(), step: step.clone() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::{Field, Input, Section};
    use super::*;

    fn step(key: &str, act: StepAct) -> StepDef {
        StepDef { key: key.into(), act, by: Tier::Manager, scope: StepScope::Department }
    }

    fn binding() -> KindBinding {
        KindBinding {
            key: "account.register".into(),
            title: "アカウント登録申請".into(),
            prefix: "acc".into(),
            clauses: vec!["4.1.1-1-a".into()],
            applicants: vec![Tier::Staff],
            fields: [("reason".to_owned(), "4.1.1-1-a".to_owned())].into(),
            steps: vec![step("confirm", StepAct::Decide), step("create", StepAct::Execute), step("receive", StepAct::Acknowledge)],
            joins: vec![("confirm".into(), "create".into())],
        }
    }

    fn form() -> Form {
        let reason = Field::new("reason", "l", Input::LongText { max: 200 });
        Form { sections: vec![Section { title: "s", fields: vec![reason] }] }
    }

    #[test]
    fn a_field_carries_the_clause_that_its_binding_names() {
        let kind = Kind::join(binding(), form()).unwrap();
        assert_eq!(kind.form.field("reason").unwrap().clause.as_deref(), Some("4.1.1-1-a"));
        assert_eq!(kind.prefix, "ACC");
        assert!(kind.joinable("create", "confirm") && !kind.joinable("create", "receive"));
    }

    #[test]
    fn a_binding_that_does_not_fit_is_refused_with_its_place() {
        let wrong = |change: fn(&mut KindBinding)| {
            let mut binding = binding();
            change(&mut binding);
            Kind::join(binding, form()).unwrap_err()
        };
        assert_eq!(wrong(|b| b.prefix = "A-1".into()), KindError::Prefix("account.register".into()));
        assert!(matches!(wrong(|b| b.steps.clear()), KindError::NoSteps(_)));
        assert!(matches!(wrong(|b| b.steps.swap(0, 1)), KindError::Order { step, .. } if step == "confirm"));
        assert!(matches!(wrong(|b| b.steps.push(step("more", StepAct::Acknowledge))), KindError::Order { .. }));
        assert!(matches!(wrong(|b| b.steps[1].key = "confirm".into()), KindError::Twice { .. }));
        assert!(matches!(wrong(|b| b.joins.push(("x".into(), "create".into()))), KindError::UnknownJoin { step, .. } if step == "x"));
        assert!(matches!(wrong(|b| drop(b.fields.insert("colour".into(), "1".into()))), KindError::UnknownField { field, .. } if field == "colour"));
    }
}
