//! 変更期限の予告 (4.1.5(1)②): each night, those whose password soon comes of age are told — once for each step of the ladder.
use chrono::{DateTime, NaiveDate, Utc};
use futures::future::BoxFuture;
use serde_json::json;

use super::sessions::password_due;
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::database::Role;
use crate::kernel::error::{Message, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::notices::{self, Notice, Part};
use crate::kernel::settings::PasswordRules;
use crate::kernel::work::Work;
use crate::web::notices::day;

/// The kind of these mails in the outbox.
const KIND: &str = "password.due";

/// The nightly chore, as portal.rs lists it.
pub fn passwords_due(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(
        async move { app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| tell(work).await).await },
    )
}

async fn tell(work: &mut Work) -> Result<()> {
    let settings = work.app().settings();
    if settings.password.max_age.is_none() {
        return Ok(());
    }
    let today = work.app().clock().today();
    let sign_ins = sqlx::query!(
        r#"select c.person_id as "person: PersonId", c.set_at as "set_at!: DateTime<Utc>"
             from auth.credential c
             join person p on p.id = c.person_id and (p.left_on is null or p.left_on >= $1)
            where c.disabled_at is null and c.set_at is not null
            order by c.person_id"#,
        today
    )
    .fetch_all(work.conn())
    .await?;
    for sign_in in sign_ins {
        let Some(due) = password_due(&settings.password, Some(sign_in.set_at)) else { continue };
        if let Some(step) = step(&settings.password, due, today) {
            remind(work, sign_in.person, due, step).await?;
        }
    }
    Ok(())
}

/// The step of the ladder that has been reached: the nearest one, so that a night without power loses nothing.
fn step(rules: &PasswordRules, due: NaiveDate, today: NaiveDate) -> Option<u32> {
    let left = u32::try_from((due - today).num_days()).ok()?;
    rules.reminders_days.iter().copied().filter(|days| left <= *days).min()
}

async fn remind(work: &mut Work, person: PersonId, due: NaiveDate, step: u32) -> Result<()> {
    let entity_id = format!("{due} {step}");
    if notices::last_told(work.conn(), Some(person), KIND, &entity_id).await?.is_some() {
        return Ok(());
    }
    let said = Message::new("people-mail-password-due").with("day", day(due));
    let notice = Notice::new(person, KIND, said, ("password", entity_id)).at("/me/password").under(Part::Due);
    work.notify(notice).await?;
    let event = Event::done("password.reminded", "person", person).about(person);
    work.record(event.facts(json!({ "due": due, "days": step }))).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::settings::Settings;

    #[test]
    fn the_ladder_is_climbed_down_one_step_at_a_time() {
        let rules = Settings::base().password;
        let due: NaiveDate = "2026-07-01".parse().unwrap();
        let on = |day: &str| step(&rules, due, day.parse().unwrap());
        assert_eq!(on("2026-06-16"), None);
        assert_eq!(on("2026-06-17"), Some(14));
        assert_eq!(on("2026-06-23"), Some(14));
        assert_eq!(on("2026-06-24"), Some(7));
        assert_eq!(on("2026-06-30"), Some(1));
        assert_eq!(on("2026-07-01"), Some(1));
        assert_eq!(on("2026-07-02"), None);
    }
}
