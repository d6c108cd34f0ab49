//! Regulations change while the portal runs: what follows from them follows on their day, and what was begun before ends as it
//! began.
use std::cmp::Ordering;

use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};
use mamori::engines::regulations::actions::{Adoption, NewValue, adopt, enter_value};
use mamori::engines::regulations::parameters::{self, PARAMETERS, Parameter};
use mamori::engines::regulations::settle::{self, Claim, Standing, strictest};
use mamori::engines::regulations::strict::Direction;
use mamori::engines::regulations::{Regulations, Role, blanks};
use mamori::engines::requests::KindsInForce;
use mamori::kernel::access::Actor;
use mamori::kernel::error::{Error, Result};
use mamori::kernel::jobs::Runner;
use mamori::kernel::settings::Source;
use mamori::kernel::work::Work;
use mamori::web::screen::House;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::requests::{KIND, Office, decide, execute, mend};
use crate::support::portal::{PASSWORD, Portal};

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The organisation decides on a regulation, from a day on.
pub async fn adopts(portal: &Portal, key: &str, role: Role, from: &str) -> Result<()> {
    let regulations = portal.app.part::<Regulations>().unwrap();
    let filled = blanks::proposed(regulations.library().get(key).unwrap(), day(from));
    let adoption = Adoption {
        key,
        role,
        approved_on: portal.app.clock().today(),
        effective_on: day(from),
        approved_by: "情報セキュリティ委員会",
        filled: &filled,
    };
    portal
        .app
        .change(&Actor::portal(), async |work: &mut Work| adopt(work, regulations.library(), &adoption).await)
        .await
}

#[tokio::test]
async fn kinds_and_titles_follow_the_adopted_regulation_and_requests_end_as_they_began() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    clerk.get("/requests/new").await.ok().says("アカウント登録申請").hides("アカウント・アクセス権限申請");
    let other = portal.another().await;

    adopts(portal, "osaka-standard", Role::Operating, "2026-04-02").await.unwrap();
    let looking = Runner::new(&portal.app).unwrap();
    looking.run_due().await.unwrap();
    clerk.get("/requests/new").await.ok().says("アカウント登録申請").hides("アカウント・アクセス権限申請");
    let manager = portal.sign_in("佐藤").await;
    manager.get("/").await.ok().hides("課情報セキュリティ責任者");

    portal.advance(TimeDelta::days(1));
    looking.run_due().await.unwrap();
    let clerk = portal.sign_in("田中").await;
    clerk.get("/requests/new").await.ok().says("アカウント・アクセス権限申請（新規）").hides("アカウント登録申請");
    let manager = portal.sign_in("佐藤").await;
    manager.get("/").await.ok().says("課情報セキュリティ責任者");
    assert_eq!(*portal.app.settings().lock.after, 5);

    // the other process of the portal follows by itself
    other.clock().advance(TimeDelta::days(1));
    Runner::new(&other).unwrap().run_due().await.unwrap();
    assert_eq!(*other.settings().lock.after, 5);
    let kinds = other.part::<KindsInForce>().unwrap().now();
    assert!(kinds.iter().all(|kind| &*kind.edition == "osaka-standard"));
    let titles = other.part::<House>().unwrap().naming();
    assert!(titles.tiers.iter().any(|(_, title, _)| title == "課情報セキュリティ責任者"));

    // the board of each day shows the text of that day
    let regulations = portal.app.part::<Regulations>().unwrap();
    let library = regulations.library();
    let title = |key: &str| library.get(key).unwrap().catalogue.title.clone();
    let desk = portal.sign_in("中村").await;
    desk.get("/clauses").await.ok().says(&title("osaka-standard")).hides(&title("system-management"));
    desk.get("/clauses?on=2026-04-01").await.ok().says(&title("system-management")).hides(&title("osaka-standard"));

    // the request keeps its form, its route and its people: the section confirms, the administrator does the work
    clerk.get(&format!("/requests/{number}")).await.ok().says("アカウント登録申請").says("部門の確認");
    assert_eq!(office.approve(&manager, &number).await.status, StatusCode::SEE_OTHER);
    let admin = portal.sign_in("伊藤").await;
    assert_eq!(execute(&admin, &number, 1, "yamamoto.r").await.status, StatusCode::SEE_OTHER);
    let user = portal.sign_in("山本").await;
    user.submit(&format!("/requests/{number}/lines/1/receipt"), &[]).await.ok().says("完了");
}

const VILLAGE: &str = include_str!("../regulations/village-office.toml");
const VILLAGE_BINDING: &str = include_str!("../regulations/village-office.bindings.toml");
const FILES: [(&str, &str); 2] = [("village-office.toml", VILLAGE), ("village-office.bindings.toml", VILLAGE_BINDING)];

/// The text with each of these passages put in the place of another.
fn amended(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, 1)
    })
}

/// The amended text: longer passwords, one clause fewer and one more, and the crew leader alone approves.
fn edition_2027() -> [(String, String); 2] {
    let from = VILLAGE.find("[[clause]]\nid = \"2-1\"").unwrap();
    let until = from + VILLAGE[from..].find("[[clause]]\nid = \"3-1\"").unwrap();
    let new_clause = VILLAGE[from..until].replace("id = \"2-1\"", "id = \"2-2\"").replace("年に一度", "半年に一度");
    let text = format!("{}{new_clause}{}", &VILLAGE[..from], &VILLAGE[until..]);
    let text = amended(
        &text,
        &[
            ("key = \"village-office\"\n", "key = \"village-office\"\nversion = \"2027\"\n"),
            ("password_length = 12", "password_length = 14"),
            ("合い言葉は12文字以上", "合い言葉は14文字以上"),
            ("総務係の受付と班長の承認を、この順に受けなければ", "班長の承認を受けなければ"),
            ("approvers = [\"office\", \"manager\"]", "approvers = [\"manager\"]"),
        ],
    );
    let from = VILLAGE_BINDING.find("[[kind.step]]\nkey = \"receive_desk\"").unwrap();
    let until = from + VILLAGE_BINDING[from..].find("[[kind.step]]\nkey = \"confirm\"").unwrap();
    let binding = format!("{}{}", &VILLAGE_BINDING[..from], &VILLAGE_BINDING[until..]);
    let binding = binding.replace("clauses = [\"2-1\"]", "clauses = [\"2-2\"]");
    [("village-office@2027.toml".to_owned(), text), ("village-office@2027.bindings.toml".to_owned(), binding)]
}

async fn with_amendment(regulation: &str) -> Portal {
    let amended = edition_2027();
    let files: Vec<(&str, &str)> =
        FILES.into_iter().chain(amended.iter().map(|(name, text)| (name.as_str(), text.as_str()))).collect();
    Portal::open_beside(regulation, &files).await
}

/// What the office answers on the page of a text.
fn answers<'a>(role: &'a str, effective: &'a str, blank: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("role", role),
        ("approved_on", "2026-04-01"),
        ("approved_by", "村議会"),
        ("effective_on", effective),
        ("amendment_effective", blank),
        ("absolute_hours", "8"),
        ("identity_check_methods", "対面"),
        ("own_password", PASSWORD),
    ]
}

async fn next_day(portal: &Portal) {
    portal.advance(TimeDelta::days(1));
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
}

#[tokio::test]
async fn a_regulation_dropped_into_the_folder_carries_a_portal_of_its_own() {
    let office = Office::within(Portal::open_beside("village-office", &FILES).await).await;
    let portal = &office.portal;
    let settings = portal.app.settings();
    assert_eq!((*settings.password.min_length, *settings.lock.after, *settings.session.absolute_hours), (12, 4, 8));

    // its own titles, its own form, its own order: the desk first, then the crew leader
    let clerk = portal.sign_in("田中").await;
    clerk.get("/requests/new").await.ok().says("電算機利用願").hides("アカウント登録申請");
    clerk.get(KIND).await.ok().says("総務係の受付").says("班長の承認").says("むら役場電算規程 3-1");
    let number = office.file(&clerk, "山本").await;
    let leader = portal.sign_in("佐藤").await;
    leader.get("/").await.ok().says("班長");
    let early = leader.get(&format!("/requests/{number}")).await;
    assert!(early.attribute("name=\"_seen\" value=\"").is_none(), "not his turn: {}", early.words());
    let desk = portal.sign_in("中村").await;
    assert_eq!(office.approve(&desk, &number).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.approve(&leader, &number).await.status, StatusCode::SEE_OTHER);
    let admin = portal.sign_in("伊藤").await;
    assert_eq!(execute(&admin, &number, 1, "yamamoto.r").await.status, StatusCode::SEE_OTHER);
    let user = portal.sign_in("山本").await;
    user.submit(&format!("/requests/{number}/lines/1/receipt"), &[]).await.ok().says("完了");

    let board = portal.sign_in("加藤").await;
    board.get("/clauses").await.ok().says("むら役場電算規程").says("義務のある条項 8件");
    for clause in ["3-1", "3-2", "3-3"] {
        board.get(&format!("/clauses/village-office/{clause}")).await.ok().says("実施済").says(&number);
    }
    portal.run(&["regulations"]).ends(0).prints("village-office  むら役場電算規程").prints("10 clauses, 8 ask");
    portal.run(&["coverage", "--regulation", "village-office"]).ends(0).prints("10 clauses · asking 8 · carried 7");
}

#[tokio::test]
async fn a_faulty_file_stops_the_portal_that_uses_it_and_no_other() {
    let broken = VILLAGE.replacen("level = \"must\"", "level = \"perhaps\"", 1);
    let files = [("village-office.toml", broken.as_str()), ("village-office.bindings.toml", VILLAGE_BINDING)];
    let portal = Portal::open_beside("system-management", &files).await;
    let office = portal.sign_in("中村").await;
    let told = "village-office.toml: clause 2-1: unknown level 「perhaps」";
    office.get("/adoptions").await.ok().says("読めない規程ファイル").says(told);
    portal.sign_in("加藤").await.get("/adoptions").await.ok().hides("perhaps");
    assert_eq!(office.get("/adoptions/village-office").await.status, StatusCode::NOT_FOUND);
    portal.run(&["regulations"]).ends(0).prints("village-office  cannot be read").prints(told);

    let portal = Portal::open_beside("village-office", &FILES).await;
    assert!(portal.try_another().await.is_ok());
    std::fs::write(portal.data_dir().join("regulations/village-office.toml"), &broken).unwrap();
    let stopped = format!("{:#}", portal.try_another().await.err().unwrap());
    assert!(stopped.contains(told), "{stopped}");
}

/// A file whose every word is known, and whose route nobody could run: found when it is read, not when its day begins.
#[tokio::test]
async fn a_route_that_cannot_be_run_is_refused_when_its_file_is_read() {
    let binding = "village-office.bindings.toml";
    let not_the_user = [("by = [\"person_concerned\"]", "by = [\"office\"]")];
    let either = [("by = [\"sysadmin\"]", "by = [\"sysadmin\", \"office\"]")];
    let circular = [("act = \"execute\"", "act = \"circulate\"")];
    let cases = [
        (not_the_user, "step 「receive」 is acknowledged by the person concerned or the applicant"),
        (either, "step 「execute」: one tier acts; whoever else may is a step of their own, or their designee"),
        (circular, "unknown variant `circulate`"),
    ];
    for (change, what) in cases {
        let broken = amended(VILLAGE_BINDING, &change);
        let portal = Portal::open_beside("system-management", &[FILES[0], (binding, &broken)]).await;
        let office = portal.sign_in("中村").await;
        let told = format!("{binding}: kind account.register: {what}");
        office.get("/adoptions").await.ok().says("読めない規程ファイル").says(&told);
        let adoption = answers("operating", "2026-04-02", "2026-04-01");
        assert_eq!(office.post("/adoptions/village-office", &adoption).await.status, StatusCode::NOT_FOUND);
        portal.run(&["regulations"]).ends(0).prints("village-office  cannot be read").prints(&told);
        next_day(&portal).await;
        assert!(portal.try_another().await.is_ok(), "whoever does not follow it is not stopped: {what}");
        portal.sign_in("田中").await.get("/requests/new").await.ok().says("アカウント登録申請");
    }
}

#[tokio::test]
async fn a_further_regulation_is_adopted_for_a_day_to_come_and_taken_back() {
    let portal = Portal::open_beside("system-management", &FILES).await;
    let office = portal.sign_in("中村").await;
    office.get("/adoptions").await.ok().says("むら役場電算規程").says("運用する規程").says("システム管理規程");
    let page = office.get("/adoptions/village-office").await;
    page.ok().says("採用すると変わること").says("使用停止になる連続失敗 10回 → 4回（むら役場電算規程 4-3）");
    page.says("改正の施行日").says("併せて従う規程");

    // blanks of the text, each named; days; the password
    let path = "/adoptions/village-office";
    let blank = office.post(path, &answers("tracked", "2026-04-02", "")).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    blank.says("改正の施行日を入力してください");
    let past = office.post(path, &answers("tracked", "2026-03-31", "2026-04-01")).await;
    past.refuses("施行日は、今日以後の日にしてください");
    let mut unsure = answers("tracked", "2026-04-02", "2026-04-01");
    unsure.retain(|(name, _)| *name != "own_password");
    assert_eq!(office.post(path, &unsure).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(portal.events("regulation.adopted").await, 1);
    let none = std::collections::BTreeMap::new();
    let regulations = portal.app.part::<Regulations>().unwrap();
    let adoption = Adoption {
        key: "village-office",
        role: Role::Tracked,
        approved_on: day("2026-04-01"),
        effective_on: day("2026-04-02"),
        approved_by: "村議会",
        filled: &none,
    };
    let office_itself = Actor::portal();
    let bare =
        portal.app.change(&office_itself, async |work: &mut Work| adopt(work, regulations.library(), &adoption).await);
    let Err(Error::Refused(why)) = bare.await else { panic!("adopted with blanks") };
    assert_eq!(why.args[0].1, "amendment_effective, absolute_hours, identity_check_methods");

    // entered: shown as coming, and nothing changes before its day
    let entered = office.submit(path, &answers("tracked", "2026-04-02", "2026-04-01")).await;
    entered.ok().says("「むら役場電算規程」の採用を登録しました").says("これから施行される規程").says("村議会");
    assert_eq!(office.get("/clauses/village-office/3-1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(*portal.app.settings().lock.after, 10);
    let ways = crate::support::html::links(&entered.text());
    let way = ways.into_iter().find(|link| link.starts_with("/adoptions/to-come/")).unwrap();
    office.get(&way).await.ok().says("採用を取り消す");
    office.post(&way, &[("reason", ""), ("own_password", PASSWORD)]).await.refuses("理由を入力してください");
    let back = office.submit(&way, &[("reason", "議決が延期された"), ("own_password", PASSWORD)]).await;
    back.ok().says("採用を取り消しました").says("議決が延期された").hides("これから施行される規程");
    next_day(&portal).await;
    let office = portal.sign_in("中村").await;
    assert_eq!(office.get("/clauses/village-office/3-1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.events("regulation.taken_back").await, 1);

    // what is in force cannot be taken back, not even past the portal
    let mut superuser = portal.superuser().await;
    let sql = "insert into adoption_taken_back select id, now(), null, 'x' from adoption where role = 'operating'";
    let refused = sqlx::Executor::execute(&mut superuser, sql).await.unwrap_err();
    assert!(refused.to_string().contains("before its day"), "{refused}");
}

/// A text followed besides that opens administration to accounts of their own, where nobody has one and nobody could get one.
#[tokio::test]
async fn nobody_is_locked_out_of_administration_by_a_text_that_is_followed_besides() {
    let strict = "lock_mode = { value = \"until_released\", clause = \"4-3\" }";
    let binding = amended(
        VILLAGE_BINDING,
        &[(strict, &format!("{strict}\nadmin_separate_account = {{ value = true, clause = \"4-3\" }}"))],
    );
    let portal =
        Portal::open_beside("system-management", &[FILES[0], ("village-office.bindings.toml", &binding)]).await;
    let office = portal.sign_in("中村").await;
    let path = "/adoptions/village-office";
    office
        .post(path, &answers("tracked", "2026-04-02", "2026-04-01"))
        .await
        .refuses("だれもポータルを管理できなくなります");
    assert_eq!(portal.events("regulation.adopted").await, 1, "only the one that was there");
}

/// osaka 10(8)① has the section's security officer hand out the first password. Where administrators do it, by the route of
/// another regulation, that is no evidence for it, though the mechanism acted.
#[tokio::test]
async fn what_a_text_has_its_own_people_hand_out_is_not_kept_by_the_hands_of_others() {
    let office = Office::within(Portal::open().await).await;
    let portal = &office.portal;
    adopts(portal, "osaka-standard", Role::Tracked, "2026-04-01").await.unwrap();
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
    let number = office.file(&portal.sign_in("田中").await, "山本").await;
    office.approve(&portal.sign_in("佐藤").await, &number).await;
    let admin = portal.sign_in("伊藤").await;
    assert_eq!(execute(&admin, &number, 1, "yamamoto.r").await.status, StatusCode::SEE_OTHER);
    portal.sign_in("山本").await.submit(&format!("/requests/{number}/lines/1/receipt"), &[]).await.ok();
    let committee = portal.sign_in("加藤").await;
    let clause = committee.get("/clauses/osaka-standard/10-8-1-a").await;
    clause.ok().says("別の経路").says("実施の記録に数えていません");
    // the rule of the password itself asks for nobody's hands
    committee.get("/clauses/osaka-standard/10-8-1-b").await.ok().hides("別の経路");
}

#[tokio::test]
async fn several_regulations_are_followed_at_once_and_of_their_values_the_stricter_holds() {
    let office = Office::within(Portal::open_beside("system-management", &FILES).await).await;
    let portal = &office.portal;
    adopts(portal, "village-office", Role::Tracked, "2026-04-01").await.unwrap();
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
    let settings = portal.app.settings();
    assert_eq!((*settings.password.min_length, *settings.lock.after), (12, 4));
    assert_eq!(settings.password.max_age.unwrap().to_string(), "P2M");
    assert_eq!(*settings.password.history, Some(10));

    // routes and titles stay those of the operating one; the screen names the clauses of both
    let clerk = portal.sign_in("田中").await;
    clerk.get("/requests/new").await.ok().says("アカウント登録申請").hides("電算機利用願");
    clerk.get(KIND).await.ok().says("システム管理規程 4.1.1(1)").says("むら役場電算規程 3-1");
    let number = office.file(&clerk, "山本").await;
    let manager = portal.sign_in("佐藤").await;
    office.approve(&manager, &number).await;
    let admin = portal.sign_in("伊藤").await;
    // of the ways to recognise somebody, those that both allow
    let form = admin.get(&format!("/requests/{number}/lines/1")).await.ok().text();
    assert!(form.contains("value=\"対面\"") && !form.contains("value=\"電話返信\""));
    assert_eq!(execute(&admin, &number, 1, "yamamoto.r").await.status, StatusCode::SEE_OTHER);
    portal.sign_in("山本").await.submit(&format!("/requests/{number}/lines/1/receipt"), &[]).await.ok();

    // one record is evidence for a clause of each
    let committee = portal.sign_in("加藤").await;
    committee.get("/clauses?q=4.1.1-1-a").await.ok().says("実施済").says("むら役場電算規程").says(&number);
    committee.get("/clauses/system-management/4.1.1-1-a").await.ok().says("実施済").says(&number);
    committee.get("/clauses/village-office/3-2").await.ok().says("実施済").hides("別の経路");
    // but not where the text wants others to decide (the general affairs desk, then the crew leader) than the route has
    let board = committee.get("/clauses?regulation=village-office&state=other-route").await;
    board.ok().says("別の経路").says("班長").says("3-1").hides("3-2");
    committee.get("/clauses/village-office/3-1").await.ok().says("別の経路").says("実施の記録に数えていません");
    let home = committee.get("/").await;
    home.ok().says("別の経路").says("むら役場電算規程");
    let link = home.text().split('"').find(|part| part.ends_with("state=other-route")).map(str::to_owned);
    committee.get(&link.unwrap().replace("&#38;", "&")).await.ok().says("3-1").hides("3-2");

    // the page says what holds and what gave way; the organisation may go further, never back
    let desk = portal.sign_in("中村").await;
    let page = desk.get("/parameters").await;
    page.ok()
        .says("むら役場電算規程 4-1 合い言葉の長さ")
        .says("システム管理規程 4.1.5(1)① アカウント管理システム（長さと質）：8文字（より厳しい値が優先します）")
        .says("むら役場電算規程 4-3")
        .says(
            "システム管理規程 4.1.5(1)⑥ アカウント管理システム（連続失敗時の停止）：10回（より厳しい値が優先します）",
        );
    let weaker = [("value", "10"), ("effective_on", "2026-04-02"), ("reason", "使いやすくするため")];
    let refused = desk.post("/parameters/password_min_length", &weaker).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("むら役場電算規程 4-1 が定める値より緩い値にはできません");
    // whichever of the two is the stricter; and the action says no as the page does
    let shorter = [("value", "5"), ("effective_on", "2026-04-02"), ("reason", "使いやすくするため")];
    let refused = desk.post("/parameters/password_history", &shorter).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("システム管理規程 4.1.5(1)③ が定める値より緩い値にはできません");
    let regulations = portal.app.part::<Regulations>().unwrap();
    let (adoptions, on) = (regulations.adoptions(), day("2026-04-02"));
    let new = NewValue { name: "lock_after".into(), value: 8.into(), effective_on: on, reason: "x".into() };
    let past = async |work: &mut Work| enter_value(work, &adoptions, &new).await;
    let past = portal.app.change(&Actor::portal(), past).await;
    assert!(matches!(past, Err(Error::Refused(why)) if why.key == "regulations-value-weaker"));
    enters(portal, "password_min_length", 16).await;
    assert_eq!(*portal.app.settings().password.min_length, 16);
    desk.get("/parameters").await.ok().says("16文字").says("12文字（より厳しい値が優先します）");
}

/// The organisation enters a number from today on.
async fn enters(portal: &Portal, name: &str, value: u64) {
    let regulations = portal.app.part::<Regulations>().unwrap();
    let today = portal.app.clock().today();
    let new =
        NewValue { name: name.into(), value: value.into(), effective_on: today, reason: "委員会の決定".into() };
    let adoptions = regulations.adoptions();
    let office = Actor::portal();
    portal.app.change(&office, async |work: &mut Work| enter_value(work, &adoptions, &new).await).await.unwrap();
    regulations.refresh(&portal.app).await.unwrap();
}

#[tokio::test]
async fn an_amended_text_shows_what_it_changes_and_the_days_before_keep_theirs() {
    let office = Office::within(with_amendment("village-office").await).await;
    let portal = &office.portal;
    enters(portal, "password_min_length", 13).await;
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "田中").await;
    let returned = office.file(&clerk, "山本").await;

    let desk = portal.sign_in("中村").await;
    desk.get("/adoptions").await.ok().says("むら役場電算規程 2027版").says("改正後の版");
    let path = "/adoptions/village-office@2027";
    let page = desk.get(path).await;
    page.ok().says("新旧対照").says("2-1 削除").says("2-2 新設").says("4-1 改正").says("3-1 改正").hides("4-2 改正");
    page.says("合い言葉は12文字以上とする。").says("合い言葉は14文字以上とする。");
    page.says("いまの経路：総務係の受付（総務係） → 班長の承認（班長）").says("新しい経路：班長の承認（班長）");
    page.says("13文字 → 14文字（むら役場電算規程 4-1）").says("効力を失う「組織が定めた値」");
    page.says("電算機利用願 2件").says("準備中の仕組みを待つ条項 1件");
    desk.submit(path, &answers("operating", "2026-04-02", "2026-04-02")).await.ok().says("これから施行される規程");
    let twice = desk.post(path, &answers("operating", "2026-04-03", "2026-04-03")).await;
    twice.refuses("令和8年4月2日(木)から施行することで、すでに採用されています");
    adopted_once(portal, "village-office@2027").await;
    // the page says so, and asks for nothing that would be refused
    let waits = desk.get(path).await;
    waits.ok().says("令和8年4月2日(木)に施行されます").says("先にこの採用を取り消してください").hides("承認した機関");
    assert_eq!(*portal.app.settings().password.min_length, 13);
    desk.get("/clauses/village-office/2-1").await.ok();

    next_day(portal).await;
    assert_eq!(*portal.app.settings().password.min_length, 14);
    let committee = portal.sign_in("加藤").await;
    assert_eq!(committee.get("/clauses/village-office/2-1").await.status, StatusCode::NOT_FOUND);
    committee.get("/clauses/village-office/2-2").await.ok().says("半年に一度").says("2027版");
    let past = committee.get("/clauses?on=2026-04-01").await;
    past.ok().says("2-1").hides("2-2").hides("2027版");
    committee.get("/clauses/village-office/2-1?on=2026-04-01").await.ok().says("年に一度").says("に施行されていた規程");
    committee.get("/clauses/village-office/4-1?on=2026-04-01").await.ok().says("12文字以上");
    committee.get("/adoptions").await.ok().says("採用の履歴").says("村議会");

    // what was filed before goes its old way: the desk first, also where it was returned and comes again
    let desk = portal.sign_in("中村").await;
    assert_eq!(decide(&desk, &returned, "return", "終了日を直してください").await.status, StatusCode::SEE_OTHER);
    let clerk = portal.sign_in("田中").await;
    assert_eq!(mend(&office, &clerk, &returned, "係が替わるため").await, returned);
    clerk_sees(portal, &returned, "総務係の受付").await;
    assert_eq!(office.approve(&desk, &returned).await.status, StatusCode::SEE_OTHER);
    clerk_sees(portal, &number, "総務係の受付").await;
    assert_eq!(office.approve(&desk, &number).await.status, StatusCode::SEE_OTHER);
    let leader = portal.sign_in("佐藤").await;
    assert_eq!(office.approve(&leader, &number).await.status, StatusCode::SEE_OTHER);
    let clerk = portal.sign_in("田中").await;
    clerk.get(KIND).await.ok().says("班長の承認").hides("総務係の受付");
}

/// Not past the page, and not past the portal either; once it was taken back it is free again.
async fn adopted_once(portal: &Portal, edition: &str) {
    let Err(Error::Refused(why)) = adopts(portal, edition, Role::Tracked, "2026-04-05").await else {
        panic!("adopted twice for days to come");
    };
    assert_eq!(why.key, "regulations-adopted-to-come");
    let mut superuser = portal.superuser().await;
    let sql = "insert into adoption (id, regulation_key, role, approved_on, effective_on, approved_by, filled, entered_at)
               select gen_random_uuid(), regulation_key, role, approved_on, effective_on + 3, approved_by, filled, entered_at
                 from adoption where regulation_key = 'village-office@2027'";
    let refused = sqlx::Executor::execute(&mut superuser, sql).await.unwrap_err();
    assert!(refused.to_string().contains("adopted for a day to come already"), "{refused}");
}

async fn clerk_sees(portal: &Portal, number: &str, words: &str) {
    portal.sign_in("田中").await.get(&format!("/requests/{number}")).await.ok().says(words);
}

#[tokio::test]
async fn a_text_whose_dates_are_blank_is_not_adopted_before_each_is_filled() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let path = "/adoptions/coop-operations";
    office.get(path).await.ok().says("平成27年10月改正の施行日").says("令和8年3月改正の施行日");
    let bare =
        [("role", "tracked"), ("approved_on", "2026-04-01"), ("approved_by", "理事会"), ("effective_on", "2026-04-01")];
    let refused = office.post(path, &bare).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for named in [
        "平成27年10月改正の施行日を入力",
        "令和8年3月改正の施行日を入力",
        "無操作で切断するまでを入力",
        "操作記録の保存期間を入力",
    ] {
        refused.says(named);
    }
    assert_eq!(portal.events("regulation.adopted").await, 1);
}

fn claims(parameter: &Parameter, values: &[Value]) -> Vec<Claim> {
    let claim = |(at, value): (usize, &Value)| Claim {
        source: Source::Clause { regulation: format!("r{at}"), clause: "1".into() },
        value: value.clone(),
        shown: settle::read(parameter, value).unwrap(),
        since: day("2026-04-01"),
        standing: Standing::Holds,
    };
    values.iter().enumerate().map(claim).collect()
}

/// Any value of a parameter.
fn any_value(parameter: &'static Parameter) -> BoxedStrategy<Value> {
    let period = prop_oneof![(1_u32..40).prop_map(|n| format!("P{n}M")), (1_u32..400).prop_map(|n| format!("P{n}D"))];
    let of = |all: &[&str]| {
        let all: Vec<String> = all.iter().map(|word| (*word).to_owned()).collect();
        proptest::sample::subsequence(all.clone(), 1..=all.len()).prop_map(|some| json!(some)).boxed()
    };
    match parameter.key {
        "password_classes" => of(&["letter", "upper", "lower", "digit", "special"]),
        "identity_check_methods" => of(&["対面", "電話返信", "上長確認"]),
        "password_reminders_days" => {
            proptest::collection::btree_set(1_u32..30, 1..4).prop_map(|days| json!(days)).boxed()
        }
        "password_forbidden_words" => of(&["katsuo", "bonito", "tsukiji"]),
        "password_change_at_first_logon"
        | "log_notice"
        | "password_autocomplete"
        | "admin_separate_account"
        | "owning_section_reads"
        | "servers_on_premises"
        | "capacity_each_act" => any::<bool>().prop_map(|yes| json!(yes)).boxed(),
        // what is changed at intervals is changed within two years
        "password_max_age" => {
            prop_oneof![Just(json!("none")), (1_u32..=24).prop_map(|n| json!(format!("P{n}M")))].boxed()
        }
        "account_unused_limit" => prop_oneof![Just(json!("none")), period.prop_map(|period| json!(period))].boxed(),
        "log_retention" => (1_u32..20).prop_map(|years| json!(format!("P{years}Y"))).boxed(),
        "lock_mode" => prop_oneof![Just(json!("until_released")), (5_u32..1440).prop_map(|n| json!(n))].boxed(),
        "password_min_length" => (8_u32..=128).prop_map(|n| json!(n)).boxed(),
        "password_history" => prop_oneof![Just(json!("all")), (1_u32..=50).prop_map(|n| json!(n))].boxed(),
        "activation_hours" => (1_u32..=72).prop_map(|n| json!(n)).boxed(),
        "lock_after" => (3_u32..=10).prop_map(|n| json!(n)).boxed(),
        "idle_minutes" => (1_u32..=60).prop_map(|n| json!(n)).boxed(),
        "absolute_hours" => (1_u32..=24).prop_map(|n| json!(n)).boxed(),
        "sessions_per_person" => (1_u32..=10).prop_map(|n| json!(n)).boxed(),
        "administrators_per_system" => (0_u32..=9).prop_map(|n| json!(n)).boxed(),
        "sessions_per_admin" => (1_u32..=3).prop_map(|n| json!(n)).boxed(),
        other => panic!("no values for {other}"),
    }
}

fn parameter_with_values() -> impl Strategy<Value = (&'static Parameter, Vec<Value>)> {
    proptest::sample::select(PARAMETERS).prop_flat_map(|parameter| {
        let parameter = parameters::find(parameter.key).unwrap();
        (Just(parameter), proptest::collection::vec(any_value(parameter), 1..5))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_holds_is_never_weaker_than_what_any_regulation_fixes((parameter, values) in parameter_with_values()) {
        let settled = strictest(parameter, claims(parameter, &values)).unwrap();
        let holds = settle::read(parameter, &settled.value).unwrap();
        for claim in &settled.claims {
            match parameter.strict.compare(&holds, &claim.shown) {
                Some(order) => prop_assert_ne!(order, Ordering::Less),
                // only methods of which no common one is left cannot be reconciled
                None => prop_assert_eq!(parameter.strict, Direction::Common),
            }
            let gave_way = claim.standing == Standing::GaveWay;
            let equal = parameter.strict.compare(&holds, &claim.shown) == Some(Ordering::Equal);
            prop_assert!(!(gave_way && equal));
        }
        prop_assert!(settled.claims.iter().any(|claim| claim.source == settled.source));
    }

    #[test]
    fn it_does_not_matter_in_which_order_regulations_speak((parameter, values) in parameter_with_values()) {
        prop_assume!(parameter.strict != Direction::Common);
        let value = |values: &[Value]| settle::read(parameter, &strictest(parameter, claims(parameter, values)).unwrap().value).unwrap();
        let mut turned = values.clone();
        turned.reverse();
        let (one, other) = (value(&values), value(&turned));
        prop_assert_eq!(parameter.strict.compare(&one, &other), Some(Ordering::Equal));
        let again = [values.clone(), values.clone()].concat();
        prop_assert_eq!(parameter.strict.compare(&value(&again), &one), Some(Ordering::Equal));
    }
}

#[tokio::test]
async fn a_value_that_two_texts_leave_to_the_organisation_names_both() {
    let portal = Portal::open_under("coop-operations").await;
    adopts(&portal, "katsuura-operations", Role::Tracked, "2026-04-02").await.unwrap();
    next_day(&portal).await;
    let page = portal.sign_in("中村").await.get("/parameters").await;
    let regulations = portal.app.part::<Regulations>().unwrap();
    for (key, clause) in [("coop-operations", "31-1-2"), ("katsuura-operations", "20-1-3"), ("coop-operations", "32")] {
        let catalogue = &regulations.library().get(key).unwrap().catalogue;
        let found = catalogue.clause(clause).unwrap();
        page.ok().says(&format!("組織が定めた値（{} {} {}）", catalogue.title, found.place, found.heading));
    }
    // a value that no clause speaks of names the texts that leave it open
    for key in ["coop-operations", "katsuura-operations"] {
        let title = &regulations.library().get(key).unwrap().catalogue.title;
        page.ok().says(&format!("組織が定めた値（{title}）"));
    }
}

#[tokio::test]
async fn a_value_left_to_the_organisation_names_the_clause_that_leaves_it_also_after_another_was_entered() {
    for (regulation, clauses) in [
        ("coop-operations", ["30a", "31-1-2", "31-1-3", "32", "7-1b"].as_slice()),
        ("osaka-standard", &["11-1-2-2", "10-8-1-a", "11-1-2-4-a", "12-4-2"]),
        ("katsuura-operations", &["20-1-3", "11-1-6b", "20-1-4a"]),
    ] {
        let portal = Portal::open_under(regulation).await;
        let entry = portal.app.part::<Regulations>().unwrap().library().get(regulation).unwrap().clone();
        let named = |clause: &str| {
            let found = entry.catalogue.clause(clause).unwrap();
            format!("組織が定めた値（{} {}）", found.place, found.heading)
        };
        let page = portal.sign_in("中村").await.get("/parameters").await;
        for clause in clauses {
            page.ok().says(&named(clause));
        }
        if regulation == "coop-operations" {
            enters(&portal, "lock_after", 3).await;
            let page = portal.sign_in("中村").await.get("/parameters").await;
            page.ok().says(&named("30a")).says("3回");
        }
    }
}

/// 11(1): the section's manager decides on the use of a system, as the routes in operation have it: a request that went so is
/// evidence for the text that is followed besides.
#[tokio::test]
async fn what_goes_as_a_followed_text_asks_counts_for_it() {
    let office = Office::open().await;
    let portal = &office.portal;
    adopts(portal, "osaka-standard", Role::Tracked, "2026-04-01").await.unwrap();
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
    let number = office.file(&portal.sign_in("田中").await, "山本").await;
    office.approve(&portal.sign_in("佐藤").await, &number).await;
    let worked = execute(&portal.sign_in("伊藤").await, &number, 1, "yamamoto.r").await;
    assert_eq!(worked.status, StatusCode::SEE_OTHER, "{}", worked.words());
    portal.sign_in("山本").await.submit(&format!("/requests/{number}/lines/1/receipt"), &[]).await.ok();
    let clause = portal.sign_in("加藤").await.get("/clauses/osaka-standard/11-1-1").await;
    clause.ok().says("実施済").says(&number).hides("別の経路");
}
