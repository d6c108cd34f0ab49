//! 組織が定めた手続の経路: where no clause asks for a request, the organisation says who decides before the work. What it entered,
//! which version is in force on a day, and what a route must hold. Pure.
use super::binding::{Act, AfterReturn, Binding, By, FieldType, Kind, Needs, Scope, Step};
use super::words::Words;
use crate::kernel::access::Tier;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The acts that the organisation may put before the work.
pub const ACTS: [Act; 4] = [Act::Decide, Act::Permit, Act::Consult, Act::Confirm];
/// Who may be asked there: those at whose desks requests wait. Auditors look at what others decided; staff and vendors apply.
const SEATS: [Tier; 7] =
    [Tier::Manager, Tier::Operator, Tier::Sysadmin, Tier::Office, Tier::Ciso, Tier::Committee, Tier::Head];
/// Where they are looked for.
pub const SCOPES: [Scope; 3] = [Scope::Department, Scope::Organisation, Scope::Owner];
/// The most steps before the work.
pub const MOST: usize = 5;
/// The most business days that a step may take.
pub const MOST_DAYS: u32 = 30;

/// A step before the work, as the organisation entered it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnStep {
    pub key: String,
    pub act: Act,
    pub by: Tier,
    pub scope: Scope,
    /// Business days after which it is overdue.
    pub due_days: Option<u32>,
    pub title: Words,
    /// Opens together with the step before it (並行).
    #[serde(default)]
    pub beside: bool,
    /// Of how many of those who sit there the answer is needed (合議).
    #[serde(default)]
    pub needs: Needs,
    /// Passed over where nobody sits there (空席のときは省略).
    #[serde(default)]
    pub may_be_missing: bool,
}

/// A route before the work, and what becomes of it after a return (経路).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub steps: Vec<OwnStep>,
    /// 差戻し後の経路; none: as the regulation's file has it.
    pub after_return: Option<AfterReturn>,
    /// 引き上げ承認
    pub pull_up: bool,
}

impl OwnStep {
    /// The step as the organisation could have entered it; none: it holds more than these pages ask.
    fn of(step: &Step) -> Option<Self> {
        let [By::Tier(by)] = step.by.as_slice() else { return None };
        let plain = ACTS.contains(&step.act)
            && SEATS.contains(by)
            && step.function.is_none()
            && !step.designee
            && !step.each_line
            && step.due_on.is_none()
            && step.when.is_none()
            && step.clause.is_none()
            && step.fields.is_empty();
        let (key, title) = (step.key.clone(), step.title.clone());
        let (due_days, beside) = (step.due_days, step.beside);
        let (needs, may_be_missing) = (step.needs, step.may_be_missing);
        let (act, by, scope) = (step.act, *by, step.scope);
        plain.then_some(Self { key, act, by, scope, due_days, title, beside, needs, may_be_missing })
    }

    /// Whether it is this step of the regulation's file, but for its days and for how it is answered.
    #[must_use]
    pub fn is(&self, step: &Step) -> bool {
        step.act == self.act && step.by == [By::Tier(self.by)] && step.scope == self.scope
    }

    fn step(&self, declared: &[Step]) -> Step {
        match declared.iter().find(|step| step.key == self.key && self.is(step)) {
            Some(step) => Step {
                due_days: self.due_days,
                beside: self.beside,
                needs: self.needs,
                may_be_missing: self.may_be_missing,
                ..step.clone()
            },
            None => Step {
                key: self.key.clone(),
                act: self.act,
                by: vec![By::Tier(self.by)],
                scope: self.scope,
                title: self.title.clone(),
                executes: false,
                each_line: false,
                function: None,
                designee: false,
                beside: self.beside,
                needs: self.needs,
                may_be_missing: self.may_be_missing,
                apart_from: Vec::new(),
                due_days: self.due_days,
                due_on: None,
                when: None,
                state: None,
                unfinished: None,
                button: None,
                clause: None,
                fields: Vec::new(),
            },
        }
    }
}

/// That a version was taken back before its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenBack {
    pub at: DateTime<Utc>,
    pub by: Option<String>,
    pub reason: String,
}

/// A route that the organisation entered (経路の版).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRoute {
    pub id: Uuid,
    /// The regulation, whatever its edition.
    pub regulation: String,
    pub kind: String,
    pub version: i32,
    pub way: Way,
    pub effective_on: NaiveDate,
    pub reason: String,
    pub entered_at: DateTime<Utc>,
    pub entered_by: Option<String>,
    pub taken_back: Option<TakenBack>,
}

/// All that were entered, in the order in which they take effect.
#[derive(Debug, Clone, Default)]
pub struct OwnRoutes(Vec<OwnRoute>);

impl OwnRoutes {
    #[must_use]
    pub fn new(mut routes: Vec<OwnRoute>) -> Self {
        routes.sort_by_key(|route| (route.effective_on, route.version));
        Self(routes)
    }

    /// Every version of a kind, those taken back among them.
    pub fn of<'a>(&'a self, regulation: &'a str, kind: &'a str) -> impl DoubleEndedIterator<Item = &'a OwnRoute> {
        self.0.iter().filter(move |route| route.regulation == regulation && route.kind == kind)
    }

    /// The version of that id.
    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<&OwnRoute> {
        self.0.iter().find(|route| route.id == id)
    }

    /// All that count: none that was taken back.
    pub fn iter(&self) -> impl Iterator<Item = &OwnRoute> {
        self.0.iter().filter(|route| route.taken_back.is_none())
    }

    /// The last of each kind that began by that day, fit or not.
    #[must_use]
    pub fn last_of_each(&self, regulation: &str, day: NaiveDate) -> Vec<&OwnRoute> {
        let mut last = BTreeMap::new();
        for route in self.iter().filter(|route| route.regulation == regulation && route.effective_on <= day) {
            last.insert(route.kind.as_str(), route);
        }
        last.into_values().collect()
    }

    /// What was or is in force by that day, as far as it fits the kind; the last of them is in force on it.
    pub fn begun<'a>(
        &'a self,
        regulation: &'a str,
        (binding, kind): (&'a Binding, &'a Kind),
        day: NaiveDate,
    ) -> impl DoubleEndedIterator<Item = &'a OwnRoute> {
        self.ever_begun(regulation, &kind.key, day).filter(move |route| fits(binding, kind, &route.way.steps))
    }

    /// Every version that began by that day, also one that would no longer fit: what was filed by it goes on by it.
    pub fn ever_begun<'a>(
        &'a self,
        regulation: &'a str,
        kind: &'a str,
        day: NaiveDate,
    ) -> impl DoubleEndedIterator<Item = &'a OwnRoute> {
        self.of(regulation, kind).filter(move |route| route.taken_back.is_none() && route.effective_on <= day)
    }
}

/// Why the organisation cannot enter a route for a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixed {
    /// A clause asks for it: the clause says who decides.
    ByClause,
    /// It comes from an open page, from somebody to whom nothing can be sent back.
    OpenPage,
    /// A step of the file holds more than these pages ask (条件, 記入欄).
    Particular,
}

/// Whether, and why, the route of a kind stays as the regulation's file has it.
#[must_use]
pub fn fixed(kind: &Kind) -> Option<Fixed> {
    if !kind.org_defined {
        Some(Fixed::ByClause)
    } else if kind.without_sign_in {
        Some(Fixed::OpenPage)
    } else if declared(kind).is_none() {
        Some(Fixed::Particular)
    } else {
        None
    }
}

/// The steps before the work as the file has them; none where they hold more than these pages ask.
#[must_use]
pub fn declared(kind: &Kind) -> Option<Vec<OwnStep>> {
    let steps: Option<Vec<OwnStep>> = kind.before_work().iter().map(OwnStep::of).collect();
    steps.filter(|steps| steps.len() <= MOST && kind.before_work().len() < kind.steps.len())
}

/// Those who may be asked, by the titles of this regulation. Where operators are those whom others name (指名), nobody sits
/// there by a post of their own.
pub fn seats(binding: &Binding) -> impl Iterator<Item = Tier> {
    SEATS.into_iter().filter(move |tier| binding.title(*tier).is_some() && !binding.only_named(*tier))
}

/// The way of the regulation's file; none where it holds more than these pages ask.
#[must_use]
pub fn declared_way(kind: &Kind) -> Option<Way> {
    declared(kind).map(|steps| Way { steps, after_return: Some(kind.after_return), pull_up: kind.pull_up })
}

/// The kind with these steps before the work, which stays as it is with all that follows.
#[must_use]
pub fn rerouted(kind: &Kind, way: &Way) -> Kind {
    let declared = kind.before_work();
    let mut steps: Vec<Step> = way.steps.iter().map(|step| step.step(declared)).collect();
    steps.extend(kind.from_work().iter().cloned());
    let known = |key: &String| steps.iter().any(|step| step.key == *key);
    let joinable = kind.joinable.iter().filter(|(one, other)| known(one) && known(other)).cloned().collect();
    let after_return = way.after_return.unwrap_or(kind.after_return);
    Kind { steps, joinable, after_return, pull_up: way.pull_up, ..kind.clone() }
}

/// What is wrong with a route, and in which of its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    pub at: usize,
    pub what: Wrong,
}

/// What can be wrong with a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// The regulation has no such tier.
    NoSuchTier,
    /// The same people are asked twice.
    Twice,
    /// The form asks for nothing that a section owns.
    NobodyOwns,
    /// No step decides.
    NothingDecided,
    /// No number of business days that a step may take.
    Days,
    /// The acts do not stand in an order that can be run.
    Order,
    /// Nothing stands before it beside which it could open.
    Alone,
}

impl Wrong {
    /// The sentence that says it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoSuchTier => "procedures-wrong-tier",
            Self::Twice => "procedures-wrong-twice",
            Self::NobodyOwns => "procedures-wrong-owner",
            Self::NothingDecided => "procedures-wrong-nothing-decided",
            Self::Days => "procedures-wrong-days",
            Self::Order => "procedures-wrong-order",
            Self::Alone => "procedures-wrong-alone",
        }
    }
}

/// Everything that is wrong with these steps before the work of a kind.
#[must_use]
pub fn faults(binding: &Binding, kind: &Kind, steps: &[OwnStep]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut asked = BTreeSet::new();
    for (at, step) in steps.iter().enumerate() {
        let mut wrong = |what| faults.push(Fault { at, what });
        if !seats(binding).any(|tier| tier == step.by) {
            wrong(Wrong::NoSuchTier);
        }
        if !asked.insert((step.by, place(step.scope))) {
            wrong(Wrong::Twice);
        }
        if step.scope == Scope::Owner && !asks_for_rows(kind) {
            wrong(Wrong::NobodyOwns);
        }
        if step.due_days.is_some_and(|days| days == 0 || days > MOST_DAYS) {
            wrong(Wrong::Days);
        }
        if at == 0 && step.beside {
            wrong(Wrong::Alone);
        }
    }
    let decided = steps.iter().any(|step| step.act.decides());
    if !decided && kind.before_work().iter().any(|step| step.act.decides()) {
        faults.push(Fault { at: 0, what: Wrong::NothingDecided });
    }
    // what the pages cannot say wrong, and a row from elsewhere could
    let runs = steps.len() <= MOST && steps.iter().all(|step| ACTS.contains(&step.act));
    if faults.is_empty()
        && !(runs && rerouted(kind, &Way { steps: steps.to_vec(), after_return: None, pull_up: false }).route_holds())
    {
        faults.push(Fault { at: 0, what: Wrong::Order });
    }
    faults
}

/// Whether a kind may travel by these steps under this binding.
#[must_use]
pub fn fits(binding: &Binding, kind: &Kind, steps: &[OwnStep]) -> bool {
    fixed(kind).is_none() && faults(binding, kind, steps).is_empty()
}

fn place(scope: Scope) -> Option<usize> {
    SCOPES.iter().position(|known| *known == scope)
}

fn asks_for_rows(kind: &Kind) -> bool {
    let of_a_register = [FieldType::Rights, FieldType::Every, FieldType::Reference, FieldType::References];
    kind.fields.iter().any(|field| of_a_register.contains(&field.kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::regulations::{Library, MECHANISMS};

    fn with<T>(regulation: &str, kind: &str, look: impl FnOnce(&Binding, &Kind) -> T) -> T {
        let library = Library::load(None, MECHANISMS).unwrap_or_else(|faults| panic!("{faults}"));
        let binding = library.get(regulation).unwrap().binding.as_ref().unwrap();
        look(binding, binding.kind(kind).unwrap())
    }

    fn step(act: Act, by: Tier, scope: Scope) -> OwnStep {
        let title = Words { ja: "段".into(), en: "step".into() };
        OwnStep {
            key: format!("own_{}_{scope:?}", by.key()),
            act,
            by,
            scope,
            due_days: Some(3),
            title,
            beside: false,
            needs: Needs::Any,
            may_be_missing: false,
        }
    }

    #[test]
    fn what_the_files_leave_to_the_organisation_is_open_and_nothing_else() {
        let why = |regulation, kind| with(regulation, kind, |_, kind| fixed(kind));
        assert_eq!(why("katsuura-operations", "account.register"), None);
        assert_eq!(why("mutual-aid-policy", "privileged.grant"), None);
        assert_eq!(why("katsuura-operations", "account.end"), Some(Fixed::ByClause));
        assert_eq!(why("katsuura-operations", "password.reset"), Some(Fixed::OpenPage));
    }

    #[test]
    fn the_file_s_own_route_is_no_change() {
        with("katsuura-operations", "account.register", |binding, kind| {
            let steps = declared(kind).unwrap();
            assert_eq!(rerouted(kind, &declared_way(kind).unwrap()), *kind);
            assert!(fits(binding, kind, &steps));
        });
    }

    #[test]
    fn the_work_and_the_receipt_stay_behind_every_route() {
        with("katsuura-operations", "account.register", |binding, kind| {
            let steps = [
                step(Act::Consult, Tier::Sysadmin, Scope::Organisation),
                step(Act::Permit, Tier::Office, Scope::Owner),
            ];
            assert!(fits(binding, kind, &steps));
            let way = Way { steps: steps.to_vec(), after_return: None, pull_up: false };
            let acts: Vec<Act> = rerouted(kind, &way).steps.iter().map(|step| step.act).collect();
            assert_eq!(acts, [Act::Consult, Act::Permit, Act::Execute, Act::Acknowledge]);
        });
    }

    #[test]
    fn each_fault_is_told_at_its_step() {
        with("katsuura-operations", "account.register", |binding, kind| {
            let wrong = |steps: &[OwnStep]| {
                faults(binding, kind, steps).iter().map(|fault| (fault.at, fault.what)).collect::<Vec<_>>()
            };
            let good = step(Act::Decide, Tier::Office, Scope::Organisation);
            let designer = step(Act::Decide, Tier::Designer, Scope::Organisation);
            assert_eq!(wrong(&[good.clone(), designer]), [(1, Wrong::NoSuchTier)]);
            let again = step(Act::Consult, Tier::Office, Scope::Organisation);
            assert_eq!(wrong(&[good.clone(), again.clone()]), [(1, Wrong::Twice)]);
            assert_eq!(wrong(&[again]), [(0, Wrong::NothingDecided)]);
            assert_eq!(wrong(&[]), [(0, Wrong::NothingDecided)]);
            assert_eq!(wrong(&[OwnStep { due_days: Some(31), ..good.clone() }]), [(0, Wrong::Days)]);
            assert_eq!(wrong(&[step(Act::Execute, Tier::Sysadmin, Scope::Organisation), good]), [(0, Wrong::Order)]);
        });
    }

    #[test]
    fn of_two_versions_of_one_day_the_later_holds_and_none_that_was_taken_back() {
        with("katsuura-operations", "account.register", |binding, kind| {
            let day = |text: &str| text.parse::<NaiveDate>().unwrap();
            let route = |version: i32, from: &str| OwnRoute {
                id: Uuid::from_u128(u128::from(version.unsigned_abs())),
                regulation: "katsuura-operations".into(),
                kind: kind.key.clone(),
                version,
                way: Way {
                    steps: vec![step(Act::Decide, Tier::Office, Scope::Organisation)],
                    after_return: None,
                    pull_up: false,
                },
                effective_on: day(from),
                reason: "x".into(),
                entered_at: DateTime::default(),
                entered_by: None,
                taken_back: None,
            };
            let mut routes = vec![route(2, "2026-04-01"), route(1, "2026-04-01"), route(3, "2026-05-01")];
            let on = |routes: &[OwnRoute], text: &str| {
                let routes = OwnRoutes::new(routes.to_vec());
                let last = routes.begun("katsuura-operations", (binding, kind), day(text)).next_back();
                last.map(|route| route.version)
            };
            assert_eq!(on(&routes, "2026-03-31"), None);
            assert_eq!(on(&routes, "2026-04-01"), Some(2));
            assert_eq!(on(&routes, "2026-05-01"), Some(3));
            routes[2].taken_back = Some(TakenBack { at: DateTime::default(), by: None, reason: "x".into() });
            assert_eq!(on(&routes, "2026-05-01"), Some(2));
        });
    }
}
