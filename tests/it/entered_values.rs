//! Values that the organisation enters for itself (組織が定めた値), seen from outside: a portal that kept a value of its own fails
//! here. Those that regulations fix: profiles.rs.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::kernel::access::Actor;
use mamori::kernel::work::Work;
use mamori::people::reminders::passwords_due;
use mamori::people::roster::set_telephone;

use crate::accounts::{Office, add, handed};
use crate::password_reset::{claim, lock_out, work};
use crate::sign_in::{activate, new_code};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};
use crate::under_coop_sign_in::{mails, own_account};

/// The office enters a value from today on.
async fn enters(portal: &Portal, name: &str, value: &str) {
    let entered = tries(portal, name, value).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{name}: {}", entered.words());
}

async fn tries(portal: &Portal, name: &str, value: &str) -> Page {
    let office = portal.sign_in("中村").await;
    let path = format!("/parameters/{name}");
    let step_up = [("password", PASSWORD), ("action", "settings"), ("target", name), ("to", path.as_str())];
    office.get(&path).await.ok();
    assert_eq!(office.post("/step-up", &step_up).await.status, StatusCode::SEE_OTHER, "{name}");
    office.get(&path).await.ok();
    let today = portal.app.clock().today().to_string();
    let fields = [("value", value), ("effective_on", today.as_str()), ("reason", "委員会で決めたため")];
    office.post(&path, &fields).await
}

/// A parameter, what the office enters and what is seen then.
type Case = (&'static str, &'static str, &'static str);

const CASES: [Case; 10] = [
    ("sessions_per_person", "2", "2 of 5"),
    ("sessions_per_person", "4", "4 of 5"),
    ("sessions_per_admin", "2", "2 of 5"),
    ("sessions_per_admin", "3", "3 of 5"),
    ("activation_hours", "2", "lives 2 hours"),
    ("activation_hours", "30", "lives 30 hours"),
    ("password_change_at_first_logon", "yes", "first the password"),
    ("password_change_at_first_logon", "no", "everything is open"),
    ("password_reminders_days", "20", "told 20 days before"),
    ("password_reminders_days", "10, 3", "told 10 and 3 days before"),
];

#[tokio::test]
async fn what_the_organisation_enters_is_what_happens() {
    for (name, value, expected) in CASES {
        // nothing of this is fixed by a clause there
        let portal = Portal::open_under("mutual-aid-policy").await;
        enters(&portal, name, value).await;
        let seen = match name {
            "sessions_per_person" => sessions(&portal, "tanaka").await,
            "sessions_per_admin" => sessions(&portal, &administrator(&portal).await).await,
            "activation_hours" => code(&portal, value.parse().unwrap()).await,
            "password_change_at_first_logon" => first_page(&portal).await,
            _ => reminders(&portal).await,
        };
        assert_eq!(seen, expected, "{name} = {value}");
    }
}

/// coop-operations 31-1-2: the text wants a change at intervals and leaves open at which.
#[tokio::test]
async fn what_a_clause_wants_at_intervals_cannot_be_switched_off() {
    let portal = Portal::open_under("coop-operations").await;
    for (value, words) in [("なし", "「なし」にはできません"), ("100年", "この項目に使える範囲の値")]
    {
        tries(&portal, "password_max_age", value).await.refuses(words);
    }
    enters(&portal, "password_max_age", "3か月").await;
}

/// What a clause leaves to the organisation is not left out altogether, and who oversteps a range hears which one it is.
#[tokio::test]
async fn what_a_clause_leaves_open_has_a_value_within_a_range_that_is_said() {
    for regulation in ["katsuura-operations", "osaka-standard"] {
        let portal = Portal::open_under(regulation).await;
        tries(&portal, "account_unused_limit", "なし").await.refuses("「なし」にはできません");
        enters(&portal, "account_unused_limit", "6か月").await;
        tries(&portal, "idle_minutes", "900").await.refuses("までの数を入力してください");
    }
}

/// coop-operations 19, note: article 20 is added only where the organisation installs and manages servers of its own.
#[tokio::test]
async fn an_article_for_those_with_servers_of_their_own_does_not_concern_the_others() {
    let portal = Portal::open_under("coop-operations").await;
    let committee = portal.sign_in("加藤").await;
    committee.get("/clauses/coop-operations/20-1").await.ok().hides("対象外");
    portal.advance(TimeDelta::days(1));
    enters(&portal, "servers_on_premises", "no").await;
    let committee = portal.sign_in("加藤").await;
    // what was said of the day before stays
    committee.get("/clauses?on=2026-04-01&q=20-1").await.ok().says("20-1");
    committee.get("/clauses?on=2026-04-01&state=not-applicable").await.ok().hides("20-2a");
    for clause in ["20-1", "20-2a", "20-2b"] {
        let page = committee.get(&format!("/clauses/coop-operations/{clause}")).await;
        page.ok().says("対象外").says("適用の条件").says("サーバ等を自組織で設置し、管理している：");
    }
    committee.get("/clauses?state=not-applicable").await.ok().says("20-1").hides("21-1");
    // the text counts those after it one lower then
    committee.get("/clauses?q=21-2").await.ok().says("この組織では第20条");
    committee.get("/clauses/coop-operations/21-2").await.ok().says("この組織での条番号").says("第20条");
    committee.get("/clauses/coop-operations/19a").await.ok().hides("この組織での条番号");
    committee.get("/clauses?on=2026-04-01&q=21-2").await.ok().hides("この組織では第20条");
    enters(&portal, "servers_on_premises", "yes").await;
    committee.get("/clauses/coop-operations/20-1").await.ok().hides("対象外");
    committee.get("/clauses/coop-operations/21-2").await.ok().hides("この組織での条番号");
}

/// Where no text in force has such a clause, the value would act on nothing: nobody is asked.
#[tokio::test]
async fn what_no_clause_hangs_on_is_not_asked() {
    let words = "サーバ等を自組織で設置し、管理している";
    for (regulation, asked) in [("coop-operations", true), ("osaka-standard", false)] {
        let portal = Portal::open_under(regulation).await;
        let page = portal.sign_in("中村").await.get("/parameters").await;
        assert_eq!(page.ok().words().contains(words), asked, "{regulation}");
    }
}

/// How many of five sessions are still there when the fifth has begun.
async fn sessions(portal: &Portal, login: &str) -> String {
    let mut browsers: Vec<Browser<'_>> = Vec::new();
    for _ in 0..5 {
        portal.advance(TimeDelta::minutes(1));
        browsers.push(portal.sign_in_as(login).await);
    }
    let mut alive = 0;
    for browser in &browsers {
        alive += usize::from(browser.get("/me/sessions").await.status == StatusCode::OK);
    }
    format!("{alive} of 5")
}

/// 伊藤's own account for administration.
async fn administrator(portal: &Portal) -> String {
    let itself = add(portal, "SYS-001", "守り（ポータル）", true).await;
    own_account(portal, itself, "伊藤").await
}

/// Does a code open until just before so many hours are over, and no longer?
async fn code(portal: &Portal, hours: i64) -> String {
    let in_time = new_code(portal, portal.cast.get("田中").id).await;
    let late = new_code(portal, portal.cast.get("山本").id).await;
    portal.advance(TimeDelta::hours(hours) - TimeDelta::minutes(1));
    let (_, page) = activate(portal, "tanaka", &in_time).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "before {hours} hours: {}", page.words());
    portal.advance(TimeDelta::minutes(2));
    let (_, page) = activate(portal, "yamamoto", &late).await;
    assert_ne!(page.status, StatusCode::SEE_OTHER, "after {hours} hours");
    format!("lives {hours} hours")
}

/// Where a new code leads, for somebody who has had a password before.
async fn first_page(portal: &Portal) -> String {
    let code = new_code(portal, portal.cast.get("田中").id).await;
    let (browser, page) = activate(portal, "tanaka", &code).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.words());
    match browser.get("/requests").await.location().as_deref() {
        Some("/me/password") => "first the password".to_owned(),
        _ => "everything is open".to_owned(),
    }
}

/// On which days before its end somebody is told that the password comes of age.
async fn reminders(portal: &Portal) -> String {
    enters(portal, "password_max_age", "30日").await;
    let mut told = Vec::new();
    for left in (0..30).rev() {
        portal.advance(TimeDelta::days(1));
        let before = mails(portal, "password.due", "田中").await;
        passwords_due(&portal.app).await.unwrap();
        if mails(portal, "password.due", "田中").await > before {
            told.push(left.to_string());
        }
    }
    format!("told {} days before", told.join(" and "))
}

/// In the register: a call back to it would do, where it is a way.
const TELEPHONE: &str = "03-1234-5678";

fn offers(page: &Page, method: &str) -> bool {
    page.ok().text().contains(&format!("value=\"{method}\""))
}

/// Whom one meets in person is the only one who is recognised: on every form, where it is asked and where it is taken.
#[tokio::test]
async fn the_ways_to_recognise_somebody_are_those_in_force_on_every_form() {
    let office = Office::open().await;
    let portal = &office.portal;
    let known = [portal.cast.get("田中").id, portal.cast.get("山本").id];
    let telephones = async |work: &mut Work| {
        for person in known {
            set_telephone(work, person, TELEPHONE).await?;
        }
        Ok(())
    };
    portal.app.change(&Actor::portal(), telephones).await.unwrap();
    let clerk = portal.sign_in("田中").await;
    let number = office.ask_for(&clerk, "山本", office.system, "参照").await;
    office.approve(&number).await;
    lock_out(portal, "yamamoto").await;
    let answer = claim(&portal.browser(), "tanaka", "田中 陽向").await;
    assert_eq!(answer.location().as_deref(), Some("/password-reset/received"));

    let admin = portal.sign_in("伊藤").await;
    let forms = [
        format!("/requests/{number}/lines/1"),
        "/requests/R8-PWD-0001/lines/1".to_owned(),
        "/sign-ins/001002/release".to_owned(),
    ];
    for form in &forms {
        let page = admin.get(form).await;
        assert!(offers(&page, "電話返信") && offers(&page, "対面"), "{form}");
    }
    enters(portal, "identity_check_methods", "対面").await;
    for form in &forms {
        let page = admin.get(form).await;
        assert!(!offers(&page, "電話返信") && offers(&page, "対面"), "{form}");
    }

    let registered = |method| {
        handed("yamamoto.r").map(|(name, value)| (name, if name == "identity_check" { method } else { value }))
    };
    let refused = office.execute(&admin, &number, &registered("電話返信")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.words());
    assert_eq!(portal.acted("account.ledger.created").await, 0);
    let done = office.execute(&admin, &number, &registered("対面")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());

    let at = chrono::DateTime::to_rfc3339(&mamori::kernel::clock::local(portal.now()))[..16].to_owned();
    let reissued = |method| {
        [
            ("person", "001001"),
            ("method", method),
            ("contact", TELEPHONE),
            ("result", "matched"),
            ("checked_at", at.as_str()),
            ("own_password", PASSWORD),
        ]
    };
    let refused = work(&admin, "R8-PWD-0001", 1, &reissued("電話返信")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.words());
    assert_eq!(portal.acted("password.identity_check").await, 0);
    work(&admin, "R8-PWD-0001", 1, &reissued("対面")).await.ok();
    assert_eq!(portal.acted("password.identity_check").await, 1);

    let released = |method| {
        [
            ("method", method),
            ("contact", TELEPHONE),
            ("result", "matched"),
            ("checked_on", &at[..10]),
            ("checked_time", &at[11..]),
            ("own_password", PASSWORD),
        ]
    };
    let refused = admin.post("/sign-ins/001002/release", &released("電話返信")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.words());
    assert_eq!(portal.events("sign_in.released").await, 0);
    admin.get("/sign-ins/001002/release").await.ok();
    admin.submit("/sign-ins/001002/release", &released("対面")).await.ok().says("使用停止を解除しました");
}

/// What a text leaves open and nothing acts on yet is named with its clause and the room it waits for: where it is in force, and
/// where it may be adopted.
#[tokio::test]
async fn what_a_text_leaves_open_and_no_value_carries_yet_is_named_with_clause_and_room() {
    let portal = Portal::open_under("katsuura-operations").await;
    let office = portal.sign_in("中村").await;
    let values = office.get("/parameters").await;
    values.ok().says("見慣れない機器の接続を調べる周期").says("「ネットワークの管理」の機能が入るまで使われません");
    assert!(values.text().contains("/clauses/katsuura-operations/23-1-3"), "the clause is a step away");
    // of another text nothing is said, until it may be adopted
    values.hides("委託先から報告を受ける周期");
    let adoption = office.get("/adoptions/coop-operations").await;
    adoption.ok().says("本文が組織に委ね、まだ決めなくてよい値").says("委託先から報告を受ける周期");
    adoption.says("情報システム運用要領 34-2：「委託と開発の台帳」の機能が入るまで使われません");
    // what a text lists by itself is not said a second time in general
    office.get("/parameters").await.ok().says("ログの点検の周期");
    let portal = Portal::open_under("coop-operations").await;
    let values = portal.sign_in("中村").await.get("/parameters").await;
    values.ok().says("ログの分析と監視の周期").hides("ログの点検の周期");
}
