//! What the office does to the register of departments and persons: each deed is one transaction, done once for a form that is
//! sent twice.
use chrono::NaiveDate;

use crate::kernel::access::{Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result, violated_constraint};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::work::Work;
use crate::people::keeping::{self, Particulars};
use crate::people::posts::{self, Appointment, Refused};
use crate::people::roster::{self, NewDepartment, NewPerson};
use crate::web::extract::Posted;

/// One of them.
#[derive(Debug, Clone)]
pub enum Deed {
    /// somebody joins, with a main post
    Join { number: String, new: Particulars, department: DepartmentId, title: String },
    /// a person is corrected on the version that was shown
    Correct { person: PersonId, version: i32, new: Particulars },
    /// 発令
    Give(Appointment),
    /// a new department
    SetUp { code: String, name: String, reading: String, parent: Option<DepartmentId>, from: NaiveDate },
    /// another name from a day on
    Rename { code: String, version: i32, name: String, reading: String, on: NaiveDate },
    /// the last day
    Close { code: String, version: i32, last: NaiveDate },
}

impl Deed {
    async fn perform(&self, work: &mut Work) -> Result<Result<(), Refused>> {
        match self {
            Self::Join { number, new, department, title } => join(work, number, new, *department, title).await,
            Self::Correct { person, version, new } => keeping::correct(work, *person, *version, new).await,
            Self::Give(new) => posts::give(work, new).await.map(|given| given.map(drop)),
            Self::SetUp { code, name, reading, parent, from } => {
                let new = NewDepartment { code, name, reading, parent: *parent, from: *from };
                set_up(work, &new).await
            }
            Self::Rename { code, version, name, reading, on } => {
                keeping::rename(work, code, *version, (name, reading), *on).await
            }
            Self::Close { code, version, last } => keeping::close(work, code, *version, *last).await,
        }
    }
}

/// Performs it. `Some`: what the rules refuse; nothing was written.
pub async fn once(app: &App, me: &Viewer, posted: &Posted, to: &str, deed: &Deed) -> Result<Option<Refused>> {
    let mut refused = None;
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if work.once(posted.once, &posted.body).await?.is_some() {
                return Ok(());
            }
            match deed.perform(work).await? {
                Ok(()) => work.settle(posted.once, to).await,
                Err(found) => {
                    let words = found.1.clone();
                    refused = Some(found);
                    Err(Error::Refused(words))
                }
            }
        })
        .await;
    match (done, refused) {
        (Err(Error::Refused(_)), Some(refused)) => Ok(Some(refused)),
        (done, _) => done.map(|()| None),
    }
}

/// Somebody joins: the row, the last day where it is known, and the main post.
async fn join(
    work: &mut Work,
    number: &str,
    new: &Particulars,
    department: DepartmentId,
    title: &str,
) -> Result<Result<(), Refused>> {
    let today = local(work.now).date_naive();
    if new.left_on.is_some_and(|left| left < new.joined_on || left < today) {
        return Ok(Err(("left_on", Message::new("keeping-refused-order"))));
    }
    let person = NewPerson {
        employee_no: number,
        family_name: &new.family_name,
        given_name: &new.given_name,
        reading: &new.reading,
        mail: new.mail.as_deref(),
        employment: new.employment.key(),
        owner: None,
        joined_on: new.joined_on,
    };
    let id = match roster::add_person(work, &person).await {
        Err(Error::Internal(error)) if violates(&error, "person_employee_no_key") => {
            return Ok(Err(("number", Message::new("directory-number-taken"))));
        }
        added => added?,
    };
    if let Some(left) = new.left_on {
        roster::set_last_day(work, id, left).await?;
    }
    let post = Appointment {
        person: id,
        department,
        tier: Tier::Staff,
        function: None,
        title: title.to_owned(),
        main: true,
        from: new.joined_on.max(today),
        last: new.left_on,
        rests_on: None,
        reason: "joined".to_owned(),
    };
    posts::give(work, &post).await.map(|given| given.map(drop))
}

async fn set_up(work: &mut Work, new: &NewDepartment<'_>) -> Result<Result<(), Refused>> {
    match roster::add_department(work, new).await {
        Err(Error::Internal(error)) if violates(&error, "department_code_key") => {
            Ok(Err(("code", Message::new("directory-code-taken"))))
        }
        added => added.map(|_| Ok(())),
    }
}

fn violates(error: &anyhow::Error, constraint: &str) -> bool {
    error.downcast_ref::<sqlx::Error>().and_then(violated_constraint) == Some(constraint)
}
