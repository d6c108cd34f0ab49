//! The table of security.md § 10, row by row: which test fails when the value of a regulation is ignored, or for which room the
//! row waits. A parameter that nothing reads and that waits for no room fails here.
use std::collections::BTreeMap;

use mamori::engines::regulations::library::ROOMS;
use mamori::engines::regulations::parameters::{PARAMETERS, TO_COME};

use crate::support::source::{files_under, root, without_tests};

/// What keeps a row true.
enum Kept {
    /// These parameters, and the tests (file, name) that see what they do under each regulation.
    Proved(&'static [&'static str], &'static [(&'static str, &'static str)]),
    /// A parameter that is kept and shown, and on which nothing acts yet.
    Waits(&'static str),
    /// No parameter yet.
    ToCome(&'static str),
}
use Kept::{Proved, ToCome, Waits};

/// The rows, and after them the parameters of which the table does not speak.
const ROWS: &[(&str, Kept)] = &[
    (
        "pw_min / pw_classes",
        Proved(
            &["password_min_length", "password_classes", "password_forbidden_words"],
            &[
                ("profiles", "length_and_kinds_of_characters_are_those_of_the_regulation"),
                ("under_katsuura", "what_others_guess_easily_is_no_password_and_the_office_adds_its_own_words"),
            ],
        ),
    ),
    (
        "pw_max_age / pw_history",
        Proved(
            &["password_max_age", "password_history"],
            &[
                ("profiles", "passwords_grow_old_where_the_regulation_says_so_and_after_its_time"),
                ("profiles", "former_passwords_come_back_only_after_as_many_as_the_regulation_says"),
                ("under_coop_sign_in", "a_password_that_was_used_never_comes_back"),
            ],
        ),
    ),
    (
        "lock_after / lock_mode",
        Proved(
            &["lock_after", "lock_mode"],
            &[("profiles", "an_account_locks_at_the_failure_that_the_regulation_names_and_opens_as_it_says")],
        ),
    ),
    ("mfa_required_tiers", ToCome("second-factor-tiers")),
    (
        "unused_disable",
        Proved(
            &["account_unused_limit"],
            &[
                ("unused_ids", "an_id_that_nobody_uses_is_stopped_after_a_warning_and_opens_again"),
                ("unused_ids", "where_no_text_asks_for_it_nobody_is_stopped"),
                (
                    "under_katsuura_sign_in",
                    "an_id_that_nobody_uses_is_asked_about_once_and_the_notice_reaches_the_officer",
                ),
            ],
        ),
    ),
    ("rights_review", ToCome("rights-review")),
    ("log_retention", Waits("log_retention")),
    ("diary_retention", ToCome("diary-retention")),
    ("log_review", ToCome("log-review")),
    (
        "idle, absolute",
        Proved(
            &["idle_minutes", "absolute_hours"],
            &[
                ("profiles", "a_session_lives_as_long_as_the_regulation_lets_it"),
                ("under_katsuura_sign_in", "a_page_that_nobody_uses_covers_itself_and_every_page_is_left_by_one_act"),
            ],
        ),
    ),
    ("operating_hours", ToCome("operating-hours")),
    (
        "log_notice",
        Proved(
            &["log_notice"],
            &[
                ("profiles", "the_sign_in_page_and_the_page_of_values_say_what_the_regulation_says"),
                ("profiles", "the_notice_of_recording_goes_when_the_office_says_so_but_never_against_a_clause"),
            ],
        ),
    ),
    (
        "pw_autocomplete",
        Proved(
            &["password_autocomplete"],
            &[("profiles", "the_sign_in_page_and_the_page_of_values_say_what_the_regulation_says")],
        ),
    ),
    // that a long list asks for the password again holds under every regulation
    ("class-I export: step-up", Proved(&[], &[("ledgers", "more_than_a_thousand_rows_ask_for_the_password_again")])),
    ("class-I export / privacy viewing", ToCome("privacy-viewing")),
    (
        "privileged account",
        Proved(
            &["admin_separate_account", "administrators_per_system"],
            &[
                ("profiles", "administration_takes_an_account_of_its_own_where_the_regulation_says_so"),
                ("profiles", "how_few_administrators_of_a_system_are_too_few_is_what_the_regulation_says"),
                ("privileged", "administrator_rights_are_granted_after_approval_on_an_account_of_their_own_and_end"),
                ("privileged", "the_owning_section_decides_on_a_privileged_id_and_sees_how_many_there_are"),
                ("privileged", "where_no_request_brings_it_the_administrator_keeps_the_register_by_hand"),
            ],
        ),
    ),
    ("privileged account, R4: contractors", ToCome("contractor-rights")),
    ("emergency", ToCome("emergency-ratification")),
    (
        "sessions, codes, reminders",
        Proved(
            &[
                "sessions_per_person",
                "sessions_per_admin",
                "activation_hours",
                "password_change_at_first_logon",
                "password_reminders_days",
            ],
            &[("entered_values", "what_the_organisation_enters_is_what_happens")],
        ),
    ),
    (
        "identity check",
        Proved(
            &["identity_check_methods"],
            &[("entered_values", "the_ways_to_recognise_somebody_are_those_in_force_on_every_form")],
        ),
    ),
    (
        "owning section",
        Proved(
            &["owning_section_reads"],
            &[("profiles", "the_section_that_owns_a_system_sees_the_accounts_of_others_where_the_regulation_says_so")],
        ),
    ),
    // no row of the table: on it hangs which clauses concern the organisation
    (
        "servers of its own",
        Proved(
            &["servers_on_premises"],
            &[("entered_values", "an_article_for_those_with_servers_of_their_own_does_not_concern_the_others")],
        ),
    ),
    (
        "capacity",
        Proved(
            &["capacity_each_act"],
            &[(
                "capacity",
                "a_decision_is_made_in_the_function_that_was_chosen_and_nobody_is_asked_where_no_text_asks",
            )],
        ),
    ),
];

#[test]
fn every_row_of_the_profile_table_has_its_test_or_its_room() {
    let mut rows_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (row, kept) in ROWS {
        match kept {
            Proved(parameters, tests) => {
                assert!(!tests.is_empty(), "{row}");
                for (file, name) in *tests {
                    let text = std::fs::read_to_string(root().join(format!("tests/it/{file}.rs"))).unwrap();
                    assert!(text.contains(&format!("async fn {name}(")), "{row}: there is no {file}::{name}");
                }
                parameters.iter().for_each(|key| *rows_of.entry(key).or_default() += 1);
            }
            Waits(key) | ToCome(key) => *rows_of.entry(key).or_default() += 1,
        }
    }
    let waits = |key: &str| ROWS.iter().any(|(_, kept)| matches!(kept, Waits(waiting) if *waiting == key));
    for parameter in PARAMETERS {
        assert_eq!(rows_of.remove(parameter.key), Some(1), "{} stands in one row", parameter.key);
        assert_eq!(parameter.waits_for.is_some(), waits(parameter.key), "{}", parameter.key);
    }
    for one in TO_COME {
        assert_eq!(rows_of.remove(one.key), Some(1), "{} stands in one row", one.key);
    }
    assert!(rows_of.is_empty(), "nothing is called so: {rows_of:?}");
}

#[test]
fn a_parameter_is_read_by_a_room_or_says_for_which_it_waits() {
    let declared = std::fs::read_to_string(root().join("src/engines/regulations/parameters.rs")).unwrap();
    let rooms: Vec<String> = files_under("src", "rs")
        .iter()
        // what draws values and tries them does not act on them
        .filter(|path| !path.starts_with(root().join("src/engines/regulations")) && !path.ends_with("settings.rs"))
        .map(|path| without_tests(&std::fs::read_to_string(path).unwrap()))
        .collect();
    let bindings: Vec<String> =
        files_under("regulations", "toml").iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for parameter in PARAMETERS {
        // the board reads what clauses hang on
        if bindings.iter().any(|text| text.contains(&format!("applies_if = \"{}\"", parameter.key))) {
            continue;
        }
        let (_, entry) = declared.split_once(&format!("key: \"{}\"", parameter.key)).unwrap();
        let (_, read) = entry.split_once("shown(&s.").unwrap();
        let (group, rest) = read.split_once('.').unwrap();
        let field: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let names = [group, "rules", "set"].map(|holder| format!("{holder}.{field}"));
        let is_read = rooms.iter().any(|text| names.iter().any(|name| has_word(text, name)));
        assert_eq!(is_read, parameter.waits_for.is_none(), "{}", parameter.key);
    }
    for room in PARAMETERS.iter().filter_map(|parameter| parameter.waits_for).chain(TO_COME.iter().map(|one| one.room))
    {
        assert!(ROOMS.contains(&room), "there is no room called {room}");
    }
}

/// Does the name stand there, and not as the beginning of a longer one?
fn has_word(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let after = text[at + name.len()..].chars().next();
        !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}
