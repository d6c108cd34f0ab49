//! One sort of request (申請の種類): the form and the effects come from code, the title, route, clauses and
//! prefix from the adopted regulation's binding. Joined and checked once, at start.
use super::choice::Options;
use super::content::{Content, Words};
use super::form::{Form, When};
use super::number::is_prefix;
pub use super::step_act::StepAct;
use super::together::Needs;
pub use crate::engines::regulations::binding::AfterReturn;
use crate::engines::regulations::binding::RightLevel;
use crate::kernel::access::{FunctionKey, Position, Tier};
use std::collections::BTreeMap;

/// Whose holders of a tier are meant (段階の範囲).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepScope {
    /// Those of the applicant's department.
    Department,
    /// Those of the department that owns what is asked for (所管課).
    Owner,
    /// Any of the organisation.
    Organisation,
}

/// A step as the adopted regulation declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDef {
    pub key: String,
    pub act: StepAct,
    pub by: Tier,
    /// Of those of the tier, only the holder of this function (役割), or the one person whom this field of the form names.
    pub function: Option<FunctionKey>,
    /// Those whom they name act there too (指名された者).
    pub designee: bool,
    /// Whoever holds one of these decides here in their own post only, never for somebody else.
    pub apart_from: Vec<Tier>,
    /// Whoever files acts there too, on what others let pass (`by` is a tier that files).
    pub applicant: bool,
    pub scope: StepScope,
    /// Decided line by line (システムごとの使用許可).
    pub each_line: bool,
    /// Opens together with the step before it (並行).
    pub beside: bool,
    /// Of how many of those who sit there the answer is needed.
    pub needs: Needs,
    /// Passed over where nobody sits (空席のときは省略), instead of moving up.
    pub may_be_missing: bool,
    /// Passed over where whoever decides at a later step pulls it up (引き上げ承認).
    pub passed_by: bool,
    /// 「部門の確認」
    pub title: Words,
    /// Business days after which it is overdue.
    pub due_days: Option<u32>,
    /// The field of the form that says until when it is to be done.
    pub due_on: Option<String>,
    /// Taken only under this condition on the form.
    pub when: When,
    pub clause: Option<String>,
    /// What the request is called while it waits here (作業報告待ち), in the regulation's words.
    pub state: Option<Words>,
    /// What those of a later step are told while this one is not over.
    pub unfinished: Option<Words>,
    /// What the button of a receipt says (確認した).
    pub button: Option<Words>,
    /// What the step records (処理欄).
    pub result: Form,
}

impl StepDef {
    /// The tiers that may act there.
    pub fn tiers(&self) -> impl Iterator<Item = Tier> {
        std::iter::once(self.by).chain(self.designee.then_some(Tier::Operator))
    }

    /// The field of the form that names the one person whose step it is.
    #[must_use]
    pub fn chosen_by(&self) -> Option<&str> {
        self.function.as_ref().and_then(FunctionKey::field)
    }

    /// Who acts there, as the regulation names it.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position { tier: self.by, function: self.function }
    }

    /// Those who may act there: whoever holds the position, and those whom they name.
    pub fn positions(&self) -> impl Iterator<Item = Position> {
        std::iter::once(self.position()).chain(self.designee.then_some(Tier::Operator.into()))
    }

    /// To whom it goes when no department has anybody left. What a clause puts under the approval of the head of security, and keeps
    /// apart for it, goes to the head of the organisation and never down to the office (coop 24-1-2).
    #[must_use]
    pub fn above(&self) -> &'static [Tier] {
        if self.by == Tier::Ciso && !self.apart_from.is_empty() { &[Tier::Head] } else { super::route::above(self.by) }
    }

    /// Does it move up when nobody at its seat can act? What a section's manager enters, those above can enter as well; what
    /// takes an administrator's skill stays with them.
    #[must_use]
    pub fn moves_up(&self) -> bool {
        self.act.moves_up() || (self.act == StepAct::Execute && self.by == Tier::Manager)
    }
}

/// Everything the engine knows about one sort of request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Also the key of the mechanism that its events carry.
    pub key: String,
    /// 様式の名前 as the organisation calls it.
    pub title: Words,
    /// こういうときに使う
    pub hint: Words,
    pub prefix: String,
    /// The clauses that ask for this request, within the adopted regulation.
    pub clauses: Vec<String>,
    /// Who may file.
    pub applicants: Vec<Tier>,
    /// Filed on an open page by somebody who only claims to be a person of the organisation.
    pub without_sign_in: bool,
    /// Rights of administration are asked for elsewhere, on an account of their own.
    pub ordinary_rights: bool,
    /// Several are approved at once (まとめて承認), each for itself.
    pub bulk: bool,
    /// Whoever withdraws it has to say why (取下げの理由).
    pub withdrawal_reason: bool,
    /// The kinds after whose work it is offered for the same row (関連する申請).
    pub follows: Vec<String>,
    /// What its official form is called (様式番号).
    pub form_no: Option<String>,
    /// What the regulation says where an ID is another person's already.
    pub taken: Option<Words>,
    /// The widest right that each role may be given; empty: the regulation sets no such limit.
    pub most_rights: BTreeMap<Tier, RightLevel>,
    pub form: Form,
    pub steps: Vec<StepDef>,
    /// Pairs of steps that one person may hold under this regulation; each use is marked.
    pub joins: Vec<(String, String)>,
    /// Which steps are answered anew once it was sent back to one of them.
    pub after_return: AfterReturn,
}

/// Why a kind cannot work. For whoever writes a regulation's files, so English is enough.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KindError {
    #[error("prefix must be two to six letters or digits")]
    Prefix(String),
    #[error("field 「{field}」 cannot be asked on a form: {what}")]
    FieldType { kind: String, field: String, what: String },
    #[error("step 「{step}」 {what}")]
    Step { kind: String, step: String, what: String },
    #[error("a route needs at least one step")]
    NoSteps(String),
    #[error("step 「{step}」 stands in the wrong place: deciding, then execute, acknowledge, report, confirm")]
    Order { kind: String, step: String },
    #[error("step 「{step}」 occurs twice")]
    Twice { kind: String, step: String },
    #[error("joinable names 「{step}」, which is no step")]
    UnknownJoin { kind: String, step: String },
    #[error("no room of the portal carries it out")]
    NoEffects(String),
}

impl KindError {
    /// The kind at fault.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Prefix(kind) | Self::NoSteps(kind) | Self::NoEffects(kind) => kind,
            Self::FieldType { kind, .. }
            | Self::Step { kind, .. }
            | Self::Order { kind, .. }
            | Self::Twice { kind, .. }
            | Self::UnknownJoin { kind, .. } => kind,
        }
    }
}

impl Kind {
    /// Checked once, at start.
    pub fn check(self) -> Result<Self, KindError> {
        check_route(&self)?;
        Ok(self)
    }

    /// 組織が定めた手続: no clause of the regulation asks for it, so that nothing done by it counts as evidence.
    #[must_use]
    pub fn org_defined(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Does the section that owns what is asked for act on the route (所管課)?
    #[must_use]
    pub fn reaches_owner(&self) -> bool {
        self.steps.iter().any(|step| step.scope == StepScope::Owner)
    }

    /// The steps that this content takes (経路の条件).
    #[must_use]
    pub fn route(&self, content: &Content, options: &Options) -> Vec<StepDef> {
        let mut taken = Vec::new();
        // beside what is not taken, a step stands by itself
        let mut beside = false;
        for step in &self.steps {
            beside &= step.beside;
            if step.when.holds(content, options) {
                taken.push(StepDef { beside, ..step.clone() });
                beside = true;
            }
        }
        taken
    }

    /// May these two steps be held by one person?
    #[must_use]
    pub fn joinable(&self, one: &str, other: &str) -> bool {
        joinable(&self.joins, one, other)
    }

    /// Does any of its steps send an answer under this name? Which of them waits may have changed since the page was drawn.
    #[must_use]
    pub fn asks_at_a_step(&self, name: &str) -> bool {
        self.steps.iter().any(|step| step.result.asks(name))
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

fn check_route(binding: &Kind) -> Result<(), KindError> {
    let kind = || binding.key.clone();
    if !is_prefix(&binding.prefix) {
        return Err(KindError::Prefix(kind()));
    }
    let own = binding.form.fields().find(|field| field.key.starts_with('_') || field.key.contains('.'));
    if let Some(field) = own {
        let what = "a key without a leading underscore and without a dot is needed".to_owned();
        return Err(KindError::FieldType { kind: kind(), field: field.key.clone(), what });
    }
    if binding.steps.is_empty() {
        return Err(KindError::NoSteps(kind()));
    }
    for (at, step) in binding.steps.iter().enumerate() {
        let before = binding.steps.get(..at).unwrap_or_default();
        if before.iter().any(|earlier| earlier.key == step.key) {
            return Err(KindError::Twice { kind: kind(), step: step.key.clone() });
        }
        if !step.act.may_follow(before.iter().map(|earlier| earlier.act)) {
            return Err(KindError::Order { kind: kind(), step: step.key.clone() });
        }
        if (step.beside || !step.needs.is_one() || step.may_be_missing) && !(step.act.answers() && step.act.moves_up())
        {
            let what = "is work, receipt or report: it stands by itself, and one person does it".to_owned();
            return Err(KindError::Step { kind: kind(), step: step.key.clone(), what });
        }
        let beside_what = before.last().filter(|_| step.beside).map(|earlier| earlier.act);
        if step.beside && !beside_what.is_some_and(|act| act.answers() && act.moves_up()) {
            let what = "has nothing beside which it could open".to_owned();
            return Err(KindError::Step { kind: kind(), step: step.key.clone(), what });
        }
        if (step.each_line || step.applicant) && (!step.needs.is_one() || step.may_be_missing) {
            let what = "is answered by one person".to_owned();
            return Err(KindError::Step { kind: kind(), step: step.key.clone(), what });
        }
        // an answer for one line is a word; a form with questions is answered once, for the whole
        if step.each_line && (!step.act.decides() || step.result.fields().next().is_some()) {
            let what = "cannot go line by line".to_owned();
            return Err(KindError::Step { kind: kind(), step: step.key.clone(), what });
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
    use super::*;

    fn step(key: &str, act: StepAct) -> StepDef {
        StepDef {
            key: key.into(),
            act,
            by: Tier::Manager,
            function: None,
            designee: false,
            apart_from: Vec::new(),
            applicant: false,
            scope: StepScope::Department,
            each_line: false,
            beside: false,
            needs: Needs::Any,
            may_be_missing: false,
            passed_by: false,
            title: Words::key("t"),
            due_days: None,
            due_on: None,
            when: When::Always,
            clause: None,
            state: None,
            unfinished: None,
            button: None,
            result: Form::default(),
        }
    }

    fn kind() -> Kind {
        Kind {
            key: "account.register".into(),
            title: Words::plain("アカウント登録申請"),
            hint: Words::plain("新しく使い始めるとき"),
            prefix: "ACC".into(),
            clauses: vec!["4.1.1-1-a".into()],
            applicants: vec![Tier::Staff],
            without_sign_in: false,
            ordinary_rights: false,
            bulk: false,
            withdrawal_reason: false,
            follows: Vec::new(),
            form_no: None,
            taken: None,
            most_rights: BTreeMap::new(),
            form: Form::default(),
            steps: vec![
                step("confirm", StepAct::Decide),
                step("create", StepAct::Execute),
                step("receive", StepAct::Acknowledge),
            ],
            joins: vec![("confirm".into(), "create".into())],
            after_return: AfterReturn::Repeat,
        }
    }

    #[test]
    fn a_step_under_a_condition_is_taken_only_when_it_holds() {
        let mut kind = kind().check().unwrap();
        kind.steps[0].when = When::answered("level", &["admin"]);
        let keys = |content: &Content| {
            kind.route(content, &Options::new()).into_iter().map(|step| step.key).collect::<Vec<_>>()
        };
        assert_eq!(keys(&Content::default()), ["create", "receive"]);
        assert_eq!(keys(&Content::default().with("level", "admin")), ["confirm", "create", "receive"]);
    }

    #[test]
    fn beside_a_step_that_is_not_taken_a_step_stands_by_itself() {
        let mut kind = kind();
        kind.steps.insert(1, StepDef { beside: true, ..step("consult", StepAct::Consult) });
        kind.steps.insert(2, StepDef { beside: true, ..step("check", StepAct::Decide) });
        let mut kind = kind.check().unwrap();
        let beside = |kind: &Kind| {
            let route = kind.route(&Content::default(), &Options::new());
            route.into_iter().filter(|step| step.beside).map(|step| step.key).collect::<Vec<_>>()
        };
        assert_eq!(beside(&kind), ["consult", "check"]);
        kind.steps[1].when = When::answered("level", &["admin"]);
        assert_eq!(beside(&kind), ["check"]);
        kind.steps[0].when = When::answered("level", &["admin"]);
        assert!(beside(&kind).is_empty());
    }

    #[test]
    fn a_kind_that_cannot_work_is_refused_with_its_place() {
        assert!(kind().joinable("create", "confirm") && !kind().joinable("create", "receive"));
        let wrong = |change: fn(&mut Kind)| {
            let mut kind = kind();
            change(&mut kind);
            kind.check().unwrap_err()
        };
        assert_eq!(wrong(|k| k.prefix = "A-1".into()), KindError::Prefix("account.register".into()));
        assert!(matches!(wrong(|k| k.steps.clear()), KindError::NoSteps(_)));
        assert!(matches!(wrong(|k| k.steps.swap(0, 1)), KindError::Order { step, .. } if step == "confirm"));
        assert!(matches!(wrong(|k| k.steps.push(step("more", StepAct::Acknowledge))), KindError::Order { .. }));
        assert!(matches!(wrong(|k| k.steps[1].key = "confirm".into()), KindError::Twice { .. }));
        assert!(matches!(wrong(|k| k.steps[2].each_line = true), KindError::Step { step, .. } if step == "receive"));
        assert!(matches!(wrong(|k| k.steps[0].beside = true), KindError::Step { step, .. } if step == "confirm"));
        assert!(matches!(wrong(|k| k.steps[1].needs = Needs::All), KindError::Step { step, .. } if step == "create"));
        assert!(matches!(wrong(|k| k.steps[2].beside = true), KindError::Step { step, .. } if step == "receive"));
        assert!(
            matches!(wrong(|k| k.joins.push(("x".into(), "create".into()))), KindError::UnknownJoin { step, .. } if step == "x")
        );
    }
}
