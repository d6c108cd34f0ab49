//! 人事異動: what is entered days before, the 人事異動対応表 that follows from it, and what the portal does when the day begins.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::features::movements::actions::enter;
use mamori::features::movements::model::{Kind, NewMovement, Source};
use mamori::kernel::access::Actor;
use mamori::kernel::ids::{PersonId, SystemId};
use mamori::kernel::jobs::Runner;
use mamori::kernel::work::Work;

use crate::accounts::{add, add_owned, hidden};
use crate::left_vacant::seen;
use crate::requests::{Office, decide, employee_no, number_of, option, send};
use crate::roster_import::{confirm, looked, roster};
use crate::support::ground::open_account;
use crate::support::portal::{Browser, PASSWORD, Page, Portal};
use crate::under_coop::{Coop, answer, finish};
use crate::under_coop_sign_in::own_account;

const COOP: &str = "coop-operations";
const REGISTER: &str = "/requests/new/account.register";

async fn coop() -> Office {
    Office::within(Portal::open_under(COOP).await).await
}

/// Everything that is due by now.
pub async fn run(portal: &Portal) {
    for _ in 0..2 {
        Runner::new(&portal.app).unwrap().run_due().await.unwrap();
    }
}

/// The row of the 人事異動対応表 for this change of somebody of the cast, entered where nobody did.
pub async fn moved(portal: &Portal, name: &str, kind: Kind, on: &str) -> String {
    moved_person(portal, portal.cast.get(name).id, kind, on).await
}

/// The same for somebody who is not of the cast.
pub async fn moved_person(portal: &Portal, person: PersonId, kind: Kind, on: &str) -> String {
    let new = NewMovement { person, kind, effective_on: on.parse().unwrap(), to: None, source: Source::Entered };
    portal.app.change(&Actor::portal(), async |work: &mut Work| enter(work, &new).await).await.unwrap();
    row_of(portal, person, kind).await
}

async fn row_of(portal: &Portal, person: PersonId, kind: Kind) -> String {
    let mut db = portal.superuser().await;
    sqlx::query_scalar(
        "select id::text from personnel_movement where person_id = $1 and kind = $2 and cancelled_at is null",
    )
    .bind(person.0)
    .bind(kind.key())
    .fetch_one(&mut db)
    .await
    .unwrap()
}

async fn order(office: &Browser<'_>, person: &str, fields: &[(&str, &str)]) -> Page {
    office.get("/movements/new").await.ok();
    let mut all = vec![("person", person)];
    all.extend_from_slice(fields);
    let page = office.submit("/movements", &all).await;
    // what becomes vacant by it is looked at first
    let seen = seen(&page);
    if seen.is_empty() {
        return page;
    }
    all.push(("seen", &seen));
    office.submit("/movements", &all).await
}

/// The portal's own row in the ledger, and this person's account there.
async fn portal_account(portal: &Portal, name: &str) -> String {
    let id = add(portal, "SYS-001", "この情報管理ポータル", true).await;
    let mut db = portal.superuser().await;
    open_account(portal, &mut db, id, name).await
}

fn said(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

async fn mails(portal: &Portal, login: &str, kind: &str) -> Vec<String> {
    let told = portal.told(kind).await;
    told.into_iter().filter(|told| told.mail == format!("{login}@example.jp")).map(|told| told.said).collect()
}

/// State and cause of a row of the ledger.
async fn state(portal: &Portal, account: &str) -> String {
    let mut db = portal.superuser().await;
    sqlx::query_scalar("select state || ' ' || coalesce(stop_reason, '') from account where id = $1::uuid")
        .bind(account)
        .fetch_one(&mut db)
        .await
        .unwrap()
}

/// Signing in is refused as to a stranger.
async fn out(portal: &Portal, name: &str) {
    let again = portal.browser();
    again.get("/sign-in").await;
    let login = portal.cast.get(name).login.clone();
    let refused = again.post("/sign-in", &[("login", &login), ("password", PASSWORD)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} signs in");
}

/// From nine in the morning to the last minutes of a day so many days later.
fn to_evening(days: i64) -> TimeDelta {
    TimeDelta::days(days) + TimeDelta::hours(14) + TimeDelta::minutes(55)
}

/// The way from the table to a form.
fn way(page: &Page, kind: &str) -> String {
    let html = page.text();
    let from = html.find(&format!("/requests/new/{kind}?")).unwrap_or_else(|| panic!("no way to {kind}"));
    html[from..from + html[from..].find('"').unwrap()].replace("&amp;", "&").replace("&#38;", "&")
}

/// A list of the personnel system with somebody who comes on a day.
async fn somebody_comes(portal: &Portal, desk: &Browser<'_>, day: &str) {
    let csv = roster(portal).await;
    let csv = format!("{csv}002001,新井 花子,アライ　ハナコ,100,営業部,主事,正職員,{day},,arai@example.jp\r\n");
    let (at, page) = looked(desk, csv.as_bytes()).await;
    assert_eq!(confirm(desk, &at, &page).await.status, StatusCode::SEE_OTHER);
    run(portal).await;
}

#[tokio::test]
async fn each_change_calls_for_a_request_of_the_manager_and_is_shown_until_it_is_filed() {
    let office = coop().await;
    let portal = &office.portal;
    let desk = portal.sign_in("中村").await;
    let general = portal.cast.general.to_string();
    let there =
        [("kind", "transfer"), ("effective_on", "2026-04-10"), ("to_department", &general), ("to_tier", "staff")];
    order(&desk, "山本 蓮", &there).await.ok().says("人事異動を入力しました").says("発令前");
    order(&desk, "山本 蓮", &there).await.refuses("すでに入力されています");
    let no_place = order(&desk, "山本 蓮", &[("kind", "transfer"), ("effective_on", "2026-04-11")]).await;
    assert_eq!(no_place.status, StatusCode::UNPROCESSABLE_ENTITY);
    order(&desk, "山", &[("kind", "leave"), ("effective_on", "2026-04-11")]).await.refuses("1人に決められません");
    let own = [("kind", "retirement"), ("effective_on", "2026-04-11")];
    order(&desk, &employee_no(portal, "中村"), &own).await.refuses("自分の人事異動は入力できません");
    // 担当替え, 出向, 退職 call for their requests too; leave calls for none
    let others = [("田中", "secondment", "2026-04-20"), ("佐藤", "leave", "2026-04-21")];
    for (name, kind, day) in others {
        order(&desk, &employee_no(portal, name), &[("kind", kind), ("effective_on", day)]).await.ok();
    }
    // a list of the personnel system tells it as well (取込)
    somebody_comes(portal, &desk, "令和8年4月6日").await;
    desk.get("/movements").await.ok().says("名簿から").hides("発令日を過ぎて申請未起票");

    // the section's manager sees person, date and operation, what is not filed, and how many days are left
    let manager = portal.sign_in("佐藤").await;
    let page = manager.get("/movements").await;
    page.ok().says("人事異動対応表").says("山本 蓮").says("4月10日").says("アカウントの変更").says("あと9日");
    page.says("新井 花子").says("採用").says("アカウントの登録").says("申請未起票").says("あと5日").says("出向");
    // nobody else of the sections, until the day
    let other = portal.sign_in("高橋").await;
    other.get("/movements").await.ok().says("山本 蓮").hides("申請未起票").hides("新井 花子").hides("田中 陽向");
    for name in ["田中", "山本", "鈴木", "小林", "吉田"] {
        let browser = portal.sign_in(name).await;
        assert_eq!(browser.get("/movements").await.status, StatusCode::FORBIDDEN, "{name}");
        assert_eq!(browser.get("/movements/rights").await.status, StatusCode::FORBIDDEN, "{name}");
    }

    // the row opens the form with all that is known, and the request that is filed names the row
    let form = manager.get(&way(&page, "account.register")).await;
    form.ok().says("新井 花子").says("採用 令和8年4月6日");
    let system = office.system.to_string();
    let grants = format!("grants.{system}");
    let movement = option(&form, "movement", "採用");
    let answers = [
        said("_id", &form.attribute("name=\"_id\" value=\"").unwrap()),
        said("person", "002001"),
        said("movement", &movement),
        said("grants", &system),
        said(&grants, &option(&form, &grants, "参照")),
        said("reason", "共済の受付を担当するため"),
        said("from", "2026-04-06"),
    ];
    let number = number_of(&send(&manager, REGISTER, &answers, "send").await);
    manager.get(&format!("/requests/{number}")).await.ok().says("人事異動対応表の行").says("採用 令和8年4月6日");
    manager.get("/movements").await.ok().says(&number).hides("あと5日");
    assert_eq!(portal.acted("personnel.table").await, 1);

    // the post moves when the day begins, and what is still not filed comes to the office's page
    let clerk = portal.sign_in("山本").await;
    clerk.get("/").await.ok().says("営業部");
    portal.advance(TimeDelta::hours(15) + TimeDelta::days(8));
    run(portal).await;
    let clerk = portal.sign_in("山本").await;
    clerk.get("/").await.ok().says("総務部").hides("営業部");
    portal.advance(TimeDelta::days(1));
    run(portal).await;
    let desk = portal.sign_in("中村").await;
    let late = desk.get("/movements").await;
    late.ok().says("発令日を過ぎて申請未起票").says("山本 蓮").says("発令済");
    assert_eq!(portal.events("movement.carried_out").await, 2);
    portal.proves(COOP, &["21-4"]);
}

/// The manager files the draft with this address as it is, but for the day.
async fn file_draft(manager: &Browser<'_>, draft: &str, account: &str, today: &str) -> String {
    let page = manager.get(draft).await;
    page.ok().says("退職が発令されるため").says("ポータル（自動作成）");
    let open = page.attribute("class=\"btn btn--primary\" href=\"").unwrap();
    let form = manager.get(&open).await;
    form.ok().says("山本 蓮").says("退職のため");
    let answers = |day: &str| {
        [
            said("_id", &form.attribute("name=\"_id\" value=\"").unwrap()),
            said("_draft", &form.attribute("name=\"_draft\" value=\"").unwrap()),
            said("person", "001002"),
            said("movement", &option(&form, "movement", "退職")),
            said("accounts", account),
            said("stop_on", day),
            said("reason", "退職のため"),
        ]
    };
    let later = send(manager, "/requests/new/account.stop", &answers("2026-04-30"), "send").await;
    assert_eq!(later.status, StatusCode::UNPROCESSABLE_ENTITY);
    later.says("退職日までに（過ぎているときは今日）取り消してください");
    number_of(&send(manager, "/requests/new/account.stop", &answers(today), "send").await)
}

/// The address of the draft that waits for this manager and names this system.
async fn draft_about(manager: &Browser<'_>, system: &str) -> String {
    let drafts = manager.get("/requests/drafts").await.text();
    let links = crate::support::html::links(&drafts).into_iter().filter(|link| link.starts_with("/requests/drafts/"));
    for link in links {
        if manager.get(&link).await.text().contains(system) {
            return link;
        }
    }
    panic!("no draft about {system}")
}

#[tokio::test]
async fn a_retirement_ends_signing_in_at_midnight_and_asks_for_the_rest_every_day() {
    let coop = Coop::open().await;
    let portal = &coop.portal;
    let mut db = portal.superuser().await;
    let account = open_account(portal, &mut db, coop.sales, "山本").await;
    let own = portal_account(portal, "山本").await;
    let desk = portal.sign_in("中村").await;
    order(&desk, &employee_no(portal, "山本"), &[("kind", "retirement"), ("effective_on", "2026-04-05")]).await.ok();
    run(portal).await;

    // a draft for each account waits for the manager, once
    let manager = portal.sign_in("佐藤").await;
    manager.get("/movements").await.ok().says("アカウントの抹消").says("申請未起票").says("あと4日");
    let drafts = manager.get("/requests/drafts").await;
    drafts.ok().says("アカウント抹消申請").says("山本 蓮").says("あと4日");
    run(portal).await;
    assert_eq!(portal.events("draft.prepared").await, 2);
    assert_eq!(mails(portal, "sato", "draft.prepared").await.len(), 2);

    // filed in time, the work on the other system is due on the last day itself
    let draft = draft_about(&manager, "販売管理システム").await;
    let number = file_draft(&manager, &draft, &account, "2026-04-05").await;
    let admin = portal.sign_in("伊藤").await;
    admin.get(&format!("/requests/{number}/lines/1")).await.refuses("事務管理者の承認がありません");
    assert_eq!(decide(&desk, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
    let due: String = sqlx::query_scalar(
        "select t.due::text from request r join request_turns_pub t on t.request_id = r.id where r.number = $1",
    )
    .bind(&number)
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(due, "2026-04-05");
    admin.get("/requests/work").await.ok().says(&number).says("あと4日");

    // on the last day everything is as it was
    portal.advance(to_evening(4));
    let leaver = portal.sign_in("山本").await;
    run(portal).await;
    leaver.get("/").await.ok();
    assert_eq!(state(portal, &own).await, "active ");
    // at its end the sign-in stops and its sessions end, without anybody's approval
    portal.advance(TimeDelta::minutes(5));
    run(portal).await;
    assert_eq!(leaver.get("/").await.status, StatusCode::SEE_OTHER);
    out(portal, "山本").await;
    assert_eq!(state(portal, &own).await, "stopped retirement");
    let desk = portal.sign_in("中村").await;
    desk.get(&format!("/ledgers/accounts/{own}")).await.ok().says("停止").says("退職").hides("抹消の確定 4月");
    desk.get("/movements").await.ok().says("退職者アカウント未抹消").says("販売管理システム").says("1日超過");

    // those who answer for it are told every day, once a day
    for day in 1..=2 {
        portal.advance(TimeDelta::hours(if day == 1 { 3 } else { 24 }));
        run(portal).await;
        run(portal).await;
        for login in ["sato", "nakamura", "ito", "watanabe"] {
            let told = mails(portal, login, "movement.left_behind").await;
            assert_eq!(told.len(), day, "{login}: {told:?}");
            assert!(told[0].starts_with("退職者アカウント未抹消"));
        }
    }

    // cancelled they are by the approved route only, and it is final when the report was confirmed
    let manager = portal.sign_in("佐藤").await;
    let draft = draft_about(&manager, "この情報管理ポータル").await;
    let other = file_draft(&manager, &draft, &own, "2026-04-07").await;
    finish(&coop, &other, &[false]).await;
    let designee = portal.sign_in("斎藤").await;
    let path = format!("/requests/{number}/lines/1");
    let (name, seen) = hidden(&designee.get(&path).await, "seen");
    assert_eq!(designee.post(&path, &[(&name, &seen)]).await.status, StatusCode::SEE_OTHER);
    let desk = portal.sign_in("中村").await;
    let ledger = format!("/ledgers/accounts/{account}");
    desk.get(&ledger).await.ok().says("停止").says(&number).hides("抹消の確定 4月");
    for never in ["2026-04-01T02:00", "2027-04-07T02:00"] {
        let report = [("done", "抹消した"), ("worked_at", never), ("deviation", "none")];
        let mend = answer(&coop, &designee, &number, "report", &report).await;
        assert_eq!(mend.status, StatusCode::UNPROCESSABLE_ENTITY, "{never}: {}", mend.words());
    }
    let report = [("done", "抹消した"), ("worked_at", "2026-04-07T02:00"), ("deviation", "none")];
    assert_eq!(answer(&coop, &designee, &number, "report", &report).await.status, StatusCode::SEE_OTHER);
    desk.get(&ledger).await.ok().hides("抹消の確定 4月");
    assert_eq!(answer(&coop, &desk, &number, "approve", &[]).await.status, StatusCode::SEE_OTHER);
    desk.get(&ledger).await.ok().says("抹消の確定 4月7日").says("退職日から取消までの日数 2");
    let stopped = desk.get(&format!("/ledgers/accounts/{own}")).await;
    stopped.ok().says("申請").says(&other).says("抹消の確定 4月7日").says("退職日から取消までの日数 1");
    desk.get("/movements").await.ok().hides("退職者アカウント未抹消").says(&number).says(&other);
    portal.proves(COOP, &["21-4-3a"]);
}

#[tokio::test]
async fn every_right_of_somebody_who_moves_is_kept_changed_or_removed_and_stays_in_view_until_then() {
    let coop = Coop::open().await;
    let portal = &coop.portal;
    let mut db = portal.superuser().await;
    let sales = open_account(portal, &mut db, coop.sales, "山本").await;
    let stock = open_account(portal, &mut db, coop.stock, "山本").await;
    let third = add(portal, "SYS-004", "勤怠管理システム", false).await;
    let third = open_account(portal, &mut db, third, "山本").await;
    let desk = portal.sign_in("中村").await;
    let general = portal.cast.general.to_string();
    let there =
        [("kind", "transfer"), ("effective_on", "2026-04-02"), ("to_department", &general), ("to_tier", "staff")];
    order(&desk, "山本 蓮", &there).await.ok();
    let manager = portal.sign_in("佐藤").await;
    manager.get("/movements/rights").await.ok().says("異動後未整理の権限はありません").hides("山本 蓮");

    // the day is over, and nobody has said what becomes of them
    portal.advance(TimeDelta::days(2));
    run(portal).await;
    let manager = portal.sign_in("佐藤").await;
    let left = manager.get("/movements/rights").await;
    left.ok().says("権限見直し").says("異動後未整理").says("山本 蓮").says("販売管理システム").says("在庫管理システム");
    portal.sign_in("中村").await.get("/movements/rights").await.ok().says("山本 蓮").says("勤怠管理システム");
    portal.sign_in("鈴木").await.get("/movements/rights").await.hides("山本 蓮");

    // the row opens the form: each present right, to be kept, changed or removed
    let form = manager.get(&way(&left, "account.change")).await;
    form.ok().says("異動 令和8年4月2日").says("旧権限の扱い");
    let held = |account: &str| format!("accounts.{account}");
    for account in [&sales, &stock, &third] {
        for treatment in ["継続（参照）", "変更 → 登録・修正", "削除（参照）"] {
            option(&form, &held(account), treatment);
        }
    }
    let mut answers = vec![
        said("_id", &form.attribute("name=\"_id\" value=\"").unwrap()),
        said("person", &employee_no(portal, "山本")),
        said("movement", &option(&form, "movement", "異動")),
        said(&held(&sales), &option(&form, &held(&sales), "継続")),
        said(&held(&stock), &option(&form, &held(&stock), "変更 → 登録・修正")),
        said("reason", "総務部でも受注の内容を見るため"),
        said("from", "2026-04-03"),
    ];
    let lacking = send(&manager, "/requests/new/account.change", &answers, "send").await;
    assert_eq!(lacking.status, StatusCode::UNPROCESSABLE_ENTITY);
    lacking.says("すべての権限に扱いを指定してください");
    let kept = |page: &Page, value: &str| page.text().contains(&format!("value=\"{value}\" selected"));
    assert!(kept(&lacking, "keep"), "what was chosen is still chosen");
    assert_eq!(portal.events("request.filed").await, 0);
    answers.push(said(&held(&third), &option(&form, &held(&third), "削除")));
    let number = number_of(&send(&manager, "/requests/new/account.change", &answers, "send").await);
    let sheet = manager.get(&format!("/requests/{number}")).await;
    sheet.ok().says("継続（参照）").says("参照 → 登録・修正").says("削除（参照）").says("異動 令和8年4月2日");
    manager.get("/movements").await.ok().says(&number).hides("申請未起票");
    manager.get("/movements/rights").await.ok().says("山本 蓮");

    // carried out as approved; what is kept goes with its holder
    finish(&coop, &number, &[true, true, false]).await;
    assert_eq!(state(portal, &third).await, "stopped request");
    let new = portal.sign_in("高橋").await;
    new.get(&format!("/ledgers/accounts/{stock}")).await.ok().says("登録・修正").says("総務部").says(&number);
    new.get(&format!("/ledgers/accounts/{sales}")).await.ok().says("参照").says(&number);
    let manager = portal.sign_in("佐藤").await;
    manager.get("/movements/rights").await.ok().says("異動後未整理の権限はありません");
    portal.proves(COOP, &["21-4-3b"]);
}

#[tokio::test]
async fn those_not_permanently_employed_need_a_reason_and_an_end_and_the_end_asks_for_the_cancellation() {
    let office = coop().await;
    let portal = &office.portal;
    let mut db = portal.superuser().await;
    let person = portal.cast.get("山本").id.0;
    let part_time = "update person set employment = 'part_time' where id = $1";
    sqlx::query(part_time).bind(person).execute(&mut db).await.unwrap();
    let row = moved(portal, "山本", Kind::Reassignment, "2026-04-01").await;
    let manager = portal.sign_in("佐藤").await;
    let form = manager.get(REGISTER).await;
    let mut whole = office.answers(&form, "山本", "共済の受付を担当するため");
    whole.extend([said("movement", &row), said("until", "2026-04-03")]);
    for (left_out, label) in [("reason", "業務上の必要"), ("until", "終了予定日")] {
        let kept: Vec<_> = whole.iter().filter(|(name, _)| name != left_out).cloned().collect();
        let refused = send(&manager, REGISTER, &kept, "send").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says(&format!("非常勤の方の登録には{label}の記入が必要です"));
    }
    assert_eq!(portal.events("request.filed").await, 0);
    let number = number_of(&send(&manager, REGISTER, &whole, "send").await);
    manager.get(&format!("/requests/{number}")).await.ok().says("業務上の必要").says("令和8年4月3日");

    // the planned end of an account asks for its cancellation, on its day and once
    let account = open_account(portal, &mut db, office.system, "山本").await;
    sqlx::query("update account set until_on = '2026-04-03', version = version + 1 where id = $1::uuid")
        .bind(&account)
        .execute(&mut db)
        .await
        .unwrap();
    portal.advance(TimeDelta::days(1));
    run(portal).await;
    assert_eq!(portal.events("draft.prepared").await, 0);
    for _ in 0..2 {
        portal.advance(TimeDelta::days(1));
        run(portal).await;
    }
    assert_eq!(portal.events("draft.prepared").await, 1);
    let manager = portal.sign_in("佐藤").await;
    manager.get("/movements").await.ok().says("終了予定日").says("アカウントの抹消").says("自動");
    let draft = draft_about(&manager, "財務会計システム").await;
    let page = manager.get(&draft).await;
    page.ok().says("アカウントの終了予定日になりました").says("アカウント抹消申請").says("山本 蓮");
    // it is filed with its row
    let form = manager.get(&page.attribute("class=\"btn btn--primary\" href=\"").unwrap()).await;
    let answers = [
        said("_id", &form.attribute("name=\"_id\" value=\"").unwrap()),
        said("_draft", &form.attribute("name=\"_draft\" value=\"").unwrap()),
        said("person", &employee_no(portal, "山本")),
        said("movement", &option(&form, "movement", "終了予定日")),
        said("accounts", &account),
        said("stop_on", "2026-04-04"),
        said("reason", "終了予定日になったため"),
    ];
    let number = number_of(&send(&manager, "/requests/new/account.stop", &answers, "send").await);
    manager.get("/movements").await.ok().says(&number);
    portal.proves(COOP, &["21-4-2"]);
}

/// The request or notice by which this regulation cancels an account, filed by whoever may; its number.
async fn cancelled_by(portal: &Portal, regulation: &str, system: SystemId, account: &str, today: &str) -> String {
    let (kind, applicant) = match regulation {
        "katsuura-operations" => ("account.end", "田中"),
        COOP => ("account.stop", "佐藤"),
        _ => ("account.stop", "田中"),
    };
    let path = format!("/requests/new/{kind}");
    let browser = portal.sign_in(applicant).await;
    let form = browser.get(&format!("{path}?person={}", employee_no(portal, "山本"))).await;
    form.ok();
    let mut answers = vec![
        said("_id", &form.attribute("name=\"_id\" value=\"").unwrap()),
        said("person", &employee_no(portal, "山本")),
        said("accounts", account),
        said("stop_on", today),
        said("reason", "退職のため"),
    ];
    if regulation == COOP {
        answers.push(said("movement", &option(&form, "movement", "退職")));
    }
    assert!(form.text().contains(&account.to_owned()), "{regulation}: {system:?}");
    number_of(&send(&browser, &path, &answers, "send").await)
}

#[tokio::test]
async fn under_every_regulation_the_last_day_stops_signing_in_and_only_its_own_route_cancels() {
    for regulation in ["system-management", COOP, "osaka-standard", "katsuura-operations"] {
        let portal = Portal::open_under(regulation).await;
        let itself = add_owned(&portal, "SYS-001", "この情報管理ポータル", true, portal.cast.general).await;
        let mut db = portal.superuser().await;
        let own = open_account(&portal, &mut db, itself, "山本").await;
        let desk = portal.sign_in("中村").await;
        let retires = [("kind", "retirement"), ("effective_on", "2026-04-05")];
        order(&desk, &employee_no(&portal, "山本"), &retires).await.ok();
        portal.advance(to_evening(4));
        let leaver = portal.sign_in("山本").await;
        run(&portal).await;
        leaver.get("/").await.ok();
        portal.advance(TimeDelta::minutes(5));
        run(&portal).await;
        assert_eq!(leaver.get("/").await.status, StatusCode::SEE_OTHER, "{regulation}");
        out(&portal, "山本").await;
        assert_eq!(state(&portal, &own).await, "stopped retirement", "{regulation}");
        assert_eq!(portal.events("request.filed").await, 0, "nobody was asked");
        // nothing was cancelled by that: the regulation's own route does it, from the request on
        let number = cancelled_by(&portal, regulation, itself, &own, "2026-04-06").await;
        assert_eq!(portal.events("request.filed").await, 1, "{regulation}");
        let expected = if regulation == "katsuura-operations" { "stopped end_of_use" } else { "stopped retirement" };
        assert_eq!(state(&portal, &own).await, expected, "{regulation}: {number} is filed only");
    }
}

#[tokio::test]
async fn under_every_regulation_leave_stops_signing_in_without_cancelling_and_ends_with_the_return() {
    let kinds = [("田中", "maternity"), ("山本", "secondment"), ("鈴木", "leave"), ("高橋", "childcare")];
    for regulation in ["system-management", COOP, "osaka-standard", "katsuura-operations"] {
        let portal = Portal::open_under(regulation).await;
        let itself = add(&portal, "SYS-001", "この情報管理ポータル", true).await;
        let desk = portal.sign_in("中村").await;
        let mut accounts = Vec::new();
        for (name, kind) in kinds {
            accounts.push(open_account(&portal, &mut portal.superuser().await, itself, name).await);
            let number = employee_no(&portal, name);
            order(&desk, &number, &[("kind", kind), ("effective_on", "2026-04-02")]).await.ok();
            order(&desk, &number, &[("kind", "return"), ("effective_on", "2026-04-20")]).await.ok().says("復職");
        }
        portal.advance(to_evening(0));
        run(&portal).await;
        let mut browsers = Vec::new();
        for (name, _) in kinds {
            browsers.push(portal.sign_in(name).await);
        }
        portal.advance(TimeDelta::minutes(5));
        run(&portal).await;
        for (((name, kind), account), browser) in kinds.iter().zip(&accounts).zip(&browsers) {
            assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER, "{kind} under {regulation}");
            out(&portal, name).await;
            assert_eq!(state(&portal, account).await, "stopped leave", "{kind} under {regulation}");
        }
        portal.advance(TimeDelta::days(18));
        // nothing happens twice
        for _ in 0..2 {
            run(&portal).await;
            for ((name, kind), account) in kinds.iter().zip(&accounts) {
                portal.sign_in(name).await.get("/").await.ok();
                assert_eq!(state(&portal, account).await, "active ", "{kind} under {regulation}");
            }
            assert_eq!(portal.events("sign_in.resumed").await, 4, "{regulation}");
            assert_eq!(portal.events("movement.carried_out").await, 8, "{regulation}");
        }
    }
}

/// Whoever is put on leave by mistake, or for half a day, comes back, and can go again.
#[tokio::test]
async fn somebody_goes_on_leave_and_comes_back_twice_on_one_day() {
    let portal = Portal::open().await;
    let itself = add(&portal, "SYS-001", "この情報管理ポータル", true).await;
    let account = open_account(&portal, &mut portal.superuser().await, itself, "田中").await;
    let desk = portal.sign_in("中村").await;
    let number = employee_no(&portal, "田中");
    for (kind, expected) in
        [("leave", "stopped leave"), ("return", "active "), ("leave", "stopped leave"), ("return", "active ")]
    {
        order(&desk, &number, &[("kind", kind), ("effective_on", "2026-04-01")]).await.ok();
        run(&portal).await;
        assert_eq!(state(&portal, &account).await, expected, "{kind}");
    }
    portal.sign_in("田中").await.get("/").await.ok();
}

#[tokio::test]
async fn an_entry_is_cancelled_before_its_day_and_not_after() {
    let portal = Portal::open().await;
    let desk = portal.sign_in("中村").await;
    let number = employee_no(&portal, "田中");
    let page = order(&desk, &number, &[("kind", "leave"), ("effective_on", "2026-04-03")]).await;
    let id = page.attribute("id=\"cancel-").unwrap();
    let path = format!("/movements/{id}/cancellation");
    let without = desk.post(&path, &[("reason", "")]).await;
    without.refuses("理由を200字以内で入力してください");
    desk.submit(&path, &[("reason", "発令が取りやめになったため")]).await.ok().says("取消");
    portal.advance(TimeDelta::days(3));
    run(&portal).await;
    assert_eq!(portal.events("movement.carried_out").await, 0);
    portal.sign_in("田中").await.get("/").await.ok();
    let desk = portal.sign_in("中村").await;
    desk.get("/movements").await.ok();
    let again = desk.post(&path, &[("reason", "もう一度")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    again.says("すでに発令されたか取り消されています");
}

#[tokio::test]
async fn what_the_rules_of_posts_refuse_on_the_day_is_not_carried_out_and_says_why() {
    let portal = Portal::open().await;
    let desk = portal.sign_in("中村").await;
    let general = portal.cast.general.to_string();
    let there =
        [("kind", "transfer"), ("effective_on", "2026-04-10"), ("to_department", &general), ("to_tier", "staff")];
    order(&desk, "山本 蓮", &there).await.ok();
    order(&desk, &employee_no(&portal, "田中"), &[("kind", "leave"), ("effective_on", "2026-04-10")]).await.ok();
    // the list of the personnel system says meanwhile that they leave before that
    let mut db = portal.superuser().await;
    let leaves = "update person set left_on = '2026-04-05', version = version + 1 where id = $1";
    sqlx::query(leaves).bind(portal.cast.get("山本").id.0).execute(&mut db).await.unwrap();
    portal.advance(TimeDelta::days(9));
    run(&portal).await;
    // the others of the day are carried out all the same
    assert_eq!(portal.events("movement.carried_out").await, 2, "the leave, and the retirement that the register tells");
    assert_eq!(portal.events("movement.cancelled").await, 1);
    out(&portal, "山本").await;
    let page = portal.sign_in("中村").await.get("/movements").await;
    page.ok().says("取消").says("この人の退職日より後です").says("名簿から");
}

/// A slip of the pen is refused where it is made, and a row that cannot be carried out holds back none of the others.
#[tokio::test]
async fn what_cannot_be_carried_out_holds_back_nothing_else() {
    let portal = Portal::open().await;
    let desk = portal.sign_in("中村").await;
    let mut db = portal.superuser().await;
    sqlx::query("update person set joined_on = '2026-03-20', version = version + 1 where id = $1")
        .bind(portal.cast.get("山本").id.0)
        .execute(&mut db)
        .await
        .unwrap();
    let early = [("kind", "retirement"), ("effective_on", "2026-03-10")];
    order(&desk, "山本 蓮", &early).await.refuses("採用日より前の日にはできません");

    // entered before this was refused, or told by a list
    sqlx::query(
        "insert into personnel_movement (id, person_id, kind, effective_on, from_department, operation, section_id, source, entered_at)
         values (gen_random_uuid(), $1, 'retirement', '2026-03-10', $2, 'stop', $2, 'portal', now())",
    )
    .bind(portal.cast.get("山本").id.0)
    .bind(portal.cast.sales.0)
    .execute(&mut db)
    .await
    .unwrap();
    order(&desk, &employee_no(&portal, "田中"), &[("kind", "leave"), ("effective_on", "2026-04-01")]).await.ok();
    run(&portal).await;
    out(&portal, "田中").await;
}

/// The account of an administrator's own ends with its owner, also where it was opened after the last day.
#[tokio::test]
async fn an_account_younger_than_the_last_day_of_its_owner_ends_with_it() {
    let portal = Portal::open_under(COOP).await;
    let itself = add(&portal, "SYS-001", "この情報管理ポータル", true).await;
    let own = own_account(&portal, itself, "渡辺").await;
    portal.advance(TimeDelta::days(3));
    sqlx::query("update person set joined_on = '2026-04-04' where owner_person is not null")
        .execute(&mut portal.superuser().await)
        .await
        .unwrap();
    let desk = portal.sign_in("中村").await;
    order(&desk, &employee_no(&portal, "渡辺"), &[("kind", "retirement"), ("effective_on", "2026-04-02")]).await.ok();
    run(&portal).await;
    out(&portal, "渡辺").await;
    let open: i64 = sqlx::query_scalar(
        "select count(*) from auth.credential c join person p on p.id = c.person_id where p.owner_person is not null and c.disabled_at is null",
    )
    .fetch_one(&mut portal.superuser().await)
    .await
    .unwrap();
    assert_eq!(open, 0, "{own}");
}

#[tokio::test]
async fn the_entry_says_first_which_requests_would_stop() {
    let portal = Portal::open().await;
    let desk = portal.sign_in("中村").await;
    order(&desk, &employee_no(&portal, "伊藤"), &[("kind", "leave"), ("effective_on", "2026-04-20")]).await.ok();
    let number = employee_no(&portal, "渡辺");
    let fields = [("person", number.as_str()), ("kind", "leave"), ("effective_on", "2026-04-20")];
    desk.get("/movements/new").await.ok().hides("申請の進み方が変わる");
    let page = desk.submit("/movements", &fields).await;
    page.ok().says("申請の進み方が変わるところが").says("いま担当できないため、進められません").says("すべての部署");
    let waiting = async || {
        let mut db = portal.superuser().await;
        let count = "select count(*) from personnel_movement where cancelled_at is null";
        sqlx::query_scalar::<_, i64>(count).fetch_one(&mut db).await.unwrap()
    };
    assert_eq!(waiting().await, 1, "nothing is entered before somebody has looked");
    let own =
        [("person", employee_no(&portal, "中村")), ("kind", "leave".into()), ("effective_on", "2026-04-20".into())];
    let own: Vec<(&str, &str)> = own.iter().map(|(name, value): &(&str, String)| (*name, value.as_str())).collect();
    desk.submit("/movements", &own).await.refuses("自分の人事異動は入力できません");
    let looked = seen(&page);
    let another_day = [fields[0], fields[1], ("effective_on", "2026-04-21"), ("seen", &*looked)];
    desk.submit("/movements", &another_day).await.ok().says("まだ入力していません");
    assert_eq!(waiting().await, 1, "what was looked at for one day says nothing about another");
    let knowing = [fields[0], fields[1], fields[2], ("seen", &*looked)];
    desk.submit("/movements", &knowing).await.ok().says("人事異動を入力しました");
    assert_eq!(waiting().await, 2);
}
