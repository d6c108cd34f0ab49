//! 様式: a request on a sheet with its seals, the empty form, and the number that holds a sheet against the record.
use axum::http::StatusCode;
use chrono::TimeDelta;

use crate::accounts::add;
use crate::requests::decide;
use crate::support::ground::ask;
use crate::support::portal::{Page, Portal};
use crate::support::source::root;

/// The number at the foot of a sheet.
fn check_of(sheet: &Page) -> String {
    let words = sheet.ok().words();
    let from = words.find("検証番号 ").expect("no check number") + "検証番号 ".len();
    words[from..from + 14].to_owned()
}

async fn verify(portal: &Portal, who: &str, number: &str, check: &str) -> Page {
    portal.sign_in(who).await.get(&format!("/requests/verification?number={number}&check={check}")).await
}

#[tokio::test]
async fn a_request_is_a_sheet_with_its_seals_and_what_was_recorded_since_is_told() {
    let portal = Portal::open().await;
    let system = add(&portal, "SYS-002", "税務システム", false).await;
    let number = ask(&portal, &mut portal.superuser().await, "田中", "山本", system).await;
    let clerk = portal.sign_in("田中").await;
    clerk.get(&format!("/requests/{number}")).await.ok().says("様式を開く");
    let sheet = clerk.get(&format!("/requests/{number}/form")).await;
    sheet
        .ok()
        .says("受付番号")
        .says(&number)
        .says("承認印欄")
        .says("申請者")
        .says("部門")
        .says("次のとおり申請します。");
    sheet.says("税務システム").says("実施日").says("令和8年4月1日").says("関係）").says("出力");
    let first = check_of(&sheet);
    verify(&portal, "田中", &number, &first)
        .await
        .ok()
        .says("記録と一致します")
        .says("その後に記録されたことはありません");

    // the same sheet again bears the same number; after an answer it is another one
    assert_eq!(check_of(&clerk.get(&format!("/requests/{number}/form")).await), first);
    portal.advance(TimeDelta::minutes(5));
    let manager = portal.sign_in("佐藤").await;
    let decided = decide(&manager, &number, "approve", "").await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.words());
    let later = manager.get(&format!("/requests/{number}/form")).await;
    let second = check_of(&later);
    assert_ne!(first, second);
    assert!(later.text().contains("佐藤"), "the seal of who approved");
    verify(&portal, "佐藤", &number, &second).await.ok().says("その後に記録されたことはありません");
    let old = verify(&portal, "田中", &number, &first.to_lowercase().replace('-', "")).await;
    old.ok().says("記録と一致します").says("9:00").says("その後に1件の判断や実施が記録されています");

    // a number of another request, a slip of the pen, a request out of sight
    let other = ask(&portal, &mut portal.superuser().await, "田中", "田中", system).await;
    verify(&portal, "田中", &other, &second).await.ok().says("記録と一致しません");
    verify(&portal, "田中", &number, "7K4M").await.ok().says("記録と一致しません");
    verify(&portal, "鈴木", &number, &second).await.ok().says("見つからないか").hides("税務システム");
    assert_eq!(
        portal.sign_in("鈴木").await.get(&format!("/requests/{number}/form")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_empty_form_has_boxes_and_room_for_seals_and_is_for_those_who_file_it() {
    let portal = Portal::open_under("coop-operations").await;
    let manager = portal.sign_in("佐藤").await;
    manager.get("/requests/new/account.register").await.ok().says("空の様式");
    let form = manager.get("/requests/new/account.register/form").await;
    form.ok().says("アカウント登録申請").says("受付番号").says("申請者").says("年").says("処理欄").hides("検証番号");
    // a clerk prepares it, and may so by hand as well; what only administrators file is not theirs
    portal.sign_in("田中").await.get("/requests/new/account.register/form").await.ok().says("承認印欄");
    let refused = portal.sign_in("田中").await.get("/requests/new/privileged.grant/form").await;
    assert!(refused.status.is_client_error());
    assert_eq!(manager.get("/requests/new/nothing/form").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_empty_form_bears_its_number_and_says_when_what_hangs_on_an_answer_is_filled_in() {
    let read = |name: &str| std::fs::read_to_string(root().join("regulations").join(name)).unwrap();
    let [text, binding] = ["katsuura-operations.toml", "katsuura-operations.bindings.toml"].map(read);
    let key = "key = \"account.share\"\ntitle";
    assert!(binding.contains(key));
    let numbered = binding.replace(key, "key = \"account.share\"\nform_no = \"様式第7号\"\ntitle");
    let files = [("katsuura-operations.toml", text.as_str()), ("katsuura-operations.bindings.toml", numbered.as_str())];
    let portal = Portal::open_beside("katsuura-operations", &files).await;
    let blank = portal.sign_in("田中").await.get("/requests/new/account.share/form").await;
    blank.ok().says("様式第7号").says("内線").says("システムと権限");
    blank.says("「申請の内容」が「新しい共有ID」のときに入力します。");
    let other = portal.sign_in("田中").await.get("/requests/new/account.register/form").await;
    other.ok().hides("様式第");
}
