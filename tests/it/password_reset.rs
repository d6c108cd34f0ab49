//! パスワードを忘れた場合の処置 (4.1.6): the open page tells nothing, the check comes before the code, and nobody does it
//! for themselves.
use axum::http::StatusCode;
use mamori::features::systems::actions::register;
use mamori::features::systems::model::{Facts, Importance, Level, RightNames};
use mamori::kernel::access::Actor;
use mamori::kernel::ids::SystemId;
use mamori::kernel::work::Work;
use mamori::people::roster::set_telephone;

use super::support::ground::open_account;
use super::support::portal::{Browser, PASSWORD, Page, Portal};

async fn portal() -> Portal {
    let portal = Portal::open().await;
    let tanaka = portal.cast.get("田中").id;
    portal
        .app
        .change(&Actor::portal(), async |work: &mut Work| set_telephone(work, tanaka, "03-1234-5678").await)
        .await
        .unwrap();
    portal
}

/// Asks for a new password on the open page, claiming to be this person.
pub async fn claim(browser: &Browser<'_>, login: &str, name: &str) -> Page {
    let page = browser.get("/password-reset").await;
    let id = page.ok().attribute(r#"name="id" value=""#).unwrap();
    let fields =
        [("id", id.as_str()), ("login", login), ("name", name), ("reason", "forgotten"), ("callback", "15時以後")];
    browser.post("/password-reset", &fields).await
}

const CHECK: [(&str, &str); 6] = [
    ("person", "001001"),
    ("method", "電話返信"),
    ("contact", "０３−１２３４−５６７８"),
    ("result", "matched"),
    ("checked_at", "2026-04-01T09:00"),
    ("own_password", PASSWORD),
];

/// 田中's row of the account ledger, as set-up enters the portal's own accounts; its address.
async fn ledger_row(portal: &Portal, name: &str) -> String {
    let itself = add_itself(portal).await;
    let mut db = portal.superuser().await;
    let account = open_account(portal, &mut db, itself, name).await;
    format!("/ledgers/accounts/{account}")
}

async fn add_itself(portal: &Portal) -> SystemId {
    let facts = Facts {
        code: "SYS-001".to_owned(),
        name: "守り（ポータル）".to_owned(),
        reading: "まもり".to_owned(),
        purpose: "情報セキュリティの手続き".to_owned(),
        owner: portal.cast.it,
        importance: Importance::High,
        two_factor: false,
        sharing_rule: String::new(),
    };
    let rights = RightNames(vec![(Level::Standard, "利用".to_owned())]);
    let add = async |work: &mut Work| register(work, SystemId::new(work.now), &facts, &rights, true).await;
    portal.app.change(&Actor::portal(), add).await.unwrap()
}

async fn seen(browser: &Browser<'_>, number: &str, line: u16) -> String {
    let page = browser.get(&format!("/requests/{number}/lines/{line}")).await;
    page.ok().attribute(r#"name="_seen" value=""#).unwrap()
}

pub async fn work(browser: &Browser<'_>, number: &str, line: u16, fields: &[(&str, &str)]) -> Page {
    let seen = seen(browser, number, line).await;
    let mut all = vec![("_seen", seen.as_str())];
    all.extend_from_slice(fields);
    browser.post(&format!("/requests/{number}/lines/{line}"), &all).await
}

async fn phase(portal: &Portal, number: &str) -> String {
    let mut conn = portal.superuser().await;
    let (phase,): (String,) =
        sqlx::query_as("select phase from request where number = $1").bind(number).fetch_one(&mut conn).await.unwrap();
    phase
}

/// The code that stands on the page once: six groups of four.
pub fn code(page: &Page) -> String {
    let words = page.words();
    let letters: Vec<char> = words.chars().collect();
    let group = |text: &[char]| text.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let is_code = |text: &&[char]| text.split(|c| *c == '-').all(|part| part.len() == 4 && group(part));
    let found = letters.windows(29).find(is_code).expect("no code on the page");
    found.iter().collect()
}

#[tokio::test]
async fn a_forgotten_password_is_issued_again_after_the_identity_check() {
    let portal = portal().await;
    let account = ledger_row(&portal, "田中").await;
    let stranger = portal.browser();
    let answer = claim(&stranger, "tanaka", "田中 陽向").await;
    assert_eq!(answer.location().as_deref(), Some("/password-reset/received"));
    stranger.get("/password-reset/received").await.ok().says("申請を受け付けました");

    // on the next morning the administrators see how long it has waited
    let admin = portal.sign_in("伊藤").await;
    admin.get("/requests/work").await.ok().says("R8-PWD-0001").says("今日到着");
    portal.advance(chrono::TimeDelta::days(1));
    let elsewhere = portal.sign_in("田中").await;
    let admin = portal.sign_in("伊藤").await;
    admin.get("/requests/work").await.ok().says("R8-PWD-0001").says("1日経過");
    admin.get("/requests/R8-PWD-0001").await.ok().says("申請者（本人の申告）").says("15時以後");
    let form = admin.get("/requests/R8-PWD-0001/lines/1").await;
    // the number to call comes from the register
    form.ok().says("03-1234-5678");

    let shown = work(&admin, "R8-PWD-0001", 1, &CHECK).await;
    // what the page rests on is this procedure, not the making of an account
    let code = code(shown.ok().says("4.1.6(1)").hides("4.1.1("));
    admin.get("/requests/R8-PWD-0001").await.ok().hides(&code);
    assert_eq!(phase(&portal, "R8-PWD-0001").await, "executing");
    assert_eq!(portal.acted("password.identity_check").await, 1);
    assert_eq!(portal.events("password.reissued").await, 1);
    admin.get(&account).await.ok().says("R8-PWD-0001").says("パスワード再発行");
    // other sessions are over, the old password counts no longer, the code does
    assert_eq!(elsewhere.get("/requests").await.status, StatusCode::SEE_OTHER);
    let user = portal.browser();
    user.get("/sign-in").await.ok();
    let old = user.post("/sign-in", &[("login", "tanaka"), ("password", PASSWORD)]).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    user.get("/activate").await.ok();
    let entered = user.post("/activate", &[("login", "tanaka"), ("code", &code)]).await;
    assert_eq!(entered.location().as_deref(), Some("/me/password"));

    let early = [("notice_method", "telephone"), ("notified_at", "2026-04-01T23:59")];
    work(&admin, "R8-PWD-0001", 2, &early).await.refuses("再発行より後の日時");
    let missing = work(&admin, "R8-PWD-0001", 2, &[("notice_method", "telephone")]).await;
    missing.refuses("通知日時を入力してください");
    let told = [("notice_method", "telephone"), ("notified_at", "2026-04-02T09:00")];
    assert_eq!(work(&admin, "R8-PWD-0001", 2, &told).await.status, StatusCode::SEE_OTHER);
    assert_eq!(phase(&portal, "R8-PWD-0001").await, "completed");
    assert!(portal.acted("password.reset").await >= 2);
    portal.proves("system-management", &["4.1.6-1"]);
}

#[tokio::test]
async fn the_open_page_answers_alike_whether_the_id_exists_or_not() {
    let portal = portal().await;
    let mut answers = Vec::new();
    for login in ["tanaka", "001002", "nobody-here"] {
        let browser = portal.browser();
        let answer = claim(&browser, login, "田中 陽向").await;
        let page = browser.get("/password-reset/received").await;
        answers.push((answer.status, answer.location(), answer.body.clone(), page.words()));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    assert_eq!(portal.events("request.filed").await, 3);
    // a second claim for the same ID is answered alike and queued once
    let browser = portal.browser();
    let again = claim(&browser, "ＴＡＮＡＫＡ", "だれか").await;
    assert_eq!((again.status, again.location()), (answers[0].0, answers[0].1.clone()));
    assert_eq!(portal.events("request.filed").await, 3);
}

#[tokio::test]
async fn one_place_cannot_flood_the_queue_and_a_form_without_its_token_is_refused() {
    let portal = portal().await;
    let browser = portal.browser();
    for at in 0..5 {
        assert_eq!(claim(&browser, &format!("someone{at}"), "だれか").await.status, StatusCode::SEE_OTHER);
    }
    // it is closed until an hour after the first of them, whoever is named, and says what else can be done
    for login in ["someone6", "tanaka"] {
        let closed = claim(&browser, login, "だれか").await;
        assert_eq!(closed.status, StatusCode::TOO_MANY_REQUESTS);
        closed.says("令和8年4月1日(水) 10:01まで受け付けていません").says("窓口に電話をするか").hides("1分ほど");
    }
    assert_eq!(portal.events("request.filed").await, 5);
    portal.advance(chrono::TimeDelta::minutes(59));
    assert_eq!(claim(&browser, "someone6", "だれか").await.status, StatusCode::TOO_MANY_REQUESTS);
    portal.advance(chrono::TimeDelta::minutes(2));
    assert_eq!(claim(&browser, "someone6", "だれか").await.status, StatusCode::SEE_OTHER);
    *browser.token.lock().unwrap() = "forged".to_owned();
    let id = uuid::Uuid::now_v7().to_string();
    let fields = [("id", id.as_str()), ("login", "x"), ("name", "x"), ("reason", "forgotten")];
    assert_eq!(browser.post("/password-reset", &fields).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nothing_is_issued_without_the_identity_check() {
    let portal = portal().await;
    claim(&portal.browser(), "tanaka", "田中 陽向").await;
    let admin = portal.sign_in("伊藤").await;
    for missing in ["method", "contact", "result", "checked_at"] {
        let fields: Vec<_> = CHECK.into_iter().filter(|(name, _)| *name != missing).collect();
        work(&admin, "R8-PWD-0001", 1, &fields).await.refuses("本人確認を記録してください");
    }
    // the number called is the register's, not one that a claimant gives
    let other: Vec<_> =
        CHECK.into_iter().map(|(n, v)| if n == "contact" { (n, "090-9999-9999") } else { (n, v) }).collect();
    work(&admin, "R8-PWD-0001", 1, &other).await.refuses("台帳にある電話番号にかけて");
    work(&admin, "R8-PWD-0001", 2, &[("notice_method", "telephone"), ("notified_at", "2026-04-01T09:00")])
        .await
        .refuses("先に、本人確認と再発行を記録してください");
    assert_eq!(portal.events("password.reissued").await, 0);
}

#[tokio::test]
async fn another_way_of_checking_says_which_and_numbers_are_kept_as_the_register_writes_them() {
    let portal = portal().await;
    claim(&portal.browser(), "００１００１", "田中 陽向").await;
    let admin = portal.sign_in("伊藤").await;
    admin.get("/requests/R8-PWD-0001").await.ok().says("001001").hides("００１００１");
    for typed in ["001001", "００１００１"] {
        admin.get(&format!("/requests/all?q={typed}")).await.ok().says("R8-PWD-0001");
    }
    let other = CHECK.map(|(name, value)| match name {
        "person" => (name, "００１００１"),
        "method" => (name, "その他"),
        _ => (name, value),
    });
    let asked = work(&admin, "R8-PWD-0001", 1, &other).await;
    asked.refuses("「その他」の内容を入力してください");
    assert!(asked.text().contains("href=\"#f-method_words\""), "{}", asked.words());
    assert_eq!(portal.events("password.reissued").await, 0);
    let said = [&other[..], &[("method_words", "職員証の写真")]].concat();
    code(work(&admin, "R8-PWD-0001", 1, &said).await.ok());
    admin.get("/requests/R8-PWD-0001").await.ok().says("職員証の写真").hides("００１００１");
    let noted = "select facts::text from audit.event where kind = 'identity.checked'";
    let noted: String = sqlx::query_scalar(noted).fetch_one(&mut portal.superuser().await).await.unwrap();
    assert!(noted.contains("その他（職員証の写真）"), "{noted}");
}

#[tokio::test]
async fn nothing_is_issued_before_the_administrator_gave_their_own_password_once_more() {
    let portal = portal().await;
    claim(&portal.browser(), "tanaka", "田中 陽向").await;
    let admin = portal.sign_in("伊藤").await;
    admin
        .get("/requests/R8-PWD-0001/lines/1")
        .await
        .ok()
        .says("あなたのパスワード")
        .says("本人であることをもう一度確かめます");
    for own in [None, Some(""), Some("Not-My-Password!1"), Some("' or '1'='1")] {
        let mut fields: Vec<_> = CHECK.into_iter().filter(|(name, _)| *name != "own_password").collect();
        fields.extend(own.map(|own| ("own_password", own)));
        let refused = work(&admin, "R8-PWD-0001", 1, &fields).await;
        refused.refuses("パスワードが違うか、いまは使えません");
        // what was written down about the check stands there still; the password does not
        assert!(refused.text().contains("2026-04-01T09:00") && refused.text().contains("０３−１２３４−５６７８"));
        assert!(!refused.text().contains("Not-My-Password"));
    }
    assert_eq!((portal.events("password.reissued").await, portal.events("step_up.given").await), (0, 0));
    // one's own, and nobody else's: the log says for what it was given
    code(work(&admin, "R8-PWD-0001", 1, &CHECK).await.ok());
    let mut conn = portal.superuser().await;
    let (action, target): (String, String) =
        sqlx::query_as("select facts ->> 'action', facts ->> 'target' from audit.event where kind = 'step_up.given'")
            .fetch_one(&mut conn)
            .await
            .unwrap();
    assert_eq!((action.as_str(), target.as_str()), ("reissue", "R8-PWD-0001"));
    // how the person was told is written down without it
    admin.get("/requests/R8-PWD-0001/lines/2").await.ok().hides("あなたのパスワード");
}

#[tokio::test]
async fn an_identity_that_is_not_confirmed_ends_the_request_and_alarms_the_administrators() {
    let portal = portal().await;
    claim(&portal.browser(), "tanaka", "田中 陽向").await;
    let admin = portal.sign_in("伊藤").await;
    let fields: Vec<_> =
        CHECK.into_iter().map(|(n, v)| if n == "result" { (n, "unmatched") } else { (n, v) }).collect();
    assert_eq!(work(&admin, "R8-PWD-0001", 1, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(phase(&portal, "R8-PWD-0001").await, "refused");
    assert_eq!(portal.events("identity.not_confirmed").await, 1);
    assert_eq!(portal.events("password.reissued").await, 0);
    // the clause shows that its rule is applied, and does not call that work done
    let committee = portal.sign_in("加藤").await;
    let clause = committee.get("/clauses/system-management/4.1.6-1").await;
    clause.ok().says("R8-PWD-0001").says("本人を確認できず").hides("実施済");
    let mut conn = portal.superuser().await;
    let (mails,): (i64,) = sqlx::query_as("select count(*) from outbox where kind = 'identity.not_confirmed'")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(mails, 2);
    // the person signs in as before
    portal.sign_in("田中").await.get("/requests").await.ok();
    portal.proves("system-management", &["4.1.6-2"]);
}

#[tokio::test]
async fn no_administrator_issues_their_own_password() {
    let portal = portal().await;
    claim(&portal.browser(), "ito", "伊藤 翔").await;
    let own = [
        ("person", "001006"),
        ("method", "対面"),
        ("contact", "情報システム部の窓口"),
        ("result", "matched"),
        ("checked_at", "2026-04-01T09:00"),
        ("own_password", PASSWORD),
    ];
    let (admin, colleague) = (portal.sign_in("伊藤").await, portal.sign_in("渡辺").await);
    // and the route does not name whoever cannot take it
    colleague.get("/requests/R8-PWD-0001").await.ok().says("いま：渡辺 結衣（").hides("伊藤 翔、渡辺 結衣");
    let seen = seen(&colleague, "R8-PWD-0001", 1).await;
    let unmatched = own.map(|(name, value)| if name == "result" { (name, "unmatched") } else { (name, value) });
    // neither to have it nor to be rid of it: also a check that fails is recorded by somebody else
    for entries in [own, unmatched] {
        let fields: Vec<_> = [("_seen", seen.as_str())].into_iter().chain(entries).collect();
        let refused = admin.post("/requests/R8-PWD-0001/lines/1", &fields).await;
        refused.refuses("自分が申請した、又は自分が対象の申請は");
    }
    assert_eq!(phase(&portal, "R8-PWD-0001").await, "executing");
    assert_eq!(portal.events("password.reissued").await + portal.events("identity.not_confirmed").await, 0);
    code(work(&colleague, "R8-PWD-0001", 1, &own).await.ok());
    assert_eq!(portal.events("password.reissued").await, 1);
}

#[tokio::test]
async fn a_claim_of_nobody_is_refused_and_never_sent_back() {
    let portal = portal().await;
    claim(&portal.browser(), "nobody-here", "名無し").await;
    let admin = portal.sign_in("伊藤").await;
    admin.get("/requests/R8-PWD-0001/lines/1").await.ok().says("台帳に見つかりません");
    let mut fields = CHECK.to_vec();
    fields[0] = ("person", "999999");
    work(&admin, "R8-PWD-0001", 1, &fields).await.refuses("ログインIDのある人が見つかりません");
    let seen = seen(&admin, "R8-PWD-0001", 1).await;
    let back = admin.post("/requests/R8-PWD-0001/return", &[("_seen", &seen), ("words", "直して")]).await;
    back.refuses("差し戻せません");
    // and nobody is offered it
    let page = admin.get("/requests/R8-PWD-0001").await;
    assert!(!page.ok().text().contains("/requests/R8-PWD-0001/return"));
}

#[tokio::test]
async fn a_code_for_somebody_else_than_claimed_needs_its_reason_and_is_marked() {
    let portal = portal().await;
    claim(&portal.browser(), "tanaka", "田中 陽向").await;
    let admin = portal.sign_in("伊藤").await;
    let other = CHECK.map(|(name, value)| match name {
        "person" => (name, "001002"),
        "method" => (name, "対面"),
        "contact" => (name, "情報システム部の窓口"),
        _ => (name, value),
    });
    work(&admin, "R8-PWD-0001", 1, &other).await.refuses("申告された人と異なります");
    assert_eq!(portal.events("password.reissued").await, 0);
    let reason = [("other_person", "山本さんが田中さんの番号を書き誤ったため")];
    code(work(&admin, "R8-PWD-0001", 1, &[&other[..], &reason].concat()).await.ok());
    assert_eq!(portal.events("password.other_than_claimed").await, 1);
    let page = admin.get("/requests/R8-PWD-0001").await;
    page.ok().says("申告された人と異なる理由 山本さんが田中さんの番号を書き誤ったため");
}

#[tokio::test]
async fn an_identity_check_lies_between_the_claim_and_now() {
    let portal = portal().await;
    claim(&portal.browser(), "tanaka", "田中 陽向").await;
    let admin = portal.sign_in("伊藤").await;
    for (at, words) in [
        ("1999-01-01T00:00", "申請された時より前"),
        ("2026-04-01T08:59", "申請された時より前"),
        ("2026-04-01T09:01", "いまより前の日時"),
    ] {
        let fields = CHECK.map(|(name, value)| if name == "checked_at" { (name, at) } else { (name, value) });
        work(&admin, "R8-PWD-0001", 1, &fields).await.refuses(words);
    }
    assert_eq!(portal.events("password.reissued").await, 0);
}

/// Locks the sign-in of somebody by guessing.
pub async fn lock_out(portal: &Portal, login: &str) {
    for _ in 0..10 {
        let guesser = portal.browser();
        guesser.get("/sign-in").await.ok();
        guesser.post("/sign-in", &[("login", login), ("password", "Wrong-Password-1!")]).await;
        portal.advance(chrono::TimeDelta::minutes(20));
    }
}

#[tokio::test]
async fn a_locked_sign_in_is_released_only_after_the_identity_check_and_never_by_oneself() {
    let portal = portal().await;
    lock_out(&portal, "tanaka").await;
    let admin = portal.sign_in("伊藤").await;
    admin.get("/sign-ins").await.ok().says("使用停止（失敗回数超過）").says("tanaka");
    admin.get("/people/001001").await.ok().says("使用停止を解除する");
    admin.get("/sign-ins/001001/release").await.ok().says("03-1234-5678");
    let check = [
        ("method", "電話返信"),
        ("contact", "03-1234-5678"),
        ("result", "matched"),
        ("checked_on", "2026-04-01"),
        ("checked_time", "12:10"),
        ("own_password", PASSWORD),
    ];
    for missing in ["method", "contact", "result", "checked_time"] {
        let fields: Vec<_> = check.into_iter().filter(|(name, _)| *name != missing).collect();
        admin.post("/sign-ins/001001/release", &fields).await.refuses("本人確認を記録してください");
    }
    let change = |name, value| check.map(|(n, v)| if n == name { (n, value) } else { (n, v) });
    admin.post("/sign-ins/001001/release", &change("contact", "090-1")).await.refuses("台帳にある電話番号にかけて");
    admin.post("/sign-ins/001001/release", &change("own_password", "not mine")).await.refuses("パスワードが違う");
    let other = admin.post("/sign-ins/001001/release", &change("method", "その他")).await;
    other.refuses("「その他」の内容");
    admin.post("/sign-ins/001001/release", &change("checked_time", "23:59")).await.refuses("いまより前の時刻");
    // the check was made because of the lock, which had not happened by then
    for (name, value) in [("checked_time", "9:30"), ("checked_on", "1999-01-01")] {
        admin.post("/sign-ins/001001/release", &change(name, value)).await.refuses("使用停止になった時より後");
    }
    assert_eq!(portal.events("sign_in.released").await, 0);
    admin.submit("/sign-ins/001001/release", &change("result", "unmatched")).await.ok().says("不一致を記録しました");
    assert_eq!(portal.events("identity.not_confirmed").await, 1);
    admin.get("/sign-ins/001001/release").await.ok();
    admin.submit("/sign-ins/001001/release", &check).await.ok().says("使用停止を解除しました");
    assert_eq!(portal.events("sign_in.released").await, 1);
    portal.sign_in("田中").await.get("/requests").await.ok();
    // how the identity was checked is read in the log afterwards
    let checked: uuid::Uuid = sqlx::query_scalar("select id from audit.event where kind = 'identity.checked'")
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
    let auditor = portal.sign_in("吉田").await;
    auditor.get("/audit?number=００１００１").await.ok().says("使用停止の解除");
    auditor
        .get(&format!("/audit/{checked}"))
        .await
        .ok()
        .says("03-1234-5678")
        .says("電話返信")
        .says("一致")
        .says("田中 陽向");
    portal.proves("system-management", &["4.1.6-2"]);

    lock_out(&portal, "watanabe").await;
    let watanabe_is_out = portal.sign_in("伊藤").await;
    watanabe_is_out.get("/sign-ins/001006/release").await.refuses("自分のログインIDは扱えません");
    for name in ["田中", "佐藤", "中村", "吉田"] {
        assert_eq!(portal.sign_in(name).await.get("/sign-ins").await.status, StatusCode::FORBIDDEN, "{name}");
    }
}

#[tokio::test]
async fn every_sign_in_is_reached_page_by_page() {
    let portal = portal().await;
    let sql = "with n as (select generate_series(100, 219) as n),
                    p as (insert into person (id, employee_no, family_name, given_name, reading, employment, joined_on, search)
                          select gen_random_uuid(), '7' || n, '試', n::text, 'し', 'permanent', '2020-04-01', 'し' from n
                          returning id, employee_no)
               insert into auth.credential (person_id, login, created_at) select id, 'many' || employee_no, now() from p";
    sqlx::raw_sql(sql).execute(&mut portal.superuser().await).await.unwrap();
    let admin = portal.sign_in("伊藤").await;
    let mut seen = std::collections::BTreeSet::new();
    let mut path = "/sign-ins".to_owned();
    for _ in 0..4 {
        let page = admin.get(&path).await;
        page.ok();
        let html = page.text();
        seen.extend(html.split("many").skip(1).map(|rest| rest[..4].to_owned()));
        let Some(next) = html.split('"').rfind(|part| part.starts_with("/sign-ins?after=")) else { break };
        path = next.to_owned();
    }
    assert_eq!(seen.len(), 120, "up to {path}");
}
