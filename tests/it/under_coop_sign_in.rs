//! Signing in and passwords under 情報システム運用要領 (a cooperative): locks that are told, passwords that never come back, and
//! administration by accounts of its own (24-1-5, 30, 31).
use std::net::IpAddr;

use axum::http::StatusCode;
use chrono::{Months, NaiveDate, TimeDelta};
use mamori::kernel::ids::SystemId;
use mamori::people::reminders::passwords_due;
use mamori::people::sign_ins::give_password;

use crate::accounts::{add, handed, hidden, number_of, option, send};
use crate::requests::decide;
use crate::support::ground::{grant_right, open_account};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};

const REGULATION: &str = "coop-operations";
const LOCKED: &str = "アカウントがロックされています。管理者に連絡してください";
pub const WRONG: &str = "Wrong-Kagi!1";

pub async fn change(browser: &Browser<'_>, current: &str, fresh: &str) -> Page {
    browser.get("/me/password").await.ok();
    browser.post("/me/password", &[("current", current), ("new", fresh), ("again", fresh)]).await
}

/// Somebody tries from another place than before.
pub async fn tried(portal: &Portal, login: &str, password: &str) -> Page {
    let browser = portal.browser();
    browser.get("/sign-in").await.ok();
    browser.post("/sign-in", &[("login", login), ("password", password)]).await
}

/// Fails so often, waiting as long as asked; the last answer.
pub async fn fail(portal: &Portal, login: &str, times: usize) -> Page {
    let mut last = None;
    for _ in 0..times {
        portal.advance(TimeDelta::minutes(2));
        last = Some(tried(portal, login, WRONG).await);
    }
    last.unwrap()
}

/// How often somebody was told so.
pub async fn mails(portal: &Portal, kind: &str, to: &str) -> i64 {
    let sql = "select count(*) from notice where kind = $1 and person_id = $2";
    let count = sqlx::query_scalar(sql).bind(kind).bind(portal.cast.get(to).id.0);
    count.fetch_one(&mut portal.superuser().await).await.unwrap()
}

/// An administrator's own account of the portal, beside the ordinary one: its login.
pub async fn own_account(portal: &Portal, itself: SystemId, of: &str) -> String {
    grant_right(portal, itself, of).await;
    let sql = "select id from person where owner_person = $1";
    let id = sqlx::query_scalar(sql).bind(portal.cast.get(of).id.0);
    let id = id.fetch_one(&mut portal.superuser().await).await.unwrap();
    give_password(&portal.app, mamori::kernel::ids::PersonId(id), PASSWORD).await.unwrap();
    format!("adm-{}", portal.cast.get(of).login)
}

/// 32: whoever is signed out by the limits of a session is told so in the text's own words.
#[tokio::test]
async fn the_end_of_a_session_is_told_in_the_words_of_the_regulation() {
    let portal = Portal::open_under(REGULATION).await;
    let browser = portal.sign_in("田中").await;
    portal.advance(TimeDelta::minutes(10));
    let to = browser.get("/requests").await.location().unwrap();
    let page = browser.get(&to).await;
    page.ok().says("接続時間の上限に達しました").says("10分間操作がなかったため、ログアウトしました。");
}

#[tokio::test]
async fn a_password_is_renewed_in_time_after_a_notice_and_the_ledger_has_the_date() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let row = open_account(&portal, &mut portal.superuser().await, itself, "田中").await;
    let start = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    let due = start + Months::new(6);
    portal.advance(due - start - TimeDelta::days(15));
    passwords_due(&portal.app).await.unwrap();
    assert_eq!(mails(&portal, "password.due", "田中").await, 0);
    portal.advance(TimeDelta::days(1));
    passwords_due(&portal.app).await.unwrap();
    assert_eq!(mails(&portal, "password.due", "田中").await, 1);

    // on its last day it still opens everything; on the next, nothing but the page for changing it
    portal.advance(TimeDelta::days(14));
    portal.sign_in("田中").await.get("/requests").await.ok();
    portal.advance(TimeDelta::days(1));
    let late = portal.sign_in("田中").await;
    for path in ["/", "/requests", "/me/sessions", "/ledgers/accounts"] {
        assert_eq!(late.get(path).await.location().as_deref(), Some("/me/password"), "{path}");
    }
    let forced = late.get("/me/password").await;
    forced.ok().says("パスワードの更新期限を過ぎています").hides("変更期限を過ぎて");
    let seen = portal.sign_in("小林").await;
    change(&seen, PASSWORD, "Zh_kulo7-Pq9!xRw").await;
    seen.get(&format!("/ledgers/accounts/{row}")).await.ok().says("パスワードの最終変更日 R8.4.1");
    assert_eq!(change(&late, PASSWORD, "Zh_kulo7-Pq9!xRw").await.status, StatusCode::SEE_OTHER);
    late.get("/requests").await.ok();
    seen.get(&format!("/ledgers/accounts/{row}")).await.ok().says("パスワードの最終変更日 R8.10.2");
    seen.get("/ledgers/accounts?cols=account&cols=renewed").await.ok();
    portal.proves(REGULATION, &["31-1-2"]);
}

#[tokio::test]
async fn a_password_that_was_used_never_comes_back() {
    let portal = Portal::open_under(REGULATION).await;
    let mut tanaka = portal.sign_in("田中").await;
    let words = "以前に使用したパスワードは使えません";
    let mut now = PASSWORD.to_owned();
    tanaka.get("/me/password").await.ok().says("以前に使ったものと異なる");
    for at in 1..=26_u8 {
        // one source does not try without end
        tanaka.source = IpAddr::from([10, 0, 0, at]);
        portal.advance(TimeDelta::seconds(1));
        let fresh = format!("Zh_kulo-{at}-Pqrxw");
        assert_eq!(change(&tanaka, &now, &fresh).await.status, StatusCode::SEE_OTHER);
        now = fresh;
    }
    for former in [PASSWORD, "Zh_kulo-1-Pqrxw", "Zh_kulo-20-Pqrxw", &now] {
        change(&tanaka, &now, former).await.refuses(words);
    }
    assert_eq!(portal.events("password.refused").await, 4);
    // the office may look back as far, and no less: the number of generations is a value of the organisation
    let office = portal.sign_in("中村").await;
    office.get("/parameters").await.ok().says("再使用できない過去のパスワードすべて");
    portal.proves(REGULATION, &["31-1-3"]);
}

#[tokio::test]
async fn no_password_is_seen_while_it_is_typed_nor_afterwards() {
    let portal = Portal::open_under(REGULATION).await;
    let tanaka = portal.sign_in("田中").await;
    let open = portal.browser();
    let step_up = "/step-up?action=export&target=accounts&to=/me/sessions";
    for (browser, path, fields) in
        [(&open, "/sign-in", 1), (&open, "/activate", 1), (&tanaka, "/me/password", 3), (&tanaka, step_up, 1)]
    {
        let page = browser.get(path).await;
        let html = page.ok().text();
        assert_eq!(html.matches(r#"type="password""#).count(), fields, "{path}");
        // nothing beside the field shows what is in it, and nothing of it goes into an address
        assert!(!html.contains("data-show"), "{path}");
        assert!(html.split("<form").skip(1).all(|form| form.contains(r#"method="post""#)), "{path}");
        for secret in ["password", "current", "new", "again", "code"] {
            let tag = html.split("<input").find(|tag| tag.contains(&format!(r#"name="{secret}""#)));
            assert!(tag.is_none_or(|tag| tag.contains(r#"type="password""#)), "{path}: {secret}");
        }
    }
    let typed = "Geheim-Geheim-0!";
    let mut answers = vec![tried(&portal, "tanaka", typed).await, tried(&portal, "nobody", typed).await];
    answers.push(open.post("/activate", &[("login", "tanaka"), ("code", typed)]).await);
    answers.push(change(&tanaka, typed, "Geheim-Geheim-1!").await);
    answers.push(change(&tanaka, PASSWORD, "Geheim7").await);
    let action = [("password", typed), ("action", "export"), ("target", "accounts"), ("to", "/")];
    answers.push(tanaka.post("/step-up", &action).await);
    for (at, answer) in answers.iter().enumerate() {
        answer.refuses("");
        let html = answer.text();
        let place = html.find("Geheim").map(|at| html[..at].chars().rev().take(80).collect::<Vec<_>>());
        let place = place.map(|back| back.into_iter().rev().collect::<String>());
        assert_eq!(place, None, "answer {at}");
    }
    let log: String = sqlx::query_scalar("select string_agg(e::text, ' ') from audit.event e")
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
    assert!(!log.contains("Geheim") && !log.contains(PASSWORD));
    portal.proves(REGULATION, &["31-1-4"]);
}

/// The form of a release, filled in.
fn release<'a>(reason: &'a str, time: &'a str) -> [(&'a str, &'a str); 7] {
    [
        ("method", "対面"),
        ("contact", "情報システム部の窓口"),
        ("result", "matched"),
        ("checked_on", "2026-04-01"),
        ("checked_time", time),
        ("reason", reason),
        ("own_password", PASSWORD),
    ]
}

#[tokio::test]
async fn a_locked_account_says_so_even_to_the_right_password_until_it_is_released_with_a_reason() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let row = open_account(&portal, &mut portal.superuser().await, itself, "田中").await;
    let administrator = own_account(&portal, itself, "伊藤").await;
    // it bears the post besides: the register names the person once
    let register = portal.sign_in("中村").await.get("/functions").await;
    assert_eq!(register.ok().words().matches("伊藤 翔").count(), 1, "{}", register.words());
    fail(&portal, "tanaka", 4).await.refuses("ログインIDかパスワードが違うか").hides("ロック");
    fail(&portal, "tanaka", 1).await.refuses(LOCKED);
    portal.advance(TimeDelta::minutes(2));
    tried(&portal, "tanaka", PASSWORD).await.refuses(LOCKED);
    tried(&portal, "001001", WRONG).await.refuses(LOCKED);
    let code = portal.browser();
    code.get("/activate").await.ok();
    code.post("/activate", &[("login", "tanaka"), ("code", "7K3M-Q2XA")]).await.refuses(LOCKED);

    // the words do not tell which IDs exist: one that nobody has, and one that is stopped, lock alike
    portal.loses_sign_in("山本").await;
    for login in ["nobody-here", "yamamoto"] {
        fail(&portal, login, 4).await.hides("ロック");
        fail(&portal, login, 1).await.refuses(LOCKED);
    }

    // whoever was designated, and the administrator, release it with a reason; nobody else does
    let path = "/sign-ins/001001/release";
    for name in ["佐藤", "中村", "伊藤"] {
        assert_eq!(portal.sign_in(name).await.get(path).await.status, StatusCode::FORBIDDEN, "{name}");
    }
    let designee = portal.sign_in("斎藤").await;
    designee.get("/sign-ins").await.ok().says("ロック").says("田中 陽向");
    designee.get(path).await.ok().says("解除の理由");
    designee.post(path, &release("", "9:20")).await.refuses("解除の理由を入力してください");
    assert_eq!(portal.events("sign_in.released").await, 0);
    designee.submit(path, &release("本人の打ち間違いを窓口で確かめたため", "9:20")).await.ok().says("解除しました");
    portal.sign_in("田中").await.get("/requests").await.ok();
    fail(&portal, "suzuki", 5).await.refuses(LOCKED);
    let sysadmin = portal.sign_in_as(&administrator).await;
    sysadmin.get("/sign-ins/001004/release").await.ok();
    let released = sysadmin.submit("/sign-ins/001004/release", &release("休日明けの打ち間違い", "9:42")).await;
    released.ok().says("解除しました");

    // both stand in the log: what, when, by whom and why
    let log = sysadmin.get("/audit?what=person").await;
    log.ok()
        .says("使用停止（失敗回数超過）")
        .says("ログインの使用停止の解除")
        .says("本人の打ち間違いを窓口で確かめたため")
        .says("斎藤 大輔")
        .says("田中 陽向");
    let page = portal.sign_in("中村").await.get(&format!("/ledgers/accounts/{row}")).await;
    page.ok().says("失敗回数超過").says("斎藤 大輔");
    portal.proves(REGULATION, &["30b"]);
}

#[tokio::test]
async fn the_portal_is_administered_by_an_account_of_its_own_and_never_by_that_of_daily_work() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let screens = ["/sign-ins", "/audit", "/jobs", "/outbox"];
    let ordinary = portal.sign_in("伊藤").await;
    let home = ordinary.get("/").await;
    for path in screens {
        assert_eq!(ordinary.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!home.text().contains(&format!("href=\"{path}\"")), "{path} is offered");
    }
    ordinary.get("/permissions/why?to=/audit").await.ok().says("管理者用の別のIDでログインしたときだけ開けます");

    // a right of the portal: applied for, approved, given to an account of another name than that of daily work
    let path = "/requests/new/privileged.grant";
    let form = ordinary.get(path).await;
    let grants = format!("grants.{itself}");
    let fields = [
        ("person", portal.cast.get("渡辺").id.to_string()),
        ("grants", itself.to_string()),
        (grants.as_str(), option(form.ok(), &grants, "管理者")),
        ("reason", "ポータルの管理のため".to_owned()),
        ("from", "2026-04-01T09:00".to_owned()),
        ("until", "2026-04-08T18:00".to_owned()),
    ];
    let number = number_of(&send(&ordinary, path, &form, &fields).await);
    decide(&portal.sign_in("小林").await, &number, "approve", "").await;
    let line = format!("/requests/{number}/lines/1");
    let work = async |name: &'static str| {
        let form = ordinary.get(&line).await;
        let (field, seen) = hidden(form.ok(), "seen");
        let mut fields = vec![(field.as_str(), seen.as_str())];
        fields.extend(handed(name));
        ordinary.post(&line, &fields).await
    };
    work("watanabe").await.refuses("通常業務用と異なるアカウントを指定してください");
    let shown = work("adm-watanabe").await;
    shown.ok().says("有効化コード");
    let code = shown.text().split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned();

    // the ordinary sign-in of the same person stays without; only signing in anew, with the other one, opens the screens
    let daily = portal.sign_in("渡辺").await;
    let admin = portal.browser();
    admin.get("/activate").await.ok();
    admin.post("/activate", &[("login", "adm-watanabe"), ("code", &code)]).await;
    admin.get("/me/password").await.ok();
    admin.post("/me/password", &[("new", "Zh_kulo7-Pq9!xRw"), ("again", "Zh_kulo7-Pq9!xRw")]).await;
    let home = admin.get("/").await;
    for path in screens {
        admin.get(path).await.ok();
        assert!(home.text().contains(&format!("href=\"{path}\"")), "{path} is not offered");
        assert_eq!(daily.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    portal.sign_in("中村").await.get("/ledgers/privileged").await.ok().says("adm-watanabe").says("渡辺 結衣");
    portal.proves(REGULATION, &["24-1-5"]);
}
