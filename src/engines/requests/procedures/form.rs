//! The form of a route: up to five steps before the work, each with act, tier, place and days; and what was typed, read as steps.
use crate::engines::regulations::binding::{Act, AfterReturn, Binding, Kind, Needs, Scope};
use crate::engines::regulations::own_routes::{self, Fault, MOST, MOST_DAYS, OwnStep, Way, Wrong};
use crate::engines::regulations::words::Words as Bilingual;
use crate::kernel::access::Tier;
use crate::web::forms::{Choice, Field, Form, Width};
use crate::web::locale::{Label, Lang, Line, Words};
use crate::web::screen::Screen;
use chrono::NaiveDate;

/// From which day.
pub const EFFECTIVE_ON: &str = "effective_on";
/// 差戻し後の経路
pub const AFTER_RETURN: &str = "after_return";
/// 引き上げ承認
pub const PULL_UP: &str = "pull_up";
/// 理由
pub const REASON: &str = "reason";

/// The acts to choose, with their words.
const ACTS: [(&str, Act, &str); 4] = [
    ("decide", Act::Decide, "requests-act-decide"),
    ("permit", Act::Permit, "requests-act-permit"),
    ("consult", Act::Consult, "requests-act-consult"),
    ("confirm", Act::Confirm, "requests-act-confirm"),
];
/// The places to choose.
const SCOPES: [(&str, Scope, &str); 3] = [
    ("department", Scope::Department, "procedures-scope-department"),
    ("organisation", Scope::Organisation, "procedures-scope-organisation"),
    ("owner", Scope::Owner, "procedures-scope-owner"),
];

/// How a step opens, how many answer there, and what becomes of it where nobody sits; the first is what is meant by no answer.
const OPENS: [(&str, bool, &str); 2] =
    [("after", false, "procedures-opens-after"), ("beside", true, "procedures-opens-beside")];
const NEEDS: [(&str, Needs, &str); 6] = [
    ("any", Needs::Any, "procedures-needs-any"),
    ("all", Needs::All, "procedures-needs-all"),
    ("majority", Needs::Majority, "procedures-needs-majority"),
    ("2", Needs::Count(2), "procedures-needs-2"),
    ("3", Needs::Count(3), "procedures-needs-3"),
    ("5", Needs::Count(5), "procedures-needs-5"),
];
const VACANT: [(&str, bool, &str); 2] =
    [("up", false, "procedures-vacant-up"), ("skip", true, "procedures-vacant-skip")];
/// What a return does to the steps between.
const RETURNS: [(&str, AfterReturn, &str); 2] = [
    ("repeat", AfterReturn::Repeat, "procedures-return-repeat"),
    ("sender", AfterReturn::Sender, "procedures-return-sender"),
];
/// May whoever decides later do so before those in front have answered?
const PULLS: [(&str, bool, &str); 2] =
    [("no", false, "procedures-pull-up-no"), ("yes", true, "procedures-pull-up-yes")];

/// What is asked of each step.
pub const ASKED: [&str; 4] = ["act", "by", "scope", "days"];
/// What may be asked besides.
pub const MORE: [&str; 3] = ["opens", "needs", "vacant"];

/// The name of a question of the step in this place, counted from one.
fn name(what: &str, place: usize) -> String {
    format!("{what}_{place}")
}

/// The questions of one step, for the page.
#[derive(Debug, Clone)]
pub struct Place {
    pub no: usize,
    pub asked: Vec<String>,
    pub more: Vec<String>,
}

/// The questions of each step, for the page.
#[must_use]
pub fn places() -> Vec<Place> {
    let names = |asked: &[&str], no| asked.iter().map(|what| name(what, no)).collect();
    (1..=MOST).map(|no| Place { no, asked: names(&ASKED, no), more: names(&MORE, no) }).collect()
}

/// Every name that the form asks.
#[must_use]
pub fn names() -> Vec<String> {
    let steps = places().into_iter().flat_map(|place| place.asked.into_iter().chain(place.more));
    steps.chain([AFTER_RETURN, PULL_UP, EFFECTIVE_ON, REASON].map(str::to_owned)).collect()
}

fn label(w: Words, what: &str, place: usize) -> Label {
    Label::text(w.with(&format!("procedures-ask-{what}"), &[("no", &place)]).into_owned())
}

/// The empty form.
#[must_use]
pub fn form(screen: &Screen, binding: &Binding) -> Form {
    let w = screen.w;
    let acts = || choices(&ACTS);
    let scopes = || choices(&SCOPES);
    let title =
        |tier: Tier| binding.title(tier).map_or(tier.key(), |title| title.in_language(w.lang().code())).to_owned();
    let tiers = || own_routes::seats(binding).map(|tier| Choice::new(tier.key(), Label::text(title(tier)))).collect();
    let mut fields = Vec::new();
    for place in 1..=MOST {
        let ask = |what: &'static str| (name(what, place), label(w, what, place));
        let ((act, act_label), (by, by_label)) = (ask("act"), ask("by"));
        let ((scope, scope_label), (days, days_label)) = (ask("scope"), ask("days"));
        fields.extend([
            Field::select(act, act_label, acts()).optional(),
            Field::select(by, by_label, tiers()).optional(),
            Field::select(scope, scope_label, scopes()).optional(),
            Field::digits(days, days_label).optional().width(Width::Tiny),
        ]);
        let ((opens, opens_label), (needs, needs_label)) = (ask("opens"), ask("needs"));
        let (vacant, vacant_label) = ask("vacant");
        fields.extend([
            Field::select(opens, opens_label, choices(&OPENS)).optional(),
            Field::select(needs, needs_label, choices(&NEEDS)).optional(),
            Field::select(vacant, vacant_label, choices(&VACANT)).optional(),
        ]);
    }
    let after = Field::select(AFTER_RETURN, "procedures-after-return", choices(&RETURNS));
    fields.push(after.optional().width(Width::Full));
    let pulls = Field::select(PULL_UP, "procedures-pull-up", choices(&PULLS)).hint("procedures-pull-up-hint");
    fields.push(pulls.optional().width(Width::Full));
    fields.push(Field::date(EFFECTIVE_ON, "regulations-effective-on").hint("procedures-effective-hint"));
    fields.push(Field::area(REASON, "regulations-reason").most(200).hint("regulations-reason-hint"));
    Form::new(w, screen.dates, fields)
}

fn choices<T>(known: &[(&'static str, T, &'static str)]) -> Vec<Choice> {
    known.iter().map(|(key, _, word)| Choice::new(*key, *word)).collect()
}

/// What was chosen of a return to an earlier step, in words.
#[must_use]
pub fn after_return(form: &Form) -> String {
    said(form, AFTER_RETURN, &RETURNS)
}

/// What was chosen of 引き上げ承認, in words.
#[must_use]
pub fn pull_up(form: &Form) -> String {
    said(form, PULL_UP, &PULLS)
}

fn said<T>(form: &Form, name: &str, known: &[(&str, T, &str)]) -> String {
    let chosen = known.iter().find(|(key, ..)| *key == form.text(name));
    chosen.map_or_else(String::new, |(_, _, word)| form.words().t(word).into_owned())
}

/// Filled with this way, from a day on.
#[must_use]
pub fn filled(form: Form, way: &Way, screen: &Screen, from: NaiveDate) -> Form {
    let form = form.fill(EFFECTIVE_ON, screen.dates.machine(from));
    let form = way.after_return.iter().fold(form, |form, after| form.fill(AFTER_RETURN, key_of(&RETURNS, *after)));
    let form = form.fill(PULL_UP, key_of(&PULLS, way.pull_up));
    (1..).zip(&way.steps).fold(form, |form, (place, step)| {
        let form = form
            .fill(&name("act", place), key_of(&ACTS, step.act))
            .fill(&name("by", place), step.by.key())
            .fill(&name("scope", place), key_of(&SCOPES, step.scope))
            .fill(&name("opens", place), key_of(&OPENS, step.beside))
            .fill(&name("needs", place), step.needs.key())
            .fill(&name("vacant", place), key_of(&VACANT, step.may_be_missing));
        match step.due_days {
            Some(days) => form.fill(&name("days", place), days.to_string()),
            None => form,
        }
    })
}

fn key_of<T: PartialEq>(known: &[(&'static str, T, &str)], wanted: T) -> &'static str {
    known.iter().find(|(_, value, _)| *value == wanted).map_or("", |(key, ..)| key)
}

fn chosen<T: Copy>(known: &[(&str, T, &str)], key: &str) -> Option<T> {
    known.iter().find(|(name, ..)| *name == key).map(|(_, value, _)| *value)
}

/// The steps as they were typed; each with its place on the page.
#[derive(Debug, Clone)]
pub struct Typed {
    pub way: Way,
    places: Vec<usize>,
}

impl Typed {
    /// The name of a question of this step.
    fn field(&self, what: &str, at: usize) -> String {
        name(what, self.places.get(at).copied().unwrap_or(1))
    }

    /// The question about who acts: of the step whose tier is this one, else of the last.
    #[must_use]
    pub fn who(&self, tier: Tier) -> String {
        let last = self.way.steps.len().saturating_sub(1);
        self.field("by", self.way.steps.iter().position(|step| step.by == tier).unwrap_or(last))
    }

    /// The question about who acts at the step of this key.
    #[must_use]
    pub fn who_at(&self, key: &str) -> Option<String> {
        self.way.steps.iter().position(|step| step.key == key).map(|at| self.field("by", at))
    }
}

/// Reads the steps; places left empty are passed over, and what is wrong is said at its field.
pub fn read(form: &mut Form, binding: &Binding, kind: &Kind) -> Typed {
    let after_return = chosen(&RETURNS, form.text(AFTER_RETURN)).or(Some(kind.after_return));
    let pull_up = chosen(&PULLS, form.text(PULL_UP)).unwrap_or(kind.pull_up);
    let mut typed = Typed { way: Way { steps: Vec::new(), after_return, pull_up }, places: Vec::new() };
    for place in 1..=MOST {
        if ASKED.iter().all(|what| form.filled(&name(what, place)).is_none()) {
            continue;
        }
        let missing: Vec<&str> =
            ASKED.into_iter().take(3).filter(|what| form.filled(&name(what, place)).is_none()).collect();
        for what in missing {
            let words = label(form.words(), what, place);
            form.refuse(&name(what, place), Line::new("form-choose").named("label", words));
        }
        let act = chosen(&ACTS, form.text(&name("act", place)));
        let by = Tier::from_key(form.text(&name("by", place)));
        let scope = chosen(&SCOPES, form.text(&name("scope", place)));
        let days = form.filled(&name("days", place)).map(|days| days.parse().unwrap_or_default());
        if let (Some(act), Some(by), Some(scope)) = (act, by, scope) {
            let asked = |what: &str| form.text(&name(what, place));
            typed.way.steps.push(OwnStep {
                beside: chosen(&OPENS, asked("opens")).unwrap_or_default(),
                needs: Needs::from_key(asked("needs")).unwrap_or_default(),
                may_be_missing: chosen(&VACANT, asked("vacant")).unwrap_or_default(),
                ..step(binding, kind, (act, by, scope), days)
            });
            typed.places.push(place);
        }
    }
    if !form.faulty() {
        for Fault { at, what } in own_routes::faults(binding, kind, &typed.way.steps) {
            let asked = match what {
                Wrong::NoSuchTier | Wrong::Twice => "by",
                Wrong::NobodyOwns => "scope",
                Wrong::Days => "days",
                Wrong::NothingDecided | Wrong::Order => "act",
                Wrong::Alone => "opens",
            };
            form.refuse(&typed.field(asked, at), Line::new(what.word()).with("most", MOST_DAYS));
        }
    }
    typed
}

/// A step with its key and its title: those of the regulation's file where it is that step.
fn step(binding: &Binding, kind: &Kind, (act, by, scope): (Act, Tier, Scope), due_days: Option<u32>) -> OwnStep {
    let same = |step: &OwnStep| (step.act, step.by, step.scope) == (act, by, scope);
    if let Some(declared) = own_routes::declared(kind).into_iter().flatten().find(same) {
        return OwnStep { due_days, ..declared };
    }
    let word = ACTS.iter().find(|(_, known, _)| *known == act).map_or("requests-act-decide", |(_, _, word)| word);
    let key = match scope {
        Scope::Owner => "procedures-step-title-owner",
        Scope::Department | Scope::Organisation => "procedures-step-title",
    };
    let title = |lang: Lang| {
        let w = Words(lang);
        let tier = binding.title(by).map_or(by.key(), |title| title.in_language(lang.code()));
        w.t2(key, "tier", tier, "act", w.t(word)).into_owned()
    };
    let title = Bilingual { ja: title(Lang::Ja), en: title(Lang::En) };
    OwnStep {
        key: format!("own_{}_{}", by.key(), key_of(&SCOPES, scope)),
        act,
        by,
        scope,
        due_days,
        title,
        beside: false,
        needs: Needs::Any,
        may_be_missing: false,
    }
}
