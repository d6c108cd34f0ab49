//! What is tried and answered at a step: a verdict, the outcome of work, a receipt.
use super::content::ContentHash;
use super::route::Places;
use super::step_act::StepAct;
use crate::kernel::ids::PersonId;
use chrono::NaiveDate;

/// The answer of one who decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Approve {
        note: String,
    },
    /// 差戻し: to the applicant, who mends and sends again, or to the earlier step with this key.
    Return {
        reason: String,
        to: Option<String>,
    },
    /// 却下
    Refuse {
        reason: String,
    },
    /// 意見: the answer of one who is consulted.
    Opinion {
        words: String,
    },
    /// 報告: of those who did the work.
    Report {
        words: String,
    },
}

impl Verdict {
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Approve { .. } => "approve",
            Self::Return { .. } => "return",
            Self::Refuse { .. } => "refuse",
            Self::Opinion { .. } => "opinion",
            Self::Report { .. } => "report",
        }
    }

    /// The words that came with it.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Approve { note } => note,
            Self::Return { reason, .. } | Self::Refuse { reason } => reason,
            Self::Opinion { words } | Self::Report { words } => words,
        }
    }

    /// The earlier step to which it sends the request back.
    #[must_use]
    pub fn sent_to(&self) -> Option<&str> {
        match self {
            Self::Return { to, .. } => to.as_deref(),
            _ => None,
        }
    }

    /// Does the request go on with it?
    #[must_use]
    pub const fn passes(&self) -> bool {
        matches!(self, Self::Approve { .. } | Self::Opinion { .. } | Self::Report { .. })
    }

    /// Is this an answer that the act takes?
    #[must_use]
    pub const fn answers(&self, act: StepAct) -> bool {
        match self {
            Self::Approve { .. } => act.decides() || matches!(act, StepAct::Confirm),
            Self::Return { .. } => act.decides() || matches!(act, StepAct::Confirm | StepAct::Execute),
            Self::Refuse { .. } => act.decides(),
            Self::Opinion { .. } => matches!(act, StepAct::Consult),
            Self::Report { .. } => matches!(act, StepAct::Report),
        }
    }

    /// Must it come with words?
    #[must_use]
    pub const fn needs_words(&self) -> bool {
        matches!(self, Self::Return { .. } | Self::Refuse { .. } | Self::Opinion { .. })
    }
}

/// How the work on a line ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// 実施した; for what was filed without sign-in, with the person whose identity was confirmed.
    Done { confirmed: Option<PersonId> },
    /// The first of two parts is done: what will be handed over exists now, and the line waits for the second.
    Begun,
    /// 本人確認ができない等: ends the request.
    Failed { reason: String },
    /// 実施せず: this line alone, when others are already executed.
    Declined { reason: String },
}

impl Outcome {
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Begun => "begun",
            Self::Failed { .. } => "failed",
            Self::Declined { .. } => "declined",
        }
    }
}

/// How receipt was confirmed (受領の確認).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// 「受領しました」 by the person concerned.
    Own,
    /// A signed slip, entered for one who cannot sign in yet.
    Slip { number: String, on: NaiveDate },
}

/// What a person tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Decide {
        /// At which of the steps that wait; none: at the first that is theirs.
        at: Option<String>,
        seen: ContentHash,
        /// At a step that goes line by line: which one.
        line: Option<u16>,
        verdict: Verdict,
    },
    Execute {
        seen: ContentHash,
        line: u16,
        outcome: Outcome,
    },
    Acknowledge {
        line: u16,
        receipt: Receipt,
    },
    Withdraw,
    /// 引戻し by whoever filed
    PullBack,
    /// 引戻し of one's own last decision
    TakeBack,
    /// 引き上げ: to the later step at which the doer decides
    PullUp,
    /// 再提出: the same number, the next round.
    Resubmit {
        content: ContentHash,
        concerned: Option<PersonId>,
        places: Places,
        lines: u16,
    },
}
