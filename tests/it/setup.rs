//! 初期設定: from an empty portal to one in service, over a door that opens once, step by step, and all at once at the end.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::engines::regulations::Regulations;
use mamori::features::setup::issue_token;

use crate::support::portal::{Browser, Page, Portal};

pub const DEPARTMENTS: &str = "部署コード,部署名,よみ,上位部署コード\r\n1000,青野市,あおのし,\r\n1100,総務課,そうむか,1000\r\n1200,情報政策課,じょうほうせいさくか,1000\r\n";
pub const PEOPLE: &str = "職員番号,氏名,フリガナ,所属コード,役職,雇用区分,採用年月日\r\n\
    000101,青木 健,アオキ ケン,1200,課長,正職員,H10.4.1\r\n\
    000102,井上 幸子,イノウエ サチコ,1200,係長,正職員,平成15年4月1日\r\n\
    000103,上田 誠,ウエダ マコト,1200,主査,正職員,2010/4/1\r\n\
    000104,江口 直,エグチ ナオ,1100,課長,正職員,38443\r\n\
    000105,大野 恵,オオノ メグミ,1000,副市長,特別職,R2.4.1\r\n";

pub async fn inside(portal: &Portal) -> Browser<'_> {
    let token = issue_token(&portal.app).await.unwrap().unwrap();
    let browser = portal.browser();
    browser.get("/set-up").await.ok();
    let sent = browser.post("/set-up", &[("token", &token)]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    browser
}

/// Sends a step's form; the next page.
pub async fn step(browser: &Browser<'_>, step: &str, fields: &[(&str, &str)]) -> Page {
    browser.get(&format!("/set-up/{step}")).await.ok();
    browser.submit(&format!("/set-up/{step}"), fields).await
}

pub async fn file(browser: &Browser<'_>, step: &str, text: &str) -> Page {
    browser.get(&format!("/set-up/{step}")).await.ok();
    let sent = browser.post_file(&format!("/set-up/{step}/file"), "file", ("一覧.csv", text.as_bytes())).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let at = sent.location().unwrap();
    let page = browser.get(&at).await.ok().clone();
    let value = |name: &str| page.attribute(&format!("name=\"{name}\" value=\"")).unwrap_or_default();
    browser.submit(&format!("{at}/confirmation"), &[("seen", &value("seen")), ("leave", "")]).await
}

/// Gives somebody a function, as the form names it.
pub async fn sits(browser: &Browser<'_>, function: &str, person: &str) {
    let given = step(browser, "functions", &[("person", person), ("functions", function), ("department", "")]).await;
    given.ok().says("登録しました");
}

/// The policy followed besides, which was approved long before.
pub const POLICY: [(&str, &str); 4] = [
    ("tracked", "mutual-aid-policy"),
    ("approved_by.mutual-aid-policy", "理事会"),
    ("approved_on.mutual-aid-policy", "H30.11.29"),
    ("effective_on.mutual-aid-policy", "H30.12.1"),
];

/// Every field of the values step with what stands in it.
fn as_offered(page: &Page) -> Vec<(String, String)> {
    let forms = crate::support::html::forms(&page.text(), "/set-up/values");
    let form = forms.into_iter().find(|form| form.action == "/set-up/values").expect("the form of the values");
    let asked = form.fields.into_iter().filter(|field| !field.name.is_empty() && !field.name.starts_with('_'));
    asked.map(|field| (field.name, field.value)).collect()
}

#[tokio::test]
async fn the_door_opens_once_and_for_one_browser() {
    let portal = Portal::empty().await;
    let token = issue_token(&portal.app).await.unwrap().unwrap();
    let first = portal.browser();
    assert_eq!(first.get("/").await.location().as_deref(), Some("/set-up"));
    // nothing else is there, and no step without the token
    assert_eq!(first.get("/sign-in").await.status, StatusCode::NOT_FOUND);
    assert_eq!(first.get("/set-up/organisation").await.location().as_deref(), Some("/set-up"));
    first.get("/set-up").await.ok();
    let wrong = first.post("/set-up", &[("token", "guess")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.words().contains("合言葉が違うか、期限が切れています"), "{}", wrong.words());
    assert_eq!(portal.events("set_up.refused").await, 1);
    assert_eq!(first.post("/set-up", &[("token", &token)]).await.status, StatusCode::SEE_OTHER);
    first.get("/set-up/organisation").await.ok();
    // used up
    let second = portal.browser();
    second.get("/set-up").await.ok();
    assert_eq!(second.post("/set-up", &[("token", &token)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // what is kept of token and browser is a hash
    let mut db = portal.superuser().await;
    let kept: (String,) = sqlx::query_as("select set_up::text from set_up").fetch_one(&mut db).await.unwrap();
    let cookie = first.cookies.lock().unwrap().get("set-up").cloned().unwrap();
    assert!(!kept.0.contains(&token) && !kept.0.contains(&cookie));
    // a token that nobody used for a day counts no longer
    let token = issue_token(&portal.app).await.unwrap().unwrap();
    portal.advance(TimeDelta::hours(25));
    assert_eq!(second.post("/set-up", &[("token", &token)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_organisation_comes_into_being_step_by_step() {
    let mut portal = Portal::empty().await;
    let browser = inside(&portal).await;
    let page = step(&browser, "organisation", &[("name", "青野市"), ("help_line", "情報政策課（内線 210）")]).await;
    assert!(page.words().contains("運用する規程を選びます"), "{}", page.words());
    let wrong = [
        ("key", "system-management"),
        ("approved_by", "情報セキュリティ委員会"),
        ("approved_on", "R8.4.1"),
        ("effective_on", "R8.3.31"),
    ];
    let page = step(&browser, "regulation", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.words());
    let right = [
        ("key", "system-management"),
        ("approved_by", "情報セキュリティ委員会"),
        ("approved_on", "R8.3.25"),
        ("effective_on", "R8.4.1"),
    ];
    let page = step(&browser, "regulation", &[&right[..], &POLICY].concat()).await;
    assert!(page.words().contains("組織が定めることになっている値"), "{}", page.words());
    // what the texts leave open and nobody needs to settle yet is named, with its clause and what it waits for
    page.says("運用日誌を検査する周期（システム管理規程 4.11(3)：「定期業務」の機能が入るまで使われません）");
    page.says("監査の周期（");
    // the defaults are offered; one is chosen otherwise
    let values = as_offered(&browser.get("/set-up/values").await.ok().clone());
    assert!(values.contains(&("absolute_hours".to_owned(), "10".to_owned())), "{values:?}");
    let chosen = |(name, value): &(String, String)| {
        (name.clone(), if name == "absolute_hours" { "9".to_owned() } else { value.clone() })
    };
    let values: Vec<(String, String)> = values.iter().map(chosen).collect();
    let fields: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = step(&browser, "values", &fields).await;
    assert!(page.words().contains("部署を登録します"), "{}", page.words());
    assert!(file(&browser, "departments", DEPARTMENTS).await.words().contains("新規 3件"));
    let page =
        step(&browser, "departments", &[("code", "1300"), ("name", "監査室"), ("reading", ""), ("parent", "")]).await;
    assert!(page.words().contains("監査室（0人）"), "{}", page.words());
    assert!(file(&browser, "people", PEOPLE).await.words().contains("新規 5件"));

    // closing the browser and coming back: one goes on at the first step that is open
    let again = portal.browser();
    *again.cookies.lock().unwrap() = browser.cookies.lock().unwrap().clone();
    assert_eq!(again.get("/set-up").await.location().as_deref(), Some("/set-up/functions"));

    sits(&browser, "office", "000102").await;
    sits(&browser, "sysadmin/server_administrator", "０００１０３").await;
    let page = browser.get("/set-up/check").await.ok().clone();
    assert!(page.words().contains("は2人以上必要です（いま1人）"), "{}", page.words());
    assert!(page.words().contains("就く人がいません"), "{}", page.words());
    // with one administrator it does not go into service, whatever the browser sends
    let refused = browser.submit("/set-up/check", &[]).await;
    assert!(refused.words().contains("まだ登録の足りないところがあります"), "{}", refused.words());
    let mut db = portal.superuser().await;
    let (there,): (i64,) = sqlx::query_as("select (select count(*) from organisation) + (select count(*) from adoption) + (select count(*) from auth.credential)").fetch_one(&mut db).await.unwrap();
    assert_eq!(there, 0, "nothing half is in force");
    sits(&browser, "sysadmin/network_administrator", "000101").await;
    for (function, person) in
        [("operator/operator", "000103"), ("operator/operator", "000101"), ("manager", "000104"), ("ciso", "000105")]
    {
        sits(&browser, function, person).await;
    }
    let page = browser.get("/set-up/check").await.ok().clone();
    assert!(page.words().contains("運用を始める"), "{}", page.words());
    let done = browser.post("/set-up/check", &[]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.words());
    let words = done.words();
    assert!(words.contains("000101") && words.contains("000105") && words.contains("一度だけ表示します"), "{words}");
    let html = done.text();
    let after = |mark: &str| html.split(mark).nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    let (first, code) = (after("<tr><th scope=\"row\">"), after("<code>"));

    // from now on it is the portal
    let (cookies, token) = (browser.cookies.lock().unwrap().clone(), browser.token.lock().unwrap().clone());
    portal.restart().await;
    let visitor = portal.browser();
    visitor.get("/set-up").await.ok().says("初期設定は終わっています").says("mamori admin reset");
    assert_eq!(visitor.get("/set-up/organisation").await.location().as_deref(), Some("/set-up"));
    // the last button pressed twice: not a void, and nothing twice
    let again = portal.browser();
    *again.cookies.lock().unwrap() = cookies;
    *again.token.lock().unwrap() = token;
    let again = again.post("/set-up/check", &[]).await;
    assert_eq!(again.location().as_deref(), Some("/set-up"), "{}", again.words());
    assert_eq!(portal.events("set_up.finished").await, 1);
    let visitor = portal.browser();
    assert!(issue_token(&portal.app).await.unwrap().is_none());
    let page = visitor.get("/sign-in").await.ok().clone();
    assert!(page.words().contains("青野市") && page.words().contains("内線 210"), "{}", page.words());
    visitor.get("/activate").await.ok();
    let sent = visitor.post("/activate", &[("login", &first), ("code", &code)]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let adopted: Vec<(String, String, chrono::NaiveDate)> =
        sqlx::query_as("select regulation_key, role, effective_on from adoption order by role")
            .fetch_all(&mut db)
            .await
            .unwrap();
    let day = portal.app.clock().today();
    let long_before = chrono::NaiveDate::from_ymd_opt(2018, 12, 1).unwrap();
    assert_eq!(
        adopted,
        [
            ("system-management".to_owned(), "operating".to_owned(), day),
            ("mutual-aid-policy".to_owned(), "tracked".to_owned(), long_before)
        ]
    );
    assert_eq!(*portal.app.settings().session.absolute_hours, 9);
    let (rows,): (i64,) = sqlx::query_as("select count(*) from account").fetch_one(&mut db).await.unwrap();
    assert_eq!(rows, 5, "each first sign-in stands in the account ledger");
    for (kind, times) in [("organisation.founded", 1), ("regulation.adopted", 2), ("set_up.finished", 1)] {
        assert_eq!(portal.events(kind).await, times, "{kind}");
    }
}

#[tokio::test]
async fn blanks_of_the_text_are_asked_for_their_days() {
    let portal = Portal::empty().await;
    let browser = inside(&portal).await;
    let chosen = [
        ("key", "coop-operations"),
        ("approved_by", "理事会"),
        ("approved_on", "2026-03-25"),
        ("effective_on", "2026-04-01"),
    ];
    let page = step(&browser, "regulation", &chosen).await;
    assert!(page.words().contains("本文で空欄の日付：平成27年10月改正の施行日"), "{}", page.words());
    let mut values = as_offered(&browser.get("/set-up/values").await.ok().clone());
    let send = async |values: &[(String, String)]| {
        let fields: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        step(&browser, "values", &fields).await
    };
    let page = send(&values).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the days are blank");
    for (name, value) in &mut values {
        if name.starts_with("day") {
            "平成27年10月1日".clone_into(value);
        }
    }
    assert!(send(&values).await.words().contains("部署を登録します"));
}

/// A regulation.
struct Under {
    key: &'static str,
    office: &'static str,
    administrator: &'static str,
    /// who may hold that
    administrators: &'static [&'static str],
    /// going into service with one administrator is refused
    stops: bool,
    /// what is said of one administrator
    alone: &'static str,
    /// the heads of sections are on its routes
    led: bool,
}

const REGULATIONS: [Under; 4] = [
    Under {
        key: "system-management",
        office: "office",
        administrator: "sysadmin/server_administrator",
        administrators: &["000103", "000101"],
        stops: true,
        alone: "は2人以上必要です（いま1人）",
        led: true,
    },
    Under {
        key: "coop-operations",
        office: "office/office_manager",
        administrator: "sysadmin/system_administrator",
        administrators: &["000103", "000101"],
        stops: true,
        alone: "管理者用の別のアカウントは、自分には発行できません",
        led: false,
    },
    Under {
        key: "osaka-standard",
        office: "office",
        administrator: "sysadmin/it_administrator",
        administrators: &["000103", "000101"],
        stops: false,
        alone: "その人がログインできなくなったとき、再発行できる人がいません",
        led: true,
    },
    // 充て職: the head of 情報政策課, and nobody else
    Under {
        key: "katsuura-operations",
        office: "office",
        administrator: "sysadmin/system_administrator",
        administrators: &["000101"],
        stops: false,
        alone: "その人がログインできなくなったとき、再発行できる人がいません",
        led: true,
    },
];

#[tokio::test]
async fn under_each_regulation_set_up_leads_into_service_and_never_where_nobody_could_go_on() {
    for under in REGULATIONS {
        let regulation = under.key;
        let mut portal = Portal::empty().await;
        let browser = inside(&portal).await;
        step(&browser, "organisation", &[("name", "青野市"), ("help_line", "")]).await.ok();
        let chosen = |effective: &'static str| {
            let by = [("key", regulation), ("approved_by", "情報セキュリティ委員会")];
            [&by[..], &[("approved_on", "2026-03-25"), ("effective_on", effective)], &POLICY].concat()
        };
        // a portal in service is under a regulation in force
        let page = step(&browser, "regulation", &chosen("2026-04-02")).await;
        page.refuses("施行日は、今日までの日にしてください").says("施行されている規程の下で始めます");
        step(&browser, "regulation", &chosen("2026-04-01")).await.ok();
        settle_values(&browser).await.ok().says("部署を登録します");
        file(&browser, "departments", DEPARTMENTS).await;
        file(&browser, "people", PEOPLE).await;
        sits(&browser, under.office, "000102").await;
        let (first, others) = under.administrators.split_first().unwrap();
        sits(&browser, under.administrator, first).await;
        let page = browser.get("/set-up/check").await;
        page.ok().says(under.alone);
        let without_head = "次の部署とその上位にいません：青野市、総務課、情報政策課";
        assert_eq!(page.words().contains(without_head), under.led, "{regulation}: {}", page.words());
        let filing = page.words().contains("申請できる部門管理者が、次の部署にも上位にもいません");
        assert_eq!(filing, regulation == "coop-operations", "{}", page.words());
        if under.stops {
            let refused = browser.submit("/set-up/check", &[]).await;
            assert!(
                refused.words().contains("まだ登録の足りないところがあります"),
                "{regulation}: {}",
                refused.words()
            );
        }
        for other in others {
            sits(&browser, under.administrator, other).await;
        }
        sits(&browser, "manager", "000104").await;
        if regulation == "system-management" {
            browser.get("/set-up/check").await.ok().says("は2人以上必要です（いま0人）");
            sits(&browser, "operator/operator", "000101").await;
            sits(&browser, "operator/operator", "000103").await;
        }
        let page = browser.get("/set-up/check").await;
        page.ok().says("運用を始める");
        assert_eq!(page.words().contains(under.alone), others.is_empty(), "{regulation}: {}", page.words());
        let led = page.words().contains("次の部署とその上位にいません：青野市、情報政策課");
        assert_eq!(led, under.led, "{regulation}");
        let done = browser.post("/set-up/check", &[]).await;
        assert_eq!(done.status, StatusCode::OK, "{regulation}: {}", done.words());
        portal.restart().await;
        let in_force = portal.app.part::<Regulations>().unwrap().in_force();
        let keys: Vec<&str> = in_force.iter().map(|adopted| adopted.key()).collect();
        assert_eq!(keys, [regulation, "mutual-aid-policy"]);
        portal.browser().get("/sign-in").await.ok().says("青野市");
    }
}

pub const CITY: &str =
    "部署コード,部署名,よみ,上位部署コード\r\n1000,青野市,あおのし,\r\n1200,情報政策課,じょうほうせいさくか,1000\r\n";
pub const CITY_PEOPLE: &str = "職員番号,氏名,フリガナ,所属コード,役職,雇用区分,採用年月日\r\n\
    000101,青木 健,アオキ ケン,1200,課長,正職員,H10.4.1\r\n\
    000102,井上 幸子,イノウエ サチコ,1200,係長,正職員,平成15年4月1日\r\n\
    000103,上田 誠,ウエダ マコト,1200,主査,正職員,2010/4/1\r\n\
    000105,大野 恵,オオノ メグミ,1000,副市長,特別職,R8.5.1\r\n";

/// Sends the values step with what is offered, and the days that the text leaves blank.
pub async fn settle_values(browser: &Browser<'_>) -> Page {
    let mut values = as_offered(&browser.get("/set-up/values").await.ok().clone());
    for (_, value) in values.iter_mut().filter(|(name, _)| name.starts_with("day")) {
        "平成27年10月1日".clone_into(value);
    }
    let fields: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    step(browser, "values", &fields).await
}

/// Set-up under a regulation, with the policy followed besides, up to its people.
pub async fn prepared<'a>(portal: &'a Portal, key: &str, (departments, people): (&str, &str)) -> Browser<'a> {
    let browser = inside(portal).await;
    step(&browser, "organisation", &[("name", "青野市"), ("help_line", "")]).await.ok();
    let mut chosen = vec![
        ("key", key),
        ("approved_by", "情報セキュリティ委員会"),
        ("approved_on", "2026-03-25"),
        ("effective_on", "2026-04-01"),
    ];
    // a text is carried out or followed
    chosen.extend(POLICY.into_iter().filter(|_| key != "mutual-aid-policy"));
    step(&browser, "regulation", &chosen).await.ok();
    settle_values(&browser).await.ok();
    file(&browser, "departments", departments).await;
    file(&browser, "people", people).await;
    browser
}

#[tokio::test]
async fn the_linter_sees_who_is_still_to_come_posts_that_nobody_holds_and_functions_of_further_texts() {
    let portal = Portal::empty().await;
    let browser = prepared(&portal, "katsuura-operations", (CITY, CITY_PEOPLE)).await;
    for (function, person) in
        [("office", "000102"), ("sysadmin/system_administrator", "000101"), ("ciso/general_manager", "000105")]
    {
        sits(&browser, function, person).await;
    }
    // 充て職: nobody but whoever bears the post
    let fields = [("person", "000103"), ("functions", "sysadmin/system_administrator"), ("department", "")];
    let refused = step(&browser, "functions", &fields).await;
    refused.refuses("情報システム管理者に「情報政策課長」の職の人を充てます");
    let page = browser.get("/set-up/check").await;
    // 充て職: one is held, one begins later, one is held by nobody
    page.ok().says("「副市長」は、令和8年5月1日(金)まで空席です").hides("「情報政策課長」の職");
    page.says("「情報政策課情報政策係長」の職にある人が登録されていません");
    // whoever was chosen and is still to come
    page.says("大野 恵さんは、令和8年5月1日(金)に着任します");
    // the policy followed besides
    page.says("情報セキュリティ基本方針が定める情報セキュリティ会議に就く人がいません");
    sits(&browser, "committee", "000103").await;
    browser.get("/set-up/check").await.ok().hides("が定める情報セキュリティ会議に就く人がいません");
    // into service all the same; what begins later begins on its day
    let done = browser.post("/set-up/check", &[]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.words());
    let mut db = portal.superuser().await;
    let begins: Vec<chrono::NaiveDate> =
        sqlx::query_scalar("select lower(during) from post where tier = 'ciso'").fetch_all(&mut db).await.unwrap();
    assert_eq!(begins.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-05-01"]);
}

#[tokio::test]
async fn the_linter_sees_one_person_in_two_functions_that_a_route_keeps_apart() {
    let portal = Portal::empty().await;
    let browser = prepared(&portal, "coop-operations", (CITY, CITY_PEOPLE)).await;
    for function in ["office/office_manager", "sysadmin/system_administrator", "ciso"] {
        sits(&browser, function, "000101").await;
    }
    let (apart, twice) = (
        "統括管理者に就く人が情報システム管理者を兼ねています",
        "情報システム管理者と事務管理者に就くのが、同じ1人だけです",
    );
    browser.get("/set-up/check").await.ok().says(apart).says(twice);
    // others can act
    sits(&browser, "sysadmin/system_administrator", "000103").await;
    sits(&browser, "ciso", "000102").await;
    browser.get("/set-up/check").await.ok().hides(apart).hides(twice);
}

#[tokio::test]
async fn administrators_who_are_still_to_come_do_not_count_and_nothing_goes_into_service_with_them() {
    let portal = Portal::empty().await;
    let people = CITY_PEOPLE.replace("平成15年4月1日", "R8.4.2").replace("2010/4/1", "R8.4.2");
    let browser = prepared(&portal, "osaka-standard", (CITY, &people)).await;
    sits(&browser, "office", "000101").await;
    sits(&browser, "sysadmin/it_administrator", "000103").await;
    browser.get("/set-up/check").await.ok().says("は1人以上必要です（いま0人）").says("令和8年4月2日(木)に着任します");
    let refused = browser.submit("/set-up/check", &[]).await;
    assert!(refused.words().contains("まだ登録の足りないところがあります"), "{}", refused.words());
}

#[tokio::test]
async fn whoever_has_left_gets_no_function_and_nothing_goes_into_service_with_them() {
    let portal = Portal::empty().await;
    let people = CITY_PEOPLE.replace("採用年月日\r\n", "採用年月日,退職年月日\r\n");
    let people = people.replace("2010/4/1\r\n", "2010/4/1,R8.3.31\r\n");
    let browser = prepared(&portal, "osaka-standard", (CITY, &people)).await;
    let fields = [("person", "000103"), ("functions", "sysadmin/it_administrator"), ("department", "")];
    let left = step(&browser, "functions", &fields).await;
    assert_eq!(left.status, StatusCode::UNPROCESSABLE_ENTITY);
    left.says("退職している職員です");
    assert!(left.text().contains("value=\"000103\""), "what was typed stays");
    sits(&browser, "office", "000101").await;
    sits(&browser, "sysadmin/it_administrator", "000102").await;
    // who leaves after having been chosen
    sqlx::query("update person set left_on = '2026-03-31' where employee_no = '000102'")
        .execute(&mut portal.superuser().await)
        .await
        .unwrap();
    browser.get("/set-up/check").await.ok().says("井上 幸子さんは、令和8年3月31日(火)で退職しています");
    let refused = browser.submit("/set-up/check", &[]).await;
    assert!(refused.words().contains("まだ登録の足りないところがあります"), "{}", refused.words());
}

/// A step that takes the answers of more people than hold its function.
#[tokio::test]
async fn the_linter_sees_where_fewer_answer_than_a_step_takes() {
    let text = include_str!("../regulations/village-office.toml");
    let binding = include_str!("../regulations/village-office.bindings.toml");
    let two =
        binding.replacen("act = \"decide\"\nby = [\"office\"]", "act = \"decide\"\nby = [\"office\"]\nneeds = 2", 1);
    assert_ne!(two, binding);
    let files = [("village-office.toml", text), ("village-office.bindings.toml", two.as_str())];
    let portal = Portal::empty_beside(&files).await;
    let browser = prepared(&portal, "village-office", (CITY, CITY_PEOPLE)).await;
    sits(&browser, "office", "000101").await;
    sits(&browser, "sysadmin", "000103").await;
    let said = "「電算機利用願」には総務係2人の回答が要りますが、いま1人です";
    browser.get("/set-up/check").await.ok().says(said);
    sits(&browser, "office", "000102").await;
    browser.get("/set-up/check").await.ok().hides("人の回答が要りますが");
}
