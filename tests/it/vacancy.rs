//! A request never lies with nobody: when whoever should act is gone, it moves to the deputy, then up, and says why.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::engines::requests::actions::vacancy;
use mamori::kernel::access::Actor;
use mamori::people::sign_ins;

use crate::requests::{Office, stand_in};

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
async fn a_manager_whose_sign_in_was_stopped_is_a_vacant_seat() {
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
        clerk.get(&format!("/requests/{number}")).await.ok().says("空席のため").says("中村 彩");
    }
    assert_eq!(office.portal.events("request.moved").await, 1, "the second one went there at once");
}
