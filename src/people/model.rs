//! The words and rules of departments, persons, posts and stand-ins.
use chrono::NaiveDate;

use crate::id;
use crate::kernel::access::Tier;
use crate::kernel::error::Message;
use crate::kernel::ids::{DepartmentId, PersonId, PostId};

id!(
    /// 代理
    StandInId,
    /// 代理の申出
    ProposalId,
);

/// 雇用の種別
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Employment {
    /// 正職員・正社員
    Permanent,
    /// 任期付・契約
    FixedTerm,
    /// パート・アルバイト
    PartTime,
    /// 派遣
    Temporary,
    /// 委託先の要員
    Contractor,
}

impl Employment {
    /// All kinds, in the order of forms.
    pub const ALL: [Self; 5] = [Self::Permanent, Self::FixedTerm, Self::PartTime, Self::Temporary, Self::Contractor];

    /// The neutral key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Permanent => "permanent",
            Self::FixedTerm => "fixed_term",
            Self::PartTime => "part_time",
            Self::Temporary => "temporary",
            Self::Contractor => "contractor",
        }
    }

    /// The kind with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// 正職員以外: an account of theirs needs an end date.
    #[must_use]
    pub fn ends(self) -> bool {
        self != Self::Permanent
    }
}

/// 部署, as a list or a tree shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// its id
    pub id: DepartmentId,
    /// 部署コード
    pub code: String,
    /// its name
    pub name: String,
    /// the department above
    pub parent: Option<DepartmentId>,
    /// from the top: 0
    pub depth: i32,
    /// persons whose main post is here today
    pub persons: i64,
    /// holders of its manager's post today
    pub managers: Option<String>,
    /// from when
    pub valid_from: NaiveDate,
    /// until before
    pub valid_to: Option<NaiveDate>,
}

/// 職員・従業員
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// the id
    pub id: PersonId,
    /// 職員番号・社員番号, text
    pub employee_no: String,
    /// 姓
    pub family_name: String,
    /// 名
    pub given_name: String,
    /// よみ
    pub reading: String,
    /// mail address
    pub mail: Option<String>,
    /// kind of employment
    pub employment: Employment,
    /// the ordinary account behind an administrator's account
    pub owner: Option<PersonId>,
    /// 入社日
    pub joined_on: NaiveDate,
    /// 退職日
    pub left_on: Option<NaiveDate>,
    /// for stale edits
    pub version: i32,
}

impl Person {
    /// 姓 名
    #[must_use]
    pub fn name(&self) -> String {
        full_name(&self.family_name, &self.given_name)
    }
}

/// 姓 名, with one space.
#[must_use]
pub fn full_name(family: &str, given: &str) -> String {
    format!("{family} {given}").trim().to_owned()
}

/// One found person, no more than a picker may tell.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Found {
    /// the id
    pub id: PersonId,
    /// 職員番号
    pub employee_no: String,
    /// 姓 名
    pub name: String,
    /// department of the main post today
    pub department: Option<DepartmentId>,
    /// its name
    pub department_name: String,
    /// 主任 and the like
    pub title: String,
    /// needs an end date on an account
    pub employment: Employment,
}

/// A post as the person's page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// the id
    pub id: PostId,
    /// who
    pub person: PersonId,
    /// 姓 名
    pub person_name: String,
    /// where
    pub department: DepartmentId,
    /// its name
    pub department_name: String,
    /// what
    pub tier: Tier,
    /// named function (サーバ管理者 …)
    pub function: Option<String>,
    /// 主任 and the like
    pub title: String,
    /// 本務
    pub main: bool,
    /// from
    pub from: NaiveDate,
    /// until before
    pub until: Option<NaiveDate>,
}

/// 代理: somebody who stands in for a post's holder for some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// the id
    pub id: StandInId,
    /// the post
    pub post: PostId,
    /// the post's tier
    pub tier: Tier,
    /// the post's department
    pub department_name: String,
    /// the holder
    pub holder: PersonId,
    /// their name
    pub holder_name: String,
    /// the stand-in
    pub person: PersonId,
    /// their name
    pub person_name: String,
    /// first day
    pub from: NaiveDate,
    /// last day
    pub last: NaiveDate,
    /// why
    pub reason: String,
    /// ended early
    pub ended: bool,
}

/// Who holds a post on a day, and who stands in for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// who
    pub person: PersonId,
    /// the natural person behind them
    pub natural: PersonId,
    /// 姓 名
    pub name: String,
    /// the post
    pub post: PostId,
    /// its department
    pub department: DepartmentId,
    /// its name
    pub department_name: String,
    /// 課長 and the like
    pub title: String,
    /// steps up the department tree from where one asked (0 = that department)
    pub distance: i32,
    /// today's stand-in
    pub stand_in: Option<Deputy>,
}

/// The stand-in of a holder on that day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deputy {
    /// who
    pub person: PersonId,
    /// the natural person behind them
    pub natural: PersonId,
    /// 姓 名
    pub name: String,
    /// last day
    pub last: NaiveDate,
}

/// The longest stand-in, in days.
pub const STAND_IN_DAYS: i64 = 31;

/// What the office wants to enter as a stand-in, with what the rules ask about.
#[derive(Debug, Clone)]
pub struct StandInWish {
    /// the post's tier
    pub tier: Tier,
    /// the holder's natural person
    pub holder: PersonId,
    /// the stand-in's natural person
    pub person: PersonId,
    /// first day
    pub from: NaiveDate,
    /// last day
    pub last: NaiveDate,
    /// the post ends before this day
    pub post_until: Option<NaiveDate>,
    /// today
    pub today: NaiveDate,
    /// work on the post grants rights: it is not handed on
    pub grants_rights: bool,
    /// somebody else already stands in on one of these days
    pub taken: bool,
    /// the stand-in has handed a post of their own to somebody on one of these days, or the holder stands in for
    /// somebody through this very post
    pub chained: bool,
    /// the stand-in works for the organisation from outside (委託先・派遣元の人)
    pub outsider: bool,
    /// the one who enters it
    pub entered_by: Option<PersonId>,
}

impl StandInWish {
    /// Where the rules say no, in words, with the field they are about.
    #[must_use]
    pub fn refusal(&self) -> Option<(&'static str, Message)> {
        let days = (self.last - self.from).num_days() + 1;
        let no = |field, key: &'static str| Some((field, Message::new(key)));
        if self.grants_rights {
            return no("post", "stand-in-refused-grants-rights");
        }
        if self.person == self.holder {
            return no("person", "stand-in-refused-self");
        }
        // what a post of the organisation may see and decide stays with its own people
        if self.outsider && self.tier != Tier::Vendor {
            return no("person", "stand-in-refused-outsider");
        }
        // whoever grants a right does not receive it
        if self.entered_by == Some(self.person) {
            return no("person", "stand-in-refused-enterer");
        }
        if self.last < self.from {
            return no("last", "stand-in-refused-order");
        }
        if self.last < self.today {
            return no("last", "stand-in-refused-past");
        }
        // who could read and decide on a day that is over stays as it was
        if self.from < self.today {
            return no("from", "stand-in-refused-begun");
        }
        if days > STAND_IN_DAYS {
            return Some(("last", Message::new("stand-in-refused-long").with("days", STAND_IN_DAYS)));
        }
        if self.post_until.is_some_and(|until| self.last >= until) {
            return no("last", "stand-in-refused-post-ends");
        }
        if self.taken {
            return no("person", "stand-in-refused-taken");
        }
        if self.chained {
            return no("person", "stand-in-refused-chain");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn person(n: u128) -> PersonId {
        PersonId(uuid::Uuid::from_u128(n))
    }

    fn wish() -> StandInWish {
        StandInWish {
            tier: Tier::Manager,
            holder: person(1),
            person: person(2),
            from: day("2026-04-01"),
            last: day("2026-05-01"),
            post_until: None,
            today: day("2026-04-01"),
            grants_rights: false,
            taken: false,
            chained: false,
            outsider: false,
            entered_by: Some(person(3)),
        }
    }

    fn words(wish: &StandInWish) -> Option<String> {
        wish.refusal().map(|(_, message)| message.key.into_owned())
    }

    #[test]
    fn a_stand_in_may_last_thirty_one_days_and_no_longer() {
        assert_eq!(words(&wish()), None);
        let longer = StandInWish { last: day("2026-05-02"), ..wish() };
        assert_eq!(words(&longer).as_deref(), Some("stand-in-refused-long"));
    }

    #[test]
    fn nobody_stands_in_for_themselves_or_enters_themselves() {
        assert_eq!(words(&StandInWish { person: person(1), ..wish() }).as_deref(), Some("stand-in-refused-self"));
        assert_eq!(words(&StandInWish { person: person(3), ..wish() }).as_deref(), Some("stand-in-refused-enterer"));
    }

    #[test]
    fn an_outsider_stands_in_for_nobody_of_the_organisation() {
        let outsider = StandInWish { outsider: true, ..wish() };
        assert_eq!(words(&outsider).as_deref(), Some("stand-in-refused-outsider"));
        assert_eq!(words(&StandInWish { tier: Tier::Vendor, ..outsider }), None, "for one of their own they may");
    }

    #[test]
    fn the_administrators_post_is_not_handed_to_a_stand_in() {
        let sysadmin = StandInWish { tier: Tier::Sysadmin, grants_rights: true, ..wish() };
        assert_eq!(words(&sysadmin).as_deref(), Some("stand-in-refused-grants-rights"));
    }

    #[test]
    fn a_stand_in_ends_with_the_post_is_alone_and_hands_nothing_on() {
        let past_post = StandInWish { post_until: Some(day("2026-05-01")), ..wish() };
        assert_eq!(words(&past_post).as_deref(), Some("stand-in-refused-post-ends"));
        assert_eq!(words(&StandInWish { taken: true, ..wish() }).as_deref(), Some("stand-in-refused-taken"));
        assert_eq!(words(&StandInWish { chained: true, ..wish() }).as_deref(), Some("stand-in-refused-chain"));
    }

    #[test]
    fn days_in_the_past_or_turned_round_are_refused() {
        let turned = StandInWish { last: day("2026-03-31"), ..wish() };
        assert_eq!(words(&turned).as_deref(), Some("stand-in-refused-order"));
        let past = StandInWish { today: day("2026-06-01"), ..wish() };
        assert_eq!(words(&past).as_deref(), Some("stand-in-refused-past"));
        let begun = StandInWish { today: day("2026-04-02"), ..wish() };
        assert_eq!(words(&begun).as_deref(), Some("stand-in-refused-begun"));
    }
}
