//! Forms as people fill them in.
use super::choice::{Choice, Options};
use super::content::{Content, Words};
use super::form::*;
use super::typed::Typed;

const SYSTEM: &str = "0198c0de-0000-7000-8000-000000000001";

fn form() -> Form {
    let kinds = vec![Choice::fixed("new", Words::key("k-new")), Choice::fixed("admin", Words::key("k-admin"))];
    Form {
        sections: vec![Section {
            title: Words::key("s"),
            fields: vec![
                Field::new("user", Words::key("l-user"), Input::Person),
                Field::new("systems", Words::key("l-systems"), Input::Rights { source: "systems".into() }),
                Field::new("level", Words::key("l-level"), Input::Choice { options: kinds }),
                Field::new("why", Words::key("l-why"), Input::LongText { max: 10 })
                    .visible_when(When::answered("level", &["admin"])),
                Field::new("until", Words::key("l-until"), Input::Date)
                    .required_when(When::answered("user.employment", &["fixed_term"])),
            ],
        }],
    }
}

fn options() -> Options {
    let okada = Choice::named("p1", "岡田 陽向")
        .with_aliases(["027163".into(), "おかだ ひなた".into()])
        .with_fact("employment", "permanent");
    let mori = |id| Choice::named(id, "森 葵").with_aliases(["もり あおい".into()]);
    let namesake = [mori("p2").with_fact("employment", "fixed_term"), mori("p3")];
    let system = Choice::named(SYSTEM, "住民情報系システム").with_rights(vec![Choice::named("view", "参照")]);
    [("user".to_owned(), [vec![okada], namesake.to_vec()].concat()), ("systems".to_owned(), vec![system])].into()
}

fn typed(pairs: &[(&str, &str)]) -> Typed {
    Typed::new(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())))
}

fn read(typed: &Typed) -> (Content, Vec<FieldError>) {
    form().read(typed, &options(), "2026-11-20".parse().unwrap())
}

fn keys(errors: &[FieldError]) -> Vec<(&str, &str)> {
    errors.iter().map(|error| (error.field.as_str(), error.message.key.as_str())).collect()
}

#[test]
fn everything_missing_is_said_at_once_in_the_order_of_the_page() {
    let (_, errors) = read(&typed(&[]));
    let expected =
        [("user", "requests-error-fill"), ("systems", "requests-error-choose"), ("level", "requests-error-choose")];
    assert_eq!(keys(&errors), expected);
}

#[test]
fn a_person_is_found_by_number_in_any_width_by_name_in_any_spacing_and_by_reading_in_any_kana() {
    for text in ["027163", "０２７１６３", "岡田　陽向", "岡田陽向", "おかだ ひなた", "オカダヒナタ", "ｵｶﾀﾞ　ﾋﾅﾀ"]
    {
        let (content, _) = read(&typed(&[("user", text)]));
        assert_eq!(content.text("user"), Some("p1"), "{text}");
    }
    for text in ["099999", "％", "おかた ひなこ"] {
        let (_, errors) = read(&typed(&[("user", text)]));
        assert_eq!(errors[0].message.key, "requests-error-person", "{text}");
    }
}

#[test]
fn who_is_meant_among_several_is_asked_and_pointed_at() {
    // namesakes, and whoever a part of a name recalls
    for (text, count) in [("森 葵", "2"), ("もり", "2"), ("岡田", "1"), ("0271", "1")] {
        let (content, errors) = read(&typed(&[("user", text)]));
        assert_eq!(
            (content.get("user"), errors[0].message.key.as_str()),
            (None, "requests-error-person-choose"),
            "{text}"
        );
        assert!(errors[0].message.args.contains(&("count", Words::plain(count))), "{text}");
    }
    let (content, _) = read(&typed(&[("user", "森 葵"), ("user.pick", "p3")]));
    assert_eq!(content.text("user"), Some("p3"));
    // who was pointed at before is not meant by what is typed now
    let (content, _) = read(&typed(&[("user", "027163"), ("user.pick", "p3")]));
    assert_eq!(content.text("user"), Some("p1"));
    let (content, _) = read(&typed(&[("user", "森 葵"), ("user.pick", "p1")]));
    assert_eq!(content.get("user"), None);
}

#[test]
fn a_hidden_question_is_neither_asked_nor_answered() {
    let base = [("user", "p1"), ("systems", SYSTEM), ("systems.0198c0de-0000-7000-8000-000000000001", "view")];
    let mut new = base.to_vec();
    new.extend([("level", "new"), ("why", "ここは消える")]);
    let (content, errors) = read(&typed(&new));
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(content.get("why"), None);
    let mut admin = base.to_vec();
    admin.push(("level", "admin"));
    assert_eq!(keys(&read(&typed(&admin)).1), [("why", "requests-error-fill")]);
}

#[test]
fn an_end_date_is_asked_of_those_whose_employment_ends() {
    let until = |user| keys(&read(&typed(&[("user", user)])).1).contains(&("until", "requests-error-fill"));
    assert!(until("p2"));
    assert!(!until("p1"));
    assert!(!until("p3"));
}

#[test]
fn only_offered_systems_and_rights_are_taken() {
    let right = "systems.0198c0de-0000-7000-8000-000000000001";
    let other = "0198c0de-0000-7000-8000-0000000000ff";
    for (pairs, key) in [
        (vec![("systems", SYSTEM), (right, "root")], "requests-error-right"),
        (vec![("systems", SYSTEM)], "requests-error-right"),
        (vec![("systems", other)], "requests-error-choose"),
    ] {
        let (content, errors) = read(&typed(&pairs));
        assert!(content.grants("systems").is_empty());
        assert!(errors.iter().any(|error| error.field == "systems" && error.message.key == key), "{pairs:?}");
    }
}

#[test]
fn too_long_text_and_an_impossible_date_are_refused_with_words() {
    let pairs = [("level", "admin"), ("why", "あいうえおかきくけこさ"), ("until", "2026-02-30")];
    let (_, errors) = read(&typed(&pairs));
    assert!(keys(&errors).contains(&("why", "requests-error-too-long")));
    assert!(keys(&errors).contains(&("until", "date-fault-no-such-day")));
}

#[test]
fn a_stored_content_typed_again_reads_the_same() {
    let right = "systems.0198c0de-0000-7000-8000-000000000001";
    let pairs = [("user", "p1"), ("systems", SYSTEM), (right, "view"), ("level", "new"), ("until", "2027-03-31")];
    let (content, errors) = read(&typed(&pairs));
    assert!(errors.is_empty());
    assert_eq!(read(&Typed::again(&content)).0, content);
}

#[test]
fn control_characters_and_direction_marks_do_not_enter() {
    let typed = typed(&[("why", "a\u{0}b\u{202e}c\r\nd\u{7}")]);
    assert_eq!(typed.one("why"), "abc\nd");
}

#[test]
fn rights_are_shown_as_system_and_right() {
    let right = "systems.0198c0de-0000-7000-8000-000000000001";
    let (content, _) = read(&typed(&[("systems", SYSTEM), (right, "view")]));
    let shown = form().show(&content, &options());
    let systems = shown.iter().find(|field| field.field == "systems").map(|field| field.lines.clone());
    assert_eq!(systems, Some(vec![Words::Plain("住民情報系システム — 参照".into())]));
}
