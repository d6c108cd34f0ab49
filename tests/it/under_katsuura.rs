//! The city's by-law (katsuura-operations): an ID that is used no longer ends by a notice that nobody approves, and what
//! is easily guessed is no password.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::features::accounts::actions;
use mamori::features::accounts::model::{Kind, Opening};
use mamori::kernel::access::Actor;
use mamori::kernel::ids::SystemId;
use mamori::kernel::work::Work;
use uuid::Uuid;

use crate::accounts::{add, employee_no, hidden, number_of, option, send};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};
use crate::under_coop_sign_in::mails;

const REGULATION: &str = "katsuura-operations";

/// An account with these rights, as set-up enters it; its id.
pub async fn account(portal: &Portal, system: SystemId, holder: &str, rights: &[&str]) -> String {
    let mut conn = portal.superuser().await;
    let ids: Vec<Uuid> = sqlx::query_scalar("select id from system_right where system_id = $1 and name = any ($2)")
        .bind(system.0)
        .bind(rights.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        .fetch_all(&mut conn)
        .await
        .unwrap();
    let someone = portal.cast.get(holder);
    let opening = Opening {
        system,
        name: someone.login.clone(),
        holder: someone.id,
        department: someone.department,
        rights: ids,
        necessity: "窓口の業務のため".to_owned(),
        kind: Kind::Personal,
        until: None,
        request: None,
    };
    let open = async |work: &mut Work| actions::open(work, &opening).await;
    portal.app.change(&Actor::portal(), open).await.unwrap().to_string()
}

/// 利用終了届 of an account, of somebody of the cast.
pub async fn give_notice(by: &Browser<'_>, whose: &str, account: &str, changed: &[(&str, &str)]) -> Page {
    let path = "/requests/new/account.end";
    let form = by.get(path).await;
    form.ok();
    let mut fields = vec![
        ("person", employee_no(whose)),
        ("accounts", account.to_owned()),
        ("stop_on", "2026-03-31".to_owned()),
        ("reason", "担当替えのため".to_owned()),
    ];
    for (name, value) in &mut fields {
        if let Some((_, other)) = changed.iter().find(|(field, _)| field == name) {
            (*other).clone_into(value);
        }
    }
    send(by, path, &form, &fields).await
}

pub async fn erase(by: &Browser<'_>, number: &str, line: u16, at: &str) -> Page {
    let path = format!("/requests/{number}/lines/{line}");
    let form = by.get(&path).await;
    form.ok();
    let (name, seen) = hidden(&form, "seen");
    by.post(&path, &[(&name, &seen), ("erased_at", at)]).await
}

#[tokio::test]
async fn a_notice_of_end_of_use_stops_the_portals_id_at_once_and_the_officer_erases_right_by_right() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let own = account(&portal, itself, "山本", &["参照"]).await;
    let other = account(&portal, taxes, "山本", &["参照", "登録・修正"]).await;

    // a colleague of the section gives notice; the sign-in is out at once, and nobody is asked
    let leaving = portal.sign_in("山本").await;
    leaving.get("/me/sessions").await.ok();
    let clerk = portal.sign_in("田中").await;
    clerk
        .get("/requests/new/account.end")
        .await
        .ok()
        .says("利用終了届")
        .says("届出を受け付けると同時に使えなくなります");
    let early = give_notice(&clerk, "山本", &own, &[("stop_on", "2026-04-02")]).await;
    early.refuses("利用終了日は、今日（令和8年4月1日(水)）か、今日より前の日にしてください");
    give_notice(&clerk, "山本", &own, &[("reason", "")]).await.refuses("理由を入力してください");
    leaving.get("/me/sessions").await.ok();
    let first = number_of(&give_notice(&clerk, "山本", &own, &[]).await);
    assert_eq!(first, "R8-END-0001");
    assert_eq!(leaving.get("/me/sessions").await.status, StatusCode::SEE_OTHER, "the session goes on");
    let again = portal.browser();
    again.get("/sign-in").await.ok();
    let tried = again.post("/sign-in", &[("login", "yamamoto"), ("password", PASSWORD)]).await;
    assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY);
    let second = number_of(&give_notice(&clerk, "山本", &other, &[]).await);
    give_notice(&clerk, "山本", &other, &[]).await.refuses(&format!("{second}で受け付けています"));
    // nobody of another section
    let stranger = portal.sign_in("鈴木").await;
    assert!(give_notice(&stranger, "山本", &other, &[]).await.status.is_client_error());
    let page = portal.sign_in("佐藤").await.get(&format!("/requests/{first}")).await;
    assert!(!page.ok().text().contains(r#"name="verdict""#), "nobody approves a notice");

    // it lies in the officer's tray, and the administrator sees for how long
    let officer = portal.sign_in("斎藤").await;
    officer.get("/requests/work").await.ok().says(&first).says(&second).says("今日到着");
    portal.advance(TimeDelta::days(2));
    let administrator = portal.sign_in("伊藤").await;
    administrator.get("/requests/all").await.ok().says(&first).says("2日経過");
    let (path, fields) = (format!("/requests/{first}/lines/1"), [("erased_at", "2026-04-03T08:00")]);
    assert!(administrator.post(&path, &fields).await.status.is_client_error());

    // erased right by right, each with its moment; the row is erased with the last
    let officer = portal.sign_in("斎藤").await;
    erase(&officer, &first, 1, "").await.refuses("抹消日時を入力してください");
    assert_eq!(erase(&officer, &first, 1, "2026-04-03T08:00").await.status, StatusCode::SEE_OTHER);
    officer.get(&format!("/requests/{first}")).await.ok().says("完了").says("斎藤 大輔");
    let row = officer.get(&format!("/ledgers/accounts/{own}")).await;
    row.ok().says("利用終了届").says("抹消済").says(&first);
    assert_eq!(erase(&officer, &second, 1, "2026-04-03T08:10").await.status, StatusCode::SEE_OTHER);
    officer.get(&format!("/ledgers/accounts/{other}")).await.ok().says("有効").hides("抹消済");
    assert_eq!(erase(&officer, &second, 2, "2026-04-03T08:20").await.status, StatusCode::SEE_OTHER);
    let row = officer.get(&format!("/ledgers/accounts/{other}")).await;
    row.ok().says("停止・無効").says("利用終了届").says("抹消済").says(&second);
    assert_eq!(portal.events("account.right_erased").await, 3);
    assert_eq!(portal.acted("account.ledger.stopped").await, 2);
    portal.sign_in("伊藤").await.get("/requests/all").await.ok().hides("日経過");

    // without a notice, only with a reason
    let kept = account(&portal, taxes, "田中", &["参照"]).await;
    let path = "/requests/new/account.stop";
    let clerk = portal.sign_in("田中").await;
    let form = clerk.get(path).await;
    form.ok().says("届出のない理由").says("組織が定めた手続");
    let fields = [("person", employee_no("田中")), ("accounts", kept), ("stop_on", "2026-04-03".to_owned())];
    send(&clerk, path, &form, &fields).await.refuses("届出のない理由を入力してください");
    portal.proves(REGULATION, &["20-1-4b"]);
}

async fn change(browser: &Browser<'_>, fresh: &str) -> Page {
    browser.get("/me/password").await.ok();
    browser.post("/me/password", &[("current", PASSWORD), ("new", fresh), ("again", fresh)]).await
}

async fn enter(portal: &Portal, parameter: &str, value: &str) {
    let office = portal.sign_in("中村").await;
    let path = format!("/parameters/{parameter}");
    office.get(&path).await.ok();
    let step_up = [("password", PASSWORD), ("action", "settings"), ("target", parameter), ("to", &path)];
    assert_eq!(office.post("/step-up", &step_up).await.status, StatusCode::SEE_OTHER);
    office.get(&path).await.ok();
    let fields = [("value", value), ("effective_on", "2026-04-01"), ("reason", "対策会議で決めた")];
    let entered = office.post(&path, &fields).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.words());
}

#[tokio::test]
async fn what_others_guess_easily_is_no_password_and_the_office_adds_its_own_words() {
    let portal = Portal::open_under(REGULATION).await;
    let tanaka = portal.sign_in("田中").await;
    let words = "推測されやすいパスワードは使えません";
    for guessed in [
        "Xkz-001001-Xykulo!",
        "田中Zk9!kulozhxwqpv",
        "Xkz-tanaka-Zk9!kulo",
        "Xkz-19851103-kulozh",
        "Xkz-1985/11/03-kulozh",
        "青野商事株式会社Zk9kulozh",
        "営業部Zk9!kulozhxwqpv",
        "abcdefghijklmnop",
        "Password!!!!!!!!",
    ] {
        change(&tanaka, guessed).await.refuses(words);
    }
    enter(&portal, "password_forbidden_words", "katsuo\nbonito").await;
    change(&tanaka, "Xkz-Katsuo-Zk9!kulo").await.refuses(words);
    change(&tanaka, "Zh_kulo7-Pq9!xRw").await.hides(words);
    let tanaka = portal.sign_in_as("saito").await;
    enter(&portal, "password_min_length", "20").await;
    change(&tanaka, "Zh_kulo7-Pq9!xRw").await.refuses("20文字以上にしてください");
    portal.proves(REGULATION, &["20-1-7"]);
}

async fn report(by: &Browser<'_>, account: &str, at: &str, pause: &str) -> Page {
    let path = "/requests/new/problem.report";
    let form = by.get(path).await;
    form.ok();
    let fields = [
        ("account", account.to_owned()),
        ("happened_at", at.to_owned()),
        ("content", "メモをなくした".to_owned()),
        ("pause", pause.to_owned()),
    ];
    send(by, path, &form, &fields).await
}

/// Answers at the step that waits, with what it asks.
async fn answer(by: &Browser<'_>, number: &str, verdict: &str, entries: &[(&str, &str)]) -> Page {
    let form = by.get(&format!("/requests/{number}/answer")).await;
    let (name, seen) = hidden(form.ok(), "seen");
    let mut fields = vec![(name.as_str(), seen.as_str()), ("verdict", verdict), ("words", "報告します")];
    fields.extend_from_slice(entries);
    by.post(&format!("/requests/{number}/decision"), &fields).await
}

#[tokio::test]
async fn a_password_problem_is_reported_at_once_and_goes_up_to_the_council() {
    let portal = Portal::open_under(REGULATION).await;
    let clerk = portal.sign_in("田中").await;
    let elsewhere = portal.sign_in("田中").await;
    report(&clerk, "yamamoto", "2026-04-01T05:40", "yes").await.refuses("自分のユーザIDだけです");
    report(&clerk, "tanaka", "2026-04-01T23:40", "yes").await.refuses("いまより前の日時");
    let number = number_of(&report(&clerk, "tanaka", "2026-04-01T05:40", "yes").await);

    // the ID is stopped in the same act, until a new password is issued
    assert_eq!(elsewhere.get("/me/sessions").await.status, StatusCode::SEE_OTHER);
    let again = portal.browser();
    again.get("/sign-in").await.ok();
    let tried = again.post("/sign-in", &[("login", "tanaka"), ("password", PASSWORD)]).await;
    assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY);

    // the officer is told at once, and sees from when to when
    let mut conn = portal.superuser().await;
    let told: i64 = sqlx::query_scalar("select count(*) from outbox where recipient_id = $1 and body like $2")
        .bind(portal.cast.get("斎藤").id.0)
        .bind(format!("%{number}%"))
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(told, 1);
    let officer = portal.sign_in("斎藤").await;
    let page = officer.get(&format!("/requests/{number}")).await;
    page.ok().says("tanaka").says("メモをなくした").says("発生日時").says("報告日時").says("0日3時間20分");
    page.says("発生から報告まで").hides("変化なし");
    let (_, seen) = hidden(&officer.get(&format!("/requests/{number}/lines/1")).await, "seen");

    // nobody closes it before it was reported
    let early = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", "")];
    let path = format!("/requests/{number}/decision");
    let administrator = portal.sign_in("伊藤").await;
    administrator.get(&format!("/requests/{number}")).await.ok();
    administrator.post(&path, &early).await.refuses("情報システム管理者への報告が必要です");
    let officer = portal.sign_in("斎藤").await;
    let line = format!("/requests/{number}/lines/1");
    let (name, seen) = hidden(&officer.get(&line).await, "seen");
    officer.post(&line, &[(&name, &seen)]).await.refuses("対策を入力してください");
    let measures =
        [(name.as_str(), seen.as_str()), ("measures", "新しいパスワードを発行した"), ("measured_on", "2026-04-01")];
    // nothing is done on a day that is still to come, and nothing is to be done by a day that is over
    let to_come = [measures[0], measures[1], ("measured_on", "2026-12-05")];
    let refused = officer.post(&line, &to_come).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("実施日");
    let done = officer.post(&line, &measures).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let administrator = portal.sign_in("伊藤").await;
    administrator.get(&format!("/requests/{number}")).await.ok();
    administrator.post(&path, &early).await.refuses("情報システム管理者への報告が必要です");
    let officer = portal.sign_in("斎藤").await;
    officer.get(&format!("/requests/{number}")).await.ok().hides("管理者報告済");
    answer(&officer, &number, "report", &[("solution", "再発行で解決した")]).await;
    officer.get(&format!("/requests/{number}")).await.ok().says("管理者報告済");

    // measures against recurrence, the council, and the end of it
    let administrator = portal.sign_in("伊藤").await;
    let missing = answer(&administrator, &number, "approve", &[("prevention", "")]).await;
    missing.refuses("再発防止策を入力してください");
    let over = [("prevention", "紙に書かない"), ("prevention_owner", "伊藤"), ("prevention_due", "2020-01-01")];
    answer(&administrator, &number, "approve", &over).await.refuses("期限");
    let prevention =
        [("prevention", "紙に書かない研修をする"), ("prevention_owner", "伊藤"), ("prevention_due", "2026-05-01")];
    let decided = answer(&administrator, &number, "approve", &prevention).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.words());
    administrator.get(&format!("/requests/{number}")).await.ok();
    administrator.post(&path, &early).await.refuses("対策会議への報告が済んでいません");
    administrator.get(&format!("/requests/{number}")).await.ok().says("会議報告待ち");
    let council = portal.sign_in("加藤").await;
    let received = [("received_on", "2026-04-01"), ("conclusion", "妥当と認める")];
    let taken = answer(&council, &number, "approve", &received).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.words());
    // one post holds both functions: who ordered the measures also sees that they were taken
    let administrator = portal.sign_in("伊藤").await;
    let closed = answer(&administrator, &number, "approve", &[("prevented_on", "2026-04-01")]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.words());
    administrator.get(&format!("/requests/{number}")).await.ok().says("完了").says("妥当と認める");
    portal.proves(REGULATION, &["20-1-8a", "20-1-8b"]);
}

/// The ID and the password open the portal.
async fn signs_in(portal: &Portal, login: &str) -> bool {
    let browser = portal.browser();
    browser.get("/sign-in").await.ok();
    browser.post("/sign-in", &[("login", login), ("password", PASSWORD)]).await.status == StatusCode::SEE_OTHER
}

#[tokio::test]
async fn a_notice_that_is_withdrawn_opens_the_id_again_and_the_last_administrator_is_not_stopped_by_one() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let row = account(&portal, itself, "山本", &["参照"]).await;
    let clerk = portal.sign_in("田中").await;
    let number = number_of(&give_notice(&clerk, "山本", &row, &[]).await);
    assert!(!signs_in(&portal, "yamamoto").await);
    clerk.get(&format!("/requests/{number}")).await.ok().hides("引き戻す");
    clerk.post(&format!("/requests/{number}/recall"), &[]).await.refuses("受け付けると同時に効力が生じるため");
    clerk.submit(&format!("/requests/{number}/withdrawal"), &[("reason", "誤り")]).await.ok();
    assert!(signs_in(&portal, "yamamoto").await, "the password is the one of before");
    let officer = portal.sign_in("斎藤").await;
    let page = officer.get(&format!("/ledgers/accounts/{row}")).await;
    page.ok().says("有効").says("利用終了届の取りやめによる再開").says(&number);
    assert_eq!(portal.events("sign_in.resumed").await, 1);
    assert_eq!(mails(&portal, "account.end_undone", "山本").await, 1);
    // and it can be given notice of once more
    number_of(&give_notice(&clerk, "山本", &row, &[]).await);
    assert!(!signs_in(&portal, "yamamoto").await);

    // whoever alone administers the portal stays able to
    portal.loses_sign_in("渡辺").await;
    let last = account(&portal, itself, "伊藤", &["参照"]).await;
    let administrator = portal.sign_in("伊藤").await;
    let refused = give_notice(&administrator, "伊藤", &last, &[]).await;
    refused.refuses("役割を務めるただ一人の人です");
    administrator.get("/me/sessions").await.ok();
    assert!(signs_in(&portal, "ito").await);
}

/// 差戻し: the notice may be mended, or name another ID; until it comes again nothing is stopped by it.
#[tokio::test]
async fn a_notice_that_is_returned_opens_the_id_and_stops_what_it_names_when_it_comes_again() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let (first, second) =
        (account(&portal, itself, "山本", &["参照"]).await, account(&portal, itself, "佐藤", &["参照"]).await);
    let clerk = portal.sign_in("田中").await;
    let number = number_of(&give_notice(&clerk, "山本", &first, &[]).await);
    let open = async || (signs_in(&portal, "yamamoto").await, signs_in(&portal, "sato").await);
    assert_eq!(open().await, (false, true));
    let send_back = async || {
        let officer = portal.sign_in("斎藤").await;
        let page = officer.get(&format!("/requests/{number}")).await;
        let (name, seen) = hidden(page.ok(), "seen");
        let fields = [(name.as_str(), seen.as_str()), ("verdict", "return"), ("words", "ログインIDを確かめてください")];
        let sent = officer.post(&format!("/requests/{number}/decision"), &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    };
    let again = async |whose: &str, account: &str| {
        let path = format!("/requests/{number}/mend");
        let form = clerk.get(&path).await;
        let (base, hash) = hidden(form.ok(), "base");
        let fields = [
            (base.as_str(), hash),
            ("person", employee_no(whose)),
            ("accounts", account.to_owned()),
            ("stop_on", "2026-03-31".to_owned()),
            ("reason", "担当替えのため".to_owned()),
        ];
        assert_eq!(number_of(&send(&clerk, &path, &form, &fields).await), number);
    };
    send_back().await;
    assert_eq!(open().await, (true, true), "the password is the one of before");
    let row = portal.sign_in("斎藤").await.get(&format!("/ledgers/accounts/{first}")).await;
    row.ok().says("有効").says("利用終了届の差戻しによる再開").says(&number);
    assert_eq!(mails(&portal, "account.end_undone", "山本").await, 1);

    again("山本", &first).await;
    assert_eq!(open().await, (false, true));
    send_back().await;
    again("佐藤", &second).await;
    assert_eq!(open().await, (true, false));
    // taken back after that, it opens what it stopped last
    clerk.submit(&format!("/requests/{number}/withdrawal"), &[("reason", "誤り")]).await.ok();
    assert_eq!(open().await, (true, true));
}

/// Rights of administration have a procedure of their own here: no ordinary form gives them, and a clerk is shown nobody of another
/// section by it.
#[tokio::test]
async fn rights_of_administration_are_asked_for_by_their_own_procedure() {
    let portal = Portal::open_under(REGULATION).await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let clerk = portal.sign_in("田中").await;
    let path = "/requests/new/account.register";
    let form = clerk.get(path).await;
    let grants = format!("grants.{taxes}");
    let right = option(form.ok(), &grants, "管理者");
    assert!(form.text().contains(&format!("<option value=\"{right}\" disabled>")), "{}", form.text());
    assert!(form.text().contains("<a href=\"/requests/new/privileged.grant\">特権が要るときの申請</a>"));
    let fields = [
        ("person", employee_no("山本")),
        ("grants", taxes.to_string()),
        (grants.as_str(), right),
        ("reason", "担当のため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    send(&clerk, path, &form, &fields).await.refuses("管理者権限は職務用アカウントと分けてください");

    let theirs = "/requests/new/privileged.grant";
    let (own, other) = (employee_no("山本"), employee_no("高橋"));
    let asked = clerk.get(theirs).await;
    assert!(asked.ok().text().contains(&own) && !asked.text().contains(&other), "{}", asked.words());
    let officer = portal.sign_in("斎藤").await.get(theirs).await;
    assert!(officer.ok().text().contains(&other), "whoever has a function finds everybody: {}", officer.words());
}
