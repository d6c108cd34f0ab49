//! 利用終了の確認: where an end of use is given notice of, an ID of the portal that was not signed in with for long makes the
//! portal ask its holder and the head of their section, once, whether a notice is due (katsuura 20-1-4a).
use chrono::NaiveDate;
use futures::future::BoxFuture;
use serde_json::json;

use super::store::{self, Unused};
use crate::engines::requests::actions::kinds;
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::mail::Mail;
use crate::kernel::work::Work;
use crate::people::store::heads_of;
use crate::web::dates::Dates;
use crate::web::locale::{Lang, Words};

/// The request with which the end of use is given notice of.
const NOTICE: &str = "account.end";
/// The kind of these mails in the outbox.
const KIND: &str = "account.unused";

/// The nightly chore, as portal.rs lists it.
pub fn ask_unused(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(
        async move { app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| ask(work).await).await },
    )
}

async fn ask(work: &mut Work) -> Result<()> {
    let Some(limit) = *work.app().settings().accounts.unused_limit else { return Ok(()) };
    if kinds(work.app())?.get(NOTICE).is_err() {
        return Ok(());
    }
    let today = work.app().clock().today();
    for unused in store::list_sign_ins(work.conn(), today).await? {
        let since = local(unused.since).date_naive();
        if limit.after(since) <= today && !store::asked(work.conn(), KIND, &occasion(&unused, since)).await? {
            tell(work, &unused, since, today).await?;
        }
    }
    Ok(())
}

/// One question for one time without use.
fn occasion(unused: &Unused, since: NaiveDate) -> String {
    format!("{} {since}", unused.person)
}

async fn tell(work: &mut Work, unused: &Unused, since: NaiveDate, today: NaiveDate) -> Result<()> {
    let heads = heads_of(work.conn(), unused.person, today).await?;
    mail(work, unused.person, unused, since, "accounts-mail-unused-own").await?;
    for head in &heads {
        mail(work, *head, unused, since, "accounts-mail-unused-head").await?;
    }
    let event = Event::done("account.unused_asked", "person", unused.person).about(unused.person).by(NOTICE);
    work.record(event.facts(json!({ "since": since, "login": unused.login, "heads": heads.len() }))).await.map(drop)
}

async fn mail(work: &mut Work, to: PersonId, unused: &Unused, since: NaiveDate, body: &str) -> Result<()> {
    let words = Words(Lang::Ja);
    let dates = Dates { lang: Lang::Ja, western: false, today: work.app().clock().today() };
    let link = format!("{}/requests/new/{NOTICE}?person={}", work.app().config().origin, unused.person);
    let day = dates.long(since);
    let body = words
        .with(body, &[("day", &day), ("name", &unused.name), ("login", &unused.login), ("link", &link)])
        .into_owned();
    work.mail(Mail {
        person: to,
        kind: KIND,
        subject: words.t1("accounts-mail-unused", "login", &unused.login).into_owned(),
        body,
        entity: "sign_in",
        entity_id: occasion(unused, since),
    })
    .await
    .map(drop)
}
