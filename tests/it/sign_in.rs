//! Signing in, and what keeps the wrong ones out.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::kernel::access::Actor;
use mamori::kernel::ids::PersonId;
use mamori::kernel::work::Work;
use mamori::people::reminders::passwords_due;
use mamori::people::sign_ins::{IdentityCheck, create_sign_in, disable_sign_in, reissue, unlock};

use crate::accounts::add;
use crate::support::ground::open_account;
use crate::support::portal::{Browser, PASSWORD, Page, Portal};

async fn try_password<'p>(portal: &'p Portal, login: &str, password: &str) -> (Browser<'p>, Page) {
    let browser = portal.browser();
    browser.get("/sign-in").await.ok();
    let page = browser.post("/sign-in", &[("login", login), ("password", password), ("to", "/")]).await;
    (browser, page)
}

/// Waits out every delay, then fails once more.
async fn fail(portal: &Portal, login: &str, times: usize) {
    for _ in 0..times {
        portal.advance(TimeDelta::minutes(2));
        let (_, page) = try_password(portal, login, "Wrong-Kagi!1").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

fn check(portal: &Portal) -> IdentityCheck {
    IdentityCheck {
        method: "電話返信".to_owned(),
        contact: "内線 2101".to_owned(),
        confirmed: true,
        checked_at: portal.now(),
    }
}

/// A code after an identity check, as an administrator issues it.
pub async fn new_code(portal: &Portal, person: PersonId) -> String {
    let ito = Actor { who: mamori::kernel::access::Who::Person(portal.cast.get("伊藤").id), ..Actor::portal() };
    let check = check(portal);
    let code = portal.app.change(&ito, async |work: &mut Work| reissue(work, person, Some(&check), None).await).await;
    code.unwrap().shown()
}

/// Uses a code.
pub async fn activate<'p>(portal: &'p Portal, login: &str, code: &str) -> (Browser<'p>, Page) {
    let browser = portal.browser();
    browser.get("/activate").await.ok();
    let page = browser.post("/activate", &[("login", login), ("code", code), ("to", "/")]).await;
    (browser, page)
}

async fn change(browser: &Browser<'_>, current: &str, fresh: &str) -> Page {
    browser.get("/me/password").await.ok();
    browser.post("/me/password", &[("current", current), ("new", fresh), ("again", fresh)]).await
}

#[tokio::test]
async fn the_sign_in_page_says_that_use_is_recorded_and_lets_the_right_person_in() {
    let portal = Portal::open().await;
    let browser = portal.browser();
    browser.get("/sign-in").await.ok().says("操作はすべて記録").says("パスワードを忘れた");
    let page = browser.post("/sign-in", &[("login", "tanaka"), ("password", PASSWORD), ("to", "/me/sessions")]).await;
    assert_eq!(page.location().as_deref(), Some("/me/sessions"));
    browser.get("/me/sessions").await.ok().says("田中");
    assert_eq!(portal.events("sign_in.succeeded").await, 1);
}

#[tokio::test]
async fn the_employee_number_in_any_width_is_a_login_too_and_nobody_is_led_away() {
    let portal = Portal::open().await;
    let browser = portal.browser();
    browser.get("/sign-in").await.ok();
    let form = [("login", "００１００１"), ("password", PASSWORD), ("to", "//evil.example/")];
    assert_eq!(browser.post("/sign-in", &form).await.location().as_deref(), Some("/"));
}

/// A page without the login that was typed and without what differs on purpose on every page: the seals of its forms.
fn unsealed(page: &Page, login: &str) -> String {
    let text = page.text().replace(login, "LOGIN");
    let pieces = text.split("name=\"_").map(|piece| match piece.split_once("value=\"") {
        Some((_, rest)) => rest.split_once('"').map_or(rest, |(_, rest)| rest).to_owned(),
        None => piece.to_owned(),
    });
    pieces.collect::<Vec<_>>().join("|")
}

#[tokio::test]
async fn unknown_wrong_locked_and_stopped_answer_alike() {
    let portal = Portal::open().await;
    fail(&portal, "yamamoto", 10).await;
    let stopped = portal.cast.get("鈴木").id;
    let stop = async |work: &mut Work| disable_sign_in(work, stopped, "request").await;
    portal.app.change(&Actor::portal(), stop).await.unwrap();
    let mut answers = Vec::new();
    for (login, password) in
        [("nobody", PASSWORD), ("tanaka", "Wrong-Kagi!1"), ("yamamoto", PASSWORD), ("suzuki", PASSWORD)]
    {
        let (browser, page) = try_password(&portal, login, password).await;
        assert!(!browser.cookies.lock().unwrap().contains_key("sid"), "{login} got in");
        answers.push((page.status, unsealed(&page, login)));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    assert_eq!(answers[0].0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_account_stops_at_exactly_the_tenth_failure_in_a_row_until_somebody_recognises_the_person() {
    let portal = Portal::open().await;
    let tanaka = portal.cast.get("田中");
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let row = open_account(&portal, &mut portal.superuser().await, itself, "田中").await;
    fail(&portal, "tanaka", 9).await;
    portal.advance(TimeDelta::minutes(2));
    let (_, page) = try_password(&portal, "tanaka", PASSWORD).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "nine failures do not stop an account");

    // a success begins the count anew
    let at_work = portal.sign_in("田中").await;
    fail(&portal, "tanaka", 9).await;
    assert_eq!(portal.events("sign_in.locked").await, 0);
    fail(&portal, "tanaka", 1).await;
    assert_eq!(portal.events("sign_in.locked").await, 1);
    assert_eq!(portal.acted("password.lock").await, 1);

    // sessions end, the right password helps no more, however long one waits
    assert_eq!(at_work.get("/me/sessions").await.status, StatusCode::SEE_OTHER);
    portal.advance(TimeDelta::days(3));
    let (_, page) = try_password(&portal, "tanaka", PASSWORD).await;
    page.refuses("ログインIDかパスワードが違うか、いまは使えません");

    // the ledger's row and the administrators know
    let ito = portal.sign_in("伊藤").await;
    ito.get("/ledgers/accounts?view=stopped").await.ok().says("tanaka-1");
    ito.get(&format!("/ledgers/accounts/{row}"))
        .await
        .ok()
        .says("停止の事由 失敗回数超過")
        .says("失敗回数超過による停止");
    let mut conn = portal.superuser().await;
    let told: (i64,) =
        sqlx::query_as("select count(*) from outbox where kind = 'sign_in.locked'").fetch_one(&mut conn).await.unwrap();
    assert_eq!(told.0, 2, "both administrators are told");

    // released only after the identity check, and never by the person concerned
    let admin = Actor { who: mamori::kernel::access::Who::Person(portal.cast.get("伊藤").id), ..Actor::portal() };
    let refused = portal.app.change(&admin, async |work: &mut Work| unlock(work, tanaka.id, None, "").await).await;
    assert!(format!("{:?}", refused.unwrap_err()).contains("people-refused-identity-check"));
    let own = Actor { who: mamori::kernel::access::Who::Person(tanaka.id), ..Actor::portal() };
    let check = check(&portal);
    let refused =
        portal.app.change(&own, async |work: &mut Work| unlock(work, tanaka.id, Some(&check), "").await).await;
    assert!(format!("{:?}", refused.unwrap_err()).contains("people-refused-oneself"));
    portal.app.change(&admin, async |work: &mut Work| unlock(work, tanaka.id, Some(&check), "").await).await.unwrap();
    let (_, page) = try_password(&portal, "tanaka", PASSWORD).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    portal.proves("system-management", &["4.1.3-4", "4.1.5-1-6"]);
}

#[tokio::test]
async fn ten_wrong_codes_stop_the_account_and_the_page_does_not_tell_which_ids_exist() {
    let portal = Portal::open().await;
    let code = new_code(&portal, portal.cast.get("田中").id).await;
    let mut answers = Vec::new();
    for at in 1..=11 {
        portal.advance(TimeDelta::minutes(2));
        assert_eq!(portal.events("sign_in.locked").await, i64::from(at > 10), "before the {at}th wrong code");
        for login in ["tanaka", "nobody-here"] {
            let (browser, page) = activate(&portal, login, "7K3M-Q2XA-0000-0000-0000-0000").await;
            page.refuses("有効化コードが違う");
            assert!(!browser.cookies.lock().unwrap().contains_key("sid"), "{login} got in");
            answers.push((page.status, unsealed(&page, login)));
        }
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    portal.advance(TimeDelta::minutes(2));
    let (_, page) = activate(&portal, "tanaka", &code).await;
    page.refuses("有効化コードが違う");
    assert_eq!(portal.acted("password.lock").await, 1);
    let mut conn = portal.superuser().await;
    let told: (i64,) =
        sqlx::query_as("select count(*) from outbox where kind = 'sign_in.locked'").fetch_one(&mut conn).await.unwrap();
    assert_eq!(told.0, 2, "both administrators are told");
    portal.proves("system-management", &["4.1.5-1-6"]);
}

#[tokio::test]
async fn ten_wrong_passwords_of_somebody_who_is_in_stop_the_account_and_end_the_session() {
    let portal = Portal::open().await;
    let step_up = [("password", "Wrong-Kagi!1"), ("action", "export"), ("target", "accounts"), ("to", "/me/sessions")];
    let fresh = [("current", "Wrong-Kagi!1"), ("new", "Zh_kulo7-Pq"), ("again", "Zh_kulo7-Pq")];
    for (name, path, form) in [("伊藤", "/step-up", &step_up[..]), ("田中", "/me/password", &fresh[..])] {
        let before = portal.events("sign_in.locked").await;
        let browser = portal.sign_in(name).await;
        browser.get("/me/password").await.ok();
        for at in 1..=10 {
            assert_eq!(portal.events("sign_in.locked").await, before, "{path} before the {at}th");
            browser.post(path, form).await.refuses("いまのパスワードが違う");
            portal.advance(TimeDelta::minutes(2));
        }
        assert_eq!(portal.events("sign_in.locked").await, before + 1, "{path}");
        let to = browser.get("/me/sessions").await.location();
        assert!(to.is_some_and(|to| to.starts_with("/sign-in")), "{path}: the session goes on");
        let (_, page) = try_password(&portal, &portal.cast.get(name).login, PASSWORD).await;
        page.refuses("ログインIDかパスワードが違うか、いまは使えません");
    }
}

#[tokio::test]
async fn a_portal_that_cannot_keep_up_says_that_it_is_busy_and_counts_nothing() {
    let portal = Portal::open().await;
    let browser = portal.browser();
    browser.get("/sign-in").await.ok();
    let pool = &portal.app.database().auth;
    let mut held = Vec::new();
    while let Some(connection) = pool.try_acquire() {
        held.push(connection);
    }
    while held.len() < 3 {
        held.push(pool.acquire().await.unwrap());
    }
    let page = browser.post("/sign-in", &[("login", "tanaka"), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.words());
    page.says("混み合っています");
    drop(held);
    let page = browser.post("/sign-in", &[("login", "tanaka"), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(portal.events("sign_in.failed").await, 0);
}

#[tokio::test]
async fn sixteen_wrong_ones_at_once_never_count_past_the_stop_nor_let_the_right_one_slip_in() {
    let portal = Portal::open().await;
    fail(&portal, "tanaka", 9).await;
    portal.advance(TimeDelta::minutes(2));
    let all = (0..16).map(|at| {
        let password = if at == 8 { PASSWORD } else { "Wrong-Kagi!1" };
        try_password(&portal, "tanaka", password)
    });
    let answers = futures::future::join_all(all).await;
    // the right one may have come before a wrong one set a time to wait; no wrong one is ever let in, and all are refused alike
    for (at, (browser, page)) in answers.iter().enumerate() {
        match page.status {
            StatusCode::SEE_OTHER => assert_eq!(at, 8, "a wrong password was let in"),
            StatusCode::UNPROCESSABLE_ENTITY => {
                page.says("ログインIDかパスワードが違うか、いまは使えません。");
                assert_ne!(browser.get("/me/sessions").await.status, StatusCode::OK, "{at}: refused, and inside");
            }
            // there was no room to look at it
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {}
            other => panic!("{at} was answered {other}: {}", page.words()),
        }
    }
    assert!(answers.iter().any(|(_, page)| page.status == StatusCode::UNPROCESSABLE_ENTITY));
    assert!(portal.events("sign_in.succeeded").await <= 1);
    assert!(portal.events("sign_in.locked").await <= 1);
    let mut conn = portal.superuser().await;
    let failed: (i32,) = sqlx::query_as("select max(failed) from auth.credential").fetch_one(&mut conn).await.unwrap();
    assert!(failed.0 <= 10);
}

#[tokio::test]
async fn after_the_third_failure_one_has_to_wait_but_not_at_ones_own_browser() {
    let portal = Portal::open().await;
    let own = portal.sign_in("田中").await;
    own.get("/me/sessions").await.ok();
    own.post("/sign-out", &[]).await;
    for _ in 0..3 {
        try_password(&portal, "tanaka", "Wrong-Kagi!1").await;
    }
    let (_, page) = try_password(&portal, "tanaka", PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "a stranger's browser waits");
    own.get("/sign-in").await.ok();
    let page = own.post("/sign-in", &[("login", "tanaka"), ("password", PASSWORD), ("to", "/")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "the owner's browser does not");
}

#[tokio::test]
async fn one_source_may_not_try_without_end() {
    let portal = Portal::open().await;
    let browser = portal.browser();
    browser.get("/sign-in").await.ok();
    let mut last = StatusCode::OK;
    for at in 0..70 {
        let login = format!("nobody{at}");
        last = browser.post("/sign-in", &[("login", &login), ("password", "x"), ("to", "/")]).await.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn every_broken_rule_of_a_new_password_is_named() {
    let portal = Portal::open().await;
    let tanaka = portal.sign_in("田中").await;
    tanaka.get("/me/password").await.ok().says("8文字以上").says("大文字・小文字・特殊文字をそれぞれ1文字以上含む");
    let page = change(&tanaka, PASSWORD, "kagi7").await;
    page.refuses("8文字以上にしてください").says("大文字・小文字・特殊文字をそれぞれ1文字以上含めてください");
    change(&tanaka, PASSWORD, "Passw0rd!").await.refuses("推測されやすいパスワードは使えません");
    change(&tanaka, PASSWORD, "Xx-tanaka-Zk9!").await.refuses("が入っています");
    change(&tanaka, "Wrong-Kagi!1", "Zh_kulo7-Pq").await.refuses("いまのパスワードが違う");
    tanaka.get("/me/password").await.ok();
    let form = [("current", PASSWORD), ("new", "Zh_kulo7-Pq"), ("again", "Zh_kulo7-Pr")];
    tanaka.post("/me/password", &form).await.refuses("新しいパスワードと同じものを");
    assert_eq!(change(&tanaka, PASSWORD, "Zh_kulo7-Pq").await.status, StatusCode::SEE_OTHER);
    let (_, old) = try_password(&portal, "tanaka", PASSWORD).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, fresh) = try_password(&portal, "tanaka", "Zh_kulo7-Pq").await;
    assert_eq!(fresh.status, StatusCode::SEE_OTHER);
    portal.proves("system-management", &["4.1.5-1-1"]);
}

#[tokio::test]
async fn the_last_ten_passwords_cannot_be_used_again_also_when_one_came_by_a_reissue() {
    let portal = Portal::open().await;
    let id = portal.cast.get("田中").id;
    let tanaka = portal.sign_in("田中").await;
    let fresh = |at: usize| format!("Zh_kulo-{at}-Pq");
    let mut now = PASSWORD.to_owned();
    for at in 1..=8 {
        portal.advance(TimeDelta::seconds(1));
        assert_eq!(change(&tanaka, &now, &fresh(at)).await.status, StatusCode::SEE_OTHER);
        now = fresh(at);
    }
    // the ninth change comes by a reissue
    portal.advance(TimeDelta::seconds(1));
    let (tanaka, _) = activate(&portal, "tanaka", &new_code(&portal, id).await).await;
    tanaka.get("/me/password").await.ok();
    let words = "過去10回以内に使用したパスワードは使えません";
    tanaka.post("/me/password", &[("new", PASSWORD), ("again", PASSWORD)]).await.refuses(words);
    let ninth = fresh(9);
    let page = tanaka.post("/me/password", &[("new", &ninth), ("again", &ninth)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    // ten are remembered: the first of all is the tenth, then it is free
    change(&tanaka, &ninth, PASSWORD).await.refuses(words);
    change(&tanaka, &ninth, &ninth).await.refuses(words);
    portal.advance(TimeDelta::seconds(1));
    assert_eq!(change(&tanaka, &ninth, &fresh(10)).await.status, StatusCode::SEE_OTHER);
    change(&tanaka, &fresh(10), &fresh(1)).await.refuses(words);
    portal.advance(TimeDelta::seconds(1));
    assert_eq!(change(&tanaka, &fresh(10), PASSWORD).await.status, StatusCode::SEE_OTHER);
    portal.proves("system-management", &["4.1.5-1-3"]);
}

#[tokio::test]
async fn after_three_months_only_the_change_page_is_open_and_people_are_told_before() {
    let portal = Portal::open().await;
    let tanaka = portal.sign_in("田中").await;
    tanaka.get("/me/password").await.ok().says("令和8年7月1日(水)");
    // set on 1 April: due on 1 July, told 14, 7 and 1 days before, once each
    let mut conn = portal.superuser().await;
    for (days, told) in [(76, 0), (1, 1), (0, 1), (7, 2), (6, 3), (1, 3)] {
        portal.advance(TimeDelta::days(days));
        passwords_due(&portal.app).await.unwrap();
        let count: (i64,) =
            sqlx::query_as("select count(*) from notice where kind = 'password.due' and person_id = $1")
                .bind(portal.cast.get("田中").id.0)
                .fetch_one(&mut conn)
                .await
                .unwrap();
        assert_eq!(count.0, told, "on {}", portal.app.clock().today());
    }
    // on the last day everything is open, on the next only the change page
    let tanaka = portal.sign_in("田中").await;
    tanaka.get("/me/sessions").await.ok();
    portal.advance(TimeDelta::days(1));
    let tanaka = portal.sign_in("田中").await;
    for path in ["/me/sessions", "/requests", "/"] {
        assert_eq!(tanaka.get(path).await.location().as_deref(), Some("/me/password"), "{path}");
    }
    tanaka.get("/me/password").await.ok().says("パスワードの変更期限を過ぎています");
    assert_eq!(change(&tanaka, PASSWORD, "Zh_kulo7-Pq").await.status, StatusCode::SEE_OTHER);
    tanaka.get("/me/sessions").await.ok();
    portal.proves("system-management", &["4.1.5-1-2"]);
}

#[tokio::test]
async fn a_code_works_once_for_a_day_and_nothing_opens_until_a_password_is_chosen() {
    let portal = Portal::open().await;
    let before = portal.acted("password.first_change").await;
    let person = portal.cast.get("田中").id;
    let code = new_code(&portal, person).await;
    let (_, old) = try_password(&portal, "tanaka", PASSWORD).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY, "the old password counts no longer");
    let (_, wrong) = activate(&portal, "tanaka", "7K3M-Q2XA-0000-0000-0000-0000").await;
    wrong.refuses("有効化コードが違う");
    let (tanaka, page) = activate(&portal, "tanaka", &code.to_lowercase().replace('-', "")).await;
    assert_eq!(page.location().as_deref(), Some("/me/password"));
    for path in ["/", "/me/sessions", "/requests/new", "/requests"] {
        assert_eq!(tanaka.get(path).await.location().as_deref(), Some("/me/password"), "{path}");
    }
    tanaka.get("/me/password").await.ok().says("有効化コードで確認しました").hides("いまのパスワード");
    assert_eq!(tanaka.post("/me/sessions/0123456789abcdef/end", &[]).await.location().as_deref(), Some("/me/password"));
    let (_, again) = activate(&portal, "tanaka", &code).await;
    again.refuses("有効化コードが違う");
    tanaka.get("/me/password").await.ok();
    let form = [("new", "Zh_kulo7-Pq"), ("again", "Zh_kulo7-Pq")];
    assert_eq!(tanaka.post("/me/password", &form).await.status, StatusCode::SEE_OTHER);
    tanaka.get("/me/sessions").await.ok();
    assert_eq!(portal.acted("password.first_change").await, before + 1);

    let late = new_code(&portal, person).await;
    portal.advance(TimeDelta::hours(24));
    let (_, page) = activate(&portal, "tanaka", &late).await;
    page.refuses("有効化コードが違う");
    portal.proves("system-management", &["4.1.5-1-4"]);
}

#[tokio::test]
async fn first_proofs_are_random_kept_as_hashes_only_and_never_mailed() {
    let portal = Portal::open().await;
    let person = portal.cast.get("田中").id;
    let first = new_code(&portal, person).await;
    let second = new_code(&portal, person).await;
    assert_ne!(first, second);
    assert_eq!(first.replace('-', "").len(), 24, "120 bits");
    let (_, page) = activate(&portal, "tanaka", &first).await;
    page.refuses("有効化コードが違う");
    let mut conn = portal.superuser().await;
    let dump: (String,) = sqlx::query_as(
        "select coalesce(string_agg(t::text, ' '), '') from (
             select a::text as t from auth.activation a
             union all select c::text from auth.credential c
             union all select o::text from outbox o
             union all select n::text from notice n
             union all select e.facts::text from audit.event e) all_rows",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    for secret in [&second, &second.replace('-', ""), PASSWORD] {
        assert!(!dump.0.contains(secret), "a secret stands in the database");
    }
    assert!(dump.0.contains("$argon2id$"));
    portal.proves("system-management", &["4.1.1-3-a"]);
}

#[tokio::test]
async fn a_code_planted_in_the_database_opens_nothing() {
    let portal = Portal::open().await;
    let mut db = portal.superuser().await;
    let own = new_code(&portal, portal.cast.get("田中").id).await;
    // what anybody can calculate from a code of their own choice
    let planted = "insert into auth.activation (id, person_id, code_hash, issued_at, expires_at)
                   select gen_random_uuid(), person_id, sha256('ABCDEFGHJKMNPQRSTVWXYZ00'), $1, $1 + interval '1 day'
                     from auth.credential where login = 'nakamura'";
    sqlx::query(planted).bind(portal.now()).execute(&mut db).await.unwrap();
    let (_, page) = activate(&portal, "nakamura", "ABCDEFGHJKMNPQRSTVWXYZ00").await;
    page.refuses("有効化コードが違う");
    // and a genuine code, given to somebody else
    let moved = "with mine as (update auth.activation set withdrawn_at = $1 where withdrawn_at is null and code_hash <> sha256('ABCDEFGHJKMNPQRSTVWXYZ00') returning code_hash)
                 update auth.activation set code_hash = (select code_hash from mine) where code_hash = sha256('ABCDEFGHJKMNPQRSTVWXYZ00')";
    sqlx::query("alter table auth.activation drop constraint activation_code_hash_key").execute(&mut db).await.unwrap();
    sqlx::query(moved).bind(portal.now()).execute(&mut db).await.unwrap();
    portal.advance(TimeDelta::minutes(2));
    let (_, page) = activate(&portal, "nakamura", &own).await;
    page.refuses("有効化コードが違う");
}

#[tokio::test]
async fn a_login_belongs_to_one_person_and_one_person_has_one() {
    let portal = Portal::open().await;
    let (tanaka, sato) = (portal.cast.get("田中").id, portal.cast.get("佐藤").id);
    let twice = async |work: &mut Work| create_sign_in(work, tanaka, "another").await.map(drop);
    let refused = portal.app.change(&Actor::portal(), twice).await.unwrap_err();
    assert!(format!("{refused:?}").contains("people-refused-has-sign-in"));
    let stop = async |work: &mut Work| disable_sign_in(work, sato, "request").await;
    portal.app.change(&Actor::portal(), stop).await.unwrap();
    let taken = async |work: &mut Work| create_sign_in(work, sato, "TANAKA").await.map(drop);
    let refused = portal.app.change(&Actor::portal(), taken).await.unwrap_err();
    assert!(format!("{refused:?}").contains("people-refused-login-taken"));
}

#[tokio::test]
async fn the_portals_own_role_cannot_read_what_proves_a_person() {
    let portal = Portal::open().await;
    let mut conn = portal.runtime("mamori_app").await;
    for table in [
        "select hash from auth.credential",
        "select hash from auth.past_password",
        "select code_hash from auth.activation",
    ] {
        let error = sqlx::query(table).fetch_all(&mut conn).await.unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{table}: {error}");
    }
}
