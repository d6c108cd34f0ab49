//! 履歴: everything that happened to a request, in sentences.
use super::changes::{DifferenceView, differences};
use super::route::{Names, named_mark};
use super::sheet::{Happening, Parts, full, received};
use super::told::told;
use super::{acting, say};
use crate::engines::requests::actions::ladder::LAST;
use crate::engines::requests::actions::{Hand, Open};
use crate::engines::requests::model::Difference;
use crate::engines::requests::model::machine::Phase;
use crate::web::dates::Dates;
use crate::web::locale::Words as Catalogue;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Everything that happened, newest first.
pub(super) fn history(hand: &Hand, dates: &Dates, open: &Open, parts: &Parts, names: &Names) -> Vec<Happening> {
    let w = hand.w;
    let mut all: Vec<Happening> = Vec::new();
    let mut add = |at: DateTime<Utc>, class, text: String, words: &str, differences: Vec<DifferenceView>| {
        all.push(Happening { at, when: dates.short_at(at), class, text, words: words.to_owned(), differences });
    };
    for (index, round) in parts.rounds.iter().enumerate() {
        let who = round.submitted_by.map_or_else(|| w.t("requests-somebody").into_owned(), |id| full(names, id));
        let before = index.checked_sub(1).and_then(|before| parts.rounds.get(before));
        let changed = before.map(|before| Difference::between(&before.shown, &round.shown)).unwrap_or_default();
        let key = if index == 0 { "requests-history-filed" } else { "requests-history-resubmitted" };
        add(round.submitted_at, "is-key", w.t1(key, "name", who).into_owned(), "", differences(w, &changed));
    }
    for decided in &parts.decisions {
        let class = match decided.verdict.as_str() {
            "refuse" => "is-bad",
            "return" | "take_back" => "is-back",
            _ => "is-good",
        };
        let text = told(hand, open, names, (&parts.lines, &parts.steps), decided);
        // a decision holds on to what was shown: where that is another now, it says so
        let lets_pass = !matches!(decided.verdict.as_str(), "refuse" | "return" | "take_back");
        let text = if lets_pass && decided.content_hash != open.case.content.bytes() {
            w.t1("requests-history-changed-since", "what", text).into_owned()
        } else {
            text
        };
        add(decided.decided_at, class, text, &decided.words, Vec::new());
    }
    for executed in &parts.executions {
        let class = if matches!(executed.outcome.as_str(), "done" | "begun") { "is-good" } else { "is-bad" };
        let line = parts
            .lines
            .iter()
            .find(|line| line.no == executed.line)
            .map(|line| line.subject.clone())
            .unwrap_or_default();
        let who = acted(w, names, executed.executor, executed.acting_for);
        let mark = named_mark(hand, names, executed.named_by, executed.named_as.as_deref());
        let who = match mark.or_else(|| executed.function.as_deref().and_then(|key| hand.function(key))) {
            Some(mark) => w.t2("requests-acted-named", "name", who, "mark", mark).into_owned(),
            None => who,
        };
        let corrected = executed.outcome == "done" && !executed.words.is_empty();
        let what = if corrected { "corrected" } else { executed.outcome.as_str() };
        let text = w.t2(&format!("requests-history-{what}"), "name", who, "line", line);
        add(executed.executed_at, class, text.into_owned(), &executed.words, Vec::new());
    }
    for receipt in &parts.receipts {
        add(receipt.acknowledged_at, "is-good", received(w, dates, names, receipt), "", Vec::new());
    }
    for reminded in &parts.reminded {
        add(*reminded, "", w.t("requests-history-reminded").into_owned(), "", Vec::new());
    }
    let filed = open.request.requester_id.map(|id| full(names, id)).unwrap_or_default();
    for at in &parts.pulled_back {
        add(*at, "is-back", w.t1("requests-history-pulled-back", "name", &filed).into_owned(), "", Vec::new());
    }
    for at in &parts.asked_again {
        add(*at, "", w.t1("requests-history-asked-again", "name", &filed).into_owned(), "", Vec::new());
    }
    for at in &parts.escalated {
        add(*at, "is-bad", w.t1("requests-history-escalated", "days", LAST).into_owned(), "", Vec::new());
    }
    for at in &parts.office_told {
        add(*at, "is-bad", w.t("requests-history-office-told").into_owned(), "", Vec::new());
    }
    for at in &parts.given_back {
        add(*at, "", w.t("requests-history-given-back").into_owned(), "", Vec::new());
    }
    for moved in &parts.rerouted {
        let step = open.registered.kind.steps.iter().find(|step| step.key == moved.step_key);
        let title = step.map(|step| say(w, &step.title)).unwrap_or_default();
        let text = w.t2(&format!("requests-history-{}", moved.act), "name", full(names, moved.person), "step", title);
        add(moved.moved_at, "is-back", text.into_owned(), &moved.reason, Vec::new());
    }
    for comment in &parts.comments {
        let text = w.t1("requests-history-commented", "name", full(names, comment.author));
        add(comment.written_at, "", text.into_owned(), "", Vec::new());
    }
    if let (Phase::Withdrawn, Some(at)) = (open.request.phase, open.request.closed_at) {
        let withdrawn = parts.withdrawn.as_ref();
        let who = withdrawn.and_then(|withdrawn| withdrawn.by).map(|id| full(names, id)).unwrap_or_default();
        let why = withdrawn.map(|withdrawn| withdrawn.reason.as_str()).unwrap_or_default();
        add(at, "is-back", w.t1("requests-history-withdrawn", "name", who).into_owned(), why, Vec::new());
    }
    all.extend(parts.decisions.iter().filter_map(|decided| acting::read_afterwards(hand, dates, names, decided)));
    // what happened at the same moment stands in the order of the procedure, the last on top
    all.reverse();
    all.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    all
}

pub(super) fn acted(w: Catalogue, names: &Names, who: Uuid, acting_for: Option<Uuid>) -> String {
    let who = full(names, who);
    match acting_for {
        Some(principal) => w.t2("requests-acted-for", "principal", full(names, principal), "name", who).into_owned(),
        None => who,
    }
}
