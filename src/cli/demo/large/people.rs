//! The people of a large organisation beyond those of the small demo: branches with their sections, managers, clerks and
//! further administrators, entered by the same actions as everybody, with a sign-in each.
use chrono::NaiveDate;
use rand::RngExt as _;
use rand::rngs::StdRng;

use super::places::{CITIES, SECTIONS};
use crate::cli::demo::names::{FAMILIES, GIVEN};
use crate::cli::demo::people::{Company, pick};
use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::work::Work;
use crate::people::roster::{NewDepartment, NewPerson, NewPost, add_department, add_person, appoint, set_telephone};
use crate::people::sign_ins::create_sign_in;

/// So many work in a section.
const SECTION: usize = 30;
/// So many are entered in one transaction.
const TOGETHER: usize = 30;
/// So many carry out requests beside those of the small demo, where there are enough people.
const ADMINISTRATORS: usize = 6;

struct Draft {
    department: DepartmentId,
    tier: Tier,
    title: &'static str,
    employment: &'static str,
    family: (&'static str, &'static str),
    given: (&'static str, &'static str),
    number: String,
}

/// Enters so many people, and answers with who they are.
pub async fn grow(
    app: &App,
    company: &Company,
    more: usize,
    dice: &mut StdRng,
    from: NaiveDate,
) -> Result<Vec<PersonId>> {
    let sections = sections(app, more.div_ceil(SECTION), from).await?;
    let home = company.of(Tier::Sysadmin).next().map(|member| member.department);
    let administrators = if more > ADMINISTRATORS * SECTION { ADMINISTRATORS } else { 0 };
    let drafts: Vec<Draft> = (0..more)
        .map(|at| {
            let section = sections[at % sections.len()];
            let seat = match home {
                Some(home) if at >= more - administrators => (home, Tier::Sysadmin, "主任", "permanent"),
                _ if at < sections.len() => (section, Tier::Manager, "課長", "permanent"),
                _ => {
                    let employment = if dice.random_range(0..10) == 0 { "fixed_term" } else { "permanent" };
                    (section, Tier::Staff, *pick(dice, &["主任", "担当", "担当", "担当"]), employment)
                }
            };
            let (department, tier, title, employment) = seat;
            let (family, given) = (*pick(dice, &FAMILIES), *pick(dice, &GIVEN));
            Draft { department, tier, title, employment, family, given, number: format!("{:06}", 300_001 + at * 7) }
        })
        .collect();
    let mut people = Vec::with_capacity(more);
    for part in drafts.chunks(TOGETHER) {
        let all = async |work: &mut Work| {
            let mut entered = Vec::with_capacity(part.len());
            for draft in part {
                entered.push(enter(work, draft, company.plan.mail, from).await?);
            }
            Ok(entered)
        };
        people.extend(app.change(&Actor::portal(), all).await?);
    }
    Ok(people)
}

async fn enter(work: &mut Work, draft: &Draft, mail: &str, from: NaiveDate) -> Result<PersonId> {
    let reading = format!("{} {}", draft.family.1, draft.given.1);
    let mail = format!("{}@{mail}", draft.number);
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
    set_telephone(work, id, &format!("内線 {}", &draft.number[1..])).await?;
    let (tier, title) = (draft.tier, draft.title);
    let post = NewPost { person: id, department: draft.department, tier, function: None, title, main: true, from };
    appoint(work, &post).await?;
    create_sign_in(work, id, &draft.number).await?;
    Ok(id)
}

/// Branches with as many sections as are needed; those of the last branch may be fewer.
async fn sections(app: &App, wanted: usize, from: NaiveDate) -> Result<Vec<DepartmentId>> {
    app.change(&Actor::portal(), async |work: &mut Work| {
        let mut made = Vec::with_capacity(wanted);
        for ((city, city_reading), code) in CITIES.iter().zip((7_000..).step_by(10)) {
            if made.len() >= wanted {
                break;
            }
            let (branch, branch_reading) = (format!("{city}支店"), format!("{city_reading}してん"));
            let (name, reading) = (branch.as_str(), branch_reading.as_str());
            let above = NewDepartment { code: &code.to_string(), name, reading, parent: None, from };
            let above = add_department(work, &above).await?;
            for ((section, section_reading), no) in SECTIONS.iter().zip(1..).take(wanted - made.len()) {
                let code = (code + no).to_string();
                let (name, reading) = (format!("{branch} {section}"), format!("{branch_reading} {section_reading}"));
                let new = NewDepartment { code: &code, name: &name, reading: &reading, parent: Some(above), from };
                made.push(add_department(work, &new).await?);
            }
        }
        Ok(made)
    })
    .await
}
