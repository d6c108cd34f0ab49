//! 空席になる役割: what somebody's going (退職, 異動, 休職 …) leaves without a holder, told before it is entered and until its day.
use chrono::NaiveDate;

use super::functions::Role;
use crate::kernel::access::Tier;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::people::posts::Term;
use crate::web::dates::Dates;
use crate::web::locale::Words;
use crate::web::shell::Link;

/// Somebody goes.
#[derive(Debug, Clone, Copy)]
pub struct Going {
    /// the natural person
    pub person: PersonId,
    /// the first day on which they are gone
    pub from: NaiveDate,
    /// what of theirs it takes
    pub takes: Takes,
}

/// What somebody's going takes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// every post (退職)
    All,
    /// the main post and what rests on it (異動)
    Main,
    /// none of them, but nobody acts in them unless somebody stands in (休職, 産休, 育休, 出向)
    Presence,
}

/// A function that nobody would act in.
#[derive(Debug, Clone, Copy)]
pub struct Vacated<'r, 'a> {
    pub role: &'r Role<'a>,
    /// the section, where each has a holder of its own
    pub section: Option<&'r Term>,
}

impl Going {
    fn takes(&self, term: &Term) -> bool {
        term.natural == self.person
            && match self.takes {
                Takes::All => true,
                Takes::Main => term.post.main || term.rests_on_main,
                Takes::Presence => term.stand_in.is_none(),
            }
    }
}

/// What is left vacant, each once, in the order of the register. What was vacant before is not, and what the same people hold by
/// a text before stands with that.
#[must_use]
pub fn vacated<'r, 'a>(roles: &'r [Role<'a>], going: &Going) -> Vec<Vacated<'r, 'a>> {
    let mut left: Vec<Vacated<'r, 'a>> = Vec::new();
    let before = going.from.pred_opt().unwrap_or(going.from);
    for role in roles.iter().filter(|role| role.function.required && role.named.follows.is_none()) {
        let sectional = role.function.tier == Tier::Manager;
        let lost = role.terms.iter().filter(|term| term.attended() && term.on(before) && going.takes(term));
        for term in lost {
            let there = |other: &Term| {
                other.attended()
                    && other.on(going.from)
                    && !going.takes(other)
                    && (!sectional || other.post.department == term.post.department)
            };
            let section = sectional.then_some(term);
            let place = |one: &Vacated<'_, '_>| one.section.map(|term| term.post.department);
            let known = left.iter().any(|one| {
                std::ptr::eq(one.role, role) && place(one) == section.map(|term: &Term| term.post.department)
            });
            if !known && !role.terms.iter().any(there) {
                left.push(Vacated { role, section });
            }
        }
    }
    left
}

impl Vacated<'_, '_> {
    /// What tells it from others.
    #[must_use]
    pub fn key(&self) -> String {
        let section: Option<DepartmentId> = self.section.map(|term| term.post.department);
        let section = section.map(|id| format!("@{id}")).unwrap_or_default();
        format!("{}.{}{section}", self.role.named.of.key(), self.role.function.key)
    }

    /// 「情報システム管理者：令和8年5月1日(金)から空席になります。…」, with the way to its page.
    #[must_use]
    pub fn words(&self, w: Words, dates: &Dates, from: NaiveDate) -> (Link, String) {
        let function = self.role.function;
        let name = function.title.in_language(w.lang().code());
        let name = match self.section {
            Some(term) => w.t2("functions-who", "name", name, "department", &term.post.department_name).into_owned(),
            None => name.to_owned(),
        };
        let day = w.t1("functions-vacant-from", "from", dates.long(from));
        let successor = match &function.ex_officio {
            Some(post) => w.t1("functions-successor-post", "post", post),
            None if self.section.is_some() => w.t("functions-successor-section"),
            None => w.t("functions-successor"),
        };
        (Link::new(self.role.named.address(), name), format!("{day}{successor}"))
    }
}
