//! 朝のまとめ: on business mornings each person gets one mail of what they were told, have not read, and still holds. It names the form
//! and leads to it; nothing to say, no mail.
use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::engines::requests::store::turns;
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::jobs::{Job, JobError};
use crate::kernel::mail::Mail;
use crate::kernel::notices::{self, Kept, Part};
use crate::kernel::work::Work;
use crate::web::dates::Dates;
use crate::web::locale::{Lang, Words};
use crate::web::notices::outside;

/// What is listed of each heading; the rest stands in the portal.
const LINES: usize = 30;
/// Mails go to people whose language we do not know.
const W: Words = Words(Lang::Ja);

/// Once its time has come, the day whose mail it is.
#[must_use]
pub fn due(app: &App, here: DateTime<FixedOffset>) -> Option<String> {
    (here.time() >= app.config().digest_at).then(|| here.date_naive().to_string())
}

/// Gathers the mails of a morning.
#[derive(Debug, Serialize, Deserialize)]
pub struct Digest;

#[async_trait]
impl Job for Digest {
    const KIND: &'static str = "notices.digest";

    async fn run(self, app: &App) -> Result<(), JobError> {
        let today = app.clock().today();
        let mut read = app.read_all(Role::Worker).await?;
        // a morning whose portal stood still is not made up for on a day off
        let calendar = turns::calendar(read.conn(), today).await.map_err(Error::from)?;
        if !calendar.is_business_day(today) {
            return Ok(());
        }
        let people = notices::to_gather(read.conn(), today).await?;
        drop(read);
        for person in people {
            app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| send(work, person).await).await?;
        }
        Ok(())
    }
}

/// One person's mail, with the mark on everything in it: both are there, or neither.
async fn send(work: &mut Work, person: PersonId) -> Result<()> {
    let (now, origin) = (work.now, work.app().config().origin.clone());
    let all = notices::gather(work.conn(), person, now).await?;
    // another portal was quicker, or it was read meanwhile
    if all.is_empty() {
        return Ok(());
    }
    let day = local(now).date_naive();
    let mail = Mail {
        person,
        kind: Digest::KIND,
        subject: subject(&all, day),
        body: body(&all, &origin),
        entity: "person",
        entity_id: person.to_string(),
    };
    work.mail(mail).await?;
    let event = Event::done("notices.sent", "person", person).about(person);
    work.record(event.facts(json!({ "day": day, "notices": all.len() }))).await.map(drop)
}

fn of(all: &[Kept], part: Part) -> impl Iterator<Item = &Kept> {
    all.iter().filter(move |notice| notice.part == part)
}

/// 【Mamori】11月20日(金)：承認待ち・対応待ち2件、お知らせ1件
fn subject(all: &[Kept], day: NaiveDate) -> String {
    let dates = Dates { lang: W.lang(), western: false, today: day };
    let counted = Part::ALL.into_iter().filter_map(|part| heading(all, part));
    let counted = counted.collect::<Vec<_>>().join(&W.t("notices-digest-between"));
    W.t2("notices-digest-subject", "day", dates.short(day), "what", counted).into_owned()
}

/// 期限2件; nothing where there is nothing.
fn heading(all: &[Kept], part: Part) -> Option<String> {
    let count = of(all, part).count();
    let heading = || W.t2("notices-digest-heading", "part", W.of("notices-part", part.key()), "count", count);
    (count > 0).then(|| heading().into_owned())
}

fn body(all: &[Kept], origin: &str) -> String {
    let mut text = String::new();
    for part in Part::ALL {
        let Some(heading) = heading(all, part) else { continue };
        text.push_str(&W.t1("notices-digest-section", "heading", heading));
        text.push_str("\n\n");
        for notice in of(all, part).take(LINES) {
            let values = notice.said.1.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            text.push_str(&W.t1("notices-digest-line", "what", outside(&notice.said.0, values)));
            text.push('\n');
            if let Some(href) = &notice.href {
                text.push_str(&format!("{origin}{href}\n"));
            }
        }
        let left = of(all, part).count().saturating_sub(LINES);
        if left > 0 {
            text.push_str(&W.n("notices-digest-more", left));
            text.push('\n');
        }
        text.push('\n');
    }
    text.push_str(&W.t2(
        "notices-digest-foot",
        "all",
        format!("{origin}/notices"),
        "settings",
        format!("{origin}/notices/settings"),
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::notices::NoticeId;
    use chrono::Utc;
    use uuid::Uuid;

    fn notice(no: u128, part: Part, key: &str) -> Kept {
        let values = [("number", format!("R8-ACC-{no:04}")), ("title", "アカウント登録申請".to_owned())];
        Kept {
            id: NoticeId(Uuid::from_u128(no)),
            said: (key.to_owned(), values.map(|(name, value)| (name.to_owned(), value)).to_vec()),
            part,
            href: Some(format!("/requests/R8-ACC-{no:04}")),
            created_at: DateTime::<Utc>::UNIX_EPOCH,
            read: false,
            over: false,
        }
    }

    #[test]
    fn one_mail_names_what_waits_first_and_leads_to_each() {
        let all = [
            notice(1, Part::Waiting, "requests-mail-waiting"),
            notice(2, Part::Waiting, "requests-mail-waiting"),
            notice(3, Part::News, "requests-mail-completed"),
        ];
        let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        assert_eq!(subject(&all, day), "【Mamori】11月20日(金)：承認待ち・対応待ち2件、お知らせ1件");
        let body = body(&all, "https://mamori.example.jp");
        let at = |words: &str| body.find(words).unwrap_or_else(|| panic!("{words} is not in {body}"));
        assert!(at("■ 承認待ち・対応待ち2件") < at("承認をお願いします：R8-ACC-0001 アカウント登録申請"));
        assert!(at("https://mamori.example.jp/requests/R8-ACC-0002") < at("■ お知らせ1件"));
        assert!(at("完了しました：R8-ACC-0003") < at("https://mamori.example.jp/notices/settings"));
        assert!(!body.contains("期限"), "nothing is said of what is not there: {body}");
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let all: Vec<Kept> = (0..35).map(|no| notice(no, Part::Due, "requests-mail-due-today")).collect();
        let body = body(&all, "https://mamori.example.jp");
        assert!(body.contains("R8-ACC-0029") && !body.contains("R8-ACC-0030") && body.contains("ほか5件"), "{body}");
    }
}
