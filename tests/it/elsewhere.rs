//! One ID at two terminals at once (katsuura 20(1)1, osaka 10(7)): it is found, told and answered; and the pledge about one's own
//! ID and password.
use std::net::IpAddr;

use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::kernel::access::Actor;
use mamori::kernel::work::Work;
use mamori::people::sign_ins::{IdentityCheck, create_sign_in, reissue};

use crate::accounts::person_without_sign_in;
use crate::password_reset::claim;
use crate::sign_in::{activate, new_code};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};
use crate::under_coop_sign_in::{mails, tried};

const KATSUURA: &str = "katsuura-operations";
const OSAKA: &str = "osaka-standard";
const FRESH: &str = "Zh_kulo7-Pq9!xRw";

async fn signs_in(browser: &Browser<'_>, login: &str) {
    browser.get("/sign-in").await.ok();
    let page = browser.post("/sign-in", &[("login", login), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.words());
    browser.get("/").await;
}

/// 田中 at a terminal of this address, a minute later.
async fn tanaka_at(portal: &Portal, last: u8) -> Browser<'_> {
    portal.advance(TimeDelta::minutes(1));
    let mut browser = portal.browser();
    browser.source = IpAddr::from([203, 0, 113, last]);
    signs_in(&browser, "tanaka").await;
    browser
}

async fn is_in(browser: &Browser<'_>) -> bool {
    browser.get("/me/sessions").await.status == StatusCode::OK
}

/// The question that waits on the page of one's own sessions.
async fn question(browser: &Browser<'_>) -> (String, Page) {
    let page = browser.get("/me/sessions").await;
    let id = page.ok().attribute("action=\"/me/sessions/elsewhere/").expect("no question");
    (format!("/me/sessions/elsewhere/{id}"), page)
}

#[tokio::test]
async fn the_same_id_at_another_terminal_is_told_answered_and_disowned_and_the_pledge_is_kept() {
    let portal = Portal::open_under(KATSUURA).await;
    // one browser after the other, or the same one again, is not two at once
    let left = tanaka_at(&portal, 10).await;
    left.post("/sign-out", &[]).await;
    let desk = tanaka_at(&portal, 11).await;
    desk.cookies.lock().unwrap().remove("sid");
    signs_in(&desk, "tanaka").await;
    assert_eq!(portal.events("session.elsewhere").await, 0);
    desk.get("/").await.ok().hides("別の端末からのログイン");

    // another terminal while this one is in use: the person and the officer are told
    let other = tanaka_at(&portal, 12).await;
    assert_eq!(portal.events("session.elsewhere").await, 1);
    assert_eq!(mails(&portal, "session.elsewhere", "田中").await, 1);
    assert_eq!(mails(&portal, "session.elsewhere", "斎藤").await, 1);
    assert_eq!(mails(&portal, "session.elsewhere", "伊藤").await, 0);
    desk.get("/").await.ok().says("別の端末からのログインに答える（1件）");
    let (path, page) = question(&desk).await;
    page.says("別の端末からログインがありました").says("203.0.113.12").says("203.0.113.11").says("自分ではない");
    let officer = portal.sign_in("斎藤").await;
    let list = officer.get("/sign-ins/elsewhere").await;
    list.ok().says("田中 陽向").says("検知日時").says("4月1日(水) 09:03").says("203.0.113.12").says("未回答");
    officer.get("/").await.ok().says("同時ログインの記録");
    for name in ["佐藤", "伊藤", "中村", "小林"] {
        assert_eq!(portal.sign_in(name).await.get("/sign-ins/elsewhere").await.status, StatusCode::FORBIDDEN, "{name}");
    }

    // only the person answers, with one of the two, and once
    let stranger = portal.sign_in("鈴木").await;
    assert_eq!(stranger.post(&path, &[("answer", "not_own")]).await.status, StatusCode::NOT_FOUND);
    for wrong in [vec![], vec![("answer", "perhaps")]] {
        assert_eq!(desk.post(&path, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    desk.submit(&path, &[("answer", "own")]).await.ok().says("回答を記録しました").says("自分です");
    assert!(is_in(&desk).await && is_in(&other).await);
    let again = desk.post(&path, &[("answer", "not_own")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    again.says("この件にはすでに回答しています");
    officer.get("/sign-ins/elsewhere").await.ok().says("自分です").hides("未回答");
    assert_eq!((portal.events("session.owned").await, portal.events("session.disowned").await), (1, 0));

    // 「自分ではない」: every session ends, and a record of the problem lies in the officer's tray
    let thief = tanaka_at(&portal, 66).await;
    let (path, _) = question(&desk).await;
    let answered = desk.post(&path, &[("answer", "not_own")]).await;
    assert_eq!(answered.location().as_deref(), Some("/sign-in"));
    desk.get("/sign-in").await.ok().says("パスワードを使えなくしました").says("再発行を申請してください");
    for browser in [&desk, &other, &thief] {
        assert!(!is_in(browser).await);
    }
    thief.get("/sign-in").await.ok().says("「自分ではない」との回答により、すべての端末でログアウトしました");
    assert_eq!(mails(&portal, "session.elsewhere", "斎藤").await, 3);
    officer.get("/sign-ins/elsewhere").await.ok().says("自分ではない").says("R8-PRB-0001");
    officer.get("/requests/work").await.ok().says("R8-PRB-0001");
    let record = officer.get("/requests/R8-PRB-0001").await;
    record.ok().says("tanaka").says("本人が「自分ではない」と答えました").says("203.0.113.66").says("田中 陽向");
    let log = portal.sign_in("渡辺").await.get("/audit?what=person").await;
    log.ok().says("同時ログインの検知").says("同時ログインの回答（自分ではない）");

    // the password opens nothing any more, and who issues another knows; after the identity check a code leads to a new one
    assert_eq!(mails(&portal, "session.elsewhere", "伊藤").await, 1);
    assert_eq!(portal.events("sign_in.suspended").await, 1);
    portal.advance(TimeDelta::minutes(1));
    assert_eq!(tried(&portal, "tanaka", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let claimed = claim(&portal.browser(), "tanaka", "田中 陽向").await;
    assert_eq!(claimed.location().as_deref(), Some("/password-reset/received"));
    let code = new_code(&portal, portal.cast.get("田中").id).await;
    let (back, _) = activate(&portal, "tanaka", &code).await;
    for path in ["/", "/requests", "/me/sessions", "/me/pledge"] {
        assert_eq!(back.get(path).await.location().as_deref(), Some("/me/password"), "{path}");
    }
    back.get("/me/password").await.ok().says("「自分ではない」と答えたため、前のパスワードは使えません");
    let choose = async |fresh: &'static str| back.post("/me/password", &[("new", fresh), ("again", fresh)]).await;
    choose(PASSWORD).await.refuses("使用したパスワードは使えません");
    assert_eq!(choose(FRESH).await.location().as_deref(), Some("/me/pledge"));
    back.get("/requests").await.ok().says("R8-PRB-0001");

    pledges(&portal).await;
    portal.proves(KATSUURA, &["20-1-1"]);
}

/// 誓約: asked with the first sign-in and until it is given; each answer stands in the register.
async fn pledges(portal: &Portal) {
    const WORDS: &str = "自分のユーザIDとパスワードを自分の責任で管理し、ユーザIDを他の人に使わせません。";
    portal.sign_in("山本").await.get("/").await.ok().says("ユーザIDとパスワードについての誓約に答える");
    let person = person_without_sign_in(portal).await;
    let code = portal
        .app
        .change(&Actor::portal(), async |work| Ok(create_sign_in(work, person, "kimura").await?.shown()))
        .await
        .unwrap();
    let office = portal.sign_in("中村").await;
    let register = async || office.get("/people/009001").await;
    register().await.ok().says("ユーザIDとパスワードの誓約 まだ答えていません");
    let user = portal.browser();
    user.get("/activate").await.ok();
    user.post("/activate", &[("login", "kimura"), ("code", &code)]).await;
    user.get("/me/password").await.ok();
    let set = user.post("/me/password", &[("new", FRESH), ("again", FRESH)]).await;
    assert_eq!(set.location().as_deref(), Some("/me/pledge"));
    user.get("/me/pledge").await.ok().says(WORDS);
    assert_eq!(user.post("/me/pledge", &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(portal.acted("person.pledge").await, 0);
    user.submit("/me/pledge", &[("answer", "declined")]).await.ok().says("誓約に答える");
    register().await.ok().says("誓約しない");
    user.get("/me/pledge").await.ok().says("前回の回答：誓約しません");
    user.submit("/me/pledge", &[("answer", "given")]).await.ok().says("誓約を記録しました").hides("誓約に答える");
    register().await.ok().says("誓約（令和8年4月1日").hides("誓約しない");
    assert_eq!(portal.acted("person.pledge").await, 2);
}

/// The portal's half of osaka 10(7); what it asks about other systems waits for the self-checks.
#[tokio::test]
async fn under_the_city_standard_the_head_of_the_section_is_told_of_it() {
    let portal = Portal::open_under(OSAKA).await;
    let desk = tanaka_at(&portal, 11).await;
    let other = tanaka_at(&portal, 12).await;
    for (name, told) in [("田中", 1), ("佐藤", 1), ("高橋", 0), ("伊藤", 0)] {
        assert_eq!(mails(&portal, "session.elsewhere", name).await, told, "{name}");
    }
    let list = portal.sign_in("佐藤").await.get("/sign-ins/elsewhere").await;
    list.ok().says("田中 陽向").says("203.0.113.11").says("203.0.113.12");
    portal.sign_in("高橋").await.get("/sign-ins/elsewhere").await.ok().says("同時ログインはありません").hides("田中");
    assert_eq!(portal.sign_in("伊藤").await.get("/sign-ins/elsewhere").await.status, StatusCode::FORBIDDEN);
    // nothing is pledged here, and no record of problems is kept; the sessions end all the same
    desk.get("/").await.ok().hides("誓約");
    assert_eq!(desk.get("/me/pledge").await.location().as_deref(), Some("/"));
    let (path, _) = question(&other).await;
    assert_eq!(other.post(&path, &[("answer", "not_own")]).await.location().as_deref(), Some("/sign-in"));
    assert!(!is_in(&desk).await && !is_in(&other).await);
    assert_eq!(portal.events("request.filed").await, 0);
    assert_eq!(mails(&portal, "session.elsewhere", "佐藤").await, 2);
}

#[tokio::test]
async fn where_no_regulation_has_it_watched_nobody_looks() {
    let portal = Portal::open().await;
    let desk = tanaka_at(&portal, 11).await;
    tanaka_at(&portal, 12).await;
    assert_eq!(portal.events("session.elsewhere").await, 0);
    desk.get("/me/sessions").await.ok().hides("同時ログインの記録");
    assert_eq!(portal.sign_in("斎藤").await.get("/sign-ins/elsewhere").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_answer_is_the_persons_own_and_stays_also_against_direct_sql() {
    let portal = Portal::open_under(KATSUURA).await;
    let desk = tanaka_at(&portal, 11).await;
    tanaka_at(&portal, 12).await;
    let (path, _) = question(&desk).await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    let tried = async |id: &str, name: &str, sql: &str| {
        let mut db = portal.runtime("mamori_app").await;
        sqlx::query("select set_config('mamori.person', $1, false), set_config('mamori.scope_all', 'on', false)")
            .bind(portal.cast.get(name).id.to_string())
            .execute(&mut db)
            .await
            .unwrap();
        let sql = format!("update sign_in_elsewhere set {sql} where id = '{id}'");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut db).await.map(|done| done.rows_affected())
    };
    let answer = "answer = 'own', answered_at = now()";
    assert_eq!(tried(&id, "鈴木", answer).await.unwrap(), 0, "of somebody else");
    assert!(tried(&id, "田中", "source = '192.0.2.1'").await.is_err(), "what was found");
    desk.submit(&path, &[("answer", "own")]).await.ok();
    let again = tried(&id, "田中", "answer = 'not_own', answered_at = now()").await.unwrap_err();
    assert_eq!(again.as_database_error().unwrap().code().unwrap(), "PT409");

    // nor does the record that came of an answer become another
    let other = tanaka_at(&portal, 13).await;
    let (path, _) = question(&other).await;
    other.post(&path, &[("answer", "not_own")]).await;
    let id = path.rsplit('/').next().unwrap();
    for number in ["R8-PRB-0099", ""] {
        let again = tried(id, "田中", &format!("number = '{number}'")).await.unwrap_err();
        assert_eq!(again.as_database_error().unwrap().code().unwrap(), "PT409", "{number}");
    }
}

/// The last administrator's word counts like everybody's, since somebody else may know the password; and the way back is named.
#[tokio::test]
async fn the_last_administrator_says_that_it_was_not_them_and_comes_back_by_the_command() {
    let portal = Portal::open_under(KATSUURA).await;
    let at = async |login: &'static str, last: u8| {
        portal.advance(TimeDelta::minutes(1));
        let mut browser = portal.browser();
        browser.source = IpAddr::from([203, 0, 113, last]);
        signs_in(&browser, login).await;
        browser
    };
    // as long as another administrator is there, nothing is said of a command
    let desk = at("ito", 20).await;
    at("ito", 21).await;
    question(&desk).await.1.says("再発行を申請していただきます").hides("mamori admin");
    portal.loses_sign_in("渡辺").await;
    let (path, page) = question(&desk).await;
    page.says("いま管理者としてログインできるのはあなただけ").says("mamori admin reset");
    let answered = desk.post(&path, &[("answer", "not_own")]).await;
    assert_eq!(answered.location().as_deref(), Some("/sign-in"));
    desk.get("/sign-in").await.ok().says("mamori admin reset").says("初回コード").hides("再発行を申請してください");
    assert_eq!(tried(&portal, "ito", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // those who answer for it read the command, with the login
    let mut db = portal.superuser().await;
    let bodies: Vec<String> =
        sqlx::query_scalar("select body from outbox where subject like '%管理者としてログインできる人%'")
            .fetch_all(&mut db)
            .await
            .unwrap();
    assert!(bodies.len() >= 2 && bodies.iter().all(|body| body.contains("mamori admin reset ito ")), "{bodies:?}");

    // what the command does: the portal itself, after the identity check
    let check = IdentityCheck {
        method: "対面".to_owned(),
        contact: "情報政策課の窓口".to_owned(),
        confirmed: true,
        checked_at: portal.now(),
    };
    let person = portal.cast.get("伊藤").id;
    let reset = async |work: &mut Work| Ok(reissue(work, person, Some(&check), None).await?.shown());
    let code = portal.app.change(&Actor::portal(), reset).await.unwrap();
    let (back, _) = activate(&portal, "ito", &code).await;
    back.get("/me/password").await.ok();
    let set = back.post("/me/password", &[("new", FRESH), ("again", FRESH)]).await;
    assert_eq!(set.location().as_deref(), Some("/me/pledge"));
    assert_eq!(back.get("/sign-ins").await.status, StatusCode::OK);
}
