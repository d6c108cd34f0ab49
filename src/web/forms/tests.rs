//! What forms promise: nothing typed is lost, and every fault says how to mend it.
use chrono::NaiveDate;

use super::*;
use crate::web::locale::Lang;

fn form() -> Form {
    let dates = Dates { lang: Lang::Ja, western: false, today: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap() };
    Form::new(
        Words(Lang::Ja),
        dates,
        vec![
            Field::radio(
                "who",
                Label::text("使う人"),
                vec![Choice::new("self", Label::text("自分")), Choice::new("other", Label::text("別の職員"))],
            ),
            Field::digits("empno", Label::text("職員番号")).exactly(6).when("who", "other"),
            Field::checks(
                "system",
                Label::text("システム"),
                vec![Choice::new("a", Label::text("住民情報系")), Choice::new("b", Label::text("財務会計"))],
            ),
            Field::date("until", Label::text("利用の終了日")).optional(),
            Field::area("reason", Label::text("申請の理由")).most(10),
        ],
    )
}

fn sent(body: &str) -> Form {
    form().take(FormInput::parse(body.as_bytes()).unwrap()).unwrap()
}

#[test]
fn right_answers_are_read_back_tidied() {
    let form = sent(
        "who=other&empno=%EF%BC%90%EF%BC%92%EF%BC%94%EF%BC%95%EF%BC%91%EF%BC%98&system=a&system=b&until=2026-12-01&reason=+x+",
    );
    assert!(!form.faulty());
    assert_eq!(form.text("empno"), "024518");
    assert_eq!(form.many("system").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(form.date("until"), NaiveDate::from_ymd_opt(2026, 12, 1));
    assert_eq!(form.text("reason"), "x");
    assert_eq!(form.answers()[2], ("システム".into(), "住民情報系、財務会計".into()));
    assert_eq!(form.answers()[3].1, "令和8年12月1日(火)");
}

#[test]
fn a_wrong_answer_is_shown_again_with_what_to_do() {
    let form = sent("who=other&empno=0271&system=a&until=&reason=%E7%90%86%E7%94%B1");
    let page = form.draw("empno").unwrap().to_string();
    assert!(form.faulty());
    assert!(page.contains(r#"value="0271""#));
    assert!(page.contains(r#"<span>職員番号を6桁の数字で入力してください</span>"#));
    assert!(page.contains(r#"aria-invalid="true""#));
    let summary = form.summary().to_string();
    assert!(summary.contains("1か所を直してください"));
    assert!(summary.contains(r##"<a href="#f-empno">職員番号を6桁の数字で入力してください</a>"##));
}

#[test]
fn a_question_under_a_choice_not_made_is_not_asked() {
    let form = sent("who=self&empno=hello&system=a&reason=x");
    assert!(!form.faulty());
    assert_eq!(form.text("empno"), "");
}

#[test]
fn missing_answers_are_named_in_the_order_of_the_page() {
    let form = sent("empno=");
    let summary = form.summary().to_string();
    let places: Vec<_> = ["使う人を選んでください", "システムを選んでください", "申請の理由を入力してください"]
        .iter()
        .map(|words| summary.find(words).unwrap())
        .collect();
    assert!(places.is_sorted());
}

#[test]
fn names_never_asked_and_doubled_answers_are_refused() {
    for body in ["role=admin", "who=self&who=other"] {
        let input = FormInput::parse(body.as_bytes()).unwrap();
        assert!(form().take(input).is_err(), "{body}");
    }
}

#[test]
fn a_choice_that_was_not_offered_is_refused() {
    let form = sent("who=self&system=secret&reason=x");
    assert!(form.summary().to_string().contains("システムは、表示されているものから選んでください"));
}

#[test]
fn too_long_an_answer_says_how_long() {
    let form = sent("who=self&system=a&reason=12345678901");
    assert!(form.summary().to_string().contains("申請の理由を10字以内で入力してください（いまは11字です）"));
}

#[test]
fn what_was_typed_cannot_become_markup() {
    let form = sent("who=self&system=a&reason=%3C%2Ftextarea%3E%3Cscript%3E");
    let page: String = form.questions().map(|question| question.to_string()).collect();
    assert!(!page.contains("<script"));
}

#[test]
fn a_password_is_never_drawn_again() {
    let fields = vec![Field::password("now", Label::text("パスワード")), Field::text("x", Label::text("x"))];
    let dates = form().dates;
    let form = Form::new(Words(Lang::Ja), dates, fields).take(FormInput::parse(b"now=secret-1&x=").unwrap()).unwrap();
    assert!(!form.draw("now").unwrap().to_string().contains("secret-1"));
}

#[test]
fn a_day_may_be_written_in_any_common_way() {
    let form = sent("who=self&system=a&reason=x&until=R8.12.1");
    assert!(form.draw("until").unwrap().to_string().contains(r#"value="2026-12-01""#));
    assert!(form.draw("until").unwrap().to_string().contains("令和8年12月1日(火)"));
}
