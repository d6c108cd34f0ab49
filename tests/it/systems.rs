//! 情報システム台帳: registering, correcting beside somebody else, and ending a system's use.
use axum::http::StatusCode;

use crate::accounts::{Office, handed};
use crate::support::ground::Ground;
use crate::support::portal::{Browser, Page, Portal};

fn entry<'a>(portal: &'a str, code: &'a str, name: &'a str, version: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("code", code),
        ("name", name),
        ("reading", "きんたい"),
        ("purpose", ""),
        ("owner", portal),
        ("importance", "middle"),
        ("two_factor", "no"),
        ("standard", "打刻\r\n申請"),
        ("beyond", "所属の承認"),
        ("privileged", ""),
        ("version", version),
    ]
}

fn path_of(page: &Page) -> String {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.words());
    page.location().unwrap()
}

fn owner(portal: &Portal) -> String {
    portal.cast.it.to_string()
}

#[tokio::test]
async fn a_system_is_registered_with_its_rights_and_counts_once() {
    let office = Office::open().await;
    let owner = owner(&office.portal);
    let administrator = office.portal.sign_in("伊藤").await;
    administrator.get("/ledgers/systems/new").await.ok().says("標準を超える権限");
    let once = uuid::Uuid::new_v4().to_string();
    let fields = entry(&owner, "SYS-777", "勤怠管理システム", "");
    let first = path_of(&administrator.post_once("/ledgers/systems", &fields, &once).await);
    let second = path_of(&administrator.post_once("/ledgers/systems", &fields, &once).await);
    assert_eq!(first, second);
    administrator
        .get(&first)
        .await
        .ok()
        .says("勤怠管理システム")
        .says("打刻")
        .says("所属の承認")
        .says("標準を超える")
        .says("登録");
    assert_eq!(office.portal.events("system.registered").await, 3);

    let taken = administrator.post("/ledgers/systems", &entry(&owner, "sys-777", "別のシステム", "")).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    taken.says("この管理番号はすでに使われています");
    let mut without = entry(&owner, "SYS-778", "別のシステム", "");
    without.retain(|(name, _)| !matches!(*name, "standard" | "beyond"));
    administrator.post("/ledgers/systems", &without).await.says("権限を1つ以上入力してください");
    let clerk = office.portal.sign_in("田中").await;
    assert_eq!(clerk.get("/ledgers/systems/new").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_stale_form_is_refused_and_shows_both_versions() {
    let office = Office::open().await;
    let owner = owner(&office.portal);
    let one = office.portal.sign_in("伊藤").await;
    one.get("/ledgers/systems/new").await.ok();
    let row = path_of(&one.post("/ledgers/systems", &entry(&owner, "SYS-777", "勤怠管理システム", "")).await);
    let other = office.portal.sign_in("渡辺").await;
    let form = other.get(&format!("{row}/correction")).await;
    form.ok();
    let version = form.attribute("name=\"version\" value=\"").unwrap();
    path_of(&one.post(&format!("{row}/correction"), &entry(&owner, "SYS-777", "勤怠システム（新）", &version)).await);

    let stale =
        other.post(&format!("{row}/correction"), &entry(&owner, "SYS-777", "勤怠システム（旧）", &version)).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.says("ほかの人が先に直しました").says("伊藤 翔").says("勤怠システム（新）").says("勤怠システム（旧）");
    other.get(&row).await.ok().says("勤怠システム（新）").hides("勤怠システム（旧）");
    // sent again on top of the newest version, it goes through
    let version = stale.attribute("name=\"version\" value=\"").unwrap();
    path_of(&other.post(&format!("{row}/correction"), &entry(&owner, "SYS-777", "勤怠システム（旧）", &version)).await);
    other.get(&row).await.ok().says("勤怠システム（旧）").says("勤怠システム（新）→勤怠システム（旧）");
}

#[tokio::test]
async fn a_system_with_accounts_and_the_portal_itself_stay_in_use() {
    let office = Office::open().await;
    office.opened("参照").await;
    let administrator = office.portal.sign_in("伊藤").await;
    let row = format!("/ledgers/systems/{}", office.system);
    let ask = administrator.get(&format!("{row}/retirement")).await;
    ask.ok();
    let version = ask.attribute("name=\"version\" value=\"").unwrap();
    let refused =
        administrator.post(&format!("{row}/retirement"), &[("on", "2026-04-01"), ("version", &version)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("有効なアカウントが1件残っています");
    let itself = format!("/ledgers/systems/{}", office.itself);
    administrator.get(&itself).await.ok().hides("利用を終える");
    let refused = administrator.post(&format!("{itself}/retirement"), &[("on", "2026-04-01"), ("version", "1")]).await;
    refused.says("このポータル自身の利用は");
    // the register has exactly one row that is the portal
    let mut conn = office.portal.superuser().await;
    let second =
        sqlx::query("update information_system set is_portal = true, version = version + 1").execute(&mut conn).await;
    assert!(second.is_err());
}

#[tokio::test]
async fn whoever_sees_all_systems_does_not_see_everybodys_accounts_on_them() {
    let portal = Portal::open().await;
    Ground::lay(&portal).await;
    let mut db = portal.superuser().await;
    let (system,): (uuid::Uuid,) = sqlx::query_as("select system_id from account where account_name = 'tanaka-1'")
        .fetch_one(&mut db)
        .await
        .unwrap();
    let page = format!("/ledgers/systems/{system}");
    portal.sign_in("伊藤").await.get(&page).await.ok().says("tanaka-1").says("suzuki-1");
    // the designer sees all systems, and no account but their own
    portal.sign_in("松本").await.get(&page).await.ok().says("試験システムC").hides("tanaka-1").hides("suzuki-1");
}

/// Corrects the rights of a system, and nothing else of it.
async fn redefine(office: &Office, browser: &Browser<'_>, levels: [&str; 3]) -> Page {
    let row = format!("/ledgers/systems/{}/correction", office.system);
    let form = browser.get(&row).await;
    let version = form.ok().attribute("name=\"version\" value=\"").unwrap();
    let owner = owner(&office.portal);
    let mut fields = entry(&owner, "SYS-002", "販売管理システム", &version);
    for (name, value) in &mut fields {
        match *name {
            "standard" => *value = levels[0],
            "beyond" => *value = levels[1],
            "privileged" => *value = levels[2],
            _ => {}
        }
    }
    browser.post(&row, &fields).await
}

#[tokio::test]
async fn what_was_approved_is_not_widened_by_correcting_the_register() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.ask_for(&clerk, "山本", office.system, "参照").await;
    office.approve(&number).await;
    let administrator = office.portal.sign_in("伊藤").await;

    // a right that somebody waits for keeps its level
    let refused = redefine(&office, &administrator, ["登録・修正", "参照\r\n承認", "管理者"]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("権限「参照」は").says("区分を変えられません");

    // others may be redefined, which the log tells; they are no more within the request than they were
    path_of(&redefine(&office, &administrator, ["管理者\r\n登録・修正\r\n参照", "承認", ""]).await);
    let mut db = office.portal.superuser().await;
    let (before, after): (serde_json::Value, serde_json::Value) = sqlx::query_as(
        "select facts -> 'rights_before', facts -> 'rights_after' from audit.event where kind = 'system.corrected'",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(before["privileged"], serde_json::json!(["管理者"]));
    assert_eq!(after["standard"], serde_json::json!(["管理者", "登録・修正", "参照"]));
    for wider in ["管理者", "登録・修正"] {
        let (right,): (String,) = sqlx::query_as(
            "select id::text from system_right where system_id = $1 and name = $2 and withdrawn_on is null",
        )
        .bind(office.system.0)
        .bind(wider)
        .fetch_one(&mut db)
        .await
        .unwrap();
        let entries = [&handed("yamamoto.r")[..], &[("granted", &right)]].concat();
        let refused = office.execute(&administrator, &number, &entries).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wider}");
        refused.says("申請された範囲を超える権限は設定できません");
    }
    let done = office.execute(&administrator, &number, &handed("yamamoto.r")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    // nor does a right that an account holds go further from now on
    let refused = redefine(&office, &administrator, ["管理者\r\n登録・修正", "承認", "参照"]).await;
    refused.says("区分を変えられません");
}

#[tokio::test]
async fn a_system_somebody_waits_for_stays_and_a_retired_one_gets_no_accounts() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.ask_for(&clerk, "山本", office.system, "参照").await;
    office.approve(&number).await;
    let administrator = office.portal.sign_in("伊藤").await;
    let row = format!("/ledgers/systems/{}/retirement", office.system);
    let version = administrator.get(&row).await.ok().attribute("name=\"version\" value=\"").unwrap();
    let refused = administrator.post(&row, &[("on", "2026-04-01"), ("version", &version)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("進行中の申請が1件残っています");

    let mut db = office.portal.superuser().await;
    sqlx::query("update information_system set retired_on = '2026-04-01', version = version + 1 where id = $1")
        .bind(office.system.0)
        .execute(&mut db)
        .await
        .unwrap();
    let refused = office.execute(&administrator, &number, &handed("yamamoto.r")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("このシステムは利用を終えています");
    assert_eq!(office.portal.events("account.opened").await, 0);
}

#[tokio::test]
async fn the_register_is_read_as_it_was_on_any_day() {
    let office = Office::open().await;
    let owner = owner(&office.portal);
    let administrator = office.portal.sign_in("伊藤").await;
    let row = path_of(&administrator.post("/ledgers/systems", &entry(&owner, "SYS-777", "勤怠管理システム", "")).await);
    office.portal.advance(chrono::TimeDelta::days(5));
    let administrator = office.portal.sign_in("伊藤").await;
    let form = administrator.get(&format!("{row}/correction")).await;
    let version = form.ok().attribute("name=\"version\" value=\"").unwrap();
    let renamed = entry(&owner, "SYS-777", "就業管理システム", &version);
    path_of(&administrator.post(&format!("{row}/correction"), &renamed).await);
    administrator.get("/ledgers/systems").await.ok().says("就業管理システム").hides("勤怠管理システム");
    administrator.get(&row).await.ok().says("就業管理システム");
    // 4月1日 it was registered, on 4月6日 it got another name
    for (day, stands, not) in [
        ("2026-04-01", "勤怠管理システム", "就業管理システム"),
        ("2026-04-05", "勤怠管理システム", "就業管理システム"),
        ("R8.4.6", "就業管理システム", "勤怠管理システム"),
    ] {
        let list = administrator.get(&format!("/ledgers/systems?as_of={day}")).await;
        list.ok().says(stands).hides(not);
        administrator.get(&format!("{row}?as_of={day}")).await.ok().says(stands);
    }
    administrator.get("/ledgers/systems?as_of=2026-03-31").await.ok().hides("勤怠管理システム").says("すべて 0");
    assert_eq!(administrator.get(&format!("{row}?as_of=2026-03-31")).await.status, StatusCode::NOT_FOUND);
}
