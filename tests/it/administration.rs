//! 管理 as an administrator, the office and the auditor meet it: the log and its proof, the outbox, jobs, the calendar.
use axum::body::Body;
use axum::http::{Method, StatusCode};
use chrono::NaiveDate;
use mamori::kernel::access::Actor;
use mamori::kernel::audit::Event;
use mamori::kernel::jobs::Runner;
use mamori::kernel::mail::Mail;
use mamori::kernel::text::encode_cp932;
use mamori::kernel::work::Work;
use sqlx::Executor as _;

use crate::requests::Office;
use crate::support::portal::{PASSWORD, Page, Portal};

async fn run_jobs(portal: &Portal) {
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
}

#[tokio::test]
async fn the_auditor_finds_an_act_by_person_kind_and_day_and_carries_it_out() {
    let portal = Portal::open().await;
    portal.advance(chrono::TimeDelta::minutes(1));
    let auditor = portal.sign_in("吉田").await;
    auditor.get("/audit").await.ok().says("操作記録").says("吉田 恵").says("ログイン001011 吉田 恵職員");
    auditor.get("/audit?person=%E5%90%89%E7%94%B0").await.ok().says("ログイン001011 吉田 恵");
    auditor.get("/audit?from=2026-04-02").await.ok().says("条件に合う操作記録はありません");
    auditor.get("/audit?what=organisation").await.ok().says("組織の設定青野商事株式会社組織").hides("ログイン001011");

    // the page before says how much it is; nothing leaves without the password
    auditor.get("/audit/export?what=organisation").await.ok().says("書き出す件数 4件").says("何についての操作か 組織");
    let wrong = auditor.post("/audit/export", &[("what", "organisation"), ("own_password", "Wrong-Kagi!1")]).await;
    wrong.refuses("パスワードが違うか");
    assert_eq!(portal.events("audit.exported").await, 0);
    portal.advance(chrono::TimeDelta::minutes(2));
    let file = auditor.post("/audit/export", &[("what", "organisation"), ("own_password", PASSWORD)]).await;
    file.ok();
    assert!(file.text().contains("organisation.founded") && !file.text().contains("sign_in.succeeded"));
    assert!(file.text().contains("青野商事株式会社"), "the file says what it was about: {}", file.text());
    assert_eq!(portal.events("audit.exported").await, 1);
}

#[tokio::test]
async fn the_whole_log_is_carried_out_however_long_it_is() {
    let portal = Portal::open().await;
    let auditor = portal.sign_in("吉田").await;
    for part in 0..9 {
        let many = async |work: &mut Work| {
            for number in 0..300 {
                work.record(Event::done("job.retried", "job", format!("zq-{part}-{number}"))).await?;
            }
            Ok(())
        };
        portal.app.change(&Actor::portal(), many).await.unwrap();
    }
    portal.advance(chrono::TimeDelta::minutes(1));
    auditor.get("/audit/export?what=job").await.ok().says("書き出す件数 2,700件");
    let file = auditor.post("/audit/export", &[("what", "job"), ("own_password", PASSWORD)]).await;
    let lines: std::collections::BTreeSet<String> =
        file.ok().text().lines().filter(|line| line.contains("zq-")).map(str::to_owned).collect();
    assert_eq!(lines.len(), 2_700, "each of them, and each once");
}

#[tokio::test]
async fn another_site_carries_no_log_out_of_the_house() {
    let portal = Portal::open().await;
    let auditor = portal.sign_in("吉田").await;
    let lure = auditor.request(Method::GET, "/audit/export?what=person").header("sec-fetch-site", "cross-site");
    let page = auditor.send(lure.body(Body::empty()).unwrap()).await;
    assert!(page.headers.get("content-disposition").is_none() && !page.text().contains("sign_in.succeeded"));
    assert_eq!(portal.events("audit.exported").await, 0);
}

#[tokio::test]
async fn whoever_reads_the_log_or_somebodys_mail_stands_in_the_log() {
    let portal = Portal::open().await;
    let auditor = portal.sign_in("吉田").await;
    portal.advance(chrono::TimeDelta::minutes(1));
    for address in ["/audit", "/audit", "/audit?after=1775000000000000_00000000-0000-7000-8000-000000000000"] {
        auditor.get(address).await.ok();
    }
    assert_eq!(portal.events("audit.viewed").await, 1, "turning pages is one reading");
    auditor.get("/audit?what=person").await.ok();
    assert_eq!(portal.events("audit.viewed").await, 2, "another question is another");
    portal.advance(chrono::TimeDelta::minutes(11));
    auditor.get("/audit").await.ok().says("操作記録の閲覧");
    assert_eq!(portal.events("audit.viewed").await, 3);

    write(&portal, "田中", "申請が差し戻されました", "http://127.0.0.1:8080/requests").await;
    let administrator = portal.sign_in("伊藤").await;
    let page = administrator.get("/outbox").await;
    assert_eq!(portal.events("mail.viewed").await, 0, "the list shows no mail");
    let address = format!("/outbox/{}", page.attribute(r#"href="/outbox/"#).unwrap());
    administrator.get(&address).await.ok();
    administrator.get(&address).await.ok();
    assert_eq!(portal.events("mail.viewed").await, 1);
    administrator.get("/audit?what=mail").await.ok().says("メールの閲覧申請が差し戻されました（田中 陽向）");
    let concerned: bool = sqlx::query_scalar("select $1 = any (concerns) from audit.event where kind = 'mail.viewed'")
        .bind(portal.cast.get("田中").id.0)
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
    assert!(concerned, "the reader of the mail is told of in the log");
}

#[tokio::test]
async fn the_log_says_what_was_acted_on_and_leads_there() {
    let portal = Portal::open().await;
    portal.advance(chrono::TimeDelta::minutes(1));
    let clerk = portal.sign_in("田中").await;
    assert_eq!(clerk.get("/ledgers/systems").await.status, StatusCode::FORBIDDEN);
    let browser = portal.browser();
    browser.get("/sign-in").await.ok();
    browser.post("/sign-in", &[("login", "001001"), ("password", "Wrong-Kagi!1")]).await;
    browser.post("/sign-in", &[("login", "nobody-zq"), ("password", "Wrong-Kagi!1")]).await;
    // what has no page and no number is known by whom it concerns
    let moved = Event::done("movement.carried_out", "movement", "01a2270b-5db3-74ef-8cbc-30c83d7419b3");
    let moved = moved.about(portal.cast.get("山本").id);
    portal.app.change(&Actor::portal(), async |work: &mut Work| work.record(moved).await.map(drop)).await.unwrap();
    let inspector = portal.sign_in("吉田").await;
    inspector.get("/clauses/system-management/4.1.1-1-a").await.ok();
    portal.advance(chrono::TimeDelta::seconds(5));
    let page = inspector.get("/audit").await;
    page.ok()
        .says("人事異動の発令山本 ")
        .hides("01a2270b-5db3")
        .says("権限のない操作GET /ledgers/systems画面の利用")
        .says("ログインの失敗001001 田中 陽向入力されたID：001001")
        .says("登録のないログインID（照合値")
        .hides("nobody-zq")
        .says("4月1日(水) 09:00:00");
    for link in ["href=\"/people/001001\"", "href=\"/clauses/system-management/4.1.1-1-a\""] {
        assert!(page.text().contains(link), "{link} is missing");
    }
    assert!(!page.words().contains("条項の閲覧条項"), "the clause is named: {}", page.words());
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
    let body = "<b>http://127.0.0.1:8080/requests/R8-ACC-0001</b>\nhttp://127.0.0.1:8080/requests/R8-ACC-0002\nhttps://evil.example/requests";
    write(&portal, "田中", "申請が差し戻されました", body).await;
    let administrator = portal.sign_in("伊藤").await;
    let page = administrator.get("/outbox").await;
    page.ok().says("申請が差し戻されました").says("田中 陽向");
    let address = page.attribute(r#"href="/outbox/"#).unwrap();
    let mail = administrator.get(&format!("/outbox/{address}")).await;
    mail.ok().says("/requests/R8-ACC-0001");
    assert!(!mail.text().contains("<b>http"), "what was written is shown as it was written");
    assert!(mail.text().contains(r#"href="/requests/R8-ACC-0002""#), "a page of ours is a link");
    assert!(!mail.text().contains(r#"href="https://evil"#) && !mail.text().contains(r#"href="/requests/R8-ACC-0001"#));
}

/// A mail about something that happened.
async fn write(portal: &Portal, to: &str, subject: &str, body: &str) {
    let mail = Mail {
        person: portal.cast.get(to).id,
        kind: "request.returned",
        subject: subject.to_owned(),
        body: body.to_owned(),
        entity: "request",
        entity_id: "R8-ACC-0001".to_owned(),
    };
    let act = async |work: &mut Work| {
        work.record(Event::done("request.returned", "request", "R8-ACC-0001")).await?;
        work.mail(mail).await
    };
    portal.app.change(&Actor::portal(), act).await.unwrap();
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
        assert!(!page.words().contains("<zq>"), "the name that the file had is shown nowhere");
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
        sqlx::query_scalar(
            "select s.due from request r join request_turns_pub s on s.request_id = r.id where r.number = $1",
        )
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
