//! The message catalogues: every key that is said exists, in both languages, with the same values; none is left over.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_templates::fluent_bundle::FluentResource;
use mamori::web::icons::Icon;

use crate::support::source::{Said, files_under, root};

/// Keys put together at run time by other means than `of("family", …)` or `format!("family-{…}")`, each with the place.
const BUILT: &[(&str, &str)] = &[];

/// Words in the source that look like keys of a family but are none.
const NOT_KEYS: &[&str] = &[
    "form-data", // part of a content type
];

struct Message {
    file: String,
    values: BTreeSet<String>,
    text: String,
}

type Catalogue = BTreeMap<String, Vec<Message>>;

fn catalogue(lang: &str) -> Catalogue {
    let mut found = Catalogue::new();
    for path in files_under(&format!("locales/{lang}"), "ftl") {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        for (key, text) in entries(&std::fs::read_to_string(&path).unwrap()) {
            let values = values(&text);
            found.entry(key).or_default().push(Message { file: file.clone(), values, text });
        }
    }
    found
}

/// Key and text of each message: a message begins at the margin and goes on while lines are indented.
fn entries(source: &str) -> Vec<(String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in source.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        match (line.starts_with([' ', '}']), line.split_once('='), entries.last_mut()) {
            (true, _, Some((_, text))) => {
                text.push('\n');
                text.push_str(line.trim());
            }
            (false, Some((key, text)), _) => entries.push((key.trim().to_owned(), text.trim().to_owned())),
            _ => panic!("not a message: {line}"),
        }
    }
    entries
}

fn values(text: &str) -> BTreeSet<String> {
    text.split('$')
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect())
        .collect()
}

fn is_kebab(text: &str) -> bool {
    text.contains('-')
        && text
            .split('-')
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

fn family(key: &str) -> &str {
    key.split('-').next().unwrap_or(key)
}

#[test]
fn every_file_is_read_by_fluent() {
    for lang in ["ja", "en"] {
        for path in files_under(&format!("locales/{lang}"), "ftl") {
            let source = std::fs::read_to_string(&path).unwrap();
            if let Err((_, faults)) = FluentResource::try_new(source) {
                panic!("{}: {faults:?}", path.display());
            }
        }
    }
}

#[test]
fn no_key_stands_twice() {
    for lang in ["ja", "en"] {
        for (key, messages) in catalogue(lang) {
            let files: Vec<_> = messages.iter().map(|message| message.file.as_str()).collect();
            assert_eq!(files.len(), 1, "{lang}: {key} stands in {files:?}");
        }
    }
}

#[test]
fn both_languages_say_the_same_things_with_the_same_values() {
    let (ja, en) = (catalogue("ja"), catalogue("en"));
    let mut faults = Vec::new();
    for (key, messages) in &ja {
        match en.get(key) {
            None => faults.push(format!("{key} ({}) is missing in en", messages[0].file)),
            Some(other) if other[0].values != messages[0].values => {
                faults.push(format!("{key}: ja takes {:?}, en {:?}", messages[0].values, other[0].values));
            }
            Some(other) if other[0].file != messages[0].file => {
                faults.push(format!("{key} stands in {} and {}", messages[0].file, other[0].file));
            }
            Some(_) => {}
        }
    }
    faults.extend(en.keys().filter(|key| !ja.contains_key(*key)).map(|key| format!("{key} is missing in ja")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_message_is_empty_or_left_in_the_other_language() {
    for (key, messages) in catalogue("en") {
        let text = &messages[0].text;
        assert!(!text.is_empty(), "{key} is empty");
        let kana = text.chars().filter(|c| matches!(c, 'ぁ'..='ん' | 'ァ'..='ヶ')).count();
        assert!(kana == 0, "{key} is Japanese in the English catalogue: {text}");
    }
}

#[test]
fn every_key_that_is_said_exists() {
    let ja = catalogue("ja");
    let families: BTreeSet<&str> = ja.keys().map(|key| family(key)).collect();
    let said = Said::read();
    let missing: Vec<String> = said
        .literals
        .iter()
        .filter(|(literal, _)| is_kebab(literal))
        .filter(|(literal, _)| families.contains(family(literal)) || said.asked.contains_key(*literal))
        .filter(|(literal, _)| !NOT_KEYS.contains(&literal.as_str()) && !said.families.contains(*literal))
        .filter(|(literal, _)| !ja.contains_key(*literal))
        .map(|(literal, path)| format!("{literal} in {}", shown(path)))
        .collect();
    assert!(missing.is_empty(), "no such key:\n{}", missing.join("\n"));
}

#[test]
fn no_key_is_left_over() {
    let said = Said::read();
    let families = said.families.iter().map(|family| format!("{family}-"));
    // format!("request-state-{state}")
    let built = said.literals.keys().filter_map(|literal| literal.split_once('{')).map(|(before, _)| before.to_owned());
    let prefixes: Vec<String> = families
        .chain(built.filter(|before| is_kebab(before.trim_end_matches('-')) && before.ends_with('-')))
        .chain(BUILT.iter().map(|(prefix, _)| (*prefix).to_owned()))
        .collect();
    let left: Vec<String> = catalogue("ja")
        .iter()
        .filter(|(key, _)| !said.literals.contains_key(*key))
        .filter(|(key, _)| !prefixes.iter().any(|prefix| key.starts_with(prefix.as_str())))
        .map(|(key, messages)| format!("{key} in {}", messages[0].file))
        .collect();
    assert!(left.is_empty(), "nobody says:\n{}", left.join("\n"));
}

/// What stands after a member of a family where the family says more than one thing of each.
const PARTS: &[&str] = &["-text", "-hint"];

#[test]
fn each_member_of_a_family_is_a_word_that_the_program_knows() {
    let said = Said::read();
    let dashed = |text: &str| text.replace(['_', '.'], "-");
    // states, kinds and reasons are literals of the program, or of what regulations and the database are made of
    let mut known: BTreeSet<String> = said.literals.keys().map(|literal| dashed(literal)).collect();
    for (folder, ending) in [("regulations", "toml"), ("migrations", "sql")] {
        for path in files_under(folder, ending) {
            let text = std::fs::read_to_string(path).unwrap();
            let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')));
            known.extend(words.map(dashed));
        }
    }
    let prefixes: Vec<String> = said.families.iter().map(|family| format!("{family}-")).collect();
    let strange: Vec<String> = catalogue("ja")
        .keys()
        .filter(|key| !said.literals.contains_key(*key))
        .filter(|key| {
            let members: Vec<&str> = prefixes.iter().filter_map(|prefix| key.strip_prefix(prefix.as_str())).collect();
            let is_known = |member: &&str| {
                let bare = PARTS.iter().find_map(|part| member.strip_suffix(part));
                known.contains(&dashed(member)) || bare.is_some_and(|bare| known.contains(&dashed(bare)))
            };
            !members.is_empty() && !members.iter().any(is_known)
        })
        .cloned()
        .collect();
    assert!(!known.contains("member-of-no-family"), "everything would be known");
    assert!(strange.is_empty(), "of their families, the program knows nothing called so:\n{}", strange.join("\n"));
}

#[test]
fn one_thing_has_one_word_in_the_catalogue_and_in_the_forms_of_regulations() {
    let mut files = files_under("locales/ja", "ftl");
    files.extend(
        files_under("regulations", "toml")
            .into_iter()
            .filter(|path| path.to_string_lossy().ends_with(".bindings.toml")),
    );
    for path in files {
        let source = std::fs::read_to_string(&path).unwrap();
        for other in ["社員番号", "従業員番号", "社員コード", "職員コード"] {
            assert!(!source.contains(other), "{} says {other} for 職員番号", shown(&path));
        }
    }
}

#[test]
fn every_drawing_named_in_a_template_is_there() {
    for path in files_under("templates", "html") {
        let source = std::fs::read_to_string(&path).unwrap();
        for name in source.split(r#"ui::icon(""#).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(Icon::named(name).is_some(), "{} draws {name}", shown(&path));
        }
    }
}

#[test]
fn templates_hold_nothing_the_content_security_policy_forbids() {
    for path in files_under("templates", "html") {
        let source = std::fs::read_to_string(&path).unwrap();
        for never in [" style=", "<style", "javascript:", "|safe", "| safe", " onclick=", " onchange=", " onsubmit="] {
            assert!(!source.contains(never), "{} has {never}", shown(&path));
        }
        let inline =
            source.split("<script").skip(1).any(|tag| !tag.split('>').next().unwrap_or_default().contains(" src="));
        assert!(!inline, "{} has a script of its own", shown(&path));
    }
}

#[test]
fn every_posting_form_is_drawn_by_the_macros_that_carry_the_token() {
    for path in files_under("templates", "html") {
        let source = std::fs::read_to_string(&path).unwrap();
        let posts = source.contains(r#"method="post""#) || source.contains("method=post");
        assert!(!posts || path.ends_with("templates/parts/ui.html"), "{} has a form of its own", shown(&path));
    }
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
