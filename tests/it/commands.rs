//! The command line as an administrator meets it: what is printed, and the exit code a script goes by.
use std::fs;
use std::process::Stdio;

use sqlx::Executor as _;

use crate::support::command::{mamori, program, run};
use crate::support::portal::Portal;

/// A portal in which something has happened, signed.
async fn portal() -> Portal {
    let portal = Portal::open().await;
    portal.sign_in("田中").await;
    portal.run(&["audit", "seal"]).ends(0).prints("signed at ");
    portal
}

async fn events(portal: &Portal) -> i64 {
    let (count,): (i64,) =
        sqlx::query_as("select seq from audit.head").fetch_one(&mut portal.superuser().await).await.unwrap();
    count
}

#[tokio::test]
async fn the_log_is_whole_until_somebody_touches_it() {
    let portal = portal().await;
    let seq = events(&portal).await;
    let whole = portal.run(&["audit", "verify"]);
    whole.ends(0).prints(&format!("{seq} events, up to {seq} ("));
    whole.prints(&format!("seals checked; 2 checkpoints agree up to {seq}\n")).prints("\nthe log is whole\n");
    assert_eq!(events(&portal).await, seq, "to look at it writes nothing");

    let sql = "set session_replication_role = replica;
               update audit.event set kind = 'sign_in.failed' where id = (select event_id from audit.chain where seq = 3)";
    portal.superuser().await.execute(sql).await.unwrap();
    let touched = portal.run(&["audit", "verify"]);
    touched.ends(1).prints("THE LOG HAS BEEN TAMPERED WITH: 1 findings\n  at 3: ").prints("[column_changed]");
    let json = portal.run(&["audit", "verify", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&json.ends(1).out).unwrap();
    assert_eq!((&report["seq"], &report["wrong"]), (&seq.into(), &1.into()), "{report}");
    assert_eq!(report["findings"][0]["seq"], 3);
}

#[tokio::test]
async fn a_row_edited_past_the_portal_is_named_when_rows_are_held_against_the_log() {
    let portal = portal().await;
    portal
        .run(&["audit", "verify", "--reconcile"])
        .ends(0)
        .prints(" rows held against their digests\nthe log is whole\n");
    let sql = "set session_replication_role = replica; update post set tier = 'sysadmin' where tier = 'staff'";
    portal.superuser().await.execute(sql).await.unwrap();
    portal.run(&["audit", "verify"]).ends(0).prints("the log is whole");
    portal.run(&["audit", "verify", "--reconcile"]).ends(1).prints("THE LOG HAS BEEN TAMPERED WITH").prints("post");
}

#[tokio::test]
async fn the_doctor_tells_what_the_night_has_found() {
    let portal = portal().await;
    mamori::kernel::jobs::housekeeping::verify_and_note(&portal.app).await.unwrap();
    portal.run(&["doctor"]).prints("ok    audit_log: whole at ");
    let sql = "set session_replication_role = replica; update post set tier = 'sysadmin' where tier = 'staff'";
    portal.superuser().await.execute(sql).await.unwrap();
    portal.advance(chrono::TimeDelta::minutes(1));
    mamori::kernel::jobs::housekeeping::verify_and_note(&portal.app).await.unwrap();
    let said = portal.run(&["doctor"]);
    said.ends(1)
        .prints("WRONG audit_log: signs of tampering: 3 findings at ")
        .prints("mamori audit verify --reconcile");
}

#[test]
fn a_demo_without_an_organisation_of_its_own_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = program();
    // a policy that stands beside an operating regulation has no organisation of its own
    command.args(["demo", "--no-serve", "--regulation", "mutual-aid-policy", "--data-dir"]).arg(dir.path());
    run(command)
        .ends(1)
        .complains("there is no demo organisation under a regulation 「mutual-aid-policy」; there are: ")
        .complains("system-management, coop-operations, osaka-standard, katsuura-operations");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_cannot_be_verified_is_not_called_whole() {
    let portal = portal().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let mut without_key = portal.program();
    without_key.env("MAMORI_DATA_DIR", elsewhere.path()).args(["audit", "verify"]);
    run(without_key)
        .ends(2)
        .complains("mamori: the log could not be verified: keys/master.key is not in ")
        .complains("without it no seal can be checked (name the data directory with --data-dir)");
    let mut without_database = program();
    without_database.args(["audit", "verify", "--data-dir"]).arg(elsewhere.path());
    run(without_database)
        .ends(2)
        .complains("mamori: the log could not be verified: there is no portal in ")
        .complains(": name its directory with --data-dir");
    let mut unreachable = portal.program();
    unreachable.env("DATABASE_URL", "postgres://mamori_login@127.0.0.1:1/mamori").args(["audit", "verify"]);
    run(unreachable).ends(2).complains("mamori: the log could not be verified: DATABASE_URL");
    portal.run(&["audit", "verify", "--checkpoints", "/nowhere"]).ends(2).complains("there is no directory /nowhere");
}

#[tokio::test]
async fn an_exported_log_is_verified_by_whoever_has_the_checkpoints() {
    let portal = portal().await;
    let house = tempfile::tempdir().unwrap();
    let file = house.path().join("log.jsonl");
    let name = file.to_str().unwrap();
    let before = events(&portal).await;
    let exported = portal.run(&["audit", "export", name]);
    let seq = before + 1;
    exported.ends(0).prints(&format!("{seq} events, up to {seq} ("));
    assert_eq!(portal.events("audit.exported").await, 1, "that it left the house is itself in the log");
    portal.run(&["audit", "export", name]).ends(1).complains("mamori: cannot write ");

    portal.run(&["audit", "verify", "--file", name]).ends(0).prints("seals checked; ").prints("the log is whole");

    // an auditor elsewhere: the file, the checkpoints with their public key, and neither database nor master key
    let kept = portal.data_dir().join("checkpoints");
    let outside = |words: &[&str]| {
        let mut command = program();
        command
            .current_dir(house.path())
            .env("MAMORI_DATA_DIR", house.path())
            .args(["audit", "verify", "--file", name]);
        command.args(words);
        run(command)
    };
    outside(&[]).ends(2).complains("there is nothing to hold the file against: give --checkpoints");
    let kept = kept.to_str().unwrap();
    let seals =
        format!("seals NOT checked: the key is not here; 1 checkpoints agree up to {before}\nthe log is whole\n");
    outside(&["--checkpoints", kept]).ends(0).prints(&seals);

    let text = fs::read_to_string(&file).unwrap();
    let cut: Vec<&str> = text.lines().enumerate().filter(|(at, _)| *at != 4).map(|(_, line)| line).collect();
    fs::write(&file, cut.join("\n")).unwrap();
    outside(&["--checkpoints", kept]).ends(1).prints("THE LOG HAS BEEN TAMPERED WITH").prints("at 4: ");
    fs::write(&file, "no log").unwrap();
    outside(&["--checkpoints", kept]).ends(2).complains("the first line is not that of an exported log");
}

#[tokio::test]
async fn checkpoints_kept_elsewhere_are_read_from_there_and_by_themselves() {
    let portal = Portal::open().await;
    let away = tempfile::tempdir().unwrap();
    let carrying = |words: &[&str]| {
        let mut command = portal.program();
        command.env("MAMORI_CHECKPOINT_DIR", away.path()).args(words);
        run(command)
    };
    let signed = carrying(&["audit", "seal"]);
    let seq = events(&portal).await;
    signed.ends(0).prints(&format!("signed at {seq}\n"));
    carrying(&["audit", "seal"]).ends(0).prints("nothing has happened since the last checkpoint\n");
    let name = format!("{seq:020}.json");
    assert!(away.path().join(&name).is_file() && away.path().join("public-key.txt").is_file());
    fs::remove_dir_all(portal.data_dir().join("checkpoints")).unwrap();
    carrying(&["audit", "verify"]).ends(0).prints(&format!("2 checkpoints agree up to {seq}"));
    let named = away.path().to_str().unwrap().to_owned();
    portal.run(&["audit", "verify", "--checkpoints", &named]).ends(0).prints(&format!("agree up to {seq}"));
    // somebody else's checkpoint is told as such
    let text = fs::read_to_string(away.path().join(&name)).unwrap().replace("\"signature\":\"", "\"signature\":\"00");
    fs::write(away.path().join(&name), text).unwrap();
    carrying(&["audit", "verify"]).ends(1).prints("[checkpoint_forged]");
}

#[test]
fn the_regulations_are_listed_with_what_they_ask() {
    let said = mamori(&["regulations"]);
    said.ends(0).prints("system-management  システム管理規程\n").prints(" ask for something; operating\n");
    assert_eq!(said.out.matches("ask for something; operating").count(), 5, "{}", said.out);
}

#[test]
fn coverage_names_for_each_clause_what_carries_and_what_proves_it() {
    let said = mamori(&["coverage", "--regulation", "system-management"]);
    let line = said.ends(0).out.lines().find(|line| line.trim_start().starts_with("4.1.1-1-a ")).unwrap().to_owned();
    assert!(line.contains(" evidenced ") && line.contains(" account.register ") && line.contains("::"), "{line}");
    let waiting = said.out.lines().find(|line| line.trim_start().starts_with("4.1.3-3 ")).unwrap();
    assert!(waiting.contains("waiting for "), "{waiting}");
    let json = mamori(&["coverage", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&json.ends(0).out).unwrap();
    let regulations = report["regulations"].as_array().unwrap();
    assert_eq!(regulations.len(), 5);
    let ours = regulations.iter().find(|one| one["key"] == "system-management").unwrap();
    let count = |field: &str| ours[field].as_u64().unwrap();
    assert!(count("evidenced") > 0 && count("evidenced") <= count("carried") && count("carried") < count("asking"));
    mamori(&["coverage", "--regulation", "nobodys"]).ends(1).complains("nobodys");
}

#[test]
fn routes_and_permissions_are_the_tables_that_the_portal_checks_by() {
    let json = mamori(&["routes", "--json"]);
    let routes: Vec<serde_json::Value> = serde_json::from_str(&json.ends(0).out).unwrap();
    let route = |method: &str, path: &str| {
        let found = routes.iter().find(|route| route["method"] == method && route["path"] == path);
        found.unwrap_or_else(|| panic!("no {method} {path}"))
    };
    let decision = route("POST", "/requests/{number}/decision");
    assert_eq!((&decision["permission"], &decision["changes"]), (&"requests.decide".into(), &true.into()));
    assert_eq!(route("GET", "/sign-in")["open"], true);
    assert!(routes.iter().all(|route| route["changes"] == (route["method"] == "POST")));
    mamori(&["routes"]).ends(0).prints("POST  /requests/{number}/decision ");

    let json = mamori(&["permissions", "--json"]);
    let table: Vec<serde_json::Value> = serde_json::from_str(&json.ends(0).out).unwrap();
    let line = table.iter().find(|line| line["permission"] == "requests.decide").unwrap();
    assert_eq!((&line["reaches"]["staff"], &line["reaches"]["auditor"]), (&"none".into(), &"none".into()));
    let said = mamori(&["permissions"]);
    said.ends(0).prints("requests.decide");
}

#[tokio::test]
async fn jobs_that_are_due_are_run_once_and_told() {
    use sqlx::Executor as _;
    let portal = portal().await;
    let ran = portal.run(&["tick"]);
    assert!(ran.ends(0).out.ends_with(" put back for later, 0 given up\n"), "{ran:?}");
    portal.run(&["tick"]).ends(0).prints("0 done, 0 put back for later, 0 given up\n");
    let job = "insert into job (id, kind, payload, run_at, created_at)
               values (gen_random_uuid(), 'portal.verify_log', 'null', timestamptz '2099-01-01', now())";
    portal.superuser().await.execute(job).await.unwrap();
    portal.run(&["tick"]).ends(0).prints("0 done, ");
    let before = portal.events("audit.verified").await;
    portal.run(&["tick", "--now", "2099-01-01T09:00:00+09:00"]).ends(0);
    assert!(portal.events("audit.verified").await > before);
}

#[tokio::test]
async fn the_doctor_says_what_is_wrong_and_how_to_mend_it() {
    let portal = portal().await;
    portal.run(&["tick"]).ends(0);
    portal.run(&["audit", "seal"]).ends(0);
    let well = portal.run(&["doctor"]);
    for name in
        ["key file", "running", "keys", "disk", "database", "schema", "audit_head", "clock", "jobs", "checkpoint"]
    {
        well.ends(0).prints(&format!("ok    {name}"));
    }
    assert!(!well.out.contains("WRONG"), "{well:?}");

    let mut missing = portal.program();
    missing.env("MAMORI_CHECKPOINT_DIR", portal.data_dir().join("unmounted")).arg("doctor");
    run(missing).ends(1).prints("WRONG checkpoint_dir: ").prints("MAMORI_CHECKPOINT_DIR");
    let sql = "set session_replication_role = replica; update audit.head set seq = seq - 1";
    portal.superuser().await.execute(sql).await.unwrap();
    let ill = portal.run(&["doctor"]);
    ill.ends(1)
        .prints("WRONG audit_head: head ")
        .prints("run `mamori audit verify`, and keep the data directory as it is");
    let mut unreachable = portal.program();
    unreachable.env("DATABASE_URL", "postgres://mamori_login@127.0.0.1:1/mamori").arg("doctor");
    run(unreachable).ends(1).prints("ok    key file: ").prints("WRONG start: ");
}

#[tokio::test]
async fn an_administrator_at_the_terminal_releases_and_reissues_with_an_identity_check() {
    let portal = portal().await;
    let browser = portal.browser();
    browser.get("/sign-in").await;
    for _ in 0..10 {
        portal.advance(chrono::TimeDelta::seconds(61));
        browser.post("/sign-in", &[("login", "tanaka"), ("password", "Wrong-Password!9")]).await;
    }
    assert_eq!(portal.events("sign_in.locked").await, 1);
    let by = ["--method", "電話返信", "--contact", "03-1234-5678"];
    let helped = |what: &str, who: &str| portal.run(&[&["admin", what, who][..], &by].concat());
    helped("unlock", "tanaka").ends(0).prints("unlocked\n");
    portal.sign_in("田中").await.get("/requests").await.ok();

    let said = helped("reset", "tanaka");
    let code = said.ends(0).out.trim().to_owned();
    let user = portal.browser();
    user.get("/activate").await.ok();
    // the code was issued on the machine's clock, which is ahead of this portal's
    let entered = user.post("/activate", &[("login", "tanaka"), ("code", &code)]).await;
    assert_eq!(entered.location().as_deref(), Some("/me/password"), "{}", entered.words());
    assert!(portal.events("identity.confirmed").await + portal.acted("password.identity_check").await >= 2);

    helped("unlock", "nobody").ends(1).complains("mamori: nobody signs in as nobody");
    helped("unlock", "tanaka").ends(1);
    portal.run(&["admin", "reset", "tanaka"]).ends(2).complains("--method <METHOD>");
}

#[test]
fn every_setting_from_outside_stands_in_the_readmes_table() {
    use crate::support::source::{Said, root};
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let said = Said::read();
    let is_name = |text: &str| text.starts_with("MAMORI_") && text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let named: Vec<&String> = said.literals.keys().filter(|text| is_name(text)).collect();
    assert!(named.len() > 8, "{named:?}");
    let missing: Vec<_> = named.into_iter().filter(|name| !readme.contains(&format!("| `{name}` |"))).collect();
    assert!(missing.is_empty(), "the README does not say what these are: {missing:?}");
}

#[test]
fn who_reads_no_further_ends_the_command_quietly() {
    for words in [&["permissions"][..], &["regulations"], &["routes"]] {
        let mut command = program();
        command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success() && ended.stderr.is_empty(), "{words:?}: {ended:?}");
    }
}
