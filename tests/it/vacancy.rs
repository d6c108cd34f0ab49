//! A request never lies with nobody: when whoever should act is gone, it moves to the deputy, then up, and says why.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::engines::requests::actions::vacancy;
use mamori::features::movements::model::Kind;
use mamori::kernel::access::Actor;
use mamori::people::sign_ins;

use crate::accounts::add;
use crate::movements::{moved, run};
use crate::requests::{Office, content_hash, stand_in};
use crate::rerouting::send_to;
use crate::support::ground::ask;
use crate::support::portal::Portal;

#[tokio::test]
async fn what_waits_for_a_deputy_moves_up_when_the_stand_in_is_ended() {
    let office = Office::open().await;
    stand_in(&office.portal, "佐藤", "山本").await;
    let manager = office.portal.sign_in("佐藤").await;
    let number = office.file(&manager, "田中").await;
    let deputy = office.portal.sign_in("山本").await;
    deputy.get("/requests/inbox").await.ok().says(&number);

    let it = office.portal.sign_in("中村").await;
    let list = it.get("/stand-ins").await;
    let end = list.attribute("action=\"/stand-ins/").unwrap();
    let ended = it.post(&format!("/stand-ins/{end}"), &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.words());
    it.get("/requests/inbox").await.ok().says(&number);
    manager.get(&format!("/requests/{number}")).await.ok().says("本人の案件のため").says("中村 彩");
    assert_eq!(office.portal.events("request.moved").await, 1);
    assert_eq!(office.approve(&it, &number).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_stand_in_that_is_over_leaves_nothing_behind_after_midnight() {
    let office = Office::open().await;
    stand_in(&office.portal, "佐藤", "山本").await;
    let manager = office.portal.sign_in("佐藤").await;
    let number = office.file(&manager, "田中").await;
    office.portal.advance(TimeDelta::days(40));
    vacancy::seats_of_today(&office.portal.app).await.unwrap();
    let it = office.portal.sign_in("中村").await;
    it.get("/requests/inbox").await.ok().says(&number);
    // and where somebody is there, nothing moves
    vacancy::seats_of_today(&office.portal.app).await.unwrap();
    assert_eq!(office.portal.events("request.moved").await, 1);
}

#[tokio::test]
async fn a_manager_whose_sign_in_was_stopped_is_away() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let waiting = office.file(&clerk, "山本").await;
    let manager = office.portal.cast.get("佐藤").id;
    office
        .portal
        .app
        .change(&Actor::portal(), async |work| sign_ins::disable_sign_in(work, manager, "stopped").await)
        .await
        .unwrap();
    let later = office.file(&clerk, "山本").await;
    let it = office.portal.sign_in("中村").await;
    for number in [&waiting, &later] {
        it.get("/requests/inbox").await.ok().says(number);
        clerk.get(&format!("/requests/{number}")).await.ok().says("不在のため").hides("空席のため").says("中村 彩");
    }
    assert_eq!(office.portal.events("request.moved").await, 1, "the second one went there at once");
}

/// The manager goes on leave or comes back.
async fn manager(portal: &Portal, kind: Kind) {
    moved(portal, "佐藤", kind, "2026-04-01").await;
    run(portal).await;
}

#[tokio::test]
async fn what_went_up_while_the_manager_was_on_leave_is_theirs_again_when_they_return() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    manager(portal, Kind::Leave).await;
    let later = office.file(&clerk, "山本").await;
    let it = portal.sign_in("中村").await;
    for number in [&number, &later] {
        it.get("/requests/inbox").await.ok().says(number);
        clerk.get(&format!("/requests/{number}")).await.ok().says("不在のため").hides("空席");
    }

    manager(portal, Kind::Return).await;
    assert_eq!(portal.events("request.given_back").await, 2);
    let back = portal.sign_in("佐藤").await;
    for number in [&number, &later] {
        back.get("/requests/inbox").await.ok().says(number);
        back.get("/notices").await.ok().says(&format!("担当に戻りました：{number}"));
        it.get("/requests/inbox").await.ok().hides(number);
        it.get("/notices").await.ok().says(&format!("担当者に返りました：{number}"));
        let page = clerk.get(&format!("/requests/{number}")).await;
        page.ok().hides("不在のため").says("担当者が戻ったため").says("佐藤 直樹");
    }
    vacancy::seats_of_today(&portal.app).await.unwrap();
    assert_eq!(portal.events("request.given_back").await, 2, "and only once");
    assert_eq!(office.approve(&back, &number).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_a_stand_in_has_before_them_goes_back_too() {
    let office = Office::open().await;
    let portal = &office.portal;
    stand_in(portal, "佐藤", "鈴木").await;
    let clerk = portal.sign_in("田中").await;
    manager(portal, Kind::Leave).await;
    let number = office.file(&clerk, "山本").await;
    clerk.get(&format!("/requests/{number}")).await.ok().says("不在のため").says("代理が判断します");
    manager(portal, Kind::Return).await;
    clerk.get(&format!("/requests/{number}")).await.ok().hides("不在のため");
    let (back, deputy) = (portal.sign_in("佐藤").await, portal.sign_in("鈴木").await);
    back.get("/notices").await.ok().says(&format!("担当に戻りました：{number}"));
    deputy.get("/notices").await.ok().says(&format!("担当者に返りました：{number}"));
    assert_eq!(office.approve(&back, &number).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_somebody_decided_or_sent_meanwhile_stays_where_it_is() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let answered = office.file(&clerk, "山本").await;
    manager(portal, Kind::Leave).await;
    assert_eq!(office.approve(&portal.sign_in("中村").await, &answered).await.status, StatusCode::SEE_OTHER);
    manager(portal, Kind::Return).await;
    assert_eq!(portal.events("request.given_back").await, 0);

    // where no clause names who decides, the office chose whoever has it now
    let portal = &Portal::open_under("katsuura-operations").await;
    let taxes = add(portal, "SYS-002", "税務システム", false).await;
    let sent = ask(portal, &mut portal.superuser().await, "田中", "山本", taxes).await;
    manager(portal, Kind::Leave).await;
    let desk = portal.sign_in("中村").await;
    let seen = content_hash(portal, &sent).await;
    let done = send_to(&desk, &sent, "ciso:", "戻る日が分からないため", &seen).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    manager(portal, Kind::Return).await;
    assert_eq!(portal.events("request.given_back").await, 0);
}
