//! 操作記録の異常: a log that does not verify is told at once to those who answer for it and to those who inspect it.
use futures::future::BoxFuture;

use crate::kernel::access::Tier;
use crate::kernel::audit::{Outcome, Recorded};
use crate::kernel::clock;
use crate::kernel::error::{Message, Result};
use crate::kernel::notices::{AtOnce, Notice};
use crate::kernel::work::Work;
use crate::people::store::persons_of;
use crate::web::locale::{Lang, Words};
use crate::web::notices::letter;

/// Who is told. The administrator, who could have done it, is not among them.
const TOLD: [Tier; 3] = [Tier::Auditor, Tier::Ciso, Tier::Office];

/// Tells them, in the transaction that writes the finding down. What was found stands on the page behind the sign-in, not in
/// the mail.
pub fn tell<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        if recorded.event.outcome != Outcome::Failed {
            return Ok(());
        }
        let today = clock::local(work.now).date_naive();
        let mut persons = Vec::new();
        for tier in TOLD {
            persons.extend(persons_of(work.conn(), tier, today).await?);
        }
        persons.sort_unstable();
        persons.dedup();
        // who may not read the log is told who may
        let readers = persons_of(work.conn(), Tier::Auditor, today).await?;
        let words = Words(Lang::Ja);
        let link = format!("{}/audit", work.app().config().origin);
        for person in persons {
            let reads = readers.contains(&person);
            let body = match reads {
                true => words.t1("administration-mail-tampered-body", "link", &link),
                false => words.t("administration-mail-tampered-told"),
            };
            let said = Message::new("administration-mail-tampered");
            let letter = letter(&said, body);
            let notice = Notice::new(person, "audit.tampered", said, ("audit", "log"));
            let notice = if reads { notice.at("/audit") } else { notice };
            work.notify(notice.at_once(AtOnce::Security, letter)).await?;
        }
        Ok(())
    })
}
