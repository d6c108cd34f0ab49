//! Why the rules say no. Each refusal has its sentence in the catalogue and says what to do instead.
use super::machine::Phase;
use crate::kernel::access::{Position, Tier};
use crate::kernel::error::{Error, Message};

/// Why a request refuses what was tried on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// この段階は終わっています
    NotWaiting(Phase),
    /// 自分が申請した、または自分が対象の申請は判断できません
    OwnRequest,
    /// 代理の相手が申請者または対象者です
    PrincipalsRequest,
    /// この段階は別の立場の人が判断します
    NotYourStep(Position),
    /// この情報システムの所管課の責任者ではありません
    NotOwners,
    /// この申請は代決できません
    ReservedToDecider,
    /// 代理がいるため、代決はできません
    SomebodyStandsIn,
    /// 代決できる時期になっていません
    NotYetByRule,
    /// Of several whom the rule names, another comes before.
    NotInTurn,
    /// 申請する側の立場にもあるため、代わりに判断できません
    ApartFromDecider(Tier),
    /// 同じ申請の別の段階をすでに判断しています
    AlreadyActed,
    /// この段階には、もう回答しています
    AlreadyAnswered,
    /// 自分が判断した申請の作業はできません
    ApproverExecutes,
    /// 作業者は報告の確認者になれません
    WorkerConfirms,
    /// 報告は、作業をした人がします
    WorkersReport,
    /// この段階では、その答え方はできません
    NoSuchAnswer,
    /// 内容が変わりました
    ContentChanged,
    /// 理由を入力してください
    ReasonMissing,
    /// 申請した人だけができます
    NotApplicant,
    /// その行はありません
    UnknownLine,
    /// その行はすでに実施しました
    LineDone,
    /// その行はまだ実施していません
    LineNotExecuted,
    /// すでに実施した行があるため、差戻し・取下げはできません
    SomeExecuted,
    /// 申請した人はサインインできないため、差し戻せません
    NobodyMends,
    /// まだどの行も実施していないときは、差し戻してください
    NoneExecuted,
    /// 次の人がすでに処理しています
    SomebodyActed,
    /// 受付と同時に効力があるため、引き戻せません
    ActsOnReceipt,
    /// 引き戻せる自分の判断がありません
    NothingDecided,
    /// 差戻し先の段階がありません
    UnknownStep,
    /// その席へは回せません
    NoSuchSeat,
    /// 自分の段階まで引き上げることはできません
    NotPulledUp,
    /// 今日はすでに催促しました
    RemindedToday,
    /// 催促する相手がいません
    NobodyToRemind,
    /// 受領を確認できるのは、使う人だけです
    NotRecipient,
    /// 書面の番号と日付を入力してください
    SlipIncomplete,
    /// 書面の日付が実施日より前か、今日より後です
    SlipDate,
    /// 自分に関する申請は、ほかの人が申請します
    OwnStep,
    /// 次の段階を担当できる人がいません
    NobodyThere(Position),
    /// 回答に必要な人数がいません
    TooFew(Position),
}

impl Refusal {
    /// The sentence of the catalogue; `title` gives a tier or a function the name it has in this organisation.
    #[must_use]
    pub fn message(&self, title: impl Fn(Position) -> String) -> Message {
        match self {
            Self::NotWaiting(phase) => Message::new("requests-refused-not-waiting").with("phase", phase.key()),
            Self::NotYourStep(tier) => Message::new("requests-refused-not-your-step").with("tier", title(*tier)),
            // whoever keeps posts and stand-ins is asked to mend it
            Self::NobodyThere(tier) | Self::TooFew(tier) => {
                Message::new(self.word()).with("tier", title(*tier)).with("office", title(Tier::Office.into()))
            }
            Self::NobodyToRemind => Message::new(self.word()).with("office", title(Tier::Office.into())),
            Self::ApartFromDecider(tier) => Message::new(self.word()).with("tier", title((*tier).into())),
            other => Message::new(other.word()),
        }
    }

    /// The error that a handler answers with.
    #[must_use]
    pub fn into_error(self, title: impl Fn(Position) -> String) -> Error {
        let message = self.message(title);
        if self.is_conflict() { Error::Conflict(message) } else { Error::Refused(message) }
    }

    const fn word(&self) -> &'static str {
        match self {
            Self::NotWaiting(_) => "requests-refused-not-waiting",
            Self::OwnRequest => "requests-refused-own-request",
            Self::PrincipalsRequest => "requests-refused-principals-request",
            Self::NotYourStep(_) => "requests-refused-not-your-step",
            Self::NotOwners => "requests-refused-not-owners",
            Self::ReservedToDecider => "requests-refused-reserved-to-decider",
            Self::SomebodyStandsIn => "requests-refused-somebody-stands-in",
            Self::NotYetByRule => "requests-refused-not-yet-by-rule",
            Self::NotInTurn => "requests-refused-not-in-turn",
            Self::ApartFromDecider(_) => "requests-refused-apart-from-decider",
            Self::AlreadyActed => "requests-refused-already-acted",
            Self::AlreadyAnswered => "requests-refused-already-answered",
            Self::ApproverExecutes => "requests-refused-approver-executes",
            Self::WorkerConfirms => "requests-refused-worker-confirms",
            Self::WorkersReport => "requests-refused-workers-report",
            Self::NoSuchAnswer => "requests-refused-no-such-answer",
            Self::ContentChanged => "requests-refused-content-changed",
            Self::ReasonMissing => "requests-refused-reason-missing",
            Self::NotApplicant => "requests-refused-not-applicant",
            Self::UnknownLine => "requests-refused-unknown-line",
            Self::LineDone => "requests-refused-line-done",
            Self::LineNotExecuted => "requests-refused-line-not-executed",
            Self::SomeExecuted => "requests-refused-some-executed",
            Self::NobodyMends => "requests-refused-nobody-mends",
            Self::NoneExecuted => "requests-refused-none-executed",
            Self::SomebodyActed => "requests-refused-somebody-acted",
            Self::ActsOnReceipt => "requests-refused-acts-on-receipt",
            Self::NothingDecided => "requests-refused-nothing-decided",
            Self::UnknownStep => "requests-refused-unknown-step",
            Self::NoSuchSeat => "requests-refused-no-such-seat",
            Self::NotPulledUp => "requests-refused-not-pulled-up",
            Self::RemindedToday => "requests-refused-reminded-today",
            Self::NobodyToRemind => "requests-refused-nobody-to-remind",
            Self::NotRecipient => "requests-refused-not-recipient",
            Self::SlipIncomplete => "requests-refused-slip-incomplete",
            Self::SlipDate => "requests-refused-slip-date",
            Self::OwnStep => "requests-refused-own-step",
            Self::NobodyThere(_) => "requests-refused-nobody-there",
            Self::TooFew(_) => "requests-refused-too-few",
        }
    }

    /// Was somebody else quicker, or did the ground move? (409 instead of 422)
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::NotWaiting(_) | Self::ContentChanged | Self::LineDone | Self::SomebodyActed)
    }
}
