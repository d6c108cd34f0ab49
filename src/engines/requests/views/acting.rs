//! 代決 and 後閲 as pages say them: why somebody may decide for one who is away, the marks in the box, what the absent one is asked to
//! read, and the list of it.
use super::lists::Chip;
use super::route::Names;
use super::sheet::Happening;
use super::{Answer, answers, say};
use crate::engines::requests::actions::{Hand, Open};
use crate::engines::requests::kinds::Kinds;
use crate::engines::requests::model::content::Shown;
use crate::engines::requests::model::{Refusal, Standing};
use crate::engines::requests::store::acting::ToReview;
use crate::engines::requests::store::record::Decided;
use crate::kernel::access::Tier;
use crate::kernel::ids::PersonId;
use crate::web::dates::{Dates, Due};
use crate::web::shell::Shell;
use askama::Template;
use uuid::Uuid;

fn full(names: &Names, id: Uuid) -> String {
    names.get(&id).map(|name| name.full.clone()).unwrap_or_default()
}

/// Why the reader may decide for somebody else, and that they then do (代決), where a rule is all that lets them.
#[must_use]
pub fn offered(hand: &Hand, names: &Names, standing: Result<&Standing, &Refusal>) -> (String, String) {
    let by_rule = standing.ok().filter(|standing| standing.by_rule.is_some());
    let Some(absent) = by_rule.and_then(|standing| standing.acting_for) else { return <_>::default() };
    let say = |key| hand.w.t1(key, "name", full(names, absent.0)).into_owned();
    (say("requests-by-rule-note"), say("requests-by-rule-acts"))
}

/// 「代決（佐藤 直樹 不在、代決規程 第2版）」 and 「後閲 4月3日 佐藤 直樹」; none where no rule was used.
#[must_use]
pub fn marks(hand: &Hand, dates: &Dates, names: &Names, decided: &Decided) -> Option<Vec<String>> {
    let w = hand.w;
    let (version, absent) = (decided.rule_version?, decided.acting_for?);
    let name = full(names, absent);
    let read = match (decided.read_at, decided.review_due) {
        (Some(at), _) => w.t2("requests-mark-reviewed", "day", dates.short_at(at), "name", &name).into_owned(),
        (None, Some(due)) => w.t1("requests-mark-to-review", "day", dates.short(due)).into_owned(),
        _ => String::new(),
    };
    Some(vec![w.t2("requests-mark-by-rule", "name", &name, "version", version).into_owned(), read])
}

/// Who decided, in the history: 「佐藤 直樹の代決 山本 蓮」.
#[must_use]
pub fn acted(hand: &Hand, names: &Names, decided: &Decided) -> String {
    match decided.acting_for.filter(|_| decided.rule_version.is_some()) {
        Some(absent) => {
            let (absent, name) = (full(names, absent), full(names, decided.decider));
            hand.w.t2("requests-acted-by-rule", "principal", absent, "name", name).into_owned()
        }
        None => super::history::acted(hand.w, names, decided.decider, decided.acting_for),
    }
}

/// The post in which somebody acted by a rule, by its title or that of its tier: the absent one's is not theirs.
#[must_use]
pub fn own_post(hand: &Hand, decided: &Decided) -> Option<String> {
    decided.rule_version?;
    let tier = || decided.own_tier.as_deref().and_then(Tier::from_key).map(|tier| hand.tier(tier));
    decided.own_title.clone().filter(|title| !title.is_empty()).or_else(tier)
}

/// What was read afterwards, for the history.
#[must_use]
pub fn read_afterwards(hand: &Hand, dates: &Dates, names: &Names, decided: &Decided) -> Option<Happening> {
    let (at, absent) = (decided.read_at?, decided.acting_for?);
    let text = hand.w.t2("requests-history-reviewed", "name", full(names, absent), "by", full(names, decided.decider));
    Some(Happening {
        at,
        when: dates.short_at(at),
        class: "is-good",
        text: text.into_owned(),
        words: decided.remark.clone().unwrap_or_default(),
        differences: Vec::new(),
    })
}

/// What the reader is asked to read, on the page of the request.
#[must_use]
pub fn to_read(hand: &Hand, dates: &Dates, names: &Names, open: &Open, decisions: &[Decided]) -> Vec<String> {
    let own = |decided: &&Decided| {
        decided.rule_version.is_some()
            && decided.read_at.is_none()
            && decided.acting_for.map(PersonId) == Some(hand.viewer.natural)
    };
    let line = |decided: &Decided| {
        let title = open.registered.kind.steps.iter().find(|step| step.key == decided.step_key);
        let values: [(&str, &dyn std::fmt::Display); 4] = [
            ("name", &full(names, decided.decider)),
            ("at", &dates.short_at(decided.decided_at)),
            ("step", &title.map(|step| say(hand.w, &step.title)).unwrap_or_default()),
            ("what", &hand.w.of("requests-verdict", &decided.verdict)),
        ];
        hand.w.with("requests-to-read", &values).into_owned()
    };
    decisions.iter().filter(own).map(line).collect()
}

/// A decision in the list of 後閲.
#[derive(Debug, Clone)]
pub struct ReviewRow {
    pub number: String,
    pub subject: String,
    pub title: String,
    /// 承認
    pub verdict: String,
    pub step: String,
    pub decider: String,
    pub absent: String,
    pub rule: String,
    pub when: String,
    pub words: String,
    /// The content as it stood.
    pub answers: Vec<Answer>,
    pub due: Option<(Due, String)>,
    /// 「4月3日 9:00」 and the remark, once it was read.
    pub read: String,
    pub remark: String,
}

impl ReviewRow {
    /// In the reader's words.
    #[must_use]
    pub fn of(hand: &Hand, kinds: &Kinds, dates: &Dates, one: &ToReview) -> Self {
        let w = hand.w;
        let shown: Vec<Shown> = serde_json::from_value(one.shown.clone()).unwrap_or_default();
        let known = kinds.all().filter(|known| known.kind.key == one.kind);
        let mut steps = known.flat_map(|known| known.kind.steps.iter());
        let step = steps.find(|step| step.key == one.step_key).map(|step| say(w, &step.title));
        Self {
            number: one.number.clone(),
            subject: one.subject.clone(),
            title: one.title.clone(),
            verdict: w.of("requests-verdict", &one.verdict).into_owned(),
            step: step.unwrap_or_default(),
            decider: one.decider.clone(),
            absent: one.absent.clone(),
            rule: w.t1("requests-rule-version", "version", one.rule_version).into_owned(),
            when: dates.short_at(one.decided_at),
            words: one.words.clone(),
            answers: answers(w, &shown),
            due: one.read_at.is_none().then(|| (dates.due(one.due), dates.short(one.due))),
            read: one.read_at.map(|at| dates.short_at(at)).unwrap_or_default(),
            remark: one.remark.clone().unwrap_or_default(),
        }
    }
}

/// 後閲: what was decided in one's absence; and what of others is late, for those who watch over it.
#[derive(Template)]
#[template(path = "requests/reviews.html")]
pub struct ReviewsPage {
    pub shell: Shell,
    pub chips: Vec<Chip>,
    pub rows: Vec<ReviewRow>,
    /// One's own, which one reads here.
    pub own: bool,
}
