//! 組織と職員: who sees whom, who stands in for whom, and what the permission table says.
use axum::http::StatusCode;

use super::support::portal::{PASSWORD, Portal};

fn stand_in<'a>(post: &'a str, person: &'a str, from: &'a str, last: &'a str) -> [(&'a str, &'a str); 6] {
    let own = ("own_password", PASSWORD);
    [("post", post), ("person", person), ("from", from), ("last", last), ("reason", "出張のため"), own]
}

#[tokio::test]
async fn a_person_is_found_by_kana_number_and_name_within_reach_only() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    for typed in ["たなか", "タナカ", "001001", "田中"] {
        office.get(&format!("/people?q={}", urlencode(typed))).await.ok().says("田中 陽向").hides("鈴木 美咲");
    }
    office.get("/people").await.ok().says("14人").says("営業部");
    let manager = portal.sign_in("佐藤").await;
    manager.get("/people").await.ok().says("田中 陽向").hides("鈴木 美咲").hides("総務部");
    manager.get("/people/001001").await.ok().says("田中 陽向").hides("直近のログイン");
    assert_eq!(manager.get("/people/001004").await.status, StatusCode::NOT_FOUND);
    let clerk = portal.sign_in("田中").await;
    clerk.get("/people").await.ok().says("田中 陽向").hides("山本 蓮");
}

fn urlencode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn the_administrator_sees_how_somebody_signs_in_and_the_office_keeps_the_telephone() {
    let portal = Portal::open().await;
    portal.sign_in("伊藤").await.get("/people/001001").await.ok().says("tanaka").says("直近のログイン");
    let office = portal.sign_in("中村").await;
    office.get("/people/001001").await.ok();
    office
        .submit("/people/001001/telephone", &[("telephone", "０３－１２３４－５６７８")])
        .await
        .ok()
        .says("03-1234-5678");
    office
        .post("/people/001001/telephone", &[("telephone", "電話なし")])
        .await
        .refuses("電話番号を数字で入力してください");
    let manager = portal.sign_in("佐藤").await;
    manager.get("/people/001001").await.ok();
    assert_eq!(
        manager.post("/people/001001/telephone", &[("telephone", "110110")]).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn the_office_enters_a_stand_in_and_both_are_told() {
    let portal = Portal::open().await;
    let post = portal.cast.get("佐藤").post.to_string();
    let office = portal.sign_in("中村").await;
    office.get("/stand-ins/new").await.ok().says("佐藤 直樹").hides("伊藤 翔");
    let page = office.submit("/stand-ins", &stand_in(&post, "001002", "2026-04-01", "2026-04-10")).await;
    page.ok().says("代理を登録しました").says("山本 蓮").says("代理中");
    assert_eq!(portal.events("stand_in.entered").await, 1);
    let mut conn = portal.superuser().await;
    let told: Vec<(String,)> = sqlx::query_as(
        "select p.mail from notice n join person p on p.id = n.person_id where n.kind = 'stand_in.entered' order by p.mail",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert_eq!(told, [("sato@example.jp".to_owned(),), ("yamamoto@example.jp".to_owned(),)]);
    // from now on the stand-in sees what the manager sees
    portal.sign_in("山本").await.get("/people").await.ok().says("田中 陽向");
    let ending = office.get("/stand-ins").await.attribute(r#"action="/stand-ins/"#).unwrap();
    office.submit(&format!("/stand-ins/{ending}"), &[]).await.ok().says("途中で終了");
    portal.sign_in("山本").await.get("/people").await.ok().hides("田中 陽向");
    office.post(&format!("/stand-ins/{ending}"), &[]).await.refuses("すでに終わっています");
}

#[tokio::test]
async fn what_the_rules_refuse_about_stand_ins_is_said_at_its_field() {
    let portal = Portal::open().await;
    let sato = portal.cast.get("佐藤").post.to_string();
    let takahashi = portal.cast.get("高橋").post.to_string();
    let ito = portal.cast.get("伊藤").post.to_string();
    let office = portal.sign_in("中村").await;
    office.get("/stand-ins/new").await.ok();
    for (post, person, from, last, words) in [
        (&sato, "001002", "2026-04-01", "2026-05-02", "代理は31日までです"),
        (&sato, "001002", "2026-04-10", "2026-04-09", "最初の日より前にならないように"),
        (&sato, "001002", "2026-03-01", "2026-03-05", "今日以後の日にしてください"),
        (&sato, "001003", "2026-04-01", "2026-04-05", "本来の人とは別の人を選んでください"),
        (&sato, "中村彩", "2026-04-01", "2026-04-05", "自分を代理にできません"),
        (&sato, "001014", "2026-04-01", "2026-04-05", "外部業者や委託先の要員は、組織の席の代理になれません"),
        (&sato, "999999", "2026-04-01", "2026-04-05", "職員が見つかりません"),
        (&ito, "001002", "2026-04-01", "2026-04-05", "表示されているものから選んでください"),
    ] {
        let page = office.post("/stand-ins", &stand_in(post, person, from, last)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        page.says(words);
    }
    office
        .submit("/stand-ins", &stand_in(&sato, "やまもと れん", "2026-04-01", "2026-05-01"))
        .await
        .ok()
        .says("山本 蓮");
    // one per seat, and nobody stands in for a stand-in
    office.post("/stand-ins", &stand_in(&sato, "001004", "2026-04-20", "2026-05-03")).await.refuses("別の代理がいます");
    office
        .post("/stand-ins", &stand_in(&takahashi, "001003", "2026-04-20", "2026-04-22"))
        .await
        .refuses("代理の代理は立てられません");
    assert_eq!(portal.events("stand_in.entered").await, 1);
}

#[tokio::test]
async fn whoever_works_from_outside_stands_in_for_nobody_not_even_by_direct_sql() {
    let portal = Portal::open().await;
    let mut db = portal.superuser().await;
    let enter = async |db: &mut sqlx::PgConnection, person: &str| {
        let entered = sqlx::query(
            "insert into stand_in (id, post_id, person_id, during, reason, entered_at)
             values (gen_random_uuid(), $1, $2, '[2026-04-01,2026-04-03]', 'x', now())",
        )
        .bind(portal.cast.get("小林").post.0)
        .bind(portal.cast.get(person).id.0)
        .execute(db)
        .await;
        entered.err().map(|error| error.as_database_error().unwrap().code().unwrap().into_owned())
    };
    assert_eq!(enter(&mut db, "井上").await.as_deref(), Some("PT403"), "a vendor's post");
    let contract = "update person set employment = 'contractor' where employee_no = '001004'";
    sqlx::query(contract).execute(&mut db).await.unwrap();
    assert_eq!(enter(&mut db, "鈴木").await.as_deref(), Some("PT403"), "a contract");
    assert_eq!(enter(&mut db, "田中").await, None);
}

#[tokio::test]
async fn a_form_sent_twice_enters_one_stand_in() {
    let portal = Portal::open().await;
    let post = portal.cast.get("佐藤").post.to_string();
    let office = portal.sign_in("中村").await;
    office.get("/stand-ins/new").await.ok();
    let once = uuid::Uuid::new_v4().to_string();
    for _ in 0..2 {
        let fields = stand_in(&post, "001002", "2026-04-01", "2026-04-10");
        assert_eq!(office.post_once("/stand-ins", &fields, &once).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(portal.events("stand_in.entered").await, 1);
}

#[tokio::test]
async fn only_the_office_keeps_stand_ins() {
    let portal = Portal::open().await;
    for name in ["田中", "佐藤", "伊藤", "小林", "加藤", "吉田"] {
        assert_eq!(portal.sign_in(name).await.get("/stand-ins").await.status, StatusCode::FORBIDDEN, "{name}");
    }
}

#[tokio::test]
async fn the_permission_table_shows_all_to_those_who_answer_for_it_and_oneself_to_everybody() {
    let portal = Portal::open().await;
    let all = portal.sign_in("吉田").await.get("/permissions").await;
    all.ok().says("承認された作業を実施する").says("全体").says("部署");
    let own = portal.sign_in("田中").await.get("/permissions").await;
    own.ok().says("あなたの立場で").says("本人").hides("全体");
    own.says("利用者に選んだ同じ部門の人のIDと権限");
}

#[tokio::test]
async fn who_has_left_is_listed_apart() {
    let portal = Portal::open().await;
    let mut conn = portal.superuser().await;
    sqlx::query("update person set left_on = '2026-03-31' where employee_no = '001004'")
        .execute(&mut conn)
        .await
        .unwrap();
    let office = portal.sign_in("中村").await;
    office.get("/people").await.ok().hides("鈴木 美咲");
    office.get("/people?state=left").await.ok().says("鈴木 美咲").says("1人");
}

#[tokio::test]
async fn a_page_that_cannot_be_shown_keeps_the_menu_of_whoever_is_signed_in() {
    let portal = Portal::open().await;
    let clerk = portal.sign_in("田中").await;
    for (path, words) in [("/audit", "この操作はできません"), ("/no-such-page", "ページが見つかりません")]
    {
        clerk.get(path).await.says(words).says("自分の申請").says("ログアウトする");
        portal.browser().get(path).await.hides("ログアウトする");
    }
}
