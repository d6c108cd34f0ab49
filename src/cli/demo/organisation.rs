//! What a demo's organisation is made of, as plain data: departments with their seats, systems with their rights, those who
//! join, and the words with which its people apply. Each organisation is a file in `organisations`.
use super::organisations::{city, company, cooperative, union};
use crate::features::systems::model::Importance;
use crate::kernel::access::Tier;

/// A fictional organisation under one of the regulations.
#[derive(Debug)]
pub struct Organisation {
    /// the key of the regulation under which it works
    pub regulation: &'static str,
    /// the name that it goes by
    pub name: &'static str,
    /// whom its people ask
    pub help: &'static str,
    /// what stands behind the @ of its people
    pub mail: &'static str,
    /// its departments, those above before those below
    pub departments: &'static [Department],
    /// its information systems; the first is the portal itself
    pub systems: &'static [System],
    /// the code of the department in which the scenes play, and from which the printed logins of clerk and manager are
    pub desk: &'static str,
    /// the code of the department in which somebody gets locked out
    pub locked: &'static str,
    /// 兼務: the head of one department holds a second post in another
    pub second_post: SecondPost,
    /// functions that the holder of a seat has besides it
    pub functions: &'static [Functions],
    /// who joins in the course of the year, and gets an account on the portal through a request
    pub newcomer: Newcomer,
    /// who joined last and has no sign-in yet: two of them in the department of the scenes
    pub starters: [Newcomer; 6],
    /// 職員番号 of the one of them whose account on another system is set up: only a signed slip can say it was received
    pub by_slip: &'static str,
    /// 職員番号 of the one whose account on the portal is approved and waits to be opened
    pub to_open: &'static str,
    /// why people apply
    pub reasons: &'static [&'static str],
}

/// 部署
#[derive(Debug)]
pub struct Department {
    /// 部署コード
    pub code: &'static str,
    /// its name
    pub name: &'static str,
    /// よみ
    pub reading: &'static str,
    /// the code of the department above, empty at the top
    pub parent: &'static str,
    /// how many people work here, those with a seat included
    pub people: usize,
    /// those whom the regulation names
    pub seats: &'static [Seat],
}

/// Somebody whom the regulation names (職): tier, 職名, named function.
#[derive(Debug, Clone, Copy)]
pub struct Seat(pub Tier, pub &'static str, pub Option<&'static str>);

/// 情報システム
#[derive(Debug)]
pub struct System {
    /// its code
    pub code: &'static str,
    /// its name
    pub name: &'static str,
    /// よみ
    pub reading: &'static str,
    /// what it is for
    pub purpose: &'static str,
    /// the code of the department that owns it (所管課)
    pub owner: &'static str,
    /// how important it is
    pub importance: Importance,
    /// has it a second factor
    pub two_factor: bool,
    /// its rights: standard, beyond the standard, privileged, as many as it has
    pub rights: &'static [&'static str],
}

/// 兼務 of the manager of a department.
#[derive(Debug)]
pub struct SecondPost {
    /// the code of the manager's own department
    pub of: &'static str,
    /// the code of the department of the second post
    pub at: &'static str,
    /// what the second post is
    pub seat: Seat,
}

/// Functions that one person holds beside their seat, each a post of its own.
#[derive(Debug)]
pub struct Functions {
    /// the code of the department of the seat
    pub of: &'static str,
    /// its tier, which is that of the functions
    pub tier: Tier,
    /// its 職名
    pub title: &'static str,
    /// the functions as the regulation's binding names them
    pub keys: &'static [&'static str],
}

/// Somebody who joins later.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer {
    /// 職員番号
    pub number: &'static str,
    /// 姓 and its reading
    pub family: (&'static str, &'static str),
    /// 名 and its reading
    pub given: (&'static str, &'static str),
    /// the department's code
    pub section: &'static str,
    /// permanent, fixed_term …
    pub employment: &'static str,
    /// how long somebody stays who is not permanent, in days
    pub days: Option<i64>,
}

/// Somebody who is employed for good.
pub const fn stays(
    number: &'static str,
    family: (&'static str, &'static str),
    given: (&'static str, &'static str),
    section: &'static str,
) -> Newcomer {
    Newcomer { number, family, given, section, employment: "permanent", days: None }
}

/// Somebody who stays for half a year.
pub const fn for_half_a_year(who: Newcomer) -> Newcomer {
    Newcomer { employment: "fixed_term", days: Some(180), ..who }
}

/// A department with its seats.
pub const fn department(
    code: &'static str,
    name: &'static str,
    reading: &'static str,
    parent: &'static str,
    people: usize,
    seats: &'static [Seat],
) -> Department {
    Department { code, name, reading, parent, people, seats }
}

/// All organisations of which there is a demo.
pub const ALL: [&Organisation; 4] = [&company::AONO, &cooperative::MIDORINO, &union::CHUO, &city::SHIOMI];

/// The one under this regulation.
#[must_use]
pub fn under(regulation: &str) -> Option<&'static Organisation> {
    ALL.into_iter().find(|organisation| organisation.regulation == regulation)
}
