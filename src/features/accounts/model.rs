//! Words and rules of the アカウント管理台帳: what an account is, and when opening, changing and stopping one is refused.
use chrono::{DateTime, NaiveDate, Utc};
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

use crate::engines::regulations::binding::RightLevel;
use crate::kernel::error::{Error, Message};
use crate::kernel::ids::{AccountId, DepartmentId, PersonId, RequestId, SystemId};

/// アカウントの種類
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// 個人
    Personal,
    /// 管理者用
    Admin,
    /// サービス用
    Service,
    /// 共用
    Shared,
    /// 匿名
    Anonymous,
}

/// アカウントの状態. A stopped account stays in the ledger for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// 有効
    Active,
    /// 停止・無効
    Stopped,
}

/// 停止の事由 (4.1.3-4)
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// 申請
    Request,
    /// 棚卸し
    Inventory,
    /// 未使用
    Unused,
    /// 失敗回数超過
    Failures,
    /// 退職
    Retirement,
    /// 利用終了届
    EndOfUse,
    /// 利用の終了日を過ぎた
    Expired,
    /// 休職・産休・育休・出向: active again on return
    Leave,
}

/// A right that a system knows (権限).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// its id
    pub id: Uuid,
    /// the system that knows it
    pub system: SystemId,
    /// 参照, 登録・修正 …
    pub name: String,
    /// 職務の標準権限
    pub standard: bool,
    /// 特権
    pub privileged: bool,
    /// place from the narrowest (1) to the widest
    pub position: i32,
}

impl Right {
    /// How far it goes.
    #[must_use]
    pub const fn level(&self) -> RightLevel {
        match (self.privileged, self.standard) {
            (true, _) => RightLevel::Privileged,
            (_, true) => RightLevel::Standard,
            _ => RightLevel::Beyond,
        }
    }
}

/// A right as it stood when somebody asked for one of its system: kept with the request, so that nothing wider is set
/// because the register was corrected meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Frozen {
    id: Uuid,
    standard: bool,
    privileged: bool,
    position: i32,
}

/// A system that accounts can be opened on.
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
    /// 所管: the section that owns it
    pub owner: DepartmentId,
    /// Is it this portal?
    pub is_portal: bool,
    /// 別の規定 (文書番号) by which its accounts may be shared; empty: there is none
    pub sharing_rule: String,
    /// its rights, the narrowest first
    pub rights: Vec<Right>,
}

/// A row of the ledger, as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// its id
    pub id: AccountId,
    /// where
    pub system: SystemId,
    /// the system's name
    pub system_name: String,
    /// Is it a sign-in of this portal?
    pub is_portal: bool,
    /// ID
    pub name: String,
    /// 利用者
    pub holder: PersonId,
    /// 利用者の氏名
    pub holder_name: String,
    /// 利用部門
    pub department: DepartmentId,
    /// 権限
    pub rights: Vec<Uuid>,
    /// 種類
    pub kind: Kind,
    /// 利用の終了日
    pub until: Option<NaiveDate>,
    /// 状態
    pub state: State,
    /// 共有: all who may use it; empty where it is one person's
    pub users: Vec<Uuid>,
    /// since when its password waits to be changed, because somebody who knew it left
    pub password_due: Option<DateTime<Utc>>,
    /// 停止の事由
    pub stop_reason: Option<StopReason>,
    /// how often it changed
    pub version: i32,
}

/// What a new row of the ledger says.
#[derive(Debug, Clone)]
pub struct Opening {
    /// where
    pub system: SystemId,
    /// 発行したID
    pub name: String,
    /// 利用者
    pub holder: PersonId,
    /// 利用部門
    pub department: DepartmentId,
    /// 権限
    pub rights: Vec<Uuid>,
    /// 業務上の必要性: the request's reason, or why more than the standard right is needed
    pub necessity: String,
    /// 種類
    pub kind: Kind,
    /// 利用の終了日
    pub until: Option<NaiveDate>,
    /// the request behind it
    pub request: Option<Origin>,
}

/// What makes a row one that several people use (共有ID・共用ID).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharing {
    /// 管理する人
    pub keeper: PersonId,
    /// 利用者の全員
    pub users: Vec<Uuid>,
    /// 承認者
    pub approved_by: PersonId,
    /// 期限
    pub until: Option<NaiveDate>,
    /// 根拠とする別の規定 (文書番号)
    pub rule: String,
}

/// The request (or none) that causes a change of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// its id
    pub id: RequestId,
    /// 申請番号
    pub number: String,
}

/// Why the rules say no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// この人はすでにこのシステムのアカウントを持っています
    AlreadyHas {
        /// the system
        system: String,
    },
    /// 申請された範囲を超える権限は設定できません
    BeyondRequest,
    /// 標準を超える権限には理由を入力してください
    BeyondStandard,
    /// このIDはすでに使われています
    NameTaken,
    /// このIDはほかの人が使っていたため、使えません
    NameOfAnother,
    /// one signs in to the portal with one's own number as well
    NumberOfAnother,
    /// IDは半角の英数字と記号で、空白のない64字以内で入力してください
    NameShape,
    /// このアカウントは停止しています
    Stopped,
    /// このシステムは利用を終えています
    SystemRetired,
    /// 変更の前後が同じです
    NothingChanges,
    /// この権限はもうこのアカウントにありません
    RightGone,
    /// 申請の後に、この権限の区分が変わりました
    RightRedefined,
    /// このポータル自身のアカウントは共有できません
    PortalNotShared,
    /// このシステムには、アカウントの共有を認める別の規定がありません
    NoSharingRule,
    /// 変更の前と後が同じです
    SameUsers,
    /// 利用者が見つかりません
    UnknownUser {
        /// as it was typed
        typed: String,
    },
    /// 同じ氏名の人が複数います
    SeveralUsers {
        /// as it was typed
        typed: String,
    },
    /// 所管課が同じシステムだけを選んでください
    SeveralOwners {
        /// a system, and who owns it
        first: (String, String),
        /// another, and who owns that one
        second: (String, String),
    },
    /// the only one who administers the portal would be out
    LastAdministrator,
    /// ほかにその役割を務める人がいません
    LastOfFunction,
    /// 届け出られるのは、本人か所属の職員です
    NotOfTheStaff,
    /// このアカウントの利用部門は、申請の利用部門と違います
    OtherDepartment {
        /// 利用部門
        department: String,
    },
}

impl Refusal {
    /// The words.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::AlreadyHas { system } => Message::new("accounts-refused-already-has").with("system", system),
            Self::BeyondRequest => Message::new("accounts-refused-beyond-request"),
            Self::BeyondStandard => Message::new("accounts-refused-beyond-standard"),
            Self::NameTaken => Message::new("accounts-refused-name-taken"),
            Self::NameOfAnother => Message::new("accounts-refused-name-of-another"),
            Self::NumberOfAnother => Message::new("accounts-refused-number-of-another"),
            Self::NameShape => Message::new("accounts-refused-name-shape"),
            Self::Stopped => Message::new("accounts-refused-stopped"),
            Self::SystemRetired => Message::new("accounts-refused-system-retired"),
            Self::NothingChanges => Message::new("accounts-refused-nothing-changes"),
            Self::RightGone => Message::new("accounts-refused-right-gone"),
            Self::RightRedefined => Message::new("accounts-refused-right-redefined"),
            Self::PortalNotShared => Message::new("accounts-refused-portal-not-shared"),
            Self::NoSharingRule => Message::new("accounts-refused-no-sharing-rule"),
            Self::SameUsers => Message::new("accounts-refused-same-users"),
            Self::UnknownUser { typed } => Message::new("accounts-refused-unknown-user").with("typed", typed),
            Self::SeveralUsers { typed } => Message::new("accounts-refused-several-users").with("typed", typed),
            Self::SeveralOwners { first, second } => Message::new("accounts-refused-several-owners")
                .with("first", &first.0)
                .with("first-owner", &first.1)
                .with("second", &second.0)
                .with("second-owner", &second.1),
            Self::LastAdministrator => Message::new("accounts-refused-last-administrator"),
            Self::LastOfFunction => Message::new("accounts-refused-last-of-function"),
            Self::NotOfTheStaff => Message::new("accounts-refused-not-of-the-staff"),
            Self::OtherDepartment { department } => {
                Message::new("accounts-refused-other-department").with("department", department)
            }
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.message())
    }
}

impl System {
    /// The right with this id, if the system knows it.
    #[must_use]
    pub fn right(&self, id: Uuid) -> Option<&Right> {
        self.rights.iter().find(|right| right.id == id)
    }

    /// Names of rights, the narrowest first.
    #[must_use]
    pub fn names(&self, rights: &[Uuid]) -> Vec<String> {
        self.rights.iter().filter(|right| rights.contains(&right.id)).map(|right| right.name.clone()).collect()
    }

    /// Does any of these go beyond the standard right of daily work? (4.1.1-1-b)
    #[must_use]
    pub fn beyond_standard(&self, rights: &[Uuid]) -> bool {
        rights.iter().any(|id| self.right(*id).is_none_or(|right| !right.standard))
    }

    /// The rights as they stand now, to be kept with a request.
    #[must_use]
    pub fn scale(&self) -> Vec<Frozen> {
        let frozen = |right: &Right| Frozen {
            id: right.id,
            standard: right.standard,
            privileged: right.privileged,
            position: right.position,
        };
        self.rights.iter().map(frozen).collect()
    }

    /// Is what is granted no wider than what was asked for? Each granted right must be asked for, or stand before one
    /// that was, in the order of width as it was `then`, at filing, and as it is now. A privileged right is never covered
    /// by another, and what was asked for is still what it was.
    pub fn within_request(&self, granted: &[Uuid], asked: &[Uuid], then: &[Frozen]) -> Result<(), Refusal> {
        let now = self.scale();
        if asked.iter().any(|id| level(then, *id).is_none() || level(then, *id) != level(&now, *id)) {
            return Err(Refusal::RightRedefined);
        }
        let covered = |id: &Uuid| asked.contains(id) || (narrower(then, *id, asked) && narrower(&now, *id, asked));
        if !granted.is_empty() && granted.iter().all(covered) { Ok(()) } else { Err(Refusal::BeyondRequest) }
    }
}

fn level(scale: &[Frozen], id: Uuid) -> Option<(bool, bool)> {
    scale.iter().find(|right| right.id == id).map(|right| (right.standard, right.privileged))
}

/// Does this right stand before one that was asked for?
fn narrower(scale: &[Frozen], id: Uuid, asked: &[Uuid]) -> bool {
    let widest = scale.iter().filter(|right| asked.contains(&right.id)).map(|right| right.position).max();
    let right = scale.iter().find(|right| right.id == id);
    right.is_some_and(|right| !right.privileged && widest.is_some_and(|most| right.position < most))
}

impl Account {
    /// Whoever uses it: its holder, or all who share it.
    #[must_use]
    pub fn everybody(&self) -> Vec<Uuid> {
        if self.users.is_empty() { vec![self.holder.0] } else { self.users.clone() }
    }

    /// Changed and stopped can only be what is active.
    pub fn may_change(&self) -> Result<(), Refusal> {
        if self.state == State::Active { Ok(()) } else { Err(Refusal::Stopped) }
    }

    /// A request cancels what is active, and what the portal stopped by itself.
    pub fn may_cancel(&self) -> Result<(), Refusal> {
        if self.stopped_by_portal() { Ok(()) } else { self.may_change() }
    }

    /// Stopped without a request, because its holder left or is away.
    #[must_use]
    pub const fn stopped_by_portal(&self) -> bool {
        matches!(self.stop_reason, Some(StopReason::Retirement | StopReason::Leave))
    }
}

/// What an ID may hold besides letters and digits: user names, mail addresses, `DOMAIN\\user`, serial marks.
const NAME_MARKS: &str = "._-@+\\/#$!~";

/// What a table program would take for the beginning of a formula; no system's ID begins with it.
const NOT_FIRST: &str = "=+-@";

/// An issued ID in the form in which the ledger keeps it: its letters as they were issued, in half width, without blanks
/// and without what no system's ID holds.
pub fn issued_name(typed: &str) -> Result<String, Refusal> {
    let name: String = typed.trim().nfkc().collect();
    let allowed = |c: char| c.is_ascii_alphanumeric() || NAME_MARKS.contains(c);
    let begins = name.chars().next().is_some_and(|first| !NOT_FIRST.contains(first));
    let shaped = begins && name.chars().count() <= 64 && name.chars().all(allowed);
    if shaped { Ok(name) } else { Err(Refusal::NameShape) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(n: u8) -> Uuid {
        Uuid::from_u128(n.into())
    }

    fn system() -> System {
        let right = |n: u8, name: &str, standard, privileged| Right {
            id: id(n),
            system: SystemId(id(100)),
            name: name.into(),
            standard,
            privileged,
            position: n.into(),
        };
        System {
            id: SystemId(id(100)),
            code: "SYS-01".into(),
            name: "販売管理システム".into(),
            reading: "はんばいかんりしすてむ".into(),
            owner: DepartmentId(Uuid::from_u128(9)),
            is_portal: false,
            sharing_rule: String::new(),
            rights: vec![
                right(1, "参照", true, false),
                right(2, "登録・修正", true, false),
                right(3, "承認", false, false),
                right(4, "管理者", false, true),
            ],
        }
    }

    #[test]
    fn fewer_rights_than_requested_may_be_granted_never_more() {
        let system = system();
        let within = |granted: &[Uuid]| system.within_request(granted, &[id(2)], &system.scale());
        assert_eq!(within(&[id(2)]), Ok(()));
        assert_eq!(within(&[id(1)]), Ok(()));
        assert_eq!(within(&[id(3)]), Err(Refusal::BeyondRequest));
        assert_eq!(within(&[id(1), id(4)]), Err(Refusal::BeyondRequest));
        assert_eq!(within(&[]), Err(Refusal::BeyondRequest));
        assert_eq!(within(&[id(77)]), Err(Refusal::BeyondRequest));
    }

    #[test]
    fn a_register_corrected_after_the_filing_widens_nothing() {
        let then = system().scale();
        let mut corrected = system();
        // the widest right is put before the one asked for, as if it were an everyday one
        corrected.rights[3] = Right { standard: true, privileged: false, position: 0, ..corrected.rights[3].clone() };
        assert_eq!(corrected.within_request(&[id(4)], &[id(2)], &then), Err(Refusal::BeyondRequest));
        // what was narrower then and is not now is not set either
        let mut widened = system();
        widened.rights[0] = Right { privileged: true, ..widened.rights[0].clone() };
        assert_eq!(widened.within_request(&[id(1)], &[id(2)], &then), Err(Refusal::BeyondRequest));
        // and what was asked for has to be what it was
        let mut moved = system();
        moved.rights[1] = Right { standard: false, ..moved.rights[1].clone() };
        assert_eq!(moved.within_request(&[id(2)], &[id(2)], &then), Err(Refusal::RightRedefined));
        assert_eq!(system().within_request(&[id(2)], &[id(2)], &[]), Err(Refusal::RightRedefined));
    }

    #[test]
    fn what_is_not_standard_needs_a_reason() {
        let system = system();
        assert!(!system.beyond_standard(&[id(1), id(2)]));
        assert!(system.beyond_standard(&[id(1), id(3)]));
        assert!(system.beyond_standard(&[id(77)]));
    }

    #[test]
    fn an_id_keeps_its_characters_but_has_no_blanks() {
        assert_eq!(issued_name(" Takahashi.R "), Ok("Takahashi.R".into()));
        assert_eq!(issued_name("ｔａｎａｋａ．Ｈ０１＠aono.example"), Ok("tanaka.H01@aono.example".into()));
        assert_eq!(issued_name("AONO\\tanaka-h_1"), Ok("AONO\\tanaka-h_1".into()));
        let marked = [
            "<script>",
            "a\u{0}b",
            "a\u{7f}",
            "a\u{200b}b",
            "tanaka,h",
            "a\"b",
            "田中",
            "た",
            "a'b",
            "=1+1\t",
            "=cmd",
            "@SUM1",
            "+81",
            "-x",
            "＝cmd",
            "＠a",
        ];
        for bad in marked {
            assert_eq!(issued_name(bad), Err(Refusal::NameShape), "{bad:?}");
        }
        for bad in ["", "  ", "a b", "a\u{3000}b", &"x".repeat(65)] {
            assert_eq!(issued_name(bad), Err(Refusal::NameShape), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_wider_than_the_widest_right_asked_for_is_ever_granted(
            granted in prop::collection::vec(1u8..6, 0..5), asked in prop::collection::vec(1u8..5, 0..5),
        ) {
            let ids = |list: &[u8]| list.iter().copied().map(id).collect::<Vec<_>>();
            let widest = asked.iter().max().copied().unwrap_or(0);
            if system().within_request(&ids(&granted), &ids(&asked), &system().scale()).is_ok() {
                prop_assert!(!granted.is_empty());
                prop_assert!(granted.iter().all(|g| *g <= widest));
            }
        }
    }
}
