//! 役割台帳: who holds which function, by which post, from when until when; and the organisation chart that follows from it.
use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};
use mamori::engines::regulations::{Regulations, Role};
use mamori::features::functions::of_today;
use mamori::features::movements::model::Kind;
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::ids::PostId;
use mamori::kernel::jobs::Runner;
use mamori::kernel::work::Work;
use mamori::people::posts;
use mamori::people::roster::{NewPost, appoint};
use mamori::people::sign_ins::disable_sign_in;

use super::support::portal::{PASSWORD, Portal};
use crate::adoption::adopts;
use crate::movements::moved;

fn appointment<'a>(person: &'a str, from: &'a str, last: &'a str) -> [(&'a str, &'a str); 5] {
    let own = ("own_password", PASSWORD);
    [("person", person), ("from", from), ("last", last), ("reason", "人事発令第4号"), own]
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Somebody of the cast gets a plain post with this title besides their own.
async fn titled(portal: &Portal, name: &str, title: &str) -> PostId {
    let someone = portal.cast.get(name);
    let (tier, function) = (Tier::Staff, None);
    let post = NewPost {
        person: someone.id,
        department: portal.cast.it,
        tier,
        function,
        title,
        main: false,
        from: day("2026-04-01"),
    };
    portal.app.change(&Actor::portal(), async |work| appoint(work, &post).await).await.unwrap()
}

async fn ends(portal: &Portal, post: PostId, last: &str) {
    let end = async |work: &mut Work| posts::end(work, post, day(last), "異動").await;
    assert_eq!(portal.app.change(&Actor::portal(), end).await.unwrap(), None);
}

#[tokio::test]
async fn the_policy_s_organisation_stands_in_the_register_and_draws_its_own_chart() {
    let portal = Portal::open_under("mutual-aid-policy").await;
    let office = portal.sign_in("中村").await;
    // 責任者・事務局・管理者・委員会 with holder, day of appointment and stand-in
    let register = office.get("/functions").await;
    register
        .ok()
        .says("担当責任者")
        .says("佐藤 直樹")
        .says("事務局")
        .says("中村 彩")
        .says("システム管理者")
        .says("伊藤 翔");
    register.says("情報セキュリティ会議").says("加藤 誠").says("R2.4.1").hides("空席");
    let committee = portal.cast.get("加藤").post;
    let fields = [
        ("post", committee.to_string()),
        ("person", "001004".to_owned()),
        ("from", "2026-04-01".to_owned()),
        ("last", "2026-04-10".to_owned()),
        ("reason", "出張".to_owned()),
        ("own_password", PASSWORD.to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    office.get("/stand-ins/new").await.ok();
    office.submit("/stand-ins", &fields).await.ok();
    office.get("/functions").await.ok().says("鈴木 美咲");
    let first = office.get("/functions/chart").await;
    first.ok().says("情報セキュリティ会議").says("加藤 誠").says("代理 鈴木 美咲");
    let drawn = portal.events("chart.drawn").await;
    assert!(drawn >= 2, "drawn by itself as the people came: {drawn}");

    // nobody is told anything while everybody is there
    for name in ["佐藤", "伊藤", "中村", "加藤", "森"] {
        portal.sign_in(name).await.get("/").await.ok().hides("任命されていない役割があります");
    }
    ends(&portal, committee, "2026-04-01").await;
    portal.advance(TimeDelta::days(1));
    of_today(&portal.app).await.unwrap();
    for name in ["佐藤", "伊藤", "中村", "森"] {
        let home = portal.sign_in(name).await.get("/").await;
        home.ok().says("任命されていない役割があります").says("情報セキュリティ会議");
    }
    portal.sign_in("田中").await.get("/").await.ok().hides("任命されていない役割があります");
    let office = portal.sign_in("中村").await;
    office.get("/functions").await.ok().says("空席").says("任命されていない役割があります");
    // the new drawing is a version of its own, and the former one stays as it was
    let chart = office.get("/functions/chart").await;
    chart.ok().says(&format!("第{}版", drawn + 1)).says("空席");
    let before = office.get(&format!("/functions/chart?version={drawn}")).await;
    before.ok().says(&format!("第{drawn}版（令和8年4月1日")).says("加藤 誠");
    // who else holds it from when on is entered by the office, and the warning is gone with the day
    office.get("/functions/board/appointment").await.ok();
    office
        .submit("/functions/board/appointment", &appointment("001004", "2026-04-03", ""))
        .await
        .ok()
        .says("任命しました")
        .says("就任前");
    office.get("/").await.ok().says("任命されていない役割があります");
    portal.advance(TimeDelta::days(1));
    let office = portal.sign_in("中村").await;
    office.get("/").await.ok().hides("任命されていない役割があります");
    office.get("/functions").await.ok().says("鈴木 美咲").hides("空席");
    office.get("/functions/board").await.ok().says("前任者と引継ぎ").says("加藤 誠");
    assert!(portal.acted("role.assignment").await >= 1);
    portal.proves("mutual-aid-policy", &["6-1"]);
}

/// The policy beside each of the four: what it names stands in the register, is missed and is drawn as well.
#[tokio::test]
async fn a_policy_followed_besides_brings_its_functions_its_warning_and_its_clauses() {
    let warning = "任命されていない役割があります";
    for regulation in ["system-management", "coop-operations", "osaka-standard", "katsuura-operations"] {
        let portal = Portal::open_under(regulation).await;
        adopts(&portal, "mutual-aid-policy", Role::Tracked, "2026-04-01").await.unwrap();
        portal.app.part::<Regulations>().unwrap().follow(&portal.app).await.unwrap();
        let office = portal.sign_in("中村").await;
        let register = office.get("/functions").await;
        register.ok().says("担当責任者").says("佐藤 直樹").says("事務局").says("中村 彩");
        register.says("情報セキュリティ会議").says("加藤 誠").says("基本方針 6-1");
        // whoever administers under the one administers under the other
        let page = office.get("/functions/mutual-aid-policy.system_administrator").await;
        page.ok().says("と同じ人が務めます").says("伊藤 翔");
        assert!(!page.text().contains("/appointment"), "{regulation}");
        let elsewhere = "/functions/mutual-aid-policy.system_administrator/appointment";
        assert_eq!(office.get(elsewhere).await.status, StatusCode::NOT_FOUND, "{regulation}");
        portal.sign_in("佐藤").await.get("/").await.ok().hides(warning);

        ends(&portal, portal.cast.get("加藤").post, "2026-04-01").await;
        portal.advance(TimeDelta::days(1));
        of_today(&portal.app).await.unwrap();
        portal.sign_in("佐藤").await.get("/").await.ok().says(warning).says("役割：情報セキュリティ会議");
        let office = portal.sign_in("中村").await;
        office.get("/functions/chart").await.ok().says("情報セキュリティ会議").says("情報セキュリティ基本方針");
        let board = "/functions/mutual-aid-policy.board";
        office.get(&format!("{board}/appointment")).await.ok();
        let appointed = appointment("001004", "2026-04-02", "");
        office.submit(&format!("{board}/appointment"), &appointed).await.ok().says("任命しました");
        office.get(board).await.ok().says("鈴木 美咲").says("加藤 誠");
        portal.sign_in("佐藤").await.get("/").await.ok().hides(warning);
        let clauses = portal.sign_in("吉田").await;
        clauses.get("/clauses?regulation=mutual-aid-policy&q=6-1").await.ok().says("組織体制").says("実施済");
        clauses.get("/clauses/mutual-aid-policy/6-1").await.ok().says("実施済");
    }
}

#[tokio::test]
async fn a_function_that_the_text_ties_to_a_post_is_held_by_its_holder_alone() {
    let portal = Portal::open_under("katsuura-operations").await;
    let office = portal.sign_in("中村").await;
    office.get("/functions").await.ok().says("総括管理者").says("副市長").says("情報政策課情報政策係長").says("空席");
    portal
        .sign_in("加藤")
        .await
        .get("/")
        .await
        .ok()
        .says("総括管理者が不在です")
        .says("ソフトウェア責任者が任命されていません");
    let office = portal.sign_in("中村").await;
    office.get("/functions/general_manager/appointment").await.ok().says("「副市長」の在職者だけ");
    let refused = office.post("/functions/general_manager/appointment", &appointment("001004", "2026-04-01", "")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("総括管理者は副市長をもって充てます").says("人事発令第4号");
    assert_eq!(portal.acted("role.assignment").await, 0);

    let base = titled(&portal, "鈴木", "副市長").await;
    office
        .submit("/functions/general_manager/appointment", &appointment("鈴木美咲", "2026-04-05", ""))
        .await
        .ok()
        .says("総括管理者を任命しました");
    // before the day there is nothing: neither the holder nor the rights
    office.get("/functions").await.ok().says("4月5日").says("鈴木 美咲");
    portal.sign_in("加藤").await.get("/").await.ok().says("総括管理者が不在です");
    let suzuki = portal.sign_in("鈴木").await;
    suzuki.get("/people/001001").await.hides("田中 陽向");
    portal.advance(TimeDelta::days(4));
    portal.sign_in("鈴木").await.get("/people/001001").await.ok().says("田中 陽向");
    portal.sign_in("加藤").await.get("/").await.ok().hides("総括管理者が不在です");

    // the post ends, and with it what rested on it: the rights are gone at 00:00 of the day after
    ends(&portal, base, "2026-04-07").await;
    portal.advance(TimeDelta::days(2));
    portal.sign_in("鈴木").await.get("/people/001001").await.ok().says("田中 陽向");
    portal.advance(TimeDelta::hours(15));
    portal.sign_in("鈴木").await.get("/people/001001").await.hides("田中 陽向");
    portal.sign_in("加藤").await.get("/").await.ok().says("総括管理者が不在です");
    portal.sign_in("中村").await.get("/functions/general_manager").await.ok().says("前任者と引継ぎ").says("鈴木 美咲");
}

#[tokio::test]
async fn one_person_holds_several_functions_each_with_its_own_days() {
    let portal = Portal::open_under("katsuura-operations").await;
    titled(&portal, "田中", "情報政策課情報政策係長").await;
    let office = portal.sign_in("中村").await;
    for function in ["system_officer", "data_file_officer", "software_officer", "operation_officer"] {
        let address = format!("/functions/{function}/appointment");
        office.get(&address).await.ok();
        office.submit(&address, &appointment("001001", "2026-04-01", "")).await.ok().says("任命しました");
    }
    office.get("/functions").await.ok().hides("オペレーション管理責任者が任命されていません");
    let refused =
        office.post("/functions/software_officer/appointment", &appointment("001001", "2026-04-09", "")).await;
    refused.refuses("すでに同じ職にあります");
    let page = office.get("/functions/software_officer").await;
    let post = page.attribute("name=\"post\" value=\"").unwrap();
    let end =
        |last: &'static str| [("post", post.clone()), ("last", last.to_owned()), ("reason", "分担の変更".to_owned())];
    for (last, words) in [("2026-03-31", "取り消せません"), ("", "最後の日と理由を入力してください")]
    {
        let fields = end(last);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        office.post("/functions/software_officer/ending", &fields).await.refuses(words);
    }
    let fields = end("2026-04-01");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    office.submit("/functions/software_officer/ending", &fields).await.ok().says("退任を登録しました");
    portal.advance(TimeDelta::days(1));
    let board = portal.sign_in("加藤").await;
    let home = board.get("/").await;
    home.ok().says("ソフトウェア責任者が任命されていません").hides("データ・ファイル責任者が任命されていません");
}

#[tokio::test]
async fn the_cooperative_is_warned_when_one_of_the_two_is_missing() {
    let portal = Portal::open_under("coop-operations").await;
    let warning = "事務管理者又は情報システム管理者が未任命です";
    portal.sign_in("小林").await.get("/").await.ok().hides(warning);
    for name in ["伊藤", "渡辺"] {
        ends(&portal, portal.cast.get(name).post, "2026-04-01").await;
    }
    portal.advance(TimeDelta::days(1));
    portal.sign_in("小林").await.get("/").await.ok().says(warning);
    portal.sign_in("中村").await.get("/functions").await.ok().says(warning).says("空席");
}

#[tokio::test]
async fn nobody_appoints_themselves_or_backwards_not_even_by_direct_sql() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    office.get("/functions/server_administrator/appointment").await.ok();
    for (person, from, words) in [
        ("001008", "2026-04-01", "自分を任命することはできません"),
        ("001004", "2026-03-31", "さかのぼって任命することはできません"),
        ("999999", "2026-04-01", "職員が見つかりません"),
    ] {
        let page = office.post("/functions/server_administrator/appointment", &appointment(person, from, "")).await;
        page.refuses(words);
    }
    assert_eq!(portal.acted("role.assignment").await, 0);
    let mut db = portal.runtime("mamori_app").await;
    let me = portal.cast.get("中村");
    sqlx::query("select set_config('mamori.person', $1, false), set_config('mamori.scope_all', 'on', false)")
        .bind(me.id.to_string())
        .execute(&mut db)
        .await
        .unwrap();
    let written = sqlx::query(
        "insert into post (id, person_id, department_id, tier, title, main, during)
         values (gen_random_uuid(), $1, $2, 'sysadmin', '', false, daterange('2026-04-01', null))",
    )
    .bind(me.id.0)
    .bind(portal.cast.it.0)
    .execute(&mut db)
    .await;
    let code = written.unwrap_err().as_database_error().unwrap().code().unwrap().into_owned();
    assert_eq!(code, "PT403");
}

/// 休職: the name stays, and nobody acts. The register says so until the return, or until somebody stands in.
#[tokio::test]
async fn a_holder_on_leave_leaves_the_function_vacant_in_effect() {
    let portal = Portal::open_under("coop-operations").await;
    let run = async || {
        for _ in 0..2 {
            Runner::new(&portal.app).unwrap().run_due().await.unwrap();
        }
        portal.sign_in("伊藤").await
    };
    let warning = "務める人が休職・利用停止等で不在の役割があります";
    moved(&portal, "中村", Kind::Leave, "2026-04-02").await;
    moved(&portal, "渡辺", Kind::Childcare, "2026-04-02").await;
    let register = run().await.get("/functions").await;
    register.ok().says("中村 彩").hides("休職・利用停止等で不在").hides("空席");
    portal.advance(TimeDelta::days(1));
    let somebody = run().await;
    let register = somebody.get("/functions").await;
    register.ok().says("中村 彩").says("休職・利用停止等で不在").says("空席 1件").says(warning);
    // of two administrators one is there: said, and not red
    assert_eq!(register.text().matches("row-bad").count(), 1, "{}", register.words());
    let page = somebody.get("/functions/office_manager").await;
    page.ok().says("休職・利用停止等で不在").says("空席");
    somebody
        .get("/functions/system_administrator")
        .await
        .ok()
        .says("休職・利用停止等で不在")
        .says("現任")
        .hides("空席");
    somebody.get("/functions/chart").await.ok().says("空席").says("休職・利用停止等で不在");
    somebody.get("/").await.ok().says(warning).says("休職・利用停止等で不在の役割：事務管理者").hides("未任命です");
    // what kind of leave it is stays with those who see the personnel change
    for page in [&register, &page] {
        page.hides("育休").hides("産休");
    }
    crate::requests::stand_in(&portal, "中村", "鈴木").await;
    somebody.get("/functions").await.ok().says("休職・利用停止等で不在").says("鈴木 美咲").hides("空席").hides(warning);
    let mut db = portal.superuser().await;
    sqlx::query("delete from stand_in").execute(&mut db).await.unwrap();
    somebody.get("/functions").await.ok().says("空席 1件");

    moved(&portal, "中村", Kind::Return, "2026-04-03").await;
    portal.advance(TimeDelta::days(1));
    let somebody = run().await;
    somebody.get("/functions").await.ok().says("中村 彩").hides("空席").hides(warning);
    somebody.get("/functions/office_manager").await.ok().says("現任").hides("休職・利用停止等で不在");
    somebody.get("/functions/chart").await.ok().hides("空席");

    // whoever cannot sign in any more acts no more either, though nobody entered a leave
    let holder = portal.cast.get("中村").id;
    let stop = async |work: &mut Work| disable_sign_in(work, holder, "end_of_use").await.map(drop);
    portal.app.change(&Actor::portal(), stop).await.unwrap();
    somebody.get("/functions").await.ok().says("休職・利用停止等で不在").says("空席 1件").says(warning);
}
