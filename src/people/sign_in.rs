//! Signing in: with a password, or with an activation code. Unknown, wrong, stopped and disabled look alike in words,
//! status and time; what differs stands in the event log only.
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde_json::json;

use super::codes::{link_hash, typed_hash};
use super::lockout::{Phantoms, Standing, Verdict};
use super::passwords::{Hasher, Typed, outdated};
use super::permissions;
use super::sessions::{Handed, end_all};
use super::store::{heads_of, persons_of};
use crate::kernel::access::{Actor, Permission, Reach, Tier};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::keys::{Purpose, hmac_sha256, random_bytes};
use crate::kernel::notices::{AtOnce, Notice};
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::web::identify::Caller;
use crate::web::locale::{Lang, Words};
use crate::web::notices::letter;

/// Attempts at once, and then per minute, from one source. A department behind one address must still get in.
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);
const PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);
/// Above so many sources, those that have been quiet are forgotten.
const SOURCES: usize = 10_000;

/// Hashing and the buckets of this process, plugged into the portal once.
pub struct Gatekeeper {
    /// hashing
    pub hasher: Hasher,
    sources: DefaultKeyedRateLimiter<IpAddr>,
    phantoms: Phantoms,
}

impl Default for Gatekeeper {
    fn default() -> Self {
        let quota = Quota::per_minute(PER_MINUTE).allow_burst(BURST);
        Self { hasher: Hasher::default(), sources: RateLimiter::keyed(quota), phantoms: Phantoms::default() }
    }
}

impl Gatekeeper {
    /// Wherever a password or code is checked, or something is filed without a sign-in.
    pub fn admit(&self, source: Option<IpAddr>) -> Result<()> {
        let Some(source) = source else { return Ok(()) };
        if self.sources.len() > SOURCES {
            self.sources.retain_recent();
        }
        self.sources.check_key(&source).map_err(|_| Error::TooMany(None))
    }
}

/// What somebody proves themselves with.
#[derive(Debug)]
pub enum Proof {
    /// パスワード
    Password(Typed),
    /// 有効化コード, as typed
    Code(zeroize::Zeroizing<String>),
    /// 設定リンク: the letters in it
    Link(zeroize::Zeroizing<String>),
}

impl Proof {
    /// What would be kept of it, where it opens once.
    fn once(&self, app: &App, person: PersonId) -> Option<[u8; 32]> {
        match self {
            Self::Password(_) => None,
            Self::Code(typed) => Some(typed_hash(app.keys(), person, typed)),
            Self::Link(letters) => Some(link_hash(app.keys(), person, letters)),
        }
    }

    const fn key(&self) -> &'static str {
        match self {
            Self::Password(_) => "password",
            Self::Code(_) => "code",
            Self::Link(_) => "link",
        }
    }
}

/// Somebody is in.
#[derive(Debug)]
pub struct Welcome {
    /// what the session is made from
    pub handed: Handed,
    /// a mark for this browser, when it had none of this person
    pub mark: Option<String>,
}

/// What became of an attempt.
#[derive(Debug)]
pub enum Attempt {
    /// in
    In(Box<Welcome>),
    /// not, and nobody is told why
    Refused,
    /// not, and failures have locked it: told only where the adopted regulation has words for it
    Locked,
}

impl Attempt {
    fn refused(locked: bool) -> Self {
        if locked { Self::Locked } else { Self::Refused }
    }
}

/// Why a proof is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Disabled,
    Locked,
    TooEarly,
}

impl Held {
    const fn key(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Locked => "locked",
            Self::TooEarly => "too_early",
        }
    }
}

#[derive(Debug, Clone)]
struct Account {
    person: PersonId,
    /// none while a code is waiting to be used, or has been used and no password set since
    hash: Option<String>,
    trusted: Option<u32>,
    /// the ID as it was typed, which is one that this person has
    login: Option<String>,
}

/// Tries to sign in.
pub async fn attempt(app: &App, caller: &Caller, login: &str, proof: Proof, mark: Option<&str>) -> Result<Attempt> {
    let gate = app.part::<Gatekeeper>()?;
    gate.admit(caller.source)?;
    let mark_hash = mark.map(|mark| mark_hash(app, mark).to_vec());
    let account = find(app, login, mark_hash.as_deref()).await?;
    let right = match &proof {
        Proof::Password(typed) => {
            let hash = account.as_ref().and_then(|account| account.hash.as_deref());
            gate.hasher.verify(app, typed, hash).await?
        }
        Proof::Code(typed) | Proof::Link(typed) => {
            // as long as a password takes, so that neither page tells which IDs exist
            gate.hasher.verify(app, &Typed::new(typed), None).await?;
            match &account {
                Some(account) => opens_once(app, account.person, proof.once(app, account.person)).await?,
                None => false,
            }
        }
    };
    let held = match &account {
        None => {
            unknown(app, caller, login).await?;
            None
        }
        Some(account) if right => match enter(app, caller, account, &proof, mark_hash).await? {
            Ok(welcome) => return Ok(Attempt::In(Box::new(welcome))),
            Err(held) => Some(held),
        },
        Some(account) => wrong(app, caller, account, mark_hash).await?,
    };
    Ok(Attempt::refused(match (&account, held) {
        // an ID that nobody has locks like any other, and so does one that is stopped
        (None, _) | (_, Some(Held::Disabled)) => {
            gate.phantoms.fail(login_digest(app, login), &app.settings().lock, app.clock().now())
        }
        (Some(_), held) => held == Some(Held::Locked),
    }))
}

/// What is kept of an ID that nobody has: what was typed may be a password in the wrong field.
fn login_digest(app: &App, login: &str) -> [u8; 32] {
    hmac_sha256(&*app.keys().subkey(Purpose::Digest), &[text::digits(login).to_lowercase().as_bytes()])
}

/// What is kept of a browser's mark, so that nobody writes one of their own past the portal.
fn mark_hash(app: &App, mark: &str) -> [u8; 32] {
    hmac_sha256(&*app.keys().subkey(Purpose::Browser), &[mark.as_bytes()])
}

async fn find(app: &App, login: &str, mark: Option<&[u8]>) -> Result<Option<Account>> {
    let login = text::digits(login).to_lowercase();
    let mut read = app.read_all(Role::Auth).await?;
    let found = sqlx::query!(
        r#"select c.person_id as "person: PersonId",
                  case when exists (select from auth.activation a where a.person_id = c.person_id and a.withdrawn_at is null)
                       then null else c.hash end as hash,
                  b.failed as "trusted?"
             from auth.credential c
             join person p on p.id = c.person_id
             left join auth.trusted_browser b on b.person_id = c.person_id and b.mark_hash = $2
            where lower(c.login) = $1 or lower(p.employee_no) = $1
            order by lower(c.login) <> $1
            limit 1"#,
        login,
        mark,
    )
    .fetch_optional(read.conn())
    .await?;
    Ok(found.map(|row| Account {
        person: row.person,
        hash: row.hash,
        trusted: row.trusted.map(|failed| u32::try_from(failed).unwrap_or_default()),
        login: Some(login),
    }))
}

async fn opens_once(app: &App, person: PersonId, hash: Option<[u8; 32]>) -> Result<bool> {
    let mut read = app.read_all(Role::Auth).await?;
    let fits = sqlx::query_scalar!(
        r#"select exists (select from auth.activation
                           where person_id = $1 and code_hash = $2 and used_at is null and withdrawn_at is null and expires_at > $3) as "fits!""#,
        person.0,
        hash.as_ref().map(|hash| &hash[..]),
        app.clock().now(),
    )
    .fetch_one(read.conn())
    .await?;
    Ok(fits)
}

fn stranger(caller: &Caller) -> Actor {
    Actor::anonymous(caller.source, caller.request_ref)
}

/// An ID that nobody has.
async fn unknown(app: &App, caller: &Caller, login: &str) -> Result<()> {
    let digest: String = login_digest(app, login).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let event = Event::failed("sign_in.failed", "sign_in", "unknown").facts(json!({ "login_digest": digest }));
    app.note(&stranger(caller), event).await
}

/// The row, held, as the rules want to see it.
async fn standing(work: &mut Work, account: &Account) -> Result<(Standing, i32)> {
    let row = sqlx::query!(
        "select failed, not_before, locked_at, disabled_at, rights_version from auth.credential where person_id = $1 for update",
        account.person.0
    )
    .fetch_one(work.conn())
    .await?;
    let standing = Standing {
        failed: u32::try_from(row.failed).unwrap_or_default(),
        not_before: row.not_before,
        locked_at: row.locked_at,
        disabled: row.disabled_at.is_some(),
        trusted: account.trusted,
    };
    Ok((standing, row.rights_version))
}

async fn held(work: &mut Work, account: &Account, standing: &Standing) -> Result<Held> {
    let settings = work.app().settings();
    let held = if standing.disabled {
        Held::Disabled
    } else if standing.locked(&settings.lock, work.now) {
        Held::Locked
    } else {
        Held::TooEarly
    };
    let event = Event::denied("sign_in.refused", "person", account.person).about(account.person).by("password.lock");
    work.record(event.facts(json!({ "why": held.key() }))).await?;
    Ok(held)
}

/// The proof was wrong: counted, slowed down, and with the n-th in a row the account stops.
async fn wrong(app: &App, caller: &Caller, account: &Account, mark: Option<Vec<u8>>) -> Result<Option<Held>> {
    // as the portal's own role, since the ledger's reaction to a stop writes the ledger in this transaction
    let outcome = app
        .change(&stranger(caller), async |work: &mut Work| {
            let (standing, _) = standing(work, account).await?;
            let settings = work.app().settings();
            let Verdict::Fail { failed, not_before, lock } = standing.judge(false, &settings.lock, work.now) else {
                return held(work, account, &standing).await.map(Some);
            };
            let locked_at = if lock { Some(work.now) } else { None };
            sqlx::query!(
                "update auth.credential
                set failed = $2, not_before = $3, locked_at = $4, rights_version = rights_version + $5
              where person_id = $1",
                account.person.0,
                i32::try_from(failed).unwrap_or(i32::MAX),
                not_before,
                locked_at,
                i32::from(lock),
            )
            .execute(work.conn())
            .await?;
            let event = Event::failed("sign_in.failed", "person", account.person).about(account.person);
            work.record(event.facts(json!({ "failures": failed, "login": account.login }))).await?;
            if !lock {
                return Ok(None);
            }
            stop(work, account.person, failed).await?;
            Ok(Some(Held::Locked))
        })
        .await?;
    if let Some(mark) = mark.filter(|_| account.trusted.is_some()) {
        sqlx::query!("update auth.trusted_browser set failed = failed + 1 where mark_hash = $1", mark)
            .execute(&app.database().auth)
            .await?;
    }
    Ok(outcome)
}

/// 使用停止（失敗回数超過）: sessions end, the log and the ledger say so, the administrators are told.
async fn stop(work: &mut Work, person: PersonId, failed: u32) -> Result<()> {
    end_all(work, person, "locked").await?;
    let facts = json!({ "person": person, "failures": failed, "at": work.now });
    work.record(Event::done("sign_in.locked", "person", person).about(person).by("password.lock").facts(facts)).await?;
    let Some(known) = super::store::find_person(work.conn(), person).await? else { return Ok(()) };
    let name = known.name();
    let path = format!("/sign-ins/{}/release", text::percent(&known.employee_no));
    let link = format!("{}{path}", work.app().config().origin);
    let today = local(work.now).date_naive();
    let table = permissions::in_force(work.app())?;
    let words = Words(Lang::Ja);
    let body = words.t2("people-mail-locked-body", "name", &name, "link", &link).into_owned();
    let releases = |tier: &Tier| table.reach(*tier, Permission::SignInsManage) == Reach::Organisation;
    for tier in Tier::ALL.iter().filter(|tier| releases(tier)) {
        for person in persons_of(work.conn(), *tier, today).await? {
            tell(work, person, &known, Some(&path), body.clone()).await?;
        }
    }
    // the head of the section: to release it, or where heads work on requests of their own systems, to know
    let (path, body) = if table.reach(Tier::Manager, Permission::SignInsManage) == Reach::Department {
        (Some(path.as_str()), body)
    } else if table.reach(Tier::Manager, Permission::RequestsExecute) == Reach::Department {
        (None, words.t1("people-mail-locked-section", "name", &name).into_owned())
    } else {
        return Ok(());
    };
    for head in heads_of(work.conn(), person, today).await? {
        tell(work, head, &known, path, body.clone()).await?;
    }
    Ok(())
}

async fn tell(
    work: &mut Work,
    to: PersonId,
    about: &super::model::Person,
    path: Option<&str>,
    body: String,
) -> Result<()> {
    let said = Message::new("people-mail-locked").with("name", about.name());
    let letter = letter(&said, body);
    let notice = Notice::new(to, "sign_in.locked", said, ("person", about.id));
    let notice = path.into_iter().fold(notice, Notice::at);
    work.notify(notice.at_once(AtOnce::Security, letter)).await
}

/// The proof was right: once more under lock, since the account may have been stopped in between.
async fn enter(
    app: &App,
    caller: &Caller,
    account: &Account,
    proof: &Proof,
    mark: Option<Vec<u8>>,
) -> Result<std::result::Result<Welcome, Held>> {
    let fresh_hash = match (proof, account.hash.as_deref()) {
        (Proof::Password(typed), Some(hash)) if outdated(app, hash) => {
            Some(app.part::<Gatekeeper>()?.hasher.hash(app, typed).await?)
        }
        _ => None,
    };
    let actor = Actor { who: crate::kernel::access::Who::Person(account.person), ..stranger(caller) };
    app.change_as(Role::Auth, &actor, async |work: &mut Work| {
        let (standing, rights_version) = standing(work, account).await?;
        let settings = work.app().settings();
        if standing.judge(true, &settings.lock, work.now) != Verdict::Enter {
            return held(work, account, &standing).await.map(Err);
        }
        let once = proof.once(work.app(), account.person);
        if let Some(hash) = &once
            && !use_code(work, account.person, hash).await?
        {
            return held(work, account, &standing).await.map(Err);
        }
        let now = work.now;
        sqlx::query!(
            "update auth.credential
                set failed = 0, not_before = null, locked_at = null, last_sign_in = $2, hash = coalesce($3, hash),
                    must_change = must_change or $4
              where person_id = $1",
            account.person.0,
            now,
            fresh_hash,
            once.is_some(),
        )
        .execute(work.conn())
        .await?;
        let by = proof.key();
        let event = Event::done("sign_in.succeeded", "person", account.person).by("portal.log").about(account.person);
        work.record(event.facts(json!({ "by": by }))).await?;
        let (known_by, mark) = remember_browser(work, account, mark).await?;
        let handed = Handed {
            person: account.person,
            rights_version,
            source: caller.source,
            agent: caller.agent.clone(),
            at: now,
            mark: Some(known_by),
            after: None,
        };
        Ok(Ok(Welcome { handed, mark }))
    })
    .await
}

/// Used once, whoever is quicker.
async fn use_code(work: &mut Work, person: PersonId, hash: &[u8; 32]) -> Result<bool> {
    let now = work.now;
    let used = sqlx::query!(
        "update auth.activation
            set used_at = $3
          where person_id = $1 and code_hash = $2 and used_at is null and withdrawn_at is null and expires_at > $3",
        person.0,
        &hash[..],
        now,
    )
    .execute(work.conn())
    .await?;
    Ok(used.rows_affected() == 1)
}

/// 端末の印: the browser is known from now on; its failures begin at nought. What is kept of its mark, and the mark if it is new.
async fn remember_browser(
    work: &mut Work,
    account: &Account,
    mark: Option<Vec<u8>>,
) -> Result<(Vec<u8>, Option<String>)> {
    let now = work.now;
    if let (Some(mark), Some(_)) = (mark, account.trusted) {
        sqlx::query!("update auth.trusted_browser set failed = 0, last_seen_at = $2 where mark_hash = $1", mark, now)
            .execute(work.conn())
            .await?;
        return Ok((mark, None));
    }
    let mark: String = random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
    let hash = mark_hash(work.app(), &mark);
    sqlx::query!(
        "insert into auth.trusted_browser (mark_hash, person_id, created_at, last_seen_at) values ($1, $2, $3, $3)",
        &hash[..],
        account.person.0,
        now,
    )
    .execute(work.conn())
    .await?;
    sqlx::query!(
        "delete from auth.trusted_browser
          where mark_hash in (select mark_hash
                                from auth.trusted_browser
                               where person_id = $1
                               order by last_seen_at desc, mark_hash
                              offset 10)",
        account.person.0
    )
    .execute(work.conn())
    .await?;
    Ok((hash.to_vec(), Some(mark)))
}

/// Is this the person's password? For step-up and for changing it: counted and slowed down like a sign-in.
pub async fn confirm(app: &App, caller: &Caller, person: PersonId, typed: &Typed) -> Result<bool> {
    let gate = app.part::<Gatekeeper>()?;
    gate.admit(caller.source)?;
    let hash = sqlx::query_scalar!("select hash from auth.credential where person_id = $1", person.0)
        .fetch_optional(&app.database().auth)
        .await?
        .flatten();
    let account = Account { person, hash, trusted: None, login: None };
    let right = gate.hasher.verify(app, typed, account.hash.as_deref()).await?;
    if !right {
        wrong(app, caller, &account, None).await?;
        return Ok(false);
    }
    app.change(&stranger(caller), async |work: &mut Work| {
        let (standing, _) = standing(work, &account).await?;
        let settings = work.app().settings();
        if standing.judge(true, &settings.lock, work.now) != Verdict::Enter {
            return held(work, &account, &standing).await.map(|_| false);
        }
        sqlx::query!("update auth.credential set failed = 0, not_before = null where person_id = $1", person.0)
            .execute(work.conn())
            .await?;
        Ok(true)
    })
    .await
}
