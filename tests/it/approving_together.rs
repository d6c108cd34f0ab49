//! まとめて承認: several of little weight at once, each its own decision; what has to be looked at by itself is refused here again.
use axum::http::StatusCode;

use crate::accounts::add;
use crate::support::ground::ask;
use crate::support::portal::{Browser, Page, Portal};

/// What the boxes of the inbox send.
fn boxes(inbox: &Page) -> Vec<String> {
    let html = inbox.ok().text();
    let found = html.split("name=\"chosen\" value=\"").skip(1);
    found.map(|rest| rest[..rest.find('"').unwrap()].to_owned()).collect()
}

async fn send(by: &Browser<'_>, chosen: &[String], step: &str, read: bool) -> Page {
    by.get("/requests/inbox").await.ok();
    let mut fields: Vec<(&str, &str)> = chosen.iter().map(|one| ("chosen", one.as_str())).collect();
    fields.push(("_step", step));
    if read {
        fields.push(("read", "yes"));
    }
    by.post("/requests/inbox/approval", &fields).await
}

async fn approvals(portal: &Portal) -> Vec<String> {
    let approved = "select r.number from decision d join request r on r.id = d.request_id where d.verdict = 'approve' order by r.number";
    sqlx::query_scalar(approved).fetch_all(&mut portal.superuser().await).await.unwrap()
}

#[tokio::test]
async fn what_is_chosen_is_named_once_more_and_each_is_decided_for_itself() {
    let portal = Portal::open().await;
    let mut db = portal.superuser().await;
    let mut numbers = Vec::new();
    for (code, name, about) in
        [("SYS-002", "税務システム", "山本"), ("SYS-003", "住民記録", "山本"), ("SYS-004", "財務会計", "田中")]
    {
        let system = add(&portal, code, name, false).await;
        numbers.push(ask(&portal, &mut db, "田中", about, system).await);
    }
    let manager = portal.sign_in("佐藤").await;
    let chosen = boxes(&manager.get("/requests/inbox").await);
    assert_eq!(chosen.len(), 3);

    let page = send(&manager, &chosen, "check", false).await;
    page.ok().says("3件をまとめて承認しますか").says("3件とも内容を確認しました");
    for number in &numbers {
        page.says(number);
    }
    let unread = send(&manager, &chosen, "send", false).await;
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
    unread.says("確認したら、チェックを入れてください");
    assert!(approvals(&portal).await.is_empty());
    send(&manager, &[], "check", false).await;
    manager.get("/requests/inbox").await.ok().says("申請が選ばれていません");

    // one is not as it was read any more, and one was decided by somebody else: the third is approved all the same
    let clerk = portal.sign_in("田中").await;
    clerk.submit(&format!("/requests/{}/withdrawal", numbers[0]), &[("reason", "誤り")]).await.ok();
    let stale = chosen[1].replace(|c: char| c.is_ascii_hexdigit() && c.is_lowercase(), "0");
    let result = send(&manager, &[chosen[0].clone(), stale.clone(), chosen[2].clone()], "send", true).await;
    result.ok().says("2件は承認しませんでした").says("承認した1件");
    assert_eq!(approvals(&portal).await, [numbers[2].clone()]);
    send(&manager, &[stale], "check", false).await.ok().says("1件は、1件ずつ確かめてください");

    // the last one alone; a second click finds it decided
    let done = send(&manager, &chosen[1..2], "send", true).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    manager.get("/requests/inbox").await.ok().says("1件を承認しました");
    send(&manager, &chosen[1..2], "send", true).await.ok().says("1件は承認しませんでした");
    assert_eq!(approvals(&portal).await.len(), 2);
    assert_eq!(portal.events("request.approved").await, 2);
}

#[tokio::test]
async fn what_weighs_more_and_what_is_anothers_is_refused_whatever_is_sent() {
    let portal = Portal::open_under("coop-operations").await;
    let system = add(&portal, "SYS-002", "販売管理システム", false).await;
    let administrator = portal.sign_in("伊藤").await;
    let number = crate::apart::ask(&portal, &administrator, system).await;
    let chief = portal.sign_in("小林").await;
    let inbox = chief.get("/requests/inbox").await;
    inbox.ok().says(&number);
    assert!(boxes(&inbox).is_empty(), "administrator rights are offered");
    let page = chief.get(&format!("/requests/{number}")).await;
    let seen = page.ok().attribute("name=\"_seen\" value=\"").unwrap();
    let forged = vec![format!("{number} {seen}")];
    send(&chief, &forged, "send", true).await.ok().says("まとめて承認できません");
    let stranger = portal.sign_in("高橋").await;
    stranger.get("/").await.ok();
    let fields = [("chosen", forged[0].as_str()), ("_step", "send"), ("read", "yes")];
    let tried = stranger.post("/requests/inbox/approval", &fields).await;
    assert_eq!(tried.status, StatusCode::FORBIDDEN);
    assert!(approvals(&portal).await.is_empty());
    let broken = send(&chief, &[format!("{number} 12")], "send", true).await;
    assert!(broken.status.is_client_error());
}
