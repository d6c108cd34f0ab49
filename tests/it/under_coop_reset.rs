//! Passwords that are issued anew under 情報システム運用要領: by a link that opens once, or handed over in person (31-2).
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::kernel::ids::PersonId;
use mamori::kernel::mail::unsealed;
use uuid::Uuid;

use crate::password_reset::{claim, work};
use crate::support::portal::{ORIGIN, PASSWORD, Page, Portal};
use crate::under_coop_sign_in::tried;

const REGULATION: &str = "coop-operations";

/// The identity check of the first line.
fn check<'a>(person: &'a str, delivery: &'a str, at: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("person", person),
        ("method", "対面"),
        ("contact", "情報システム部の窓口"),
        ("result", "matched"),
        ("checked_at", at),
        ("delivery", delivery),
        ("own_password", PASSWORD),
    ]
}

/// The newest mail with a link, as its row keeps it and as it leaves the house.
async fn link(portal: &Portal) -> (String, String) {
    let sql = "select recipient_id, body from outbox where kind = 'password.link' order by created_at desc limit 1";
    let (to, kept): (Uuid, String) = sqlx::query_as(sql).fetch_one(&mut portal.superuser().await).await.unwrap();
    let sent = unsealed(portal.app.keys(), PersonId(to), &kept);
    let elsewhere = unsealed(portal.app.keys(), portal.cast.get("伊藤").id, &kept);
    assert_ne!(elsewhere, sent, "copied into a mail to somebody else, the place opens nothing");
    let at = sent.find("/activate/link/").unwrap_or_else(|| panic!("{sent}"));
    let path = sent[at..].split_whitespace().next().unwrap().to_owned();
    assert!(sent.contains(&format!("{ORIGIN}{path}")), "{sent}");
    (kept, path)
}

async fn open<'p>(portal: &'p Portal, path: &str) -> (Page, crate::support::portal::Browser<'p>) {
    let user = portal.browser();
    user.get(path).await.ok().says("このリンクは一度だけ、期限まで使えます");
    let parts: Vec<&str> = path.split('/').collect();
    let fields = [("login", parts[3]), ("token", parts[4]), ("to", "/")];
    (user.post("/activate/link", &fields).await, user)
}

#[tokio::test]
async fn a_new_password_comes_by_a_link_that_opens_once_or_from_hand_to_hand() {
    let mut portal = Portal::open_under(REGULATION).await;
    claim(&portal.browser(), "tanaka", "田中 陽向").await;
    let first = "R8-PWD-0001";
    let administrator = portal.sign_in("伊藤").await;
    administrator.get(&format!("/requests/{first}/lines/1")).await.ok().says("設定リンク").says("対面手渡し");
    work(&administrator, first, 1, &check("001001", "", "2026-04-01T09:00")).await.refuses("伝達方法");
    // no link without a way for it
    let refused = work(&administrator, first, 1, &check("001001", "link", "2026-04-01T09:00")).await;
    refused.refuses("対面手渡しを選んでください");
    assert_eq!(portal.events("password.reissued").await, 0);

    portal.gets_a_mail_server().await;
    let administrator = portal.sign_in("伊藤").await;
    let sent = work(&administrator, first, 1, &check("001001", "link", "2026-04-01T09:00")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "nothing is shown to whoever issues it: {}", sent.words());
    let (kept, path) = link(&portal).await;
    let letters = path.rsplit('/').next().unwrap();
    assert!(!kept.contains(letters), "the row of the mail does not carry it");
    tried(&portal, "tanaka", PASSWORD).await.refuses("");
    // the letters of a link are no password, and no code
    tried(&portal, "tanaka", letters).await.refuses("");
    let typing = portal.browser();
    typing.get("/activate").await.ok();
    typing.post("/activate", &[("login", "tanaka"), ("code", letters)]).await.refuses("");

    // looked at twice, opened once; until the password is changed nothing else opens
    portal.browser().get(&path).await.ok();
    portal.advance(TimeDelta::minutes(2));
    let (entered, user) = open(&portal, &path).await;
    assert_eq!(entered.location().as_deref(), Some("/me/password"));
    for page in ["/", "/requests", "/me/sessions"] {
        assert_eq!(user.get(page).await.location().as_deref(), Some("/me/password"), "{page}");
    }
    open(&portal, &path).await.0.refuses("すでに使われたか、期限が切れています");
    user.get("/me/password").await.ok();
    let fresh = [("new", "Zh_kulo7-Pq9!xRw"), ("again", "Zh_kulo7-Pq9!xRw")];
    assert_eq!(user.post("/me/password", &fresh).await.status, StatusCode::SEE_OTHER);
    user.get("/requests").await.ok();
    let told = [("notice_method", "in_person"), ("handed_by", "伊藤"), ("notified_at", "2026-04-01T09:03")];
    portal.advance(TimeDelta::minutes(2));
    work(&administrator, first, 2, &told).await.refuses("再発行のときに選んだ伝達方法と異なります");
    let told = [("notice_method", "link"), ("notified_at", "2026-04-01T09:03")];
    assert_eq!(work(&administrator, first, 2, &told).await.status, StatusCode::SEE_OTHER);
    administrator.get(&format!("/requests/{first}")).await.ok().says("設定リンク").says("完了");

    // handed over: the code is shown once, and it is written down by whom, after which check and when
    claim(&portal.browser(), "yamamoto", "山本 蓮").await;
    let second = "R8-PWD-0002";
    let shown = work(&administrator, second, 1, &check("001002", "in_person", "2026-04-01T09:04")).await;
    let code = shown.ok().text().split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned();
    let handed =
        |by: &'static str| [("notice_method", "in_person"), ("handed_by", by), ("notified_at", "2026-04-01T09:04")];
    work(&administrator, second, 2, &handed("")).await.refuses("手渡し者を入力してください");
    assert_eq!(work(&administrator, second, 2, &handed("伊藤 翔")).await.status, StatusCode::SEE_OTHER);
    let record = administrator.get(&format!("/requests/{second}")).await;
    record.ok().says("手渡し者 伊藤 翔").says("対面").says("対面手渡し").says("伝達日時");
    let written: i64 =
        sqlx::query_scalar("select count(*) from outbox where position($1 in body) > 0 or position($2 in body) > 0")
            .bind(&code)
            .bind(code.replace('-', ""))
            .fetch_one(&mut portal.superuser().await)
            .await
            .unwrap();
    assert_eq!(written, 0, "no mail has a password in it");

    // a link that is not opened in its time opens nothing
    claim(&portal.browser(), "suzuki", "鈴木 美咲").await;
    let sent = work(&administrator, "R8-PWD-0003", 1, &check("001004", "link", "2026-04-01T09:04")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let (_, path) = link(&portal).await;
    portal.advance(TimeDelta::hours(24));
    open(&portal, &path).await.0.refuses("すでに使われたか、期限が切れています");
    portal.proves(REGULATION, &["31-2"]);
}
