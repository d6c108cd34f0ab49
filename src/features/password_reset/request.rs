//! パスワード再発行申請 as a kind of request: two lines, 本人確認と再発行 and 利用者への通知, worked on by an administrator.
use async_trait::async_trait;
use serde_json::json;
use sqlx::PgConnection;
use zeroize::Zeroizing;

use super::model::{DELIVERY, IDENTITY, LINK, MATCHED, OTHER_PERSON, Part, UNMATCHED, contact_fault, way};
use super::store::{self, Known};
use super::{RESET, views};
use crate::engines::requests::model::{
    CellChange, ChangeSet, Content, FieldError, Message, Outcome, RowChange, RowKind, RowLink, Words, other_words,
};
use crate::engines::requests::{Executed, Line, LineDraft, Matter, RequestKind, Reveal};
use crate::kernel::access::Permission;
use crate::kernel::audit::Event;
use crate::kernel::clock::{Outside, Span, local, moment};
use crate::kernel::error::{self, Error, Result};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::mail::Carrier;
use crate::kernel::notices::{AtOnce, Notice};
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::people::sign_ins::{self, IdentityCheck};
use crate::people::step_up;
use crate::web::locale::{Lang, Words as Catalogue};
use crate::web::notices::letter;

/// Words that are kept or mailed: the reader's language is not known.
const W: Catalogue = Catalogue(Lang::Ja);

/// 再発行
#[derive(Debug)]
pub struct PasswordReset;

#[async_trait]
impl RequestKind for PasswordReset {
    fn worked_with(&self) -> &'static [Permission] {
        &[Permission::SignInsManage]
    }

    fn key(&self) -> &'static str {
        RESET
    }

    fn presses(&self) -> bool {
        true
    }

    /// Where the regulation gives passwords into the hands of the owning section, that is the one that owns the portal.
    async fn owner(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<DepartmentId>> {
        if !matter.kind.reaches_owner() {
            return Ok(None);
        }
        Ok(store::portal_owner(conn).await?)
    }

    async fn claimed(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<PersonId>> {
        let login = matter.content.text("login").unwrap_or_default();
        Ok(sign_ins::person_with_login(conn, login).await?)
    }

    async fn subject(&self, _: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        let name = matter.content.text("name").unwrap_or_default();
        Ok(W.t1("password-reset-subject", "name", name).into_owned())
    }

    async fn lines(&self, _: &mut PgConnection, _: Matter<'_>) -> Result<Vec<LineDraft>> {
        let line = |part: Part| LineDraft {
            subject: W.of("password-reset-line", part.key()).into_owned(),
            data: json!({ "part": part.key() }),
            row: None,
        };
        Ok(vec![line(Part::Issue), line(Part::Notice)])
    }

    /// Who may be meant, and what the register says: the number to call stands here, not in the claim.
    async fn plan(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<ChangeSet> {
        let row = match meant(conn, matter).await? {
            Some(known) => found(&known),
            None => RowChange {
                line: Some(1),
                ledger: "password-reset-register".into(),
                row: None,
                what: W.t("password-reset-nobody-found").into_owned(),
                kind: RowKind::Unchanged,
                cells: Vec::new(),
            },
        };
        Ok(ChangeSet { rows: vec![row] })
    }

    fn asks(&self, line: &Line, field: &str) -> bool {
        Part::of(&line.data).asks(field)
    }

    /// An employee number stands in the record as it stands in the register, however it was typed.
    fn tidy(&self, _: &Line, result: &mut Content) {
        if let Some(person) = result.text("person").map(text::digits) {
            result.set("person", person.into());
        }
    }

    fn step_up(&self, line: &Line) -> Option<step_up::Action> {
        (Part::of(&line.data) == Part::Issue).then_some(step_up::Action::Reissue)
    }

    async fn suggest(&self, conn: &mut PgConnection, matter: Matter<'_>, line: &Line) -> Result<Content> {
        let content = Content::default();
        if Part::of(&line.data) == Part::Notice {
            return Ok(content);
        }
        let Some(known) = meant(conn, matter).await? else { return Ok(content) };
        Ok(content.with("person", known.number).with("contact", known.telephone.unwrap_or_default()))
    }

    /// Without the check: 「本人確認を記録してください」.
    fn amend(&self, _: &Line, errors: &mut Vec<FieldError>) {
        if let Some(error) = errors.iter_mut().find(|error| IDENTITY.contains(&error.field.as_str())) {
            error.message = Message::new("people-refused-identity-check");
        }
    }

    async fn check_result(
        &self,
        conn: &mut PgConnection,
        matter: Matter<'_>,
        line: &Line,
        result: &Content,
    ) -> Result<Vec<FieldError>> {
        match Part::of(&line.data) {
            Part::Issue => check_issue(conn, matter, result).await,
            Part::Notice => check_notice(conn, matter, result).await,
        }
    }

    async fn outcome(&self, conn: &mut PgConnection, _: Matter<'_>, line: &Line, result: &Content) -> Result<Outcome> {
        if Part::of(&line.data) == Part::Notice {
            return Ok(Outcome::Done { confirmed: None });
        }
        if result.text("result") != Some(MATCHED) {
            return Ok(Outcome::Failed {
                reason: W.t1("password-reset-unmatched", "method", said(result)).into_owned(),
            });
        }
        Ok(Outcome::Done { confirmed: confirmed(conn, result).await? })
    }

    async fn execute(&self, work: &mut Work, matter: Matter<'_>, line: &Line, result: &Content) -> Result<Executed> {
        if matter.kind.reaches_owner() {
            // the sign-ins are of the whole organisation; the route has allowed this one
            work.see_all().await?;
        }
        match Part::of(&line.data) {
            Part::Issue => issue(work, matter, result).await,
            Part::Notice => {
                let person = matter.concerned.ok_or(Error::NotFound)?;
                Ok(Executed { row: row(work, person).await?, reveal: None })
            }
        }
    }

    /// 不一致: written down, and every administrator hears of it.
    async fn not_executed(
        &self,
        work: &mut Work,
        matter: Matter<'_>,
        line: &Line,
        _: &Outcome,
        result: &Content,
    ) -> Result<()> {
        if Part::of(&line.data) == Part::Notice || result.text("result") != Some(UNMATCHED) {
            return Ok(());
        }
        let login = matter.content.text("login").unwrap_or_default();
        let person = sign_ins::person_with_login(work.conn(), login).await?;
        sign_ins::record_unrecognised(work, person, &check(result)?).await?;
        let number = matter.number.map(ToString::to_string).unwrap_or_default();
        views::alarm(work, &format!("/requests/{number}"), &number).await
    }
}

/// The person whom the claim names, as the register knows them.
async fn meant(conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<Known>> {
    let person = match matter.concerned {
        Some(person) => Some(person),
        None => sign_ins::person_with_login(conn, matter.content.text("login").unwrap_or_default()).await?,
    };
    match person {
        Some(person) => Ok(store::known(conn, person, matter.today).await?),
        None => Ok(None),
    }
}

fn found(known: &Known) -> RowChange {
    let same = |column: &str, words: Words| CellChange {
        column: column.into(),
        before: Some(words.clone()),
        after: Some(words),
    };
    let state = match (known.stopped, known.locked) {
        (true, _) => "password-reset-state-stopped",
        (false, true) => "password-reset-state-locked",
        (false, false) => "password-reset-state-active",
    };
    // a stopped sign-in gets no code: the request for an account is the way
    let after = if known.stopped { state } else { "password-reset-state-waiting" };
    let telephone = known.telephone.clone().filter(|number| !number.is_empty());
    let telephone = telephone.map_or_else(|| Words::key("password-reset-no-number"), Words::plain);
    RowChange {
        line: Some(1),
        ledger: "password-reset-register".into(),
        row: Some(RowLink { label: known.number.clone(), href: format!("/people/{}", known.number) }),
        what: format!("{} {} {}", known.family_name, known.given_name, known.department.clone().unwrap_or_default()),
        kind: if known.stopped { RowKind::Unchanged } else { RowKind::Changed },
        cells: vec![
            same("password-reset-telephone", telephone),
            CellChange {
                column: "password-reset-state".into(),
                before: Some(Words::key(state)),
                after: Some(Words::key(after)),
            },
        ],
    }
}

async fn confirmed(conn: &mut PgConnection, result: &Content) -> Result<Option<PersonId>> {
    Ok(sign_ins::person_with_login(conn, result.text("person").unwrap_or_default()).await?)
}

async fn check_issue(conn: &mut PgConnection, matter: Matter<'_>, result: &Content) -> Result<Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, key: &str| errors.push(FieldError::new(field, Message::new(key)));
    if result.text("result") == Some(MATCHED) {
        let person = confirmed(conn, result).await?;
        let known = match person {
            Some(person) => store::known(conn, person, matter.today).await?,
            None => None,
        };
        if known.is_some() && result.text(OTHER_PERSON).is_none() && other_than_claimed(conn, matter, person).await? {
            wrong(OTHER_PERSON, "password-reset-other-person");
        }
        match known {
            None => wrong("person", "password-reset-nobody"),
            Some(known) if known.stopped => wrong("person", "people-refused-stopped"),
            Some(known) => {
                let (method, contact) =
                    (result.text("method").unwrap_or_default(), result.text("contact").unwrap_or_default());
                if let Some(key) = contact_fault(method, contact, known.telephone.as_deref()) {
                    wrong("contact", key);
                }
                if result.text(DELIVERY) == Some(LINK) && known.mail.is_none_or(|mail| mail.is_empty()) {
                    wrong(DELIVERY, "password-reset-no-mail");
                }
            }
        }
    }
    Ok(errors)
}

async fn check_notice(conn: &mut PgConnection, matter: Matter<'_>, result: &Content) -> Result<Vec<FieldError>> {
    let error = |field: &str, key: &str| vec![FieldError::new(field, Message::new(key))];
    let Some((issued, delivery)) = store::find_issue(conn, matter.id, matter.round).await? else {
        return Ok(error("notice_method", "password-reset-issue-first"));
    };
    if delivery.is_some_and(|chosen| result.text("notice_method") != Some(&chosen)) {
        return Ok(error("notice_method", "password-reset-other-delivery"));
    }
    let early = result.moment("notified_at").and_then(|at| Span::between(issued, issued).holds(at).err());
    Ok(if early == Some(Outside::Before) { error("notified_at", "password-reset-notice-early") } else { Vec::new() })
}

/// Does the claim name somebody, and is it somebody else than the one who was confirmed?
async fn other_than_claimed(conn: &mut PgConnection, matter: Matter<'_>, confirmed: Option<PersonId>) -> Result<bool> {
    let login = matter.content.text("login").unwrap_or_default();
    let claimed = sign_ins::person_with_login(conn, login).await?;
    Ok(claimed.is_some() && claimed != confirmed)
}

/// 確認方法, in words.
fn said(result: &Content) -> String {
    way(result.text("method").unwrap_or_default(), result.text(&other_words("method")))
}

/// What was entered about the check. The form has asked for all of it.
fn check(result: &Content) -> Result<IdentityCheck> {
    let at = result.moment("checked_at").map(moment);
    Ok(IdentityCheck {
        method: said(result),
        contact: result.text("contact").unwrap_or_default().to_owned(),
        confirmed: result.text("result") == Some(MATCHED),
        checked_at: at.ok_or_else(|| Error::refused("people-refused-identity-check"))?,
    })
}

/// The code, shown once; sessions end, the ledger follows, the person is told that it happened.
async fn issue(work: &mut Work, matter: Matter<'_>, result: &Content) -> Result<Executed> {
    let number = matter.number.map(ToString::to_string);
    let person = confirmed(work.conn(), result).await?.ok_or(Error::NotFound)?;
    let check = check(result)?;
    if other_than_claimed(work.conn(), matter, Some(person)).await? {
        record_other(work, matter, person, result).await?;
    }
    let code = sign_ins::reissue(work, person, Some(&check), number.as_deref()).await?;
    let day = local(work.now).date_naive();
    let said = error::Message::new("password-reset-mail-reissued");
    let letter = letter(&said, W.t1("password-reset-mail-reissued-body", "day", views::day(day)));
    let notice = Notice::new(person, "password.reissued", said, ("person", person));
    work.notify(notice.at_once(AtOnce::Security, letter)).await?;
    if result.text(DELIVERY) == Some(LINK) {
        // without a mail server nobody who cannot sign in would ever read it
        work.app().part::<Carrier>().map_err(|_| Error::refused("password-reset-no-mail-server"))?;
        send_link(work, person, number.as_deref()).await?;
        return Ok(Executed { row: row(work, person).await?, reveal: None });
    }
    let reveal = Reveal { label: "password-reset-code", basis: &[RESET], secret: Zeroizing::new(code.shown()) };
    Ok(Executed { row: row(work, person).await?, reveal: Some(reveal) })
}

/// 設定リンク: to the address in the register, and to nobody else; whoever issues it never sees it.
async fn send_link(work: &mut Work, person: PersonId, number: Option<&str>) -> Result<()> {
    let link = sign_ins::link_instead(work, person).await?;
    let hours = *work.app().settings().password.activation_hours;
    let said = error::Message::new("password-reset-mail-link");
    let letter = letter(&said, W.t2("password-reset-mail-link-body", "hours", hours, "link", link));
    let notice = Notice::new(person, "password.link", said, ("person", person));
    work.notify(notice.at_once(AtOnce::Security, letter)).await?;
    let event = Event::done("password.link_sent", "person", person).about(person).by(RESET);
    let event = match number {
        Some(number) => event.numbered(number),
        None => event,
    };
    work.record(event.facts(json!({ "hours": hours }))).await.map(drop)
}

/// 申告された人と異なる: whom the claim named, for whom the code is, and why.
async fn record_other(work: &mut Work, matter: Matter<'_>, person: PersonId, result: &Content) -> Result<()> {
    let reason = result.text(OTHER_PERSON).ok_or_else(|| Error::refused("password-reset-other-person"))?;
    let facts = json!({ "claimed": matter.content.text("login"), "reason": reason });
    let event = Event::done("password.other_than_claimed", "person", person).about(person).by(RESET).facts(facts);
    let event = match matter.number {
        Some(number) => event.numbered(number.to_string()),
        None => event,
    };
    work.record(event).await.map(drop)
}

async fn row(work: &mut Work, person: PersonId) -> Result<Option<RowLink>> {
    let account = store::portal_account(work.conn(), person).await?;
    Ok(account.map(|(id, name)| RowLink { label: name, href: format!("/ledgers/accounts/{id}") }))
}
