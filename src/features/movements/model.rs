//! Words and rules of personnel changes: which kinds there are, what each calls for, and when an entry is refused.
use chrono::NaiveDate;

use crate::engines::regulations::vacated::{Going, Takes};
use crate::engines::requests::procedures::looking::Change;
use crate::kernel::access::Tier;
use crate::kernel::error::Message;
use crate::kernel::ids::{DepartmentId, PersonId};

/// 異動の区分
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// 採用
    Hire,
    /// 異動
    Transfer,
    /// 担当替え
    Reassignment,
    /// 退職
    Retirement,
    /// 出向
    Secondment,
    /// 休職
    Leave,
    /// 産休
    Maternity,
    /// 育休
    Childcare,
    /// 復職
    Return,
    /// 業務で不要
    Unneeded,
    /// 終了予定日: the portal's own row, when the end of an account has come
    Expiry,
}

impl Kind {
    /// Those that are entered, in the order of the form.
    pub const ENTERED: [Self; 10] = [
        Self::Hire,
        Self::Transfer,
        Self::Reassignment,
        Self::Retirement,
        Self::Secondment,
        Self::Leave,
        Self::Maternity,
        Self::Childcare,
        Self::Return,
        Self::Unneeded,
    ];

    /// As it is stored, and as forms of requests know it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Hire => "hire",
            Self::Transfer => "transfer",
            Self::Reassignment => "reassignment",
            Self::Retirement => "retirement",
            Self::Secondment => "secondment",
            Self::Leave => "leave",
            Self::Maternity => "maternity",
            Self::Childcare => "childcare",
            Self::Return => "return",
            Self::Unneeded => "unneeded",
            Self::Expiry => "expiry",
        }
    }

    /// The kind that is entered under this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ENTERED.into_iter().find(|kind| kind.key() == key)
    }

    /// What a manager has to file because of it.
    #[must_use]
    pub const fn operation(self) -> Option<Operation> {
        match self {
            Self::Hire => Some(Operation::Register),
            Self::Transfer | Self::Reassignment | Self::Secondment => Some(Operation::Change),
            Self::Retirement | Self::Unneeded | Self::Expiry => Some(Operation::Stop),
            Self::Leave | Self::Maternity | Self::Childcare | Self::Return => None,
        }
    }

    /// Does signing in stop while it lasts, without anything being cancelled?
    #[must_use]
    pub const fn suspends(self) -> bool {
        matches!(self, Self::Secondment | Self::Leave | Self::Maternity | Self::Childcare)
    }
}

/// 必要な操作
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Operation {
    /// 登録
    Register,
    /// 変更
    Change,
    /// 抹消
    Stop,
}

impl Operation {
    /// The end of its word's key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Change => "change",
            Self::Stop => "stop",
        }
    }

    /// The kinds of request by which it is done, the one that is asked for first where the regulation knows it: where notice is
    /// given of an end of use (利用終了届), nobody requests a stop.
    #[must_use]
    pub const fn request_kinds(self) -> &'static [&'static str] {
        match self {
            Self::Register => &["account.register"],
            Self::Change => &["account.change"],
            Self::Stop => &["account.end", "account.stop"],
        }
    }
}

/// Where an entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Source {
    /// by the office
    Entered,
    /// 取込: from the register of people, as a list or its keepers wrote it
    Register,
    /// by the portal itself
    Portal,
}

impl Source {
    /// The end of its word's key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Register => "register",
            Self::Portal => "portal",
        }
    }
}

/// Where a transfer leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// the section
    pub department: DepartmentId,
    /// as what; none: the post is given already
    pub tier: Option<Tier>,
    /// 主任 and the like
    pub title: String,
}

/// A personnel change as the office enters it, or as the register of people tells it.
#[derive(Debug, Clone)]
pub struct NewMovement {
    /// whose
    pub person: PersonId,
    /// which
    pub kind: Kind,
    /// 発令日; of a retirement, the last day
    pub effective_on: NaiveDate,
    /// where a transfer leads
    pub to: Option<Place>,
    /// from where it comes
    pub source: Source,
}

impl NewMovement {
    /// What the routes of requests feel of it: who is gone from a day on, or sits elsewhere.
    #[must_use]
    pub fn felt_by_routes(&self) -> Option<Change> {
        let to = self.to.as_ref().and_then(|to| Some((to.tier?, to.department)));
        let on = match self.kind {
            Kind::Retirement => self.effective_on.succ_opt()?,
            _ => self.effective_on,
        };
        let goes = self.kind == Kind::Retirement || self.kind.suspends();
        (goes || to.is_some()).then_some(Change { person: self.person, on, to: to.filter(|_| !goes) })
    }
}

/// From which day somebody is gone, and what goes with them; none where nothing does.
#[must_use]
pub fn going(person: PersonId, kind: Kind, effective_on: NaiveDate) -> Option<Going> {
    let (from, takes) = match kind {
        Kind::Retirement => (effective_on.succ_opt()?, Takes::All),
        Kind::Transfer => (effective_on, Takes::Main),
        kind if kind.suspends() => (effective_on, Takes::Presence),
        _ => return None,
    };
    Some(Going { person, from, takes })
}

/// How an entry ended.
#[derive(Debug)]
pub enum Entered {
    /// it stands
    Done(uuid::Uuid),
    /// the rules say no, at this field
    Mend(&'static str, Message),
}

/// As what a transfer brings somebody somewhere: in the line of a section. Whatever weighs more is given by an appointment of its
/// own, with the password.
pub const LINE: [Tier; 2] = [Tier::Staff, Tier::Manager];

/// So many days lie between the entry and the day at most: beyond it is a slip of the pen.
const MOST_DAYS: i64 = 366;

/// What the rules about an entry ask.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// today
    pub today: NaiveDate,
    /// the section of the person
    pub from: Option<DepartmentId>,
    /// whoever enters it is the person
    pub own: bool,
}

/// Why an entry is refused, as far as it can be told without the register.
#[must_use]
pub fn refusal(new: &NewMovement, facts: &Facts) -> Option<(&'static str, Message)> {
    let Facts { today, from, own } = *facts;
    if own {
        return Some(("person", Message::new("movements-refused-own")));
    }
    if (new.effective_on - today).num_days().abs() > MOST_DAYS {
        return Some(("effective_on", Message::new("movements-refused-far")));
    }
    if from.is_none() {
        return Some(("person", Message::new("movements-refused-no-section")));
    }
    match (&new.to, new.kind) {
        (None, Kind::Transfer) => Some(("to_department", Message::new("movements-refused-to"))),
        (Some(to), Kind::Transfer) if to.tier.is_none() => Some(("to_tier", Message::new("movements-refused-to"))),
        (Some(to), Kind::Transfer) if Some(to.department) == from => {
            Some(("to_department", Message::new("movements-refused-same")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: &str) -> NaiveDate {
        day.parse().unwrap()
    }

    #[test]
    fn leave_asks_nothing_of_the_manager_and_stops_signing_in() {
        for kind in Kind::ENTERED {
            assert_eq!(Kind::from_key(kind.key()), Some(kind));
            assert!(kind.operation().is_none() || !matches!(kind, Kind::Leave | Kind::Maternity | Kind::Childcare));
        }
        assert!(Kind::Leave.suspends() && Kind::Secondment.suspends() && !Kind::Return.suspends());
        assert_eq!(Kind::Retirement.operation(), Some(Operation::Stop));
        assert_eq!(Kind::from_key(Kind::Expiry.key()), None);
    }

    #[test]
    fn a_transfer_leads_somewhere_else() {
        let section = DepartmentId(uuid::Uuid::from_u128(1));
        let place = |department| Place { department, tier: Some(Tier::Staff), title: String::new() };
        let new = |to| NewMovement {
            person: PersonId(uuid::Uuid::from_u128(9)),
            kind: Kind::Transfer,
            effective_on: day("2026-04-10"),
            to,
            source: Source::Entered,
        };
        let facts = |own| Facts { today: day("2026-04-01"), from: Some(section), own };
        let refused = |to| refusal(&new(to), &facts(false)).map(|(field, _)| field);
        assert_eq!(refused(None), Some("to_department"));
        assert_eq!(refused(Some(place(section))), Some("to_department"));
        let elsewhere = || Some(place(DepartmentId(uuid::Uuid::from_u128(2))));
        assert_eq!(refused(elsewhere()), None);
        assert_eq!(refused(Some(Place { tier: None, ..elsewhere().unwrap() })), Some("to_tier"));
        assert_eq!(refusal(&new(elsewhere()), &facts(true)).map(|(field, _)| field), Some("person"));
    }
}
