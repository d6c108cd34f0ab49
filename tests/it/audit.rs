//! The event log against its strongest enemy: a superuser of the database. Whatever he does, the verifier names it.
use std::io::BufReader;

use chrono::TimeDelta;
use mamori::kernel::audit::checkpoint::{self, seal, signing_key};
use mamori::kernel::audit::export;
use mamori::kernel::audit::proof::{Report, Tampering};
use mamori::kernel::audit::verify::{Means, verify};
use mamori::kernel::keys::Purpose;

use crate::support::bench::Bench;

/// Ten events, signed after the sixth.
async fn log() -> Bench {
    let bench = Bench::open().await;
    bench.record(6).await;
    seal(&bench.app).await.unwrap().unwrap();
    bench.record(4).await;
    bench
}

fn means(bench: &Bench) -> Means {
    Means {
        key: Some(bench.app.keys().subkey(Purpose::Audit)),
        public: Some(signing_key(bench.app.keys()).verifying_key()),
        checkpoints: checkpoint::read_dir(&checkpoint::dir(bench.data_dir())).unwrap(),
        reconcile: false,
    }
}

async fn judge(bench: &Bench) -> Report {
    verify(&mut bench.superuser().await, &means(bench)).await.unwrap()
}

/// What the verifier says first after this was done to the log.
async fn after(sql: &str) -> (Option<i64>, Tampering) {
    let bench = log().await;
    bench.tamper(sql).await;
    let report = judge(&bench).await;
    let first = report.first().unwrap_or_else(|| panic!("not noticed: {sql}"));
    assert!(!report.whole());
    (first.seq, first.what)
}

/// The event at a place of the chain.
const AT_3: &str = "(select event_id from audit.chain where seq = 3)";

#[tokio::test]
async fn an_untouched_log_is_whole() {
    let bench = log().await;
    let report = judge(&bench).await;
    assert_eq!(report.findings, []);
    assert_eq!((report.events, report.seq, report.checkpoints, report.sealed), (10, 10, 2, true));
    assert_eq!(report.last_checkpoint, Some(6));
}

#[tokio::test]
async fn an_empty_log_is_whole() {
    let bench = Bench::open().await;
    assert!(judge(&bench).await.whole());
}

#[tokio::test]
async fn rewritten_content_is_named() {
    let sql = format!("update audit.event set canon = overlay(canon placing 'X'::bytea from 40) where id = {AT_3}");
    assert_eq!(after(&sql).await, (Some(3), Tampering::ContentChanged));
}

#[tokio::test]
async fn a_rewritten_seal_is_named() {
    let sql = format!("update audit.event set mac = sha256('x') where id = {AT_3}");
    assert_eq!(after(&sql).await, (Some(3), Tampering::SealChanged));
}

#[tokio::test]
async fn a_rewritten_column_is_named_whichever_it_is() {
    for change in [
        "occurred_at = occurred_at + interval '1 second'",
        "kind = 'test.other'",
        "outcome = 'denied'",
        "mechanism = 'account.register'",
        "actor_id = gen_random_uuid()",
        "acting_for = gen_random_uuid()",
        "post_id = gen_random_uuid()",
        "session_ref = '\\x00'",
        "request_ref = gen_random_uuid()",
        "source = '192.0.2.1'",
        "entity = 'other'",
        "entity_id = 'other'",
        "entity_number = 'R8-ACC-0001'",
        "department_id = gen_random_uuid()",
        "concerns = array[gen_random_uuid()]",
        "facts = '{}'",
        "mac_key = 2",
    ] {
        let sql = format!("update audit.event set {change} where id = {AT_3}");
        let (seq, what) = after(&sql).await;
        assert_eq!((seq, what), (Some(3), Tampering::ColumnChanged), "{change}");
    }
}

#[tokio::test]
async fn when_the_database_took_an_event_in_cannot_be_moved() {
    let sql = format!("update audit.event set recorded_at = recorded_at - interval '1 second' where id = {AT_3}");
    assert_eq!(after(&sql).await, (Some(3), Tampering::Resealed));
}

#[tokio::test]
async fn a_deleted_event_is_named() {
    let sql = format!("delete from audit.event where id = {AT_3}");
    assert_eq!(after(&sql).await, (Some(3), Tampering::EventDeleted));
}

#[tokio::test]
async fn a_deleted_row_of_the_chain_is_named_once() {
    let bench = log().await;
    bench.tamper("delete from audit.chain where seq = 3").await;
    let report = judge(&bench).await;
    let found: Vec<_> = report.findings.iter().map(|finding| (finding.seq, finding.what)).collect();
    assert_eq!(found, [(Some(3), Tampering::LinkDeleted), (None, Tampering::EventUnchained)]);
}

#[tokio::test]
async fn a_changed_leaf_and_a_changed_hash_are_told_apart() {
    assert_eq!(
        after("update audit.chain set leaf = sha256('x') where seq = 3").await,
        (Some(3), Tampering::LeafChanged)
    );
    assert_eq!(
        after("update audit.chain set hash = sha256('x') where seq = 3").await,
        (Some(3), Tampering::LinkChanged)
    );
}

#[tokio::test]
async fn two_exchanged_events_are_named() {
    let sql = "create temp table two as select seq, event_id from audit.chain where seq in (3, 5);
               update audit.chain set event_id = gen_random_uuid() where seq in (3, 5);
               update audit.chain set event_id = (select event_id from two where seq = 5) where seq = 3;
               update audit.chain set event_id = (select event_id from two where seq = 3) where seq = 5";
    assert_eq!(after(sql).await, (Some(3), Tampering::Exchanged));
}

#[tokio::test]
async fn two_exchanged_rows_of_the_chain_are_named() {
    let sql = "update audit.chain set seq = -seq where seq in (3, 5);
               update audit.chain set seq = 8 + seq where seq < 0";
    assert_eq!(after(sql).await, (Some(3), Tampering::Exchanged));
}

const COPY: &str =
    "insert into audit.event (id, occurred_at, kind, outcome, entity, entity_id, facts, canon, mac, mac_key)
                    select gen_random_uuid(), occurred_at, kind, outcome, entity, entity_id, facts, canon, mac, mac_key
                      from audit.event";

#[tokio::test]
async fn an_event_slipped_in_past_the_chain_is_named() {
    let (seq, what) = after(&format!("{COPY} limit 1")).await;
    assert_eq!((seq, what), (None, Tampering::EventUnchained));
}

#[tokio::test]
async fn an_event_put_in_through_the_front_door_without_the_key_is_named() {
    use sqlx::Executor as _;
    let bench = log().await;
    let forge = "insert into audit.event (id, occurred_at, kind, outcome, entity, entity_id, facts, canon, mac, mac_key)
                 select id, now(), 'request.approved', 'ok', 'request', '1', '{}',
                        convert_to('mamori-event-1' || chr(10) || '{\"id\":\"' || id || '\"}', 'utf8'), sha256('guess'), 1
                   from (select gen_random_uuid() as id) made";
    bench.superuser().await.execute(forge).await.unwrap();
    let report = judge(&bench).await;
    let first = report.first().unwrap();
    assert_eq!((first.seq, first.what), (Some(11), Tampering::Forged));
}

#[tokio::test]
async fn an_event_played_again_is_named() {
    use sqlx::Executor as _;
    let bench = log().await;
    bench.superuser().await.execute(sqlx::AssertSqlSafe(format!("{COPY} limit 1"))).await.unwrap();
    let report = judge(&bench).await;
    let first = report.first().unwrap();
    assert_eq!((first.seq, first.what), (Some(11), Tampering::ColumnChanged));
    assert_eq!(first.detail, "id");
}

/// Cuts the log after a place, head included, as a clever superuser would.
fn cut_after(seq: i64) -> String {
    format!(
        "delete from audit.event where id in (select event_id from audit.chain where seq > {seq});
         delete from audit.chain where seq > {seq};
         update audit.head set seq = {seq}, hash = (select hash from audit.chain where seq = {seq})"
    )
}

#[tokio::test]
async fn a_log_cut_off_before_its_last_checkpoint_is_named() {
    assert_eq!(after(&cut_after(4)).await, (Some(5), Tampering::Truncated));
}

#[tokio::test]
async fn what_was_written_after_the_last_checkpoint_is_the_documented_limit() {
    let bench = log().await;
    bench.tamper(&cut_after(8)).await;
    assert!(judge(&bench).await.whole(), "nobody outside the database ever saw events 9 and 10");
}

#[tokio::test]
async fn a_log_cut_off_without_its_head_is_named() {
    let sql = "delete from audit.event where id in (select event_id from audit.chain where seq > 8);
               delete from audit.chain where seq > 8";
    assert_eq!(after(sql).await, (Some(9), Tampering::Truncated));
}

#[tokio::test]
async fn a_changed_head_is_named() {
    assert_eq!(after("update audit.head set hash = sha256('x')").await, (Some(10), Tampering::HeadChanged));
    assert_eq!(after("update audit.head set seq = 8").await, (Some(10), Tampering::HeadChanged));
    assert_eq!(after("delete from audit.head").await, (None, Tampering::HeadChanged));
}

/// Removes an event and calculates everything after it anew, which needs no key.
const RECHAIN: &str = "
    delete from audit.event where id = (select event_id from audit.chain where seq = 3);
    delete from audit.chain where seq = 3;
    update audit.chain set seq = seq - 1 where seq > 3;
    do $$
    declare r record; h bytea := sha256('mamori'::bytea);
    begin
      for r in select seq, leaf from audit.chain order by seq loop
        h := sha256('\\x01'::bytea || h || int8send(r.seq) || r.leaf);
        update audit.chain set hash = h where seq = r.seq;
      end loop;
      update audit.head set seq = seq - 1, hash = h;
    end $$";

#[tokio::test]
async fn a_chain_calculated_anew_is_betrayed_by_the_checkpoint() {
    assert_eq!(after(RECHAIN).await, (Some(6), Tampering::Rewritten));
    let also_signed =
        format!("{RECHAIN}; update audit.checkpoint set hash = (select hash from audit.chain where seq = 6)");
    let (seq, what) = after(&also_signed).await;
    assert_eq!(seq, Some(6));
    assert!(matches!(what, Tampering::Rewritten | Tampering::CheckpointForged));
}

#[tokio::test]
async fn forged_and_removed_checkpoints_are_named() {
    assert_eq!(
        after("update audit.checkpoint set at = at + interval '1 day'").await,
        (Some(6), Tampering::CheckpointForged)
    );
    assert_eq!(after("delete from audit.checkpoint").await, (Some(6), Tampering::CheckpointDeleted));
}

#[tokio::test]
async fn another_log_in_its_place_is_named() {
    let (_, what) = after("update audit.head set log_id = gen_random_uuid()").await;
    assert!(matches!(what, Tampering::LogReplaced | Tampering::CheckpointForged));
}

#[tokio::test]
async fn a_protection_that_was_switched_off_is_named() {
    for sql in [
        "alter table audit.event disable trigger zz_link",
        "alter table audit.event_rest disable trigger aa_keep",
        "drop trigger aa_keep on audit.chain",
    ] {
        assert_eq!(after(sql).await, (None, Tampering::ProtectionOff), "{sql}");
    }
}

#[tokio::test]
async fn nobody_gets_a_signature_for_a_log_that_does_not_extend_the_signed_one() {
    for sql in [RECHAIN.to_owned(), cut_after(4), "update audit.head set hash = sha256('x')".to_owned()] {
        let bench = log().await;
        bench.tamper(&sql).await;
        let refused = seal(&bench.app).await.unwrap_err().to_string();
        assert!(refused.contains("refusing to sign"), "{refused}");
        assert_eq!(bench.number("select count(*) from audit.checkpoint").await, 1);
    }
}

#[tokio::test]
async fn a_checkpoint_is_made_only_when_something_happened() {
    let bench = log().await;
    assert_eq!(seal(&bench.app).await.unwrap().unwrap().seq, 10);
    bench.advance(TimeDelta::minutes(5));
    assert_eq!(seal(&bench.app).await.unwrap(), None);
}

#[tokio::test]
async fn the_runtime_itself_can_neither_change_nor_remove_what_is_written() {
    use sqlx::Executor as _;
    let bench = log().await;
    for role in ["mamori_app", "mamori_worker", "mamori_auth", "mamori_verify"] {
        for sql in [
            "update audit.event set kind = 'x'",
            "delete from audit.event",
            "truncate audit.event",
            "update audit.chain set leaf = hash",
            "delete from audit.chain",
            "update audit.head set seq = 0",
            "delete from audit.checkpoint",
        ] {
            let mut conn = bench.superuser().await;
            conn.execute(sqlx::AssertSqlSafe(format!("set role {role}"))).await.unwrap();
            assert!(conn.execute(sqlx::AssertSqlSafe(sql)).await.is_err(), "{role}: {sql}");
        }
    }
    assert!(judge(&bench).await.whole());
}

#[tokio::test]
async fn even_a_superuser_runs_into_the_triggers_first() {
    use sqlx::Executor as _;
    let bench = log().await;
    for sql in ["update audit.event set kind = 'x'", "delete from audit.chain", "truncate audit.event"] {
        let refused = bench.superuser().await.execute(sql).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
}

async fn exported(bench: &Bench) -> Vec<u8> {
    let mut file = Vec::new();
    let summary = export::export(&mut bench.superuser().await, bench.app.clock().now(), &mut file).await.unwrap();
    assert_eq!((summary.events, summary.seq), (10, 10));
    file
}

#[tokio::test]
async fn an_exported_log_is_verified_without_a_database() {
    let bench = log().await;
    let file = exported(&bench).await;
    let means = means(&bench);
    let report =
        export::verify(BufReader::new(&file[..]), means.key.as_deref(), means.public.as_ref(), means.checkpoints)
            .unwrap();
    assert_eq!(report.findings, []);
    assert_eq!((report.events, report.checkpoints), (10, 1));
    let without_key = export::verify(BufReader::new(&file[..]), None, None, Vec::new()).unwrap();
    assert!(without_key.whole() && !without_key.sealed);
}

#[tokio::test]
async fn a_line_taken_out_of_or_changed_in_an_exported_log_is_found() {
    let bench = log().await;
    let text = String::from_utf8(exported(&bench).await).unwrap();
    let means = means(&bench);
    let judge = |lines: Vec<&str>| {
        let file = lines.join("\n");
        export::verify(
            BufReader::new(file.as_bytes()),
            means.key.as_deref(),
            means.public.as_ref(),
            means.checkpoints.clone(),
        )
        .unwrap()
    };
    let lines: Vec<&str> = text.lines().collect();
    let mut without = lines.clone();
    without.remove(3);
    assert_eq!(judge(without).first().unwrap().what, Tampering::LinkDeleted);
    let cut = lines[..5].to_vec();
    assert_eq!(judge(cut).first().unwrap().what, Tampering::Truncated);
    let mut swapped = lines.clone();
    swapped.swap(3, 4);
    assert!(!judge(swapped).whole());
}
