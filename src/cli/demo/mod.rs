//! `mamori demo`: a fictional organisation with a year of activity, made through the same actions as a real one.
mod answers;
mod asking;
mod changes;
mod large;
mod names;
mod naming;
pub mod organisation;
mod organisations;
mod people;
mod scenes;
mod starters;
mod systems;
mod turns;
mod year;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use clap::Args;
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use self::large::{Grown, Size};
use self::organisation::Organisation;
use self::people::{Company, Member};
use self::year::{Offer, Year};
use crate::cli::start::{Running, data_dir, owner, start, start_with};
use crate::engines::requests::actions::kinds;
use crate::features::privileged::actions::{grant, record_use};
use crate::features::privileged::model::{Granting, PrivilegedId, Source, Used};
use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::clock::{Clock, local, moment};
use crate::kernel::config::{Common, Mode, Serving};
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId, SystemId, uuid_at};
use crate::kernel::work::Work;
use crate::people::passwords::Typed;
use crate::people::sign_in::{Proof, attempt};
use crate::people::sign_ins::{create_sign_in, give_passwords};
use crate::portal::{Founding, found};
use crate::web::identify::Caller;

/// The password of everybody in the demo.
pub const PASSWORD: &str = "Mamori-Demo!2026";

/// Lies in the demo's directory once everything in it is made.
const MADE: &str = "made";

/// Options of `mamori demo`.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Under which regulation the organisation works
    #[arg(long, default_value = "system-management")]
    pub regulation: String,
    /// How large: `large` is an office of 5,000 people with years of requests, made in some minutes
    #[arg(long, default_value = "small", value_parser = ["small", "large"])]
    pub scale: String,
    /// Throw away the demo that is there and make a new one
    #[arg(long)]
    pub fresh: bool,
    /// Write the sign-ins to this file as JSON
    #[arg(long)]
    pub logins: Option<PathBuf>,
    /// Make the data and end
    #[arg(long)]
    pub no_serve: bool,
    /// For so many days instead of a year (for tests)
    #[arg(long, hide = true)]
    pub days: Option<u32>,
    /// So many people, accounts and requests instead of those of the large demo (for tests)
    #[arg(long, hide = true, num_args = 3)]
    pub size: Option<Vec<usize>>,
}

impl DemoArgs {
    /// How much is loaded in bulk before the last weeks; none in the small demo.
    fn bulk(&self) -> Option<Size> {
        let size = self.size.as_deref().and_then(|size| match size {
            [persons, accounts, requests] => Some(Size { persons: *persons, accounts: *accounts, requests: *requests }),
            _ => None,
        });
        (self.scale == "large").then(|| size.unwrap_or(Size::LARGE))
    }
}

/// The days of a demo.
#[derive(Debug, Clone, Copy)]
struct Days {
    /// when the organisation adopts its regulation
    adopted: NaiveDate,
    /// from when on its people act through the real actions
    lived: NaiveDate,
    /// now
    now: DateTime<Utc>,
}

/// One sign-in, for people and for tools.
#[derive(Debug, Clone, Serialize)]
pub struct Login {
    /// the tier's key
    pub tier: &'static str,
    /// what to type
    pub login: String,
    /// and what to keep to oneself
    pub password: &'static str,
    /// where this person sits
    pub department: String,
    /// the regulation
    pub regulation: String,
}

/// Brings up the demo: makes it if it is not there, and goes on with what is.
pub async fn prepare(common: &Common, serving: &Serving, args: &DemoArgs) -> anyhow::Result<(Running, Vec<Login>)> {
    let organisation = known(&args.regulation)?;
    let bulk = args.bulk();
    if bulk.is_some() && args.regulation != large::REGULATION {
        bail!(
            "the large demo is made under {} only; under {} there is the small one (leave --scale out)",
            large::REGULATION,
            args.regulation
        );
    }
    let dir = data_dir(common)?.join(format!("demo-{}-{}", args.regulation, args.scale));
    // a demo that was interrupted while it was made is made again
    let half = dir.is_dir() && !dir.join(MADE).is_file();
    if (args.fresh || half) && common.database_url.is_none() {
        clear(&dir)?;
    }
    // the clock is held while the year is made, and the portal is put together anew on the machine's clock afterwards
    let now = Clock::system().now();
    let held = Clock::held(now);
    // nobody is answered before all of it is made: one wait for the disk, at the end, is enough
    let hasty = [("synchronous_commit", "off")];
    let running = start_with(common, serving, Mode::Demo, &dir, held, &hasty).await?;
    match made_by(&running.app).await? {
        Some(maker) if maker != "demo" => {
            bail!("this database belongs to a real organisation; the demo does not touch it")
        }
        Some(_) => {}
        None => {
            let days = days(now, args.days, bulk.is_some());
            begin(&running.app, organisation, days.adopted)
                .await
                .map_err(anyhow::Error::from)
                .context("founding the demo")?;
            let owner = match bulk {
                Some(size) => Some((size, owner(common, &running).await?)),
                None => None,
            };
            make(&running.app, organisation, days, owner)
                .await
                .map_err(anyhow::Error::from)
                .context("making the demo")?;
            on_the_disk(&running.app).await?;
            fs::write(dir.join(MADE), "")?;
        }
    }
    let logins = logins(&running.app, organisation).await?;
    if let Some(path) = &args.logins {
        fs::write(path, serde_json::to_string_pretty(&logins)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    running.app.database().close().await;
    drop(running);
    let running = start(common, serving, Mode::Demo, &dir, Clock::system()).await?;
    Ok((running, logins))
}

/// The organisation of that regulation; a regulation without one is refused before anything is made for it.
fn known(regulation: &str) -> anyhow::Result<&'static Organisation> {
    organisation::under(regulation).with_context(|| {
        let all = organisation::ALL.map(|organisation| organisation.regulation);
        format!("there is no demo organisation under a regulation 「{regulation}」; there are: {}", all.join(", "))
    })
}

/// A commit that is waited for takes with it all that were not.
async fn on_the_disk(app: &App) -> anyhow::Result<()> {
    let mut tx = app.database().app.begin().await?;
    for sql in ["set local synchronous_commit = on", "select pg_current_xact_id()"] {
        sqlx::query(sql).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

/// Only what a demo made may be thrown away.
fn clear(dir: &Path) -> anyhow::Result<()> {
    if dir.join("pg").is_dir() && dir.file_name().is_some_and(|name| name.to_string_lossy().starts_with("demo-")) {
        fs::remove_dir_all(dir).with_context(|| format!("cannot clear {}", dir.display()))?;
    }
    Ok(())
}

async fn made_by(app: &App) -> anyhow::Result<Option<String>> {
    Ok(sqlx::query_scalar!("select made_by from organisation").fetch_optional(&app.database().app).await?)
}

/// A year ago the organisation adopts its regulation.
async fn begin(app: &App, organisation: &Organisation, first: NaiveDate) -> Result<()> {
    let start = moment(first.and_hms_opt(8, 0, 0).unwrap_or_default());
    app.clock().set(start);
    let founding = Founding {
        name: organisation.name.to_owned(),
        help_line: organisation.help.to_owned(),
        regulation: organisation.regulation.to_owned(),
        made_by: "demo",
    };
    found(app, &founding).await
}

/// A year of the real actions; in the large demo years of bulk and then some days.
fn days(now: DateTime<Utc>, lived: Option<u32>, bulk: bool) -> Days {
    let today = local(now).date_naive();
    let lived = match lived.or(bulk.then_some(LAST_DAYS)) {
        Some(days) => today.checked_sub_days(chrono::Days::new(days.into())),
        None => today.checked_sub_months(Months::new(12)),
    };
    let lived = lived.unwrap_or(today);
    let adopted = if bulk { lived.checked_sub_months(Months::new(12 * large::YEARS)).unwrap_or(lived) } else { lived };
    Days { adopted, lived, now }
}

/// How long the people of the large demo act one by one, after the bulk.
const LAST_DAYS: u32 = 28;

async fn make(
    app: &App,
    organisation: &'static Organisation,
    days: Days,
    bulk: Option<(Size, PgConnection)>,
) -> Result<()> {
    let Days { lived: first, now, .. } = days;
    let from = NaiveDate::from_ymd_opt(2021, 4, 1).unwrap_or(first);
    let company = people::found(app, organisation, from).await?;
    systems::register_all(app, &company).await?;
    open_sign_ins(app, &company).await?;
    let grown = match bulk {
        Some((size, owner)) => {
            let last = moment(first.and_hms_opt(7, 0, 0).unwrap_or_default());
            let span = (from, days.adopted + TimeDelta::days(1), last);
            let grown = large::grow(app, owner, &company, size, span).await?;
            app.clock().set(last);
            grown
        }
        None => Grown::default(),
    };
    let offers = offers(app).await?;
    let year = Year::new(app, &company, &offers)?.knowing(&grown);
    year.name_designees(local(now).date_naive() + TimeDelta::days(180)).await?;
    let lived = year.live(first + TimeDelta::days(1), now - LAST_SCENE).await?;
    // last, so that nobody's password of the demo is past its age
    let administrators = open_own_accounts(app, &company, &offers, now).await?;
    let people = company.members.iter().map(|member| member.id).chain(lived.joined).chain(administrators);
    let people: Vec<PersonId> = people.chain(grown.people).collect();
    give_passwords(app, &people, PASSWORD).await?;
    lock_one(app, &company, now).await?;
    tracing::info!(people = people.len(), filed = lived.filed, "the demo is made");
    Ok(())
}

/// How long before the end the year's last scene begins.
const LAST_SCENE: TimeDelta = TimeDelta::minutes(12);

/// Somebody types a wrong password until the sign-in is stopped, and waits for the release.
async fn lock_one(app: &App, company: &Company, now: DateTime<Utc>) -> Result<()> {
    let Some(section) = company.coded(company.plan.locked) else { return Ok(()) };
    let Some(member) = company.of(Tier::Staff).find(|member| member.department == section) else { return Ok(()) };
    app.clock().set(now - LAST_SCENE);
    for _ in 0..*app.settings().lock.after {
        let caller =
            Caller { source: None, request_ref: uuid_at(app.clock().now()), agent: String::new(), by_itself: false };
        attempt(app, &caller, &member.number, Proof::Password(Typed::new("Mamori-Demo?2025")), None).await?;
        app.clock().advance(TimeDelta::seconds(61));
    }
    app.clock().set(now);
    Ok(())
}

/// Everybody who is there can sign in from the beginning, and so stands in the account ledger; those who join, later.
async fn open_sign_ins(app: &App, company: &Company) -> Result<()> {
    for part in company.members.chunks(100) {
        app.change(&Actor::portal(), async |work: &mut Work| {
            for member in part {
                create_sign_in(work, member.id, &member.number).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Systems with a right for administration have accounts of their own for it, held by the first administrators; the portal
/// where administration is apart from daily work.
async fn open_own_accounts(
    app: &App,
    company: &Company,
    offers: &[Offer],
    now: DateTime<Utc>,
) -> Result<Vec<PersonId>> {
    let apart = *app.settings().session.admin_apart;
    let administered = offers.iter().filter(|offer| if offer.portal { apart } else { offer.rights.len() > ORDINARY });
    let administered: Vec<&Offer> = administered.collect();
    let mut kept = Vec::new();
    for (left, offer) in administered.iter().enumerate().map(|(at, offer)| (administered.len() - at, offer)) {
        // the last one lacks its second administrator, which its line says
        let people = if left == 1 && administered.len() > 1 { 1 } else { 2 };
        for member in company.of(Tier::Sysadmin).take(people) {
            let right = offer.rights.last().copied();
            let granting = administrator(app, member, offer.system, (right, offer.portal), now);
            let granted = app.change(&Actor::portal(), async |work: &mut Work| grant(work, &granting).await).await?;
            if !offer.portal {
                kept.push((granted.id, granting));
            }
        }
    }
    use_some(app, &kept, now).await?;
    let mut read = app.read_all(Role::App).await?;
    let opened = sqlx::query_scalar!(
        r#"select c.person_id as "person: PersonId"
             from auth.credential c
             join person p on p.id = c.person_id
            where p.owner_person is not null and c.set_at is null and c.disabled_at is null"#
    )
    .fetch_all(read.conn())
    .await?;
    Ok(opened)
}

/// So many days ago the rights on other systems were given.
const GIVEN: i64 = 75;

/// What administrators did with such rights, and how many days ago: each writes it down themselves.
const WORK: [(i64, &str, &str); 4] = [
    (62, "月次の更新プログラムの適用", "適用して再起動し、動作を確かめた。異常なし。"),
    (34, "月次の更新プログラムの適用", "適用して再起動し、動作を確かめた。異常なし。"),
    (20, "ディスクの残容量の警告への対応", "古い一時ファイルを削除した。残容量は42%になった。"),
    (6, "月次の更新プログラムの適用", "適用して再起動し、動作を確かめた。異常なし。"),
];

/// The records of that work. Where work is instructed first, nobody writes any by hand.
async fn use_some(app: &App, kept: &[(PrivilegedId, Granting)], now: DateTime<Utc>) -> Result<()> {
    if kinds(app)?.get("privileged.use").is_ok() {
        return Ok(());
    }
    for ((days, work_done, result), (account, granting)) in WORK.into_iter().zip(kept.iter().cycle()) {
        let from = moment((local(now) - TimeDelta::days(days)).date_naive().and_hms_opt(18, 0, 0).unwrap_or_default());
        let used = Used {
            account: Some(*account),
            system: Some(granting.system),
            user: granting.holder,
            department: granting.department,
            source: Source::Unplanned,
            work: work_done.to_owned(),
            result: result.to_owned(),
            from,
            until: from + TimeDelta::minutes(50),
            request: None,
            line: 1,
        };
        let by = year::hand(app, granting.holder).await?;
        app.change(&by.viewer.actor(), async |work: &mut Work| record_use(work, &used).await).await?;
    }
    Ok(())
}

/// Rights of a system of the demo that are for daily work; the one after them is for administration.
const ORDINARY: usize = 2;

fn administrator(
    app: &App,
    member: &Member,
    system: SystemId,
    (right, portal): (Option<Uuid>, bool),
    now: DateTime<Utc>,
) -> Granting {
    let (scope, purpose) = if portal {
        ("ポータルの管理", "ログインIDと操作記録の管理のため")
    } else {
        ("サーバとデータベースの保守", "定期保守と障害対応のため")
    };
    Granting {
        system,
        name: format!("adm-{}", member.number),
        holder: member.id,
        department: member.department,
        rights: right.into_iter().collect(),
        scope: scope.to_owned(),
        purpose: purpose.to_owned(),
        // what stands on other systems was given before it was entered here
        from: if portal { app.clock().now() } else { now - TimeDelta::days(GIVEN) },
        until: now + TimeDelta::days(180),
        approved: None,
        request: None,
        safe_place: String::new(),
        may_use: Vec::new(),
        secret_changed: None,
    }
}

async fn offers(app: &App) -> Result<Vec<Offer>> {
    let mut read = app.read_all(Role::App).await?;
    let rows = sqlx::query!(
        r#"select s.id as "system!: SystemId", s.owner_department_id as "owner!: DepartmentId", s.is_portal as "portal!",
                  array(select r.id from system_rights_pub r where r.system_id = s.id and r.withdrawn_on is null order by r.position, r.id) as "rights!"
             from systems_pub s
            order by s.code"#
    )
    .fetch_all(read.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Offer { system: row.system, owner: row.owner, rights: row.rights, portal: row.portal })
        .collect())
}

/// One sign-in a tier: the first person (by number) who holds it in a department that has the most to show.
async fn logins(app: &App, organisation: &Organisation) -> anyhow::Result<Vec<Login>> {
    let mut read = app.read_all(Role::App).await?;
    let rows = sqlx::query!(
        r#"select distinct on (p.tier, n.owner_person is null) p.tier, c.login, d.name as department
             from post p
             join person n on n.id = p.person_id
             join auth.credential c on c.person_id = p.person_id
             join department d on d.id = p.department_id
            where (p.main or p.tier = 'operator') and c.disabled_at is null and (p.tier not in ('staff', 'manager') or d.code = $1)
            order by p.tier, n.owner_person is null desc, c.login"#,
        organisation.desk,
    )
    .fetch_all(read.conn())
    .await?;
    let mut logins: Vec<Login> = Vec::new();
    for row in rows {
        let Some(tier) = Tier::from_key(&row.tier) else { continue };
        logins.push(Login {
            tier: tier.key(),
            login: row.login,
            password: PASSWORD,
            department: row.department,
            regulation: organisation.regulation.to_owned(),
        });
    }
    logins.sort_by_key(|login| Tier::from_key(login.tier));
    Ok(logins)
}

/// Prints where to go and as whom.
pub fn announce(serving: &Serving, logins: &[Login]) {
    say!("\nMamori demo  http://{}\n", serving.listen);
    say!("  {:<12}{:<10}{:<20}", "tier", "login", "password");
    for login in logins {
        say!("  {:<12}{:<10}{:<20}{}", login.tier, login.login, login.password, login.department);
    }
    say!("");
}
