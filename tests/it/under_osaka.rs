//! The city standard (osaka-standard): the section that owns a system decides who uses it, enters them, and hands out the
//! first password; the applicant's own section is told, and the IT administrator approves nothing.
use axum::http::StatusCode;
use mamori::features::systems::actions::register;
use mamori::features::systems::model::{Facts, Importance, Level, RightNames};
use mamori::kernel::access::Actor;
use mamori::kernel::ids::{DepartmentId, SystemId};
use mamori::kernel::work::Work;
use mamori::people::roster::set_telephone;

use crate::accounts::{employee_no, handed, hidden, number_of, option, person_without_sign_in, send};
use crate::password_reset::claim;
use crate::requests::decide;
use crate::support::portal::{Browser, PASSWORD, Page, Portal};

const REGULATION: &str = "osaka-standard";
const NOT_OWNERS: &str = "この情報システムの所管課の責任者ではありません";

/// A system that a section owns.
pub async fn owned(portal: &Portal, code: &str, name: &str, owner: DepartmentId, itself: bool) -> SystemId {
    let facts = Facts {
        code: code.to_owned(),
        name: name.to_owned(),
        reading: "じゅうみん".to_owned(),
        purpose: "窓口の業務".to_owned(),
        owner,
        importance: Importance::High,
        two_factor: false,
        sharing_rule: String::new(),
    };
    let rights = RightNames(vec![(Level::Standard, "参照".to_owned()), (Level::Standard, "登録・修正".to_owned())]);
    let add = async |work: &mut Work| register(work, SystemId::new(work.now), &facts, &rights, itself).await;
    portal.app.change(&Actor::portal(), add).await.unwrap()
}

/// Asks for an account on these.
pub async fn ask(by: &Browser<'_>, whose: &str, systems: &[SystemId]) -> Page {
    let path = "/requests/new/account.register";
    let form = by.get(path).await;
    let names: Vec<String> = systems.iter().map(|system| format!("grants.{system}")).collect();
    let mut fields = vec![
        ("person", employee_no(whose)),
        ("reason", "窓口で使うため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    for (system, name) in systems.iter().zip(&names) {
        fields.push(("grants", system.to_string()));
        fields.push((name, option(&form, name, "参照")));
    }
    send(by, path, &form, &fields).await
}

/// The account with this ID on any system.
async fn account(portal: &Portal, name: &str) -> String {
    let mut conn = portal.superuser().await;
    let id = sqlx::query_scalar("select id::text from account where account_name = $1").bind(name);
    id.fetch_one(&mut conn).await.unwrap()
}

async fn work(by: &Browser<'_>, number: &str, entries: &[(&str, &str)]) -> Page {
    let path = format!("/requests/{number}/lines/1");
    let form = by.get(&path).await;
    form.ok();
    let (name, seen) = hidden(&form, "seen");
    let mut fields = vec![(name.as_str(), seen.as_str())];
    fields.extend_from_slice(entries);
    by.post(&path, &fields).await
}

/// Another section's manager, and the IT administrator, try to decide and to carry out.
async fn nobody_else_acts(portal: &Portal, number: &str, seen: &str) {
    let other = portal.sign_in("佐藤").await;
    let page = other.get(&format!("/requests/{number}")).await;
    assert!(!page.ok().text().contains(r#"name="verdict""#), "another section's manager is shown no button");
    for verdict in ["approve", "refuse"] {
        let fields = [("_seen", seen), ("verdict", verdict), ("words", "担当ではない")];
        other.post(&format!("/requests/{number}/decision"), &fields).await.refuses(NOT_OWNERS);
    }
    let advisor = portal.sign_in("伊藤").await;
    let page = advisor.get(&format!("/requests/{number}")).await;
    assert!(!page.ok().text().contains(r#"name="verdict""#), "the IT administrator is shown no button");
    let fields = [("_seen", seen), ("verdict", "refuse"), ("words", "担当ではない")];
    assert!(advisor.post(&format!("/requests/{number}/decision"), &fields).await.status.is_client_error());
    // but is told of each, and gives an opinion that holds nothing up
    advisor.get("/requests/circulated").await.ok().says(number);
    advisor.get(&format!("/requests/{number}")).await.ok();
    let advice = [("body", "参照の権限で足りるか、確かめてください。")];
    let said = advisor.post(&format!("/requests/{number}/comments"), &advice).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.words());
}

/// Decided and carried out by the manager of the owning section, after everybody else was refused.
async fn through(portal: &Portal, number: &str, entries: &[(&str, &str)]) {
    let owner = portal.sign_in("高橋").await;
    owner.get("/requests/inbox").await.ok().says(number);
    let page = owner.get(&format!("/requests/{number}")).await;
    let (_, seen) = hidden(page.ok(), "seen");
    nobody_else_acts(portal, number, &seen).await;
    owner.get(&format!("/requests/{number}")).await.ok().says("参照の権限で足りるか、確かめてください。");
    // nothing is carried out before it is decided
    let line = format!("/requests/{number}/lines/1");
    let early = owner.post(&line, &[&[("_seen", seen.as_str())], entries].concat()).await;
    assert!(early.status.is_client_error(), "before the decision: {}", early.words());
    owner.get("/requests/inbox").await.ok();
    let approved = decide(&owner, number, "approve", "").await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.words());
    let other = portal.sign_in("佐藤").await;
    let fields = [&[("_seen", seen.as_str())], entries].concat();
    other.post(&format!("/requests/{number}/lines/1"), &fields).await.refuses(NOT_OWNERS);
    let owner = portal.sign_in("高橋").await;
    let done = work(&owner, number, entries).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
}

#[tokio::test]
async fn the_section_that_owns_the_system_decides_and_enters_and_nobody_else() {
    let portal = Portal::open_under(REGULATION).await;
    let system = owned(&portal, "SYS-002", "住民情報システム", portal.cast.general, false).await;
    let clerk = portal.sign_in("田中").await;
    clerk
        .get("/requests/new")
        .await
        .ok()
        .says("アカウント・アクセス権限申請（新規）")
        .says("（変更）")
        .says("（停止）");
    let number = number_of(&ask(&clerk, "山本", &[system]).await);
    through(&portal, &number, &handed("yamamoto.r")).await;
    let mut db = portal.superuser().await;
    let told: i64 = sqlx::query_scalar("select count(*) from notice where kind = 'request.told' and person_id = $1")
        .bind(portal.cast.get("佐藤").id.0)
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(told, 1, "the manager of the section that asks is told");
    let opened = account(&portal, "yamamoto.r").await;

    // the owning section reads the rows of its systems, whoever uses them
    let owner = portal.sign_in("高橋").await;
    owner.get("/ledgers/accounts").await.ok().says("yamamoto.r").says("山本 蓮").says("営業部");
    let row = owner.get(&format!("/ledgers/accounts/{opened}")).await;
    row.ok().says(&number).says("作成者 高橋 遼").says("作成日 R8.4.1").says("住民情報システム").says("参照");

    // the same ID a second time
    let clerk = portal.sign_in("田中").await;
    let second = number_of(&ask(&clerk, "田中", &[system]).await);
    let owner = portal.sign_in("高橋").await;
    decide(&owner, &second, "approve", "").await;
    work(&owner, &second, &handed("Yamamoto.R")).await.refuses("このIDはすでに登録されています");
    assert_eq!(work(&owner, &second, &handed("tanaka.h")).await.status, StatusCode::SEE_OTHER);

    // change and stop travel the same way
    let clerk = portal.sign_in("田中").await;
    let path = "/requests/new/account.change";
    let form = clerk.get(&format!("{path}?person={}&accounts={opened}", portal.cast.get("山本").id)).await;
    let grants = format!("accounts.{opened}");
    let fields = [
        ("person", employee_no("山本")),
        ("accounts", opened.clone()),
        (grants.as_str(), option(&form, &grants, "登録・修正")),
        ("reason", "登録も担当するため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    let number = number_of(&send(&clerk, path, &form, &fields).await);
    through(&portal, &number, &[]).await;
    let path = "/requests/new/account.stop";
    let clerk = portal.sign_in("田中").await;
    let form = clerk.get(path).await;
    let fields = [
        ("person", employee_no("山本")),
        ("accounts", opened.clone()),
        ("stop_on", "2026-04-01".to_owned()),
        ("reason", "担当替えのため".to_owned()),
    ];
    let number = number_of(&send(&clerk, path, &form, &fields).await);
    through(&portal, &number, &[]).await;
    let row = portal.sign_in("高橋").await.get(&format!("/ledgers/accounts/{opened}")).await;
    row.ok().says("停止・無効").says("登録・修正").says(&number).says("停止した人 高橋 遼");

    // what was one person's ID is never another's
    let clerk = portal.sign_in("田中").await;
    let number = number_of(&ask(&clerk, "佐藤", &[system]).await);
    let owner = portal.sign_in("高橋").await;
    decide(&owner, &number, "approve", "").await;
    work(&owner, &number, &handed("yamamoto.r")).await.refuses("このIDはほかの利用者が使っていたものです");
    portal.proves(REGULATION, &["7-4", "11-1-1"]);
}

#[tokio::test]
async fn one_request_asks_one_section_only() {
    let portal = Portal::open_under(REGULATION).await;
    let residents = owned(&portal, "SYS-002", "住民情報システム", portal.cast.general, false).await;
    let sales = owned(&portal, "SYS-003", "販売管理システム", portal.cast.sales, false).await;
    let clerk = portal.sign_in("田中").await;
    let both = ask(&clerk, "山本", &[residents, sales]).await;
    both.refuses("所管の異なるシステムを1件の申請に入れることはできません");
    both.says("「住民情報システム」は総務部").says("「販売管理システム」は営業部").says("窓口で使うため");
    assert_eq!(portal.events("request.filed").await, 0);
    for system in [residents, sales] {
        number_of(&ask(&clerk, "山本", &[system]).await);
    }
    // each owner is asked about their own system alone
    for (owner, asked, not_asked) in [("佐藤", "R8-ACC-0002", "R8-ACC-0001"), ("高橋", "R8-ACC-0001", "R8-ACC-0002")]
    {
        let inbox = portal.sign_in(owner).await.get("/requests/inbox").await;
        let opens = |number: &str| inbox.text().contains(&format!("/requests/inbox?open={number}"));
        assert!(opens(asked) && !opens(not_asked), "{owner}: {}", inbox.words());
    }
}

#[tokio::test]
async fn the_owning_sections_manager_issues_the_first_password_once() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = owned(&portal, "SYS-001", "守り（ポータル）", portal.cast.general, true).await;
    person_without_sign_in(&portal).await;
    let clerk = portal.sign_in("田中").await;
    let number = number_of(&ask(&clerk, "木村", &[itself]).await);
    let owner = portal.sign_in("高橋").await;
    decide(&owner, &number, "approve", "").await;
    // one person, one ID: no other person's login
    portal.loses_sign_in("鈴木").await;
    for login in ["tanaka", "suzuki"] {
        work(&owner, &number, &handed(login)).await.refuses(&format!("「{login}」はすでに使われています"));
    }
    let shown = work(&owner, &number, &handed("kimura")).await;
    shown.ok().says("この画面を閉じると、二度と表示できません").says("復元できる形では保存しません");
    let code = code_of(&shown);
    owner.get(&format!("/requests/{number}")).await.ok().hides(&code);
    let mut conn = portal.superuser().await;
    let kept: String = sqlx::query_scalar("select string_agg(a::text, ' ') from auth.activation a")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert!(!kept.contains(&code) && !kept.contains(&code.replace('-', "")));
    let row = owner.get(&format!("/ledgers/accounts/{}", account(&portal, "kimura").await)).await;
    row.ok().says("作成日 R8.4.1").says("作成者 高橋 遼");

    // a second row of this ID is refused, and every ID has a password of its own
    let clerk = portal.sign_in("田中").await;
    let second = number_of(&ask(&clerk, "山本", &[itself]).await);
    let owner = portal.sign_in("高橋").await;
    decide(&owner, &second, "approve", "").await;
    work(&owner, &second, &handed("kimura")).await.refuses("このIDはすでに登録されています");
    let (all, different): (i64, i64) = sqlx::query_as("select count(hash), count(distinct hash) from auth.credential")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert!(all > 5 && all == different, "{all} passwords, {different} hashes");

    // until it is replaced nothing else opens
    let user = portal.browser();
    user.get("/activate").await.ok();
    let entered = user.post("/activate", &[("login", "kimura"), ("code", &code)]).await;
    assert_eq!(entered.location().as_deref(), Some("/me/password"));
    for path in ["/", "/requests", "/me/sessions"] {
        assert_eq!(user.get(path).await.location().as_deref(), Some("/me/password"), "{path}");
    }
    // and after a day it is worth nothing
    portal.loses_sign_in("佐藤").await;
    let clerk = portal.sign_in("田中").await;
    let late = number_of(&ask(&clerk, "佐藤", &[itself]).await);
    let owner = portal.sign_in("高橋").await;
    decide(&owner, &late, "approve", "").await;
    let late = code_of(work(&owner, &late, &handed("sato.n")).await.ok());
    portal.advance(chrono::TimeDelta::hours(24) + chrono::TimeDelta::seconds(1));
    let user = portal.browser();
    user.get("/activate").await.ok();
    let entered = user.post("/activate", &[("login", "sato.n"), ("code", &late)]).await;
    assert_eq!(entered.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", entered.words());
    portal.proves(REGULATION, &["10-8-1-a", "11-1-2-1"]);
}

fn code_of(page: &Page) -> String {
    let text = page.text();
    let from = text.find("<code>").unwrap() + 6;
    text[from..from + text[from..].find("</code>").unwrap()].to_owned()
}

async fn change(browser: &Browser<'_>, fresh: &str) -> Page {
    browser.get("/me/password").await.ok();
    browser.post("/me/password", &[("current", PASSWORD), ("new", fresh), ("again", fresh)]).await
}

#[tokio::test]
async fn a_password_mixes_letters_digits_and_symbols_and_the_broken_rule_is_named() {
    let portal = Portal::open_under(REGULATION).await;
    let tanaka = portal.sign_in("田中").await;
    tanaka.get("/me/password").await.ok().says("8文字以上").says("英字・数字・記号をそれぞれ1文字以上含む");
    for (password, words) in [
        ("Zh_kul7", "8文字以上にしてください"),
        ("Zhxkulo7", "記号を1文字以上含めてください"),
        ("Zh_kulop", "数字を1文字以上含めてください"),
        ("7482_6195", "英字を1文字以上含めてください"),
        ("Passw0rd!", "推測されやすいパスワードは使えません"),
        ("tanaka_Zk9", "「tanaka」が入っています"),
        ("田中_Zkq9xw", "「田中」が入っています"),
        ("営業部_Zkq9x", "「営業部」が入っています"),
    ] {
        change(&tanaka, password).await.refuses(words);
    }
    assert_eq!(change(&tanaka, "Zh_kulo7").await.status, StatusCode::SEE_OTHER);
    portal.proves(REGULATION, &["10-8-2-3"]);
}

#[tokio::test]
async fn a_locked_id_is_shown_to_the_sections_manager_and_released_with_reason_by_the_owning_section() {
    let portal = Portal::open_under(REGULATION).await;
    owned(&portal, "SYS-001", "守り（ポータル）", portal.cast.general, true).await;
    let tanaka = portal.cast.get("田中").id;
    let telephone = async |work: &mut Work| set_telephone(work, tanaka, "06-1234-5678").await;
    portal.app.change(&Actor::portal(), telephone).await.unwrap();
    for _ in 0..5 {
        portal.advance(chrono::TimeDelta::minutes(2));
        let stranger = portal.browser();
        stranger.get("/sign-in").await.ok();
        stranger.post("/sign-in", &[("login", "tanaka"), ("password", "Wrong-Kagi!1")]).await;
    }
    assert_eq!(portal.events("sign_in.locked").await, 1);
    let mut conn = portal.superuser().await;
    let told: i64 =
        sqlx::query_scalar("select count(*) from outbox where kind = 'sign_in.locked' and recipient_id = $1")
            .bind(portal.cast.get("佐藤").id.0)
            .fetch_one(&mut conn)
            .await
            .unwrap();
    assert_eq!(told, 1, "the manager of the person's section is told");

    let claimed = claim(&portal.browser(), "tanaka", "田中 陽向").await;
    assert_eq!(claimed.location().as_deref(), Some("/password-reset/received"));
    let other = portal.sign_in("佐藤").await;
    assert!(other.get("/requests/R8-PWD-0001/lines/1").await.status.is_client_error());
    let owner = portal.sign_in("高橋").await;
    owner.get("/requests/work").await.ok().says("R8-PWD-0001");
    let form = owner.get("/requests/R8-PWD-0001/lines/1").await;
    form.ok().says("06-1234-5678");
    let (name, seen) = hidden(&form, "seen");
    let entries = [
        (name.as_str(), seen.as_str()),
        ("person", "001001"),
        ("method", "電話返信"),
        ("contact", "06-1234-5678"),
        ("result", "matched"),
        ("checked_at", "2026-04-01T09:10"),
        ("own_password", PASSWORD),
    ];
    let shown = owner.post("/requests/R8-PWD-0001/lines/1", &entries).await;
    shown.ok().says("この画面を閉じると、二度と表示できません");
    assert_eq!(portal.events("sign_in.released").await, 1);
    let user = portal.browser();
    user.get("/activate").await.ok();
    let entered = user.post("/activate", &[("login", "tanaka"), ("code", &code_of(&shown))]).await;
    assert_eq!(entered.location().as_deref(), Some("/me/password"));
    owner.get("/requests/R8-PWD-0001").await.ok().says("高橋 遼").says("電話返信");
}
