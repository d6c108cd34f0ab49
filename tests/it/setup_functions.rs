//! 初期設定で就ける立場: each function by its own name, so that none is vacant on the first day; and what the linter says of them.
use axum::http::StatusCode;

use crate::setup::{CITY, CITY_PEOPLE, POLICY, file, inside, prepared, settle_values, sits, step};
use crate::sign_in::activate;
use crate::support::html::forms;
use crate::support::portal::{Browser, Page, Portal};

pub const TOWN: &str = "部署コード,部署名,よみ,上位部署コード\r\n1000,青野市,あおのし,\r\n\
    1200,情報政策課,じょうほうせいさくか,1000\r\n1210,情報政策係,じょうほうせいさくがかり,1200\r\n";
pub const TOWN_PEOPLE: &str = "職員番号,氏名,フリガナ,所属コード,役職,雇用区分,採用年月日\r\n\
    000101,青木 健,アオキ ケン,1200,課長,正職員,H10.4.1\r\n\
    000102,井上 幸子,イノウエ サチコ,1200,主査,正職員,平成15年4月1日\r\n\
    000103,上田 誠,ウエダ マコト,1200,主査,正職員,2010/4/1\r\n\
    000105,大野 恵,オオノ メグミ,1000,副市長,特別職,R2.4.1\r\n\
    000106,加藤 豊,カトウ ユタカ,1210,係長,正職員,2012/4/1\r\n\
    000107,木村 歩,キムラ アユミ,1000,主任,正職員,2015/4/1\r\n";
const PASSWORD: &str = "Mizuumi=no-Asa8!";

/// Everything that the page offers to be held.
fn offered(page: &Page) -> Vec<String> {
    let form = forms(&page.text(), "/set-up/functions").into_iter().find(|form| form.action == "/set-up/functions");
    let fields = form.expect("the form of the functions").fields.into_iter();
    fields.filter(|field| field.name == "functions").map(|field| field.value).collect()
}

/// Who holds it in the town: 充て職 whoever bears the post, two of those who run the systems.
fn holders(regulation: &str, function: &str) -> &'static [&'static str] {
    match (regulation, function.split('/').next().unwrap_or_default()) {
        ("katsuura-operations", "sysadmin") => &["000101"],
        ("katsuura-operations", "operator") => &["000106"],
        (_, "sysadmin") => &["000101", "000103"],
        (_, "operator") => &["000103", "000107"],
        (_, "ciso" | "manager") => &["000105"],
        (_, "office") => &["000102"],
        (_, "vendor") => &[],
        _ => &["000107"],
    }
}

#[tokio::test]
async fn after_a_complete_set_up_no_function_is_vacant_under_any_regulation() {
    for regulation in
        ["system-management", "coop-operations", "osaka-standard", "katsuura-operations", "mutual-aid-policy"]
    {
        let mut portal = Portal::empty().await;
        let browser = prepared(&portal, regulation, (TOWN, TOWN_PEOPLE)).await;
        let offered = offered(browser.get("/set-up/functions").await.ok());
        for function in &offered {
            for person in holders(regulation, function) {
                sits(&browser, function, person).await;
            }
        }
        browser.get("/set-up/check").await.ok().hides("に就く人がいません").hides("空席").says("運用を始める");
        let done = browser.post("/set-up/check", &[]).await;
        assert_eq!(done.status, StatusCode::OK, "{regulation}: {}", done.words());
        let html = done.text();
        let row = html.split("<tr><th scope=\"row\">000102").nth(1).unwrap();
        let code = row.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
        portal.restart().await;
        let (office, sent) = activate(&portal, "000102", &code).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{regulation}: {}", sent.words());
        office.get("/me/password").await.ok();
        let set = office.post("/me/password", &[("new", PASSWORD), ("again", PASSWORD)]).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER, "{regulation}: {}", set.words());
        office.get("/functions").await.ok().says("青木 健").hides("空席").hides("任命されていない");
        office.get("/functions/chart").await.ok().hides("空席");
    }
}

#[tokio::test]
async fn one_person_is_given_several_functions_at_once_and_what_is_left_is_named() {
    let portal = Portal::empty().await;
    let browser = prepared(&portal, "system-management", (CITY, CITY_PEOPLE)).await;
    let two = [
        ("person", "000101"),
        ("functions", "sysadmin/server_administrator"),
        ("functions", "sysadmin/network_administrator"),
        ("department", ""),
    ];
    let page = step(&browser, "functions", &two).await;
    page.ok().says("サーバ管理者：青木 健（情報政策課）").says("ネットワーク管理者：青木 健（情報政策課）");
    // nothing is chosen: said at the field, and what was typed stays
    let none = step(&browser, "functions", &[("person", "000103"), ("department", "")]).await;
    none.refuses("就ける立場を選んでください");
    assert!(none.text().contains("value=\"000103\""), "what was typed stays");
    let check = browser.get("/set-up/check").await;
    check.ok().says("クライアント端末管理者に就く人がいません").hides("ネットワーク管理者に就く人がいません");
    sits(&browser, "sysadmin/client_administrator", "000103").await;
    browser.get("/set-up/check").await.ok().hides("クライアント端末管理者に就く人がいません");
    // another text that knows no such functions: nothing goes into service with them
    let osaka = [("key", "osaka-standard"), ("approved_by", "管理者会議"), ("approved_on", "2026-03-25")];
    step(&browser, "regulation", &[&osaka[..], &[("effective_on", "2026-04-01")]].concat()).await.ok();
    settle_values(&browser).await.ok();
    sits(&browser, "office", "000102").await;
    let unknown = "選んだ規程にない立場です";
    let page = browser.get("/set-up/check").await;
    page.ok().says("「要登録」のものを登録すると");
    // each by the name under which it was given, once, with who was chosen for it and what to do
    let former = "「ネットワーク管理者（システム管理規程）」は、いま選んだ規程にない立場です";
    page.says("「サーバ管理者（システム管理規程）」は")
        .says(former)
        .says("「クライアント端末管理者（システム管理規程）」は");
    assert_eq!(page.words().matches(unknown).count(), 3, "{}", page.words());
    page.says("上田 誠さんの登録を取り消し、いま選んだ規程の立場に就け直してください");
    browser.get("/set-up/functions").await.ok().says("サーバ管理者（システム管理規程）：青木 健");
    let refused = browser.submit("/set-up/check", &[]).await;
    assert!(refused.words().contains("まだ登録の足りないところがあります"), "{}", refused.words());
    for _ in 0..3 {
        browser.get("/set-up/functions").await.ok();
        browser.submit("/set-up/functions/removal", &[("at", "0")]).await.ok();
    }
    sits(&browser, "sysadmin/it_administrator", "000101").await;
    browser.get("/set-up/check").await.ok().hides(unknown).says("運用を始める");
}

#[tokio::test]
async fn a_step_of_one_function_is_not_held_by_whoever_holds_another_of_its_tier() {
    let portal = Portal::empty().await;
    let browser = prepared(&portal, "katsuura-operations", (TOWN, TOWN_PEOPLE)).await;
    sits(&browser, "office", "000102").await;
    sits(&browser, "sysadmin/system_administrator", "000101").await;
    sits(&browser, "operator/data_file_officer", "000106").await;
    let (route, vacant) = ("経路の情報システム責任者に就く人がいません", "情報システム責任者に就く人がいません");
    browser.get("/set-up/check").await.ok().says(route).says(vacant).hides("データ・ファイル責任者に就く人がいません");
    sits(&browser, "operator/system_officer", "000106").await;
    browser.get("/set-up/check").await.ok().hides(route).hides(vacant);
    sits(&browser, "ciso/general_manager", "000105").await;
    let done = browser.post("/set-up/check", &[]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.words());
    // 充て職 rests on the post by which it is held, and ends with it
    let mut db = portal.superuser().await;
    let resting: Vec<(String, String)> =
        sqlx::query_as("select f.function, b.title from post f join post b on b.id = f.rests_on order by f.function")
            .fetch_all(&mut db)
            .await
            .unwrap();
    let on = |function: &str, title: &str| (function.to_owned(), title.to_owned());
    assert_eq!(
        resting,
        [
            on("data_file_officer", "係長"),
            on("general_manager", "副市長"),
            on("system_administrator", "課長"),
            on("system_officer", "係長")
        ]
    );
}

#[tokio::test]
async fn whose_own_matter_nobody_could_decide_is_said_in_one_sentence() {
    let portal = Portal::empty().await;
    let browser = prepared(&portal, "coop-operations", (TOWN, TOWN_PEOPLE)).await;
    sits(&browser, "office/office_manager", "000102").await;
    for person in ["000101", "000103"] {
        sits(&browser, "sysadmin/system_administrator", person).await;
    }
    let alone = "井上 幸子さん（事務管理者）本人についての次の申請は";
    let page = browser.get("/set-up/check").await;
    page.ok().says(alone).says("運用を始める");
    assert_eq!(page.words().matches(alone).count(), 1, "{}", page.words());
    // what only administrators ask for is nobody else's own matter
    let said = page.words().split(alone).nth(1).unwrap().split("この項目").next().unwrap().to_owned();
    assert!(said.contains("アカウント登録申請") && !said.contains("管理者権限使用指示の依頼"), "{said}");
    // those above decide what is the office's own matter
    sits(&browser, "ciso", "000105").await;
    browser.get("/set-up/check").await.ok().hides(alone);
}

/// A second edition of the village's text.
fn editions() -> [(String, String); 4] {
    let text = include_str!("../regulations/village-office.toml");
    let binding = include_str!("../regulations/village-office.bindings.toml");
    let later = text.replacen("key = \"village-office\"\n", "key = \"village-office\"\nversion = \"2027\"\n", 1);
    assert_ne!(later, text);
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    [
        file("village-office.toml", text),
        file("village-office.bindings.toml", binding),
        file("village-office@2027.toml", &later),
        file("village-office@2027.bindings.toml", binding),
    ]
}

async fn chooses(browser: &Browser<'_>, key: &str, further: &[(&str, &str)]) -> Page {
    let own = [("key", key), ("approved_by", "区長会"), ("approved_on", "2026-03-25"), ("effective_on", "2026-04-01")];
    step(browser, "regulation", &[&own[..], further].concat()).await
}

#[tokio::test]
async fn each_text_has_its_own_approval_and_is_chosen_in_one_edition_only() {
    let files = editions();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let portal = Portal::empty_beside(&files).await;
    let browser = inside(&portal).await;
    step(&browser, "organisation", &[("name", "青野村"), ("help_line", "")]).await.ok();
    // editions are told apart
    browser.get("/set-up/regulation").await.ok().says("むら役場電算規程 2027版");
    let other = [
        ("tracked", "village-office@2027"),
        ("approved_by.village-office@2027", "区長会"),
        ("approved_on.village-office@2027", "2026-03-25"),
        ("effective_on.village-office@2027", "2026-04-01"),
    ];
    let both = "「むら役場電算規程 2027版」は、同じ規程の違う版です";
    chooses(&browser, "village-office", &other).await.refuses("一つの版だけを選んでください").says(both);
    let own = [("tracked", "village-office"), POLICY[1], POLICY[2], POLICY[3]];
    let same = own.map(|(name, value)| (name.replace("mutual-aid-policy", "village-office"), value));
    let same: Vec<(&str, &str)> = same.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    chooses(&browser, "village-office", &same).await.refuses("は、運用する規程に選んでいます");
    // who approved the policy, and when, is asked of it alone
    let page = chooses(&browser, "village-office", &[("tracked", "mutual-aid-policy")]).await;
    page.refuses("を承認した機関").says("の承認日").says("の施行日");
    let reversed = [POLICY[0], POLICY[1], POLICY[2], ("effective_on.mutual-aid-policy", "H30.11.28")];
    chooses(&browser, "village-office", &reversed).await.refuses("施行日は、承認日以後の日にしてください");
    chooses(&browser, "village-office", &POLICY).await.ok();
    // kept as it was answered, for whoever goes on later
    let again = browser.get("/set-up/regulation").await;
    assert!(again.text().contains("value=\"2018-11-29\"") && again.text().contains("value=\"理事会\""));
    settle_values(&browser).await.ok();
    file(&browser, "departments", CITY).await;
    file(&browser, "people", CITY_PEOPLE).await;
    sits(&browser, "office", "000102").await;
    sits(&browser, "sysadmin", "000101").await;
    let done = browser.post("/set-up/check", &[]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.words());
    let mut db = portal.superuser().await;
    let adopted: Vec<(String, String, String, String)> = sqlx::query_as(
        "select regulation_key, approved_by, approved_on::text, effective_on::text from adoption order by role",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let row = |key: &str, by: &str, on: &str, from: &str| [key, by, on, from].map(str::to_owned).into();
    assert_eq!(
        adopted,
        [
            row("village-office", "区長会", "2026-03-25", "2026-04-01"),
            row("mutual-aid-policy", "理事会", "2018-11-29", "2018-12-01")
        ]
    );
}
