//! 空席になる役割: whoever enters that somebody goes sees before it stands what is left without a holder, and since when; and the
//! register shows every capacity of the texts, those that go with a post too.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::kernel::access::Actor;
use mamori::kernel::work::Work;
use mamori::people::posts;

use crate::support::html::forms;
use crate::support::portal::{Browser, PASSWORD, Page, Portal};

/// What a change is entered with; `seen` is what the page before carried.
async fn enters(office: &Browser<'_>, fields: &[(&str, &str)], seen: &str) -> Page {
    office.get("/movements/new").await.ok();
    office.submit("/movements", &[fields, &[("seen", seen)]].concat()).await
}

/// What the form carries unseen: the vacancies that were shown.
pub fn seen(page: &Page) -> String {
    let forms = forms(&page.text(), "/movements");
    let fields = forms.into_iter().filter(|form| form.action == "/movements").flat_map(|form| form.fields);
    fields.into_iter().find(|field| field.name == "seen").map(|field| field.value).unwrap_or_default()
}

#[tokio::test]
async fn whoever_retires_the_only_holder_sees_first_what_becomes_vacant_and_since_when() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let retires = [("person", "001013"), ("kind", "retirement"), ("effective_on", "2026-04-30")];
    let asked = enters(&office, &retires, "").await;
    asked.ok().says("この異動で空席になる役割").says("システム設計者").says("令和8年5月1日(金)から空席になります");
    asked.says("役割台帳で後任を任命してください").says("内容を確かめて入力する");
    assert!(asked.text().contains("href=\"/functions/designer\"") && asked.text().contains("value=\"001013\""));
    assert_eq!(portal.events("movement.entered").await, 0, "nothing stands yet");
    let entered = enters(&office, &retires, &seen(&asked)).await;
    entered.ok().says("システム設計者").says("令和8年5月1日(金)から空席になります");
    assert_eq!(portal.events("movement.entered").await, 1);
    // a successor from that day on
    office.get("/functions/designer/appointment").await.ok();
    let fields =
        [("person", "001001"), ("from", "2026-05-01"), ("last", ""), ("reason", "後任"), ("own_password", PASSWORD)];
    office.submit("/functions/designer/appointment", &fields).await.ok().says("任命しました");
    office.get("/movements").await.ok().hides("空席になります");
}

#[tokio::test]
async fn leave_leaves_it_vacant_from_its_first_day_and_nothing_is_said_where_somebody_else_is_there() {
    let portal = Portal::open_under("coop-operations").await;
    let office = portal.sign_in("中村").await;
    // two administrators
    let leave = |person: &'static str, on: &'static str| [("person", person), ("kind", "leave"), ("effective_on", on)];
    let asked = enters(&office, &leave("001006", "2026-04-10"), "").await;
    asked.ok().hides("空席になります");
    enters(&office, &leave("001006", "2026-04-10"), &seen(&asked)).await.ok();
    assert_eq!(portal.events("movement.entered").await, 1);
    drop(office);
    portal.advance(TimeDelta::days(9));
    crate::movements::run(&portal).await;
    let office = portal.sign_in("中村").await;
    // the other one is alone now
    let asked = enters(&office, &leave("001007", "2026-04-20"), "").await;
    asked.ok().says("情報システム管理者").says("令和8年4月20日(月)から空席になります");
    assert_eq!(portal.events("movement.entered").await, 1);
}

#[tokio::test]
async fn a_section_without_its_head_and_a_last_day_on_the_person_s_page_say_so_too() {
    let portal = Portal::open_under("mutual-aid-policy").await;
    let office = portal.sign_in("中村").await;
    let moves = [
        ("person", "001003"),
        ("kind", "transfer"),
        ("effective_on", "2026-04-10"),
        ("to_department", &*portal.cast.general.to_string()),
        ("to_tier", "staff"),
        ("to_title", ""),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let moves: Vec<(&str, &str)> = moves.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let asked = enters(&office, &moves, "").await;
    // the other sections have theirs
    asked
        .ok()
        .says("担当責任者（営業部）")
        .says("令和8年4月10日(金)から空席になります")
        .says("この部署の後任が要ります");
    asked.hides("担当責任者（総務部）");
    let mut db = portal.superuser().await;
    sqlx::query("update person set left_on = '2026-04-30' where employee_no = '001003'")
        .execute(&mut db)
        .await
        .unwrap();
    office.get("/people/001003").await.ok().says("退職で空席になる役割").says("令和8年5月1日(金)から空席になります");
    office.get("/people/001005").await.ok().hides("退職で空席になる役割");
}

#[tokio::test]
async fn the_register_shows_every_capacity_of_each_text_and_who_holds_it_by_their_post() {
    for (regulation, shown) in [
        (
            "katsuura-operations",
            &["市長", "主管課長", "情報セキュリティ対策会議", "情報セキュリティ対策管理者", "情報セキュリティ監査担当"]
                [..],
        ),
        (
            "coop-operations",
            &[
                "組合長",
                "統括管理者",
                "部門管理者",
                "情報セキュリティ委員会",
                "内部監査担当",
                "規程が認める人による指名",
            ],
        ),
        (
            "osaka-standard",
            &["課情報セキュリティ責任者", "情報セキュリティ事務局", "情報セキュリティ会議", "検査の実施者"],
        ),
        ("system-management", &["管理職", "情報システム部", "システムセキュリティ責任者", "検査者"][..]),
        ("mutual-aid-policy", &["理事長", "監査人"][..]),
    ] {
        let portal = Portal::open_under(regulation).await;
        let clerk = portal.sign_in("田中").await;
        let page = clerk.get("/functions").await;
        page.ok().says("職で務める立場").says("吉田 恵（青野商事）").says("職員の画面の発令");
        for title in shown {
            page.says(title);
        }
        assert!(!page.text().contains("href=\"/people\">職員の画面の発令"), "nobody is led where they may not go");
        // nobody is appointed to them there
        let office = portal.sign_in("中村").await;
        let register = office.get("/functions").await;
        assert!(register.text().contains("職員の画面の発令、または人事異動</a>"), "{regulation}");
        assert_eq!(office.get("/functions/auditor/appointment").await.status, StatusCode::NOT_FOUND);
        let before = register.words().matches("空席").count();
        let post = portal.cast.get("吉田").post;
        let end = async |work: &mut Work| posts::end(work, post, "2026-04-01".parse().unwrap(), "退任").await;
        assert_eq!(portal.app.change(&Actor::portal(), end).await.unwrap(), None);
        portal.advance(TimeDelta::days(1));
        let page = portal.sign_in("中村").await.get("/functions").await;
        assert!(page.ok().words().matches("空席").count() > before, "{regulation}: {}", page.words());
        assert!(!page.words().contains("吉田 恵"));
    }
}
