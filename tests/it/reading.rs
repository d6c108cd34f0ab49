//! 「なぜ見えないのか」 and 「その日に読めた人」: the line of the permission table that opens something, now and on any day.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::engines::regulations::Role;
use mamori::kernel::access::Actor;
use mamori::kernel::jobs::Runner;
use mamori::people::posts;

use super::support::portal::Portal;
use crate::adoption::adopts;
use crate::requests::{Office, stand_in};

#[tokio::test]
async fn whoever_is_refused_is_led_to_the_line_that_decides_and_learns_nothing_of_rows() {
    let portal = Portal::open().await;
    let clerk = portal.sign_in("田中").await;
    let refused = clerk.get("/audit").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.says("なぜ見えないのか");
    assert!(refused.text().contains("/permissions/why?to="));
    let why = clerk.get("/permissions/why?to=/audit").await;
    why.ok()
        .says("「操作記録を見る」の権限がないので、開けません")
        .says("システム管理者")
        .says("R2.4.1")
        .says("できない");
    why.hides("調べる人");
    // a row out of reach and one that is not there answer alike
    let (there, not) = (clerk.get("/people/001004").await, clerk.get("/people/999999").await);
    assert_eq!((there.status, not.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    let told = |number: &str| format!("/permissions/why?to=/people/{number}");
    let (there, not) = (clerk.get(&told("001004")).await, clerk.get(&told("999999")).await);
    there.ok().says("本人に関するものに限られます").says("あるかないかも表示されません").hides("鈴木");
    not.ok().says("本人に関するものに限られます");
    // a text that is closed to them does not exist here either
    clerk.get("/permissions/why?to=/clauses").await.ok().says("そのアドレスの画面はありません");
    assert_eq!(clerk.get("/permissions/why?to=/people&person=001003").await.status, StatusCode::NOT_FOUND);
    // the office asks for somebody else, and sees why in their posts
    let office = portal.sign_in("中村").await;
    office
        .get("/permissions/why?to=/ledgers/accounts/export&person=001003")
        .await
        .ok()
        .says("自分の部署とその下の部署に限られます")
        .says("営業部");
    office.get("/permissions/why?to=/clauses&person=001001").await.ok().says("「条項と実施状況を見る」の権限がない");
}

#[tokio::test]
async fn who_could_read_a_person_s_records_follows_posts_and_stand_ins_of_that_day() {
    let portal = Portal::open().await;
    stand_in(&portal, "佐藤", "鈴木").await;
    let post = portal.cast.get("佐藤").post;
    let last = portal.app.clock().today() + chrono::Days::new(1);
    let end = async |work: &mut mamori::kernel::work::Work| posts::end(work, post, last, "異動").await;
    portal.app.change(&Actor::portal(), end).await.unwrap();
    portal.advance(TimeDelta::days(5));
    let auditor = portal.sign_in("吉田").await;
    auditor.get("/permissions/readers").await.ok();
    let ask = |on: &'static str| {
        [("what", "accounts"), ("person", "001001"), ("department", ""), ("request", ""), ("on", on)]
    };
    // on the day there were the manager and the one who stood in
    let then = auditor.post("/permissions/readers", &ask("2026-04-01")).await;
    then.ok().says("佐藤 直樹").says("鈴木 美咲").says("佐藤 直樹さんの代理").says("田中 陽向").says("伊藤 翔");
    then.hides("高橋 遼").hides("山本 蓮");
    // afterwards neither
    let later = auditor.post("/permissions/readers", &ask("2026-04-04")).await;
    later.ok().says("田中 陽向").says("伊藤 翔").hides("佐藤 直樹").hides("鈴木 美咲");
    auditor.post("/permissions/readers", &ask("2027-04-04")).await.refuses("今日までの日にしてください");
    assert_eq!(portal.events("readers.asked").await, 2);
    let file = auditor.post("/permissions/readers/export", &ask("2026-04-01")).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let text = String::from_utf8(file.body.clone()).unwrap();
    assert!(text.contains("佐藤 直樹,001003,営業部 部長,"), "{text}");
    assert_eq!(portal.events("readers.exported").await, 1);
    let manager = portal.sign_in("高橋").await;
    assert_eq!(manager.get("/permissions/readers").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn who_could_read_a_request_follows_its_department_and_its_people() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let it = office.portal.sign_in("中村").await;
    it.get("/permissions/readers").await.ok();
    let ask = |request: &str| {
        ["what", "person", "department", "request", "on"]
            .map(|name| match name {
                "what" => (name, "requests".to_owned()),
                "request" => (name, request.to_owned()),
                "on" => (name, "2026-04-01".to_owned()),
                _ => (name, String::new()),
            })
            .to_vec()
    };
    let send = async |request: &str| {
        let fields = ask(request);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        it.post("/permissions/readers", &fields).await
    };
    let page = send(&number).await;
    page.ok().says("田中 陽向").says("山本 蓮").says("佐藤 直樹").says("中村 彩").hides("鈴木 美咲").hides("高橋 遼");
    send("R8-ACC-9999").await.refuses("この受付番号の申請はありません");
    send("").await.refuses("本人・部署・受付番号のどれかを入力してください");
}

/// The rights of a day are those that the regulation of that day gave: where the officers carry requests out, they read them, and
/// before it was adopted they did not.
#[tokio::test]
async fn who_could_read_a_request_follows_the_regulation_of_that_day() {
    let portal = Portal::open().await;
    adopts(&portal, "katsuura-operations", Role::Operating, "2026-04-03").await.unwrap();
    portal.advance(TimeDelta::days(5));
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
    let auditor = portal.sign_in("吉田").await;
    auditor.get("/permissions/readers").await.ok();
    let ask = |on: &'static str| {
        [("what", "requests"), ("person", "001001"), ("department", ""), ("request", ""), ("on", on)]
    };
    auditor.post("/permissions/readers", &ask("2026-04-02")).await.ok().says("伊藤 翔").hides("斎藤 大輔");
    auditor.post("/permissions/readers", &ask("2026-04-03")).await.ok().says("伊藤 翔").says("斎藤 大輔");
}
