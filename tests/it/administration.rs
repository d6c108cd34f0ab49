//! 管理 as an administrator, the office and the auditor meet it: the log and its proof, the outbox, jobs, the calendar.
use axum::http::StatusCode;
use chrono::NaiveDate;
use mamori::kernel::access::Actor;
use mamori::kernel::jobs::Runner;
use mamori::kernel::mail::Mail;
use mamori::kernel::text::encode_cp932;
use mamori::kernel::work::Work;
use sqlx::Executor as _;

use crate::requests::Office;
use crate::support::portal::{Page, Portal};

async fn run_jobs(portal: &Portal) {
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
}

#[tokio::test]
async fn the_auditor_finds_an_act_by_person_kind_and_day_and_carries_it_out() {
    let portal = Portal::open().await;
    portal.advance(chrono::TimeDelta::minutes(1));
    let auditor = portal.sign_in("吉田").await;
    auditor.get("/audit").await.ok().says("操作記録").says("吉田 恵").says("ログイン職員");
    auditor.get("/audit?person=%E5%90%89%E7%94%B0").await.ok().says("ログイン職員");
    auditor.get("/audit?from=2026-04-02").await.ok().says("条件に合う操作記録はありません");
    auditor.get("/audit?what=organisation").await.ok().says("組織の設定組織").hides("ログイン職員");

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
    // until then the days are those of the law
    office.get("/calendar").await.ok().says("昭和の日").hides("2026年3日");
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

/// What stands in the text box, as the browser would send it back.
fn list_of(page: &Page) -> String {
    let html = page.text();
    let from = html.find("<textarea").unwrap();
    let text = &html[from..html.find("</textarea>").unwrap()];
    text[text.find('>').unwrap() + 1..].trim_start_matches('\n').to_owned()
}

#[tokio::test]
async fn the_cabinet_offices_file_is_chosen_as_it_was_downloaded() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    office.get("/calendar/holidays").await.ok().says("祝日の一覧のファイル");
    let downloaded = encode_cp932(LIST).bytes;
    for file in [downloaded.as_slice(), LIST.as_bytes(), format!("\u{feff}{LIST}").as_bytes()] {
        let page = office.post_file("/calendar/holidays/check", "file", ("<zq>../../syukujitsu.csv", file)).await;
        page.ok().says("昭和の日").says("取り込む");
        assert!(!page.text().contains("zq"), "the name that the file had is shown nowhere");
        assert_eq!(portal.events("holidays.imported").await, 0, "a look writes nothing");
    }
    let page = office.post_file("/calendar/holidays/check", "file", ("syukujitsu.csv", &downloaded)).await;
    let taken = office.submit("/calendar/holidays", &[("list", &list_of(&page))]).await;
    taken.ok().says("祝日の一覧を取り込みました").says("昭和の日");

    // a wrong line is named, and the whole list stands there to be mended
    let faulty = encode_cp932(&LIST.replace("2026/4/29", "2026/4/31")).bytes;
    let page = office.post_file("/calendar/holidays/check", "file", ("syukujitsu.csv", &faulty)).await;
    page.refuses("3行目の日付の4月31日は、その年の暦にありません");
    let mended = list_of(&page).replace("2026/4/31", "2026/4/29");
    office.post("/calendar/holidays/check", &[("list", &mended)]).await.ok().says("取り込む");
}

#[tokio::test]
async fn a_file_that_is_no_list_is_refused_in_words() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    office.get("/calendar/holidays").await.ok();
    let check = "/calendar/holidays/check";
    office.post(check, &[("list", " ")]).await.refuses("祝日の一覧のファイルを選ぶか、内容を貼り付けてください");
    office.post_file(check, "file", ("none.csv", b"")).await.refuses("祝日の一覧のファイルを選ぶか");
    office.post_file(check, "file", ("book.xlsx", b"PK\x03\x04\x14\0\x06\0")).await.refuses("CSVとして読めません");
    office.post_file(check, "file", ("large.csv", &[b'1'; 100_001])).await.refuses("大きすぎます");
    office
        .post_file(check, "file", ("other.csv", "日付,名前\r\n".as_bytes()))
        .await
        .refuses("1行目：見出しがありません");
    // more than any form holds is not even read to its end
    let huge = office.post_file(check, "file", ("huge.csv", &vec![b'1'; 300_000])).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", huge.words());
    // a file where none is asked for, and a form with a file but without its token
    assert_eq!(office.post_file(check, "list", ("a.csv", b"x")).await.status, StatusCode::FORBIDDEN);
    *office.token.lock().unwrap() = "forged".to_owned();
    assert_eq!(office.post_file(check, "file", ("a.csv", LIST.as_bytes())).await.status, StatusCode::FORBIDDEN);
    assert_eq!(portal.events("holidays.imported").await, 0);
}

#[tokio::test]
async fn deadlines_are_counted_by_the_calendar_and_move_with_it() {
    let house = Office::open().await;
    let portal = &house.portal;
    let clerk = portal.sign_in("田中").await;
    let first = house.file(&clerk, "山本").await;
    let due = async |number: &str| -> NaiveDate {
        let mut db = portal.superuser().await;
        sqlx::query_scalar("select waiting_due from request where number = $1")
            .bind(number)
            .fetch_one(&mut db)
            .await
            .unwrap()
    };
    let april = |day| NaiveDate::from_ymd_opt(2026, 4, day).unwrap();
    // filed on Wednesday 1 April, a day that does not count: Thursday, Friday, and after the weekend Monday
    assert_eq!(due(&first).await, april(6));
    let office = portal.sign_in("中村").await;
    let closed = [("name", "創立記念日"), ("from", "2026-04-02"), ("to", "2026-04-03")];
    let page = office.submit("/calendar/closures", &closed).await;
    let removal = page.ok().attribute(r#"action="/calendar/closures/"#).unwrap();
    assert_eq!(due(&first).await, april(8), "what waits already is not late by days on which the house is closed");
    let second = house.file(&clerk, "山本").await;
    assert_eq!(due(&second).await, april(8), "and what is filed now is counted the same way");

    // a list that has one more holiday in it
    let list = LIST.replace("2026/4/29", "2026/4/7,臨時の休日\r\n2026/4/29");
    office.submit("/calendar/holidays", &[("list", &list)]).await.ok();
    assert_eq!((due(&first).await, due(&second).await), (april(9), april(9)));
    office.submit(&format!("/calendar/closures/{removal}"), &[]).await.ok();
    assert_eq!(due(&first).await, april(6));

    // the manager sees what came of it, and decides as before
    let manager = portal.sign_in("佐藤").await;
    manager.get(&format!("/requests/{first}")).await.ok().says("あと5日");
    let mut db = portal.superuser().await;
    let moved: Vec<i64> = sqlx::query_scalar(
        "select (e.facts ->> 'deadlines_moved')::bigint from audit.event e join audit.chain c on c.event_id = e.id
          where e.kind in ('closure.entered', 'holidays.imported', 'closure.removed') order by c.seq",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(moved, [1, 2, 2]);
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
