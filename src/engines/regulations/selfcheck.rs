//! Self-checks of settings (設定の自己点検): once a day the portal tries its own rules with samples that they must
//! refuse, and writes down what came of it. A setting that no longer holds is found before an inspector finds it.
use super::in_force::Regulations;
use super::store;
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::moment;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::settings::Settings;
use crate::kernel::work::Work;
use crate::people::lockout::{Standing, Verdict};
use crate::people::passwords::{Broken, Typed, broken};
use crate::people::sessions::must_change;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

/// One check: the mechanism that enforces, and whether its rule holds under these settings.
struct Check {
    mechanism: &'static str,
    holds: fn(&Settings, DateTime<Utc>, NaiveDate) -> bool,
}

const CHECKS: &[Check] = &[
    Check { mechanism: "password.rules", holds: |settings, _, _| weak_passwords_are_refused(settings) },
    Check { mechanism: "password.max_age", holds: an_old_password_must_be_changed },
    Check {
        mechanism: "password.first_change",
        holds: |settings, now, today| {
            !*settings.password.change_at_first || must_change(settings, true, Some(now), today)
        },
    },
    Check { mechanism: "password.lock", holds: |settings, now, _| the_last_failure_locks(settings, now) },
];

fn weak_passwords_are_refused(settings: &Settings) -> bool {
    let rules = &settings.password;
    let short = "q".repeat(rules.min_length.saturating_sub(1));
    let one_kind = "あ".repeat(rules.min_length.value);
    let finds = |sample: &str, what: fn(&Broken) -> bool| broken(rules, &Typed::new(sample), &[]).iter().any(what);
    finds(&short, |fault| matches!(fault, Broken::Short(_)))
        && (rules.classes.is_empty() || finds(&one_kind, |fault| matches!(fault, Broken::Classes(_))))
        && finds("password", |fault| matches!(fault, Broken::Common | Broken::Short(_)))
}

fn an_old_password_must_be_changed(settings: &Settings, now: DateTime<Utc>, today: NaiveDate) -> bool {
    let Some(age) = *settings.password.max_age else { return true };
    let begun = age.before(today).checked_sub_days(Days::new(1)).unwrap_or(NaiveDate::MIN);
    let old = moment(begun.and_time(NaiveTime::MIN));
    must_change(settings, false, Some(old), today) && !must_change(settings, false, Some(now), today)
}

fn the_last_failure_locks(settings: &Settings, now: DateTime<Utc>) -> bool {
    let after = *settings.lock.after;
    let failed = |failed| Standing { failed, not_before: None, locked_at: None, disabled: false, trusted: None };
    let locks =
        |standing: Standing| matches!(standing.judge(false, &settings.lock, now), Verdict::Fail { lock: true, .. });
    let locked = Standing { locked_at: Some(now), ..failed(after) };
    locks(failed(after - 1))
        && !locks(failed(after.saturating_sub(2)))
        && locked.judge(true, &settings.lock, now + TimeDelta::minutes(1)) == Verdict::Hold
}

/// What recurs here: numbers that begin to hold today are put in force, and the settings are checked once a day.
/// Called at start and by the housekeeping; may be called as often as one likes, by several portals at once.
pub async fn keep_house(app: &App) -> Result<()> {
    app.part::<Regulations>()?.refresh(app).await?;
    let today = app.clock().today();
    let since = moment(today.and_time(NaiveTime::MIN));
    let mut read = app.read_all(Role::App).await?;
    let checked = store::latest_checks(read.conn(), app.clock().now() + TimeDelta::seconds(1)).await?;
    drop(read);
    if app.part::<Regulations>()?.operating().is_none() || checked.iter().any(|check| check.at >= since) {
        return Ok(());
    }
    check(app, today).await
}

/// Tries every rule and writes down what came of it.
async fn check(app: &App, today: NaiveDate) -> Result<()> {
    let settings = app.settings();
    app.change(&Actor::portal(), async |work: &mut Work| {
        for check in CHECKS {
            let holds = (check.holds)(&settings, work.now, today);
            let event = match holds {
                true => Event::done("setting.checked", "setting", check.mechanism),
                false => Event::failed("setting.checked", "setting", check.mechanism),
            };
            if !holds {
                tracing::error!(mechanism = check.mechanism, "a setting does not hold any more");
            }
            work.record(event.by(check.mechanism)).await?;
        }
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::regulations::{Library, MECHANISMS};
    use crate::kernel::settings::{LockMode, Set};

    fn settings() -> Settings {
        let library = Library::load(None, MECHANISMS).unwrap_or_else(|faults| panic!("{faults}"));
        library.get("system-management").unwrap().binding.as_ref().unwrap().settings()
    }

    fn failing(settings: &Settings) -> Vec<&'static str> {
        let now = moment("2026-11-20T09:00:00".parse().unwrap());
        let today = "2026-11-20".parse().unwrap();
        CHECKS.iter().filter(|check| !(check.holds)(settings, now, today)).map(|check| check.mechanism).collect()
    }

    #[test]
    fn the_portal_enforces_the_settings_of_the_regulation_and_its_own() {
        assert_eq!(failing(&settings()), Vec::<&str>::new());
        assert_eq!(failing(&Settings::base()), Vec::<&str>::new());
    }

    #[test]
    fn a_lock_that_opens_at_once_is_noticed() {
        let mut settings = settings();
        settings.lock.mode = Set::base(LockMode::Minutes(0));
        assert_eq!(failing(&settings), ["password.lock"]);
    }
}
