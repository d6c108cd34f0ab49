//! アカウントの停止: the row stays, the sessions end; and whoever leaves is taken off every account by one request
//! (system-management 4.1.3, osaka 11-1-1, katsuura 20-1-4b).
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::features::accounts::actions::open;
use mamori::features::accounts::model::{Kind, Opening};
use mamori::kernel::access::Actor;
use mamori::kernel::ids::SystemId;
use mamori::kernel::work::Work;
use mamori::people::sign_ins::open_with_password;
use sqlx::Row as _;
use uuid::Uuid;

use crate::accounts::{
    Office, REGULATION, add, employee_no, hidden, number_of, person_without_sign_in, right_of, send,
};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};

const STOP: &str = "/requests/new/account.stop";

#[tokio::test]
async fn a_stopped_account_stays_in_the_ledger_and_its_sessions_end() {
    let office = Office::open().await;
    // a sign-in at the portal enters the ledger by itself
    let person = person_without_sign_in(&office.portal).await;
    open_with_password(&office.portal.app, person, "kimura", PASSWORD).await.unwrap();
    let account = office.account("kimura").await;
    let at_work = office.portal.sign_in_as("kimura").await;

    let clerk = office.portal.sign_in("田中").await;
    let path = "/requests/new/account.stop";
    let form = clerk.get(path).await;
    form.ok();
    let number_of_kimura = {
        let mut conn = office.portal.superuser().await;
        let row = sqlx::query("select employee_no from person where id = $1").bind(person.0).fetch_one(&mut conn);
        row.await.unwrap().get::<String, _>(0)
    };
    let fields = [
        ("person", number_of_kimura),
        ("accounts", account.clone()),
        ("stop_on", "2026-04-01".to_owned()),
        ("reason", "退職のため".to_owned()),
    ];
    let mut early = fields.clone();
    early[2].1 = "2026-03-31".to_owned();
    send(&clerk, path, &form, &early)
        .await
        .refuses("停止日は、今日（令和8年4月1日(水)）か、今日より後の日にしてください");
    let number = number_of(&send(&clerk, path, &form, &fields).await);
    clerk.get(&format!("/requests/{number}")).await.ok().says("令和8年4月1日(水)").hides("2026-04-01");
    let form = clerk.get(path).await;
    let words = format!("進行中の削除申請（{number}）があります");
    send(&clerk, path, &form, &fields).await.refuses(&words);
    office.approve(&number).await;
    let form = clerk.get(path).await;
    send(&clerk, path, &form, &fields).await.refuses(&words);
    let administrator = office.portal.sign_in("伊藤").await;
    at_work.get("/requests").await.ok();
    let done = office.execute(&administrator, &number, &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    assert_eq!(at_work.get("/requests").await.location().as_deref(), Some("/sign-in?to=/requests"), "out at once");

    let row = administrator.get(&format!("/ledgers/accounts/{account}")).await;
    row.ok()
        .says("停止・無効")
        .says("停止の事由 申請")
        .says("停止日 R8.4.1")
        .says("申請による停止")
        .says("伊藤 翔")
        .says(&number);
    let auditor = office.portal.sign_in("吉田").await;
    auditor.get("/ledgers/accounts?view=stopped").await.ok().says("kimura").says("停止・無効");
    auditor.get("/ledgers/accounts?state=active").await.ok().hides("kimura");
    assert_eq!(office.portal.events("sign_in.stopped").await, 1);
    let mut conn = office.portal.superuser().await;
    let disabled = sqlx::query("select disabled_at is not null from auth.credential where login = 'kimura'")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert!(disabled.get::<bool, _>(0));
    let again = administrator.get("/requests/new/account.stop").await;
    again.hides("kimura");
    office.portal.proves(REGULATION, &["4.1.3-1", "4.1.3-4"]);
}

/// An account of 山本 on a system; its id.
async fn account_of(portal: &Portal, system: SystemId, name: &str) -> String {
    let right: Uuid = right_of(portal, system, "参照").await.parse().unwrap();
    let opening = Opening {
        system,
        name: name.to_owned(),
        holder: portal.cast.get("山本").id,
        department: portal.cast.sales,
        rights: vec![right],
        necessity: "受注の登録".to_owned(),
        kind: Kind::Personal,
        until: None,
        request: None,
    };
    portal.app.change(&Actor::portal(), async |work: &mut Work| open(work, &opening).await).await.unwrap();
    // lines stand in the order in which the accounts came into being, so that none is made at one moment with another
    portal.advance(TimeDelta::minutes(1));
    let sql = "select id::text from account where account_name = $1 and system_id = $2";
    let found = sqlx::query_scalar(sql).bind(name).bind(system.0);
    found.fetch_one(&mut portal.superuser().await).await.unwrap()
}

/// What stands in the form for these accounts of 山本.
fn answers<'a>(accounts: &[&str], on: &str) -> Vec<(&'a str, String)> {
    let mut fields =
        vec![("person", employee_no("山本")), ("stop_on", on.to_owned()), ("reason", "退職のため".to_owned())];
    fields.extend(accounts.iter().map(|account| ("accounts", (*account).to_owned())));
    fields
}

async fn preview(browser: &Browser<'_>, step: &str, fields: &[(&str, String)]) -> Page {
    let form = browser.get(STOP).await;
    let (name, id) = hidden(form.ok(), "id");
    let mut all = vec![(name.as_str(), id.as_str()), ("_step", step)];
    all.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
    browser.post(STOP, &all).await
}

#[tokio::test]
async fn whoever_leaves_is_taken_off_every_account_by_one_request() {
    let office = Office::open().await;
    let portal = &office.portal;
    let archive = add(portal, "SYS-003", "文書管理システム", false).await;
    let holder = portal.sign_in("山本").await;
    // in this order: the portal's own row is older than the others, and is worked on last all the same
    let own = account_of(portal, office.itself, "yamamoto").await;
    let sales = account_of(portal, office.system, "yamamoto.s").await;
    let papers = account_of(portal, archive, "yamamoto.b").await;

    let clerk = portal.sign_in("田中").await;
    clerk.get(STOP).await.ok().hides("すべて選ぶ");
    // once it is said whose, their accounts stand there to be ticked, and none is ticked by itself
    let shown = preview(&clerk, "preview", &answers(&[], "2026-04-01")).await;
    shown.ok().says("販売管理システム yamamoto.s").says("文書管理システム yamamoto.b").says("すべて選ぶ");
    let ticked = |page: &Page| {
        let html = page.text();
        let boxes = html.split("name=\"accounts\" value=").skip(1).filter_map(|rest| rest.split('>').next());
        boxes.filter(|one| one.contains("checked")).count()
    };
    assert_eq!(ticked(&shown), 0);
    let all = preview(&clerk, "all.accounts", &answers(&[], "2026-04-01")).await;
    assert_eq!(ticked(all.ok()), 3, "{}", all.words());
    all.says("退職のため");
    let none = preview(&clerk, "check", &answers(&[], "2026-04-01")).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    none.says("対象アカウントを、表示されているものから選んでください");

    // before it is sent, each row stands there before and after
    let fields = answers(&[&own, &papers, &sales], "2026-04-01");
    let check = preview(&clerk, "check", &fields).await;
    assert_eq!(check.ok().words().matches("実施時に停止").count(), 3, "{}", check.words());
    let form = clerk.get(STOP).await;
    let number = number_of(&send(&clerk, STOP, &form, &fields).await);
    let page = clerk.get(&format!("/requests/{number}")).await;
    page.ok().says("販売管理システム yamamoto.s ほか2").says("文書管理システム yamamoto.b — 参照");
    let lines: Vec<String> = sqlx::query_scalar("select subject from request_line order by no")
        .fetch_all(&mut portal.superuser().await)
        .await
        .unwrap();
    assert_eq!(lines, ["販売管理システム yamamoto.s", "文書管理システム yamamoto.b", "守り（ポータル） yamamoto"]);

    // what is under way is not asked for again, in whatever company
    let form = clerk.get(STOP).await;
    let twice = send(&clerk, STOP, &form, &answers(&[&papers], "2026-04-01")).await;
    twice.refuses(&format!("「文書管理システム yamamoto.b」には、進行中の削除申請（{number}）があります"));

    office.approve(&number).await;
    let administrator = portal.sign_in("伊藤").await;
    for line in 1..=3 {
        holder.get("/requests").await.ok();
        let path = format!("/requests/{number}/lines/{line}");
        let (name, seen) = hidden(administrator.get(&path).await.ok(), "seen");
        let done = administrator.post(&path, &[(name.as_str(), seen.as_str())]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{line}: {}", done.words());
    }
    assert_eq!(holder.get("/requests").await.status, StatusCode::SEE_OTHER, "out with the last line");
    let stopped = "select count(*) from account where holder_id = $1 and state = 'stopped'";
    let stopped: i64 = sqlx::query_scalar(stopped)
        .bind(portal.cast.get("山本").id.0)
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
    assert_eq!(stopped, 3);
    clerk.get(&format!("/requests/{number}")).await.ok().says("完了");
    office.portal.proves(REGULATION, &["4.1.3-1"]);
}
