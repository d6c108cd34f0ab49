//! Regulations change while the portal runs: what follows from them follows on their day, and what was begun before ends as it
//! began.
use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};
use mamori::engines::regulations::actions::{Adoption, adopt};
use mamori::engines::regulations::{Regulations, Role, blanks};
use mamori::engines::requests::KindsInForce;
use mamori::kernel::access::Actor;
use mamori::kernel::error::Result;
use mamori::kernel::jobs::Runner;
use mamori::kernel::work::Work;
use mamori::web::screen::House;

use crate::requests::{Office, execute};
use crate::support::portal::Portal;

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The organisation decides on a regulation, from a day on.
pub async fn adopts(portal: &Portal, key: &str, role: Role, from: &str) -> Result<()> {
    let regulations = portal.app.part::<Regulations>().unwrap();
    let filled = blanks::proposed(regulations.library().get(key).unwrap(), day(from));
    let adoption = Adoption {
        key,
        role,
        approved_on: portal.app.clock().today(),
        effective_on: day(from),
        approved_by: "情報セキュリティ委員会",
        filled: &filled,
    };
    portal
        .app
        .change(&Actor::portal(), async |work: &mut Work| adopt(work, regulations.library(), &adoption).await)
        .await
}

#[tokio::test]
async fn kinds_and_titles_follow_the_adopted_regulation_and_requests_end_as_they_began() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    clerk.get("/requests/new").await.ok().says("アカウント登録申請").hides("アカウント・アクセス権限申請");
    let other = portal.another().await;

    adopts(portal, "osaka-standard", Role::Operating, "2026-04-02").await.unwrap();
    let looking = Runner::new(&portal.app).unwrap();
    looking.run_due().await.unwrap();
    clerk.get("/requests/new").await.ok().says("アカウント登録申請").hides("アカウント・アクセス権限申請");
    let manager = portal.sign_in("佐藤").await;
    manager.get("/").await.ok().hides("課情報セキュリティ責任者");

    portal.advance(TimeDelta::days(1));
    looking.run_due().await.unwrap();
    let clerk = portal.sign_in("田中").await;
    clerk.get("/requests/new").await.ok().says("アカウント・アクセス権限申請（新規）").hides("アカウント登録申請");
    let manager = portal.sign_in("佐藤").await;
    manager.get("/").await.ok().says("課情報セキュリティ責任者");
    assert_eq!(*portal.app.settings().lock.after, 5);

    // the other process of the portal follows by itself
    other.clock().advance(TimeDelta::days(1));
    Runner::new(&other).unwrap().run_due().await.unwrap();
    assert_eq!(*other.settings().lock.after, 5);
    let kinds = other.part::<KindsInForce>().unwrap().now();
    assert!(kinds.iter().all(|kind| &*kind.edition == "osaka-standard"));
    let titles = other.part::<House>().unwrap().naming();
    assert!(titles.tiers.iter().any(|(_, title, _)| title == "課情報セキュリティ責任者"));

    // the request keeps its form, its route and its people: the section confirms, the administrator does the work
    clerk.get(&format!("/requests/{number}")).await.ok().says("アカウント登録申請").says("部門の確認");
    assert_eq!(office.approve(&manager, &number).await.status, StatusCode::SEE_OTHER);
    let admin = portal.sign_in("伊藤").await;
    assert_eq!(execute(&admin, &number, 1, "yamamoto.r").await.status, StatusCode::SEE_OTHER);
    let user = portal.sign_in("山本").await;
    user.submit(&format!("/requests/{number}/lines/1/receipt"), &[]).await.ok().says("完了");
}
