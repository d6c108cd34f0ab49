//! アカウント管理台帳: what requests, sign-ins and people leave in it, and what it refuses (system-management 4.1.1 – 4.1.3).
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::features::systems::actions::register;
use mamori::features::systems::model::{Facts, Importance, Level, RightNames};
use mamori::kernel::access::Actor;
use mamori::kernel::ids::{DepartmentId, SystemId};
use mamori::kernel::work::Work;
use mamori::people::sign_ins::create_sign_in;
use sqlx::Row as _;

use crate::password_reset::code;
use crate::requests::content_hash;
use crate::sign_in::activate;
use crate::support::portal::{Browser, Page, Portal};

pub const REGULATION: &str = "system-management";
const SYSTEM: &str = "販売管理システム";

/// A portal with two rows in its register: itself, and a system with rights of every level.
pub struct Office {
    pub portal: Portal,
    pub system: SystemId,
    pub itself: SystemId,
}

impl Office {
    pub async fn open() -> Self {
        let portal = Portal::open().await;
        let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
        let system = add(&portal, "SYS-002", SYSTEM, false).await;
        Self { portal, system, itself }
    }

    /// Files アカウント登録申請 for somebody and answers with its number.
    pub async fn ask_for(&self, browser: &Browser<'_>, person: &str, system: SystemId, right: &str) -> String {
        let sent = self.try_to_ask(browser, person, system, right).await;
        number_of(&sent)
    }

    pub async fn try_to_ask(&self, browser: &Browser<'_>, person: &str, system: SystemId, right: &str) -> Page {
        let path = "/requests/new/account.register";
        let form = browser.get(path).await;
        form.ok();
        let grants = format!("grants.{system}");
        let right = option(&form, &grants, right);
        let fields = [
            ("person", employee_no(person)),
            ("grants", system.to_string()),
            (grants.as_str(), right),
            ("reason", "受注の登録を担当するため".to_owned()),
            ("from", "2026-04-01".to_owned()),
        ];
        send(browser, path, &form, &fields).await
    }

    pub async fn approve(&self, number: &str) {
        let manager = self.portal.sign_in("佐藤").await;
        let page = manager.get(&format!("/requests/{number}")).await;
        page.ok();
        let (name, seen) = hidden(&page, "seen");
        let answer = manager
            .post(&format!("/requests/{number}/decision"), &[(&name, &seen), ("verdict", "approve"), ("words", "")])
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    }

    /// Works on line 1 with these entries beside the usual ones.
    pub async fn execute(&self, browser: &Browser<'_>, number: &str, entries: &[(&str, &str)]) -> Page {
        let path = format!("/requests/{number}/lines/1");
        let form = browser.get(&path).await;
        form.ok();
        let (name, seen) = hidden(&form, "seen");
        let mut fields = vec![(name.as_str(), seen.as_str())];
        fields.extend_from_slice(entries);
        browser.post(&path, &fields).await
    }

    /// The id of the account with this ID.
    pub async fn account(&self, name: &str) -> String {
        let mut conn = self.portal.superuser().await;
        let row =
            sqlx::query("select id::text from account where account_name = $1").bind(name).fetch_one(&mut conn).await;
        row.unwrap_or_else(|_| panic!("no account {name}")).get(0)
    }

    /// An account of 山本 on the system, through the whole journey.
    pub async fn opened(&self, right: &str) -> (String, String) {
        let clerk = self.portal.sign_in("田中").await;
        let number = self.ask_for(&clerk, "山本", self.system, right).await;
        self.approve(&number).await;
        let administrator = self.portal.sign_in("伊藤").await;
        let done = self.execute(&administrator, &number, &handed("yamamoto.r")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
        (number, self.account("yamamoto.r").await)
    }
}

pub async fn add(portal: &Portal, code: &str, name: &str, itself: bool) -> SystemId {
    add_owned(portal, code, name, itself, portal.cast.it).await
}

/// The same, owned by this section.
pub async fn add_owned(portal: &Portal, code: &str, name: &str, itself: bool, owner: DepartmentId) -> SystemId {
    let facts = Facts {
        code: code.to_owned(),
        name: name.to_owned(),
        reading: "はんばいかんり".to_owned(),
        purpose: "受注と請求".to_owned(),
        owner,
        importance: Importance::High,
        two_factor: false,
        sharing_rule: String::new(),
    };
    let rights = RightNames(vec![
        (Level::Standard, "参照".to_owned()),
        (Level::Standard, "登録・修正".to_owned()),
        (Level::Beyond, "承認".to_owned()),
        (Level::Privileged, "管理者".to_owned()),
    ]);
    let add = async |work: &mut Work| {
        let id = SystemId::new(work.now);
        register(work, id, &facts, &rights, itself).await
    };
    portal.app.change(&Actor::portal(), add).await.unwrap()
}

/// Those of the answers about an account that the form of this kind asks.
fn of_kind<'a>(kind: &str, mut fields: Vec<(&'a str, String)>) -> Vec<(&'a str, String)> {
    let stops = kind == "account.stop";
    fields.retain(|(name, _)| if stops { *name != "from" && !name.contains('.') } else { *name != "stop_on" });
    fields
}

/// What is entered about the handing over.
pub fn handed(issued: &str) -> [(&str, &str); 4] {
    [
        ("issued_id", issued),
        ("handover_method", "sealed"),
        ("identity_check", "対面"),
        ("handed_over_at", "2026-04-01T09:00"),
    ]
}

/// The id of a right, offered or not.
pub async fn right_of(portal: &Portal, system: SystemId, name: &str) -> String {
    let mut conn = portal.superuser().await;
    let row = sqlx::query("select id::text from system_right where system_id = $1 and name = $2").bind(system.0);
    row.bind(name).fetch_one(&mut conn).await.unwrap().get(0)
}

pub fn employee_no(name: &str) -> String {
    if name == "木村" {
        return "009001".to_owned();
    }
    let order = [
        "田中", "山本", "佐藤", "鈴木", "高橋", "伊藤", "渡辺", "中村", "小林", "加藤", "吉田", "斎藤", "松本", "井上",
    ];
    format!("{:06}", 1001 + order.iter().position(|known| *known == name).unwrap())
}

/// A hidden field by the end of its name: its whole name and its value.
pub fn hidden(page: &Page, name: &str) -> (String, String) {
    for name in [format!("_{name}"), name.to_owned()] {
        if let Some(value) = page.attribute(&format!("name=\"{name}\" value=\"")) {
            return (name, value);
        }
    }
    panic!("no hidden field {name}: {}", page.words())
}

pub async fn send(browser: &Browser<'_>, path: &str, form: &Page, fields: &[(&str, String)]) -> Page {
    let (id_name, id) = hidden(form, "id");
    let step = if id_name.starts_with('_') { "_step" } else { "step" };
    let mut all: Vec<(&str, &str)> = vec![(&id_name, &id), (step, "send")];
    all.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
    browser.post(path, &all).await
}

pub fn number_of(sent: &Page) -> String {
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    sent.location().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// The value of the choice whose words begin so, in a list of the page.
pub fn option(page: &Page, list: &str, label: &str) -> String {
    let html = page.text();
    let from = html.find(&format!("name=\"{list}\"")).unwrap_or_else(|| panic!("no list {list}: {}", page.words()));
    let list = &html[from..from + html[from..].find("</select>").unwrap()];
    let at = list.find(&format!(">{label}")).unwrap_or_else(|| panic!("no {label} in {list}"));
    let before = &list[..at];
    let value = &before[before.rfind("value=\"").unwrap() + 7..];
    value[..value.find('"').unwrap()].to_owned()
}

#[tokio::test]
async fn executing_a_request_writes_the_row_and_nothing_removes_it() {
    let office = Office::open().await;
    let (number, account) = office.opened("登録・修正").await;

    let auditor = office.portal.sign_in("吉田").await;
    let list = auditor.get("/ledgers/accounts").await;
    list.ok()
        .says("yamamoto.r")
        .says(&number)
        .says(SYSTEM)
        .says("山本 蓮")
        .says("営業部")
        .says("登録・修正")
        .says("有効");
    let row = auditor.get(&format!("/ledgers/accounts/{account}")).await;
    row.ok().says("作成日 R8.4.1");
    row.says(&number).says("作成者 伊藤 翔").says("アカウントの作成").says("受注の登録を担当するため");

    // neither the portal's own login nor anybody else's deletes a row
    let mut runtime = office.portal.runtime("mamori_app").await;
    assert!(sqlx::query("delete from account").execute(&mut runtime).await.is_err());
    let mut superuser = office.portal.superuser().await;
    let refused = sqlx::query("delete from account").execute(&mut superuser).await.unwrap_err();
    assert!(refused.to_string().contains("append-only"), "{refused}");
    assert_eq!(office.portal.acted("account.ledger.created").await, 1);

    // accounts of the portal itself stand there without anybody's doing
    let person = person_without_sign_in(&office.portal).await;
    let open = async |work: &mut Work| create_sign_in(work, person, "kimura").await.map(drop);
    office.portal.app.change(&Actor::portal(), open).await.unwrap();
    auditor.get("/ledgers/accounts?q=kimura").await.ok().says("守り（ポータル）").says("木村 さくら").says("有効");
    office.portal.proves(REGULATION, &["4.1.1-2"]);
}

pub async fn person_without_sign_in(portal: &Portal) -> mamori::kernel::ids::PersonId {
    use mamori::people::roster::{NewPerson, NewPost, add_person, appoint};
    let from = chrono::NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    let department = portal.cast.sales;
    portal
        .app
        .change(&Actor::portal(), async |work| {
            let new = NewPerson {
                employee_no: "009001",
                family_name: "木村",
                given_name: "さくら",
                reading: "きむら さくら",
                mail: None,
                employment: "permanent",
                owner: None,
                joined_on: from,
            };
            let person = add_person(work, &new).await?;
            let tier = mamori::kernel::access::Tier::Staff;
            appoint(work, &NewPost { person, department, tier, function: None, title: "", main: true, from }).await?;
            Ok(person)
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn rights_beyond_the_request_are_refused_and_beyond_the_standard_need_a_reason() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let administrator = office.portal.sign_in("伊藤").await;

    let number = office.ask_for(&clerk, "山本", office.system, "登録・修正").await;
    office.approve(&number).await;
    let form = administrator.get(&format!("/requests/{number}/lines/1")).await;
    // what was asked for and what is standard stand side by side before anything is set
    form.ok()
        .hides("標準を超える権限の理由")
        .says("設定した権限")
        .says("申請された権限 登録・修正")
        .says("職務の標準権限 参照登録・修正");
    // only rights of this line's system, and none beyond the request
    let rights = &form.text()[form.text().find("name=\"granted\"").unwrap()..];
    let rights = &rights[..rights.find("</select>").unwrap()];
    assert_eq!(rights.matches("<option").count(), 3, "参照, 登録・修正, and none: {rights}");
    let wider = right_of(&office.portal, office.system, "管理者").await;
    let foreign = right_of(&office.portal, office.itself, "参照").await;
    let narrower = option(&form, "granted", "参照");
    let mut entries = handed("yamamoto.r").to_vec();
    for granted in [&wider, &foreign] {
        let entries = [&entries[..], &[("granted", granted)]].concat();
        let refused = office.execute(&administrator, &number, &entries).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("申請された範囲を超える権限は設定できません");
    }
    assert_eq!(office.portal.acted("account.ledger.created").await, 0);

    // fewer rights may be granted
    entries.push(("granted", &narrower));
    let done = office.execute(&administrator, &number, &entries).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let account = office.account("yamamoto.r").await;
    administrator.get(&format!("/ledgers/accounts/{account}")).await.ok().says("権限 参照");

    // a right beyond the standard one asks for its reason
    let number = office.ask_for(&clerk, "田中", office.system, "承認").await;
    office.approve(&number).await;
    let form = administrator.get(&format!("/requests/{number}/lines/1")).await;
    form.ok()
        .says("標準を超える権限の理由※条件により必須")
        .says("職務の標準を超える権限を設定するときは、必ず入力します");
    let wanted = option(&form, "granted", "承認");
    for granted in ["", &wanted] {
        let entries = [&handed("tanaka.h")[..], &[("granted", granted)]].concat();
        let refused = office.execute(&administrator, &number, &entries).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("標準を超える権限には、理由を入力してください");
    }
    let mut entries = handed("tanaka.h").to_vec();
    entries.push(("beyond_reason", "課長不在時の代行のため"));
    let done = office.execute(&administrator, &number, &entries).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let account = office.account("tanaka.h").await;
    administrator.get(&format!("/ledgers/accounts/{account}")).await.ok().says("課長不在時の代行のため");
    assert_eq!(office.portal.acted("account.least_rights").await, 2);
    office.portal.proves(REGULATION, &["4.1.1-1-b"]);
}

#[tokio::test]
async fn one_person_has_one_account_on_a_system_and_an_id_is_never_given_twice() {
    let office = Office::open().await;
    office.opened("参照").await;
    let clerk = office.portal.sign_in("田中").await;
    let again = office.try_to_ask(&clerk, "山本", office.system, "登録・修正").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again.says("すでに持っています").says("アカウント変更申請");

    let number = office.ask_for(&clerk, "田中", office.system, "参照").await;
    office.approve(&number).await;
    let administrator = office.portal.sign_in("伊藤").await;
    let refused = office.execute(&administrator, &number, &handed("YAMAMOTO.R")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("このIDはすでに登録されています");
    let refused = office.execute(&administrator, &number, &handed("a b")).await;
    refused.says("空白のない64字以内");
    for hostile in ["<script>alert(1)</script>", "tanaka\u{200b}.h;", "田中", "tanaka,h", "\"tanaka\""] {
        let refused = office.execute(&administrator, &number, &handed(hostile)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{hostile}");
        refused.says("IDは半角の英数字と記号");
    }
    let mut future = handed("tanaka.h");
    future[3].1 = "2026-04-01T18:00";
    let refused = office.execute(&administrator, &number, &future).await;
    refused.says("いまより前の日時");
    for long_ago in ["1999-01-01T00:00", "2026-04-01T08:59"] {
        let mut early = handed("tanaka.h");
        early[3].1 = long_ago;
        let refused = office.execute(&administrator, &number, &early).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{long_ago}");
        refused.says("伝達日時が、申請された時より前になっています");
    }
    for formula in ["=cmd", "@SUM(1)", "+a", "-a"] {
        let refused = office.execute(&administrator, &number, &handed(formula)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{formula}");
    }
    // what was typed in full width is the same ID in half width
    let done = office.execute(&administrator, &number, &handed("ｔａｎａｋａ．Ｈ０１")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    office.account("tanaka.H01").await;
    administrator.get(&format!("/requests/{number}")).await.ok().says("発行したID tanaka.H01");
}

#[tokio::test]
async fn a_clerk_sees_the_accounts_of_the_one_person_named_and_of_nobody_else() {
    let office = Office::open().await;
    let (_, account) = office.opened("参照").await;
    let clerk = office.portal.sign_in("田中").await;
    let mine = office.ask_for(&clerk, "田中", office.system, "参照").await;
    office.approve(&mine).await;
    let administrator = office.portal.sign_in("伊藤").await;
    assert_eq!(office.execute(&administrator, &mine, &handed("tanaka.h")).await.status, StatusCode::SEE_OTHER);

    for kind in ["account.change", "account.stop"] {
        let path = format!("/requests/new/{kind}");
        let form = clerk.get(&path).await;
        form.ok().hides("yamamoto.r").hides("tanaka.h").says("対象の人を入力して「表示する」を押すと");
        // without scripts: the button beside the person draws the same form anew
        let (name, id) = hidden(&form, "id");
        let show = async |person: &str| {
            let fields =
                [(name.as_str(), id.as_str()), ("person", person), ("reason", "担当替え"), ("_step", "preview")];
            clerk.post(&path, &fields).await
        };
        let shown = show(&employee_no("山本")).await;
        shown.ok().says("yamamoto.r").hides("tanaka.h").says("担当替え");
        show(&employee_no("佐藤")).await.ok().says("この人について選べるものはありません").hides("yamamoto.r");
        show("だれでもない").await.ok().hides("yamamoto.r");

        // an account of somebody else than the one named is not taken, however it is sent
        let right = option(
            &clerk.get("/requests/new/account.register").await,
            &format!("grants.{}", office.system),
            "登録・修正",
        );
        let fields = [
            ("person", employee_no("田中")),
            ("accounts", account.clone()),
            (&format!("accounts.{account}"), right),
            ("reason", "担当替え".to_owned()),
            ("from", "2026-04-01".to_owned()),
            ("stop_on", "2026-04-01".to_owned()),
        ];
        let refused = send(&clerk, &path, &form, &of_kind(kind, fields.to_vec())).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.hides("yamamoto.r");
    }
    // from the row of the ledger the person is chosen already
    let own = clerk.get("/me/accounts").await;
    let href = own.attribute("href=\"/requests/new/account.change").unwrap();
    let href = format!("/requests/new/account.change{}", href.replace("&amp;", "&"));
    clerk.get(&href).await.ok().says("tanaka.h").hides("yamamoto.r");
}

#[tokio::test]
async fn a_change_begins_from_the_row_and_happens_as_it_was_approved() {
    let office = Office::open().await;
    let (registration, account) = office.opened("参照").await;
    let clerk = office.portal.sign_in("田中").await;
    let path = "/requests/new/account.change";
    let manager = office.portal.sign_in("佐藤").await;
    let row = manager.get(&format!("/ledgers/accounts/{account}")).await;
    let chosen = row.ok().attribute("href=\"/requests/new/account.change").unwrap().replace("&amp;", "&");
    let form = clerk.get(&format!("{path}{chosen}")).await;
    form.ok().says("山本 蓮").says("yamamoto.r");
    let rights = format!("accounts.{account}");
    let same = option(&form, &rights, "参照");
    let wider = option(&form, &rights, "登録・修正");
    let fields = |right: &str| {
        [
            ("person", employee_no("山本")),
            ("accounts", account.clone()),
            (rights.as_str(), right.to_owned()),
            ("reason", "担当が替わったため".to_owned()),
            ("from", "2026-04-01".to_owned()),
        ]
    };
    let refused = send(&clerk, path, &form, &fields(&same)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("変更の前と後が同じです");
    let number = number_of(&send(&clerk, path, &form, &fields(&wider)).await);

    manager.get(&format!("/requests/{number}")).await.ok().says("参照").says("登録・修正").says("実施時に変更");
    // the requests about one row name each other, whatever came of them
    for (one, other) in [(&number, &registration), (&registration, &number)] {
        let page = manager.get(&format!("/requests/{one}")).await;
        page.ok().says("同じ台帳の行についての申請").says(other);
    }
    office.approve(&number).await;
    let administrator = office.portal.sign_in("伊藤").await;
    let work = administrator.get(&format!("/requests/{number}/lines/1")).await;
    work.ok().hides("設定した権限").hides("標準を超える権限の理由");
    // what is not right goes back to whoever asked
    administrator.get(&format!("/requests/{number}")).await.ok().says("差し戻す");
    // whoever executes cannot slip in other rights: the form has no such field, and is not taken with one
    for slipped_in in ["granted", "accounts"] {
        office.execute(&administrator, &number, &[(slipped_in, &same)]).await.refuses("送信を受け付けませんでした");
    }
    let done = office.execute(&administrator, &number, &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());

    let row = administrator.get(&format!("/ledgers/accounts/{account}")).await;
    row.ok().says("権限 登録・修正").says("参照→登録・修正").says(&number).says("権限の変更").says("伊藤 翔");
    let manager_sees = manager.get(&format!("/ledgers/accounts/{account}")).await;
    manager_sees.ok().says("参照→登録・修正");
    assert_eq!(office.portal.acted("account.ledger.changed").await, 1);
    office.portal.proves(REGULATION, &["4.1.2-1", "4.1.2-3"]);
}

#[tokio::test]
async fn an_initial_password_for_another_system_is_drawn_and_shown_once() {
    let office = Office::open().await;
    let administrator = office.portal.sign_in("伊藤").await;
    let ask = administrator.get("/ledgers/accounts/initial-password").await;
    // nobody types an initial password: the page has a button and no field for one
    ask.ok().says("初期パスワードを作る");
    assert!(!ask.text().contains("type=\"password\""));
    let made = administrator.post("/ledgers/accounts/initial-password", &[]).await;
    made.ok().says("二度と表示できません");
    let html = made.text();
    let from = html.find("<output>").unwrap() + "<output>".len();
    let secret = &html[from..from + html[from..].find("</output>").unwrap()];
    let again = administrator.get("/ledgers/accounts/initial-password").await;
    assert!(!again.text().contains(secret));
    let mut conn = office.portal.superuser().await;
    let kept = sqlx::query("select count(*) from audit.event where position($1 in facts::text) > 0")
        .bind(secret)
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(kept.get::<i64, _>(0), 0);
    assert!(office.portal.acted("account.initial_password").await >= 1);
    let clerk = office.portal.sign_in("田中").await;
    assert_eq!(clerk.get("/ledgers/accounts/initial-password").await.status, StatusCode::FORBIDDEN);
    office.portal.proves(REGULATION, &["4.1.1-3-a"]);
}

/// A request for a sign-in to the portal itself, approved; for whom, and its number.
async fn portal_line(office: &Office) -> (mamori::kernel::ids::PersonId, String) {
    let person = person_without_sign_in(&office.portal).await;
    let clerk = office.portal.sign_in("田中").await;
    let path = "/requests/new/account.register";
    let form = clerk.get(path).await;
    let grants = format!("grants.{}", office.itself);
    let fields = [
        ("person", "009001".to_owned()),
        ("grants", office.itself.to_string()),
        (grants.as_str(), option(&form, &grants, "参照")),
        ("reason", "着任したため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    let number = number_of(&send(&clerk, path, &form, &fields).await);
    office.approve(&number).await;
    (person, number)
}

#[tokio::test]
async fn a_portal_line_that_is_left_undone_after_its_code_stops_what_was_made() {
    let office = Office::open().await;
    let (_, number) = portal_line(&office).await;
    let administrator = office.portal.sign_in("伊藤").await;
    let done = office.execute(&administrator, &number, &[("issued_id", "kimura")]).await;
    let code = code(done.ok());
    let line = format!("/requests/{number}/lines/1");
    administrator.get(&line).await.ok().says("いっしょに停止します");
    let seen = content_hash(&office.portal, &number).await;
    let why = [("_seen", seen.as_str()), ("words", "着任が取りやめになったため")];
    let left = administrator.post(&format!("{line}/declined"), &why).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.words());
    let (_, refused) = activate(&office.portal, "kimura", &code).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((office.portal.events("sign_in.stopped").await, office.portal.events("account.stopped").await), (1, 1));
    administrator.get("/ledgers/accounts?view=stopped").await.ok().says("kimura");
    administrator.get(&format!("/requests/{number}")).await.ok().says("実施せず").says("着任が取りやめになったため");
}

#[tokio::test]
async fn the_portals_own_line_opens_the_sign_in_and_shows_its_code_once() {
    let office = Office::open().await;
    let (person, number) = portal_line(&office).await;
    let administrator = office.portal.sign_in("伊藤").await;
    // nobody hands over what is not there yet: the code comes first, its handing over is recorded after it
    let line = format!("/requests/{number}/lines/1");
    administrator.get(&line).await.ok().says("発行したID").hides("伝達方法");
    // with one's number one signs in too: nobody's ID is somebody else's number
    let taken = office.execute(&administrator, &number, &[("issued_id", "001002")]).await;
    taken.refuses("このIDは、ほかの人の職員番号です");
    let done = office.execute(&administrator, &number, &[("issued_id", "kimura")]).await;
    done.ok().says("有効化コード").says("渡したら、続けて記録する");
    let code = code(&done);
    assert_eq!(office.portal.acted("account.handover").await, 0);
    administrator
        .get(&format!("/requests/{number}"))
        .await
        .ok()
        .says("作業の途中")
        .says("続きを記録する")
        .hides("実施時に追加");
    administrator.get("/requests/work").await.ok().says(&number);
    administrator.get(&line).await.ok().says("伝達方法").hides("発行したID").says("いっしょに停止します");
    office.portal.advance(TimeDelta::minutes(10));
    let early = [handed("kimura")[1], handed("kimura")[2], ("handed_over_at", "2026-04-01T08:59")];
    office.execute(&administrator, &number, &early).await.refuses("有効化コードを発行した時刻より後");
    let handing = [handed("kimura")[1], handed("kimura")[2], ("handed_over_at", "2026-04-01T09:05")];
    assert_eq!(office.execute(&administrator, &number, &handing).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.portal.acted("account.handover").await, 1);
    administrator
        .get(&format!("/requests/{number}"))
        .await
        .ok()
        .says("受領待ち")
        .says("封書")
        .says("発行したID kimura");
    let mut conn = office.portal.superuser().await;
    let opened = sqlx::query("select count(*) from auth.credential where person_id = $1")
        .bind(person.0)
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(opened.get::<i64, _>(0), 1);
    // one row, although two roads lead to the ledger
    let rows =
        sqlx::query("select count(*) from account where account_name = 'kimura'").fetch_one(&mut conn).await.unwrap();
    assert_eq!(rows.get::<i64, _>(0), 1);
    // mails were written about all this, and none of them carries the code, in whatever form it is written
    let said = "select n::text from notice n union all select subject || ' ' || body from outbox";
    let mails: Vec<String> = sqlx::query_scalar(said).fetch_all(&mut conn).await.unwrap();
    assert!(mails.iter().any(|mail| mail.contains(&number)), "no mail speaks of {number}");
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    assert!(mails.iter().all(|mail| !plain(mail).contains(&plain(&code))), "a mail carries the code");
}

#[tokio::test]
async fn staff_see_their_own_accounts_and_nobody_elses() {
    let office = Office::open().await;
    let (_, account) = office.opened("参照").await;
    let own = office.portal.sign_in("山本").await;
    own.get("/me/accounts").await.ok().says(SYSTEM).says("yamamoto.r").says("変更を申請する");
    own.get(&format!("/ledgers/accounts/{account}")).await.ok().says("yamamoto.r");
    let other = office.portal.sign_in("鈴木").await;
    other.get("/me/accounts").await.ok().hides("yamamoto.r");
    assert_eq!(other.get(&format!("/ledgers/accounts/{account}")).await.status, StatusCode::NOT_FOUND);
    let other_manager = office.portal.sign_in("高橋").await;
    other_manager.get("/ledgers/accounts?q=yamamoto").await.ok().hides("yamamoto.r").says("0件");
    assert_eq!(other_manager.get(&format!("/ledgers/accounts/{account}")).await.status, StatusCode::NOT_FOUND);
}

/// 営業一課 below 営業部, which 山本 also works in and which 高橋 manages.
async fn section(portal: &Portal) -> String {
    use mamori::kernel::access::Tier;
    use mamori::people::roster::{NewDepartment, NewPost, add_department, appoint};
    let from = chrono::NaiveDate::from_ymd_opt(2025, 4, 1).unwrap();
    let (member, head) = (portal.cast.get("山本").id, portal.cast.get("高橋").id);
    let add = async |work: &mut Work| {
        let parent = Some(portal.cast.sales);
        let new =
            NewDepartment { code: "110", name: "営業一課", reading: "えいぎょういっか", parent, from };
        let department = add_department(work, &new).await?;
        for (person, tier) in [(member, Tier::Staff), (head, Tier::Manager)] {
            appoint(work, &NewPost { person, department, tier, title: "", main: false, function: None, from }).await?;
        }
        Ok(department)
    };
    portal.app.change(&Actor::portal(), add).await.unwrap().to_string()
}

#[tokio::test]
async fn no_other_section_decides_about_an_account() {
    let office = Office::open().await;
    let (_, account) = office.opened("参照").await;
    let section = section(&office.portal).await;
    let clerk = office.portal.sign_in("田中").await;
    let path = "/requests/new/account.register";
    let right = option(&clerk.get(path).await, &format!("grants.{}", office.system), "登録・修正");
    let rights = format!("accounts.{account}");
    let fields = |department: &str| {
        [
            ("department", department.to_owned()),
            ("person", employee_no("山本")),
            ("accounts", account.clone()),
            (rights.as_str(), right.clone()),
            ("from", "2026-04-01".to_owned()),
            ("stop_on", "2026-04-01".to_owned()),
            ("reason", "担当替え".to_owned()),
        ]
    };
    for kind in ["account.change", "account.stop"] {
        let path = format!("/requests/new/{kind}");
        let form = clerk.get(&path).await;
        form.ok().says("営業一課");
        let refused = send(&clerk, &path, &form, &of_kind(kind, fields(&section).to_vec())).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind}");
        refused.says("このアカウントの利用部門は「営業部」です");
    }
    assert_eq!(office.portal.events("request.filed").await, 1);

    // whoever decides sees the row before and after, also where it has moved out of their reach meanwhile
    let path = "/requests/new/account.change";
    let form = clerk.get(path).await;
    let number = number_of(
        &send(&clerk, path, &form, &of_kind("account.change", fields(&office.portal.cast.sales.to_string()).to_vec()))
            .await,
    );
    let manager = office.portal.sign_in("佐藤").await;
    let mut db = office.portal.superuser().await;
    sqlx::query("update account set department_id = $2, version = version + 1 where id = $1::text::uuid")
        .bind(&account)
        .bind(office.portal.cast.general.0)
        .execute(&mut db)
        .await
        .unwrap();
    assert_eq!(manager.get(&format!("/ledgers/accounts/{account}")).await.status, StatusCode::NOT_FOUND);
    manager.get(&format!("/requests/{number}")).await.ok().says("関係する台帳").says("参照").says("実施時に変更");
    office.approve(&number).await;
    // and nothing is carried out on a row that is another section's by then; the row stays there
    let administrator = office.portal.sign_in("伊藤").await;
    let refused = office.execute(&administrator, &number, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("このアカウントの利用部門は「総務部」です");
    assert_eq!(office.portal.events("account.changed").await, 0);
}

/// 対象が変更されました: what was decided on a row that has changed since by another road says so, on its page and to whoever works.
#[tokio::test]
async fn what_changed_in_the_ledger_since_the_decision_is_said_before_the_work() {
    let office = Office::open().await;
    let (_, account) = office.opened("参照").await;
    let clerk = office.portal.sign_in("田中").await;
    let path = "/requests/new/account.change";
    let form = clerk.get(&format!("{path}?person={}&accounts={account}", employee_no("山本"))).await;
    let rights = format!("accounts.{account}");
    let wider = option(&form, &rights, "登録・修正");
    let fields = [
        ("person", employee_no("山本")),
        ("accounts", account.clone()),
        (rights.as_str(), wider),
        ("reason", "担当が替わったため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    let number = number_of(&send(&clerk, path, &form, &fields).await);
    office.approve(&number).await;
    let administrator = office.portal.sign_in("伊藤").await;
    let address = format!("/requests/{number}");
    administrator.get(&address).await.ok().hides("決定の後、対象が変更されました");
    administrator.get(&format!("{address}/lines/1")).await.ok().hides("決定の後、対象が変更されました");

    office.portal.advance(TimeDelta::minutes(5));
    let now = office.portal.now();
    let mut db = office.portal.superuser().await;
    sqlx::query("update account set necessity = '監査の対応', version = version + 1 where id = $1::text::uuid")
        .bind(&account)
        .execute(&mut db)
        .await
        .unwrap();
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut db).await.unwrap();
    sqlx::query(
        "update account_history set valid_from = $2 where id = $1::text::uuid
            and version = (select max(version) from account_history where id = $1::text::uuid)",
    )
    .bind(&account)
    .bind(now)
    .execute(&mut db)
    .await
    .unwrap();
    let page = administrator.get(&address).await;
    page.ok().says("決定の後、対象が変更されました").says("この申請とは別に台帳の行が変わっています");
    administrator.get(&format!("{address}/lines/1")).await.ok().says("決定の後、対象が変更されました");
    // once it is carried out, nothing is left to look at
    let done = office.execute(&administrator, &number, &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    administrator.get(&address).await.ok().hides("決定の後、対象が変更されました");
}
