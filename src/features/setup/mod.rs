//! 初期設定: how a real organisation comes into being. An empty portal serves these pages and nothing else, to the one who
//! read the token on the console; each step is kept as it is answered, and all of it takes effect at once at the end.
mod actions;
mod door;
mod forms;
mod doubling;
mod linter;
mod model;
mod over;
mod own_matters;
mod people;
mod routes;
mod seating;
mod seats;
mod store;
mod views;

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDate;
use futures::future::BoxFuture;
use tokio::sync::Notify;

pub use actions::issue_token;
pub use model::{Answers, Step};
pub use over::room;

use crate::engines::regulations::blanks::Filled;
use crate::kernel::error::Result;
use crate::kernel::ids::DepartmentId;
use crate::kernel::work::Work;
use crate::web::routing::{Open, Route, get, post};

/// What founds an organisation, decided step by step.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// 組織名
    pub name: String,
    /// whom to ask
    pub help_line: String,
    /// the operating regulation
    pub regulation: String,
    /// 承認日
    pub approved_on: NaiveDate,
    /// 施行日
    pub effective_on: NaiveDate,
    /// 承認した機関
    pub approved_by: String,
    /// what its text leaves blank, filled
    pub filled: Filled,
}

/// What other rooms do when the portal goes into service; portal.rs plugs it in.
pub struct Founder {
    /// founds the organisation and adopts its regulation
    pub found: for<'a> fn(&'a mut Work, &'a NewOrganisation) -> BoxFuture<'a, Result<()>>,
    /// enters the portal itself into the ledger of systems, owned by this department
    pub register_portal: for<'a> fn(&'a mut Work, DepartmentId) -> BoxFuture<'a, Result<()>>,
}

/// Told when the portal goes into service: the process serves the ordinary pages from then on.
#[derive(Default)]
pub struct Handover {
    call: Notify,
    begun: AtomicBool,
}

impl Handover {
    /// Set-up is over: from here on every answer is the portal's.
    pub fn begin(&self) {
        self.begun.store(true, Ordering::Release);
        self.call.notify_one();
    }

    /// Is it over?
    #[must_use]
    pub fn begun(&self) -> bool {
        self.begun.load(Ordering::Acquire)
    }

    /// Waits for its end.
    pub async fn called(&self) {
        self.call.notified().await;
    }
}

/// The pages of set-up. They are no part of the ordinary portal.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        get::<Open, _, _>("/", routes::first),
        get::<Open, _, _>("/set-up", routes::door),
        post::<Open, _, _>("/set-up", routes::enter),
        get::<Open, _, _>("/set-up/{step}", routes::show),
        post::<Open, _, _>("/set-up/{step}", routes::answer),
        post::<Open, _, _>("/set-up/{step}/file", routes::upload).uploads(),
        post::<Open, _, _>("/set-up/functions/removal", routes::remove_function),
        get::<Open, _, _>("/set-up/person/{number}", people::show),
        post::<Open, _, _>("/set-up/person/{number}", people::mend),
        post::<Open, _, _>("/set-up/person/{number}/removal", people::remove),
        get::<Open, _, _>("/set-up/{step}/{id}", routes::preview),
        post::<Open, _, _>("/set-up/{step}/{id}/columns", routes::columns),
        post::<Open, _, _>("/set-up/{step}/{id}/confirmation", routes::confirm),
        post::<Open, _, _>("/set-up/{step}/{id}/removal", routes::discard),
    ]
}
