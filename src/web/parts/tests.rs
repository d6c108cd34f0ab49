//! Parts draw what they are given, escaped, and say it in words as well.
use askama::Template;

use super::*;
use crate::web::dates::{Due, Urgency};
use crate::web::icons::Icon;
use crate::web::locale::{Lang, Words};
use crate::web::shell::Link;

const HOSTILE: &str = r#""><script>alert(1)</script>'"#;

fn route(w: Words, text: &str) -> Vec<RouteStep> {
    vec![
        RouteStep::new(Outcome::Done, Slot::Stamp(Stamp::new(w, text, text, "R8.11.16", text).deputy(w)), text)
            .role(text)
            .who(text, text)
            .when(text)
            .say(text),
        RouteStep::new(Outcome::Now, Slot::Word(text.to_owned()), text).flag(Flag::new(Urgency::Soon, text)),
    ]
}

fn every_part(w: Words, text: &str) -> Vec<String> {
    let link = Link::new("/x", text);
    let due = Due { urgency: Urgency::Over, text: text.to_owned() };
    let fact = Fact::new(text, text).note(text).tag(Tag::new(TagTone::Work, text)).change("/edit");
    let entry = Entry::new(text, text, text).note(text).change(text, text, "").mark(Mark::Good);
    vec![
        Tag::new(TagTone::Over, text).large().render().unwrap(),
        Dots::new(w, 2, 4).render().unwrap(),
        Route { steps: route(w, text) }.render().unwrap(),
        MiniRoute { steps: route(w, text) }.render().unwrap(),
        Flow { steps: vec![FlowStep { act: text.into(), who: text.into(), note: text.into(), maybe: true }] }
            .render()
            .unwrap(),
        Timeline { entries: vec![entry], small: true }.render().unwrap(),
        Comment { name: text.into(), at: text.into(), machine: text.into(), text: text.into() }.render().unwrap(),
        Facts::new(w, vec![fact]).render().unwrap(),
        Todo { items: vec![TodoItem { link, note: text.into(), due: Some((due, text.into())), action: text.into() }] }
            .render()
            .unwrap(),
        Empty::new(Icon::Inbox, text).text(text).action("/x", text).render().unwrap(),
        Steps { label: text.into(), steps: vec![text.into(), text.into()], now: 1 }.render().unwrap(),
    ]
}

#[test]
fn every_part_speaks_both_languages_and_escapes_what_it_is_given() {
    for lang in Lang::ALL {
        for part in every_part(Words(lang), HOSTILE) {
            assert!(!part.contains('⟦'), "{part}");
            assert!(!part.contains("<script"), "{part}");
        }
    }
}

#[test]
fn a_stamp_says_in_its_label_all_that_it_shows() {
    let w = Words(Lang::Ja);
    let stamp = Stamp::new(w, "承認", "市民課", "R8.11.18", "大谷").deputy(w).render().unwrap();
    assert!(stamp.contains(r#"aria-label="承認印 市民課 R8.11.18 大谷（代理）""#), "{stamp}");
    assert!(stamp.contains(">代<"));
}

#[test]
fn a_long_department_stands_whole_inside_the_ring_on_two_lines() {
    let drawn =
        |place: &str, name: &str| Stamp::new(Words(Lang::Ja), "承認", place, "R8.11.18", name).render().unwrap();
    for (place, lines) in [
        ("市民課", vec!["市民課"]),
        ("総務企画課", vec!["総務企画課"]),
        ("情報システム部", vec!["情報", "システム部"]),
        ("情報セキュリティ推進課", vec!["情報", "セキュリティ推進課"]),
        ("国民健康保険課", vec!["国民", "健康保険課"]),
        ("営業部 第一課", vec!["営業部", "第一課"]),
        ("本社 営業部 第一課", vec!["営業部", "第一課"]),
    ] {
        let stamp = drawn(place, "大谷");
        let written: Vec<&str> =
            stamp.split("<text class=\"p").skip(1).filter_map(|text| text.split(['>', '<']).nth(1)).collect();
        assert_eq!(written, lines, "{place}");
    }
    assert!(drawn("市民課", "ファンデルベルフ").contains(">ファンデルベルフ<"));
}

#[test]
fn progress_is_said_in_words_as_well() {
    assert!(Dots::new(Words(Lang::Ja), 2, 4).render().unwrap().contains("4段階のうち2段階が済み"));
    assert!(Dots::new(Words(Lang::En), 2, 4).render().unwrap().contains("2 of 4 steps done"));
}

#[test]
fn a_change_shows_old_and_new() {
    let entry = Entry::new("11/17", "2026-11-17", "終了日を直しました").change("終了日", "3月30日", "3月31日");
    let page = Timeline { entries: vec![entry], small: false }.render().unwrap();
    assert!(page.contains("<del>3月30日</del>") && page.contains("<ins>3月31日</ins>"));
}
