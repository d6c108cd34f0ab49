//! The people of a demo's organisation, made with the same actions that set-up and imports use. Drawn from a fixed seed, so
//! that every demo is the same.
use chrono::NaiveDate;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::names::{FAMILIES, GIVEN};
use super::organisation::{Department, Organisation, Seat};
use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::kernel::work::Work;
use crate::people::roster::{NewDepartment, NewPerson, NewPost, add_department, add_person, appoint, set_telephone};

/// One of the organisation's people.
#[derive(Debug, Clone)]
pub struct Member {
    /// who
    pub id: PersonId,
    /// where
    pub department: DepartmentId,
    /// as what
    pub tier: Tier,
    /// 職員番号, which is also the name they sign in with
    pub number: String,
    /// 姓 名
    pub name: String,
    /// permanent, part_time …
    pub employment: &'static str,
    /// the main post
    pub post: PostId,
}

/// The organisation as it stands.
#[derive(Debug, Clone)]
pub struct Company {
    /// what it is made of
    pub plan: &'static Organisation,
    /// everybody
    pub members: Vec<Member>,
    /// departments: id, code
    departments: Vec<(DepartmentId, &'static str)>,
}

impl Company {
    /// Those of a tier.
    pub fn of(&self, tier: Tier) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.tier == tier)
    }

    /// The manager of a department.
    #[must_use]
    pub fn manager(&self, department: DepartmentId) -> Option<&Member> {
        self.of(Tier::Manager).find(|member| member.department == department)
    }

    /// The department with this code.
    #[must_use]
    pub fn coded(&self, code: &str) -> Option<DepartmentId> {
        self.departments.iter().find(|(_, found)| *found == code).map(|(id, _)| *id)
    }

    /// The place of somebody in the list of members.
    #[must_use]
    pub fn place(&self, person: PersonId) -> Option<usize> {
        self.members.iter().position(|member| member.id == person)
    }
}

/// The seed of everything that is drawn in the demo.
#[must_use]
pub fn dice() -> StdRng {
    StdRng::seed_from_u64(0x6d61_6d6f_7269)
}

/// One of a list.
pub fn pick<'a, T>(dice: &mut StdRng, list: &'a [T]) -> &'a T {
    &list[dice.random_range(0..list.len())]
}

/// Founds the organisation: departments first, then people, each department in one transaction.
pub async fn found(app: &App, plan: &'static Organisation, from: NaiveDate) -> Result<Company> {
    let mut dice = dice();
    let mut company = Company { plan, members: Vec::new(), departments: departments(app, plan, from).await? };
    for department in plan.departments {
        let Some(id) = company.coded(department.code) else { continue };
        let seats = seats(department);
        let serials = company.members.len()..company.members.len() + seats.len();
        let drafts: Vec<Draft> = serials.zip(seats).map(|(at, seat)| draft(&mut dice, plan, at, seat)).collect();
        let members =
            app.change(&Actor::portal(), async |work: &mut Work| people(work, plan, id, &drafts, from).await).await?;
        company.members.extend(members);
    }
    second_post(app, &company, from).await?;
    functions(app, &company, from).await?;
    Ok(company)
}

/// 兼務
async fn second_post(app: &App, company: &Company, from: NaiveDate) -> Result<()> {
    let second = &company.plan.second_post;
    let head = company.coded(second.of).and_then(|department| company.manager(department));
    let (Some(head), Some(department)) = (head, company.coded(second.at)) else { return Ok(()) };
    let Seat(tier, title, function) = second.seat;
    let post = NewPost { person: head.id, department, tier, function, title, main: false, from };
    app.change(&Actor::portal(), async |work: &mut Work| appoint(work, &post).await.map(drop)).await
}

/// One person, several functions.
async fn functions(app: &App, company: &Company, from: NaiveDate) -> Result<()> {
    for held in company.plan.functions {
        let Some(department) = company.coded(held.of) else { continue };
        let Some(holder) = company.of(held.tier).find(|member| member.department == department) else { continue };
        app.change(&Actor::portal(), async |work: &mut Work| {
            for key in held.keys {
                let (person, tier, title) = (holder.id, held.tier, held.title);
                let post = NewPost { person, department, tier, function: Some(key), title, main: false, from };
                appoint(work, &post).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

async fn departments(
    app: &App,
    plan: &'static Organisation,
    from: NaiveDate,
) -> Result<Vec<(DepartmentId, &'static str)>> {
    app.change(&Actor::portal(), async |work: &mut Work| {
        let mut made: Vec<(DepartmentId, &'static str)> = Vec::new();
        for Department { code, name, reading, parent, .. } in plan.departments {
            let parent = made.iter().find(|(_, found)| found == parent).map(|(id, _)| *id);
            let id = add_department(work, &NewDepartment { code, name, reading, parent, from }).await?;
            made.push((id, code));
        }
        Ok(made)
    })
    .await
}

struct Draft {
    number: String,
    family: (&'static str, &'static str),
    given: (&'static str, &'static str),
    employment: &'static str,
    seat: Seat,
}

/// Who sits in a department: those whom the regulation names, then clerks.
fn seats(department: &Department) -> Vec<Seat> {
    let titles = ["主任", "担当", "担当", "担当", ""];
    let clerks = department.people.saturating_sub(department.seats.len());
    let clerks = (0..clerks).map(|at| Seat(Tier::Staff, titles[at % titles.len()], None));
    department.seats.iter().copied().chain(clerks).collect()
}

/// The first 職員番号 of an organisation: its newcomers' numbers begin with the same two digits.
fn first_number(plan: &Organisation) -> usize {
    let prefix = plan.newcomer.number.get(..2).and_then(|digits| digits.parse().ok()).unwrap_or(2_usize);
    prefix * 10_000 + 1
}

fn draft(dice: &mut StdRng, plan: &Organisation, at: usize, seat: Seat) -> Draft {
    let employments =
        ["permanent", "permanent", "permanent", "permanent", "permanent", "part_time", "fixed_term", "temporary"];
    let employment = match seat.0 {
        Tier::Staff => *pick(dice, &employments),
        Tier::Vendor => "contractor",
        _ => "permanent",
    };
    Draft {
        number: format!("{:06}", first_number(plan) + at * 7),
        family: *pick(dice, &FAMILIES),
        given: *pick(dice, &GIVEN),
        employment,
        seat,
    }
}

async fn people(
    work: &mut Work,
    plan: &Organisation,
    department: DepartmentId,
    drafts: &[Draft],
    from: NaiveDate,
) -> Result<Vec<Member>> {
    let mut members = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let reading = format!("{} {}", draft.family.1, draft.given.1);
        let mail = format!("{}@{}", draft.number, plan.mail);
        let new = NewPerson {
            employee_no: &draft.number,
            family_name: draft.family.0,
            given_name: draft.given.0,
            reading: &reading,
            mail: Some(&mail),
            employment: draft.employment,
            owner: None,
            joined_on: from,
        };
        let id = add_person(work, &new).await?;
        set_telephone(work, id, &format!("内線 {}", &draft.number[2..])).await?;
        let Seat(tier, title, function) = draft.seat;
        let post = appoint(work, &NewPost { person: id, department, tier, function, title, main: true, from }).await?;
        let name = format!("{} {}", draft.family.0, draft.given.0);
        let (number, employment) = (draft.number.clone(), draft.employment);
        members.push(Member { id, department, tier, number, name, employment, post });
    }
    Ok(members)
}
