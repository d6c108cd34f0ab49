//! 組織が定めた手続: where the regulation has no clause, the organisation itself sets who decides, from a day on, and what was filed
//! before goes on as it was filed.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::engines::regulations::Regulations;
use mamori::engines::requests::KindsInForce;
use mamori::kernel::jobs::Runner;
use sqlx::Executor as _;

use crate::requests::{KIND, Office, decide, execute, mend};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};

pub const REGULATION: &str = "katsuura-operations";
pub const PATH: &str = "/procedures/account.register";
const MARK: &str = "組織が定めた手続";

/// Act, tier, place and days of one step.
pub type Step<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Sends the form of a route: to be checked, to be written again, or to be entered.
pub async fn send_to(by: &Browser<'_>, path: &str, steps: &[Step<'_>], facts: &[(&str, &str)]) -> Page {
    let mut fields: Vec<(String, &str)> = Vec::new();
    for (at, (act, tier, scope, days)) in (1..).zip(steps) {
        let asked = [("act", act), ("by", tier), ("scope", scope), ("days", days)];
        fields.extend(asked.map(|(what, value)| (format!("{what}_{at}"), *value)));
    }
    let mut all: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    all.extend_from_slice(facts);
    by.post(path, &all).await
}

async fn checked(by: &Browser<'_>, steps: &[Step<'_>], from: &str, reason: &str) -> Page {
    send_to(by, PATH, steps, &[("effective_on", from), ("reason", reason), ("_step", "check")]).await
}

pub async fn entered(by: &Browser<'_>, steps: &[Step<'_>], from: &str, password: &str) -> Page {
    let facts = [("effective_on", from), ("reason", "会議で決めたため"), ("own_password", password), ("_step", "send")];
    send_to(by, PATH, steps, &facts).await
}

/// Which of these wait in somebody's tray.
async fn waiting_for<'a>(browser: &Browser<'_>, numbers: &[&'a String]) -> Vec<&'a String> {
    let tray = browser.get("/requests/inbox").await.ok().text();
    numbers.iter().copied().filter(|number| tray.contains(&format!("open={number}\""))).collect()
}

const NEW: [Step<'_>; 2] = [("consult", "sysadmin", "organisation", "2"), ("permit", "head", "organisation", "5")];

#[tokio::test]
async fn the_organisation_sets_a_route_and_requests_under_way_keep_theirs() {
    let office = Office::within(Portal::open_under(REGULATION).await).await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let first = office.file(&clerk, "山本").await;
    let mayor = portal.sign_in("森").await;
    assert_eq!(mayor.get("/requests/inbox").await.status, StatusCode::FORBIDDEN);

    // what the text leaves open, and what it does not
    let desk = portal.sign_in("中村").await;
    let list = desk.get("/procedures").await;
    list.ok().says("組織が経路を定める手続").says("アカウント登録申請").says("主管課長の確認").says("3営業日以内");
    list.says("規程の採用のときから（規程の設定どおり）").says("規程が経路を定める手続").says("利用終了届");
    list.says("証跡には数えません").hides("経路の履歴");
    desk.get(PATH).await.ok().says(MARK).says("いまの経路").says("アカウントの作成").says("実施と受領の段は");

    // in words and with names, before anything is entered
    let check = checked(&desk, &NEW, "2026-04-01", "会議で決めたため").await;
    check.ok().says("新しい経路").says("情報システム管理者の協議").says("伊藤 翔、渡辺 結衣");
    check.says("市長の許可").says("森 和夫").says("5営業日以内").says("斎藤 大輔").says("受領の確認");
    check.says("令和8年4月1日").says("会議で決めたため").says("提出したときの経路で進みます").hides("主管課長");
    let back = send_to(&desk, PATH, &NEW, &[("effective_on", "2026-04-01"), ("reason", "書きかけ"), ("_step", "back")]);
    let back = back.await;
    back.ok().says("1段目ですること").says("書きかけ");
    assert!(back.text().contains(r#"<option value="consult" selected>"#), "{}", back.text());
    let unsure = entered(&desk, &NEW, "2026-04-01", "").await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    unsure.says("新しい経路").says("森 和夫");
    assert_eq!(entered(&desk, &NEW, "2026-04-01", "wrong").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(portal.events("procedure.entered").await, 0);
    desk.get("/procedures").await.ok().says("主管課長の確認");

    let done = entered(&desk, &NEW, "2026-04-01", PASSWORD).await;
    assert_eq!(done.location().as_deref(), Some("/procedures"), "{}", done.words());
    let list = desk.get("/procedures").await;
    list.ok().says("「アカウント登録申請」の経路を登録しました").says("第1版、中村 彩").says("経路の履歴");
    list.says("許可：市長の許可（市長、5営業日以内）").says("会議で決めたため");
    assert_eq!(portal.events("procedure.entered").await, 1);
    portal
        .sign_in("吉田")
        .await
        .get("/audit")
        .await
        .ok()
        .says("組織が定めた手続の経路の登録")
        .says("アカウント登録申請");

    // who applies now applies by it, and those who are asked find it before them
    clerk.get("/requests/new").await.ok().says(MARK);
    clerk
        .get(KIND)
        .await
        .ok()
        .says(MARK)
        .says("証跡には数えません")
        .says("情報システム管理者の協議")
        .says("森 和夫")
        .hides("主管課長の確認");
    let second = office.file(&clerk, "山本").await;
    let manager = portal.sign_in("佐藤").await;
    assert_eq!(waiting_for(&manager, &[&first, &second]).await, [&first]);
    let administrator = portal.sign_in("伊藤").await;
    assert_eq!(waiting_for(&administrator, &[&first, &second]).await, [&second]);
    let advised = decide(&administrator, &second, "opinion", "支障ありません").await;
    assert_eq!(advised.status, StatusCode::SEE_OTHER, "{}", advised.words());
    assert_eq!(waiting_for(&mayor, &[&first, &second]).await, [&second]);
    let page = mayor.get(&format!("/requests/{second}")).await;
    page.ok().says(MARK).says("証跡には数えません").says("市長の許可");
    assert_eq!(office.approve(&mayor, &second).await.status, StatusCode::SEE_OTHER);

    // what was filed before goes its own way to the end, through a return as well
    let page = manager.get(&format!("/requests/{first}")).await;
    page.ok().says("主管課長の確認").hides("市長の許可");
    assert_eq!(decide(&manager, &first, "return", "期間を書いてください").await.status, StatusCode::SEE_OTHER);
    clerk.get(&format!("/requests/{first}/mend")).await.ok().says("主管課長の確認").hides("情報システム管理者の協議");
    assert_eq!(mend(&office, &clerk, &first, "3か月だけ経理の担当になるため").await, first);
    assert!(waiting_for(&administrator, &[&first]).await.is_empty());
    assert_eq!(office.approve(&manager, &first).await.status, StatusCode::SEE_OTHER);
    let officer = portal.sign_in("斎藤").await;
    for (number, issued) in [(&first, "yamamoto.r"), (&second, "yamamoto.r2")] {
        let done = execute(&officer, number, 1, issued).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    }
    assert_eq!(portal.acted("account.register").await, 2);

    // by whatever route: no clause rests on it, and the board names it apart
    let adopted = portal.app.part::<Regulations>().unwrap().operating().unwrap();
    assert!(adopted.clauses_of(&["account.register"]).is_empty());
    portal.sign_in("吉田").await.get("/clauses").await.ok().says(MARK).says("アカウント登録申請");
}

#[tokio::test]
async fn what_was_filed_by_a_route_that_no_longer_fits_goes_on_by_it() {
    let office = Office::within(Portal::open_under(REGULATION).await).await;
    let portal = &office.portal;
    let desk = portal.sign_in("中村").await;
    assert_eq!(entered(&desk, &NEW, "2026-04-01", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    // as if a later version of the portal, or of the regulation's file, allowed less than it did
    let mut db = portal.superuser().await;
    db.execute("set session_replication_role = replica").await.unwrap();
    let longer = r#"update own_route set steps = replace(steps::text, '"due_days": 5', '"due_days": 31')::jsonb"#;
    assert_eq!(db.execute(longer).await.unwrap().rows_affected(), 1);
    portal.app.part::<Regulations>().unwrap().refresh(&portal.app).await.unwrap();
    let kinds = portal.app.part::<KindsInForce>().unwrap().now();
    assert!(kinds.get("account.register").unwrap().own_route.is_none(), "people file by the regulation's own");
    desk.get("/procedures/checkup").await.ok().says("組織が定めた経路がこの手続に合わない");
    clerk.get(KIND).await.ok().says("主管課長の確認").hides("森 和夫");
    clerk.get(&format!("/requests/{number}")).await.ok().says("市長の許可").hides("主管課長の確認");
    let advised = decide(&portal.sign_in("伊藤").await, &number, "opinion", "支障ありません").await;
    assert_eq!(advised.status, StatusCode::SEE_OTHER, "{}", advised.words());
    let mayor = portal.sign_in("森").await;
    assert_eq!(waiting_for(&mayor, &[&number]).await, [&number]);
    assert_eq!(office.approve(&mayor, &number).await.status, StatusCode::SEE_OTHER);

    // and where a clause says itself who decides, the organisation's route counts no more
    db.execute("update own_route set kind = 'account.end'").await.unwrap();
    portal.app.part::<Regulations>().unwrap().refresh(&portal.app).await.unwrap();
    let desk = portal.sign_in("中村").await;
    desk.get("/procedures/checkup").await.ok().says("条文が経路を定めているため、組織が定めた経路は使われません");
}

#[tokio::test]
async fn a_route_for_a_day_to_come_begins_on_it_everywhere_and_is_taken_back_before() {
    let office = Office::within(Portal::open_under(REGULATION).await).await;
    let portal = &office.portal;
    let other = portal.another().await;
    let desk = portal.sign_in("中村").await;
    for (steps, from) in [(&NEW[1..], "2026-04-02"), (&NEW[..], "2026-04-10")] {
        assert_eq!(entered(&desk, steps, from, PASSWORD).await.status, StatusCode::SEE_OTHER);
    }
    desk.get("/procedures").await.ok().says("規程の採用のときから").says("から第1版").says("から第2版");
    let clerk = portal.sign_in("田中").await;
    clerk.get(KIND).await.ok().says("主管課長の確認").hides("森 和夫");

    // the next day it holds, in the other process as well
    portal.advance(TimeDelta::days(1));
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
    other.clock().advance(TimeDelta::days(1));
    Runner::new(&other).unwrap().run_due().await.unwrap();
    for app in [&portal.app, &other] {
        let kinds = app.part::<KindsInForce>().unwrap().now();
        let known = kinds.get("account.register").unwrap();
        let keys: Vec<&str> = known.kind.steps.iter().map(|step| step.key.as_str()).collect();
        assert_eq!(keys, ["own_head_organisation", "execute", "receive"]);
        assert!(known.own_route.is_some());
    }
    let clerk = portal.sign_in("田中").await;
    clerk.get(KIND).await.ok().says("森 和夫").hides("主管課長の確認");

    // what is in force stays; what is to come is taken back, with a reason and the password
    let desk = portal.sign_in("中村").await;
    let list = desk.get("/procedures").await;
    let way = list.ok().attribute("href=\"/procedures/routes/").unwrap();
    let way = format!("/procedures/routes/{way}");
    desk.get(&way).await.ok().says("第2版").says("情報システム管理者の協議").says("適用日の前なので");
    let unsure = desk.post(&way, &[("reason", "見直すため"), ("own_password", "wrong")]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    let empty = desk.post(&way, &[("reason", ""), ("own_password", PASSWORD)]).await;
    empty.refuses("理由を入力してください");
    let done = desk.post(&way, &[("reason", "見直すため"), ("own_password", PASSWORD)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let list = desk.get("/procedures").await;
    list.ok().says("取消し：").says("見直すため").hides("から第2版");
    assert_eq!(list.attribute("href=\"/procedures/routes/"), None);
    assert_eq!(desk.get(&way).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.events("procedure.taken_back").await, 1);

    // and the database holds to it, whoever asks
    let mut db = portal.superuser().await;
    let late = "insert into own_route_taken_back select id, now(), null, 'x' from own_route where version = 1";
    let early = "insert into own_route select gen_random_uuid(), regulation_key, kind, 9, steps, date '2020-01-01', 'x', now(), null
                   from own_route where version = 1";
    for sql in [late, early, "update own_route set reason = 'y'", "delete from own_route_taken_back"] {
        assert!(db.execute(sql).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_route_is_refused_at_its_field() {
    let portal = Portal::open_under(REGULATION).await;
    let desk = portal.sign_in("中村").await;
    let decide = ("decide", "office", "organisation", "3");
    let wrong: [(&[Step<'_>], &str); 9] = [
        (&[("decide", "", "organisation", "3")], "1段目を受け持つ役職を選んでください"),
        (&[("", "", "", "3"), decide], "1段目ですることを選んでください"),
        (&[("decide", "designer", "organisation", "3")], "1段目を受け持つ役職は、表示されているものから選んでください"),
        (&[("execute", "office", "organisation", "3")], "1段目ですることは、表示されているものから選んでください"),
        (&[decide, ("consult", "office", "organisation", "3")], "同じ役職が同じ範囲で二度出てきます"),
        (&[("consult", "office", "organisation", "3")], "承認か許可の段を、少なくとも一つ置いてください"),
        (&[("decide", "office", "organisation", "31")], "処理期限は、1から30までの営業日で入力してください"),
        (&[("decide", "manager", "department", "3")], "その日の経路と同じです"),
        // the only officer would decide on what the officer carries out
        (&[("decide", "operator", "organisation", "3")], "「アカウントの作成」の段を受け持てる人がいなくなります"),
    ];
    for (steps, words) in wrong {
        let page = checked(&desk, steps, "2026-04-02", "会議で決めたため").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        page.says(words).says("会議で決めたため");
    }
    checked(&desk, &[decide], "2026-03-31", "x").await.refuses("適用日は、今日以後の日にしてください");
    checked(&desk, &[decide], "2026-04-02", "").await.refuses("理由を入力してください");
    let asked = [("effective_on", "2026-04-02"), ("reason", "x"), ("joinable", "decide"), ("_step", "check")];
    assert!(send_to(&desk, PATH, &[decide], &asked).await.status.is_client_error());
    let marked = checked(&desk, &[decide], "2026-04-02", "<script>alert(1)</script>").await;
    assert!(!marked.ok().text().contains("<script>alert"));
    marked.says("<script>alert(1)</script>");

    // a clause says who decides, or nobody can be written back to: neither form nor entry
    for (kind, words) in [
        ("account.end", "「利用終了届」の経路は、次の条項が定めています。変えるには、規程の改正が必要です。"),
        ("password.reset", "ログインせずに出される申請です。"),
    ] {
        let path = format!("/procedures/{kind}");
        let page = desk.get(&path).await;
        assert!(!page.ok().text().contains("name=\"act_1\""));
        page.says(words);
        let facts = [("effective_on", "2026-04-02"), ("reason", "x"), ("own_password", PASSWORD), ("_step", "send")];
        send_to(&desk, &path, &[decide], &facts).await.refuses(words);
    }
    desk.get("/procedures/account.end").await.ok().says("パスワード等");
    assert_eq!(desk.get("/procedures/no.such.kind").await.status, StatusCode::NOT_FOUND);

    // others read; only the office sets
    let administrator = portal.sign_in("伊藤").await;
    administrator.get("/procedures").await.ok().says("アカウント登録申請").hides("経路を変更する");
    assert_eq!(administrator.get(PATH).await.status, StatusCode::NOT_FOUND);
    assert_eq!(entered(&administrator, &[decide], "2026-04-02", PASSWORD).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.sign_in("田中").await.get("/procedures").await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.events("procedure.entered").await, 0);
}

#[tokio::test]
async fn where_clauses_ask_for_every_procedure_none_is_the_organisations() {
    let portal = Portal::open().await;
    let desk = portal.sign_in("中村").await;
    let list = desk.get("/procedures").await;
    list.ok().says("すべての手続の経路を規程が定めています").says("システム管理規程 4.1.1(1)").hides("経路を変更する");
    desk.get(PATH).await.ok().says("システム管理規程 4.1.1(1)").says("規程の改正が必要です");
}
