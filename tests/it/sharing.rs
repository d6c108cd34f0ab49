//! 共有ID・共用ID: an ID is one person's; where the regulation lets several people use one, they are listed by name, somebody
//! approved it, and its password is changed when one of them leaves (katsuura 20(1)②, coop 21-4⑤, osaka 10(7)).
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::features::accounts::sharing::left_of_today;
use mamori::features::movements::model::Kind;
use mamori::kernel::access::Actor;
use mamori::kernel::ids::SystemId;
use mamori::kernel::work::Work;
use mamori::people::roster::set_last_day;

use crate::accounts::{add, add_owned, employee_no, handed, hidden, number_of, option, send};
use crate::movements::moved;
use crate::requests::{content_hash, decide};
use crate::support::ground::open_account;
use crate::support::portal::{Browser, Page, Portal};

pub const SHARE: &str = "/requests/new/account.share";

/// What is asked for; `changed` takes the place of what is asked for by itself.
pub async fn share(by: &Browser<'_>, system: SystemId, changed: &[(&str, &str)]) -> Page {
    let form = by.get(SHARE).await;
    form.ok();
    let grants = format!("grants.{system}");
    let new = changed.iter().all(|(name, _)| *name != "accounts");
    let mut fields = vec![
        ("person", employee_no("田中")),
        ("operation", if new { "new" } else { "users" }.to_owned()),
        ("users", "001001\r\n山本 蓮".to_owned()),
        ("reason", "窓口の端末を交替で使うため".to_owned()),
        ("from", "2026-04-01".to_owned()),
        ("until", "2026-09-30".to_owned()),
    ];
    if new && form.text().contains(&format!("name=\"{grants}\"")) {
        fields.push((grants.as_str(), option(&form, &grants, "参照")));
    }
    if new {
        fields.push(("grants", system.to_string()));
    }
    for (name, value) in changed {
        fields.retain(|(field, _)| field != name);
        fields.push((name, (*value).to_owned()));
    }
    send(by, SHARE, &form, &fields).await
}

/// Works on line 1 with these entries, and with whatever the page proposes in its text areas.
async fn work(by: &Browser<'_>, number: &str, entries: &[(&str, &str)]) -> Page {
    let path = format!("/requests/{number}/lines/1");
    let form = by.get(&path).await;
    let (name, seen) = hidden(form.ok(), "seen");
    let mut fields = vec![(name.as_str(), seen.as_str())];
    fields.extend_from_slice(entries);
    by.post(&path, &fields).await
}

#[track_caller]
fn taken(page: &Page) {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.words());
}

/// The users are asked for right after what they shall share, and not with the days and reasons.
fn asks_for_the_users_with_what_they_share(form: &Page) {
    let html = form.ok().text();
    let mut parts = html.split("<section class=\"form-section\">").skip(1);
    let part = parts.find(|part| part.contains("name=\"users\"")).unwrap();
    let heading = part.split("</h2>").next().unwrap();
    assert!(heading.ends_with("何を"), "{heading}");
    let at = |name: &str| part.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("{name} stands elsewhere"));
    assert!(at("operation") < at("users") && at("users") < at("keeper"));
}

async fn id_of(portal: &Portal, account: &str) -> String {
    let mut db = portal.superuser().await;
    let id = sqlx::query_scalar("select id::text from account where account_name = $1").bind(account);
    id.fetch_one(&mut db).await.unwrap()
}

/// Files アカウント登録申請 for 田中 on this system.
async fn register(by: &Browser<'_>, system: SystemId, more: &[(&str, &str)]) -> String {
    let path = "/requests/new/account.register";
    let form = by.get(path).await;
    let grants = format!("grants.{system}");
    let mut fields = vec![
        ("person", employee_no("田中")),
        ("grants", system.to_string()),
        (grants.as_str(), option(form.ok(), &grants, "参照")),
        ("reason", "窓口で使うため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    number_of(&send(by, path, &form, &fields).await)
}

/// An ID of one person takes no second one, not even past the portal.
async fn is_one_persons_in_the_database(portal: &Portal, account: &str) {
    let mut db = portal.superuser().await;
    for change in [
        "update account set users = array[$1], version = version + 1 where account_name = $2",
        "update account set holder_id = $1, version = version + 1 where account_name = $2",
        "update account set kind = 'shared', users = array[$1], approved_by = $1, necessity = 'x', version = version + 1 where account_name = $2",
    ] {
        let done = sqlx::query(change).bind(portal.cast.get("鈴木").id.0).bind(account).execute(&mut db).await;
        let error = done.unwrap_err().as_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(error, "23514", "{change}");
    }
}

#[tokio::test]
async fn an_individual_id_takes_no_second_person_and_a_shared_one_is_an_exception_with_an_end() {
    let portal = Portal::open_under("katsuura-operations").await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    open_account(&portal, &mut portal.superuser().await, taxes, "山本").await;
    let refusal = "個人用のユーザIDは共有できません";

    // a second person on an individual ID
    let clerk = portal.sign_in("田中").await;
    let number = register(&clerk, taxes, &[]).await;
    taken(&decide(&portal.sign_in("佐藤").await, &number, "approve", "").await);
    let officer = portal.sign_in("斎藤").await;
    let refused = work(&officer, &number, &handed("yamamoto-1")).await;
    assert!(refused.refuses(refusal).text().contains("value=\"yamamoto-1\""), "what was typed stays");
    is_one_persons_in_the_database(&portal, "yamamoto-1").await;

    // the exception: with its reason and its end, approved, and listed apart
    asks_for_the_users_with_what_they_share(&clerk.get(SHARE).await);
    clerk.get(SHARE).await.ok().says("共有ID申請").says("例外の理由").says("組織が定めた手続");
    for (field, value, words) in [
        ("reason", "", "例外の理由を入力してください"),
        ("until", "", "期限を入力してください"),
        ("until", "2026-03-31", "期限は、今日（令和8年4月1日(水)）か、今日より後の日にしてください"),
        ("users", "", "利用者の全員を入力してください"),
        ("users", "999999", "「999999」に当たる人が見つかりません"),
    ] {
        share(&clerk, taxes, &[(field, value)]).await.refuses(words);
    }
    let number = number_of(&share(&clerk, taxes, &[]).await);
    assert_eq!(number, "R8-SHR-0001");
    let administrator = portal.sign_in("伊藤").await;
    administrator.get(&format!("/requests/{number}")).await.ok().says("田中 陽向、山本 蓮");
    taken(&decide(&administrator, &number, "approve", "").await);
    let officer = portal.sign_in("斎藤").await;
    work(&officer, &number, &[("issued_id", "yamamoto-1")]).await.refuses(refusal);
    taken(&work(&officer, &number, &[("issued_id", "madoguchi")]).await);

    let office = portal.sign_in("中村").await;
    office.get("/ledgers/accounts").await.ok().says("共有・共用 1");
    office.get("/ledgers/accounts?view=shared").await.ok().says("madoguchi").hides("yamamoto-1");
    let row = office.get(&format!("/ledgers/accounts/{}", id_of(&portal, "madoguchi").await)).await;
    row.ok().says("種類 共用").says("窓口の端末を交替で使うため").says("承認者 伊藤 翔").says("利用の終了日 R8.9.30");
    row.says("田中 陽向").says("山本 蓮").says(&number);
    assert_eq!(portal.acted("account.ledger.shared").await, 1);
    portal.proves("katsuura-operations", &["20-1-2"]);
}

/// Enters or takes away the number of the rule that lets accounts of a system be shared.
async fn rule(portal: &Portal, system: SystemId, (code, name): (&str, &str), number: &str) -> Page {
    let administrator = portal.sign_in("伊藤").await;
    let path = format!("/ledgers/systems/{system}/correction");
    let form = administrator.get(&path).await;
    let (_, version) = hidden(form.ok(), "version");
    let fields = [
        ("code", code),
        ("name", name),
        ("reading", "はんばいかんり"),
        ("purpose", "受注と請求"),
        ("owner", &option(&form, "owner", "情報システム部")),
        ("importance", "high"),
        ("two_factor", "no"),
        ("sharing_rule", number),
        ("standard", "参照\r\n登録・修正"),
        ("beyond", "承認"),
        ("privileged", "管理者"),
        ("version", &version),
    ];
    administrator.post(&path, &fields).await
}

#[tokio::test]
async fn one_person_has_one_account_unless_a_rule_of_the_system_says_otherwise() {
    let portal = Portal::open_under("coop-operations").await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let plain = add(&portal, "SYS-002", "販売管理システム", false).await;
    let ruled = add(&portal, "SYS-003", "窓口端末", false).await;
    open_account(&portal, &mut portal.superuser().await, plain, "山本").await;
    let answer = async |name: &str, number: &str, verdict: &str| {
        let browser = portal.sign_in(name).await;
        browser.get(&format!("/requests/{number}")).await.ok();
        let seen = content_hash(&portal, number).await;
        let fields = [("_seen", seen.as_str()), ("verdict", verdict), ("words", "")];
        taken(&browser.post(&format!("/requests/{number}/decision"), &fields).await);
    };

    // the same name, and with it a second user
    let manager = portal.sign_in("佐藤").await;
    let movement = moved(&portal, "田中", Kind::Reassignment, "2026-04-01").await;
    let number = register(&manager, plain, &[("movement", &movement)]).await;
    answer("伊藤", &number, "approve.1").await;
    answer("中村", &number, "approve").await;
    let told = [("notice_management", "本人だけが使う"), ("notice_access", "業務用端末から")];
    let told = [told[0], told[1], ("notice_scope", "参照だけ"), ("notice_prohibited", "人に使わせない")];
    let worker = portal.sign_in("渡辺").await;
    let entries = [&handed("Yamamoto-1")[..], &told].concat();
    work(&worker, &number, &entries).await.refuses("アカウントは一人に一つです");
    is_one_persons_in_the_database(&portal, "yamamoto-1").await;

    // shared is only what a registered rule names, and never the portal itself
    let manager = portal.sign_in("佐藤").await;
    asks_for_the_users_with_what_they_share(&manager.get(SHARE).await);
    manager.get(SHARE).await.ok().hides("窓口端末").hides("販売管理システム").hides("守り（ポータル）");
    rule(&portal, itself, ("SYS-001", "守り（ポータル）"), "規程第3号")
        .await
        .refuses("このポータル自身のアカウントは共有できません");
    taken(&rule(&portal, ruled, ("SYS-003", "窓口端末"), "窓口端末管理細則 第3号").await);
    let manager = portal.sign_in("佐藤").await;
    manager.get(SHARE).await.ok().says("窓口端末").hides("販売管理システム").hides("守り（ポータル）");
    for system in [plain, itself] {
        share(&manager, system, &[]).await.refuses("");
    }
    assert_eq!(portal.events("request.filed").await, 1);
    share(&manager, ruled, &[("users", "")]).await.refuses("利用者の全員を入力してください");

    // everybody who uses it is listed by name, with the rule
    let number = number_of(&share(&manager, ruled, &[]).await);
    manager.get(&format!("/requests/{number}")).await.ok().says("田中 陽向、山本 蓮").says("窓口端末管理細則 第3号");
    answer("伊藤", &number, "approve.1").await;
    answer("中村", &number, "approve").await;
    let worker = portal.sign_in("渡辺").await;
    let entries = [&[("issued_id", "counter1")][..], &told].concat();
    taken(&work(&worker, &number, &entries).await);
    let row = worker.get(&format!("/ledgers/accounts/{}", id_of(&portal, "counter1").await)).await;
    row.ok().says("田中 陽向").says("山本 蓮").says("共有の根拠規定 窓口端末管理細則 第3号").says("承認者 中村 彩");
    let own = worker.get(&format!("/ledgers/accounts/{}", id_of(&portal, "yamamoto-1").await)).await;
    own.ok().says("利用者 山本 蓮").says("種類 個人");
    let mut db = portal.superuser().await;
    let onto = sqlx::query("update account set system_id = $1, version = version + 1 where kind = 'shared'");
    assert!(onto.bind(itself.0).execute(&mut db).await.is_err());
    let fresh = sqlx::query(
        "insert into account (id, system_id, account_name, holder_id, department_id, rights, necessity, kind, state, opened_on, users, approved_by)
         select gen_random_uuid(), $1, 'counter2', holder_id, department_id, array(select id from system_right where system_id = $1 limit 1),
                necessity, 'shared', 'active', opened_on, users, approved_by
           from account where account_name = 'counter1'",
    );
    let refused = fresh.bind(itself.0).execute(&mut db).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().constraint(), Some("portal_is_not_shared"));
    portal.proves("coop-operations", &["21-4-5", "31-1-1"]);
}

#[tokio::test]
async fn a_shared_id_is_its_users_alone_and_its_password_changes_when_one_of_them_leaves() {
    let portal = Portal::open_under("osaka-standard").await;
    let itself = add_owned(&portal, "SYS-001", "守り（ポータル）", true, portal.cast.general).await;
    let residents = add_owned(&portal, "SYS-002", "住民情報システム", false, portal.cast.general).await;
    let clerk = portal.sign_in("田中").await;
    asks_for_the_users_with_what_they_share(&clerk.get(SHARE).await);
    clerk.get(SHARE).await.ok().says("共用ID申請").hides("守り（ポータル）");
    share(&clerk, itself, &[]).await.refuses("");
    share(&clerk, residents, &[("reason", "")]).await.refuses("用途を入力してください");
    share(&clerk, residents, &[("users", "")]).await.refuses("利用者の全員を入力してください");
    let through = async |number: &str, entries: &[(&str, &str)]| {
        let owner = portal.sign_in("高橋").await;
        taken(&decide(&owner, number, "approve", "").await);
        taken(&work(&owner, number, entries).await);
    };
    let number = number_of(&share(&clerk, residents, &[]).await);
    through(&number, &[("issued_id", "madoguchi")]).await;
    let id = id_of(&portal, "madoguchi").await;
    let at = format!("/ledgers/accounts/{id}");
    let owner = portal.sign_in("高橋").await;
    owner.get(&at).await.ok().says("種類 共用").says("窓口の端末を交替で使うため").says("田中 陽向").says("山本 蓮");

    // one more user, and one fewer, by a request like the first; nobody edits the list
    let clerk = portal.sign_in("田中").await;
    let file = async |users: &str| share(&clerk, residents, &[("accounts", &id), ("users", users)]).await;
    file("001001\r\n001002").await.refuses("変更の前と後が同じです");
    let number = number_of(&file("001001\r\n001002\r\n佐藤直樹").await);
    let page = portal.sign_in("高橋").await.get(&format!("/requests/{number}")).await;
    page.ok().says("田中 陽向、山本 蓮→田中 陽向、山本 蓮、佐藤 直樹");
    through(&number, &[]).await;
    let owner = portal.sign_in("高橋").await;
    owner.get(&at).await.ok().says("佐藤 直樹").says("利用者の変更").says(&number).says("パスワードの状態 変更済");

    // a user leaves: the password has to be changed, and the day of the change is entered
    portal.advance(TimeDelta::days(1));
    portal.loses_sign_in("山本").await;
    let owner = portal.sign_in("高橋").await;
    owner.get("/ledgers/accounts?view=secret-due").await.ok().says("madoguchi").says("パスワードの変更が必要 1");
    owner.get(&at).await.ok().says("パスワードの変更が必要").says("利用者の離任");
    portal.sign_in("田中").await.get("/me/accounts").await.ok().says("パスワードの変更が必要");
    let mut db = portal.superuser().await;
    let told: i64 =
        sqlx::query_scalar("select count(*) from outbox where kind = 'account.password_due' and recipient_id = $1")
            .bind(portal.cast.get("田中").id.0)
            .fetch_one(&mut db)
            .await
            .unwrap();
    assert_eq!(told, 1);
    let changed = async |on: &str| {
        let path = format!("{at}/password");
        let form = owner.get(&path).await;
        let (name, version) = hidden(form.ok().says("パスワードそのものは入力しません"), "version");
        owner.post(&path, &[("changed_on", on), (&name, &version)]).await
    };
    changed("2026-04-03")
        .await
        .refuses("パスワードの変更日は、今日（令和8年4月2日(木)）か、今日より前の日にしてください");
    changed("").await.refuses("パスワードの変更日");
    taken(&changed("2026-04-01").await);
    owner.get(&at).await.ok().says("パスワードの変更が必要");
    taken(&changed("2026-04-02").await);
    owner.get(&at).await.ok().says("パスワードの状態 変更済").says("パスワードの変更日 R8.4.2");

    // so it is when a user without a sign-in has had the last day
    let last = portal.cast.get("佐藤").id;
    let day = "2026-04-02".parse().unwrap();
    let set = async |work: &mut Work| set_last_day(work, last, day).await;
    portal.app.change(&Actor::portal(), set).await.unwrap();
    portal.advance(TimeDelta::days(1));
    left_of_today(&portal.app).await.unwrap();
    left_of_today(&portal.app).await.unwrap();
    portal.sign_in("高橋").await.get(&at).await.ok().says("パスワードの変更が必要");
    assert_eq!(portal.events("account.password_due").await, 2);
    portal.proves("osaka-standard", &["10-7-b"]);
}
