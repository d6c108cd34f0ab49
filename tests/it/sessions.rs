//! Sessions: they end when they should, and never come back.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::kernel::access::Actor;
use mamori::kernel::work::Work;
use mamori::people::sessions;
use mamori::people::sign_ins::disable_sign_in;
use tower_sessions::SessionStore as _;
use tower_sessions::session::{Id, Record};

use crate::support::portal::{Browser, PASSWORD, Portal};
use crate::support::source::files_under;

fn sid(browser: &Browser<'_>) -> String {
    browser.cookies.lock().unwrap().get("sid").cloned().unwrap_or_default()
}

/// Why sessions ended that nobody ended, the first one first.
async fn endings(portal: &Portal) -> Vec<String> {
    let sql = "select facts ->> 'why' from audit.event where kind = 'session.ended' order by recorded_at";
    sqlx::query_scalar(sql).fetch_all(&mut portal.superuser().await).await.unwrap()
}

async fn signed_in(browser: &Browser<'_>) -> bool {
    browser.get("/me/sessions").await.status == StatusCode::OK
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_foreign_sites_and_the_database_knows_its_hash_only() {
    let portal = Portal::open().await;
    let browser = portal.browser();
    browser.get("/sign-in").await.ok();
    let page = browser.post("/sign-in", &[("login", "tanaka"), ("password", PASSWORD), ("to", "/")]).await;
    let cookies: Vec<&str> = page.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let cookie = cookies.iter().find(|cookie| cookie.starts_with("sid=")).unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "it ends with the browser: {cookie}");
    let mut conn = portal.superuser().await;
    let rows: (String,) =
        sqlx::query_as("select string_agg(s::text, ' ') from auth.session s").fetch_one(&mut conn).await.unwrap();
    assert!(!rows.0.contains(&sid(&browser)));
}

#[tokio::test]
async fn a_session_ends_after_fifteen_minutes_without_use_and_after_ten_hours_in_any_case() {
    let portal = Portal::open().await;
    let browser = portal.sign_in("田中").await;
    portal.advance(TimeDelta::minutes(14));
    assert!(signed_in(&browser).await);
    portal.advance(TimeDelta::minutes(14));
    assert!(signed_in(&browser).await, "each use begins the minutes anew");
    portal.advance(TimeDelta::minutes(15));
    assert!(!signed_in(&browser).await, "fifteen minutes without use");
    assert!(!signed_in(&browser).await, "and not again");
    assert_eq!(endings(&portal).await, ["idle"], "written down once");

    let browser = portal.sign_in("田中").await;
    for _ in 0..59 {
        portal.advance(TimeDelta::minutes(10));
        assert!(signed_in(&browser).await);
    }
    portal.advance(TimeDelta::minutes(10));
    assert!(!signed_in(&browser).await, "ten hours");
    assert_eq!(endings(&portal).await, ["idle", "absolute"]);
}

#[tokio::test]
async fn after_signing_out_the_cookie_opens_nothing() {
    let portal = Portal::open().await;
    let browser = portal.sign_in("田中").await;
    browser.get("/me/sessions").await.ok();
    let stolen = sid(&browser);
    let page = browser.post("/sign-out", &[]).await;
    assert_eq!(page.location().as_deref(), Some("/sign-in"));
    assert!(page.headers.get("clear-site-data").unwrap().to_str().unwrap().contains("cache"));
    assert_eq!(sid(&browser), "", "the cookie is taken away");
    let thief = portal.browser();
    thief.cookies.lock().unwrap().insert("sid".to_owned(), stolen);
    assert!(!signed_in(&thief).await);
    assert_eq!(portal.events("sign_in.ended").await, 1);
}

#[tokio::test]
async fn a_request_still_running_cannot_revive_a_session_that_was_signed_out() {
    let portal = Portal::open().await;
    let browser = portal.sign_in("田中").await;
    browser.get("/me/sessions").await.ok();
    let id: Id = sid(&browser).parse().unwrap();
    let store = sessions::store(&portal.app);
    let running: Record = store.load(&id).await.unwrap().unwrap();
    browser.post("/sign-out", &[]).await;
    assert!(store.save(&running).await.is_err(), "what has ended is not written again");
    assert!(store.load(&id).await.unwrap().is_none());
    assert!(store.create(&mut running.clone()).await.is_err(), "only a sign-in makes a session");
    let thief = portal.browser();
    thief.cookies.lock().unwrap().insert("sid".to_owned(), id.to_string());
    assert!(!signed_in(&thief).await);
}

#[tokio::test]
async fn a_session_id_that_somebody_planted_is_not_taken_over() {
    let portal = Portal::open().await;
    let browser = portal.browser();
    let planted = Id::default().to_string();
    browser.cookies.lock().unwrap().insert("sid".to_owned(), planted.clone());
    browser.get("/sign-in").await.ok();
    browser.post("/sign-in", &[("login", "tanaka"), ("password", PASSWORD), ("to", "/")]).await;
    assert!(signed_in(&browser).await);
    assert_ne!(sid(&browser), planted);
}

#[tokio::test]
async fn a_fourth_sign_in_ends_the_one_that_was_used_least_lately() {
    let portal = Portal::open().await;
    let mut browsers = Vec::new();
    for _ in 0..4 {
        portal.advance(TimeDelta::minutes(1));
        browsers.push(portal.sign_in("田中").await);
    }
    assert!(!signed_in(&browsers[0]).await);
    for browser in &browsers[1..] {
        assert!(signed_in(browser).await);
    }
    assert_eq!(endings(&portal).await, ["too_many"]);
    browsers[0].get("/sign-in").await.ok().says("ほかの端末でログインしたため").hides("開こうとしていた画面");
}

#[tokio::test]
async fn one_sees_ones_own_sessions_and_ends_them_and_nobody_elses() {
    let portal = Portal::open().await;
    let office = portal.sign_in("田中").await;
    portal.advance(TimeDelta::minutes(1));
    let home = portal.sign_in("田中").await;
    let sato = portal.sign_in("佐藤").await;
    let page = home.get("/me/sessions").await;
    page.ok().says("この端末").says("15分使わないと終わります");
    let end = page.attribute(r#"action="/me/sessions/"#).unwrap();
    let path = format!("/me/sessions/{end}");
    sato.get("/me/sessions").await.ok();
    assert_eq!(sato.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
    assert!(signed_in(&office).await);
    home.get("/me/sessions").await.ok();
    assert_eq!(home.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!signed_in(&office).await);
    assert!(signed_in(&home).await);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_changes_this_ones_id() {
    let portal = Portal::open().await;
    let elsewhere = portal.sign_in("田中").await;
    let here = portal.sign_in("田中").await;
    let before = sid(&here);
    here.get("/me/password").await.ok();
    let form = [("current", PASSWORD), ("new", "Zh_kulo7-Pq"), ("again", "Zh_kulo7-Pq")];
    assert_eq!(here.post("/me/password", &form).await.status, StatusCode::SEE_OTHER);
    assert!(signed_in(&here).await);
    assert_ne!(sid(&here), before);
    assert!(!signed_in(&elsewhere).await);
}

#[tokio::test]
async fn a_stopped_sign_in_is_out_at_once() {
    let portal = Portal::open().await;
    let browser = portal.sign_in("田中").await;
    let person = portal.cast.get("田中").id;
    let stop = async |work: &mut Work| disable_sign_in(work, person, "request").await;
    portal.app.change(&Actor::portal(), stop).await.unwrap();
    assert!(!signed_in(&browser).await);
    assert_eq!(portal.events("sign_in.stopped").await, 1);
}

#[tokio::test]
async fn whose_rights_changed_signs_in_again_and_the_log_says_so() {
    let portal = Portal::open().await;
    let browser = portal.sign_in("田中").await;
    let raise = "update auth.credential set rights_version = rights_version + 1 where login = 'tanaka'";
    sqlx::query(raise).execute(&mut portal.superuser().await).await.unwrap();
    assert!(!signed_in(&browser).await);
    assert!(!signed_in(&browser).await);
    assert_eq!(endings(&portal).await, ["rights_changed"]);
}

#[tokio::test]
async fn giving_the_password_again_counts_for_one_action_on_one_target_once() {
    let portal = Portal::open().await;
    let browser = portal.sign_in("伊藤").await;
    let page = browser.get("/step-up?action=export&target=accounts&to=%2Fme%2Fsessions").await;
    page.ok().says("1,000行を超える書出し");
    let form =
        |password| [("password", password), ("action", "export"), ("target", "accounts"), ("to", "/me/sessions")];
    browser.post("/step-up", &form("Wrong-Kagi!1")).await.refuses("いまのパスワードが違う");
    let before = sid(&browser);
    let page = browser.post("/step-up", &form(PASSWORD)).await;
    assert_eq!(page.location().as_deref(), Some("/me/sessions"));
    assert_ne!(sid(&browser), before, "the session is made anew");
    assert!(signed_in(&browser).await);
    assert_eq!(portal.events("step_up.given").await, 1);
    assert_eq!(browser.get("/step-up?action=anything&target=x&to=%2F").await.status, StatusCode::NOT_FOUND);
}

/// A session row as a database administrator would write it: for an id of their own choice.
const PLANTED: &str = "insert into auth.session (id_hash, person_id, created_at, last_seen_at, idle_end, absolute_end, auth_level, auth_time, rights_version, bond)
                       select sha256($1), person_id, $2, $2, $2 + interval '1 hour', $2 + interval '1 hour', 1, $2, rights_version, sha256('x')
                         from auth.credential where login = 'nakamura'";

#[tokio::test]
async fn a_session_planted_in_the_database_opens_nothing() {
    let portal = Portal::open().await;
    let id = Id::default();
    let mut db = portal.superuser().await;
    sqlx::query(PLANTED).bind(&id.0.to_le_bytes()[..]).bind(portal.now()).execute(&mut db).await.unwrap();
    let thief = portal.browser();
    thief.cookies.lock().unwrap().insert("sid".to_owned(), id.to_string());
    assert!(!signed_in(&thief).await);
}

#[tokio::test]
async fn a_session_that_was_given_to_somebody_else_or_made_longer_ends_and_is_written_down() {
    let portal = Portal::open().await;
    for rewritten in [
        "update auth.session set person_id = (select person_id from auth.credential where login = 'nakamura'),
                rights_version = (select rights_version from auth.credential where login = 'nakamura') where ended_at is null",
        "update auth.session set absolute_end = absolute_end + interval '1 year' where ended_at is null",
        "update auth.session set rights_version = rights_version + 1 where ended_at is null",
    ] {
        let browser = portal.sign_in("井上").await;
        sqlx::query(rewritten).execute(&mut portal.superuser().await).await.unwrap();
        assert!(!signed_in(&browser).await, "{rewritten}");
    }
    assert_eq!(endings(&portal).await, ["forged", "forged", "forged"]);
}

#[tokio::test]
async fn a_password_given_again_is_not_put_into_the_table() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let planted = "insert into auth.step_up (id, session_hash, action, target, given_at, expires_at, bond)
                   select gen_random_uuid(), id_hash, 'settings', 'absolute_hours', $1, $1 + interval '5 minutes', sha256('x')
                     from auth.session where ended_at is null";
    office.get("/parameters/absolute_hours").await.ok();
    sqlx::query(planted).bind(portal.now()).execute(&mut portal.superuser().await).await.unwrap();
    let fields = [("value", "8"), ("effective_on", "2026-04-02"), ("reason", "試験のため")];
    let asked = office.post("/parameters/absolute_hours", &fields).await;
    assert!(asked.location().unwrap().starts_with("/step-up?action=settings"), "{}", asked.words());
}

#[tokio::test]
async fn whoever_comes_back_with_an_ended_session_is_told_why_and_led_back() {
    let portal = Portal::open().await;
    let browser = portal.sign_in("田中").await;
    portal.browser().get("/sign-in").await.ok().hides("ログアウトしました");
    portal.advance(TimeDelta::minutes(15));
    let sent = browser.get("/requests?view=all").await;
    let to = sent.location().unwrap();
    assert_eq!(to, "/sign-in?to=/requests%3Fview%3Dall");
    let page = browser.get(&to).await;
    page.ok().says("15分間操作がなかったため、ログアウトしました").says("開こうとしていた画面に戻ります");
}

#[tokio::test]
async fn what_was_typed_when_the_session_was_over_is_shown_again_but_no_secret() {
    let portal = Portal::open().await;
    let browser = portal.sign_in("田中").await;
    portal.advance(TimeDelta::minutes(15));
    let typed = [("reason", "窓口の業務を<b>引き継ぐ</b>ため"), ("note", "来月から"), ("who", "other")];
    let page = browser.post("/requests/new/account.register", &typed).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    page.says("入力した内容").says("窓口の業務を<b>引き継ぐ</b>ため").says("来月から").hides("other");
    assert!(!page.text().contains("<b>引き継ぐ"), "as text");
    let secrets = [("current", "Geheim-Geheim-0!"), ("new", "Geheim-Geheim-1!"), ("again", "Geheim-Geheim-1!")];
    browser.post("/me/password", &secrets).await.hides("Geheim");
    // one's own password goes alone: what was written beside it is shown
    let beside = [("reason", "出張のため不在"), ("own_password", "Geheim-Geheim-2!")];
    browser.post("/absences", &beside).await.says("出張のため不在").hides("Geheim");
    for path in files_under("src", "rs") {
        let source = std::fs::read_to_string(&path).unwrap();
        for asked in source.split("Field::password(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let known = ["password", "current", "new", "again", "code", "token"].contains(&asked)
                || path.ends_with("forms/tests.rs");
            assert!(known, "{}: src/web/kept.rs has to know that {asked} is a secret", path.display());
        }
    }
    portal.browser().post("/requests/new/account.register", &typed).await.hides("窓口の業務");
}

/// Signs in at this browser, whoever was there before.
async fn comes(browser: &Browser<'_>, login: &str) {
    browser.get("/sign-in").await.ok();
    let came = browser.post("/sign-in", &[("login", login), ("password", PASSWORD)]).await;
    assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", came.words());
}

#[tokio::test]
async fn the_form_of_a_request_comes_back_after_the_sign_in_to_whoever_typed_it_and_to_nobody_else() {
    const FORM: &str = "/requests/new/account.register";
    const BACK: &str = "ログアウトの前に入力した内容を戻しました";
    let portal = Portal::open().await;
    let typed = [("person", "タナカ ヒナタ"), ("reason", "窓口の業務を引き継ぐため"), ("from", "2026-04-06")];
    for (next, theirs) in [("tanaka", true), ("yamamoto", false)] {
        let browser = portal.sign_in("田中").await;
        portal.advance(TimeDelta::minutes(15));
        let sent = browser.post(FORM, &typed).await;
        assert_eq!(sent.status, StatusCode::UNAUTHORIZED);
        sent.says("入力した内容が申請書に戻ります");
        assert!(sent.text().contains(&format!("href=\"/sign-in?to={FORM}\"")), "{}", sent.text());
        comes(&browser, next).await;
        let page = browser.get(FORM).await;
        assert_eq!(page.ok().words().contains(BACK), theirs, "{next}");
        for (_, value) in &typed[1..] {
            assert_eq!(page.text().contains(value), theirs, "{next}: {value}");
        }
    }
    // once, and never of a session that somebody else has ended, or that the portal does not know
    let browser = portal.sign_in("田中").await;
    portal.advance(TimeDelta::minutes(15));
    browser.post(FORM, &typed).await;
    comes(&browser, "tanaka").await;
    browser.get(FORM).await.ok().says(BACK);
    browser.get(FORM).await.ok().hides(BACK);
    portal.loses_sign_in("田中").await;
    browser.post(FORM, &typed).await.says("窓口の業務").hides("入力した内容が申請書に戻ります");
}

#[tokio::test]
async fn what_was_typed_into_a_returned_request_comes_back_after_the_sign_in() {
    const BACK: &str = "ログアウトの前に入力した内容を戻しました";
    let office = crate::requests::Office::open().await;
    let portal = &office.portal;
    let number = office.file(&portal.sign_in("田中").await, "山本").await;
    crate::requests::decide(&portal.sign_in("佐藤").await, &number, "return", "期間を書いてください").await;
    let path = format!("/requests/{number}/mend");
    let browser = portal.sign_in("田中").await;
    let form = browser.get(&path).await;
    let base = form.ok().attribute("name=\"_base\" value=\"").unwrap();
    portal.advance(TimeDelta::minutes(15));
    let sent = browser.post(&path, &[("_base", &base), ("reason", "四半期の決算を担当するため")]).await;
    assert_eq!(sent.status, StatusCode::UNAUTHORIZED);
    sent.says("入力した内容が申請書に戻ります");
    comes(&browser, "tanaka").await;
    let back = browser.get(&path).await;
    back.ok().says(BACK).says("四半期の決算を担当するため").says("期間を書いてください");
    browser.get(&path).await.ok().hides(BACK).hides("四半期の決算を担当するため");
}
