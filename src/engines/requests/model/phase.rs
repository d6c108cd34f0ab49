//! Where a request is (状態) and what became of its lines (明細の状態): the words of the machine.

/// Where a request is (状態).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Phase {
    /// 承認中
    InReview,
    /// 差戻し
    Returned,
    /// 引戻し: with whoever filed it, who took it back before anybody acted
    PulledBack,
    /// 実施中
    Executing,
    /// 受領待ち
    HandingOver,
    /// 報告中: the work is done, its report or the report's confirmation is not
    Reporting,
    /// 完了
    Completed,
    /// 却下
    Refused,
    /// 取下げ
    Withdrawn,
}

impl Phase {
    pub const ALL: [Self; 9] = [
        Self::InReview,
        Self::Returned,
        Self::PulledBack,
        Self::Executing,
        Self::HandingOver,
        Self::Reporting,
        Self::Completed,
        Self::Refused,
        Self::Withdrawn,
    ];

    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::InReview => "in_review",
            Self::Returned => "returned",
            Self::PulledBack => "pulled_back",
            Self::Executing => "executing",
            Self::HandingOver => "handing_over",
            Self::Reporting => "reporting",
            Self::Completed => "completed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.key() == key)
    }

    /// The word of the catalogue.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::InReview => "requests-phase-in-review",
            Self::Returned => "requests-phase-returned",
            Self::PulledBack => "requests-phase-pulled-back",
            Self::Executing => "requests-phase-executing",
            Self::HandingOver => "requests-phase-handing-over",
            Self::Reporting => "requests-phase-reporting",
            Self::Completed => "requests-phase-completed",
            Self::Refused => "requests-phase-refused",
            Self::Withdrawn => "requests-phase-withdrawn",
        }
    }

    /// Is it with whoever filed it, to be mended and sent again?
    #[must_use]
    pub const fn is_mended(self) -> bool {
        matches!(self, Self::Returned | Self::PulledBack)
    }

    /// Nothing more can happen but talk.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Completed | Self::Refused | Self::Withdrawn)
    }
}

/// What became of a line (明細の状態).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum LineState {
    /// 未実施
    Open,
    /// 実施済
    Executed,
    /// 受領済
    Acknowledged,
    /// 実施せず
    Declined,
    /// 不許可: never to be worked on
    Denied,
}

impl LineState {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Executed => "executed",
            Self::Acknowledged => "acknowledged",
            Self::Declined => "declined",
            Self::Denied => "denied",
        }
    }
}
