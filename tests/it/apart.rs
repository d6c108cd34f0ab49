//! What a clause keeps apart does not meet in a stand-in: administrator rights are approved beforehand by the chief security
//! manager (coop 24-1-2), and not by an administrator who stands in for them.
use axum::http::StatusCode;
use mamori::kernel::ids::SystemId;

use crate::accounts::{add, number_of, option, send};
use crate::acting_by_rule::side_door;
use crate::requests::employee_no;
use crate::support::portal::{Browser, PASSWORD, Page, Portal};

/// Files 管理者権限付与申請 for 斎藤.
pub async fn ask(portal: &Portal, browser: &Browser<'_>, system: SystemId) -> String {
    let path = "/requests/new/privileged.grant";
    let form = browser.get(path).await;
    form.ok();
    let grants = format!("grants.{system}");
    let fields = [
        ("person", portal.cast.get("斎藤").id.to_string()),
        ("grants", system.to_string()),
        (grants.as_str(), option(&form, &grants, "管理者")),
        ("reason", "夜間の保守を担当するため".to_owned()),
        ("from", "2026-04-01T10:00".to_owned()),
        ("until", "2026-04-08T18:00".to_owned()),
    ];
    number_of(&send(browser, path, &form, &fields).await)
}

/// The office enters who stands in for the chief.
async fn stands_in(portal: &Portal, deputy: &str) -> Page {
    let office = portal.sign_in("中村").await;
    office.get("/stand-ins/new").await.ok();
    let (post, person) = (portal.cast.get("小林").post.to_string(), employee_no(portal, deputy));
    let fields = [
        ("post", post.as_str()),
        ("person", person.as_str()),
        ("from", "2026-04-01"),
        ("last", "2026-04-10"),
        ("reason", "出張"),
        ("own_password", PASSWORD),
    ];
    office.submit("/stand-ins", &fields).await
}

async fn approve(browser: &Browser<'_>, number: &str) -> Page {
    let page = browser.get(&format!("/requests/{number}")).await;
    let seen = page.ok().attribute("name=\"_seen\" value=\"").unwrap_or_else(|| "0".repeat(64));
    let fields = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", "")];
    browser.post(&format!("/requests/{number}/decision"), &fields).await
}

/// The same past the portal; the code of the refusal.
async fn past_the_portal(portal: &Portal, deputy: &str) -> Option<String> {
    let mut conn = side_door(portal, portal.cast.get(deputy).id).await;
    let decision = "insert into decision (id, request_id, round, step, step_key, decider, acting_for, post_id, tier, deputy, verdict, words,
                                          content_hash, decided_at)
         select gen_random_uuid(), r.id, r.round, r.step, 'approve', $1, $2, $3, 'ciso', true, 'approve', '', r.content_hash, now()
           from request r";
    let done = sqlx::query(decision)
        .bind(portal.cast.get(deputy).id.0)
        .bind(portal.cast.get("小林").id.0)
        .bind(portal.cast.get("小林").post.0)
        .execute(&mut conn)
        .await;
    match done {
        Ok(_) => None,
        Err(sqlx::Error::Database(said)) => Some(said.code().unwrap_or_default().into_owned()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_administrator_does_not_approve_administrator_rights_as_the_stand_in_of_the_chief() {
    let portal = Portal::open_under("coop-operations").await;
    let system = add(&portal, "SYS-002", "販売管理システム", false).await;
    stands_in(&portal, "渡辺").await.ok().says("この人は情報システム管理者でもあるため").says("代わりにできません");
    let number = ask(&portal, &portal.sign_in("伊藤").await, system).await;
    portal.sign_in("渡辺").await.get("/requests/inbox").await.ok().hides(&number);
    let refused = approve(&portal.sign_in("渡辺").await, &number).await;
    assert!(refused.status.is_client_error(), "{}", refused.words());
    refused.says("あなたは情報システム管理者でもあるため、この段階を代わりに判断できません");
    assert_eq!(past_the_portal(&portal, "渡辺").await.as_deref(), Some("PT403"));
    assert_eq!(portal.events("request.approved").await, 0);
    let approved = approve(&portal.sign_in("小林").await, &number).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.words());
    portal.proves("coop-operations", &["24-1-2"]);
}

#[tokio::test]
async fn somebody_else_approves_them_as_the_stand_in_of_the_chief() {
    let portal = Portal::open_under("coop-operations").await;
    let system = add(&portal, "SYS-002", "販売管理システム", false).await;
    stands_in(&portal, "高橋").await.ok().says("代理を登録しました").hides("代わりにできません");
    let number = ask(&portal, &portal.sign_in("伊藤").await, system).await;
    let approved = approve(&portal.sign_in("高橋").await, &number).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.words());
}

/// Whoever would carry it out does not ask for themselves, and nobody registers who stands in for their own post.
#[tokio::test]
async fn nobody_asks_for_their_own_rights_or_registers_their_own_stand_in() {
    let portal = Portal::open_under("coop-operations").await;
    let system = add(&portal, "SYS-002", "販売管理システム", false).await;
    let path = "/requests/new/privileged.grant";
    let administrator = portal.sign_in("伊藤").await;
    let form = administrator.get(path).await;
    let grants = format!("grants.{system}");
    let fields = [
        ("person", portal.cast.get("伊藤").id.to_string()),
        ("grants", system.to_string()),
        (grants.as_str(), option(form.ok(), &grants, "管理者")),
        ("reason", "夜間の保守を担当するため".to_owned()),
        ("from", "2026-04-01T10:00".to_owned()),
        ("until", "2026-04-08T18:00".to_owned()),
    ];
    send(&administrator, path, &form, &fields).await.refuses("同じ立場のほかの人に申請してもらってください");
    // somebody of another section can be meant
    let fields: Vec<(&str, String)> = fields
        .into_iter()
        .map(|(name, value)| (name, if name == "person" { portal.cast.get("田中").id.to_string() } else { value }))
        .collect();
    number_of(&send(&administrator, path, &administrator.get(path).await, &fields).await);

    let office = portal.sign_in("中村").await;
    office.get("/stand-ins/new").await.ok();
    let (post, person) = (portal.cast.get("中村").post.to_string(), employee_no(&portal, "高橋"));
    let fields = [
        ("post", post.as_str()),
        ("person", person.as_str()),
        ("from", "2026-04-01"),
        ("last", "2026-04-10"),
        ("reason", "出張"),
        ("own_password", PASSWORD),
    ];
    office.submit("/stand-ins", &fields).await.refuses("自分の職の代理は、ここでは登録できません");
}
