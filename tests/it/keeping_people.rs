//! 組織と職員の手入れ: a real organisation is kept through the pages — joining, correcting, posts, departments, leaving.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::people::keeping::names_of_today;

use super::support::portal::{Browser, PASSWORD, Page, Portal};

const NEW: [(&str, &str); 10] = [
    ("number", "002001"),
    ("family_name", "木村"),
    ("given_name", "拓"),
    ("reading", "きむら たく"),
    ("mail", "kimura@example.jp"),
    ("employment", "permanent"),
    ("joined_on", "2026-04-01"),
    ("left_on", ""),
    ("department", ""),
    ("title", "主事"),
];

fn with<'a>(fields: &[(&'a str, &'a str)], changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let value = |name: &str, old: &'a str| changed.iter().find(|(key, _)| *key == name).map_or(old, |(_, new)| new);
    fields.iter().map(|(name, old)| (*name, value(name, old))).collect()
}

async fn add(office: &Browser<'_>, department: &str, changed: &[(&str, &str)]) -> Page {
    office.get("/people/new").await.ok();
    let mut fields = with(&NEW, changed);
    fields.iter_mut().filter(|(name, _)| *name == "department").for_each(|field| field.1 = department);
    office.post("/people", &fields).await
}

#[tokio::test]
async fn somebody_joins_is_corrected_appointed_and_leaves_without_being_removed() {
    let portal = Portal::open().await;
    let sales = portal.cast.sales.to_string();
    let office = portal.sign_in("中村").await;
    for (changed, words) in [
        (("number", "001001"), "この職員番号は、すでに使われています"),
        (("mail", "kimura.example.jp"), "メールアドレスを"),
        (("left_on", "2026-03-01"), "退職日は、採用日と今日より前に"),
    ] {
        let page = add(&office, &sales, &[changed]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.words());
        page.says(words);
        assert!(page.text().contains("木村"), "what was typed is there again");
    }
    assert_eq!(add(&office, &sales, &[]).await.status, StatusCode::SEE_OTHER);
    office.get("/people/002001").await.ok().says("木村 拓").says("営業部").says("kimura@example.jp");

    // a second reader of the same page sees what was changed meanwhile, and nothing is overwritten
    let page = office.get("/people/002001/correction").await;
    let version = page.attribute("name=\"version\" value=\"").unwrap();
    let fields = |employment: &'static str, family: &'static str, left: &'static str, version: &str| {
        vec![
            ("family_name", family.to_owned()),
            ("given_name", "拓".to_owned()),
            ("reading", "きむら たく".to_owned()),
            ("mail", String::new()),
            ("employment", employment.to_owned()),
            ("joined_on", "2026-04-01".to_owned()),
            ("left_on", left.to_owned()),
            ("version", version.to_owned()),
        ]
    };
    let send = async |fields: Vec<(&'static str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        office.post("/people/002001/correction", &fields).await
    };
    assert_eq!(send(fields("fixed_term", "木村", "", &version)).await.status, StatusCode::SEE_OTHER);
    let stale = send(fields("permanent", "木邑", "", &version)).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.says("木邑").says("任期付・契約").says("木村");
    office.get("/people/002001").await.ok().says("木村 拓").says("任期付・契約");

    // 兼務 from a later day, with its last day; two main posts at once are none
    let post = |main: &'static str, from: &'static str| {
        vec![
            ("department", portal.cast.general.to_string()),
            ("tier", "manager".to_owned()),
            ("title", "課長".to_owned()),
            ("main", main.to_owned()),
            ("from", from.to_owned()),
            ("last", String::new()),
            ("reason", "人事発令第7号".to_owned()),
            ("own_password", PASSWORD.to_owned()),
        ]
    };
    let give = async |fields: Vec<(&'static str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        office.post("/people/002001/posts", &fields).await
    };
    office.get("/people/002001/posts/new").await.ok().says("発令を登録する");
    give(post("main", "2026-04-05")).await.refuses("別の本務があります");
    give(post("concurrent", "2026-03-05")).await.refuses("さかのぼって任命することはできません");
    assert_eq!(give(post("concurrent", "2026-04-05")).await.status, StatusCode::SEE_OTHER);

    // who leaves keeps no post beyond the last day, and stays in the register
    let page = office.get("/people/002001/correction").await;
    let version = page.attribute("name=\"version\" value=\"").unwrap();
    assert_eq!(send(fields("fixed_term", "木村", "2026-04-30", &version)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(portal.events("post.ended").await, 2);
    portal.advance(TimeDelta::days(30));
    let office = portal.sign_in("中村").await;
    office.get("/people?state=left").await.ok().says("木村 拓");
    office.get("/people/002001").await.ok().says("退職").says("課長");
}

#[tokio::test]
async fn a_post_ends_with_its_day_and_one_that_never_began_is_taken_back() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let page = office.get("/people/001003").await;
    let post = page.ok().attribute("name=\"post\" value=\"").unwrap();
    let end = |last: &'static str| [("post", post.clone()), ("last", last.to_owned()), ("reason", "異動".to_owned())];
    let send = async |fields: [(&'static str, String); 3]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        office.post("/people/001003/posts/ending", &fields).await
    };
    send(end("")).await.refuses("最後の日と理由を入力してください");
    send(end("2026-03-31")).await.refuses("さかのぼって終えることはできません");
    assert_eq!(send(end("2026-04-02")).await.status, StatusCode::SEE_OTHER);
    portal.advance(TimeDelta::days(1));
    portal.sign_in("佐藤").await.get("/people").await.ok().says("田中 陽向");
    portal.advance(TimeDelta::days(1));
    let former = portal.sign_in("佐藤").await.get("/people").await;
    assert_eq!(former.status, StatusCode::FORBIDDEN);
    former.hides("田中 陽向");

    let office = portal.sign_in("中村").await;
    office.get("/people/001004/posts/new").await.ok();
    let department = portal.cast.sales.to_string();
    let fields = [
        ("department", department.as_str()),
        ("tier", "manager"),
        ("title", "部長"),
        ("main", "concurrent"),
        ("from", "2026-05-01"),
        ("last", ""),
        ("reason", "内示"),
        ("own_password", PASSWORD),
    ];
    office.submit("/people/001004/posts", &fields).await.ok().says("発令を登録しました");
    let mut db = portal.superuser().await;
    let coming: uuid::Uuid =
        sqlx::query_scalar("select id from post where lower(during) = '2026-05-01'").fetch_one(&mut db).await.unwrap();
    let coming = coming.to_string();
    let back = [("post", coming.as_str()), ("last", ""), ("reason", "内示の取消し")];
    office.submit("/people/001004/posts/ending", &back).await.ok().hides("部長");
    assert_eq!(portal.events("post.taken_back").await, 1);
    // what was in force is never removed, not even by direct SQL of the portal's own role
    let mut runtime = portal.runtime("mamori_app").await;
    sqlx::query(
        "select set_config('mamori.scope_all', 'on', false), set_config('mamori.now', '2026-04-03T09:00+09:00', false)",
    )
    .execute(&mut runtime)
    .await
    .unwrap();
    let removed =
        sqlx::query("delete from post where lower(during) < '2026-04-03'").execute(&mut runtime).await.unwrap_err();
    assert_eq!(removed.as_database_error().unwrap().code().unwrap(), "PT403");
}

#[tokio::test]
async fn departments_are_set_up_renamed_from_a_day_on_and_closed_when_nobody_is_there() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    office.get("/departments/new").await.ok();
    let company = portal.cast.get("小林").department.to_string();
    let new = [
        ("code", "400"),
        ("name", "監理室"),
        ("reading", "かんりしつ"),
        ("parent", company.as_str()),
        ("from", "2026-04-01"),
    ];
    office.submit("/departments", &new).await.ok().says("監理室を設けました");
    office.get("/departments/new").await.ok();
    office.post("/departments", &new).await.refuses("この部署コードは、すでに使われています");

    let page = office.get("/departments/400").await;
    let version = page.ok().attribute("name=\"version\" value=\"").unwrap();
    let name = |name: &'static str, on: &'static str| {
        [
            ("name", name.to_owned()),
            ("reading", "ないぶかんりしつ".to_owned()),
            ("on", on.to_owned()),
            ("version", version.clone()),
        ]
    };
    let send = async |fields: [(&'static str, String); 4]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        office.post("/departments/400/name", &fields).await
    };
    send(name("内部監理室", "2026-03-31")).await.refuses("さかのぼることはできません");
    assert_eq!(send(name("内部監理室", "2026-04-10")).await.status, StatusCode::SEE_OTHER);
    let stale = send(name("監理部", "2026-04-10")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.says("監理部").says("監理室");
    office.get("/departments").await.ok().says("監理室").hides("内部監理室");
    portal.advance(TimeDelta::days(9));
    names_of_today(&portal.app).await.unwrap();
    let office = portal.sign_in("中村").await;
    office.get("/departments").await.ok().says("内部監理室");

    let closing = async |code: &str| {
        let page = office.get(&format!("/departments/{code}")).await;
        let version = page.ok().attribute("name=\"version\" value=\"").unwrap();
        let fields = [("last", "2026-04-30"), ("version", version.as_str())];
        office.post(&format!("/departments/{code}/closing"), &fields).await
    };
    closing("100").await.refuses("先にその職を終えてください");
    assert_eq!(closing("400").await.status, StatusCode::SEE_OTHER);
    portal.advance(TimeDelta::days(21));
    portal.sign_in("中村").await.get("/departments").await.ok().hides("内部監理室");
}

#[tokio::test]
async fn nobody_changes_their_own_terms_of_employment() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let page = office.get("/people/001008/correction").await;
    let version = page.ok().attribute("name=\"version\" value=\"").unwrap();
    let fields = [
        ("family_name", "中村"),
        ("given_name", "彩"),
        ("reading", "なかむら あや"),
        ("mail", ""),
        ("employment", "fixed_term"),
        ("joined_on", "2020-04-01"),
        ("left_on", ""),
        ("version", version.as_str()),
    ];
    let page = office.post("/people/001008/correction", &fields).await;
    page.refuses("自分の雇用の種別・採用日・退職日は変えられません");
    assert_eq!(portal.events("person.corrected").await, 0);
}
