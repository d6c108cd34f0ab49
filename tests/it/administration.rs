//! 管理 as an administrator, the office and the auditor meet it: the log and its proof, the outbox, jobs, the calendar.
use axum::http::StatusCode;
use mamori::kernel::access::Actor;
use mamori::kernel::jobs::Runner;
use mamori::kernel::mail::Mail;
use mamori::kernel::work::Work;
use sqlx::Executor as _;

use crate::support::portal::Portal;

async fn run_jobs(portal: &Portal) {
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
}

#[tokio::test]
async fn the_auditor_finds_an_act_by_person_kind_and_day_and_carries_it_out() {
    let portal = Portal::open().await;
    portal.advance(chrono::TimeDelta::minutes(1));
    let auditor = portal.sign_in("吉田").await;
    auditor.get("/audit").await.ok().says("操作記録").says("吉田 恵").says("sign_in.succeeded");
    auditor.get("/audit?person=%E5%90%89%E7%94%B0").await.ok().says("sign_in.succeeded");
    auditor.get("/audit?from=2026-04-02").await.ok().says("条件に合う操作記録はありません");
    auditor.get("/audit?what=organisation").await.ok().says("organisation.founded").hides("sign_in.succeeded");

    let file = auditor.get("/audit/export?what=organisation").await;
    file.ok();
    assert!(file.text().contains("organisation.founded") && !file.text().contains("sign_in.succeeded"));
    assert_eq!(portal.events("audit.exported").await, 1);
}

#[tokio::test]
async fn the_auditor_has_the_log_verified_and_sees_what_came_of_it() {
    let portal = Portal::open().await;
    portal.advance(chrono::TimeDelta::minutes(1));
    let auditor = portal.sign_in("吉田").await;
    run_jobs(&portal).await;
    auditor.get("/audit").await.ok();
    auditor.submit("/audit/verification", &[]).await.ok().says("操作記録の検証を始めました");
    run_jobs(&portal).await;
    auditor.get("/audit").await.ok().says("改ざんなし");

    let touch = "set session_replication_role = replica; update audit.event set outcome = 'denied' where kind = 'organisation.founded'";
    portal.superuser().await.execute(touch).await.unwrap();
    portal.advance(chrono::TimeDelta::minutes(1));
    auditor.submit("/audit/verification", &[]).await.ok();
    run_jobs(&portal).await;
    auditor.get("/audit").await.ok().says("改ざんの疑い").says("検索用の列が書き換えられています");
}

#[tokio::test]
async fn a_mail_that_does_not_leave_the_house_is_read_in_the_outbox() {
    let portal = Portal::open().await;
    let mail = Mail {
        person: portal.cast.get("田中").id,
        kind: "request.returned",
        subject: "申請が差し戻されました".to_owned(),
        body: "<b>http://127.0.0.1:8080/requests/R8-ACC-0001</b>".to_owned(),
        entity: "request",
        entity_id: "R8-ACC-0001".to_owned(),
    };
    portal.app.change(&Actor::portal(), async |work: &mut Work| work.mail(mail).await).await.unwrap();
    let administrator = portal.sign_in("伊藤").await;
    let page = administrator.get("/outbox").await;
    page.ok().says("申請が差し戻されました").says("田中 陽向");
    let address = page.attribute(r#"href="/outbox/"#).unwrap();
    let mail = administrator.get(&format!("/outbox/{address}")).await;
    mail.ok().says("/requests/R8-ACC-0001");
    assert!(!mail.text().contains("<b>http"), "what was written is shown as it was written");
}

#[tokio::test]
async fn a_dead_letter_is_seen_and_tried_again_once() {
    let portal = Portal::open().await;
    let dead = "insert into job (id, kind, payload, state, run_at, attempts, last_error, created_at)
                values ('00000000-0000-7000-8000-00000000000a', 'portal.verify_log', 'null', 'dead', '2026-04-01', 10, 'the disk was full', '2026-04-01')";
    portal.superuser().await.execute(dead).await.unwrap();
    let administrator = portal.sign_in("伊藤").await;
    administrator.get("/jobs?state=dead").await.ok().says("the disk was full").says("中止");
    let retry = "/jobs/00000000-0000-7000-8000-00000000000a/retry";
    administrator.submit(retry, &[]).await.ok().says("もう一度実行します");
    administrator.post(retry, &[]).await.refuses("もう待ちに戻っています");
    assert_eq!(portal.events("job.retried").await, 1);
    run_jobs(&portal).await;
    administrator.get("/jobs?state=dead").await.ok().hides("the disk was full");
}

/// A year of the Cabinet Office's list, as far as a check wants it.
const LIST: &str =
    "国民の祝日・休日月日,国民の祝日・休日名称\r\n2026/1/1,元日\r\n2026/4/29,昭和の日\r\n2026/11/23,勤労感謝の日\r\n";

#[tokio::test]
async fn the_office_looks_at_the_holidays_before_taking_them_over() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    office.get("/calendar/holidays").await.ok();
    office.post("/calendar/holidays/check", &[("list", LIST)]).await.ok().says("昭和の日").says("取り込む");
    office.get("/calendar").await.ok().hides("昭和の日");
    let faulty = LIST.replace("2026/4/29", "2026/4/31");
    let refused = office.post("/calendar/holidays/check", &[("list", &faulty)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("3行目");
    office
        .submit("/calendar/holidays", &[("list", LIST)])
        .await
        .ok()
        .says("祝日の一覧を取り込みました")
        .says("昭和の日");
    assert_eq!(portal.events("holidays.imported").await, 1);
}

#[tokio::test]
async fn a_closure_is_entered_and_taken_back_and_both_stay_in_the_log() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let wrong = [("name", "創立記念日"), ("from", "2026-06-02"), ("to", "2026-06-01")];
    let refused = office.post("/calendar/closures", &wrong).await;
    refused.says("最終日は、初日より後の日にしてください");
    let right = [("name", "創立記念日"), ("from", "2026-06-01"), ("to", "2026-06-01")];
    let page = office.submit("/calendar/closures", &right).await;
    page.ok().says("創立記念日");
    let removal = page.attribute(r#"action="/calendar/closures/"#).unwrap();
    office.submit(&format!("/calendar/closures/{removal}"), &[]).await.ok().hides("創立記念日");
    assert_eq!((portal.events("closure.entered").await, portal.events("closure.removed").await), (1, 1));
}
