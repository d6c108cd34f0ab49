//! 代理の申出: the holder of a post proposes who stands in for them, their superior answers, and what nobody answers lapses.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::ids::DepartmentId;
use mamori::kernel::work::Work;
use mamori::people::proposals::of_today;
use mamori::people::roster::{NewPost, appoint};
use sqlx::Executor as _;

use super::support::portal::{Browser, PASSWORD, Page, Portal};

/// Fills in the form for one's own seat, and gives the answer to it.
async fn propose(portal: &Portal, asker: &Browser<'_>, person: &str, from: &str, last: &str) -> Page {
    let form = asker.get("/me/stand-ins/new").await;
    let post = portal.cast.get("佐藤").post.to_string();
    let id = form.attribute(r#"name="id" value=""#).expect("the form carries an id");
    let fields =
        [("id", &*id), ("post", &*post), ("person", person), ("from", from), ("last", last), ("reason", "休暇のため")];
    asker.post("/me/stand-ins", &fields).await
}

/// Who was told so, by family name.
async fn told(portal: &Portal, kind: &str) -> Vec<String> {
    sqlx::query_scalar(
        "select n.family_name from notice o join person n on n.id = o.person_id where o.kind = $1 order by n.employee_no",
    )
    .bind(kind)
    .fetch_all(&mut portal.superuser().await)
    .await
    .unwrap()
}

/// Gives somebody one more post.
async fn give(portal: &Portal, name: &str, department: DepartmentId, tier: Tier, title: &str, from: &str) {
    let person = portal.cast.get(name).id;
    let from = from.parse().unwrap();
    let post = NewPost { person, department, tier, function: None, title, main: false, from };
    portal.app.change(&Actor::portal(), async |work: &mut Work| appoint(work, &post).await.map(drop)).await.unwrap();
}

async fn answer(superior: &Browser<'_>, address: &str, verdict: &str, words: &str, password: &str) -> Page {
    superior.get(address).await.ok();
    let fields = [("verdict", verdict), ("words", words), ("own_password", password)];
    superior.post(&format!("{address}/answer"), &fields).await
}

#[tokio::test]
async fn a_manager_proposes_a_stand_in_and_it_stands_once_the_office_above_agreed() {
    let portal = Portal::open().await;
    let sato = portal.sign_in("佐藤").await;
    let asked = propose(&portal, &sato, "001002", "2026-04-01", "2026-04-10").await;
    let address = asked.location().expect("taken in");
    sato.get(&address).await.ok().says("返事待ち").says("中村 彩").says("申出を取り下げる").hides("返事を送る");
    assert_eq!(told(&portal, "stand_in.proposed").await, ["中村"], "whoever is above is told");
    // nothing stands before the answer: the deputy has no seat, and the office's list is empty
    let deputy = portal.sign_in("山本").await;
    assert_eq!(deputy.get("/requests/inbox").await.status, StatusCode::FORBIDDEN);
    let office = portal.sign_in("中村").await;
    office.get("/stand-ins").await.ok().hides("山本 蓮");
    office.get("/").await.ok().says("佐藤 直樹さんの代理（山本 蓮さん）の申出");
    answer(&office, &address, "approve", "", "wrong-Password!9").await.refuses("パスワード");
    assert_eq!(portal.events("stand_in.entered").await, 0);
    let agreed = answer(&office, &address, "approve", "", PASSWORD).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.words());
    office.get("/stand-ins").await.ok().says("山本 蓮").says("代理中");
    deputy.get("/requests/inbox").await.ok();
    assert_eq!(told(&portal, "stand_in.entered").await, ["山本", "佐藤"]);
    sato.get(&address).await.ok().says("認められました").says("中村 彩（").hides("申出を取り下げる");
    office.get("/").await.ok().hides("代理（山本 蓮さん）の申出");
    // what has been answered stays answered
    answer(&office, &address, "refuse", "気が変わりました", PASSWORD).await.refuses("すでに返事が済んでいる");
}

#[tokio::test]
async fn the_nearest_head_above_is_asked_and_nobody_else_sees_it() {
    let portal = Portal::open().await;
    // the company has a head of its own
    let company: uuid::Uuid = sqlx::query_scalar("select id from department where code = '000'")
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
    give(&portal, "鈴木", DepartmentId(company), Tier::Manager, "取締役", "2026-04-01").await;
    let sato = portal.sign_in("佐藤").await;
    let address = propose(&portal, &sato, "001002", "2026-04-02", "2026-04-03").await.location().unwrap();
    let head = portal.sign_in("鈴木").await;
    head.get(&address).await.ok().says("返事を送る");
    for stranger in ["田中", "高橋", "伊藤", "加藤"] {
        assert_eq!(portal.sign_in(stranger).await.get(&address).await.status, StatusCode::NOT_FOUND, "{stranger}");
    }
    // the office sees it among the stand-ins it keeps, but it is not the one who answers
    let office = portal.sign_in("中村").await;
    office.get(&address).await.ok().hides("返事を送る");
    let fields = [("verdict", "approve"), ("words", ""), ("own_password", PASSWORD)];
    assert_eq!(office.post(&format!("{address}/answer"), &fields).await.status, StatusCode::NOT_FOUND);
    // no without a reason is no answer; with one the asker reads it
    answer(&head, &address, "refuse", "", PASSWORD).await.refuses("認めない理由");
    let said = answer(&head, &address, "refuse", "4月2日は決裁が集中します", PASSWORD).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.words());
    sato.get(&address).await.ok().says("認められませんでした").says("4月2日は決裁が集中します");
    assert_eq!(told(&portal, "stand_in.proposal_refused").await, ["佐藤"]);
    assert_eq!(portal.events("stand_in.entered").await, 0);
}

#[tokio::test]
async fn the_rules_of_stand_ins_hold_for_proposals_and_each_says_why() {
    let portal = Portal::open().await;
    let sato = portal.sign_in("佐藤").await;
    for (person, from, last, why) in [
        ("001003", "2026-04-01", "2026-04-10", "本来の人とは別の人"),
        ("009999", "2026-04-01", "2026-04-10", "見つかりません"),
        ("001002", "2026-04-10", "2026-04-01", "最初の日より前"),
        ("001002", "2026-03-01", "2026-03-02", "今日以後"),
        ("001002", "2026-04-01", "2026-05-02", "31日まで"),
    ] {
        let page = propose(&portal, &sato, person, from, last).await;
        page.refuses(why).says("休暇のため");
    }
    assert_eq!(portal.events("stand_in.proposed").await, 0);
    let address = propose(&portal, &sato, "001002", "2026-04-01", "2026-04-10").await.location().unwrap();
    propose(&portal, &sato, "001001", "2026-04-05", "2026-04-12").await.refuses("申出がすでにあります");
    // the days that were given to somebody else meanwhile are not given twice
    let office = portal.sign_in("中村").await;
    office.get("/stand-ins/new").await.ok();
    let post = portal.cast.get("佐藤").post.to_string();
    let other = [
        ("post", &*post),
        ("person", "001001"),
        ("from", "2026-04-03"),
        ("last", "2026-04-04"),
        ("reason", "急な出張"),
        ("own_password", PASSWORD),
    ];
    office.submit("/stand-ins", &other).await.ok();
    answer(&office, &address, "approve", "", PASSWORD).await.refuses("別の代理がいます");
    // taken back by whoever asked, and by nobody else
    assert_eq!(office.post(&format!("{address}/withdrawal"), &[]).await.status, StatusCode::NOT_FOUND);
    sato.get(&address).await.ok();
    sato.submit(&format!("{address}/withdrawal"), &[]).await.ok().says("取り下げました");
    // whoever grants rights, and whoever holds no seat, is told so
    for name in ["伊藤", "田中"] {
        portal.sign_in(name).await.get("/me/stand-ins/new").await.ok().says("代理を立てられる席に就いていません");
    }
}

#[tokio::test]
async fn a_proposal_follows_the_posts_of_the_day_and_lapses_with_its_own() {
    let portal = Portal::open().await;
    let sato = portal.sign_in("佐藤").await;
    let address = propose(&portal, &sato, "001002", "2026-04-03", "2026-04-04").await.location().unwrap();
    // whoever answers moves on with the post
    give(&portal, "高橋", portal.cast.it, Tier::Office, "事務局次長", "2026-04-02").await;
    portal.advance(TimeDelta::days(1));
    of_today(&portal.app).await.unwrap();
    of_today(&portal.app).await.unwrap();
    assert_eq!(told(&portal, "stand_in.proposed").await, ["高橋", "中村"], "the new one is told once");
    portal.sign_in("高橋").await.get(&address).await.ok().says("返事を送る");
    portal.advance(TimeDelta::days(3));
    of_today(&portal.app).await.unwrap();
    portal.sign_in("佐藤").await.get(&address).await.ok().says("期間が過ぎました");
    assert_eq!(told(&portal, "stand_in.proposal_lapsed").await, ["佐藤"]);
    assert_eq!(portal.events("stand_in.proposal_lapsed").await, 1);
}

#[tokio::test]
async fn the_database_lets_nobody_propose_or_agree_in_another_name() {
    let portal = Portal::open().await;
    let sato = portal.sign_in("佐藤").await;
    let address = propose(&portal, &sato, "001002", "2026-04-01", "2026-04-10").await.location().unwrap();
    let id = address.rsplit('/').next().unwrap();
    let (asker, office) = (portal.cast.get("佐藤").id, portal.cast.get("中村").id);
    let mut db = portal.superuser().await;
    for (viewer, change) in [
        (asker, format!("set state = 'refused', words = 'x', closed_at = now(), closed_by = '{}'", asker.0)),
        (asker, format!("set state = 'refused', words = 'x', closed_at = now(), closed_by = '{}'", office.0)),
        (office, format!("set state = 'taken_back', closed_at = now(), closed_by = '{}'", office.0)),
        (office, "set state = 'approved', closed_at = now()".to_owned()),
    ] {
        let sql = format!(
            "begin; set local role mamori_app; select set_config('mamori.person', '{}', true);
             update stand_in_proposal {change} where id = '{id}'",
            viewer.0
        );
        let refused = db.execute(sqlx::AssertSqlSafe(sql)).await;
        db.execute("rollback").await.unwrap();
        assert!(refused.is_err(), "{change}");
    }
}
