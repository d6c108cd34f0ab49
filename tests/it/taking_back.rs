//! 引戻し and 差戻し to an earlier step, as the people of the cast live them: until when, what stays on the record, who waits.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::kernel::ids::PersonId;
use sqlx::{Executor as _, PgConnection};

use crate::procedures::{Step, entered};
use crate::requests::{KIND, Office, content_hash, decide, execute, send_again};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};

async fn recall(by: &Browser<'_>, number: &str) -> Page {
    by.submit(&format!("/requests/{number}/recall"), &[]).await
}

async fn recall_decision(by: &Browser<'_>, number: &str) -> Page {
    by.submit(&format!("/requests/{number}/decision/recall"), &[]).await
}

/// Sends it back to a step with a reason.
async fn send_back(by: &Browser<'_>, number: &str, to: &str, words: &str) -> Page {
    let page = by.get(&format!("/requests/{number}")).await;
    let seen = page.attribute("name=\"_seen\" value=\"").unwrap();
    let fields = [("_seen", seen.as_str()), ("verdict", "return"), ("words", words), ("to", to)];
    by.post(&format!("/requests/{number}/decision"), &fields).await
}

#[tokio::test]
async fn whoever_filed_takes_the_request_back_until_somebody_has_acted() {
    let office = Office::open().await;
    let (clerk, manager) = (office.portal.sign_in("田中").await, office.portal.sign_in("佐藤").await);
    let number = office.file(&clerk, "山本").await;
    manager.get(&format!("/requests/{number}")).await.ok().hides("引き戻す");
    manager.post(&format!("/requests/{number}/recall"), &[]).await.refuses("申請した人だけができます");
    clerk.get(&format!("/requests/{number}")).await.ok().says("引き戻す").says("まだ誰も処理していない申請");

    let page = recall(&clerk, &number).await;
    page.ok().says(&format!("{number} を引き戻しました")).says("経理の担当になるため");
    manager.get("/requests/inbox").await.ok().hides(&number);
    let seen = content_hash(&office.portal, &number).await;
    let late = [("_seen", seen.as_str()), ("verdict", "approve")];
    let late = manager.post(&format!("/requests/{number}/decision"), &late).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    clerk.get("/requests").await.ok().says("引戻し");
    clerk.get("/").await.ok().says("引き戻した申請を直す").hides("差し戻された申請");

    // the same number, and those who decide see what is different
    assert_eq!(send_again(&office, &clerk, &number, "決算の期間だけ経理の担当になるため").await, number);
    let page = manager.get(&format!("/requests/{number}")).await;
    page.ok().says("決算の期間だけ").says("田中 陽向が申請を引き戻しました").says("田中 陽向が直して再提出しました");
    assert_eq!(office.approve(&manager, &number).await.status, StatusCode::SEE_OTHER);
    clerk.get(&format!("/requests/{number}")).await.ok().hides("引き戻す");
    let late = clerk.post(&format!("/requests/{number}/recall"), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.says("次の担当者がすでに処理したため、引き戻せません");
    assert_eq!(office.portal.events("request.pulled_back").await, 1);
}

#[tokio::test]
async fn whoever_decided_takes_it_back_until_the_work_begins_and_both_stay_on_the_record() {
    let office = Office::open().await;
    let (clerk, manager) = (office.portal.sign_in("田中").await, office.portal.sign_in("佐藤").await);
    let admin = office.portal.sign_in("伊藤").await;
    let number = office.file(&clerk, "山本").await;
    let path = format!("/requests/{number}");
    manager.post(&format!("{path}/decision/recall"), &[]).await.refuses("引き戻せるあなたの判断はありません");
    office.approve(&manager, &number).await;
    admin.get("/requests/work").await.ok().says(&number);
    manager.get(&path).await.ok().says("判断を引き戻す");

    let page = recall_decision(&manager, &number).await;
    page.ok().says("判断を引き戻しました").says("佐藤 直樹が判断を引き戻しました").says("佐藤 直樹が承認しました");
    admin.get("/requests/work").await.ok().hides(&number);
    let early =
        admin.post(&format!("{path}/lines/1"), &[("_seen", &content_hash(&office.portal, &number).await)]).await;
    assert!(matches!(early.status, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::NOT_FOUND));
    assert_eq!(office.portal.events("request.executed").await, 0);

    // a return is taken back as well, and then it is approved after all
    decide(&manager, &number, "return", "期間を書いてください").await;
    recall_decision(&manager, &number).await.ok().says("承認中");
    let late = clerk.get(&format!("{path}/mend")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    office.approve(&manager, &number).await;
    assert_eq!(execute(&admin, &number, 1, "yamamoto.r").await.status, StatusCode::SEE_OTHER);
    let late = manager.post(&format!("{path}/decision/recall"), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.says("次の担当者がすでに処理した");
    let kept: i64 =
        sqlx::query_scalar("select count(*) from decision d join request r on r.id = d.request_id where r.number = $1")
            .bind(&number)
            .fetch_one(&mut office.portal.superuser().await)
            .await
            .unwrap();
    assert_eq!((kept, office.portal.events("request.taken_back").await), (5, 2));
    assert_eq!(office.portal.acted("account.register").await, 1, "what was taken back proves nothing");
}

pub const THREE: [Step<'_>; 3] = [
    ("decide", "manager", "department", "3"),
    ("consult", "sysadmin", "organisation", "2"),
    ("permit", "head", "organisation", "5"),
];

#[tokio::test]
async fn the_third_sends_it_back_to_the_second_and_it_comes_again() {
    let office = Office::within(Portal::open_under("katsuura-operations").await).await;
    let portal = &office.portal;
    let desk = portal.sign_in("中村").await;
    assert_eq!(entered(&desk, &THREE, "2026-04-01", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let clerk = portal.sign_in("田中").await;
    let (manager, administrator) = (portal.sign_in("佐藤").await, portal.sign_in("伊藤").await);
    let mayor = portal.sign_in("森").await;
    let number = office.file(&clerk, "山本").await;
    let path = format!("/requests/{number}");
    office.approve(&manager, &number).await;
    decide(&administrator, &number, "opinion", "支障ありません").await;

    // who can be chosen, and that a reason is wanted
    let page = mayor.get(&path).await;
    page.ok().says("差戻し先").says("申請した人").says("佐藤 直樹").says("伊藤 翔").says("もう一度判断します");
    let key = step_key(portal, &number, 1).await;
    let wordless = send_back(&mayor, &number, &key, " ").await;
    assert_eq!(wordless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wordless.text().contains(&format!("<option value=\"{key}\" selected>")), "the choice is kept");
    send_back(&mayor, &number, "no-such-step", "費用を確かめてください").await.refuses("そこへは差し戻せません");
    let sent = send_back(&mayor, &number, &key, "費用を確かめてください").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());

    // it waits for the second, with the reason, and for nobody else
    mayor.get("/requests/inbox").await.ok().hides(&format!("open={number}\""));
    manager.get("/requests/inbox").await.ok().hides(&format!("open={number}\""));
    let page = administrator.get(&path).await;
    page.ok().says("費用を確かめてください").says("へ差し戻しました（市長）").says("承認中");
    decide(&administrator, &number, "opinion", "費用はかかりません").await;
    assert_eq!(office.approve(&mayor, &number).await.status, StatusCode::SEE_OTHER);
    let officer = portal.sign_in("斎藤").await;
    assert_eq!(execute(&officer, &number, 1, "yamamoto.r").await.status, StatusCode::SEE_OTHER);
    assert_eq!(portal.events("request.returned").await, 1);

    // to the first: both answer again, and the route says so
    let number = office.file(&clerk, "山本").await;
    office.approve(&manager, &number).await;
    decide(&administrator, &number, "opinion", "支障ありません").await;
    send_back(&mayor, &number, &step_key(portal, &number, 0).await, "所属長の考えを書いてください").await;
    office.approve(&manager, &number).await;
    mayor.get("/requests/inbox").await.ok().hides(&format!("open={number}\""));
    decide(&administrator, &number, "opinion", "やはり支障ありません").await;
    assert_eq!(office.approve(&mayor, &number).await.status, StatusCode::SEE_OTHER);
}

async fn step_key(portal: &Portal, number: &str, at: i32) -> String {
    let found = sqlx::query_scalar(
        "select s.key from request_step s join request r on r.id = s.request_id and r.round = s.round where r.number = $1 and s.at = $2",
    );
    found.bind(number).bind(at).fetch_one(&mut portal.superuser().await).await.unwrap()
}

/// A connection in the runtime's role as this person, with everything in view.
async fn side_door(office: &Office, person: PersonId) -> PgConnection {
    let mut conn = office.portal.runtime("mamori_app").await;
    conn.execute("begin").await.unwrap();
    sqlx::query("select set_config('mamori.person', $1, true), set_config('mamori.scope_all', 'on', true)")
        .bind(person.to_string())
        .execute(&mut conn)
        .await
        .unwrap();
    conn
}

/// Takes back the only approval of a request in this person's name; the code of the refusal.
async fn forge(conn: &mut PgConnection, number: &str, by: PersonId) -> Result<(), String> {
    let forged = sqlx::query(
        "insert into decision (id, request_id, round, step, step_key, decider, post_id, tier, verdict, content_hash, decided_at, attempt, takes_back)
         select gen_random_uuid(), d.request_id, d.round, d.step, d.step_key, $2, d.post_id, d.tier, 'take_back', d.content_hash, now(), 2, d.no
           from decision d join request r on r.id = d.request_id where r.number = $1 and d.verdict = 'approve'",
    );
    match forged.bind(number).bind(by.0).execute(conn).await {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(said)) => Err(said.code().unwrap_or_default().into_owned()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_database_takes_back_nobody_elses_decision_and_none_that_somebody_built_on() {
    let office = Office::open().await;
    let (clerk, manager) = (office.portal.sign_in("田中").await, office.portal.sign_in("佐藤").await);
    let number = office.file(&clerk, "山本").await;
    office.approve(&manager, &number).await;
    let who = |name: &str| office.portal.cast.get(name).id;
    let mut conn = side_door(&office, who("鈴木")).await;
    assert_eq!(forge(&mut conn, &number, who("鈴木")).await, Err("PT403".into()), "another one's");
    assert_eq!(side_door_pulls_back(&office, &number, who("田中")).await, Err("PT409".into()), "it was decided");
    let mut conn = side_door(&office, who("佐藤")).await;
    assert_eq!(forge(&mut conn, &number, who("佐藤")).await, Ok(()));
    drop(conn);
    let admin = office.portal.sign_in("伊藤").await;
    assert_eq!(execute(&admin, &number, 1, "yamamoto.r").await.status, StatusCode::SEE_OTHER);
    let mut conn = side_door(&office, who("佐藤")).await;
    assert_eq!(forge(&mut conn, &number, who("佐藤")).await, Err("PT409".into()), "somebody worked on it");
}

async fn side_door_pulls_back(office: &Office, number: &str, by: PersonId) -> Result<(), String> {
    let mut conn = side_door(office, by).await;
    let moved =
        sqlx::query("update request set phase = 'pulled_back', lock_version = lock_version + 1 where number = $1");
    match moved.bind(number).execute(&mut conn).await {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(said)) => Err(said.code().unwrap_or_default().into_owned()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn whoever_filed_reminds_once_a_day_and_copies_what_was_refused() {
    let office = Office::open().await;
    let (clerk, manager) = (office.portal.sign_in("田中").await, office.portal.sign_in("佐藤").await);
    let number = office.file(&clerk, "山本").await;
    let path = format!("/requests/{number}");
    manager.get(&path).await.ok().hides("催促する");
    manager.post(&format!("{path}/reminder"), &[]).await.refuses("申請した人だけができます");
    let page = clerk.submit(&format!("{path}/reminder"), &[]).await;
    page.ok().says("担当者に催促しました").says("田中 陽向が催促しました").hides("いまの担当者に催促しますか");
    clerk.post(&format!("{path}/reminder"), &[]).await.refuses("今日はすでに催促しました");
    let mails = "select count(*) from outbox where kind = 'request.asked_again'";
    let mails: i64 = sqlx::query_scalar(mails).fetch_one(&mut office.portal.superuser().await).await.unwrap();
    assert_eq!((mails, office.portal.events("request.asked_again").await), (1, 1));

    // a refusal ends it; what it said is the beginning of another, with the days that are still to come
    decide(&manager, &number, "refuse", "いまは要りません").await;
    clerk.get(&path).await.ok().hides("催促する").says("複写して申請する");
    manager.get(&path).await.ok().hides("複写して申請する");
    let copy = format!("{KIND}?_copy={number}");
    let form = clerk.get(&copy).await;
    form.ok().says("経理の担当になるため").says("山本 蓮");
    assert!(form.text().contains(r#"value="2026-04-01""#), "{}", form.text());
    assert_eq!(manager.get(&copy).await.status, StatusCode::NOT_FOUND, "what one has not filed is not copied");
    office.portal.advance(TimeDelta::days(1));
    assert!(!clerk.get(&copy).await.text().contains(r#"value="2026-04-01""#), "a day that is over is asked anew");
}
