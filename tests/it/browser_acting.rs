//! 代決・後閲 and 資格 in a real browser: the office enters the rule, the manager an absence; the deputy decides in their place, the
//! absent one reads it afterwards, and whoever holds two functions says in which of them they decide.
use chrono::NaiveDate;
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::work::Work;
use mamori::people::roster::{NewPost, appoint};

use crate::accounts::add;
use crate::support::ground::ask;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visit::Visit;

const TODAY: &str = "2026-04-01";
const MISSING: &str = "どの役割で行うかを選んでください";

/// Two requests of 営業部, whose manager holds a second function there; the deputy is a party to the second one.
async fn open() -> (Visit, [String; 2]) {
    let portal = Portal::open_under("katsuura-operations").await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let second = NewPost {
        person: portal.cast.get("佐藤").id,
        department: portal.cast.sales,
        tier: Tier::Manager,
        function: Some("software_officer"),
        title: "ソフトウェア責任者",
        main: false,
        from: NaiveDate::from_ymd_opt(2026, 4, 1).unwrap(),
    };
    portal.app.change(&Actor::portal(), async |work: &mut Work| appoint(work, &second).await).await.unwrap();
    let mut db = portal.superuser().await;
    let first = ask(&portal, &mut db, "田中", "田中", taxes).await;
    let second = ask(&portal, &mut db, "田中", "山本", taxes).await;
    (Visit::to(portal).await, [first, second])
}

async fn enter_the_rule(city: &Visit) {
    let office = city.enter("中村").await;
    office.follow("代決規程").await;
    office.follow("代決規程を登録する").await;
    office.fill("だれの決裁か", "主管課長").await;
    office.tick("次席（同じ部署で、この職名の人）").await;
    office.fill("次席の職名", "主事").await;
    office.tick("決裁者の全員の不在が登録されたら、すぐに").await;
    office.fill("後閲の期限（営業日）", "3").await;
    office.fill("適用日", TODAY).await;
    office.fill("根拠", "代決規程 第4条").await;
    office.fill("あなたのパスワード", PASSWORD).await;
    office.follow("代決規程を登録する").await;
    office.wait_for_text("代決規程を登録しました").await;
}

#[tokio::test]
async fn browser_leads_a_decision_by_rule_from_the_absence_to_its_reading() {
    let (city, [first, second]) = open().await;
    enter_the_rule(&city).await;
    let manager = city.enter("佐藤").await;
    manager.follow("不在").await;
    manager.follow("不在を登録する").await;
    manager.fill("最後の日", "2026-04-03").await;
    manager.fill("理由", "出張").await;
    manager.fill("あなたのパスワード", PASSWORD).await;
    manager.follow("不在を登録する").await;
    manager.wait_for_text("不在を登録しました").await;

    let deputy = city.enter("山本").await;
    deputy.follow("代わって決裁できる申請がある（1件）").await;
    deputy.wait_for_text("代決：佐藤 直樹さんに代わって決裁します").await;
    deputy.look_over().await;
    deputy.fill("代決する理由", "窓口の開始に間に合わせるため").await;
    deputy.click("代決で承認する").await;
    deputy.wait_for_text("代決で承認しますか").await;
    deputy.look_over().await;
    deputy.follow("代決で承認する").await;
    deputy.wait_for_text(&format!("{first} を承認しました")).await;

    manager.follow("後閲").await;
    manager.wait_for_text("後閲の期限").await;
    manager.look_over().await;
    manager.fill("意見", "承知しました").await;
    manager.follow("後閲する").await;
    manager.wait_for_text(&format!("{first} を後閲しました")).await;

    manager.goto(&format!("/requests/{second}")).await;
    manager.click("承認する").await;
    manager.wait_for_text("承認しますか").await;
    manager.click("承認する").await;
    manager.wait_for_text(MISSING).await;
    manager.click("やめる").await;
    // what the bar says is carried into the question
    manager.fill("どの役割で行うか", "ソフトウェア責任者（営業部）").await;
    manager.click("承認する").await;
    manager.wait_for_text("承認しますか").await;
    manager.follow("承認する").await;
    manager.wait_for_text(&format!("{second} を承認しました")).await;
}
