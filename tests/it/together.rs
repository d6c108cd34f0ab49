//! Steps that wait side by side (並行) and steps that take the answers of several (合議), along routes that the organisation entered.
use crate::procedures::{PATH, REGULATION, Step, send_to};
use crate::requests::{Office, decide, execute};
use crate::support::portal::{Browser, PASSWORD, Portal};
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::kernel::jobs::Runner;

/// Enters a route with what is said of its steps besides.
async fn enter(by: &Browser<'_>, steps: &[Step<'_>], more: &[(&str, &str)]) {
    let mut facts = more.to_vec();
    let day = ("effective_on", "2026-04-01");
    facts.extend([day, ("reason", "会議で決めたため"), ("own_password", PASSWORD), ("_step", "send")]);
    let done = send_to(by, PATH, steps, &facts).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
}

async fn waits_for(browser: &Browser<'_>, number: &str) -> bool {
    browser.get("/requests/inbox").await.ok().text().contains(&format!("open={number}\""))
}

async fn done(by: &Browser<'_>, number: &str, verdict: &str, words: &str) {
    let answered = decide(by, number, verdict, words).await;
    assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.words());
}

/// The manager decides and both administrators are heard at the same time, then the mayor permits.
const BESIDE: [Step<'_>; 3] = [
    ("decide", "manager", "department", "3"),
    ("consult", "sysadmin", "organisation", "2"),
    ("permit", "head", "organisation", "5"),
];
const BOTH: [(&str, &str); 3] = [("opens_2", "beside"), ("needs_2", "all"), ("after_return", "sender")];

#[tokio::test]
async fn steps_side_by_side_and_all_of_a_seat_are_waited_for_and_a_return_asks_only_those_it_names() {
    let office = Office::within(Portal::open_under(REGULATION).await).await;
    let portal = &office.portal;
    let desk = portal.sign_in("中村").await;
    // nothing stands before the first step
    let facts = [("effective_on", "2026-04-01"), ("reason", "並べて進めるため"), ("_step", "check")];
    let alone = send_to(&desk, PATH, &BESIDE, &[&[("opens_1", "beside")], &facts[..]].concat()).await;
    assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY);
    alone.says("前に段がないため、同時に始めることはできません").says("並べて進めるため");
    let check = send_to(&desk, PATH, &BESIDE, &[&BOTH[..], &facts[..]].concat()).await;
    check.ok().says("前の段階と同時に進みます").says("全員の回答が必要です").says("差し戻した段に戻る");
    // two of one seat are there, and three are not
    let few = send_to(&desk, PATH, &BESIDE, &[&[("needs_2", "3")], &facts[..]].concat()).await;
    assert_eq!(few.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", few.words());
    enter(&desk, &BESIDE, &BOTH).await;
    desk.get(PATH).await.ok().says("全員の回答が必要です");

    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let (manager, mayor) = (portal.sign_in("佐藤").await, portal.sign_in("森").await);
    let (ito, watanabe) = (portal.sign_in("伊藤").await, portal.sign_in("渡辺").await);
    for one in [&manager, &ito, &watanabe] {
        assert!(waits_for(one, &number).await);
    }
    assert!(!waits_for(&mayor, &number).await);
    // who it waits for, for everybody to read
    let page = clerk.get(&format!("/requests/{number}")).await;
    page.ok().says("2名の回答が必要です").says("前の段階と同時に進みます");
    page.says("の承認待ち、伊藤 翔、渡辺 結衣（情報システム管理者）の協議待ち");
    clerk.get("/requests").await.ok().says("ほか1件");

    done(&ito, &number, "opinion", "支障ありません").await;
    assert!(!waits_for(&ito, &number).await);
    let seen = crate::requests::content_hash(portal, &number).await;
    let path = format!("/requests/{number}/decision");
    let fields =
        [("_seen", seen.as_str()), ("_at", "own_sysadmin_organisation"), ("verdict", "opinion"), ("words", "やはり")];
    let again = ito.post(&path, &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again.says("もう回答しています").says("やはり");
    manager.get(&format!("/requests/{number}")).await.ok().says("伊藤 翔が回答（2名中1名）");
    assert_eq!(office.approve(&manager, &number).await.status, StatusCode::SEE_OTHER);
    assert!(!waits_for(&mayor, &number).await, "one opinion is still missing");
    assert!(mayor.get(&format!("/requests/{number}")).await.text().contains("渡辺"));
    done(&watanabe, &number, "opinion", "同じ意見です").await;
    assert!(waits_for(&mayor, &number).await);

    // sent back to the administrators alone: the manager's word stands, and it comes straight back
    let back = ("own_sysadmin_organisation", "再度の検討を求めます");
    let fields = [("_seen", seen.as_str()), ("verdict", "return"), ("to", back.0), ("words", back.1)];
    let sent = mayor.post(&path, &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    assert!(waits_for(&ito, &number).await && waits_for(&watanabe, &number).await);
    assert!(!waits_for(&manager, &number).await && !waits_for(&mayor, &number).await);
    done(&watanabe, &number, "opinion", "変わりません").await;
    done(&ito, &number, "opinion", "変わりません").await;
    assert_eq!(office.approve(&mayor, &number).await.status, StatusCode::SEE_OTHER);
    let worked = execute(&portal.sign_in("斎藤").await, &number, 1, "yamamoto.r").await;
    assert_eq!(worked.status, StatusCode::SEE_OTHER, "{}", worked.words());
}

#[tokio::test]
async fn beside_each_other_one_takes_back_what_they_said_and_one_refusal_ends_it() {
    let office = Office::within(Portal::open_under(REGULATION).await).await;
    let portal = &office.portal;
    enter(&portal.sign_in("中村").await, &BESIDE, &BOTH).await;
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let (manager, ito) = (portal.sign_in("佐藤").await, portal.sign_in("伊藤").await);
    done(&ito, &number, "opinion", "支障ありません").await;
    assert_eq!(office.approve(&manager, &number).await.status, StatusCode::SEE_OTHER);
    // the manager's decision since then is no reason to hold on to the opinion
    let back = ito.post(&format!("/requests/{number}/decision/recall"), &[]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.words());
    assert!(waits_for(&ito, &number).await && !waits_for(&manager, &number).await);
    let back = manager.post(&format!("/requests/{number}/decision/recall"), &[]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.words());
    done(&manager, &number, "refuse", "不要になったため").await;
    for one in [&manager, &ito, &portal.sign_in("渡辺").await] {
        assert!(!waits_for(one, &number).await);
    }
    clerk.get(&format!("/requests/{number}")).await.ok().says("却下").says("不要になったため");
    assert_eq!(portal.acted("account.register").await, 0);
}

#[tokio::test]
async fn work_waits_for_every_answer_also_where_the_portal_is_passed_by() {
    let office = Office::within(Portal::open_under(REGULATION).await).await;
    let portal = &office.portal;
    enter(&portal.sign_in("中村").await, &BESIDE, &BOTH).await;
    let number = office.file(&portal.sign_in("田中").await, "山本").await;
    done(&portal.sign_in("伊藤").await, &number, "opinion", "支障ありません").await;
    // a second answer of the same person, written past the portal, is refused by the database
    let mut db = portal.superuser().await;
    let again = "insert into decision (id, request_id, round, step, step_key, line, decider, post_id, tier, verdict, words, content_hash,
                                       decided_at, result, shown, attempt)
                 select gen_random_uuid(), request_id, round, step, step_key, line, decider, post_id, tier, verdict, words, content_hash,
                        decided_at, result, shown, 2 from decision";
    let sql = "select set_config('mamori.person', (select decider::text from decision), false)";
    sqlx::query(sql).execute(&mut db).await.unwrap();
    let refused = sqlx::query(again).execute(&mut db).await.unwrap_err();
    assert!(refused.to_string().contains("answered already"), "{refused}");
}

#[tokio::test]
async fn a_step_at_which_nobody_sits_is_passed_over_where_the_route_lets_it_and_says_so() {
    let office = Office::within(Portal::open_under(REGULATION).await).await;
    let portal = &office.portal;
    let steps = [("confirm", "head", "organisation", "2"), ("decide", "manager", "department", "3")];
    enter(&portal.sign_in("中村").await, &steps, &[("vacant_1", "skip")]).await;
    let clerk = portal.sign_in("田中").await;
    let before = office.file(&clerk, "山本").await;
    let mayor = portal.sign_in("森").await;
    assert!(waits_for(&mayor, &before).await);
    sqlx::query("update post set during = daterange(lower(during), '2026-04-01') where tier = 'head'")
        .execute(&mut portal.superuser().await)
        .await
        .unwrap();
    let number = office.file(&clerk, "山本").await;
    let manager = portal.sign_in("佐藤").await;
    assert!(waits_for(&manager, &number).await);
    manager.get(&format!("/requests/{number}")).await.ok().says("空席のため省略");
    assert_eq!(portal.events("request.skipped").await, 1);
    assert_eq!(office.approve(&manager, &number).await.status, StatusCode::SEE_OTHER);
    let worked = execute(&portal.sign_in("斎藤").await, &number, 1, "yamamoto.r").await;
    assert_eq!(worked.status, StatusCode::SEE_OTHER, "{}", worked.words());
    // what waited there goes on in the night
    portal.advance(TimeDelta::days(1));
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
    let manager = portal.sign_in("佐藤").await;
    assert!(waits_for(&manager, &before).await);
}
