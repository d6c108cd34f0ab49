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

/// 勝浦: where the organisation has its council decide, it decides before it meets (持回り): by more than half of its members, each
/// answer for all of them to read, and the result goes to every one.
#[tokio::test]
async fn a_council_decides_by_circulation_and_every_member_reads_what_the_others_said() {
    let office = Office::within(Portal::open_under(REGULATION).await).await;
    let portal = &office.portal;
    let mut db = portal.superuser().await;
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut db).await.unwrap();
    for name in ["高橋", "鈴木"] {
        sqlx::query(
            "insert into post (id, person_id, department_id, tier, title, main, during)
             select gen_random_uuid(), $1, q.department_id, 'committee', '委員', false, '[2026-03-01,)'
               from post q where q.person_id = $2 and q.main",
        )
        .bind(portal.cast.get(name).id.0)
        .bind(portal.cast.get("加藤").id.0)
        .execute(&mut db)
        .await
        .unwrap();
    }
    let desk = portal.sign_in("中村").await;
    let council: [Step<'_>; 1] = [("decide", "committee", "organisation", "5")];
    enter(&desk, &council, &[("needs_1", "majority")]).await;
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let path = format!("/requests/{number}");
    let [kato, takahashi, suzuki] =
        [portal.sign_in("加藤").await, portal.sign_in("高橋").await, portal.sign_in("鈴木").await];
    kato.get(&path).await.ok().says("賛成0・反対0・未回答3（2名の賛成で決まります）");
    done(&kato, &number, "approve", "必要と認めます").await;
    done(&takahashi, &number, "refuse", "期間が長すぎます").await;
    // two have answered differently, and nothing is decided yet
    let page = suzuki.get(&path).await;
    page.ok().says("賛成1・反対1・未回答1").says("必要と認めます").says("期間が長すぎます").says("反対");
    // one box each on the sheet: a stamp, a refusal, and an empty one
    let sheet = suzuki.get(&format!("{path}/form")).await;
    sheet.ok().says("加藤").says("高橋").says("鈴木").says("却下");
    assert_eq!(portal.events("request.settled_together").await, 0);
    done(&suzuki, &number, "approve", "").await;
    assert_eq!(portal.events("request.settled_together").await, 1);
    let told = portal.told("request.settled_together").await;
    let mails: Vec<&str> = told.iter().map(|told| told.mail.as_str()).collect();
    for name in ["加藤", "高橋"] {
        let mail = format!("{}@example.jp", portal.cast.get(name).login);
        assert!(mails.contains(&mail.as_str()), "{mails:?}");
    }
    // also whoever was outvoted reads how it ended, and says so
    takahashi.get(&path).await.ok().says("賛成2・反対1").says("結果の回覧：2名中0名が確認");
    let read = takahashi.post(&format!("{path}/reading"), &[]).await;
    assert_eq!(read.status, StatusCode::SEE_OTHER, "{}", read.words());
    kato.get(&path).await.ok().says("結果の回覧：2名中1名が確認");
    let worked = execute(&portal.sign_in("斎藤").await, &number, 1, "yamamoto.r").await;
    assert_eq!(worked.status, StatusCode::SEE_OTHER, "{}", worked.words());
}
