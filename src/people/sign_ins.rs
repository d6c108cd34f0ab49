//! サインインの開設・停止・再発行・解除, and setting a password. Rooms that keep accounts call these in their own
//! transaction, so that the ledger and the sign-in change together or not at all.
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::codes::{ActivationCode, link_hash};
use super::passwords::{self, Broken, Typed};
use super::sessions::{self, Handed};
use super::sign_in::Gatekeeper;
use super::store;
use crate::kernel::access::{Actor, Scope, Viewer};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result, violated_constraint};
use crate::kernel::ids::PersonId;
use crate::kernel::mail;
use crate::kernel::settings::OTHER;
use crate::kernel::work::Work;
use crate::web::identify::Caller;

pub use super::sign_in_list::{Listed, list};

/// 本人確認 (4.1.6(2)): how somebody who cannot sign in was recognised.
#[derive(Debug, Clone)]
pub struct IdentityCheck {
    /// 電話返信・対面・上長確認・その他, as the settings name them
    pub method: String,
    /// the number or place used: from the register, never from the claim
    pub contact: String,
    /// it is that person
    pub confirmed: bool,
    /// when
    pub checked_at: DateTime<Utc>,
}

/// How a sign-in stands, for screens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// whose
    pub person: PersonId,
    /// ログインID
    pub login: String,
    /// last used
    pub last_sign_in: Option<DateTime<Utc>>,
    /// password set
    pub set_at: Option<DateTime<Utc>>,
    /// failures in a row
    pub failed: i32,
    /// 使用停止（失敗回数超過）
    pub locked_at: Option<DateTime<Utc>>,
    /// 停止・無効
    pub disabled_at: Option<DateTime<Utc>>,
    /// why
    pub disabled_reason: Option<String>,
    /// a code waits to be used until then
    pub code_until: Option<DateTime<Utc>>,
    /// must set a password first
    pub must_change: bool,
    /// 「自分ではない」: the password waits to be changed since
    pub disowned_at: Option<DateTime<Utc>>,
}

impl SignIn {
    /// `active`, `locked`, `stopped` or `waiting`
    #[must_use]
    pub fn state(&self) -> &'static str {
        match (self.disabled_at, self.locked_at, self.code_until.is_some() || self.set_at.is_none()) {
            (Some(_), _, _) => "stopped",
            (None, Some(_), _) => "locked",
            (None, None, true) => "waiting",
            (None, None, false) => "active",
        }
    }
}

/// Opens a sign-in for a person, or opens a stopped one again. The code is shown once and kept as a hash only.
pub async fn create_sign_in(work: &mut Work, person: PersonId, login: &str) -> Result<ActivationCode> {
    let now = work.now;
    let before = find(work, person).await?;
    let made = match before {
        None => {
            sqlx::query!(
                "insert into auth.credential (person_id, login, must_change, created_at) values ($1, $2, true, $3)",
                person.0,
                login,
                now,
            )
            .execute(work.conn())
            .await
        }
        Some(sign_in) if sign_in.disabled_at.is_some() => {
            sqlx::query!(
                "update auth.credential
                    set login = $2, must_change = true, failed = 0, not_before = null, locked_at = null, disabled_at = null,
                        disabled_reason = null, rights_version = rights_version + 1
                  where person_id = $1",
                person.0,
                login,
            )
            .execute(work.conn())
            .await
        }
        Some(_) => return Err(Error::refused("people-refused-has-sign-in")),
    };
    made.map_err(|error| match violated_constraint(&error) {
        Some("credential_login") => Error::refused(Message::new("people-refused-login-taken").with("login", login)),
        _ => error.into(),
    })?;
    let code = issue_code(work, person).await?;
    let event = Event::done("sign_in.opened", "person", person).about(person).by("account.initial_password");
    work.record(event.facts(json!({ "person": person, "login": login }))).await?;
    Ok(code)
}

/// Stops a sign-in: at once, sessions and open codes included (4.1.3(1)). Nothing is erased.
pub async fn disable_sign_in(work: &mut Work, person: PersonId, reason: &str) -> Result<()> {
    let now = work.now;
    let stopped = sqlx::query!(
        "update auth.credential
            set disabled_at = $2, disabled_reason = $3, rights_version = rights_version + 1
          where person_id = $1 and disabled_at is null",
        person.0,
        now,
        reason,
    )
    .execute(work.conn())
    .await?;
    if stopped.rows_affected() == 0 {
        return Ok(());
    }
    withdraw_codes(work, person).await?;
    let ended = sessions::end_all(work, person, "stopped").await?;
    let facts = json!({ "person": person, "reason": reason, "sessions_ended": ended });
    work.record(Event::done("sign_in.stopped", "person", person).about(person).facts(facts)).await.map(drop)
}

/// 「自分ではない」: somebody else may know the password. As in [`suspend`] it counts no longer; how many sessions ended.
pub(super) async fn disown(work: &mut Work, person: PersonId) -> Result<u64> {
    let now = work.now;
    sqlx::query!("update auth.credential set disowned_at = $2 where person_id = $1", person.0, now)
        .execute(work.conn())
        .await?;
    let ended = void_password(work, person, "disowned").await?;
    let event = Event::done("sign_in.suspended", "person", person).about(person);
    work.record(event.facts(json!({ "person": person, "why": "disowned", "sessions_ended": ended }))).await?;
    Ok(ended)
}

/// The password counts no longer, and every session ends; the code that takes its place is told to nobody.
async fn void_password(work: &mut Work, person: PersonId, why: &'static str) -> Result<u64> {
    sqlx::query!(
        "update auth.credential set must_change = true, rights_version = rights_version + 1 where person_id = $1",
        person.0
    )
    .execute(work.conn())
    .await?;
    let ended = sessions::end_all(work, person, why).await?;
    issue_code(work, person).await?;
    Ok(ended)
}

/// 一時停止 by the person's own word: the password counts no longer and every session ends, until a new one is issued after
/// the identity check.
pub async fn suspend(work: &mut Work, person: PersonId, number: &str) -> Result<()> {
    let ended = void_password(work, person, "stopped").await?;
    let event = Event::done("sign_in.suspended", "person", person).about(person).numbered(number);
    work.record(event.facts(json!({ "person": person, "sessions_ended": ended }))).await.map(drop)
}

/// Opens again what was stopped for this reason alone (復職), as it was: the password stays. False where nothing was.
pub async fn resume_sign_in(work: &mut Work, person: PersonId, reason: &str) -> Result<bool> {
    let resumed = sqlx::query!(
        "update auth.credential
            set disabled_at = null, disabled_reason = null, rights_version = rights_version + 1
          where person_id = $1 and disabled_at is not null and disabled_reason = $2",
        person.0,
        reason,
    )
    .execute(work.conn())
    .await?;
    if resumed.rows_affected() == 0 {
        return Ok(false);
    }
    let facts = json!({ "person": person, "reason": reason });
    work.record(Event::done("sign_in.resumed", "person", person).about(person).facts(facts)).await?;
    Ok(true)
}

/// 再発行 (4.1.6): the old password counts no longer, a code is shown once, every session ends, a stop by failures is lifted.
/// Refused without a recorded identity check, and to the person concerned. `number` is that of the request behind it.
pub async fn reissue(
    work: &mut Work,
    person: PersonId,
    check: Option<&IdentityCheck>,
    number: Option<&str>,
) -> Result<ActivationCode> {
    let was_locked = recognise(work, person, check).await?;
    sqlx::query!(
        "update auth.credential
            set must_change = true, failed = 0, not_before = null, locked_at = null, rights_version = rights_version + 1
          where person_id = $1",
        person.0
    )
    .execute(work.conn())
    .await?;
    let ended = sessions::end_all(work, person, "reissued").await?;
    let code = issue_code(work, person).await?;
    let facts = json!({ "person": person, "sessions_ended": ended });
    let event = Event::done("password.reissued", "person", person).about(person).by("password.reset").facts(facts);
    work.record(numbered(event, number)).await?;
    released(work, person, was_locked, number, "").await?;
    Ok(code)
}

/// 使用停止の解除: the same identity check as for a reissue; the password stays. With its reason, where one is owed.
pub async fn unlock(work: &mut Work, person: PersonId, check: Option<&IdentityCheck>, reason: &str) -> Result<()> {
    let was_locked = recognise(work, person, check).await?;
    if !was_locked {
        return Err(Error::refused("people-refused-not-locked"));
    }
    sqlx::query!(
        "update auth.credential set failed = 0, not_before = null, locked_at = null where person_id = $1",
        person.0
    )
    .execute(work.conn())
    .await?;
    released(work, person, true, None, reason).await
}

/// The ledger listens for this one.
async fn released(
    work: &mut Work,
    person: PersonId,
    was_locked: bool,
    number: Option<&str>,
    reason: &str,
) -> Result<()> {
    if !was_locked {
        return Ok(());
    }
    let event = Event::done("sign_in.released", "person", person).about(person).by("password.identity_check");
    work.record(numbered(event, number).facts(json!({ "person": person, "reason": reason }))).await.map(drop)
}

/// Does this person belong to what is in reach today?
pub async fn in_reach(
    conn: &mut sqlx::PgConnection,
    person: PersonId,
    scope: &Scope,
    today: chrono::NaiveDate,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select $2 or exists (select from post o
                                 where o.person_id = $1 and o.during @> $4::date and o.department_id = any ($3)) as "in!""#,
        person.0,
        scope.all,
        &scope.departments,
        today,
    )
    .fetch_one(conn)
    .await
}

fn numbered(event: Event, number: Option<&str>) -> Event {
    match number {
        Some(number) => event.numbered(number),
        None => event,
    }
}

/// Records the identity check; whether the account was stopped by failures.
async fn recognise(work: &mut Work, person: PersonId, check: Option<&IdentityCheck>) -> Result<bool> {
    // その他 alone says of no check how it was made
    let said = |check: &&IdentityCheck| !check.method.is_empty() && check.method != OTHER && !check.contact.is_empty();
    let check = check.filter(said);
    let check = check.ok_or_else(|| Error::refused("people-refused-identity-check"))?;
    if !check.confirmed {
        return Err(Error::refused("people-refused-not-recognised"));
    }
    if check.checked_at > work.now {
        return Err(Error::refused("people-refused-check-future"));
    }
    not_oneself(work, person).await?;
    let sign_in =
        sqlx::query!("select locked_at, disabled_at from auth.credential where person_id = $1 for update", person.0)
            .fetch_optional(work.conn())
            .await?
            .ok_or(Error::NotFound)?;
    if sign_in.disabled_at.is_some() {
        return Err(Error::refused("people-refused-stopped"));
    }
    let facts = json!({ "method": check.method, "contact": check.contact, "checked_at": check.checked_at, "result": "matched" });
    let event = Event::done("identity.checked", "person", person).about(person).by("password.identity_check");
    work.record(event.facts(facts)).await?;
    Ok(sign_in.locked_at.is_some())
}

/// The one who was asked is not the person: written down even though nothing else happens.
pub async fn record_unrecognised(work: &mut Work, person: Option<PersonId>, check: &IdentityCheck) -> Result<()> {
    let id = person.map_or_else(|| "unknown".to_owned(), |person| person.to_string());
    let mut event = Event::denied("identity.not_confirmed", "person", id).by("password.identity_check");
    if let Some(person) = person {
        event = event.about(person);
    }
    let facts = json!({ "method": check.method, "contact": check.contact, "checked_at": check.checked_at, "result": "unmatched" });
    work.record(event.facts(facts)).await.map(drop)
}

async fn not_oneself(work: &mut Work, person: PersonId) -> Result<()> {
    let Some(actor) = work.actor.person() else { return Ok(()) };
    let same = sqlx::query_scalar!(r#"select natural_person($1) = natural_person($2) as "same!""#, actor.0, person.0)
        .fetch_one(work.conn())
        .await?;
    if same { Err(Error::refused("people-refused-oneself")) } else { Ok(()) }
}

async fn issue_code(work: &mut Work, person: PersonId) -> Result<ActivationCode> {
    withdraw_codes(work, person).await?;
    let code = ActivationCode::draw();
    let now = work.now;
    let hours = i64::from(*work.app().settings().password.activation_hours);
    let by = work.actor.person().map(|person| person.0);
    let hash = code.hash(work.app().keys(), person);
    sqlx::query!(
        "insert into auth.activation (id, person_id, code_hash, issued_at, issued_by, expires_at) values ($1, $2, $3, $4, $5, $6)",
        crate::kernel::ids::uuid_at(now),
        person.0,
        &hash[..],
        now,
        by,
        now + TimeDelta::hours(hours),
    )
    .execute(work.conn())
    .await?;
    Ok(code)
}

/// 設定リンク: in place of the code that was just issued, a link that opens once and until the code would have ended. The address
/// is for a mail to the person alone: its letters are made when the mail leaves.
pub async fn link_instead(work: &mut Work, person: PersonId) -> Result<String> {
    let sign_in = find(work, person).await?.ok_or(Error::NotFound)?;
    let until = sign_in.code_until.ok_or(Error::NotFound)?;
    withdraw_codes(work, person).await?;
    let now = work.now;
    let by = work.actor.person().map(|person| person.0);
    let id = crate::kernel::ids::uuid_at(now);
    let hash = link_hash(work.app().keys(), person, &mail::carried(work.app().keys(), person, id));
    sqlx::query!(
        "insert into auth.activation (id, person_id, code_hash, issued_at, issued_by, expires_at) values ($1, $2, $3, $4, $5, $6)",
        id,
        person.0,
        &hash[..],
        now,
        by,
        until,
    )
    .execute(work.conn())
    .await?;
    let login = crate::kernel::text::percent(&sign_in.login);
    Ok(format!("{}/activate/link/{login}/{}", work.app().config().origin, mail::sealed(id)))
}

async fn withdraw_codes(work: &mut Work, person: PersonId) -> Result<()> {
    let now = work.now;
    sqlx::query!(
        "update auth.activation set withdrawn_at = $2 where person_id = $1 and withdrawn_at is null",
        person.0,
        now
    )
    .execute(work.conn())
    .await?;
    Ok(())
}

async fn find(work: &mut Work, person: PersonId) -> Result<Option<SignIn>> {
    sign_in_of(work.conn(), person).await.map_err(Into::into)
}

/// The sign-in of a person, as far as the looking role may see it.
pub async fn sign_in_of(conn: &mut sqlx::PgConnection, person: PersonId) -> sqlx::Result<Option<SignIn>> {
    sqlx::query_as!(
        SignIn,
        r#"select c.person_id as "person: PersonId", c.login, c.last_sign_in, c.set_at, c.failed, c.locked_at, c.disabled_at,
                  c.disabled_reason, a.expires_at as "code_until?", c.must_change, c.disowned_at
             from auth.credential c
             left join auth.activation a on a.person_id = c.person_id and a.used_at is null and a.withdrawn_at is null
            where c.person_id = $1"#,
        person.0
    )
    .fetch_optional(conn)
    .await
}

/// What a password must not contain: the ID, the number, the names, the sections, the organisation.
async fn context_words(app: &App, person: PersonId) -> Result<Vec<String>> {
    let mut read = app.read_all(Role::Auth).await?;
    let row = sqlx::query!(
        r#"select c.login, p.employee_no, p.family_name, p.given_name, p.reading,
                  (select name from organisation) as organisation,
                  array(select unnest(array[d.name, d.reading])
                          from post
                          join department d on d.id = post.department_id
                         where post.person_id = c.person_id) as "departments!"
             from auth.credential c
             join person p on p.id = c.person_id
            where c.person_id = $1"#,
        person.0
    )
    .fetch_one(read.conn())
    .await?;
    let mut words = vec![row.login, row.employee_no, row.family_name, row.given_name];
    words.extend(row.reading.split(' ').map(str::to_owned));
    words.extend(row.reading.split(' ').map(crate::kernel::text::romaji));
    words.extend(row.organisation);
    words.extend(row.departments);
    Ok(words)
}

/// Sets a new password of one's own (4.1.5(1)①③④). `Err(broken)` names every rule it breaks. The session is made anew
/// by the caller from what is handed back.
pub async fn change_password(
    app: &App,
    viewer: &Viewer,
    caller: &Caller,
    typed: &Typed,
) -> Result<std::result::Result<Handed, Vec<Broken>>> {
    let settings = app.settings();
    let mut broken = passwords::broken(&settings.password, typed, &context_words(app, viewer.person).await?);
    if broken.is_empty() && is_temporary(app, viewer.person, typed).await? {
        broken.push(Broken::Temporary);
    }
    if broken.is_empty() && used_before(app, viewer.person, typed).await? {
        broken.push(Broken::Reused(*settings.password.history));
    }
    if !broken.is_empty() {
        let rules: Vec<&str> = broken.iter().map(Broken::key).collect();
        let event =
            Event::denied("password.refused", "person", viewer.person).about(viewer.person).by(mechanism(&broken));
        app.note(&viewer.actor(), event.facts(json!({ "rules": rules }))).await?;
        return Ok(Err(broken));
    }
    let hash = app.part::<Gatekeeper>()?.hasher.hash(app, typed).await?;
    let rights_version = app
        .change_as(Role::Auth, &Actor { scope_all: true, ..viewer.actor() }, async |work: &mut Work| {
            keep(work, viewer.person, &hash, true).await
        })
        .await?;
    Ok(Ok(Handed::going_on(viewer, caller, rights_version, app.clock().now())))
}

fn mechanism(broken: &[Broken]) -> &'static str {
    match broken.iter().find(|one| matches!(one, Broken::Reused(_) | Broken::Temporary)) {
        Some(Broken::Temporary) => "password.first_change",
        Some(_) => "password.history",
        None => "password.rules",
    }
}

/// The code with which the person came in, or any that was issued to them before?
async fn is_temporary(app: &App, person: PersonId, typed: &Typed) -> Result<bool> {
    let is = sqlx::query_scalar!(
        r#"select exists (select from auth.activation where person_id = $1 and code_hash = $2) as "is!""#,
        person.0,
        &super::codes::typed_hash(app.keys(), person, typed.as_str())[..],
    )
    .fetch_one(&app.database().auth)
    .await?;
    Ok(is)
}

/// One of the last n passwords, or of all, or the present one?
async fn used_before(app: &App, person: PersonId, typed: &Typed) -> Result<bool> {
    let last = app.settings().password.history.map_or(i64::MAX, |last| i64::try_from(last).unwrap_or(i64::MAX));
    let hashes = sqlx::query_scalar!(
        "select hash from auth.past_password where person_id = $1 order by set_at desc limit $2",
        person.0,
        last,
    )
    .fetch_all(&app.database().auth)
    .await?;
    app.part::<Gatekeeper>()?.hasher.among(app, typed, hashes).await
}

/// Keeps the new hash, forgets what is older than the rules look back, ends codes and all sessions.
async fn keep(work: &mut Work, person: PersonId, hash: &str, by_owner: bool) -> Result<i32> {
    let now = work.now;
    let first =
        sqlx::query_scalar!("select must_change from auth.credential where person_id = $1 for update", person.0)
            .fetch_one(work.conn())
            .await?;
    let version = sqlx::query_scalar!(
        "update auth.credential
            set hash = $2, set_at = $3, must_change = false, disowned_at = null, failed = 0, not_before = null,
                rights_version = rights_version + 1
          where person_id = $1
      returning rights_version",
        person.0,
        hash,
        now,
    )
    .fetch_one(work.conn())
    .await?;
    remember(work, person, hash).await?;
    withdraw_codes(work, person).await?;
    sessions::end_all(work, person, "password_changed").await?;
    // a password that was given with the sign-in (demo, set-up) is no evidence that somebody changed it
    let event = match (by_owner, first) {
        (false, _) => Event::done("password.set", "person", person),
        (true, true) => Event::done("password.changed", "person", person).by("password.first_change"),
        (true, false) => Event::done("password.changed", "person", person).by("password.rules"),
    };
    work.record(event.about(person).facts(json!({ "first": first }))).await?;
    Ok(version)
}

async fn remember(work: &mut Work, person: PersonId, hash: &str) -> Result<()> {
    let now = work.now;
    sqlx::query!(
        "insert into auth.past_password (person_id, hash, set_at)
         values ($1, $2, $3)
         on conflict (person_id, set_at) do update set hash = excluded.hash",
        person.0,
        hash,
        now,
    )
    .execute(work.conn())
    .await?;
    let Some(kept) = *work.app().settings().password.history else { return Ok(()) };
    let kept = i64::try_from(kept).unwrap_or(i64::MAX);
    sqlx::query!(
        "delete from auth.past_password
          where person_id = $1
            and set_at not in (select set_at from auth.past_password where person_id = $1 order by set_at desc limit $2)",
        person.0,
        kept.max(24),
    )
    .execute(work.conn())
    .await?;
    Ok(())
}

/// A sign-in with a given password and no forced change: the demo, the tests, and the very first administrator, who
/// chooses it on the set-up page.
pub async fn open_with_password(app: &App, person: PersonId, login: &str, password: &str) -> Result<()> {
    app.change(&Actor::portal(), async |work: &mut Work| create_sign_in(work, person, login).await.map(drop)).await?;
    give_password(app, person, password).await
}

/// Gives an open sign-in its password without a forced change; see [`open_with_password`].
pub async fn give_password(app: &App, person: PersonId, password: &str) -> Result<()> {
    give_passwords(app, &[person], password).await
}

/// The same for many who share a password that everybody may know (the demo prints it): then they can share its hash,
/// which is dear to make.
pub async fn give_passwords(app: &App, people: &[PersonId], password: &str) -> Result<()> {
    let hash = app.part::<Gatekeeper>()?.hasher.hash(app, &Typed::new(password)).await?;
    for part in people.chunks(50) {
        app.change_as(Role::Auth, &Actor::portal(), async |work: &mut Work| {
            for person in part {
                keep(work, *person, &hash, false).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Is this the employee number of somebody else? Numbers open sign-ins as well as IDs do.
pub async fn is_number_of_another(conn: &mut sqlx::PgConnection, login: &str, person: PersonId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from person where lower(employee_no) = lower($1) and id <> $2) as "of_another!""#,
        login,
        person.0
    )
    .fetch_one(conn)
    .await
}

/// The person with this login or employee number, for binding a claim to somebody.
pub async fn person_with_login(conn: &mut sqlx::PgConnection, typed: &str) -> sqlx::Result<Option<PersonId>> {
    let login = crate::kernel::text::digits(typed).to_lowercase();
    sqlx::query_scalar!(
        r#"select c.person_id as "person: PersonId"
             from auth.credential c
             join person p on p.id = c.person_id
            where lower(c.login) = $1 or lower(p.employee_no) = $1
            order by lower(c.login) <> $1
            limit 1"#,
        login
    )
    .fetch_optional(conn)
    .await
}

/// 職員台帳の電話番号, the only one to call back.
pub async fn telephone_of(conn: &mut sqlx::PgConnection, person: PersonId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select telephone from person where id = $1", person.0)
        .fetch_optional(conn)
        .await
        .map(Option::flatten)
}

/// Whose sign-in this is, when the viewer may see it.
pub async fn owner(conn: &mut sqlx::PgConnection, person: PersonId) -> sqlx::Result<Option<super::model::Person>> {
    store::find_person(conn, person).await
}
