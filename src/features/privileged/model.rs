//! Words and rules of administrator rights: what a granted right is, and when granting, using and changing is refused.
use chrono::{DateTime, NaiveDateTime, Utc};
use uuid::Uuid;

use crate::kernel::clock;
use crate::kernel::error::{Error, Message};
use crate::kernel::ids::{DepartmentId, PersonId, RequestId, SystemId};

crate::id!(
    /// 特権アカウント台帳の行
    PrivilegedId,
    /// 特権使用記録の行
    UseId,
);

/// How a privileged account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// 有効
    Active,
    /// 期限が過ぎ、剥奪を待つ
    ToWithdraw,
    /// 終了
    Ended,
}

/// By what somebody worked with administrator rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Source {
    /// 使用指示
    Instruction,
    /// 承認された申請 (its approval counts as the instruction)
    Request,
    /// 定常外, with its reason
    Unplanned,
}

/// A system as far as administrator rights ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// its id
    pub id: SystemId,
    /// 管理番号
    pub code: String,
    /// 名称
    pub name: String,
    /// よみ
    pub reading: String,
    /// Is it this portal?
    pub is_portal: bool,
    /// the section that owns it
    pub owner: DepartmentId,
    /// its rights
    pub rights: Vec<Right>,
}

/// A right that a system knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// its id
    pub id: Uuid,
    /// the system that knows it
    pub system: SystemId,
    /// 管理者 …
    pub name: String,
    /// 特権
    pub privileged: bool,
}

/// A row of the ledger, as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privileged {
    /// its id
    pub id: PrivilegedId,
    /// where
    pub system: SystemId,
    /// the system's name
    pub system_name: String,
    /// Is it a right of this portal?
    pub is_portal: bool,
    /// the account's name
    pub name: String,
    /// 保有者
    pub holder: PersonId,
    /// 保有者の氏名
    pub holder_name: String,
    /// the section it was granted in
    pub department: DepartmentId,
    /// the end
    pub until: DateTime<Utc>,
    /// how it stands
    pub state: State,
    /// the administrator's own sign-in, if it is the portal's
    pub sign_in_of: Option<PersonId>,
    /// 封緘・保管場所
    pub safe_place: String,
    /// 利用できる者
    pub may_use: Vec<PersonId>,
    /// the last change of the secret
    pub secret_changed: Option<DateTime<Utc>>,
    /// waits to be changed since
    pub secret_due: Option<DateTime<Utc>>,
    /// of the row
    pub version: i32,
}

/// The request behind a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// its id
    pub id: RequestId,
    /// 申請番号
    pub number: String,
}

/// What a new row says.
#[derive(Debug, Clone)]
pub struct Granting {
    /// where
    pub system: SystemId,
    /// the account's name
    pub name: String,
    /// who
    pub holder: PersonId,
    /// the section it is granted in
    pub department: DepartmentId,
    /// the rights
    pub rights: Vec<Uuid>,
    /// 権限の範囲, in words
    pub scope: String,
    /// why
    pub purpose: String,
    /// from
    pub from: DateTime<Utc>,
    /// until
    pub until: DateTime<Utc>,
    /// when the last of those who approve had approved
    pub approved: Option<DateTime<Utc>>,
    /// the request behind it
    pub request: Option<Origin>,
    /// 封緘・保管場所
    pub safe_place: String,
    /// 利用できる者
    pub may_use: Vec<PersonId>,
    /// the last change of the secret
    pub secret_changed: Option<DateTime<Utc>>,
}

/// Work with administrator rights, as it is recorded.
#[derive(Debug, Clone)]
pub struct Used {
    /// which account, where it is known
    pub account: Option<PrivilegedId>,
    /// on which system
    pub system: Option<SystemId>,
    /// by whom
    pub user: PersonId,
    /// of which section
    pub department: DepartmentId,
    /// by what
    pub source: Source,
    /// what for
    pub work: String,
    /// what came of it
    pub result: String,
    /// from
    pub from: DateTime<Utc>,
    /// until
    pub until: DateTime<Utc>,
    /// the instruction or request
    pub request: Option<Origin>,
    /// which line of it
    pub line: u16,
}

/// Why the rules say no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// 管理者権限は職務用アカウントと分けてください
    NotApart,
    /// 通常業務用と異なるアカウントを指定してください
    SameName,
    /// 統括管理者の事前承認より前の日付です
    BeforeApproval,
    /// 終了日時を指定してください
    NoEnd,
    /// 終了日時は、開始日時より後にしてください
    EndBeforeBegin,
    /// 終了日時が過ぎています
    Over,
    /// for more than a year
    TooLong,
    /// 開始日時より前には割り当てられません
    TooEarly,
    /// 支障がないことの確認が先に必要です
    Impact,
    /// このIDはすでに使われています
    NameTaken,
    /// the shape of an account's name
    NameShape,
    /// この特権は終了しています
    Ended,
}

impl Refusal {
    /// The words.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::NotApart => "privileged-refused-not-apart",
            Self::SameName => "privileged-refused-same-name",
            Self::BeforeApproval => "privileged-refused-before-approval",
            Self::NoEnd => "privileged-refused-no-end",
            Self::EndBeforeBegin => "privileged-refused-end-before-begin",
            Self::Over => "privileged-refused-over",
            Self::TooLong => "privileged-refused-too-long",
            Self::TooEarly => "privileged-refused-too-early",
            Self::Impact => "privileged-refused-impact",
            Self::NameTaken => "privileged-refused-name-taken",
            Self::NameShape => "privileged-refused-name-shape",
            Self::Ended => "privileged-refused-ended",
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Message::new(refusal.key()))
    }
}

impl System {
    /// Names of rights.
    #[must_use]
    pub fn names(&self, rights: &[Uuid]) -> Vec<String> {
        self.rights.iter().filter(|right| rights.contains(&right.id)).map(|right| right.name.clone()).collect()
    }

    /// Rights of daily work and of administration never stand on one account (24-1-1).
    pub fn apart(&self, rights: &[Uuid]) -> Result<(), Refusal> {
        let administers = |id: &Uuid| self.rights.iter().any(|right| right.id == *id && right.privileged);
        if !rights.is_empty() && rights.iter().all(administers) { Ok(()) } else { Err(Refusal::NotApart) }
    }
}

/// So long a right for administration lasts at most, in days: what is needed for longer is asked for anew each year, so that
/// somebody looks again whether the work still wants it (24-1-3).
const MOST_DAYS: i64 = 366;

/// A period that has an end after its beginning, is not over and not without measure (24-1-3).
pub fn period(
    from: Option<NaiveDateTime>,
    until: Option<NaiveDateTime>,
    today: chrono::NaiveDate,
) -> Result<(), Refusal> {
    let until = until.ok_or(Refusal::NoEnd)?;
    if from.is_some_and(|from| until <= from) {
        return Err(Refusal::EndBeforeBegin);
    }
    if until.date() < today {
        return Err(Refusal::Over);
    }
    let begins = from.map_or(today, |from| from.date());
    if (until.date() - begins).num_days() > MOST_DAYS { Err(Refusal::TooLong) } else { Ok(()) }
}

/// A moment on the organisation's wall clock.
#[must_use]
pub fn at(moment: NaiveDateTime) -> DateTime<Utc> {
    clock::moment(moment)
}

/// An account's name as the ledger keeps it: letters, digits and marks in half width, without blanks.
pub fn account_name(typed: &str) -> Result<String, Refusal> {
    use unicode_normalization::UnicodeNormalization as _;
    let name: String = typed.trim().nfkc().collect();
    let allowed = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | ',' | ';');
    let begins = name.chars().next().is_some_and(|first| !"=+-@".contains(first));
    let shaped = begins && name.chars().count() <= 64 && name.chars().all(allowed);
    if shaped { Ok(name) } else { Err(Refusal::NameShape) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn system() -> System {
        let id = SystemId(Uuid::nil());
        let right =
            |n: u8, privileged| Right { id: Uuid::from_bytes([n; 16]), system: id, name: n.to_string(), privileged };
        System {
            id,
            code: "A".into(),
            name: "A".into(),
            reading: "a".into(),
            is_portal: false,
            owner: DepartmentId(Uuid::nil()),
            rights: vec![right(1, false), right(2, true), right(3, true)],
        }
    }

    #[test]
    fn rights_of_daily_work_and_of_administration_stay_apart() {
        let rights = |list: &[u8]| list.iter().map(|n| Uuid::from_bytes([*n; 16])).collect::<Vec<_>>();
        assert_eq!(system().apart(&rights(&[2, 3])), Ok(()));
        for mixed in [&[1][..], &[1, 2], &[9], &[]] {
            assert_eq!(system().apart(&rights(mixed)), Err(Refusal::NotApart), "{mixed:?}");
        }
    }

    #[test]
    fn nothing_is_given_without_an_end_that_lies_ahead() {
        let today = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
        let day = |d: u32| NaiveDate::from_ymd_opt(2026, 4, d).unwrap().and_hms_opt(9, 0, 0);
        assert_eq!(period(day(1), None, today), Err(Refusal::NoEnd));
        assert_eq!(period(day(2), day(2), today), Err(Refusal::EndBeforeBegin));
        assert_eq!(period(day(1), day(2), today), Ok(()));
        let before = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap().and_hms_opt(9, 0, 0);
        let over = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap().and_hms_opt(9, 0, 0);
        assert_eq!(period(before, over, today), Err(Refusal::Over));
        let years = |years: i64| day(2).map(|begins| begins + chrono::TimeDelta::days(365 * years));
        assert_eq!(period(day(2), years(1), today), Ok(()));
        assert_eq!(period(day(2), years(100), today), Err(Refusal::TooLong));
        assert_eq!(period(None, years(100), today), Err(Refusal::TooLong));
    }

    #[test]
    fn an_account_name_is_one_that_a_system_could_know() {
        assert_eq!(account_name(" ａｄｍ-ito "), Ok("adm-ito".to_owned()));
        for wrong in ["", "=1+1", "a b", "管理者", "<b>"] {
            assert_eq!(account_name(wrong), Err(Refusal::NameShape), "{wrong}");
        }
    }
}
