//! 引き上げ承認: where the organisation lets its own route do so, whoever decides later decides before those in front.
use crate::procedures::{PATH, REGULATION, Step, send_to};
use crate::requests::{Office, content_hash, decide, execute, mend};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};
use axum::http::StatusCode;

const ROUTE: [Step<'_>; 3] = [
    ("decide", "manager", "department", "3"),
    ("decide", "office", "organisation", "2"),
    ("permit", "head", "organisation", "5"),
];

async fn with_route(pull_up: &str) -> (Office, String) {
    let office = Office::within(Portal::open_under(REGULATION).await).await;
    let desk = office.portal.sign_in("中村").await;
    let facts = [("pull_up", pull_up), ("effective_on", "2026-04-01"), ("reason", "会議で決めたため")];
    let check = send_to(&desk, PATH, &ROUTE, &[&facts[..], &[("_step", "check")]].concat()).await;
    check.ok().says("引き上げ承認").says(if pull_up == "yes" { "認める" } else { "認めない" });
    let sent = [("own_password", PASSWORD), ("_step", "send")];
    let done = send_to(&desk, PATH, &ROUTE, &[&facts[..], &sent].concat()).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let number = office.file(&office.portal.sign_in("田中").await, "山本").await;
    (office, number)
}

async fn pull(by: &Browser<'_>, number: &str, reason: &str, seen: &str) -> Page {
    by.post(&format!("/requests/{number}/pull-up"), &[("_seen", seen), ("reason", reason)]).await
}

#[tokio::test]
async fn whoever_decides_later_takes_it_with_a_reason_and_those_in_front_are_told() {
    let (office, number) = with_route("yes").await;
    let portal = &office.portal;
    let path = format!("/requests/{number}");
    let seen = content_hash(portal, &number).await;
    let (chief, desk, mayor) = (portal.sign_in("佐藤").await, portal.sign_in("中村").await, portal.sign_in("森").await);
    // with those in front it waits already; who does the work has nothing to pull up
    chief.get(&path).await.ok().hides("自分の段階に引き上げますか");
    pull(&chief, &number, "急ぐため", &seen).await.refuses("いま引き上げることができません");
    mayor.get(&path).await.ok().says("自分の段階に引き上げますか");

    let without = pull(&mayor, &number, " ", &seen).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    without.says("理由");
    let stale = pull(&mayor, &number, "急ぐため", &"0".repeat(64)).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.says("急ぐため");
    assert_eq!(portal.events("request.pulled_up").await, 0);

    let done = pull(&mayor, &number, "二人とも出張で、今日中に要るため", &seen).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    assert_eq!((portal.events("request.pulled_up").await, portal.events("request.skipped").await), (1, 2));
    let page = chief.get(&path).await;
    page.ok().says("を待たずに引き上げました").says("二人とも出張で、今日中に要るため").says("引き上げ承認のため省略");
    chief.get("/notices").await.ok().says("上の段階に引き上げられました").says(&number);
    chief.get("/requests/inbox").await.ok().hides(&number);
    for passed in [&chief, &desk] {
        let approve = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", "")];
        let late = passed.post(&format!("{path}/decision"), &approve).await;
        assert!(late.status.is_client_error(), "who was passed over decides no more");
        pull(passed, &number, "やはり", &seen).await.refuses("いま引き上げることができません");
    }
    assert_eq!(decide(&mayor, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
    let worked = execute(&portal.sign_in("斎藤").await, &number, 1, "yamamoto.r").await;
    assert_eq!(worked.status, StatusCode::SEE_OTHER, "{}", worked.words());
}

#[tokio::test]
async fn what_comes_back_asks_all_of_them_again_and_nobody_pulls_up_where_the_route_does_not_say_so() {
    let (office, number) = with_route("yes").await;
    let portal = &office.portal;
    let seen = content_hash(portal, &number).await;
    let (chief, desk) = (portal.sign_in("佐藤").await, portal.sign_in("中村").await);
    assert_eq!(pull(&desk, &number, "不在のため", &seen).await.status, StatusCode::SEE_OTHER);
    // to the one who has said nothing it cannot be sent back, to the applicant it can
    let to_chief =
        [("_seen", seen.as_str()), ("verdict", "return"), ("to", "own_manager_department"), ("words", "確認を")];
    desk.post(&format!("/requests/{number}/decision"), &to_chief).await.refuses("そこへは差し戻せません");
    assert_eq!(decide(&desk, &number, "return", "理由を詳しく").await.status, StatusCode::SEE_OTHER);
    mend(&office, &portal.sign_in("田中").await, &number, "二人目の担当になるため").await;
    chief.get("/requests/inbox").await.ok().says(&number);

    let (office, number) = with_route("no").await;
    let seen = content_hash(&office.portal, &number).await;
    let mayor = office.portal.sign_in("森").await;
    mayor.get(&format!("/requests/{number}")).await.hides("引き上げますか");
    assert!(pull(&mayor, &number, "急ぐため", &seen).await.status.is_client_error());
}
