//! A route in words: each step with who would act there today, and the sections for which somebody would be missing, because
//! nobody acts twice on one request.
use crate::engines::requests::actions::Hand;
use crate::engines::requests::model::route::{Organisation, Places, SeatId, lay};
use crate::engines::requests::model::{Kind, Needs, StepAct, StepDef, StepScope};
use crate::engines::requests::store::people::{self, Name};
use crate::engines::requests::views::say;
use crate::kernel::access::Tier;
use crate::kernel::error::Result;
use crate::kernel::ids::DepartmentId;
use chrono::NaiveDate;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Names at most, before 「ほか」.
const SHOWN: usize = 5;

/// One step in words.
#[derive(Debug, Clone)]
pub struct StepView {
    /// 承認, 実施 …
    pub act: String,
    /// 「主管課長の確認」
    pub title: String,
    /// 「申請した部署の主管課長」
    pub seat: String,
    /// 「3営業日以内」
    pub days: String,
    /// Who holds the post today; nothing where only the words are asked.
    pub who: String,
    /// What is said besides: nobody holds it, or is left for it.
    pub notes: Vec<String>,
}

/// The steps of a kind in words, without names.
#[must_use]
pub fn words(hand: &Hand, kind: &Kind) -> Vec<StepView> {
    kind.steps.iter().map(|step| view(hand, step)).collect()
}

fn view(hand: &Hand, step: &StepDef) -> StepView {
    let w = hand.w;
    let tier = hand.position(step.position());
    let seat = match (step.act, step.scope) {
        (StepAct::Acknowledge, _) => w.t("requests-recipient").into_owned(),
        _ if step.applicant => w.t("procedures-applicant").into_owned(),
        (_, StepScope::Department) => w.t1("procedures-seat-department", "tier", tier).into_owned(),
        (_, StepScope::Owner) => w.t1("procedures-seat-owner", "tier", tier).into_owned(),
        (_, StepScope::Organisation) => tier,
    };
    let days = step.due_days.map(|days| w.n("procedures-within", days).into_owned()).unwrap_or_default();
    StepView {
        act: w.t(step.act.word()).into_owned(),
        title: say(w, &step.title),
        seat,
        days,
        who: String::new(),
        notes: how(hand, step),
    }
}

/// 並行・合議・空席: what is said of a step only where it is not as usual.
fn how(hand: &Hand, step: &StepDef) -> Vec<String> {
    let w = hand.w;
    let needs = match step.needs {
        Needs::Any | Needs::Count(0 | 1) => None,
        Needs::All => Some(w.t("requests-needs-all")),
        Needs::Majority => Some(w.t("requests-needs-majority")),
        Needs::Count(count) => Some(w.t1("requests-needs", "count", count)),
    };
    let beside = step.beside.then(|| w.t("requests-side-by-side"));
    let missing = step.may_be_missing.then(|| w.t("requests-may-be-missing"));
    let passed = step.passed_by.then(|| w.t("requests-may-be-pulled-up"));
    [beside, needs, missing, passed].into_iter().flatten().map(std::borrow::Cow::into_owned).collect()
}

/// A route as it would be travelled today.
#[derive(Debug, Clone)]
pub struct Preview {
    pub steps: Vec<StepView>,
    /// A step at which nobody could act, whoever applies: its key, its tier and its title.
    pub impossible: Option<(String, Tier, String)>,
}

/// Lays the route out for every section.
pub async fn preview(conn: &mut PgConnection, hand: &Hand, kind: &Kind, today: NaiveDate) -> Result<Preview> {
    let org = people::organisation(conn, today, Some(&kind.key)).await?;
    let sections = people::departments(conn, &[], true, today).await?;
    let missing = missing(kind, &org, sections.iter().filter_map(|section| section.value.parse().ok()));
    let holders = |step: &StepDef| -> Vec<Uuid> {
        let seats = step
            .positions()
            .filter_map(|at| org.seats.get(&SeatId { function: at.function, ..SeatId::of(at.tier, None) }));
        let mut holders: Vec<Uuid> = seats.flat_map(|seat| seat.holders.iter().map(|person| person.0)).collect();
        holders.sort_unstable();
        holders.dedup();
        holders
    };
    let named: Vec<Uuid> = kind.steps.iter().flat_map(&holders).collect();
    let names = people::names(conn, &named, today).await?;
    let of_these: Vec<Uuid> = missing.values().flatten().map(|section| section.0).collect();
    let section_names = people::department_names(conn, &of_these).await?;
    let mut steps = Vec::new();
    for step in &kind.steps {
        let mut drawn = view(hand, step);
        if step.act != StepAct::Acknowledge && !step.applicant && step.chosen_by().is_none() {
            let found = holders(step);
            drawn.notes.extend(found.is_empty().then(|| vacant(hand, step, &org)));
            drawn.who = list(hand, &names, found, step.scope != StepScope::Organisation);
        }
        if let Some(without) = missing.get(&step.key) {
            let named = without.iter().filter_map(|section| section_names.get(&section.0).cloned()).collect();
            drawn.notes.push(hand.w.t1("procedures-nobody-for", "names", shortened(hand, named)).into_owned());
        }
        steps.push(drawn);
    }
    let everywhere = |step: &&StepDef| missing.get(&step.key).is_some_and(|without| without.len() == sections.len());
    let impossible = kind.steps.iter().find(everywhere);
    let impossible = impossible.map(|step| (step.key.clone(), step.by, say(hand.w, &step.title)));
    Ok(Preview { steps, impossible })
}

/// The sections for which nobody is left at a step, by its key.
fn missing(
    kind: &Kind,
    org: &Organisation,
    sections: impl Iterator<Item = DepartmentId>,
) -> BTreeMap<String, Vec<DepartmentId>> {
    let mut missing: BTreeMap<String, Vec<DepartmentId>> = BTreeMap::new();
    let nobody = BTreeSet::new();
    for section in sections {
        let places = Places { origin: section, owner: Some(section) };
        for step in lay(&kind.steps, &kind.joins, places, &nobody, org) {
            if step.unfilled && step.skipped.is_none() {
                missing.entry(step.key).or_default().push(section);
            }
        }
    }
    missing
}

/// 「いま、この役職の人はいません。その間、この段は○○に移ります。」
fn vacant(hand: &Hand, step: &StepDef, org: &Organisation) -> String {
    let held = |tier: &&Tier| {
        let seat = org.seats.get(&SeatId::of(**tier, None));
        seat.is_some_and(|seat| !seat.holders.is_empty())
    };
    let next = step.above().iter().find(held).filter(|_| step.moves_up());
    match next {
        Some(tier) => hand.w.t1("procedures-vacant-moves", "tier", hand.tier(*tier)).into_owned(),
        None => hand.w.t("procedures-vacant").into_owned(),
    }
}

fn list(hand: &Hand, names: &HashMap<Uuid, Name>, people: Vec<Uuid>, with_section: bool) -> String {
    let mut people: Vec<(&Name, Uuid)> = people.into_iter().filter_map(|id| Some((names.get(&id)?, id))).collect();
    people.sort_by(|(a, a_id), (b, b_id)| (&a.reading, a_id).cmp(&(&b.reading, b_id)));
    let said = |name: &Name| match with_section && !name.department.is_empty() {
        true => hand.w.t2("procedures-name-section", "name", &name.full, "section", &name.department).into_owned(),
        false => name.full.clone(),
    };
    shortened(hand, people.into_iter().map(|(name, _)| said(name)).collect())
}

fn shortened(hand: &Hand, names: Vec<String>) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let shown = names.into_iter().take(SHOWN).collect::<Vec<_>>().join(&hand.w.t("web-list-comma"));
    if more == 0 { shown } else { hand.w.t2("procedures-and-more", "names", shown, "count", more).into_owned() }
}
