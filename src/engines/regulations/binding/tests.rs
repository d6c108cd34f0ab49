//! What a binding must get right, tried on a small regulation.
use super::*;
use crate::engines::regulations::catalogue;

const CATALOGUE: &str = r#"
[regulation]
key = "small"
title = "小さな規程"
issuer_kind = "会社"
adopted = "1.0"
roles = [{ key = "staff", title = "利用者" }, { key = "manager", title = "管理職" }, { key = "sysadmin", title = "管理者" }]
[regulation.parameters]
failures = 7
[[clause]]
id = "1"
heading = "趣旨"
duty = "示す。"
duty_en = "Says why."
holder = "staff"
level = "info"
mechanism = "none"
feature = "reference"
portal = "-"
[[clause]]
id = "2"
heading = "申請"
duty = "申請する。"
duty_en = "Apply."
holder = "sysadmin"
level = "must"
mechanism = "workflow"
feature = "account_request"
applicant = "staff"
approvers = ["manager", "sysadmin|manager"]
executor = "sysadmin"
portal = "-"
[[clause]]
id = "3"
heading = "停止"
duty = "止める。"
duty_en = "Lock."
holder = "sysadmin"
level = "must"
mechanism = "setting"
feature = "login_control"
portal = "-"
"#;

const BINDING: &str = r#"
[titles]
office = { ja = "総務", en = "Office", org_defined = true }
committee = { ja = "会議", en = "Board", org_defined = true }
auditor = { ja = "監査", en = "Auditor", org_defined = true }
[parameters]
lock_after = { from = "failures", clause = "3" }
absolute_hours = { value = 9, org_defined = true }
[[bind]]
clauses = ["2"]
mechanisms = ["account.register"]
[[bind]]
clauses = ["3"]
mechanisms = ["password.lock"]
[[kind]]
key = "account.register"
title = { ja = "登録", en = "New account" }
hint = { ja = "新しく使うとき", en = "When new" }
clauses = ["2"]
applicants = ["staff"]
joinable = [["permit", "execute"]]
[[kind.field]]
key = "person"
type = "person"
label = { ja = "利用者", en = "User" }
required = true
clause = "2"
[[kind.field]]
key = "until"
type = "date"
label = { ja = "終了日", en = "Until" }
required_when = { field = "person.employment", any_of = ["part_time"] }
[[kind.step]]
key = "confirm"
act = "decide"
by = ["manager"]
scope = "department"
title = { ja = "確認", en = "Confirmation" }
[[kind.step]]
key = "permit"
act = "permit"
by = ["manager"]
title = { ja = "許可", en = "Permission" }
[[kind.step]]
key = "execute"
act = "execute"
by = ["sysadmin"]
title = { ja = "作成", en = "Creation" }
each_line = true
"#;

const OFFER: Offer<'static> = Offer { mechanisms: &["account.register", "password.lock"], rooms: &["logs"] };

fn read(text: &str) -> Result<Binding, Faults> {
    parse("small.bindings.toml", text, &catalogue::parse("small.toml", CATALOGUE).unwrap(), OFFER)
}

fn faults(from: &str, to: &str) -> String {
    assert!(BINDING.contains(from), "{from}");
    read(&BINDING.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn a_binding_says_who_decides_what_is_asked_and_which_value_holds() {
    let binding = read(BINDING).unwrap();
    let kind = binding.kind("account.register").unwrap();
    assert_eq!(kind.prefix, "ACC");
    assert!(kind.may_join("execute", "permit") && !kind.may_join("confirm", "execute"));
    assert_eq!(kind.step("permit").unwrap().by, [By::Tier(Tier::Manager)]);
    assert_eq!(binding.clauses_of("account.register"), ["2"]);
    assert!(binding.title(Tier::Auditor).unwrap().org_defined);
    assert!(binding.title(Tier::Ciso).is_none());
    let settings = binding.settings();
    assert_eq!(*settings.lock.after, 7);
    assert_eq!(settings.lock.after.source, Source::Clause { regulation: "small".into(), clause: "3".into() });
    assert_eq!(settings.session.absolute_hours.source, Source::Organisation);
    assert_eq!(settings.session.idle_minutes.source, Source::Base);
}

#[test]
fn a_kind_survives_storage_with_the_request_that_it_shaped() {
    let binding = read(BINDING).unwrap();
    let stored = serde_json::to_value(&binding.kinds[0]).unwrap();
    assert_eq!(serde_json::from_value::<Kind>(stored).unwrap(), binding.kinds[0]);
}

#[test]
fn mistakes_are_named_with_file_and_place() {
    for (from, to, told) in [
        ("clauses = [\"3\"]", "clauses = [\"9\"]", "small.bindings.toml: bind 9: unknown clause 「9」"),
        ("clauses = [\"3\"]", "clauses = [\"1\"]", "bind 1: the clause asks for nothing"),
        ("clauses = [\"3\"]", "clauses = [\"2\"]", "bind 2: is bound twice"),
        ("[\"password.lock\"]", "[\"password.lok\"]", "unknown mechanism 「password.lok」"),
        ("mechanisms = [\"password.lock\"]", "waits_for = \"moon\"", "waits for the unknown room 「moon」"),
        ("mechanisms = [\"password.lock\"]", "", "needs clauses, and mechanisms or waits_for"),
        ("lock_after =", "lock_afterwards =", "parameters.lock_afterwards: no canonical parameter"),
        (
            "from = \"failures\"",
            "from = \"failure\"",
            "parameters.lock_after: the catalogue has no parameter 「failure」",
        ),
        ("clause = \"3\" }", "clause = \"33\" }", "parameters.lock_after: unknown clause 「33」"),
        ("value = 9,", "value = 99,", "parameters.absolute_hours: 99 lies outside 1 to 24"),
        ("value = 9, org_defined = true", "value = 9", "needs clause, or org_defined = true"),
        (
            "value = 9, org_defined = true",
            "value = 9, org_defined = true, clause = \"99-9\"",
            "unknown clause 「99-9」",
        ),
        ("auditor = {", "# auditor = {", "titles: tier 「auditor」 has no title"),
        ("auditor = {", "auditer = {", "unknown tier 「auditer」"),
        (", org_defined = true }\ncommittee", " }\ncommittee", "titles.office: the regulation has no such tier"),
        ("applicants = [\"staff\"]", "applicants = [\"manager\"]", "clause 2 lets 「staff」 apply"),
        (
            "by = [\"manager\"]\ntitle",
            "by = [\"office\"]\ntitle",
            "clause 2 wants manager → sysadmin|manager to decide, the route has manager → office",
        ),
        ("by = [\"sysadmin\"]", "by = [\"sysadmin\", \"manager\"]", "step 「execute」: one tier acts"),
        ("act = \"permit\"", "act = \"circulate\"", "kind account.register: "),
        ("by = [\"sysadmin\"]", "by = [\"office\"]", "clause 2 wants 「sysadmin」 to carry it out"),
        ("by = [\"manager\"]", "by = [\"person_concerned\"]", "nobody decides on their own request"),
        ("by = [\"manager\"]", "by = [\"ciso\"]", "step 「confirm」: tier 「ciso」 has no title"),
        ("by = [\"manager\"]", "by = [\"field:author\"]", "by names no person whom the form always asks for"),
        ("by = [\"sysadmin\"]", "by = [\"field:person\"]", "whom the form names decides, is consulted or confirms"),
        ("by = [\"manager\"]", "by = [\"boss\"]", "kind account.register: "),
        ("\"permit\", \"execute\"", "\"permit\", \"exekute\"", "are no two steps of the route"),
        ("field = \"person.employment\"", "field = \"human.employment\"", "asks for the unknown field 「human」"),
        ("type = \"date\"", "type = \"choice\"", "field 「until」: options or choices_from"),
        ("type = \"date\"", "type = \"date\"\npart = \"where\"", "unknown variant `where`"),
        (
            "each_line = true",
            "each_line = true\n[[kind.step.field]]\nkey = \"done\"\ntype = \"text\"\npart = \"who\"\nlabel = { ja = \"内容\", en = \"Done\" }",
            "step 「execute」: only the form has parts",
        ),
        ("scope = \"department\"", "scope = \"everywhere\"", "kind account.register: "),
        ("scope = \"department\"", "scope = \"owner\"", "the form asks for no row of a register that somebody owns"),
        (
            "act = \"permit\"",
            "act = \"consult\"",
            "clause 2 wants manager → sysadmin|manager to decide, the route has manager",
        ),
        ("act = \"permit\"", "act = \"report\"", "step 「permit」: there is no work yet to report"),
        ("act = \"permit\"", "act = \"acknowledge\"", "step 「permit」: receipt is confirmed after the work"),
        ("act = \"permit\"", "act = \"execute\"", "step 「execute」: the work is done already"),
        ("act = \"execute\"", "act = \"notify\"", "step 「execute」: only deciding and carrying out go line by line"),
        ("act = \"permit\"", "act = \"notify\"\ndue_days = 2", "who is only told records nothing"),
        ("by = [\"sysadmin\"]", "by = [\"person_concerned\"]\ndesignee = true", "a designee acts for a tier"),
        (
            "by = [\"sysadmin\"]",
            "by = [\"sysadmin\"]\napart_from = [\"office\"]",
            "apart_from keeps other tiers than its own from a decision",
        ),
        ("key = \"account.register\"", "key = \"account.register\"\nwaits_for = \"logs\"", "it waits for nothing"),
        ("key = \"confirm\"", "key = \"permit\"", "step 「permit」 occurs twice"),
        ("en = \"New account\"", "en = \"\"", "title and hint are needed in both languages"),
        ("[titles]", "colour = 1\n[titles]", "unknown field `colour`"),
    ] {
        let found = faults(from, to);
        assert!(found.contains(told), "{from} → {to}\n{found}");
        assert!(found.lines().all(|line| !line.is_empty()), "{found}");
    }
}

#[test]
fn a_workflow_clause_needs_a_form() {
    let without = BINDING.split("[[kind]]").next().unwrap();
    let found = read(without).unwrap_err().to_string();
    assert!(found.contains("bind 2: the clause asks for a request, and no kind names it"), "{found}");
    // whatever the mechanism of the clause is called: nobody could file it
    let unfiled = BINDING.replace("[\"password.lock\"]", "[\"password.lock\", \"account.end\"]");
    let found = read(&unfiled).unwrap_err().to_string();
    assert!(found.contains("「account.end」 is a request, and no kind has its form"), "{found}");
}

#[test]
fn a_clause_that_waits_is_not_carried_even_if_a_part_of_it_runs() {
    let binding = read(&BINDING.replace("[\"password.lock\"]", "[\"password.lock\"]\nwaits_for = \"logs\"")).unwrap();
    let bind = binding.bind("3").unwrap();
    assert!(!bind.is_carried());
    assert_eq!(bind.mechanisms, ["password.lock"]);
}

/// A route that two clauses ask for together, then the work.
fn with_a_second_clause(binding: &str) -> Result<Binding, Faults> {
    let second = r#"[[clause]]
id = "4"
heading = "使用許可"
duty = "許可を得る。"
duty_en = "Get leave."
holder = "manager"
level = "must"
mechanism = "workflow"
feature = "account_request"
approvers = ["sysadmin"]
portal = "-"
"#;
    let catalogue = CATALOGUE.replace("approvers = [\"manager\", \"sysadmin|manager\"]", "approvers = [\"manager\"]");
    let catalogue = catalogue::parse("small.toml", &format!("{catalogue}{second}")).unwrap();
    parse("small.bindings.toml", binding, &catalogue, OFFER)
}

#[test]
fn several_clauses_may_ask_for_a_route_together_and_nobody_else_decides() {
    let alone = BINDING.replace("by = [\"manager\"]\ntitle", "by = [\"sysadmin\"]\ntitle");
    let found = with_a_second_clause(&alone).unwrap_err().to_string();
    assert!(found.contains("no clause wants sysadmin to decide"), "{found}");
    let both = alone.replace("clauses = [\"2\"]", "clauses = [\"2\", \"4\"]");
    assert_eq!(with_a_second_clause(&both).unwrap().kinds[0].clauses, ["2", "4"]);
}

#[test]
fn a_kind_that_waits_for_its_room_is_checked_and_offered_to_nobody() {
    let waiting = BINDING
        .replace("mechanisms = [\"account.register\"]", "waits_for = \"logs\"")
        .replace("key = \"account.register\"", "key = \"privileged.use\"\nwaits_for = \"logs\"");
    let binding = read(&waiting).unwrap();
    assert!(binding.kinds.is_empty() && binding.kind("privileged.use").is_none());
    assert_eq!(binding.waiting_kinds[0].key, "privileged.use");
    assert!(!binding.bind("2").unwrap().is_carried());
    for (from, to, told) in [
        ("waits_for = \"logs\"\ntitle", "waits_for = \"moon\"\ntitle", "waits for the unknown room 「moon」"),
        ("waits_for = \"logs\"\ntitle", "title", "no such mechanism is registered"),
        ("by = [\"manager\"]", "by = [\"ciso\"]", "step 「confirm」: tier 「ciso」 has no title"),
        (
            "waits_for = \"logs\"\n[[bind]]",
            "mechanisms = [\"password.lock\"]\n[[bind]]",
            "clause 2 does not wait for 「logs」 with it",
        ),
    ] {
        assert!(waiting.contains(from), "{from}");
        let found = read(&waiting.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(found.contains(told), "{from} → {to}\n{found}");
    }
}

#[test]
fn those_who_apply_may_confirm_and_work_on_what_others_let_pass() {
    let own = BINDING
        .replace("applicants = [\"staff\"]", "applicants = [\"staff\", \"sysadmin\"]")
        .replace("by = [\"sysadmin\"]", "by = [\"applicant\"]");
    assert_eq!(read(&own).unwrap().kinds[0].step("execute").unwrap().by, [By::Applicant]);
    let found = read(&own.replace("\"staff\", \"sysadmin\"]", "\"staff\"]")).unwrap_err().to_string();
    assert!(found.contains("clause 2 wants 「sysadmin」 to carry it out"), "{found}");
}
