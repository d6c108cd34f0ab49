//! Requests as those read them who decide, work and receive: several systems at once, a refusal, and everything that a
//! decision needs on one page.
use axum::http::StatusCode;
use mamori::features::systems::actions::register;
use mamori::features::systems::model::{Facts, Importance, Level, RightNames};
use mamori::kernel::access::Actor;
use mamori::kernel::ids::SystemId;
use mamori::kernel::work::Work;

use crate::requests::{KIND, Office, content_hash, decide, execute, number_of, option, send};
use crate::support::portal::{Browser, Portal};

/// A second system to ask for.
pub async fn payroll(portal: &Portal) -> SystemId {
    let facts = Facts {
        code: "SYS-102".to_owned(),
        name: "給与システム".to_owned(),
        reading: "きゅうよしすてむ".to_owned(),
        purpose: "給与の計算".to_owned(),
        owner: portal.cast.it,
        importance: Importance::High,
        two_factor: false,
        sharing_rule: String::new(),
    };
    let rights = RightNames(vec![(Level::Standard, "閲覧".to_owned())]);
    portal
        .app
        .change(&Actor::portal(), async |work| register(work, SystemId::new(work.now), &facts, &rights, false).await)
        .await
        .unwrap()
}

/// Files for 山本: these systems with these rights.
pub async fn file(browser: &Browser<'_>, systems: &[(SystemId, &str)]) -> String {
    let form = browser.get(KIND).await;
    let mut answers = vec![
        ("_id".to_owned(), form.ok().attribute("name=\"_id\" value=\"").unwrap()),
        ("person".to_owned(), "001002".to_owned()),
        ("reason".to_owned(), "給与の支払を担当するため".to_owned()),
        ("from".to_owned(), "2026-04-01".to_owned()),
    ];
    for (system, right) in systems {
        let list = format!("grants.{system}");
        let right = option(&form, &list, right);
        answers.extend([("grants".to_owned(), system.to_string()), (list, right)]);
    }
    number_of(&send(browser, KIND, &answers, "send").await)
}

/// The line of the only request that is about this system.
async fn line_of(portal: &Portal, system: &str) -> u16 {
    let sql = "select no from request_line where subject like $1 || '%'";
    let mut db = portal.superuser().await;
    let no: i32 = sqlx::query_scalar(sql).bind(system).fetch_one(&mut db).await.unwrap();
    u16::try_from(no).unwrap()
}

#[tokio::test]
async fn two_systems_are_two_lines_and_each_ends_in_its_own_way() {
    let office = Office::open().await;
    let portal = &office.portal;
    let payroll = payroll(portal).await;
    let clerk = portal.sign_in("田中").await;
    let number = file(&clerk, &[(office.system, "参照"), (payroll, "閲覧")]).await;
    let path = format!("/requests/{number}");

    let manager = portal.sign_in("佐藤").await;
    let page = manager.get(&path).await;
    page.ok().says("財務会計システム 山本 蓮").says("給与システム 山本 蓮");
    assert_eq!(page.words().matches("実施時に追加").count(), 2, "a row of the ledger for each: {}", page.words());
    office.approve(&manager, &number).await;

    let admin = portal.sign_in("伊藤").await;
    let (done_line, left_line) = (line_of(portal, "財務会計システム").await, line_of(portal, "給与システム").await);
    let done = execute(&admin, &number, done_line, "yamamoto.r").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    assert_eq!(portal.acted("account.ledger.created").await, 1);
    admin.get("/requests/work").await.ok().says(&number);
    admin.get(&path).await.ok().says("実施中").says("未実施");

    let line = format!("{path}/lines/{left_line}");
    admin.get(&line).await.ok().says("この行だけ実施しない").says("給与システム");
    let hash = content_hash(portal, &number).await;
    let declined = format!("{line}/declined");
    admin.post(&declined, &[("_seen", &hash), ("words", " ")]).await.refuses("理由を入力してください");
    let why = "給与システムは来月に替わるため、新しい方で申請してください。";
    let left = admin.post(&declined, &[("_seen", &hash), ("words", why)]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.words());
    admin.get(&path).await.ok();
    admin.get("/requests/work").await.ok().hides(&number);
    admin.post(&line, &[("_seen", &hash)]).await.refuses("最新の内容を開いてください");

    let user = portal.sign_in("山本").await;
    user.get(&path).await.ok().says("受領待ち").says("実施せず").says(why);
    user.post(&format!("{line}/receipt"), &[]).await.refuses("すでに処理が済んでいます");
    let received = user.submit(&format!("{path}/lines/{done_line}/receipt"), &[]).await;
    received.ok().says("完了").says("山本 蓮が受領しました");
    clerk.get(&path).await.ok().says("完了").says(why);
    let counted: (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from acknowledgement), (select count(*) from account where holder_id = $1),
                (select count(*) from request where phase = 'completed')",
    )
    .bind(portal.cast.get("山本").id.0)
    .fetch_one(&mut portal.superuser().await)
    .await
    .unwrap();
    assert_eq!(counted, (1, 1, 1), "one receipt, one account, and the request is complete");
}

#[tokio::test]
async fn a_right_that_administers_a_system_is_marked_before_it_is_decided_about() {
    let office = Office::open().await;
    let portal = &office.portal;
    let facts = Facts {
        code: "SYS-103".to_owned(),
        name: "電子決裁システム".to_owned(),
        reading: "でんしけつさいしすてむ".to_owned(),
        purpose: "文書の決裁".to_owned(),
        owner: portal.cast.it,
        importance: Importance::High,
        two_factor: false,
        sharing_rule: String::new(),
    };
    let rights = RightNames(vec![(Level::Standard, "閲覧".to_owned()), (Level::Privileged, "管理".to_owned())]);
    let add = async |work: &mut Work| register(work, SystemId::new(work.now), &facts, &rights, false).await;
    let system = portal.app.change(&Actor::portal(), add).await.unwrap();
    let clerk = portal.sign_in("田中").await;
    let ordinary = file(&clerk, &[(office.system, "参照")]).await;
    let number = file(&clerk, &[(system, "管理")]).await;
    let manager = portal.sign_in("佐藤").await;
    manager
        .get(&format!("/requests/inbox?open={number}"))
        .await
        .ok()
        .says(&format!("特権{number}"))
        .hides(&format!("特権{ordinary}"))
        .says("電子決裁システム — 管理 特権");
    manager.get(&format!("/requests/{number}")).await.ok().says("電子決裁システム — 管理 特権");
    manager.get(&format!("/requests/{ordinary}")).await.ok().hides("参照 特権");
    decide(&manager, &number, "approve", "").await;
    portal.sign_in("伊藤").await.get("/requests/work").await.ok().says("アカウント登録申請 特権");
}

#[tokio::test]
async fn a_refusal_needs_its_reason_which_the_applicant_reads_word_for_word_and_ends_the_request() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let manager = portal.sign_in("佐藤").await;
    let number = office.file(&clerk, "山本").await;
    decide(&manager, &number, "refuse", "  ").await.refuses("理由を入力してください");
    clerk.get(&format!("/requests/{number}")).await.ok().says("承認中");
    let why = "経理の担当は4月に置かないことになりました。\n必要になったら、改めて相談してください。";
    let done = decide(&manager, &number, "refuse", why).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());

    let page = clerk.get(&format!("/requests/{number}")).await;
    page.ok().says("却下").says("佐藤 直樹が却下しました").says(&why.replace('\n', " "));
    assert!(page.text().contains(why), "line by line, as it was written");
    // nothing of it looks as if it were still to come: no step, no work, and nobody's name beside them
    page.says("却下で終わりました").says("この段階には進みません").says("実施しません");
    page.hides("未実施").hides("段階が済み").hides("伊藤");
    let told: Vec<String> = sqlx::query_scalar("select subject from outbox where recipient = 'tanaka@example.jp'")
        .fetch_all(&mut portal.superuser().await)
        .await
        .unwrap();
    assert!(told.contains(&format!("【Mamori】却下されました：{number} アカウント登録申請")), "{told:?}");

    clerk.get(&format!("/requests/{number}/mend")).await.refuses("この申請は却下されています");
    let form = clerk.get(KIND).await;
    let mut answers = office.answers(&form, "山本", "もう一度お願いします");
    answers.push(("_base".to_owned(), content_hash(portal, &number).await));
    let again = send(&clerk, &format!("/requests/{number}/mend"), &answers, "send").await;
    again.refuses("この申請は却下されています");
    clerk.post(&format!("/requests/{number}/withdrawal"), &[]).await.refuses("この申請は却下されています");
    let admin = portal.sign_in("伊藤").await;
    admin.get("/requests/work").await.ok().hides(&number);
    admin.get(&format!("/requests/{number}/lines/1")).await.refuses("この申請は却下されています");
    manager.get(&format!("/requests/{number}")).await.ok();
    manager.get("/requests/inbox").await.ok().hides(&number);
    assert_eq!(portal.events("request.refused").await, 1);
    assert_eq!(portal.events("request.resubmitted").await, 0);
}

#[tokio::test]
async fn whoever_decides_sees_everything_on_one_page() {
    let office = Office::open().await;
    let portal = &office.portal;
    let payroll = payroll(portal).await;
    let clerk = portal.sign_in("田中").await;
    let manager = portal.sign_in("佐藤").await;
    let first = file(&clerk, &[(office.system, "参照")]).await;
    office.approve(&manager, &first).await;
    let admin = portal.sign_in("伊藤").await;
    execute(&admin, &first, 1, "yamamoto.r").await;
    let second = file(&clerk, &[(payroll, "閲覧")]).await;

    let page = manager.get("/requests/inbox").await;
    page.ok().says(&second).says("給与の支払を担当するため").says("給与システム — 閲覧");
    // what will change, beside what stays as it is
    page.says("給与システム 山本 蓮 実施時に追加").says("利用者 山本 蓮").says("権限 閲覧").says("状態 有効");
    page.says("yamamoto.r").says("財務会計システム 山本 蓮 変化なし").says("権限 参照");
    // who has asked for what before, and by which clause it is asked
    page.says("この人の前の申請").says(&first);
    page.says("この申請が果たす規程").says("システム管理規程 4.1.1(1)").says("アカウントの作成");
    page.says("ここまでの判断").says("承認する").says("差し戻す").says("却下する");
    // of the steps one is the present one, and of each request the list says of which kind it is
    assert_eq!(page.text().matches(" aria-current=\"step\"").count(), 1);
    page.says(&format!("{second}アカウント登録申請"));
    clerk.get("/requests").await.ok().says("アカウント登録申請");
    admin.get("/requests/work").await.ok().hides(&second);
    office.approve(&manager, &second).await;
    admin.get("/requests/work").await.ok().says(&second).says("アカウント登録申請");
}

/// What 4.1.1(1) asks for, in the catalogue's words.
const RULE: &str =
    "利用部門から社内の正式な手続きで新規アカウントの申請があれば、システム管理者は利用者ごとにアカウントを作る。";

#[tokio::test]
async fn whoever_decides_or_works_reads_the_clause_behind_it_and_whoever_asks_does_not() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let path = format!("/requests/{number}");
    let user = portal.sign_in("山本").await;
    let administrator = portal.sign_in("伊藤").await;
    for reader in [&clerk, &user, &administrator] {
        reader.get(&path).await.ok().says("システム管理規程 4.1.1(1)").says("アカウントの作成").hides(RULE);
    }
    assert_eq!(portal.events("clause.viewed").await, 0);

    let manager = portal.sign_in("佐藤").await;
    manager.get(&path).await.ok().says("システム管理規程 4.1.1(1)").says("アカウントの作成").says(RULE);
    manager.get("/requests/inbox").await.ok().says(RULE);
    // every look is written down, and the text itself stays closed
    assert_eq!(portal.events("clause.viewed").await, 2);
    let closed = manager.get("/clauses/system-management/4.1.1-1-a").await;
    assert_eq!(closed.status, StatusCode::NOT_FOUND);

    office.approve(&manager, &number).await;
    manager.get(&path).await.ok().says(RULE);
    administrator.get(&path).await.ok().says(RULE);
    clerk.get(&path).await.ok().hides(RULE);
    user.get(&path).await.ok().hides(RULE);
    let english = portal.sign_in("佐藤").await;
    english.post("/preferences", &[("lang", "en"), ("return_to", "/")]).await;
    english.get(&path).await.ok().says("On a formal application by the user department");
}

#[tokio::test]
async fn what_was_carried_out_offers_what_can_be_asked_for_next_about_the_same_row() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let path = format!("/requests/{number}");
    let next = "続けて申請する：";
    clerk.get(&path).await.ok().hides(next);
    let manager = portal.sign_in("佐藤").await;
    office.approve(&manager, &number).await;
    execute(&portal.sign_in("伊藤").await, &number, 1, "yamamoto.r").await;
    // whoever cannot open the row is not led to it
    clerk.get(&path).await.ok().hides(next);
    let user = portal.sign_in("山本").await;
    let page = user.get(&path).await;
    page.ok().says("同じ台帳の行についての申請").says(next);
    let html = page.text();
    let link = html.split("href=\"/requests/new/account.change?").nth(1).expect("no way to the change");
    let query = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let person = portal.cast.get("山本").id;
    assert!(query.contains(&format!("person={person}")) && query.contains("accounts="), "{query}");
    assert!(html.contains("href=\"/requests/new/account.stop?"));
    // whom and what it is about stand in the form already
    let form = user.get(&format!("/requests/new/account.change?{query}")).await;
    form.ok().says("山本 蓮");
    assert!(form.text().contains(" checked"), "the row is not chosen: {}", form.words());
}
