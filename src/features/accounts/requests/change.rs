//! アカウント変更申請 (4.1.2): begins from an existing row, shows its rights before and after. Whoever executes it enters no
//! rights: what was approved is what happens, and a differing need goes back to the applicant. A form may ask what becomes
//! of every account of somebody who moves (coop 21-4-3): 継続, 変更 or 削除.
use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::model::{Account, Frozen, Refusal, StopReason};
use super::super::{actions, store};
use super::{
    account, beyond_role, by_owner, cell, compared, day, fault, implausible, level, link, movement, named, not_apart,
    notice, of_section, offered_accounts, offered_movements, origin, owner, received, refused, system, too_early,
    until_fault,
};
use crate::engines::requests::model::{
    ChangeSet, Choice, Content, FieldError, Form, Options, Receipt, RowChange, RowKind, Shown, When, Words,
};
use crate::engines::requests::{Ask, Executed, Line, LineDraft, Matter, RequestKind};
use crate::kernel::access::Permission;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AccountId, DepartmentId, PersonId, SystemId};
use crate::kernel::work::Work;
use crate::people::sign_ins::disable_sign_in;
use crate::web::locale::{Lang, Words as Catalogue};

/// アカウント変更申請
pub(super) struct Change;

/// It is not carried out before its day.
const NOT_YET: &str = "accounts-refused-change-too-early";

/// 扱い: what becomes of a right that somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Treatment {
    /// 継続
    Keep,
    /// 変更
    #[default]
    Change,
    /// 削除
    Remove,
}

impl Treatment {
    /// As a form names those that are no right.
    fn of(answer: &str) -> Self {
        match answer {
            KEEP => Self::Keep,
            REMOVE => Self::Remove,
            _ => Self::Change,
        }
    }
}

const KEEP: &str = "keep";
const REMOVE: &str = "remove";

/// An account with what is asked for it.
struct Asked {
    account: Account,
    treatment: Treatment,
    /// as they shall be
    rights: Vec<Uuid>,
}

/// What a line keeps: the row, and the rights it shall have.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wanted {
    account: AccountId,
    #[serde(default)]
    treatment: Treatment,
    /// another 利用部門, where its holder goes elsewhere
    #[serde(default)]
    place: Option<DepartmentId>,
    rights: Vec<Uuid>,
    /// the system's rights as they stood when these were asked for
    #[serde(default)]
    scale: Vec<Frozen>,
}

fn wanted(line: &Line) -> Result<Wanted> {
    Ok(serde_json::from_value(line.data.clone()).map_err(anyhow::Error::from)?)
}

/// The accounts of a content with what is asked for each; those nobody offered are not among them.
async fn asked(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<Vec<Asked>> {
    let mut all: Vec<Asked> = Vec::new();
    for grant in matter.content.grants("accounts") {
        let right = grant.right.parse::<Uuid>().ok();
        if let Some(known) = all.iter_mut().find(|known| known.account.id.0 == grant.system) {
            known.rights.extend(right);
            continue;
        }
        let Some(account) = account(conn, AccountId(grant.system), matter).await? else { continue };
        let treatment = Treatment::of(&grant.right);
        let rights = if treatment == Treatment::Keep { account.rights.clone() } else { right.into_iter().collect() };
        all.push(Asked { account, treatment, rights });
    }
    Ok(all)
}

fn systems(asked: &[Asked]) -> Vec<SystemId> {
    asked.iter().map(|asked| asked.account.system).collect()
}

/// Every account of the person, each to be kept, changed to another right, or removed. What the portal stopped while they
/// are away is not changed meanwhile.
async fn offered_treatments(conn: &mut PgConnection, ask: Ask<'_>) -> Result<Vec<Choice>> {
    let Some(holder) = ask.of else { return Ok(Vec::new()) };
    let mut choices = Vec::new();
    for account in store::list_within_office(conn, holder, ask.today).await? {
        if account.may_cancel().is_err() {
            continue;
        }
        let system = system(conn, account.system).await?;
        let held = system.names(&account.rights).join("、");
        let both = |key: &str, what: &str| Words::Both {
            ja: Catalogue(Lang::Ja).t1(key, "rights", what).into_owned(),
            en: Catalogue(Lang::En).t1(key, "rights", what).into_owned(),
        };
        let mut answers = vec![Choice::fixed(KEEP, both("accounts-treatment-keep", &held))];
        let others = system.rights.iter().filter(|right| account.may_change().is_ok() && account.rights != [right.id]);
        answers.extend(
            others.map(|right| Choice::fixed(&right.id.to_string(), both("accounts-treatment-change", &right.name))),
        );
        answers.push(Choice::fixed(REMOVE, both("accounts-treatment-remove", &held)));
        let label = format!("{} {}", account.system_name, account.name);
        let choice = Choice::named(account.id.to_string(), label).with_note(Words::plain(held));
        choices.push(choice.with_rights(answers));
    }
    Ok(choices)
}

#[async_trait]
impl RequestKind for Change {
    fn key(&self) -> &'static str {
        "account.change"
    }

    fn begins(&self, content: &Content) -> Option<NaiveDate> {
        content.date("from")
    }

    fn for_those_who_went(&self) -> bool {
        true
    }

    fn rows_seen_with(&self) -> Option<Permission> {
        Some(Permission::AccountsView)
    }

    async fn options(&self, conn: &mut PgConnection, ask: Ask<'_>) -> Result<Vec<Choice>> {
        match ask.source {
            "movements" => offered_movements(conn, self.key(), ask).await,
            "treatments" => offered_treatments(conn, ask).await,
            _ => offered_accounts(conn, ask, |account| account.may_change().is_ok()).await,
        }
    }

    fn reword(&self, _options: &Options, _content: &Content, errors: &mut [FieldError]) {
        for error in errors.iter_mut().filter(|error| error.message.key == "requests-error-every") {
            error.message.key = "accounts-refused-untreated".to_owned();
        }
    }

    async fn concerned(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<PersonId>> {
        Ok(asked(conn, &matter).await?.first().map(|asked| asked.account.holder))
    }

    async fn owner(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<DepartmentId>> {
        let systems = systems(&asked(conn, &matter).await?);
        Ok(owner(conn, &matter, systems).await?.unwrap_or_default())
    }

    async fn subject(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        let asked = asked(conn, &matter).await?;
        let Some(Asked { account: first, .. }) = asked.first() else { return Ok(String::new()) };
        Ok(super::subject(first, asked.len() - 1))
    }

    async fn validate(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<FieldError>> {
        let mut faults = Vec::new();
        let asked = asked(conn, &matter).await?;
        let holders: Vec<PersonId> = asked.iter().map(|asked| asked.account.holder).collect();
        if holders.windows(2).any(|pair| pair[0] != pair[1]) {
            faults.push(super::at("accounts", "accounts-refused-one-person"));
        }
        if asked.windows(2).any(|pair| pair[0].account.department != pair[1].account.department) {
            faults.push(super::at("accounts", "accounts-refused-one-department"));
        }
        if let Err(refusal) = owner(conn, &matter, systems(&asked)).await? {
            faults.push(fault("accounts", &refusal));
        }
        let until = matter.content.date("until");
        for Asked { account, treatment, rights } in &asked {
            let changes = *treatment == Treatment::Change;
            if let Err(refusal) = of_section(conn, account, &matter).await? {
                faults.push(fault("department", &refusal));
            } else if let Err(refusal) = if changes { account.may_change() } else { account.may_cancel() } {
                faults.push(fault("accounts", &refusal));
            } else if matter.whole
                && changes
                && same(&account.rights, rights)
                && until.is_none_or(|until| Some(until) == account.until)
            {
                faults.push(fault("accounts", &Refusal::NothingChanges));
            }
        }
        let changed = asked.iter().filter(|asked| asked.treatment == Treatment::Change);
        let wanted: Vec<_> = changed.map(|asked| (asked.account.system.0, asked.rights.clone())).collect();
        faults.extend(not_apart(conn, &matter, "accounts", &wanted).await?);
        if faults.is_empty() {
            let users: Vec<Uuid> = asked.iter().flat_map(|asked| asked.account.everybody()).collect();
            faults.extend(beyond_role(conn, &matter, "accounts", &users, &wanted).await?);
        }
        faults.truncate(1);
        faults.extend(implausible(&matter, "from"));
        faults.extend(implausible(&matter, "until"));
        let holder = match asked.first() {
            Some(first) => store::find_holder(conn, first.account.holder).await?,
            None => None,
        };
        faults.extend(until_fault(&matter, holder.as_ref(), true));
        Ok(faults)
    }

    async fn lines(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<LineDraft>> {
        let mut lines = Vec::new();
        let place = movement(conn, &matter).await?.filter(|movement| movement.kind == "transfer");
        let place = place.and_then(|movement| movement.to);
        for Asked { account, treatment, rights } in asked(conn, &matter).await? {
            let system = system(conn, account.system).await?;
            let names = |rights: &[Uuid]| system.names(rights).join("、");
            let held = names(&account.rights);
            let what = match treatment {
                Treatment::Change => format!("{held} → {}", names(&rights)),
                Treatment::Keep => Catalogue(Lang::Ja).t1("accounts-treatment-keep", "rights", held).into_owned(),
                Treatment::Remove => Catalogue(Lang::Ja).t1("accounts-treatment-remove", "rights", held).into_owned(),
            };
            let subject = format!("{} {} — {what}", account.system_name, account.name);
            let wanted = Wanted { account: account.id, treatment, place, rights, scale: system.scale() };
            let data = serde_json::to_value(wanted).map_err(anyhow::Error::from)?;
            lines.push(LineDraft { subject, data, row: Some(link(&account).href) });
        }
        Ok(lines)
    }

    async fn plan(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<ChangeSet> {
        let mut rows = Vec::new();
        for (line, Asked { account, treatment, rights }) in (1u16..).zip(asked(conn, &matter).await?) {
            let system = system(conn, account.system).await?;
            let state = |key: &str| Some(Words::key(format!("accounts-state-{key}")));
            let how_far = cell("accounts-level", level(&system, &account.rights), level(&system, &rights));
            let until = day(matter.content.date("until").or(account.until));
            let until = cell("accounts-until", day(account.until), until);
            let rights = cell("accounts-rights", named(&system, &account.rights), named(&system, &rights));
            let (kind, cells) = match treatment {
                Treatment::Keep => (RowKind::Unchanged, vec![rights]),
                Treatment::Change => (RowKind::Changed, vec![rights, how_far, until]),
                Treatment::Remove => {
                    (RowKind::Stopped, vec![cell("accounts-state", state("active"), state("stopped"))])
                }
            };
            rows.push(RowChange {
                line: Some(line),
                ledger: "accounts-title".to_owned(),
                row: Some(link(&account)),
                what: format!("{} {}", account.system_name, account.holder_name),
                kind,
                cells,
            });
        }
        Ok(ChangeSet { rows })
    }

    async fn beside(&self, conn: &mut PgConnection, _matter: Matter<'_>, line: &Line) -> Result<Vec<Shown>> {
        let wanted = wanted(line)?;
        if wanted.treatment != Treatment::Change {
            return Ok(Vec::new());
        }
        let account = store::find(conn, wanted.account).await?.ok_or(Error::NotFound)?;
        Ok(compared(&system(conn, account.system).await?, &wanted.rights))
    }

    async fn check_result(
        &self,
        conn: &mut PgConnection,
        matter: Matter<'_>,
        line: &Line,
        result: &Content,
    ) -> Result<Vec<FieldError>> {
        let wanted = wanted(line)?;
        let mut faults: Vec<FieldError> = too_early(&matter, "from", NOT_YET).into_iter().collect();
        if let Err(refusal) = stands(conn, &wanted, &matter).await? {
            faults.push(fault("accounts", &refusal));
        }
        if widens(conn, &wanted).await? && result.text("beyond_reason").is_none() {
            faults.push(fault("beyond_reason", &Refusal::BeyondStandard));
        }
        Ok(faults)
    }

    /// A reason is owed where the new rights go beyond the standard ones, and asked for there only.
    async fn fit(&self, conn: &mut PgConnection, line: &Line, form: &mut Form) -> Result<()> {
        let wanted = wanted(line)?;
        if wanted.treatment == Treatment::Remove {
            // of a right that is gone there is nothing to tell
            for told in ["notice_management", "notice_access", "notice_scope", "notice_prohibited"] {
                form.drop_field(told);
            }
        }
        if !widens(conn, &wanted).await? {
            form.drop_field("beyond_reason");
        } else if let Some(reason) = form.field_mut("beyond_reason") {
            reason.required = When::Always;
        }
        Ok(())
    }

    async fn suggest(&self, conn: &mut PgConnection, matter: Matter<'_>, line: &Line) -> Result<Content> {
        let wanted = wanted(line)?;
        let account = store::find(conn, wanted.account).await?.ok_or(Error::NotFound)?;
        let system = system(conn, account.system).await?;
        Ok(notice(Content::default(), &matter, &system, &wanted.rights))
    }

    fn amend(&self, _: &Line, errors: &mut Vec<FieldError>) {
        let missing =
            |error: &&mut FieldError| error.field == "beyond_reason" && error.message.key == "requests-error-fill";
        if let Some(error) = errors.iter_mut().find(missing) {
            *error = fault("beyond_reason", &Refusal::BeyondStandard);
        }
    }

    async fn acknowledged(&self, work: &mut Work, matter: Matter<'_>, line: &Line, receipt: &Receipt) -> Result<()> {
        received(work, &matter, line, receipt).await
    }

    async fn execute(&self, work: &mut Work, matter: Matter<'_>, line: &Line, result: &Content) -> Result<Executed> {
        by_owner(work, &matter).await?;
        let wanted = wanted(line)?;
        if let Some(fault) = too_early(&matter, "from", NOT_YET) {
            return Err(refused(fault));
        }
        stands(work.conn(), &wanted, &matter).await??;
        let reason = matter.content.text("reason").unwrap_or_default();
        let necessity = match result.text("beyond_reason") {
            Some(beyond) => format!("{reason}\n{beyond}"),
            None => reason.to_owned(),
        };
        let until = matter.content.date("until");
        let origin = origin(&matter)?;
        if wanted.treatment == Treatment::Remove {
            let account = actions::stop(work, wanted.account, matter.today, StopReason::Request, Some(&origin)).await?;
            if account.is_portal {
                disable_sign_in(work, account.holder, "request").await?;
            }
            return Ok(Executed { row: Some(link(&account)), reveal: None });
        }
        let rights = (wanted.treatment == Treatment::Change).then_some(wanted.rights);
        let change = actions::Change { rights, place: wanted.place, necessity: &necessity, origin, until };
        let account = actions::change(work, wanted.account, &change).await?;
        Ok(Executed { row: Some(link(&account)), reveal: None })
    }
}

/// Is the row still the section's that asked, and are the rights still what they were?
async fn stands(conn: &mut PgConnection, wanted: &Wanted, matter: &Matter<'_>) -> Result<Result<(), Refusal>> {
    let account = store::find(conn, wanted.account).await?.ok_or(Error::NotFound)?;
    if let Err(refusal) = of_section(conn, &account, matter).await? {
        return Ok(Err(refusal));
    }
    if wanted.treatment != Treatment::Change {
        return Ok(account.may_cancel());
    }
    Ok(system(conn, account.system).await?.within_request(&wanted.rights, &wanted.rights, &wanted.scale))
}

/// Do the new rights hold one that the account has not, and go beyond the standard?
async fn widens(conn: &mut PgConnection, wanted: &Wanted) -> Result<bool> {
    if wanted.treatment != Treatment::Change {
        return Ok(false);
    }
    let account = store::find(conn, wanted.account).await?.ok_or(Error::NotFound)?;
    let system = system(conn, account.system).await?;
    let more = wanted.rights.iter().any(|right| !account.rights.contains(right));
    Ok(more && system.beyond_standard(&wanted.rights))
}

fn same(a: &[Uuid], b: &[Uuid]) -> bool {
    a.len() == b.len() && a.iter().all(|right| b.contains(right))
}
