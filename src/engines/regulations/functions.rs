//! The register of functions (役割台帳) as the regulations in force and the posts of a day give it: holders, vacancies, and
//! whether somebody may hold a function that the text ties to a post (充て職).
use super::adopted::{Adopted, InForce, Role as Standing};
use super::binding::{Function, VacancyNotice};
use crate::kernel::access::{Tier, Viewer};
use crate::kernel::error::Result;
use crate::kernel::ids::{PersonId, PostId};
use crate::people::posts::{self, Term};
use crate::web::locale::Words;
use crate::web::shell::{Banner, Tone};
use chrono::NaiveDate;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A function of one of the regulations in force. Several texts may name the same people, each by a title of its own.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// the regulation that names it
    pub of: &'a Adopted,
    pub function: &'a Function,
    /// By which function it is given, where a regulation before this one names the holders of the tier: the same people hold
    /// both (同じ立場の人が務める), and nobody gets round that text's rules.
    pub follows: Option<(&'a Adopted, &'a Function)>,
}

impl Named<'_> {
    /// Its page: by its name, and for a regulation followed besides by that text's too, since names are a text's own.
    #[must_use]
    pub fn address(&self) -> String {
        address(self.of, self.function)
    }
}

/// The page of a function.
#[must_use]
pub fn address(of: &Adopted, function: &Function) -> String {
    match of.role {
        Standing::Operating => format!("/functions/{}", function.key),
        Standing::Tracked => format!("/functions/{}.{}", of.key(), function.key),
    }
}

/// All functions of the regulations in force, in the order of each text, the operating one's first.
#[must_use]
pub fn named(in_force: &InForce) -> Vec<Named<'_>> {
    let mut all: Vec<Named<'_>> = Vec::new();
    for adopted in in_force.iter() {
        let before = all.clone();
        let earlier = |tier: Tier| before.iter().find(|one| one.function.tier == tier);
        all.extend(adopted.binding().functions.iter().map(|function| Named {
            of: adopted,
            function,
            follows: earlier(function.tier).map(|one| (one.of, one.function)),
        }));
    }
    all
}

/// Tiers that nobody holds but as one of these functions: those beyond the line of staff and their managers, whose posts come
/// with a transfer.
#[must_use]
pub fn only_registered(in_force: &InForce) -> Vec<Tier> {
    let tiers: BTreeSet<Tier> = named(in_force).iter().map(|one| one.function.tier).collect();
    tiers.into_iter().filter(|tier| !matches!(tier, Tier::Staff | Tier::Manager)).collect()
}

/// A function with everybody who held it, holds it or will hold it; the latest first.
#[derive(Debug, Clone)]
pub struct Role<'a> {
    pub named: Named<'a>,
    pub function: &'a Function,
    pub terms: Vec<Term>,
}

impl Role<'_> {
    /// Who holds it on a day: each person of a section once, also where an account of an administrator's own bears the post
    /// besides.
    pub fn holders(&self, on: NaiveDate) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(move |term| term.on(on) && self.speaks_for(term, on))
    }

    /// Of several posts of one person on a day, the one that is shown: their own before that of an account of theirs.
    fn speaks_for(&self, term: &Term, on: NaiveDate) -> bool {
        let one = |other: &&Term| other.natural == term.natural && other.post.department == term.post.department;
        let same = self.terms.iter().filter(|other| one(other) && other.on(on));
        let shown = same.min_by_key(|other| (other.post.person != other.natural, other.post.from));
        shown.is_some_and(|shown| shown.post.id == term.post.id)
    }

    /// Somebody should hold it and nobody does.
    #[must_use]
    pub fn is_unfilled(&self, on: NaiveDate) -> bool {
        self.function.required && self.holders(on).next().is_none()
    }

    /// Somebody should act in it and nobody does: it is unfilled, or all who hold it are on leave and nobody stands in.
    #[must_use]
    pub fn is_vacant(&self, on: NaiveDate) -> bool {
        self.function.required && !self.holders(on).any(Term::attended)
    }
}

/// A post given for the function is the function's. One that names none is, where the text ties the function to a post
/// (充て職), if it is that post; and otherwise, where the tier has no other function. So is one that names a function of
/// another text, where that text names the holders.
fn fills(named: &Named<'_>, term: &Term) -> bool {
    let (functions, function) = (&named.of.binding().functions, named.function);
    if term.post.tier != function.tier {
        return false;
    }
    let says = |name: &str, function: &Function| name == function.key || name == function.title.ja;
    let own = |name: &&str| named.follows.is_none() || functions.iter().any(|function| says(name, function));
    match (term.post.function.as_deref().filter(own), function.ex_officio.as_deref()) {
        (Some(name), _) => says(name, function),
        (None, Some(post)) => term.bears(post),
        (None, None) => functions.iter().filter(|other| other.tier == function.tier).count() == 1,
    }
}

/// All functions of the regulations in force with their holders.
pub async fn roles<'a>(conn: &mut PgConnection, in_force: &'a InForce, on: NaiveDate) -> Result<Vec<Role<'a>>> {
    let all = named(in_force);
    let mut tiers: Vec<Tier> = all.iter().map(|one| one.function.tier).collect();
    tiers.sort_unstable();
    tiers.dedup();
    let terms = posts::terms(conn, &tiers, on).await?;
    let role = |named: Named<'a>| {
        let terms = terms.iter().filter(|term| fills(&named, term)).cloned().collect();
        Role { named, function: named.function, terms }
    };
    Ok(all.into_iter().map(role).collect())
}

/// What somebody is told because functions are vacant.
#[derive(Debug)]
pub enum Told<'a> {
    /// Nobody is appointed to these: the regulation's own words.
    Unfilled(&'a VacancyNotice, Vec<&'a Function>),
    /// All who hold these are on leave, of which the texts say nothing.
    Away(Vec<&'a Function>),
}

/// What this person is told today because a function is vacant: by each regulation in its own words, and once of all whose
/// holders are on leave.
pub async fn notices<'a>(
    conn: &mut PgConnection,
    in_force: &'a InForce,
    viewer: &Viewer,
    on: NaiveDate,
) -> Result<Vec<Told<'a>>> {
    let mine = |notice: &&VacancyNotice| notice.to.iter().any(|tier| viewer.holds(*tier));
    let of = |adopted: &'a Arc<Adopted>| {
        adopted.binding().vacancies.iter().filter(mine).map(move |notice| (adopted.key(), notice))
    };
    let theirs: Vec<(&str, &VacancyNotice)> = in_force.iter().flat_map(of).collect();
    if theirs.is_empty() {
        return Ok(Vec::new());
    }
    let roles = roles(conn, in_force, on).await?;
    let (mut told, mut away) = (Vec::new(), Vec::new());
    for (regulation, notice) in theirs {
        let concerned =
            |role: &&Role<'_>| role.named.of.key() == regulation && notice.functions.contains(&role.function.key);
        let vacant = roles.iter().filter(concerned).filter(|role| role.is_vacant(on));
        let (unfilled, left): (Vec<&Role<'_>>, Vec<&Role<'_>>) = vacant.partition(|role| role.is_unfilled(on));
        if !unfilled.is_empty() {
            told.push(Told::Unfilled(notice, unfilled.into_iter().map(|role| role.function).collect()));
        }
        away.extend(left.into_iter().map(|role| role.function));
    }
    told.extend((!away.is_empty()).then_some(Told::Away(away)));
    Ok(told)
}

/// The warning, with the names of the functions.
#[must_use]
pub fn banner(w: Words, told: &Told<'_>) -> Banner {
    let code = w.lang().code();
    let (title, key, functions) = match told {
        Told::Unfilled(notice, functions) => {
            (notice.words.in_language(code).to_owned(), "functions-vacant-names", functions)
        }
        Told::Away(functions) => (w.t("functions-away-title").into_owned(), "functions-away-names", functions),
    };
    let names: Vec<&str> = functions.iter().map(|function| function.title.in_language(code)).collect();
    Banner::new(Tone::Bad, title).body(w.t1(key, "names", names.join(&w.t("web-list-comma"))))
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
