//! Questions that hang on another answer (条件付きの項目), and the clause beside each question (根拠): as they are read, judged and kept,
//! with scripts and without.
use crate::accounts::{add, number_of};
use crate::requests::{KIND, Office, send};
use crate::sharing::{SHARE, share};
use crate::support::browser::Browser;
use crate::support::portal::Portal;
use crate::support::visit::{NEWCOMERS_NUMBER, Visit, add_newcomer};

const KATSUURA: &str = "katsuura-operations";
const CLAUSE: &str = "<p class=\"hint hint--basis\">根拠 ";

#[tokio::test]
async fn what_hangs_on_another_answer_says_so_and_is_kept_only_where_it_is_asked() {
    let portal = Portal::open_under(KATSUURA).await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let clerk = portal.sign_in("田中").await;
    let form = clerk.get(SHARE).await;
    form.ok().says("「申請の内容」が「新しい共有ID」のときに入力します。");
    form.says("「申請の内容」が「利用者の変更」のときだけ、必要に応じて入力します。");
    // each question names its clause, and so does the page on which the answers are checked
    let questions = form.text().matches(CLAUSE).count();
    assert!(questions >= 6, "{questions} questions name it");

    // nobody of that name exists: where a new ID is asked for, nobody asks who keeps it from now on
    let number = number_of(&share(&clerk, taxes, &[("keeper", "だれでもない人")]).await);
    let sql = "select q.content::text from request_round q join request r on r.id = q.request_id where r.number = $1";
    let mut db = portal.superuser().await;
    let kept: String = sqlx::query_scalar(sql).bind(&number).fetch_one(&mut db).await.unwrap();
    assert!(!kept.contains("keeper") && kept.contains("operation"), "{kept}");
    let form = clerk.get(SHARE).await;
    let asked = [("person", "001001".to_owned()), ("operation", "users".to_owned())];
    crate::accounts::send(&clerk, SHARE, &form, &asked)
        .await
        .refuses("対象の共有IDを")
        .hides("システムと権限を選んでください");
}

#[tokio::test]
async fn the_clause_of_each_question_is_a_link_for_those_who_may_read_it() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let link = "根拠 <a href=\"/clauses/system-management/";
    let form = clerk.get(KIND).await;
    assert!(form.ok().text().contains(CLAUSE) && !form.text().contains(link), "{}", form.words());
    let administrator = office.portal.sign_in("伊藤").await;
    let form = administrator.get(KIND).await;
    let named = form.ok().text().matches(link).count();
    assert!(named >= 3, "{named} questions name it: {}", form.words());
    let answers = office.answers(&form, "伊藤", "経理の担当になるため");
    let check = send(&administrator, KIND, &answers, "check").await;
    let named = check.ok().text().matches(link).count();
    assert!(named >= 3, "{named} answers name it: {}", check.words());
    administrator.get("/clauses/system-management/4.1.1-1-a").await.ok();
}

#[tokio::test]
async fn browser_asks_what_hangs_on_an_answer_as_soon_as_it_is_given() {
    let portal = Portal::open_under(KATSUURA).await;
    add(&portal, "SYS-002", "税務システム", false).await;
    let city = Visit::to(portal).await;
    let clerk = city.enter("田中").await;
    clerk.goto(SHARE).await;
    clerk.wait_until_gone("[data-field=grants]").await;
    clerk.tick("新しい共有ID").await;
    assert!(clerk.wait_for("[data-field=grants] legend").await.contains("※必須"));
    clerk.wait_until_gone("[data-field=accounts]").await;
    clerk.tick("利用者の変更").await;
    clerk.wait_for("[data-field=accounts]").await;
    assert!(clerk.wait_for("[data-field=keeper] label").await.contains("※任意"));
    clerk.wait_until_gone("[data-field=grants]").await;
    clerk.look_over().await;

    // without scripts all of them stand there, and say when they are filled in
    let without = city.signed_in(Browser::open_without_javascript(&city.address).await, "田中").await;
    without.goto(SHARE).await;
    without.wait_for("[data-field=grants]").await;
    assert!(without.text().await.contains("「申請の内容」が「新しい共有ID」のときに入力します。"));
}

#[tokio::test]
async fn browser_marks_the_last_day_as_required_once_it_knows_how_somebody_is_employed() {
    let portal = Portal::open_under(KATSUURA).await;
    add(&portal, "SYS-002", "税務システム", false).await;
    add_newcomer(&portal).await;
    let city = Visit::to(portal).await;
    let clerk = city.enter("田中").await;
    clerk.goto(KIND).await;
    assert!(clerk.wait_for("[data-field=until] label").await.contains("※任意"));
    clerk.fill("利用者", NEWCOMERS_NUMBER).await;
    // the field is left, and says whom the number means
    clerk.tick("税務システム").await;
    clerk.wait_for("[data-field=until] .req").await;
}
