//! What an adoption will change (影響): the kinds of requests and their routes, titles, values, mechanisms, and what the
//! organisation entered that will not hold any more. Pure: two days' regulations side by side.
use super::adopted::{Adopted, InForce};
use super::binding::Binding;
use super::parameters::{PARAMETERS, Parameter, Shown};
use super::settle::{Claim, Standing, settle};
use super::store::EnteredValue;
use super::{binding, settle};
use crate::kernel::access::Tier;
use crate::kernel::settings::{Settings, Source};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What becomes of one kind of request.
#[derive(Debug, Clone)]
pub struct KindChange<'a> {
    pub old: Option<&'a binding::Kind>,
    pub new: Option<&'a binding::Kind>,
}

/// What becomes of one value.
#[derive(Debug, Clone)]
pub struct ValueChange {
    pub parameter: &'static Parameter,
    pub old: Shown,
    pub new: Shown,
    /// Where the new one comes from.
    pub source: Source,
}

/// What an adoption changes.
#[derive(Debug, Clone, Default)]
pub struct Impact<'a> {
    /// Another title, or none any more.
    pub titles: Vec<(Tier, Option<&'a binding::Title>, Option<&'a binding::Title>)>,
    pub kinds: Vec<KindChange<'a>>,
    pub values: Vec<ValueChange>,
    /// What the organisation entered and will not hold any more.
    pub overruled: Vec<(&'static Parameter, Claim)>,
    /// Mechanisms that begin, and that cease, to be evidence.
    pub begins: Vec<String>,
    pub ceases: Vec<String>,
    /// Tiers that will act in routes.
    pub acting: BTreeSet<Tier>,
}

/// The difference between what is in force the day before and on the day.
#[must_use]
pub fn impact<'a>(old: &'a InForce, new: &'a InForce, entered: &[EnteredValue], day: NaiveDate) -> Impact<'a> {
    let (before, after) = (old.operating.as_deref(), new.operating.as_deref());
    let (mechanisms, later) = (old.mechanisms(), new.mechanisms());
    let missing = |keys: &[String], among: &[String]| keys.iter().filter(|key| !among.contains(key)).cloned().collect();
    Impact {
        titles: titles(before, after),
        kinds: kinds(before, after),
        values: values(old, new, entered, day),
        overruled: overruled(old, new, entered, day),
        begins: missing(&later, &mechanisms),
        ceases: missing(&mechanisms, &later),
        acting: after.map(|adopted| acting(adopted.binding())).unwrap_or_default(),
    }
}

/// Will administration open to accounts of its own only, with no request by which one could be had?
#[must_use]
pub fn needs_own_accounts(new: &InForce, entered: &[EnteredValue], day: NaiveDate) -> bool {
    let Some(parameter) = PARAMETERS.iter().find(|parameter| parameter.key == SEPARATE_ACCOUNT) else { return false };
    let wanted = settle(new, entered, day, parameter).is_some_and(|settled| settled.value == true);
    let granting = new.operating.as_ref().and_then(|adopted| adopted.binding().kind("privileged.grant"));
    wanted && granting.is_none()
}

/// The canonical parameter of it.
const SEPARATE_ACCOUNT: &str = "admin_separate_account";

fn titles<'a>(
    old: Option<&'a Adopted>,
    new: Option<&'a Adopted>,
) -> Vec<(Tier, Option<&'a binding::Title>, Option<&'a binding::Title>)> {
    let title = |adopted: Option<&'a Adopted>, tier| adopted.and_then(|adopted| adopted.binding().title(tier));
    let row = |tier: Tier| {
        let (a, b) = (title(old, tier), title(new, tier));
        let differ = a.map(|title| (&title.ja, &title.en)) != b.map(|title| (&title.ja, &title.en));
        differ.then_some((tier, a, b))
    };
    Tier::ALL.into_iter().filter_map(row).collect()
}

fn kinds<'a>(old: Option<&'a Adopted>, new: Option<&'a Adopted>) -> Vec<KindChange<'a>> {
    let of = |adopted: Option<&'a Adopted>| adopted.map_or(&[][..], |adopted| adopted.binding().kinds.as_slice());
    let (old, new) = (of(old), of(new));
    let find = |kinds: &'a [binding::Kind], key: &str| kinds.iter().find(|kind| kind.key == key);
    let gone = old.iter().filter(|kind| find(new, &kind.key).is_none());
    let gone = gone.map(|kind| KindChange { old: Some(kind), new: None });
    let kept = new.iter().map(|kind| KindChange { old: find(old, &kind.key), new: Some(kind) });
    kept.filter(|change| change.old != change.new).chain(gone).collect()
}

fn values(old: &InForce, new: &InForce, entered: &[EnteredValue], day: NaiveDate) -> Vec<ValueChange> {
    let shown = |in_force: &InForce, parameter: &'static Parameter| {
        let settled = settle(in_force, entered, day, parameter);
        let shown = settled.as_ref().and_then(|settled| settle::read(parameter, &settled.value));
        let shown = shown.unwrap_or_else(|| parameter.read(&Settings::base()).0);
        (shown, settled.map_or(Source::Base, |settled| settled.source))
    };
    let row = |parameter: &'static Parameter| {
        let ((old, _), (new, source)) = (shown(old, parameter), shown(new, parameter));
        (old != new).then_some(ValueChange { parameter, old, new, source })
    };
    PARAMETERS.iter().filter_map(row).collect()
}

fn overruled(
    old: &InForce,
    new: &InForce,
    entered: &[EnteredValue],
    day: NaiveDate,
) -> Vec<(&'static Parameter, Claim)> {
    let own = |in_force: &InForce, parameter: &'static Parameter| {
        let claims = settle(in_force, entered, day, parameter)?.claims;
        claims.into_iter().rev().find(|claim| claim.source == Source::Organisation)
    };
    let named = |parameter: &&'static Parameter| entered.iter().any(|value| value.name == parameter.key);
    let row = |parameter: &'static Parameter| {
        let before = own(old, parameter).filter(|claim| claim.standing == Standing::Holds)?;
        let holds =
            own(new, parameter).is_some_and(|claim| claim.standing == Standing::Holds && claim.value == before.value);
        (!holds).then_some((parameter, before))
    };
    PARAMETERS.iter().filter(named).filter_map(row).collect()
}

fn acting(binding: &Binding) -> BTreeSet<Tier> {
    let tier = |by: &binding::By| match by {
        binding::By::Tier(tier) => Some(*tier),
        binding::By::Applicant | binding::By::PersonConcerned | binding::By::Field(_) => None,
    };
    binding.kinds.iter().flat_map(|kind| &kind.steps).flat_map(|step| step.by.iter().filter_map(tier)).collect()
}
