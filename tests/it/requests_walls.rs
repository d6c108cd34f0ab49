//! What the database itself refuses, whoever asks: direct SQL as the runtime's own role.
use mamori::kernel::ids::PersonId;
use sqlx::{Executor as _, PgConnection};
use uuid::Uuid;

use crate::requests::{Office, execute};

/// A request of 田中 for 山本 that waits for the manager of sales.
async fn waiting(office: &Office) -> Uuid {
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let mut conn = office.portal.superuser().await;
    let (id,): (Uuid,) =
        sqlx::query_as("select id from request where number = $1").bind(number).fetch_one(&mut conn).await.unwrap();
    id
}

/// A connection in the runtime's role, with the whole organisation in view: the widest a side door could open.
async fn side_door(office: &Office, as_person: PersonId) -> PgConnection {
    let mut conn = office.portal.runtime("mamori_app").await;
    conn.execute("begin").await.unwrap();
    sqlx::query("select set_config('mamori.person', $1, true), set_config('mamori.scope_all', 'on', true)")
        .bind(as_person.to_string())
        .execute(&mut conn)
        .await
        .unwrap();
    conn
}

async fn insert_decision(
    conn: &mut PgConnection,
    request: Uuid,
    by: PersonId,
    acting_for: Option<PersonId>,
) -> Result<(), String> {
    let inserted = sqlx::query(
        "insert into decision (id, request_id, round, step, step_key, decider, acting_for, tier, verdict, content_hash, decided_at)
         select gen_random_uuid(), id, round, step, 'confirm', $2, $3, 'manager', 'approve', content_hash, now() from request where id = $1",
    )
    .bind(request)
    .bind(by.0)
    .bind(acting_for.map(|person| person.0))
    .execute(conn)
    .await;
    code(inserted)
}

fn code<T>(done: Result<T, sqlx::Error>) -> Result<(), String> {
    match done {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(said)) => Err(said.code().unwrap_or_default().into_owned()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_database_refuses_a_decision_by_applicant_person_concerned_or_whoever_acts_for_them() {
    let office = Office::open().await;
    let request = waiting(&office).await;
    let who = |name: &str| office.portal.cast.get(name).id;
    for (by, acting_for) in
        [(who("田中"), None), (who("山本"), None), (who("高橋"), Some(who("田中"))), (who("高橋"), Some(who("山本")))]
    {
        let mut conn = side_door(&office, by).await;
        assert_eq!(insert_decision(&mut conn, request, by, acting_for).await, Err("PT403".into()));
    }
    let mut conn = side_door(&office, who("佐藤")).await;
    assert_eq!(insert_decision(&mut conn, request, who("佐藤"), None).await, Ok(()));
}

/// `by = ["applicant"]`: the check or the work is that of whoever filed, and of nobody else, whoever asks the database.
#[tokio::test]
async fn a_step_of_whoever_filed_is_taken_by_nobody_else() {
    let office = Office::open().await;
    let request = waiting(&office).await;
    let mut conn = office.portal.superuser().await;
    for statement in [
        "alter table request_step disable trigger zz_seal",
        "update request_step set act = 'confirm', applicant = true where key = 'confirm'",
        "alter table request_step enable trigger zz_seal",
    ] {
        conn.execute(statement).await.unwrap();
    }
    let who = |name: &str| office.portal.cast.get(name).id;
    for (by, acting_for) in [(who("佐藤"), None), (who("山本"), None), (who("高橋"), Some(who("田中")))] {
        let mut conn = side_door(&office, by).await;
        assert_eq!(insert_decision(&mut conn, request, by, acting_for).await, Err("PT403".into()));
    }
    let mut conn = side_door(&office, who("田中")).await;
    assert_eq!(insert_decision(&mut conn, request, who("田中"), None).await, Ok(()));
}

#[tokio::test]
async fn the_database_counts_an_administrators_account_as_its_owner() {
    let office = Office::open().await;
    let request = waiting(&office).await;
    let owner = office.portal.cast.get("田中").id;
    let account = PersonId(Uuid::new_v4());
    let mut conn = office.portal.superuser().await;
    sqlx::query(
        "insert into person (id, employee_no, family_name, reading, employment, owner_person, joined_on)
         values ($1, 'adm-1', '田中（管理）', 'たなか', 'permanent', $2, '2020-04-01')",
    )
    .bind(account.0)
    .bind(owner.0)
    .execute(&mut conn)
    .await
    .unwrap();
    let mut conn = side_door(&office, account).await;
    assert_eq!(insert_decision(&mut conn, request, account, None).await, Err("PT403".into()));
}

#[tokio::test]
async fn nothing_is_executed_before_it_is_approved_nor_by_who_approved_it() {
    let office = Office::open().await;
    let request = waiting(&office).await;
    let sato = office.portal.cast.get("佐藤").id;
    let mut conn = side_door(&office, sato).await;
    assert_eq!(insert_execution(&mut conn, request, sato).await, Err("PT403".into()), "the step is not there yet");
    conn.execute("rollback").await.unwrap();
    let manager = office.portal.sign_in("佐藤").await;
    office.approve(&manager, "R8-ACC-0001").await;
    let mut conn = side_door(&office, sato).await;
    assert_eq!(insert_execution(&mut conn, request, sato).await, Err("PT403".into()));
}

async fn insert_execution(conn: &mut PgConnection, request: Uuid, by: PersonId) -> Result<(), String> {
    let inserted = sqlx::query(
        "insert into execution (id, request_id, round, step, step_key, line, executor, tier, outcome, content_hash, executed_at)
         select gen_random_uuid(), id, round, step, 'execute', 1, $2, 'sysadmin', 'done', content_hash, now() from request where id = $1",
    )
    .bind(request)
    .bind(by.0)
    .execute(conn)
    .await;
    code(inserted)
}

/// 引き上げ承認: what was passed over lets nobody work unless somebody decides after it.
#[tokio::test]
async fn nothing_is_executed_where_all_who_decide_were_pulled_over() {
    for (skipped, wanted) in [("vacant", Ok(())), ("pulled_up", Err("PT403".to_owned()))] {
        let office = Office::open().await;
        let request = waiting(&office).await;
        let mut conn = office.portal.superuser().await;
        for statement in [
            "set session_replication_role = replica".to_owned(),
            format!("update request_step set skipped = '{skipped}', arrived_at = null where act = 'decide'"),
            "update request_step set arrived_at = now() where act = 'execute'".to_owned(),
            "update request set phase = 'executing', step = (select at from request_step where act = 'execute')"
                .to_owned(),
        ] {
            conn.execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
        }
        let ito = office.portal.cast.get("伊藤").id;
        let mut conn = side_door(&office, ito).await;
        assert_eq!(insert_execution(&mut conn, request, ito).await, wanted, "{skipped}");
    }
}

#[tokio::test]
async fn the_record_can_be_neither_changed_nor_removed_nor_rewound_by_the_runtime() {
    let office = Office::open().await;
    waiting(&office).await;
    let manager = office.portal.sign_in("佐藤").await;
    office.approve(&manager, "R8-ACC-0001").await;
    let admin = office.portal.sign_in("伊藤").await;
    execute(&admin, "R8-ACC-0001", 1, "yamamoto.r").await;
    let it = office.portal.cast.get("伊藤").id;
    for statement in [
        "update decision set verdict = 'refuse'",
        "delete from decision",
        "update execution set outcome = 'failed'",
        "delete from execution",
        "update request_round set content = '{}'",
        "delete from request_round",
        "delete from request",
        "delete from request_comment",
        "update request set requester_id = beneficiary_id",
        "update request set number = 'R8-ACC-9999'",
        "truncate acknowledgement",
    ] {
        let mut conn = side_door(&office, it).await;
        assert_eq!(code(conn.execute(statement).await), Err("42501".into()), "{statement}");
    }
    for statement in [
        "update request set round = round + 1, lock_version = lock_version + 1",
        "update request set content_hash = decode(repeat('00', 32), 'hex'), lock_version = lock_version + 1",
        "update request set beneficiary_id = requester_id, lock_version = lock_version + 1",
    ] {
        let mut conn = side_door(&office, it).await;
        assert_eq!(code(conn.execute(statement).await), Err("PT409".into()), "{statement}");
    }
}

#[tokio::test]
async fn rows_of_a_request_are_invisible_to_whom_the_request_is() {
    let office = Office::open().await;
    let request = waiting(&office).await;
    let mut conn = office.portal.runtime("mamori_app").await;
    for table in [
        "request",
        "request_round",
        "request_step",
        "request_line",
        "decision",
        "execution",
        "acknowledgement",
        "request_comment",
    ] {
        let count = format!("select count(*) from {table}");
        let (seen,): (i64,) = sqlx::query_as(sqlx::AssertSqlSafe(count)).fetch_one(&mut conn).await.unwrap();
        assert_eq!(seen, 0, "{table} shows rows to nobody in particular");
    }
    conn.execute("begin").await.unwrap();
    let stranger = office.portal.cast.get("鈴木").id;
    sqlx::query("select set_config('mamori.person', $1, true)")
        .bind(stranger.to_string())
        .execute(&mut conn)
        .await
        .unwrap();
    let rounds: (i64,) = sqlx::query_as("select count(*) from request_round where request_id = $1")
        .bind(request)
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(rounds.0, 0);
    assert!(insert_decision(&mut conn, request, stranger, None).await.is_ok(), "no row in reach, so nothing to insert");
}
