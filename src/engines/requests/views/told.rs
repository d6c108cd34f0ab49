//! What somebody answered, in one sentence: for the history, and for whoever came after them.
use super::route::{Names, named_mark};
use super::{acting, say};
use crate::engines::requests::actions::{Hand, Open};
use crate::engines::requests::model::StepAct;
use crate::engines::requests::store::LineRow;
use crate::engines::requests::store::record::Decided;
use crate::engines::requests::store::steps::PlacedStep;
use crate::kernel::access::Tier;

/// 「佐藤 直樹が承認しました（管理職）」: who answered what, and as what they did.
#[must_use]
pub fn told(
    hand: &Hand,
    open: &Open,
    names: &Names,
    (lines, steps): (&[LineRow], &[PlacedStep]),
    decided: &Decided,
) -> String {
    let w = hand.w;
    let post = named_mark(hand, names, decided.named_by, decided.named_as.as_deref());
    let post = post.or_else(|| acting::own_post(hand, decided));
    let post = post.or_else(|| decided.function.as_deref().and_then(|key| hand.function(key)));
    let tier = || Tier::from_key(&decided.tier).map(|tier| hand.tier(tier)).unwrap_or_default();
    let tier = post.unwrap_or_else(tier);
    let who = acting::acted(hand, names, decided);
    let act = open.registered.kind.steps.iter().find(|step| step.key == decided.step_key).map(|step| step.act);
    let line = lines.iter().find(|line| line.no == decided.line).map(|line| line.subject.clone());
    let what = line.map(|line| w.t1("requests-history-line", "line", line).into_owned()).unwrap_or_default();
    let to = decided.returned_to.and_then(|at| steps.get(usize::try_from(at).ok()?));
    let to = to.and_then(|to| open.registered.kind.steps.iter().find(|step| step.key == to.step.key));
    let past = if to.is_some() { "sent-back" } else { past(&decided.verdict, act) };
    let to = to.map(|to| say(w, &to.title)).unwrap_or_default();
    let values: [(&str, &dyn std::fmt::Display); 4] = [("name", &who), ("tier", &tier), ("what", &what), ("to", &to)];
    w.with(&format!("requests-history-{past}"), &values).into_owned()
}

/// The end of the key that tells of an answer: an instruction is not an approval.
const fn past(verdict: &str, act: Option<StepAct>) -> &str {
    match (verdict.as_bytes(), act) {
        (b"approve", Some(StepAct::Permit)) => "permit",
        (b"approve", Some(StepAct::Instruct)) => "instruct",
        (b"approve", Some(StepAct::Confirm)) => "confirm",
        (b"refuse", Some(StepAct::Permit)) => "deny",
        (b"refuse", Some(StepAct::Instruct)) => "withhold",
        (b"take_back", _) => "taken-back",
        _ => verdict,
    }
}
