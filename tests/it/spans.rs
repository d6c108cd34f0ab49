//! 期間・時間帯 and the rules across questions (項目間の決まり), as a regulation's file declares them.
use axum::http::StatusCode;

use crate::requests::{KIND, Office, number_of, send};
use crate::support::portal::{Page, Portal};

const VILLAGE: &str = include_str!("../regulations/village-office.toml");
const BINDING: &str = include_str!("../regulations/village-office.bindings.toml");
const FIELDS: &str = r#"[[kind.field]]
key = "span"
type = "period"
label = { ja = "作業期間", en = "Period of the work" }
required = true
not_before = "from"
most_days = 30
[[kind.field]]
key = "hours"
type = "time_band"
label = { ja = "作業の時間帯", en = "Hours of the work" }
[[kind.field]]
key = "seats"
type = "number"
label = { ja = "台数", en = "Machines" }
least = 1
most = 20

[[kind.step]]
key = "receive_desk""#;

/// The village with these fields on its form.
async fn village(fields: &str) -> Office {
    let binding = BINDING.replacen("[[kind.step]]\nkey = \"receive_desk\"", fields, 1);
    let files = [("village-office.toml", VILLAGE), ("village-office.bindings.toml", binding.as_str())];
    Office::within(Portal::open_beside("village-office", &files).await).await
}

/// What stands in a field of a page.
fn kept(page: &Page, name: &str) -> String {
    let html = page.text();
    let field = html.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\""))).unwrap_or_default();
    field.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn both_ends_of_a_span_are_asked_checked_against_other_answers_and_said_in_words() {
    let office = village(FIELDS).await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    form.ok().says("作業期間").says("始まり").says("終わり");
    let page = async |more: &[(&str, &str)], step: &str| -> Page {
        let mut answers = office.answers(&form, "山本", "機器の入替えのため");
        answers.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        send(&clerk, KIND, &answers, step).await
    };
    for (more, said) in [
        (vec![], "作業期間を入力してください"),
        (vec![("span.from", "2026-04-01")], "作業期間の終わりを入力してください"),
        (vec![("span.from", "2026-04-02"), ("span.until", "2026-04-01")], "作業期間の終わりが、始まりより前"),
        (vec![("span.from", "2026-03-31"), ("span.until", "2026-04-01")], "作業期間が、利用の開始日より前"),
        (vec![("span.from", "2026-04-01"), ("span.until", "2026-05-02")], "令和8年5月1日(金)までの日"),
        (
            vec![
                ("span.from", "2026-04-01"),
                ("span.until", "R8.4.3"),
                ("hours.from", "22:00"),
                ("hours.until", "25時"),
            ],
            "時刻が、0:00から23:59までにありません",
        ),
        (vec![("span.from", "2026-04-01"), ("span.until", "R8.4.3"), ("seats", "２１")], "台数に、20以下の数"),
    ] {
        let faulty = page(&more, "check").await;
        assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}: {}", faulty.words());
        faulty.says(said);
        for (name, value) in &more {
            assert!(!kept(&faulty, name).is_empty(), "{name}={value} is lost: {}", faulty.text());
        }
    }
    let good = [
        ("span.from", "R8.4.1"),
        ("span.until", "令和8年４月３日"),
        ("hours.from", "午後10時"),
        ("hours.until", "5:00"),
    ];
    let check = page(&good, "check").await;
    check.ok().says("令和8年4月1日(水)から令和8年4月3日(金)まで").says("22:00から翌日の5:00まで");
    let number = number_of(&page(&good, "send").await);
    let desk = office.portal.sign_in("中村").await;
    desk.get(&format!("/requests/{number}")).await.ok().says("令和8年4月1日(水)から令和8年4月3日(金)まで");
    // the empty form to be written on by hand has a place for both ends
    clerk
        .get(&format!("{KIND}/form"))
        .await
        .ok()
        .says("令和 年 月 日 から 令和 年 月 日 まで")
        .says("時 分 から 時 分 まで");
    // what is mended stands in the form as it was
    crate::requests::decide(&desk, &number, "return", "期間を延ばしてください").await;
    let mend = clerk.get(&format!("/requests/{number}/mend")).await;
    assert_eq!((kept(&mend, "span.until"), kept(&mend, "hours.from")), ("2026-04-03".to_owned(), "22:00".to_owned()));
}

#[tokio::test]
async fn a_table_has_both_ends_in_one_cell() {
    let office = village(FIELDS).await;
    let clerk = office.portal.sign_in("田中").await;
    clerk.get(&format!("{KIND}/table")).await.ok().says("始まりと終わりの日").says("始まりと終わりの時刻");
    let rows = "利用者,システムと権限,申請の理由,利用の開始日,作業期間,作業の時間帯\n\
        001002,財務会計システム：参照,機器の入替え,2026-04-01,R8.4.1～R8.4.3,9時から17時15分まで\n\
        001004,財務会計システム：参照,機器の入替え,2026-04-01,2026/4/1,\n";
    let shown = clerk.post_file(&format!("{KIND}/table"), "file", ("a.csv", rows.as_bytes())).await;
    assert_eq!(shown.status, StatusCode::SEE_OTHER, "{}", shown.words());
    let list = clerk.get(&shown.location().unwrap()).await;
    list.ok().says("申請できる行 1").says("作業期間の終わりを入力してください");
}

#[tokio::test]
async fn a_file_whose_rules_compare_what_cannot_be_compared_is_refused_with_its_place() {
    for (wrong, said) in [
        (FIELDS.replace("not_before = \"from\"", "not_before = \"reason\""), "compare a day with another field's"),
        (FIELDS.replace("not_before = \"from\"", "not_before = \"nothing\""), "compare a day with another field's"),
        (FIELDS.replace("least = 1", "least = 30"), "least and most are the bounds of a number"),
        (FIELDS.replace("most = 20", "most_days = 20"), "most_days counts from not_before"),
    ] {
        let binding = BINDING.replacen("[[kind.step]]\nkey = \"receive_desk\"", &wrong, 1);
        let files = [("village-office.toml", VILLAGE), ("village-office.bindings.toml", binding.as_str())];
        let portal = Portal::open_beside("system-management", &files).await;
        portal.sign_in("中村").await.get("/adoptions").await.ok().says("読めない規程ファイル").says(said);
    }
}

/// 条項: a clause of the regulations in force is chosen by its number and heading, and no other is taken.
#[tokio::test]
async fn a_clause_is_chosen_among_those_in_force() {
    let field = r#"[[kind.field]]
key = "by"
type = "clause"
label = { ja = "根拠の条項", en = "Clause" }
required = true

[[kind.step]]
key = "receive_desk""#;
    let office = village(field).await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    form.ok().says("根拠の条項").says("むら役場電算規程 3-1 利用の届出");
    let page = async |clause: &str, step: &str| -> Page {
        let mut answers = office.answers(&form, "山本", "機器の入替えのため");
        answers.push(("by".to_owned(), clause.to_owned()));
        send(&clerk, KIND, &answers, step).await
    };
    page("", "check").await.refuses("根拠の条項を、表示されているものから選んでください");
    page("village-office/9-9", "check").await.refuses("根拠の条項");
    let number = number_of(&page("village-office/3-1", "send").await);
    let desk = office.portal.sign_in("中村").await;
    desk.get(&format!("/requests/{number}")).await.ok().says("むら役場電算規程 3-1 利用の届出");
    // what a step records is no clause
    let step = BINDING.replacen("title = { ja = \"総務係の受付\"", "field = [{ key = \"by\", type = \"clause\", label = { ja = \"条\", en = \"c\" } }]\ntitle = { ja = \"総務係の受付\"", 1);
    assert_ne!(step, BINDING, "the village's desk is called otherwise by now");
    let portal = Portal::open_beside(
        "system-management",
        &[("village-office.toml", VILLAGE), ("village-office.bindings.toml", &step)],
    )
    .await;
    portal.run(&["regulations"]).ends(0).prints("a clause is asked for on the form");
}
