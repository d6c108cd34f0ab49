//! A year by the clock, every day of it: each reminder and each escalation comes once on its business day, one mail gathers a morning,
//! and nothing is sent on a day off.
use chrono::{Days, NaiveDate, TimeDelta};
use mamori::engines::requests::actions::ladder::turns_due;
use mamori::engines::requests::model::Typed;
use mamori::features::notices::Digest;
use mamori::kernel::calendar::Calendar;
use mamori::kernel::jobs::Job as _;

use crate::support::ground::{add_system, file_as};
use crate::support::portal::Portal;

/// A day on which somebody files, and when they who do not decide hear of it: the business day before the third one, that day, the one
/// after it, and the third after it, on which those above hear as well.
const FILED: [(&str, [&str; 4]); 4] = [
    // the holidays of May: Wednesday 29 April, Sunday 3 to Wednesday 6 May
    ("2026-04-28", ["2026-05-01", "2026-05-07", "2026-05-08", "2026-05-12"]),
    // Tuesday 11 August
    ("2026-08-07", ["2026-08-12", "2026-08-13", "2026-08-14", "2026-08-18"]),
    // New Year's Day, a Friday, and the weekend after it
    ("2026-12-28", ["2026-12-30", "2026-12-31", "2027-01-04", "2027-01-06"]),
    // Thursday 11 February
    ("2027-02-10", ["2027-02-15", "2027-02-16", "2027-02-17", "2027-02-19"]),
];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn file_on(portal: &Portal, no: usize, today: NaiveDate) -> String {
    let system = add_system(portal, &format!("8{no}"), portal.cast.it).await;
    let right: uuid::Uuid = sqlx::query_scalar("select id from system_right where system_id = $1")
        .bind(system.0)
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
    let person = portal.cast.get("山本");
    let said = |name: &str, value: String| (name.to_owned(), value);
    let typed = Typed::new([
        said("department", person.department.to_string()),
        said("person", person.id.to_string()),
        said("grants", system.to_string()),
        said(&format!("grants.{system}"), right.to_string()),
        said("reason", "受注の登録を担当するため。".to_owned()),
        said("from", today.to_string()),
    ]);
    file_as(portal, "田中", "account.register", typed).await
}

async fn days_of(portal: &Portal, sql: &'static str) -> Vec<(String, NaiveDate)> {
    sqlx::query_as(sql).fetch_all(&mut portal.superuser().await).await.unwrap()
}

#[tokio::test]
async fn a_year_of_mornings_reminds_escalates_and_gathers_once_each_and_never_on_a_day_off() {
    let portal = Portal::open().await;
    let first = portal.now().date_naive();
    let mut numbers = Vec::new();
    for today in first.iter_days().take(365) {
        if let Some((_, days)) = FILED.iter().find(|(filed, _)| day(filed) == today) {
            numbers.push((file_on(&portal, numbers.len(), today).await, days.map(day)));
        }
        portal.advance(TimeDelta::days(1));
        // and again, as after a start of the portal in the middle of it
        for _ in 0..2 {
            turns_due(&portal.app).await.unwrap();
            Digest.run(&portal.app).await.unwrap();
        }
    }
    assert_eq!(numbers.len(), FILED.len());

    let reminded = "select r.number, (e.occurred_at at time zone 'Asia/Tokyo')::date from audit.event e
                      join request r on r.id::text = e.entity_id where e.kind = 'request.due' order by 2";
    let escalated = "select r.number, (e.occurred_at at time zone 'Asia/Tokyo')::date from audit.event e
                       join request r on r.id::text = e.entity_id where e.kind = 'request.escalated' order by 2";
    let office_told = "select r.number, (e.occurred_at at time zone 'Asia/Tokyo')::date from audit.event e
                         join request r on r.id::text = e.entity_id where e.kind = 'request.office_told' order by 2";
    let office_told = days_of(&portal, office_told).await;
    let told = portal.told("request.office_told").await;
    assert!(!told.is_empty() && told.iter().all(|told| told.mail == "nakamura@example.jp"), "{told:?}");
    let calendar = Calendar::new(Vec::new());
    let last = portal.now().date_naive();
    let (reminded, escalated) = (days_of(&portal, reminded).await, days_of(&portal, escalated).await);
    for (number, days) in &numbers {
        let of = |all: &[(String, NaiveDate)]| -> Vec<NaiveDate> {
            all.iter().filter(|(one, _)| one == number).map(|(_, on)| *on).collect()
        };
        assert_eq!(of(&reminded), days, "{number}");
        assert_eq!(of(&escalated), [days[3]], "{number}");
        // the office on the fifth business day, and every fifth from then on
        let on = |late: u32| calendar.add_business_days(days[1], late);
        let expected: Vec<NaiveDate> = (1..).map(|week| on(week * 5)).take_while(|on| *on <= last).collect();
        assert!(!expected.is_empty(), "{number}");
        assert_eq!(of(&office_told), expected, "{number}");
    }

    let mornings = "select recipient, (created_at at time zone 'Asia/Tokyo')::date from outbox
                     where kind = 'notices.digest' order by 2, 1";
    let mornings = days_of(&portal, mornings).await;
    assert!(mornings.len() > FILED.len(), "{mornings:?}");
    for (at, (recipient, on)) in mornings.iter().enumerate() {
        assert!(calendar.is_business_day(*on), "{recipient} got a mail on {on}");
        assert!(!mornings[..at].contains(&(recipient.clone(), *on)), "{recipient} got two on {on}");
    }
    // whoever has a request waiting hears of it on the next business morning at the latest
    for (filed, _) in FILED {
        let mut next = day(filed).checked_add_days(Days::new(1)).unwrap();
        while !calendar.is_business_day(next) {
            next = next.succ_opt().unwrap();
        }
        assert!(mornings.contains(&("sato@example.jp".to_owned(), next)), "filed {filed}: {mornings:?}");
    }
}
