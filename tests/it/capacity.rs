//! 資格: where the regulation wants it (katsuura 7), whoever holds several functions says with each act on a request in which
//! of them they act; elsewhere nobody is asked.
use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::ids::{DepartmentId, PostId};
use mamori::kernel::work::Work;
use mamori::people::roster::{NewPost, appoint};
use uuid::Uuid;

use crate::accounts::{add, hidden, number_of};
use crate::support::ground::{approve, ask};
use crate::support::portal::{Page, Portal};
use crate::under_katsuura::{account, give_notice};

const REGULATION: &str = "katsuura-operations";
const ASKED: &str = "どの役割で行うか";
const MISSING: &str = "どの役割で行うかを選んでください";

/// One more function of somebody.
async fn also(portal: &Portal, name: &str, department: DepartmentId, tier: Tier, title: &'static str) -> PostId {
    let (person, from) = (portal.cast.get(name).id, NaiveDate::from_ymd_opt(2026, 4, 1).unwrap());
    let new = NewPost { person, department, tier, function: Some("software_officer"), title, main: false, from };
    portal.app.change(&Actor::portal(), async |work: &mut Work| appoint(work, &new).await).await.unwrap()
}

/// In which posts the work on a request was done, as its record and the event log say.
async fn worked_as(portal: &Portal, number: &str) -> (Vec<Uuid>, Vec<Uuid>) {
    let mut db = portal.superuser().await;
    let done = "select e.post_id from execution e join request r on r.id = e.request_id where r.number = $1 order by e.executed_at";
    let noted = "select post_id from audit.event where kind = 'request.executed' and entity_number = $1 order by occurred_at, id";
    (
        sqlx::query_scalar(done).bind(number).fetch_all(&mut db).await.unwrap(),
        sqlx::query_scalar(noted).bind(number).fetch_all(&mut db).await.unwrap(),
    )
}

/// What is entered when a new account is made.
const MADE: [(&str, &str); 4] = [
    ("issued_id", "yamamoto.r"),
    ("handover_method", "in_person"),
    ("identity_check", "対面"),
    ("handed_over_at", "2026-04-01T09:00"),
];

#[tokio::test]
async fn one_who_holds_several_functions_says_with_each_act_in_which_they_act() {
    let portal = Portal::open_under(REGULATION).await;
    let officer_post = portal.cast.get("斎藤").post;
    let software = also(&portal, "斎藤", portal.cast.it, Tier::Operator, "ソフトウェア責任者").await;
    let mut numbers = Vec::new();
    for code in ["SYS-002", "SYS-003"] {
        let system = add(&portal, code, "税務システム", false).await;
        let number = ask(&portal, &mut portal.superuser().await, "田中", "山本", system).await;
        approve(&portal, &number).await;
        numbers.push(number);
    }

    portal.advance(TimeDelta::hours(1));
    // asked on the form of each line; without an answer nothing is done, and what was typed is kept
    let officer = portal.sign_in("斎藤").await;
    let line = async |number: &str, post: &str| -> Page {
        let path = format!("/requests/{number}/lines/1");
        let form = officer.get(&path).await;
        form.ok().says(ASKED).says("ソフトウェア責任者（");
        let (name, seen) = hidden(&form, "seen");
        let entries: Vec<(&str, &str)> = MADE.into_iter().chain([(&*name, &*seen), ("_capacity", post)]).collect();
        officer.post(&path, &entries).await
    };
    let again = line(&numbers[0], "").await;
    assert!(again.refuses(MISSING).text().contains("value=\"yamamoto.r\""), "what was typed is gone");
    line(&numbers[0], &portal.cast.get("伊藤").post.to_string()).await.refuses(MISSING);
    assert_eq!(worked_as(&portal, &numbers[0]).await, (vec![], vec![]));
    for (number, post) in numbers.iter().zip([software, officer_post]) {
        let done = line(number, &post.to_string()).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
        assert_eq!(worked_as(&portal, number).await, (vec![post.0], vec![post.0]));
    }
}

/// One post, several functions: they are told apart by what the regulation calls them, where they are chosen and in the record.
#[tokio::test]
async fn functions_of_one_title_are_chosen_and_recorded_by_their_names() {
    let portal = Portal::open_under(REGULATION).await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let from = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    let (person, department) = (portal.cast.get("斎藤").id, portal.cast.it);
    let mut chosen = None;
    for function in ["software_officer", "data_file_officer"] {
        let (function, title, tier) = (Some(function), "情報システム係長", Tier::Operator);
        let new = NewPost { person, department, tier, function, title, main: false, from };
        let post =
            portal.app.change(&Actor::portal(), async |work: &mut Work| appoint(work, &new).await).await.unwrap();
        chosen.get_or_insert(post);
    }
    let number = ask(&portal, &mut portal.superuser().await, "田中", "山本", taxes).await;
    approve(&portal, &number).await;
    let officer = portal.sign_in("斎藤").await;
    let path = format!("/requests/{number}/lines/1");
    let form = officer.get(&path).await;
    form.ok().says(ASKED).says("ソフトウェア責任者（").says("データ・ファイル責任者（");
    let (name, seen) = hidden(&form, "seen");
    let post = chosen.unwrap().to_string();
    let entries: Vec<(&str, &str)> = MADE.into_iter().chain([(&*name, &*seen), ("_capacity", &*post)]).collect();
    let done = officer.post(&path, &entries).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    officer.get(&format!("/requests/{number}")).await.ok().says("斎藤 大輔（ソフトウェア責任者）");
}

/// 20-1-4b: the information system officer deletes. Whoever holds another function of that tier sees no such work, and a post
/// of theirs is none in which it could be done.
#[tokio::test]
async fn what_a_clause_gives_to_one_function_no_other_officer_does() {
    let portal = Portal::open_under(REGULATION).await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let ends = account(&portal, taxes, "山本", &["参照"]).await;
    let other = also(&portal, "鈴木", portal.cast.general, Tier::Operator, "ソフトウェア責任者").await;
    let own = also(&portal, "斎藤", portal.cast.it, Tier::Operator, "ソフトウェア責任者").await;
    let number = number_of(&give_notice(&portal.sign_in("田中").await, "山本", &ends, &[]).await);

    let software = portal.sign_in("鈴木").await;
    software.get("/requests/work").await.ok().hides(&number);
    let page = portal.sign_in("田中").await.get(&format!("/requests/{number}")).await;
    page.ok().says("情報システム責任者").hides("鈴木 美咲");
    let path = format!("/requests/{number}/lines/1");
    let officer = portal.sign_in("斎藤").await;
    officer.get("/requests/work").await.ok().says(&number);
    // one function alone does it: there is nothing to choose, and what is sent along is not taken for it
    let form = officer.get(&path).await;
    form.ok().hides(ASKED);
    let (name, seen) = hidden(&form, "seen");
    let refused = software.post(&path, &[(&name, &seen), ("erased_at", "2026-04-01T09:00")]).await;
    refused.refuses("情報システム責任者");
    assert_eq!(worked_as(&portal, &number).await, (vec![], vec![]));
    // the database judges a second time
    let mut db = portal.superuser().await;
    let mut forging = sqlx::Connection::begin(&mut db).await.unwrap();
    let suzuki = portal.cast.get("鈴木").id;
    sqlx::query("select set_config('mamori.person', $1, true)")
        .bind(suzuki.to_string())
        .execute(&mut *forging)
        .await
        .unwrap();
    let forged = sqlx::query(
        "insert into execution (id, request_id, round, step, step_key, line, executor, post_id, tier, outcome, content_hash, executed_at)
         select gen_random_uuid(), r.id, r.round, s.at, s.key, 1, $1, $2, 'operator', 'done', r.content_hash, now()
           from request r
           join request_step s on s.request_id = r.id and s.round = r.round and s.key = 'erase'
          where r.number = $3",
    );
    let refused = forged.bind(suzuki.0).bind(other.0).bind(&number).execute(&mut *forging).await.unwrap_err();
    assert!(refused.to_string().contains("not in the function"), "{refused}");
    drop(forging);

    let own = own.to_string();
    let entries = [(&*name, &*seen), ("erased_at", "2026-04-01T09:00"), ("_capacity", &*own)];
    assert_eq!(officer.post(&path, &entries).await.status, StatusCode::SEE_OTHER);
    let post = vec![portal.cast.get("斎藤").post.0];
    assert_eq!(worked_as(&portal, &number).await, (post.clone(), post));
    portal.proves(REGULATION, &["20-1-4b"]);
}

#[tokio::test]
async fn whoever_enters_a_signed_slip_says_in_which_function_they_do() {
    let portal = Portal::open_under(REGULATION).await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let software = also(&portal, "斎藤", portal.cast.it, Tier::Operator, "ソフトウェア責任者").await;
    let number = ask(&portal, &mut portal.superuser().await, "田中", "山本", taxes).await;
    approve(&portal, &number).await;
    let officer = portal.sign_in("斎藤").await;
    let (line, chosen) = (format!("/requests/{number}/lines/1"), software.to_string());
    let (name, seen) = hidden(&officer.get(&line).await, "seen");
    let entries = [
        (&*name, &*seen),
        ("issued_id", "yamamoto.r"),
        ("handover_method", "in_person"),
        ("identity_check", "対面"),
        ("handed_over_at", "2026-04-01T09:00"),
        ("_capacity", &*chosen),
    ];
    let worked = officer.post(&line, &entries).await;
    assert_eq!(worked.status, StatusCode::SEE_OTHER, "{}", worked.words());

    portal.loses_sign_in("山本").await;
    officer.get(&format!("/requests/{number}")).await.ok().says(ASKED);
    let slip = [("slip_number", "受-12"), ("slip_on", "2026-04-01"), ("_capacity", "")];
    let path = format!("{line}/slip");
    let again = officer.post(&path, &slip).await;
    again.refuses(MISSING);
    for kept in ["name=\"slip_number\" value=\"受-12\"", "href=\"#slip-capacity-1\""] {
        assert!(again.text().contains(kept), "{kept}");
    }
    let entered = officer.post(&path, &[slip[0], slip[1], ("_capacity", &*chosen)]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.words());
    let post: Uuid = sqlx::query_scalar("select post_id from acknowledgement")
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
    assert_eq!(post, software.0);
}

#[tokio::test]
async fn a_decision_is_made_in_the_function_that_was_chosen_and_nobody_is_asked_where_no_text_asks() {
    for regulation in [REGULATION, "system-management"] {
        let portal = Portal::open_under(regulation).await;
        let taxes = add(&portal, "SYS-002", "税務システム", false).await;
        let asks = regulation == REGULATION;
        let deputy = also(&portal, "佐藤", portal.cast.sales, Tier::Manager, "ソフトウェア責任者").await;
        let number = ask(&portal, &mut portal.superuser().await, "田中", "山本", taxes).await;
        let manager = portal.sign_in("佐藤").await;
        let page = manager.get(&format!("/requests/{number}")).await;
        assert_eq!(page.ok().words().contains(ASKED), asks, "{regulation}");
        assert_eq!(manager.get("/requests/inbox").await.ok().words().contains(ASKED), asks, "{regulation}");
        let seen = hidden(&page, "seen").1;
        let decision = format!("/requests/{number}/decision");
        let said = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", "担当することを確認しました。")];
        if asks {
            manager.post(&decision, &said).await.refuses(MISSING).says("担当することを確認しました。");
        }
        let chosen = deputy.to_string();
        let said: Vec<_> = said.into_iter().chain([("_capacity", chosen.as_str())]).collect();
        assert_eq!(manager.post(&decision, &said).await.status, StatusCode::SEE_OTHER);
        let decided: Uuid = sqlx::query_scalar(
            "select d.post_id from decision d join request r on r.id = d.request_id where r.number = $1",
        )
        .bind(&number)
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
        // where it is not asked, the main post is the one
        let expected = if asks { deputy } else { portal.cast.get("佐藤").post };
        assert_eq!(decided, expected.0, "{regulation}");
    }
}
