//! Words and rules of the 情報システム台帳: a system, its rights from the narrowest to the widest, and when a change is refused.
use std::collections::BTreeSet;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::kernel::error::{Error, Message};
use crate::kernel::ids::{DepartmentId, SystemId};
use crate::kernel::text;

/// Longest name of a right.
const NAME: usize = 40;
/// Most rights of one system.
const MOST: usize = 30;

/// 重要性
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Importance {
    /// 高
    High,
    /// 中
    Middle,
    /// 低
    Low,
}

impl Importance {
    /// All, the highest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Middle, Self::Low];

    /// As stored and sent by forms.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Middle => "middle",
            Self::Low => "low",
        }
    }

    /// The importance with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|importance| importance.key() == key)
    }
}

/// 権限の区分
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 職務の標準権限
    Standard,
    /// 標準を超える権限
    Beyond,
    /// 特権
    Privileged,
}

impl Level {
    /// From the narrowest to the widest.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Beyond, Self::Privileged];

    /// The level that the columns of a right spell.
    #[must_use]
    pub fn of(standard: bool, privileged: bool) -> Self {
        match (standard, privileged) {
            (_, true) => Self::Privileged,
            (true, false) => Self::Standard,
            (false, false) => Self::Beyond,
        }
    }

    /// As forms name it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Beyond => "beyond",
            Self::Privileged => "privileged",
        }
    }
}

/// A right in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// its id
    pub id: Uuid,
    /// its name
    pub name: String,
    /// how far it goes
    pub level: Level,
    /// place from the narrowest (1)
    pub position: i32,
}

/// A row of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// its id
    pub id: SystemId,
    /// what it says
    pub facts: Facts,
    /// Is it this portal?
    pub is_portal: bool,
    /// 利用を終えた日
    pub retired_on: Option<NaiveDate>,
    /// how often it changed
    pub version: i32,
}

/// What somebody enters about a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// 管理番号
    pub code: String,
    /// 名称
    pub name: String,
    /// よみ
    pub reading: String,
    /// 用途
    pub purpose: String,
    /// 所管部署
    pub owner: DepartmentId,
    /// 重要性
    pub importance: Importance,
    /// 二要素認証
    pub two_factor: bool,
    /// 別の規定 (文書番号) by which its accounts may be shared; empty: there is none
    pub sharing_rule: String,
}

/// The rights as entered: names, the narrowest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RightNames(pub Vec<(Level, String)>);

/// Why the rules say no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// この管理番号はすでに使われています
    CodeTaken,
    /// ポータル自身の行は、利用を終えられません
    PortalStays,
    /// ポータル自身のアカウントは共有できません
    PortalNotShared,
    /// 有効なアカウントが残っています
    AccountsRemain(i64),
    /// 進行中の申請が残っています
    RequestsRemain(i64),
    /// 使われている権限の区分は変えられません
    RightInUse(String),
    /// すでに利用を終えています
    Retired,
}

impl Refusal {
    /// The words.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::CodeTaken => Message::new("systems-refused-code-taken"),
            Self::PortalStays => Message::new("systems-refused-portal-stays"),
            Self::PortalNotShared => Message::new("systems-refused-portal-not-shared"),
            Self::AccountsRemain(count) => Message::new("systems-refused-accounts-remain").with("count", count),
            Self::RequestsRemain(count) => Message::new("systems-refused-requests-remain").with("count", count),
            Self::RightInUse(name) => Message::new("systems-refused-right-in-use").with("name", name),
            Self::Retired => Message::new("systems-refused-retired"),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.message())
    }
}

/// What is wrong with the rights as entered; each names the field (the level's key).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RightFault {
    /// 権限を1つ以上入力してください
    None,
    /// 同じ名前が2つあります
    Twice(Level, String),
    /// 名前が長すぎます
    Long(Level, String),
    /// 多すぎます
    Many(Level),
}

impl RightNames {
    /// Reads the three lists of the form, one name a line.
    pub fn read(lists: [(Level, &str); 3]) -> Result<Self, RightFault> {
        let mut names = Vec::new();
        let mut seen = BTreeSet::new();
        for (level, list) in lists {
            for line in list.lines().map(text::clean_line).filter(|line| !line.is_empty()) {
                if line.chars().count() > NAME {
                    return Err(RightFault::Long(level, line));
                }
                if !seen.insert(line.to_lowercase()) {
                    return Err(RightFault::Twice(level, line));
                }
                names.push((level, line));
            }
            if names.len() > MOST {
                return Err(RightFault::Many(level));
            }
        }
        if names.is_empty() { Err(RightFault::None) } else { Ok(Self(names)) }
    }

    /// The names of a level, one a line, as the form shows them.
    #[must_use]
    pub fn lines(&self, level: Level) -> String {
        self.0.iter().filter(|(own, _)| *own == level).map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("\n")
    }
}

impl From<&[Right]> for RightNames {
    fn from(rights: &[Right]) -> Self {
        Self(rights.iter().map(|right| (right.level, right.name.clone())).collect())
    }
}

/// What has to happen to the rights so that they become what was entered.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RightChanges {
    /// new names with level and place
    pub added: Vec<(Level, String, i32)>,
    /// those whose level, spelling or place changes
    pub moved: Vec<Right>,
    /// those no longer offered
    pub withdrawn: Vec<Right>,
}

impl RightChanges {
    /// Compares by name, letter case aside. An account keeps a right that is withdrawn; it can no longer be asked for.
    #[must_use]
    pub fn between(old: &[Right], new: &RightNames) -> Self {
        let mut changes = Self::default();
        let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
        for ((level, name), position) in new.0.iter().zip(1..) {
            match old.iter().find(|right| same(&right.name, name)) {
                None => changes.added.push((*level, name.clone(), position)),
                Some(right) => {
                    let moved = Right { id: right.id, name: name.clone(), level: *level, position };
                    if moved != *right {
                        changes.moved.push(moved);
                    }
                }
            }
        }
        let gone = |right: &&Right| !new.0.iter().any(|(_, name)| same(name, &right.name));
        changes.withdrawn = old.iter().filter(gone).cloned().collect();
        changes
    }

    /// Those of the old rights that would go further, or less far, than they do now.
    pub fn redefined<'a>(&'a self, old: &'a [Right]) -> impl Iterator<Item = &'a Right> {
        old.iter().filter(|right| self.moved.iter().any(|moved| moved.id == right.id && moved.level != right.level))
    }
}

impl System {
    /// May the system's use be ended?
    pub fn may_retire(&self, active_accounts: i64, open_requests: i64) -> Result<(), Refusal> {
        if self.is_portal {
            return Err(Refusal::PortalStays);
        }
        if self.retired_on.is_some() {
            return Err(Refusal::Retired);
        }
        if active_accounts > 0 {
            return Err(Refusal::AccountsRemain(active_accounts));
        }
        if open_requests > 0 { Err(Refusal::RequestsRemain(open_requests)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(standard: &str, beyond: &str, privileged: &str) -> Result<RightNames, RightFault> {
        RightNames::read([(Level::Standard, standard), (Level::Beyond, beyond), (Level::Privileged, privileged)])
    }

    #[test]
    fn rights_are_read_a_line_each_from_the_narrowest() {
        let names = read("参照\r\n　登録・修正 \n\n", "承認", "管理者").expect("readable");
        let plain: Vec<_> = names.0.iter().map(|(level, name)| (level.key(), name.as_str())).collect();
        assert_eq!(
            plain,
            [("standard", "参照"), ("standard", "登録・修正"), ("beyond", "承認"), ("privileged", "管理者")]
        );
        assert_eq!(names.lines(Level::Standard), "参照\n登録・修正");
    }

    #[test]
    fn a_system_has_a_right_and_none_twice() {
        assert_eq!(read("", " \n", ""), Err(RightFault::None));
        assert_eq!(read("Admin", "", "admin"), Err(RightFault::Twice(Level::Privileged, "admin".into())));
        assert!(matches!(read(&"あ".repeat(41), "", ""), Err(RightFault::Long(Level::Standard, _))));
    }

    #[test]
    fn a_name_that_stays_keeps_its_id_and_one_that_goes_is_withdrawn() {
        let right =
            |n: u128, name: &str, level, position| Right { id: Uuid::from_u128(n), name: name.into(), level, position };
        let old = [
            right(1, "参照", Level::Standard, 1),
            right(2, "承認", Level::Standard, 2),
            right(3, "廃止", Level::Beyond, 3),
        ];
        let changes = RightChanges::between(&old, &read("参照\n登録", "承認", "").expect("readable"));
        assert_eq!(changes.added, [(Level::Standard, "登録".into(), 2)]);
        assert_eq!(changes.moved, [right(2, "承認", Level::Beyond, 3)]);
        assert_eq!(changes.withdrawn, [old[2].clone()]);
        assert_eq!(changes.redefined(&old).map(|right| right.name.as_str()).collect::<Vec<_>>(), ["承認"]);
        assert_eq!(RightChanges::between(&old, &RightNames::from(&old[..])), RightChanges::default());
    }

    #[test]
    fn neither_the_portal_nor_a_system_with_accounts_is_retired() {
        let facts = Facts {
            code: "SYS-01".into(),
            name: "守り".into(),
            reading: "まもり".into(),
            purpose: String::new(),
            owner: DepartmentId(Uuid::nil()),
            importance: Importance::High,
            two_factor: false,
            sharing_rule: String::new(),
        };
        let portal = System { id: SystemId(Uuid::nil()), facts, is_portal: true, retired_on: None, version: 1 };
        assert_eq!(portal.may_retire(0, 0), Err(Refusal::PortalStays));
        let other = System { is_portal: false, ..portal };
        assert_eq!(other.may_retire(2, 1), Err(Refusal::AccountsRemain(2)));
        assert_eq!(other.may_retire(0, 1), Err(Refusal::RequestsRemain(1)));
        assert_eq!(other.may_retire(0, 0), Ok(()));
    }
}
