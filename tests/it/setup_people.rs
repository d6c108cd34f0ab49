//! 初期設定の職員: everybody taken over stands in a list, and each row is put right or taken out by hand, by the rules of the list;
//! and what comes with a post (充て職) stands where the post does.
use std::fmt::Write as _;

use axum::http::StatusCode;

use crate::setup::{CITY, CITY_PEOPLE, file, prepared, sits, step};
use crate::setup_functions::{TOWN, TOWN_PEOPLE};
use crate::support::html::forms;
use crate::support::portal::{Browser, Page, Portal};

/// What stands in somebody's row, with some of it typed anew.
async fn mend(browser: &Browser<'_>, number: &str, typed: &[(&str, &str)]) -> Page {
    let address = format!("/set-up/person/{number}");
    let page = browser.get(&address).await;
    let form = forms(&page.ok().text(), &address).into_iter().find(|form| form.action == address).unwrap();
    // the department is chosen in a list
    let html = page.text();
    let department =
        html.split(" selected").next().and_then(|before| before.rsplit("value=\"").next()).unwrap_or_default();
    let department = department.trim_end_matches('"').to_owned();
    let mut fields: Vec<(String, String)> = Vec::new();
    for field in form.fields {
        let kept = match field.name.as_str() {
            "department" => department.clone(),
            "employment" => "permanent".to_owned(),
            _ => field.value.clone(),
        };
        let new = typed.iter().find(|(name, _)| *name == field.name).map(|(_, value)| (*value).to_owned());
        fields.push((field.name, new.unwrap_or(kept)));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(&address, &fields).await
}

async fn department(portal: &Portal, code: &str) -> String {
    let id: uuid::Uuid = sqlx::query_scalar("select id from department where code = $1")
        .bind(code)
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
    id.to_string()
}

#[tokio::test]
async fn everybody_taken_over_stands_in_a_list_of_pages_in_the_order_of_their_reading() {
    let portal = Portal::empty().await;
    let mut people = CITY_PEOPLE.to_owned();
    for at in 0..60 {
        let _ = write!(people, "0002{at:02},渡辺 一{at},ワタナベ カズ,1200,主事,正職員,2020/4/1\r\n");
    }
    let browser = prepared(&portal, "osaka-standard", (CITY, &people)).await;
    let first = browser.get("/set-up/people").await;
    first.ok().says("64人").says("あおき けん").says("係長").says("5月1日").hides("000259");
    let (before, after) = (first.words().find("青木 健").unwrap(), first.words().find("上田 誠").unwrap());
    assert!(before < after && after < first.words().find("渡辺 一0").unwrap());
    assert!(first.text().contains("href=\"/set-up/people?page=1\""), "the way on");
    browser.get("/set-up/people?page=1").await.ok().says("000259").hides("青木 健");
    browser
        .get("/set-up/people?q=%EF%BC%90%EF%BC%90%EF%BC%90%EF%BC%91%EF%BC%90%EF%BC%93")
        .await
        .ok()
        .says("上田 誠")
        .hides("井上 幸子");
    browser.get("/set-up/people?q=%E3%81%84%E3%81%AE%E3%81%86%E3%81%88").await.ok().says("井上 幸子").hides("上田 誠");
    browser.get("/set-up/people?q=zz&page=99").await.ok().says("あてはまる職員はいません");
}

#[tokio::test]
async fn a_row_is_put_right_by_hand_by_the_rules_of_the_list_and_then_bears_the_post() {
    let portal = Portal::empty().await;
    let people = TOWN_PEOPLE.replace("1210,係長", "1210,掛長");
    let browser = prepared(&portal, "katsuura-operations", (TOWN, &people)).await;
    let officer = [("person", "000106"), ("functions", "operator/system_officer"), ("department", "")];
    let refused = step(&browser, "functions", &officer).await;
    refused.refuses("この職員は、その職に就いていません").says("加藤 豊さんの登録を直す");
    assert!(refused.text().contains("href=\"/set-up/person/000106\""), "the message leads to the row");
    // what the list would refuse is refused at its field, and stays as it was typed
    let wrong = mend(&browser, "000106", &[("mail", "kato@"), ("left_on", "2011-03-31")]).await;
    wrong.refuses("メールアドレスとして読めません").says("退職年月日が採用年月日より前です");
    assert!(wrong.text().contains("value=\"kato@\""), "what was typed stays");
    mend(&browser, "000106", &[("reading", "加藤")]).await.refuses("ひらがなで入力してください");
    mend(&browser, "000106", &[("title", "係長"), ("given", "穣"), ("mail", "kato@city.example")]).await.ok();
    browser.get("/set-up/people").await.ok().says("加藤 穣").says("係長").hides("掛長");
    sits(&browser, "operator/system_officer", "000106").await;
    let mut db = portal.superuser().await;
    let (posts, mail): (i64, String) = sqlx::query_as(
        "select (select count(*) from post p where p.person_id = n.id), n.mail from person n where employee_no = '000106'",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!((posts, mail.as_str()), (1, "kato@city.example"), "put right from the beginning, no movement");
    // somebody else's window was quicker
    let stale = mend(&browser, "000106", &[("version", "1"), ("title", "主査")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.words());
}

#[tokio::test]
async fn whoever_was_entered_by_mistake_is_taken_out_with_what_they_were_to_hold_and_nobody_is_once_in_service() {
    let mut portal = Portal::empty().await;
    let browser = prepared(&portal, "osaka-standard", (CITY, CITY_PEOPLE)).await;
    for (function, person) in
        [("office", "000102"), ("sysadmin/it_administrator", "000103"), ("sysadmin/it_administrator", "000101")]
    {
        sits(&browser, function, person).await;
    }
    browser.get("/set-up/person/000103").await.ok().says("この職員に選んだ立場も、一緒に取り消します");
    let gone = browser.submit("/set-up/person/000103/removal", &[]).await;
    gone.ok().says("上田 誠さんの登録を取り消しました").hides("000103");
    browser.get("/set-up/functions").await.ok().says("青木 健").hides("上田 誠");
    assert_eq!(browser.get("/set-up/person/000103").await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.events("person.taken_out").await, 1);
    // the number is free again
    file(&browser, "people", CITY_PEOPLE).await.says("新規 1件");
    let done = browser.post("/set-up/check", &[]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.words());
    portal.restart().await;
    let mut db = portal.superuser().await;
    for sql in ["delete from post where main", "delete from person"] {
        let refused = sqlx::query(sql).execute(&mut db).await.unwrap_err().to_string();
        assert!(refused.contains("the post has begun") || refused.contains("nobody is removed"), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn what_comes_with_a_post_is_held_in_the_department_of_the_post_and_nowhere_else() {
    let portal = Portal::empty().await;
    let browser = prepared(&portal, "katsuura-operations", (TOWN, TOWN_PEOPLE)).await;
    let (elsewhere, own) = (department(&portal, "1000").await, department(&portal, "1210").await);
    let given = |department: &str| {
        let department = department.to_owned();
        let browser = &browser;
        async move {
            let fields = [("person", "000106"), ("functions", "operator/system_officer"), ("department", &*department)];
            step(browser, "functions", &fields).await
        }
    };
    let refused = given(&elsewhere).await;
    refused.refuses("「情報政策課情報政策係長」の職に伴う立場です").says("情報政策係にあります");
    given(&own).await.ok().says("情報システム責任者：加藤 豊（情報政策係）");
    // the post moves after the function was given: the check says so, and nothing goes into service with it
    for (function, person) in
        [("office", "000102"), ("sysadmin/system_administrator", "000101"), ("ciso/general_manager", "000105")]
    {
        sits(&browser, function, person).await;
    }
    let hole = "大野 恵さんのその職は情報政策課にあり、選んだ所属と違います";
    browser.get("/set-up/check").await.ok().hides(hole).says("運用を始める");
    let moved = department(&portal, "1200").await;
    mend(&browser, "000105", &[("department", &moved)]).await.ok();
    browser.get("/set-up/check").await.ok().says(hole).says("「要登録」のものを登録すると");
    let refused = browser.submit("/set-up/check", &[]).await;
    assert!(refused.words().contains("まだ登録の足りないところがあります"), "{}", refused.words());
    // the database says the same
    let mut db = portal.superuser().await;
    let sql = "insert into post (id, person_id, department_id, tier, function, title, main, during, rests_on)
               select gen_random_uuid(), p.person_id, d.id, 'ciso', 'x', 'x', false, p.during, p.id
                 from post p, department d where d.code = '1000' and p.title = '副市長'";
    let refused = sqlx::query(sql).execute(&mut db).await.unwrap_err().to_string();
    assert!(refused.contains("stands where the post does"), "{refused}");
}
