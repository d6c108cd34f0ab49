//! A request from its form to its receipt, as the people of the cast live it: what each of them sees, may do, and is
//! refused, with the words.
use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::http::StatusCode;
use mamori::features::systems::actions::register;
use mamori::features::systems::model::{Facts, Importance, Level, RightNames};
use mamori::kernel::access::Actor;
use mamori::kernel::ids::SystemId;
use mamori::kernel::work::Work;
use uuid::Uuid;

use crate::support::portal::{Browser, Page, Portal};

pub const KIND: &str = "/requests/new/account.register";

/// An office with one system to ask for, and a further one each time the same person needs one more.
pub struct Office {
    pub portal: Portal,
    pub system: SystemId,
    asked: Mutex<BTreeMap<String, usize>>,
}

impl Office {
    pub async fn open() -> Self {
        Self::within(Portal::open().await).await
    }

    /// The same under another regulation.
    pub async fn within(portal: Portal) -> Self {
        let system = add_system(&portal, "SYS-101", "財務会計システム").await;
        Self { portal, system, asked: Mutex::default() }
    }

    /// What a clerk answers, for somebody of the cast.
    pub fn answers(&self, form: &Page, person: &str, reason: &str) -> Vec<(String, String)> {
        self.answers_on(self.system, form, person, reason)
    }

    fn answers_on(&self, system: SystemId, form: &Page, person: &str, reason: &str) -> Vec<(String, String)> {
        let system = system.to_string();
        let right = option(form, &format!("grants.{system}"), "参照");
        let number = employee_no(&self.portal, person);
        [
            ("_id", form.attribute("name=\"_id\" value=\"").unwrap()),
            ("person", number),
            ("grants", system.clone()),
            (&format!("grants.{system}"), right),
            ("reason", reason.to_owned()),
            ("from", "2026-04-01".to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    /// Files for somebody and answers with the number.
    pub async fn file(&self, browser: &Browser<'_>, person: &str) -> String {
        let system = self.system_for(person).await;
        let form = browser.get(KIND).await;
        form.ok();
        let answers = self.answers_on(system, &form, person, "経理の担当になるため");
        let sent = send(browser, KIND, &answers, "send").await;
        number_of(&sent)
    }

    /// Nobody asks for the same thing twice.
    async fn system_for(&self, person: &str) -> SystemId {
        let before = {
            let mut asked = self.asked.lock().unwrap();
            let times = asked.entry(person.to_owned()).or_default();
            *times += 1;
            *times - 1
        };
        if before == 0 {
            return self.system;
        }
        let code = format!("SYS-{}-{before}", employee_no(&self.portal, person));
        add_system(&self.portal, &code, &format!("財務会計システム{code}")).await
    }

    pub async fn approve(&self, browser: &Browser<'_>, number: &str) -> Page {
        decide(browser, number, "approve", "").await
    }
}

async fn add_system(portal: &Portal, code: &str, name: &str) -> SystemId {
    let facts = Facts {
        code: code.to_owned(),
        name: name.to_owned(),
        reading: "ざいむかいけいしすてむ".to_owned(),
        purpose: "仕訳と決算".to_owned(),
        owner: portal.cast.it,
        importance: Importance::Middle,
        two_factor: false,
        sharing_rule: String::new(),
    };
    let rights = RightNames(vec![(Level::Standard, "参照".to_owned()), (Level::Beyond, "伝票の起票".to_owned())]);
    let add = async |work: &mut Work| register(work, SystemId::new(work.now), &facts, &rights, false).await;
    portal.app.change(&Actor::portal(), add).await.unwrap()
}

pub fn employee_no(portal: &Portal, name: &str) -> String {
    let order = [
        "田中", "山本", "佐藤", "鈴木", "高橋", "伊藤", "渡辺", "中村", "小林", "加藤", "吉田", "斎藤", "松本", "井上",
    ];
    assert_eq!(portal.cast.get(name).name.split(' ').next(), Some(name));
    format!("{:06}", 1001 + order.iter().position(|known| *known == name).unwrap())
}

/// The value of the choice with this label in a list of the page.
pub fn option(page: &Page, list: &str, label: &str) -> String {
    let html = page.text();
    let from = html.find(&format!("name=\"{list}\"")).unwrap_or_else(|| panic!("no list {list}: {}", page.words()));
    let list = &html[from..from + html[from..].find("</select>").unwrap()];
    let at = list.find(&format!(">{label}")).unwrap_or_else(|| panic!("no {label} in {list}"));
    let before = &list[..at];
    let value = &before[before.rfind("value=\"").unwrap() + 7..];
    value[..value.find('"').unwrap()].to_owned()
}

fn pairs(answers: &[(String, String)]) -> Vec<(&str, &str)> {
    answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

pub async fn send(browser: &Browser<'_>, path: &str, answers: &[(String, String)], step: &str) -> Page {
    let mut fields = pairs(answers);
    fields.push(("_step", step));
    browser.post(path, &fields).await
}

pub fn number_of(sent: &Page) -> String {
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    sent.location().unwrap().rsplit('/').next().unwrap().to_owned()
}

pub async fn decide(browser: &Browser<'_>, number: &str, verdict: &str, words: &str) -> Page {
    let page = browser.get(&format!("/requests/{number}")).await;
    let seen =
        page.attribute("name=\"_seen\" value=\"").unwrap_or_else(|| panic!("nothing to decide: {}", page.words()));
    browser
        .post(&format!("/requests/{number}/decision"), &[("_seen", &seen), ("verdict", verdict), ("words", words)])
        .await
}

/// Does the work on a line with believable entries.
pub async fn execute(browser: &Browser<'_>, number: &str, line: u16, issued: &str) -> Page {
    let path = format!("/requests/{number}/lines/{line}");
    let form = browser.get(&path).await;
    form.ok();
    let seen = form.attribute("name=\"_seen\" value=\"").unwrap();
    let granted = option(&form, "granted", "参照");
    let now = browser.minute();
    browser
        .post(
            &path,
            &[
                ("_seen", &seen),
                ("issued_id", issued),
                ("granted", &granted),
                ("handover_method", "in_person"),
                ("identity_check", "対面"),
                ("handed_over_at", &now),
            ],
        )
        .await
}

#[tokio::test]
async fn a_request_travels_from_form_to_receipt() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    clerk.get("/requests/new").await.ok().says("アカウント登録申請");

    let form = clerk.get(KIND).await;
    form.ok().says("この申請の流れ").says("佐藤 直樹").says("システムと権限");
    let answers = office.answers(&form, "山本", "経理の担当になるため");
    let check = send(&clerk, KIND, &answers, "check").await;
    check
        .ok()
        .says("内容を確かめて送信してください")
        .says("山本 蓮")
        .says("財務会計システム — 参照")
        .says("令和8年4月1日(水)");
    check.says("佐藤 直樹").says("実施時に追加");
    let number = number_of(&send(&clerk, KIND, &answers, "send").await);
    assert_eq!(number, "R8-ACC-0001");

    let manager = office.portal.sign_in("佐藤").await;
    manager.get("/requests/inbox").await.ok().says("R8-ACC-0001").says("経理の担当になるため").says("承認する");
    assert_eq!(office.approve(&manager, &number).await.status, StatusCode::SEE_OTHER);
    manager.get("/requests/inbox").await.ok().says("承認を待っている申請はありません");

    let admin = office.portal.sign_in("伊藤").await;
    admin.get("/requests/work").await.ok().says("R8-ACC-0001");
    let done = execute(&admin, &number, 1, "yamamoto.r").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());

    let user = office.portal.sign_in("山本").await;
    user.get(&format!("/requests/{number}")).await.ok().says("受領待ち").says("yamamoto.r").says("受領しました");
    let received = user.submit(&format!("/requests/{number}/lines/1/receipt"), &[]).await;
    received.ok().says("完了").says("山本 蓮が受領しました");
    let page = clerk.get(&format!("/requests/{number}")).await;
    page.ok().says("佐藤 直樹が承認しました").says("伊藤 翔が「財務会計システム — 参照」を実施しました");
    for kind in ["request.filed", "request.approved", "request.executed", "request.acknowledged", "request.completed"] {
        assert_eq!(office.portal.events(kind).await, 1, "{kind}");
    }
    office.portal.proves("system-management", &["4.1.1-1-a"]);
}

#[tokio::test]
async fn the_same_is_not_asked_for_twice_while_the_first_is_under_way() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let form = clerk.get(KIND).await;
    let again = office.answers(&form, "山本", "もう一度");
    let refused = send(&clerk, KIND, &again, "send").await;
    refused.refuses(&format!("この人について{number}で申請中です")).says("もう一度");
    // once the first came to nothing, it may be asked for again
    let manager = office.portal.sign_in("佐藤").await;
    decide(&manager, &number, "refuse", "今期は使いません").await;
    number_of(&send(&clerk, KIND, &again, "send").await);
}

#[tokio::test]
async fn without_the_sections_word_nothing_is_made_and_nobody_makes_their_own() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let admin = office.portal.sign_in("伊藤").await;
    admin.get("/requests/work").await.ok().hides(&number);
    let path = format!("/requests/{number}/lines/1");
    admin.get(&path).await.refuses("利用部門の正式な申請ではありません");
    let hash = content_hash(&office.portal, &number).await;
    let fields = [
        ("_seen", hash.as_str()),
        ("issued_id", "yamamoto.r"),
        ("handover_method", "in_person"),
        ("identity_check", "対面"),
        ("handed_over_at", "2026-04-01T09:00"),
    ];
    admin.post(&path, &fields).await.refuses("利用部門の正式な申請ではありません");
    let declined = [("_seen", hash.as_str()), ("words", "作らない")];
    admin.post(&format!("{path}/declined"), &declined).await.refuses("利用部門の正式な申請ではありません");
    let manager = office.portal.sign_in("佐藤").await;
    decide(&manager, &number, "return", "期間を書いてください").await;
    admin.post(&path, &fields).await.refuses("利用部門の正式な申請ではありません");
    assert_eq!(office.portal.acted("account.ledger.created").await, 0);

    // an administrator's own account is made by another one
    let own = office.file(&admin, "伊藤").await;
    let confirms = office.portal.sign_in("中村").await;
    assert_eq!(office.approve(&confirms, &own).await.status, StatusCode::SEE_OTHER);
    admin.get("/requests").await.ok().says(&own);
    admin.get("/requests/work").await.ok().hides(&own);
    let path = format!("/requests/{own}/lines/1");
    admin.get(&path).await.refuses("自分が申請した、又は自分が対象の申請は");
    let hash = content_hash(&office.portal, &own).await;
    let fields = fields.map(|(name, value)| if name == "_seen" { (name, hash.as_str()) } else { (name, value) });
    admin.post(&path, &fields).await.refuses("自分が申請した、又は自分が対象の申請は");
    assert_eq!(office.portal.acted("account.ledger.created").await, 0);
    let colleague = office.portal.sign_in("渡辺").await;
    assert_eq!(execute(&colleague, &own, 1, "ito.s").await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.portal.acted("account.ledger.created").await, 1);
    office.portal.proves("system-management", &["4.1.1-1-a"]);
}

#[tokio::test]
async fn what_is_missing_is_said_at_each_field_and_nothing_typed_is_lost() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    let id = form.attribute("name=\"_id\" value=\"").unwrap();
    let again =
        clerk.post(KIND, &[("_id", &id), ("person", "099999"), ("reason", "経理の担当"), ("_step", "check")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again
        .says("エラー：")
        .says("か所を直してください")
        .says("利用者の職員番号又は氏名を入力してください")
        .says("経理の担当");
    assert!(again.text().contains("href=\"#f-person\""), "each line of the summary leads to its field");
    // nobody of another department is found, however exact the number
    let stranger = employee_no(&office.portal, "鈴木");
    clerk
        .post(KIND, &[("_id", &id), ("person", &stranger), ("_step", "check")])
        .await
        .refuses("選んだ部署の人だけを指定できます");
}

#[tokio::test]
async fn a_double_click_files_once_and_numbers_have_no_gaps() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    let answers = office.answers(&form, "山本", "経理の担当になるため");
    let (one, two) = tokio::join!(send(&clerk, KIND, &answers, "send"), send(&clerk, KIND, &answers, "send"));
    assert_eq!((number_of(&one), number_of(&two)), ("R8-ACC-0001".into(), "R8-ACC-0001".into()));
    assert_eq!(office.portal.events("request.filed").await, 1);
    // another person's id is not found
    let other = office.portal.sign_in("山本").await;
    other.get(KIND).await.ok();
    assert_eq!(send(&other, KIND, &answers, "send").await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.file(&clerk, "田中").await, "R8-ACC-0002");
}

#[tokio::test]
async fn a_returned_request_is_mended_and_shows_what_changed() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let manager = office.portal.sign_in("佐藤").await;
    let number = office.file(&clerk, "山本").await;
    decide(&manager, &number, "return", "  ").await.refuses("理由を入力してください");
    decide(&manager, &number, "return", "いつまでの担当かを書いてください").await;
    clerk.get("/requests").await.ok().says("差戻し");
    // one meaning, one colour: the mark on the route is that of the state
    let page = clerk.get(&format!("/requests/{number}")).await;
    assert_eq!(page.text().matches("tag--back").count(), 2, "{}", page.text());

    let number = mend(&office, &clerk, &number, "令和9年3月まで経理の担当になるため").await;
    assert_eq!(number, "R8-ACC-0001", "a return keeps the number");
    let page = manager.get(&format!("/requests/{number}")).await;
    page.ok()
        .says("前回からの変更")
        .says("経理の担当になるため→から令和9年3月まで経理の担当になるため")
        .says("2回目の提出");
    assert_eq!(office.approve(&manager, &number).await.status, StatusCode::SEE_OTHER);
}

/// Mends a returned request with another reason and sends it again.
pub async fn mend(office: &Office, clerk: &Browser<'_>, number: &str, reason: &str) -> String {
    clerk.get(&format!("/requests/{number}/mend")).await.ok().says("差し戻しました");
    send_again(office, clerk, number, reason).await
}

/// Sends what the applicant holds in hand again, with another reason.
pub async fn send_again(office: &Office, clerk: &Browser<'_>, number: &str, reason: &str) -> String {
    let path = format!("/requests/{number}/mend");
    let form = clerk.get(&path).await;
    let mut answers = office.answers(&form, "山本", reason);
    answers.push(("_base".into(), form.attribute("name=\"_base\" value=\"").unwrap()));
    let check = send(clerk, &path, &answers, "check").await;
    check.ok().says("前回からの変更").says("内容を確かめて再提出してください").hides("申請を送信する");
    assert!(check.text().contains(&format!("href=\"/requests/{number}\"")), "the path leads back to the request");
    number_of(&send(clerk, &path, &answers, "send").await)
}

#[tokio::test]
async fn a_decision_on_a_content_that_changed_meanwhile_is_refused_with_the_differences() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let manager = office.portal.sign_in("佐藤").await;
    let number = office.file(&clerk, "山本").await;
    let page = manager.get(&format!("/requests/{number}")).await;
    let seen = page.attribute("name=\"_seen\" value=\"").unwrap();
    decide(&manager, &number, "return", "期間を書いてください").await;
    mend(&office, &clerk, &number, "3か月だけ経理の担当になるため").await;

    let path = format!("/requests/{number}/decision");
    let stale = manager.post(&path, &[("_seen", &seen), ("verdict", "approve"), ("words", "了解")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.says("最新の内容を確かめて").says("前回からの変更").says("3か月だけ経理の担当になるため").says("了解");
    assert_eq!(office.portal.events("request.approved").await, 0);
}

#[tokio::test]
async fn nobody_decides_or_executes_in_their_own_matter() {
    let office = Office::open().await;
    let manager = office.portal.sign_in("佐藤").await;
    // the manager files: with neither deputy nor manager above, the matter goes to the office and says why
    let number = office.file(&manager, "山本").await;
    manager.get(&format!("/requests/{number}")).await.ok().says("本人の案件のため").says("中村 彩").hides("添える言葉");
    let hash = content_hash(&office.portal, &number).await;
    let path = format!("/requests/{number}/decision");
    let own = manager.post(&path, &[("_seen", &hash), ("verdict", "approve"), ("words", "")]).await;
    own.refuses("自分が申請した、又は自分が対象の申請は");
    // and one about the manager, filed by a clerk
    let clerk = office.portal.sign_in("田中").await;
    let about = office.file(&clerk, "佐藤").await;
    let hash = content_hash(&office.portal, &about).await;
    let path = format!("/requests/{about}/decision");
    manager.post(&path, &[("_seen", &hash), ("verdict", "approve"), ("words", "")]).await.refuses("自分が対象の申請は");
    manager.get("/requests/inbox").await.ok().hides(&about);
    let it = office.portal.sign_in("中村").await;
    assert_eq!(office.approve(&it, &about).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.portal.events("request.refused_act").await, 2);
}

pub async fn content_hash(portal: &Portal, number: &str) -> String {
    let mut conn = portal.superuser().await;
    let (hash,): (String,) = sqlx::query_as("select encode(content_hash, 'hex') from request where number = $1")
        .bind(number)
        .fetch_one(&mut conn)
        .await
        .unwrap();
    hash
}

#[tokio::test]
async fn whoever_is_named_is_said_as_soon_as_the_field_is_left_and_nothing_else_is_judged() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    let id = form.ok().attribute("name=\"_id\" value=\"").unwrap();
    let look = async |typed: &str| {
        clerk.post(KIND, &[("_id", &id), ("person", typed), ("reason", ""), ("_step", "look.person")]).await
    };
    // full-width digits are kept as the number that they are, and the route speaks of the person
    let found = look("００１００２").await;
    found.ok().says("山本 蓮 001002 営業部").hides("入力してください");
    assert!(found.text().contains("value=\"001002\""), "{}", found.text());
    let unknown = look("999999").await;
    unknown.ok().says("利用者の職員番号又は氏名を入力してください").hides("申請の理由を入力してください");
    assert_eq!(office.portal.events("request.filed").await, 0);
}

#[tokio::test]
async fn a_deputy_decides_for_the_absent_manager_and_the_stamp_says_so() {
    let office = Office::open().await;
    stand_in(&office.portal, "佐藤", "山本").await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "田中").await;
    let deputy = office.portal.sign_in("山本").await;
    deputy.get("/requests/inbox").await.ok().says(&number);
    office.approve(&deputy, &number).await;
    clerk
        .get(&format!("/requests/{number}"))
        .await
        .ok()
        .says("佐藤 直樹 代理")
        .says("佐藤 直樹の代理 山本 蓮が承認しました");
}

#[tokio::test]
async fn a_managers_own_matter_goes_to_the_deputy_of_the_post() {
    let office = Office::open().await;
    stand_in(&office.portal, "佐藤", "山本").await;
    let manager = office.portal.sign_in("佐藤").await;
    let number = office.file(&manager, "田中").await;
    manager.get(&format!("/requests/{number}")).await.ok().says("本人の案件のため").says("代理が判断します");
    let deputy = office.portal.sign_in("山本").await;
    assert_eq!(office.approve(&deputy, &number).await.status, StatusCode::SEE_OTHER);
    manager.get(&format!("/requests/{number}")).await.ok().says("代（この席の代理として）");
}

/// The office has entered a stand-in for April.
pub async fn stand_in(portal: &Portal, holder: &str, deputy: &str) {
    let mut conn = portal.superuser().await;
    sqlx::query("insert into stand_in (id, post_id, person_id, during, reason, entered_at) values ($1, $2, $3, '[2026-04-01,2026-04-30)', '出張', $4)")
        .bind(Uuid::new_v4())
        .bind(portal.cast.get(holder).post.0)
        .bind(portal.cast.get(deputy).id.0)
        .bind(portal.now())
        .execute(&mut conn)
        .await
        .unwrap();
}

#[tokio::test]
async fn another_departments_request_is_not_found_and_nothing_of_it_shows() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    for outsider in ["高橋", "鈴木", "斎藤", "井上"] {
        let browser = office.portal.sign_in(outsider).await;
        let page = browser.get(&format!("/requests/{number}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{outsider}");
        let list = browser.get("/requests/all").await;
        list.ok().hides(&number);
        let comment = browser.post(&format!("/requests/{number}/comments"), &[("body", "のぞき見")]).await;
        assert_eq!(comment.status, StatusCode::NOT_FOUND, "{outsider}");
    }
    let other = office.portal.sign_in("高橋").await;
    other.get("/requests").await.ok();
    let hash = content_hash(&office.portal, &number).await;
    let path = format!("/requests/{number}/decision");
    assert_eq!(other.post(&path, &[("_seen", &hash), ("verdict", "approve")]).await.status, StatusCode::NOT_FOUND);
    for reader in ["小林", "加藤", "吉田", "中村", "伊藤"] {
        office.portal.sign_in(reader).await.get(&format!("/requests/{number}")).await.ok().says("経理の担当になるため");
    }
}

#[tokio::test]
async fn two_deciders_at_once_leave_one_decision() {
    let office = Office::open().await;
    stand_in(&office.portal, "佐藤", "山本").await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "田中").await;
    let (manager, deputy) = (office.portal.sign_in("佐藤").await, office.portal.sign_in("山本").await);
    manager.get("/requests").await.ok();
    deputy.get("/requests").await.ok();
    let hash = content_hash(&office.portal, &number).await;
    let path = format!("/requests/{number}/decision");
    let fields = [("_seen", hash.as_str()), ("verdict", "approve"), ("words", "")];
    let (one, two) = tokio::join!(manager.post(&path, &fields), deputy.post(&path, &fields));
    let mut answers = [one.status, two.status];
    answers.sort();
    assert_eq!(answers, [StatusCode::SEE_OTHER, StatusCode::CONFLICT], "{} {}", one.words(), two.words());
    assert_eq!(office.portal.events("request.approved").await, 1);
}

#[tokio::test]
async fn everything_that_is_to_be_mended_on_a_form_is_said_in_one_answer() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    let system = office.system.to_string();
    let right = option(&form, &format!("grants.{system}"), "参照");
    let id = form.attribute("name=\"_id\" value=\"").unwrap();
    let days = [("from", "2026-01-05"), ("until", "2026-01-01")];
    let most = [("_id", &*id), ("_step", "check"), ("reason", ""), days[0], days[1]];
    // nobody of that name, a system without its right, no reason, and days that cannot be
    let unknown = [&most[..], &[("person", "だれか"), ("grants", &*system)]].concat();
    let page = clerk.post(KIND, &unknown).await;
    page.refuses("申請の理由を入力してください").says("権限").says("利用の開始日").says("より後の日");
    for field in ["person", "grants", "reason", "from", "until"] {
        assert!(page.text().contains(&format!("href=\"#f-{field}\"")), "nothing is said of {field}: {}", page.words());
    }
    // and what only the ledger knows stands beside what is missing
    let path = format!("grants.{system}");
    let first =
        [("person", "001002"), ("grants", &*system), (&*path, &*right), ("reason", "経理"), ("from", "2026-04-01")];
    let first = [&[("_id", &*id), ("_step", "send")][..], &first[..]].concat();
    assert_eq!(clerk.post(KIND, &first).await.status, StatusCode::SEE_OTHER);
    let second = clerk.get(KIND).await.attribute("name=\"_id\" value=\"").unwrap();
    let twice = [("_id", &*second), ("_step", "check"), ("person", "001002"), ("grants", &*system), (&*path, &*right)];
    let page = clerk.post(KIND, &[&twice[..], &days[..1]].concat()).await;
    page.refuses("R8-ACC-0001").says("申請の理由を入力してください").says("利用の開始日");
}

#[tokio::test]
async fn who_cannot_sign_in_yet_confirms_by_a_signed_slip_that_is_marked_as_such() {
    let office = Office::open().await;
    let number = ready(&office).await;
    let admin = office.portal.sign_in("伊藤").await;
    execute(&admin, &number, 1, "yamamoto.r").await;
    let path = format!("/requests/{number}/lines/1/slip");
    // who can sign in confirms by themselves: nobody else does it for them, not even past the portal
    assert!(!admin.get(&format!("/requests/{number}")).await.ok().text().contains(&path));
    let signs_in = admin.post(&path, &[("slip_number", "受-12"), ("slip_on", "2026-04-01")]).await;
    signs_in.refuses("この人はログインできるため");
    office.portal.loses_sign_in("山本").await;
    admin.post(&path, &[("slip_number", ""), ("slip_on", "2026-04-01")]).await.refuses("受領書の番号と署名の日付");
    admin.post(&path, &[("slip_number", "受-12"), ("slip_on", "2026-03-31")]).await.refuses("実施した日から今日まで");
    admin.post(&path, &[("slip_number", "受-12"), ("slip_on", "2026-04-02")]).await.refuses("実施した日から今日まで");
    let page = admin.submit(&path, &[("slip_number", "受-12"), ("slip_on", "2026-04-01")]).await;
    page.ok().says("受領書 受-12（令和8年4月1日(水)署名）を伊藤 翔が記録しました").says("完了");
    let clerk = office.portal.sign_in("田中").await;
    assert_eq!(
        clerk.post(&path, &[("slip_number", "1"), ("slip_on", "2026-04-01")]).await.status,
        StatusCode::FORBIDDEN
    );
}

/// A request of 田中 for 山本, approved and waiting for the work.
async fn ready(office: &Office) -> String {
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let manager = office.portal.sign_in("佐藤").await;
    office.approve(&manager, &number).await;
    number
}

#[tokio::test]
async fn who_does_the_work_cannot_change_it_but_sends_it_back_and_not_before_approval() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let admin = office.portal.sign_in("伊藤").await;
    let number = office.file(&clerk, "山本").await;
    admin.get(&format!("/requests/{number}/lines/1")).await.refuses("部門の確認が済むと");
    let manager = office.portal.sign_in("佐藤").await;
    office.approve(&manager, &number).await;
    let page = admin.get(&format!("/requests/{number}")).await;
    let seen = page.attribute("name=\"_seen\" value=\"").unwrap();
    let back = admin
        .post(&format!("/requests/{number}/return"), &[("_seen", &seen), ("words", "システムの名前が違います")])
        .await;
    assert_eq!(back.location().as_deref(), Some("/requests/work"));
    clerk.get(&format!("/requests/{number}/mend")).await.ok().says("システムの名前が違います");
    // the approval holds on to what was approved, and says so once that is another
    clerk.get(&format!("/requests/{number}")).await.ok().hides("対象が変更されました");
    mend(&office, &clerk, &number, "3か月だけ経理の担当になるため").await;
    clerk.get(&format!("/requests/{number}")).await.ok().says("（この後、対象が変更されました）");
}

#[tokio::test]
async fn the_applicant_withdraws_until_the_work_begins() {
    let office = Office::open().await;
    let number = ready(&office).await;
    let clerk = office.portal.sign_in("田中").await;
    clerk.get(&format!("/requests/{number}")).await.ok();
    let page = clerk.submit(&format!("/requests/{number}/withdrawal"), &[("reason", "担当が変わらなくなった")]).await;
    page.ok().says("取り下げました").says("取下げ");
    // why it was withdrawn stays in the record
    office.portal.sign_in("佐藤").await.get(&format!("/requests/{number}")).await.ok().says("担当が変わらなくなった");
    let admin = office.portal.sign_in("伊藤").await;
    admin.get("/requests/work").await.ok().hides(&number);
    clerk.post(&format!("/requests/{number}/withdrawal"), &[]).await.refuses("取り下げられています");
    let manager = office.portal.sign_in("佐藤").await;
    manager.get("/requests").await.ok();
    let hash = content_hash(&office.portal, &number).await;
    let late = manager.post(&format!("/requests/{number}/decision"), &[("_seen", &hash), ("verdict", "approve")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn hostile_words_are_shown_as_they_were_typed() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let manager = office.portal.sign_in("佐藤").await;
    for text in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{7*7}}${7*7}",
        "'; drop table request; --",
        "\u{202e}さかさま",
    ] {
        let form = clerk.get(KIND).await;
        let answers = office.answers(&form, "田中", text);
        let number = number_of(&send(&clerk, KIND, &answers, "send").await);
        let said = clerk.post(&format!("/requests/{number}/comments"), &[("body", text)]).await;
        assert_eq!(said.status, StatusCode::SEE_OTHER);
        for page in [
            manager.get(&format!("/requests/{number}")).await,
            manager.get(&format!("/requests/inbox?open={number}")).await,
        ] {
            page.ok();
            let html = page.text();
            assert!(
                !html.contains("<script>alert") && !html.contains("<img src=x") && !html.contains('\u{202e}'),
                "{text}"
            );
        }
        clerk
            .get(&format!(
                "/requests?q={}",
                text.replace(['<', '>', '"', ' ', '&', '#', '%', '{', '}', '\u{202e}'], "+")
            ))
            .await
            .ok();
        decide(&manager, &number, "refuse", text).await;
    }
}
