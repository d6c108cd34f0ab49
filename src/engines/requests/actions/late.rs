//! 先を越された判断: somebody answers, and somebody else was quicker. Whoever could have answered in their place hears who did, what and
//! when, also where the request has gone out of their sight with it; of the request itself they hear nothing more.
use super::{Open, doer};
use crate::engines::requests::model::ContentHash;
use crate::engines::requests::store::acting::was_offered;
use crate::engines::requests::store::people::{self, Name};
use crate::engines::requests::store::record::{self, Decided};
use crate::engines::requests::store::steps::PlacedStep;
use crate::engines::requests::store::{self, LineRow};
use crate::kernel::access::Viewer;
use crate::kernel::app::App;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Result};
use std::collections::HashMap;
use uuid::Uuid;

/// An answer that came before one's own, with what tells of it.
#[derive(Debug, Clone)]
pub struct Before {
    pub open: Open,
    pub decided: Decided,
    pub lines: Vec<LineRow>,
    pub steps: Vec<PlacedStep>,
    pub names: HashMap<Uuid, Name>,
}

/// Can this refusal come from somebody else having been quicker?
#[must_use]
pub fn overtaken(error: &Error) -> bool {
    match error {
        Error::NotFound => true,
        Error::Refused(said) | Error::Conflict(said) => {
            matches!(&*said.key, "requests-refused-not-your-step" | "requests-refused-not-waiting")
        }
        _ => false,
    }
}

/// Does it stand? What was taken back is no answer any more.
fn answers(decided: &Decided) -> bool {
    decided.verdict == "return" || decided.counts && decided.verdict != "take_back"
}

/// The last answer of somebody else at a step where this person could have given it: they sit there, or a rule offered it to them. The
/// form proves by its fingerprint that they had this content before them.
pub async fn before(app: &App, viewer: &Viewer, number: &str, seen: ContentHash) -> Result<Option<Before>> {
    // what a rule offered is out of their sight once it is decided
    let mut read = app.read_all(Role::App).await?;
    let conn = read.conn();
    let Some(request) = store::find(conn, number).await? else { return Ok(None) };
    let open = Open::of(app, conn, request, app.clock().now()).await?;
    if open.case.content != seen {
        return Ok(None);
    }
    let doer = doer(conn, viewer, &open.request.kind).await?;
    let own = [viewer.person.0, viewer.natural.0];
    let (round, id) = (open.request.round, open.request.request_id());
    let others = |decided: &Decided| decided.round == round && !own.contains(&decided.decider) && answers(decided);
    for decided in record::decisions(conn, id).await?.into_iter().rev().filter(others) {
        let step = usize::try_from(decided.step).ok().and_then(|at| open.case.steps.get(at));
        let sits = step.is_some_and(|step| doer.capacities.iter().any(|capacity| step.seats_one(capacity)));
        if sits || was_offered(conn, id.0, (&decided.step_key, round), viewer.person).await? {
            let people = [Some(decided.decider), decided.acting_for, decided.named_by].into_iter().flatten();
            let names = people::names(conn, &people.collect::<Vec<_>>(), open.today).await?;
            let lines = store::lines(conn, &open.request).await?;
            let steps = store::steps::of_round(conn, &open.request).await?;
            return Ok(Some(Before { open, decided, lines, steps, names }));
        }
    }
    Ok(None)
}
