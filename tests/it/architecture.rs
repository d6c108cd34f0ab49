//! The house keeps its shape: imports only downward, features strangers to one another, tables written by one room.
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From the ground up; a room may use itself and what stands before it.
const FLOORS: [&str; 7] = ["kernel", "web", "people", "engines", "features", "portal", "cli"];
/// Which engine may use which others.
const ENGINES: [(&str, &[&str]); 3] =
    [("regulations", &[]), ("ledgers", &["regulations"]), ("requests", &["regulations", "ledgers"])];
/// Tables that every room may write, through `Work` and `roster`.
const WRITERS: &[(&str, &[&str])] = &[
    ("audit.event", &["kernel"]),
    ("audit.checkpoint", &["kernel"]),
    ("job", &["kernel", "features/administration"]),
    ("outbox", &["kernel"]),
    ("idempotency", &["kernel"]),
    ("organisation", &["portal"]),
    ("holiday", &["kernel", "features/administration"]),
    ("closure", &["kernel", "features/administration"]),
    ("department", &["people"]),
    ("person", &["people"]),
    ("post", &["people"]),
    ("stand_in", &["people"]),
    ("stand_in_proposal", &["people"]),
    ("sign_in_elsewhere", &["people"]),
    ("pledge", &["people"]),
    ("roster_import", &["people"]),
    ("set_up", &["features/setup"]),
    ("department_name", &["people"]),
    ("organisation_chart", &["features/functions"]),
    ("function_handover", &["features/functions"]),
    ("auth.credential", &["people"]),
    ("auth.past_password", &["people"]),
    ("auth.activation", &["people"]),
    ("auth.session", &["people", "kernel"]),
    ("auth.trusted_browser", &["people", "kernel"]),
    ("auth.step_up", &["people", "kernel"]),
    // made by the database from the event itself
    ("evidence", &[]),
    ("adoption", &["engines/regulations"]),
    ("parameter_value", &["engines/regulations"]),
    ("request", &["engines/requests"]),
    ("request_line", &["engines/requests"]),
    ("decision", &["engines/requests"]),
    ("prepared_draft", &["engines/requests"]),
    ("execution", &["engines/requests"]),
    ("information_system", &["features/systems"]),
    ("system_right", &["features/systems"]),
    ("account", &["features/accounts"]),
    ("privileged_account", &["features/privileged"]),
    ("privileged_use", &["features/privileged"]),
    ("personnel_movement", &["features/movements"]),
    ("movement_request", &["features/movements"]),
];

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut waiting = vec![root.clone()];
    while let Some(dir) = waiting.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// The floor, and the room on it.
fn place(path: &str) -> (&str, &str) {
    let mut parts = path.trim_end_matches(".rs").split('/');
    let floor = parts.next().unwrap_or_default();
    (floor, parts.next().unwrap_or_default())
}

/// Every `crate::a::b` in the file, outside of comments.
fn imports(text: &str) -> BTreeSet<(String, String)> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with('$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        let floor = name(rest);
        let after = rest[floor.len()..].strip_prefix("::").unwrap_or_default();
        if let Some(list) = after.strip_prefix('{') {
            let list = &list[..list.find('}').unwrap_or(list.len())];
            found.extend(list.split(',').map(|item| (floor.clone(), name(item.trim()))));
        } else {
            found.insert((floor, name(after)));
        }
    }
    found
}

#[test]
fn arrows_point_only_downward() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let path = path.to_string_lossy().into_owned();
        let (floor, room) = place(&path);
        let Some(height) = FLOORS.iter().position(|name| *name == floor) else { continue };
        for (other, other_room) in imports(&text) {
            let Some(other_height) = FLOORS.iter().position(|name| *name == other) else { continue };
            let strangers = floor == "features"
                && other == "features"
                && !room.is_empty()
                && room != "mod"
                && other_room != room
                && other_room.starts_with(|c: char| c.is_lowercase());
            let allowed = ENGINES.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, may)| *may);
            let crossed = floor == "engines"
                && other == "engines"
                && other_room != room
                && room != "mod"
                && !allowed.contains(&other_room.as_str());
            if other_height > height || strangers || crossed {
                wrong.push(format!("{path} uses crate::{other}::{other_room}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for_and_stays_small() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if !text.starts_with("//!") {
            wrong.push(format!("{} does not say what it is for", path.display()));
        }
        let lines = text.lines().count();
        if lines > 650 {
            wrong.push(format!("{} has {lines} lines: split it", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `insert into x`, `update x set`, `delete from x` in a room's SQL.
fn written(text: &str) -> BTreeSet<String> {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = BTreeSet::new();
    for verb in ["insert into ", "delete from ", "update "] {
        for (at, _) in flat.match_indices(verb) {
            let rest = &flat[at + verb.len()..];
            let table: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_' || *c == '.').collect();
            let after = &rest[table.len()..];
            if verb != "update " || after.starts_with(" set ") || after.starts_with(" as ") {
                found.insert(table);
            }
        }
    }
    found
}

#[test]
fn each_table_is_written_by_its_own_room() {
    let writers: BTreeMap<&str, &[&str]> = WRITERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let path = path.to_string_lossy().into_owned();
        let own = |rooms: &&[&str]| rooms.iter().any(|room| path.starts_with(room));
        for table in written(&text) {
            if writers.get(table.as_str()).is_some_and(|rooms| !own(rooms)) {
                wrong.push(format!("{path} writes {table}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn built_sql_stays_in_its_one_place() {
    let wrong: Vec<String> = sources()
        .into_iter()
        .filter(|(path, text)| text.contains("AssertSqlSafe") && !path.starts_with("engines/ledgers/sql.rs"))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(wrong.is_empty(), "SQL is put together outside engines/ledgers/sql.rs: {wrong:?}");
}
