//! 再認証: before what reaches far the password is given once more, for one action on one target, used once, within
//! five minutes. The session is made anew.
use chrono::{DateTime, TimeDelta, Utc};
use tower_sessions::Session;
use uuid::Uuid;

use super::passwords::Typed;
use super::sessions::{self, Handed, id_hash};
use super::sign_in;
use crate::kernel::access::Viewer;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::uuid_at;
use crate::kernel::keys::{Keys, Purpose, equal, hmac_sha256};
use crate::kernel::text::with_query;
use crate::kernel::work::{Work, keeps_nothing};
use crate::web::forms::{Field, Form};
use crate::web::identify::Caller;
use crate::web::locale::Line;

/// The name under which the form of an act itself asks for the password.
pub const FIELD: &str = "own_password";

const LIFE: TimeDelta = TimeDelta::minutes(5);

/// What the password is asked for once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// 1,000行を超える書出し
    Export,
    /// 使用停止の解除
    Unlock,
    /// 再発行
    Reissue,
    /// 他人の権限に触れる登録
    Rights,
    /// 組織が定める値
    Settings,
    /// 操作記録の書出し
    Log,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Export, Self::Unlock, Self::Reissue, Self::Rights, Self::Settings, Self::Log];

    /// As addresses and the table hold it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Unlock => "unlock",
            Self::Reissue => "reissue",
            Self::Rights => "rights",
            Self::Settings => "settings",
            Self::Log => "log",
        }
    }

    /// Message key of why it is asked for.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Export => "people-step-up-export",
            Self::Unlock => "people-step-up-unlock",
            Self::Reissue => "people-step-up-reissue",
            Self::Rights => "people-step-up-rights",
            Self::Settings => "people-step-up-settings",
            Self::Log => "people-step-up-log",
        }
    }

    /// The action with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.key() == key)
    }
}

/// Where to send somebody who has to give the password once more; they come back to `to`.
#[must_use]
pub fn page(action: Action, target: &str, to: &str) -> String {
    with_query("/step-up", [("action", action.key()), ("target", target), ("to", to)])
}

/// What was given, for which act and until when, under the portal's key: a row that somebody else put in stands for nothing.
fn bond(keys: &Keys, id: Uuid, session: &[u8], (action, target): (Action, &str), until: DateTime<Utc>) -> [u8; 32] {
    let (action, until) = (action.key().as_bytes(), until.timestamp_micros().to_be_bytes());
    let length = u64::try_from(action.len()).unwrap_or_default().to_be_bytes();
    let parts = [b"step_up", &id.as_bytes()[..], session, &until, &length, action, target.as_bytes()];
    hmac_sha256(&*keys.subkey(Purpose::Bond), &parts)
}

/// One of the times when the password was given.
struct Given {
    id: Uuid,
    expires_at: DateTime<Utc>,
    bond: Vec<u8>,
}

/// Was the password given for exactly this, in this session, within the last minutes? Asking uses it up; but for an answer in
/// the other language alone, which does nothing of what was asked.
pub async fn require(app: &App, viewer: &Viewer, action: Action, target: &str) -> Result<bool> {
    let Some(session) = viewer.session.as_deref() else { return Ok(false) };
    let found = if keeps_nothing() {
        look(app, session, (action, target)).await?
    } else {
        take(app, session, (action, target)).await?
    };
    let genuine = |id, until, kept: &[u8]| equal(&bond(app.keys(), id, session, (action, target), until), kept);
    Ok(found.is_some_and(|given| genuine(given.id, given.expires_at, &given.bond)))
}

async fn take(app: &App, session: &[u8], (action, target): (Action, &str)) -> sqlx::Result<Option<Given>> {
    sqlx::query_as!(
        Given,
        "update auth.step_up
            set used_at = $4
          where id in (select id
                         from auth.step_up
                        where session_hash = $1 and action = $2 and target = $3 and used_at is null and expires_at > $4
                        order by given_at
                        limit 1
                          for update)
      returning id, expires_at, bond",
        session,
        action.key(),
        target,
        app.clock().now(),
    )
    .fetch_optional(&app.database().auth)
    .await
}

async fn look(app: &App, session: &[u8], (action, target): (Action, &str)) -> sqlx::Result<Option<Given>> {
    sqlx::query_as!(
        Given,
        "select id, expires_at, bond
           from auth.step_up
          where session_hash = $1 and action = $2 and target = $3 and used_at is null and expires_at > $4
          order by given_at
          limit 1",
        session,
        action.key(),
        target,
        app.clock().now(),
    )
    .fetch_optional(&app.database().auth)
    .await
}

/// Takes the password. False when it is wrong (or the account is not to be tried now).
pub async fn give(
    app: &App,
    session: &Session,
    viewer: &Viewer,
    caller: &Caller,
    typed: &Typed,
    (action, target): (Action, &str),
) -> Result<bool> {
    if !sign_in::confirm(app, caller, viewer.person, typed).await? {
        return Ok(false);
    }
    let rights_version =
        sqlx::query_scalar!("select rights_version from auth.credential where person_id = $1", viewer.person.0)
            .fetch_one(&app.database().auth)
            .await?;
    sessions::begin(session, Handed::going_on(viewer, caller, rights_version, app.clock().now())).await?;
    let Some(fresh) = session.id().map(|id| id_hash(app.keys(), id)) else { return Ok(false) };
    app.change_as(Role::Auth, &viewer.actor(), async |work: &mut Work| {
        let now = work.now;
        let (id, until) = (uuid_at(now), now + LIFE);
        let bond = bond(app.keys(), id, &fresh, (action, target), until);
        sqlx::query!(
            "insert into auth.step_up (id, session_hash, action, target, given_at, expires_at, bond)
             values ($1, $2, $3, $4, $5, $6, $7)",
            id,
            &fresh[..],
            action.key(),
            target,
            now,
            until,
            &bond[..],
        )
        .execute(work.conn())
        .await?;
        given(work, viewer, action, target).await
    })
    .await?;
    Ok(true)
}

/// The question for one's own password on the form of an act, so that nothing else typed there is typed twice.
#[must_use]
pub fn question(app: &App, action: Action) -> Field {
    let purpose = app.settings().password.autocomplete_for("current-password");
    Field::password(FIELD, "people-own-password").autocomplete(purpose).hint(action.why())
}

/// What stands at [`FIELD`] when the password was not taken.
#[must_use]
pub fn wrong() -> Line {
    Line::new("people-own-password-wrong")
}

/// Takes the password together with the act itself. False when it is wrong (or the account is not to be tried now).
pub async fn confirm(
    app: &App,
    viewer: &Viewer,
    caller: &Caller,
    typed: &Typed,
    (action, target): (Action, &str),
) -> Result<bool> {
    if typed.is_empty() || !sign_in::confirm(app, caller, viewer.person, typed).await? {
        return Ok(false);
    }
    app.change(&viewer.actor(), async |work: &mut Work| given(work, viewer, action, target).await).await?;
    Ok(true)
}

/// The same for a form that carries the question: what is wrong is said at its field, and a form that has other faults is
/// not asked about its password at all.
pub async fn confirm_form(
    app: &App,
    viewer: &Viewer,
    caller: &Caller,
    form: &mut Form,
    act: (Action, &str),
) -> Result<bool> {
    if form.faulty() {
        return Ok(false);
    }
    let typed = Typed::new(form.text(FIELD));
    let given = confirm(app, viewer, caller, &typed, act).await?;
    if !given {
        form.refuse(FIELD, wrong());
    }
    Ok(given)
}

async fn given(work: &mut Work, viewer: &Viewer, action: Action, target: &str) -> Result<()> {
    let event = Event::done("step_up.given", "person", viewer.person).about(viewer.person);
    work.record(event.facts(serde_json::json!({ "action": action.key(), "target": target }))).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_survives_the_address() {
        let page = page(Action::Export, "accounts", "/ledgers/accounts.csv?q=山&x=1");
        assert_eq!(page, "/step-up?action=export&target=accounts&to=%2Fledgers%2Faccounts.csv%3Fq%3D%E5%B1%B1%26x%3D1");
    }

    #[test]
    fn every_action_is_found_by_its_key() {
        assert!(Action::ALL.into_iter().all(|action| Action::from_key(action.key()) == Some(action)));
    }
}
