//! お知らせ: the right people are told, nobody else reads it, one mail gathers a morning, and an open page hears at once.
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use chrono::{NaiveDate, TimeDelta};
use http_body_util::BodyExt as _;
use mamori::features::notices::Digest;
use mamori::kernel::access::Actor;
use mamori::kernel::app::App;
use mamori::kernel::audit::Event;
use mamori::kernel::error::Message;
use mamori::kernel::jobs::{Job as _, Runner};
use mamori::kernel::notices::{AtOnce, Letter, Notice};
use mamori::kernel::work::Work;
use mamori::people::stand_ins::{Entered, NewStandIn, enter};
use mamori::web::serve::{Limits, serve};
use sqlx::{Connection as _, Executor as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::requests::{Office, decide};
use crate::support::ground::hand;
use crate::support::portal::{Browser, Page, Portal};

const WAITING: &str = "承認をお願いします：R8-ACC-0001 アカウント登録申請";
/// How long somebody who listens is patient.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the bell of a page is called.
fn bell(page: &Page) -> String {
    page.ok();
    let text = page.text();
    let link = text.split("data-bell=").next().and_then(|before| before.rsplit("<a ").next()).unwrap_or_default();
    link.split("aria-label=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("no bell").to_owned()
}

async fn unread(browser: &Browser<'_>) -> String {
    bell(&browser.get("/notices").await)
}

/// The mails of a morning: to whom, subject, text.
async fn mornings(portal: &Portal) -> Vec<(String, String, String)> {
    let sql =
        "select recipient, subject, body from outbox where kind = 'notices.digest' order by created_at, recipient";
    sqlx::query_as(sql).fetch_all(&mut portal.superuser().await).await.unwrap()
}

/// The subjects of the mails that somebody got at once.
async fn at_once(portal: &Portal, login: &str) -> Vec<String> {
    let sql = "select subject from outbox where kind <> 'notices.digest' and recipient = $1 order by created_at, id";
    let to = format!("{login}@example.jp");
    sqlx::query_scalar(sql).bind(to).fetch_all(&mut portal.superuser().await).await.unwrap()
}

async fn morning(portal: &Portal) {
    Digest.run(&portal.app).await.unwrap();
}

async fn stands_in(portal: &Portal, holder: &str, deputy: &str) {
    let office = hand(portal, "中村").await;
    let day = |day| NaiveDate::from_ymd_opt(2026, 4, day).unwrap();
    let (post, person) = (portal.cast.get(holder).post, portal.cast.get(deputy).id);
    let new = NewStandIn { post, person, from: day(1), last: day(10), reason: "出張のため。".to_owned() };
    let entered = portal.app.change(&office.viewer.actor(), async |work| enter(work, &new).await).await.unwrap();
    assert!(matches!(entered, Entered::Done(_)));
}

#[tokio::test]
async fn the_bell_counts_what_its_person_has_not_read_and_nobody_else_reads_it() {
    let office = Office::open().await;
    let (clerk, manager) = (office.portal.sign_in("田中").await, office.portal.sign_in("佐藤").await);
    assert_eq!(unread(&manager).await, "お知らせ");
    let number = office.file(&clerk, "山本").await;
    assert_eq!(unread(&clerk).await, "お知らせ", "who files needs no notice of it");
    let page = manager.get("/notices").await;
    page.ok().says(WAITING).says("承認待ち・対応待ち");
    assert!(!page.text().contains("tag--done"));
    assert_eq!(bell(&page), "お知らせ 未読1件", "a look changes nothing");
    assert_eq!(bell(&manager.get("/requests").await), "お知らせ 未読1件");

    // nobody else opens it, and whose it is is led to the request
    let id = page.attribute(r#"action="/notices/0"#).map(|rest| format!("0{rest}")).unwrap();
    let id = id.trim_end_matches("/read").to_owned();
    clerk.get("/notices").await.ok().hides(WAITING);
    assert_eq!(clerk.post(&format!("/notices/{id}"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(clerk.post(&format!("/notices/{id}/read"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(unread(&manager).await, "お知らせ 未読1件");
    let opened = manager.post(&format!("/notices/{id}"), &[]).await;
    assert_eq!(opened.location(), Some(format!("/requests/{number}")));
    let page = manager.get("/notices").await;
    page.ok().says(WAITING);
    assert!(page.text().contains("tag--done"));
    assert_eq!(bell(&page), "お知らせ");

    // in the other language the same words
    manager.post("/preferences", &[("lang", "en"), ("return_to", "/")]).await;
    manager.get("/notices").await.ok().says(&format!("Please decide: {number}"));
}

#[tokio::test]
async fn all_are_read_up_to_the_latest_that_was_on_the_page() {
    let office = Office::open().await;
    let (clerk, manager) = (office.portal.sign_in("田中").await, office.portal.sign_in("佐藤").await);
    office.file(&clerk, "山本").await;
    office.file(&clerk, "田中").await;
    let page = manager.get("/notices").await;
    assert_eq!(bell(&page), "お知らせ 未読2件");
    let up_to = page.attribute(r#"name="up_to" value=""#).unwrap();
    office.portal.advance(TimeDelta::seconds(1));
    office.file(&clerk, "佐藤").await;
    let told = unread(&manager).await;
    manager.submit("/notices/read", &[("up_to", &up_to)]).await.ok().says("すべて確認済みにしました");
    let left = if told.ends_with("3件") { "お知らせ 未読1件" } else { "お知らせ" };
    assert_eq!(unread(&manager).await, left, "what came since is still to be read");
}

#[tokio::test]
async fn the_database_shows_a_notice_to_its_person_alone() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    office.file(&clerk, "山本").await;
    let mut conn = office.portal.runtime("mamori_app").await;
    for (name, seen) in [("佐藤", 1_i64), ("田中", 0), ("吉田", 0)] {
        let mut tx = conn.begin().await.unwrap();
        let person = office.portal.cast.get(name).id.to_string();
        let set = "select set_config('mamori.person', $1, true), set_config('mamori.scope_all', 'on', true)";
        sqlx::query(set).bind(person).execute(&mut *tx).await.unwrap();
        let count: i64 = sqlx::query_scalar("select count(*) from notice").fetch_one(&mut *tx).await.unwrap();
        assert_eq!(count, seen, "{name}");
        let read = tx.execute("update notice set read_at = now()").await.unwrap();
        assert_eq!(i64::try_from(read.rows_affected()).unwrap(), seen, "{name}");
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn whoever_stands_in_and_whom_they_stand_in_for_are_both_told_until_it_is_decided() {
    let office = Office::open().await;
    stands_in(&office.portal, "佐藤", "山本").await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "田中").await;
    let told = office.portal.told("request.waiting").await;
    let mut to: Vec<&str> = told.iter().map(|told| told.mail.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["sato@example.jp", "yamamoto@example.jp"]);

    let deputy = office.portal.sign_in("山本").await;
    assert!(office.approve(&deputy, &number).await.status.is_redirection());
    // nobody waits for the other any more
    assert!(office.portal.told("request.waiting").await.iter().all(|told| told.over));
    let manager = office.portal.sign_in("佐藤").await;
    manager.get("/notices").await.ok().says("処理済み").says("承認をお願いします");
    morning(&office.portal).await;
    let mails = mornings(&office.portal).await;
    assert!(!mails.iter().any(|(.., body)| body.contains("承認をお願いします")), "{mails:?}");
}

#[tokio::test]
async fn one_mail_gathers_a_business_morning_whichever_process_sends_it() {
    let office = Office::open().await;
    let portal = &office.portal;
    let run = async |app: &App| {
        Runner::new(app).unwrap().run_due().await.unwrap();
    };
    // nothing to say on Wednesday 1 April, at nine
    run(&portal.app).await;
    assert!(mornings(portal).await.is_empty(), "no mail says nothing");

    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    run(&portal.app).await;
    assert!(mornings(portal).await.is_empty(), "this morning's mail has been gathered");
    assert!(at_once(portal, "sato").await.is_empty());

    // Saturday and Sunday are no business days, and the office closes on Monday
    let close = "insert into closure (id, from_date, to_date, name, entered_at) values (gen_random_uuid(), '2026-04-06', '2026-04-06', '創立記念日', now())";
    portal.superuser().await.execute(close).await.unwrap();
    portal.superuser().await.execute("update notice set mailed_at = null").await.unwrap();
    portal.advance(TimeDelta::days(3));
    for _ in 0..3 {
        run(&portal.app).await;
        assert!(mornings(portal).await.is_empty(), "{}", portal.app.clock().today());
        portal.advance(TimeDelta::days(1));
    }
    // on Tuesday, before the time and after it, by two processes at once
    portal.advance(-TimeDelta::minutes(40));
    run(&portal.app).await;
    assert!(mornings(portal).await.is_empty(), "it is 8:20");
    portal.advance(TimeDelta::minutes(20));
    let other = portal.another().await;
    tokio::join!(run(&portal.app), run(&other));
    run(&other).await;
    let mails = mornings(portal).await;
    let to_manager: Vec<_> = mails.iter().filter(|(to, ..)| to == "sato@example.jp").collect();
    let [(_, subject, body)] = to_manager.as_slice() else { panic!("{mails:?}") };
    assert!(subject.starts_with("【Mamori】4月7日(火)："), "{subject}");
    assert!(subject.contains("承認待ち・対応待ち1件"), "{subject}");
    let at = |words: &str| body.find(words).unwrap_or_else(|| panic!("「{words}」: {body}"));
    assert!(at("■ 承認待ち") < at(&format!("承認をお願いします：{number} アカウント登録申請")));
    assert!(body.contains(&format!("http://127.0.0.1:8080/requests/{number}\n")));
    for secret in ["山本", "経理", "財務会計"] {
        assert!(!body.contains(secret), "the mail carries {secret}: {body}");
    }
    assert!(at(&number) < at("/notices/settings"), "how it is stopped stands at its foot");
    let manager = portal.sign_in("佐藤").await;
    assert!(unread(&manager).await.contains("未読"), "what was mailed is still to be read");
}

#[tokio::test]
async fn what_was_read_or_has_come_to_nothing_is_in_no_mail() {
    let office = Office::open().await;
    let portal = &office.portal;
    let (clerk, manager) = (portal.sign_in("田中").await, portal.sign_in("佐藤").await);
    let withdrawn = office.file(&clerk, "山本").await;
    let read = office.file(&clerk, "田中").await;
    assert!(clerk.post(&format!("/requests/{withdrawn}/withdrawal"), &[]).await.status.is_redirection());
    let page = manager.get("/notices").await;
    page.ok().says(&read);
    let up_to = page.attribute(r#"name="up_to" value=""#).unwrap();
    manager.post("/notices/read", &[("up_to", &up_to)]).await;
    morning(portal).await;
    assert!(!mornings(portal).await.iter().any(|(to, ..)| to == "sato@example.jp"));
}

#[tokio::test]
async fn returns_go_out_at_once_unless_somebody_wants_them_in_the_morning() {
    let office = Office::open().await;
    let portal = &office.portal;
    let (clerk, manager) = (portal.sign_in("田中").await, portal.sign_in("佐藤").await);
    let first = office.file(&clerk, "山本").await;
    decide(&manager, &first, "return", "期間を書いてください").await;
    assert_eq!(at_once(portal, "tanaka").await, [format!("【Mamori】差し戻されました：{first} アカウント登録申請")]);
    morning(portal).await;
    assert!(!mornings(portal).await.iter().any(|(to, ..)| to == "tanaka@example.jp"), "it is not said twice");

    clerk.get("/notices/settings").await.ok().says("08:30").says("止められません");
    let kept = clerk.submit("/notices/settings", &[("digest", "yes"), ("urgent", "yes")]).await;
    kept.ok().says("メールの受け取り方を変えました");
    assert_eq!(portal.events("notices.chosen").await, 1);
    let second = office.file(&clerk, "田中").await;
    decide(&manager, &second, "return", "期間を書いてください").await;
    assert_eq!(at_once(portal, "tanaka").await.len(), 1);
    morning(portal).await;
    let mails = mornings(portal).await;
    let own = mails.iter().find(|(to, ..)| to == "tanaka@example.jp").expect("it waits for the morning");
    assert!(own.2.contains(&format!("差し戻されました：{second}")) && !own.2.contains(&first), "{}", own.2);

    // and who wants no mail of the morning gets none: it stands under the bell
    clerk.submit("/notices/settings", &[]).await.ok();
    portal.advance(TimeDelta::seconds(1));
    decide(&manager, &office.file(&clerk, "山本").await, "return", "期間を書いてください").await;
    morning(portal).await;
    assert_eq!(mornings(portal).await.iter().filter(|(to, ..)| to == "tanaka@example.jp").count(), 1);
    assert!(unread(&clerk).await.contains("未読"));
}

#[tokio::test]
async fn nobody_switches_off_what_is_about_their_sign_in() {
    let portal = Portal::open().await;
    let tanaka = portal.sign_in("田中").await;
    tanaka.get("/notices/settings").await.ok();
    tanaka.submit("/notices/settings", &[]).await.ok();
    let person = portal.cast.get("田中").id;
    let said = Message::new("password-reset-mail-reissued");
    let letter = || Letter { subject: "件名".to_owned(), body: "本文".to_owned() };
    portal
        .app
        .change(&Actor::portal(), async |work: &mut Work| {
            work.record(Event::done("test.told", "person", person)).await?;
            for why in [AtOnce::Security, AtOnce::Return, AtOnce::Urgent] {
                let notice = Notice::new(person, "test.told", said.clone(), ("person", person));
                work.notify(notice.at_once(why, letter())).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(at_once(&portal, "tanaka").await.len(), 1);
    assert_eq!(unread(&tanaka).await, "お知らせ 未読3件");
    assert_eq!(tanaka.post("/notices/settings", &[("security", "no")]).await.status, StatusCode::FORBIDDEN);
}

/// What an open page hears next; nothing: it is over.
async fn hears(body: &mut Body) -> Option<String> {
    loop {
        let frame = tokio::time::timeout(PATIENCE, body.frame()).await.expect("nothing is heard")?;
        let text = String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap();
        if text.contains("event: unread") {
            return Some(text);
        }
    }
}

fn listening(browser: &Browser<'_>) -> Request<Body> {
    let request = browser.request(Method::GET, "/notices/stream").header(header::ACCEPT, "text/event-stream");
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn an_open_page_hears_of_a_filing_in_any_process_and_no_more_once_its_session_has_ended() {
    let office = Office::open().await;
    let portal = &office.portal;
    let (clerk, manager) = (portal.sign_in("田中").await, portal.sign_in("佐藤").await);
    let (status, mut body) = manager.listen(listening(&manager)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(hears(&mut body).await.unwrap().contains(r#""unread":0"#));
    let (_, mut other) = clerk.listen(listening(&clerk)).await;
    assert!(hears(&mut other).await.unwrap().contains(r#""unread":0"#));

    office.file(&clerk, "山本").await;
    let heard = hears(&mut body).await.unwrap();
    assert!(heard.contains(r#""unread":1"#) && heard.contains("お知らせ 未読1件"), "{heard}");
    assert!(!heard.contains("ACC"), "a number and nothing else: {heard}");
    // what another process of the portal writes is heard as well
    let person = portal.cast.get("佐藤").id;
    let said = Message::new("password-reset-mail-reissued");
    let notice = Notice::new(person, "test.told", said, ("person", person));
    let elsewhere = portal.another().await;
    elsewhere.change(&Actor::portal(), async |work: &mut Work| work.notify(notice).await).await.unwrap();
    assert!(hears(&mut body).await.unwrap().contains(r#""unread":2"#));

    manager.get("/notices").await.ok();
    manager.post("/sign-out", &[]).await;
    assert_eq!(hears(&mut body).await, None, "the session has ended, and so has the stream");
}

#[tokio::test]
async fn listening_is_no_use_of_a_session_and_a_session_listens_a_few_times_only() {
    let portal = Portal::open().await;
    let tanaka = portal.sign_in("田中").await;
    let seen = async || -> String {
        let sql = "select last_seen_at::text from auth.session where person_id = $1 and ended_at is null";
        let person = portal.cast.get("田中").id.0;
        sqlx::query_scalar(sql).bind(person).fetch_one(&mut portal.superuser().await).await.unwrap()
    };
    let before = seen().await;
    portal.advance(TimeDelta::minutes(5));
    let mut open = Vec::new();
    for _ in 0..3 {
        let (status, body) = tanaka.listen(listening(&tanaka)).await;
        assert_eq!(status, StatusCode::OK);
        open.push(body);
    }
    assert_eq!(tanaka.listen(listening(&tanaka)).await.0, StatusCode::NO_CONTENT);
    assert_eq!(seen().await, before);
    drop(open);
    assert_eq!(tanaka.listen(listening(&tanaka)).await.0, StatusCode::OK, "a page that was left makes room");
    // and whoever only asks hears the number once
    let page = tanaka.get("/notices/stream").await;
    assert!(page.ok().text().contains(r#""unread":0"#));
    // after a quarter of an hour without use nobody is signed in any more
    portal.advance(TimeDelta::minutes(16));
    assert_eq!(tanaka.listen(listening(&tanaka)).await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_portal_that_stops_waits_for_no_open_page() {
    let portal = Portal::open().await;
    let tanaka = portal.sign_in("田中").await;
    let request = listening(&tanaka);
    let cookie = request.headers()[header::COOKIE].to_str().unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let served = tokio::spawn(serve(listener, mamori::portal::router(&portal.app), Limits::default(), stop.clone()));
    let mut stream = TcpStream::connect(at).await.unwrap();
    let head = format!(
        "GET /notices/stream HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: text/event-stream\r\nUser-Agent: test\r\nCookie: {cookie}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut heard = String::new();
    while !heard.contains("unread") {
        let mut some = [0; 1024];
        let count = tokio::time::timeout(PATIENCE, stream.read(&mut some)).await.unwrap().unwrap();
        assert!(count > 0, "{heard}");
        heard.push_str(&String::from_utf8_lossy(&some[..count]));
    }
    stop.cancel();
    assert!(tokio::time::timeout(PATIENCE, served).await.expect("it hangs").unwrap(), "nothing was cut off");
}

#[tokio::test]
async fn a_long_list_is_turned_page_by_page_with_what_is_to_be_read_first() {
    let portal = Portal::open().await;
    let person = portal.cast.get("田中").id;
    let tell = async |login: String| {
        let said = Message::new("accounts-mail-unused").with("login", login);
        let notice = Notice::new(person, "test.told", said, ("person", person));
        portal.app.change(&Actor::portal(), async |work: &mut Work| work.notify(notice).await).await.unwrap();
    };
    for no in 0..30 {
        tell(format!("old-{no:02}")).await;
    }
    let tanaka = portal.sign_in_as(&portal.cast.get("田中").login).await;
    let page = tanaka.get("/notices").await;
    let up_to = page.attribute(r#"name="up_to" value=""#).unwrap();
    tanaka.post("/notices/read", &[("up_to", &up_to)]).await;
    for no in 0..40 {
        tell(format!("new-{no:02}")).await;
    }
    let first = tanaka.get("/notices").await;
    first.ok().says("「new-39」").says("「new-00」").says("「old-29」").says("「old-20」").hides("「old-19」");
    let text = first.text();
    let next = text.split("href=\"/notices?after=").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let next = format!("/notices?after={}", next.replace("&amp;", "&").replace("&#38;", "&"));
    let second = tanaka.get(&next).await;
    second.ok().says("「old-19」").says("「old-00」").hides("「old-20」").hides("「new-00」");
}
