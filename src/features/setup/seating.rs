//! Who is to hold which functions where, read from the form.
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::model::Function;
use super::seats::{Seat, offered};
use super::store::{self, Someone, Titled};
use crate::engines::regulations::Entry;
use crate::kernel::error::Result;
use crate::kernel::ids::DepartmentId;
use crate::kernel::text;
use crate::web::forms::Form;
use crate::web::locale::Line;

/// What was asked for; none where the form wants to be mended.
pub(super) async fn read(
    conn: &mut PgConnection,
    texts: &[Arc<Entry>],
    form: &mut Form,
    today: NaiveDate,
) -> Result<Option<Vec<Function>>> {
    let number = text::digits(form.text("person"));
    let Some(someone) = store::person(conn, &number).await? else {
        form.refuse("person", Line::new("setup-person-unknown"));
        return Ok(None);
    };
    if someone.gone(today) {
        form.refuse("person", Line::new("setup-person-left"));
        return Ok(None);
    }
    let titled = store::titled(conn, today).await?;
    let asked: Vec<String> = form.many("functions").map(str::to_owned).collect();
    let mut new = Vec::new();
    for seat in offered(texts).into_iter().filter(|seat| asked.contains(&seat.key())) {
        match place(form, &seat, &someone, &titled) {
            Ok(department) => new.push(Function {
                tier: seat.tier,
                function: seat.name().map(str::to_owned),
                of: Some(seat.of.edition()),
                person: someone.id,
                department,
            }),
            Err((field, why)) => {
                form.refuse(field, why);
                return Ok(None);
            }
        }
    }
    Ok(Some(new))
}

/// Where they are to hold it. What comes with a post (充て職) stands where that post stands, and nowhere else.
fn place(
    form: &Form,
    seat: &Seat<'_>,
    someone: &Someone,
    titled: &[Titled],
) -> std::result::Result<DepartmentId, (&'static str, Line)> {
    let chosen = form.parsed::<DepartmentId>("department");
    let Some(post) = seat.post() else {
        return chosen.or(someone.department).ok_or_else(|| ("department", Line::new("setup-person-nowhere")));
    };
    let name = seat.title(form.words());
    let borne: Vec<&Titled> = titled.iter().filter(|one| one.person == someone.id && one.is(post)).collect();
    let Some(first) = borne.first() else {
        return Err(("functions", Line::new("setup-person-post").with("name", name).with("post", post)));
    };
    match chosen {
        None => Ok(first.department),
        Some(chosen) if borne.iter().any(|one| one.department == chosen) => Ok(chosen),
        Some(_) => {
            let line = Line::new("setup-person-elsewhere").with("name", name).with("post", post);
            Err(("department", line.with("department", &first.place)))
        }
    }
}
