//! The house keeps its shape: imports only downward, features strangers to one another, tables written by one room and read
//! by it and those above.
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support::source::{files_under, rust_literals, without_tests};

/// From the ground up; a room may use itself and what stands before it.
const FLOORS: [&str; 7] = ["kernel", "web", "people", "engines", "features", "portal", "cli"];
/// Which engine may use which others.
const ENGINES: [(&str, &[&str]); 3] =
    [("regulations", &[]), ("ledgers", &["regulations"]), ("requests", &["regulations", "ledgers"])];
/// Who writes a table.
#[derive(Clone, Copy)]
enum By {
    /// the room it belongs to, and nobody else
    Own,
    /// these too
    Also(&'static [&'static str]),
    /// nobody: triggers and functions keep it
    Database,
}
use By::{Also, Database, Own};

/// Every table, and the room it belongs to. That room and those above it may read it; a room beside it reads its views.
const TABLES: &[(&str, &str, By)] = &[
    ("audit.event", "kernel", Own),
    ("audit.checkpoint", "kernel", Own),
    ("audit.chain", "kernel", Database),
    // the bulk of the large demo moves the head on, counts its numbers and fills in what its versions are found by
    ("audit.head", "kernel", Also(&["cli/demo/large"])),
    ("audit.shape", "kernel", Database),
    ("evidence", "kernel", Database),
    ("job", "kernel", Also(&["features/administration"])),
    ("outbox", "kernel", Own),
    ("notice", "kernel", Own),
    ("notice_choice", "kernel", Own),
    ("idempotency", "kernel", Own),
    // the one line that says whose portal this is: written when the house is founded, read on every floor
    ("organisation", "kernel", Also(&["portal"])),
    ("holiday", "kernel", Also(&["features/administration"])),
    ("closure", "kernel", Also(&["features/administration"])),
    ("department", "people", Own),
    ("department_name", "people", Own),
    ("person", "people", Own),
    ("post", "people", Own),
    ("stand_in", "people", Own),
    ("stand_in_proposal", "people", Own),
    ("designation", "people", Own),
    ("acting_rule", "people", Own),
    ("acting_rule_taken_back", "people", Own),
    ("absence", "people", Own),
    ("sign_in_elsewhere", "people", Own),
    ("pledge", "people", Own),
    ("roster_import", "people", Own),
    ("filing_table", "engines/requests", Own),
    ("attachment", "engines/requests", Own),
    // with the file it belongs to, by the database
    ("attachment_content", "engines/requests", Own),
    ("request_rerouting", "engines/requests", Own),
    ("route_fault", "engines/requests", Own),
    ("auth.credential", "people", Own),
    ("auth.past_password", "people", Own),
    ("auth.activation", "people", Own),
    ("auth.trusted_browser", "people", Own),
    // what has ended is swept by the nightly job
    ("auth.session", "people", Also(&["kernel/jobs/housekeeping"])),
    ("auth.step_up", "people", Also(&["kernel/jobs/housekeeping"])),
    ("adoption", "engines/regulations", Own),
    ("adoption_taken_back", "engines/regulations", Own),
    ("parameter_value", "engines/regulations", Own),
    ("own_route", "engines/regulations", Own),
    ("own_route_taken_back", "engines/regulations", Own),
    ("ledger_view", "engines/ledgers", Own),
    ("request", "engines/requests", Own),
    ("request_number", "engines/requests", Also(&["cli/demo/large"])),
    ("request_round", "engines/requests", Own),
    ("request_step", "engines/requests", Own),
    ("request_line", "engines/requests", Own),
    ("request_comment", "engines/requests", Own),
    ("circulation", "engines/requests", Own),
    ("circulation_read", "engines/requests", Own),
    ("decision", "engines/requests", Own),
    ("ex_post_review", "engines/requests", Own),
    ("execution", "engines/requests", Own),
    ("acknowledgement", "engines/requests", Own),
    ("prepared_draft", "engines/requests", Own),
    ("set_up", "features/setup", Own),
    ("organisation_chart", "features/functions", Own),
    ("function_handover", "features/functions", Own),
    ("information_system", "features/systems", Own),
    ("information_system_history", "features/systems", Database),
    ("system_right", "features/systems", Own),
    ("system_right_history", "features/systems", Database),
    ("account", "features/accounts", Own),
    ("account_history", "features/accounts", Also(&["cli/demo/large"])),
    ("privileged_account", "features/privileged", Own),
    ("privileged_account_history", "features/privileged", Database),
    ("privileged_use", "features/privileged", Own),
    ("privileged_use_history", "features/privileged", Database),
    ("personnel_movement", "features/movements", Own),
    ("movement_request", "features/movements", Own),
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

/// What a room's SQL touches.
#[derive(Debug, Default, PartialEq, Eq)]
struct Touched {
    written: BTreeSet<String>,
    read: BTreeSet<String>,
}

/// Words and signs of a piece of SQL: what is quoted in it says nothing about tables.
fn tokens(sql: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, part) in sql.replace('\\', " ").split('\'').enumerate() {
        if at % 2 == 1 {
            continue;
        }
        let mut word = String::new();
        for letter in part.chars().chain([' ']) {
            if letter.is_alphanumeric() || letter == '_' || letter == '.' {
                word.push(letter.to_ascii_lowercase());
                continue;
            }
            if !word.is_empty() {
                found.push(std::mem::take(&mut word));
            }
            if matches!(letter, '(' | ')' | ',' | '=') {
                found.push(letter.to_string());
            }
        }
    }
    found
}

/// The end of what opens at this bracket.
fn closed(sql: &[String], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in sql.iter().enumerate().skip(open) {
        match token.as_str() {
            "(" => depth += 1,
            ")" if depth == 1 => return at,
            ")" => depth -= 1,
            _ => {}
        }
    }
    sql.len()
}

/// `from a x, lateral b(…) y, c`: each table of such a list.
fn listed(sql: &[String], mut at: usize) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        while matches!(sql.get(at).map(String::as_str), Some("lateral" | "only")) {
            at += 1;
        }
        let Some(name) = sql.get(at) else { return found };
        if name == "(" {
            // what stands inside is read by itself
            at = closed(sql, at);
        } else if sql.get(at + 1).is_some_and(|next| next == "(") {
            at = closed(sql, at + 1);
        } else {
            found.push(name.clone());
        }
        at += 1;
        let alias = |at: usize| match sql.get(at).map(String::as_str) {
            Some("as") => true,
            Some("," | ")" | "=") | None => false,
            Some(_) => sql.get(at + 1).is_some_and(|next| next == ","),
        };
        while alias(at) {
            at += 1;
        }
        if sql.get(at).is_none_or(|next| next != ",") {
            return found;
        }
        at += 1;
    }
}

/// `insert into x`, `update x set`, `delete from x`, and what is read after `from` and `join`.
fn touched(sql: &str) -> Touched {
    let sql = tokens(sql);
    let word = |at: usize| sql.get(at).map(String::as_str).unwrap_or_default();
    let mut found = Touched::default();
    for at in 0..sql.len() {
        let before = at.checked_sub(1).map(word).unwrap_or_default();
        match word(at) {
            "into" if before == "insert" => {
                found.written.insert(word(at + 1).to_owned());
            }
            "from" if before == "delete" => {
                found.written.insert(word(at + 1).to_owned());
            }
            "update" if before != "for" && before != "do" && before != "key" => {
                // `update x set`, `update x as y set`, `update x y set`
                let aliased = word(at + 2) == "as" && word(at + 4) == "set";
                if aliased || word(at + 2) == "set" || word(at + 3) == "set" {
                    found.written.insert(word(at + 1).to_owned());
                }
            }
            // what `is distinct from` and `extract(epoch from …)` name is no table, and is asked after by no one
            "from" | "join" | "using" => found.read.extend(listed(&sql, at + 1)),
            _ => {}
        }
    }
    found
}

#[test]
fn what_sql_touches_is_read_out_of_it() {
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    let cases: [(&str, &[&str], &[&str]); 10] = [
        ("insert into post (id) select p.id from person p where p.name = 'from request'", &["post"], &["person"]),
        ("update request set state = $1", &["request"], &[]),
        ("update request r set state = $1 from decision d where d.id = r.id", &["request"], &["decision"]),
        ("update request as r set state = $1", &["request"], &[]),
        ("delete from auth.session s using person p", &["auth.session"], &["person"]),
        ("select 1 from person p, post as t, unnest($1) u, account where true", &[], &["person", "post", "account"]),
        ("select from (select 1 from person) x, post", &[], &["person", "post"]),
        ("left join lateral (select 1 from request_step) s on true", &[], &["request_step"]),
        ("select id from job for update skip locked", &[], &["job"]),
        ("insert into holiday (day) values ($1) on conflict (day) do update set name = $2", &["holiday"], &[]),
    ];
    for (sql, written, read) in cases {
        assert_eq!(touched(sql), Touched { written: names(written), read: names(read) }, "{sql}");
    }
}

/// Each piece of SQL of the program, and the names that a ledger gives its tables, with the file it stands in.
fn statements() -> Vec<(String, Touched)> {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let path = path.to_string_lossy().into_owned();
        for (before, literal) in rust_literals(&without_tests(&text)) {
            let names = ["table:", "history:"].iter().any(|field| before.trim_end().ends_with(field));
            let touched = if names {
                Touched { read: BTreeSet::from([literal]), ..Touched::default() }
            } else {
                touched(&literal)
            };
            found.push((path.clone(), touched));
        }
    }
    found
}

/// What the migrations make: tables, and views.
fn made() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut tables, mut views) = (BTreeSet::new(), BTreeSet::new());
    for path in files_under("migrations", "sql") {
        for line in std::fs::read_to_string(path).unwrap().lines().filter(|line| !line.contains(" partition of ")) {
            let named =
                |what: &str| line.strip_prefix(what).map(|rest| rest.split([' ', '(']).next().unwrap().to_owned());
            tables.extend(named("create table "));
            views.extend(named("create view ").or_else(|| named("create or replace view ")));
        }
    }
    (tables, views)
}

/// How high the house a room stands.
fn height(path: &str) -> usize {
    let (floor, _) = place(path);
    FLOORS.iter().position(|name| *name == floor).unwrap_or(FLOORS.len())
}

/// Whether this file may read what belongs to that room: the room itself, and whoever stands above it.
fn may_read(path: &str, owner: &str) -> bool {
    let ((floor, room), (_, owning)) = (place(path), place(owner));
    let engines = || ENGINES.iter().find(|(name, _)| *name == room).is_some_and(|(_, below)| below.contains(&owning));
    path.starts_with(owner)
        || height(path) > height(owner)
        || floor == "engines" && owner.starts_with("engines") && engines()
}

#[test]
fn every_table_belongs_to_a_room() {
    let listed: BTreeSet<String> = TABLES.iter().map(|(table, ..)| (*table).to_owned()).collect();
    let (tables, views) = made();
    assert_eq!(listed, tables, "TABLES and the migrations name different tables");
    assert!(views.iter().all(|view| view.ends_with("_pub")), "a view is published under a name of its own: {views:?}");
}

#[test]
fn each_table_is_written_by_its_own_room() {
    let tables: BTreeMap<&str, (&str, By)> = TABLES.iter().map(|(table, owner, by)| (*table, (*owner, *by))).collect();
    let mut wrong = BTreeSet::new();
    for (path, touched) in statements() {
        for table in touched.written {
            let right = match tables.get(table.as_str()) {
                Some((owner, Own)) => path.starts_with(owner),
                Some((owner, Also(others))) => {
                    path.starts_with(owner) || others.iter().any(|room| path.starts_with(room))
                }
                Some((_, Database)) | None => false,
            };
            if !right {
                wrong.insert(format!("{path} writes {table}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_table_is_read_from_its_own_room_and_from_above() {
    let mut wrong = BTreeSet::new();
    for (path, touched) in statements() {
        for (table, owner, by) in TABLES {
            let also = matches!(by, Also(others) if others.iter().any(|room| path.starts_with(room)));
            if touched.read.contains(*table) && !also && !may_read(&path, owner) {
                wrong.insert(format!("{path} reads {table}, which is {owner}'s: read one of its views"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Where SQL is put together: the columns that ledgers declare; and ids, a moment, yes and no at the beginning of a transaction.
const BUILDERS: [&str; 2] = ["engines/ledgers/sql.rs", "kernel/database.rs"];

#[test]
fn built_sql_stays_in_its_one_place() {
    let wrong: Vec<String> = sources()
        .into_iter()
        .filter(|(path, text)| text.contains("AssertSqlSafe") && !BUILDERS.iter().any(|here| path.starts_with(here)))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(wrong.is_empty(), "SQL is put together outside {BUILDERS:?}: {wrong:?}");
}

#[test]
fn people_are_told_by_notices_alone() {
    let mailed: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| text.contains("work.mail("))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert_eq!(
        mailed,
        ["features/notices/digest.rs"],
        "who writes a mail past `Work::notify` tells nobody under the bell"
    );
}
