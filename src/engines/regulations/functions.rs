//! The register of functions (役割台帳) as the adopted regulation and the posts of a day give it: holders, vacancies, and
//! whether somebody may hold a function that the text ties to a post (充て職).
use super::adopted::Adopted;
use super::binding::{Function, VacancyNotice};
use crate::kernel::access::{Tier, Viewer};
use crate::kernel::error::Result;
use crate::kernel::ids::{PersonId, PostId};
use crate::people::posts::{self, Term};
use crate::web::locale::Words;
use crate::web::shell::{Banner, Tone};
use chrono::NaiveDate;
use sqlx::PgConnection;

/// A function with everybody who held it, holds it or will hold it; the latest first.
#[derive(Debug, Clone)]
pub struct Role<'a> {
    pub function: &'a Function,
    pub terms: Vec<Term>,
}

impl Role<'_> {
    /// Who holds it on a day.
    pub fn holders(&self, on: NaiveDate) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(move |term| term.on(on))
    }

    /// Somebody should hold it and nobody does.
    #[must_use]
    pub fn is_vacant(&self, on: NaiveDate) -> bool {
        self.function.required && self.holders(on).next().is_none()
    }
}

/// A post given for the function is the function's. One that names none is, where the text ties the function to a post
/// (充て職), if it is that post; and otherwise, where the tier has no other function.
fn fills(functions: &[Function], function: &Function, term: &Term) -> bool {
    if term.post.tier != function.tier {
        return false;
    }
    match (term.post.function.as_deref(), function.ex_officio.as_deref()) {
        (Some(name), _) => name == function.key || name == function.title.ja,
        (None, Some(post)) => term.bears(post),
        (None, None) => functions.iter().filter(|other| other.tier == function.tier).count() == 1,
    }
}

/// All functions of the regulation, in the order of the text.
pub async fn roles<'a>(conn: &mut PgConnection, adopted: &'a Adopted, on: NaiveDate) -> Result<Vec<Role<'a>>> {
    let functions = &adopted.binding().functions;
    let mut tiers: Vec<Tier> = functions.iter().map(|function| function.tier).collect();
    tiers.sort_unstable();
    tiers.dedup();
    let terms = posts::terms(conn, &tiers, on).await?;
    let role = |function: &'a Function| {
        let terms = terms.iter().filter(|term| fills(functions, function, term)).cloned().collect();
        Role { function, terms }
    };
    Ok(functions.iter().map(role).collect())
}

/// What this person is told today because a function is vacant.
pub async fn notices<'a>(
    conn: &mut PgConnection,
    adopted: &'a Adopted,
    viewer: &Viewer,
    on: NaiveDate,
) -> Result<Vec<(&'a VacancyNotice, Vec<&'a Function>)>> {
    let mine = |notice: &&VacancyNotice| notice.to.iter().any(|tier| viewer.holds(*tier));
    let told: Vec<&VacancyNotice> = adopted.binding().vacancies.iter().filter(mine).collect();
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let roles = roles(conn, adopted, on).await?;
    let vacant = |notice: &'a VacancyNotice| {
        let empty: Vec<&Function> = roles
            .iter()
            .filter(|role| notice.functions.contains(&role.function.key) && role.is_vacant(on))
            .map(|role| role.function)
            .collect();
        (!empty.is_empty()).then_some((notice, empty))
    };
    Ok(told.into_iter().filter_map(vacant).collect())
}

/// What the clause wants said, with the names of the vacant functions.
#[must_use]
pub fn banner(w: Words, notice: &VacancyNotice, vacant: &[&Function]) -> Banner {
    let names: Vec<&str> = vacant.iter().map(|function| function.title.in_language(w.lang().code())).collect();
    Banner::new(Tone::Bad, notice.words.in_language(w.lang().code())).body(w.t1(
        "functions-vacant-names",
        "names",
        names.join(&w.t("web-list-comma")),
    ))
}

/// How somebody may hold a function from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fitness {
    /// The text ties it to no post.
    Free,
    /// They hold the post, until that day at the latest.
    ByPost(PostId, Option<NaiveDate>),
    /// The text ties it to a post that they do not hold.
    Unfit,
}

/// May this person hold it, by the clause's own word?
pub async fn fitness(
    conn: &mut PgConnection,
    function: &Function,
    person: PersonId,
    from: NaiveDate,
) -> Result<Fitness> {
    let Some(name) = function.ex_officio.as_deref() else { return Ok(Fitness::Free) };
    let found = posts::bearing(conn, person, name, from).await?;
    Ok(found.map_or(Fitness::Unfit, |(post, last)| Fitness::ByPost(post, last)))
}

/// The functions that a plain post of this tier would fill; tied to a post, they are given in the register only.
#[must_use]
pub fn of_tier(adopted: &Adopted, tier: Tier) -> Vec<&Function> {
    adopted.binding().functions.iter().filter(|function| function.tier == tier).collect()
}
