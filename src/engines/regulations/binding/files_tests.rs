//! The bindings of this project, held against what their regulations say: who decides in which order, by which
//! clause; what the tiers are called; which clauses stand under which mechanism or wait for which room.
use super::{Act, Binding, By, Kind, Scope, Step};
use crate::engines::regulations::library::{Entry, Library, ROOMS};
use crate::engines::regulations::{MECHANISMS, catalogue::MechanismKind};
use crate::kernel::access::Tier;
use crate::kernel::settings::{CharClass, LockMode, Settings, Source};
use std::collections::BTreeSet;

/// The features whose clauses these bindings answer completely.
const ANSWERED: [&str; 8] = [
    "account_request",
    "account_ledger",
    "privileged_account",
    "password_reset",
    "login_control",
    "password_policy",
    "role_assignment",
    "access_control",
];

fn library() -> Library {
    Library::load(None, MECHANISMS).unwrap_or_else(|faults| panic!("{faults}"))
}

fn binding(entry: &Entry) -> &Binding {
    entry.binding.as_ref().unwrap_or_else(|| panic!("{} has no binding", entry.catalogue.key))
}

fn all_kinds(binding: &Binding) -> impl Iterator<Item = &Kind> {
    binding.kinds.iter().chain(&binding.waiting_kinds)
}

/// 「permit sysadmin (D) each」: what somebody does at a step, short enough for a table.
fn spelt(step: &Step) -> String {
    let act = serde_json::to_value(step.act).unwrap().as_str().unwrap().to_owned();
    let act = if step.executes { format!("{act}+execute") } else { act };
    let by: Vec<String> = step.by.iter().map(|by| String::from(*by)).collect();
    let scope = match step.scope {
        Scope::Department => "@department",
        Scope::Owner => "@owner",
        Scope::Organisation => "",
    };
    let designee = if step.designee { " (D)" } else { "" };
    let clause = step.clause.as_deref().map(|clause| format!(" {clause}")).unwrap_or_default();
    format!("{act} {}{scope}{designee}{clause}", by.join("|"))
}

fn route(kind: &Kind) -> Vec<String> {
    kind.steps.iter().map(spelt).collect()
}

/// Kind, whether it is offered already, and its route with the clause behind each step.
type Routes = &'static [(&'static str, bool, &'static [&'static str])];

/// 21-4: `account_registration_route` and the approvers of 21-4-1, 21-4-4; 21-2, 21-3: instructions; 24-1-2.
const COOP: Routes = &[
    (
        "account.share",
        true,
        &[
            "permit sysadmin (D) 21-4-4",
            "decide office 21-4-1",
            "execute sysadmin (D) 21-4-1",
            "acknowledge person_concerned 21-4-6",
            "report sysadmin (D) 21-4-7",
            "confirm office 21-4-7",
        ],
    ),
    (
        "account.register",
        true,
        &[
            "permit sysadmin (D) 21-4-4",
            "decide office 21-4-1",
            "execute sysadmin (D) 21-4-1",
            "acknowledge person_concerned 21-4-6",
            "report sysadmin (D) 21-4-7",
            "confirm office 21-4-7",
        ],
    ),
    (
        "account.change",
        true,
        &[
            "decide office 21-4-1",
            "execute sysadmin (D) 21-4-1",
            "acknowledge person_concerned 21-4-6",
            "report sysadmin (D)",
            "confirm office",
        ],
    ),
    (
        "account.stop",
        true,
        &["decide office 21-4-1", "execute sysadmin (D) 21-4-1", "report sysadmin (D) 21-4-7", "confirm office 21-4-7"],
    ),
    ("password.reset", true, &["decide+execute sysadmin 31-2"]),
    ("privileged.order", true, &["execute sysadmin 21-2", "notify office 21-2"]),
    ("privileged.use", true, &["instruct office 21-2", "execute applicant 21-2", "notify office 21-2"]),
    ("privileged.secret", true, &["confirm applicant 21-3", "instruct office 21-3", "execute applicant 21-3"]),
    (
        "privileged.grant",
        true,
        &["decide ciso 24-1-2", "execute applicant 24-1-2", "acknowledge person_concerned 21-4-6"],
    ),
];

/// 11(1)①: the manager of the owning section; 6ア: the IT administrator advises.
const OSAKA: Routes = &[
    (
        "account.share",
        true,
        &[
            "notify manager@department 11-1-1",
            "notify sysadmin 6-1",
            "decide manager@owner 11-1-1",
            "execute manager@owner 11-1-1",
        ],
    ),
    (
        "account.register",
        true,
        &[
            "notify manager@department 11-1-1",
            "notify sysadmin 6-1",
            "decide manager@owner 11-1-1",
            "execute manager@owner 11-1-1",
            "acknowledge person_concerned",
        ],
    ),
    (
        "account.change",
        true,
        &[
            "notify manager@department 11-1-1",
            "notify sysadmin 6-1",
            "decide manager@owner 11-1-1",
            "execute manager@owner 11-1-1",
        ],
    ),
    (
        "account.stop",
        true,
        &[
            "notify manager@department 11-1-1",
            "notify sysadmin 6-1",
            "decide manager@owner 11-1-1",
            "execute manager@owner 11-1-1",
        ],
    ),
    ("password.reset", true, &["decide+execute manager@owner"]),
    (
        "privileged.grant",
        true,
        &[
            "notify manager@department",
            "consult sysadmin",
            "decide manager@owner 11-1-2-4-b",
            "confirm sysadmin 11-1-2-4-c",
            "execute manager@owner 11-1-2-4-b",
            "acknowledge person_concerned",
        ],
    ),
];

/// 20-1-4: a notice, no approval; 20-1-8 and 20-1-9: up the chain to the council.
const KATSUURA: Routes = &[
    ("account.share", true, &["decide sysadmin", "execute operator"]),
    ("account.end", true, &["execute operator 20-1-4b"]),
    (
        "problem.report",
        true,
        &[
            "execute operator 20-1-8b",
            "report operator 20-1-8b",
            "confirm sysadmin 20-1-9b",
            "confirm committee 20-1-9a",
            "confirm sysadmin 20-1-9b",
        ],
    ),
    ("account.register", true, &["decide manager@department", "execute operator", "acknowledge person_concerned"]),
    ("account.change", true, &["decide manager@department", "execute operator"]),
    ("account.stop", true, &["decide sysadmin", "execute operator 20-1-4b"]),
    ("password.reset", true, &["decide+execute operator"]),
    ("privileged.grant", true, &["decide sysadmin", "execute operator", "acknowledge person_concerned"]),
];

/// Nothing but 組織が定めた手続.
const MUTUAL_AID: Routes = &[
    ("account.register", true, &["decide manager@department", "execute sysadmin", "acknowledge person_concerned"]),
    ("account.change", true, &["decide manager@department", "execute sysadmin"]),
    ("account.stop", true, &["decide manager@department", "execute sysadmin"]),
    ("password.reset", true, &["decide+execute sysadmin"]),
    ("privileged.grant", true, &["decide office", "execute sysadmin", "acknowledge person_concerned"]),
];

/// 4.1.1(1), 4.1.2(1), 4.1.3(1), 4.1.6.
const SYSTEM_MANAGEMENT: Routes = &[
    (
        "account.register",
        true,
        &[
            "decide manager@department 4.1.1-1-a",
            "execute sysadmin 4.1.1-1-a",
            "acknowledge person_concerned 4.1.1-3-b",
        ],
    ),
    ("account.change", true, &["decide manager@department 4.1.2-1", "execute sysadmin 4.1.2-1"]),
    ("account.stop", true, &["decide manager@department 4.1.3-1", "execute sysadmin 4.1.3-1"]),
    ("password.reset", true, &["decide+execute sysadmin 4.1.6-1"]),
];

#[test]
fn each_request_travels_as_its_regulation_says() {
    let library = library();
    for (key, routes) in [
        ("coop-operations", COOP),
        ("osaka-standard", OSAKA),
        ("katsuura-operations", KATSUURA),
        ("mutual-aid-policy", MUTUAL_AID),
        ("system-management", SYSTEM_MANAGEMENT),
    ] {
        let binding = binding(library.get(key).unwrap());
        assert_eq!(all_kinds(binding).count(), routes.len(), "{key}");
        for (kind, offered, steps) in routes {
            let found = all_kinds(binding).find(|found| found.key == *kind).unwrap_or_else(|| panic!("{key} {kind}"));
            assert_eq!(route(found), *steps, "{key} {kind}");
            assert_eq!(binding.kind(kind).is_some(), *offered, "{key} {kind}");
        }
    }
}

#[test]
fn every_clause_of_them_that_wants_a_request_has_its_form() {
    for entry in library().iter() {
        let answered = entry.catalogue.asking().filter(|clause| ANSWERED.contains(&clause.feature.as_str()));
        for clause in answered.filter(|clause| clause.mechanism == MechanismKind::Workflow) {
            let named = all_kinds(binding(entry)).any(|kind| kind.clauses.contains(&clause.id));
            assert!(named, "{} {}: no kind names it", entry.catalogue.key, clause.id);
        }
    }
}

#[test]
fn no_clause_about_accounts_passwords_and_functions_is_left_without_an_answer() {
    for entry in library().iter() {
        for clause in entry.catalogue.asking().filter(|clause| ANSWERED.contains(&clause.feature.as_str())) {
            assert!(binding(entry).bind(&clause.id).is_some(), "{} {}", entry.catalogue.key, clause.id);
        }
    }
}

#[test]
fn a_person_whom_the_administrator_names_acts_only_where_the_text_says_so() {
    for entry in library().iter() {
        let list = entry.catalogue.parameters.get("designee_allowed").and_then(|value| value.as_array());
        let allowed: BTreeSet<&str> = list.into_iter().flatten().filter_map(|value| value.as_str()).collect();
        for kind in all_kinds(binding(entry)) {
            for step in kind.steps.iter().filter(|step| step.designee) {
                let by_the_text = kind.clauses.iter().any(|clause| allowed.contains(clause.as_str()));
                assert!(by_the_text, "{} {} {}", entry.catalogue.key, kind.key, step.key);
            }
            for step in kind.steps.iter().filter(|step| step.act.decides() && !step.executes) {
                let named = step.clause.as_deref().is_some_and(|clause| allowed.contains(clause));
                assert!(!step.designee || named, "{} {} {}", entry.catalogue.key, kind.key, step.key);
            }
        }
    }
}

#[test]
fn titles_are_said_in_both_languages_for_every_tier_of_the_text() {
    let latin = |text: &str| text.is_ascii();
    for entry in library().iter() {
        let key = &entry.catalogue.key;
        for (tier, title) in &binding(entry).titles {
            assert!(!latin(&title.ja) && latin(&title.en), "{key} {}: {title:?}", tier.key());
            let of_the_text = entry.catalogue.roles.iter().any(|role| role.key == *tier);
            assert_eq!(title.org_defined, !of_the_text, "{key} {}", tier.key());
            assert!(title.ja.chars().count() <= 16, "{key}: 「{}」 is no short title", title.ja);
        }
    }
}

#[test]
fn english_is_english_and_japanese_is_japanese_on_every_form() {
    let foreign = |text: &str| !text.is_ascii();
    for entry in library().iter() {
        for kind in all_kinds(binding(entry)) {
            let fields = kind.fields.iter().chain(kind.steps.iter().flat_map(|step| &step.fields));
            let labels = fields.flat_map(|field| {
                let options = field.options.iter().map(|option| &option.label);
                options.chain([&field.label]).chain(field.hint.as_ref())
            });
            let titles = kind.steps.iter().map(|step| &step.title).chain([&kind.title, &kind.hint]);
            for words in titles.chain(labels) {
                assert!(foreign(&words.ja) && !foreign(&words.en), "{} {}: {words:?}", entry.catalogue.key, kind.key);
            }
        }
    }
}

#[test]
fn who_files_who_is_named_and_what_is_not_yet_offered() {
    let library = library();
    let coop = binding(library.get("coop-operations").unwrap());
    for kind in &coop.kinds {
        let by_managers_alone = kind.applicants == [Tier::Manager];
        assert_eq!(by_managers_alone, kind.key.starts_with("account."), "{}", kind.key);
        // 21-4-1 and 21-4-7 give approval and report to the same office
        let office = ("approve".to_owned(), "confirm_report".to_owned());
        assert!(kind.joinable.iter().all(|pair| *pair == office), "the text joins no other steps");
    }
    let each_line: Vec<_> = coop.kinds[0].steps.iter().filter(|step| step.each_line).map(|step| step.act).collect();
    assert_eq!(each_line, [Act::Permit, Act::Execute]);
    let osaka = binding(library.get("osaka-standard").unwrap());
    let approves = |step: &Step| step.act.decides() && step.by.contains(&By::Tier(Tier::Sysadmin));
    assert!(!all_kinds(osaka).flat_map(|kind| &kind.steps).any(approves), "the IT administrator approves nothing");
    assert!(osaka.kind("account.register").unwrap().may_join("decide", "execute"));
    for entry in library.iter() {
        for kind in &binding(entry).kinds {
            assert_eq!(kind.org_defined, kind.clauses.is_empty());
            assert!(MECHANISMS.contains(&kind.key.as_str()));
        }
        for kind in &binding(entry).waiting_kinds {
            assert!(kind.waits_for.as_deref().is_some_and(|room| ROOMS.contains(&room)));
        }
    }
}

#[test]
fn what_a_text_says_about_sign_in_and_passwords_is_in_force() {
    let library = library();
    let settings = |key: &str| binding(library.get(key).unwrap()).settings();
    let base = Settings::base();

    let coop = settings("coop-operations");
    let by = |regulation: &str, clause: &str| Source::Clause { regulation: regulation.into(), clause: clause.into() };
    assert_eq!((*coop.lock.mode, &coop.lock.mode.source), (LockMode::UntilReleased, &by("coop-operations", "30b")));
    assert_eq!((*coop.session.log_notice, &coop.session.log_notice.source), (true, &by("coop-operations", "7-4")));
    for source in [&coop.lock.after.source, &coop.password.max_age.source, &coop.session.idle_minutes.source] {
        assert_eq!(*source, Source::Organisation, "the text names no number");
    }
    assert!(coop.password.max_age.is_some(), "31-1-2 wants passwords renewed");
    assert_eq!(coop.password.min_length, base.password.min_length);

    let osaka = settings("osaka-standard");
    assert_eq!((*osaka.password.min_length, osaka.password.classes.len()), (8, 3));
    assert!(osaka.password.classes.contains(&CharClass::Letter));
    assert_eq!(osaka.password.min_length.source, by("osaka-standard", "10-8-2-3"));
    assert_eq!(osaka.lock.mode.source, by("osaka-standard", "11-1-2-2"));
    assert!(osaka.password.max_age.is_none());

    let katsuura = settings("katsuura-operations");
    assert!(katsuura.password.max_age.is_some(), "20-1-3 wants passwords changed");
    assert_eq!((&katsuura.lock, &katsuura.logs), (&base.lock, &base.logs));
    let mutual = settings("mutual-aid-policy");
    assert_eq!((&mutual.password, &mutual.session, &mutual.lock), (&base.password, &base.session, &base.lock));
}

#[test]
fn a_form_that_offers_a_list_of_the_regulation_finds_it() {
    for entry in library().iter() {
        let binding = binding(entry);
        for kind in all_kinds(binding) {
            let fields = kind.fields.iter().chain(kind.steps.iter().flat_map(|step| &step.fields));
            for name in fields.filter_map(|field| field.choices_from.as_ref()) {
                assert!(binding.parameters.contains_key(name), "{} {}: {name}", entry.catalogue.key, kind.key);
            }
        }
    }
}
