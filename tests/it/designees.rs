//! 指名: the holder of a post names who acts in their place where the text says 「又は指名された者」 (coop 21-4-1, 21-4-4), for what and
//! until when; nobody acts so without being named, and nothing that the text leaves to the holder alone can be handed on.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::engines::regulations::{Regulations, Role};
use mamori::engines::requests::model::route::SeatId;
use mamori::engines::requests::store::people::organisation;
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::database::Role as DatabaseRole;
use mamori::people::roster::{NewPost, appoint};
use sqlx::Executor as _;

use crate::adoption::adopts;
use crate::requests::{Office, content_hash, decide, execute};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};
use crate::under_coop::{Coop, answer};

const PERMIT: &str = "account.register/permit";
const PAGE: &str = "/designees";

/// Fills the form of 指名 in; `with` replaces what it says.
async fn name(coop: &Coop, by: &Browser<'_>, whom: &str, with: &[(&str, &str)]) -> Page {
    let person = coop.portal.cast.get(whom).name.clone();
    let post = coop.portal.cast.get("渡辺").post.to_string();
    let all = [
        ("post", post.as_str()),
        ("person", person.as_str()),
        ("matters", PERMIT),
        ("from", "2026-04-01"),
        ("last", "2026-04-30"),
        ("reason", "使用許可を分担するため"),
        ("own_password", PASSWORD),
    ];
    let replaced = |field: &str| with.iter().any(|(name, _)| *name == field);
    let fields: Vec<_> = all.into_iter().filter(|(field, _)| !replaced(field)).chain(with.iter().copied()).collect();
    by.get("/designees/new").await.ok();
    by.post(PAGE, &fields).await
}

async fn told(portal: &Portal, login: &str, kind: &str) -> i64 {
    let sql =
        "select count(*) from notice o join auth.credential c using (person_id) where c.login = $1 and o.kind = $2";
    sqlx::query_scalar(sql).bind(login).bind(kind).fetch_one(&mut portal.superuser().await).await.unwrap()
}

#[tokio::test]
async fn who_is_named_acts_for_what_and_as_long_as_they_were_named_and_the_record_says_so() {
    let coop = Coop::open().await;
    let number = coop.file(&[coop.sales]).await;
    let page = format!("/requests/{number}");
    let (by, whom) = (coop.at("渡辺").await, coop.at("鈴木").await);
    assert_eq!(whom.get("/requests/inbox").await.status, StatusCode::FORBIDDEN);

    let form = by.get("/designees/new").await;
    form.ok().says("アカウント登録申請：").says("21-4-4").says("ロックされたアカウントの解除");
    assert_eq!(name(&coop, &by, "鈴木", &[]).await.status, StatusCode::SEE_OTHER);
    by.get(PAGE)
        .await
        .ok()
        .says("鈴木 美咲")
        .says("指名中")
        .says("情報システム管理者 渡辺 結衣")
        .says("使用許可を分担するため");
    assert_eq!(coop.portal.events("designee.named").await, 2, "斎藤 was named before");
    for login in ["suzuki", "watanabe"] {
        assert_eq!(told(&coop.portal, login, "designee.named").await, 1, "{login}");
    }

    // the step they were named for, and no other: the work is that of another
    whom.get("/requests/inbox").await.ok().says(&number);
    assert_eq!(answer(&coop, &whom, &number, "approve.1", &[]).await.status, StatusCode::SEE_OTHER);
    let mark = "指名された者として（情報システム管理者 渡辺 結衣 の指名）";
    by.get(&page).await.ok().says("鈴木 美咲").says(mark);
    assert_eq!(answer(&coop, &coop.at("中村").await, &number, "approve", &[]).await.status, StatusCode::SEE_OTHER);
    whom.get("/requests").await.ok();
    whom.get("/requests/work").await.ok().hides(&number);
    whom.get(&format!("{page}/lines/1")).await.refuses("この段階は情報システム管理者が担当します");

    // ended from this moment on; what was done stays as it was
    let post: uuid::Uuid = sqlx::query_scalar("select post_id from designation where named_by = $1")
        .bind(coop.portal.cast.get("渡辺").id.0)
        .fetch_one(&mut coop.portal.superuser().await)
        .await
        .unwrap();
    whom.get("/requests/inbox").await.ok();
    let ending = format!("{PAGE}/{post}/ending");
    by.get(&ending).await.ok().says("鈴木 美咲さんの指名を終えますか").says("パスワード");
    for wrong in ["", "Wrong-Password!1"] {
        by.post(&ending, &[("own_password", wrong)]).await.refuses("パスワード");
    }
    assert_eq!(coop.portal.events("designee.ended").await, 0);
    assert_eq!(by.post(&ending, &[("own_password", PASSWORD)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(whom.get("/requests/inbox").await.status, StatusCode::FORBIDDEN);
    by.get(PAGE).await.ok().says("途中で終了");
    by.get(&page).await.ok().says(mark);
    by.post(&ending, &[("own_password", PASSWORD)]).await.refuses("この指名は、すでに終わっています");
    for login in ["suzuki", "watanabe"] {
        assert_eq!(told(&coop.portal, login, "designee.ended").await, 1, "{login}");
    }
}

#[tokio::test]
async fn nobody_is_named_beyond_what_the_text_and_the_post_allow() {
    let coop = Coop::open().await;
    let by = coop.at("渡辺").await;
    // what the text leaves to the holder alone is not offered, and not taken either
    by.get("/designees/new").await.ok().hides("管理者権限付与申請");
    for matter in ["privileged.grant/approve", "account.register/approve", "x"] {
        assert!(name(&coop, &by, "鈴木", &[("matters", matter)]).await.status.is_client_error(), "{matter}");
    }
    name(&coop, &by, "鈴木", &[("own_password", "Wrong-Password!1")]).await.refuses("パスワード");
    name(&coop, &by, "渡辺", &[]).await.refuses("自分を指名することはできません");
    name(&coop, &by, "井上", &[]).await.refuses("外部業者や委託先の要員は指名できません");
    name(&coop, &by, "斎藤", &[]).await.refuses("すでに指名されています");
    name(&coop, &by, "鈴木", &[("last", "2026-03-31")]).await.refuses("最初の日より前");
    name(&coop, &by, "鈴木", &[("reason", "")]).await.refuses("理由");
    let others = coop.portal.cast.get("伊藤").post.to_string();
    assert!(name(&coop, &by, "鈴木", &[("post", &others)]).await.status.is_client_error(), "another's post");
    assert_eq!(coop.portal.events("designee.named").await, 1, "斎藤 alone");

    // those who decide by the text itself name nobody, and under a text without the word nobody does
    for somebody in ["中村", "小林", "佐藤", "斎藤", "田中"] {
        assert_eq!(coop.at(somebody).await.get(PAGE).await.status, StatusCode::FORBIDDEN, "{somebody}");
    }
    let plain = Portal::open().await;
    assert_eq!(plain.sign_in("伊藤").await.get(PAGE).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_post_alone_makes_no_designee() {
    let coop = Coop::open().await;
    let number = coop.file(&[coop.sales]).await;
    let (person, department) = (coop.portal.cast.get("鈴木").id, coop.portal.cast.it);
    let from = coop.portal.app.clock().today();
    let post = NewPost { person, department, tier: Tier::Operator, function: None, title: "担当", main: false, from };
    let post = coop.portal.app.change(&Actor::portal(), async |work| appoint(work, &post).await).await.unwrap();
    let appointed = coop.at("鈴木").await;
    assert_eq!(appointed.get("/requests/inbox").await.status, StatusCode::FORBIDDEN);
    assert_eq!(appointed.get("/sign-ins").await.status, StatusCode::FORBIDDEN);

    // the database judges a second time: neither a decision without a naming, nor a naming of oneself
    let mut db = coop.portal.superuser().await;
    let hash = content_hash(&coop.portal, &number).await;
    let decide = "insert into decision (id, request_id, round, step, step_key, decider, post_id, tier, deputy, joined, verdict, words, content_hash, decided_at, line, result, shown)
        select gen_random_uuid(), r.id, r.round, r.step, 'permit', $2, $3, 'operator', false, false, 'approve', '', decode($4, 'hex'), now(), 1, '{}', '[]'
          from request r where r.number = $1";
    for (decider, as_post, passes) in
        [(person, post, false), (coop.portal.cast.get("斎藤").id, named(&coop).await, true)]
    {
        db.execute("begin").await.unwrap();
        let viewer = format!(
            "select set_config('mamori.person', '{decider}', true), set_config('mamori.now', '2026-04-01T00:00:00Z', true)"
        );
        db.execute(sqlx::AssertSqlSafe(viewer)).await.unwrap();
        let written =
            sqlx::query(decide).bind(&number).bind(decider.0).bind(as_post.0).bind(&hash).execute(&mut db).await;
        assert_eq!(written.is_ok(), passes, "{written:?}");
        if let Err(error) = written {
            assert!(error.to_string().contains("not named for this step"), "{error}");
        }
        db.execute("rollback").await.unwrap();
    }
    let administrator = coop.portal.cast.get("伊藤");
    db.execute("begin").await.unwrap();
    let own = format!(
        "insert into post (id, person_id, department_id, tier, main, during)
         values ('00000000-0000-7000-8000-000000000001', '{}', '{}', 'operator', false, '[2026-04-01,2026-05-01)')",
        administrator.id, department
    );
    db.execute(sqlx::AssertSqlSafe(own)).await.unwrap();
    let own = format!(
        "select set_config('mamori.person', '{0}', true);
         insert into designation (post_id, by_post, matters, reason, named_by, named_at)
         values ('00000000-0000-7000-8000-000000000001', '{1}', '{{x/y}}', 'x', '{0}', now())",
        administrator.id, administrator.post
    );
    let refused = db.execute(sqlx::AssertSqlSafe(own)).await.unwrap_err();
    assert!(refused.to_string().contains("nobody names themselves"), "{refused}");
}

/// The post of 斎藤 as one who was named.
async fn named(coop: &Coop) -> mamori::kernel::ids::PostId {
    let post = "select post_id from designation where named_by = $1";
    let by = coop.portal.cast.get("伊藤").id.0;
    mamori::kernel::ids::PostId(
        sqlx::query_scalar(post).bind(by).fetch_one(&mut coop.portal.superuser().await).await.unwrap(),
    )
}

#[tokio::test]
async fn a_naming_begins_on_its_day_and_is_over_after_its_last() {
    let coop = Coop::open().await;
    let number = coop.file(&[coop.sales]).await;
    let by = coop.at("渡辺").await;
    let days = [("from", "2026-04-02"), ("last", "2026-04-02")];
    assert_eq!(name(&coop, &by, "鈴木", &days).await.status, StatusCode::SEE_OTHER);
    by.get(PAGE).await.ok().says("開始前");
    assert_eq!(coop.at("鈴木").await.get("/requests/inbox").await.status, StatusCode::FORBIDDEN);
    coop.portal.advance(TimeDelta::days(1));
    coop.at("鈴木").await.get("/requests/inbox").await.ok().says(&number);
    coop.portal.advance(TimeDelta::days(1));
    assert_eq!(coop.at("鈴木").await.get("/requests/inbox").await.status, StatusCode::FORBIDDEN);
    coop.at("渡辺").await.get(PAGE).await.ok().says("期間終了");
}

#[tokio::test]
async fn a_naming_gives_nothing_under_a_regulation_in_which_operators_are_not_named() {
    let coop = Coop::open().await;
    let portal = &coop.portal;
    assert_eq!(coop.at("斎藤").await.get("/requests/inbox").await.status, StatusCode::OK);
    adopts(portal, "katsuura-operations", Role::Operating, "2026-04-02").await.unwrap();
    portal.advance(TimeDelta::days(1));
    portal.app.part::<Regulations>().unwrap().refresh(&portal.app).await.unwrap();
    let named = coop.at("斎藤").await;
    for page in ["/requests/inbox", "/requests/work"] {
        assert_eq!(named.get(page).await.status, StatusCode::FORBIDDEN, "{page}");
    }
    // a post of that tier gives there what it gives everybody, and one who was named for nothing sits at no step
    let (person, department) = (portal.cast.get("鈴木").id, portal.cast.it);
    let from = portal.app.clock().today();
    let post = NewPost { person, department, tier: Tier::Operator, function: None, title: "係長", main: false, from };
    portal.app.change(&Actor::portal(), async |work| appoint(work, &post).await).await.unwrap();
    assert_eq!(coop.at("鈴木").await.get("/requests/work").await.status, StatusCode::OK);
    let mut read = portal.app.read_all(DatabaseRole::App).await.unwrap();
    let org = organisation(read.conn(), from, Some("account.end")).await.unwrap();
    let seat = SeatId::of(Tier::Operator, Some(department));
    assert_eq!(org.seats[&seat].holders, [person]);
}

/// Another regulation is adopted from the next day on, and that day begins.
async fn under_another(portal: &Portal, regulation: &str) {
    let tomorrow = portal.app.clock().today().succ_opt().unwrap().to_string();
    adopts(portal, regulation, Role::Operating, &tomorrow).await.unwrap();
    night(portal).await;
}

async fn night(portal: &Portal) {
    portal.advance(TimeDelta::days(1));
    portal.app.part::<Regulations>().unwrap().refresh(&portal.app).await.unwrap();
}

#[tokio::test]
async fn a_request_under_way_keeps_those_who_were_named_under_its_regulation() {
    let coop = Coop::open().await;
    let portal = &coop.portal;
    let number = coop.file(&[coop.sales]).await;
    under_another(portal, "katsuura-operations").await;
    let named = coop.at("斎藤").await;
    named.get("/requests/inbox").await.ok().says(&number);
    // no more than that comes to them
    assert_eq!(named.get("/sign-ins").await.status, StatusCode::FORBIDDEN);
    let permitted = answer(&coop, &named, &number, "approve.1", &[]).await;
    assert_eq!(permitted.status, StatusCode::SEE_OTHER, "{}", permitted.words());
    let refused = decide(&coop.at("中村").await, &number, "refuse", "要らなくなったため").await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.words());
    // nothing is under way any more
    night(portal).await;
    assert_eq!(coop.at("斎藤").await.get("/requests/inbox").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_request_under_way_keeps_the_operators_whom_nobody_had_to_name() {
    let office = Office::within(Portal::open_under("katsuura-operations").await).await;
    let portal = &office.portal;
    let number = office.file(&portal.sign_in("田中").await, "山本").await;
    under_another(portal, "coop-operations").await;
    let confirmed = office.approve(&portal.sign_in("佐藤").await, &number).await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.words());
    let officer = portal.sign_in("斎藤").await;
    officer.get("/requests/work").await.ok().says(&number);
    let done = execute(&officer, &number, 1, "yamamoto.r").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
}
