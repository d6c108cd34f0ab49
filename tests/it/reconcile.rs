//! Ledgers, decisions and rights against the strongest enemy: what was edited, removed or put in past the portal does not
//! fit the digests in the sealed log, and the verifier names the row.
use mamori::kernel::access::Actor;
use mamori::kernel::audit::proof::{Report, Tampering};
use mamori::kernel::audit::verify::{Means, verify};
use mamori::kernel::jobs::housekeeping::verify_and_note;
use mamori::kernel::keys::Purpose;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use crate::requests::Office;
use crate::support::portal::Portal;

async fn judge(portal: &Portal) -> Report {
    let key = Some(portal.app.keys().subkey(Purpose::Audit));
    let means = Means { key, reconcile: true, ..Means::default() };
    verify(&mut portal.superuser().await, &means).await.unwrap()
}

/// A portal in which a request went its whole way.
async fn lived_in() -> Office {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let manager = office.portal.sign_in("佐藤").await;
    // a return is a mail at once
    let returned = crate::requests::decide(&manager, &number, "return", "期間を書いてください").await;
    assert!(returned.location().is_some(), "{}", returned.words());
    crate::requests::mend(&office, &clerk, &number, "3か月だけ経理の担当になるため").await;
    office.approve(&manager, &number).await;
    let admin = office.portal.sign_in("伊藤").await;
    let done = crate::requests::execute(&admin, &number, 1, "yamamoto.r").await;
    assert!(done.location().is_some(), "{}", done.words());
    office
}

/// Does this as a superuser with all triggers off, and answers what the verifier says of it.
async fn named(portal: &Portal, sql: &str) -> Vec<(Tampering, String)> {
    let mut conn = portal.superuser().await;
    let before = format!("set session_replication_role = replica; {sql}");
    conn.execute(AssertSqlSafe(before)).await.unwrap();
    conn.close().await.unwrap();
    judge(portal).await.findings.into_iter().map(|finding| (finding.what, finding.detail)).collect()
}

#[tokio::test]
async fn a_lived_in_portal_fits_its_log_row_by_row() {
    let office = lived_in().await;
    let report = judge(&office.portal).await;
    assert_eq!(report.findings, []);
    assert!(report.rows.unwrap() > 50, "{:?}", report.rows);
}

#[tokio::test]
async fn whatever_is_edited_past_the_portal_is_named_table_and_row() {
    let office = lived_in().await;
    let changes = [
        ("public.account", "update account set rights = (select array_agg(id) from system_right)"),
        ("public.account_history", "update account_history set changed_by = null"),
        ("public.decision", "update decision set verdict = 'refuse', words = 'x'"),
        ("public.execution", "update execution set executed_at = executed_at - interval '1 day'"),
        ("public.request", "update request set phase = 'refused', closed_at = now()"),
        ("public.request_round", "update request_round set content = '{}'"),
        ("public.request_line", "update request_line set subject = 'x'"),
        ("public.request_step", "update request_step set tier = 'head'"),
        ("public.post", "update post set tier = 'office' where tier = 'designer'"),
        ("public.person", "update person set owner_person = null, mail = 'x@example.jp' where employee_no = '001001'"),
        ("public.department", "update department set name = 'x' where code = '100'"),
        ("public.information_system", "update information_system set importance = 'low'"),
        ("auth.credential", "update auth.credential set hash = 'x' where login = 'tanaka'"),
        (
            "auth.activation",
            "update auth.activation set expires_at = 'infinity', used_at = null, withdrawn_at = null where person_id = (select person_id from auth.credential where login = 'sato')",
        ),
        ("public.organisation", "update organisation set name = 'x', regulation_key = 'city-policy'"),
        ("public.outbox", "update outbox set body = 'https://evil.example/'"),
        (
            "public.evidence",
            "update evidence set outcome = 'ok', occurred_at = now() where mechanism = 'account.handover'",
        ),
    ];
    let mut seen = Vec::new();
    for (table, sql) in changes {
        let found = named(&office.portal, sql).await;
        seen.push(table);
        assert!(found.iter().all(|(what, _)| *what == Tampering::RowChanged), "{found:?}");
        let tables: Vec<_> = seen
            .iter()
            .filter(|table| !found.iter().any(|(_, place)| place.starts_with(&format!("{table} "))))
            .collect();
        assert!(tables.is_empty(), "not noticed: {tables:?} after {sql}");
    }
}

#[tokio::test]
async fn a_removed_row_and_one_put_in_are_named() {
    let office = lived_in().await;
    let removed = named(&office.portal, "delete from decision where verdict = 'approve'").await;
    assert_eq!(removed.len(), 1);
    assert_eq!(removed[0].0, Tampering::RowDeleted);
    let sql = "insert into post (id, person_id, department_id, tier, main, during)
               select gen_random_uuid(), id, (select id from department where code = '300'), 'sysadmin', false, '[2026-01-01,)'
                 from person where employee_no = '001001'";
    let added = named(&office.portal, sql).await;
    assert!(
        added.iter().any(|(what, place)| *what == Tampering::RowUnknown && place.starts_with("public.post ")),
        "{added:?}"
    );
}

#[tokio::test]
async fn evidence_that_was_removed_or_made_up_is_named_event_by_event() {
    let office = lived_in().await;
    let portal = &office.portal;
    let one = "(select event_id from evidence where mechanism = 'account.handover' limit 1)";
    let event: uuid::Uuid = sqlx::query_scalar(AssertSqlSafe(format!("select {one}")))
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
    let removed = named(portal, &format!("delete from evidence where event_id = {one}")).await;
    assert_eq!(removed, [(Tampering::RowDeleted, format!("public.evidence {event}"))]);
    let invented = "insert into evidence (event_id, mechanism, outcome, occurred_at, kind, entity, entity_id)
                    select id, 'account.handover', 'ok', occurred_at, kind, entity, entity_id
                      from audit.event where mechanism is null limit 1";
    let found = named(portal, invented).await;
    assert!(
        found.iter().any(|(what, _)| *what == Tampering::RowUnknown),
        "for an event that is no evidence: {found:?}"
    );
    let invented = "insert into evidence (event_id, mechanism, outcome, occurred_at, kind, entity, entity_id)
                    values ('00000000-0000-7000-8000-00000000000e', 'account.handover', 'ok', now(), 'x', 'account', 'x')";
    let found = named(portal, invented).await;
    let told = (Tampering::RowUnknown, "public.evidence 00000000-0000-7000-8000-00000000000e".to_owned());
    assert!(found.contains(&told), "for no event at all: {found:?}");
}

#[tokio::test]
async fn a_code_that_somebody_planted_or_took_away_is_named() {
    let portal = Portal::open().await;
    let planted = "insert into auth.activation (id, person_id, code_hash, issued_at, expires_at)
                   select '00000000-0000-7000-8000-00000000000c', person_id, sha256('0'), now(), now() + interval '1 day'
                     from auth.credential where login = 'nakamura'";
    let found = named(&portal, planted).await;
    assert_eq!(found, [(Tampering::RowUnknown, "auth.activation 00000000-0000-7000-8000-00000000000c".to_owned())]);
    let found = named(&portal, "delete from auth.activation").await;
    assert!(found.iter().all(|(what, _)| *what == Tampering::RowDeleted), "{found:?}");
    assert_eq!(found.len(), 14, "one for each of the cast");
}

#[tokio::test]
async fn what_the_runtime_login_changes_without_the_portal_is_named_too() {
    let portal = Portal::open().await;
    let mut conn = portal.runtime("mamori_app").await;
    conn.execute("select set_config('mamori.scope_all', 'on', false)").await.unwrap();
    conn.execute("update person set mail = 'thief@example.jp' where employee_no = '001001'").await.unwrap();
    let report = judge(&portal).await;
    assert_eq!(report.findings.iter().map(|finding| finding.what).collect::<Vec<_>>(), [Tampering::RowChanged]);
}

#[tokio::test]
async fn what_the_night_finds_is_told_to_those_who_inspect_and_not_to_the_administrator() {
    let office = lived_in().await;
    let portal = &office.portal;
    verify_and_note(&portal.app).await.unwrap();
    let told = async || -> Vec<String> {
        sqlx::query_scalar("select p.family_name from outbox o join person p on p.id = o.recipient_id where o.kind = 'audit.tampered' order by 1")
            .fetch_all(&mut portal.superuser().await)
            .await
            .unwrap()
    };
    assert!(told().await.is_empty());
    named(portal, "delete from decision").await;
    portal.advance(chrono::TimeDelta::days(1));
    verify_and_note(&portal.app).await.unwrap();
    assert_eq!(told().await, ["中村", "吉田", "小林"]);
    let auditor = portal.sign_in("吉田").await;
    auditor.get("/audit").await.ok().says("改ざんの疑い").says("ポータルを通さずに消された行があります");
}

#[tokio::test]
async fn no_row_under_seal_changes_without_an_event() {
    let portal = Portal::open().await;
    let mailing = portal.cast.get("田中").id;
    let actor = Actor::portal();
    let silently = portal.app.change(&actor, async |work| {
        sqlx::query("update person set mail = 'x@example.jp' where id = $1")
            .bind(mailing.0)
            .execute(work.conn())
            .await?;
        Ok(())
    });
    let refused = silently.await.unwrap_err();
    assert!(format!("{refused:?}").contains("public.person changed without an event"), "{refused:?}");
    assert_eq!(judge(&portal).await.findings, []);
}

#[tokio::test]
async fn each_table_under_seal_is_sealed_with_all_its_columns() {
    let portal = Portal::open().await;
    let forgotten: Vec<String> = sqlx::query_scalar(
        "select a.attrelid::regclass || '.' || a.attname
           from audit.shape s
           join pg_attribute a on a.attrelid = s.relation::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
          where s.no = (select max(no) from audit.shape n where n.relation = s.relation)
            and not (a.attname = any (s.columns || s.left_out))",
    )
    .fetch_all(&mut portal.superuser().await)
    .await
    .unwrap();
    assert!(forgotten.is_empty(), "a migration added {forgotten:?} and did not put the table under its next seal");
}
