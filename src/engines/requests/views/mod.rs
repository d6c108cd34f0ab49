//! What the pages of requests show, as plain values; the templates say how.
//!
//! * [`acting`]: 代決 and 後閲.
//! * [`bar`]: how the step that waits is answered.
//! * [`capacity`]: in which of their posts somebody acts.
//! * [`changes`]: ledger rows before → after, and what differs from the round before.
//! * [`circulated`]: the list of what went round (回覧).
//! * [`form`]: the form, the check page, the form of a line's execution.
//! * [`overtaken`]: what has changed since the decision.
//! * [`reroute`]: where the office can send what waits.
//! * [`route`]: the route with names, stamps and reasons for moves.
//! * `rules`: whose words of the regulation are shown.
//! * [`sheet`]: one request read in full, on its own page and in the inbox.
//! * [`lists`]: choosing a kind, my requests, inbox, work queue.
//! * [`told`]: what somebody answered, in a sentence.
//! * [`tried`]: an act that was refused, with what was typed.
pub mod acting;
pub mod beside;
pub mod bar;
pub mod capacity;
pub mod changes;
pub mod circulated;
pub mod conditions;
pub mod form;
pub mod history;
pub mod lists;
pub mod overtaken;
pub mod reroute;
pub mod return_to;
pub mod route;
mod rules;
pub mod sheet;
pub mod told;
pub mod tried;

use super::attachments::routes::address;
use super::model::form::Message;
use super::model::machine::Phase;
use super::model::{Content, Kind, Shown, Words};
use crate::web::icons::Icon;
use crate::web::locale::{Label, Lang, Line, Words as Catalogue};
use crate::web::parts::{Tag, TagTone};
use std::collections::HashSet;
use uuid::Uuid;

/// The words of a request in the reader's language.
#[must_use]
pub fn say(w: Catalogue, words: &Words) -> String {
    match words {
        Words::Key(key) => w.t(key).into_owned(),
        other => other.text(w.lang() == Lang::En).unwrap_or_default().to_owned(),
    }
}

/// A sentence about a field in the reader's language.
#[must_use]
pub fn say_message(w: Catalogue, message: &Message) -> String {
    let line = Line::new(message.key.clone());
    let line = message.args.iter().fold(line, |line, (name, words)| line.named(name, Label::text(say(w, words))));
    w.line(&line).into_owned()
}

/// A field with its answer, as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub field: String,
    pub label: String,
    pub lines: Vec<Said>,
}

/// A line of an answer, with what has to be noticed about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    pub tag: Option<Tag>,
    /// Where the file is that it names.
    pub href: Option<String>,
}

/// Answers in the reader's language.
#[must_use]
pub fn answers(w: Catalogue, shown: &[Shown]) -> Vec<Answer> {
    let answer = |shown: &Shown| Answer {
        field: shown.field.clone(),
        label: say(w, &shown.label),
        lines: shown.lines.iter().map(|line| Said { text: say(w, line), tag: None, href: None }).collect(),
    };
    shown.iter().map(answer).collect()
}

/// The same for the content of a request: a right by which a system is administered is marked (特権), a file leads to itself.
#[must_use]
pub fn marked(w: Catalogue, shown: &[Shown], content: &Content, privileged: &HashSet<Uuid>) -> Vec<Answer> {
    let mut answers = answers(w, shown);
    for answer in &mut answers {
        // a field of rights shows one line for each of them, in their order
        for (line, grant) in answer.lines.iter_mut().zip(content.grants(&answer.field)) {
            line.tag = grant.right.parse().ok().filter(|right| privileged.contains(right)).map(|_| guard(w));
        }
        // and one of files one for each file
        for (line, file) in answer.lines.iter_mut().zip(content.files(&answer.field)) {
            line.href = Some(address(file.id));
        }
    }
    answers
}

/// The mark of what asks for such a right.
#[must_use]
pub fn guard(w: Catalogue) -> Tag {
    Tag::new(TagTone::Guard, w.t("requests-privileged"))
}

/// The state of a request as a tag: colour, drawing, word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseTag {
    pub phase: Phase,
    /// What it says: the regulation's own word for where it waits (作業報告待ち), else the portal's.
    pub said: String,
}

impl PhaseTag {
    /// The tag of a request that is at this step of its kind.
    #[must_use]
    pub fn of(w: Catalogue, phase: Phase, kind: Option<&Kind>, step: Option<&str>) -> Self {
        let here = kind.and_then(|kind| kind.steps.iter().find(|def| Some(def.key.as_str()) == step));
        let waits = !phase.is_closed() && !phase.is_mended();
        let state = here.and_then(|def| def.state.as_ref()).filter(|_| waits);
        let said = state.map_or_else(|| w.t(phase.word()).into_owned(), |state| say(w, state));
        Self { phase, said }
    }

    /// The end of the class: `tag--move`; what is finished stays quiet.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        match self.phase {
            Phase::InReview => "move",
            Phase::Returned | Phase::PulledBack => "back",
            Phase::Executing | Phase::Reporting => "work",
            Phase::HandingOver => "wait",
            Phase::Refused => "bad",
            Phase::Completed | Phase::Withdrawn => "done",
        }
    }

    #[must_use]
    pub const fn icon(&self) -> Icon {
        match self.phase {
            Phase::InReview => Icon::Dots,
            Phase::Returned | Phase::PulledBack => Icon::Return,
            Phase::Executing => Icon::Wrench,
            Phase::Reporting => Icon::Document,
            Phase::HandingOver => Icon::Clock,
            Phase::Refused => Icon::Cross,
            Phase::Withdrawn => Icon::Dash,
            Phase::Completed => Icon::Check,
        }
    }
}
