//! 判断の欄: how the step that waits is answered, whatever its act.
use crate::engines::requests::actions::Open;
use crate::engines::requests::model::StepAct;
use crate::engines::requests::model::machine::LineState;
use crate::engines::requests::store::LineRow;
use crate::web::locale::Words as Catalogue;

/// How the step that waits is answered (判断の欄): its words, and what goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    act: StepAct,
    /// The step asks for more than a word: its form has a page of its own.
    pub form: bool,
    /// At a step that goes line by line: those without an answer yet.
    pub lines: Vec<(u16, String)>,
    /// What the button says with which the request goes on, and what is asked before.
    pub go: String,
    pub ask: String,
    /// 代決: in whose place the reader decides by a rule, as a sentence; they say why. Empty otherwise.
    pub by_rule: String,
}

impl Bar {
    /// The end of the keys of its words: `requests-do-instruct`, `requests-stop-instruct`.
    #[must_use]
    pub const fn act(&self) -> &'static str {
        self.act.key()
    }

    /// What is sent when the request is to go on.
    #[must_use]
    pub const fn pass(&self) -> &'static str {
        match self.act {
            StepAct::Consult => "opinion",
            StepAct::Report => "report",
            _ => "approve",
        }
    }

    /// Can the request be stopped here?
    #[must_use]
    pub const fn stops(&self) -> bool {
        self.act.decides()
    }

    /// How the words are called that go with it, and what stands in their place until they are written.
    #[must_use]
    pub const fn words(&self) -> (&'static str, &'static str) {
        match (self.by_rule.is_empty(), self.act) {
            (false, _) => ("requests-words-by-rule", "requests-words-by-rule-hint"),
            (true, StepAct::Consult) => ("requests-words", "requests-words-needed"),
            (true, _) => ("requests-words", "requests-words-hint"),
        }
    }

    /// Is the answer nothing without words?
    #[must_use]
    pub const fn needs_words(&self) -> bool {
        !self.by_rule.is_empty() || matches!(self.act, StepAct::Consult)
    }
}

/// The bar of the step that waits; without one when none does.
#[must_use]
pub fn bar(w: Catalogue, open: &Open, lines: &[LineRow], by_rule: String) -> Option<Bar> {
    let step = open.case.step()?;
    let form = open.step_def().is_some_and(|def| def.result.fields().next().is_some());
    let waits = |line: &&LineRow| line.state == LineState::Open && !open.case.answered(line.number());
    let lines = lines.iter().filter(|_| step.each_line).filter(waits);
    let lines = lines.map(|line| (line.number(), line.subject.clone())).collect();
    let (go, ask) = match by_rule.is_empty() {
        true => (w.of("requests-do", step.act.key()), w.of("requests-ask", step.act.key())),
        false => (w.t("requests-do-by-rule"), w.t("requests-ask-by-rule")),
    };
    Some(Bar { act: step.act, form, lines, go: go.into_owned(), ask: ask.into_owned(), by_rule })
}
