//! A request of several lines on its way: one is done, the other is not, and everybody sees which of them waits for whom.
//! What comes to nothing stands on the clause's page under its own name.
use axum::http::StatusCode;
use mamori::kernel::ids::SystemId;

use crate::accounts::{Office, add, employee_no, handed, hidden, number_of, option, person_without_sign_in, send};
use crate::requests::decide;
use crate::support::portal::Browser;

/// A request of 田中 for 山本 on two systems.
async fn on_two_systems(office: &Office, clerk: &Browser<'_>) -> (String, SystemId) {
    let second = add(&office.portal, "SYS-003", "勤怠管理システム", false).await;
    let path = "/requests/new/account.register";
    let form = clerk.get(path).await;
    let grants = [office.system, second].map(|system| format!("grants.{system}"));
    let fields = [
        ("person", employee_no("山本")),
        ("grants", office.system.to_string()),
        (grants[0].as_str(), option(&form, &grants[0], "参照")),
        ("grants", second.to_string()),
        (grants[1].as_str(), option(&form, &grants[1], "参照")),
        ("reason", "受注の登録を担当するため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    (number_of(&send(clerk, path, &form, &fields).await), second)
}

#[tokio::test]
async fn while_one_line_is_done_and_another_is_not_everybody_sees_what_waits_for_whom() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let (number, _) = on_two_systems(&office, &clerk).await;
    office.approve(&number).await;
    let user = office.portal.sign_in("山本").await;
    user.get("/").await.ok().hides("受領を確認する");
    let administrator = office.portal.sign_in("伊藤").await;
    let page = administrator.get(&format!("/requests/{number}")).await;
    assert_eq!(page.ok().words().matches("実施時に追加").count(), 2);
    let done = office.execute(&administrator, &number, &handed("yamamoto.r")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());

    // what is done says so, once, with the row that came of it; what is to come says that
    let page = administrator.get(&format!("/requests/{number}")).await;
    let words = page.ok().words();
    let ledgers = &words[words.find("関係する台帳").unwrap()..words.find("実施と受領").unwrap()];
    assert_eq!(ledgers.matches("実施時に追加").count(), 1, "{ledgers}");
    assert_eq!(ledgers.matches("実施済").count(), 1, "{ledgers}");
    assert_eq!(ledgers.matches("yamamoto.r").count(), 1, "{ledgers}");
    assert!(!ledgers.contains("変化なし"), "{ledgers}");
    page.says("（システム管理者）の実施待ち、山本 蓮の受領待ち");

    // both are whose turn it is, and the one who uses it is asked at home already
    clerk.get("/requests").await.ok().says("システム管理者、山本 蓮");
    administrator.get("/requests/work").await.ok().says(&number);
    user.get("/").await.ok().says("受領を確認する");
    clerk.get("/").await.ok().hides("受領を確認する");
    let mut conn = office.portal.superuser().await;
    let told = "select count(*) from notice n join person p on p.id = n.person_id
                 where n.kind = 'request.to_receive' and p.mail = 'yamamoto@example.jp'";
    assert_eq!(sqlx::query_scalar::<_, i64>(told).fetch_one(&mut conn).await.unwrap(), 1);
    user.submit(&format!("/requests/{number}/lines/1/receipt"), &[]).await.ok();
    user.get("/").await.ok().hides("受領を確認する");
    clerk.get("/requests").await.ok().hides("システム管理者、山本 蓮");
}

#[tokio::test]
async fn the_slip_of_one_who_cannot_sign_in_is_work_of_the_administrators() {
    let office = Office::open().await;
    person_without_sign_in(&office.portal).await;
    let clerk = office.portal.sign_in("田中").await;
    let administrator = office.portal.sign_in("伊藤").await;
    let for_user = office.ask_for(&clerk, "山本", office.system, "参照").await;
    office.approve(&for_user).await;
    assert_eq!(office.execute(&administrator, &for_user, &handed("yamamoto.r")).await.status, StatusCode::SEE_OTHER);
    // 山本 signs in and confirms; nobody else has anything to do
    administrator.get("/requests/work").await.ok().says("作業と受領書の記録を待つもの 0件");

    let number = office.ask_for(&clerk, "木村", office.system, "参照").await;
    office.approve(&number).await;
    assert_eq!(office.execute(&administrator, &number, &handed("kimura.s")).await.status, StatusCode::SEE_OTHER);
    let work = administrator.get("/requests/work").await;
    work.ok().says(&number).says("まだログインできない人です").says("作業と受領書の記録を待つもの 1件");
    clerk.get("/requests").await.ok().says("木村 さくら");
    let slip = [("slip_number", "受－１２"), ("slip_on", "2026-04-01")];
    administrator.submit(&format!("/requests/{number}/lines/1/slip"), &slip).await.ok().says("完了");
    administrator.get("/requests/work").await.ok().says("作業と受領書の記録を待つもの 0件");
}

#[tokio::test]
async fn a_request_that_was_turned_down_is_evidence_under_its_own_name_and_keeps_no_clause() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let manager = office.portal.sign_in("佐藤").await;
    let committee = office.portal.sign_in("加藤").await;
    let clause = "/clauses/system-management/4.1.1-1-a";
    let number = office.ask_for(&clerk, "山本", office.system, "参照").await;
    assert_eq!(decide(&manager, &number, "refuse", "別の担当が行うため").await.status, StatusCode::SEE_OTHER);
    let taken_back = office.ask_for(&clerk, "山本", office.system, "参照").await;
    clerk.get(&format!("/requests/{taken_back}")).await.ok();
    clerk.submit(&format!("/requests/{taken_back}/withdrawal"), &[("reason", "")]).await.ok();

    // 却下 shows that the rule is applied; neither it nor what was taken back is work done
    committee.get(clause).await.ok().says(&number).says("却下").hides(&taken_back).hides("実施済");
    committee.get("/clauses?q=4.1.1-1-a&state=kept").await.ok().hides("4.1.1-1-a ");

    let done = office.ask_for(&clerk, "山本", office.system, "参照").await;
    office.approve(&done).await;
    committee.get(clause).await.ok().hides(&done).hides("実施済");
    let administrator = office.portal.sign_in("伊藤").await;
    let form = administrator.get(&format!("/requests/{done}/lines/1")).await;
    let (name, seen) = hidden(&form, "seen");
    let fields = [&[(name.as_str(), seen.as_str())][..], &handed("yamamoto.r")].concat();
    assert_eq!(administrator.post(&format!("/requests/{done}/lines/1"), &fields).await.status, StatusCode::SEE_OTHER);
    let page = committee.get(clause).await;
    page.ok().says(&done).says(&number).says("却下").says("実施済");
}
